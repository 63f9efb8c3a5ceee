"""Phases of a run: the training of each fold, then the final training on all days, for future days."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quakegui.judge import folds
from quakegui.learn.network.augment import combine, copy_recipes, grow, random_recipes
from quakegui.learn.runs.dataset import Snapshot
from quakegui.learn.runs.runconfig import RunConfig
from quakegui.words import Said

FINAL = "final"


@dataclass(frozen=True, slots=True)
class Phase:
    """One training of one model, from first to last weights.

    Attributes
    ----------
    name
        "fold 1", ... or "final", with the member if there are several: "fold 1, member 2".
    number
        Position in the run, from 0.
    part
        Number of the fold, from 0; the final training comes after the last fold.
    member
        Number of the member among those trained on the same images, from 0.
    train_day, validation_day
        Day number of each image, shape (image,).
    train_recipe, validation_recipe
        Fixed augmentation recipes, float32, shape (image, 3).
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
        """Whether this is the final training."""
        return self.name.split(",")[0] == FINAL


def phases_of(config: RunConfig, data: Snapshot) -> tuple[Phase, ...]:
    """Return the phases of a run in order: all members of a fold, then those of the next.

    Parameters
    ----------
    config, data
        Settings, and training data of the run.

    Raises
    ------
    ValueError
        If there are no training days.
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
    """Return the seed of a phase's initial weights and dropout, different for every phase.

    The first member has the seed of a run without members, so that an ensemble contains that run.

    Parameters
    ----------
    config, phase
        Settings of the run, and the phase.
    """
    return (config.seed * 101 + phase.part + 1_000_003 * phase.member) % 2**31


def epoch_batches(config: RunConfig, phase: Phase, epoch: int) -> list[tuple[NDArray[np.intp], NDArray[np.float32]]]:
    """Return the batches of an epoch, the same at every call.

    Batches differ by at most one image in size, so that none is much noisier than the others.

    Parameters
    ----------
    config, phase
        Settings of the run, and the phase.
    epoch
        Number of the epoch, from 0.

    Returns
    -------
    list
        Positions in the phase's training images, shape (image,), and recipes, float32, shape (image, 3), of each batch.
    """
    generator = np.random.default_rng([config.seed, phase.part, epoch, *([phase.member] if phase.member else [])])
    order = generator.permutation(len(phase.train_day))
    recipes = phase.train_recipe[order]
    if config.augmentation.each_epoch:
        recipes = combine(recipes, random_recipes(len(order), config.augmentation, generator))
    parts = max(1, -(-len(order) // config.batch_size))
    return list(zip(np.array_split(order, parts), np.array_split(recipes, parts), strict=True))


def class_weights(labels: NDArray[np.int8], classes: int, *, balance: bool) -> NDArray[np.float32]:
    """Return the weight of each class, float32, shape (class,), with mean 1 over the images and 1 for a class without images.

    Parameters
    ----------
    labels
        Class of each image, shape (image,).
    classes
        Number of classes.
    balance
        Equal weight for days with and without an event (see `folds.class_weights`); otherwise all are 1.
    """
    if not balance:
        return np.ones(classes, np.float32)
    return folds.class_weights(labels, classes).astype(np.float32)
