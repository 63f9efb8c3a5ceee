"""Varying training images: brightness, contrast and left-right flips. Never up-down, never a rotation: north stays north.

A *recipe* is three numbers per image, (flip 0 or 1, brightness added, contrast factor), which the network's first
layer applies.
A *copy* of a day is an image with a fixed recipe: copy 0 is the map itself, the others are varied.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quakegui.learn.runs.runconfig import Augmentation

NEUTRAL = np.array([0.0, 0.0, 1.0], dtype=np.float32)
"""The recipe that leaves an image as it is."""


def random_recipes(count: int, augmentation: Augmentation, generator: np.random.Generator) -> NDArray[np.float32]:
    """Draw recipes.

    Returns
    -------
    float32, shape (image, 3).
    """
    recipes = np.tile(NEUTRAL, (count, 1))
    draws = generator.random((count, 3), dtype=np.float32)
    if augmentation.flip:
        recipes[:, 0] = draws[:, 0] < 0.5
    recipes[:, 1] = (2 * draws[:, 1] - 1) * augmentation.brightness
    recipes[:, 2] = 1 + (2 * draws[:, 2] - 1) * augmentation.contrast
    return recipes


def copy_recipes(
    days: NDArray[np.intp], copies: NDArray[np.intp], augmentation: Augmentation, *, seed: int
) -> NDArray[np.float32]:
    """Return the fixed recipes of copies of days: the same day and copy always look the same.

    Parameters
    ----------
    days
        Day numbers, shape (image,).
    copies
        Copy numbers, 0 for the map itself, shape (image,); empty for none but the maps themselves.
    augmentation
        Ranges of the variation.
    seed
        Of all copies.

    Returns
    -------
    float32, shape (image, 3).
    """
    recipes = np.tile(NEUTRAL, (len(days), 1))
    for image in np.flatnonzero(copies):
        generator = np.random.default_rng([seed, int(days[image]), int(copies[image])])
        recipes[image] = random_recipes(1, augmentation, generator)[0]
    return recipes


def combine(fixed: NDArray[np.float32], varied: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the recipes that apply `fixed` first and `varied` after it, both of shape (image, 3)."""
    flip = np.abs(fixed[:, 0] - varied[:, 0])
    # contrast works about the image's mean, so a brightness added before it passes through unchanged
    return np.stack([flip, fixed[:, 1] + varied[:, 1], fixed[:, 2] * varied[:, 2]], axis=1).astype(np.float32)


def grow(
    train: NDArray[np.intp], labels: NDArray[np.integer[Any]], targets: Sequence[int], *, all_days: NDArray[np.intp], seed: int
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Grow a training part by fixed copies, each class by the factor that its target means for all labelled days.

    The founding paper grew its whole data set (sections 4.4 and 5.1); grown inside a training part, no test day has a copy.

    Parameters
    ----------
    train
        Day numbers of the training part, shape (sample,).
    labels
        Class of every day, -1 for none, shape (day,).
    targets
        Images wanted of class 0, 1, ..., were all days grown.
    all_days
        Day numbers of the whole, of which `train` is a part.
    seed
        Decides which days get one copy more than others.

    Returns
    -------
    Day numbers and copy numbers, both of shape (image,): every day's own map first, then the copies.
    """
    generator = np.random.default_rng([seed, 0x67726F77])
    days, copies = [train], [np.zeros(len(train), np.intp)]
    for wanted_class, target in enumerate(targets):
        own = train[labels[train] == wanted_class]
        whole = int((labels[all_days] == wanted_class).sum())
        extra = max(round(target * len(own) / max(whole, 1)) - len(own), 0) if len(own) else 0
        for copy in range(1, -(-extra // max(len(own), 1)) + 1):
            chosen = generator.permutation(own)[: extra - (copy - 1) * len(own)]
            days.append(chosen)
            copies.append(np.full(len(chosen), copy, np.intp))
    return np.concatenate(days), np.concatenate(copies)
