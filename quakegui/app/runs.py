"""The project's training runs in the window: what each is, and what the analyst does with one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from quakegui.app.change import Change
from quakegui.app.environment import environment_of
from quakegui.project.progress import ProgressCallback

if TYPE_CHECKING:  # what trains and judges is not for a window at its start
    from quakegui.app.session import Session
    from quakegui.learn.runs.registry import RunFolder
    from quakegui.project.store import Project


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run as a table shows it.

    Attributes
    ----------
    run
        The run itself.
    in_use
        Whether its predictions are shown.
    epochs
        How many epochs are over.
    """

    run: RunFolder
    in_use: bool
    epochs: int


def read_runs(project: Project) -> tuple[tuple[RunRow, ...], tuple[str, ...]]:
    """Return the project's runs, the newest first, and a sentence for each that cannot be read."""
    from quakegui.learn import season_runs
    from quakegui.learn.runs import registry
    from quakegui.project import runs

    found, problems = registry.list_runs(season_runs.runs_folder(project))
    in_use = runs.run_in_use(project)
    rows, said = [], list(problems)
    for run in found:
        told = (run.card or {}).get("epochs")
        try:
            epochs = len(run.history()) if told is None else int(told)
        except registry.RunError as error:  # the run stands in the list all the same, and can be deleted there
            said.append(str(error))
            epochs = 0
        rows.append(RunRow(run, run.id == in_use, epochs))
    return tuple(rows), tuple(said)


def use_run(session: Session, run: RunFolder) -> None:
    """Show a run's predictions; one that has said nothing about these days yet is asked in a job first."""
    from quakegui.learn import operating
    from quakegui.project import runs

    session.look()
    project, season = session.project, session.season
    if project is None or season is None or not session.is_of_now():
        return
    environment = environment_of(session.settings)

    def use(_predicted: object = None) -> None:
        if session.project is project:
            _tell(session, lambda: runs.use_run(project, run.id), Change.RUNS | Change.PREDICTIONS)

    def work(report: ProgressCallback, cancelled: Callable[[], bool]) -> None:
        report(0, 0, run.title)
        operating.predict_days(project, season, run, listen=lambda _message: None, cancelled=cancelled, environment=environment)

    if (runs.predictions(project, run.id, season.days).classes >= 0).any():
        use()
    else:
        session.jobs.start("Predicting with the run", work, use, asks=True)


def rename_run(session: Session, run: RunFolder, title: str) -> None:
    """Give a run another title."""
    from quakegui.learn.runs import registry

    _tell(session, lambda: registry.rename_run(run, title), Change.RUNS)


def trash_run(session: Session, run: RunFolder) -> None:
    """Move a run to the project's trash; its predictions are shown no longer."""
    from quakegui.learn.runs import trash
    from quakegui.project import runs

    project = session.project
    if project is None:
        return

    def move() -> None:
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

    def work(report: ProgressCallback, _cancelled: Callable[[], bool]) -> None:
        from quakegui.learn.runs import registry

        report(0, 0, run.title)
        registry.export_run(run, path)

    session.jobs.start(
        "Exporting the run",
        work,
        lambda _nothing: session.said.emit(f"The run “{run.title}” is in {path}.", "info"),
        stoppable=False,
        asks=True,
    )


def import_run(session: Session, path: Path) -> None:
    """Read a run that another project exported, in a job."""
    project = session.project
    if project is None:
        return

    def work(report: ProgressCallback, _cancelled: Callable[[], bool]) -> RunFolder:
        from quakegui.learn import season_runs
        from quakegui.learn.runs import registry

        report(0, 0, path.name)
        return registry.import_run(season_runs.runs_folder(project), path)

    def done(run: RunFolder) -> None:
        session.said.emit(f"The run “{run.title}” came in as {run.id}.", "info")
        session.reload(Change.RUNS)

    session.jobs.start("Importing the run", work, done, stoppable=False, asks=True)


def _tell(session: Session, act: Callable[[], object], change: Change) -> None:
    """Do a short thing to a run, say where it cannot be done, and read the runs again."""
    from quakegui.learn.runs.registry import RunError
    from quakegui.project.store import ProjectError

    try:
        act()
    except (RunError, ProjectError, OSError) as error:
        session.said.emit(str(error), "error")
    session.reload(change)
