"""The label journal for the analyst: who set which labels when, and the effect of reverting to an earlier time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np

from quakegui.season.labels import LabelRow, LabelSource, in_force

if TYPE_CHECKING:
    from quakegui.project.journal import JournalRow


@dataclass(frozen=True, slots=True)
class Entry:
    """The content of one step.

    Attributes
    ----------
    at
        When it was written, UTC, datetime64[ms].
    author, source
        Author and source of the labels; the source is None for notes.
    classes
        Classes of the labels, None for a cleared one; empty if there are only notes.
    first, last
        First and last day of the step, datetime64[D].
    days
        Number of days.
    """

    at: np.datetime64
    author: str
    source: LabelSource | None
    classes: tuple[int | None, ...]
    first: np.datetime64
    last: np.datetime64
    days: int


def entries(journal_rows: Iterable[JournalRow], author: str | None = None) -> tuple[Entry, ...]:
    """Return the steps of the journal, latest first.

    Parameters
    ----------
    journal_rows
        The rows of the journal, in any order.
    author
        Returns the steps of this person only, as in blind labelling; None for all.
    """
    found = []
    rows = sorted(journal_rows, key=lambda row: (row.step, row.id))
    for _step, group in groupby(rows, key=lambda row: row.step):
        step = list(group)
        if author is not None and step[0].author != author:
            continue
        days = {row.day for row in step}
        given = {row.new for row in step if row.kind == "label"}
        source = next((row.source for row in step if row.kind == "label"), None)
        found.append(
            Entry(
                np.datetime64(step[-1].at_ms, "ms"), step[0].author, None if source is None else LabelSource(source),
                tuple(sorted(given, key=lambda cls: -1 if cls is None else cls)), np.datetime64(min(days), "D"),
                np.datetime64(max(days), "D"), len(days),
            )
        )  # fmt: skip
    return tuple(sorted(found, key=lambda entry: entry.at, reverse=True))


def days_changed_since(rows: Sequence[LabelRow], moment: np.datetime64) -> int:
    """Return the number of days whose current label at a time differs from the present one.

    Parameters
    ----------
    rows
        The journal, oldest row first.
    moment
        The time, UTC, datetime64; a row of that very time belongs to the former state.
    """
    now, then = (
        {day: label.row.cls for day, label in in_force(given).items()}
        for given in (rows, [row for row in rows if row.at <= moment])
    )
    return sum(now.get(day) != then.get(day) for day in now.keys() | then.keys())
