"""Atomic creation of a project: it is complete or absent, and remains of an interrupted creation do not block a new one."""

from __future__ import annotations

import shutil
from pathlib import Path

from quakegui.project.errors import ProjectError
from quakegui.words import Said

DATABASE = "project.sqlite"
ADDRESS = "project.toml"
"""In the folder of a shared project, in place of the database."""
ADDRESS_PART = f"{ADDRESS}.part"
"""The address of a project that is still being created or joined."""
PART = f"{DATABASE}.part"
FOLDERS = ("cache", "runs")
OUTBOX = "outbox"
"""Folder of what the server of a shared project does not have yet."""
MAKING = ".making"
"""Subfolder in which a project is filled before it is moved to the folder itself."""


class NotFreeError(ProjectError):
    """A folder is not empty."""


def is_project(folder: Path) -> bool:
    """Return whether a folder has the database of a project, or the address of a shared one."""
    return (folder / DATABASE).is_file() or (folder / ADDRESS).is_file()


def is_free(folder: Path) -> bool:
    """Return whether a project can be created in a folder: it is new, empty, or has only remains of an interrupted creation."""
    if not folder.exists():
        return True
    if not folder.is_dir():
        return False
    left = {path.name: path for path in folder.iterdir()}
    if not left.keys() <= {*FOLDERS, PART, f"{PART}-journal", ADDRESS_PART, MAKING}:
        return False
    return MAKING in left or not any(any(left[name].iterdir()) for name in FOLDERS if name in left)


def clear(folder: Path) -> Path:
    """Empty a free folder and return the subfolder in which a project is to be filled.

    Raises
    ------
    NotFreeError
        If the folder is not free; it is unchanged.
    OSError
        From the disk.
    """
    if not is_free(folder):
        raise NotFreeError(Said("{folder} is not empty; choose a new or empty folder for the project.", folder=folder))
    folder.mkdir(parents=True, exist_ok=True)
    for name in (PART, f"{PART}-journal", ADDRESS_PART):
        (folder / name).unlink(missing_ok=True)
    # The mark is removed last: while it exists, remains of the rest still count as free.
    for name in (*FOLDERS, MAKING):
        if (folder / name).is_dir():
            shutil.rmtree(folder / name)
    return folder / MAKING


def settle(folder: Path) -> None:
    """Move the filled and closed project to the folder; the database is moved last, and completes the project.

    Raises
    ------
    OSError
        From the disk; there is no project in the folder then.
    """
    made = folder / MAKING
    for name in (*FOLDERS, DATABASE):
        (made / name).replace(folder / name)
    shutil.rmtree(made)
