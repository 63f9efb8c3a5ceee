"""WDC exchange format of observatory hourly means: one line per station, component and day.

References
----------
World Data Centre for Geomagnetism, Edinburgh: digital WDC exchange format for observatory hourly mean values.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quakegui.formats.errors import FormatError
from quakegui.formats.hints import NO_HINTS, Hints
from quakegui.formats.records import LARGEST_DELTA, WEAKEST_FIELD, make_readings, make_station, total_intensity
from quakegui.formats.records import Total as Intensity
from quakegui.formats.result import ReadingsFile
from quakegui.formats.source import Source, decode
from quakegui.season.network import Station
from quakegui.season.readings import Readings
from quakegui.words import Said

NAME = "wdc"
MISSING = 9999
WORST_SHARE = 0.1
"""Share of unreadable lines above which a file is rejected; below it, they are noted."""
DOUBTFUL_DIFFERENCE = 500.0
"""Difference in nT between recorded F and the modulus of the components above which a note is added."""

_WIDTH = 120
_LINE = re.compile(rb"[A-Za-z0-9]{3}\d\d[ \d]\d[A-Za-z][ \d]\d.{4}(?:\d\d|  )[ \d-]{4}(?:[ \d-]{4}){24}")
_ACK = re.compile(r"IAGA\s+Code:\s*(\w+)\s+lat:\s*(-?[\d.]+)\s+long:\s*(-?[\d.]+)", re.IGNORECASE)
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d{3})")
_VECTORS = (("X", "Y", "Z"), ("H", "Z"))


@dataclass(frozen=True, slots=True)
class _Lines:
    """The readable lines of a file."""

    codes: NDArray[np.str_]
    elements: NDArray[np.str_]
    days: NDArray[np.datetime64]
    hours: NDArray[np.float64]
    """nT, shape (line, 24), NaN where missing."""
    mean_differs: NDArray[np.bool_]


def looks_like(source: Source) -> bool:
    """Return whether the first line is in this format."""
    first = source.data[:512].lstrip(b"\r\n").split(b"\n", 1)[0].rstrip(b"\r")
    return _LINE.match(first) is not None


def parse(source: Source, hints: Hints = NO_HINTS) -> ReadingsFile:
    """Read hourly total intensity; timestamps are at the middle of each hour.

    If the column F contains delta-F, the difference between two instruments, F is derived from the components; recorded and
    derived hours are returned as separate records.

    Parameters
    ----------
    source
        The file; stations get their coordinates from .ack files beside it.
    hints
        Only the day is used: lines without the digits of the century take it from there, otherwise from the name of the file.

    Raises
    ------
    FormatError
        If no line, or too few, can be read, or the century is unknown.
    """
    lines, notes = _read(source, hints)
    readings: list[Readings] = []
    stations: list[Station] = []
    for code in dict.fromkeys(lines.codes.tolist()):
        mine = lines.codes == code
        records, said = _station_readings(code, lines, mine)
        station, said_station = _station(source, code)
        readings += records
        stations.append(station)
        notes += [*said, *said_station]
    return ReadingsFile(source.name, NAME, tuple(readings), tuple(stations), tuple(notes))


def parse_ack(text: str) -> tuple[Station, tuple[str, ...]] | None:
    """Return the station, and notes, that an acknowledgement file (.ack) of the WDC describes; None for other text."""
    match = _ACK.search(text)
    if match is None:
        return None
    name = text.lstrip("\ufeff \r\n").splitlines()[0].strip().removesuffix(":")
    try:
        latitude, longitude = float(match.group(2)), float(match.group(3))
    except ValueError:
        latitude = longitude = float("nan")
    return make_station(match.group(1).upper(), name[:80], latitude, longitude)


def _station(source: Source, code: str) -> tuple[Station, tuple[str, ...]]:
    beside = source.siblings(f"{code.lower()}.ack")
    found = parse_ack(decode(beside)[0]) if beside is not None else None
    if found is not None and found[0].code == code:
        return found
    note = Said(
        "{code}: no file {code2}.ack with its coordinates was found beside the data; the station is not shown on the map.",
        code=code,
        code2=code.lower(),
    )
    return Station(code), (note,)


def _read(source: Source, hints: Hints) -> tuple[_Lines, list[str]]:
    data = decode(source.data)[0].encode("latin-1", "replace") if source.data[:2] in (b"\xff\xfe", b"\xfe\xff") else source.data
    good: list[bytes] = []
    broken: list[int] = []
    for number, raw in enumerate(data.splitlines(), start=1):
        line = raw.rstrip(b" \x1a")
        if not line:
            continue
        if _LINE.match(line) and len(line) <= _WIDTH:
            good.append(line.ljust(_WIDTH))
        else:
            broken.append(number)
    if not good:
        first = broken[0] if broken else None
        raise source.fault("No line is in WDC hourly format.", line=first)
    if len(broken) > max(1.0, WORST_SHARE * (len(good) + len(broken))):
        sentence = Said("This line and {count} more are not in WDC hourly format.", count=len(broken) - 1)
        raise FormatError(sentence, file=source.name, line=broken[0])
    text = np.frombuffer(b"".join(good), dtype=np.uint8).reshape(-1, _WIDTH)
    blank = (text[:, 14:16] == 32).all(axis=1)
    century = _century(source, hints, _two(text[blank], 3)) if blank.any() else 0
    lines, impossible = _fields(text, century)
    if lines.days.size == 0:
        raise source.fault("No line has a valid date and well-formed numbers.")
    notes: list[str] = (
        [
            Said(
                "Lines without a century read as {century}00 to {century}99: {sum}.",
                sum=int(blank.sum()),
                century=century,
            )
        ]
        if century
        else []
    )
    if broken:
        notes.append(
            Said(
                "Lines not in WDC hourly format skipped: {count} (the first is line {broken}).",
                count=len(broken),
                broken=broken[0],
            )
        )
    if impossible:
        notes.append(Said("Lines with an invalid date or malformed numbers skipped: {impossible}.", impossible=impossible))
    return lines, notes


def _century(source: Source, hints: Hints, years: NDArray[np.int64]) -> int:
    """Return the first two digits of years that lack them: from the stated day, otherwise from a year in the file name."""
    if hints.day is not None:
        return hints.day.year // 100
    named = {int(year) for year in _YEAR.findall(source.base) if int(year) % 100 in years}
    if len(named) == 1:
        return named.pop() // 100
    if years.min() > dt.date.today().year % 100:  # noqa: DTZ011 - in no zone has that year begun
        return 19
    example = int(years.min())
    raise source.fault(
        "The file does not give the century: year {example:02d} can be 19{example:02d} or 20{example:02d}. "
        "Specify a day of the file with --date.",
        example=example,
    )


def _fields(text: NDArray[np.uint8], blank_century: int) -> tuple[_Lines, int]:
    """Return the well-formed lines of a matrix of bytes (line, character), and the number of others."""
    numbers, formed = _integers(text[:, 16:120].reshape(-1, 26, 4))
    century = np.where((text[:, 14:16] == 32).all(axis=1), blank_century, _two(text, 14))
    year, month, day = century * 100 + _two(text, 3), _two(text, 5), _two(text, 8)
    possible = (year >= 1800) & (year < 2200) & (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31)
    months = np.where(possible, (year - 1970) * 12 + month - 1, 0).astype("datetime64[M]")
    days = months.astype("datetime64[D]") + np.where(possible, day - 1, 0)
    keep = possible & formed.all(axis=1) & (days.astype("datetime64[M]") == months)
    values = numbers[:, 1:25].astype(np.float64)
    missing = (values == MISSING) | (text[:, 20:116].reshape(-1, 24, 4) == 32).all(axis=2)
    hours = np.where(missing, np.nan, values + 100.0 * numbers[:, :1])
    stated = (numbers[:, 25] != MISSING) & (text[:, 116:120] != 32).any(axis=1) & ~missing.any(axis=1)
    differs = stated & (np.abs(values.mean(axis=1) - numbers[:, 25]) > 1.5)
    codes, elements = _letters(text[:, :3]), _letters(text[:, 7:8])
    return _Lines(codes[keep], elements[keep], days[keep], hours[keep], differs[keep]), int((~keep).sum())


def _two(text: NDArray[np.uint8], start: int) -> NDArray[np.int64]:
    """Return the two-digit numbers at `start`, shape (line,); a leading blank counts as zero."""
    digits = np.where(text[:, start : start + 2] == 32, 48, text[:, start : start + 2]).astype(np.int64) - 48
    return digits[:, 0] * 10 + digits[:, 1]


def _letters(text: NDArray[np.uint8]) -> NDArray[np.str_]:
    """Return the characters of each line as one string in capitals, shape (line,)."""
    joined = np.ascontiguousarray(text).view(f"S{text.shape[1]}").ravel()
    return np.char.upper(joined.astype(f"U{text.shape[1]}"))


def _integers(fields: NDArray[np.uint8]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return the numbers in fields of four characters (line, field, 4), 0 for blank fields, and whether each is well formed."""
    digits = fields - np.uint8(48)
    is_digit, minus, blank = digits <= 9, fields == 45, fields == 32
    formed = (is_digit | minus | blank).all(axis=2) & (blank[..., :-1] | is_digit[..., 1:]).all(axis=2)
    formed &= is_digit[..., 3] | blank.all(axis=2)
    values = np.where(is_digit, digits, np.uint8(0)).astype(np.int64) @ np.array([1000, 100, 10, 1])
    return np.where(minus.any(axis=2), -values, values), formed


