"""What reading a file gives back: the data, and notes on everything that was corrected or dropped."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from quakegui.season.network import Station
from quakegui.season.readings import Readings

if TYPE_CHECKING:
    from quakegui.season.events import Event


@dataclass(frozen=True, slots=True)
class ReadingsFile:
    """The readings of one file.

    Attributes
    ----------
    name
        Name of the file, with the archive it lies in before a slash.
    format
        Name of the format in `detect.FORMATS`, or "magpy".
    readings
        One record per station and cadence; a station without any usable value has a record of length 0 or none, and a note.
    stations
        Every station that the file names, with coordinates where it has usable ones.
    notes
        Sentences: what was corrected, derived, dropped or found missing.
    issued
        The date of issue that the file states of itself (datetime64[ms]), None where it states none.
    """

    name: str
    format: str
    readings: tuple[Readings, ...]
    stations: tuple[Station, ...]
    notes: tuple[str, ...] = ()
    issued: np.datetime64 | None = None


@dataclass(frozen=True, slots=True)
class EventsFile:
    """The earthquakes of one file.

    Attributes
    ----------
    name
        Name of the file, with the archive it lies in before a slash.
    format
        Name of the format in `detect.FORMATS`; "zmap" or "table" for a table that is not the USGS's.
    events
        In order of time.
    notes
        Sentences: what was corrected or dropped.
    """

    name: str
    format: str
    events: tuple[Event, ...]
    notes: tuple[str, ...] = ()
