"""Results of reading a file: the data, and notes on everything that was corrected or dropped."""

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
        Name of the file, after the name of its archive and a slash if it is in one.
    format
        Name of the format in `detect.FORMATS`, or "magpy".
    readings
        One record per station and sampling interval; a station without a usable value has an empty record or none, and a note.
    stations
        Every station that the file names, with coordinates if they are usable.
    notes
        Sentences on what was corrected, derived, dropped or found missing.
    issued
        Date of issue stated in the file (datetime64[ms]), or None.
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
        Name of the file, after the name of its archive and a slash if it is in one.
    format
        Name of the format in `detect.FORMATS`; "zmap" or "table" for a table that is not from the USGS.
    events
        In order of time.
    notes
        Sentences on what was corrected or dropped.
    """

    name: str
    format: str
    events: tuple[Event, ...]
    notes: tuple[str, ...] = ()
