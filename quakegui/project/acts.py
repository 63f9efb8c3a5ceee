"""What was imported, by whom and when, and what of it is in force: a log that only grows.

An act brings files of readings, earthquakes or coordinates, or removes the readings of a station. Undoing one adds a row that
says so; nothing that it brought is deleted, so that it can be redone, and what was there before it stands again. What the
project holds is derived from the acts in force.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from sqlalchemy import Connection, Row, func, select

from quakegui.project import schema
from quakegui.project.store import Project, get_setting
from quakegui.season.json_values import parse_json
from quakegui.season.localtime import wall_clock_ms

READINGS, EVENTS, STATIONS, REMOVAL, UNDO, REDO = "readings", "events", "stations", "removal", "undo", "redo"
_AT_ONCE = 10_000
"""Files in one question to the database."""


@dataclass(frozen=True, slots=True)
class Act:
    """One import, or the removal of a station's readings.

    Attributes
    ----------
    id
        Its number.
    at
        When it was done, UTC, datetime64[ms].
    author
        Who did it; "" in what an earlier version of the program imported.
    kind
        "readings" (with Kp and station lists), "events", "stations" or "removal".
    station
        The station whose readings were removed, else "".
    summary
        What came in, as plain facts.
    undone
        Whether it is taken back at present.
    changed_at, changed_by
        When and by whom it was undone or redone last; None and "" where it never was.
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
    """Return the number that the next act gets, within a writing transaction."""
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
    """Record an act and return its number; the log's times never decrease.

    Parameters
    ----------
    connection
        Within a writing transaction.
    kind
        One of this module's kinds.
    author
        Who does it.
    target
        Of an undo or a redo: the act that it speaks of.
    station
        Of a removal: the station's code.
    summary
        What came in, as plain facts.
    """
    table = schema.act.c
    number = next_act(connection)
    at_ms = max(wall_clock_ms(), connection.scalar(select(func.max(table.at_ms))) or 0)
    facts = json.dumps(dict(summary or {}), ensure_ascii=False)
    row = {"id": number, "at_ms": at_ms, "author": author, "kind": kind, "target": target, "station": station, "summary": facts}
    connection.execute(schema.act.insert().values(**row))
    return number


def undone_acts(connection: Connection) -> frozenset[int]:
    """Return the numbers of the acts that are taken back at present."""
    table = schema.act.c
    last = select(func.max(table.id)).where(table.target.is_not(None)).group_by(table.target)
    return frozenset(connection.scalars(select(table.target).where(table.id.in_(last), table.kind == UNDO)))


def hidden_files(connection: Connection, code: str | None = None, *, among: Collection[int] | None = None) -> frozenset[int]:
    """Return the files that are not in force: every act that brought them is undone.

    Parameters
    ----------
    connection
        Reading or writing.
    code
        A station: files that it has no readings of any more, because these were removed, count as well.
    among
        The files that are asked about; default all.
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
    # What came in before acts were recorded stands by itself, also where an act has brought it once more.
    former = 0 if removed else int(get_setting(connection, schema.FORMER_FILES) or 0)
    return frozenset(number for number in asked - standing if number > former)


def names_of_contents(connection: Connection, among: Collection[int] | None = None) -> dict[int, set[str]]:
    """Return the names, without folders, under which contents were seen by acts in force, by the number of the file.

    Parameters
    ----------
    connection
        Reading or writing.
    among
        The files that are asked about; default all.
    """
    undone, table, file = undone_acts(connection), schema.sighting.c, schema.imported_file.c
    former = int(get_setting(connection, schema.FORMER_FILES) or 0)
    first, seen = select(file.id, file.base).where(file.id <= former), select(table.act, table.file, table.base)
    if among is not None:
        first, seen = first.where(file.id.in_(among)), seen.where(table.file.in_(among))
    found: dict[int, set[str]] = {row.id: {row.base} for row in connection.execute(first)}
    for row in connection.execute(seen):
        if row.act not in undone:
            found.setdefault(row.file, set()).add(row.base)
    return found


def hidden_in_part(connection: Connection) -> frozenset[int]:
    """Return the files that are not in force, for any of the stations that they hold readings of."""
    table, block = schema.act.c, schema.block.c
    found = set(hidden_files(connection))
    for code in connection.scalars(select(table.station).where(table.kind == REMOVAL).distinct()).all():
        hidden = hidden_files(connection, code)
        found |= hidden & set(connection.scalars(select(block.file).where(block.station == code).distinct()))
    return frozenset(found)


def _last_removal(connection: Connection, code: str, undone: frozenset[int]) -> int:
    """Return the last removal of a station's readings that is in force, 0 without one."""
    table = schema.act.c
    removals = select(func.max(table.id)).where(table.kind == REMOVAL, table.station == code, table.id.not_in(undone))
    return connection.scalar(removals) or 0
