"""How a network is pre-trained: everything that decides the outcome, by name or for the stations of a project."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from typing import Any

from quakegui.learn.runs.presets import STACK
from quakegui.learn.runs.runconfig import RunConfig
from quakegui.season.network import Network, Station
from quakegui.simulate.corpus import Plan
from quakegui.words import Said

STATIONS = "pretraining"
"""Under this name a run's account of its project holds the stations that its network is pre-trained for."""
GROUP = 42
"""Seasons that are shuffled together; a run's epochs are counted in groups."""
FEWEST_STATIONS = 3


@dataclass(frozen=True, slots=True)
class Pretraining:
    """How a network is pre-trained.

    Attributes
    ----------
    network
        Size, width, head, channel ("stack" or "scalar"), batch size, rate and seed; its epochs are the groups, and its
        augmentation is not used.
    plan
        What the seasons are drawn from.
    seasons
        How many.
    passes
        How often each picture is seen, each time flipped anew.
    group
        Seasons shuffled together.
    warm_up
        Steps over which the rate rises from 0.
    floor
        What the cosine leaves of the rate in the end.
    none_weight
        Part of the loss that days without an event weigh; the classes of events share the rest.
    """

    network: RunConfig = STACK
    plan: Plan = field(default_factory=Plan)
    seasons: int = 420
    passes: int = 2
    group: int = GROUP
    warm_up: int = 50
    floor: float = 0.03
    none_weight: float = 0.5

    def __post_init__(self) -> None:
        """Refuse what cannot be trained."""
        if min(self.seasons, self.passes, self.group) < 1 or self.warm_up < 0:
            raise ValueError(Said("Pre-training needs at least one season, one pass and one season per group."))
        if not (0.0 <= self.floor <= 1.0 and 0.0 < self.none_weight < 1.0):
            raise ValueError(
                Said("The floor of the learning rate and the weight of days without an earthquake must be between 0 and 1.")
            )

    @property
    def groups(self) -> int:
        """How many groups there are."""
        return -(-self.seasons // self.group)

    @property
    def fingerprint(self) -> str:
        """16 hex digits that change with everything that decides the outcome, and not with the name."""
        unnamed = replace(self, network=replace(self.network, name=""))
        return hashlib.blake2b(repr(unnamed).encode(), digest_size=8).hexdigest()


PRESETS: dict[str, Pretraining] = {
    "stack": Pretraining(),
    "scalar": Pretraining(network=replace(STACK, name="VGG-12, pre-trained, single day", channel="scalar")),
    "wide": Pretraining(network=replace(STACK, name="VGG-12, pre-trained, widened law"), plan=Plan(law_per_season=True)),
}
"""Named recipes; the first is the default."""


def station_facts(network: Network) -> list[list[Any]]:
    """Return the located stations of a network as plain values: code, latitude, longitude."""
    return [[station.code, station.latitude, station.longitude] for station in network.stations if station.located]


def recipe_for(config: RunConfig, stations: list[list[Any]]) -> Pretraining:
    """Return how a run's network is pre-trained for the stations of its project.

    Parameters
    ----------
    config
        The run's; each epoch is a group of `GROUP` seasons.
    stations
        As `station_facts` gives them.

    Raises
    ------
    ValueError
        They are no stations, or fewer than three.
    """
    try:
        network = Network.of(
            Station(str(code), "", float(latitude), float(longitude)) for code, latitude, longitude in stations
        )
    except (TypeError, ValueError) as error:
        raise ValueError(
            Said("The run does not list the stations for which to pre-train its model: {error}.", error=error)
        ) from error
    if len(network.stations) < FEWEST_STATIONS:
        raise ValueError(Said("Simulated seasons need a project with at least three stations that have coordinates."))
    plan = Plan(networks=(network,), scale_footprints=True)
    return Pretraining(network=config, plan=plan, seasons=config.epochs * GROUP, group=GROUP)
