"""Undo and redo of imports, and removal of the readings of a station: the earlier content is in force again."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Connection, select

from quakegui.progress import ProgressCallback, silent
from quakegui.project import schema
from quakegui.project.acts import EVENTS, READINGS, REDO, REMOVAL, STATIONS, UNDO, Act, add_act, read_acts
from quakegui.project.catalogue import refresh_events
from quakegui.project.filewriter import days_of_file, refresh_modification_times
from quakegui.project.kpindex import refresh_kp
from quakegui.project.live_rows import mark_stale
from quakegui.project.nights import nights_after_change
from quakegui.project.setting_rows import network_of, raise_revision
from quakegui.project.stations import refresh_stations
from quakegui.project.store import Project, ProjectError, default_author
from quakegui.words import Said


def undo_import(
    project: Project, number: int | None = None, *, author: str | None = None, progress: ProgressCallback = silent
) -> Act:
    """Undo an import: its content is no longer in force, and the earlier content is in force again.

    Parameters
    ----------
    project
        The project.
    number
        Number of the act; default the last one in force.
    author
        The person who undoes it; default the current user.
    progress
        Called while night means are updated.

    Returns
    -------
    Act
        The act that was undone.

    Raises
    ------
    ProjectError
        If there is no such act, or it is already undone; nothing was changed.
    """
    with project.write() as connection:
        acts = read_acts(connection)
        act = _act(acts, number) if number is not None else next((act for act in reversed(acts) if not act.undone), None)
        if act is None:
            raise ProjectError(Said("There is no import to undo."))
        if act.undone:
            raise ProjectError(Said("Import {act_id} has already been undone.", act_id=act.id))
        add_act(connection, UNDO, author or default_author(project), target=act.id)
        _derive(connection, act)
    nights_after_change(project, progress=progress)
    return replace(act, undone=True)


def redo_import(
    project: Project, number: int | None = None, *, author: str | None = None, progress: ProgressCallback = silent
) -> Act:
    """Redo an import that was undone: its content is in force again.

    Parameters
    ----------
    project
        Open project; must be writable.
    number
        Number of the act; default the one undone last.
    author
        The person who redoes it; default the current user.
    progress
        Called while night means are updated.

    Returns
    -------
    Act
        The act that was redone.

    Raises
    ------
    ProjectError
        If there is no such act, or it is not undone; nothing was changed.
    """
    with project.write() as connection:
        acts = read_acts(connection)
        if number is None and not any(act.undone for act in acts):
            raise ProjectError(Said("There is no import to redo."))
        act = _act(acts, _last_undone(connection) if number is None else number)
        if not act.undone:
            raise ProjectError(Said("Import {act_id} has not been undone.", act_id=act.id))
        add_act(connection, REDO, author or default_author(project), target=act.id)
        _derive(connection, act)
    nights_after_change(project, progress=progress)
    return replace(act, undone=False)


def remove_readings(project: Project, code: str, *, author: str | None = None, progress: ProgressCallback = silent) -> Act:
    """Remove all readings of a station; nothing is deleted, and `undo_import` restores them.

    Parameters
    ----------
    project, code
        The project, and the station code.
    author
        The person who removes them; default the current user.
    progress
        Called while night means are updated.

    Raises
    ------
    ProjectError
        If there is no such station.
    """
    code = code.strip().upper()
    with project.write() as connection:
        if code not in network_of(connection).codes:
            raise ProjectError(Said("There is no station {code} in this project.", code=code))
        number = add_act(connection, REMOVAL, author or default_author(project), station=code)
        act = _act(read_acts(connection), number)
        _derive(connection, act)
    nights_after_change(project, progress=progress)
    return act


def _act(acts: tuple[Act, ...], number: int | None) -> Act:
    found = next((act for act in acts if act.id == number), None)
    if found is None:
        raise ProjectError(
            Said("There is no import {number} in this project; list all imports with 'quakegui imports list'.", number=number)
        )
    return found


def _last_undone(connection: Connection) -> int | None:
    """Return the act that was undone last, of those that are still undone."""
    table = schema.act.c
    undone = [act.id for act in read_acts(connection) if act.undone]
    query = select(table.target).where(table.kind == UNDO, table.target.in_(undone)).order_by(table.id.desc()).limit(1)
    return connection.scalar(query)


def _derive(connection: Connection, act: Act) -> None:
    """Update everything derived from an act after it was undone or redone."""
    fact, block = schema.station_fact.c, schema.block.c
    if act.kind == EVENTS:
        refresh_events(connection)
        return
    touched: dict[str, set[int]] = {}
    codes: set[str] = set()
    if act.kind == STATIONS:
        codes |= set(connection.scalars(select(fact.code).where(fact.act == act.id)))
    elif act.kind == REMOVAL:
        codes.add(act.station)
        touched[act.station] = set(connection.scalars(select(block.utc_day).where(block.station == act.station).distinct()))
    elif act.kind == READINGS:
        brought, sighting = schema.brought.c, schema.sighting.c
        sighted = connection.scalars(select(sighting.file).where(sighting.act == act.id)).all()
        refresh_modification_times(connection, sighted)
        for file in {*connection.scalars(select(brought.file).where(brought.act == act.id)), *sighted}:
            for row in connection.execute(days_of_file(file)):
                touched.setdefault(row.station, set()).add(row.utc_day)
            codes |= set(connection.scalars(select(fact.code).where(fact.file == file)))
        refresh_kp(connection)
    refresh_stations(connection, sorted(codes | touched.keys()))
    mark_stale(connection, touched)
    if touched:
        raise_revision(connection)
