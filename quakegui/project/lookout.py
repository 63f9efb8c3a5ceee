"""Detects changes that other programs make in an open project; a check costs microseconds if nobody has written.

SQLite counts the commits of others in shared memory; of those in a shared project, its server tells a listener (see
`shared.listening`).

A project counts its own changes: its revisions, its settings, the last rows of journal and ledger, the states of its runs,
and its registrations. The lookout compares them with the known ones, and ignores changes through the same `Project`.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, select
from sqlalchemy.exc import DBAPIError

from quakegui.project import chain, schema
from quakegui.project.database import engine_of, sentences
from quakegui.project.domains import EVERYTHING, INPUTS, JOURNAL, RUNS
from quakegui.project.journal.row import COLUMNS, JournalRow, select_rows
from quakegui.project.setting_rows import EVENT_REVISION, REVISION
from quakegui.project.shared.address import read_address
from quakegui.project.shared.listening import Listener
from quakegui.project.store import Note, Project

LOG = logging.getLogger(__name__)
_FACTS: Final = (
    "SELECT key, value FROM setting UNION ALL SELECT 'run ' || id, status FROM run "
    "UNION ALL SELECT 'run of registration ' || id, run FROM registration "
    "UNION ALL SELECT 'last row', CAST(max(id) AS TEXT) FROM journal "
    "UNION ALL SELECT 'last prediction', CAST(max(id) AS TEXT) FROM prediction"
)
_EVENT_FACTS: Final = frozenset({EVENT_REVISION, "class_scheme"})


@dataclass(frozen=True, slots=True)
class News:
    """Changes that other programs made in a project since the last check.

    Attributes
    ----------
    readings
        Whether readings, stations, Kp or parameters changed, so that the season has to be computed again.
    rows
        New rows of the journal, oldest first.
    events
        Whether the earthquakes or their classes changed.
    predictions
        Number of new rows of the ledger.
    runs
        Whether a run was started, finished or moved to the trash, or the current run changed.
    """

    readings: bool = False
    rows: tuple[JournalRow, ...] = ()
    events: bool = False
    predictions: int = 0
    runs: bool = False

    def __bool__(self) -> bool:
        """Whether anything changed."""
        return self != NOTHING


NOTHING: Final = News()


class Lookout:
    """Watches one open project from its creation on. Call `look` from one thread only.

    Parameters
    ----------
    project
        The project; its own writes, in any thread, are ignored.

    Raises
    ------
    ProjectError
        If the database cannot be read; nothing stays open.
    """

    def __init__(self, project: Project) -> None:
        self._project = project
        self._lock = threading.Lock()
        self._committing = False
        self._own: tuple[set[int], set[int]] = set(), set()
        self._foreign: set[int] = set()
        self._engine = engine_of(project.folder, read_only=project.read_only)
        self.listener = Listener(read_address(project.folder)) if project.is_shared else None
        with ExitStack() as undone:
            undone.callback(self._engine.dispose)
            if self.listener is not None:
                undone.callback(self.listener.close)
            with sentences(project.folder):
                self._connection = undone.enter_context(self._engine.connect().execution_options(plain=True))
                if self.listener is None:
                    # It never waits: what is hidden by a commit in progress is found at the next check.
                    self._connection.exec_driver_sql("PRAGMA busy_timeout=0")
                self._version = self._data_version()
                self._known = _state(self._connection)
            undone.pop_all()
        project.own_step = self._own_step

    def close(self) -> None:
        """Close the connection to the database, even one that is lost."""
        self._project.own_step = None
        if self.listener is not None:
            self.listener.close()
        try:
            self._connection.close()
        except DBAPIError:
            LOG.info("The connection was lost before it was closed", exc_info=True)
        finally:
            self._engine.dispose()

    @property
    def position(self) -> int:
        """The last known row of the journal."""
        return self._known.last[0]

    def is_foreign(self, row: int) -> bool:
        """Return whether another program wrote a row of the journal while this lookout was active."""
        return row in self._foreign

    def look(self) -> News:
        """Return what other programs have changed since the last check; each change is reported once.

        Raises
        ------
        ProjectError
            If the database cannot be read.
        """
        with self._lock, sentences(self._project.folder):
            if self._committing:  # by a thread of this program: its writes could not be distinguished from those of others
                return NOTHING
            version = self._data_version()
            if version == self._version:
                return NOTHING
            if self.listener is not None and self._connection.invalidated:
                self._connection.close()
                self._connection = self._engine.connect().execution_options(plain=True)
            before, self._known, self._version = self._known, _state(self._connection), version
            own, self._own = self._own, (set(), set())
            return self._compare(before, self._known, own)

    def _compare(self, before: _State, now: _State, own: tuple[set[int], set[int]]) -> News:
        changed = {key for key in before.facts.keys() | now.facts.keys() if before.facts.get(key) != now.facts.get(key)}
        rows: tuple[JournalRow, ...] = ()
        if now.last[0] > before.last[0]:
            found = select_rows(self._connection, select(*COLUMNS).where(schema.journal.c.id > before.last[0]))
            rows = tuple(row for row in found if row.id not in own[0] and row.id <= now.last[0])
            self._foreign.update(row.id for row in rows)
        return News(
            readings=REVISION in changed,
            rows=rows,
            events=not changed.isdisjoint(_EVENT_FACTS),
            predictions=now.last[1] - before.last[1] - len(own[1]),
            runs=any(key == "run_in_use" or key.startswith("run ") for key in changed),
        )

    @contextmanager
    def _own_step(self, taken: tuple[str, ...]) -> Iterator[Note]:
        """Register the changes of one transaction of this program: call the yielded function at its beginning and its end."""
        states: list[_State] = []

        def note(found: Connection | chain.End) -> None:
            # Labels in a shared project change nothing else, and each query is a way to the server and back.
            if isinstance(found, Connection) and taken == (JOURNAL,):
                found = found.info.get(chain.END, found)
            states.append(_state(found) if isinstance(found, Connection) else _State({}, (found.id, 0)))
            if len(states) > 1:
                with self._lock:
                    self._committing = True

        try:
            yield note
            if len(states) > 1:
                with self._lock:
                    self._take_for_known(states[0], states[-1], taken if self.listener is not None else EVERYTHING)
        finally:
            with self._lock:
                self._committing = False

    def _take_for_known(self, before: _State, after: _State, taken: tuple[str, ...]) -> None:
        """Mark the changes of one of the program's transactions as known; earlier changes of others are still reported.

        While it writes some domains of a shared project, others may write the rest.
        """
        facts, last = dict(self._known.facts), list(self._known.last)
        for key in before.facts.keys() | after.facts.keys():
            if (
                _domain(key) in taken
                and before.facts.get(key) != after.facts.get(key)
                and facts.get(key) == before.facts.get(key)
            ):
                facts[key] = after.facts.get(key)
        for kind, (first, end) in enumerate(zip(before.last, after.last, strict=True)):
            if (JOURNAL, RUNS)[kind] not in taken:
                continue
            if last[kind] == first:
                last[kind] = end
            else:
                self._own[kind].update(range(first + 1, end + 1))
        self._known = _State(facts, (last[0], last[1]))

    def _data_version(self) -> int:
        """Return a number that grows with the commits of others: nothing is read from the disk or the network."""
        if self.listener is not None:
            return self.listener.count
        driver = self._connection.connection.driver_connection
        assert driver is not None
        return int(driver.execute("PRAGMA data_version").fetchone()[0])


@dataclass(frozen=True, slots=True)
class _State:
    """Settings and states of runs by name, and the last rows of journal and ledger."""

    facts: dict[str, str | None]
    last: tuple[int, int]


def _state(connection: Connection) -> _State:
    facts: dict[str, str | None] = {str(key): value for key, value in connection.exec_driver_sql(_FACTS)}
    journal, ledger = (int(facts.pop(key) or 0) for key in ("last row", "last prediction"))
    return _State(facts, (journal, ledger))


def _domain(fact: str) -> str:
    if fact == "label_rule":
        return JOURNAL
    return RUNS if fact.startswith("run") else INPUTS
