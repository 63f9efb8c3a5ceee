"""A copy of the journal of a shared project in memory, with the changes that the server does not have yet on top of it."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, NoReturn
from uuid import UUID

from sqlalchemy import Connection, bindparam, create_engine, func, select
from sqlalchemy.pool import StaticPool

from quakegui.project import chain, schema
from quakegui.project.database import checked
from quakegui.project.errors import ProjectError
from quakegui.project.journal.row import COLUMNS, JournalRow, select_rows
from quakegui.project.outbox.letters import Letter, perform


class Replica:
    """Keeper of the copy: the functions of `quakegui.project.journal` read and write it like a project. Thread-safe.

    Parameters
    ----------
    timezone
        Time zone of the project.

    Attributes
    ----------
    position
        Last row of the server's journal in the copy; later rows are those of letters.
    """

    is_shared = False

    def __init__(self, timezone: str) -> None:
        self.timezone = timezone
        self.position = 0
        self._end = chain.End()
        self._letters: dict[int, UUID] = {}
        """By step, as long as the server has not given it a number."""
        self._met = set[UUID]()
        """Letters that were put on top, also those that changed nothing or were refused."""
        self._lock = threading.RLock()
        engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
        self._engine = checked(engine)
        with self._engine.begin() as connection:
            schema.metadata.create_all(connection, tables=[schema.station, schema.journal, schema.stale_night])
            for verb in ("update", "delete"):
                connection.exec_driver_sql(f"DROP TRIGGER journal_no_{verb}")  # of a copy
            connection.info[chain.END] = chain.End()

    def close(self) -> None:
        """Forget the copy."""
        self._engine.dispose()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Yield a connection that sees one consistent state."""
        with self._lock, self._engine.begin() as connection:
            yield connection

    @contextmanager
    def write(self, *_domains: str) -> Iterator[Connection]:
        """Yield a connection whose changes are kept when the block ends, or rolled back if it raises."""
        with self.read() as connection:
            end = connection.info[chain.END]
            try:
                yield connection
            except BaseException:
                connection.info[chain.END] = end
                raise

    def add_step(self, author: str, rows: Sequence[Mapping[str, Any]], *, at_ms: int, seen: int | None = None) -> NoReturn:
        """Nothing: the copy is not on a server.

        Parameters
        ----------
        author, rows, at_ms, seen
            Ignored.

        Raises
        ------
        NotImplementedError
            Always: `is_shared` is False, so that nothing calls it.
        """
        raise NotImplementedError

    def add(self, letter: Letter) -> int:
        """Make the change of a letter in the copy; returns the step, 0 if nothing changed.

        What others have written is weighed by the server, when it has the letter.
        """
        known = replace(letter, content={**letter.content, "behind": None})
        with self._lock:
            self._met.add(letter.id)
            before = self._last_step()
            perform(known, self, self.step_of)
            step = self._last_step()
            if step == before:
                return 0
            self._letters[step] = letter.id
            return step

    def step_of(self, letter: UUID) -> int | None:
        """Return the step of a letter that the server has not numbered yet."""
        return next((step for step, number in self._letters.items() if number == letter), None)

    def reference(self, step: int) -> int | UUID:
        """Return the number of a step, or that of its letter while the server has not numbered it."""
        return self._letters.get(step, step)

    def settle(self, rows: Sequence[JournalRow], end: chain.End | None, waiting: Sequence[Letter]) -> set[int]:
        """Add rows of the server, in place of those of the letters that it has; returns the days that may have changed.

        Parameters
        ----------
        rows
            The rows after `position`.
        end
            End of the server's journal; None if it is that of the last call.
        waiting
            The letters that the server does not have yet, and has not refused.
        """
        with self._lock:
            self._end = end if end is not None else self._end
            with self.read() as connection:
                pending = select_rows(connection, select(*COLUMNS).where(schema.journal.c.id > self.position))
            days = {row.day for row in (*rows, *pending)}
            if self._foresaw(rows, pending, waiting):
                self._date(rows)
            else:
                self._replace(rows, waiting)
        return days

    def _last_step(self) -> int:
        with self.read() as connection:
            end: chain.End = connection.info[chain.END]
        return end.step

    def _foresaw(self, rows: Sequence[JournalRow], pending: Sequence[JournalRow], waiting: Sequence[Letter]) -> bool:
        """Return whether the copy has all letters, and the server wrote what it has, but for the time, and refused nothing."""
        alike = [replace(row, at_ms=0) for row in rows] == [replace(row, at_ms=0) for row in pending[: len(rows)]]
        last, left = (rows[-1].step if rows else 0), {letter.id for letter in waiting}
        steps = {row.step for row in pending[len(rows) :]}
        return alike and left <= self._met and last not in steps and all(self._letters.get(step) in left for step in steps)

    def _date(self, rows: Sequence[JournalRow]) -> None:
        if not rows:
            return
        table = schema.journal
        times = [{"number": row.id, "at": row.at_ms} for row in rows]
        with self.read() as connection:
            connection.execute(table.update().where(table.c.id == bindparam("number")).values(at_ms=bindparam("at")), times)
        self.position = rows[-1].id
        self._letters = {step: letter for step, letter in self._letters.items() if step > rows[-1].step}

    def _replace(self, rows: Sequence[JournalRow], waiting: Sequence[Letter]) -> None:
        """Put the letters that are still waiting on top of the rows."""
        table = schema.journal
        with self.read() as connection:
            connection.execute(table.delete().where(table.c.id > self.position))
            if rows:
                values = [{name: getattr(row, name) for name in JournalRow.__dataclass_fields__} for row in rows]
                connection.execute(table.insert(), values)
                self.position = rows[-1].id
            last = connection.scalar(select(func.max(table.c.id))) or 0
            connection.exec_driver_sql("UPDATE sqlite_sequence SET seq = ? WHERE name = 'journal'", (last,))
            connection.info[chain.END] = replace(self._end, chain="")  # a copy has no hashes
        self._letters, self._met = {}, set()
        for letter in waiting:
            try:
                self.add(letter)
            except ProjectError:  # the server will refuse it too
                continue
