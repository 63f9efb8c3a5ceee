"""Older formats of INTERMAGNET and the USGS: IMF 1.23 (blocks of one hour), IAF (binary, one record per day), PCDCP.

References
----------
INTERMAGNET technical reference manual 4.6, IMFV1.23 and IAFV2.11. USGS, geomag-algorithms, PCDCP format.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quakegui.formats.hints import Hints
from quakegui.formats.records import MISSING_CODE, make_readings, make_station, total_intensity
from quakegui.formats.result import ReadingsFile
from quakegui.formats.source import Source, decode
from quakegui.season.network import Station
from quakegui.season.readings import DataType, Readings
from quakegui.words import Said

IMF, IAF, PCDCP = "imf", "iaf", "pcdcp"
_IMF_HEAD = re.compile(
    r"([A-Z0-9]{3}) ([A-Z]{3})(\d\d)(\d\d) (\d{3}) (\d\d) ([A-Z]{4}) ([A-Z]) ([A-Z0-9]{3}) (\d{4})(\d{4})", re.IGNORECASE
)
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_FIRST_IMF_YEAR = 91
"""INTERMAGNET began in 1991: two-digit years from here on are in the 20th century."""
_IMF_TYPES = {"R": DataType.VARIATION, "A": DataType.PROVISIONAL, "Q": DataType.QUASI_DEFINITIVE, "D": DataType.DEFINITIVE}
_IAF_WORDS = 5888
_IAF_BYTES = 4 * _IAF_WORDS
_INTEGER = re.compile(r"[+-]?\d{1,12}")
_PCDCP_HEAD = re.compile(r"([A-Z0-9]{3,4})\s+(\d{4})\s+(\d{1,3})\s+\S+\s+([A-Z]{3,4})\s+(0\.\d+)\s?nT", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Piece:
    """Minutes or seconds of a station in nT by component, shape (time,), NaN where missing, and the station's coordinates."""

    code: str
    time: NDArray[np.datetime64]
    columns: dict[str, NDArray[np.float64]]
    station: Station
    kind: DataType = DataType.UNKNOWN


def is_imf(source: Source) -> bool:
    """Return whether the file begins with a header of IMF 1.23."""
    return _IMF_HEAD.match(source.data[:80].decode("latin-1")) is not None


def is_iaf(source: Source) -> bool:
    """Return whether the file consists of whole day records of IAF."""
    data = source.data
    if len(data) < _IAF_BYTES or len(data) % _IAF_BYTES:
        return False
    day = int(np.frombuffer(data[4:8], "<i4")[0])
    return bool(
        re.match(rb"[A-Za-z0-9 ]{4}", data[:4]) and re.match(rb"[ A-Z]{4}", data[20:24]) and 1900 <= day // 1000 <= 2199
    )


def is_pcdcp(source: Source) -> bool:
    """Return whether the file begins with a header of PCDCP."""
    return _PCDCP_HEAD.match(source.data[:80].decode("latin-1")) is not None


def parse_imf(source: Source, hints: Hints) -> ReadingsFile:
    """Read the minutes of IMF 1.23: tenths of nT in blocks of an hour, 30 lines of two minutes.

    Parameters
    ----------
    source
        The file; its blocks may be of several stations.
    hints
        Only the station is used, for a note if the file names another one.

    Raises
    ------
    FormatError
        If a block is cut off or has no valid date, or if the file name does not match the pattern of the hints.
    """
    lines = [line for line in decode(source.data)[0].splitlines() if line.strip()]
    pieces = []
    for at, line in enumerate(lines):
        head = _IMF_HEAD.match(line)
        if head is None:
            continue
        rows = [_integers(text) for text in lines[at + 1 : at + 31]]
        if len(rows) < 30 or any(len(row) != 8 for row in rows):
            raise source.fault("The hour that begins here does not have 30 complete lines of two minutes each.", line=at + 1)
        values = np.array(rows, dtype=np.float64).reshape(60, 4) / 10.0
        year = int(head[4]) + (1900 if int(head[4]) >= _FIRST_IMF_YEAR else 2000)
        begin = _hour(year, head[2].upper(), int(head[3]), int(head[5]), int(head[6]))
        if begin is None:
            raise source.fault("The header has no date, or two different dates.", line=at + 1)
        station = make_station(head[1].upper(), "", 90.0 - int(head[10]) / 10.0, int(head[11]) / 10.0)[0]
        columns = dict(zip(head[7].upper(), values.T, strict=True))
        time = begin + np.arange(60) * np.timedelta64(60_000, "ms")
        pieces.append(_Piece(station.code, time, columns, station, _IMF_TYPES.get(head[8].upper(), DataType.UNKNOWN)))
    return _file(source, hints, IMF, pieces)


