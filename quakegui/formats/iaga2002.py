"""IAGA-2002, the exchange format of the world's observatories: any cadence, any set of components.

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
from quakegui.formats.issued import issued_in
from quakegui.formats.records import (
    EARLIEST,
    LATEST,
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

NAME = "iaga2002"
WORST_SHARE = 0.1
"""Share of unreadable lines above which a file is refused instead of noted."""

_HEADING = re.compile(rb"^ ?DATE[ \t]+TIME[ \t]+DOY[^\n]*\n?", re.MULTILINE | re.IGNORECASE)
_BEGINNING = re.compile(rb"^ ?Format[ \t]+IAGA-?2002", re.MULTILINE | re.IGNORECASE)
# Possessive throughout: a broken line must not make the search try every way to cut its digits.
_LINE = re.compile(
    rb"(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}+))?+[ \t]++\d{1,3}+"
    rb"((?:[ \t]*+-?+\d++(?:\.\d*+)?+)++)[ \t|]*+\r?"
)
_NUMBER = re.compile(rb"-?\d+(?:\.\d*)?")
_DIGITS_TO_ZERO = bytes.maketrans(b"123456789", b"000000000")
_WORTH_A_GROUP = 8
"""Lines of one form from which on reading them together is quicker than one by one."""
_ZERO, _POINT, _MINUS = b"0.-"
_EXACT_DIGITS = 15
"""So many decimal digits every float64 holds exactly."""
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


def parse(source: Source) -> ReadingsFile:
    """Return the readings of an IAGA-2002 file, or of several that were joined into one.

    Raises
    ------
    FormatError
        If there is no column heading, no readable line, or more than a tenth of the lines is unreadable.
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
    """Return the lines above the column names, with the publisher's comments."""
    heading = _HEADING.search(piece)
    return [] if heading is None else decode(piece[: heading.start()])[0].splitlines()


def _further_beginnings(data: bytes) -> list[int]:
    """Return where further headers begin in files joined into one; without the quick look this takes a third of the time."""
    if data.find(b"IAGA-2002", data.find(b"IAGA-2002") + 1) < 0:
        return []
    return [match.start() for match in _BEGINNING.finditer(data)][1:]


def _plain(data: bytes) -> bytes:
    """Return the text as single bytes, whatever the encoding of its comments."""
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
        raise FormatError("The file has no line of column names (DATE TIME DOY ...), so it ends in its header.", file=name)
    header = _header(data[: heading.start()])
    tokens = heading.group().decode("latin-1").replace("|", " ").split()[3:]
    code, letters, notes = _columns(name, header, tokens, lines_before + data.count(b"\n", 0, heading.start()) + 1)
    body = data[heading.end() :]
    table: _Fixed | _Free | None = _fixed(body, len(letters))
    if table is None:
        first_line = lines_before + data.count(b"\n", 0, heading.end()) + 1
        table, said = _free(name, body, len(letters), first_line)
        notes += [f"{code}: {note}" for note in said]
    kind, said_kind = data_type(header.get("data type", ""))
    notes += [f"{code}: {note}" for note in said_kind]
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
    """Return the header's fields by their names in lower case, without the words that publishers add or leave out."""
    fields: dict[str, str] = {}
    for raw in decode(head)[0].splitlines():
        line = raw.rstrip().removesuffix("|")
        label, value = line[1:24].strip().lower(), line[24:200].strip()
        if label and not label.startswith("#"):
            key = label.replace("data interval type", "data interval").replace("station name", "station")
            fields.setdefault(key, value)
    return fields


def _columns(name: str, header: Mapping[str, str], tokens: list[str], line: int) -> tuple[str, list[str], list[str]]:
    """Return the station's code, the letter of each column ("NUL" for an empty one) and notes."""
    if not tokens:
        raise FormatError("The line of column names has no columns after DOY.", file=name, line=line)
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
    if not code:
        if len(prefixes) != 1:
            raise FormatError("Neither the header nor the column names give the station's code.", file=name, line=line)
        code = prefixes.pop()
        notes.append(f"{code}: the header has no station code; it was taken from the column names.")
    elif prefixes and prefixes != {code}:
        other = ", ".join(sorted(prefixes))
        notes.append(f"{code}: the column names say {other}, the header says {code}; the header was followed.")
    if not re.fullmatch(r"[A-Z0-9_.-]{1,16}", code):
        raise FormatError(f'The station code "{code[:20]}" is not one.', file=name, line=line)
    return code, letters, notes


@dataclass(frozen=True, slots=True)
class _Fixed:
    """Lines of the standard layout, all of one length, as bytes (character, line)."""

    time: NDArray[np.datetime64]
    text: NDArray[np.uint8]

    def column(self, index: int) -> NDArray[np.float64]:
        start = _FIRST_FIELD + _FIELD * index
        field = self.text[start : start + _FIELD]
        digits = field - np.uint8(48)
        values: NDArray[np.float64] = _FIELD_WEIGHTS @ np.where(digits <= 9, digits, np.uint8(0)) / 100.0
        return np.where((field[:7] == 45).any(axis=0), -values, values)


