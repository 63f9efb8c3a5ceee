"""Run folders on their way into a project: they appear with the transaction that speaks of them, or not at all.

They are copied to a place beside the runs that no list shows. The transaction records that they are to come; after it they are
moved, which a start after a crash completes.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.sqlite import insert

from quakegui.project import schema
from quakegui.project.filesystem import is_link, is_plain

KEY = "incoming"
PLACE = "runs/.incoming"
"""Within a project's folder."""
TRASH = "trash"
"""The folder of deleted runs, among the others."""


def stage(folder: Path, runs: Path) -> None:
    """Copy run folders beside those of a project.

    Parameters
    ----------
    folder
        The project's.
    runs
        Holds the run folders.

    Raises
    ------
    OSError
        As the disk says; nothing is left behind.
    """
    place = folder / PLACE
    shutil.rmtree(place, ignore_errors=True)
    try:
        copy_runs(runs, place)
    except OSError:
        shutil.rmtree(place, ignore_errors=True)
        raise


def copy_runs(runs: Path, target: Path) -> None:
    """Copy a folder of run folders, without deleted ones, hidden names, and what is neither a file nor a folder of its own.

    What begins with a dot is being made, or was being made when a program ended. A link in a stranger's project may point at
    anything of whoever copies it, and would bring it along.

    Raises
    ------
    OSError
        As the disk says.
    """

    def left_out(folder: str, names: list[str]) -> set[str]:
        deleted = {TRASH} if Path(folder) == runs else set()
        return deleted | {name for name in names if name.startswith(".") or not is_plain(Path(folder) / name)}

    shutil.copytree(runs, target, ignore=left_out)


def unstage(folder: Path) -> None:
    """Forget run folders that are not to come after all."""
    shutil.rmtree(folder / PLACE, ignore_errors=True)


def announce(connection: Connection) -> None:
    """Record, in the transaction that speaks of the staged runs, that they belong to the project."""
    connection.execute(insert(schema.setting).values(key=KEY, value="1").on_conflict_do_nothing())


def take_in(connection: Connection, folder: Path) -> None:
    """Move announced run folders to their place, where that has not been done.

    Raises
    ------
    OSError
        As the disk says; what is left is moved at the next call.
    """
    if connection.scalar(select(schema.setting.c.value).where(schema.setting.c.key == KEY)) is None:
        return
    place = folder / PLACE
    # What a stranger has put there instead, a link to a folder of the user's, is none of this program's.
    for run in sorted(place.iterdir()) if place.is_dir() and not is_link(place) else ():
        if is_plain(run) and not os.path.lexists(folder / "runs" / run.name):
            run.replace(folder / "runs" / run.name)
    shutil.rmtree(place, ignore_errors=True)
    connection.execute(delete(schema.setting).where(schema.setting.c.key == KEY))
