"""IAGA-2002, the exchange format of the world's observatories: any sampling interval, any set of components.

References
----------
IAGA-2002 Data Exchange Format, IAGA Division V, Working Group V-DAT, 2001 and 2015.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from quakegui.formats.errors import FormatError
from quakegui.formats.hints import NO_HINTS, Hints
from quakegui.formats.iagalines import FreeTable, read_free
from quakegui.formats.issued import issued_in
from quakegui.formats.records import (
    MISSING_CODE,
    Column,
    data_type,
    make_readings,
    make_station,
    total_intensity,
)
from quakegui.formats.result import ReadingsFile
from quakegui.formats.source import Source, decode
from quakegui.season.network import Station
from quakegui.season.readings import Readings
from quakegui.words import Said

NAME = "iaga2002"

_HEADING = re.compile(rb"^ ?DATE[ \t]+TIME[ \t]+DOY[^\n]*\n?", re.MULTILINE | re.IGNORECASE)
_BEGINNING = re.compile(rb"^ ?Format[ \t]+IAGA-?2002", re.MULTILINE | re.IGNORECASE)
_CODE = re.compile(r"[A-Z0-9_.-]{1,16}")
_WORD = re.compile(rb"[ \t]?[A-Za-z#]")
_STAMP_LENGTH = 20
_READING = re.compile(rb"\d{4}-\d\d-\d\d[ T]\d\d:")
_SEXAGESIMAL = re.compile(
    r"([-+]?)\s*(\d{1,3})[\s°d:]+(\d{1,2}(?:\.\d*)?)[\s'′m:]*(?:(\d{1,2}(?:\.\d*)?)[\s\"″s]*)?([NSEW])?", re.IGNORECASE
)
_SEPARATORS = np.array([4, 7, 10, 13, 16, 19, 23, 27, 28, 29])
_SEPARATOR_BYTES = np.frombuffer(b"-- ::.    ", dtype=np.uint8)
_STAMP_DIGITS = np.array([0, 1, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15, 17, 18, 20, 21, 22])
_STAMP_WEIGHTS = np.zeros((4, 17))
_STAMP_WEIGHTS[0, :4] = (1000, 100, 10, 1)
_STAMP_WEIGHTS[1, 4:6] = (10, 1)
_STAMP_WEIGHTS[2, 6:8] = (10, 1)
_STAMP_WEIGHTS[3, 8:] = (36_000_000, 3_600_000, 600_000, 60_000, 10_000, 1_000, 100, 10, 1)
_FIRST_FIELD, _FIELD = 30, 10
_FIELD_WEIGHTS = np.array([1e8, 1e7, 1e6, 1e5, 1e4, 1e3, 1e2, 0.0, 10.0, 1.0])


def looks_like(source: Source) -> bool:
    """Return whether the first lines are an IAGA-2002 header or its column heading."""
    start = _plain(source.data[:8192])
    return _BEGINNING.search(start) is not None or _HEADING.search(start) is not None


def parse(source: Source, hints: Hints = NO_HINTS) -> ReadingsFile:
    """Read an IAGA-2002 file, or several that were joined into one.

    Parameters
    ----------
    source
        The file.
    hints
        Not used: the format states all that hints could.

    Raises
    ------
    FormatError
        If there is no column heading or readable line, or if more than a tenth of the lines are unreadable.
    """
    data = _plain(source.data)
    pieces = [0, *_further_beginnings(data), len(data)]
    readings: list[Readings] = []
    stations: dict[str, Station] = {}
    notes: list[str] = []
    heads: list[str] = []
    for begin, end in pairwise(pieces):
        piece = data[begin:end]
        one, station, said = _parse_piece(source.name, piece, data.count(b"\n", 0, begin))
        heads += _head_lines(piece)
        readings.append(one)
        stations.setdefault(station.code, station)
        notes += said
    return ReadingsFile(source.name, NAME, tuple(readings), tuple(stations.values()), tuple(notes), issued_in(heads))


def _head_lines(piece: bytes) -> list[str]:
    """Return the lines above the column names, including comments of the publisher."""
    heading = _HEADING.search(piece)
    return [] if heading is None else decode(piece[: heading.start()])[0].splitlines()


def _further_beginnings(data: bytes) -> list[int]:
    """Return where further files begin in several files joined into one: at a header, or at a line of column names without one.

    Without the quick first test, which is fastest from the end, this takes a third of the reading time.
    """
    first = _HEADING.search(data)
    if first is None or max(data.rfind(b"DOY"), data.rfind(b"doy")) < first.end():
        return []
    headings = [first, *_HEADING.finditer(data, first.end())]
    return [_header_of(data, before.end(), heading.start()) for before, heading in pairwise(headings)]


def _header_of(data: bytes, begin: int, heading: int) -> int:
    """Return where the header of a line of column names begins: after the last reading before it, or within its line."""
    end = heading
    while end > begin:
        start = data.rfind(b"\n", begin, end - 1) + 1 or begin
        if _READING.match(data, start, end):
            joined = _WORD.search(data, start + _STAMP_LENGTH, end)
            return joined.start() if joined is not None else end
        end = start
    return begin


def _plain(data: bytes) -> bytes:
    """Return the text as single bytes, for any encoding of its comments."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        data = decode(data)[0].encode("latin-1", "replace")
    elif data[:3] == b"\xef\xbb\xbf":
        data = data[3:]
    if b"\r" in data and b"\n" not in data:
        data = data.replace(b"\r", b"\n")
    return data


