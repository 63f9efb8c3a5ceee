"""VGG-12: training and prediction beside the same Keras model in float32 with its pictures as arrays in memory."""

from __future__ import annotations

import os
import subprocess
from dataclasses import replace

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
from bench_tools import Row, Timed, both, in_turn, ms, once, ratios

from quakegui.learn.network.augment import NEUTRAL
from quakegui.learn.network.devices import detect, processor_abilities
from quakegui.learn.network.precision import choose
from quakegui.learn.network.steps import build_network, predict, train_step
from quakegui.learn.network.vgg12 import prepare, vgg12
from quakegui.learn.runs.checkpoint import put_values, values_of
from quakegui.learn.runs.dataset import scalar_table
from quakegui.learn.runs.runconfig import RunConfig

BATCH = 8
ROUNDS = 5


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


def measure_input(size: int = 480) -> list[Row]:
    """Time a training step from palette indices beside the same network, in the same precision, on finished pictures."""
    import keras

    generator = np.random.default_rng(0)
    palette = generator.integers(0, 255, (256, 3)).astype(np.uint8)
    maps = generator.integers(0, 22, (4 * BATCH, 480, 480)).astype(np.uint8)
    truth, weights = generator.integers(0, 5, BATCH), np.ones(BATCH, np.float32)
    recipes = np.column_stack([generator.uniform(-0.1, 0.1, BATCH), generator.uniform(-9, 9, (BATCH, 2))]).astype(np.float32)
    scalar, config = scalar_table(20), replace(RunConfig(), size=size, batch_size=BATCH)
    keras.config.set_dtype_policy(choose(detect()).policy)
    prepared = prepare(config, maps, palette, scalar)
    ours = build_network(config, prepared, palette, scalar)
    bare = vgg12(config)
    bare.compile(optimizer=keras.optimizers.Adam(), loss="sparse_categorical_crossentropy", jit_compile=False)
    pictures = generator.uniform(-1, 1, (BATCH, size, size, 3)).astype(np.float32)
    days = generator.permutation(len(maps))[:BATCH]
    peer, own = in_turn(
        ROUNDS + 2,
        lambda: bare.train_on_batch(pictures, truth),
        lambda: train_step(ours, prepared[days], recipes, truth, weights, size=BATCH),
    )
    wall, processor = ratios(own, peer)
    return [
        Row(
            f"Input pipeline at {size} x {size}: maps gathered, coloured, varied, per training step",
            "the same network and precision, pictures ready in memory",
            f"{ms(own, BATCH)} an image",
            f"{ms(peer, BATCH)} an image",
            f"{(wall - 1.0) * 100:+.1f} % (processor {(processor - 1.0) * 100:+.1f} %)",
            "at most 5 %",
            min(wall, processor) <= 1.05,
            wall,
            processor,
        ),
        measure_tracing(),
    ]


def measure_tracing(size: int = 120) -> Row:
    """Count how often the training step is traced in a run of two phases, and time its first steps."""
    import keras

    generator = np.random.default_rng(0)
    palette = generator.integers(0, 255, (256, 3)).astype(np.uint8)
    maps = generator.integers(0, 22, (BATCH, 480, 480)).astype(np.uint8)
    truth, weights = generator.integers(0, 5, BATCH), np.ones(BATCH, np.float32)
    recipes = np.tile(NEUTRAL, (BATCH, 1))
    scalar, config = scalar_table(20), replace(RunConfig(), size=size, batch_size=BATCH)
    prepared = prepare(config, maps, palette, scalar)
    traced = 0
    plain = keras.losses.sparse_categorical_crossentropy

    def counted(*given: object) -> object:
        nonlocal traced
        traced += 1
        return plain(*given)

    keras.losses.sparse_categorical_crossentropy = counted
    try:
        network = build_network(config, prepared, palette, scalar)
        fresh = values_of(network.variables)
        phases = []
        for _ in range(2):
            put_values(network.variables, fresh)
            begun = traced
            steps = [
                once(lambda: train_step(network, prepared, recipes, truth, weights, size=BATCH))[0] for _ in range(ROUNDS + 1)
            ]
            phases.append((steps[0], float(np.median(steps[1:])), traced - begun))
    finally:
        keras.losses.sparse_categorical_crossentropy = plain
    (first, later, traces), (further, _, again) = phases
    return Row(
        "First step of a run, and of its next fold",
        "a later step of the same run",
        f"{first / 1e3:.2f} s ({traces} trace), next fold {further / 1e3:.2f} s ({again} traces)",
        f"{later / 1e3:.2f} s",
        f"{first / later:.1f} x, next fold {further / later:.1f} x",
        "traced once in a run",
        (traces, again) == (1, 0),
    )


def row(what: str, size: int, policy: str, timed: list[Timed]) -> Row:
    theirs, ours = timed
    ratio = ratios(theirs, ours)[0]
    units = matrix_units()
    return Row(
        f"VGG-12 {what} at {size} x {size} x 3, {policy}",
        "the same Keras model, float32, arrays in memory",
        f"{ms(ours, BATCH)} an image",
        f"{ms(theirs, BATCH)} an image",
        both(ours, theirs),
        f"at least 6 x: here are {units}" if units else "never slower: here are neither AMX nor tensor cores",
        ratio >= 6.0 if units else ratio >= 0.95,
        *ratios(theirs, ours),
    )


def matrix_units() -> str:
    """Return what multiplies matrices in half precision here, empty where nothing does: AMX, or tensor cores."""
    if detect().kind == "gpu":
        query = ["nvidia-smi", "--query-gpu=compute_cap", "--format=csv,noheader"]
        said = subprocess.run(query, capture_output=True, text=True, check=False).stdout.split()
        # Volta, 7.0, brought tensor cores; where the driver does not tell, the card is taken to have them.
        return "tensor cores" if not said or float(said[0]) >= 7.0 else ""
    return "AMX" if "amx_bf16" in processor_abilities().split() else ""