@dataclass(frozen=True, slots=True)
class _Free:
    """Lines of any layout, values as (line, column)."""

    time: NDArray[np.datetime64]
    values: NDArray[np.float64]

    def column(self, index: int) -> NDArray[np.float64]:
        return self.values[:, index]


def _fixed(body: bytes, columns: int) -> _Fixed | None:
    """Return the table if every line keeps the standard layout to the byte, else None; some 5 times as fast as `_free`."""
    first = body.find(b"\n")
    end = b"\r\n" if first > 0 and body[first - 1 : first] == b"\r" else b"\n"
    body = body.rstrip(b"\r\n\x1a") + end
    width = first + 1 if first >= 0 else len(body)
    content = width - len(end)
    last = _FIRST_FIELD + _FIELD * columns
    if content < last or len(body) % width:
        return None
    # Turned so that each character of all lines lies side by side: every check is then one pass over contiguous bytes.
    text = np.ascontiguousarray(np.frombuffer(body, dtype=np.uint8).reshape(-1, width).T)
    if not (text[content:] == np.frombuffer(end, dtype=np.uint8)[:, None]).all() or not (text[last:content] == 32).all():
        return None
    if not _well_formed(text[_FIRST_FIELD:last].reshape(columns, _FIELD, -1)):
        return None
    time = _stamps(text)
    return None if time is None else _Fixed(time, text)


def _stamps(text: NDArray[np.uint8]) -> NDArray[np.datetime64] | None:
    """Return the lines' instants, or None where one of them is no date and time of the standard layout."""
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
    """Return whether every field (column, character, line) is an F10.2: blanks, perhaps a minus, digits, point, two digits."""
    whole, is_digit = fields[:, :7], (fields - np.uint8(48)) <= 9
    blank, minus = whole == 32, whole == 45
    return bool(
        (fields[:, 7] == 46).all()
        and is_digit[:, 6].all()
        and is_digit[:, 8:].all()
        and (blank | minus | is_digit[:, :7]).all()
        and (blank[:, :-1] | is_digit[:, 1:7]).all()
    )


def _free(name: str, body: bytes, columns: int, first_line: int) -> tuple[_Free, list[str]]:
    """Return the table of lines of any layout, leaving out what cannot be read."""
    lines = body.split(b"\n")
    cut = bool(lines[-1].strip(b"\r\x1a "))
    usual = max((len(line.rstrip(b"\r")) for line in lines[:-1]), default=0)
    # The last line of a file cut off in transfer can still look like numbers: 468 for 46813.60.
    is_cut = cut and len(lines[-1]) < usual
    used = [place for place, line in enumerate(lines) if line.strip(b"\r\x1a \t")]
    whole = used[:-1] if is_cut else used
    time, values = _read_lines([lines[place].strip() for place in whole], columns)
    readable = ~np.isnat(time)
    broken = [first_line + place for place, good in zip(whole, readable.tolist(), strict=True) if not good]
    broken += [first_line + place for place in used[len(whole) :]]
    rows = int(readable.sum())
    if not rows:
        line_number = broken[0] if broken else first_line
        raise FormatError("There is no readable line of data below the column names.", file=name, line=line_number)
    if len(broken) > max(1.0, WORST_SHARE * len(used)):
        sentence = f"This and {len(broken) - 1} further of {len(used)} lines are not date, time and {columns} values."
        raise FormatError(sentence, file=name, line=broken[0])
    notes = []
    if broken:
        notes.append(f"{len(broken)} unreadable lines were left out, the first is line {broken[0]}.")
    return _Free(time[readable], values[readable]), notes


def _read_lines(lines: list[bytes], columns: int) -> tuple[NDArray[np.datetime64], NDArray[np.float64]]:
    """Return the instants and the values of lines, shapes (line,) and (line, column); NaT where one cannot be read.

    Lines that differ in nothing but their digits are read together: what holds for the form of one holds for all.
    """
    time = np.full(len(lines), np.datetime64("NaT"), dtype="datetime64[ms]")
    values = np.full((len(lines), columns), np.nan)
    groups: dict[bytes, list[int]] = {}
    for place, line in enumerate(lines):
        groups.setdefault(line.translate(_DIGITS_TO_ZERO), []).append(place)
    for form, places in groups.items():
        if len(places) >= _WORTH_A_GROUP:
            time[places], values[places] = _read_group(form, [lines[place] for place in places], columns)
        else:
            for place in places:
                row = _read_line(lines[place], columns)
                if row is not None:
                    time[place], values[place] = row
    return time, values


