"""Finished runs of a shared project: stored on its server, and fetched by colleagues with the checks of an imported run."""

from __future__ import annotations

import functools
import tempfile
from pathlib import Path

from quakegui.learn.runs.archives import export_run, import_run
from quakegui.learn.runs.registry import RunError, RunFolder, disk_errors, list_runs
from quakegui.learn.runs.runconfig import RunConfig
from quakegui.project import runs
from quakegui.project.errors import ProjectError, UnreachableError
from quakegui.project.run_archives import StoredRun, can_store, fetch_archive, store_archive, stored_runs
from quakegui.project.store import Project
from quakegui.scratch import scratch_folder
from quakegui.words import Said, counted


def share_run(project: Project, run: RunFolder) -> None:
    """Store a finished run for the colleagues of a shared project, unless it is stored already.

    Parameters
    ----------
    project
        Nothing is stored if it is not shared, or this login cannot store runs.
    run
        Nothing is stored of an unfinished one; its folder is only read.

    Raises
    ------
    ProjectError
        If it is too large (see `shared.tables.LARGEST_RUN`), or the server cannot be reached or refuses.
    RunError
        If its files cannot be read.
    """
    if run.card is None or not can_store(project) or any(one.id == run.id for one in stored_runs(project)):
        return
    with disk_errors(Path(tempfile.gettempdir())), scratch_folder() as folder:
        path = folder / "run.zip"
        export_run(run, path)
        store_archive(project, run.id, path)


def share_runs(project: Project) -> tuple[str, ...]:
    """Store the finished runs that the server does not have yet, for example after a lost connection.

    Returns
    -------
    tuple of str
        A sentence for each reason why runs could not be stored; it names one of them.

    Raises
    ------
    UnreachableError
        If the server cannot be reached.
    """
    if not can_store(project):
        return ()
    done = {run.id for run in runs.runs(project) if run.status == "done"} - {one.id for one in stored_runs(project)}
    failed: dict[str, list[RunFolder]] = {}
    for run in list_runs(project.runs_folder)[0]:
        if run.id in done:
            try:
                share_run(project, run)
            except (ProjectError, RunError) as error:
                if isinstance(error, UnreachableError):
                    stored_runs(project)  # if the server responds, another run may still fit on its disk
                failed.setdefault(str(error), []).append(run)
    return tuple(
        counted(
            "{count} run, “{title}”, could not be stored for colleagues. {why}",
            "{count} runs, such as “{title}”, could not be stored for colleagues. {why}",
            count=len(affected),
            title=affected[0].title,
            why=why,
        )
        for why, affected in failed.items()
    )


def fetch_run(project: Project, wanted: str | None) -> RunFolder | None:
    """Fetch a run that only the server of a shared project has; None if there is none, or the run is on this computer.

    Parameters
    ----------
    project
        The project.
    wanted
        The id of the run or its first characters, or None.

    Raises
    ------
    RunError
        If its files are not those of a run, or not of this one, or the disk cannot be written.
    ProjectError
        If the server cannot be reached, or has other files than were stored.
    """
    if wanted is None or not project.is_shared or any(path.name.startswith(wanted) for path in project.runs_folder.iterdir()):
        return None
    stored = stored_runs(project)
    found = [one for one in stored if one.id == wanted] or [one for one in stored if one.id.startswith(wanted)]
    if len(found) != 1:
        return None
    (run,) = found
    with disk_errors(Path(tempfile.gettempdir())), scratch_folder() as folder:
        path = folder / "run.zip"
        fetch_archive(project, run, path)
        return import_run(project.runs_folder, path, check=functools.partial(_require_same, run))


def _require_same(stored: StoredRun, run_id: str, found: RunFolder) -> None:
    """Raise ValueError for the files of another run than the project has recorded under this id."""
    if run_id != stored.id or found.config.hash != RunConfig.from_json(stored.config).hash:
        raise ValueError(Said("The files are not those of the run {run_id}.", run_id=stored.id))
