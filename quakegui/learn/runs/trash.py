"""Deleted runs: moved to a trash folder until it is emptied."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from quakegui.learn.runs.files import hold
from quakegui.learn.runs.registry import LOCK, RunError, RunFolder, disk_errors, list_runs, read_run
from quakegui.learn.runs.runchecks import TRASH
from quakegui.project.filesystem import is_link
from quakegui.words import Said


def trash_run(run: RunFolder) -> Path:
    """Move a run to the trash folder beside it and return its new path; `restore_run` moves it back.

    An older deleted run with the same id is replaced.

    Raises
    ------
    RunError
        If the run is being trained, the trash folder is a link, or the run cannot be moved.
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
    """Raise RunError for a run that a worker is training: it would write into a folder that no longer exists."""
    if (run.folder / LOCK).exists():
        try:
            hold(run.folder / LOCK).close()
        except BlockingIOError as error:
            raise RunError(Said("The run “{run_title}” is being trained by another process.", run_title=run.title)) from error


def trashed_runs(runs: Path) -> tuple[RunFolder, ...]:
    """Return the runs in the trash, newest first."""
    return list_runs(_trash(runs))[0]


def _trash(runs: Path) -> Path:
    """Return the trash folder of runs; raise RunError if it is a link, which may lead to files that were not deleted."""
    trash = runs / TRASH
    if is_link(trash):
        raise RunError(Said("{trash} is a link to another folder; nothing was moved or deleted. Remove the link.", trash=trash))
    return trash


def restore_run(trash_folder: RunFolder) -> RunFolder:
    """Move a run back from the trash and return it.

    Raises
    ------
    RunError
        If a run with that id exists, the trash folder is a link, or the run cannot be moved.
    """
    target = _trash(trash_folder.folder.parent.parent).parent / trash_folder.id
    if os.path.lexists(target):
        raise RunError(Said("A run {trashed_id} already exists; rename its folder first.", trashed_id=trash_folder.id))
    with disk_errors(target):
        trash_folder.folder.replace(target)
    return read_run(target)


def empty_trash(runs: Path) -> int:
    """Delete the runs in the trash permanently and return their number.

    Raises
    ------
    RunError
        If the trash folder is a link.
    OSError
        If a file cannot be deleted; it and the files after it still exist.
    """
    trash = _trash(runs)
    count = len(trashed_runs(runs))
    if trash.is_dir():
        shutil.rmtree(trash)
    return count
