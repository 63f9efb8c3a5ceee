"""Readers of files: readings, earthquakes, indices and stations. One module per format; the package depends on no other part.

A source
    is the bytes of a file with its name: `expand` yields the sources of a file, folder or archive.
A reader
    takes a source and returns its content, with notes on everything that it corrected, derived or dropped. If it cannot
    read the file, it raises `FormatError`, the one error of this package, with file, line and a sentence.
A format
    is a row of `detect.FORMATS`: its name, a test whether a file is in this format, and its reader. To add a format, write
    a module with `looks_like(source)` and `parse(source, hints)`, or `parse(source, timezone)` for earthquakes, and insert
    its row above any format that would also accept its files. Detection, import, the wizard and the messages that list the
    formats follow from the row; the fuzzers need a small valid file of it in `tests/hostile/hostile_seeds.py`. For an
    example see `loggers`.
"""

from __future__ import annotations

from quakegui.formats import catalogue, images, magpy, sheet, stations, table
from quakegui.formats import kp as _kp
from quakegui.formats.archives import expand
from quakegui.formats.columns import LONGEST_CODE, TableMapping
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
"""Bytes that an empty file may contain."""


def read_readings(source: Source, hints: Hints | TableMapping | None = None) -> ReadingsFile:
    """Read the readings of a file in any format that contains readings.

    Parameters
    ----------
    source
        The file.
    hints
        What the user states about the file. With a mapping, the file is read as a table. Without one, the columns of a table
        are guessed if they are unambiguous, and a note reports the guess.

    Raises
    ------
    FormatError
        If the file cannot be read or does not contain readings.
    """
    with one_error(source.name):
        found = _readings(source, hints_of(hints))
        for code in dict.fromkeys(one.station for one in found.readings):
            if len(code) > LONGEST_CODE:
                raise FormatError(
                    Said("The station code '{code}' has more than {most} characters.", code=code, most=LONGEST_CODE),
                    file=source.name,
                )
        return found


def _readings(source: Source, hints: Hints) -> ReadingsFile:
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
    """Read the earthquakes of a file.

    Parameters
    ----------
    source
        The file.
    timezone
        Zone of times that do not name one, such as "UTC+8". If empty, the zone that the file or its format defines.

    Raises
    ------
    FormatError
        If the file cannot be read or does not contain earthquakes.
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
        raise source.fault(
            "The file is not an earthquake catalogue in a known format ({titles}). A table needs columns of "
            "time, magnitude, latitude and longitude.",
            titles=titles("events"),
        )


def read_kp(source: Source) -> Kp:
    """Read the Kp index of a file.

    Raises
    ------
    FormatError
        If the file cannot be read or does not contain Kp.
    """
    with one_error(source.name):
        return _kp.parse(source)


def read_stations(source: Source) -> tuple[tuple[Station, ...], tuple[str, ...]]:
    """Read the stations, and notes, from a table or an .ack file.

    Raises
    ------
    FormatError
        If the file cannot be read or does not contain stations.
    """
    with one_error(source.name):
        catalogue.refuse_apple_double(source)
        _refuse_empty(source)
        return stations.parse(source)


def _refuse_empty(source: Source) -> None:
    if not source.data[:4096].strip(_NOTHING) and not source.data.strip(_NOTHING):
        raise source.fault("The file is empty.")


def _holds(kind: Kind, wanted: str) -> str:
    words = {
        "readings": Said("readings"),
        "events": Said("earthquakes"),
        "kp": Said("the Kp index"),
        "stations": Said("a station list"),
    }
    return Said("The file contains {words}, not {wanted}; choose the matching import.", words=words[kind], wanted=wanted)
