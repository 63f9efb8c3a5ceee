"""The fastest number format for training, measured on one convolution block once per machine."""

from __future__ import annotations

import hashlib
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from quakegui.learn.network.devices import Device, processor_abilities
from quakegui.learn.runs.files import read_json, write_json
from quakegui.words import Said, text_from_json, text_to_json

POLICIES = ("float32", "mixed_bfloat16", "mixed_float16")
GAIN = 1.15
"""Minimum speed-up of a narrower format: less is within the error of the measurement, and float32 is exact."""
SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Measured:
    """Result of the measurement.

    Attributes
    ----------
    policy
        The Keras policy for training.
    milliseconds
        Time per step of the test block, by policy.
    reason
        The result as a sentence.
    """

    policy: str
    milliseconds: dict[str, float]
    reason: str


def choose(device: Device, *, cache: Path | None = None) -> Measured:
    """Return the fastest policy of this machine, from the cache if it was measured before.

    Parameters
    ----------
    device
        The computing device.
    cache
        Folder of measurements; None to measure without storing.
    """
    import keras

    names = "|".join([device.backend, device.version, keras.__version__, device.name, device.driver, processor_abilities()])
    path = None if cache is None else cache / f"precision-{hashlib.blake2b(names.encode(), digest_size=8).hexdigest()}.json"
    if path is not None and path.is_file():
        try:
            kept = read_json(path)
            return Measured(**{**kept, "reason": text_from_json(kept["reason"])})
        except (ValueError, TypeError, KeyError):
            path.unlink()  # from another version, or damaged: measure again
    # half precision is slower by orders of magnitude on processors without hardware support, and would need loss scaling
    candidates = POLICIES if device.kind == "gpu" else POLICIES[:2]
    measured = decide({policy: probe(policy, seconds=SECONDS / len(candidates)) for policy in candidates})
    if path is not None:
        with suppress(OSError):  # without a cache, the measurement is repeated next time
            path.parent.mkdir(parents=True, exist_ok=True)
            write_json(path, asdict(measured) | {"reason": text_to_json(measured.reason)})
    return measured


def decide(milliseconds: dict[str, float]) -> Measured:
    """Return the policy from measured milliseconds per step: a narrower format must be clearly faster than the safer ones."""
    best = POLICIES[0]
    for policy in POLICIES[1:]:
        if policy in milliseconds and milliseconds[policy] * GAIN < milliseconds[best]:
            best = policy
    factor = milliseconds["float32"] / milliseconds[best]
    if best == "float32":
        return Measured("float32", milliseconds, Said("float32 is as fast as any other precision on this machine (measured)."))
    return Measured(
        best,
        milliseconds,
        Said("{best} trains {factor:.1f} times as fast as float32 on this machine (measured).", best=best, factor=factor),
    )


def probe(policy: str, *, seconds: float) -> float:
    """Return the milliseconds of one training step of a VGG-12 block, the minimum over repetitions.

    Parameters
    ----------
    policy
        The Keras policy.
    seconds
        Duration of the repetitions.
    """
    import keras

    network = _block(policy)
    # the same number of pixels as in the second block of a training step on small maps
    images = np.random.default_rng(0).standard_normal((8, 60, 60, 32), dtype=np.float32)
    truth = np.zeros((8, 1), np.float32)
    network.train_on_batch(images, truth)  # builds and traces
    best, begun = np.inf, time.perf_counter()
    while (now := time.perf_counter()) - begun < seconds:
        network.train_on_batch(images, truth)
        best = min(best, time.perf_counter() - now)
    keras.utils.clear_session()
    return float(best) * 1000


def _block(policy: str) -> Any:
    import keras

    pictures = keras.Input((60, 60, 32))
    x = pictures
    for _ in range(2):
        x = keras.layers.Conv2D(64, 3, padding="same", activation="relu", dtype=policy)(x)
    x = keras.layers.MaxPooling2D(2, dtype=policy)(x)
    x = keras.layers.GlobalAveragePooling2D(dtype="float32")(x)
    network = keras.Model(pictures, keras.layers.Dense(1, dtype="float32")(x))
    network.compile(optimizer="sgd", loss="mse", jit_compile=False)
    return network
