"""Catalogues as GeoJSON: one point per earthquake, with the property names of USGS, EMSC, GeoNet and similar services."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import numpy as np

from quakegui.formats.catalogue import RawEvent, collect
from quakegui.formats.encodings import decode
from quakegui.formats.result import EventsFile
from quakegui.formats.source import Source
from quakegui.season.json_values import parse_json
from quakegui.words import Said

NAME = "geojson"
_START = 4096
_NAMES = {
    "time": ("time", "origintime", "origin_time"),
    "magnitude": ("mag", "magnitude"),
    "depth": ("depth",),
    "place": ("place", "flynn_region", "locality", "region"),
    "magnitude_type": ("magType", "magtype", "magnitudetype"),
    "id": ("publicID", "publicid", "unid", "source_id"),
    "kind": ("type", "evtype"),
}
_MOST_SECONDS = 4e9
"""Seconds from 1970 to 2096."""
_DIGITS = re.compile(r"\d{14}Z?", re.ASCII)
_KINDS = {"ke": "earthquake", "qb": "quarry blast"}


def looks_like(source: Source) -> bool:
    """Return whether the file begins like a GeoJSON feature collection with magnitudes."""
    start = source.data[:_START].lstrip(b"\xef\xbb\xbf \t\r\n")
    return start.startswith(b"{") and b'"FeatureCollection"' in start and b'"mag' in start


def parse(source: Source, timezone: str = "") -> EventsFile:
    """Read the earthquakes.

    Parameters
    ----------
    source
        The file.
    timezone
        Zone of times that do not name one; UTC if empty.

    Raises
    ------
    FormatError
        If the file is not JSON, or contains no usable earthquake, or if the zone does not exist.
    """
    try:
        found = parse_json(decode(source.data)[0])
    except ValueError as error:
        raise source.fault("The JSON is damaged or truncated ({error}).", error=error) from error
    features = found.get("features") if isinstance(found, dict) else None
    if not isinstance(features, list):
        raise source.fault("The JSON has no list of features.")
    factor = 1000.0 if _in_seconds(features) else 1.0
    notes = (
        (Said("The size of the times indicates seconds since 1970, not milliseconds; they were read as seconds."),)
        if factor > 1.0
        else ()
    )
    return collect(source, NAME, _rows(features, factor), zone=timezone or "UTC", notes=notes)


def _in_seconds(features: list[Any]) -> bool:
    """Return whether all numeric times are seconds: as milliseconds they would lie within 46 days of 1970."""
    facts = [one["properties"] for one in features if isinstance(one, dict) and isinstance(one.get("properties"), dict)]
    times = [_count(_text(one.get(name))) for one in facts for name in (*_NAMES["time"], "updated")]
    counts = [abs(time) for time in times if time is not None]
    return bool(counts) and max(counts) < _MOST_SECONDS


def _rows(features: list[Any], factor: float) -> Iterator[RawEvent]:
    for number, feature in enumerate(features, start=1):
        properties, geometry = (feature.get(key) if isinstance(feature, dict) else None for key in ("properties", "geometry"))
        facts: Mapping[str, Any] = properties if isinstance(properties, dict) else {}
        place = geometry.get("coordinates") if isinstance(geometry, dict) else None
        longitude, latitude, depth = [*(place if isinstance(place, list) else []), None, None, None][:3]
        cells = {field: _text(next((facts[name] for name in names if name in facts), None)) for field, names in _NAMES.items()}
        cells["kind"] = _KINDS.get(cells["kind"], cells["kind"])
        cells["time"] = _time(cells["time"], factor)
        cells["id"] = _text(feature.get("id") if isinstance(feature, dict) else None) or cells["id"]
        cells["depth"] = cells["depth"] or _text(depth)  # the third coordinate of EMSC is the height
        yield RawEvent(f"feature {number}", latitude=_text(latitude), longitude=_text(longitude), **cells)


def _text(value: object) -> str:
    return str(value).strip() if isinstance(value, (str, int, float)) and not isinstance(value, bool) else ""


def _count(text: str) -> float | None:
    """Return a number since 1970; None for any other text, including fourteen digits of a date and time."""
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) and not _stamp(text) else None


def _stamp(text: str) -> str:
    """Return "20220905045219" (or with a Z) as an ISO date and time; an empty string for any other text."""
    if _DIGITS.fullmatch(text) is None:
        return ""
    try:
        return f"{datetime.strptime(text[:14], '%Y%m%d%H%M%S').isoformat()}{text[14:]}"  # noqa: DTZ007 - the zone comes later
    except ValueError:
        return ""


def _time(text: str, factor: float) -> str:
    """Return a time given as a number since 1970 (ms when multiplied by `factor`) as an ISO text; any other text unchanged."""
    number = _count(text)
    ms = math.inf if number is None else number * factor
    return f"{np.datetime64(round(ms), 'ms')}Z" if abs(ms) < 3.2e13 else _stamp(text) or text
