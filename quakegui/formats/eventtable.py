"""Earthquakes in tables: position of the heading, meaning of its columns, and the rows below it as text.

Tables are text, sheets of a workbook, or columns of numbers without a heading as ZMAP reads them.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice

from quakegui.formats.catalogue import (
    HEAD,
    MAGNITUDES,
    RawEvent,
    is_apple_double,
    listing,
    raw_event,
    text_of,
)
from quakegui.formats.dates import years_first
from quakegui.formats.elements import LONGEST_HEADING
from quakegui.formats.errors import FormatError
from quakegui.formats.source import Source
from quakegui.formats.zones import zone_doubt, zone_in
from quakegui.words import Said, joined

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "time": (
        *("time", "time_utc", "time_beijing", "datetime", "date_time", "origin_time", "origintime", "origin_time_utc"),
        *("event_time", "utc", "发震时刻", "发震时间", "时间", "発生時刻", "地震の発生時刻"),
        *("zeit", "uhrzeit", "hora", "heure", "ora", "date"),
    ),
    "date": ("date", "event_date", "origin_date", "日期", "发震日期", "地震の発生日", "発生日", "datum", "fecha", "data"),
    "magnitude": (
        *("magnitude", "mag", "m", "震级", "magnitud", "magnitudine"),
        *("m_w", "mw", "mww", "ms", "ml", "mb", "md", "mj", "mjma"),
    ),
    "latitude": ("latitude", "lat", "纬度", "震中纬度", "緯度", "breite", "breitengrad", "latitud", "latitudine"),
    "longitude": (
        *("longitude", "lon", "long", "lng", "经度", "震中经度", "経度"),
        *("länge", "laenge", "längengrad", "longitud", "longitudine"),
    ),
    "depth": ("depth_km", "depth", "depth_m", "深度", "震源深度", "深さ", "tiefe", "profundidad", "profondeur", "profondita"),
    "place": (
        *("place", "location", "region", "region_name", "flynn_region", "eventlocationname", "locality"),
        *("参考位置", "参考地名", "地点", "震央地名"),
    ),
    "magnitude_type": ("magnitude_type", "magtype", "mag_type", "magnitudetype", "震级类型"),
    "id": ("id", "event_id", "eventid", "publicid", "eqid"),
    "kind": ("type", "event_type", "eventtype"),
    **{part: (part, *more) for part, more in {
        "year": ("yyyy", "yr", "年"), "month": ("mon", "月"), "day": ("dd", "日"), "hour": ("hr", "hh", "时"),
        "minute": ("min", "minutes", "分"), "second": ("sec", "seconds", "秒"),
    }.items()},
}  # fmt: skip
"""The names of each column, the most reliable first."""

OWN = frozenset({"direction", "class", "kept"})
"""Columns of the program's own export that are computed from the others."""
LONGEST_HEADER = 4096
"""Maximum length of a header line, in characters."""
NEEDED = ("magnitude", "latitude", "longitude")
PARTS = ("year", "month", "day", "hour", "minute", "second")
_SNIFFED = "heading of earthquakes"
_SCALES = frozenset({"m_w", "mw", "mww", "ms", "ml", "mb", "md", "mj", "mjma"})
_UTC_NAMES = ({"eventid", "contributor"}, {"eventid", "depfix"}, {"publicid", "origintime"}, {"mag", "magtype"})
"""Combinations of columns found only in FDSN text, the ISC bulletin, and csv of GeoNet and the USGS: their times are UTC."""
_METRES = re.compile(r"[(（\[_ /]\s*(?:m|metres?|meters?|米)\s*[)）\]]?$", re.IGNORECASE)
_FLAGGED = re.compile(r"(-?\d+(?:[.,]\d+)?)\s*[*?fdgn]", re.IGNORECASE)
_NOT_NAME = re.compile(
    r"[(（\[].*?[)）\]]|/.*|\b(?:utc|gmt)\s*[+＋–−-]\s*\d{1,2}(?:[:.]?\d{1,2})?(?:\s*h(?:ou)?rs?|\s*h)?\b",
    re.IGNORECASE,
)
_NAME_ZONE = Said("Use --timezone ZONE, or set the file's time zone in the catalogue window.")
_ENGLISH = re.compile(r"(?:origin|event|date|time|utc|year)", re.IGNORECASE)
_ZMAP_COLUMNS = ("longitude", "latitude", "year", "month", "day", "magnitude", "depth", "hour", "minute", "second")


@dataclass(frozen=True, slots=True)
class Table:
    """Position and content of the header of a catalogue.

    Attributes
    ----------
    header_line
        Its line number, from 1.
    delimiter
        Separator of the cells in text.
    columns
        The position of each recognised column.
    names
        The headings without units, case and punctuation.
    zone
        Time zone named in the headings; empty if there is none.
    doubt
        A sentence if the user has to state the time zone, because the heading contains "local" or is in a language whose
        catalogues use local time.
    scale
        Magnitude type, if the heading names it.
    metres
        Whether depths are in metres.
    """

    header_line: int
    delimiter: str
    columns: Mapping[str, int]
    names: tuple[str, ...]
    zone: str = ""
    doubt: str = ""
    scale: str = ""
    metres: bool = False


