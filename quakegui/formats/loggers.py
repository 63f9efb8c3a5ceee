"""Logs of proton and Overhauser magnetometers as the instruments write them: GEM GSM-19 base stations and POS-1.

Neither contains the station, so the user has to state it.

References
----------
GEM Systems, GSM-19 instruction manual: text files of base stations. Quantum Magnetometry Laboratory, Yekaterinburg, POS-1:
date, time, field in pT, error in pT.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from quakegui.formats.above import station_in_name
from quakegui.formats.errors import FormatError
from quakegui.formats.hints import Hints
from quakegui.formats.records import Total, make_readings, total_intensity
from quakegui.formats.result import ReadingsFile
from quakegui.formats.source import Source, decode
from quakegui.formats.zones import zone_of
from quakegui.season.network import Station
from quakegui.words import Said

GSM19, POS1 = "gsm19", "pos1"
_GSM_HEAD = re.compile(rb"^/\s*Gem Systems GSM-?19", re.IGNORECASE | re.MULTILINE)
_GSM_LINE = re.compile(r"(\d\d)(\d\d)(\d\d)\.(\d)\s+(\d{5}\.\d{1,3})\s+(\d\d)\s*")
_GSM_DATE = re.compile(r"/\s*ID\b.*\s(\d{1,2})\s+([IVX]{1,4})\s+(\d\d|\d{4})\s*$")
_ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
_POS_LINE = re.compile(r"(\d\d)[/.-](\d\d)[/.-](\d\d|\d{4})\s+(\d\d):(\d\d):(\d\d)(?:\.(\d{1,3}))?\s+(\d{8})\s+\d{1,6}\s*")
_POS_FIRST = re.compile(rb"\s*\d\d[/.-]\d\d[/.-](?:\d\d|\d{4})\s+\d\d:\d\d:\d\d(?:\.\d{1,3})?\s+\d{8}\s+\d{1,6}\s*\r?\n")
_POOR_QUALITY = 90
"""Signal quality of a GSM-19 reading, of at most 99, below which a note is added."""
WORST_SHARE = 0.1
_DAY = 86_400_000
"""Milliseconds. A time of day that decreases by more than half of this belongs to the next day; GPS corrections are smaller."""


@dataclass(frozen=True, slots=True)
class _Rows:
    """The lines of a log: local timestamps and nT, shape (time,), the number of invalid lines, and notes."""

    time: NDArray[np.datetime64]
    values: NDArray[np.float64]
    broken: int
    notes: tuple[str, ...] = ()


def is_gsm19(source: Source) -> bool:
    """Return whether the file begins like a log of a GSM-19."""
    return _GSM_HEAD.search(source.data[:4096]) is not None


def is_pos1(source: Source) -> bool:
    """Return whether the file begins with a line of a POS-1."""
    return _POS_FIRST.match(source.data[:200]) is not None


def parse_gsm19(source: Source, hints: Hints) -> ReadingsFile:
    """Read a GSM-19 base station.

    Parameters
    ----------
    source
        The file; its name gives the station if the hints do not.
    hints
        Station; first day, in place of the dates in the headers of the surveys; and time zone, UTC if empty.

    Raises
    ------
    FormatError
        If there is no date, if it is a walking survey, if the station is not stated, or if the zone does not exist.
    """
    day, former = hints.day, -1
    stamps: list[dt.datetime] = []
    values: list[float] = []
    broken = poor = back = 0
    for line in decode(source.data)[0].splitlines():
        dated = _GSM_DATE.match(line) if line.startswith("/") else None
        if dated is not None and hints.day is None:
            day, former = _roman_date(*dated.groups()), -1
        if line.startswith("/") or not line.strip():
            continue
        match = _GSM_LINE.fullmatch(line)
        if match is None:
            broken += 1
            continue
        if day is None:
            raise source.fault("The log gives no date: specify the first day with --date.")
        ms = ((int(match[1]) * 60 + int(match[2])) * 60 + int(match[3])) * 1000 + int(match[4]) * 100
        turn = _midnights(former, ms)
        day += dt.timedelta(days=turn)
        back += turn < 0 or (turn == 0 and ms < former)
        former = ms
        stamps.append(dt.datetime.combine(day, dt.time()) + dt.timedelta(milliseconds=ms))
        values.append(float(match[5]))
        poor += int(match[6]) < _POOR_QUALITY
    notes: tuple[str, ...] = (
        (
            Said(
                "Readings kept although their signal quality is below {poor_quality} of 99: {poor}.",
                poor=poor,
                poor_quality=_POOR_QUALITY,
            ),
        )
        if poor
        else ()
    )
    if back:
        notes += (
            Said(
                "Readings less than half a day earlier than the preceding reading: {back}; they were assigned to the same day.",
                back=back,
            ),
        )
    return _file(source, hints, GSM19, _Rows(np.array(stamps, dtype="datetime64[ms]"), np.array(values), broken, notes))


def _midnights(former: int, ms: int) -> int:
    """Return the number of midnights between two times of day in ms, -1 for a step back over one.

    `former` is the time in the line above, negative if there is none. A clock that is set back by some seconds right after
    midnight returns to the old day.
    """
    if former - ms > _DAY // 2:
        return 1
    return -1 if former >= 0 and ms - former > _DAY - 60_000 else 0


def parse_pos1(source: Source, hints: Hints) -> ReadingsFile:
    """Read a POS-1 log; the order of day and month is detected from the record, or from the stated day.

    Parameters
    ----------
    source
        The file; its name gives the station if the hints do not.
    hints
        Station; one of the days of the log, needed only if the order is ambiguous; and time zone, UTC if empty.

    Raises
    ------
    FormatError
        If the order is ambiguous, if the station is not stated, or if the zone does not exist.
    """
    matches = [_POS_LINE.fullmatch(line) for line in decode(source.data)[0].splitlines() if line.strip()]
    found = [match for match in matches if match is not None]
    order = _order(list(dict.fromkeys(match.group(1, 2, 3) for match in found)), hints.day, source)
    stamps = [_pos_stamp(match, order) for match in found]
    rows = _Rows(
        np.array([stamp for stamp in stamps if stamp is not None], dtype="datetime64[ms]"),
        np.array([int(match[8]) / 1000.0 for match, stamp in zip(found, stamps, strict=True) if stamp is not None]),
        len(matches) - len(found) + stamps.count(None),
        (Said("The day comes first in the dates.") if order[0] == 0 else Said("The month comes first in the dates."),),
    )
    return _file(source, hints, POS1, rows)


def _file(source: Source, hints: Hints, name: str, rows: _Rows) -> ReadingsFile:
    if not rows.values.size or rows.broken > max(1.0, WORST_SHARE * rows.values.size):
        raise source.fault("Lines that are not in the format of a base-station log: {broken}.", broken=rows.broken)
    code = hints.station_of(source) or station_in_name(source.base)
    if not code:
        raise source.fault(
            "The log does not name its station: specify the station with --station CODE or --station-from PATTERN."
        )
    zone = hints.timezone or "UTC"
    try:
        offsets = _offsets(rows.time, zone)
    except ValueError as error:
        raise FormatError(str(error), file=source.name) from error
    total = total_intensity(["F"], {"F": rows.values}.__getitem__)
    readings, notes = make_readings(code, rows.time - offsets, Total(total.values, False, total.notes), stamp="centre")
    first = str(rows.time[0])[:16].replace("T", " ")
    said = (
        Said(
            "All readings belong to station {code}; the first timestamp, {first}, was read as {zone}.",
            code=code,
            first=first,
            zone=zone,
        ),
        *rows.notes,
    )
    said += (Said("Unreadable lines skipped: {broken}.", broken=rows.broken),) if rows.broken else ()
    return ReadingsFile(source.name, name, (readings,), (Station(code),), (*said, *notes))


def _offsets(time: NDArray[np.datetime64], zone: str) -> NDArray[np.timedelta64]:
    """Return the UTC offsets of local timestamps, shape (time,)."""
    clock = zone_of(zone)
    days, where = np.unique(time.astype("datetime64[h]"), return_inverse=True)
    ahead = [
        clock.utcoffset(hour) if clock is dt.UTC else hour.replace(tzinfo=clock).utcoffset()
        for hour in days.astype("datetime64[s]").tolist()
    ]
    return np.array([0 if one is None else int(one.total_seconds() * 1000) for one in ahead])[where].astype("timedelta64[ms]")


def _roman_date(day: str, month: str, year: str) -> dt.date | None:
    try:
        return dt.date(int(year) + (2000 if len(year) == 2 else 0), _ROMAN.index(month) + 1, int(day))
    except ValueError:
        return None


def _order(dates: list[tuple[str, ...]], said: dt.date | None, source: Source) -> tuple[int, int]:
    """Return the positions of day and month in the dates."""
    if not dates:
        return 0, 1  # for an empty log, which the caller rejects
    fitting = []
    for order in ((0, 1), (1, 0)):
        days = [_date(date, order) for date in dates]
        known = [day for day in days if day is not None]
        steps = [(later - former).days for former, later in pairwise(known)]
        if len(known) == len(days) and all(0 <= step <= 31 for step in steps) and (said is None or said in known):
            fitting.append((order, sum(steps)))
    if len(fitting) == 2 and len(dates) > 1 and fitting[0][1] != fitting[1][1]:
        fitting = [min(fitting, key=lambda one: one[1])]  # consecutive days, not first days of months
    if len(fitting) == 1 or (len(fitting) == 2 and dates[0][0] == dates[0][1]):
        return fitting[0][0]
    text = "/".join(dates[0])
    if not fitting:
        raise source.fault(
            "Dates such as {text} fit neither day-first nor month-first order, or do not include the specified day.", text=text
        )
    both = [str(_date(dates[0], order)) for order, _ in fitting]
    raise source.fault(
        "The date {text} can be {both} or {both2}: specify a day with --date.", text=text, both=both[0], both2=both[1]
    )


def _date(parts: tuple[str, ...], order: tuple[int, int]) -> dt.date | None:
    year = int(parts[2]) + (2000 if len(parts[2]) == 2 else 0)
    try:
        return dt.date(year, int(parts[order[1]]), int(parts[order[0]]))
    except ValueError:
        return None


def _pos_stamp(match: re.Match[str], order: tuple[int, int]) -> dt.datetime | None:
    day = _date(match.group(1, 2, 3), order)
    try:
        clock = dt.time(int(match[4]), int(match[5]), int(match[6]), int((match[7] or "0").ljust(3, "0")) * 1000)
    except ValueError:
        return None
    return None if day is None else dt.datetime.combine(day, clock)
