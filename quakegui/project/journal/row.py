"""The rows of the journal: their content, and the last row of each day, source and owner."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Select, select

from quakegui.project import schema
from quakegui.season.labels import LabelRow, LabelSource

LABEL = "label"
NOTE = "note"

Key = tuple[str, int, int, str]
"""Kind, day, source and owner: the subject of a row."""


@dataclass(frozen=True, slots=True)
class JournalRow:
    """One row of the journal as stored in the project.

    Attributes
    ----------
    id
        Position in the journal; later rows have larger ones.
    at_ms
        When it was written, in milliseconds since 1970 UTC; never decreasing.
    step
        Number of the step, which one undo reverts as a whole.
    author
        The person who wrote the row.
    kind
        "label", "note" or "flag" (see `quakegui.project.flag_rows`).
    day
        Days since 1970, a local date.
    source
        A `LabelSource`, as a number.
    owner
        Whose label it is: the author's own, or the rule's; of a flag what it is about.
    old, new
        Class before and after, None for no label.
    note
        The author's words; of a row of kind "note" all of its content, of a flag why.
    run
        The run whose prediction was accepted, otherwise "".
    blind
        Whether other labels were hidden from the author.
    replaces
        Id of the row that this one replaces.
    undoes, redoes
        The step that this row undoes or redoes.
    """

    id: int
    at_ms: int
    step: int
    author: str
    kind: str
    day: int
    source: int
    owner: str
    old: int | None
    new: int | None
    note: str
    run: str
    blind: int
    replaces: int | None
    undoes: int | None
    redoes: int | None

    @property
    def key(self) -> Key:
        """The subject of the row."""
        return self.kind, self.day, self.source, self.owner

    @property
    def label(self) -> LabelRow:
        """The row as a label of its owner."""
        return LabelRow(
            np.datetime64(self.day, "D"),
            self.new,
            LabelSource(self.source),
            self.owner,
            np.datetime64(self.at_ms, "ms"),
            self.note,
            self.run,
            bool(self.blind),
        )


@dataclass(frozen=True, slots=True)
class RowContent:
    """The content of a row for its key; None for note, run or blind keeps that of the last row, if it has the same class."""

    cls: int | None = None
    note: str | None = ""
    run: str | None = ""
    blind: int | None = 0


NOTHING = RowContent()
COLUMNS = tuple(schema.journal.c[name] for name in JournalRow.__dataclass_fields__)


def standing_rows(
    connection: Connection, days: Sequence[int] | None = None, *, until_ms: int | None = None
) -> dict[Key, JournalRow]:
    """Return the last row of each key, at present or at a given time.

    Parameters
    ----------
    connection
        Connection within a transaction.
    days
        Days since 1970, sorted: keys of the days between them are returned as well, and none if it is empty. Default: all days.
    until_ms
        Time after which rows do not count, in milliseconds since 1970 UTC; default: all rows count.
    """
    table = schema.journal.c
    query = select(*COLUMNS)
    if days is not None:
        query = query.where(table.day.between(days[0], days[-1])) if days else query.where(table.day < table.day)
    if until_ms is not None:
        query = query.where(table.at_ms <= until_ms)
    return {row.key: row for row in select_rows(connection, query)}


def select_rows(connection: Connection, query: Select[Any], values: Mapping[str, Any] | None = None) -> tuple[JournalRow, ...]:
    """Return the rows of a query over `COLUMNS`, oldest first.

    Parameters
    ----------
    connection
        Connection within a transaction.
    query
        Selects exactly `COLUMNS`, in their order; without an order of its rows.
    values
        Values of its parameters, by name.
    """
    found: Iterable[tuple[Any, ...]] = map(tuple, connection.execute(query.order_by(schema.journal.c.id), values))
    return tuple(JournalRow(*row) for row in found)


def content_of(row: JournalRow | None) -> RowContent:
    """Return the content of a row, or empty content for None."""
    return NOTHING if row is None else RowContent(row.new, row.note, row.run, row.blind)


def completion(content: RowContent, before: JournalRow | None) -> RowContent:
    """Complete a content with values of the current row, if that has the same class.

    Parameters
    ----------
    content
        What is to be written; its note, run and blind mark are completed where they are None.
    before
        The current row of the key, None if there is none.
    """
    kept = content_of(before) if before is not None and before.new == content.cls else NOTHING
    note = kept.note if content.note is None else content.note
    run = kept.run if content.run is None else content.run
    return RowContent(content.cls, note, run, kept.blind if content.blind is None else content.blind)


def day_numbers(days: NDArray[np.datetime64] | Sequence[np.datetime64]) -> NDArray[np.int64]:
    """Return days as the journal stores them: days since 1970, shape (day,)."""
    return np.atleast_1d(np.asarray(days, dtype="datetime64[D]")).astype(np.int64)
