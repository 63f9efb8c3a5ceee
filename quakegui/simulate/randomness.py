"""Random numbers by key: each part of a season has its own, so that a change of one leaves the others as they are."""

from __future__ import annotations

import numpy as np


def generator(*key: int) -> np.random.Generator:
    """Return the random numbers that belong to `key`."""
    return np.random.default_rng(np.random.SeedSequence(key))
