"""The labels of the days of the season, as arrays for the views."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quakegui.season.labels import LabelRow, LabelSource

UNLABELLED = -1


@dataclass(frozen=True, slots=True)
class LabelTable:
    """The current label of each day of the season.

    Attributes
    ----------
    classes
        0..4, or -1 where there is no current label, int8, shape (day,).
    by_rule
        Whether the current label comes from the rule, shape (day,).
    rows
        The current journal row, or None, one per day.
    """

    classes: NDArray[np.int8]
    by_rule: NDArray[np.bool_]
    rows: tuple[LabelRow | None, ...]

    @classmethod
    def of(cls, days: NDArray[np.datetime64], in_force: Mapping[np.datetime64, LabelRow]) -> LabelTable:
        """Return the table of `days` from the current rows by local date.

        Parameters
        ----------
        days
            Local dates, datetime64[D], shape (day,).
        in_force
            Current row of each labelled day; rows of other days are ignored.
        """
        rows = tuple(in_force.get(day) for day in days)
        classes = [UNLABELLED if row is None or row.cls is None else row.cls for row in rows]
        by_rule = [row is not None and row.cls is not None and row.source is LabelSource.RULE for row in rows]
        return cls(np.array(classes, dtype=np.int8), np.array(by_rule, dtype=bool), rows)
