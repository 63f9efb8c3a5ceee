"""Day maps in advance: a bounded cache, and a thread that draws neighbouring days."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from quakegui.season.daymap import DayMap
    from quakegui.season.season import Season

LOG = logging.getLogger(__name__)
KEPT_MAPS = 32
"""About 1.2 MB each: those drawn ahead, and more than as many behind for a walk that turns."""


class MapCache:
    """Draws the day maps of a season, caches the latest `KEPT_MAPS`, and draws requested ones in a separate thread.

    `want` replaces earlier requests, so that scrubbing never queues up outdated work.
    """

    def __init__(self, season: Season) -> None:
        self._season = season
        self._maps: OrderedDict[int, DayMap] = OrderedDict()
        self._wanted: list[int] = []
        self._drawing: int | None = None
        self._news = threading.Condition()
        self._closing = False
        self._thread = threading.Thread(target=self._draw_ahead, name="day maps ahead", daemon=True)
        self._thread.start()

    def get(self, index: int) -> DayMap:
        """Return the map of a day, drawn now unless it is cached or being drawn."""
        with self._news:
            while self._drawing == index:  # sooner ready than begun again, while both want the processor
                self._news.wait()
            ready = self._maps.get(index)
            if ready is not None:
                self._maps.move_to_end(index)
                return ready
        drawn = self._season.day_map(index)
        with self._news:
            self._keep(index, drawn)
        return drawn

    def want(self, indices: Iterable[int]) -> None:
        """Draw these maps in the background, in this order, instead of those requested before."""
        with self._news:
            self._wanted = [index for index in indices if index not in self._maps]
            self._news.notify_all()

    def close(self) -> None:
        """End the thread and wait for it."""
        with self._news:
            self._closing = True
            self._news.notify_all()
        self._thread.join()

    def _keep(self, index: int, drawn: DayMap) -> None:
        self._maps[index] = drawn
        while len(self._maps) > KEPT_MAPS:
            self._maps.popitem(last=False)

    def _draw_ahead(self) -> None:
        while True:
            with self._news:
                while not self._wanted and not self._closing:
                    self._news.wait()
                if self._closing:
                    return
                self._drawing = self._wanted.pop(0)
            self._draw(self._drawing)

    def _draw(self, index: int) -> None:
        drawn = None
        try:
            drawn = self._season.day_map(index)
        except Exception:  # the error is raised again when this day is requested; the others are still drawn
            LOG.exception("The map of day %d could not be drawn ahead", index)
        with self._news:
            if drawn is not None:
                self._keep(index, drawn)
            self._drawing = None
            self._news.notify_all()
