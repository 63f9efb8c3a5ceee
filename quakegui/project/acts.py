"""Imports and removals as acts: what was imported, by whom and when, and which acts are in force. An append-only log.

An act imports files of readings, earthquakes or coordinates, or removes the readings of a station. Undoing an act appends a
row; the imported data is not deleted, so that the act can be redone, and the earlier data is in force again. The content of
the project is derived from the acts in force.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from sqlalchemy import Connection, Row, func, select

from quakegui.project import migrations, schema
from quakegui.project.setting_rows import get_setting
from quakegui.project.store import Project
from quakegui.season.json_values import parse_json
from quakegui.season.localtime import wall_clock_ms

READINGS, EVENTS, STATIONS, REMOVAL, UNDO, REDO = "readings", "events", "stations", "removal", "undo", "redo"
_AT_ONCE = 10_000
"""Maximum number of files in one database query."""


@dataclass(frozen=True, slots=True)
class Act:
    """One import, or the removal of the readings of a station.

    Attributes
    ----------
    id, at
        Its number, and the time of the act, UTC, datetime64[ms].
    author
        The person who did it; "" in imports by an earlier version of the program.
    kind
        "readings" (with Kp and station lists), "events", "stations" or "removal".
    station
        The station whose readings were removed, otherwise "".
    summary
        What was imported, as JSON values.
    undone
        Whether it is currently undone.
    changed_at, changed_by
        When and by whom it was last undone or redone; None and "" if never.
    """

    id: int
    at: np.datetime64
    author: str
    kind: str
    station: str
    summary: Mapping[str, Any] = field(default_factory=dict)
    undone: bool = False
    changed_at: np.datetime64 | None = None
    changed_by: str = ""


def acts(project: Project) -> tuple[Act, ...]:
    """Return every act, oldest first."""
    with project.read() as connection:
        return read_acts(connection)


def read_acts(connection: Connection) -> tuple[Act, ...]:
    """Return every act, oldest first."""
    rows = connection.execute(select(schema.act).order_by(schema.act.c.id)).all()
    changes = {row.target: row for row in rows if row.kind in (UNDO, REDO)}
    found = []
    for row in rows:
        if row.kind not in (UNDO, REDO):
            last = changes.get(row.id)
            change = (False, None, "") if last is None else (last.kind == UNDO, np.datetime64(last.at_ms, "ms"), last.author)
            moment, station, summary = np.datetime64(row.at_ms, "ms"), row.station or "", parse_json(row.summary)
            found.append(Act(row.id, moment, row.author, row.kind, station, summary, *change))
    return tuple(found)


def next_act(connection: Connection) -> int:
    """Return the number of the next act, within a writing transaction."""
    return (connection.scalar(select(func.max(schema.act.c.id))) or 0) + 1


def add_act(
    connection: Connection,
    kind: str,
    author: str,
    *,
    target: int | None = None,
    station: str | None = None,
    summary: Mapping[str, Any] | None = None,
) -> int:
    """Record an act and return its number; the times in the log never decrease.

    Parameters
    ----------
    connection
        Connection within a writing transaction.
    kind
        One of the kinds defined in this module.
    author
        The person who does it.
    target
        The act that an undo or redo refers to.
    station
        Station code of a removal.
    summary
        What was imported, as JSON values.
    """
    table = schema.act.c
    number = next_act(connection)
    at_ms = max(wall_clock_ms(), connection.scalar(select(func.max(table.at_ms))) or 0)
    facts = json.dumps(dict(summary or {}), ensure_ascii=False)
    row = {"id": number, "at_ms": at_ms, "author": author, "kind": kind, "target": target, "station": station, "summary": facts}
    connection.execute(schema.act.insert(), row)
    return number


_LAST = select(func.max(schema.act.c.id)).where(schema.act.c.target.is_not(None)).group_by(schema.act.c.target)
_UNDONE = select(schema.act.c.target).where(schema.act.c.id.in_(_LAST), schema.act.c.kind == UNDO)


def undone_acts(connection: Connection) -> frozenset[int]:
    """Return the numbers of the acts that are currently undone."""
    return frozenset(connection.scalars(_UNDONE))


def hidden_files(connection: Connection, code: str | None = None, *, among: Collection[int] | None = None) -> frozenset[int]:
    """Return the files that are not in force because every act that imported them is undone.

    Parameters
    ----------
    connection
        Connection within a reading or writing transaction.
    code
        Station code: files whose readings of this station were removed are returned as well.
    among
        The files to check; default all.
    """
    undone = undone_acts(connection)
    removed = _last_removal(connection, code, undone) if code is not None else 0
    if not undone and not removed:
        return frozenset()
    table, file = schema.brought.c, schema.imported_file.c
    asked = frozenset(connection.scalars(select(file.id)) if among is None else among)
    rows: list[Row[int, int]] = []
    numbers = sorted(asked)
    for at in range(0, len(numbers), _AT_ONCE):
        some = table.file.in_(numbers[at : at + _AT_ONCE])
        rows += connection.execute(select(table.act, table.file).where(some)).all()
    standing = {row.file for row in rows if row.act > removed and row.act not in undone}
    # Files imported before acts were recorded are in force on their own, even if an act imported them again.
    former = 0 if removed else int(get_setting(connection, migrations.FORMER_FILES) or 0)
    return frozenset(number for number in asked - standing if number > former)


def names_of_contents(connection: Connection, among: Collection[int] | None = None) -> dict[int, set[str]]:
    """Return, by number of the file, the names (without folders) under which acts in force imported its content.

    Parameters
    ----------
    connection
        Connection within a reading or writing transaction.
    among
        The files to check; default all.
    """
    undone, table, file = undone_acts(connection), schema.sighting.c, schema.imported_file.c
    former = int(get_setting(connection, migrations.FORMER_FILES) or 0)
    first, seen = select(file.id, file.base).where(file.id <= former), select(table.act, table.file, table.base)
    if among is not None:
        first, seen = first.where(file.id.in_(among)), seen.where(table.file.in_(among))
    found: dict[int, set[str]] = {row.id: {row.base} for row in connection.execute(first)}
    for row in connection.execute(seen):
        if row.act not in undone:
            found.setdefault(row.file, set()).add(row.base)
    return found


def hidden_in_part(connection: Connection) -> frozenset[int]:
    """Return the files that are not in force for at least one of the stations with readings in them."""
    table, block = schema.act.c, schema.block.c
    found = set(hidden_files(connection))
    for code in connection.scalars(select(table.station).where(table.kind == REMOVAL).distinct()).all():
        hidden = hidden_files(connection, code)
        found |= hidden & set(connection.scalars(select(block.file).where(block.station == code).distinct()))
    return frozenset(found)


def _last_removal(connection: Connection, code: str, undone: frozenset[int]) -> int:
    """Return the last removal of the readings of a station that is in force, 0 if there is none."""
    table = schema.act.c
    removals = select(func.max(table.id)).where(table.kind == REMOVAL, table.station == code, table.id.not_in(undone))
    return connection.scalar(removals) or 0
