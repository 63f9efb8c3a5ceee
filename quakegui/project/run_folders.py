"""Import of run folders: they appear with the transaction that refers to them, or not at all.

They are copied to a hidden staging folder beside the runs. The transaction records that they are expected; afterwards they
are moved, and an interrupted move is completed at the next opening.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from sqlalchemy import Connection, delete, select

from quakegui.project import schema
from quakegui.project.dialects import insert_into
from quakegui.project.filesystem import is_link, is_plain

KEY = "incoming"
PLACE = "runs/.incoming"
"""Staging folder within the folder of a project."""
TRASH = "trash"
"""Folder of deleted runs, within the folder of runs."""


def stage(folder: Path, runs: Path) -> None:
    """Copy run folders to the staging folder of a project.

    Parameters
    ----------
    folder
        Folder of the project.
    runs
        Folder that contains the run folders.

    Raises
    ------
    OSError
        From the disk; nothing is left behind.
    """
    place = folder / PLACE
    shutil.rmtree(place, ignore_errors=True)
    try:
        copy_runs(runs, place)
    except OSError:
        shutil.rmtree(place, ignore_errors=True)
        raise


def copy_runs(runs: Path, target: Path) -> None:
    """Copy a folder of run folders, without deleted runs, hidden names, links and special files.

    Names with a leading dot are incomplete. A link in an untrusted project may point to any file of the user who copies it, and
    would include that file.

    Parameters
    ----------
    runs
        Folder that contains the run folders.
    target
        The copy; must not exist yet.

    Raises
    ------
    OSError
        From the disk, or if `target` exists.
    """

    def left_out(folder: str, names: list[str]) -> set[str]:
        deleted = {TRASH} if Path(folder) == runs else set()
        return deleted | {name for name in names if name.startswith(".") or not is_plain(Path(folder) / name)}

    shutil.copytree(runs, target, ignore=left_out)


def unstage(folder: Path) -> None:
    """Delete staged run folders."""
    shutil.rmtree(folder / PLACE, ignore_errors=True)


def announce(connection: Connection) -> None:
    """Record, in the transaction that refers to the staged runs, that they belong to the project."""
    connection.execute(insert_into(connection, schema.setting).values(key=KEY, value="1").on_conflict_do_nothing())


def take_in(connection: Connection, folder: Path) -> None:
    """Move announced run folders to their final folder, if there are any.

    Parameters
    ----------
    connection
        Connection within a writing transaction.
    folder
        Folder of the project; a run that it has already is kept, and the announced one of that name is dropped.

    Raises
    ------
    OSError
        From the disk; the remaining folders are moved at the next call.
    """
    if connection.scalar(select(schema.setting.c.value).where(schema.setting.c.key == KEY)) is None:
        return
    place = folder / PLACE
    # A link to a folder of the user, placed there by somebody else, is left alone.
    for run in sorted(place.iterdir()) if place.is_dir() and not is_link(place) else ():
        if is_plain(run) and not os.path.lexists(folder / "runs" / run.name):
            run.replace(folder / "runs" / run.name)
    shutil.rmtree(place, ignore_errors=True)
    connection.execute(delete(schema.setting).where(schema.setting.c.key == KEY))
