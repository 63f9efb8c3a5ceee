"""Catalogues as tables: USGS, EMSC, GeoNet and ISC csv, FDSN text, ZMAP, workbooks, exports of this program, and similar.

Required columns are time, magnitude, latitude and longitude, under any of their usual names; depth, place, magnitude type,
identifier and event type are read if present. A time zone in a time or a heading is applied.

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
    """Return whether the file begins with the header of an earthquake table (not a Chinese one), or has the ZMAP columns."""
    table = sniff_table(source)
    if table is not None:
        return not is_chinese(table)
    return not sheet.is_workbook(source) and bool(zmap_rows(source))


def is_chinese(table: Table) -> bool:
    """Return whether a heading is that of a Chinese catalogue."""
    return "time" in table.columns and "发震" in table.names[table.columns["time"]]


def is_sheet(source: Source) -> bool:
    """Return whether the file is a workbook whose first sheet begins with the header of an earthquake table."""
    return sheet.is_workbook(source) and _table_in_sheet(source) is not None


def parse(source: Source, timezone: str = "") -> EventsFile:
    """Read an earthquake table.

    Parameters
    ----------
    source
        A text table.
    timezone
        Zone of times that do not name one; empty for the zone of the file or UTC.

    Raises
    ------
    FormatError
        If there is no header with time, magnitude, latitude and longitude, no usable earthquake, or if the zone is ambiguous or
        does not exist.
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
    """Read an earthquake table in the first sheet of a workbook; the other sheets are named in a note.

    Parameters
    ----------
    source
        An .xlsx workbook.
    timezone
        As in `parse`.

    Raises
    ------
    FormatError
        As `parse`, or if the workbook is damaged.
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
    """Return the zone of the times of a table: as stated by the user, otherwise from the headings, or empty.

    Parameters
    ----------
    source
        The file, for messages.
    table
        Its header.
    timezone
        What the user states; empty for nothing.

    Raises
    ------
    FormatError
        If the zone is ambiguous and the user has not stated it.
    """
    if not timezone and table.doubt:
        raise FormatError(table.doubt, file=source.name)
    return timezone or table.zone


def _table_in_sheet(source: Source) -> tuple[int, Table] | None:
    """Return the row of the header in the first sheet, from 0, and its content; None if there is none."""
    from quakegui.formats import workbook

    if _SHEET not in source.cache:
        try:
            rows = workbook.read(source, "", _FIRST_ROWS)[1]
        except FormatError:
            rows = []
        tables = ((at, table_of([_text(value) for value in row])) for at, row in enumerate(rows))
        found = next(((at, table) for at, table in tables if table is not None), None)
        events = () if found is None else _events(source, found[1], rows, found[0], whole=False)
        source.cache[_SHEET] = found if is_plausible(events) else None
    kept: tuple[int, Table] | None = source.cache[_SHEET]
    return kept


def _events(source: Source, table: Table, rows: list[list[Any]], at: int, *, whole: bool = True) -> Iterator[RawEvent]:
    """Convert the rows of a sheet below its header, in row `at`, to `RawEvent`."""
    cells = ((f"row {number}", [_text(value) for value in row]) for number, row in enumerate(rows[at + 1 :], start=at + 2))
    return events_in(source, table, cells, whole=whole)


def _text(value: object) -> str:
    return "" if value is None else str(value)
