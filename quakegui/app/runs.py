"""The analyst's actions on the training runs of the project."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from quakegui.app import computing, others
from quakegui.app.change import Change
from quakegui.app.environment import environment_of
from quakegui.app.session import Session
from quakegui.progress import CancelCheck, ProgressCallback
from quakegui.project.errors import ProjectError
from quakegui.words import Said

if TYPE_CHECKING:  # a window at its start does not need training and evaluation
    from quakegui.learn.runs.registry import RunFolder


def use_run(session: Session, run: RunFolder) -> None:
    """Make a run the current run; if it has no predictions for these days yet, a job computes them first.

    Parameters
    ----------
    session
        Nothing happens without a season, or if the readings have changed since it was computed, which is reported.
    run
        A finished run of the project; if its predictions cannot be read, that is reported.
    """
    from quakegui.learn import issuing
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
        issuing.predict_days(project, season, run, listen=lambda _message: None, cancelled=cancelled, environment=environment)

    try:
        known = (runs.predictions(project, run.id, season.days).classes >= 0).any()
    except ProjectError as error:
        session.message.emit(str(error), "error")
        return
    if known:
        use()
    else:
        session.jobs.start("predicting", work, use, asks=True)


def apply_model(session: Session) -> None:
    """Predict the season with the model shipped with quakegui, in a job; reports where it does not apply."""
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
        session.message.emit(
            Said("The pre-trained model has predicted this season: “{run_title}”.", run_title=run.title), "info"
        )
        if session.project is project:
            session.reload(Change.RUNS | Change.PREDICTIONS)

    session.jobs.start("applying-model", work, done, asks=True)


def rename_run(session: Session, run: RunFolder, title: str) -> None:
    """Rename a run; a registered one cannot be renamed.

    Parameters
    ----------
    session
        Reports an error, and reloads the runs.
    run
        A run of the project; its id is unchanged.
    title
        The new title.
    """
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
    """Move a run to the trash of the project; its predictions are no longer shown.

    Parameters
    ----------
    session
        Reports an error, and reloads runs and predictions.
    run
        A run of the project; one that is registered or being trained stays, which is reported.
    """
    from quakegui.learn.runs import trash
    from quakegui.project import registrations, runs

    project = session.project
    if project is None:
        return

    def move() -> None:
        registrations.require_unregistered(project, run.id)
        if runs.run_in_use(project) == run.id:  # first: a deleted run must not be the current run
            runs.use_run(project, None)
        trash.trash_run(run)

    _tell(session, move, Change.RUNS | Change.PREDICTIONS)


def trashed_runs(session: Session) -> tuple[RunFolder, ...]:
    """Return the runs in the trash of the project, newest first."""
    from quakegui.learn.runs import trash

    return () if session.project is None else trash.trashed_runs(session.project.runs_folder)


def restore_run(session: Session, run: RunFolder) -> None:
    """Restore a run from the trash.

    Parameters
    ----------
    session
        Reports an error, and reloads the runs.
    run
        One of `trashed_runs`; it stays in the trash if the project has a run with this id again.
    """
    from quakegui.learn.runs import trash

    _tell(session, lambda: trash.restore_run(run), Change.RUNS)


def empty_trash(session: Session) -> None:
    """Permanently delete the runs in the trash."""
    from quakegui.learn.runs import trash

    project = session.project
    if project is not None:
        _tell(session, lambda: trash.empty_trash(project.runs_folder), Change.RUNS)


def export_run(session: Session, run: RunFolder, path: Path) -> None:
    """Export a finished run as one file, in a job.

    Parameters
    ----------
    session
        Runs the job; an error is reported.
    run
        A finished run.
    path
        The zip file; an existing one is replaced.
    """

    def work(progress: ProgressCallback, _cancelled: CancelCheck) -> None:
        from quakegui.learn.runs import archives

        progress(0, 0, run.title)
        archives.export_run(run, path)

    session.jobs.start(
        "exporting-run",
        work,
        lambda _nothing: session.message.emit(
            Said("The run “{run_title}” was saved to {path}.", run_title=run.title, path=path), "info"
        ),
        stoppable=False,
        asks=True,
    )


def import_run(session: Session, path: Path) -> None:
    """Import a run that another project exported, in a job.

    Parameters
    ----------
    session
        Runs the job; an error is reported. Without a project, nothing happens.
    path
        The zip file of `export_run`.
    """
    project = session.project
    if project is None:
        return

    def work(progress: ProgressCallback, _cancelled: CancelCheck) -> RunFolder:
        from quakegui.learn.runs import archives

        progress(0, 0, path.name)
        return archives.import_run(project.runs_folder, path)

    def done(run: RunFolder) -> None:
        session.message.emit(
            Said("The run “{run_title}” was imported as {run_id}.", run_title=run.title, run_id=run.id), "info"
        )
        session.reload(Change.RUNS)

    session.jobs.start("importing-run", work, done, stoppable=False, asks=True)


def _tell(session: Session, act: Callable[[], object], change: Change) -> None:
    """Perform a short action on a run, show an error if it fails, and reload the runs."""
    from quakegui.learn.runs.registry import RunError

    try:
        act()
    except (RunError, ProjectError, OSError) as error:
        session.message.emit(str(error), "error")
    session.reload(change)
