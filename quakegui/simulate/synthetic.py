"""A SYNTHETIC season: readings of a fictitious network, generated from one seed.

It replaces the readings of the original paper, which are not public. One-minute total intensity is the sum of

- the main field at each station, supplied by the caller (IGRF) and linear in time,
- the solar quiet variation, by local solar time and time of year, slightly different from day to day,
- storms: depressions and activity that follow Kp, nearly the same at all stations,
- common noise of all stations, and each station's own noise, drift and thermal wave,
- spikes, gaps and outages and, except in a null season, lasting steps,
- `strength` times the signals of `quakegui.simulate.precursors`, whose sizes were fixed before any training.

Strength 0 is the **null season**: pure noise. It has no steps, since a step is not noise: it keeps abs(z) high for thirty days
by design.
The scatter of the night means is that of a real mid-latitude observatory (day-to-day differences: standard deviation about 5
nT, robust 3.6 nT); without the common mode it is 0.4 to 1.1 nT, as in the denser part of the Japanese network.
Everything slower than ten minutes is drawn once for the whole season, at nodes ten minutes apart, with linear interpolation;
the white noise of a minute comes from the random numbers of its seed, day and station, in the order of the minutes. Single days
or only the nights can therefore be computed, and agree with the whole record to the last digit (`quakegui.simulate.minutes`).
Night means of thousands of seasons are computed without minutes, and differ by 0.02 nT.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from quakegui.season.events import Event
from quakegui.season.kp import Kp
from quakegui.season.localtime import NightWindow, night_bounds
from quakegui.season.network import Network
from quakegui.simulate.artefacts import Artefacts, draw_artefacts
from quakegui.simulate.background import NODE_MINUTES, Background
from quakegui.simulate.layouts import AREA_KM2, CENTRE, radius_km, synthetic_network, xy_km
from quakegui.simulate.nuisance import Nuisance, moving_outages
from quakegui.simulate.precursors import Law, Signal, draw_false, draw_precursors
from quakegui.simulate.randomness import generator
from quakegui.simulate.storms import random_kp, require_kp
from quakegui.words import Said

MAIN_FIELD_NT = 49_500.0
"""Approximate main field of the network; its size does not affect anomalies."""


@dataclass(frozen=True, slots=True)
class SyntheticConfig:
    """Parameters of a synthetic season.

    Attributes
    ----------
    seed
        Seed of all random numbers.
    strength
        Factor on precursors and false anomalies; 0 is the null season.
    first_day, last_day
        First and last day of the season, local dates.
    warm_up_days
        Days of readings before it.
    timezone
        IANA name.
    stations
        Number of stations; the synthetic network covers the same area with any number.
    """

    seed: int = 20220201
    strength: float = 1.0
    first_day: np.datetime64 = field(default_factory=lambda: np.datetime64("2022-02-01", "D"))
    last_day: np.datetime64 = field(default_factory=lambda: np.datetime64("2022-12-31", "D"))
    warm_up_days: int = 60
    timezone: str = "Asia/Shanghai"
    stations: int = 25

    def __post_init__(self) -> None:
        """Raise ValueError for parameters that define no season."""
        if self.seed < 0 or self.strength < 0 or self.warm_up_days < 0 or self.stations < 1:
            raise ValueError(
                Said(
                    "A synthetic season needs a seed, a signal strength and a number of warm-up days of 0 or more, "
                    "and one or more stations."
                )
            )
        if self.last_day < self.first_day:
            raise ValueError(Said("A synthetic season cannot end before it begins."))

    @property
    def days(self) -> NDArray[np.datetime64]:
        """Local dates with readings, warm-up included, datetime64[D], shape (day,)."""
        return np.arange(self.first_day - np.timedelta64(self.warm_up_days, "D"), self.last_day + np.timedelta64(1, "D"))

    @property
    def calendar(self) -> SyntheticConfig:
        """The days and the time zone alone, by which is found again what does not depend on the rest."""
        return replace(self, seed=0, strength=0.0, stations=1)


@dataclass(frozen=True, eq=False)
class SyntheticSeason:
    """A synthetic season, complete except for the white noise of its minutes.

    Attributes
    ----------
    config, network, signals
        Its parameters; `signals` are multiplied by the strength.
    days
        Local dates, warm-up included, datetime64[D], shape (day,).
    origin
        UTC time of the first midnight, datetime64[ms].
    midnight
        Minutes from `origin` to each day's midnight and the end of the last day, shape (day + 1,).
    main_field_nt
        Main field at the first midnight and at the end of the last day, nT, shape (2, station).
    background
        The rest of the natural field, and `kp`, which drives its storms.
    artefacts
        One per station.
    """

    config: SyntheticConfig
    network: Network
    signals: tuple[Signal, ...]
    days: NDArray[np.datetime64]
    origin: np.datetime64
    midnight: NDArray[np.int64]
    main_field_nt: NDArray[np.float64]
    background: Background
    artefacts: tuple[Artefacts, ...]

    @property
    def kp(self) -> Kp:
        """Kp index that drives the storms."""
        return self.background.kp

    @cached_property
    def level_nt(self) -> NDArray[np.float64]:
        """Total intensity at all nodes, nT, shape (node, station)."""
        return self.level_at(np.arange(self.background.nodes))

    def level_at(self, which: NDArray[np.integer]) -> NDArray[np.float64]:
        """Return the total intensity at some nodes, nT, shape (node, station), exactly as in `level_nt`."""
        node = which.astype(np.float64) * NODE_MINUTES
        first, last = self.main_field_nt
        share = which[:, np.newaxis] / max(self.background.nodes - 1, 1)
        level: NDArray[np.float64] = first + share * (last - first) + self.background.at(which)
        for signal in self.signals:
            peaks = signal.peak_nt * signal.footprint(self.background.xy_km)
            level += self.config.strength * signal.course(node)[:, np.newaxis] * peaks
        return level


@lru_cache(maxsize=4)
def midnights(calendar: SyntheticConfig) -> tuple[np.datetime64, NDArray[np.int64]]:
    """Return the UTC time of the first midnight, and minutes from it to each midnight and the end, shape (day + 1,)."""
    start, end = night_bounds(calendar.days, calendar.timezone, NightWindow(0.0, 24.0))
    minute = np.timedelta64(60_000, "ms")
    midnight = np.append((start - start[0]) // minute, (end[-1] - start[0]) // minute).astype(np.int64)
    midnight.flags.writeable = False  # all seasons of these days have it
    return start[0], midnight


def make_season(
    config: SyntheticConfig,
    *,
    main_field_nt: NDArray[np.float64],
    kp: Kp | None = None,
    events: tuple[Event, ...] = (),
    network: Network | None = None,
    law: Law | None = None,
    nuisance: Nuisance | None = None,
) -> SyntheticSeason:
    """Draw a season.

    Parameters
    ----------
    config
        Seed, strength, days, stations.
    main_field_nt
        Main field in nT at the stations, in their order: shape (2, station) at the first midnight and at the end of the last
        day, or (station,) if it is constant.
    kp
        Kp index that drives the storms; drawn if None (`quakegui.simulate.storms.random_kp`).
    events
        Main shocks that may have precursors.
    network
        Stations, all with coordinates. Default: the synthetic network.
    law
        Shape and timing of the precursors. Default: `Law()`.
    nuisance
        Further disturbances. Default: none.

    Raises
    ------
    ValueError
        If `kp` does not cover the season, a station has no coordinates, or the main field has another shape.
    """
    if network is not None and not network.located.all():
        raise ValueError(Said("A synthetic season needs the coordinates of all its stations."))
    invented = synthetic_network(config.stations)
    network = invented if network is None else network
    centre, radius = (CENTRE, float(np.sqrt(AREA_KM2) / 2.0)) if network == invented else (network.centre(), None)
    xy = xy_km(network, centre)
    radius = radius_km(xy) if radius is None else radius
    days, count = config.days, len(xy)
    origin, midnight = midnights(config.calendar)
    length = int(midnight[-1])
    main = np.asarray(main_field_nt, dtype=np.float64)
    if main.shape not in {(count,), (2, count)}:
        raise ValueError(
            Said(
                "The main field must have the shape (station,) or (2, station) for {count} stations, not {shape}.",
                count=count,
                shape=main.shape,
            )
        )
    driver = random_kp(config.seed, origin, origin + length * np.timedelta64(60_000, "ms")) if kp is None else kp
    require_kp(driver, origin, length)
    signals: tuple[Signal, ...] = ()
    if config.strength > 0:
        signals = draw_precursors(events, seed=config.seed, origin=origin, centre=centre, radius_km=radius, law=law)
        signals += draw_false(seed=config.seed, days=days.size, radius_km=radius, law=law)
    nuisance = Nuisance() if nuisance is None else nuisance
    off = moving_outages(nuisance, xy, length, generator(config.seed, 6, 1))
    return SyntheticSeason(
        config=config,
        network=network,
        signals=signals,
        days=days,
        origin=origin,
        midnight=midnight,
        main_field_nt=np.broadcast_to(main, (2, count)),
        background=Background(config.seed, origin, -(-length // NODE_MINUTES) + 1, xy, network.longitude, driver, nuisance),
        artefacts=tuple(
            draw_artefacts(config.seed, index, length, steps=config.strength > 0, off=off[index]) for index in range(count)
        ),
    )
