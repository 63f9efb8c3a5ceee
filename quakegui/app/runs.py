"""What the analyst does with the project's training runs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from quakegui.app import computing, others
from quakegui.app.change import Change
from quakegui.app.environment import environment_of
from quakegui.app.session import Session
from quakegui.progress import CancelCheck, ProgressCallback
from quakegui.words import Said

if TYPE_CHECKING:  # what trains and judges is not for a window at its start
    from quakegui.learn.runs.registry import RunFolder


def use_run(session: Session, run: RunFolder) -> None:
    """Show a run's predictions; one that has said nothing about these days yet is asked in a job first."""
    from quakegui.learn import operating
    from quakegui.project import runs

    others.look(session)
    project, season = session.project, session.season
    if project is None or season is None or not computing.is_of_now(session):
        return
    environment = environment_of(session.settings)

    def use(_predicted: object = None) -> None:
        if session.project is project:
            _tell(session, lambda: runs.use_run(project, run.id), Change.RUNS | Change.PREDICTIONS)

    def work(progress: ProgressCallback, cancelled: CancelCheck) -> None:
        progress(0, 0, run.title)
        operating.predict_days(project, season, run, listen=lambda _message: None, cancelled=cancelled, environment=environment)

    if (runs.predictions(project, run.id, season.days).classes >= 0).any():
        use()
    else:
        session.jobs.start("predicting", work, use, asks=True)


def apply_model(session: Session) -> None:
    """Let the model that belongs to quakegui answer for the season, in a job; what it was not made for is said."""
    others.look(session)
    project, season = session.project, session.season
    if project is None or season is None or not computing.is_of_now(session):
        return
    environment = environment_of(session.settings)

    def work(progress: ProgressCallback, cancelled: CancelCheck) -> RunFolder:
        from quakegui.learn import messages
        from quakegui.learn.zero_shot import shipped
        from quakegui.project import runs

        def listen(message: messages.Message) -> None:
            if isinstance(message, messages.WorkerProgress):
                progress(message.done, message.total, message.text)

        run = shipped.shipped_run(project, season, listen=listen, cancelled=cancelled, environment=environment)
        runs.use_run(project, run.id)
        return run

    def done(run: RunFolder) -> None:
        session.said.emit(Said("The pre-trained model has predicted this season: “{run_title}”.", run_title=run.title), "info")
        if session.project is project:
            session.reload(Change.RUNS | Change.PREDICTIONS)

    session.jobs.start("applying-model", work, done, asks=True)


def rename_run(session: Session, run: RunFolder, title: str) -> None:
    """Give a run another title; a registered one keeps its own."""
    from quakegui.learn.runs import registry
    from quakegui.project import registrations

    project = session.project
    if project is None:
        return

    def rename() -> None:
        registrations.require_unregistered(project, run.id)
        registry.rename_run(run, title)

    _tell(session, rename, Change.RUNS)


def trash_run(session: Session, run: RunFolder) -> None:
    """Move a run to the project's trash; its predictions are shown no longer."""
    from quakegui.learn.runs import trash
    from quakegui.project import registrations, runs

    project = session.project
    if project is None:
        return

    def move() -> None:
        registrations.require_unregistered(project, run.id)
        if runs.run_in_use(project) == run.id:  # first: a run that is gone is in use nowhere
            runs.use_run(project, None)
        trash.trash_run(run)

    _tell(session, move, Change.RUNS | Change.PREDICTIONS)


def trashed_runs(session: Session) -> tuple[RunFolder, ...]:
    """Return the runs in the project's trash, the newest first."""
    from quakegui.learn import season_runs
    from quakegui.learn.runs import trash

    return () if session.project is None else trash.trashed_runs(season_runs.runs_folder(session.project))


def restore_run(session: Session, run: RunFolder) -> None:
    """Take a run back from the trash."""
    from quakegui.learn.runs import trash

    _tell(session, lambda: trash.restore_run(run), Change.RUNS)


def empty_trash(session: Session) -> None:
    """Delete the runs in the trash for good."""
    from quakegui.learn import season_runs
    from quakegui.learn.runs import trash

    project = session.project
    if project is not None:
        _tell(session, lambda: trash.empty_trash(season_runs.runs_folder(project)), Change.RUNS)


def export_run(session: Session, run: RunFolder, path: Path) -> None:
    """Write a finished run as one file, in a job."""

    def work(progress: ProgressCallback, _cancelled: CancelCheck) -> None:
        from quakegui.learn.runs import archives

        progress(0, 0, run.title)
        archives.export_run(run, path)

    session.jobs.start(
        "exporting-run",
        work,
        lambda _nothing: session.said.emit(
            Said("The run “{run_title}” was saved to {path}.", run_title=run.title, path=path), "info"
        ),
        stoppable=False,
        asks=True,
    )


def import_run(session: Session, path: Path) -> None:
    """Read a run that another project exported, in a job."""
    project = session.project
    if project is None:
        return

    def work(progress: ProgressCallback, _cancelled: CancelCheck) -> RunFolder:
        from quakegui.learn import season_runs
        from quakegui.learn.runs import archives

        progress(0, 0, path.name)
        return archives.import_run(season_runs.runs_folder(project), path)

    def done(run: RunFolder) -> None:
        session.said.emit(Said("The run “{run_title}” was imported as {run_id}.", run_title=run.title, run_id=run.id), "info")
        session.reload(Change.RUNS)

    session.jobs.start("importing-run", work, done, stoppable=False, asks=True)


def _tell(session: Session, act: Callable[[], object], change: Change) -> None:
    """Do a short thing to a run, say where it cannot be done, and read the runs again."""
    from quakegui.learn.runs.registry import RunError
    from quakegui.project.store import ProjectError

    try:
        act()
    except (RunError, ProjectError, OSError) as error:
        session.said.emit(str(error), "error")
    session.reload(change)
