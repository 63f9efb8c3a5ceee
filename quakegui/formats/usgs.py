"""Catalogues as tables: USGS, EMSC, GeoNet and ISC csv, FDSN text, ZMAP, workbooks, this program's own export, and their kin.

Needed columns are a time, a magnitude, a latitude and a longitude, under any of the usual names; depth, place, magnitude type,
identifier and event type are taken where they are. A zone named with a time, or in a heading, counts.

References
----------
USGS, ANSS comprehensive catalogue, csv format; FDSN web services 1.2, event text format.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from quakegui.formats import sheet
from quakegui.formats.catalogue import RawEvent, collect, refuse_apple_double, text_of
from quakegui.formats.errors import FormatError
from quakegui.formats.eventtable import (
    Table,
    events_in,
    find_table,
    is_plausible,
    sniff_table,
    table_of,
    table_rows,
    unread,
    zmap_rows,
)
from quakegui.formats.result import EventsFile
from quakegui.formats.source import Source
from quakegui.words import Said

_FIRST_ROWS = 30
_NO_HEADER = Said(
    "No header with time, magnitude, latitude and longitude was found in the first 30 lines. Put these column names "
    "in the first line of the file."
)
_SHEET = "catalogue of the first sheet"


def looks_like(source: Source) -> bool:
    """Whether the file begins with the header of an event table, other than China's, or has ZMAP's columns without one."""
    table = sniff_table(source)
    if table is not None:
        return not is_chinese(table)
    return not sheet.is_workbook(source) and bool(zmap_rows(source))


def is_chinese(table: Table) -> bool:
    """Whether a heading is that of China's catalogues."""
    return "time" in table.columns and "发震" in table.names[table.columns["time"]]


def is_sheet(source: Source) -> bool:
    """Whether the file is a workbook whose first sheet begins with the header of an event table."""
    return sheet.is_workbook(source) and _table_in_sheet(source) is not None


def parse(source: Source, timezone: str = "") -> EventsFile:
    """Read an event table; `timezone` is the zone of times that name none, empty for what the file says or UTC.

    Raises
    ------
    FormatError
        If there is no header with time, magnitude, latitude and longitude, no usable event, or a clock to be asked for.
    """
    refuse_apple_double(source)
    text, notes = text_of(source)
    table = find_table(text)
    if table is None and (rows := zmap_rows(source)):
        said = Said("Columns were read in ZMAP order: longitude, latitude, year, month, day, magnitude, depth, hour, minute.")
        return collect(source, "zmap", rows, zone=timezone or "UTC", notes=(*notes, said))
    if table is None:
        raise FormatError(_NO_HEADER, file=source.name)
    name = "usgs" if {"mag", "magtype"} <= set(table.names) else "table"
    zone = clock_of(source, table, timezone)
    return collect(source, name, table_rows(source, text, table), zone=zone, notes=(*notes, *unread(table)))


def parse_sheet(source: Source, timezone: str = "") -> EventsFile:
    """Read an event table in the first sheet of a workbook; the other sheets are named.

    Raises
    ------
    FormatError
        As `parse`.
    """
    from quakegui.formats import workbook

    names, rows = workbook.read(source, "", None)
    found = _table_in_sheet(source)
    if found is None:
        raise FormatError(_NO_HEADER, file=source.name)
    at, table = found
    others = (
        [Said("Sheets after the first were not read: {names}.", names=", ".join(names[1:])[:200])] if len(names) > 1 else []
    )
    notes = [*unread(table), *others]
    return collect(source, "table", _events(source, table, rows, at), zone=clock_of(source, table, timezone), notes=notes)


def clock_of(source: Source, table: Table, timezone: str) -> str:
    """Return the zone of a table's times: as is said, else as its headings say; empty where neither does.

    Raises
    ------
    FormatError
        If it has to be asked for.
    """
    if not timezone and table.doubt:
        raise FormatError(table.doubt, file=source.name)
    return timezone or table.zone


def _table_in_sheet(source: Source) -> tuple[int, Table] | None:
    """Return the row of the first sheet's header, from 0, and what it says."""
    from quakegui.formats import workbook

    if _SHEET not in source.kept:
        try:
            rows = workbook.read(source, "", _FIRST_ROWS)[1]
        except FormatError:
            rows = []
        tables = ((at, table_of([_text(value) for value in row])) for at, row in enumerate(rows))
        found = next(((at, table) for at, table in tables if table is not None), None)
        events = () if found is None else _events(source, found[1], rows, found[0], whole=False)
        source.kept[_SHEET] = found if is_plausible(events) else None
    kept: tuple[int, Table] | None = source.kept[_SHEET]
    return kept


def _events(source: Source, table: Table, rows: list[list[Any]], at: int, *, whole: bool = True) -> Iterator[RawEvent]:
    """Yield the rows of a sheet below its header, which is row `at`, as events in the making."""
    cells = ((f"row {number}", [_text(value) for value in row]) for number, row in enumerate(rows[at + 1 :], start=at + 2))
    return events_in(source, table, cells, whole=whole)


def _text(value: object) -> str:
    return "" if value is None else str(value)
