"""Time zones by name, in a heading, a line above a table or an option."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from quakegui.strangers import shown
from quakegui.words import Said, mark

_NAME = r"(?<![A-Za-z/])(?:UTC|GMT|UT1?+)"
_OFFSET = re.compile(
    rf"{_NAME}[ _()\[\]]*([+-])[ ]*(\d{{1,2}})(?::?([0-5]\d)|[.,](0|00|25|5|50|75))?[ ]*(?:hours?|hrs?|h)?"
    r"(?![A-Za-z\d:]|[.,]\d|-\d)",
    re.IGNORECASE | re.ASCII,
)
_UTC = re.compile(rf"{_NAME}(?![A-Za-z\d:])|(?<![A-Za-z])zulu(?![A-Za-z])", re.IGNORECASE | re.ASCII)
_FURTHER = re.compile(
    rf"{_NAME}(?:[ _()\[\]]*[+-][ ]*(?!\d{{4}}-|\d{{5}})\d|[1-9]\d?(?!\d)|[ ]+[1-9]\d?(?![\d:]))",
    re.IGNORECASE | re.ASCII,
)
"""UTC with a number after it, which is the offset unless it begins a date."""
_LARGEST_OFFSET = 14 * 60
"""Minutes: no time zone is further ahead."""
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—−", "-"))
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
"""Abbreviations shared by several time zones, such as CST in China and in Chicago."""
_SEVERAL = mark("The file gives more than one time zone ('{where}'): name its time zone.")
_UNREADABLE = mark("The UTC offset in the file ('{unreadable}') cannot be read: name its time zone.")
_PLACELESS = mark("The file gives local time ('{local}') without a place: name its time zone.")


def zone_in(text: str) -> str:
    """Return the one zone in a text, such as "UTC+08:00" for "时间(北京时间)"; empty if it names none or several."""
    zones = _zones_in(_folded(text))
    return zones[0] if len(zones) == 1 else ""


def zone_doubt(texts: Sequence[str]) -> str:
    """Return a sentence on why the user has to state the time zone, or an empty string if the texts name one zone or none.

    The reasons are several zones, an offset that cannot be read, or a local time without its place.
    """
    named = {text: _zones_in(_folded(text)) for text in texts}
    several = next((text for text, zones in named.items() if len(zones) > 1), "")
    zones = list(dict.fromkeys(zone for found in named.values() for zone in found))
    unreadable = next((text for text in named if not named[text] and _FURTHER.search(_folded(text))), "")
    local = next((text for text in named if not named[text] and _LOCAL.search(text)), "")
    if several or len(zones) > 1:
        where = shown(several or " … ".join(text.strip() for text in named if named[text]), 60)
        return Said(_SEVERAL, where=where)
    if unreadable:
        return Said(_UNREADABLE, unreadable=shown(unreadable, 60))
    if local and not zones:
        return Said(_PLACELESS, local=shown(local, 60))
    return ""


def is_zone_doubt(doubt: str) -> bool:
    """Return whether a sentence is one of those that `zone_doubt` returns."""
    return isinstance(doubt, Said) and doubt.template in (_SEVERAL, _UNREADABLE, _PLACELESS)


def _zones_in(text: str) -> list[str]:
    """Return the zones in a normalised text, those with the same offset once."""
    place = next((found.group() for found in _IANA.finditer(text) if _is_zone(found.group())), "")
    if place:
        return [place]
    found = [_minutes(offset) for offset in _OFFSET.finditer(text)]
    zones = [offset_name(minutes) for minutes in found if abs(minutes) <= _LARGEST_OFFSET]
    rest = _OFFSET.sub(" ", text)
    zones += [zone for zone, pattern in _NAMED if pattern.search(rest)]
    zones += ["UTC"] if _UTC.search(rest) and not _FURTHER.search(rest) else []
    return list(dict.fromkeys(zones))


def zone_of(name: str) -> dt.tzinfo:
    """Return the zone of a name: an IANA name, "UTC", "UTC+8", "GMT-3", "+08:00" or any other name that `zone_in` recognises.

    Raises
    ------
    ValueError
        If the zone does not exist.
    """
    folded = _folded(name).strip()
    known = folded if _is_zone(folded) else zone_in(f"UTC{folded}" if _BARE_OFFSET.fullmatch(folded) else folded)
    if not known:
        raise ValueError(Said('"{name}" is not a time zone; use a form such as "UTC+8" or "Asia/Shanghai".', name=name))
    offset = _OFFSET.fullmatch(known)
    if offset is not None and _minutes(offset):
        return dt.timezone(dt.timedelta(minutes=_minutes(offset)))
    return dt.UTC if offset is not None or _UTC.fullmatch(known) else ZoneInfo(known)


def offset_name(minutes: int) -> str:
    """Return the name of a UTC offset in minutes, such as "UTC+08:00"."""
    if not minutes:
        return "UTC"
    return f"UTC{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


def _minutes(offset: re.Match[str]) -> int:
    """Return the minutes ahead of UTC in a match of `_OFFSET`."""
    sign, hours, minutes, part = offset.groups()
    whole = 60 * int(hours) + int(minutes or 0) + round(60 * float(f"0.{part or 0}"))
    return -whole if sign == "-" else whole


def _folded(text: str) -> str:
    """Return a text with ASCII digits, brackets and signs instead of full-width ones, and every dash as a minus."""
    return unicodedata.normalize("NFKC", text).translate(_DASHES)


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True
