"""Files into readings, events and indices. One module per format; knows files, nothing else.

A source
    is a file's bytes with its name: `expand` yields those of a file, folder or archive.
A reader
    takes a source and gives back what it holds, with notes on everything that it corrected, derived or dropped. What it
    cannot read raises `FormatError`, the one error of this package, with file, line and a sentence.
A format
    is a row of `detect.FORMATS`: its name, whether a file looks like it, and its reader. To add one, write a module with
    `looks_like(source)` and `parse(source, hints)`, for earthquakes `parse(source, timezone)`, and its row, above those that
    would take its files too. Detection, import, wizard and the sentences that name what is known follow from the row; the
    fuzzers want a small good file of it in `tests/hostile/hostile_seeds.py`. Model: `loggers`.
"""

from __future__ import annotations

from quakegui.formats import catalogue, images, magpy, sheet, stations, table
from quakegui.formats import kp as _kp
from quakegui.formats.archives import expand
from quakegui.formats.columns import TableMapping
from quakegui.formats.detect import FORMATS, Kind, detect, format_of, kind, titles
from quakegui.formats.errors import FormatError, one_error
from quakegui.formats.guess import Guess, guess_mapping, guess_table
from quakegui.formats.hints import NO_HINTS, Hints, hints_of
from quakegui.formats.images import ImageSet, MapImage, read_image, read_images
from quakegui.formats.result import EventsFile, ReadingsFile
from quakegui.formats.sheet import Preview, preview
from quakegui.formats.source import Source
from quakegui.season.kp import Kp
from quakegui.season.network import Station
from quakegui.words import Said

__all__ = [
    "FORMATS",
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

_NOTHING = b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n\x1a"
"""Bytes that a file may have and still be empty."""


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
        found = format_of(source)
        if found is not None and found.readings is not None:
            return found.readings(source, hints)
        if found is not None:
            raise FormatError(_holds(found.kind, Said("readings")), file=source.name)
        sheet.refuse_other_workbooks(source)
        if table.fits(source, hints):
            return table.parse(source, hints)
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
        found = format_of(source)
        if found is not None and found.events is not None:
            return found.events(source, timezone)
        if found is not None:
            raise FormatError(_holds(found.kind, Said("earthquakes")), file=source.name)
        sheet.refuse_other_workbooks(source)
        raise FormatError(
            Said(
                "The file is not an earthquake catalogue in a known format ({titles}). A table needs columns of "
                "time, magnitude, latitude and longitude.",
                titles=titles("events"),
            ),
            file=source.name,
        )


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
        raise FormatError(Said("The file is empty."), file=source.name)


def _holds(kind: Kind, wanted: str) -> str:
    words = {
        "readings": Said("readings"),
        "events": Said("earthquakes"),
        "kp": Said("the Kp index"),
        "stations": Said("a station list"),
    }
    return Said("The file contains {words}, not {wanted}; choose the matching import.", words=words[kind], wanted=wanted)
