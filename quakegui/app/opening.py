"""How a project comes into the window: opened, made empty, or made as the synthetic season."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

import platformdirs
from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication

from quakegui.app import computing, others
from quakegui.app.change import Change
from quakegui.app.jobs import StoppedError
from quakegui.app.season_watch import SeasonWatch
from quakegui.app.session import Session
from quakegui.progress import CancelCheck, ProgressCallback

if TYPE_CHECKING:
    from quakegui.project.store import Project

LOOK_AGAIN_MS: Final = 100
"""Between two looks whether a dialog is over."""


def after_start(session: Session, then: Callable[[], object]) -> None:
    """Import beside the window what opens projects, then call `then` in the window's thread."""

    def work(_progress: ProgressCallback, _cancelled: CancelCheck) -> None:
        from quakegui.learn import alarm_days, season_runs  # noqa: F401
        from quakegui.project import catalogue, journal, runs, seasons  # noqa: F401

    session.jobs.start("opening", work, lambda _nothing: then(), stoppable=False)


def open_project(session: Session, folder: Path) -> bool:
    """Open a project and compute its season in a job; returns whether it was opened, in place of the one that was open."""
    from quakegui.project.store import Project, ProjectError

    try:
        project = Project.open(folder)
    except ProjectError as error:
        session.said.emit(str(error), "error")
        return False
    if not session.may_close():
        project.close()
        return False
    adopt(session, project)
    return True


def create_project(session: Session, folder: Path, *, timezone: str, name: str = "") -> bool:
    """Make an empty project and open it, in place of the one that was open; returns whether it was made."""
    from quakegui.project.store import Project, ProjectError

    if not session.may_close():
        return False
    try:
        project = Project.create(folder, timezone=timezone, name=name)
    except ProjectError as error:
        session.said.emit(str(error), "error")
        return False
    adopt(session, project)
    return True


def adopt(session: Session, project: Project) -> None:
    """Show a project that was just opened, in place of the one that is open; its season is computed in a job."""
    session.close()
    session.take(project)
    session.runs_stamp = others.runs_stamp(session)
    project.answer_here()
    for warning in project.warnings:
        session.said.emit(warning, "warning")
    session.set_settings(recent=session.settings.with_recent(project.folder).recent)
    session.changed.emit(Change.ALL)
    if session.findChild(SeasonWatch) is None:
        SeasonWatch(session)
    computing.recompute(session)


def open_demo(session: Session, *, strength: float = 1.0) -> None:
    """Open the synthetic season, or with strength 0 the null season beside it, made in a job on its first use."""
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
                raise StoppedError  # half a season is no season: nothing of it stays
            progress(done, total, text)

        def finish(project: Project) -> None:
            season = seasons.load_season(project, progress=tell)
            assert season is not None
            install_model(project, season)

        demo.create_demo(folder, strength=strength, progress=tell, finish=finish).close()
        return folder

    session.jobs.start("demonstration", work, lambda made: _open_when_free(session, made, session.project))


def _open_when_free(session: Session, folder: Path, former: Project | None) -> None:
    """Open a project once no dialog is about the one that is open: what is entered in it would go into the other."""
    if session.project is not former:
        return  # the analyst has opened something else meanwhile
    if QGuiApplication.modalWindow() is None:
        open_project(session, folder)
    else:
        QTimer.singleShot(LOOK_AGAIN_MS, session, lambda: _open_when_free(session, folder, former))
