"""Catalogues as text tables with English headers: USGS csv, FDSN text, this program's own export, and their kin.

Needed columns are a time, a magnitude, a latitude and a longitude, under any of the usual names; depth, place, magnitude type,
identifier and event type are taken where they are. A zone named with a time counts; a column ``time_beijing`` is UTC+8.

References
----------
USGS, ANSS comprehensive catalogue, csv format; FDSN web services 1.2, event text format.
"""

from __future__ import annotations

from datetime import timedelta

from quakegui.formats.catalogue import collect, find_table, refuse_apple_double, sniff_table, table_rows, text_of, unread
from quakegui.formats.errors import FormatError
from quakegui.formats.result import EventsFile
from quakegui.formats.source import Source


def looks_like(source: Source) -> bool:
    """Whether the file begins with the header of an event table, other than China's."""
    table = sniff_table(source)
    return table is not None and "发震" not in table.names[table.columns["time"]]


def parse(source: Source) -> EventsFile:
    """Read an event table.

    Raises
    ------
    FormatError
        If there is no header with time, magnitude, latitude and longitude, or no usable event below it.
    """
    refuse_apple_double(source)
    text, notes = text_of(source)
    table = find_table(text)
    if table is None:
        raise FormatError(
            "No header with time, magnitude, latitude and longitude was found in the first 30 lines. Name those columns in "
            "the file's first line.",
            file=source.name,
        )
    is_usgs = {"mag", "magtype"} <= set(table.names)
    clock = timedelta() if is_usgs and table.clock is None else table.clock  # USGS times are UTC by definition
    said = (*notes, *unread(table))
    return collect(source, "usgs" if is_usgs else "table", table_rows(text, table), clock=clock, notes=said)
