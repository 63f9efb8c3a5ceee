"""Files into readings, events and indices. One module per format; knows files, nothing else.

A source
    is a file's bytes with its name: `expand` yields those of a file, folder or archive.
A reader
    takes a source and gives back what it holds, with notes on everything that it corrected, derived or dropped. What it
    cannot read raises `FormatError`, the one error of this package, with file, line and a sentence.
"""

from __future__ import annotations

from quakegui.formats import (
    catalogue,
    cenc,
    eventjson,
    iaga2002,
    imagcdf,
    images,
    intermagnet,
    jma,
    loggers,
    magpy,
    quakeml,
    stations,
    table,
    usgs,
    wdc,
)
from quakegui.formats import kp as _kp
from quakegui.formats.columns import TableMapping
from quakegui.formats.detect import FORMATS, Kind, detect, kind
from quakegui.formats.errors import FormatError, one_error
from quakegui.formats.guess import Guess, guess_mapping, guess_table
from quakegui.formats.hints import NO_HINTS, Hints, hints_of
from quakegui.formats.images import ImageSet, MapImage, read_image, read_images
from quakegui.formats.result import EventsFile, ReadingsFile
from quakegui.formats.sheet import Preview, preview
from quakegui.formats.source import Source, expand
from quakegui.season.kp import Kp
from quakegui.season.network import Station

__all__ = [
    "FORMATS",
    "LOGS",
    "NO_HINTS",
    "EventsFile",
    "FormatError",
    "Guess",
    "Hints",
    "ImageSet",
    "Kind",
    "MapImage",
    "Preview",
    "ReadingsFile",
    "Source",
    "TableMapping",
    "detect",
    "expand",
    "guess_mapping",
    "guess_table",
    "kind",
    "preview",
    "read_events",
    "read_image",
    "read_images",
    "read_kp",
    "read_readings",
    "read_stations",
]

# The reader of each format, by its name (see `detect`).
READINGS = {"cdf": imagcdf.parse, "iaga2002": iaga2002.parse}
LOGS = {
    "wdc": wdc.parse,
    "imf": intermagnet.parse_imf,
    "iaf": intermagnet.parse_iaf,
    "pcdcp": intermagnet.parse_pcdcp,
    "gsm19": loggers.parse_gsm19,
    "pos1": loggers.parse_pos1,
}
"""Formats that may leave something open for the user to say."""
EVENTS = {
    "cenc": cenc.parse,
    "event sheet": usgs.parse_sheet,
    "geojson": eventjson.parse,
    "jma": jma.parse,
    "quakeml": quakeml.parse,
    "usgs": usgs.parse,
}
_NOTHING = b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n\x1a"
"""Bytes that a file may have and still be empty."""
_OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"
"""First bytes of Excel's .xls."""


def read_readings(source: Source, hints: Hints | TableMapping | None = None) -> ReadingsFile:
    """Return the readings of a file in any format that holds them.

    Parameters
    ----------
    source
        The file.
    hints
        What is known of it besides. With a mapping it is read as a table. Without one a table's columns are guessed where
        that is sure, and the guess is noted.

    Raises
    ------
    FormatError
        If the file cannot be read, or holds something else.
    """
    hints = hints_of(hints)
    with one_error(source.name):
        if hints.mapping is not None:
            return table.parse(source, hints)
        catalogue.refuse_apple_double(source)
        _refuse_empty(source)
        found = detect(source)
        if found in LOGS:
            return LOGS[found](source, hints)
        if found in READINGS:
            return READINGS[found](source)
        if found == "table" or (found is None and table.fits(source, hints)):
            return table.parse(source, hints)
        if found is not None:
            raise FormatError(_holds(found, "readings"), file=source.name)
        images.refuse_picture(source)
        try:
            return magpy.parse(source)
        except FormatError:
            table.refuse_unplain(source)
            raise


def read_events(source: Source, *, timezone: str = "") -> EventsFile:
    """Return the earthquakes of a file.

    Parameters
    ----------
    source
        The file.
    timezone
        Zone of times that name none, such as "UTC+8"; as the file says, or its format, if empty.

    Raises
    ------
    FormatError
        If the file cannot be read, or holds something else.
    """
    with one_error(source.name):
        catalogue.refuse_apple_double(source)
        _refuse_empty(source)
        found = detect(source)
        if found in EVENTS:
            return EVENTS[found](source, timezone)
        if found is None and source.data.startswith(_OLD_WORKBOOK):
            raise FormatError("This is a workbook of Excel 97-2003; save the sheet as .csv or .xlsx.", file=source.name)
        if found is None:
            sentence = (
                "This is no catalogue of earthquakes that is known here: CENC, USGS, ISC, EMSC, GeoNet, JMA, ZMAP, GeoJSON, "
                "QuakeML, and tables in csv and xlsx with columns of time, magnitude, latitude and longitude."
            )
            raise FormatError(sentence, file=source.name)
        raise FormatError(_holds(found, "earthquakes"), file=source.name)


def read_kp(source: Source) -> Kp:
    """Return the Kp index of a file.

    Raises
    ------
    FormatError
        If the file cannot be read, or holds something else.
    """
    with one_error(source.name):
        return _kp.parse(source)


def read_stations(source: Source) -> tuple[tuple[Station, ...], tuple[str, ...]]:
    """Return the stations that a table or an .ack file lists, and notes.

    Raises
    ------
    FormatError
        If the file cannot be read, or holds something else.
    """
    with one_error(source.name):
        catalogue.refuse_apple_double(source)
        return stations.parse(source)


def _refuse_empty(source: Source) -> None:
    if not source.data[:4096].strip(_NOTHING) and not source.data.strip(_NOTHING):
        raise FormatError("The file is empty.", file=source.name)


def _holds(found: str, wanted: str) -> str:
    what = {name: what for name, what, _ in FORMATS}[found]
    words = {"readings": "readings", "events": "earthquakes", "kp": "the Kp index", "stations": "a list of stations"}
    return f"The file holds {words[what]}, not {wanted}; import it as such."
