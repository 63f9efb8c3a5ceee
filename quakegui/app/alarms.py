"""Alarms that open while a project is open, such as by predictions from live data."""

from __future__ import annotations

from typing import Final

import numpy as np
from PySide6.QtCore import QObject, Signal

from quakegui.app.change import Change
from quakegui.app.session import Session

RECENT_MS: Final = 2 * 86_400_000
"""Age of the newest predicted day, in milliseconds, up to which an alarm is news: others are of the past."""


class AlarmWatch(QObject):
    """Reports alarms that open with new predictions of the current run, whoever made these.

    An alarm is reported once, if it is still open. It is not reported while labelling blind, nor if it comes from another
    run, catalogue or calibration and not from a new day.

    Parameters
    ----------
    session
        The session, which owns this object.
    """

    opened = Signal(object)
    """Local date on which an alarm opened, datetime64[D]."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._known: tuple[object, str, np.datetime64] | None = None
        """Project, run, and its last predicted day at the last check."""
        session.changed.connect(self._look)

    def _look(self, change: Change) -> None:
        session = self._session
        if session.project is None:
            self._known = None
        table, season = session.predictions, session.season
        if not change & Change.PREDICTIONS or table is None or season is None or not (table.classes >= 0).any():
            return
        last = int(np.flatnonzero(table.classes >= 0)[-1])
        before, self._known = self._known, (session.project, table.run, session.days[last])
        if before is None or before[:2] != self._known[:2] or session.display.blind:
            return
        known_ms = season.available_at[season.shown][last].astype("datetime64[ms]").astype(np.int64)
        for first, end in session.alarms:
            if session.days[first] > before[2] and end >= last and session.clock() - known_ms <= RECENT_MS:
                self.opened.emit(session.days[first])
