"""Clocks by name: what a heading, a line above a table or an option says of the zone that times are in."""

from __future__ import annotations

import datetime as dt
import re
from zoneinfo import ZoneInfo

_OFFSET = re.compile(
    r"(?<![A-Za-z/])(?:UTC|GMT|UT1?)[ _]*(?:([+\-−])[ ]*(\d{1,2})(?::?([0-5]\d))?)?(?![A-Za-z\d:])"
    r"|(?<![A-Za-z])zulu(?![A-Za-z])",
    re.IGNORECASE | re.ASCII,
)
_BARE_OFFSET = re.compile(r"[+-](\d{2}):?([0-5]\d)")
_IANA = re.compile(
    r"\b(?:Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Etc|Europe|Indian|Pacific)/[A-Za-z_+\-/0-9]+"
)
_NAMED = (
    ("UTC", re.compile(r"世界时|世界協定時|协调时|universal", re.IGNORECASE)),
    ("UTC+08:00", re.compile(r"beijing|北京|(?<![a-z])bjt(?![a-z])|china standard|中国标准|东八区", re.IGNORECASE)),
    ("UTC+09:00", re.compile(r"(?<![a-z])[jk]st(?![a-z])|japan standard|日本標準|日本时间|東京", re.IGNORECASE)),
    ("UTC+12:00", re.compile(r"(?<![a-z])nzst(?![a-z])", re.IGNORECASE)),
    ("UTC-03:00", re.compile(r"(?<![a-z])(?:brt|art)(?![a-z])", re.IGNORECASE)),
    ("UTC+01:00", re.compile(r"(?<![a-z])(?:cet|mez)(?![a-z])", re.IGNORECASE)),
    ("UTC+02:00", re.compile(r"(?<![a-z])(?:cest|mesz)(?![a-z])", re.IGNORECASE)),
)
_LOCAL = re.compile(
    r"local|(?<![a-z])(?:lt|lst|lmt|[cipem][sd]t)(?![a-z])|当地|地方时|本地|ortszeit|hora local|heure locale", re.IGNORECASE
)
"""What says that a clock is one of several that have this name, such as CST in China and in Chicago."""


def zone_in(text: str) -> str:
    """Return the zone that a text names, such as "UTC+08:00" for "时间(北京时间)"; an empty string if it names none."""
    found = _IANA.search(text)
    if found is not None and _is_zone(found.group()):
        return found.group()
    offset = _OFFSET.search(text)
    if offset is not None and offset.group(2):
        return offset_name(_minutes(*offset.groups()))
    named = next((zone for zone, pattern in _NAMED if pattern.search(text)), "")
    return named or ("UTC" if offset is not None else "")


def is_local(text: str) -> bool:
    """Return whether a text says that its clock is a local one without saying which."""
    return not zone_in(text) and _LOCAL.search(text) is not None


def zone_of(name: str) -> dt.tzinfo:
    """Return the zone of a name: an IANA name, "UTC", "UTC+8", "GMT-3", "+08:00" or what `zone_in` knows.

    Raises
    ------
    ValueError
        If there is no such zone.
    """
    bare = _BARE_OFFSET.fullmatch(name.strip())
    known = f"UTC{name.strip()}" if bare else zone_in(name) if not _is_zone(name.strip()) else name.strip()
    offset = _OFFSET.fullmatch(known)
    if offset is not None:
        minutes = _minutes(*offset.groups()) if offset.group(2) else 0
        return dt.timezone(dt.timedelta(minutes=minutes)) if minutes else dt.UTC
    if not known:
        raise ValueError(f'"{name}" is no time zone; write one such as "UTC+8" or "Asia/Shanghai".')
    return ZoneInfo(known)


def offset_name(minutes: int) -> str:
    """Return the name of a clock so many minutes ahead of UTC, such as "UTC+08:00"."""
    if not minutes:
        return "UTC"
    return f"UTC{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


def _minutes(sign: str | None, hours: str | None, minutes: str | None) -> int:
    """Return an offset; what no clock on Earth keeps is cut to the last one that is kept."""
    whole = min(60 * int(hours or 0) + int(minutes or 0), 14 * 60)
    return -whole if sign in ("-", "−") else whole


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True
