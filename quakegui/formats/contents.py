"""Content of the columns of a table, decided from all their rows, and messages for columns that were not read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from quakegui.formats.errors import shown
from quakegui.formats.numerals import cell, numbers
from quakegui.formats.records import MISSING_CODE, STRONGEST_FIELD, WEAKEST_FIELD
from quakegui.words import Said, joined, mark

if TYPE_CHECKING:
    import pandas as pd

NAMED = 6
"""Number of columns or sheets that a message names before it gives a count only."""
_MOST_SHARE = 0.9
"""Minimum share of values within the natural range of total intensity: a running count passes through that range as well."""
_FIRST = 200
"""Number of first values: if their median and that of all are possible, the column is total intensity despite later faults."""


@dataclass(frozen=True, slots=True)
class Content:
    """What the numbers of a column are.

    Attributes
    ----------
    is_field
        Whether the values have the size of total intensity.
    code
        The one number outside the natural range that is the missing-value code of the column; None if there is none.
    middle
        The median, NaN if there are no numbers.
    """

    is_field: bool
    code: float | None
    middle: float


def content_of(values: NDArray[np.float64]) -> Content:
    """Classify the numbers of a column, shape (row,), NaN where a cell is not a number."""
    good = values[np.isfinite(values) & (np.abs(values) < MISSING_CODE)]
    if not good.size:
        return Content(False, None, np.nan)
    middle = float(np.median(good))
    possible = (good >= WEAKEST_FIELD) & (good <= STRONGEST_FIELD)
    code, others = _code(good[~possible])
    in_range = int(possible.sum())
    begins = _is_possible(float(np.median(good[:_FIRST]))) and _is_possible(middle)
    is_field = in_range > 0 and (begins or in_range >= _MOST_SHARE * (in_range + others))
    return Content(is_field, code if is_field else None, middle)


def unread_columns(frame: pd.DataFrame, columns: Iterable[str]) -> tuple[str, ...]:
    """Return one sentence for each reason why columns of a table were not read; empty if all were read.

    Parameters
    ----------
    frame
        All rows of the table.
    columns
        The columns that were read.
    """
    kept = set(columns)
    reasons: dict[str, list[str]] = {}
    for name in map(str, frame.columns):
        if name not in kept:
            found = content_of(numbers(frame[name]))
            shown_name = name if np.isnan(found.middle) else f"{shown(name, 60)} ({found.middle:.6g})"
            reasons.setdefault(_why(frame[name], found), []).append(shown_name)
    return (*_doubled(list(map(str, frame.columns))), *(Said(why, names=named(names)) for why, names in reasons.items()))


def named(names: list[str], most: int = NAMED) -> str:
    """Return the first names, and the number of further ones.

    Parameters
    ----------
    names
        Names from a file; long ones are shortened.
    most
        Number of names before only a count follows.
    """
    more = Said(" and {count} more", count=len(names) - most) if len(names) > most else ""
    return joined(", ", (shown(name, 60) for name in names[:most])) + more


def _why(column: pd.Series[Any], found: Content) -> str:
    """Return the template of a sentence on column names: the reason why a column of this content was not read."""
    finite = numbers(column)[np.isfinite(numbers(column))]
    if found.is_field:
        return mark(
            "Columns that look like total intensity (medians in brackets) were not read; specify their stations in a "
            "column mapping: {names}."
        )
    if not finite.size:
        some = column.map(cell).astype(bool).any()
        return mark("Text columns were not read: {names}.") if some else mark("Empty columns: {names}.")
    if np.isnan(found.middle):
        return mark("Columns with only missing-value codes: {names}.")
    if finite.size > 1 and np.ptp(finite) == 0.0:
        return mark("Constant columns that are not total intensity were not read: {names}.")
    return mark("Numeric columns that are not total intensity (medians in brackets) were not read: {names}.")


def _doubled(names: list[str]) -> tuple[str, ...]:
    """Return a sentence on headings that occur several times: `sheet` numbers the repeated ones."""
    doubled: Mapping[str, str] = {
        name: base for name in names if (base := name.rpartition(" (")[0]) in names and name.endswith(")")
    }
    bases = list(dict.fromkeys(doubled.values()))
    return (
        (Said("Headings used for more than one column, distinguished by a number: {named}.", named=named(bases)),)
        if bases
        else ()
    )


def _code(outside: NDArray[np.float64]) -> tuple[float | None, int]:
    """Return the number that nearly all impossible values of a column equal, and how many others there are."""
    if not outside.size:
        return None, 0
    values, counts = np.unique(outside, return_counts=True)
    most = int(counts.argmax())
    if counts[most] > 1 and counts[most] >= _MOST_SHARE * outside.size:
        return float(values[most]), outside.size - int(counts[most])
    return None, outside.size


def _is_possible(value: float) -> bool:
    return WEAKEST_FIELD <= value <= STRONGEST_FIELD
