"""VGG-12: training and prediction beside the same Keras model in float32 with its pictures as arrays in memory."""

from __future__ import annotations

import os
from dataclasses import replace

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
from bench_tools import Row, Timed, both, in_turn, ms

from quakegui.learn.augment import NEUTRAL
from quakegui.learn.dataset import scalar_table
from quakegui.learn.devices import detect
from quakegui.learn.precision import choose
from quakegui.learn.runconfig import RunConfig
from quakegui.learn.steps import build_network, predict, train_step
from quakegui.learn.vgg12 import prepare, vgg12

BATCH = 8
ROUNDS = 3


def measure_network(size: int = 480) -> list[Row]:
    import keras

    generator = np.random.default_rng(0)
    palette = generator.integers(0, 255, (256, 3)).astype(np.uint8)
    maps = generator.integers(0, 22, (BATCH, 480, 480)).astype(np.uint8)
    truth = generator.integers(0, 5, BATCH)
    recipes, weights = np.tile(NEUTRAL, (BATCH, 1)), np.ones(BATCH, np.float32)
    scalar, config = scalar_table(20), replace(RunConfig(), size=size, batch_size=BATCH)
    measured = choose(detect())
    keras.config.set_dtype_policy("float32")
    pictures = generator.uniform(-1, 1, (BATCH, size, size, 3)).astype(np.float32)
    peer = vgg12(config)
    peer.compile(optimizer="adam", loss="sparse_categorical_crossentropy", jit_compile=False)
    keras.config.set_dtype_policy(measured.policy)
    prepared = prepare(config, maps, palette, scalar)
    ours = build_network(config, prepared, palette, scalar)
    trained = in_turn(
        ROUNDS,
        lambda: peer.train_on_batch(pictures, truth),
        lambda: train_step(ours, prepared, recipes, truth, weights, size=BATCH),
    )
    answered = in_turn(ROUNDS, lambda: peer.predict_on_batch(pictures), lambda: predict(ours, prepared, recipes, size=BATCH))
    return [row("training", size, measured.policy, trained), row("prediction", size, measured.policy, answered)]


def row(what: str, size: int, policy: str, timed: list[Timed]) -> Row:
    theirs, ours = timed
    ratio = theirs.median() / ours.median()
    quick = policy != "float32"
    return Row(
        f"VGG-12 {what} at {size} x {size} x 3, {policy}",
        "the same Keras model, float32, arrays in memory",
        f"{ms(ours, BATCH)} an image",
        f"{ms(theirs, BATCH)} an image",
        both(ours, theirs),
        "at least 6 x with AMX or tensor cores, never slower elsewhere",
        ratio >= 6.0 if quick else ratio >= 0.95,
    )
