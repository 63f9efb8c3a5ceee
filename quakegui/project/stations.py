"""The stations of a project: their coordinates, and the source of each statement.

The statement of each file and person about a station is a separate row (`schema.station_fact`); the stations of the project
are derived from those in force. A person takes precedence over a file, a later statement of a person over an earlier one. Of
files, headers of readings take precedence over lists, and the oldest over later ones: a station stays where it was first
recorded, whatever the order of import.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from math import hypot
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, exists, select

from quakegui import formats
from quakegui.formats.archives import expand
from quakegui.project import schema
from quakegui.project.acts import STATIONS, add_act, hidden_files, undone_acts
from quakegui.project.dialects import insert_into
from quakegui.project.reading_blocks import Issue
from quakegui.project.setting_rows import raise_revision
from quakegui.project.store import Project, ProjectError, default_author
from quakegui.season.network import Station
from quakegui.words import Said

NEAR_DEGREES = 0.02
"""Coordinates that differ by less, in degrees, are the same place, rounded differently."""


@dataclass(frozen=True, slots=True)
class StationsReport:
    """The result of an import of a station list: new codes, changed codes, and notes as sentences."""

    additions: tuple[str, ...]
    changes: tuple[str, ...]
    notes: tuple[str, ...]


def import_stations(project: Project, path: Path | str) -> StationsReport:
    """Import stations from a csv or .ack file, or all such files of a folder; they take precedence over files of readings.

    Parameters
    ----------
    project, path
        The project, and a file or a folder.

    Raises
    ------
    FormatError
        If a file cannot be read; nothing was changed.
    ProjectError
        If no file contains a station.
    """
    found: dict[str, Station] = {}
    notes: list[str] = []
    folder = Path(path).is_dir()
    for source in expand(path):
        if folder and formats.kind(source) != "stations":
            continue
        stations, said = formats.read_stations(source)
        notes += said
        found |= {station.code: station for station in stations}
    if not found:
        raise ProjectError(Said("{path} does not contain any stations.", path=path))
    return _store(project, found.values(), tuple(notes), None, Path(path).name)


def set_stations(project: Project, *stations: Station, author: str | None = None) -> StationsReport:
    """Add or change stations, as one act; codes are converted to capitals, as when files are read.

    Parameters
    ----------
    project
        The project.
    stations
        Empty and unknown fields leave the present values unchanged.
    author
        The person who enters them; default the current user.

    Raises
    ------
    ProjectError
        If a code is empty or the coordinates are impossible.
    """
    return _store(project, [_usable(station) for station in stations], (), author, "")


def _usable(station: Station) -> Station:
    """Return a station as it is stored; raises ProjectError for an empty code or impossible coordinates."""
    station = replace(station, code=station.code.strip().upper())
    if not 1 <= len(station.code) <= 32:
        raise ProjectError(Said("Station codes must have 1 to 32 characters."))
    if (station.latitude is None) != (station.longitude is None):
        raise ProjectError(Said("{code} needs both latitude and longitude, or neither.", code=station.code))
    if station.latitude is not None and station.longitude is not None:
        if not -90.0 <= station.latitude <= 90.0:
            raise ProjectError(
                Said("{latitude} is not a latitude; enter degrees north from -90 to 90.", latitude=station.latitude)
            )
        if not -180.0 <= station.longitude <= 360.0:
            raise ProjectError(
                Said("{longitude} is not a longitude; enter degrees east from -180 to 180.", longitude=station.longitude)
            )
        if station.longitude > 180.0:
            station = replace(station, longitude=round(station.longitude - 360.0, 9))
    return station


def record_stations(connection: Connection, by_hand: Iterable[tuple[Station, int]]) -> None:
    """Record the stations of imported files; `refresh_stations` applies them.

    Parameters
    ----------
    connection
        Connection within a writing transaction.
    by_hand
        Stations, each with the number of the file that names it.
    """
    rows = [{**asdict(station), "typed": 0, "file": file, "act": None} for station, file in by_hand]
    if rows:
        connection.execute(schema.station_fact.insert(), rows)
        make_room_for(connection, (str(row["code"]) for row in rows))


def make_room_for(connection: Connection, codes: Iterable[str]) -> None:
    """Insert a row for each new station; it is absent until `refresh_stations` finds it in force.

    Parameters
    ----------
    connection
        Connection within a writing transaction.
    codes
        Station codes; those that have a row, and repeated ones, are passed over.
    """
    rows = [{**asdict(Station(code)), "typed": 0, "absent": 1} for code in dict.fromkeys(codes)]
    if rows:
        connection.execute(insert_into(connection, schema.station).on_conflict_do_nothing(), rows)


def refresh_stations(connection: Connection, codes: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Derive stations from what is in force; returns the codes that are new, and those that changed or are absent now.

    Parameters
    ----------
    connection
        Connection within a writing transaction; if a station changes, the revision is raised.
    codes
        Station codes that have a row (see `make_room_for`); may be repeated.
    """
    added: list[str] = []
    changed: list[str] = []
    undone = undone_acts(connection)
    table = schema.station
    for code in dict.fromkeys(codes):
        before = connection.execute(select(table).where(table.c.code == code)).one()
        after = {"code": code, **_facts_of(connection, code, undone)}
        if after == dict(before._mapping):
            continue
        connection.execute(table.update().where(table.c.code == code).values(**after))
        (added if before.absent and not after["absent"] else changed).append(code)
    if added or changed:
        raise_revision(connection)
    return tuple(added), tuple(changed)


