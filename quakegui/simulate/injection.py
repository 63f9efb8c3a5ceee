"""Simulated signals in measured nights: seasons with the noise, the stations and the gaps of a project.

The signals of a law are added to the night means, and the whole chain from the common mode to z is computed again. Earthquakes
are drawn as in a synthetic corpus (`quakegui.simulate.corpus`); those of the project are not used. Kp is not drawn, since it
only drives simulated storms: measured nights contain their own.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from quakegui.season.anomaly import DailyAnomaly, Method, daily, daily_together
from quakegui.season.events import Event, classify, scheme_of
from quakegui.season.labels import apply
from quakegui.season.localtime import NightWindow, night_bounds
from quakegui.season.night import NightMeans
from quakegui.season.season import Season
from quakegui.simulate.catalogues import CatalogueWindow
from quakegui.simulate.corpus import (
    SPLIT_MAGNITUDE,
    TOGETHER,
    LabelledSeason,
    Plan,
    draw_events,
    draw_strength,
    scaled_law,
)
from quakegui.simulate.layouts import radius_km, spacing_of, xy_km
from quakegui.simulate.precursors import Signal, draw_false, draw_precursors

Floats = NDArray[np.float64]
SIMPSON = (1.0 / 6.0, 4.0 / 6.0, 1.0 / 6.0)
"""Weights of the start, middle and end of a night in its mean."""


@dataclass(frozen=True, slots=True, eq=False)
class Nights:
    """Measured nights that receive signals.

    Attributes
    ----------
    season
        As measured.
    stations_km
        East and north of the centre of the network in km, NaN for a station without coordinates, shape (station, 2).
    withheld
        Nights that are treated as not recorded, warm-up included, shape (day,).
    """

    season: Season
    stations_km: Floats
    withheld: NDArray[np.bool_]

    @classmethod
    def of(cls, season: Season, withheld: NDArray[np.bool_] | None = None) -> Nights:
        """Return the nights of a season.

        Parameters
        ----------
        season
            As measured.
        withheld
            Nights to treat as not recorded, warm-up included, shape (day,). Default: none.
        """
        network = season.network
        places = np.where(network.located[:, np.newaxis], xy_km(network, network.centre()), np.nan)
        return cls(season, places, np.zeros(len(season.all_days), bool) if withheld is None else withheld)

    def measured(self) -> Season:
        """Return the season without the withheld nights and without signals."""
        return recomputed(self.season, [self._with(self.season.anomaly.night_nt)])[0] if self.withheld.any() else self.season

    def with_signals(self, signals: Sequence[Signal], strength: float) -> NightMeans:
        """Return the night means, without the withheld ones, plus signals.

        Parameters
        ----------
        signals
            Signals in minutes from the first midnight of the season.
        strength
            Factor on the signals.
        """
        return self._with(with_signals(self.season, self.stations_km, signals, strength).values)

    def _with(self, values: Floats) -> NightMeans:
        season = self.season
        kept = np.where(self.withheld[:, np.newaxis], np.nan, values)
        quality = np.where(self.withheld[:, np.newaxis], np.uint16(0), season.anomaly.quality)
        return NightMeans(season.all_days, season.anomaly.codes, kept, season.coverage, quality)


def seasons_with_signals(
    nights: Nights, plan: Plan, which: Iterable[int], *, together: int = TOGETHER
) -> Iterator[LabelledSeason]:
    """Yield seasons of a plan in measured nights.

    Parameters
    ----------
    nights
        The nights.
    plan
        Distribution of signals and earthquakes; its networks, days, Kp and nuisances are not used.
    which
        Numbers of the seasons; a season does not depend on the others.
    together
        Number of seasons computed, and held in memory, at a time.
    """
    season, left = nights.season, iter(which)
    bare = nights.measured() if plan.strengths == (0.0, 0.0) else None
    while numbers := list(islice(left, together)):
        drawn = [_draw(nights, plan, number) for number in numbers]
        made = [bare] * len(drawn) if bare else recomputed(season, [nights.with_signals(*each[1:]) for each in drawn])
        for (events, _signals, _strength), one in zip(drawn, made, strict=True):
            classes = classify(events, scheme_of(events, split_magnitude=SPLIT_MAGNITUDE)[0])
            known_at = one.available_at[one.shown]
            labels = apply(plan.rule, events, classes, one.days, known_at, timezone=one.config.timezone)
            yield LabelledSeason(one, events, classes, labels)


def _draw(nights: Nights, plan: Plan, number: int) -> tuple[tuple[Event, ...], tuple[Signal, ...], float]:
    """Return events, signals and strength of one season."""
    season, seed = nights.season, plan.first_seed + number
    xy = nights.stations_km[np.isfinite(nights.stations_km).all(axis=1)]
    radius, centre, origin = radius_km(xy), season.network.centre(), origin_of(season)
    start, end = night_bounds(season.days[[0, -1]], season.config.timezone, NightWindow(0.0, 24.0))
    events = draw_events(plan, number, CatalogueWindow(start[0], end[-1], centre, radius))
    law = scaled_law(plan.law, spacing_of(xy)) if plan.scale_footprints else plan.law
    signals = draw_precursors(events, seed=seed, origin=origin, centre=centre, radius_km=radius, law=law)
    signals += draw_false(seed=seed, days=len(season.all_days), radius_km=radius, law=law)
    return events, signals, draw_strength(plan, number)


def with_signals(season: Season, stations_km: Floats, signals: Sequence[Signal], strength: float) -> NightMeans:
    """Return the night means of a season, warm-up included, plus signals.

    Parameters
    ----------
    season
        The season.
    stations_km
        East and north of the centre of the network, NaN for a station without coordinates, shape (station, 2).
    signals
        Signals in minutes from the first midnight of the season.
    strength
        Factor on the signals.
    """
    start, end = night_bounds(season.all_days, season.config.timezone, season.config.night.window)
    minute = np.timedelta64(60_000, "ms")
    first, last = ((bound - origin_of(season)) / minute for bound in (start, end))
    added = np.zeros(season.anomaly.night_nt.shape)
    for signal in signals:
        course = sum(w * signal.course(at) for w, at in zip(SIMPSON, (first, (first + last) / 2.0, last), strict=True))
        added += np.asarray(course)[:, np.newaxis] * np.nan_to_num(signal.peak_nt * signal.footprint(stations_km))
    values = season.anomaly.night_nt + strength * added
    return NightMeans(season.all_days, season.anomaly.codes, values, season.coverage, season.anomaly.quality)


def origin_of(season: Season) -> np.datetime64:
    """Return the UTC time of the first midnight of a season, warm-up included."""
    origin: np.datetime64 = night_bounds(season.all_days[:1], season.config.timezone, NightWindow(0.0, 24.0))[0][0]
    return origin


def recomputed(season: Season, nights: Sequence[NightMeans]) -> list[Season]:
    """Return the season recomputed with other night means, one per element of `nights`.

    Parameters
    ----------
    season
        The season; its coverage, Kp and settings are kept.
    nights
        Night means of its stations on all its days, warm-up included; with the regression, all are computed together.

    Raises
    ------
    ValueError
        If days are missing from the night means, or their numbers differ; see `daily` and `daily_together`.
    """
    config = season.config
    found: Sequence[DailyAnomaly]
    if config.anomaly.method == Method.REGRESSION:
        found = daily_together(nights, config.anomaly)
    else:
        found = [daily(night, config.anomaly, timezone=config.timezone) for night in nights]
    return [dataclasses.replace(season, anomaly=anomaly, first_features=()) for anomaly in found]
