"""A pre-trained network as a file: its weights, and the card that says what it has learnt from."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quakegui.learn.network.inputs import pictures
from quakegui.learn.network.pretraining import Pretraining, answer
from quakegui.learn.network.vgg12 import vgg12
from quakegui.learn.runs.checkpoint import put_values, trained_values
from quakegui.learn.runs.files import read_arrays, write_arrays
from quakegui.learn.runs.runconfig import RunConfig
from quakegui.season.anomaly import AnomalyConfig
from quakegui.season.season import Season

MODEL = "model.npz"
CARD = "card"
LARGEST = 2**28
"""Bytes of a model's file; a stack of 32 pixels takes 0.7 MB."""


@dataclass(frozen=True, slots=True, eq=False)
class Pretrained:
    """A network that has seen simulated seasons, ready to answer for a season that it has not.

    Attributes
    ----------
    recipe
        What the network is and what it is given.
    card
        What it has learnt from, plain values.
    network
        keras.Model, (image, row, column, channel) -> (image, class).
    """

    recipe: RunConfig
    card: dict[str, Any]
    network: Any

    def probabilities(self, season: Season) -> NDArray[np.float32]:
        """Return the probability of each class on each day of the season window, shape (day, class); NaN without a map.

        Raises
        ------
        ValueError
            If the season's z values are not of the kind that it has learnt.
        """
        wanted, method = self.card["anomaly"], season.config.anomaly.method
        if method != wanted:
            raise ValueError(f"This network has learnt anomalies by the method {wanted}; the season's are by {method}.")
        found = np.full((len(season.days), len(self.recipe.classes)), np.nan, np.float32)
        days = np.flatnonzero(season.has_map)
        found[days] = answer(self.network, pictures(season, self.recipe.channel, self.recipe.size, days))
        return found


def save(folder: Path, network: Any, recipe: Pretraining, *, versions: dict[str, str]) -> Path:
    """Write a network and its card as one file in `folder`, which exists; return the file."""
    path = folder / MODEL
    card = {**plain(recipe), "anomaly": AnomalyConfig().method, "versions": versions}
    write_arrays(path, {CARD: np.array(json.dumps(card)), **trained_values(network)})
    return path


def load(path: Path) -> Pretrained:
    """Read what `save` wrote.

    Raises
    ------
    ValueError
        The file is damaged or holds something else.
    """
    stored = read_arrays(path, largest=LARGEST)
    if CARD not in stored:
        raise ValueError(f"{path} holds no pre-trained network.")
    card: dict[str, Any] = json.loads(str(stored.pop(CARD)))
    recipe = RunConfig.from_json(card["network"])
    network = vgg12(recipe)
    put_values(network.weights, stored)
    return Pretrained(recipe, card, network)


def plain(recipe: Pretraining) -> dict[str, Any]:
    """Return a recipe as plain values; stations by code and place, an index of Kp by its span."""
    values = dataclasses.asdict(recipe)
    plan = values["plan"]
    plan["kp"] = None if recipe.plan.kp is None else f"given, {recipe.plan.kp.time[0]} to {recipe.plan.kp.time[-1]}"
    plan["events"] = len(recipe.plan.events)
    for name in ("first_day", "last_day"):
        plan["season"][name] = str(plan["season"][name])
    return values
