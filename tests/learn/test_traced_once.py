"""A run's training step is traced once: neither the first epoch nor the next fold pays for it again."""

from __future__ import annotations

import numpy as np
import pytest
from learn_data import TINY

from quakegui.learn.network.augment import NEUTRAL
from quakegui.learn.network.steps import build_network, predict, train_step
from quakegui.learn.network.vgg12 import prepare
from quakegui.learn.runs.checkpoint import put_values, values_of
from quakegui.learn.runs.dataset import scalar_table


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
