"""Station, time zone and unit of a whole table, from the lines above it and from the name of its file."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import PurePosixPath

from quakegui.formats.elements import unit_of
from quakegui.formats.zones import zone_doubt, zone_in

_STATION = re.compile(
    r"\W*(?:iaga(?:[ _]code)?|station|observatory|site|obs|sta|code|台站|台站代码|测点)\b[^:：=\t]*[:：=\t]\s*(.+)",
    re.IGNORECASE,
)
_CODE = re.compile(r"(?<![A-Za-z0-9])[A-Z][A-Z0-9]{2,4}(?![A-Za-z0-9])")
_CLOCK = re.compile(r"time|clock|zone|时间|时区|時刻|zeit|hora", re.IGNORECASE)
_UNIT = re.compile(r"\W*units?\b\s*[:：=\t]\s*(\S+(?: nT)?)", re.IGNORECASE)
_TOKEN = re.compile(r"[A-Za-z]+|\d+|[^A-Za-z0-9]+")
_WORDS = """
    mag geo raw day min sec hrs avg dat data tab log obs old new tmp csv txt iaga file test out the all and one two für
    mit pre cut utc ut gmt gsm gem pos fgm fge lemi ovh base prov def var rep fin dmin vmin pmin qmin vsec vhor
    jan feb mar apr may jun jul aug sep sept oct nov dec
    january february march april june july august september october november december
    mon tue tues wed thu thur thurs fri sat sun monday tuesday wednesday thursday friday saturday sunday
"""
NOT_CODES = frozenset(_WORDS.split())
"""Words in names of files and sheets that are not station codes."""


def station_above(lines: Iterable[str]) -> str:
    """Return the station code in the lines above a table, or an empty string if they name no station or several."""
    codes: list[str] = []
    for line in lines:
        fields = [field.strip('" ') for field in line.split(",")]
        if fields[0] == "TOA5" and len(fields) > 1:  # Campbell loggers: the second field is the name of the station
            codes += _CODE.findall(fields[1])
            continue
        named = _STATION.match(line)
        codes += _CODE.findall(named.group(1)) if named is not None else []
    return codes[0] if len(set(codes)) == 1 else ""


def zone_above(headings: Iterable[str], lines: Iterable[str]) -> tuple[str, str]:
    """Return the time zone of a table, and the reason if it is uncertain.

    The zone is empty if the headings and lines name none or several.

    Parameters
    ----------
    headings
        Headings of the time columns.
    lines
        Lines above the table; only those that mention a time or a zone are searched.
    """
    spoken = [*headings, *(line for line in lines if _CLOCK.search(line))]
    doubt = zone_doubt(spoken)
    return "" if doubt else next((zone for line in spoken if (zone := zone_in(line))), ""), doubt


def unit_above(lines: Iterable[str]) -> str:
    """Return the unit in the lines above a table, or an empty string if there is none."""
    found = (match for line in lines if (match := _UNIT.match(line)))
    return next((unit for match in found if (unit := unit_of(f"({match.group(1).rstrip(',;.')})"))), "")


def station_in_name(name: str) -> str:
    """Return the station code in the name of a file, or an empty string if it is not clear.

    A code is clear if it is the only word of three letters and is the whole name or stands beside a number, or if it is the
    only word of up to five capitals among small letters: KAK in "kak20220115.csv", XIC in "mag_XIC_20240509.csv"; none in
    "readings.csv".
    """
    stem = PurePosixPath(name).stem
    tokens = [token for token in _TOKEN.findall(stem) if token[0].isalnum()]
    words = [
        token
        for at, token in enumerate(tokens)
        if token[0].isalpha() and token.lower() not in NOT_CODES and _is_code(token, stem, tokens[max(at - 1, 0) : at + 2])
    ]
    return words[0].upper() if len({word.upper() for word in words}) == 1 else ""


def _is_code(word: str, stem: str, neighbours: list[str]) -> bool:
    if word.isupper() and stem != stem.upper():
        return 3 <= len(word) <= 5
    return len(word) == 3 and (word == stem or any(len(other) >= 4 and other.isdigit() for other in neighbours))
