"""Queries on the journal: all rows, the history of a day, the current labels, and the current notes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Select, func, select

from quakegui.project import schema
from quakegui.project.journal.keeping import Keeper
from quakegui.project.journal.row import COLUMNS, LABEL, NOTE, JournalRow, day_numbers, select_rows
from quakegui.season import labels
from quakegui.season.labels import LabelRow, LabelSource


@dataclass(frozen=True, slots=True)
class Note:
    """The remark of an author on a day; the last one of each author is current. `at` is UTC, datetime64[ms]."""

    day: np.datetime64
    text: str
    author: str
    at: np.datetime64


def journal_rows(project: Keeper) -> tuple[JournalRow, ...]:
    """Return the whole journal, oldest row first."""
    with project.read() as connection:
        return select_rows(connection, select(*COLUMNS))


def rows(project: Keeper) -> tuple[LabelRow, ...]:
    """Return every label that was set or cleared, oldest first; `quakegui.season.labels` derives the current ones."""
    return _labels(project, select(*COLUMNS).where(schema.journal.c.kind == LABEL))


def history(project: Keeper, day: np.datetime64) -> tuple[LabelRow, ...]:
    """Return every label that a day had, oldest first.

    Parameters
    ----------
    project
        Where the journal is kept; is only read.
    day
        Local date, datetime64[D].
    """
    table = schema.journal.c
    return _labels(project, select(*COLUMNS).where(table.kind == LABEL, table.day == int(day_numbers([day])[0])))


def histories(project: Keeper, days: NDArray[np.datetime64]) -> dict[np.datetime64, tuple[LabelRow, ...]]:
    """Return every label that each of several days had, oldest first, like `history` for one day; in one query.

    Parameters
    ----------
    project
        Where the journal is kept; is only read.
    days
        Local dates, datetime64[D], shape (day,); those without labels are in the result too.
    """
    table = schema.journal.c
    found: dict[np.datetime64, list[LabelRow]] = {day: [] for day in days}
    numbers = day_numbers(days).tolist()
    for row in _labels(project, select(*COLUMNS).where(table.kind == LABEL, table.day.in_(numbers))):
        found[row.day].append(row)
    return {day: tuple(rows) for day, rows in found.items()}


def in_force(project: Keeper, *, author: str | None = None) -> dict[np.datetime64, LabelRow]:
    """Return the current label of each labelled day.

    Parameters
    ----------
    project
        The project.
    author
        If given, only this person's own analyst labels are used, as in blind labelling.
    """
    given = _last_words(project)
    if author is not None:
        given = tuple(row for row in given if row.author == author and row.source is LabelSource.ANALYST)
    return {day: label.row for day, label in labels.in_force(given).items()}


def notes(project: Keeper, day: np.datetime64 | None = None) -> tuple[Note, ...]:
    """Return the current notes of one day or of all, oldest first.

    Parameters
    ----------
    project
        Where the journal is kept; is only read.
    day
        Local date, datetime64[D]; default all days.
    """
    table = schema.journal.c
    last = select(func.max(table.id)).where(table.kind == NOTE).group_by(table.day, table.owner)
    query = select(*COLUMNS).where(table.id.in_(last), table.note != "")
    if day is not None:
        query = query.where(table.day == int(day_numbers([day])[0]))
    with project.read() as connection:
        return tuple(note_of(row) for row in select_rows(connection, query))


def note_of(row: JournalRow) -> Note:
    """Return a journal row of kind "note" as a note."""
    return Note(np.datetime64(row.day, "D"), row.note, row.owner, np.datetime64(row.at_ms, "ms"))


def _labels(project: Keeper, query: Select[Any]) -> tuple[LabelRow, ...]:
    with project.read() as connection:
        return tuple(row.label for row in select_rows(connection, query))


def _last_words(project: Keeper) -> tuple[LabelRow, ...]:
    """Return the last row of each day, source and owner, in order; these determine the current labels."""
    table = schema.journal.c
    last = select(func.max(table.id)).where(table.kind == LABEL).group_by(table.day, table.source, table.owner)
    return _labels(project, select(*COLUMNS).where(table.id.in_(last)))
