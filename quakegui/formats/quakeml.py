"""QuakeML 1.2: an event has any number of origins and magnitudes; the preferred ones are used.

References
----------
Schorlemmer et al. (2011), QuakeML: status of the XML-based seismological data exchange format; version 1.2 (2013).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from quakegui.formats.catalogue import HEAD, RawEvent, collect, listing, refuse_apple_double
from quakegui.formats.result import EventsFile
from quakegui.formats.source import Source
from quakegui.formats.xml import elements, is_xml, local_name
from quakegui.words import Said

PLACE_TYPES = ("earthquake name", "region name", "nearest cities", "Flinn-Engdahl region")
"""Types of description that give the place, best first; descriptions without a type rank after them."""


def looks_like(source: Source) -> bool:
    """Return whether the file is XML that contains the QuakeML schema or root element."""
    head = source.data[:HEAD].replace(b"\x00", b"")
    return is_xml(source) and (b"quakeml.org/xmlns" in head or b"<eventParameters" in head)


def parse(source: Source, timezone: str = "") -> EventsFile:
    """Read the earthquakes; depths are converted from metres to km.

    Parameters
    ----------
    source
        The file.
    timezone
        Zone of times that do not name one; UTC if empty.

    Raises
    ------
    FormatError
        If the file is damaged or contains no earthquake with origin and magnitude, or if the zone does not exist.
    """
    refuse_apple_double(source)
    unsure: list[str] = []
    rows = list(_rows(source, unsure))
    told = Said(
        "Earthquakes with several origins or magnitudes, none marked as preferred (the first was used): {count} ({listing}).",
        count=len(unsure),
        listing=listing(unsure),
    )
    return collect(source, "quakeml", rows, zone=timezone or "UTC", notes=[told] if unsure else ())


def _rows(source: Source, unsure: list[str]) -> Iterator[RawEvent]:
    for number, event in enumerate(elements(source, "event"), start=1):
        where = f"event {number}"
        origin, origin_sure = _preferred(event, "origin", "preferredOriginID")
        magnitude, magnitude_sure = _preferred(event, "magnitude", "preferredMagnitudeID")
        if not (origin_sure and magnitude_sure):
            unsure.append(where)
        yield RawEvent(
            where,
            time=_text(origin, "time", "value"),
            magnitude=_text(magnitude, "mag", "value"),
            latitude=_text(origin, "latitude", "value"),
            longitude=_text(origin, "longitude", "value"),
            depth=_metres_to_km(_text(origin, "depth", "value")),
            place=_place(event),
            magnitude_type=_text(magnitude, "type"),
            id=(event.get("publicID") or "").strip(),
            kind=_text(event, "type").replace("_", " "),
        )


def _preferred(event: Any, name: str, pointer: str) -> tuple[Any | None, bool]:
    """Return the element that `pointer` names, otherwise the first, and whether the choice is unambiguous."""
    found = [child for child in event if local_name(child) == name]
    wanted = _text(event, pointer)
    for child in found:
        if wanted and (child.get("publicID") or "").strip() == wanted:
            return child, True
    return (found[0], len(found) == 1) if found else (None, True)


def _place(event: Any) -> str:
    descriptions = [child for child in event if local_name(child) == "description"]
    ranked = sorted(descriptions, key=lambda one: _rank(_text(one, "type")))  # stable: the first of equals
    return _text(ranked[0], "text") if ranked else ""


def _rank(kind: str) -> int:
    return PLACE_TYPES.index(kind) if kind in PLACE_TYPES else len(PLACE_TYPES)


def _text(element: Any | None, *path: str) -> str:
    for name in path:
        element = next((child for child in element if local_name(child) == name), None) if element is not None else None
    return (element.text or "").strip() if element is not None else ""


def _metres_to_km(text: str) -> str:
    try:
        return repr(float(text) / 1000.0)
    except ValueError:
        return text  # empty, or reported by the check of the row
