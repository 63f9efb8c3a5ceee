"""Alarm time weighted by expected events, so that an alarm during aftershocks costs more."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from quakegui.judge.alarms import DAY_MS, Instants, Series, open_milliseconds, period_milliseconds
from quakegui.words import Said

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Exposure:
    """Expected number of events up to each instant, interpolated linearly in between.

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
        """Return the expected number of events between two instants, 0 if the second is not later; same shape.

        Parameters
        ----------
        begin, end
            Milliseconds since 1970 UTC, arrays of equal shape.
        """
        first = np.asarray(begin, float)
        last = np.maximum(np.asarray(end, float), first)
        known, expected = self.instants.astype(float), self.expected
        return np.asarray(np.interp(last, known, expected) - np.interp(first, known, expected), float)


def exposure_of(series: Series, rate: ArrayLike) -> Exposure:
    """Return the exposure of a rate that applies from the time a day becomes known until the next day does.

    Parameters
    ----------
    series
        Provides the times at which the days become known.
    rate
        Events per day, shape (day,); NaN is replaced by the mean of the other days.

    Raises
    ------
    ValueError
        If no rate is above 0, or one is negative.
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
    """Return the fraction of an evaluated period under alarm, of its time or of the events expected in it.

    Parameters
    ----------
    alarms
        Opening and closing of each alarm, milliseconds since 1970, without overlap.
    period
        Spans of time, see `judged_period`.
    exposure
        Expected events that weight the time. Default: no weights.
    """
    if exposure is None:
        return open_milliseconds(alarms, period) / period_milliseconds(period)
    edges = period.astype("datetime64[ms]").astype(np.int64)
    times = np.array(alarms, np.int64).reshape(-1, 1, 2)
    begin, end = np.maximum(times[:, :, 0], edges[:, 0]), np.minimum(times[:, :, 1], edges[:, 1])
    return float(exposure.between(begin, end).sum() / exposure.between(edges[:, 0], edges[:, 1]).sum())
