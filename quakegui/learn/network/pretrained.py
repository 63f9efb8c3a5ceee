"""A pre-trained network as a file: its weights, and the card that says what it has learnt from."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quakegui import __version__
from quakegui.learn.network.inputs import pictures
from quakegui.learn.network.pretraining import Pretraining, predict_both_signs
from quakegui.learn.network.vgg12 import vgg12
from quakegui.learn.runs.checkpoint import put_values, trained_values
from quakegui.learn.runs.files import read_arrays, write_arrays, write_text
from quakegui.learn.runs.runconfig import RunConfig
from quakegui.season.anomaly import AnomalyConfig
from quakegui.season.season import Season
from quakegui.words import Said

MODEL = "model.npz"
CARD = "card"
CARD_FILE = "CARD.md"
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
            raise ValueError(
                Said(
                    "This network has learnt anomalies by the method {wanted}; the season's are by {method}.",
                    wanted=wanted,
                    method=method,
                )
            )
        found = np.full((len(season.days), len(self.recipe.classes)), np.nan, np.float32)
        days = np.flatnonzero(season.has_map)
        found[days] = predict_both_signs(self.network, pictures(season, self.recipe.channel, self.recipe.size, days))
        return found


def save(folder: Path, network: Any, recipe: Pretraining) -> Path:
    """Write a network with its card as one file in `folder`, which exists, and the card beside it as text; return the file."""
    card = {**card_values(recipe), "anomaly": str(AnomalyConfig().method), "versions": versions()}
    path = folder / MODEL
    write_arrays(path, {CARD: np.array(json.dumps(card)), **trained_values(network)})
    write_text(folder / CARD_FILE, card_text(card))
    return path


def versions() -> dict[str, str]:
    """Return what a model was made by: quakegui, Keras, its backend and NumPy."""
    import keras

    backend = str(keras.backend.backend())
    return {"quakegui": __version__, "keras": keras.__version__, backend: version(backend), "numpy": np.__version__}


def card_text(card: dict[str, Any]) -> str:
    """Return a card in words: what the network has learnt from and what that does not mean."""
    network, plan, law = card["network"], card["plan"], card["plan"]["law"]
    last = plan["first_seed"] + card["seasons"] - 1
    stations = "those of one network" if plan["networks"] else "the invented network for 5 seasons of 21, random ones else"
    scale = ", footprints scaled by the distance between stations" if plan["scale_footprints"] else ""
    laws = (
        "one drawn for each season" if plan["law_per_season"] else ", ".join(f"{name} {value:g}" for name, value in law.items())
    )
    return f"""# {network["name"]}

Trained on SYNTHETIC seasons, and on nothing else: it finds signals like these. That real earthquakes have such signals is not
known, and no figure of this model says so.

| | |
|---|---|
| input | {network["channel"]}, {network["size"]} x {network["size"]} pixels, anomalies by the method {card["anomaly"]} |
| network | VGG-12, {network["width"]} filters, head {network["head"]}, dense layers {network["dense"]} |
| seasons | {card["seasons"]}, seeds {plan["first_seed"]} to {last}, each picture seen {card["passes"]} times |
| strengths | {plan["strengths"][0]:g} to {plan["strengths"][1]:g}, log-uniform |
| stations | {stations} |
| earthquakes | {", ".join(plan["catalogues"])}, mean {plan["mean_events"][0]:g} to {plan["mean_events"][1]:g} a season |
| law | {laws}{scale} |
| made by | {", ".join(f"{name} {value}" for name, value in card["versions"].items())} |
"""


def load(path: Path) -> Pretrained:
    """Read what `save` wrote.

    Raises
    ------
    ValueError
        The file is damaged or holds something else.
    """
    stored = read_arrays(path, largest=LARGEST)
    if CARD not in stored:
        raise ValueError(Said("{path} holds no pre-trained network.", path=path))
    card: dict[str, Any] = json.loads(str(stored.pop(CARD)))
    recipe = RunConfig.from_json(card["network"])
    network = vgg12(recipe)
    put_values(network.weights, stored)
    return Pretrained(recipe, card, network)


def card_values(recipe: Pretraining) -> dict[str, Any]:
    """Return a recipe as plain values; stations by code and place, an index of Kp by its span."""
    values = dataclasses.asdict(recipe)
    plan = values["plan"]
    plan["kp"] = None if recipe.plan.kp is None else f"given, {recipe.plan.kp.time[0]} to {recipe.plan.kp.time[-1]}"
    plan["events"] = len(recipe.plan.events)
    for name in ("first_day", "last_day"):
        plan["season"][name] = str(plan["season"][name])
    return values
