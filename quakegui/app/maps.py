"""Day maps ready before they are asked for: a bounded cache, and a thread that draws the neighbours ahead."""

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
    """Draws a season's day maps, keeps the latest `KEPT_MAPS`, and prepares wanted ones in a thread of its own.

    The latest wish wins: `want` replaces what an earlier call asked for, so that scrubbing never queues up stale work.
    """

    def __init__(self, season: Season) -> None:
        self._season = season
        self._maps: OrderedDict[int, DayMap] = OrderedDict()
        self._wanted: list[int] = []
        self._news = threading.Condition()
        self._closing = False
        self._thread = threading.Thread(target=self._draw_ahead, name="day maps ahead", daemon=True)
        self._thread.start()

    def get(self, index: int) -> DayMap:
        """Return the map of a day, drawn now unless it is ready."""
        with self._news:
            ready = self._maps.get(index)
            if ready is not None:
                self._maps.move_to_end(index)
                return ready
        drawn = self._season.day_map(index)
        self._keep(index, drawn)
        return drawn

    def want(self, indices: Iterable[int]) -> None:
        """Have these maps drawn ahead, in this order, instead of what was wanted before."""
        with self._news:
            self._wanted = [index for index in indices if index not in self._maps]
            self._news.notify()

    def close(self) -> None:
        """End the thread; returns when it has ended."""
        with self._news:
            self._closing = True
            self._news.notify()
        self._thread.join()

    def _keep(self, index: int, drawn: DayMap) -> None:
        with self._news:
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
                index = self._wanted.pop(0)
            try:
                self._keep(index, self._season.day_map(index))
            except Exception:  # whoever asks for this day meets the error itself; the others are drawn ahead as before
                LOG.exception("The map of day %d could not be drawn ahead", index)
