"""Earthquakes: selection from a catalogue, declustering, and the five classes.

All distances are on the sphere. The northern and southern clusters are found in plain degrees, as in the original paper.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from quakegui.season.aftershocks import are_aftershocks
from quakegui.season.localtime import local_date
from quakegui.season.sphere import EARTH_RADIUS_KM, great_circle_km
from quakegui.season.twomeans import two_means
from quakegui.words import Said

FARTHEST_KM = 20_016
"""Half the circumference of the Earth."""
LONGEST_WINDOW_DAYS = 36_525
LARGEST_MAGNITUDE = 20
"""Above any real magnitude; larger values, or values as far below zero, are typing errors."""

NO_EVENT, NORTH_LARGE, NORTH_SMALL, SOUTH_LARGE, SOUTH_SMALL = range(5)
"""The classes of days and earthquakes (original paper, table 4)."""

CLASS_COUNT = 5

DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class Event:
    """One earthquake.

    Attributes
    ----------
    id
        Identifier from the catalogue, or derived from time and place (`event_id`).
    time
        Origin time, UTC, datetime64[ms].
    magnitude
        As printed, on the scale `magnitude_type` if the catalogue states one.
    latitude, longitude
        Degrees north and east, longitude in -180..180.
    depth_km
        Below sea level; None if the catalogue has none.
    place
        Description from the catalogue.
    """

    id: str
    time: np.datetime64
    magnitude: float
    latitude: float
    longitude: float
    depth_km: float | None = None
    place: str = ""
    magnitude_type: str = ""

    def __post_init__(self) -> None:
        """Check time, magnitude and epicentre; raise ValueError if one is not valid."""
        if self.time.dtype != np.dtype("datetime64[ms]") or np.isnat(self.time):
            raise ValueError(Said("The origin time of an earthquake must be datetime64[ms]."))
        if not np.isfinite(self.magnitude):
            raise ValueError(Said("The magnitude of an earthquake must be a finite number."))
        if not (-90.0 <= self.latitude <= 90.0 and -180.0 <= self.longitude <= 180.0):
            raise ValueError(Said("The latitude of an earthquake must be in -90..90 and its longitude in -180..180."))


@dataclass(frozen=True, slots=True)
class Selection:
    """Which earthquakes of a catalogue belong to a project.

    Attributes
    ----------
    box
        (south, north, west, east) in degrees, edges included; west > east is a box across 180 degrees.
    centre, radius_km
        Centre (latitude, longitude) and maximum great-circle distance from it, limit included.
    min_magnitude
        Minimum magnitude, *included*. "M > 3.0" in the original paper is `min_magnitude=3.1` in a catalogue of tenths.
    since, until
        First and last local date, both included.
    """

    box: tuple[float, float, float, float] | None = None
    centre: tuple[float, float] | None = None
    radius_km: float | None = None
    min_magnitude: float | None = None
    since: date | None = None
    until: date | None = None

    def __post_init__(self) -> None:
        """Raise ValueError for a selection that can match nothing."""
        if self.box is not None:
            south, north, west, east = self.box
            if not -90.0 <= south < north <= 90.0:
                raise ValueError(Said("The search area needs -90 <= south < north <= 90 degrees."))
            if not all(-180.0 <= edge <= 360.0 for edge in (west, east)) or west == east:
                raise ValueError(Said("The search area needs two different longitudes, in -180..180 or 0..360 degrees."))
        if (self.centre is None) != (self.radius_km is None):
            raise ValueError(Said("Specify the centre and the radius together."))
        if self.radius_km is not None and not 0.0 < self.radius_km <= FARTHEST_KM:
            raise ValueError(
                Said(
                    "The radius around the centre must be above 0 km and no more than {farthest_km} km (half the "
                    "Earth's circumference).",
                    farthest_km=FARTHEST_KM,
                )
            )
        if self.min_magnitude is not None and not abs(self.min_magnitude) <= LARGEST_MAGNITUDE:
            raise ValueError(
                Said(
                    "The minimum magnitude must be between -{largest_magnitude} and {largest_magnitude}.",
                    largest_magnitude=LARGEST_MAGNITUDE,
                )
            )
        if self.since is not None and self.until is not None and self.since > self.until:
            raise ValueError(
                Said(
                    "The first date of the earthquakes ({since}) is after the last date ({until}).",
                    since=self.since,
                    until=self.until,
                )
            )


@dataclass(frozen=True, slots=True)
class Declustering:
    """How aftershocks are removed.

    ``window``: an event is removed if an earlier one of equal or larger magnitude, itself removed or not, lies within
    `radius_km` and `days`.
    ``gardner-knopoff``: the same, with radius and days from the magnitude of the earlier event (Gardner and Knopoff 1974):
    log10(km) = 0.1238 M + 0.983, and log10(days) = 0.032 M + 2.7389 for M 6.5 and above, else 0.5409 M - 0.547.
    ``none``: no event is removed.
    """

    method: Literal["window", "gardner-knopoff", "none"] = "window"
    radius_km: float = 50.0
    days: float = 5.0

    def __post_init__(self) -> None:
        """Raise ValueError for an unknown method or an invalid window."""
        if self.method not in ("window", "gardner-knopoff", "none"):
            raise ValueError(Said("Unknown declustering '{method}': use window, gardner-knopoff or none.", method=self.method))
        if not (self.radius_km > 0.0 and self.days > 0.0):
            raise ValueError(Said("A declustering window needs a radius and a number of days above 0."))
        if not (self.radius_km <= FARTHEST_KM and self.days <= LONGEST_WINDOW_DAYS):
            raise ValueError(
                Said(
                    "A declustering window is limited to {farthest_km} km and {longest_window_days} days.",
                    farthest_km=FARTHEST_KM,
                    longest_window_days=LONGEST_WINDOW_DAYS,
                )
            )


@dataclass(frozen=True, slots=True)
class Directions:
    """The northern and the southern cluster of a network's earthquakes.

    Attributes
    ----------
    north_centre, south_centre
        (latitude, longitude) in degrees; north is the centre at the higher latitude.
    is_north
        One flag per event, in the order of the input.
    warning
        A sentence if "north" and "south" describe these clusters badly, else "".
    """

    north_centre: tuple[float, float]
    south_centre: tuple[float, float]
    is_north: tuple[bool, ...]
    warning: str = ""


@dataclass(frozen=True, slots=True)
class ClassScheme:
    """The magnitude split and the two cluster centres (latitude, longitude) that define the classes 1 to 4."""

    split_magnitude: float
    north_centre: tuple[float, float]
    south_centre: tuple[float, float]

    def __post_init__(self) -> None:
        """Raise ValueError for a split outside the range of magnitudes."""
        if not abs(self.split_magnitude) <= LARGEST_MAGNITUDE:
            raise ValueError(
                Said(
                    "The magnitude split must be between -{largest_magnitude} and {largest_magnitude}.",
                    largest_magnitude=LARGEST_MAGNITUDE,
                )
            )


def event_id(time: np.datetime64, latitude: float, longitude: float) -> str:
    """Return an identifier of time and place, the same at every import, such as ``20220905T045218.000+29.59+102.08``.

    Parameters
    ----------
    time
        UTC, datetime64.
    latitude, longitude
        Degrees north and east; rounded to hundredths.
    """
    stamp = str(time.astype("datetime64[ms]")).replace("-", "").replace(":", "")
    return f"{stamp}{latitude:+.2f}{longitude:+.2f}"


def in_order(events: Iterable[Event]) -> tuple[Event, ...]:
    """Return the events sorted by time, then magnitude, then identifier."""
    given = tuple(events)
    stamps = np.array([event.time for event in given], dtype="datetime64[ms]").astype(np.int64).tolist()
    keys = [(stamp, event.magnitude, event.id) for stamp, event in zip(stamps, given, strict=True)]
    return tuple(given[place] for place in sorted(range(len(given)), key=keys.__getitem__))


def select(events: Iterable[Event], selection: Selection, *, timezone: str) -> tuple[Event, ...]:
    """Return the events that match a selection, sorted by time.

    Parameters
    ----------
    events
        The catalogue, in any order.
    selection
        Limits in space, magnitude and time.
    timezone
        IANA name of the zone of the local dates `selection.since` and `selection.until`.
    """
    ordered = in_order(events)
    if not ordered:
        return ()
    times, magnitude, latitude, longitude = _columns(ordered)
    keep = np.ones(len(ordered), dtype=bool)
    if selection.box is not None:
        south, north, west, east = selection.box
        width = (east - west) % 360.0 or 360.0
        keep &= (latitude >= south) & (latitude <= north)
        # rounded, so that an edge in the other longitude convention remains an edge
        keep &= np.round((longitude - west) % 360.0, 9) <= round(width, 9)
    if selection.centre is not None and selection.radius_km is not None:
        keep &= great_circle_km(*selection.centre, latitude, longitude) <= selection.radius_km
    if selection.min_magnitude is not None:
        keep &= magnitude >= selection.min_magnitude
    if selection.since is not None or selection.until is not None:
        dates = local_date(times, timezone)
        keep &= dates >= np.datetime64(selection.since or date.min, "D")
        keep &= dates <= np.datetime64(selection.until or date.max, "D")
    return tuple(event for event, kept in zip(ordered, keep, strict=True) if kept)


def decluster(events: Iterable[Event], config: Declustering) -> tuple[tuple[Event, ...], tuple[Event, ...]]:
    """Return the main shocks and the removed aftershocks, each sorted by time.

    Only the given events are compared: an aftershock stays if its main shock was not selected.

    Parameters
    ----------
    events
        The earthquakes, in any order.
    config
        Method and window, limits included; of two events at the same instant neither is earlier.
    """
    ordered = in_order(events)
    if config.method == "none" or not ordered:
        return ordered, ()
    times, magnitude, latitude, longitude = _columns(ordered)
    since_ms = (times - times[0]).astype(np.int64).astype(float)
    radius_km, reach_ms = _windows(magnitude, config)
    dropped = are_aftershocks(since_ms, magnitude, latitude, longitude, radius_km=radius_km, reach_ms=reach_ms)
    kept = tuple(event for event, gone in zip(ordered, dropped, strict=True) if not gone)
    return kept, tuple(event for event, gone in zip(ordered, dropped, strict=True) if gone)


def directions(events: Sequence[Event]) -> Directions:
    """Split events into a northern and a southern cluster (K-means, k = 2, on latitude and longitude in degrees).

    Raises
    ------
    ValueError
        If the events lie at fewer than two places.

    References
    ----------
    Original paper, section 4.3 and table 4.
    """
    where = {(event.latitude, event.longitude) for event in events}
    if len(where) < 2:
        raise ValueError(
            Said(
                "A split into north and south needs earthquakes at two or more places; earthquakes: {count}, places: "
                "{count2}. Widen the search area, the dates or the magnitude range, or import another catalogue.",
                count=len(events),
                count2=len(where),
            )
        )
    longitude = _around([event.longitude for event in events])
    places = np.column_stack([[event.latitude for event in events], longitude])
    centres, second = two_means(places)
    north = int(np.argmax(centres[:, 0]))
    flags = tuple(bool(label == north) for label in second)
    (lat, lon), (other_lat, other_lon) = (centres[k].tolist() for k in (north, 1 - north))
    north_centre, south_centre = (lat, _within_180(lon)), (other_lat, _within_180(other_lon))
    return Directions(north_centre, south_centre, flags, _east_west_warning(north_centre, south_centre))


def median_split(events: Sequence[Event]) -> float:
    """Return the median magnitude, the default magnitude split.

    Raises
    ------
    ValueError
        If there are no events.
    """
    if not events:
        raise ValueError(Said("There are no earthquakes, so there is no median magnitude."))
    return float(median(event.magnitude for event in events))


def scheme_of(events: Sequence[Event], *, split_magnitude: float | None = None) -> tuple[ClassScheme, str]:
    """Return the classes derived from a network's own events, and the warning of `directions` ("" if there is none).

    Parameters
    ----------
    events
        Earthquakes at two or more places; otherwise raises like `directions`.
    split_magnitude
        Magnitude split; None for the median magnitude (the original paper uses 4).
    """
    found = directions(events)
    split = median_split(events) if split_magnitude is None else split_magnitude
    return ClassScheme(split, found.north_centre, found.south_centre), found.warning


def direction_of(event: Event, scheme: ClassScheme) -> Literal["N", "S"]:
    """Return "N" or "S", the direction whose centre is nearer in degrees; "N" if both are equally near.

    Parameters
    ----------
    event
        Only its epicentre counts.
    scheme
        Its two centres.
    """
    return "N" if _degrees2(event, scheme.north_centre) <= _degrees2(event, scheme.south_centre) else "S"


def classify(events: Iterable[Event], scheme: ClassScheme) -> tuple[int, ...]:
    """Return the class of each event in the given scheme: 1 N > split, 2 N <= split, 3 S > split, 4 S <= split.

    Parameters
    ----------
    events
        In any order, which the result keeps.
    scheme
        Magnitude split and centres.
    """
    return tuple(
        (1 if direction_of(event, scheme) == "N" else 3) + (0 if event.magnitude > scheme.split_magnitude else 1)
        for event in events
    )


def _columns(
    events: Sequence[Event],
) -> tuple[NDArray[np.datetime64], NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    times = np.array([event.time for event in events], dtype="datetime64[ms]")
    rest = np.array([(event.magnitude, event.latitude, event.longitude) for event in events], dtype=np.float64)
    return times, rest[:, 0], rest[:, 1], rest[:, 2]


def _windows(magnitude: NDArray[np.float64], config: Declustering) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the radius in km and the length in ms of the window that follows each event, shapes (event,)."""
    if config.method == "window":
        return np.full_like(magnitude, config.radius_km), np.full_like(magnitude, config.days * DAY_MS)
    large = magnitude >= 6.5
    days = np.where(large, 10.0 ** (0.032 * magnitude + 2.7389), 10.0 ** (0.5409 * magnitude - 0.547))
    return 10.0 ** (0.1238 * magnitude + 0.983), days * DAY_MS


