"""Earthquakes for the day panel: those of the day shown and the next one, each with its distance."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from quakegui.app.session import Session
from quakegui.season.hull import corners, has_area

if TYPE_CHECKING:
    from quakegui.season.events import Event
    from quakegui.season.network import Frame


NEAR_DAYS: Final = 30
"""Earthquakes of so many days before and after the day shown are drawn on its map."""


def earthquakes_near(session: Session, index: int) -> tuple[tuple[int, int], ...]:
    """Return number and age in days of the earthquakes around a day, none while labelling blind.

    Parameters
    ----------
    session
        Its catalogue, in whose order they are numbered.
    index
        Of the day; an age is negative before the earthquake.
    """
    if index < 0 or session.display.blind or not session.events:
        return ()
    age = (session.days[index] - session.event_days).astype(np.int64)
    return tuple((int(number), int(age[number])) for number in np.flatnonzero(np.abs(age) <= NEAR_DAYS))


@dataclass(frozen=True, slots=True)
class Distance:
    """Distance of an earthquake from the day shown and from the network.

    Attributes
    ----------
    days
        Days from the day shown to the earthquake.
    centre_km
        From the centre of the network; NaN if no station has coordinates.
    edge_km
        From the convex hull of the stations, negative inside; NaN if they enclose no area.
    """

    event: Event
    days: int
    centre_km: float
    edge_km: float


def earthquakes_ahead(session: Session) -> tuple[tuple[Distance, ...], Distance | None]:
    """Return the earthquakes of the day shown, largest first, and the first one after it; none during blind labelling."""
    if session.day is None or session.display.blind or not session.events:
        return (), None
    away = (session.event_days - session.day).astype(np.int64)
    here = sorted(np.flatnonzero(away == 0).tolist(), key=lambda number: -session.events[number].magnitude)
    later = np.flatnonzero(away > 0)
    first = later[np.argmin(away[later])] if later.size else None
    found = [_distance(session, number, int(away[number])) for number in (*here, *([] if first is None else [int(first)]))]
    return tuple(found[: len(here)]), None if first is None else found[-1]


def _distance(session: Session, number: int, days: int) -> Distance:
    event, season = session.events[number], session.season
    if season is None:
        return Distance(event, days, np.nan, np.nan)
    frame, places = season.gridder.basis.frame, season.places_km.tobytes()
    return Distance(event, days, *_from_network(frame, places, event.latitude, event.longitude))


@lru_cache(maxsize=64)
def _from_network(frame: Frame, places: bytes, latitude: float, longitude: float) -> tuple[float, float]:
    """Return the distances in km of an epicentre from the centre of the network and from its hull, NaN without one.

    Parameters
    ----------
    frame
        That of the maps.
    places
        The bytes of the positions of all stations in km.
    latitude, longitude
        Of the epicentre.
    """
    if not np.isfinite(np.frombuffer(places)).any():
        return np.nan, np.nan
    at, hull = frame.project(np.array([latitude]), np.array([longitude]))[0], _hull(places)
    centre = float(np.hypot(*(at - [frame.x_km, frame.y_km])))
    return centre, np.nan if hull is None else _to_edge(at, hull)


@lru_cache(maxsize=1)
def _hull(places: bytes) -> NDArray[np.float64] | None:
    """Return the corners of the hull of stations, shape (point, 2), given by the bytes of their positions in km.

    None if they enclose no area.
    """
    xy = np.frombuffer(places).reshape(-1, 2)
    known = xy[np.isfinite(xy[:, 0])]
    return known[corners(known)] if has_area(known) else None


def _to_edge(at: NDArray[np.float64], first: NDArray[np.float64]) -> float:
    """Return the distance in km of a point from a hull, given by its corners; negative inside."""
    along = np.roll(first, -1, axis=0) - first
    outward = np.column_stack([along[:, 1], -along[:, 0]]) / np.hypot(*along.T)[:, None]
    depth = float((outward * (at - first)).sum(axis=1).max())
    if depth <= 0.0:
        return depth
    share = np.clip(((at - first) * along).sum(axis=1) / (along**2).sum(axis=1), 0.0, 1.0)
    return float(np.hypot(*(first + share[:, None] * along - at).T).min())
