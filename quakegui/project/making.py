"""Where a project is made: it is there whole, or not at all, and what a making that was cut off left is no obstacle."""

from __future__ import annotations

import shutil
from pathlib import Path

from quakegui.words import Said

DATABASE = "project.sqlite"
PART = f"{DATABASE}.part"
FOLDERS = ("cache", "runs")
MAKING = ".making"
"""Within a folder, the place where a project is filled before it becomes the folder's."""


class NotFreeError(Exception):
    """A folder holds something already; the text is one sentence for the screen."""


def is_free(folder: Path) -> bool:
    """Return whether a project can be made in a folder: it is new or empty, or holds what a making that was cut off left."""
    if not folder.exists():
        return True
    if not folder.is_dir():
        return False
    left = {path.name: path for path in folder.iterdir()}
    if not left.keys() <= {*FOLDERS, PART, f"{PART}-journal", MAKING}:
        return False
    return MAKING in left or not any(any(left[name].iterdir()) for name in FOLDERS if name in left)


def clear(folder: Path) -> Path:
    """Make a free folder empty and return the place in it where a project is to be filled.

    Raises
    ------
    NotFreeError
        If the folder is not free; it is left as it is.
    OSError
        As the disk says.
    """
    if not is_free(folder):
        raise NotFreeError(Said("{folder} is not empty; choose a new or empty folder for the project.", folder=folder))
    folder.mkdir(parents=True, exist_ok=True)
    for name in (PART, f"{PART}-journal"):
        (folder / name).unlink(missing_ok=True)
    # The mark goes last: with it, what is left of the rest still counts as free.
    for name in (*FOLDERS, MAKING):
        if (folder / name).is_dir():
            shutil.rmtree(folder / name)
    return folder / MAKING


def settle(folder: Path) -> None:
    """Let the filled and closed project become the folder's; the database comes last, and with it the project.

    Raises
    ------
    OSError
        As the disk says; there is no project in the folder then.
    """
    made = folder / MAKING
    for name in (*FOLDERS, DATABASE):
        (made / name).replace(folder / name)
    shutil.rmtree(made)
