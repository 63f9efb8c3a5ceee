"""Local days and nights of a time zone, as UTC instants.

Everything is kept in UTC; a *day* is a local calendar day, and its *night* is the quiet window in its first hours.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

FIRST_DAY, LAST_DAY = np.datetime64("1800-01-01", "D"), np.datetime64("2199-12-31", "D")
"""Days that readings and seasons may have. No observatory measured before (Gauss founded the first in 1833), the calendar of
Python ends at the years 1 and 9999, and a year such as 0022 is a slip of the pen."""


def wall_clock_ms() -> int:
    """Return what this machine's clock shows, milliseconds since 1970 UTC."""
    return time.time_ns() // 1_000_000


@dataclass(frozen=True, slots=True)
class NightWindow:
    """Local clock hours of the night, end excluded, on the day whose date it carries."""

    start_hour: float = 0.0
    end_hour: float = 3.0

    def __post_init__(self) -> None:
        """Refuse a window that is empty or leaves the day."""
        if not 0.0 <= self.start_hour < self.end_hour <= 24.0:
            raise ValueError("A night window needs 0 <= start < end <= 24 local hours.")


def night_bounds(
    days: NDArray[np.datetime64], timezone: str, window: NightWindow
) -> tuple[NDArray[np.datetime64], NDArray[np.datetime64]]:
    """Return UTC start and end of each day's night, datetime64[ms], shapes (day,).

    Parameters
    ----------
    days
        Local dates, datetime64[D], shape (day,).
    timezone
        IANA name; wall-clock hours are resolved through it, so a change of summer time moves the bounds.
    window
        Local clock hours.
    """
    zone = ZoneInfo(timezone)
    starts = [_instant(day, window.start_hour, zone) for day in days.astype(object)]
    ends = [_instant(day, window.end_hour, zone) for day in days.astype(object)]
    return np.array(starts, dtype="datetime64[ms]"), np.array(ends, dtype="datetime64[ms]")


def available_at(days: NDArray[np.datetime64], timezone: str, window: NightWindow) -> NDArray[np.datetime64]:
    """Return the UTC instant at which each day becomes known: the end of its night, datetime64[ms], shape (day,)."""
    return night_bounds(days, timezone, window)[1]


def local_date(time: NDArray[np.datetime64], timezone: str) -> NDArray[np.datetime64]:
    """Return the local calendar date of UTC instants, datetime64[D], same shape.

    The zone's offset is looked up once per quarter of an hour, the finest step at which any zone in use changes it.
    """
    flat = np.asarray(time, dtype="datetime64[ms]").ravel()
    quarter = np.timedelta64(15 * 60 * 1000, "ms")
    keys = (flat - np.datetime64(0, "ms")) // quarter
    unique, inverse = np.unique(keys, return_inverse=True)
    zone = ZoneInfo(timezone)
    offsets = np.array([_offset_ms(int(key) * 15 * 60, zone) for key in unique], dtype="timedelta64[ms]")
    dates: NDArray[np.datetime64] = (flat + offsets[inverse]).astype("datetime64[D]")
    return dates.reshape(np.shape(time))


def to_local(time: np.datetime64, timezone: str) -> datetime:
    """Return one UTC instant as an aware local datetime."""
    milliseconds = int(time.astype("datetime64[ms]").astype(np.int64))
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)).astimezone(ZoneInfo(timezone))


def _instant(day: date, hour: float, zone: ZoneInfo) -> np.datetime64:
    wall = datetime(day.year, day.month, day.day) + timedelta(hours=hour)
    return np.datetime64(wall.replace(tzinfo=zone).astimezone(UTC).replace(tzinfo=None), "ms")


def _offset_ms(epoch_s: int, zone: ZoneInfo) -> int:
    offset = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=epoch_s)).astimezone(zone).utcoffset()
    assert offset is not None
    return int(offset.total_seconds() * 1000)
