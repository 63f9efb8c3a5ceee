"""Tries for a better pre-trained model.

``python tests/power/tries.py make FOLDER --width 16 --size 48 --nights 1 7 14`` trains a model with other settings than those
of the model that comes with the program; ``python tests/power/tries.py compare FOLDER FOLDER FOLDER+FOLDER`` compares models,
and means of their log odds, with the first one on the same seasons: one line of JSON per kind of season and model.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quakegui.learn.network.pretrained import Pretrained, load, make
from quakegui.learn.network.pretraining_recipe import PRESETS
from quakegui.learn.runs.inputs import WINDOWS
from quakegui.learn.zero_shot.trials import NARROW, WIDE, Trial, paper_plan, trial
from quakegui.simulate.corpus import Plan, SimulatedSeason, simulate
from quakegui.simulate.precursors import Law

CELLS: dict[str, tuple[float, int, int, dict[str, float]]] = {
    "0.5": (0.5, 60, 400_000, {}),
    "1": (1.0, 60, 410_000, {}),
    "wide": (1.0, 60, 430_000, WIDE),
    "narrow": (1.0, 60, 431_000, NARROW),
    "null": (0.0, 40, 420_000, {}),
}
"""Seasons by name: strength, number, first seed, factors on the law. Only tries were compared on them."""
SURROGATES = 499
NIGHTS = "nights.json"
"""File beside a model whose channels are the means of other numbers of nights than usual."""


def plan_of(strength: float, seed: int, factors: dict[str, float]) -> Plan:
    """Return the plan of the seasons of a cell."""
    law = Law()
    law = dataclasses.replace(law, **{name: getattr(law, name) * factor for name, factor in factors.items()})
    return paper_plan(strength, seed, law=law)


def log_odds_mean(parts: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
    """Return class probabilities, shape (day, class): those with the mean of the logarithms, made to add up to 1."""
    mean = np.exp(np.mean([np.log(np.maximum(each, 1e-12)) for each in parts], axis=0))
    return (mean / mean.sum(axis=1, keepdims=True)).astype(np.float32)


def seasons_of(plan: Plan, count: int, sizes: Sequence[int]) -> Iterator[dict[int, SimulatedSeason]]:
    """Yield each season with maps of every size."""
    for together in zip(*(simulate(plan, range(count), pixels=size) for size in sizes), strict=True):
        yield dict(zip(sizes, together, strict=True))


@contextmanager
def nights_of(folder: Path) -> Iterator[None]:
    """Use the numbers of nights of a model while it predicts."""
    usual = WINDOWS["stack"]
    if (folder / NIGHTS).exists():
        WINDOWS["stack"] = tuple(json.loads((folder / NIGHTS).read_text()))
    try:
        yield
    finally:
        WINDOWS["stack"] = usual


def probabilities(folder: str, model: Pretrained, seasons: dict[int, SimulatedSeason]) -> NDArray[np.float32]:
    """Return class probabilities of a season by a model, shape (day, class)."""
    with nights_of(Path(folder)):
        return model.probabilities(seasons[model.recipe.size].season)


def compare(names: Sequence[str], cell: str) -> Iterator[dict[str, Any]]:
    """Yield the scores of each model, beside those of the first, on the seasons of a cell."""
    models: dict[str, Pretrained] = {part: load(Path(part)) for name in names for part in name.split("+")}
    strength, count, seed, factors = CELLS[cell]
    plan = plan_of(strength, seed, factors)
    found: dict[str, list[Trial]] = {name: [] for name in names}
    for each in seasons_of(plan, count, sorted({model.recipe.size for model in models.values()})):
        said = {part: probabilities(part, model, each) for part, model in models.items()}
        for name in names:
            mean = log_odds_mean([said[part] for part in name.split("+")])
            found[name].append(trial(next(iter(each.values())), mean, plan, surrogates=SURROGATES))
    for name in names:
        apart = np.array([one.auc - first.auc for one, first in zip(found[name], found[names[0]], strict=True)])
        yield {
            "cell": cell,
            "model": name,
            "seasons": count,
            "auc": round(float(np.mean([one.auc for one in found[name]])), 3),
            "more": round(float(apart.mean()), 3),
            "error": round(float(apart.std(ddof=1) / np.sqrt(count)), 3),
            "significant": sum(one.p_value < 0.05 for one in found[name]),
            "better": sum(one.better for one in found[name]),
            "direction": round(float(np.mean([one.recall["direction"] for one in found[name]])), 3),
        }


def main(arguments: Sequence[str] | None = None) -> None:
    """Make a model, or compare several."""
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    made = commands.add_parser("make")
    made.add_argument("folder", type=Path)
    made.add_argument("--preset", choices=tuple(PRESETS), default="stack")
    made.add_argument("--width", type=int, default=8)
    made.add_argument("--size", type=int, default=32)
    made.add_argument("--seasons", type=int, default=420)
    made.add_argument("--nights", type=int, nargs=3, default=list(WINDOWS["stack"]))
    compared = commands.add_parser("compare")
    compared.add_argument("models", nargs="+")
    compared.add_argument("--cells", nargs="+", choices=tuple(CELLS), default=tuple(CELLS))
    given = parser.parse_args(arguments)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    if given.command == "make":
        recipe = PRESETS[given.preset]
        network = dataclasses.replace(recipe.network, width=given.width, size=given.size)
        given.folder.mkdir(parents=True, exist_ok=True)
        (given.folder / NIGHTS).write_text(json.dumps(given.nights))
        with nights_of(given.folder):
            make(given.folder, dataclasses.replace(recipe, network=network, seasons=given.seasons))
        return
    for cell in given.cells:
        for row in compare(given.models, cell):
            sys.stdout.write(json.dumps(row) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
