"""Hypocentre records of the Japan Meteorological Agency: one line of 96 characters per earthquake, times in JST.

References
----------
Japan Meteorological Agency, seismological bulletin of Japan, format of the hypocenter file (record types J, U and I).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from quakegui.formats.catalogue import RawEvent, collect
from quakegui.formats.encodings import decode
from quakegui.formats.result import EventsFile
from quakegui.formats.source import Source

NAME = "jma"
ZONE = "UTC+09:00"
_LINE = re.compile(r"[JUI]\d{8}[ \d]{4}[ \d]{8}[ \d-]{7}[ \d]{4}.{4}[ \d-]{4}.{50,62}")
_MAGNITUDE_LETTERS = {"A": -1.0, "B": -2.0, "C": -3.0}
_KINDS = {"1": "earthquake", "3": "artificial event", "4": "noise", "5": "low-frequency earthquake"}
_WORST_SHARE = 0.1


def looks_like(source: Source) -> bool:
    """Return whether the first line is a hypocentre record."""
    first = source.data[:200].split(b"\n", 1)[0].decode("latin-1").rstrip("\r")
    return _LINE.fullmatch(first) is not None


def parse(source: Source, timezone: str = "") -> EventsFile:
    """Read the records; each is an earthquake with its first magnitude.

    Parameters
    ----------
    source
        The file.
    timezone
        Zone of its times; JST (UTC+9) if empty.

    Raises
    ------
    FormatError
        If more than a tenth of the lines are not records, no earthquake is usable, or the zone does not exist.
    """
    lines = [(number, line) for number, line in enumerate(decode(source.data)[0].splitlines(), start=1) if line.strip()]
    records = [(number, line.ljust(96)) for number, line in lines if _LINE.match(line)]
    if len(lines) - len(records) > max(1.0, _WORST_SHARE * len(lines)):
        raise source.fault(
            "{count} of {count2} lines are not hypocentre records.", count=len(lines) - len(records), count2=len(lines)
        )
    return collect(source, NAME, _rows(records), zone=timezone or ZONE)


def _rows(records: list[tuple[int, str]]) -> Iterator[RawEvent]:
    for number, line in records:
        seconds = line[13:17].strip().rjust(4, "0")
        hour, minute = line[9:11].strip() or "0", line[11:13].strip().rjust(2, "0")
        yield RawEvent(
            f"line {number}",
            time=f"{line[1:5]}-{line[5:7]}-{line[7:9]} {hour}:{minute}:{seconds[:2]}.{seconds[2:]}",
            magnitude=_magnitude(line[52:54]),
            latitude=_degrees(line[21:24], line[24:28]),
            longitude=_degrees(line[32:36], line[36:40]),
            depth=_depth(line[44:49]),
            place=line[68:92].strip(),
            magnitude_type=f"M{line[54].strip()}",
            kind=_KINDS.get(line[60], ""),
        )


def _magnitude(text: str) -> str:
    """Return a magnitude from its tenths; negative ones are coded as "-1" for -0.1 and "A0" for -1.0."""
    text = text.strip()
    if not text:
        return ""
    if text[0] in _MAGNITUDE_LETTERS and text[1:].isdecimal():
        return f"{_MAGNITUDE_LETTERS[text[0]] - int(text[1:]) / 10:.1f}"
    return f"{int(text) / 10:.1f}" if re.fullmatch(r"-?\d{1,2}", text) else text


def _degrees(degrees: str, minutes: str) -> str:
    """Return degrees from whole degrees and hundredths of minutes."""
    try:
        whole, part = int(degrees), int(minutes.strip() or "0") / 100 / 60
    except ValueError:
        return degrees
    return f"{whole - part if degrees.strip().startswith('-') else whole + part:.6f}"


def _depth(text: str) -> str:
    """Return a depth in km: given in hundredths if it was free, in whole km if it was fixed."""
    if text[3:].strip():
        return f"{int(text) / 100:.2f}" if text.strip().isdecimal() else text.strip()
    return text.strip()