def find_table(text: str) -> Table | None:
    """Return the header of an earthquake table within the first lines of `text`, or None if there is none."""
    for number, line in enumerate(text.splitlines()[:30], start=1):
        if len(line) <= LONGEST_HEADER:
            delimiter = max(",;\t|", key=line.count)
            delimiter = delimiter if delimiter in line else " "
            found = table_of(_cells(line.lstrip("\ufeff# "), delimiter), number, delimiter)
            if found is not None:
                return found
    return None


def table_of(header: Sequence[str], line: int = 1, delimiter: str = "\t") -> Table | None:
    """Interpret the cells of a header; None if they do not belong to an earthquake table.

    Parameters
    ----------
    header
        The cells.
    line
        Line number of the header, from 1.
    delimiter
        Separator of the cells in text.
    """
    raw = tuple(cell.strip() for cell in header)
    names = tuple(_normal(cell) for cell in raw)
    present = set(names)
    if any(present.isdisjoint(COLUMNS[field]) for field in NEEDED):  # most lines that are tried
        return None
    columns = {
        field: names.index(next(alias for alias in aliases if alias in present))
        for field, aliases in COLUMNS.items()
        if not present.isdisjoint(aliases)
    }
    clocks = [at for at, name in enumerate(names) if name in COLUMNS["time"] and (name != "date" or "time" not in columns)]
    if "time" in columns and len(clocks) > 1:
        same = [at for at in clocks if names[at] not in COLUMNS["date"]] or clocks
        columns["time"] = min(same, key=lambda at: (zone_in(raw[at]) != "UTC", not zone_in(raw[at]), at != columns["time"]))
    if not ("time" in columns or {"year", "month", "day"} <= columns.keys()):
        return None
    if "time" in columns:
        columns = {field: at for field, at in columns.items() if field not in PARTS}
        if columns.get("date") == columns["time"]:
            del columns["date"]
    heads = [raw[columns[field]] for field in ("time", "date", *PARTS) if field in columns]
    zone = next((zone for head in heads if (zone := _zone(head))), "")
    if not zone and not zone_doubt(heads):
        zone = "UTC" if any(wanted <= set(names) for wanted in _UTC_NAMES) else ""
    return Table(
        line,
        delimiter,
        columns,
        names,
        zone,
        "" if zone else _doubt(heads),
        raw[columns["magnitude"]] if names[columns["magnitude"]] in _SCALES else "",
        "depth" in columns and _METRES.search(raw[columns["depth"]]) is not None,
    )


def sniff_table(source: Source) -> Table | None:
    """Return the header of an earthquake table from the beginning of the file only, or None. It is cached in the source."""
    if _SNIFFED not in source.cache:
        source.cache[_SNIFFED] = _sniffed(source)
    kept: Table | None = source.cache[_SNIFFED]
    return kept


def _sniffed(source: Source) -> Table | None:
    if is_apple_double(source) or source.data[:2] in (b"PK", b"\x1f\x8b"):
        return None
    text, _ = text_of(replace(source, data=source.data[:HEAD]))
    table = find_table(text)
    if table is None:
        return None
    return table if is_plausible(table_rows(source, text, table, whole=False)) else None


def is_plausible(rows: Iterable[RawEvent]) -> bool:
    """Return whether there are no rows, or one of the first has a magnitude: 'mag' of a magnetometer is thousands of nT."""
    first = list(islice(rows, 5))
    return not first or any(_is_magnitude(row.magnitude) for row in first)


def unread(table: Table) -> tuple[str, ...]:
    """Return a sentence on the columns that were not imported; empty if there are none."""
    kept = set(table.columns.values())
    names = [name for at, name in enumerate(table.names) if name and at not in kept and name not in OWN]
    return (Said("Columns not imported: {listing}.", listing=listing(names)),) if names else ()


def table_rows(source: Source, text: str, table: Table, *, whole: bool = True) -> Iterator[RawEvent]:
    """Yield the rows below the header.

    Each line is parsed separately, so that a missing quotation mark does not swallow the lines after it.

    Parameters
    ----------
    source
        The file, for messages.
    text
        Its text, including the header.
    table
        The header, as found in this text.
    whole
        As in `events_in`.

    Raises
    ------
    FormatError
        As `events_in`.
    """
    lines = (
        (f"line {number}", _cells(line, table.delimiter))
        for number, line in enumerate(text.splitlines(), start=1)
        if number > table.header_line
        and line.strip()
        and not line.startswith("#")
        and line.strip() != "STOP"  # last line of the ISC
    )
    return events_in(source, table, lines, whole=whole)


