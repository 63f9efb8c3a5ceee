"""Daily predictions made elsewhere: a date, and either the probabilities of the five classes or one score."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from quakegui.formats import sheet
from quakegui.formats.errors import FormatError
from quakegui.formats.numerals import numbers
from quakegui.formats.source import Source
from quakegui.formats.stamps import parse_times
from quakegui.season.events import CLASS_COUNT
from quakegui.words import Said, mark

if TYPE_CHECKING:
    import pandas as pd

PROBABILITIES = tuple(f"p{cls}" for cls in range(CLASS_COUNT))
SCORE = "score"
_DATES = ("date", "day")
_FARTHEST_SUM = 0.02
"""Maximum deviation of the sum of the probabilities of a day from 1: allows for rounding to two decimals."""


@dataclass(frozen=True, slots=True)
class DailyScores:
    """Daily predictions of a file.

    Attributes
    ----------
    days
        Local dates, datetime64[D], ascending and unique, shape (day,).
    values
        Probabilities of the classes 0 to 4, shape (day, 5), or scores, higher for days with an earthquake, shape (day, 1); NaN
        where the file gives none.
    """

    days: NDArray[np.datetime64]
    values: NDArray[np.float64]

    @property
    def are_probabilities(self) -> bool:
        """Whether the file gives probabilities and not one score."""
        return bool(self.values.shape[1] == CLASS_COUNT)


def read_scores(source: Source) -> DailyScores:
    """Read the daily predictions of a table.

    Parameters
    ----------
    source
        Table with the column ``date`` (or ``day``) and either ``p0`` to ``p4`` or ``score``; other columns are ignored.

    Raises
    ------
    FormatError
        If a column is missing, a date is unreadable or repeated, or probabilities do not sum to 1.
    """
    return scores_of(sheet.load(source)[0], source.name)


def scores_of(frame: pd.DataFrame, name: str) -> DailyScores:
    """Return the daily predictions of a table in memory, as `read_scores`.

    Parameters
    ----------
    frame
        The table, its rows in any order; it is not changed.
    name
        Its name in error messages.

    Raises
    ------
    FormatError
        As `read_scores`.
    """
    names = {str(name).strip().lower(): name for name in frame.columns}
    date = next((names[name] for name in _DATES if name in names), None)
    wanted = PROBABILITIES if all(name in names for name in PROBABILITIES) else (SCORE,)
    if date is None or any(name not in names for name in wanted):
        raise FormatError(
            Said(
                "Predictions need a column date and either columns p0 to p4 or a column score; this table has {names}.",
                names=", ".join(names),
            ),
            file=name,
        )
    days = parse_times([frame[date]], "iso").to_numpy("datetime64[D]")
    values: NDArray[np.float64] = np.column_stack([numbers(frame[names[name]]) for name in wanted])
    _refuse(np.isnat(days), mark("Row {row} has no date of the form 2022-09-05."), name)
    _refuse(np.asarray(np.isinf(values).any(axis=1)), mark("Row {row} contains an infinite number."), name)
    if wanted == PROBABILITIES:
        values[~np.isfinite(values).all(axis=1)] = np.nan
        wrong = (values < 0) | (np.abs(values.sum(axis=1, keepdims=True) - 1) > _FARTHEST_SUM)
        _refuse(np.asarray(wrong.any(axis=1)), mark("Row {row} has probabilities that are below 0 or do not sum to 1."), name)
        values /= values.sum(axis=1, keepdims=True)
    order = np.argsort(days, kind="stable")
    days, values = days[order], values[order]
    twice = np.flatnonzero(np.diff(days) == np.timedelta64(0, "D"))
    if len(twice):
        raise FormatError(
            Said("The date {days} occurs twice; only one prediction per day is allowed.", days=days[twice[0]]), file=name
        )
    return DailyScores(days, values)


def _refuse(wrong: NDArray[np.bool_], fault: str, file: str) -> None:
    if wrong.any():
        raise FormatError(Said(fault, row=int(np.flatnonzero(wrong)[0]) + 1), file=file)