def _station_readings(code: str, lines: _Lines, mine: NDArray[np.bool_]) -> tuple[list[Readings], list[str]]:
    """Return the recorded and the derived hours of one station, and notes."""
    days = np.unique(lines.days[mine])
    columns, twice = _columns(lines, mine, days)
    notes: list[str] = (
        [
            Said(
                "{code}: duplicate lines for the same element and day: {twice}; the first of each was kept.",
                code=code,
                twice=twice,
            )
        ]
        if twice
        else []
    )
    differing = int((lines.mean_differs & mine & (lines.elements != "D") & (lines.elements != "I")).sum())
    if differing:
        notes.append(
            Said(
                "{code}: lines whose daily mean differs from the mean of the hours: {differing}; the hourly values were used.",
                code=code,
                differing=differing,
            )
        )
    recorded: list[tuple[NDArray[np.datetime64], NDArray[np.float64]]] = []
    derived: list[tuple[NDArray[np.datetime64], NDArray[np.float64]]] = []
    years = days.astype("datetime64[Y]")
    for year in np.unique(years):
        part = {letter: values[years == year] for letter, values in columns.items()}
        stamps = _hours(days[years == year])
        for total in _totals(part):
            (derived if total.derived else recorded).append((stamps, total.values))
            notes += [Said("{code}: {year}: {note}", code=code, year=year, note=note) for note in total.notes]
    records = []
    for pieces, is_derived in ((recorded, False), (derived, True)):
        if not pieces or not any(np.isfinite(values).any() for _, values in pieces):
            continue
        time, values = (np.concatenate(part) for part in zip(*pieces, strict=True))
        one, said = make_readings(code, time, Intensity(values, is_derived), cadence_s=3600.0)
        records.append(one)
        notes += said
    return records, notes


