"""Random generators by key: each part of a season has its own, so that a change of one does not affect the others."""

from __future__ import annotations

import numpy as np


def generator(*key: int) -> np.random.Generator:
    """Return the random generator of a key."""
    return np.random.default_rng(np.random.SeedSequence(key))
