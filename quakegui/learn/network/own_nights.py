"""Pre-training on the analyst's own nights: simulated signals in measured noise, one member for each block of nights.

Member k is trained without the nights of block k and those within `MARGIN_DAYS` of them, which are treated as not recorded,
and predicts only block k. Earthquakes are drawn at random; labels, earthquakes and Kp of the project are not used, not even to
place the blocks. A signal that really was in the nights counts as noise, and the model learns to ignore it: it is conservative.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quakegui.judge.folds import material
from quakegui.judge.splits import blocked
from quakegui.learn.network.pretraining import TOGETHER, Corpus, predict_both_signs
from quakegui.learn.network.pretraining_recipe import FEWEST_STATIONS, GROUP, Pretraining
from quakegui.learn.runs.frozen import MadeFor, OwnNights, network_means
from quakegui.learn.runs.inputs import pictures
from quakegui.learn.runs.runconfig import BLOCKS, RunConfig
from quakegui.season.season import Season
from quakegui.simulate.corpus import Plan
from quakegui.simulate.injection import Nights, seasons_with_signals
from quakegui.words import Said

MARGIN_DAYS = 7
"""Nights beside a block that its member is not trained on either, as long as the longest mean in a model's input."""
LEAST_DAYS = 180
"""Minimum number of days with a map: with fewer, no detection could be told from chance, see `quakegui.judge.limit`."""
FIRST_SEED = 20_000_000
SEEDS = 1_000_000
"""Number of seeds reserved for each purpose."""
CHOICE, COMPARISON = BLOCKS, BLOCKS + 1
"""Purposes of seeds after those of the members: the alarm rule, and the comparison with the supplied model."""
SEASON_DAYS = 334
"""Length of a synthetic season."""
PREDICTED_TOGETHER = 64


def made_for(season: Season) -> MadeFor:
    """Return the only season that a model of its nights can be used for.

    Raises
    ------
    ValueError
        If the season has too few stations or days.
    """
    stations = [station for station in season.network.stations if station.located]
    if len(stations) < FEWEST_STATIONS:
        raise ValueError(Said("Simulated signals need a project with at least three stations that have coordinates."))
    days = int(season.has_map.sum())
    if days < LEAST_DAYS:
        raise ValueError(
            Said(
                "Training on your own nights needs at least {least} days with a map; this season has {days}.",
                least=LEAST_DAYS,
                days=days,
            )
        )
    labels = np.zeros(len(season.days), np.int64)  # the same for any labels and earthquakes
    folds = blocked(material(season.days, labels, has_map=season.has_map), folds=BLOCKS, inner_share=0.0).folds
    means = [round(float(value), 2) if np.isfinite(value) else None for value in network_means(season)]
    own = OwnNights(str(season.all_days[0]), tuple(means), tuple(str(fold.last) for fold in folds))
    count = len(stations)
    return MadeFor(season.config.anomaly, season.config.grid, count, count, own=own)


def withheld(season: Season, own: OwnNights, member: int) -> NDArray[np.bool_]:
    """Return the nights that a member is not trained on, warm-up included, shape (day,).

    Parameters
    ----------
    season, own
        The season, and its blocks.
    member
        Number of the member.
    """
    block = season.days[own.member(season.days) == member]
    margin = np.timedelta64(MARGIN_DAYS, "D")
    out: NDArray[np.bool_] = (season.all_days >= block[0] - margin) & (season.all_days <= block[-1] + margin)
    return out


def recipe_of(config: RunConfig, days: int, part: int) -> Pretraining:
    """Return the settings of the pre-training of a member, or of another part with seeds of its own.

    Parameters
    ----------
    config, days
        Settings of the run, and number of days of the season: a group has as many images as one of synthetic seasons.
    part
        Number of the member, `CHOICE` or `COMPARISON`.
    """
    plan = Plan(first_seed=FIRST_SEED + SEEDS * part, scale_footprints=True)
    return Pretraining(
        network=dataclasses.replace(config, seed=config.seed + part),
        plan=plan,
        seasons=config.epochs * of_length(GROUP, days),
        group=of_length(GROUP, days),
    )


def of_length(seasons: int, days: int) -> int:
    """Return the number of seasons of a given length that have as many days as `seasons` synthetic ones; at least 2.

    Parameters
    ----------
    seasons
        Number of synthetic seasons, of `SEASON_DAYS` days each.
    days
        Number of days of the other seasons, above 0.
    """
    return max(round(seasons * SEASON_DAYS / days), 2)


def corpus_of(nights: Nights, plan: Plan) -> Corpus:
    """Return the seasons of a plan in measured nights, as the corpus of a pre-training.

    Parameters
    ----------
    nights
        The nights; withheld ones count as not recorded.
    plan
        Distribution of signals and earthquakes, and the label rule.
    """
    return lambda which: seasons_with_signals(nights, plan, which, together=TOGETHER)


@dataclass(frozen=True, slots=True, eq=False)
class Members:
    """Members of a model of own nights; `networks` are of type keras.Model."""

    recipe: RunConfig
    own: OwnNights
    networks: Sequence[Any]

    def probabilities(self, season: Season) -> NDArray[np.float32]:
        """Return class probabilities of each day, from the member that was not trained on it; NaN without a map.

        Days after the nights of the training have the mean of all members. Shape (day, class).
        """
        days, recipe = np.flatnonzero(season.has_map), self.recipe
        found = np.full((len(season.days), len(recipe.classes)), np.nan, np.float32)
        images = pictures(season, recipe.channel, recipe.size, days).astype(np.float16)  # rounded like the training images
        found[days] = self.answers(images, season.days[days])
        return found

    def answers(self, images: NDArray[np.floating[Any]], days: NDArray[np.datetime64]) -> NDArray[np.float32]:
        """Return class probabilities of images, shape (image, class), see `probabilities`.

        Parameters
        ----------
        images
            Shape (image, row, column, channel).
        days
            Their days, shape (image,).
        """
        member = self.own.member(days)
        found = np.empty((len(images), len(self.recipe.classes)), np.float32)
        for number in np.unique(member).tolist():
            asked = self.networks if number < 0 else self.networks[number : number + 1]
            part = images[member == number]
            each = [predict_both_signs(network, part, batch=PREDICTED_TOGETHER) for network in asked]
            found[member == number] = np.mean(each, axis=0)
        return found
