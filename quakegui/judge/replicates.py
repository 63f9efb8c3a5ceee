"""Replicates: the project's own nights with simulated signals before earthquakes at other times than the real ones.

A replicate keeps all measurements with their noise, gaps and steps, and adds to the night means the signals of the law before
hypothetical earthquakes: the project's own, shifted as in the deciding test, or a given number at random times. The whole chain
from the common mode to z is then recomputed.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quakegui.judge.predictors import Inputs
from quakegui.judge.surrogates import JITTER_DAYS, event_windows, jittered_days
from quakegui.season.events import ClassScheme, Event, in_order
from quakegui.season.labels import LabelRule
from quakegui.season.localtime import NightWindow, night_bounds
from quakegui.season.night import NightMeans
from quakegui.season.season import Season
from quakegui.simulate import injection
from quakegui.simulate.corpus import scaled_law
from quakegui.simulate.layouts import radius_km, spacing_of
from quakegui.simulate.precursors import DAY_MINUTES, Law, Signal, draw_precursors
from quakegui.simulate.randomness import generator

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """Season to which signals are added, and definition of earthquakes and labels.

    Attributes
    ----------
    season
        As measured.
    events
        Main shocks, by time.
    others
        Aftershocks and smaller earthquakes.
    scheme
        Classes of events.
    rule
        Label windows.
    inputs
        Input of the baselines that use no field.
    """

    season: Season
    events: tuple[Event, ...]
    others: tuple[Event, ...]
    scheme: ClassScheme
    rule: LabelRule
    inputs: Inputs

    @property
    def night(self) -> NightWindow:
        """Local hours of the nights."""
        return self.season.config.night.window

    @property
    def stations_km(self) -> Floats:
        """East and north of the centre of the network in km, NaN for a station without coordinates, shape (station, 2)."""
        return self.inputs.positions_km

    @property
    def law(self) -> Law:
        """The default law of the signals, its footprints scaled by the spacing of the stations."""
        xy = self.stations_km
        return scaled_law(Law(), spacing_of(xy[np.isfinite(xy).all(axis=1)]))

    @property
    def inside(self) -> tuple[Event, ...]:
        """The main shocks within the season."""
        first, last = self._ends
        return tuple(event for event in self.events if first <= event.time < last)

    @property
    def _ends(self) -> tuple[np.datetime64, np.datetime64]:
        days = self.season.days[[0, -1]]
        start, end = night_bounds(days, self.season.config.timezone, NightWindow(0.0, 24.0))
        return start[0], end[1]

    def shifted_events(self, rng: np.random.Generator) -> tuple[tuple[Event, ...], tuple[Event, ...]]:
        """Return main shocks and others shifted as in the deciding test, clusters together and aftershocks with main shocks."""
        windows = event_windows(self.events, self.rule, timezone=self.season.config.timezone, night=self.night)
        shift = (jittered_days(windows, JITTER_DAYS["pooled"], 1, rng)[0] - windows.day.astype(np.int64)).astype(
            "timedelta64[D]"
        )
        times = np.array([event.time for event in self.events], dtype="datetime64[ms]")
        owner = [max(int(np.searchsorted(times, event.time, side="right")) - 1, 0) for event in self.others]
        return _shifted(self.events, shift), _shifted(self.others, shift[owner])

    def random_events(self, count: int, rng: np.random.Generator) -> tuple[Event, ...]:
        """Return earthquakes at random times of the season, with places and magnitudes of its own earthquakes.

        Parameters
        ----------
        count
            Number of earthquakes.
        rng
            Random generator.
        """
        first, last = self._ends
        known = self.inside
        chosen = rng.integers(0, len(known), count)
        times = first + (rng.random(count) * ((last - first) / np.timedelta64(1, "ms"))).astype("timedelta64[ms]")
        return in_order(
            dataclasses.replace(known[which], id=f"drawn-{number}", time=time)
            for number, (which, time) in enumerate(zip(chosen, times, strict=True))
        )


@dataclass(frozen=True, slots=True, eq=False)
class Replicate:
    """Nights with signals before hypothetical earthquakes.

    Attributes
    ----------
    season
        The season with the signals.
    events, others
        As in `Ground`, shifted or drawn.
    station_nt
        Maximum absolute value of each signal at any station, nT, shape (signal,).
    """

    season: Season
    events: tuple[Event, ...]
    others: tuple[Event, ...]
    station_nt: Floats


def replicates(ground: Ground, strength: float, seeds: Sequence[int], *, count: int | None = None) -> list[Replicate]:
    """Return one replicate per seed; replicates of one seed differ only in strength.

    Parameters
    ----------
    ground
        The season and its earthquakes.
    strength
        Factor on the peaks of the law; 0 leaves the nights unchanged.
    seeds
        One replicate each.
    count
        Number of earthquakes at random times; None for the project's own, shifted.
    """
    made, nights = [], []
    for seed in seeds:
        rng = generator(seed, 0x6C696D69)
        events, others = ground.shifted_events(rng) if count is None else (ground.random_events(count, rng), ())
        signals = signals_before(ground, events, seed)
        made.append((events, others, strength * largest_at_stations(ground, signals)))
        nights.append(with_signals(ground, signals, strength))
    seasons = injection.recomputed(ground.season, nights) if strength else [ground.season] * len(made)
    return [Replicate(season, *of) for season, of in zip(seasons, made, strict=True)]


def signals_before(ground: Ground, events: Sequence[Event], seed: int) -> tuple[Signal, ...]:
    """Return signals of the law before earthquakes, some of which have none.

    Times are in minutes from the first midnight of the season. Signals that end before the first night or start after the last
    are omitted.

    Parameters
    ----------
    ground
        The season and the law.
    events
        Earthquakes.
    seed
        Seed of the random draws.
    """
    located = np.isfinite(ground.stations_km).all(axis=1)
    end = len(ground.season.all_days) * DAY_MINUTES
    drawn = draw_precursors(
        events,
        seed=seed,
        origin=injection.origin_of(ground.season),
        centre=ground.season.network.centre(),
        radius_km=radius_km(ground.stations_km[located]),
        law=ground.law,
    )
    return tuple(signal for signal in drawn if signal.end > 0.0 and signal.start < end)


def with_signals(ground: Ground, signals: Sequence[Signal], strength: float) -> NightMeans:
    """Return the night means of the season plus signals, see `quakegui.simulate.injection.with_signals`.

    Parameters
    ----------
    ground
        The season, warm-up included; is not changed.
    signals
        Signals in minutes from the first midnight of the season.
    strength
        Factor on the signals.
    """
    return injection.with_signals(ground.season, ground.stations_km, signals, strength)


def largest_at_stations(ground: Ground, signals: Sequence[Signal]) -> Floats:
    """Return the maximum absolute value of each signal at any station at strength 1, nT, shape (signal,).

    Parameters
    ----------
    ground
        Provides the positions of the stations.
    signals
        One element per signal.
    """
    return np.array([np.nanmax(abs(signal.peak_nt) * signal.footprint(ground.stations_km)) for signal in signals])


def _shifted(events: Sequence[Event], by: NDArray[np.timedelta64]) -> tuple[Event, ...]:
    return in_order(dataclasses.replace(event, time=event.time + days) for event, days in zip(events, by, strict=True))
