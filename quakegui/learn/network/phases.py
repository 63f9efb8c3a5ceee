"""The phases of a run: each fold's training in turn, then the fit of all for days to come."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quakegui.judge import splits
from quakegui.learn.network.augment import combine, copy_recipes, grow, random_recipes
from quakegui.learn.runs.dataset import Snapshot
from quakegui.learn.runs.runconfig import RunConfig
from quakegui.words import Said

FINAL = "final"


@dataclass(frozen=True, slots=True)
class Phase:
    """One training of one network from first weights to last.

    Attributes
    ----------
    name
        "fold 1", ... or "final", and which member where there are several: "fold 1, member 2".
    number
        Its place in the run, from 0.
    part
        Which fold it is of, from 0; the fit of all comes after the last.
    member
        Which of the networks that are trained on the same images, from 0.
    train_day, validation_day
        Day number of each image, shape (image,).
    train_recipe, validation_recipe
        Fixed recipes, float32, shape (image, 3).
    """

    name: str
    number: int
    part: int
    member: int
    train_day: NDArray[np.intp]
    train_recipe: NDArray[np.float32]
    validation_day: NDArray[np.intp]
    validation_recipe: NDArray[np.float32]

    @property
    def final(self) -> bool:
        """Whether this is the fit of all."""
        return self.name.split(",")[0] == FINAL


def phases_of(config: RunConfig, data: Snapshot) -> tuple[Phase, ...]:
    """Return the phases of a run in the order in which they are trained: all members of a fold, then those of the next.

    Raises
    ------
    ValueError
        There is nothing to train on.
    """
    none = np.zeros(0, np.intp)
    parts = [
        (f"fold {number}", fold.train, fold.train_copy, fold.validation, fold.validation_copy)
        for number, fold in enumerate(data.folds, start=1)
    ]
    if config.final_fit or not parts:
        parts.append((FINAL, data.final, none, none, none))
    made: list[Phase] = []
    for part, (name, train, train_copy, validation, validation_copy) in enumerate(parts):
        days, copies = train, train_copy
        if not len(days):
            raise ValueError(
                Said("The final fit of this run has no days to train on: label days first.")
                if name == FINAL
                else Said("Fold {number} of this run has no days to train on: label days first.", number=part + 1)
            )
        growth = config.augmentation.growth
        if growth is not None and not len(copies):
            days, copies = grow(days, data.labels, growth, all_days=data.final, seed=config.seed)
        images = (
            days,
            copy_recipes(days, copies, config.augmentation, seed=config.seed),
            validation,
            copy_recipes(validation, validation_copy, config.augmentation, seed=config.seed),
        )
        for member in range(config.members):
            called = name if config.members == 1 else f"{name}, member {member + 1}"
            made.append(Phase(called, len(made), part, member, *images))
    return tuple(made)


def seed_of(config: RunConfig, phase: Phase) -> int:
    """Return the seed of a phase's first weights and dropout: another one in every phase.

    A first member has the seed of a run of one, so that an ensemble holds that run.
    """
    return (config.seed * 101 + phase.part + 1_000_003 * phase.member) % 2**31


def epoch_batches(config: RunConfig, phase: Phase, epoch: int) -> list[tuple[NDArray[np.intp], NDArray[np.float32]]]:
    """Return an epoch's batches, the same ones whenever they are asked for.

    Returns
    -------
    Positions in the phase's training images, shape (image,), and recipes, float32, shape (image, 3). Batches differ by one
    image at most, so that none is much noisier than the others.
    """
    generator = np.random.default_rng([config.seed, phase.part, epoch, *([phase.member] if phase.member else [])])
    order = generator.permutation(len(phase.train_day))
    recipes = phase.train_recipe[order]
    if config.augmentation.each_epoch:
        recipes = combine(recipes, random_recipes(len(order), config.augmentation, generator))
    parts = max(1, -(-len(order) // config.batch_size))
    return list(zip(np.array_split(order, parts), np.array_split(recipes, parts), strict=True))


def class_weights(labels: NDArray[np.int8], classes: int, *, balanced: bool) -> NDArray[np.float32]:
    """Return a weight per class: days with and without an event alike (see `splits.class_weights`), or all 1.

    Returns
    -------
    float32, shape (class,); mean 1 over the images, and 1 for a class without images.
    """
    if not balanced:
        return np.ones(classes, np.float32)
    return splits.class_weights(labels, classes).astype(np.float32)