def events_in(source: Source, table: Table, rows: Iterable[tuple[str, list[str]]], *, whole: bool = True) -> Iterator[RawEvent]:
    """Convert rows of cells to `RawEvent`.

    Parameters
    ----------
    source
        The file, for messages.
    table
        The header of the rows.
    rows
        Name of each row for notes, and its cells; all rows are read before the first is returned.
    whole
        Whether these are all rows of the table: the order of day and month may be unclear in the first ones alone.

    Raises
    ------
    FormatError
        If day and month of its dates cannot be distinguished and `whole` is True.
    """
    found = [
        (where, {field: cells[at].strip() for field, at in table.columns.items() if at < len(cells)}) for where, cells in rows
    ]
    dated = "date" if any(cells.get("date") for _, cells in found) else "time"
    try:
        dates = years_first([cells.get(dated, "") for _, cells in found])
    except ValueError as error:
        if whole:
            raise FormatError(str(error), file=source.name) from error
        dates = [cells.get(dated, "") for _, cells in found]
    for (where, cells), date in zip(found, dates, strict=True):
        cells[dated] = date.removesuffix(" 00:00:00") if dated == "date" else date  # dates of a workbook have a midnight
        parts = [cells.pop(part, "") for part in PARTS]
        if any(parts):
            cells["time"] = _joined(parts)
        if table.metres:
            cells["depth"] = _in_km(cells.get("depth", ""))
        if table.scale and not cells.get("magnitude_type"):
            cells["magnitude_type"] = table.scale
        yield raw_event(where, {field: text for field, text in cells.items() if field != "date" or text})


def zmap_rows(source: Source) -> list[RawEvent]:
    """Return the rows of a table of numbers without a heading, in the order of ZMAP; empty if the file is not such a table."""
    if is_apple_double(source) or b"\0" in source.data[:512]:
        return []
    lines = text_of(source)[0].splitlines()
    numbered = enumerate(lines, start=1)
    rows = ((f"line {number}", line.replace(",", " ").split()) for number, line in numbered if line.strip())
    first = list(islice(rows, 20))
    if not first or not all(_is_zmap(cells) for _, cells in first):
        return []
    table = Table(0, " ", {field: at for at, field in enumerate(_ZMAP_COLUMNS)}, _ZMAP_COLUMNS, "UTC")
    return list(events_in(source, table, chain(first, rows)))


def _is_zmap(cells: list[str]) -> bool:
    try:
        longitude, latitude, year, month, day, magnitude, depth, hour, minute = (float(cell) for cell in cells[:9])
    except ValueError:
        return False
    whole = month % 1 == day % 1 == hour % 1 == 0
    clock = 1000 <= year < 2100 and 1 <= month <= 12 and 1 <= day <= 31 and 0 <= hour < 24 and 0 <= minute < 60
    unlikely = magnitude < -3 or magnitude > 10 or depth < -10 or depth > 800  # either may be NaN
    return whole and clock and abs(longitude) <= 360 and abs(latitude) <= 90 and not unlikely


def _doubt(heads: Sequence[str]) -> str:
    doubt = zone_doubt(heads)
    if doubt:
        return joined(" ", (doubt, _NAME_ZONE))
    if heads and not any(_ENGLISH.search(head) for head in heads):
        return Said(
            "The file does not specify the time zone of its times ('{heads}'). {name_zone}",
            heads=heads[0][:60],
            name_zone=_NAME_ZONE,
        )
    return ""


def _zone(head: str) -> str:
    return zone_in(head) or ("UTC+08:00" if "发震" in head else "")


def _joined(parts: Sequence[str]) -> str:
    """Return a date and time from year (may be a decimal year), month, day, hour, minute and second."""
    year, month, day, hour, minute, second = (part or "0" for part in parts)
    try:
        whole = [int(float(part)) for part in (year, month, day, hour, minute)]
        seconds = float(second.replace(",", "."))
    except (ValueError, OverflowError):
        return " ".join(parts)
    date = f"{whole[0]:04d}-{whole[1]:02d}-{whole[2]:02d}"
    return f"{date} {whole[3]:02d}:{whole[4]:02d}:{seconds:06.3f}"


def _in_km(text: str) -> str:
    try:
        return repr(float(text.replace(",", ".")) / 1000.0)
    except ValueError:
        flagged = _FLAGGED.fullmatch(text)
        return text if flagged is None else f"{flagged[1]} m"


def _is_magnitude(text: str) -> bool:
    found = re.fullmatch(r"(?:[A-Za-z]{0,4}\s*)?(-?\d+(?:[.,]\d+)?)(?:\s*[A-Za-z]{1,4})?", text.strip())
    return found is not None and MAGNITUDES[0] <= float(found[1].replace(",", ".")) <= MAGNITUDES[1]


def _normal(header: str) -> str:
    """Return the name of a column without unit, case and punctuation."""
    bare = _NOT_NAME.sub("", header.strip().strip('"')[:LONGEST_HEADING])
    return re.sub(r"\W+", "_", bare.lower()).strip("_")


def _cells(line: str, delimiter: str) -> list[str]:
    if delimiter == " ":
        return line.split()
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:  # a field beyond the limit of csv, or a stray control character: split without csv
        return line.split(delimiter)
