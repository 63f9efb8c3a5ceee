"""What a pre-trained network brings along, fixed before it met any season but simulated ones: its alarms and its limits."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from quakegui.judge.alarms import AlarmRule
from quakegui.season.anomaly import AnomalyConfig
from quakegui.season.basis import GridConfig
from quakegui.season.json_values import built
from quakegui.season.network import Network
from quakegui.season.season import Season
from quakegui.season.sphere import great_circle_km
from quakegui.words import Said

ALARMS = "alarms"
MADE_FOR = "made_for"
MODEL = "model"
"""Of an account of a project: the ready model that was applied; a network that was pre-trained for it has none."""
IDENTITY = "network"
"""Hash of the weights: two pre-trainings of one recipe are two networks, which answer differently."""
LONGEST_DAYS = 366
"""Of an alarm, and of the days that open it."""
MOVED_KM = 1.0
"""So far a station may stand from where the network knows it."""
_THRESHOLDS = ("threshold_z", "map_threshold_z")
"""Of the analyst's regions; no z depends on them."""


@dataclass(frozen=True, slots=True)
class FrozenAlarms:
    """When alarms open and close, chosen on simulated seasons; see `AlarmRule`."""

    threshold: float
    run_days: int
    open_days: int

    def __post_init__(self) -> None:
        """Refuse what is no rule."""
        days = (self.run_days, self.open_days)
        if not 0 < self.threshold < 1 or not 1 <= min(days) <= max(days) <= LONGEST_DAYS:
            raise ValueError(
                Said(
                    "The model's alarm rule is not valid: its threshold must be between 0 and 1, its days from 1 to {longest}.",
                    longest=LONGEST_DAYS,
                )
            )

    @property
    def rule(self) -> AlarmRule:
        """The rule."""
        return AlarmRule(self.threshold, self.run_days, self.open_days)


@dataclass(frozen=True, slots=True)
class MadeFor:
    """Seasons that a pre-trained network was made for.

    Attributes
    ----------
    anomaly, grid
        How z and maps come about.
    fewest, most
        Located stations.
    places
        Latitude and longitude of the only stations that it was made for, shape (station, 2); of any where there are none.
    """

    anomaly: AnomalyConfig
    grid: GridConfig
    fewest: int
    most: int
    places: tuple[tuple[float, float], ...] = ()

    def refusal(self, season: Season) -> str:
        """Return why the network cannot answer for a season, in a sentence; empty where it can."""
        stations = [station for station in season.network.stations if station.located]
        other = _differing(self.anomaly, season.config.anomaly, _THRESHOLDS)
        if other:
            return Said(
                "The model was trained on a different kind of z: {other}. Restore that parameter, or pre-train your own model.",
                other=other,
            )
        other = _differing(self.grid, season.config.grid, ())
        if other:
            return Said(
                "The model was trained on different maps: {other}. Restore that parameter, or pre-train your own model.",
                other=other,
            )
        if not self.fewest <= len(stations) <= self.most:
            return Said(
                "The model was trained on networks of {fewest} to {most} stations; this season has {count}. "
                "Pre-train a model for this network.",
                fewest=self.fewest,
                most=self.most,
                count=len(stations),
            )
        if self.places and not self._same_places(Network.of(stations)):
            return Said("The model was made for the stations of another network. Pre-train a model for this network.")
        return ""

    def _same_places(self, network: Network) -> bool:
        if len(self.places) != len(network.stations):
            return False
        theirs = np.array(self.places)
        apart = great_circle_km(theirs[:, None, 0], theirs[:, None, 1], network.latitude[None, :], network.longitude[None, :])
        return bool((apart.min(axis=0) <= MOVED_KM).all() and (apart.min(axis=1) <= MOVED_KM).all())


def made_for_of(about: Mapping[str, Any]) -> MadeFor | None:
    """Return what a run says that its network was made for; None of one that was trained on its season.

    Raises
    ------
    ValueError
        It is no such thing; the sentence says what is wrong.
    """
    if about.get(MADE_FOR) is None:
        return None
    made = built(MadeFor, about[MADE_FOR], what=Said("model's limit"))
    assert isinstance(made, MadeFor)
    return made


def frozen_alarms_of(card: Mapping[str, Any]) -> FrozenAlarms | None:
    """Return the alarm rule that a run's card brings along, None without one; raises as `made_for_of`."""
    if card.get(ALARMS) is None:
        return None
    alarms = built(FrozenAlarms, card[ALARMS], what=Said("model's alarm rule value"))
    assert isinstance(alarms, FrozenAlarms)
    return alarms


def _differing(ours: AnomalyConfig | GridConfig, theirs: AnomalyConfig | GridConfig, passed: tuple[str, ...]) -> str:
    """Return the first parameter that differs, its value in the model and in the season; empty where none does."""
    given = dataclasses.asdict(theirs)
    for name, value in dataclasses.asdict(ours).items():
        if name not in passed and value != given[name]:
            return Said("{name} {value}, here {ours}", name=name.replace("_", " "), value=value, ours=given[name])
    return ""
