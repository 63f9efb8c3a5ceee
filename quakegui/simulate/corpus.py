"""Synthetic seasons in bulk, drawn from a plan and yielded one by one without being stored.

Season k of a plan depends only on the plan and on k, so it can be simulated again by itself, and two plans with disjoint seeds
have no season in common.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import islice

import numpy as np

from quakegui.season.anomaly import daily_together
from quakegui.season.basis import MapBasis, build_basis
from quakegui.season.config import SeasonConfig
from quakegui.season.events import Declustering, Event, classify, decluster, scheme_of
from quakegui.season.gridding import Gridder
from quakegui.season.kp import Kp, night_kp
from quakegui.season.labels import LabelRule, RuleLabels, apply
from quakegui.season.localtime import available_at
from quakegui.season.network import Network
from quakegui.season.season import Season
from quakegui.simulate.catalogues import KINDS, CatalogueWindow, draw_catalogue
from quakegui.simulate.layouts import radius_km, random_network, spacing_km, synthetic_network, xy_km
from quakegui.simulate.minutes import direct_night_means
from quakegui.simulate.nuisance import Nuisance, random_nuisance
from quakegui.simulate.precursors import Law, wider
from quakegui.simulate.randomness import generator
from quakegui.simulate.synthetic import MAIN_FIELD_NT, SyntheticConfig, SyntheticSeason, make_season
from quakegui.words import Said

SPLIT_MAGNITUDE = 4.0
"""Magnitude split (original paper, table 4)."""
INVENTED_IN_21 = 5
"""Number of seasons in 21 with the synthetic network if no networks are given; the others have random ones (100 of 420)."""
TOGETHER = 32
"""Number of seasons whose anomalies are computed together."""
FEWEST_EVENTS = 2


@dataclass(frozen=True, slots=True)
class Plan:
    """Distribution from which the seasons of a corpus are drawn.

    Attributes
    ----------
    first_seed
        The seed of season k is this plus k.
    strengths
        Minimum and maximum strength, drawn log-uniformly; 0 and 0 for null seasons.
    networks
        Networks used in turn; if empty, the synthetic network for five seasons of 21 and random ones for the others.
    catalogues
        Kinds of `quakegui.simulate.catalogues`, used in turn.
    mean_events
        Minimum and maximum of the mean number of events before declustering.
    events
        Main shocks of every season, instead of drawn ones.
    kp
        Kp index of every season, instead of drawn ones.
    law
        Law of every season.
    scale_footprints
        Scale footprints with the spacing of the stations, relative to the synthetic network: a signal between two stations of a
        national network that reaches neither cannot be learnt.
    law_per_season
        Draw a law (`quakegui.simulate.precursors.wider`) and a nuisance for each season instead.
    nuisance
        Nuisance of every season, unless `law_per_season`.
    season
        Days and time zone; its seed, strength and number of stations are ignored.
    rule
        The label rule.
    """

    first_seed: int = 10_000_000
    strengths: tuple[float, float] = (0.5, 4.0)
    networks: tuple[Network, ...] = ()
    catalogues: tuple[str, ...] = ("poisson",)
    mean_events: tuple[float, float] = (8.0, 26.0)
    events: tuple[Event, ...] = ()
    kp: Kp | None = None
    law: Law = field(default_factory=Law)
    scale_footprints: bool = False
    law_per_season: bool = False
    nuisance: Nuisance = field(default_factory=Nuisance)
    season: SyntheticConfig = field(default_factory=SyntheticConfig)
    rule: LabelRule = field(default_factory=LabelRule)

    def __post_init__(self) -> None:
        """Raise ValueError for parameters from which no season can be drawn."""
        low, high = self.strengths
        if not (0.0 < low <= high or low == high == 0.0):
            raise ValueError(Said("The signal strengths must be two positive numbers, the smaller first, or both 0."))
        unknown = [kind for kind in self.catalogues if kind not in KINDS]
        if unknown or not self.catalogues:
            raise ValueError(
                Said(
                    "Unknown catalogue type {unknown}; use {kinds}.",
                    unknown=unknown[:1],
                    kinds=", ".join(KINDS),
                )
            )
        if not 1.0 <= self.mean_events[0] <= self.mean_events[1]:
            raise ValueError(
                Said("The range of the mean number of earthquakes must be two numbers of 1 or more, the smaller first.")
            )


@dataclass(frozen=True, slots=True, eq=False)
class LabelledSeason:
    """One season with drawn earthquakes.

    Attributes
    ----------
    season
        The computed season.
    events, classes
        Main shocks and their classes.
    labels
        Labels of the rule.
    """

    season: Season
    events: tuple[Event, ...]
    classes: tuple[int, ...]
    labels: RuleLabels


@dataclass(frozen=True, slots=True, eq=False)
class SimulatedSeason(LabelledSeason):
    """One season of a corpus; `source` is its input: stations, signals, Kp index, artefacts."""

    source: SyntheticSeason


def simulate(plan: Plan, which: Iterable[int], *, pixels: int = 32, together: int = TOGETHER) -> Iterator[SimulatedSeason]:
    """Yield seasons of a plan.

    Parameters
    ----------
    plan
        Distribution of the seasons.
    which
        Numbers of the seasons; a season does not depend on the others.
    pixels
        Resolution of their maps.
    together
        Number of seasons computed, and held in memory, at a time.
    """
    left = iter(which)
    while numbers_of := list(islice(left, together)):
        drawn = [_draw(plan, number) for number in numbers_of]
        config = SeasonConfig(timezone=plan.season.timezone, first_day=plan.season.first_day, last_day=plan.season.last_day)
        nights = [direct_night_means(source, config.night) for source, _ in drawn]
        for (source, events), night, anomaly in zip(drawn, nights, daily_together(nights, config.anomaly), strict=True):
            known_at = available_at(source.days, config.timezone, config.night.window)
            season = Season(
                network=source.network,
                config=config,
                anomaly=anomaly,
                coverage=night.coverage,
                kp_night=night_kp(source.kp, source.days, timezone=config.timezone, window=config.night.window),
                available_at=known_at,
                gridder=Gridder(_basis(source.network, pixels), config.grid),
                shown=slice(plan.season.warm_up_days, None),
            )
            classes = classify(events, scheme_of(events, split_magnitude=SPLIT_MAGNITUDE)[0])
            labels = apply(plan.rule, events, classes, season.days, known_at[season.shown], timezone=config.timezone)
            yield SimulatedSeason(season, events, classes, labels, source)


def _draw(plan: Plan, number: int) -> tuple[SyntheticSeason, tuple[Event, ...]]:
    """Return the source of one season and its events."""
    seed = plan.first_seed + number
    strength = draw_strength(plan, number)
    if plan.networks:
        network = plan.networks[number % len(plan.networks)]
    else:
        network = synthetic_network() if number % 21 < INVENTED_IN_21 else random_network(generator(seed, 92))
    law = wider(generator(seed, 93)) if plan.law_per_season else plan.law
    if plan.scale_footprints:
        law = scaled_law(law, spacing_km(network))
    nuisance = random_nuisance(generator(seed, 94)) if plan.law_per_season else plan.nuisance
    config = replace(plan.season, seed=seed, strength=strength, stations=len(network.stations))
    events = plan.events or draw_events(plan, number, _window(network, config))
    return make_season(
        config,
        main_field_nt=np.full(len(network.stations), MAIN_FIELD_NT),
        kp=plan.kp,
        events=events,
        network=network,
        law=law,
        nuisance=nuisance,
    ), events


def _window(network: Network, config: SyntheticConfig) -> CatalogueWindow:
    day, centre = np.timedelta64(1, "D"), network.centre()
    first, end = (at.astype("datetime64[ms]") for at in (config.first_day, config.last_day + day))
    return CatalogueWindow(first, end, centre, radius_km(xy_km(network, centre)))


def draw_strength(plan: Plan, number: int) -> float:
    """Return the strength of a season of a plan.

    Parameters
    ----------
    plan
        The plan; equal limits of its strengths are the strength of every season.
    number
        Number of the season, which is added to the first seed of the plan.
    """
    low, high = plan.strengths
    rng = generator(plan.first_seed + number, 91)
    return float(np.exp(rng.uniform(np.log(low), np.log(high)))) if low < high else low


def draw_events(plan: Plan, number: int, window: CatalogueWindow) -> tuple[Event, ...]:
    """Draw the main shocks of one season of a plan, at two or more places.

    Parameters
    ----------
    plan, number
        The plan, and the number of the season.
    window
        Time span and region; the mean number of events is for the plan's own number of days, and grows with the days.
    """
    rng = generator(plan.first_seed + number, 95)
    usual = (plan.season.last_day - plan.season.first_day) / np.timedelta64(1, "D") + 1.0
    mean = float(rng.uniform(*plan.mean_events)) * (window.days / usual)
    kind = plan.catalogues[number % len(plan.catalogues)]
    while True:
        events, _ = decluster(draw_catalogue(kind, mean, window, rng), Declustering())
        if len({(event.latitude, event.longitude) for event in events}) >= FEWEST_EVENTS:
            return events


def scaled_law(law: Law, spacing: float) -> Law:
    """Return a law with its footprints scaled from the synthetic network to stations at another distance.

    Parameters
    ----------
    law
        The law on the synthetic network.
    spacing
        Result of `layouts.spacing_km`.
    """
    return replace(law, footprint_km=law.footprint_km * spacing / spacing_km(synthetic_network()))


@cache
def _invented_basis(pixels: int) -> MapBasis:
    return build_basis(synthetic_network(), SeasonConfig(timezone="UTC").grid, pixels=pixels)


def _basis(network: Network, pixels: int) -> MapBasis:
    if network == synthetic_network():
        return _invented_basis(pixels)
    return build_basis(network, SeasonConfig(timezone="UTC").grid, pixels=pixels)
