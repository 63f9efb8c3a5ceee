"""Readings in tables (CSV, text, XLSX), wide or long, with a mapping that says what each column means."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from quakegui.formats import sheet
from quakegui.formats.columns import UNITS, TableMapping, numbers, parse_times, station_code
from quakegui.formats.contents import named, unread_columns
from quakegui.formats.errors import FormatError, shown
from quakegui.formats.guess import guess_mapping, guess_table, is_plain
from quakegui.formats.issued import issued_in
from quakegui.formats.records import EARLIEST, LATEST, MISSING_CODE, Total, make_readings, total_intensity
from quakegui.formats.result import ReadingsFile
from quakegui.formats.sheet import MOST_SHEETS, Preview, preview
from quakegui.formats.source import Source
from quakegui.season.network import Station
from quakegui.season.readings import Readings

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["NAME", "Preview", "TableMapping", "guess_mapping", "parse", "preview"]

NAME = "table"
_UNPLAIN = (
    "This is a table, but it is not plain which columns hold the time and the total intensity; say so with a column mapping "
    "(in the import window, or with 'quakegui import --mapping FILE.json')."
)


def looks_like(source: Source) -> bool:
    """Return whether a mapping for readings can be guessed, for a workbook on any of its sheets."""
    try:
        names = sheet.sheets_of(source).looked_at
    except FormatError:
        return False
    return any(is_plain(source, sheet_name=name) for name in names)


def parse(source: Source, mapping: TableMapping | None = None) -> ReadingsFile:
    """Return the readings of a table.

    Parameters
    ----------
    source
        A text table or an .xlsx workbook.
    mapping
        What its columns mean; guessed where None, and what was guessed is noted.

    Raises
    ------
    FormatError
        If it is no table, lacks a column of the mapping, has no readable time, or no mapping is given and none is plain.
    """
    if mapping is not None:
        text = {*mapping.time, *([mapping.station_column] if mapping.station_column else [])}
        frame, sheets = sheet.load(source, sheet=mapping.sheet, text=text)
        readings, notes = _read(source, mapping, frame)
        others = [one for one in sheets if one != (mapping.sheet or sheets[0])]
        notes += [f"Sheets that the column mapping does not name were not read: {named(others)}."] if others else []
    else:
        readings, notes = _read_guessed(source)
    stations = tuple(Station(code) for code in dict.fromkeys(one.station for one in readings))
    return ReadingsFile(source.name, NAME, tuple(readings), stations, tuple(notes), issued_in(sheet.comments(source)))


def _read_guessed(source: Source) -> tuple[list[Readings], list[str]]:
    """Return the readings of a table, or of each sheet of a workbook whose columns are plain, and notes."""
    sheets = sheet.sheets_of(source)
    several = len(sheets.looked_at) + len(sheets.hidden) > 1
    readings: list[Readings] = []
    notes: list[str] = []
    empty: list[str] = []
    unplain: list[str] = []
    for name in sheets.looked_at:
        found = guess_table(source, sheet_name=name)
        if found is None:
            (unplain if _has_rows(source, name) else empty).append(name)
            continue
        part, said = _read(source, *found)
        readings += part
        notes += [f"Sheet {shown(name, 60)}: {note}" if several else note for note in (_guessed(found[0]), *said)]
    if not readings:
        sheet.load(source, most_rows=200)  # what is no table at all says so itself
        raise FormatError(_UNPLAIN, file=source.name)
    if empty:
        notes.append(f"Sheets without a table: {named(empty)}.")
    if unplain:
        notes.append(f"Sheets whose columns of time and total intensity are not plain were not read: {named(unplain)}.")
    if sheets.hidden:
        notes.append(f"Hidden sheets were not read: {named(list(sheets.hidden))}.")
    if sheets.beyond:
        notes.append(f"Sheets beyond the first {MOST_SHEETS} were not read: {named(list(sheets.beyond))}.")
    joined, said_joined = _joined(readings)
    return joined, [*notes, *said_joined]


def _has_rows(source: Source, sheet_name: str) -> bool:
    try:
        return len(sheet.load(source, sheet=sheet_name, most_rows=1)[0]) > 0
    except FormatError:
        return False


def _joined(readings: list[Readings]) -> tuple[list[Readings], list[str]]:
    """Return one record for each station and cadence, where several sheets or columns hold parts of it, and notes."""
    parts: dict[tuple[str, float, bool], list[Readings]] = {}
    for one in readings:
        parts.setdefault((one.station, one.cadence_s, one.derived), []).append(one)
    joined: list[Readings] = []
    notes: list[str] = []
    for (code, cadence_s, derived), same in parts.items():
        if len(same) == 1:
            joined += same
            continue
        time = np.concatenate([part for one in same for part in (one.time, one.missing)])
        values = [part for one in same for part in (one.values, np.full(one.missing.size, np.nan))]
        total = Total(np.concatenate(values), derived)
        one, said = make_readings(code, time, total, data_type=same[0].data_type, cadence_s=cadence_s, stamp="centre")
        joined.append(replace(one, cadence_s=cadence_s))
        notes += [f"{code}: {len(same)} parts of its record were put together.", *said]
    return joined, notes


def _read(source: Source, mapping: TableMapping, frame: pd.DataFrame) -> tuple[list[Readings], list[str]]:
    """Return the readings of a table's rows, and notes."""
    _check(source, mapping, frame)
    time, notes = _times(source, mapping, frame)
    readings: list[Readings] = []
    for code, total, rows in _records(mapping, frame):
        good = rows & ~np.isnat(time)
        kept = Total(total.values[good[rows]], total.derived, total.notes)
        one, said_one = make_readings(code, time[good], kept, data_type=mapping.data_type, stamp=mapping.stamp)
        readings.append(one)
        notes += said_one
    used = (*mapping.time, mapping.station_column, *(name for _, name in mapping.columns))
    return readings, [*notes, *unread_columns(frame, used)]


