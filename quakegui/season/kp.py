"""The Kp index of global geomagnetic activity, used to tell storms from anomalies."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from quakegui.season.localtime import NightWindow, night_bounds
from quakegui.words import Said

STORM_KP = 5.0
"""Minimum Kp of a storm night (NOAA scale G1)."""

KP_STEP = np.timedelta64(3, "h")


@dataclass(frozen=True, slots=True)
class Kp:
    """The planetary index Kp.

    Attributes
    ----------
    time
        Start of each 3-hour interval, UTC, datetime64[ms], shape (time,), strictly increasing; gaps are allowed.
    value
        Kp in 0..9, shape (time,), all finite: an unknown value has no timestamp.
    definitive
        Whether each value is definitive according to the publisher, shape (time,), or shape (0,) if the source does not state
        it.
    """

    time: NDArray[np.datetime64]
    value: NDArray[np.float64]
    definitive: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, dtype=bool))

    def __post_init__(self) -> None:
        """Check shapes, times and values; raise ValueError if one is not valid."""
        if self.time.ndim != 1 or self.time.shape != self.value.shape:
            raise ValueError(Said("Kp needs one timestamp per value."))
        if self.definitive.size and self.definitive.shape != self.time.shape:
            raise ValueError(Said("Each Kp value must be marked as definitive or not definitive."))
        if self.time.dtype != np.dtype("datetime64[ms]"):
            raise ValueError(Said("Kp needs datetime64[ms] timestamps, not {dtype}.", dtype=self.time.dtype))
        if bool((np.diff(self.time) <= np.timedelta64(0, "ms")).any()):
            raise ValueError(Said("Kp needs strictly increasing timestamps."))
        if bool((self.time.astype("datetime64[h]") != self.time).any()) or bool(
            (self.time.astype("datetime64[h]").view("i8") % 3).any()
        ):
            raise ValueError(Said("Kp intervals must start at 00, 03, ..., 21 h UTC."))
        if not bool(((self.value >= 0.0) & (self.value <= 9.0)).all()):
            raise ValueError(Said("Kp must be between 0 and 9; omit unknown values."))


def night_kp(kp: Kp | None, days: NDArray[np.datetime64], *, timezone: str, window: NightWindow) -> NDArray[np.float64]:
    """Return the largest Kp during each day's night.

    The UTC hours of a night, which east of Greenwich often belong to the previous UTC date, are looked up. Every 3-hour
    interval that overlaps the night counts.

    Parameters
    ----------
    kp
        The index, or None if the project has none.
    days
        Local dates, datetime64[D], shape (day,).
    timezone, window
        Define the night of a day, as for the night means.

    Returns
    -------
    ndarray
        Largest Kp, shape (day,); NaN if any interval of the night is unknown.
    """
    if kp is None or kp.time.size == 0 or days.size == 0:
        return np.full(days.shape, np.nan)
    start, end = night_bounds(days, timezone, window)
    first = _interval(start)
    last = _interval(end - np.timedelta64(1, "ms"))
    origin = _interval(kp.time[:1])[0]
    known = _interval(kp.time) - origin
    table = np.full(known[-1] + 1, np.nan)
    table[known] = kp.value
    slots = first[:, None] + np.arange(int((last - first).max()) + 1)
    wanted = slots <= last[:, None]
    at = slots - origin
    inside = (at >= 0) & (at < table.size)
    values = np.where(inside, table[np.clip(at, 0, table.size - 1)], np.nan)
    largest: NDArray[np.float64] = np.where(wanted, values, -np.inf).max(axis=1)
    return largest


def is_stormy(kp_night: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which nights reached the storm level, same shape; False for a night of unknown Kp."""
    stormy: NDArray[np.bool_] = np.nan_to_num(kp_night, nan=-1.0) >= STORM_KP
    return stormy


def _interval(time: NDArray[np.datetime64]) -> NDArray[np.int64]:
    """Return the number of 3-hour intervals since 1970."""
    count: NDArray[np.int64] = (time.astype("datetime64[ms]") - np.datetime64(0, "ms")) // KP_STEP
    return count
