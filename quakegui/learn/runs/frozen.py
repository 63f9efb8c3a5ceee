"""Alarm rule and intended use of a pre-trained model, fixed on synthetic seasons only."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

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
"""Name of the supplied model that was applied, in a run's information on its project; absent for a model pre-trained for it."""
IDENTITY = "network"
"""Hash of the weights: two pre-trainings with the same settings give two models with different predictions."""
LONGEST_DAYS = 366
"""Maximum number of days of an alarm, and of the days that open it."""
MOVED_KM = 1.0
"""Maximum distance of a station from its position in the training."""
ALIKE_NT = 0.05
"""Maximum difference of the network's mean on the same night; processors round differently."""
ALIKE_SHARE = 0.9
"""Minimum share of such nights: readings may be corrected or flagged after the training."""
_THRESHOLDS = ("threshold_z", "map_threshold_z")
"""Parameters of the analyst's regions, which do not affect z."""


@dataclass(frozen=True, slots=True)
class FrozenAlarms:
    """An alarm rule chosen on synthetic seasons; see `AlarmRule`."""

    threshold: float
    run_days: int
    open_days: int

    def __post_init__(self) -> None:
        """Raise ValueError for an invalid rule."""
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
        """The alarm rule."""
        return AlarmRule(self.threshold, self.run_days, self.open_days)


@dataclass(frozen=True, slots=True)
class OwnNights:
    """Nights of the only season that a model of own nights can be used for.

    Attributes
    ----------
    first
        Local date of the first night, warm-up included.
    mean_nt
        Mean of the stations in each night, nT, None without any; shape (night,).
    block_ends
        Last date of each block, ascending. Member k was not trained on the nights of block k, and predicts them.
    """

    first: str
    mean_nt: tuple[float | None, ...]
    block_ends: tuple[str, ...]

    def __post_init__(self) -> None:
        """Raise ValueError for values that are not dates, or blocks out of order."""
        ends = np.array([self.first, *self.block_ends], "datetime64[D]")
        if len(ends) < 2 or np.isnat(ends).any() or (np.diff(ends) <= np.timedelta64(0, "D")).any():
            raise ValueError(Said("The blocks of nights of the model are not valid."))

    def member(self, days: NDArray[np.datetime64]) -> NDArray[np.intp]:
        """Return the member that predicts each day, -1 (all of them) for days after those of the training, shape (day,)."""
        block = np.searchsorted(np.array(self.block_ends, "datetime64[D]"), days)
        return np.where(block < len(self.block_ends), block, -1)

    def are_of(self, season: Season) -> bool:
        """Return whether a season has these nights."""
        ours = np.array(self.mean_nt, np.float64)
        place = (season.all_days - np.datetime64(self.first, "D")).astype(np.int64)
        known = (place >= 0) & (place < len(ours))
        theirs = np.full(len(ours), np.nan)
        theirs[place[known]] = network_means(season)[known]
        return bool((np.abs(theirs - ours) <= ALIKE_NT).sum() >= ALIKE_SHARE * np.isfinite(ours).sum())


def network_means(season: Season) -> NDArray[np.float64]:
    """Return the mean of the stations in each night, nT, NaN without any, shape (day,)."""
    values = season.anomaly.night_nt
    count = np.isfinite(values).sum(axis=1)
    mean: NDArray[np.float64] = np.divide(np.nansum(values, axis=1), count, out=np.full(len(values), np.nan), where=count > 0)
    return mean


@dataclass(frozen=True, slots=True)
class MadeFor:
    """Seasons that a pre-trained model can predict.

    Attributes
    ----------
    anomaly, grid
        Parameters of z and maps.
    fewest, most
        Minimum and maximum number of located stations.
    places
        Latitude and longitude of the only stations that it can be used for, shape (station, 2); empty for any stations.
    own
        Nights on which it was trained; None for synthetic seasons.
    """

    anomaly: AnomalyConfig
    grid: GridConfig
    fewest: int
    most: int
    places: tuple[tuple[float, float], ...] = ()
    own: OwnNights | None = None

    def refusal(self, season: Season) -> str:
        """Return why the model cannot predict a season, as a sentence; empty if it can."""
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
        if self.own is not None and not self.own.are_of(season):
            return Said("The model was trained on the nights of another project. Train one on the nights of this project.")
        return ""

    def _same_places(self, network: Network) -> bool:
        if len(self.places) != len(network.stations):
            return False
        theirs = np.array(self.places)
        apart = great_circle_km(theirs[:, None, 0], theirs[:, None, 1], network.latitude[None, :], network.longitude[None, :])
        return bool((apart.min(axis=0) <= MOVED_KM).all() and (apart.min(axis=1) <= MOVED_KM).all())


def made_for_of(about: Mapping[str, Any]) -> MadeFor | None:
    """Return the seasons that a run's model can predict; None for a model trained on its season.

    Raises
    ------
    ValueError
        If the stored values are not valid.
    """
    if about.get(MADE_FOR) is None:
        return None
    made = built(MadeFor, about[MADE_FOR], what=Said("model's limit"))
    assert isinstance(made, MadeFor)
    return made


def own_nights_of(about: Mapping[str, Any]) -> OwnNights | None:
    """Return the nights that a run's model was trained on, None for any other model; raises like `made_for_of`."""
    made_for = made_for_of(about)
    return None if made_for is None else made_for.own


def frozen_alarms_of(card: Mapping[str, Any]) -> FrozenAlarms | None:
    """Return the alarm rule in a run's card, None if there is none; raises like `made_for_of`."""
    if card.get(ALARMS) is None:
        return None
    alarms = built(FrozenAlarms, card[ALARMS], what=Said("model's alarm rule value"))
    assert isinstance(alarms, FrozenAlarms)
    return alarms


def _differing(ours: AnomalyConfig | GridConfig, theirs: AnomalyConfig | GridConfig, passed: tuple[str, ...]) -> str:
    """Return the first parameter that differs, with its value in the model and in the season; empty if none does."""
    given = dataclasses.asdict(theirs)
    for name, value in dataclasses.asdict(ours).items():
        if name not in passed and value != given[name]:
            return Said("{name} {value}, here {ours}", name=name.replace("_", " "), value=value, ours=given[name])
    return ""