def refuse_unplain(source: Source) -> None:
    """Raise `FormatError` for a table whose columns are not plain, and return for what is no table with numbers."""
    try:
        frame, _ = sheet.load(source, most_rows=200)
    except FormatError:
        return
    if any(np.isfinite(numbers(frame[name])).mean() > 0.5 for name in frame.columns if len(frame)):
        raise FormatError(_UNPLAIN, file=source.name)


def _records(mapping: TableMapping, frame: pd.DataFrame) -> Iterator[tuple[str, Total, NDArray[np.bool_]]]:
    """Yield each station's code, its total intensity and the rows that hold it, shape (row,)."""
    factor = UNITS[mapping.unit]
    values = {name: _in_nt(numbers(frame[name]), factor, mapping.missing) for _, name in mapping.columns}
    everywhere = np.ones(len(frame), dtype=bool)
    if mapping.layout == "wide":
        for code, name in mapping.columns:
            yield code, total_intensity(["F"], {"F": values[name]}.__getitem__), everywhere
        return
    letters = {letter.upper(): values[name] for letter, name in mapping.columns}
    if not mapping.station_column:
        yield mapping.station, total_intensity(list(letters), letters.__getitem__), everywhere
        return
    codes = frame[mapping.station_column].map(station_code)
    for code in sorted(set(codes) - {""}):
        rows = (codes == code).to_numpy(dtype=bool)
        part = {letter: column[rows] for letter, column in letters.items()}
        yield code, total_intensity(list(part), part.__getitem__), rows


def _check(source: Source, mapping: TableMapping, frame: pd.DataFrame) -> None:
    wanted = [*mapping.time, *(name for _, name in mapping.columns)]
    if mapping.station_column:
        wanted.append(mapping.station_column)
    missing = [name for name in wanted if name not in frame.columns]
    sentence = ""
    if missing:
        sentence = f"The table has no column {', '.join(missing)}; it has {', '.join(map(str, frame.columns))[:200]}."
    elif not mapping.time or not mapping.columns:
        sentence = "The column mapping names no time or no values."
    elif mapping.layout == "long" and not mapping.station_column and not mapping.station:
        sentence = "The column mapping names neither a station nor a column with stations."
    elif mapping.unit not in UNITS:
        sentence = f"The unit {mapping.unit} is not one of {', '.join(UNITS)}."
    elif len(frame) == 0:
        sentence = "The table has no rows."
    if sentence:
        raise FormatError(sentence, file=source.name)


def _times(source: Source, mapping: TableMapping, frame: pd.DataFrame) -> tuple[NDArray[np.datetime64], list[str]]:
    """Return UTC instants, NaT where there is none, shape (row,), and notes."""
    parts = [frame[name] for name in mapping.time]
    local = parse_times(parts, mapping.time_format)
    notes: list[str] = []
    unread = int(local.isna().sum())
    if unread == len(local):
        example = " ".join(str(part.iloc[0]) for part in parts)
        how = f' in the format "{mapping.time_format}"' if mapping.time_format else ""
        raise FormatError(f'The time "{example[:60]}" cannot be read{how}.', file=source.name, line=2)
    if unread:
        notes.append(f"{unread} rows without a readable time were left out.")
    if local.dt.tz is None and mapping.timezone != "UTC" and not mapping.time_format.startswith("unix"):
        try:
            zone = ZoneInfo(mapping.timezone)
        except (KeyError, ValueError, OSError) as error:
            raise FormatError(f'"{mapping.timezone}" is no time zone.', file=source.name) from error
        aware = local.dt.tz_localize(zone, ambiguous="NaT", nonexistent="NaT")
        lost = int(aware.isna().sum()) - unread
        if lost:
            notes.append(f"{lost} rows in the hour of a change of summer time were left out: their UTC time is not certain.")
        local = aware
    if local.dt.tz is not None:
        local = local.dt.tz_convert("UTC").dt.tz_localize(None)
    time = local.to_numpy(dtype="datetime64[ms]")
    outside = ~np.isnat(time) & ~((time >= EARLIEST) & (time < LATEST))
    if outside.any():
        notes.append(f"{int(outside.sum())} rows with impossible years were left out.")
        time = np.where(outside, np.datetime64("NaT"), time)
    return time, notes


def _in_nt(values: NDArray[np.float64], factor: float, missing: tuple[float, ...]) -> NDArray[np.float64]:
    bad = ~np.isfinite(values) | np.isin(values, missing)
    scaled = np.where(bad, np.nan, values) * factor
    codes = np.abs(scaled) >= MISSING_CODE if factor == 1.0 else np.abs(values) >= MISSING_CODE
    return np.where(codes, np.nan, scaled)


def _guessed(mapping: TableMapping) -> str:
    pairs = ", ".join(f"{code} from {name}" for code, name in mapping.columns[:6])
    more = f" and {len(mapping.columns) - 6} more" if len(mapping.columns) > 6 else ""
    where = f"stations from {mapping.station_column}" if mapping.station_column else ""
    where = f"all of station {mapping.station}" if mapping.station else where
    codes = f"{', '.join(f'{code:g}' for code in mapping.missing)} as no value" if mapping.missing else ""
    facts = [f"time from {' and '.join(mapping.time)} as {mapping.timezone}", f"{pairs}{more} in {mapping.unit}", where, codes]
    return f"The columns were read as: {'; '.join(fact for fact in facts if fact)}."
