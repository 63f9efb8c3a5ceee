"""Local days and nights of a time zone, as UTC times.

All times are UTC; a *day* is a local calendar day, and its *night* is the quiet window in its first hours.
A zone that moves across the date line skips a day, which is then on no calendar there or here. The days before and after it are
neighbours, and their nights are 24 hours apart.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from quakegui.words import Said

FIRST_DAY, LAST_DAY = np.datetime64("1800-01-01", "D"), np.datetime64("2199-12-31", "D")
"""Range of days of readings and seasons. No observatory measured earlier (Gauss founded the first in 1833), Python's calendar
covers the years 1 to 9999, and a year such as 0022 is a typing error.
"""
_HALF_DAY_MS = 43_200_000


def wall_clock_ms() -> int:
    """Return the time of the computer's clock in milliseconds since 1970 UTC."""
    return time.time_ns() // 1_000_000


@dataclass(frozen=True, slots=True)
class NightWindow:
    """Local hours of the night, end excluded, on the date of the day."""

    start_hour: float = 0.0
    end_hour: float = 3.0

    def __post_init__(self) -> None:
        """Raise ValueError for a window that is empty or not within the day."""
        if not 0.0 <= self.start_hour < self.end_hour <= 24.0:
            raise ValueError(Said("A night window needs 0 <= start < end <= 24 in local hours."))


def night_bounds(
    days: NDArray[np.datetime64], timezone: str, window: NightWindow
) -> tuple[NDArray[np.datetime64], NDArray[np.datetime64]]:
    """Return UTC start and end of each day's night, datetime64[ms], shapes (day,).

    Parameters
    ----------
    days
        Local dates, datetime64[D], shape (day,).
    timezone
        IANA name. Hours are local clock time, so daylight saving time moves the bounds.
    window
        Local hours of the night. The night of a day that the zone skipped has zero length.
    """
    start, end = _bounds(days.tobytes(), timezone, window)
    return start.copy(), end.copy()


@lru_cache(maxsize=16)  # each station of a season has the same nights, which are asked for several times
def _bounds(packed: bytes, timezone: str, window: NightWindow) -> tuple[NDArray[np.datetime64], NDArray[np.datetime64]]:
    days, zone = np.frombuffer(packed, dtype="datetime64[D]"), ZoneInfo(timezone)
    start, end = _instants(days, window.start_hour, zone), _instants(days, window.end_hour, zone)
    return start, np.where(np.isin(days, skipped_days(timezone)), start, end)


@lru_cache(maxsize=64)
def skipped_days(timezone: str) -> NDArray[np.datetime64]:
    """Return the dates that the zone's calendar skipped, datetime64[D], shape (day,), such as 2011-12-30 in Pacific/Apia."""
    zone = ZoneInfo(timezone)
    months = np.arange(FIRST_DAY, LAST_DAY, dtype="datetime64[M]").astype("datetime64[s]").astype(np.int64)
    offsets = np.array([_offset_ms(int(month), zone) for month in months])
    skipped = []
    for month in months[:-1][np.diff(offsets) > _HALF_DAY_MS]:
        first = np.datetime64(int(month), "s").astype("datetime64[D]")
        days = np.arange(first - 1, first + 33)
        skipped += list(days[_instants(days, 0.0, zone) == _instants(days, 24.0, zone)])
    found = np.unique(np.array(skipped, dtype="datetime64[D]"))
    found.flags.writeable = False
    return found


def never_was(day: np.datetime64, timezone: str) -> str:
    """Return the error message for `day`, which the calendar of `timezone` skipped.

    Parameters
    ----------
    day
        The skipped date.
    timezone
        IANA name.
    """
    return Said(
        "The calendar of the time zone {timezone} skipped {day}, so that day cannot have a label or a note.",
        day=day,
        timezone=timezone,
    )


def calendar(first: np.datetime64, last: np.datetime64, timezone: str) -> NDArray[np.datetime64]:
    """Return the dates of a zone's calendar, datetime64[D], shape (day,).

    Parameters
    ----------
    first, last
        First and last date, both included.
    timezone
        IANA name; dates that the zone skipped are absent.
    """
    days = np.arange(first, last + np.timedelta64(1, "D"), dtype="datetime64[D]")
    return days[~np.isin(days, skipped_days(timezone))]


def day_after(day: np.datetime64, timezone: str) -> np.datetime64:
    """Return the date that follows `day` on the calendar of `timezone`.

    Parameters
    ----------
    day
        A local date.
    timezone
        IANA name.
    """
    after = day + np.timedelta64(1, "D")
    while after in skipped_days(timezone):
        after += np.timedelta64(1, "D")
    return after


def available_at(days: NDArray[np.datetime64], timezone: str, window: NightWindow) -> NDArray[np.datetime64]:
    """Return the UTC time at which each day becomes known, the end of its night, datetime64[ms], shape (day,).

    Parameters
    ----------
    days
        Local dates, datetime64[D], shape (day,).
    timezone, window
        IANA name, and local hours of the night.
    """
    return night_bounds(days, timezone, window)[1]


def local_date(time: NDArray[np.datetime64], timezone: str) -> NDArray[np.datetime64]:
    """Return the local calendar dates of UTC times, datetime64[D], same shape.

    The zone's offset is looked up once per quarter of an hour, the finest step at which any zone in use changes it.

    Parameters
    ----------
    time
        UTC, datetime64, any shape.
    timezone
        IANA name.
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
    """Return a UTC time as an aware datetime in the zone `timezone`.

    Parameters
    ----------
    time
        UTC, datetime64.
    timezone
        IANA name.
    """
    milliseconds = int(time.astype("datetime64[ms]").astype(np.int64))
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)).astimezone(ZoneInfo(timezone))


def _instants(days: NDArray[np.datetime64], hour: float, zone: ZoneInfo) -> NDArray[np.datetime64]:
    """Return the UTC times of a local hour on dates, datetime64[ms], shape (day,)."""
    local = days.astype("datetime64[us]") + np.timedelta64(timedelta(hours=hour))
    offsets = np.array([zone.utcoffset(wall) for wall in local.astype(object)], dtype="timedelta64[us]")
    found: NDArray[np.datetime64] = (local - offsets).astype("datetime64[ms]")
    return found


def _offset_ms(epoch_s: int, zone: ZoneInfo) -> int:
    offset = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=epoch_s)).astimezone(zone).utcoffset()
    assert offset is not None
    return int(offset.total_seconds() * 1000)
