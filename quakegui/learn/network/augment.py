"""Augmentation of training images: brightness, contrast and left-right flips. No up-down flips or rotations: north stays up.

An augmentation *recipe* is three numbers per image (flip 0 or 1, brightness added, contrast factor), applied by the first layer
of the model. A *copy* of a day is an image with a fixed recipe: copy 0 is the map itself, the others are augmented.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quakegui.learn.runs.runconfig import Augmentation

NEUTRAL = np.array([0.0, 0.0, 1.0], dtype=np.float32)
"""The recipe that leaves an image unchanged."""


def random_recipes(count: int, augmentation: Augmentation, generator: np.random.Generator) -> NDArray[np.float32]:
    """Return random recipes, float32, shape (image, 3).

    Parameters
    ----------
    count
        Number of images.
    augmentation
        Ranges of the recipes.
    generator
        Random generator.
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
    """Return the fixed recipes of copies of days, float32, shape (image, 3): the same day and copy always look the same.

    Parameters
    ----------
    days
        Day numbers, shape (image,).
    copies
        Copy numbers, 0 for the map itself, shape (image,); empty for the maps themselves only.
    augmentation
        Ranges of the recipes.
    seed
        Seed of all copies.
    """
    recipes = np.tile(NEUTRAL, (len(days), 1))
    for image in np.flatnonzero(copies):
        generator = np.random.default_rng([seed, int(days[image]), int(copies[image])])
        recipes[image] = random_recipes(1, augmentation, generator)[0]
    return recipes


def combine(fixed: NDArray[np.float32], variations: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the recipes equivalent to `fixed` followed by `variations`, shape (image, 3).

    Parameters
    ----------
    fixed, variations
        Recipes, shape (image, 3) each.
    """
    flip = np.abs(fixed[:, 0] - variations[:, 0])
    # contrast is relative to the mean of the image, so a brightness added before is unchanged
    return np.stack([flip, fixed[:, 1] + variations[:, 1], fixed[:, 2] * variations[:, 2]], axis=1).astype(np.float32)


def grow(
    train: NDArray[np.intp], labels: NDArray[np.integer[Any]], targets: Sequence[int], *, all_days: NDArray[np.intp], seed: int
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return a training part enlarged by fixed copies, each class by the factor from its number of labelled days to its target.

    The original paper augmented its whole data set (sections 4.4 and 5.1); within a training part, no test day has a copy.

    Parameters
    ----------
    train
        Day numbers of the training part, shape (sample,).
    labels
        Class of every day, -1 for none, shape (day,).
    targets
        Number of images of class 0, 1, ... if all days were augmented.
    all_days
        All labelled day numbers, including `train`.
    seed
        Determines which days get one copy more than others.

    Returns
    -------
    tuple
        Day numbers and copy numbers, shape (image,) each: the maps themselves first, then the copies.
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
