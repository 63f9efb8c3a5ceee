"""The state of the journal, updated incrementally: each query reads only the rows written since the last one."""

from __future__ import annotations

import threading
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import func, select

from quakegui.project import schema
from quakegui.project.flag_rows import FLAG
from quakegui.project.journal.keeping import Keeper
from quakegui.project.journal.reading import Note, note_of
from quakegui.project.journal.row import COLUMNS, LABEL, JournalRow, select_rows
from quakegui.season import labels
from quakegui.season.labels import LabelRow, LabelSource


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands at the end of the journal.

    Attributes
    ----------
    in_force
        The current label of each labelled day, of all people or of one.
    truth
        The class of each day for the evaluation of a model, see `evaluation_truth`, from the labels of all people.
    notes
        The current notes, oldest first.
    """

    in_force: dict[np.datetime64, LabelRow]
    truth: dict[np.datetime64, int]
    notes: tuple[Note, ...]


class Follower:
    """Current labels and notes of a project, as `in_force` and `notes` return them. Thread-safe.

    The journal only grows, so rows of any writer, in this program or another, appear at the next query.
    """

    def __init__(self, project: Keeper) -> None:
        self._project = project
        self._lock = threading.Lock()
        self._latest = 0
        self._labels: dict[int, dict[tuple[int, str], JournalRow]] = {}
        self._notes: dict[tuple[int, str], JournalRow] = {}
        self._author: str | None = None
        self._in_force: dict[np.datetime64, LabelRow] = {}
        self._truth: dict[np.datetime64, int] = {}

    def standing(self, *, author: str | None = None) -> Standing:
        """Return labels and notes after one query; with `author`, labels in force only from those of this person."""
        with self._lock:
            if author != self._author:
                self._author, self._in_force = author, {}
                for day in self._labels:
                    self._weigh(day)
            self._look()
            return Standing(dict(self._in_force), dict(self._truth), self._standing_notes())

    def in_force(self, *, author: str | None = None) -> dict[np.datetime64, LabelRow]:
        """Return the current label of each labelled day; with `author`, only from the labels of this person."""
        return self.standing(author=author).in_force

    def notes(self) -> tuple[Note, ...]:
        """Return the current notes, oldest first."""
        with self._lock:
            self._look()
            return self._standing_notes()

    def _standing_notes(self) -> tuple[Note, ...]:
        rows = [row for row in self._notes.values() if row.note]
        return tuple(note_of(row) for row in sorted(rows, key=lambda row: row.id))

    def reread(self, days: Collection[int]) -> None:
        """Read all rows of days again, where rows were replaced (see `quakegui.project.outbox`); days since 1970."""
        table = schema.journal.c
        with self._lock:
            for key in [key for key in self._notes if key[0] in days]:
                del self._notes[key]
            for day in days:
                self._labels[day] = {}
            last = select(func.max(table.id)).where(table.kind != FLAG, table.day.in_(days))
            with self._project.read() as connection:
                query = select(*COLUMNS).where(table.id.in_(last.group_by(table.kind, table.day, table.source, table.owner)))
                rows = select_rows(connection, query)
                self._latest = connection.scalar(select(func.max(table.id))) or 0
            self._add(rows)
            for day in days:
                self._weigh(day)

    def _look(self) -> None:
        """Read the rows written since the last query, and update the days whose labels they change."""
        table = schema.journal.c
        query = select(*COLUMNS).where(table.id > self._latest, table.kind != FLAG)
        if not self._latest:
            last = (
                select(func.max(table.id)).where(table.kind != FLAG).group_by(table.kind, table.day, table.source, table.owner)
            )
            query = select(*COLUMNS).where(table.id.in_(last))
        with self._project.read() as connection:
            rows = select_rows(connection, query)
        for day in self._add(rows):
            self._weigh(day)

    def _add(self, rows: Sequence[JournalRow]) -> set[int]:
        """Add rows, oldest first; returns the days that they label."""
        touched = set()
        for row in rows:
            if row.kind == LABEL:
                said = self._labels.setdefault(row.day, {})
                said.pop((row.source, row.owner), None)  # so that the order within a day is that of the last rows
                said[row.source, row.owner] = row
                touched.add(row.day)
            else:
                self._notes[row.day, row.owner] = row
            self._latest = max(self._latest, row.id)
        return touched

    def _weigh(self, day: int) -> None:
        """Update the current label of one day."""
        said = [row.label for row in self._labels[day].values()]
        judged_by, date = labels.evaluation_truth(said), np.datetime64(day, "D")
        self._truth.pop(date, None)
        self._truth |= {key: label.cls for key, label in judged_by.items()}
        if self._author is not None:
            said = [row for row in said if row.author == self._author and row.source is LabelSource.ANALYST]
        found = labels.in_force(said)
        if found:
            for key, label in found.items():
                self._in_force[key] = label.row
        else:
            self._in_force.pop(date, None)
