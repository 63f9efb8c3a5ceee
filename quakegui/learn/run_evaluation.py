"""Evaluation of a finished run on its test days, whatever the source of its maps."""

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
from quakegui.judge.split_evaluation import judge
from quakegui.judge.surrogates import EventWindows
from quakegui.learn.runs.frozen import FrozenAlarms
from quakegui.learn.runs.predictions import SPAN, TEST, TRAINED, VALIDATION, RunPredictions
from quakegui.learn.runs.registry import RunFolder
from quakegui.project.registrations import Registration
from quakegui.words import Said, counted

NEEDS_TRAINING = Said(
    "No verdict without the flags: the model was trained on maps of this season. Remove the flags and train again to obtain it."
)


@dataclass(frozen=True, slots=True)
class RunEvaluation:
    """An evaluation with its days.

    Attributes
    ----------
    judgement
        All scores; its `basis` states the labels and earthquakes.
    days, labels, probabilities
        The scored days, their classes, and the predictions, shapes (day,), (day,) and (day, class).
    all_days, all_labels
        All days that could be scored, and their classes, -1 for none, shape (day,) each.
    """

    judgement: Judgement
    days: NDArray[np.datetime64]
    labels: NDArray[np.int64]
    probabilities: NDArray[np.float64]
    all_days: NDArray[np.datetime64]
    all_labels: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class ProspectiveEvaluation(RunEvaluation):
    """An evaluation of prospective predictions, made before the label of the day could be known.

    Attributes
    ----------
    predicted
        Number of days with a prospective prediction.
    late
        Number of them issued more than a day after the day became known: correct predictions, but no warnings.
    registration
        Registration of the run, None if it is not registered.
    changes
        Sentences on what has changed since the registration.
    rivals
        Evaluation of each baseline on the same days; empty if not requested.
    """

    predicted: int
    late: int
    registration: Registration | None = None
    changes: tuple[str, ...] = ()
    rivals: tuple[Judgement, ...] = ()


@dataclass(frozen=True, slots=True)
class Unflagged:
    """The evaluation of a run on maps that use the flagged readings too.

    Attributes
    ----------
    flags
        Number of flags that it ignores.
    judgement
        The evaluation; None if the model was trained on the season, and would have to be trained again.
    """

    flags: int
    judgement: Judgement | None

    def text(self) -> Said:
        """Return the verdict in a sentence, or why there is none."""
        if self.judgement is None:
            return NEEDS_TRAINING
        return counted(
            "Without the {count} flag: {verdict}",
            "Without the {count} flags: {verdict}",
            count=self.flags,
            verdict=self.judgement.verdict.text(),
        )

    def to_json(self) -> dict[str, Any]:
        """Return the number of flags, the sentence, and the row of scores, null without an evaluation."""
        row = None if self.judgement is None else self.judgement.row()
        return {"flags": self.flags, "text": str.__str__(self.text()), "row": row}


def rescore(predictions: RunPredictions, scorable: NDArray[np.bool_]) -> RunPredictions:
    """Return a run's predictions with other days of its test spans scored: all scorable days with a prediction.

    Parameters
    ----------
    predictions
        Predictions of the run.
    scorable
        Days with a class that were known before their event, shape (day,).
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
    """Return the split of a finished run's training.

    Parameters
    ----------
    run
        The run, with its card.
    predictions
        Its predictions, with the role of each day.
    """
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
    class_weighted: bool = True,
    frozen: FrozenAlarms | None = None,
    calibrators: Sequence[Calibrator] | None = None,
    basis: Basis | None = None,
) -> RunEvaluation:
    """Evaluate the predictions of a run, compared with baselines on the same split.

    Parameters
    ----------
    split, predictions
        The split, and the predictions for its days.
    title
        Display name of the run.
    available_at
        UTC times at which the days became known, shape (day,).
    truth
        Classes for the evaluation, -1 for none, shape (day,).
    catalogue
        Events for the evaluation of alarms.
    windows
        Label windows of the events, for the verdict.
    training_catalogue
        Events of the run's training, if different.
    beside
        Probabilities of every baseline, by name, shape (day, class) each.
    clues
        Other predictions from the baselines' input, by name.
    class_weighted
        Whether the models were trained with class weights.
    frozen
        Alarm rule of a pre-trained model.
    calibrators
        Calibrator of each fold, if part of the run.
    basis
        Origin of `truth` and `catalogue`, reported with the scores.
    """
    images: Sequence[NDArray[Any]] | None = None
    daily = predictions.out_of_fold()[0]
    if split.leaky:
        # A single model, trained on most of the days: the alarms are leaky like the protocol.
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
        training_labels=predictions.labels,
        training_catalogue=training_catalogue,
        image_probabilities=images,
        members=predictions.members_out_of_fold(),
        class_weighted=class_weighted,
        rules=None if frozen is None else (frozen.rule,) * len(split.folds),
        calibrators=calibrators,
    )
    scored = np.unique(np.concatenate([fold.test for fold in split.folds]))
    answers = daily[scored].astype(np.float64)
    return RunEvaluation(
        dataclasses.replace(judgement, basis=basis), predictions.days[scored], truth[scored], answers, predictions.days, truth
    )
