"""Checks that the record is as this program wrote it: chains, triggers of the database, and times of issue."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain as joined
from typing import Any, Final

import numpy as np
from sqlalchemy import Connection, Table, select

from quakegui.formats.errors import shown
from quakegui.project import chain, schema, soundness
from quakegui.project.chain import Link
from quakegui.project.dialects import highest_row, is_shared
from quakegui.project.reading_blocks import DAY_MS
from quakegui.project.shared.tables import is_blind
from quakegui.words import Said

AT_OPENING: Final = 10_000
"""Number of rows at the end of a table, and of older rows, that are checked when a project is opened: within 0.1 s. The older
rows are checked in turn, a portion each day. Only `quakegui verify` and a report check all rows.
"""
SHOWN: Final = 3
"""Maximum number of faults of a table that are reported when a project is opened."""
LATE_HOURS: Final = 24.0
"""Delay in hours after which a prediction of a known day could not warn anybody."""
SLACK_MS: Final = 60_000
"""Tolerated difference in ms between two clocks synchronised over a network."""

NAMES: Final = {"journal": Said("label journal"), "prediction": Said("ledger"), "registration": Said("register")}


@dataclass(frozen=True, slots=True)
class ChainState:
    """The state of one chain.

    Attributes
    ----------
    table
        "journal", "prediction" or "registration".
    rows, unchained
        Number of rows, and how many of them are from before the chain existed.
    head, hash
        Id of the last row, 0 if there is none, and its hash.
    faults
        A sentence for each break, oldest first.
    """

    table: str
    rows: int
    unchained: int
    head: int
    hash: str
    faults: tuple[str, ...]

    @property
    def name(self) -> str:
        """Name of the chain in sentences."""
        return NAMES[self.table]


@dataclass(frozen=True, slots=True)
class RecordState:
    """The state of the record.

    Attributes
    ----------
    chains
        The chains of journal, ledger and registrations.
    guards, issues
        Sentences on missing triggers, and on impossible times of issue.
    notes
        Sentences on other observations, which are not faults.
    """

    chains: tuple[ChainState, ...]
    guards: tuple[str, ...]
    issues: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def faults(self) -> tuple[str, ...]:
        """All sentences on what this program did not write."""
        return (*self.broken, *self.issues)

    @property
    def broken(self) -> tuple[str, ...]:
        """The sentences on chains and triggers only: a receipt of such a record would confirm what others wrote."""
        return (*joined.from_iterable(state.faults for state in self.chains), *self.guards)


def examine(connection: Connection, *, now_ms: int) -> RecordState:
    """Check every row of the record.

    Parameters
    ----------
    connection
        Connection within a transaction.
    now_ms
        The present time, in milliseconds since 1970 UTC: nothing can have been issued later.
    """
    states = tuple(state_of(connection, table) for table in visible_chains(connection))
    return RecordState(
        states, tuple(_guards(connection)), tuple(_issues(connection, now_ms)), tuple(_notes(connection, now_ms))
    )


def glance(connection: Connection, *, now_ms: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Check the record quickly, as at each opening of a project.

    Parameters
    ----------
    connection
        Connection within a transaction.
    now_ms
        The present time, in milliseconds since 1970 UTC: nothing can have been issued later; older rows take turns by the day.

    Returns
    -------
    tuple
        Sentences on faults, and notes.
    """
    found: list[str] = []
    for table in visible_chains(connection):
        faults = tuple(_some_faults(connection, table, now_ms))
        found += faults[:SHOWN]
        if len(faults) > SHOWN:
            found.append(
                Said(
                    "In {count} more places, the {names} differs from what quakegui wrote.",
                    names=NAMES[table.name],
                    count=len(faults) - SHOWN,
                )
            )
    found += (*_guards(connection), *_issues(connection, now_ms))
    if found:
        found.append(
            Said(
                "The record is damaged or was changed by another program; 'quakegui verify' lists every difference. "
                "Compare the record with a copy of the folder or with a receipt."
            )
        )
    return tuple(found), tuple(_notes(connection, now_ms))


