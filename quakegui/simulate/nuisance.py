"""Disturbances of a synthetic season that are not signals: drift, change of regime, moving outages, strong storms.

A verdict must not be affected by any of them, so null seasons are made with each; and a model trained to find "something local
that lasts" must have seen what only looks like it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quakegui.simulate.artefacts import Spans
from quakegui.simulate.precursors import DAY_MINUTES
from quakegui.words import Said


@dataclass(frozen=True, slots=True)
class Nuisance:
    """Disturbances of a season besides the usual ones; none by default.

    Attributes
    ----------
    drift_nt
        Standard deviation of each station's random walk after 30 days, nT.
    regime
        Factor on the stations' own noise from a random day in the middle third of the season on.
    storms
        Factor on the part of storms that is not common to the stations.
    outage_share
        Fraction of the stations, all neighbours, that are off for about half of the time; the group changes every `outage_days`
        days.
    outage_days
        Days until the group of stations changes.
    """

    drift_nt: float = 0.0
    regime: float = 1.0
    storms: float = 1.0
    outage_share: float = 0.0
    outage_days: float = 20.0

    def __post_init__(self) -> None:
        """Raise ValueError for parameters that cannot be drawn."""
        if min(self.drift_nt, self.regime, self.storms) < 0.0 or not 0.0 <= self.outage_share < 1.0 or self.outage_days < 1.0:
            raise ValueError(
                Said("Disturbances must not be negative; an outage affects only part of the stations, for one day or longer.")
            )


NUISANCES = {
    "none": Nuisance(),
    "drift": Nuisance(drift_nt=1.0),
    "regime": Nuisance(regime=2.0),
    "outages": Nuisance(outage_share=0.2),
    "storms": Nuisance(storms=3.0),
}
"""Disturbances by name, large enough not to be hidden by a station's own noise of 0.6 nT a night."""


def random_nuisance(rng: np.random.Generator) -> Nuisance:
    """Draw disturbances: each kind occurs in one season of three, up to the sizes of `NUISANCES`."""
    there = rng.random(4) < 1.0 / 3.0
    drift, regime, storms, share = rng.uniform(0.0, 1.0, 4)
    return Nuisance(
        drift_nt=float(there[0] * drift),
        regime=float(1.0 + there[1] * regime),
        storms=float(1.0 + there[2] * 2.0 * storms),
        outage_share=float(there[3] * 0.2 * share),
    )


def random_walks_nt(nuisance: Nuisance, nights: int, stations: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Return the random walk of each station, nT, shape (night, station).

    Parameters
    ----------
    nuisance
        Provides the drift.
    nights, stations
        Numbers of nights and stations.
    rng
        Random generator.
    """
    steps: NDArray[np.float64] = rng.standard_normal((nights, stations)) * (nuisance.drift_nt / np.sqrt(30.0))
    return np.cumsum(steps, axis=0)


def regime_factors(nuisance: Nuisance, nights: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Return the factor on the stations' own noise in each night, shape (night,).

    Parameters
    ----------
    nuisance
        Provides the factor after the change.
    nights
        Number of nights.
    rng
        Random generator.
    """
    change = int(rng.uniform(nights / 3.0, 2.0 * nights / 3.0))
    return np.where(np.arange(nights) < change, 1.0, nuisance.regime)


def moving_outages(nuisance: Nuisance, xy: NDArray[np.float64], length: int, rng: np.random.Generator) -> tuple[Spans, ...]:
    """Return the outages of each station: neighbouring stations are off together, and the group changes.

    Parameters
    ----------
    nuisance
        Provides the fraction of stations and the days until the group changes.
    xy
        Positions of the stations in km, shape (station, 2).
    length
        Length of the season in minutes.
    rng
        Random generator.
    """
    count = len(xy)
    off: list[list[tuple[int, int]]] = [[] for _ in range(count)]
    together = round(nuisance.outage_share * count)
    stay = int(nuisance.outage_days * DAY_MINUTES)
    for begin in range(0, length, stay) if together else ():
        centre = xy[rng.integers(count)]
        lasts = int(stay * rng.uniform(0.3, 0.8))
        for station in np.argsort(np.hypot(*(xy - centre).T), kind="stable")[:together].tolist():
            off[station].append((begin, begin + lasts))
    return tuple((np.array([a for a, _ in spans], np.int64), np.array([b for _, b in spans], np.int64)) for spans in off)
