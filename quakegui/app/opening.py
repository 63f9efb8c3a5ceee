"""Opening a project in the window: an existing one, a new empty one, or the synthetic season."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

import platformdirs
from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QGuiApplication

from quakegui.app import computing, others, run_exchange, sending
from quakegui.app.change import Change
from quakegui.app.season_watch import SeasonWatch
from quakegui.app.session import Session
from quakegui.progress import CancelCheck, ProgressCallback, StoppedError
from quakegui.project.errors import ProjectError
from quakegui.words import Said

if TYPE_CHECKING:
    from quakegui.project.store import Project

LOOK_AGAIN_MS: Final = 100
"""Interval in ms for checking whether a dialog is closed."""


def after_start(session: Session, then: Callable[[], object]) -> None:
    """Import the modules for opening projects in a job, then call `then` in the thread of the window.

    Parameters
    ----------
    session
        Runs the job.
    then
        Called without arguments; its result is ignored.
    """

    def work(_progress: ProgressCallback, _cancelled: CancelCheck) -> None:
        from quakegui.learn import alarm_days, season_runs  # noqa: F401
        from quakegui.project import catalogue, journal, runs, seasons  # noqa: F401

    session.jobs.start("opening", work, lambda _nothing: then(), stoppable=False)


def open_project(session: Session, folder: Path) -> bool:
    """Open a project in place of the open one, and compute its season in a job; returns whether it was opened.

    A shared project is opened by a thread once its server has answered: then this returns True at once.

    Parameters
    ----------
    session
        Keeps its open project if the other one cannot be opened, which is reported, or if the analyst declines.
    folder
        Folder of the project.
    """
    from quakegui.project.shared.address import is_shared_folder
    from quakegui.project.store import Project

    if is_shared_folder(folder):
        session.opener = Opener(session, folder)
        return True
    try:
        project = Project.open(folder)
    except ProjectError as error:
        session.message.emit(str(error), "error")
        return False
    if not session.may_close():
        project.close()
        return False
    return adopt(session, project)


class Opener(QObject):
    """Opens a shared project in a thread, and then shows it, unless another one was opened meanwhile.

    It is no job: those of the open project would have to end first, and nobody waits for a server that does not answer.
    """

    _came = Signal(object)

    def __init__(self, session: Session, folder: Path) -> None:
        super().__init__(session)
        self._session, self._former = session, session.project
        self._came.connect(self._take)
        session.message.emit(Said("Connecting to the server of {folder}…", folder=folder.name), "info")
        threading.Thread(target=_open, args=(folder, self._came.emit), name="opener", daemon=True).start()

    def _take(self, found: ProjectError | tuple[Project, sending.Beginning]) -> None:
        session = self._session
        last = session.opener is self
        if isinstance(found, ProjectError):
            if last:
                session.message.emit(str(found), "error")
        elif last and QGuiApplication.modalWindow() is not None:
            QTimer.singleShot(LOOK_AGAIN_MS, self, lambda: self._take(found))
            return
        elif last and session.project is self._former and session.may_close():
            adopt(session, *found)
        else:
            project, beginning = found
            beginning.lookout.close()
            project.close()
        self.deleteLater()


def _open(folder: Path, tell: Callable[[object], object]) -> None:
    """Open a shared project and read what showing it begins with, which waits for the server."""
    from quakegui.project.store import Project

    try:
        project = Project.open(folder)
        try:
            found: object = project, sending.prepare(project)
        except ProjectError:
            project.close()
            raise
    except ProjectError as error:
        found = error
    with contextlib.suppress(RuntimeError):  # the window was closed meanwhile
        tell(found)


def create_project(session: Session, folder: Path, *, timezone: str, name: str = "") -> bool:
    """Create an empty project and open it in place of the open one; returns whether it is open now.

    Parameters
    ----------
    session
        Keeps its open project if the other one cannot be created or watched, which is reported, or if the analyst declines.
    folder
        A new or empty folder.
    timezone
        IANA name of the time zone of the local dates.
    name
        Name of the project; if empty, that of the folder.
    """
    from quakegui.project.store import Project

    if not session.may_close():
        return False
    try:
        project = Project.create(folder, timezone=timezone, name=name)
    except ProjectError as error:
        session.message.emit(str(error), "error")
        return False
    return adopt(session, project)


def adopt(session: Session, project: Project, beginning: sending.Beginning | None = None) -> bool:
    """Show a project that was just opened, in place of the open one; returns whether it is shown. A job computes its season.

    Parameters
    ----------
    session
        Keeps its open project if the other one cannot be read any more, which is reported.
    project
        The project; closed if it is not shown.
    beginning
        What was read of a shared project.
    """
    from quakegui.project.lookout import Lookout

    try:
        lookout = Lookout(project) if beginning is None else beginning.lookout  # before the open project is closed
    except ProjectError as error:
        session.message.emit(str(error), "error")
        project.close()
        return False
    session.close()
    if beginning is None:
        with contextlib.suppress(ProjectError):  # which the next look reports
            lookout.look()  # what the open project wrote at its end, perhaps the same one, is no news
    session.take(project, lookout)
    if beginning is not None:
        sending.begin(session, beginning)
    session.runs_stamp = others.runs_stamp(session)
    project.answer_here()
    if project.login and project.login != session.settings.analyst:
        session.set_settings(analyst=project.login)
        session.message.emit(
            Said("In this shared project you write under the name of your login: {name}.", name=project.login), "info"
        )
    for warning in project.warnings:
        session.message.emit(warning, "warning")
    session.set_settings(recent=session.settings.with_recent(project.folder).recent)
    session.changed.emit(Change.ALL)
    if session.findChild(SeasonWatch) is None:
        SeasonWatch(session)
    computing.recompute(session)
    run_exchange.exchange(session)
    return True


def open_demo(session: Session, *, strength: float = 1.0) -> None:
    """Open the synthetic season, or with strength 0 the null season, which a job creates on first use.

    Parameters
    ----------
    session
        Runs the job; nothing happens while an earlier one still creates a synthetic season.
    strength
        Factor on the simulated precursors. Seasons of every strength but 0 have the same folder, so it counts on first use
        only.
    """
    name = "Synthetic Liangshan 2022" if strength else "Synthetic Liangshan 2022, null season"
    folder = Path(platformdirs.user_data_dir("quakegui", appauthor=False)) / name
    if session.jobs.has("demonstration"):
        return
    if (folder / "project.sqlite").exists():
        open_project(session, folder)
        return

    def work(progress: ProgressCallback, cancelled: CancelCheck) -> Path:
        from quakegui.learn.zero_shot.shipped import install_model
        from quakegui.project import demo, seasons

        def tell(done: int, total: int, text: str) -> None:
            if cancelled():
                raise StoppedError  # nothing of an incomplete season is kept
            progress(done, total, text)

        def finish(project: Project) -> None:
            season = seasons.load_season(project, progress=tell)
            assert season is not None
            install_model(project, season)

        demo.create_demo(folder, strength=strength, progress=tell, finish=finish).close()
        return folder

    session.jobs.start("demonstration", work, lambda made: _open_when_free(session, made, session.project))


def _open_when_free(session: Session, folder: Path, former: Project | None) -> None:
    """Open a project once no dialog refers to the open one: its input would go to the other project."""
    if session.project is not former:
        return  # the analyst has opened another project meanwhile
    if QGuiApplication.modalWindow() is None:
        open_project(session, folder)
    else:
        QTimer.singleShot(LOOK_AGAIN_MS, session, lambda: _open_when_free(session, folder, former))
