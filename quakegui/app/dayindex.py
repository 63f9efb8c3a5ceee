"""Positions of days on the axis of a season."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from quakegui.season.season import Season

NO_DAYS: Final[NDArray[np.datetime64]] = np.array([], dtype="datetime64[D]")


def as_day(text: str | None) -> np.datetime64 | None:
    """Return a saved date, datetime64[D]; None if there is none or it cannot be read."""
    try:
        return np.datetime64(text, "D") if text else None
    except ValueError:
        return None


def first_map(season: Season | None) -> int:
    """Return the index of the first day with a map, 0 if there is none; -1 without days."""
    if season is None or not season.days.size:
        return -1
    return int(season.has_map.argmax())


def same_days(days: NDArray[np.datetime64], ends: NDArray[np.datetime64]) -> tuple[int, int] | None:
    """Return the present indices of the first and last selected day; None if they are gone or the days between them differ.

    Parameters
    ----------
    days
        The axis, datetime64[D], shape (day,).
    ends
        First and last day, shape (2,), or empty.
    """
    if not np.isin(ends, days).all() or not ends.size:
        return None
    first, last = (int(at) for at in np.searchsorted(days, ends))
    return (first, last) if last - first == int((ends[1] - ends[0]).astype(np.int64)) else None


def nearest(days: NDArray[np.datetime64], day: np.datetime64) -> int:
    """Return the index of the day of the axis nearest to a date; -1 without days.

    Parameters
    ----------
    days
        The axis, datetime64[D], shape (day,). Of two days that are equally near, the first is taken.
    day
        The date, datetime64[D]; it need not be on the axis.
    """
    if not days.size:
        return -1
    return int(np.abs((days - day).astype(np.int64)).argmin())
