"""The readings in the view of the series, loaded beyond its edges too, so that a walk finds the next ones ready."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer

from quakegui.app.session import Session
from quakegui.ui.panels.series_loader import SeriesLoader, Wish

LOAD_AFTER_MS: Final = 150
"""Delay in ms without movement of the view before readings are loaded, so that scrubbing never waits for them."""
BEYOND: Final = 1.0
"""Widths of the view that are loaded ahead in the direction of movement, or on both sides before any movement."""
COARSER: Final = 1.2
"""Readings coarser than a new request by this factor are loaded again; smaller differences are invisible."""

Draw = Callable[[str, NDArray[np.datetime64], NDArray[np.float64]], None]
"""Draws the readings of a station: code, times, shape (point,), and values in nT, shape (point,)."""


class ReadingsInView(QObject):
    """Shows in a plot the readings in its view.

    Loaded readings are drawn at once if the view lacks them. If the drawn ones are sufficient, new ones are kept until the view
    leaves these, since repainting the plots is slow, and one repaint then shows both.

    Parameters
    ----------
    session
        The session.
    box
        View box of the plot; its range is in UTC seconds.
    points
        Function that returns for how many points the view has room.
    draw
        Called in the thread of the window.
    """

    def __init__(self, session: Session, box: Any, points: Callable[[], int], draw: Draw, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._box, self._points, self._draw = session, box, points, draw
        self._codes: tuple[str, ...] = ()
        self._low, self._heading = 0.0, 0.0
        self.wish: Wish | None = None
        self.drawn: dict[str, Wish] = {}
        self.waiting: dict[str, tuple[NDArray[np.datetime64], NDArray[np.float64]]] = {}
        self.loader = SeriesLoader(self)
        self.loader.loaded.connect(self._take)
        self.loader.failed.connect(lambda sentence: session.message.emit(sentence, "warning"))
        self.timer = QTimer(self, interval=LOAD_AFTER_MS, singleShot=True)
        self.timer.timeout.connect(self.fetch)
        box.sigXRangeChanged.connect(self._follow_view)
        session.closing.connect(self.stop)  # a later request would open the database again, for good

    def show(self, codes: tuple[str, ...]) -> None:
        """Show the readings of these stations, whose curves are empty now."""
        self._forget()
        self._codes, self._heading = codes, 0.0
        self.timer.start()

    def stop(self) -> None:
        """Stop reading and drawing; waits for the reading of one station at most."""
        self.timer.stop()
        self.loader.stop()
        self._forget()

    def _forget(self) -> None:
        self.wish, self._codes = None, ()
        self.drawn.clear()
        self.waiting.clear()

    def fetch(self) -> None:
        """Request the readings in view and beside it."""
        project = self._session.project
        if project is None or self._session.season is None or not self._codes:
            return
        low, high = self._box.viewRange()[0]
        reach = BEYOND * (high - low)
        back, on = reach * (self._heading <= 0.0), reach * (self._heading >= 0.0)
        since, until = self._instants(low - back, high + on)
        share = (until - since) / np.timedelta64(max(round((high - low) * 1000.0), 1), "ms")
        self.waiting.clear()
        self.wish = Wish(project, self._codes, since, until, max(round(self._points() * share), 1))
        self.loader.ask(self.wish)

    def _instants(self, low: float, high: float) -> tuple[np.datetime64, np.datetime64]:
        """Return the limits of the view as times within the season; equal if the view is outside it."""
        season = self._session.season
        assert season is not None
        first = season.anomaly.days[0].astype("datetime64[ms]") - np.timedelta64(1, "D")
        last = season.anomaly.days[-1].astype("datetime64[ms]") + np.timedelta64(2, "D")
        since, until = (min(max(np.datetime64(round(at * 1000.0), "ms"), first), last) for at in (low, high))
        return since, until

    def _take(self, wish: Wish, code: str, time: NDArray[np.datetime64], values: NDArray[np.float64]) -> None:
        if wish is not self.wish or code not in self._codes:
            return
        self.waiting[code] = (time, values)
        if not self._will_do():
            self._draw_waiting()

    def _follow_view(self, *_: object) -> None:
        low = self._box.viewRange()[0][0]
        self._low, self._heading = low, low - self._low
        self.timer.start()
        if self.waiting and not self._will_do():
            self._draw_waiting()

    def _draw_waiting(self) -> None:
        assert self.wish is not None
        for code, (time, values) in self.waiting.items():
            self.drawn[code] = self.wish
            self._draw(code, time, values)
        self.waiting.clear()

    def _will_do(self) -> bool:
        """Return whether the drawn readings of every station fill the view at its resolution."""
        if self._session.season is None:
            return True
        low, high = self._box.viewRange()[0]
        since, until = self._instants(low, high)
        finest = np.timedelta64(round(COARSER * (high - low) * 1000.0 / self._points()), "ms")
        return all(
            (drawn := self.drawn.get(code)) is not None
            and drawn.since <= since
            and until <= drawn.until
            and drawn.until - drawn.since <= finest * drawn.most
            for code in self._codes
        )
