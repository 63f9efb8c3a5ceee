"""Gathering the answers of each phase into a run's predictions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from quakegui.learn.network.augment import NEUTRAL, copy_recipes
from quakegui.learn.network.phases import Phase
from quakegui.learn.runs.dataset import Snapshot, map_hashes
from quakegui.learn.runs.predictions import SPAN, TEST, TRAINED, VALIDATION, RunPredictions
from quakegui.learn.runs.runconfig import RunConfig

Predict = Callable[[NDArray[np.intp], NDArray[np.float32]], NDArray[np.float32]]


def empty_predictions(config: RunConfig, data: Snapshot) -> RunPredictions:
    """Return predictions of nothing yet, with every fold's roles and test images in their places."""
    days, classes, folds = len(data.days), len(config.classes), len(data.folds)
    role = np.zeros((folds, days), np.uint8)
    for number, fold in enumerate(data.folds):
        for part, value in ((fold.predict, SPAN), (fold.test, TEST), (fold.validation, VALIDATION), (fold.train, TRAINED)):
            role[number, part] = value
    with_copies = [(number, fold) for number, fold in enumerate(data.folds) if len(fold.test_copy)]
    empty = [np.zeros(0, np.intp)]
    images = sum(len(fold.test) for _, fold in with_copies)
    return RunPredictions(
        days=data.days,
        labels=data.labels,
        map_hash=np.array(map_hashes(data.maps, data.style), dtype=np.str_),
        probabilities=np.full((folds, days, classes), np.nan, np.float32),
        role=role,
        final=np.full((days, classes), np.nan, np.float32),
        final_trained=np.zeros(days, bool),
        image_fold=np.concatenate(empty + [np.full(len(fold.test), number) for number, fold in with_copies]),
        image_day=np.concatenate(empty + [fold.test for _, fold in with_copies]),
        image_copy=np.concatenate(empty + [fold.test_copy for _, fold in with_copies]),
        image_probabilities=np.full((images, classes), np.nan, np.float32),
    )


def add_phase(kept: RunPredictions, config: RunConfig, data: Snapshot, phase: Phase, answer: Predict) -> RunPredictions:
    """Return `kept` with the answers of one phase's network for every day that has a map, and for its test images.

    Parameters
    ----------
    answer
        Takes day numbers, shape (image,), and recipes, shape (image, 3); returns probabilities, shape (image, class).
    """
    mapped = np.flatnonzero(data.has_map)
    answers = answer(mapped, np.tile(NEUTRAL, (len(mapped), 1)))
    if phase.final:
        final, trained = kept.final.copy(), kept.final_trained.copy()
        final[mapped], trained[phase.train_day] = answers, True
        return replace(kept, final=final, final_trained=trained)
    probabilities = kept.probabilities.copy()
    probabilities[phase.number, mapped] = answers
    images = kept.image_probabilities.copy()
    own = np.flatnonzero(kept.image_fold == phase.number)
    if len(own):
        day, copy = kept.image_day[own], kept.image_copy[own]
        images[own] = answer(day, copy_recipes(day, copy, config.augmentation, seed=config.seed))
    return replace(kept, probabilities=probabilities, image_probabilities=images)
