"""Readings in tables (CSV, text, XLSX), wide or long, with a mapping that defines the meaning of each column."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from quakegui.formats import sheet
from quakegui.formats.above import station_above, station_in_name
from quakegui.formats.bounds import MOST_SHEETS
from quakegui.formats.columns import TableMapping, station_code
from quakegui.formats.contents import content_of, named, unread_columns
from quakegui.formats.elements import UNITS
from quakegui.formats.errors import FormatError, shown
from quakegui.formats.guess import NO_STATION, guess_mapping, guess_table
from quakegui.formats.hints import Hints, complete, hints_of, kept_mapping
from quakegui.formats.issued import issued_in
from quakegui.formats.numerals import cell, is_ambiguous, numbers
from quakegui.formats.records import EARLIEST, LATEST, MISSING_CODE, Total, make_readings, total_intensity
from quakegui.formats.result import ReadingsFile
from quakegui.formats.sheet import Preview, preview
from quakegui.formats.source import Source
from quakegui.formats.stamps import parse_times
from quakegui.formats.stations import places
from quakegui.formats.timecolumns import ONE_DAY
from quakegui.formats.zones import is_zone_doubt, zone_in, zone_of
from quakegui.season.network import Station
from quakegui.season.readings import Readings
from quakegui.words import Said, counted, joined

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["NAME", "Preview", "TableMapping", "guess_mapping", "parse", "preview"]

NAME = "table"
_HOW = Said("Use a column mapping (in the import window, or with 'quakegui import --mapping FILE.json').")
_OPTIONS: dict[str, str] = {
    NO_STATION: joined(" or ", ("--station CODE", "--station-from PATTERN")),
    ONE_DAY: "--mapping FILE.json",
}
"""The option that resolves each doubt; the others need a mapping or, for time zones, --timezone."""


def looks_like(source: Source) -> bool:
    """Return whether this is a table of readings (for a workbook: on any of its sheets), even if some of it is uncertain."""
    try:
        names = sheet.sheets_of(source).looked_at
    except FormatError:
        return False
    found = (guess_table(source, sheet_name=name) for name in names)
    return any(one is not None and one.mapping is not None for one in found)


def parse(source: Source, hints: Hints | TableMapping | None = None) -> ReadingsFile:
    """Read the readings of a table.

    Parameters
    ----------
    source
        A text table or an .xlsx workbook.
    hints
        The meaning of its columns, or other hints. Without a mapping, the columns are guessed if they are unambiguous, and a
        note reports the guess.

    Raises
    ------
    FormatError
        If the file is not a table, lacks a column of the mapping, has no readable time, or has ambiguous columns and no
        mapping.
    """
    hints = hints_of(hints)
    saved = _saved(source, hints) if hints.mapping is None else None
    mapping = hints.mapping or saved
    if mapping is not None:
        mapping = complete(mapping, hints, source)
        part, lines = _read_mapped(source, mapping), sheet.above(source, mapping.sheet, mapping.skip_lines)
        notes = [Said("Read with the saved mapping of a table with the same columns.")] if saved is not None else []
        part = replace(part, notes=[*notes, *part.notes])
    else:
        part, lines = _read_guessed(source, hints), sheet.above(source, skip=hints.skip_lines)
    places = {station.code: station for station in part.stations}
    stations = tuple(places.get(code, Station(code)) for code in dict.fromkeys(one.station for one in part.readings))
    return ReadingsFile(source.name, NAME, tuple(part.readings), stations, tuple(part.notes), issued_in(lines))


def fits(source: Source, hints: Hints) -> bool:
    """Return whether the hints identify a table of readings: by their unit, first line, or a saved mapping.

    Parameters
    ----------
    source
        A file in no other known format.
    hints
        What the user states about it; other hints do not identify a table.

    Raises
    ------
    FormatError
        If the first rows form a table but the whole does not, or if the file name does not match the pattern of the hints.
    """
    if hints.unit or hints.skip_lines is not None:
        found = guess_table(source, hints)
        return found is not None and found.mapping is not None
    return kept_mapping(source, hints.saved) is not None


def _saved(source: Source, hints: Hints) -> TableMapping | None:
    """Return the saved mapping for tables with these columns; the station comes from the file or the user."""
    found = kept_mapping(source, hints.saved, hints.skip_lines)
    if found is None or found.station_column or (found.layout == "wide" and len(found.columns) > 1):
        return found
    code = hints.station_of(source)
    if found.station_pattern and not code:
        return found  # whose own pattern finds it
    skip = found.skip_lines if hints.skip_lines is None else hints.skip_lines
    code = code or station_above(sheet.above(source, found.sheet, skip)) or station_in_name(source.base)
    if not code:
        raise FormatError(_why((NO_STATION,)), file=source.name)
    return complete(found, Hints(station=code), source)


@dataclass(frozen=True, slots=True)
class _Part:
    """The content of a table, or of a sheet of a workbook."""

    readings: list[Readings]
    stations: tuple[Station, ...]
    notes: list[str]


def _read_mapped(source: Source, mapping: TableMapping) -> _Part:
    text = {*mapping.time, *([mapping.station_column] if mapping.station_column else [])}
    frame, sheets = sheet.load(source, sheet=mapping.sheet, text=text, skip=mapping.skip_lines)
    part = _read(source, mapping, frame)
    others = [one for one in sheets if one != (mapping.sheet or sheets[0])]
    notes = [Said("Sheets that are not in the column mapping were not read: {named}.", named=named(others))] if others else []
    around = _around(source, mapping.sheet, mapping.skip_lines)
    return replace(part, notes=[*around, *_other_zone(mapping), *part.notes, *notes])


def _other_zone(mapping: TableMapping) -> list[str]:
    """Return a note if a heading names another time zone than the mapping."""
    named_zones = {zone for name in mapping.time if (zone := zone_in(name))} - {mapping.timezone}
    try:
        others = [zone for zone in named_zones if str(zone_of(zone)) != str(zone_of(mapping.timezone))]
    except ValueError:
        return []  # the zone of the mapping is checked where it is used
    return [
        Said(
            "The heading of the time column gives {zone}, but {timezone} was specified; {timezone} was used.",
            zone=zone,
            timezone=mapping.timezone,
        )
        for zone in others
    ]


def _read_guessed(source: Source, hints: Hints) -> _Part:
    """Return the readings and notes of a table, or of each sheet of a workbook with unambiguous columns."""
    sheets = sheet.sheets_of(source)
    several = len(sheets.looked_at) + len(sheets.hidden) > 1
    readings: list[Readings] = []
    places: list[Station] = []
    notes: list[str] = []
    empty: list[str] = []
    doubts: dict[str, tuple[str, ...]] = {}
    for name in sheets.looked_at:
        found = guess_table(source, hints, sheet_name=name)
        if found is None or not len(found.frame):
            empty.append(name)
        elif found.mapping is None or found.doubts:
            doubts[name] = found.doubts
        else:
            part = _read(source, found.mapping, found.frame, guessed=True)
            readings += part.readings
            places += part.stations
            around = _around(source, name, hints.skip_lines)
            said = [*around, _guessed(found.mapping, found.frame), *_other_zone(found.mapping), *part.notes]
            notes += [Said("Sheet {name}: {note}", name=shown(name, 60), note=note) if several else note for note in said]
    if not readings:
        if not doubts:
            sheet.load(source, most_rows=200, skip=hints.skip_lines)  # raises the error if the file is not a table at all
        raise FormatError(_why(next(iter(doubts.values()), ())), file=source.name)
    if (
        several
        and hints.station_of(source)
        and len({one.station for one in readings}) < len(sheets.looked_at) - len(empty) - len(doubts)
    ):
        raise source.fault("Several sheets of the workbook contain readings, but only one station was specified.")
    joined, said_joined = _joined(readings)
    return _Part(joined, tuple(places), [*notes, *_unread_sheets(sheets, empty, list(doubts)), *said_joined])


def _unread_sheets(sheets: sheet.Sheets, empty: list[str], unplain: list[str]) -> list[str]:
    """Return notes on the sheets of a workbook that were not read."""
    notes: list[str] = []
    if empty:
        notes.append(Said("Sheets without a table: {named}.", named=named(empty)))
    if unplain:
        notes.append(Said("Sheets with unclear time or total-intensity columns were not read: {named}.", named=named(unplain)))
    if sheets.hidden:
        notes.append(Said("Hidden sheets were not read: {named}.", named=named(list(sheets.hidden))))
    if sheets.beyond:
        notes.append(
            Said(
                "Sheets beyond the first {most_sheets} were not read: {named}.",
                most_sheets=MOST_SHEETS,
                named=named(list(sheets.beyond)),
            )
        )
    return notes


def _why(doubts: tuple[str, ...]) -> str:
    """Return why a table is ambiguous, and which option resolves it."""
    asked = dict.fromkeys(
        _OPTIONS.get(doubt, "--timezone ZONE" if is_zone_doubt(doubt) else "--mapping FILE.json") for doubt in doubts
    )
    options = joined(" and ", asked) or "--mapping FILE.json"
    return Said(
        "This table is ambiguous. {doubts} Use {options}, or the import window.",
        doubts=joined(" ", doubts),
        options=options,
    )


def _around(source: Source, sheet_name: str, skip: int | None) -> list[str]:
    """Return notes on the lines above a table that are not comments, and on a last line that was cut off."""
    cut = sheet.cut_line(source)
    after: list[str] = (
        [Said("The last line is incomplete and was skipped: '{line}'.", line=shown(cut.strip(), 60))] if cut else []
    )
    lines = [line for line in sheet.above(source, sheet_name, skip) if line.strip() and not line.startswith("#")]
    if not lines:
        return after
    first = shown(lines[0].strip(), 60)
    return [Said("Lines above the table skipped: {count} (the first is '{lines}').", count=len(lines), lines=first), *after]


def _joined(readings: list[Readings]) -> tuple[list[Readings], list[str]]:
    """Return one record per station and sampling interval, merged if several sheets or columns have parts of it, and notes."""
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
        notes += [Said("{code}: {count} parts of the record were merged.", code=code, count=len(same)), *said]
    return joined, notes


def _read(source: Source, mapping: TableMapping, frame: pd.DataFrame, *, guessed: bool = False) -> _Part:
    """Return the content of the rows of a table; a guessed mapping must not give most rows the same timestamp."""
    _check(source, mapping, frame)
    time, notes = _times(source, mapping, frame)
    readings: list[Readings] = []
    for code, total, rows in _records(mapping, frame):
        good = rows & ~np.isnat(time)
        if guessed and 2 * np.unique(time[good]).size <= good.sum() > 1:
            raise source.fault("{one_day} {how}", one_day=ONE_DAY, how=_HOW)
        kept = Total(total.values[good[rows]], total.derived, total.notes)
        one, said_one = make_readings(code, time[good], kept, data_type=mapping.data_type, stamp=mapping.stamp)
        readings.append(one)
        notes += said_one
    codes = frame[mapping.station_column].map(station_code) if mapping.station_column else station_code(mapping.station)
    located, columns = places(frame, codes) if mapping.layout == "long" else ((), ())
    used = (*mapping.time, mapping.station_column, *(name for _, name in mapping.columns), *columns)
    return _Part(readings, located, [*notes, *unread_columns(frame, used)])


def refuse_unplain(source: Source) -> None:
    """Raise `FormatError` for a table with ambiguous columns; return if the file is not a table with numbers."""
    found = guess_table(source)
    if found is None or not len(found.frame):
        return
    if found.mapping is not None or any(np.isfinite(numbers(found.frame[name])).mean() > 0.5 for name in found.frame.columns):
        raise FormatError(_why(found.doubts), file=source.name)


def _records(mapping: TableMapping, frame: pd.DataFrame) -> Iterator[tuple[str, Total, NDArray[np.bool_]]]:
    """Yield the code, the total intensity and the rows, shape (row,), of each station."""
    factor = UNITS[mapping.unit]
    values = {name: _in_nt(_ungrouped(frame[name], factor), factor, mapping.missing) for _, name in mapping.columns}
    everywhere = np.ones(len(frame), dtype=bool)
    if mapping.layout == "wide":
        for code, name in mapping.columns:
            yield station_code(code), total_intensity(["F"], {"F": values[name]}.__getitem__), everywhere
        return
    letters = {letter.upper(): values[name] for letter, name in mapping.columns}
    if not mapping.station_column:
        yield station_code(mapping.station), total_intensity(list(letters), letters.__getitem__), everywhere
        return
    codes = frame[mapping.station_column].map(station_code)
    for code in sorted(set(codes) - {""}):
        rows = (codes == code).to_numpy(dtype=bool)
        part = {letter: column[rows] for letter, column in letters.items()}
        yield code, total_intensity(list(part), part.__getitem__), rows


def _ungrouped(column: pd.Series[Any], factor: float) -> NDArray[np.float64]:
    """Return the numbers of a column; if its commas are ambiguous, with the reading that gives a possible total intensity."""
    values = numbers(column)
    if is_ambiguous(column) and not content_of(values * factor).is_field and content_of(values * factor * 1000.0).is_field:
        return values * 1000.0
    return values


def _check(source: Source, mapping: TableMapping, frame: pd.DataFrame) -> None:
    wanted = [*mapping.time, *(name for _, name in mapping.columns)]
    if mapping.station_column:
        wanted.append(mapping.station_column)
    missing = [name for name in wanted if name not in frame.columns]
    sentence = ""
    if missing:
        sentence = Said(
            "The table has no column {missing}; its columns are {columns}.",
            missing=", ".join(missing),
            columns=", ".join(map(str, frame.columns))[:200],
        )
    elif not mapping.time or not mapping.columns:
        sentence = Said("The column mapping specifies no time column or no value column.")
    elif mapping.layout == "long" and not mapping.station_column and not mapping.station:
        sentence = Said("The column mapping specifies neither a station nor a station column.")
    elif mapping.unit not in UNITS:
        sentence = Said("Unknown unit {unit}; use one of {units}.", unit=mapping.unit, units=", ".join(UNITS))
    elif len(frame) == 0:
        sentence = Said("The table has no rows.")
    if sentence:
        raise FormatError(sentence, file=source.name)


def _times(source: Source, mapping: TableMapping, frame: pd.DataFrame) -> tuple[NDArray[np.datetime64], list[str]]:
    """Return UTC times, shape (row,), NaT where there is none, and notes."""
    parts = [frame[name] for name in mapping.time]
    local = parse_times(parts, mapping.time_format)
    notes: list[str] = []
    unread = int(local.isna().sum())
    if unread == len(local):
        example = " ".join(cell(part.iloc[0]) for part in parts)
        unreadable = (
            Said('The time "{example}" cannot be read in the format "{form}".', example=example[:60], form=mapping.time_format)
            if mapping.time_format
            else Said('The time "{example}" cannot be read.', example=example[:60])
        )
        raise FormatError(unreadable, file=source.name, line=2)
    if unread:
        notes.append(Said("Rows without a readable time skipped: {unread}.", unread=unread))
    if local.dt.tz is None and mapping.timezone != "UTC" and not mapping.time_format.startswith("unix"):
        try:
            zone = zone_of(mapping.timezone)
        except ValueError as error:
            raise source.fault('"{timezone}" is not a time zone.', timezone=mapping.timezone) from error
        aware = local.dt.tz_localize(zone, ambiguous="NaT", nonexistent="NaT")
        lost = int(aware.isna().sum()) - unread
        if lost:
            notes.append(
                Said(
                    "Rows within the hour of a daylight-saving change skipped because their UTC time is ambiguous: {lost}.",
                    lost=lost,
                )
            )
        local = aware
    if local.dt.tz is not None:
        local = local.dt.tz_convert("UTC").dt.tz_localize(None)
    time = local.to_numpy(dtype="datetime64[ms]")
    outside = ~np.isnat(time) & ~((time >= EARLIEST) & (time < LATEST))
    if outside.any():
        notes.append(Said("Rows with invalid years skipped: {sum}.", sum=int(outside.sum())))
        time = np.where(outside, np.datetime64("NaT"), time)
    return time, notes


def _in_nt(values: NDArray[np.float64], factor: float, missing: tuple[float, ...]) -> NDArray[np.float64]:
    bad = ~np.isfinite(values) | np.isin(values, missing)
    scaled = np.where(bad, np.nan, values) * factor
    codes = np.abs(scaled) >= MISSING_CODE if factor <= 1.0 else np.abs(values) >= MISSING_CODE
    return np.where(codes, np.nan, scaled)


def _guessed(mapping: TableMapping, frame: pd.DataFrame) -> str:
    pairs = joined(
        ", ", (name if code == name else Said("{code} from {name}", code=code, name=name) for code, name in mapping.columns[:6])
    )
    more = Said(" and {count} more", count=len(mapping.columns) - 6) if len(mapping.columns) > 6 else ""
    where = Said("stations from {column}", column=mapping.station_column) if mapping.station_column else ""
    where = Said("all from station {station}", station=mapping.station) if mapping.station else where
    missing = ", ".join(f"{code:g}" for code in mapping.missing)
    first = parse_times([frame[name].iloc[:1] for name in mapping.time], mapping.time_format).iloc[0]
    zone = mapping.timezone
    dated = isinstance(first, dt.datetime)
    stamp = Said(", first timestamp {first}", first=str(first)[:16]) if dated else ""
    columns = joined(" and ", (f"“{name}”" for name in mapping.time))
    facts = (
        counted(
            "time ({timezone}): column {columns}{stamp}",
            "time ({timezone}): columns {columns}{stamp}",
            count=len(mapping.time),
            columns=columns,
            timezone=zone,
            stamp=stamp,
        ),
        Said("readings ({unit}): {pairs}{more}", pairs=pairs, more=more, unit=mapping.unit),
        where,
        Said("missing values coded as {codes}", codes=missing) if missing else "",
    )
    return Said("Columns identified: {fact}.", fact=joined("; ", facts))