def far_apart(one: Station, other: Station) -> bool:
    """Return whether two locations differ by more than rounding; False if one is unknown.

    Parameters
    ----------
    one, other
        Stations with or without coordinates; longitudes of -180..180 and 0..360 are the same to it.
    """
    if one.latitude is None or one.longitude is None or other.latitude is None or other.longitude is None:
        return False
    return hypot(one.latitude - other.latitude, (one.longitude - other.longitude + 180.0) % 360.0 - 180.0) >= NEAR_DEGREES


def _facts_of(connection: Connection, code: str, undone: frozenset[int]) -> dict[str, Any]:
    """Return the values of the row of a station, except its code."""
    fact, file, block = schema.station_fact.c, schema.imported_file.c, schema.block.c
    gone, hidden = hidden_files(connection), hidden_files(connection, code)  # a removal of readings keeps the coordinates
    query = (
        select(schema.station_fact, file.format, file.issued_ms, file.modified_ms, file.sha256)
        .join_from(schema.station_fact, schema.imported_file, fact.file == file.id, isouter=True)
        .where(fact.code == code)
    )
    rows = [row for row in connection.execute(query) if row.file not in gone and row.act not in undone]
    headers = sorted((row for row in rows if not row.typed), key=_age)
    typed = sorted((row for row in rows if row.typed), key=lambda row: (row.act or 0, row.id))
    place = next((row for row in headers if row.latitude is not None), None)
    found: dict[str, Any] = {
        "name": next((row.name for row in headers if row.name), ""),
        "latitude": place.latitude if place is not None else None,
        "longitude": place.longitude if place is not None else None,
        "elevation_m": place.elevation_m if place is not None else None,
    }
    for row in typed:
        found |= {key: getattr(row, key) for key in found if getattr(row, key) not in (None, "")}
    named = bool(typed) or any(row.format != "stations" and row.file not in hidden for row in headers)
    present = named or connection.scalar(select(exists().where(block.station == code, block.file.not_in(hidden))))
    return {**found, "typed": int(bool(typed)), "absent": None if present else 1}


def _age(row: Row[Any]) -> tuple[bool, bool, Issue, int]:
    """Return the order of files that name a station: those from before acts, headers, lists; oldest first."""
    issue = Issue.of(row.issued_ms, row.modified_ms, row.sha256 or "")
    return row.file is not None, row.format == "stations", issue, row.id


def _store(
    project: Project, stations: Iterable[Station], notes: tuple[str, ...], author: str | None, name: str
) -> StationsReport:
    table = schema.station
    with project.write() as connection:
        fresh = []
        for station in stations:
            known = connection.execute(select(table).where(table.c.code == station.code)).one_or_none()
            told = {key: value for key, value in asdict(station).items() if value not in (None, "")}
            if known is None or known.absent or not known.typed or told.items() - dict(known._mapping).items():
                fresh.append(station)
        if not fresh:
            return StationsReport((), (), notes)
        codes = [station.code for station in fresh]
        act = add_act(connection, STATIONS, author or default_author(project), summary={"file": name, "stations": codes})
        facts = [{**asdict(station), "typed": 1, "file": None, "act": act} for station in fresh]
        connection.execute(schema.station_fact.insert(), facts)
        make_room_for(connection, codes)
        added, changed = refresh_stations(connection, codes)
    return StationsReport(added, changed, notes)
