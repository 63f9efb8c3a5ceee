"""Random earthquake catalogues: Poissonian, with aftershocks, or with swarms.

Epicentres lie around two places north and south of the network, one to three of its radii away, so that the direction is
meaningful; magnitudes are 3.1 plus an exponential variate with mean 0.75, up to 7.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quakegui.season.events import Event, event_id, in_order
from quakegui.simulate.layouts import EARTH_KM_PER_DEGREE

LEAST_MAGNITUDE = 3.1
MEAN_EXCESS = 0.75
LARGEST_MAGNITUDE = 7.0
PRODUCTIVITY, PRODUCTIVITY_GROWTH = 0.2, 0.4
"""Mean number of aftershocks of an earthquake of the minimum magnitude, and its growth in decades per unit of magnitude."""
OMORI_DAYS, OMORI_POWER, OMORI_REACH_DAYS = 0.05, 1.2, 60.0
AFTERSHOCK_KM = 8.0
SWARM_SIZE, SWARM_DAYS = 6.0, 6.0


@dataclass(frozen=True, slots=True)
class CatalogueWindow:
    """Time span and region of a catalogue.

    Attributes
    ----------
    first, last
        UTC start and end, datetime64[ms].
    centre, radius_km
        Centre of the network in degrees, and half its width.
    """

    first: np.datetime64
    last: np.datetime64
    centre: tuple[float, float]
    radius_km: float

    @property
    def days(self) -> float:
        """Length in days."""
        return float((self.last - self.first) / np.timedelta64(1, "D"))


def draw_catalogue(kind: str, mean: float, window: CatalogueWindow, rng: np.random.Generator) -> tuple[Event, ...]:
    """Draw a catalogue, sorted by time.

    Parameters
    ----------
    kind
        One of `KINDS`.
    mean
        Mean number of events, approximately the same for each kind.
    window
        Time span and region.
    rng
        Random generator.
    """
    day, magnitude, xy = KINDS[kind](mean, window, rng)
    inside = (day >= 0.0) & (day < window.days)
    time = window.first + (day * 86_400_000.0).astype("timedelta64[ms]")
    latitude = np.round(window.centre[0] + xy[:, 1] / EARTH_KM_PER_DEGREE, 2)
    longitude = window.centre[1] + xy[:, 0] / (EARTH_KM_PER_DEGREE * np.cos(np.radians(window.centre[0])))
    longitude = np.round((longitude + 180.0) % 360.0 - 180.0, 2)
    return in_order(
        Event(event_id(time[i], latitude[i], longitude[i]), time[i], float(magnitude[i]), latitude[i], longitude[i])
        for i in np.flatnonzero(inside)
    )


Shocks = tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]
"""Days since the start and magnitudes, shapes (event,), and east and north of the centre in km, shape (event, 2)."""


def _poisson(mean: float, window: CatalogueWindow, rng: np.random.Generator) -> Shocks:
    count = int(rng.poisson(mean))
    return rng.uniform(0.0, window.days, count), _magnitudes(count, rng), _places(count, window, rng)


def _aftershock_sequences(mean: float, window: CatalogueWindow, rng: np.random.Generator) -> Shocks:
    """Return epidemic-type aftershock sequences (Ogata 1988): each event has its own aftershocks, decaying by Omori's law."""
    day, magnitude, xy = _poisson(mean * (1.0 - _aftershocks_each()), window, rng)
    parents = (day, magnitude, xy)
    while parents[0].size:
        each = rng.poisson(PRODUCTIVITY * 10.0 ** (PRODUCTIVITY_GROWTH * (parents[1] - LEAST_MAGNITUDE)))
        count = int(each.sum())
        latest = (1.0 + OMORI_REACH_DAYS / OMORI_DAYS) ** (1.0 - OMORI_POWER)
        after = OMORI_DAYS * (rng.uniform(latest, 1.0, count) ** (1.0 / (1.0 - OMORI_POWER)) - 1.0)
        place = np.repeat(parents[2], each, axis=0) + rng.normal(0.0, AFTERSHOCK_KM, (count, 2))
        parents = (np.repeat(parents[0], each) + after, _magnitudes(count, rng), place)
        soon = parents[0] < window.days
        parents = (parents[0][soon], parents[1][soon], parents[2][soon])
        day, magnitude = np.append(day, parents[0]), np.append(magnitude, parents[1])
        xy = np.vstack([xy, parents[2]])
    return day, magnitude, xy


def _aftershocks_each() -> float:
    """Return the mean number of direct aftershocks of an event, averaged over all magnitudes."""
    slope = np.log(10.0) * PRODUCTIVITY_GROWTH - 1.0 / MEAN_EXCESS
    capped = np.exp(slope * (LARGEST_MAGNITUDE - LEAST_MAGNITUDE))
    return float(PRODUCTIVITY * ((capped - 1.0) / (slope * MEAN_EXCESS) + capped))


def _swarms(mean: float, window: CatalogueWindow, rng: np.random.Generator) -> Shocks:
    """Return events half of which are single and half in swarms of about six within some days."""
    alone = _poisson(mean / 2.0, window, rng)
    begin, _, place = _poisson(mean / 2.0 / SWARM_SIZE, window, rng)
    each = rng.poisson(SWARM_SIZE, begin.size)
    count = int(each.sum())
    day = np.repeat(begin, each) + rng.exponential(SWARM_DAYS, count)
    xy = np.repeat(place, each, axis=0) + rng.normal(0.0, AFTERSHOCK_KM, (count, 2))
    return np.append(alone[0], day), np.append(alone[1], _magnitudes(count, rng)), np.vstack([alone[2], xy])


KINDS: dict[str, Callable[[float, CatalogueWindow, np.random.Generator], Shocks]] = {
    "poisson": _poisson,
    "clustered": _aftershock_sequences,
    "swarm": _swarms,
}


def _magnitudes(count: int, rng: np.random.Generator) -> NDArray[np.float64]:
    drawn = np.minimum(LEAST_MAGNITUDE + rng.exponential(MEAN_EXCESS, count), LARGEST_MAGNITUDE)
    rounded: NDArray[np.float64] = np.round(drawn, 1).astype(np.float64)
    return rounded


def _places(count: int, window: CatalogueWindow, rng: np.random.Generator) -> NDArray[np.float64]:
    """Return epicentres around a northern and a southern centre, km, shape (event, 2)."""
    bearing = np.array([0.0, np.pi]) + rng.normal(0.0, np.radians(25.0), 2)
    away = window.radius_km * rng.uniform(1.2, 3.0, 2)
    side = (rng.random(count) < rng.uniform(0.35, 0.65)).astype(np.intp)
    centres = np.column_stack([away * np.sin(bearing), away * np.cos(bearing)])
    return centres[side] + rng.normal(0.0, 0.5 * window.radius_km, (count, 2))
