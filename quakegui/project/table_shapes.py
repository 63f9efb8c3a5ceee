"""The parts of a project's database as this program creates them: shapes of its tables, indexes and triggers."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, Final

from sqlalchemy import Connection, create_engine

from quakegui.project import migrations, schema

TableShape = tuple[frozenset[tuple[Any, ...]], frozenset[tuple[Any, ...]], int]


def raw_connection(connection: Connection) -> sqlite3.Connection:
    """Return the connection of the driver, in which many small queries take a tenth of the time."""
    found = connection.connection.driver_connection
    assert isinstance(found, sqlite3.Connection)
    return found


def table_shape(raw: sqlite3.Connection, name: str) -> TableShape:
    """Return the columns of a table (name, type, NOT NULL, position in the key, hidden), its foreign keys, and unique keys.

    Parameters
    ----------
    raw
        Connection of the driver.
    name
        Name of a table of this program; one that the database lacks has an empty shape.
    """
    columns = {
        (column, kind.upper(), strict, key, hidden)
        for _, column, kind, strict, _, key, hidden in raw.execute(f'PRAGMA table_xinfo("{name}")')
    }
    keys = {
        (of, here, there, update, delete)
        for _, _, of, here, there, update, delete, _ in raw.execute(f'PRAGMA foreign_key_list("{name}")')
    }
    unique = sum(origin == "u" for _, _, _, origin, _ in raw.execute(f'PRAGMA index_list("{name}")'))
    return frozenset(columns), frozenset(keys), unique


_KNOWN: dict[tuple[tuple[str, ...], ...], dict[str, TableShape]] = {}
MOST_KNOWN: Final = 32


def database_shapes(raw: sqlite3.Connection) -> dict[str, TableShape]:
    """Return the shapes of the tables of this program by name, empty for those that a database lacks.

    They are found once for the same statements, from which SQLite derives them, because each opening asks twice.

    Parameters
    ----------
    raw
        Connection of the driver.
    """
    statements = tuple(raw.execute("SELECT type, name, tbl_name, sql FROM sqlite_master"))
    if statements not in _KNOWN:
        if len(_KNOWN) >= MOST_KNOWN:
            _KNOWN.clear()
        _KNOWN[statements] = {name: table_shape(raw, name) for name in schema.metadata.tables}
    return _KNOWN[statements]


def plain_statement(sql: object) -> str:
    """Return a statement without insignificant spaces and quotes, which may differ between versions of the library."""
    return " ".join(re.sub(r'["`\[\]]', "", sql).split()) if isinstance(sql, str) else ""


@cache
def own_parts() -> dict[tuple[str, str], str]:
    """Return the indexes and triggers of this program: their statements by kind and name.

    One that a later version of the tables drops has to stay here, or projects that still have it are rejected.
    """
    query = "SELECT type, name, sql FROM sqlite_master WHERE type IN ('index', 'trigger')"
    with _fresh() as connection:
        rows = raw_connection(connection).execute(query).fetchall()
    return {(kind, name): plain_statement(sql) for kind, name, sql in rows if sql is not None}


@cache
def own_shapes() -> dict[str, dict[int, TableShape]]:
    """Return the shape of each table of this program in every version."""
    with _fresh() as connection:
        return {name: _shapes(name, table_shape(raw_connection(connection), name)) for name in schema.metadata.tables}


def _shapes(name: str, now: TableShape) -> dict[int, TableShape]:
    """Return the shape of a table by version: an earlier one lacks the columns that later ones added."""
    found = {}
    for version in range(schema.SCHEMA, 0, -1):
        found[version] = now
        added = migrations.ADDED.get(version, {}).get(name, ())
        now = (frozenset(column for column in now[0] if column[0] not in added), *now[1:])
    return found


@contextmanager
def _fresh() -> Iterator[Connection]:
    """Yield a connection to an empty database of a project in memory."""
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        schema.metadata.create_all(connection)
        yield connection
    engine.dispose()
