"""Checks of the database of a project, which may be untrusted or damaged by a disk fault.

A database can contain code: triggers, views and checks that somebody added run inside the program that opens it. Only plain
tables and the program's own triggers are accepted, before the first query that could run anything else.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Connection, Float, Integer, LargeBinary, Table

from quakegui.formats.errors import shown
from quakegui.project import chain, migrations, schema
from quakegui.project.column_limits import MULTIPLES, bounds_of, storage_problem
from quakegui.project.dialects import is_shared
from quakegui.project.errors import ProjectError
from quakegui.project.origins import Origins
from quakegui.project.shared.tables import lost_rules
from quakegui.project.table_shapes import TableShape, database_shapes, own_parts, own_shapes, plain_statement, raw_connection
from quakegui.project.terms import Terms
from quakegui.season.config import SeasonConfig
from quakegui.season.events import ClassScheme, Declustering, Selection
from quakegui.season.json_values import built, parse_json
from quakegui.season.labels import LabelRule
from quakegui.words import Said, text_from_json

LARGEST_VALUE = 64 * 1024**2
"""Maximum size of a single value in bytes; a day of one-second readings takes less than 1 MB."""

_NOT_OURS = re.compile(r"\b(?:conflict|check|generated|collate|default)\b", re.IGNORECASE)
_WHOLE_NUMBERS = frozenset({"revision", "event_revision", migrations.FORMER_FILES, *map(chain.unchained, chain.CHAINED)})
_COMMENT = re.compile(r"/\*|--")
"""Comments can hide the content of a statement from a search for words; this program writes none."""
LAST_COUNT = 2**50
"""Maximum value of a counter that is still incremented: at 2**53 the project would be rejected."""
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"|`[^`]*`|\[[^\]]*\]")
_READ_LATER = frozenset({schema.block.name})
"""Too large to check at every start: its rows are checked when they are read (`reading_blocks`)."""


def harden(connection: sqlite3.Connection) -> None:
    """Disable features of a new connection that only a hostile database would use."""
    connection.execute("PRAGMA trusted_schema=OFF")
    connection.execute("PRAGMA cell_size_check=ON")
    connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LARGEST_VALUE)
    if hasattr(connection, "setconfig"):  # from Python 3.12 on
        connection.setconfig(sqlite3.SQLITE_DBCONFIG_DEFENSIVE, True)  # type: ignore[attr-defined,unused-ignore]


def require_project(connection: Connection, folder: Path) -> int:
    """Return the version of the tables of a project, without running anything else that the database may contain.

    Parameters
    ----------
    connection
        Connection within a transaction.
    folder
        Folder of the project, for sentences.

    Raises
    ------
    ProjectError
        If it is not the database of a project, was created by a newer program, contains foreign code, or has tables of another
        version than it declares.
    """
    foreign = None if is_shared(connection) else foreign_part(connection)
    if foreign is not None:
        raise ProjectError(
            Said(
                "The database in {folder} contains {foreign}, which quakegui did not create and which could run by "
                "itself. It was not opened, and nothing in it was run; ask the sender for an export ('quakegui "
                "export') and import that.",
                folder=folder,
                foreign=foreign,
            )
        )
    found = migrations.version(connection)
    if found is None:
        raise ProjectError(Said("The database in {folder} does not belong to a quakegui project.", folder=folder))
    if found > schema.SCHEMA:
        raise ProjectError(
            Said(
                "The project in {folder} was created by a newer quakegui (format {found}; this program supports "
                "formats up to {schema}); nothing was changed. Open it with the newer program.",
                folder=folder,
                found=found,
                schema=schema.SCHEMA,
            )
        )
    odd = None if is_shared(connection) else _of_another_version(connection, found)
    if odd is not None:
        raise ProjectError(
            Said(
                "The database in {folder} declares table version {found}, but its table '{odd}' has another version; "
                "it was not opened. Restore the folder from a backup.",
                folder=folder,
                found=found,
                odd=odd,
            )
        )
    return found


def require_values(connection: Connection, folder: Path) -> None:
    """Raise an error if tables contain values that a project cannot contain.

    Parameters
    ----------
    connection
        Connection within a transaction.
    folder
        Folder of the project, for sentences.

    Raises
    ------
    ProjectError
        With the location of the value.
    """
    wrong = wrong_value(connection) or wrong_fact(connection)
    if wrong is not None:
        raise ProjectError(
            Said(
                "The database in {folder} is damaged or was changed by another program: {wrong} was not written by "
                "quakegui. Restore the folder from a backup.",
                folder=folder,
                wrong=wrong,
            )
        )
    facts = _facts(connection)
    try:
        SeasonConfig(timezone=facts.get("timezone", ""))
        if "config" in facts:
            SeasonConfig.from_json(facts["config"])
    except ValueError as error:
        raise ProjectError(
            Said("The parameters stored in {folder} cannot be used. {error}", folder=folder, error=error)
        ) from error


def foreign_part(connection: Connection) -> str | None:
    """Return a part of the database that is neither a plain table nor created by this program, as a noun phrase, or None.

    Only the list of parts is read for that, so nothing in them is run.
    """
    raw, own, ours = raw_connection(connection), own_parts(), list[tuple[Table, str]]()
    for kind, name, sql in raw.execute("SELECT type, name, sql FROM sqlite_master").fetchall():
        part = shown(str(name), 60)
        if kind == "table":
            if not isinstance(sql, str) or re.match(r"\s*create\s+table\b", sql, re.IGNORECASE) is None:
                return Said("the virtual table '{part}'", part=part)
            table = schema.metadata.tables.get(str(name).lower())  # names in SQLite are case-insensitive
            if table is not None:
                ours.append((table, sql))
        elif own.get((kind, name)) != plain_statement(sql) and not (kind == "index" and sql is None):
            return Said("the {kind} '{part}'", kind=kind, part=part)  # an index without a statement belongs to a primary key
    shapes = database_shapes(raw)  # asked of plain tables only: a virtual one would be run
    for table, sql in ours:
        if not _is_ours(shapes[table.name], table, sql):
            return Said("a table '{part}' with a different structure than in this program", part=table.name)
    return None


def lost_triggers(connection: Connection) -> dict[str, str]:
    """Return the statements of this program's triggers that are missing, by name."""
    if is_shared(connection):
        return lost_rules(connection)
    found = {name for (name,) in raw_connection(connection).execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")}
    return {name: sql for (kind, name), sql in own_parts().items() if kind == "trigger" and name not in found}


def wrong_value(connection: Connection) -> str | None:
    """Return the location of a value with a wrong type or outside its bounds, as a noun phrase, or None."""
    if is_shared(connection):
        return None  # the server stores none
    raw = raw_connection(connection)
    there = {name for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    for table in schema.metadata.sorted_tables:
        if table.name not in there or table.name in _READ_LATER:
            continue
        row = raw.execute(_wrong_row(table)).fetchone()
        if row is not None:
            names = [column.name for column, is_right in zip(table.columns, row[1:], strict=True) if not is_right]
            return Said(
                "row {row} of the table '{table}' (column {names})", row=row[0], table=table.name, names=", ".join(names)
            )
    if "sqlite_sequence" in there:
        asked = "SELECT name FROM sqlite_sequence WHERE NOT (typeof(seq) = 'integer' AND seq BETWEEN 0 AND ?)"
        row = raw.execute(asked, (2**53,)).fetchone()
        if row is not None:
            return Said("the counter of the table '{table}'", table=shown(str(row[0]), 60))
    return None


@cache
def _wrong_row(table: Table) -> str:
    """Return the one query for a wrong row: on a damaged page a scan may find a row that its number does not find."""
    conditions = [condition_of(column) for column in table.columns]
    return f'SELECT rowid, {", ".join(conditions)} FROM "{table.name}" WHERE NOT ({" AND ".join(conditions)}) LIMIT 1'  # noqa: S608


def wrong_fact(connection: Connection) -> str | None:
    """Return the location of stored JSON that this program did not write, as a noun phrase, or None."""
    for key, value in _facts(connection).items():
        wrong = _wrong_setting(key, value)
        if wrong is not None:
            return wrong
    for run in connection.exec_driver_sql("SELECT id, config, card FROM run"):
        try:
            objects = all(isinstance(parse_json(words), dict) for words in (run.config, run.card))
        except ValueError:
            objects = False
        if not objects or not _is_name(run.id):
            return Said("the record of the run '{run}'", run=shown(run.id, 60))
    for act in connection.exec_driver_sql("SELECT id, kind, summary FROM act"):
        if not _is_summary(act.kind, act.summary):
            return Said("the record of import {act}", act=act.id)
    for row in connection.exec_driver_sql("SELECT id, terms FROM registration"):
        try:
            Terms.from_json(row.terms)
        except ValueError as error:
            return Said("registration {row_id} ({error})", row_id=row.id, error=error)
    return _wrong_live_state(connection)


def _wrong_live_state(connection: Connection) -> str | None:
    for row in connection.exec_driver_sql("SELECT station, reason FROM live_station"):
        try:
            text_from_json(parse_json(row.reason or '""'))
        except ValueError:
            return Said("the live state of the station {station}", station=shown(row.station, 60))
    return None


def _is_summary(kind: str, text: str) -> bool:
    try:
        summary = parse_json(text)
        if not isinstance(summary, dict):
            return False
        if kind == "events":
            for key in ("event_selection", "declustering", "event_origins"):
                if summary.get(key) is not None:
                    built(_KINDS[key], summary[key], what=Said("value"))
    except ValueError:
        return False
    return True


def _wrong_setting(key: str, value: str) -> str | None:
    if key in _WHOLE_NUMBERS and not re.fullmatch(r"\d{1,15}", value, re.ASCII):
        return Said("the setting '{key}'", key=key)
    if key == "run_in_use" and value != "" and not _is_name(value):
        return Said("the setting '{key}'", key=key)
    if key in _KINDS and not (value == "null" and key in ("event_selection", "declustering")):
        try:
            built(_KINDS[key], parse_json(value), what=Said("'{key}' value", key=key))
        except ValueError as error:
            return Said("the setting '{key}' ({error})", key=key, error=error)
    return None


def _is_name(run: str) -> bool:
    """Return whether the id of a run is the name of a folder within the project, and cannot lead out of it."""
    return run not in ("", ".", "..") and Path(run).name == run


def require_storable(table: Table, rows: Iterable[Mapping[str, Any]]) -> None:
    """Raise an error for rows that would make the project invalid at its next opening.

    Parameters
    ----------
    table
        Table into which they are to be written.
    rows
        Values by name of the column, as for `storage_problem`.

    Raises
    ------
    ProjectError
        With a sentence that names the value; roll back the whole step.
    """
    for row in rows:
        why = storage_problem(table, row)
        if why is None and table is schema.setting and {"key", "value"} <= row.keys():
            wrong = _wrong_setting(row["key"], row["value"])
            why = Said("A project cannot store {wrong}.", wrong=wrong) if wrong is not None else None
        if why is not None:
            raise ProjectError(Said("{why} This change was not saved.", why=why))


_COUNTS = " UNION ALL ".join(
    (
        "SELECT max(seq) FROM sqlite_sequence",
        "SELECT max(step) FROM journal",
        "SELECT CAST(value AS INTEGER) FROM setting WHERE key = 'revision'",
        *(f"SELECT max(id) FROM {name}" for name in ("journal", "imported_file", "prediction", "block", "act", "registration")),  # noqa: S608
    )
)
"""Counters that are incremented; each is found by reading at most one row."""


def require_room(connection: Connection, name: str) -> None:
    """Raise an error if a counter is at its maximum, which only happens in a manipulated file.

    Parameters
    ----------
    connection
        Connection within a writing transaction.
    name
        Name of the project, for the sentence.

    Raises
    ------
    ProjectError
        With a sentence for the user.
    """
    if is_shared(connection):
        return  # the server checks every number
    counts = raw_connection(connection).execute(_COUNTS)
    if any(count is not None and count >= LAST_COUNT for (count,) in counts):
        raise ProjectError(
            Said(
                "The internal counters of the project {name} are exhausted, so another program must have changed the "
                "file; nothing was changed. Restore the folder from a backup.",
                name=name,
            )
        )


_KINDS: dict[str, type[object]] = {
    "class_scheme": ClassScheme,
    "label_rule": LabelRule,
    "event_selection": Selection,
    "declustering": Declustering,
    "event_origins": Origins,
}
"""Types of the settings that are JSON."""


def _facts(connection: Connection) -> dict[str, str]:
    return {row.key: row.value for row in connection.exec_driver_sql("SELECT key, value FROM setting")}


def condition_of(column: Column[object]) -> str:
    """Return the SQL condition that a value of a column has its type and is within its bounds; never NULL."""
    name = f'"{column.name}"'
    allowed = ["'null'"] if column.nullable else []
    if isinstance(column.type, Integer):
        low, high = bounds_of(column)
        right = f"typeof({name}) = 'integer' AND {name} BETWEEN {low:.0f} AND {high:.0f}"
    elif isinstance(column.type, Float):
        low, high = bounds_of(column)
        right = f"typeof({name}) IN ('real', 'integer') AND {name} BETWEEN {low!r} AND {high!r}"
    elif isinstance(column.type, LargeBinary):
        right = f"typeof({name}) = 'blob'"
    else:
        right = f"typeof({name}) = 'text'"
    if str(column) in MULTIPLES:
        right += f" AND {name} % {MULTIPLES[str(column)]} = 0"
    return f"(({right}) OR typeof({name}) IN ({', '.join(allowed)}))"


def _is_ours(shape: TableShape, table: Table, sql: str) -> bool:
    """Return whether a table has the columns and keys of this program, and contains no code."""
    said = _QUOTED.sub("", sql)
    if _COMMENT.search(sql) or _NOT_OURS.search(said):
        return False
    if bool(re.search(r"\bautoincrement\b", said, re.IGNORECASE)) != bool(table.dialect_options["sqlite"]["autoincrement"]):
        return False
    return shape in own_shapes()[table.name].values()


def _of_another_version(connection: Connection, version: int) -> str | None:
    """Return a table that does not have the columns of a version, or None."""
    shapes = database_shapes(raw_connection(connection))
    return next((name for name, own in own_shapes().items() if shapes[name][0] and shapes[name] != own.get(version)), None)
