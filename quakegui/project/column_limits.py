"""Limits of the values in the columns of a project.

They are checked when a project is opened and before anything is written, so that a confirmed step never makes a project that
cannot be opened again.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

import numpy as np
from sqlalchemy import Column, Float, Integer, LargeBinary, Table

from quakegui.formats.errors import shown
from quakegui.words import Said

_DAY: Final = 24 * 3600 * 1000
_LAST_MS: Final = 32_000_000_000_000
"""Milliseconds since 1970 in the year 2984: later times, or times as far before 1970, are invalid."""
_BOUNDS: Final[dict[str, tuple[float, float]]] = {
    "day": (-400_000, 370_000),
    "utc_day": (-400_000, 370_000),
    "data_type": (0, 4),
    "cadence_ms": (1, 400 * _DAY),
    "count": (0, _DAY),
    "source": (0, 3),
    "old": (0, 4),
    "new": (0, 4),
    "quality": (0, 2**16 - 1),
    "coverage": (0.0, 1e6),
    "kp.value": (0.0, 9.0),
    "kp_value.value": (0.0, 9.0),
    "definitive": (0, 1),
    "absent": (1, 1),
    "magnitude": (-20.0, 20.0),
    "depth_km": (-100.0, 7000.0),
    "elevation_m": (-20_000.0, 20_000.0),
    "latitude": (-90.0, 90.0),
    "longitude": (-180.0, 360.0),
    **{f"p{cls}": (0.0, 1.000001) for cls in range(5)},
}
"""By column, or by table and column; other integers are below 2**53, other numbers below 1e300."""
MULTIPLES: Final = {"kp.time_ms": 3 * _DAY // 24, "kp_value.time_ms": 3 * _DAY // 24}
"""Columns whose values are multiples of a number."""


@cache
def bounds_of(column: Column[Any]) -> tuple[float, float]:
    """Return the smallest and the largest number allowed in a column."""
    if isinstance(column.type, Integer):
        usual = (-_LAST_MS, _LAST_MS) if column.name.endswith("_ms") else (-(2.0**53), 2.0**53)
    else:
        usual = (-1e300, 1e300)
    return _BOUNDS.get(f"{column.table.name}.{column.name}", _BOUNDS.get(column.name, usual))


@cache
def _multiple_of(column: Column[Any]) -> int:
    """Return the number of which the values of a column are multiples, 0 for any value."""
    return MULTIPLES.get(str(column), 0)


def storage_problem(table: Table, row: Mapping[str, Any]) -> str | None:
    """Return a sentence on why a row cannot be written, or None.

    Parameters
    ----------
    table
        Table with the types and limits of its columns.
    row
        Values by name of the column; columns that it lacks are not checked, and other names are ignored.
    """
    for name, value in row.items():
        column = table.columns.get(name)
        if column is None or (value is None and column.nullable):
            continue
        why = _why_not(column, value)
        if why is not None:
            return why
    return None


def _why_not(column: Column[Any], value: Any) -> str | None:
    if isinstance(column.type, Integer | Float):
        low, high = bounds_of(column)
        whole = isinstance(column.type, Integer)
        if not isinstance(value, int if whole else int | float):
            return Said(
                "In a project, '{column_name}' must be a number, not {value}.",
                column_name=column.name,
                value=shown(repr(value), 60),
            )
        if not (math.isfinite(value) and low <= value <= high and value % (_multiple_of(column) or value or 1) == 0):
            return _outside(column.name, value, low, high)
    elif isinstance(column.type, LargeBinary):
        return (
            None if isinstance(value, bytes) else Said("In a project, '{column_name}' must be bytes.", column_name=column.name)
        )
    elif not isinstance(value, str):
        return Said(
            "In a project, '{column_name}' must be text, not {value}.", column_name=column.name, value=shown(repr(value), 60)
        )
    elif not value.isascii() and any("\ud800" <= letter <= "\udfff" for letter in value):
        return Said("{value} contains invalid characters; a project cannot store it.", value=shown(repr(value), 60))
    return None


def _outside(name: str, value: float, low: float, high: float) -> str:
    if name in ("day", "utc_day"):
        first, last, said = (
            str(np.datetime64(int(day), "D")) if abs(day) < 2**31 else Said("no date") for day in (low, high, value)
        )
        return Said("Dates in a project must be between {first} and {last}; found: {said}.", first=first, last=last, said=said)
    if name.endswith("_ms"):
        first, last, said = (str(np.datetime64(int(ms), "ms")) for ms in (low, high, value))
        return Said("Times in a project must be between {first} and {last}; found: {said}.", first=first, last=last, said=said)
    return Said(
        "In a project, '{name}' must be between {low:g} and {high:g}, not {value:g}.",
        low=low,
        high=high,
        name=name,
        value=value,
    )
