"""Files into readings, events and indices. One module per format; knows files, nothing else.

A source
    is a file's bytes with its name: `expand` yields those of a file, folder or archive.
A reader
    takes a source and gives back what it holds, with notes on everything that it corrected, derived or dropped. What it
    cannot read raises `FormatError`, the one error of this package, with file, line and a sentence.
"""

from __future__ import annotations

from quakegui.formats import catalogue, cenc, iaga2002, imagcdf, images, magpy, quakeml, stations, table, usgs, wdc
from quakegui.formats import kp as _kp
from quakegui.formats.columns import TableMapping
from quakegui.formats.detect import FORMATS, Kind, detect, kind
from quakegui.formats.errors import FormatError
from quakegui.formats.guess import guess_mapping
from quakegui.formats.images import ImageSet, MapImage, read_image, read_images
from quakegui.formats.result import EventsFile, ReadingsFile
from quakegui.formats.sheet import Preview, preview
from quakegui.formats.source import Source, expand
from quakegui.season.kp import Kp
from quakegui.season.network import Station

__all__ = [
    "FORMATS",
    "EventsFile",
    "FormatError",
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
    "kind",
    "preview",
    "read_events",
    "read_image",
    "read_images",
    "read_kp",
    "read_readings",
    "read_stations",
]

_READINGS = {"cdf": imagcdf.parse, "iaga2002": iaga2002.parse, "wdc": wdc.parse}
_EVENTS = {"cenc": cenc.parse, "quakeml": quakeml.parse, "usgs": usgs.parse}
_WORKBOOKS = (b"PK", b"\xd0\xcf\x11\xe0")
"""First bytes of .xlsx and of Excel's older .xls."""


def read_readings(source: Source, mapping: TableMapping | None = None) -> ReadingsFile:
    """Return the readings of a file in any format that holds them.

    Parameters
    ----------
    source
        The file.
    mapping
        What the columns of a table mean: with it the file is read as a table. Without it a table's columns are guessed where
        they are plain, and the guess is noted.

    Raises
    ------
    FormatError
        If the file cannot be read, or holds something else.
    """
    if mapping is not None:
        return table.parse(source, mapping)
    catalogue.refuse_apple_double(source)
    found = detect(source)
    if found in _READINGS:
        return _READINGS[found](source)
    if found == "table":
        return table.parse(source)
    if found is not None:
        raise FormatError(_holds(found, "readings"), file=source.name)
    images.refuse_picture(source)
    try:
        return magpy.parse(source)
    except FormatError:
        table.refuse_unplain(source)
        raise


def read_events(source: Source) -> EventsFile:
    """Return the earthquakes of a file.

    Raises
    ------
    FormatError
        If the file cannot be read, or holds something else.
    """
    catalogue.refuse_apple_double(source)
    found = detect(source)
    if found in _EVENTS:
        return _EVENTS[found](source)
    if found is None and source.data.startswith(_WORKBOOKS):
        sentence = "Catalogues of earthquakes are not read from workbooks; save the sheet as .csv and import that."
        raise FormatError(sentence, file=source.name)
    if found is None:
        sentence = "This is no catalogue of earthquakes that is known here (CENC, USGS or other csv, QuakeML)."
        raise FormatError(sentence, file=source.name)
    raise FormatError(_holds(found, "earthquakes"), file=source.name)


def read_kp(source: Source) -> Kp:
    """Return the Kp index of a file.

    Raises
    ------
    FormatError
        If the file cannot be read, or holds something else.
    """
    return _kp.parse(source)


def read_stations(source: Source) -> tuple[tuple[Station, ...], tuple[str, ...]]:
    """Return the stations that a table or an .ack file lists, and notes.

    Raises
    ------
    FormatError
        If the file cannot be read, or holds something else.
    """
    catalogue.refuse_apple_double(source)
    return stations.parse(source)


def _holds(found: str, wanted: str) -> str:
    what = {name: what for name, what, _ in FORMATS}[found]
    words = {"readings": "readings", "events": "earthquakes", "kp": "the Kp index", "stations": "a list of stations"}
    return f"The file holds {words[what]}, not {wanted}; import it as such."
