"""A finished run's answers judged on the days that it was trained to be judged on, whatever its maps came from."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quakegui.judge.alarms import Catalogue
from quakegui.judge.calibration import Calibrator
from quakegui.judge.folds import Fold, Split
from quakegui.judge.judged_by import Basis
from quakegui.judge.judgement import Judgement
from quakegui.judge.predictors import Clue
from quakegui.judge.scoring import judge
from quakegui.judge.surrogates import EventWindows
from quakegui.learn.runs.frozen import FrozenAlarms
from quakegui.learn.runs.predictions import SPAN, TEST, TRAINED, VALIDATION, RunPredictions
from quakegui.learn.runs.registry import RunFolder
from quakegui.project.registrations import Registration


@dataclass(frozen=True, slots=True)
class RunEvaluation:
    """A judgement with the days behind it.

    Attributes
    ----------
    judgement
        All figures; its `basis` says by what.
    days, labels, probabilities
        The scored days, the classes that they were judged by, and the run's answers, shapes (day,), (day,) and (day, class).
    all_days, all_labels
        Every day that could have been scored, and its class in the same set, -1 for none, shape (day,) each.
    """

    judgement: Judgement
    days: NDArray[np.datetime64]
    labels: NDArray[np.int64]
    probabilities: NDArray[np.float64]
    all_days: NDArray[np.datetime64]
    all_labels: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class ProspectiveEvaluation(RunEvaluation):
    """An evaluation of what a frozen run predicted before the day's label could be known.

    Attributes
    ----------
    predicted
        Days with a prospective prediction.
    late
        How many of them were issued more than a day after they were known: no fault of the run, but no warning either.
    registration
        What was frozen before these days, None where the run is not registered.
    changes
        Sentences on what is not as it was registered.
    rivals
        Each predictor beside the run, judged in its place; none where that was not asked for.
    """

    predicted: int
    late: int
    registration: Registration | None = None
    changes: tuple[str, ...] = ()
    rivals: tuple[Judgement, ...] = ()


def rescore(predictions: RunPredictions, scorable: NDArray[np.bool_]) -> RunPredictions:
    """Return a run's answers with other days of its test spans scored: all that can be, if the run has answered them.

    Parameters
    ----------
    scorable
        Which days have a class to judge by and were known before their event, shape (day,).
    """
    answered = np.isfinite(predictions.probabilities[..., 0])
    kept = scorable[predictions.image_day]
    return dataclasses.replace(
        predictions,
        role=np.where(predictions.role >= TEST, np.where(answered & scorable, TEST, SPAN), predictions.role).astype(
            predictions.role.dtype
        ),
        image_fold=predictions.image_fold[kept],
        image_day=predictions.image_day[kept],
        image_copy=predictions.image_copy[kept],
        image_probabilities=predictions.image_probabilities[kept],
    )


def split_of(run: RunFolder, predictions: RunPredictions) -> Split:
    """Return the split that a finished run was trained with, read off its predictions and its card."""
    assert run.card is not None
    none = np.array([], dtype=np.intp)
    folds = []
    for number, told in enumerate(run.card["folds"]):
        role, images = predictions.role[number], predictions.image_fold == number
        folds.append(
            Fold(
                train=np.flatnonzero(role == TRAINED),
                validation=np.flatnonzero(role == VALIDATION),
                test=predictions.image_day[images] if run.config.leaky else np.flatnonzero(role == TEST),
                predict=np.flatnonzero(
                    np.isfinite(predictions.probabilities[number, :, 0]) & ((role >= TEST) | run.config.leaky)
                ),
                train_copy=none,
                validation_copy=none,
                test_copy=predictions.image_copy[images],
                first=np.datetime64(told["first"], "D"),
                last=np.datetime64(told["last"], "D"),
                embargoed=told["embargoed"],
                purged=told["purged"],
            )
        )
    return Split(run.config.protocol, tuple(folds), run.config.leaky, 0, 0, 0, ())


def evaluate_predictions(
    split: Split,
    predictions: RunPredictions,
    *,
    title: str,
    available_at: NDArray[np.datetime64],
    truth: NDArray[np.int64],
    catalogue: Catalogue,
    windows: EventWindows,
    training_catalogue: Catalogue | None = None,
    beside: Mapping[str, NDArray[np.float64]],
    clues: Mapping[str, Clue] | None = None,
    weighed: bool = True,
    frozen: FrozenAlarms | None = None,
    calibrators: Sequence[Calibrator] | None = None,
    basis: Basis | None = None,
) -> RunEvaluation:
    """Judge what a run's networks said, beside baselines of the same split.

    Parameters
    ----------
    split, predictions
        The split, and the answers to its days.
    available_at
        UTC instants at which the days became known, shape (day,).
    truth
        Classes to judge by, -1 for none, shape (day,).
    catalogue
        The events that alarms are judged by.
    windows
        Label windows of the events that the verdict is reached by.
    training_catalogue
        Those that the run's training had, where they are others.
    beside
        Probabilities of every baseline, by name, each (day, class).
    clues
        What else can be made of what they look at, by name.
    weighed
        Whether the networks were trained with class weights.
    frozen
        The alarm rule that a pre-trained network brings along.
    calibrators
        Of each fold, where the run brings them along.
    basis
        What `truth` and `catalogue` are, to be told with the figures.
    """
    images: Sequence[NDArray[Any]] | None = None
    daily = predictions.out_of_fold()[0]
    if split.leaky:
        # One network; it saw most days, which is the fault of the protocol, and its alarms are marked with it.
        daily = predictions.probabilities[0]
        images = [predictions.image_probabilities[predictions.image_fold == fold] for fold in range(len(split.folds))]
    judgement = judge(
        split,
        name=split.protocol,
        title=title,
        days=predictions.days,
        available_at=available_at,
        labels=truth,
        probabilities=daily,
        catalogue=catalogue,
        windows=windows,
        baselines=beside,
        clues=clues,
        taught=predictions.labels,
        learnt=training_catalogue,
        image_probabilities=images,
        members=predictions.members_out_of_fold(),
        weighed=weighed,
        rules=None if frozen is None else (frozen.rule,) * len(split.folds),
        calibrators=calibrators,
    )
    scored = np.unique(np.concatenate([fold.test for fold in split.folds]))
    answers = daily[scored].astype(np.float64)
    return RunEvaluation(
        dataclasses.replace(judgement, basis=basis), predictions.days[scored], truth[scored], answers, predictions.days, truth
    )
