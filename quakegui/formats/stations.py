"""Tables of stations (code, name, coordinates), and acknowledgement files of the WDC, which describe one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np

from quakegui.formats import sheet, wdc
from quakegui.formats.columns import LONGEST_CODE, station_code
from quakegui.formats.contents import content_of, named
from quakegui.formats.elements import LONGEST_HEADING
from quakegui.formats.errors import FormatError, shown
from quakegui.formats.numerals import cell, numbers
from quakegui.formats.records import make_station
from quakegui.formats.source import Source, decode
from quakegui.formats.timecolumns import is_time_heading
from quakegui.season.network import Station
from quakegui.words import Said

if TYPE_CHECKING:
    import pandas as pd

_COLUMNS = {
    "latitude": re.compile(r"(?:geodetic|geographic)?[ _]?lat(?:itude)?|纬度|北纬", re.IGNORECASE),
    "longitude": re.compile(r"(?:geodetic|geographic)?[ _]?(?:lon|long|lng|longitude)|经度|东经", re.IGNORECASE),
    "code": re.compile(
        r"(?:(?:station|iaga|obs|observatory|site)[ _]?)?(?:id|code|no|number)|iaga|station|sta|stn|obs|site"
        r"|台站代码|台站编号|编号|代码|台号",
        re.IGNORECASE,
    ),
    "name": re.compile(r"(?:(?:station|observatory|site|full)[ _]?)?name|title|台站名称|台站名|台站|名称|站名", re.IGNORECASE),
    "elevation": re.compile(r"elev(?:ation)?|altitude|height|高程|海拔", re.IGNORECASE),
}
_NOT_STATIONS = re.compile(r"mag|magnitude|depth|震级|深度", re.IGNORECASE)


def looks_like(source: Source) -> bool:
    """Return whether this is an .ack file, or a table of stations with coordinates and without earthquakes."""
    if _ack(source) is not None:
        return True
    try:
        frame, _ = sheet.load(source, most_rows=20)
    except FormatError:
        return False
    return len(frame) > 0 and _find(frame) is not None and not _has_readings(frame)


def places(frame: pd.DataFrame, codes: pd.Series[Any] | str) -> tuple[tuple[Station, ...], tuple[str, ...]]:
    """Return the stations whose coordinates are in the rows of a table of readings, and the columns of the coordinates.

    Parameters
    ----------
    frame, codes
        The table, and the station code of each row, or of all rows.
    """
    found = {fact: name for fact, name in _facts(frame).items() if fact in _PLACES}
    if not {"latitude", "longitude"} <= found.keys():
        return (), ()
    cells = {fact: numbers(frame[name]) for fact, name in found.items()}
    stations = []
    for code in [codes] if isinstance(codes, str) else dict.fromkeys(codes):
        rows = np.ones(len(frame), dtype=bool) if isinstance(codes, str) else (codes == code).to_numpy(dtype=bool)
        known = {fact: np.unique(values[rows & np.isfinite(values)]) for fact, values in cells.items()}
        place = [float(known[fact][0]) if fact in known and known[fact].size == 1 else None for fact in _PLACES]
        if code:
            stations.append(make_station(code, "", *place)[0])
    return tuple(stations), tuple(found.values())


def _has_readings(frame: pd.DataFrame) -> bool:
    """Return whether a table has times and total intensities: then it is a table of readings with coordinates."""
    names = [str(name) for name in frame.columns]
    return any(map(is_time_heading, names)) and any(content_of(numbers(frame[name])).is_field for name in names)


def parse(source: Source) -> tuple[tuple[Station, ...], tuple[str, ...]]:
    """Read the stations, and notes, of a table or an .ack file.

    Raises
    ------
    FormatError
        If there are no columns of latitude, longitude and a code or name, or no stations.
    """
    ack = _ack(source)
    if ack is not None:
        return (ack[0],), ack[1]
    frame, sheets = sheet.load(source)
    found = _find(frame)
    if found is None:
        sentence = Said(
            "The table needs columns latitude, longitude and code or name; its columns are {columns}.",
            columns=", ".join(map(str, frame.columns))[:200],
        )
        raise FormatError(sentence, file=source.name)
    codes = frame[found.get("code", found.get("name", ""))].map(station_code)
    names = frame[found["name"]].map(cell) if "name" in found else codes
    places = {key: numbers(frame[found[key]]) if key in found else np.full(len(frame), np.nan) for key in _PLACES}
    stations: dict[str, Station] = {}
    notes: list[str] = []
    for row, (code, name) in enumerate(zip(codes, names, strict=True)):
        place = [float(places[key][row]) for key in _PLACES]
        latitude, longitude, elevation = (value if np.isfinite(value) else None for value in place)
        notes += [
            Said(
                "{code}: “{text}” in the column {column} is not a decimal number, so it was not imported.",
                code=code, text=shown(text, 40), column=found[key],
            )
            for key, value in zip(_PLACES, place, strict=True)
            if key in found and not np.isfinite(value) and (text := cell(frame[found[key]].iloc[row]))
        ]  # fmt: skip
        if not code:
            notes.append(Said("Row {row} has no station code and was skipped.", row=row + 1))
            continue
        if len(code) > LONGEST_CODE:
            notes.append(
                Said("Row {row}: the station code has more than {most} characters; skipped.", row=row + 1, most=LONGEST_CODE)
            )
            continue
        station, said = make_station(code, "" if name == code else name, latitude, longitude, elevation)
        if code in stations:
            if stations[code] != station:
                notes.append(Said("{code}: listed more than once with different entries; the first was kept.", code=code))
            continue
        stations[code] = station
        notes += said
    if not stations:
        raise source.fault("The table contains no stations.")
    return tuple(stations.values()), (*notes, *_unread(frame, found, sheets[1:]))


def _unread(frame: pd.DataFrame, found: dict[str, str], sheets: tuple[str, ...]) -> tuple[str, ...]:
    """Return sentences on the columns and sheets that were not imported."""
    names = [name for name in map(str, frame.columns) if name not in found.values()]
    columns = (Said("Columns not imported: {named}.", named=named(names)),) if names else ()
    return (*columns, *((Said("Sheets after the first were not read: {named}.", named=named(list(sheets))),) if sheets else ()))


_PLACES = ("latitude", "longitude", "elevation")


def _ack(source: Source) -> tuple[Station, tuple[str, ...]] | None:
    head = source.data[:2048]
    return wdc.parse_ack(decode(head)[0]) if b"IAGA" in head or head[:2] in (b"\xff\xfe", b"\xfe\xff") else None


def _find(frame: pd.DataFrame) -> dict[str, str] | None:
    """Return the column of each fact, or None if the table does not list stations."""
    if any(_NOT_STATIONS.fullmatch(_bare(column)) for column in map(str, frame.columns)):
        return None
    found = _facts(frame)
    complete = {"latitude", "longitude"} <= found.keys() and ({"code", "name"} & found.keys())
    return found if complete else None


def _facts(frame: pd.DataFrame) -> dict[str, str]:
    found: dict[str, str] = {}
    for column in map(str, frame.columns):
        fact = next((fact for fact, pattern in _COLUMNS.items() if pattern.fullmatch(_bare(column))), None)
        if fact is not None:
            found.setdefault(fact, column)
    return found


def _bare(column: str) -> str:
    return re.sub(r"[(（\[].*?[)）\]]", "", column[:LONGEST_HEADING]).strip()
