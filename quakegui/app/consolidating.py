"""Completes the database file soon after the last change, so that a copy of this file alone contains every label.

Cloud folders and users often copy `project.sqlite` without the log beside it.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer, Signal

from quakegui.project.errors import ProjectError

if TYPE_CHECKING:
    from quakegui.project.store import Project

LOG = logging.getLogger(__name__)
QUIET_MS: Final = 3_000
"""Time without a change, in ms, after which the file is completed."""
AGAIN_MS: Final = 20_000
"""Time in ms until the next attempt, if somebody was reading an older state or the drive did not respond."""


class Consolidator(QObject):
    """Completes the database file of the open project in a separate thread, never during a write.

    Parameters
    ----------
    project
        Function that returns the open project, or None.

    Attributes
    ----------
    quiet_ms, again_ms
        See `QUIET_MS` and `AGAIN_MS`.
    """

    _left = Signal()

    def __init__(self, project: Callable[[], Project | None], parent: QObject) -> None:
        super().__init__(parent)
        self.quiet_ms, self.again_ms = QUIET_MS, AGAIN_MS
        self._project = project
        self._thread: threading.Thread | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._begin)
        self._left.connect(lambda: self._timer.start(self.again_ms))

    def wait(self) -> None:
        """Start the timer after a possible change of the project."""
        project = self._project()
        if not self._timer.isActive() and project is not None and project.quiet_s is not None:
            self._timer.start(self.quiet_ms)

    def _begin(self) -> None:
        project = self._project()
        quiet_s = None if project is None else project.quiet_s
        if project is None or quiet_s is None:
            return
        left_ms = self.quiet_ms - round(1000 * quiet_s)
        if left_ms > 0 or (self._thread is not None and self._thread.is_alive()):
            self._timer.start(max(left_ms, self.quiet_ms // 4))
            return
        self._thread = threading.Thread(target=self._consolidate, args=(project,))
        self._thread.start()

    def _consolidate(self, project: Project) -> None:
        try:
            whole = project.consolidate()
        except ProjectError:  # the next write reports it in the window; no data is lost here
            LOG.warning("The database's log stays beside it", exc_info=True)
            whole = False
        if not whole:
            self._left.emit()

    def end(self) -> None:
        """Wait for the thread to end before its project is closed."""
        self._timer.stop()
        if self._thread is not None:
            self._thread.join()
