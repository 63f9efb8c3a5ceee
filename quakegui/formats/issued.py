"""The date of issue stated in a file: of two files with the same readings, the later issue takes precedence."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable

import numpy as np

from quakegui.formats.records import EARLIEST, LATEST

_SAID = re.compile(
    r"(?:publication[ _]?date|date[ _]of[ _](?:publication|issue|creation)"
    r"|(?:published|issued|created|generated|written)(?:[ _](?:on|at))?)"
    r"(?:[ \t]*[:=|])?[ \t]+(?=[\dA-Za-z])(.{6,60})",
    re.IGNORECASE,
)
_YEAR_FIRST = re.compile(r"(\d{4})([-/.]?)(\d\d)\2(\d\d)(?!\d)")
_DAY_FIRST = re.compile(r"(\d{1,2})([-. ])(\d\d|[A-Za-z]{3,9})\2(\d{4})(?!\d)")
"""With dashes, points or a month in letters; with slashes, day and month are ambiguous and the date is not read."""
_MONTH_FIRST = re.compile(r"(?:[A-Za-z]{3},?[ ]+)?([A-Za-z]{3,9})\.?[ ]+(\d{1,2})(?:,?[ ]+(\d{4}))(?!\d)")
_CLOCK = re.compile(r"[ T]*(?:at[ ]+)?(\d\d):(\d\d)(?::(\d\d)(?:\.\d*)?)?[ ]*(Z|UTC?|GMT|[+-]\d\d:?\d\d)?", re.IGNORECASE)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def issued_in(lines: Iterable[str]) -> np.datetime64 | None:
    """Return the latest date of issue stated in lines of a header or comments, such as "Publication date 2024-05-09".

    Parameters
    ----------
    lines
        Lines written by the publisher of the file; the keyword precedes the date.

    Returns
    -------
    datetime64[ms] | None
        UTC if a zone is given, otherwise as stated; midnight if there is no time. None if no line states a date.
    """
    found = [date for line in lines for match in _SAID.finditer(line) if (date := issue_date(match.group(1))) is not None]
    return max(found, default=None)


def issue_date(text: str) -> np.datetime64 | None:
    """Return the date and time at the beginning of a text as datetime64[ms], or None."""
    for pattern, order in ((_YEAR_FIRST, (1, 3, 4)), (_DAY_FIRST, (4, 3, 1)), (_MONTH_FIRST, (3, 1, 2))):
        match = pattern.match(text.strip())
        if match is not None:
            year, month, day = (match.group(part) for part in order)
            return _instant(int(year), _month(month), int(day), _CLOCK.match(text.strip(), match.end()))
    return None


def _month(text: str) -> int:
    """Return the number of a month from its digits or English name, or 0."""
    return int(text) if text.isdecimal() else next((n for n, name in enumerate(_MONTHS, 1) if text.lower().startswith(name)), 0)


def _instant(year: int, month: int, day: int, clock: re.Match[str] | None) -> np.datetime64 | None:
    hour, minute, second = (int(part or 0) for part in clock.groups()[:3]) if clock else (0, 0, 0)
    zone = clock.group(4) or "" if clock else ""
    try:
        instant = dt.datetime(year, month, day, hour, minute, second)
    except ValueError:
        return None
    if zone[:1] in ("+", "-"):
        ahead = dt.timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))
        instant -= ahead if zone[0] == "+" else -ahead
    date = np.datetime64(instant, "ms")
    return date if EARLIEST <= date < LATEST else None