def _columns(
    lines: _Lines, mine: NDArray[np.bool_], days: NDArray[np.datetime64]
) -> tuple[dict[str, NDArray[np.float64]], int]:
    """Return the hours of each component, shape (day, 24), and the number of repeated lines."""
    columns: dict[str, NDArray[np.float64]] = {}
    twice = 0
    for letter in np.unique(lines.elements[mine]).tolist():
        here = np.flatnonzero(mine & (lines.elements == letter))
        _, first = np.unique(lines.days[here], return_index=True)
        twice += here.size - first.size
        values = np.full((days.size, 24), np.nan)
        values[np.searchsorted(days, lines.days[here[first]])] = lines.hours[here[first]]
        columns[letter] = values
    return columns, twice


def _hours(days: NDArray[np.datetime64]) -> NDArray[np.datetime64]:
    """Return the middle of every hour of the days, shape (day * 24,)."""
    middles = np.arange(24) * np.timedelta64(3600, "s") + np.timedelta64(1800, "s")
    stamps: NDArray[np.datetime64] = (days[:, None] + middles).astype("datetime64[ms]").ravel()
    return stamps


def _totals(columns: dict[str, NDArray[np.float64]]) -> list[Intensity]:
    """Return the total intensity of one year of a station, shape (day * 24,): recorded, derived, or both separately."""
    vector = _modulus(columns)
    field = columns.get("F")
    flat = {letter: values.ravel() for letter, values in columns.items()}
    if field is None or vector is None or not np.isfinite(field).any():
        return [total_intensity(list(flat), flat.__getitem__)]
    with_values = np.isfinite(field).any(axis=1)
    size = np.zeros(len(field))
    size[with_values] = np.nanmedian(np.abs(field[with_values]), axis=1)
    strongest = np.where(np.isfinite(vector), vector, 0.0).max(axis=1)
    delta = with_values & (size < LARGEST_DELTA) & (strongest > WEAKEST_FIELD)
    totals: list[Intensity] = []
    if (with_values & ~delta).any():
        kept = np.where(delta[:, None], np.nan, field)
        total = total_intensity(["F"], {"F": kept.ravel()}.__getitem__)
        apart = np.abs(kept - vector)
        apart = apart[np.isfinite(apart) & (vector > WEAKEST_FIELD)]
        middle = float(np.median(apart)) if apart.size else 0.0
        odd = (
            (Said("recorded F and F from the components differ by {middle:.0f} nT; the recorded F was used.", middle=middle),)
            if middle > DOUBTFUL_DIFFERENCE
            else ()
        )
        totals.append(Intensity(total.values, total.derived, (*total.notes, *odd)))
    if delta.any():
        components = {letter: np.where(delta[:, None], columns[letter], np.nan).ravel() for letter in columns if letter != "F"}
        total = total_intensity(list(components), components.__getitem__)
        typical = float(np.median(size[delta]))
        note = Said(
            "column F is delta-F (around {typical:.0f} nT), not F, on some days ({sum}) and was not used there.",
            sum=int(delta.sum()),
            typical=typical,
        )
        totals.append(Intensity(total.values, total.derived, (note, *total.notes)))
    return totals


def _modulus(columns: dict[str, NDArray[np.float64]]) -> NDArray[np.float64] | None:
    """Return the modulus of the first complete set of components, or None."""
    for letters in _VECTORS:
        if all(letter in columns for letter in letters):
            squares: NDArray[np.float64] = sum((columns[letter] ** 2 for letter in letters[1:]), columns[letters[0]] ** 2)
            return np.sqrt(squares)
    return None