def state_of(connection: Connection, table: Table, *, until: Callable[[Link], object] = lambda _link: None) -> ChainState:
    """Check a whole chain.

    Parameters
    ----------
    connection
        Connection within a transaction.
    table
        One of `chain.CHAINED`.
    until
        Called with each link before it is checked, oldest row first; its result is ignored.
    """
    rows = unchained = head = 0
    end = ""

    def counted() -> Iterator[Link]:
        nonlocal rows, unchained, head, end
        for link in chain.links(connection, table):
            rows, head, end = rows + 1, link.id, link.hash
            unchained += link.carried is None
            until(link)
            yield link

    faults = tuple(_faults(connection, table, counted()))
    return ChainState(table.name, rows, unchained, head, end, faults)


def _some_faults(connection: Connection, table: Table, now_ms: int) -> Iterator[str]:
    """Yield the faults of a short table, of one that lacks rows, or of parts of a long one."""
    rows = int(connection.exec_driver_sql(f'SELECT count(*) FROM "{table.name}"').scalar() or 0)  # noqa: S608
    last, allowed = highest_row(connection, table), _last_unhashed(connection, table)
    newest, oldest = last - AT_OPENING + 1, allowed + 2 if allowed else 1  # each has a row before it to build on, or needs none
    portions = -(-(newest - oldest) // AT_OPENING)
    if rows != last or portions < 2:
        yield from _faults(connection, table, chain.links(connection, table))
        return
    turn = oldest + now_ms // DAY_MS % portions * AT_OPENING
    for first, end in ((turn, min(turn + AT_OPENING, newest) - 1), (newest, last)):
        yield from _faults(connection, table, chain.links(connection, table, first=first, last=end), first=first, end=end)


def visible_chains(connection: Connection) -> tuple[Table, ...]:
    """Return the chained tables whose rows can be read: who labels blind sees only some rows of the others."""
    blind = is_shared(connection) and is_blind(connection)
    return (schema.registration,) if blind else chain.CHAINED


def _last_unhashed(connection: Connection, table: Table) -> int:
    """Return the last row that may lack a hash."""
    query = f"SELECT value FROM setting WHERE key = '{chain.unchained(table)}'"  # noqa: S608
    return int(connection.exec_driver_sql(query).scalar() or 0)


def _faults(
    connection: Connection, table: Table, links: Iterable[Link], *, first: int = 1, end: int | None = None
) -> Iterator[str]:
    """Yield a sentence for each break of a chain, from row `first` to row `end` (default the last row that ever existed)."""
    allowed, due, chained = _last_unhashed(connection, table), first, first > 1
    found: list[tuple[str, int, int]] = []

    def add(kind: str, since: int, to: int) -> None:
        if found and found[-1][0] == kind and found[-1][2] == since - 1:
            found[-1] = kind, found[-1][1], to
        else:
            found.append((kind, since, to))

    for link in links:
        if link.id != due:
            add("missing", due, link.id - 1)
        elif link.carried is None and (chained or link.id > allowed):
            add("without", link.id, link.id)
        elif link.carried not in (None, link.due):
            add("changed", link.id, link.id)
        due, chained = link.id + 1, chained or link.carried is not None
    last = highest_row(connection, table) if end is None else end
    if due <= last:
        add("missing", due, last)
    for kind, since, to in found:
        yield _sentence(connection, table, kind, since, to)


def _sentence(connection: Connection, table: Table, kind: str, first: int, last: int) -> str:
    rows = Said("Row {first}", first=first) if first == last else Said("Rows {first} to {last}", first=first, last=last)
    name = NAMES[table.name]
    if kind == "missing":
        return Said("{rows} of the {name} disappeared.", rows=rows, name=name)
    row = connection.execute(select(table).where(table.c.id == first)).one()
    if table is schema.registration:
        what = Said(
            "of the run {run}, written {utc} by {author}",
            run=shown(row.run, 60),
            utc=_utc(row.at_ms),
            author=shown(row.author, 60),
        )
    elif table is schema.journal:
        what = Said(
            "of {date}, written {utc} by {author}",
            date=np.datetime64(row.day, "D"),
            utc=_utc(row.at_ms),
            author=shown(row.author, 60),
        )
    else:
        what = Said(
            "of {date}, issued {utc} by the model {run}",
            date=np.datetime64(row.day, "D"),
            utc=_utc(row.issued_ms),
            run=shown(row.run, 60),
        )
    if kind == "without":
        return Said("{rows} of the {name} ({what}): hash missing, so not written by quakegui.", rows=rows, name=name, what=what)
    return Said("{rows} of the {name} ({what}) changed after being written.", rows=rows, name=name, what=what)


def _guards(connection: Connection) -> Iterator[str]:
    lost = soundness.lost_triggers(connection)
    if lost:
        yield (
            Said(
                "The database triggers that protect the label journal and the ledger from changes were removed "
                "({lost}); quakegui restores them when the project is next opened for writing.",
                lost=", ".join(sorted(lost)),
            )
        )


def _impossible(now_ms: int) -> tuple[str, str, str]:
    """Return conditions for a row `a` of the ledger, after its row `b`, whose time of issue is impossible."""
    early, ahead = "a.issued_ms < a.cutoff_ms", f"a.issued_ms > {now_ms + SLACK_MS}"
    return early, ahead, f"a.issued_ms < b.issued_ms - {SLACK_MS}"


_LEDGER = "FROM prediction a LEFT JOIN prediction b ON b.id = a.id - 1 WHERE"


def _former(connection: Connection) -> str:
    """Return the condition for rows of the ledger from before the chain existed, when the order of times was not enforced."""
    return f"(a.id <= {_last_unhashed(connection, schema.prediction)} AND a.chain IS NULL)"


def _issues(connection: Connection, now_ms: int) -> Iterator[str]:
    """Yield a sentence for each kind of impossible time of issue."""
    former = _former(connection)
    # A row takes the time of the one above if the clock is behind it, so an old row ahead of the present passes its time on.
    passed_on = connection.exec_driver_sql(f"SELECT max(a.issued_ms) {_LEDGER} {former}").scalar() or 0
    conditions = _impossible(max(now_ms, passed_on))
    early, ahead, back = (_first(connection, f"{_LEDGER} NOT {former} AND {condition}") for condition in conditions)
    for count, first in early:
        yield Said(
            "Predictions issued before their night was over: {count}, the first in row {first} of the ledger.",
            count=count,
            first=first,
        )
    for count, first in ahead:
        yield Said(
            "Predictions with an issue time in the future: {count}, the first in row {first} of the ledger.",
            count=count,
            first=first,
        )
    for count, first in back:
        yield Said(
            "Predictions with an issue time before that of the preceding row: {count}, the first in row {first} of the ledger.",
            count=count,
            first=first,
        )


def _notes(connection: Connection, now_ms: int) -> Iterator[str]:
    """Yield sentences on impossible times of issue in unchained rows, on late predictions, and on what could not be checked."""
    if len(visible_chains(connection)) < len(chain.CHAINED):
        yield Said("This login labels blind: the labels of others and the predictions are hidden, and were not checked.")
    for count, first in _first(connection, f"{_LEDGER} {_former(connection)} AND ({' OR '.join(_impossible(now_ms))})"):
        yield (
            Said(
                "Unchained predictions with an impossible issue time (before their night was over, in the future, or "
                "before that of the preceding row): {count}, the first in row {first} of the ledger. Earlier "
                "versions did not check issue times.",
                count=count,
                first=first,
            )
        )
    late = f"a.kind = 'prospective' AND a.issued_ms > a.cutoff_ms + {round(LATE_HOURS * 3_600_000)}"
    for count, first in _first(connection, f"FROM prediction a WHERE {late}"):
        yield (
            Said(
                "Prospective predictions issued more than a day after their night: {count}, the first in row {first} "
                "of the ledger. They count in scores but could not warn anyone.",
                count=count,
                first=first,
            )
        )


def _first(connection: Connection, where: str) -> Iterable[tuple[int, int]]:
    """Return the number of rows that fit a (trusted) condition and the id of the first; empty if there are none."""
    row: Any = connection.exec_driver_sql(f"SELECT count(*), min(a.id) {where}").one()
    return [(int(row[0]), int(row[1]))] if row[0] else []


def _utc(milliseconds: int) -> str:
    return f"{np.datetime64(milliseconds, 'ms').astype('datetime64[s]')} UTC"