def _read_group(form: bytes, lines: list[bytes], columns: int) -> tuple[NDArray[np.datetime64], NDArray[np.float64]]:
    """Return what `_read_line` says of each of some lines of one form."""
    time = np.full(len(lines), np.datetime64("NaT"), dtype="datetime64[ms]")
    values = np.full((len(lines), columns), np.nan)
    match = _LINE.fullmatch(form)
    numbers = [] if match is None else [found.span() for found in _NUMBER.finditer(form, *match.span(8))]
    if match is None or len(numbers) != columns:
        return time, values
    text = np.frombuffer(b"".join(lines), dtype=np.uint8).reshape(len(lines), -1)
    fields = [match.span(number) for number in range(1, 7)] + [(max(match.start(7), 0), max(match.end(7), 0)), *numbers]
    parts, decimals = _decimals(text, form, fields)
    year, month, day, hour, minute, second, fraction = parts[:7].astype(np.int64)
    digits = fields[6][1] - fields[6][0]
    ms = (hour * 3600 + minute * 60 + second) * 1000 + fraction * 10 ** max(3 - digits, 0) // 10 ** max(digits - 3, 0)
    months = ((year - 1970) * 12 + month - 1).astype("datetime64[M]")
    date = months.astype("datetime64[D]") + (day - 1)
    # 24:00:00 is the end of the day, 23:59:60 a leap second: both are instants.
    good = (month >= 1) & (month <= 12) & (day >= 1) & (date.astype("datetime64[M]") == months)
    good &= (hour <= 24) & (minute <= 59) & (second <= 60) & (date >= EARLIEST) & (date < LATEST)
    time[good] = (date.astype("datetime64[ms]") + ms)[good]
    # A quotient of two numbers that are exact is rounded once: to the float64 nearest to the decimal, as `float` does.
    values = (parts[7:] / decimals[7:, np.newaxis]).T
    for column, (start, end) in enumerate(numbers):
        if sum(48 <= character < 58 for character in form[start:end]) > _EXACT_DIGITS:
            values[:, column] = [float(line[start:end]) for line in lines]
    return time, values


def _decimals(
    text: NDArray[np.uint8], form: bytes, fields: list[tuple[int, int]]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the digits of numbers of one form as whole numbers, shape (field, line), and what divides each of them."""
    weights, divisors = np.zeros((len(fields), text.shape[1])), np.ones(len(fields))
    for row, (start, end) in enumerate(fields):
        power = 1.0
        for place in range(end - 1, start - 1, -1):
            character = form[place]
            if character == _POINT:
                divisors[row] *= power
            elif character == _MINUS:
                divisors[row] *= -1.0
            elif character == _ZERO:
                weights[row, place] = power
                power *= 10.0
    # In pieces that the linear algebra does not share out: its threads would wait for each other longer than they work.
    pieces = [weights @ (text[at : at + 256].T - np.uint8(_ZERO)).astype(np.float64) for at in range(0, len(text), 256)]
    return np.concatenate(pieces, axis=1), divisors


def _read_line(line: bytes, columns: int) -> tuple[np.datetime64, list[float]] | None:
    """Return instant and values of one line, the plain way; None where it is not one."""
    match = _LINE.fullmatch(line.strip())
    if match is None:
        return None
    year, month, day, hour, minute, second, fraction, rest = match.groups()
    values = [float(number) for number in _NUMBER.findall(rest)]
    # 24:00:00 is the end of the day, 23:59:60 a leap second: both are instants.
    if len(values) != columns or int(hour) > 24 or int(minute) > 59 or int(second) > 60:
        return None
    try:
        date = np.datetime64(b"-".join((year, month, day)).decode("ascii"), "ms")
    except ValueError:
        return None
    if not EARLIEST <= date < LATEST:
        return None
    ms = (int(hour) * 3600 + int(minute) * 60 + int(second)) * 1000 + int((fraction or b"0").ljust(3, b"0")[:3])
    return date + np.timedelta64(ms, "ms"), values


def _only_scalar(code: str, letters: list[str], column: Column) -> tuple[str, ...]:
    """Say so where components are announced and all of them are missing."""
    components = [letter for letter in letters if letter in "XYZHDEIUVW"]
    if components and not any(np.isfinite(column(letter)).any() for letter in components):
        return (f"{code}: {', '.join(components)} are missing throughout; F was recorded and is used.",)
    return ()


def _interval(text: str) -> float | None:
    """Return the cadence in seconds that the header names, if it names one."""
    word = text.lower()
    match = re.search(r"(\d+)[- ]?(sec|min|hour|day)", word)
    units = {"sec": 1.0, "min": 60.0, "hour": 3600.0, "day": 86400.0}
    if match:
        return float(match.group(1)) * units[match.group(2)]
    return next((seconds for unit, seconds in units.items() if unit in word), None)


def _number(text: str | None) -> float | None:
    try:
        return float(text) if text else None
    except ValueError:
        return None
