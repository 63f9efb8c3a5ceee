"""A training step is traced once: neither the first epoch nor the next fold pays for it again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from learn_data import TINY

from quakegui.learn.network.augment import NEUTRAL
from quakegui.learn.network.pretraining import pretrain
from quakegui.learn.network.pretraining_recipe import Pretraining
from quakegui.learn.network.steps import build_network, predict, train_step
from quakegui.learn.network.vgg12 import prepare
from quakegui.learn.runs.checkpoint import put_values, values_of
from quakegui.learn.runs.dataset import scalar_table
from quakegui.learn.runs.presets import STACK
from quakegui.simulate.corpus import Plan
from quakegui.simulate.layouts import synthetic_network
from quakegui.simulate.synthetic import SyntheticConfig


@pytest.mark.slow  # trains twice and counts what is traced
def test_the_training_step_is_traced_once_in_a_run(monkeypatch: pytest.MonkeyPatch) -> None:
    import keras

    rng = np.random.default_rng(0)
    maps = rng.integers(0, 22, (4, 48, 48)).astype(np.uint8)
    palette, scalar = rng.integers(0, 255, (256, 3)).astype(np.uint8), scalar_table(20)
    truth, weights, recipes = rng.integers(0, 5, 4), np.ones(4, np.float32), np.tile(NEUTRAL, (4, 1))
    traced = []
    plain = keras.losses.sparse_categorical_crossentropy
    monkeypatch.setattr(keras.losses, "sparse_categorical_crossentropy", lambda *given: (traced.append(1), plain(*given))[1])
    prepared = prepare(TINY, maps, palette, scalar)
    network = build_network(TINY, prepared, palette, scalar)
    fresh, steps = values_of(network.variables), values_of(network.optimizer.variables)
    losses = []
    for _ in range(2):  # two folds
        put_values(network.variables, fresh)
        put_values(network.optimizer.variables, steps)
        losses.append([train_step(network, prepared, recipes, truth, weights, size=4)[0] for _ in range(3)])
        predict(network, prepared, recipes, size=4)
    assert len(traced) == 1
    assert losses[0] == losses[1]


@pytest.mark.slow  # simulates seasons, and counts what is traced
def test_the_step_of_a_pre_training_is_traced_once(monkeypatch: pytest.MonkeyPatch) -> None:
    import keras

    traced = []
    plain = keras.losses.SparseCategoricalCrossentropy.call
    monkeypatch.setattr(keras.losses.SparseCategoricalCrossentropy, "call", lambda *given: (traced.append(1), plain(*given))[1])
    days = SyntheticConfig(first_day=np.datetime64("2022-03-01"), last_day=np.datetime64("2022-04-15"), warm_up_days=35)
    plan = Plan(season=days, networks=(synthetic_network(7),))
    pretrain(
        Pretraining(
            network=replace(STACK, size=16, width=2, dense=(8, 8), batch_size=16), plan=plan, seasons=2, passes=1, group=1
        )
    )
    assert len(traced) == 1
