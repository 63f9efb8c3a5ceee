"""Whether the record is as this program wrote it: its chains, the guards of the database, and the times of issue."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain as joined
from typing import Any, Final

import numpy as np
from sqlalchemy import Connection, Table, func, select

from quakegui.formats.errors import shown
from quakegui.project import chain, schema, soundness
from quakegui.project.chain import Link
from quakegui.project.reading_blocks import DAY_MS
from quakegui.words import Said

AT_OPENING: Final = 10_000
"""Rows at the end of a table, and as many of the older ones, that are looked at when a project is opened: within 0.1 s. The
older ones have their turn, a portion each day. Only `quakegui verify` and a report look at all rows."""
SHOWN: Final = 3
"""Places of a table that are named when a project is opened."""
LATE_HOURS: Final = 24.0
"""A prediction that was issued so long after its day became known warned nobody."""
SLACK_MS: Final = 60_000
"""What two clocks that are set by a network may differ by."""

NAMES: Final = {"journal": Said("label journal"), "prediction": Said("ledger"), "registration": Said("register")}


@dataclass(frozen=True, slots=True)
class ChainState:
    """What one chain looks like.

    Attributes
    ----------
    table
        "journal", "prediction" or "registration".
    rows, unchained
        How many rows there are, and how many of them are from before there was a chain.
    head, hash
        Id of the last row, 0 where there is none, and the hash there.
    faults
        A sentence for each place where it is broken, oldest first.
    """

    table: str
    rows: int
    unchained: int
    head: int
    hash: str
    faults: tuple[str, ...]

    @property
    def name(self) -> str:
        """What the chain holds, in words."""
        return NAMES[self.table]


@dataclass(frozen=True, slots=True)
class RecordState:
    """What the record looks like.

    Attributes
    ----------
    chains
        Of the journal, of the ledger and of the register.
    guards, issues
        Sentences on guards that were taken out, and on times of issue that cannot be.
    notes
        Sentences on what is no fault but should be known.
    """

    chains: tuple[ChainState, ...]
    guards: tuple[str, ...]
    issues: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def faults(self) -> tuple[str, ...]:
        """Every sentence on what is not as this program wrote it."""
        return (*self.broken, *self.issues)

    @property
    def broken(self) -> tuple[str, ...]:
        """The sentences on chains and guards alone: a receipt of such a record would vouch for what others wrote."""
        return (*joined.from_iterable(state.faults for state in self.chains), *self.guards)


def examine(connection: Connection, *, now_ms: int) -> RecordState:
    """Look at every row of the record.

    Parameters
    ----------
    connection
        Within a transaction.
    now_ms
        The moment, milliseconds since 1970 UTC: nothing can have been issued after it.
    """
    states = tuple(state_of(connection, table) for table in chain.CHAINED)
    return RecordState(
        states, tuple(_guards(connection)), tuple(_issues(connection, now_ms)), tuple(_notes(connection, now_ms))
    )


def glance(connection: Connection, *, now_ms: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Look at the record in little time, as each opening of a project does; parameters as of `examine`.

    Returns
    -------
    tuple
        Sentences on faults, and notes.
    """
    found: list[str] = []
    for table in chain.CHAINED:
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
    """Walk through a whole chain; `until` is told each link."""
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
    """Give the faults of a short table, of one that lacks rows, or of parts of a long one."""
    rows = connection.scalar(select(func.count()).select_from(table)) or 0
    last, allowed = _highest_row(connection, table), _last_unhashed(connection, table)
    newest, oldest = last - AT_OPENING + 1, allowed + 2 if allowed else 1  # each has a row before it to build on, or needs none
    portions = -(-(newest - oldest) // AT_OPENING)
    if rows != last or portions < 2:
        yield from _faults(connection, table, chain.links(connection, table))
        return
    turn = oldest + now_ms // DAY_MS % portions * AT_OPENING
    for first, end in ((turn, min(turn + AT_OPENING, newest) - 1), (newest, last)):
        yield from _faults(connection, table, chain.links(connection, table, first=first, last=end), first=first, end=end)


def _highest_row(connection: Connection, table: Table) -> int:
    """Return how many rows a table ever had, by its counter and by its last row."""
    counter = connection.exec_driver_sql("SELECT seq FROM sqlite_sequence WHERE name = ?", (table.name,)).scalar()
    return max(int(counter or 0), connection.scalar(select(func.max(table.c.id))) or 0)


def _last_unhashed(connection: Connection, table: Table) -> int:
    """Return the last row that may be without a hash."""
    query = select(schema.setting.c.value).where(schema.setting.c.key == chain.unchained(table))
    return int(connection.scalar(query) or 0)


def _faults(
    connection: Connection, table: Table, links: Iterable[Link], *, first: int = 1, end: int | None = None
) -> Iterator[str]:
    """Give a sentence for each place where a chain is broken, from row `first` to row `end` (default the last ever)."""
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
    last = _highest_row(connection, table) if end is None else end
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
    """Return what a row `a` of the ledger fulfils, behind its row `b`, whose time of issue cannot be."""
    early, ahead = "a.issued_ms < a.cutoff_ms", f"a.issued_ms > {now_ms + SLACK_MS}"
    return early, ahead, f"a.issued_ms < b.issued_ms - {SLACK_MS}"


_LEDGER = "FROM prediction a LEFT JOIN prediction b ON b.id = a.id - 1 WHERE"


def _former(connection: Connection) -> str:
    """Return what the ledger's rows from before there was a chain fulfil; the versions that wrote them kept no such order."""
    return f"(a.id <= {_last_unhashed(connection, schema.prediction)} AND a.chain IS NULL)"


def _issues(connection: Connection, now_ms: int) -> Iterator[str]:
    """Give a sentence for each kind of time of issue that cannot be."""
    former = _former(connection)
    # A row bears the time of the one above where the clock was behind it, so a former one ahead of now passes its time on.
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
    """Give sentences on impossible times of issue from versions that did not see to them, and on late predictions."""
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
    """Return how many rows a condition finds and the id of the first, nothing where there is none; only this module's."""
    row: Any = connection.exec_driver_sql(f"SELECT count(*), min(a.id) {where}").one()
    return [(int(row[0]), int(row[1]))] if row[0] else []


def _utc(milliseconds: int) -> str:
    return f"{np.datetime64(milliseconds, 'ms').astype('datetime64[s]')} UTC"
