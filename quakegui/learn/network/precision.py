"""Which number format trains fastest here: measured on one convolution block, once per machine, not guessed."""

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
"""A narrower format has to be faster by this factor: less is within the noise of the measurement, and float32 is exact."""
SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Measured:
    """Outcome of the measurement.

    Attributes
    ----------
    policy
        The Keras policy to train with.
    milliseconds
        Per step of the probed block, by policy.
    reason
        In a sentence.
    """

    policy: str
    milliseconds: dict[str, float]
    reason: str


def choose(device: Device, *, cache: Path | None = None) -> Measured:
    """Return the fastest policy of this machine, from the cache where it was measured before.

    Parameters
    ----------
    device
        What computes.
    cache
        Folder of measurements; None measures anew and keeps nothing.
    """
    import keras

    names = "|".join([device.backend, device.version, keras.__version__, device.name, device.driver, processor_abilities()])
    path = None if cache is None else cache / f"precision-{hashlib.blake2b(names.encode(), digest_size=8).hexdigest()}.json"
    if path is not None and path.is_file():
        try:
            kept = read_json(path)
            return Measured(**{**kept, "reason": text_from_json(kept["reason"])})
        except (ValueError, TypeError, KeyError):
            path.unlink()  # from another version or damaged: measure anew
    # half precision without hardware for it is slower by orders of magnitude on processors, and needs loss scaling for nothing
    candidates = POLICIES if device.kind == "gpu" else POLICIES[:2]
    measured = decide({policy: probe(policy, seconds=SECONDS / len(candidates)) for policy in candidates})
    if path is not None:
        with suppress(OSError):  # a cache that cannot be written costs half a second next time
            path.parent.mkdir(parents=True, exist_ok=True)
            write_json(path, asdict(measured) | {"reason": text_to_json(measured.reason)})
    return measured


def decide(milliseconds: dict[str, float]) -> Measured:
    """Choose from measured times per step: each narrower format has to beat the safer ones before it clearly."""
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
    """Return the milliseconds of one training step of a block of VGG-12: the best of as many as fit into `seconds`."""
    import keras

    network = _block(policy)
    # as many pixels as a training step of small maps has in its second block
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
