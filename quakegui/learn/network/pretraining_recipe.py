"""Settings of a pre-training: all that affects the result, by name or for the stations of a project."""

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
"""Name under which a run stores the stations for which its model is pre-trained."""
GROUP = 42
"""Number of seasons that are shuffled together; a run's epochs are groups."""
FEWEST_STATIONS = 3


@dataclass(frozen=True, slots=True)
class Pretraining:
    """Settings of a pre-training.

    Attributes
    ----------
    network
        Size, width, head, channel ("stack" or "scalar"), batch size, learning rate and seed of the model; its epochs are the
        groups, and its augmentation is ignored.
    plan
        Distribution of the seasons.
    seasons
        Number of seasons.
    passes
        Number of times each image is used, each time with another flip.
    group
        Number of seasons shuffled together.
    warm_up
        Number of steps over which the learning rate rises from 0.
    floor
        Final learning rate of the cosine schedule, as a fraction of its maximum.
    none_weight
        Fraction of the loss from days without an event; the event classes share the rest.
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
        """Raise ValueError for settings that cannot be trained."""
        if min(self.seasons, self.passes, self.group) < 1 or self.warm_up < 0:
            raise ValueError(Said("Pre-training needs at least one season, one pass and one season per group."))
        if not (0.0 <= self.floor <= 1.0 and 0.0 < self.none_weight < 1.0):
            raise ValueError(
                Said("The floor of the learning rate and the weight of days without an earthquake must be between 0 and 1.")
            )

    @property
    def groups(self) -> int:
        """Number of groups."""
        return -(-self.seasons // self.group)

    @property
    def fingerprint(self) -> str:
        """16 hexadecimal digits that depend on all settings that affect the result, but not on the name."""
        unnamed = replace(self, network=replace(self.network, name=""))
        return hashlib.blake2b(repr(unnamed).encode(), digest_size=8).hexdigest()


PRESETS: dict[str, Pretraining] = {
    "stack": Pretraining(),
    "scalar": Pretraining(network=replace(STACK, name="VGG-12, pre-trained, single day", channel="scalar")),
    "wide": Pretraining(network=replace(STACK, name="VGG-12, pre-trained, widened law"), plan=Plan(law_per_season=True)),
}
"""Settings by name; the first is the default."""


def station_facts(network: Network) -> list[list[Any]]:
    """Return the located stations of a network as plain values: code, latitude, longitude."""
    return [[station.code, station.latitude, station.longitude] for station in network.stations if station.located]


def recipe_for(config: RunConfig, stations: list[list[Any]]) -> Pretraining:
    """Return the settings of the pre-training of a run's model for the stations of its project.

    Parameters
    ----------
    config
        Settings of the run; each epoch is a group of `GROUP` seasons.
    stations
        Result of `station_facts`.

    Raises
    ------
    ValueError
        If the values are not stations, or fewer than three.
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
        raise ValueError(Said("Synthetic seasons need a project with at least three stations that have coordinates."))
    plan = Plan(networks=(network,), scale_footprints=True)
    return Pretraining(network=config, plan=plan, seasons=config.epochs * GROUP, group=GROUP)
