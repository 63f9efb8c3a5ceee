"""Recomputes an outdated season automatically.

A season is outdated once the night in progress is over, and if a job imported readings and then failed.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from PySide6.QtCore import QObject, QTimer

from quakegui.app import computing
from quakegui.app.change import Change
from quakegui.app.session import Session

LONGEST_WAIT_MS: Final = 60_000
"""Maximum interval in ms between two checks of the clock, in case the machine slept or its clock was set."""


class SeasonWatch(QObject):
    """Watches the clock while a night of the season is in progress, and failing jobs.

    Parameters
    ----------
    session
        The session whose season is recomputed; it owns this object.
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
        """Recompute the season if the night in progress is over; otherwise check again later."""
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
