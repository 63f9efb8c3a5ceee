"""The table of formats, and detection of the format of a file by its content: names and endings are unreliable."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from quakegui.formats import (
    catalogue,
    cenc,
    eventjson,
    iaga2002,
    imagcdf,
    intermagnet,
    jma,
    kp,
    loggers,
    quakeml,
    stations,
    table,
    usgs,
    wdc,
)
from quakegui.formats.errors import one_error
from quakegui.formats.hints import Hints
from quakegui.formats.result import EventsFile, ReadingsFile
from quakegui.formats.source import Source

Kind = Literal["readings", "events", "kp", "stations"]
_FORMAT = "format"


@dataclass(frozen=True, slots=True)
class Format:
    """A file format.

    Attributes
    ----------
    name
        Its name in results and projects.
    title
        Its usual name, followed by the variants that it covers, separated by commas.
    kind
        Content of its files.
    looks_like
        Test whether a file is in this format; it reads as little as necessary and does not raise.
    readings
        The reader of readings; it takes a source and the hints of the user. None for other formats.
    events
        The reader of earthquakes; it takes a source and the zone of times that do not name one, empty if the user names none
        either. None for other formats.
    leaves_open
        Whether a file may lack its station, day or time zone, so that the user has to state it.
    """

    name: str
    title: str
    kind: Kind
    looks_like: Callable[[Source], bool]
    readings: Callable[[Source, Hints], ReadingsFile] | None = None
    events: Callable[[Source, str], EventsFile] | None = None
    leaves_open: bool = False


FORMATS: dict[str, Format] = {
    row.name: row
    for row in (
        Format("cdf", "ImagCDF, CDF", "readings", imagcdf.looks_like, imagcdf.parse),
        Format("iaga2002", "IAGA-2002", "readings", iaga2002.looks_like, iaga2002.parse),
        Format("wdc", "WDC", "readings", wdc.looks_like, wdc.parse, leaves_open=True),
        Format("imf", "IMF 1.23", "readings", intermagnet.is_imf, intermagnet.parse_imf),
        Format("iaf", "IAF", "readings", intermagnet.is_iaf, intermagnet.parse_iaf),
        Format("pcdcp", "PCDCP", "readings", intermagnet.is_pcdcp, intermagnet.parse_pcdcp),
        Format("gsm19", "GSM-19", "readings", loggers.is_gsm19, loggers.parse_gsm19, leaves_open=True),
        Format("pos1", "POS-1", "readings", loggers.is_pos1, loggers.parse_pos1, leaves_open=True),
        Format("kp", "Kp", "kp", kp.looks_like),
        Format("cenc", "CENC", "events", cenc.looks_like, events=cenc.parse),
        Format("quakeml", "QuakeML", "events", quakeml.looks_like, events=quakeml.parse),
        Format("geojson", "GeoJSON", "events", eventjson.looks_like, events=eventjson.parse),
        Format("jma", "JMA", "events", jma.looks_like, events=jma.parse),
        Format("usgs", "USGS, ISC, EMSC, GeoNet, ZMAP, csv", "events", usgs.looks_like, events=usgs.parse),
        Format("event sheet", "xlsx", "events", usgs.is_sheet, events=usgs.parse_sheet),
        Format("stations", ".ack", "stations", stations.looks_like),
        Format("table", "csv, xlsx", "readings", table.looks_like, table.parse, leaves_open=True),
    )
}
"""By name, the most specific first: a catalogue is also a table."""


def titles(kind: Kind) -> str:
    """Return the usual names of the formats of a kind, separated by commas."""
    return ", ".join(row.title for row in FORMATS.values() if row.kind == kind)


def format_of(source: Source) -> Format | None:
    """Return the format of a file, or None if no reader recognises it. The result is cached in the source."""
    if _FORMAT not in source.cache:
        with one_error(source.name):
            found = None if catalogue.is_apple_double(source) else _first_match(source)
        source.cache[_FORMAT] = found
    kept: Format | None = source.cache[_FORMAT]
    return kept


def _first_match(source: Source) -> Format | None:
    return next((row for row in FORMATS.values() if row.looks_like(source)), None)


def detect(source: Source) -> str | None:
    """Return the name of the format of a file, or None if no reader recognises it."""
    found = format_of(source)
    return None if found is None else found.name


def kind(source: Source) -> Kind | None:
    """Return the content of a file: "readings", "events", "kp" or "stations"; None if no reader recognises it."""
    found = format_of(source)
    return None if found is None else found.kind
