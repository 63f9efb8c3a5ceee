"""Which format a file is in, by its content: names and endings mislead."""

from __future__ import annotations

from collections.abc import Callable
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
from quakegui.formats.source import Source

Kind = Literal["readings", "events", "kp", "stations"]

FORMATS: tuple[tuple[str, Kind, Callable[[Source], bool]], ...] = (
    ("cdf", "readings", imagcdf.looks_like),
    ("iaga2002", "readings", iaga2002.looks_like),
    ("wdc", "readings", wdc.looks_like),
    ("imf", "readings", intermagnet.is_imf),
    ("iaf", "readings", intermagnet.is_iaf),
    ("pcdcp", "readings", intermagnet.is_pcdcp),
    ("gsm19", "readings", loggers.is_gsm19),
    ("pos1", "readings", loggers.is_pos1),
    ("kp", "kp", kp.looks_like),
    ("cenc", "events", cenc.looks_like),
    ("quakeml", "events", quakeml.looks_like),
    ("geojson", "events", eventjson.looks_like),
    ("jma", "events", jma.looks_like),
    ("usgs", "events", usgs.looks_like),
    ("event sheet", "events", usgs.is_sheet),
    ("stations", "stations", stations.looks_like),
    ("table", "readings", table.looks_like),
)
"""Name, kind and test of each format, the most particular first: a catalogue is a table too."""


def detect(source: Source) -> str | None:
    """Return the name of the format, or None for a file that no reader knows."""
    found = _find(source)
    return found[0] if found else None


def kind(source: Source) -> Kind | None:
    """Return what a file holds: "readings", "events", "kp" or "stations"; None for a file that no reader knows."""
    found = _find(source)
    return found[1] if found else None


def _find(source: Source) -> tuple[str, Kind] | None:
    if catalogue.is_apple_double(source):
        return None
    with one_error(source.name):
        return next(((name, what) for name, what, test in FORMATS if test(source)), None)