def _parse_piece(name: str, data: bytes, lines_before: int) -> tuple[Readings, Station, tuple[str, ...]]:
    heading = _HEADING.search(data)
    if heading is None:
        raise FormatError(
            Said("The file has no line of column names (DATE TIME DOY ...) and ends within its header."), file=name
        )
    header = _header(data[: heading.start()])
    tokens = heading.group().decode("latin-1").replace("|", " ").split()[3:]
    code, letters, notes = _columns(name, header, tokens, lines_before + data.count(b"\n", 0, heading.start()) + 1)
    body = data[heading.end() :]
    table: _Fixed | FreeTable | None = _fixed(body, len(letters))
    if table is None:
        first_line = lines_before + data.count(b"\n", 0, heading.end()) + 1
        table, said = read_free(name, body, len(letters), first_line)
        notes += [Said("{code}: {note}", code=code, note=note) for note in said]
    kind, said_kind = data_type(header.get("data type", ""))
    notes += [Said("{code}: {note}", code=code, note=note) for note in said_kind]
    named = list(dict.fromkeys(letter for letter in letters if letter != "NUL"))
    cache: dict[str, NDArray[np.float64]] = {}

    def column(letter: str) -> NDArray[np.float64]:
        if letter not in cache:
            values = table.column(letters.index(letter))
            cache[letter] = np.where(values >= MISSING_CODE, np.nan, values)
        return cache[letter]

    total = total_intensity(named, column)
    readings, said_readings = make_readings(
        code, table.time, total, data_type=kind, cadence_s=_interval(header.get("data interval", ""))
    )
    station, said_station = make_station(
        code,
        header.get("station", ""),
        _number(header.get("geodetic latitude")),
        _number(header.get("geodetic longitude")),
        _number(header.get("elevation")),
    )
    only = _only_scalar(code, named, column) if len(readings) and not total.derived else ()
    return readings, station, (*notes, *only, *said_readings, *said_station)


def _header(head: bytes) -> dict[str, str]:
    """Return the header fields by name in lower case, without optional words of the publishers."""
    fields: dict[str, str] = {}
    for raw in decode(head)[0].splitlines():
        line = raw.rstrip().removesuffix("|")
        begin = 1 if line[:1] in ("", " ") else 0  # some publishers omit the blank at the beginning of each line
        label, value = line[begin : begin + 23].strip().lower(), line[begin + 23 : 200].strip()
        if label and not label.startswith("#"):
            key = label.replace("data interval type", "data interval").replace("station name", "station")
            fields.setdefault(key, value)
    return fields


def _columns(name: str, header: Mapping[str, str], tokens: list[str], line: int) -> tuple[str, list[str], list[str]]:
    """Return the station code, the letter of each column ("NUL" for an empty one) and notes."""
    if not tokens:
        raise FormatError(Said("The line of column names has no columns after DOY."), file=name, line=line)
    code = header.get("iaga code", "").strip().upper()
    notes: list[str] = []
    letters: list[str] = []
    prefixes: set[str] = set()
    for token in tokens:
        upper = token.upper()
        letter = "NUL" if upper.endswith("NUL") else upper[-1]
        letters.append(letter)
        prefixes.add(upper[: -len(letter)])
    prefixes.discard("")
    if code and not _CODE.fullmatch(code) and len(prefixes) == 1:
        notes.append(Said("The station code in the header is damaged; the code in the column names was used."))
        code = next(iter(prefixes))
    if not code:
        if len(prefixes) != 1:
            raise FormatError(Said("Neither the header nor the column names contain a station code."), file=name, line=line)
        code = prefixes.pop()
        notes.append(Said("{code}: the header has no station code; the code in the column names was used.", code=code))
    elif prefixes and prefixes != {code}:
        other = ", ".join(sorted(prefixes))
        notes.append(
            Said("{code}: the column names give {other}, the header gives {code}; the header was used.", code=code, other=other)
        )
    if not _CODE.fullmatch(code):
        raise FormatError(Said('"{code}" is not a valid station code.', code=code[:20]), file=name, line=line)
    return code, letters, notes


