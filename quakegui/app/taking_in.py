"""The daily update in the window: import new files, predict new days with the frozen run, and report new alarms."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from quakegui.app import computing, others
from quakegui.app.environment import environment_of
from quakegui.app.session import Session
from quakegui.progress import CancelCheck, ProgressCallback

if TYPE_CHECKING:
    from quakegui.learn.operating import Update


def take_in_days(session: Session, paths: Sequence[Path], done: Callable[[Update], object]) -> None:
    """Import files, predict the new days with the current run, and show the recomputed season.

    Parameters
    ----------
    session, paths
        The session, and files or folders of readings.
    done
        Called with the result in the thread of the window.
    """
    others.look(session)
    project = session.project
    if project is None:
        return
    environment = environment_of(session.settings)

    def work(progress: ProgressCallback, cancelled: CancelCheck) -> Update:
        from quakegui.learn.operating import update

        return update(
            project, paths, listen=lambda _message: None, progress=progress, cancelled=cancelled, environment=environment
        )

    def show(update: Update) -> None:
        if session.project is project:
            computing.recompute(session)
            done(update)

    session.jobs.start("updating", work, show, asks=True)
