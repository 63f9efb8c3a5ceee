"""Training runs of a shared project: one's own are stored on the server, those of colleagues fetched from it, in jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quakegui.app.change import Change
from quakegui.app.session import Session
from quakegui.progress import CancelCheck, ProgressCallback
from quakegui.strangers import shown
from quakegui.words import Said

if TYPE_CHECKING:
    from quakegui.learn.runs.registry import RunFolder
    from quakegui.project.run_archives import StoredRun


def exchange(session: Session) -> None:
    """Store the finished runs that the server does not have, and fetch the current run if it is not here."""
    project = session.project
    if project is None or not project.is_shared:
        return

    def work(_progress: ProgressCallback, _cancelled: CancelCheck) -> tuple[tuple[str, ...], bool, tuple[StoredRun, ...]]:
        from quakegui.learn import run_sharing
        from quakegui.project import run_archives, runs

        failed = run_sharing.share_runs(project)
        fetched = run_sharing.fetch_run(project, runs.run_in_use(project))
        return failed, fetched is not None, run_archives.stored_runs(project)

    def done(found: tuple[tuple[str, ...], bool, tuple[StoredRun, ...]]) -> None:
        failed, fetched, stored = found
        for sentence in failed:
            session.message.emit(sentence, "warning")
        if session.project is project:
            session.stored_runs = stored
            session.reload(Change.RUNS | Change.PREDICTIONS if fetched else Change.RUNS)

    session.jobs.start("sharing-runs", work, done, stoppable=False)


def absent_runs(session: Session) -> tuple[StoredRun, ...]:
    """Return the runs that only the server has, newest first."""
    here = {row.run.id for row in session.runs}
    return tuple(run for run in session.stored_runs if run.id not in here)


def title_of(run: StoredRun) -> str:
    """Return the title of a run that only the server has."""
    return shown(str(run.config.get("name", "")), 200) or run.id


def fetch(session: Session, run: StoredRun) -> None:
    """Fetch a run from the server, in a job.

    Parameters
    ----------
    session
        Reports the run, unless another project was opened meanwhile; without a project, nothing happens.
    run
        One of `absent_runs`.
    """
    project = session.project
    if project is None:
        return

    def work(progress: ProgressCallback, _cancelled: CancelCheck) -> RunFolder | None:
        from quakegui.learn import run_sharing

        progress(0, 0, title_of(run))
        return run_sharing.fetch_run(project, run.id)

    def done(found: RunFolder | None) -> None:
        if found is not None and session.project is project:
            session.message.emit(Said("The run “{run_title}” was fetched from the server.", run_title=found.title), "info")
            session.reload(Change.RUNS | Change.PREDICTIONS)

    session.jobs.start("fetching-run", work, done, stoppable=False)
