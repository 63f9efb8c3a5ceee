"""Component, station and unit in the heading of a column."""

from __future__ import annotations

import re

UNITS = {"nT": 1.0, "pT": 1e-3, "0.1 nT": 0.1, "0.01 nT": 0.01, "uT": 1e3, "µT": 1e3, "mT": 1e6, "T": 1e9, "G": 1e5}
"""Units of magnetic flux density, in nT."""
LETTERS = "FSXYZHDEGI"

LONGEST_HEADING = 200
"""Characters of a heading that are looked at: the search for the end of each of thousands of brackets would take seconds."""
_BRACKETS = re.compile(r"[(（\[].*?[)）\]]")
_TAIL = re.compile(
    r"[\s_]+(?:n|p|u|µ|μ|m)?t$|[\s_]+(?:deg(?:rees)?|gauss|avg|mean|smp|raw|cal(?:ibrated)?|pre|rep|adj|prov|corr)$",
    re.IGNORECASE,
)
_TOTAL = re.compile(
    r"total|total[ _]?(?:field|intensity|force|magnetic[ _]field)|intensity|tmi"
    r"|f?b[_-]?(?:tot(?:al)?|t|f)|\|b\||f[_-]?(?:tot(?:al)?)?"
    r"|mag|(?:mag(?:netic)?[ _-]?)?field|(?:地磁)?(?:总强度|总场)|全磁力",
    re.IGNORECASE,
)
_LETTER = re.compile(
    r"(?:(?:b|mag|fgm|field|geo|comp(?:onent)?)[ _.-]?)?([XYZHDEFSGI])(?:[ _.-]?(?:comp(?:onent)?|field))?", re.IGNORECASE
)
_OF_STATION = re.compile(r"([A-Z][A-Z0-9]{2})[ _.:/-]?([XYZHDEFSGI])|([A-Z][A-Z0-9]{2,4})[ _.:/-]([XYZHDEFSGI])", re.IGNORECASE)
_STATION_LAST = re.compile(r"([XYZHDEFSGI])[ _.:/-]([A-Z][A-Z0-9]{2,4})", re.IGNORECASE)
_CHINESE = (
    (re.compile(r"水平(?:分量|强度)?|H分量"), "H"),
    (re.compile(r"垂直(?:分量|强度)?|Z分量"), "Z"),
    (re.compile(r"磁偏角|D分量"), "D"),
)
_WORDS = {"north": "X", "east": "Y", "down": "Z", "北向分量": "X", "东向分量": "Y", "x分量": "X", "y分量": "Y", "f分量": "F"}
_NO_STATION = frozenset({"MAG", "FGM", "FIELD", "GEO", "COMP", "RAW", "TOT", "AVG", "STD", "DEL", "SUM", "MAX", "MIN"})
_UNIT = re.compile(r"(?:[(（\[]|[\s_])\s*(0\.0?1\s?nt|[npuµμm]t|t|g|gauss)\s*(?:[)）\]]|$)", re.IGNORECASE)
_MICRO = str.maketrans("μ", "µ")


def bare(name: str) -> str:
    """Return a heading without its unit and without text in brackets."""
    short = _BRACKETS.sub("", name[:LONGEST_HEADING]).strip()
    while (shorter := _TAIL.sub("", short)) != short and shorter:
        short = shorter
    return short


def element_of(name: str) -> tuple[str, str] | None:
    """Return the station code (empty if there is none) and the letter of the component in a heading, or None if it has none."""
    short = bare(name)
    if _TOTAL.fullmatch(short):
        return "", "F"
    word = next((letter for pattern, letter in _CHINESE if pattern.fullmatch(short)), _WORDS.get(short.lower()))
    if word is not None:
        return "", word
    letter = _LETTER.fullmatch(short)
    if letter is not None:
        return "", letter.group(1).upper()
    first = _OF_STATION.fullmatch(short)
    if first is not None:
        code, element = (first.group(1) or first.group(3)).upper(), (first.group(2) or first.group(4)).upper()
        return ("" if code in _NO_STATION else code), element
    last = _STATION_LAST.fullmatch(short)
    return None if last is None or last.group(2).upper() in _NO_STATION else (last.group(2).upper(), last.group(1).upper())


def unit_of(name: str) -> str:
    """Return the unit in a heading, one of `UNITS`, or an empty string if there is none."""
    found = _UNIT.search(name)
    if found is None:
        return ""
    text = re.sub(r"\s", "", found.group(1)).translate(_MICRO).lower()
    return next((unit for unit in UNITS if unit.replace(" ", "").lower() == ("g" if text == "gauss" else text)), "")
