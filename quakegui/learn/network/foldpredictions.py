"""Collection of the predictions of each phase into those of a run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from quakegui.learn.network.augment import NEUTRAL, copy_recipes
from quakegui.learn.network.phases import Phase
from quakegui.learn.runs.dataset import Snapshot, map_hashes
from quakegui.learn.runs.predictions import SPAN, TEST, TRAINED, VALIDATION, RunPredictions
from quakegui.learn.runs.runconfig import RunConfig

Predict = Callable[[NDArray[np.intp], NDArray[np.float32]], NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class Masked:
    """Maps with the missing stations of other days.

    Attributes
    ----------
    rows
        Positions of their days, shape (map,).
    answer
        Function that predicts them, from their numbers.
    """

    rows: NDArray[np.intp]
    answer: Predict


def empty_predictions(config: RunConfig, data: Snapshot, *, with_other_outages: bool = False) -> RunPredictions:
    """Return predictions that are all NaN, with the role of each day in every fold and the test images.

    Parameters
    ----------
    config, data
        Settings, and training data of the run.
    with_other_outages
        Whether maps with the missing stations of other days will be predicted, too.
    """
    days, classes, folds = len(data.days), len(config.classes), len(data.folds)
    role = np.zeros((folds, days), np.uint8)
    for number, fold in enumerate(data.folds):
        for part, value in ((fold.predict, SPAN), (fold.test, TEST), (fold.validation, VALIDATION), (fold.train, TRAINED)):
            role[number, part] = value
    with_copies = [(number, fold) for number, fold in enumerate(data.folds) if len(fold.test_copy)]
    empty, several = [np.zeros(0, np.intp)], config.members if config.members > 1 and not config.own_nights else 0
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
        members=np.full((several, folds + 1, days, classes), np.nan, np.float32),
        image_members=np.full((several, images, classes), np.nan, np.float32),
        masked=np.full((config.members if with_other_outages else 0, days, classes), np.nan, np.float32),
    )


def add_phase(
    predictions: RunPredictions,
    config: RunConfig,
    data: Snapshot,
    phase: Phase,
    *,
    answer: Predict,
    other_outages: Masked | None = None,
) -> RunPredictions:
    """Return `predictions` with the predictions of one phase's model for every day with a map, and for its test images.

    The predictions of a fold are the mean of its members so far.

    Parameters
    ----------
    predictions
        Predictions so far.
    config, data
        Settings, and training data of the run.
    phase
        The phase that ended.
    answer
        Function from day numbers, shape (image,), and recipes, shape (image, 3), to probabilities, shape (image, class).
    other_outages
        Maps with the missing stations of other days, if they are predicted, too.
    """
    mapped, member = np.flatnonzero(data.has_map), phase.member
    answers = np.full(predictions.final.shape, np.nan, np.float32)
    answers[mapped] = answer(mapped, np.tile(NEUTRAL, (len(mapped), 1)))
    if other_outages is not None and not phase.final:
        predictions = _add_masked(predictions, phase, answers, other_outages)
    if len(predictions.members):
        members = predictions.members.copy()
        members[member, phase.part] = answers
        predictions, answers = replace(predictions, members=members), members[: member + 1, phase.part].mean(axis=0)
    if phase.final:
        trained = predictions.final_trained.copy()
        trained[phase.train_day] = True
        return replace(predictions, final=answers, final_trained=trained)
    probabilities = predictions.probabilities.copy()
    probabilities[phase.part] = answers
    own = np.flatnonzero(predictions.image_fold == phase.part)
    if len(own):
        day, copy = predictions.image_day[own], predictions.image_copy[own]
        said = answer(day, copy_recipes(day, copy, config.augmentation, seed=config.seed))
        if len(predictions.image_members):
            members = predictions.image_members.copy()
            members[member, own] = said
            predictions, said = replace(predictions, image_members=members), members[: member + 1, own].mean(axis=0)
        images = predictions.image_probabilities.copy()
        images[own] = said
        predictions = replace(predictions, image_probabilities=images)
    return replace(predictions, probabilities=probabilities)


def _add_masked(kept: RunPredictions, phase: Phase, answers: NDArray[np.float32], masked: Masked) -> RunPredictions:
    """Return `kept` with one member's predictions of the fold's days with the missing stations of other days."""
    judged, changed = kept.role[phase.part] >= TEST, answers.copy()
    numbers = np.flatnonzero(judged[masked.rows])
    if len(numbers):
        changed[masked.rows[numbers]] = masked.answer(numbers, np.tile(NEUTRAL, (len(numbers), 1)))
    every = kept.masked.copy()
    every[phase.member, judged] = changed[judged]
    return replace(kept, masked=every)
