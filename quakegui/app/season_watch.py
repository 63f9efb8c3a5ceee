"""A season that is behind its project is computed anew without being asked for.

That is so once the night in progress is over, and where a job brought in readings and then failed.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from PySide6.QtCore import QObject, QTimer

from quakegui.app import computing
from quakegui.app.change import Change
from quakegui.app.session import Session

LONGEST_WAIT_MS: Final = 60_000
"""Between two looks at the clock: a machine that slept, or whose clock was set, is noticed so long after at the latest."""


class SeasonWatch(QObject):
    """Looks at the session's clock while a night of its season is in progress, and at the jobs that fail.

    Parameters
    ----------
    session
        Whose season is computed anew; it owns this object.
    """

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.look)
        session.changed.connect(self._follow)
        session.jobs.failed.connect(self._job_failed)

    def look(self) -> None:
        """Compute the season anew if the night in progress is over by now; else look again later."""
        left = self._left_ms()
        if left is None:
            self._timer.stop()
            return
        if left <= 0 and not self._session.jobs.busy:
            computing.recompute(self._session)
        self._timer.start(min(max(left, 1000), LONGEST_WAIT_MS))

    def _follow(self, change: Change) -> None:
        if change & (Change.PROJECT | Change.SEASON):
            self.look()

    def _job_failed(self, job: str, _error: object) -> None:
        if job != computing.COMPUTING and not computing.is_computing(self._session) and computing.is_behind(self._session):
            computing.recompute(self._session)

    def _left_ms(self) -> int | None:
        season = self._session.season
        over = season.next_over if season is not None else None
        return None if over is None else int(over.astype("datetime64[ms]").astype(np.int64)) - self._session.clock()
