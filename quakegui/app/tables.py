"""The labels of the days of the season, as arrays for the views."""

from __future__ import annotations

from collections.abc import Collection, Mapping
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
        rows: list[LabelRow | None] = [None] * len(days)
        classes, by_rule = [UNLABELLED] * len(days), [False] * len(days)
        for place, row in zip(places_on(days, in_force).tolist(), in_force.values(), strict=True):
            if place >= 0:
                rows[place] = row
                if row.cls is not None:
                    classes[place], by_rule[place] = row.cls, row.source is LabelSource.RULE
        return cls(np.array(classes, dtype=np.int8), np.array(by_rule, dtype=bool), tuple(rows))


def places_on(days: NDArray[np.datetime64], keys: Collection[np.datetime64]) -> NDArray[np.intp]:
    """Return the index in `days` of each key, -1 for other dates, shape (key,); faster than a lookup of every day.

    Parameters
    ----------
    days
        Ascending local dates, datetime64[D], shape (day,).
    keys
        Local dates, datetime64[D].
    """
    wanted = np.array(list(keys), dtype="datetime64[D]")
    place = np.searchsorted(days, wanted)
    inside = place < len(days)
    inside[inside] = days[place[inside]] == wanted[inside]
    return np.where(inside, place, -1)
