"""Does it pay to train a pre-trained model further on the labels of the season?

``python tests/power/fine_tuned.py MODEL --strength 0.5 --seasons 40 --first-seed 350000`` trains the model further for each
block of nights, on the labelled days outside of it and of the embargo, and predicts the block: protocol ``blocked``. One line
of JSON per season gives the verdict on these predictions and on those of the model as it is; the last line counts them.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quakegui.learn.evidence import Evidence, make_split
from quakegui.learn.network.pretrained import Pretrained, load
from quakegui.learn.network.pretraining import augment, class_weights, predict_both_signs
from quakegui.learn.runs.inputs import pictures
from quakegui.learn.runs.presets import PRESETS, STACK
from quakegui.learn.zero_shot.trials import evidence_of, paper_plan, verdict_of
from quakegui.season.season import Season
from quakegui.simulate.corpus import simulate

BATCH = 32
SETTINGS = {"blocked": PRESETS["small"], "zero-shot": STACK}
"""Of the split, by protocol."""


class FineTuning:
    """A model whose weights are put back before each block.

    Parameters
    ----------
    model
        The pre-trained model.
    rate, epochs
        Learning rate, and number of times that each day is used.
    """

    def __init__(self, model: Pretrained, rate: float, epochs: int) -> None:
        import keras

        self.model, self.epochs, self._network = model, epochs, model.network
        self._network.compile(keras.optimizers.Adam(rate), keras.losses.SparseCategoricalCrossentropy(), jit_compile=False)
        self._network.optimizer.build(self._network.trainable_variables)
        variables = [*self._network.variables, *self._network.optimizer.variables]
        self._initial = [(each, each.numpy()) for each in variables]

    def reset(self) -> None:
        """Put the weights of the pre-trained model back."""
        for variable, value in self._initial:
            variable.assign(value)

    def out_of_block(self, season: Season, evidence: Evidence) -> NDArray[np.float32]:
        """Return class probabilities, shape (day, class): each day by the model that was trained without its block."""
        split = make_split(evidence.material, SETTINGS["blocked"])
        found = np.full((season.days.size, 5), np.nan, np.float32)
        for number, fold in enumerate(split.folds):
            self.reset()
            rng = np.random.default_rng(number)
            images = pictures(season, self.model.recipe.channel, self.model.recipe.size, fold.train).astype(np.float32)
            classes = evidence.truth[fold.train]
            weights = class_weights(classes, 0.5)
            for _ in range(self.epochs):
                order = rng.permutation(classes.size)
                for start in range(0, classes.size - BATCH + 1, BATCH):
                    chosen = order[start : start + BATCH]
                    self._network.train_on_batch(
                        augment(images[chosen], rng), classes[chosen], sample_weight=weights[classes[chosen]]
                    )
            asked = pictures(season, self.model.recipe.channel, self.model.recipe.size, fold.predict)
            found[fold.predict] = predict_both_signs(self._network, asked)
        self.reset()
        return found


def facts_of(evidence: Evidence, probabilities: NDArray[np.float32], protocol: str) -> dict[str, Any]:
    """Return code, p-value and AUC of the full verdict under a protocol."""
    verdict = verdict_of(evidence, make_split(evidence.material, SETTINGS[protocol]), probabilities)
    facts = verdict.parameters
    return {
        "code": str(verdict.code),
        "better": verdict.better_than_chance,
        "p": facts.get("p_value"),
        "auc": facts.get("auc"),
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Print one JSON line per season, then the counts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("--strength", type=float, default=1.0)
    parser.add_argument("--seasons", type=int, default=20)
    parser.add_argument("--first-seed", type=int, required=True)
    parser.add_argument("--rate", type=float, default=1e-4)
    parser.add_argument("--epochs", type=int, default=3)
    given = parser.parse_args(arguments)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    plan = paper_plan(given.strength, given.first_seed)
    tuning = FineTuning(load(given.model), given.rate, given.epochs)
    found: dict[str, list[dict[str, Any]]] = {"blocked": [], "zero-shot": []}
    for each in simulate(plan, range(given.seasons), pixels=tuning.model.recipe.size):
        evidence = evidence_of(each.season, each.events, each.classes, each.labels)
        row = {
            "blocked": facts_of(evidence, tuning.out_of_block(each.season, evidence), "blocked"),
            "zero-shot": facts_of(evidence, tuning.model.probabilities(each.season), "zero-shot"),
        }
        for protocol, one in row.items():
            found[protocol].append(one)
        sys.stdout.write(json.dumps({"seed": each.source.config.seed, **row}) + "\n")
        sys.stdout.flush()
    counts = {
        protocol: {
            "better": sum(one["better"] for one in rows),
            "significant": sum(one["p"] is not None and one["p"] < 0.05 for one in rows),
            "auc": round(float(np.mean([one["auc"] for one in rows if one["auc"] is not None])), 3),
        }
        for protocol, rows in found.items()
    }
    sys.stdout.write(json.dumps(counts) + "\n")


if __name__ == "__main__":
    main()
