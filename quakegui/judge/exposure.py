"""Alarm time weighed by the events that were to be expected in it, so that an alarm in the midst of aftershocks costs more."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from quakegui.judge.alarms import DAY_MS, Instants, Series, open_milliseconds, period_milliseconds
from quakegui.words import Said

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Exposure:
    """Expected number of events up to each instant; it grows evenly from one to the next.

    Attributes
    ----------
    instants
        Milliseconds since 1970 UTC, ascending, shape (instant,).
    expected
        Events expected since the first instant, shape (instant,).
    """

    instants: NDArray[np.int64]
    expected: Floats

    def between(self, begin: ArrayLike, end: ArrayLike) -> Floats:
        """Return the events expected from one instant to another, 0 where that is no later.

        Parameters
        ----------
        begin, end
            Milliseconds since 1970 UTC, of any one shape, which the answer has, too.
        """
        first = np.asarray(begin, float)
        last = np.maximum(np.asarray(end, float), first)
        known, expected = self.instants.astype(float), self.expected
        return np.asarray(np.interp(last, known, expected) - np.interp(first, known, expected), float)


def exposure_of(series: Series, rate: ArrayLike) -> Exposure:
    """Return the exposure of a rate that holds from each day's becoming known until the next day's.

    Parameters
    ----------
    rate
        Events per day, shape (day,); a day without one has the mean of the others.

    Raises
    ------
    ValueError
        If no day has a rate above 0, or one is negative.
    """
    given = np.asarray(rate, float)
    finite = given[np.isfinite(given)]
    if not len(finite) or finite.min() < 0 or not finite.max() > 0:
        raise ValueError(Said("Time weights need rates that are not negative and not all 0."))
    known = series.available_at.astype("datetime64[ms]").astype(np.int64)
    edges = np.r_[known, known[-1] + DAY_MS]
    events = np.where(np.isfinite(given), given, finite.mean()) * np.diff(edges) / DAY_MS
    return Exposure(edges, np.r_[0.0, np.cumsum(events)])


def open_share(alarms: list[tuple[int, int]], period: Instants, exposure: Exposure | None = None) -> float:
    """Return the share of a judged period with an open alarm, of its time or of the events expected in it.

    Parameters
    ----------
    alarms
        Opening and closing of each, milliseconds since 1970; they do not overlap each other.
    period
        Spans of time, see `judged_period`.
    exposure
        What time is weighed by; plain time by default.
    """
    if exposure is None:
        return open_milliseconds(alarms, period) / period_milliseconds(period)
    edges = period.astype("datetime64[ms]").astype(np.int64)
    times = np.array(alarms, np.int64).reshape(-1, 1, 2)
    begin, end = np.maximum(times[:, :, 0], edges[:, 0]), np.minimum(times[:, :, 1], edges[:, 1])
    return float(exposure.between(begin, end).sum() / exposure.between(edges[:, 0], edges[:, 1]).sum())
