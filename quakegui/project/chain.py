"""The chains of journal, ledger and registrations: each row carries the hash of the one before and of its own content.

Whoever changes, removes or inserts a row beside this program breaks the chain there. Whoever rewrites all rows and all hashes
does not: that is what a receipt kept elsewhere is for (see `verifying`).

The hash of a row is SHA-256 of the hash before it followed by the row's content: its whole numbers in decimal (nothing for
NULL) and the hexadecimal UTF-8 of its texts, in the order of the columns and parted by commas, then its other numbers as
float64, little-endian. SQLite writes that text as fast as it reads the rows, and every version of it writes the same. Rows from
before the chain have no hash; they count all the same, so the first row that has one seals them.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Connection, Float, Integer, Table, select

from quakegui.project import schema

CHAINED = (schema.journal, schema.prediction, schema.registration)


@dataclass(frozen=True, slots=True)
class Link:
    """One row as it lies in the chain: its id, the hash that it carries (None where it has none), and the one due to it."""

    id: int
    carried: str | None
    due: str

    @property
    def hash(self) -> str:
        """The hash that the next row builds on."""
        return self.due if self.carried is None else self.carried


def append(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add rows to a chained table, each with its id and its hash.

    Parameters
    ----------
    connection
        Within a writing transaction: nobody else writes until it ends, so the last row is the last.
    table
        One of `CHAINED`.
    rows
        Every column but `id` and `chain`.
    """
    if not rows:
        return
    counter = connection.exec_driver_sql("SELECT seq FROM sqlite_sequence WHERE name = ?", (table.name,)).scalar()
    last, former = head(connection, table)
    first = 1 + max(counter or 0, last)
    chained = []
    for number, row in enumerate(rows, first):
        values = {**row, "id": number}
        former = _digest(former, *_content(table, values))
        chained.append({**values, "chain": former})
    connection.execute(table.insert(), chained)


def head(connection: Connection, table: Table) -> tuple[int, str]:
    """Return the id of a table's last row and the hash there, 0 and "" where it has none."""
    last = connection.execute(select(table.c.id, table.c.chain).order_by(table.c.id.desc()).limit(1)).first()
    if last is None:
        return 0, ""
    if last.chain is None:
        *_, end = links(connection, table)
        return last.id, end.hash
    return last.id, last.chain


def links(connection: Connection, table: Table, *, first: int = 1, last: int | None = None) -> Iterator[Link]:
    """Walk through the chain from row `first` to row `last` (default the end), oldest row first."""
    raw = connection.connection.driver_connection
    assert raw is not None
    before = raw.execute(f'SELECT chain FROM "{table.name}" WHERE id = ?', (first - 1,)).fetchone()  # noqa: S608
    former = before[0] if before is not None and before[0] is not None else ""
    pack = struct.Struct(f"<{sum(_is_float(column) for column in _columns(table))}d").pack
    rows = raw.execute(_query(table), (first, last if last is not None else 2**62))
    for number, carried, text, *numbers in rows:
        due = _digest(former, text, pack(*numbers))
        yield Link(number, carried, due)
        former = due if carried is None else carried


def unchained(table: Table) -> str:
    """Return the key of the fact that says up to which row a table was written before there was a chain."""
    return f"unchained_{table.name}"


def _digest(former: str, text: str, numbers: bytes) -> str:
    return hashlib.sha256(f"{former}{text}".encode() + numbers).hexdigest()


def _columns(table: Table) -> Iterable[Column[Any]]:
    return [column for column in table.columns if column.name != "chain"]


def _is_float(column: Column[Any]) -> bool:
    return isinstance(column.type, Float)


def _content(table: Table, row: Mapping[str, Any]) -> tuple[str, bytes]:
    """Return a row's content, as `_query` has SQLite write it."""
    parts, numbers = [], []
    for column in _columns(table):
        value = row[column.name]
        if _is_float(column):
            numbers.append(float(value) + 0.0)  # SQLite keeps no negative zero
        elif isinstance(column.type, Integer):
            parts.append("" if value is None else str(int(value)))
        else:
            parts.append(value.encode(errors="surrogatepass").hex().upper())  # what is no text is refused where it is kept
    return ",".join(parts), struct.pack(f"<{len(numbers)}d", *numbers)


def _query(table: Table) -> str:
    parts, numbers = [], []
    for column in _columns(table):
        name = f'"{column.name}"'
        if _is_float(column):
            numbers.append(name)
        else:
            parts.append(f"coalesce({name}, '')" if isinstance(column.type, Integer) else f"hex({name})")
    columns = ", ".join(["id", "chain", " || ',' || ".join(parts), *numbers])
    return f'SELECT {columns} FROM "{table.name}" WHERE id BETWEEN ? AND ? ORDER BY id'  # noqa: S608
