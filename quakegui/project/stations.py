"""The stations of a project: where they are, and who says so."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import hypot
from pathlib import Path

from sqlalchemy import Connection, select

from quakegui import formats
from quakegui.formats.source import expand
from quakegui.project import schema
from quakegui.project.store import Project, ProjectError, raise_revision
from quakegui.season.network import Station

NEAR_DEGREES = 0.02
"""Coordinates that differ by less are the same place, rounded differently."""


@dataclass(frozen=True, slots=True)
class StationsReport:
    """What an import of a station list did: codes added, codes changed, and notes in sentences."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    notes: tuple[str, ...]


def import_stations(project: Project, path: Path | str) -> StationsReport:
    """Take stations from a csv or .ack file, or every such file of a folder; they win over what reading files say.

    Raises
    ------
    FormatError
        If a file cannot be read; nothing was changed.
    ProjectError
        If no file names a station.
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
        raise ProjectError(f"{path} names no station.")
    return _store(project, found.values(), tuple(notes))


def set_station(project: Project, station: Station) -> StationsReport:
    """Add a station, or replace what is known of it; its code is written in capitals, as every reader of files writes it.

    Raises
    ------
    ProjectError
        If the code is empty or the coordinates are impossible.
    """
    station = replace(station, code=station.code.strip().upper())
    if not 1 <= len(station.code) <= 32:
        raise ProjectError("A station needs a code of 1 to 32 characters.")
    if (station.latitude is None) != (station.longitude is None):
        raise ProjectError(f"{station.code} needs both latitude and longitude, or neither.")
    if station.latitude is not None and station.longitude is not None:
        if not -90.0 <= station.latitude <= 90.0:
            raise ProjectError(f"{station.latitude} is not a latitude; degrees north go from -90 to 90.")
        if not -180.0 <= station.longitude <= 360.0:
            raise ProjectError(f"{station.longitude} is not a longitude; degrees east go from -180 to 180.")
        if station.longitude > 180.0:
            station = replace(station, longitude=round(station.longitude - 360.0, 9))
    return _store(project, [station], ())


def merge_station(connection: Connection, station: Station) -> tuple[bool, str]:
    """Add a station that a reading file names, or fill in what was unknown; returns whether it is new, and a note or ""."""
    known = connection.execute(select(schema.station).where(schema.station.c.code == station.code)).one_or_none()
    if known is None:
        connection.execute(schema.station.insert().values(**_values(station), typed=0))
        return True, ""
    if station.latitude is None or station.longitude is None:
        return False, ""
    if known.latitude is None:
        fresh = {**_values(station), "name": known.name or station.name}
        connection.execute(schema.station.update().where(schema.station.c.code == station.code).values(**fresh))
        raise_revision(connection)
        return False, ""
    if hypot(known.latitude - station.latitude, (known.longitude - station.longitude + 180.0) % 360.0 - 180.0) < NEAR_DEGREES:
        return False, ""
    return False, (
        f"{station.code}: this file places it at {station.latitude:.3f}, {station.longitude:.3f}, the project has "
        f"{known.latitude:.3f}, {known.longitude:.3f} and keeps that; 'quakegui stations set' changes it."
    )


def _store(project: Project, stations: Iterable[Station], notes: tuple[str, ...]) -> StationsReport:
    added: list[str] = []
    changed: list[str] = []
    with project.write() as connection:
        for station in stations:
            known = connection.execute(select(schema.station).where(schema.station.c.code == station.code)).one_or_none()
            values = {**_values(station), "typed": 1}
            if known is None:
                connection.execute(schema.station.insert().values(**values))
                added.append(station.code)
                continue
            values = {key: getattr(known, key) if value in (None, "") else value for key, value in values.items()}
            if values != dict(known._mapping):
                connection.execute(schema.station.update().where(schema.station.c.code == station.code).values(**values))
                changed.append(station.code)
        if added or changed:
            raise_revision(connection)
    return StationsReport(tuple(added), tuple(changed), notes)


def _values(station: Station) -> dict[str, str | float | None]:
    return {
        "code": station.code,
        "name": station.name,
        "latitude": station.latitude,
        "longitude": station.longitude,
        "elevation_m": station.elevation_m,
    }
