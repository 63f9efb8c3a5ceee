"""Deleted runs: they lie in a folder beside the others until it is emptied."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from quakegui.learn.runs.files import hold
from quakegui.learn.runs.registry import LOCK, TRASH, RunError, RunFolder, disk_errors, list_runs, read_run
from quakegui.project.filesystem import is_link
from quakegui.words import Said


def trash_run(run: RunFolder) -> Path:
    """Move a run to the trash folder beside it and return where it lies now; `restore_run` takes it back.

    A run of the same id that lies there already, deleted before this one was imported again, gives way.

    Raises
    ------
    RunError
        The run is being trained, the trash folder is a link, or the disk refuses the move.
    """
    target = _trash(run.folder.parent) / run.id
    with disk_errors(target.parent):
        _refuse_trained(run)
        target.parent.mkdir(exist_ok=True)
        if is_link(target):
            target.unlink()
        elif target.exists():
            shutil.rmtree(target)
        run.folder.replace(target)
    return target


def _refuse_trained(run: RunFolder) -> None:
    """Refuse a run that a worker trains, started by another window, say: it would write into a folder that is gone."""
    if (run.folder / LOCK).exists():
        try:
            hold(run.folder / LOCK).close()
        except BlockingIOError as error:
            raise RunError(Said("The run “{run_title}” is being trained by another process.", run_title=run.title)) from error


def trashed_runs(runs: Path) -> tuple[RunFolder, ...]:
    """Return the runs that lie in the trash, the newest first."""
    return list_runs(_trash(runs))[0]


def _trash(runs: Path) -> Path:
    """Return the trash folder of runs, unless a stranger has put a link in its place: it leads to what is not deleted here."""
    trash = runs / TRASH
    if is_link(trash):
        raise RunError(Said("{trash} is a link to another folder; nothing was moved or deleted. Remove the link.", trash=trash))
    return trash


def restore_run(trashed: RunFolder) -> RunFolder:
    """Take a run back from the trash.

    Raises
    ------
    RunError
        A run of that id is there again, the trash folder is a link, or the disk refuses the move.
    """
    target = _trash(trashed.folder.parent.parent).parent / trashed.id
    if os.path.lexists(target):
        raise RunError(Said("A run {trashed_id} already exists; rename its folder first.", trashed_id=trashed.id))
    with disk_errors(target):
        trashed.folder.replace(target)
    return read_run(target)


def empty_trash(runs: Path) -> int:
    """Delete what lies in the trash for good and return how many runs that were.

    Raises
    ------
    RunError
        The trash folder is a link.
    OSError
        A file cannot be deleted; it and what was not reached yet are still there.
    """
    trash = _trash(runs)
    count = len(trashed_runs(runs))
    if trash.is_dir():
        shutil.rmtree(trash)
    return count
