"""The hash chains of journal, ledger and registrations: each row contains a hash of the one before and of its own content.

A row that is changed, removed or inserted outside this program breaks the chain. Rewriting all rows and all hashes does not;
a receipt kept elsewhere detects that (see `verifying`).

The hash of a row is the SHA-256 of the previous hash followed by the content of the row: its integers in decimal (empty for
NULL) and its texts as hexadecimal UTF-8, in the order of the columns and separated by commas, then its other numbers as
little-endian float64. The database writes this text as fast as it reads the rows, and all versions write the same. Rows from
before the chain have no hash of their own, but they enter the hash of the first row that has one.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Column, Connection, Float, Integer, Table, select, text

from quakegui.project import schema
from quakegui.project.dialects import highest_row, is_shared

CHAINED = (schema.journal, schema.prediction, schema.registration)


@dataclass(frozen=True, slots=True)
class Link:
    """One row in the chain: its id, its stored hash (None if it has none), and the hash that it should have."""

    id: int
    carried: str | None
    due: str

    @property
    def hash(self) -> str:
        """The hash on which the next row builds."""
        return self.due if self.carried is None else self.carried


END: Final = "end of the journal"
"""Where a connection to a shared project carries the `End` of the journal that it has locked."""


@dataclass(frozen=True, slots=True)
class End:
    """The last row of the journal: its id, its hash (None if it has none), its step and its time; zeros if there is none."""

    id: int = 0
    chain: str | None = ""
    step: int = 0
    at_ms: int = 0


def journal_end(connection: Connection) -> End:
    """Return the end of the journal; in a shared project it came with the lock of the journal."""
    if END in connection.info:
        found: End = connection.info[END]
        return found
    table = schema.journal.c
    query = select(table.id, table.chain, table.step, table.at_ms).order_by(table.id.desc()).limit(1)
    row = connection.execute(query).first()
    return End() if row is None else End(*row)


def append(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]], *, end: End | None = None) -> None:
    """Append rows to a chained table, each with its id and hash.

    Parameters
    ----------
    connection
        Connection within a writing transaction: nobody else can append until it ends.
    table
        One of `CHAINED`.
    rows
        Every column but `id` and `chain`.
    end
        The last row of the table, if it is known.
    """
    if not rows:
        return
    known = end is not None and end.chain is not None
    last, former = (end.id, end.chain or "") if end is not None and known else head(connection, table)
    first = 1 + (last if is_shared(connection) else highest_row(connection, table))
    chained = []
    for number, row in enumerate(rows, first):
        values = {**row, "id": number}
        former = _digest(former, *_content(table, values))
        chained.append({**values, "chain": former})
    connection.execute(table.insert(), chained)
    if table is schema.journal and END in connection.info:
        connection.info[END] = End(*(chained[-1][name] for name in ("id", "chain", "step", "at_ms")))


def head(connection: Connection, table: Table) -> tuple[int, str]:
    """Return id and hash of the last row of a table, 0 and "" if it is empty.

    Parameters
    ----------
    connection
        Connection within a transaction.
    table
        One of `CHAINED`; if its last row has no hash of its own, every row is read.
    """
    last = connection.execute(select(table.c.id, table.c.chain).order_by(table.c.id.desc()).limit(1)).first()
    if last is None:
        return 0, ""
    if last.chain is None:
        *_, end = links(connection, table)
        return last.id, end.hash
    return last.id, last.chain


def links(connection: Connection, table: Table, *, first: int = 1, last: int | None = None) -> Iterator[Link]:
    """Yield the links of a chain, oldest row first.

    Parameters
    ----------
    connection
        Connection within a transaction that lasts until the last link was taken.
    table
        One of `CHAINED`.
    first, last
        Ids of the first and the last row, both included; default the whole chain. The row before `first`, if there is one, must
        have a hash of its own.
    """
    former = connection.scalar(select(table.c.chain).where(table.c.id == first - 1)) or ""
    pack = struct.Struct(f"<{sum(_is_float(column) for column in _columns(table))}d").pack
    query = text(_query(table, is_shared(connection)))
    # Directly from the driver: an object for each row would take longer than its hash.
    rows = connection.execute(query, {"first": first, "last": last if last is not None else 2**62}).cursor
    for number, carried, words, *numbers in iter(rows.fetchone, None):
        due = _digest(former, words, pack(*numbers))
        yield Link(number, carried, due)
        former = due if carried is None else carried


def unchained(table: Table) -> str:
    """Return the key of the setting that records up to which row a table was written before it had a chain."""
    return f"unchained_{table.name}"


def _digest(former: str, text: str, numbers: bytes) -> str:
    return hashlib.sha256(f"{former}{text}".encode() + numbers).hexdigest()


def _columns(table: Table) -> Iterable[Column[Any]]:
    return [column for column in table.columns if column.name != "chain"]


def _is_float(column: Column[Any]) -> bool:
    return isinstance(column.type, Float)


def _content(table: Table, row: Mapping[str, Any]) -> tuple[str, bytes]:
    """Return the content of a row, in the form that the database writes for `_query`."""
    parts, numbers = [], []
    for column in _columns(table):
        value = row[column.name]
        if _is_float(column):
            numbers.append(float(value) + 0.0)  # without the sign of a zero
        elif isinstance(column.type, Integer):
            parts.append("" if value is None else str(int(value)))
        else:
            parts.append(value.encode(errors="surrogatepass").hex().upper())  # invalid text is rejected when it is stored
    return ",".join(parts), struct.pack(f"<{len(numbers)}d", *numbers)


def _query(table: Table, shared: bool) -> str:
    bytes_of = "upper(encode(convert_to({}, 'UTF8'), 'hex'))" if shared else "hex({})"
    parts, numbers = [], []
    for column in _columns(table):
        name = f'"{column.name}"'
        if _is_float(column):
            numbers.append(f"{name} + 0.0")  # PostgreSQL has a negative zero, SQLite has none
        else:
            parts.append(f"coalesce(CAST({name} AS TEXT), '')" if isinstance(column.type, Integer) else bytes_of.format(name))
    columns = ", ".join(["id", "chain", " || ',' || ".join(parts), *numbers])
    return f'SELECT {columns} FROM "{table.name}" WHERE id BETWEEN :first AND :last ORDER BY id'  # noqa: S608
