"""The database's own file holds everything soon after the last change, so that whoever copies it alone loses no label.

Cloud folders and careless hands copy `project.sqlite` without the log beside it.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer, Signal

if TYPE_CHECKING:
    from quakegui.project.store import Project

LOG = logging.getLogger(__name__)
QUIET_MS: Final = 3_000
"""Time without a change after which the file is brought up to date."""
AGAIN_MS: Final = 20_000
"""Time after which it is tried again where somebody was reading an older state, or the drive did not answer."""


class Consolidator(QObject):
    """Looks after the open project in a thread of its own, never while something is being written.

    Parameters
    ----------
    project
        Returns the project that is open, None without one.

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
        """Look after the project when it has been quiet for a while, since it may have changed."""
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
        from quakegui.project.store import ProjectError

        try:
            whole = project.consolidate()
        except ProjectError:  # whatever is written next says so in the window; here nothing is lost
            LOG.warning("The database's log stays beside it", exc_info=True)
            whole = False
        if not whole:
            self._left.emit()

    def end(self) -> None:
        """Let the thread end before its project is closed."""
        self._timer.stop()
        if self._thread is not None:
            self._thread.join()
