"""Kp in three-hour intervals: a csv with one row per UTC day, and the two text tables of GFZ Potsdam.

csv
    ``Date,K_00,K_03,...,K_21``; further columns are ignored.
GFZ ``Kp_ap_since_1932.txt``
    One line per interval: year, month, day, hour of start, hour of middle, two day counts, Kp, ap, D.
GFZ ``Kp_ap_Ap_SN_F107_since_1932.txt``
    One line per day: year, month, day, two day counts, rotation, day of rotation, Kp1..Kp8, ..., D.

D is 0 for nowcast Kp, 1 or 2 for definitive Kp.

References
----------
Matzka et al. (2021), The geomagnetic Kp index and derived indices of geomagnetic activity, Space Weather 19.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from quakegui.formats.catalogue import HEAD, is_apple_double, refuse_apple_double, text_of
from quakegui.formats.contents import named
from quakegui.formats.source import Source
from quakegui.season.kp import Kp
from quakegui.words import Said

HOURS = tuple(range(0, 24, 3))
_CSV_HEADER = re.compile(r"date\s*,\s*" + r"\s*,\s*".join(rf"kp?_?{hour:02d}" for hour in HOURS) + r"\s*(,.*)?", re.IGNORECASE)
_DEFINITIVE = ("1", "2")
_DAY = re.compile(r"(\d{4})[-/ ](\d{1,2})[-/ ](\d{1,2})", re.ASCII)


def looks_like(source: Source) -> bool:
    """Return whether the file begins with a Kp header, or with lines of one of the tables of GFZ."""
    if is_apple_double(source) or b"\x00" in source.data[:HEAD]:
        return False
    text, _ = text_of(replace(source, data=source.data[:HEAD]))
    lines = [line.strip().lstrip("\ufeff") for line in text.splitlines() if line.strip()]
    if not lines:
        return False
    if _CSV_HEADER.fullmatch(lines[0]):
        return True
    data = next((line.split() for line in lines if not line.startswith("#")), [])
    return "Kp" in text and _is_gfz(data)


def parse(source: Source) -> Kp:
    """Read Kp; intervals marked as missing (empty or negative) are omitted.

    Raises
    ------
    FormatError
        If a line does not fit its table or repeats a day or interval, or if there are no values.
    """
    refuse_apple_double(source)
    text, _ = text_of(source)
    values: dict[np.datetime64, float] = {}
    definitive: dict[np.datetime64, bool] = {}
    for number, start, fields, is_definitive in _records(text, source):
        for i, field in enumerate(fields):
            time = start + np.timedelta64(3 * i, "h")
            if time in values:
                raise source.fault("Kp for {time} UTC is given twice.", line=number, time=time)
            values[time], definitive[time] = _kp(field, source, number), is_definitive
    known = {time: value for time, value in values.items() if not math.isnan(value)}
    if not known:
        raise source.fault("The file contains no Kp values.")
    times = np.array(sorted(known), dtype="datetime64[ms]")
    return Kp(
        times,
        np.array([known[time] for time in sorted(known)], dtype=np.float64),
        np.array([definitive[time] for time in sorted(known)], dtype=bool),
    )


def unread(source: Source) -> tuple[str, ...]:
    """Return a sentence that lists the columns of a Kp table that were not imported; empty if there are none."""
    text, _ = text_of(replace(source, data=source.data[:HEAD]))
    lines = [line.strip().lstrip("\ufeff") for line in text.splitlines() if line.strip()]
    header = next((line for line in lines if _CSV_HEADER.fullmatch(line)), None)
    if header is not None:
        names = [cell.strip() for cell in header.split(",")[1 + len(HOURS) :] if cell.strip()]
    else:
        cells = next((line.split() for line in lines if not line.startswith("#")), [])
        names = ["ap"] if len(cells) == 10 else ["ap", "Ap", "SN", "F10.7obs", "F10.7adj"]
    return (Said("Columns not imported: {named}.", named=named(names)),) if names else ()


def _records(text: str, source: Source) -> Iterator[tuple[int, np.datetime64, list[str], bool]]:
    """Yield line number, start of the first interval, the Kp fields from there on, three hours apart, and whether final."""
    is_csv = False
    for number, line in enumerate(text.splitlines(), start=1):
        bare = line.strip().lstrip("\ufeff")
        if not bare or bare.startswith("#"):
            continue
        if _CSV_HEADER.fullmatch(bare):
            is_csv = True
            continue
        cells = [cell.strip() for cell in bare.split(",")] if is_csv else bare.split()
        if is_csv and len(cells) >= 9:
            yield number, _day(cells[0], source, number), cells[1:9], False
        elif not is_csv and _is_gfz(cells):
            day = _day(" ".join(cells[:3]), source, number)
            if len(cells) == 10:
                yield number, day + np.timedelta64(int(float(cells[3])), "h"), cells[7:8], cells[-1] in _DEFINITIVE
            else:
                yield number, day, cells[7:15], cells[-1] in _DEFINITIVE
        else:
            raise source.fault(
                "The line has {count} columns and does not belong to a Kp table; the file may be truncated. "
                "Download the file again.",
                line=number,
                count=len(cells),
            )


def _is_gfz(cells: list[str]) -> bool:
    """Return whether the cells are a line of one of the tables of GFZ, by their number and the first ones."""
    if len(cells) not in (10, 28) or not all(cell.isdecimal() and cell.isascii() for cell in cells[:3]):
        return False
    return len(cells) == 28 or (re.fullmatch(r"\d{2}\.0", cells[3]) is not None and int(cells[3][:2]) in HOURS)


def _day(text: str, source: Source, number: int) -> np.datetime64:
    match = _DAY.fullmatch(text)
    try:
        if match is None:
            raise ValueError
        year, month, day = (int(part) for part in match.groups())
        return np.datetime64(f"{year:04d}-{month:02d}-{day:02d}", "ms")
    except ValueError:
        raise source.fault("'{text}' is not a date.", line=number, text=text[:20]) from None


def _kp(text: str, source: Source, number: int) -> float:
    if not text:
        return math.nan
    try:
        value = float(text)
    except ValueError:
        raise source.fault("Kp '{text}' is not a number.", line=number, text=text[:20]) from None
    if value < 0.0:
        return math.nan
    if not value <= 9.0:
        raise source.fault("Kp {text} is out of range: the scale ends at 9.", line=number, text=text[:20])
    return value
