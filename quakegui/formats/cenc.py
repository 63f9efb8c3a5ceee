"""Catalogues of the China Earthquake Networks Center: csv, and the export named .xls, which is SpreadsheetML.

Times are Beijing time (UTC+8) in the file and are returned in UTC.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from quakegui.formats.catalogue import (
    BEIJING,
    HEAD,
    RawEvent,
    collect,
    is_apple_double,
    raw_event,
    refuse_apple_double,
    text_of,
)
from quakegui.formats.errors import FormatError
from quakegui.formats.eventtable import find_table, sniff_table, table_rows, unread
from quakegui.formats.result import EventsFile
from quakegui.formats.source import Source
from quakegui.formats.xml import elements, is_xml

SHEET = "urn:schemas-microsoft-com:office:spreadsheet"
HEADER = "发震时刻"
"""The column that only this catalogue has."""


def looks_like(source: Source) -> bool:
    """Return whether the file is a SpreadsheetML sheet, or a text table, with the Chinese header of this catalogue."""
    if is_apple_double(source):
        return False
    if is_xml(source):
        head = source.data[:HEAD]
        return SHEET.encode() in head or SHEET.encode("utf-16-le") in head or SHEET.encode("utf-16-be") in head
    table = sniff_table(source)
    return table is not None and "time" in table.columns and "发震" in table.names[table.columns["time"]]


def parse(source: Source, timezone: str = "") -> EventsFile:
    """Read the catalogue.

    Parameters
    ----------
    source
        The file: csv or SpreadsheetML.
    timezone
        Zone of its times. If empty, the one in the header of a text, otherwise Beijing time.

    Raises
    ------
    FormatError
        If the XML is damaged, if there is no header with time, magnitude, latitude and longitude, if no row is usable, or if
        the zone does not exist.
    """
    refuse_apple_double(source)
    if is_xml(source):
        return collect(source, "cenc", _sheet_rows(source), zone=timezone or BEIJING)
    text, notes = text_of(source)
    table = find_table(text)
    if table is None:
        raise _no_header(source)
    zone = timezone or table.zone or BEIJING
    return collect(source, "cenc", table_rows(source, text, table), zone=zone, notes=(*notes, *unread(table)))


def _sheet_rows(source: Source) -> Iterator[RawEvent]:
    columns: dict[str, int] | None = None
    number = 0
    for row in elements(source, "Row"):
        number = _index(row, number, source)
        cells = _row_cells(row, source)
        if columns is None:
            columns = _header(cells)
            continue
        if cells:
            yield raw_event(f"row {number}", {field: cells.get(at, "").strip() for field, at in columns.items()})
    if columns is None:
        raise _no_header(source)


def _header(cells: dict[int, str]) -> dict[str, int] | None:
    """Return the column number of each recognised field, or None if the row is not a header."""
    # join the cells with tabs, so that the header is read like that of a text table
    places = sorted(cells)
    table = find_table("\t".join(" ".join(cells[at].split()) for at in places))
    return None if table is None else {field: places[at] for field, at in table.columns.items()}


def _row_cells(row: Any, source: Source) -> dict[int, str]:
    """Return texts by column number from 1; a sheet may omit empty cells and give the index of the next one."""
    cells: dict[int, str] = {}
    at = 0
    for cell in row.iterfind(f"{{{SHEET}}}Cell"):
        at = _index(cell, at, source)
        data = cell.find(f"{{{SHEET}}}Data")
        if data is not None:
            cells[at] = "".join(data.itertext())
    return cells


def _index(element: Any, before: int, source: Source) -> int:
    stated = element.get(f"{{{SHEET}}}Index")
    if stated is None:
        return before + 1
    try:
        return max(int(stated), before + 1)
    except ValueError:
        raise source.fault("A row or cell has the index '{stated}', which is not a number.", stated=stated[:20]) from None


def _no_header(source: Source) -> FormatError:
    return source.fault(
        "No header with time ({header}), magnitude (震级), latitude (纬度) and longitude (经度) was found.", header=HEADER
    )
