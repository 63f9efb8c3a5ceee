"""VGG-12 beside plain Keras: ``python -m pytest tests/benchmarks/test_network_benchmark.py -m benchmark -s``.

The peer is the same network in float32 without our first layers, its pictures as float32 arrays in memory.
Both take turns in one process, so that a noisy machine slows both; the medians' ratio is printed.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from quakegui.learn.network.augment import NEUTRAL
from quakegui.learn.network.devices import detect
from quakegui.learn.network.precision import choose
from quakegui.learn.network.steps import build_network, predict, train_step
from quakegui.learn.network.vgg12 import prepare, vgg12
from quakegui.learn.runs.dataset import scalar_table
from quakegui.learn.runs.runconfig import RunConfig

pytestmark = pytest.mark.benchmark

BATCH = 8
ROUNDS = 4


@pytest.fixture(autouse=True)
def policy() -> Iterator[None]:
    import keras

    before = keras.config.dtype_policy()
    yield
    keras.config.set_dtype_policy(before)


def clocked(*works: Callable[[], Any]) -> list[float]:
    """Return the median milliseconds per image of each work, done in turn after one round to warm up."""
    times: list[list[float]] = [[] for _ in works]
    for number in range(ROUNDS + 1):
        for work, own in zip(works, times, strict=True):
            begun = time.perf_counter()
            work()
            if number:
                own.append((time.perf_counter() - begun) / BATCH * 1000)
    return [float(np.median(own)) for own in times]


@pytest.mark.parametrize("size", [120, 480])
def test_training_and_prediction(size: int) -> None:
    import keras

    generator = np.random.default_rng(0)
    palette = generator.integers(0, 255, (256, 3)).astype(np.uint8)
    maps = generator.integers(0, 22, (BATCH, 480, 480)).astype(np.uint8)
    truth = generator.integers(0, 5, BATCH)
    recipes, weights = np.tile(NEUTRAL, (BATCH, 1)), np.ones(BATCH, np.float32)
    scalar = scalar_table(20)
    config = replace(RunConfig(), size=size, batch_size=BATCH)
    device = detect()
    measured = choose(device)

    keras.config.set_dtype_policy("float32")
    pictures = generator.uniform(-1, 1, (BATCH, size, size, 3)).astype(np.float32)
    peer = vgg12(config)
    peer.compile(optimizer="adam", loss="sparse_categorical_crossentropy", jit_compile=False)
    exact = build_network(config, prepare(config, maps, palette, scalar), palette, scalar)
    keras.config.set_dtype_policy(measured.policy)
    prepared = prepare(config, maps, palette, scalar)
    ours = build_network(config, prepared, palette, scalar)

    def step(network: Any) -> Callable[[], Any]:
        return lambda: train_step(network, prepared, recipes, truth, weights, size=BATCH)

    trained = clocked(lambda: peer.train_on_batch(pictures, truth), step(exact), step(ours))
    answered = clocked(
        lambda: peer.predict_on_batch(pictures),
        lambda: predict(exact, prepared, recipes, size=BATCH),
        lambda: predict(ours, prepared, recipes, size=BATCH),
    )
    print(f"\n{device.name}, {device.backend} {device.version}, {measured.reason}")
    for what, (theirs, in_float, chosen) in (("train", trained), ("predict", answered)):
        print(
            f"{what:8s} {size} px: plain Keras {theirs:.1f} ms an image; ours in float32 {in_float:.1f}, in {measured.policy} "
            f"{chosen:.1f}; {theirs / chosen:.1f} x as fast; first layers {100 * (in_float / theirs - 1):+.0f} %"
        )
    assert chosen > 0