@dataclass(frozen=True, slots=True)
class _Fixed:
    """Lines of the standard layout, all of the same length, as bytes (character, line)."""

    time: NDArray[np.datetime64]
    text: NDArray[np.uint8]

    def column(self, index: int) -> NDArray[np.float64]:
        start = _FIRST_FIELD + _FIELD * index
        field = self.text[start : start + _FIELD]
        digits = field - np.uint8(48)
        values: NDArray[np.float64] = _FIELD_WEIGHTS @ np.where(digits <= 9, digits, np.uint8(0)) / 100.0
        return np.where((field[:7] == 45).any(axis=0), -values, values)


def _fixed(body: bytes, columns: int) -> _Fixed | None:
    """Return the table if every line has exactly the standard layout, otherwise None; about 5 times as fast as `read_free`."""
    first = body.find(b"\n")
    end = b"\r\n" if first > 0 and body[first - 1 : first] == b"\r" else b"\n"
    body = body.rstrip(b"\r\n\x1a") + end
    width = first + 1 if first >= 0 else len(body)
    content = width - len(end)
    last = _FIRST_FIELD + _FIELD * columns
    if content < last or len(body) % width:
        return None
    # Transposed so that each character of all lines is contiguous: every check is then one pass over contiguous bytes.
    text = np.ascontiguousarray(np.frombuffer(body, dtype=np.uint8).reshape(-1, width).T)
    if not (text[content:] == np.frombuffer(end, dtype=np.uint8)[:, None]).all() or not (text[last:content] == 32).all():
        return None
    if not _well_formed(text[_FIRST_FIELD:last].reshape(columns, _FIELD, -1)):
        return None
    time = _stamps(text)
    return None if time is None else _Fixed(time, text)


def _stamps(text: NDArray[np.uint8]) -> NDArray[np.datetime64] | None:
    """Return the times of the lines, or None if one of them is not a date and time of the standard layout."""
    digits = text[_STAMP_DIGITS] - np.uint8(48)
    if not (text[_SEPARATORS] == _SEPARATOR_BYTES[:, None]).all() or digits.max(initial=0) > 9:
        return None
    if digits[10].max(initial=0) > 5 or digits[12].max(initial=0) > 5:
        return None
    year, month, day, ms = (_STAMP_WEIGHTS @ digits).astype(np.int64)
    limits = ((year, 1800, 2199), (month, 1, 12), (day, 1, 31), (ms, 0, 86_399_999))
    if any(part.min(initial=low) < low or part.max(initial=high) > high for part, low, high in limits):
        return None
    months = ((year - 1970) * 12 + month - 1).astype("datetime64[M]")
    days = months.astype("datetime64[D]") + (day - 1)
    if (days.astype("datetime64[M]") != months).any():
        return None
    stamps: NDArray[np.datetime64] = days.astype("datetime64[ms]") + ms
    return stamps


def _well_formed(fields: NDArray[np.uint8]) -> bool:
    """Return whether every field (column, character, line) is an F10.2: blanks, optional minus, digits, point, two digits."""
    whole, is_digit = fields[:, :7], (fields - np.uint8(48)) <= 9
    blank, minus = whole == 32, whole == 45
    return bool(
        (fields[:, 7] == 46).all()
        and is_digit[:, 6].all()
        and is_digit[:, 8:].all()
        and (blank | minus | is_digit[:, :7]).all()
        and (blank[:, :-1] | is_digit[:, 1:7]).all()
    )


def _only_scalar(code: str, letters: list[str], column: Column) -> tuple[str, ...]:
    """Return a note if components are declared and all of them are missing."""
    components = [letter for letter in letters if letter in "XYZHDEIUVW"]
    if components and not any(np.isfinite(column(letter)).any() for letter in components):
        return (
            Said(
                "{code}: all values of {components} are missing; the recorded F was used.",
                code=code,
                components=", ".join(components),
            ),
        )
    return ()


def _interval(text: str) -> float | None:
    """Return the sampling interval in seconds that the header names, or None."""
    word = text.lower()
    match = re.search(r"(\d+)[- ]?(sec|min|hour|day)", word)
    units = {"sec": 1.0, "min": 60.0, "hour": 3600.0, "day": 86400.0}
    if match:
        return float(match.group(1)) * units[match.group(2)]
    return next((seconds for unit, seconds in units.items() if unit in word), None)


def _number(text: str | None) -> float | None:
    """Return a number, or degrees from degrees, minutes and seconds such as "36 13 55" or "140°11'E"."""
    try:
        return float(text) if text else None
    except ValueError:
        pass
    parts = _SEXAGESIMAL.fullmatch((text or "").strip())
    if parts is None or float(parts[3]) >= 60 or float(parts[4] or 0) >= 60:
        return None
    degrees = float(parts[2]) + float(parts[3]) / 60 + float(parts[4] or 0) / 3600
    return -degrees if parts[1] == "-" or (parts[5] or "").upper() in ("S", "W") else degrees