def _around(longitude: Sequence[float]) -> NDArray[np.float64]:
    """Return longitudes relative to the first one, so that events across 180 degrees stay together."""
    degrees = np.asarray(longitude, dtype=np.float64)
    return degrees if np.ptp(degrees) <= 180.0 else degrees[0] + (degrees - degrees[0] + 180.0) % 360.0 - 180.0


def _within_180(longitude: float) -> float:
    return longitude if -180.0 <= longitude <= 180.0 else (longitude + 180.0) % 360.0 - 180.0


def _degrees2(event: Event, centre: tuple[float, float]) -> float:
    east = (event.longitude - centre[1] + 180.0) % 360.0 - 180.0
    return (event.latitude - centre[0]) ** 2 + east**2


def _east_west_warning(north: tuple[float, float], south: tuple[float, float]) -> str:
    up = north[0] - south[0]
    east = (north[1] - south[1] + 180.0) % 360.0 - 180.0
    across = abs(east) * np.cos(np.radians((north[0] + south[0]) / 2.0))
    if across <= up:
        return ""
    per_degree = np.radians(1.0) * EARTH_RADIUS_KM
    return Said(
        "The two earthquake clusters are {across:.0f} km apart east-west and only {up:.0f} km apart north-south, so "
        "'north' and 'south' mean little here.",
        across=across * per_degree,
        up=up * per_degree,
    )
