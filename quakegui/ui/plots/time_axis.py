"""Horizontal axis of days: positions of the days, and tick labels."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

SHORTEST_SPAN = 5.0
"""Minimum number of days in view."""


@dataclass(frozen=True, slots=True)
class DayAxis:
    """A view of the days of the season: `first` and `last` in day indices, where day k covers [k, k + 1).

    Days are drawn from `left` on, `width` pixels wide, their labels in the lowest `below` pixels. Where only some are to be
    painted, `part` has the first of these and their end.
    """

    count: int
    first: float
    last: float
    left: float
    width: float
    below: float = 20.0
    part: tuple[int, int] | None = None

    @property
    def px_per_day(self) -> float:
        """Pixels per day."""
        return self.width / max(self.last - self.first, 1e-9)

    def x(self, index: float) -> float:
        """Return the position of the beginning of a day."""
        return self.left + (index - self.first) * self.px_per_day

    def lefts(self) -> list[float]:
        """Return the positions of the beginnings of the days that are `visible`."""
        lefts: list[float] = (self.left + (np.array(self.visible(), dtype=np.float64) - self.first) * self.px_per_day).tolist()
        return lefts

    def day_at(self, x: float) -> int:
        """Return the day under a point; outside the season, the first or last day."""
        return int(np.clip(np.floor(self.first + (x - self.left) / self.px_per_day), 0, max(self.count - 1, 0)))

    def visible(self) -> range:
        """Return the days that are at least partly in view, or those of the part."""
        first, end = self.part or (0, self.count)
        return range(max(int(np.floor(self.first)), first), min(int(np.ceil(self.last)), end))

    def zoomed(self, factor: float, x: float) -> DayAxis:
        """Return the view enlarged by `factor` about a fixed point."""
        span = float(np.clip((self.last - self.first) / factor, min(SHORTEST_SPAN, self.count), max(self.count, 1)))
        share = float(np.clip((x - self.left) / max(self.width, 1.0), 0.0, 1.0))
        return self._from(self.first + share * (self.last - self.first) - share * span, span)

    def moved(self, days: float) -> DayAxis:
        """Return the view moved by a number of days, limited to the season."""
        return self._from(self.first + days, self.last - self.first)

    def showing(self, index: int) -> DayAxis:
        """Return the view moved just enough to contain a day."""
        if self.first <= index and index + 1 <= self.last:
            return self
        return self.moved(index - self.first if index < self.first else index + 1 - self.last)

    def _from(self, first: float, span: float) -> DayAxis:
        first = float(np.clip(first, 0.0, max(self.count - span, 0.0)))
        return replace(self, first=first, last=first + span)


def ticks(axis: DayAxis, days: NDArray[np.datetime64]) -> tuple[list[tuple[int, str]], list[int]]:
    """Return labelled ticks (day index, text) and the indices of minor ticks, as dense as the view allows."""
    shown = axis.visible()
    dates: list[date] = days[shown.start : shown.stop].astype(object).tolist()
    pairs = list(zip(shown, dates, strict=True))
    if axis.px_per_day >= 60.0:
        return [(k, day.strftime("%m-%d") if day.day != 1 else day.isoformat()) for k, day in pairs], []
    if axis.px_per_day >= 7.0:
        named = [(k, day.isoformat() if day.day == 1 else day.strftime("%m-%d")) for k, day in pairs if day.day in (1, 11, 21)]
        return named, list(shown)
    months = [(k, day) for k, day in pairs if day.day == 1]
    every = next(n for n in (1, 2, 3, 6, 12, 24, 60, 120) if axis.px_per_day * 30.4 * n >= 58.0 or n == 120)
    named = [(k, day.strftime("%Y-%m")) for k, day in months if (day.year * 12 + day.month - 1) % every == 0]
    return named, [k for k, _ in months] if axis.px_per_day >= 0.2 else []