def parse_iaf(source: Source, hints: Hints) -> ReadingsFile:
    """Read the minutes of IAF: records of 5,888 little-endian words of four bytes, one per day.

    Parameters
    ----------
    source
        The file; its records may be of several stations.
    hints
        Only the station is used, for a note if the file names another one.

    Raises
    ------
    FormatError
        If a record has no valid date, station or components, or if the file name does not match the pattern of the hints.
    """
    pieces = []
    for number in range(len(source.data) // _IAF_BYTES):
        record = source.data[number * _IAF_BYTES : (number + 1) * _IAF_BYTES]
        words = np.frombuffer(record, "<i4")
        code, letters = record[:4].decode("latin-1").strip().upper(), record[20:24].decode("latin-1").strip().upper()
        day = _day(int(words[1]) // 1000, int(words[1]) % 1000)
        if day is None or not code or len(letters) != 4:
            raise source.fault("Day record {number} lacks the date, the station or the components.", number=number + 1)
        station = make_station(code, "", 90.0 - words[2] / 1000.0, words[3] / 1000.0, float(words[4]))[0]
        values = words[16 : 16 + 4 * 1440].reshape(4, 1440) / 10.0
        time = day.astype("datetime64[ms]") + np.arange(1440) * np.timedelta64(60_000, "ms")
        pieces.append(_Piece(code, time, dict(zip(letters, values, strict=True)), station, DataType.DEFINITIVE))
    return _file(source, hints, IAF, pieces)


def parse_pcdcp(source: Source, hints: Hints) -> ReadingsFile:
    """Read the minutes or seconds of one day in PCDCP.

    Parameters
    ----------
    source
        The file.
    hints
        Only the station is used, for a note if the file names another one.

    Raises
    ------
    FormatError
        If the header has no date, if the lines do not belong to one day, or if the file name does not match the pattern of the
        hints.
    """
    lines = decode(source.data)[0].splitlines() or [""]
    head = _PCDCP_HEAD.match(lines[0])
    if head is None:
        raise source.fault("The first line is not a PCDCP header.", line=1)
    day, letters, factor = _day(int(head[2]), int(head[3])), head[4].upper(), float(head[5])
    rows = [_integers(line) for line in lines[1:]]
    good = [row for row in rows if len(row) == 1 + len(letters)]
    if day is None or not good or len(good) < len([row for row in rows if row]) - 1:
        raise source.fault("The header has no date, or the lines are not a time and one number per component.")
    table = np.array(good, dtype=np.float64)
    seconds = table[:, 0] * (1.0 if factor < 0.01 else 60.0)  # of the day, or its minutes
    if seconds.min() < 0 or seconds.max() >= 86_400:
        raise source.fault("The file contains times outside the 24 hours of its day.")
    values = table[:, 1:] / round(1.0 / factor)
    time = day.astype("datetime64[ms]") + (seconds * 1000).astype("timedelta64[ms]")
    code = head[1].upper()
    return _file(source, hints, PCDCP, [_Piece(code, time, dict(zip(letters, values.T, strict=True)), Station(code))])


def _file(source: Source, hints: Hints, name: str, pieces: Sequence[_Piece]) -> ReadingsFile:
    """Return the readings of a file, with the pieces of each station and set of components joined."""
    said = hints.station_of(source)
    unlike = sorted({piece.code for piece in pieces} - {said}) if said else []
    groups: dict[tuple[str, tuple[str, ...], DataType], list[_Piece]] = {}
    for piece in pieces:
        groups.setdefault((piece.code, tuple(piece.columns), piece.kind), []).append(piece)
    readings: list[Readings] = []
    stations: dict[str, Station] = {}
    notes: list[str] = [
        Said("The file gives the station {code}, but {said} was specified; {code} was used.", code=code, said=said)
        for code in unlike
    ]
    for (code, letters, kind), same in groups.items():
        total = total_intensity(list(letters), _column(same))
        one, found = make_readings(code, np.concatenate([piece.time for piece in same]), total, data_type=kind)
        readings.append(one)
        notes += found
        stations.setdefault(code, same[0].station)
    return ReadingsFile(source.name, name, tuple(readings), tuple(stations.values()), tuple(notes))


def _column(pieces: Sequence[_Piece]) -> Callable[[str], NDArray[np.float64]]:
    def column(letter: str) -> NDArray[np.float64]:
        values = np.concatenate([piece.columns[letter] for piece in pieces])
        return np.where(np.abs(values) >= MISSING_CODE, np.nan, values)

    return column


def _integers(line: str) -> list[int]:
    """Return the numbers of a line; empty if a word is not an integer, or is longer than the formats allow."""
    words = line.split()
    return [int(word) for word in words] if all(_INTEGER.fullmatch(word) for word in words) else []


def _hour(year: int, month: str, day: int, of_year: int, hour: int) -> np.datetime64 | None:
    """Return the time of an hour whose date is given twice, or None if the two differ or are invalid."""
    try:
        date = dt.date(year, _MONTHS.index(month) + 1, day)
    except ValueError:
        return None
    found = _day(year, of_year)
    return found.astype("datetime64[ms]") + np.timedelta64(hour, "h") if found == np.datetime64(date) and hour < 24 else None


def _day(year: int, of_year: int) -> np.datetime64 | None:
    try:
        first = dt.date(year, 1, 1)
    except ValueError:
        return None
    day = first + dt.timedelta(days=of_year - 1)
    return np.datetime64(day, "D") if day.year == year else None
