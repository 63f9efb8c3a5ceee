"""Evaluation of one predictor from the probabilities that it gave on a split."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from quakegui.judge.alarms import AlarmRule, Catalogue
from quakegui.judge.bootstrap import RESAMPLES
from quakegui.judge.calibration import Calibrator
from quakegui.judge.folds import Split
from quakegui.judge.judgement import Judgement
from quakegui.judge.predictors import Clue, out_of_fold
from quakegui.judge.predictors.learners import majority
from quakegui.judge.scoring import judge_truth
from quakegui.judge.surrogates import EventWindows
from quakegui.judge.truth import truth_of
from quakegui.words import Said

Floats = NDArray[np.float64]


def judge(
    split: Split,
    *,
    name: str,
    title: str = "",
    days: ArrayLike,
    available_at: ArrayLike,
    labels: ArrayLike,
    probabilities: ArrayLike,
    catalogue: Catalogue,
    windows: EventWindows,
    baselines: Mapping[str, Floats],
    clues: Mapping[str, Clue] | None = None,
    training_labels: ArrayLike | None = None,
    training_catalogue: Catalogue | None = None,
    image_probabilities: Sequence[ArrayLike] | None = None,
    members: ArrayLike | None = None,
    rules: Sequence[AlarmRule] | None = None,
    calibrators: Sequence[Calibrator] | None = None,
    class_weighted: bool = True,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Judgement:
    """Evaluate one predictor on a split.

    Parameters
    ----------
    split, name, title
        The split, and the predictor's identifier and display name (default: the identifier).
    days, available_at, labels, training_labels, training_catalogue
        See `truth_of`.
    probabilities
        Out-of-fold probabilities of every day in the test spans, NaN where missing, shape (day, class).
    catalogue
        Declustered events; those outside the evaluated period are ignored.
    windows
        Label windows of all events in and around the season, for the verdict.
    baselines
        Out-of-fold probabilities by name, shape (day, class) each. The majority class is added if it is missing.
    image_probabilities
        Paper protocol only: probabilities of the test images, one array (image, class) per fold in the order of its ``test``.
        Default: those of the image's day.
    clues, members, rules, calibrators, class_weighted, resamples, seed
        See `judge_truth`.

    Raises
    ------
    ValueError
        If an array does not fit the days or the folds.
    """
    truth = truth_of(
        split,
        days=days,
        available_at=available_at,
        labels=labels,
        catalogue=catalogue,
        windows=windows,
        training_labels=training_labels,
        training_catalogue=training_catalogue,
    )
    beside = dict(baselines)
    if "majority" not in beside:
        given = labels if training_labels is None else training_labels
        beside = {"majority": out_of_fold(split, np.zeros(len(truth.days)), given, majority), **beside}
    rows = None
    if image_probabilities is not None:
        together = np.concatenate([np.asarray(part, float) for part in image_probabilities])
        tested = np.concatenate([fold.test for fold in split.folds])
        if len(together) != len(tested):
            raise ValueError(
                Said(
                    "{count} images have probabilities, but the split has {count2} test images.",
                    count=len(together),
                    count2=len(tested),
                )
            )
        rows = together[np.argsort(tested, kind="stable")]
    return judge_truth(
        truth,
        probabilities,
        name=name,
        title=title,
        baselines=beside,
        clues=clues,
        rows=rows,
        members=members,
        rules=rules,
        calibrators=calibrators,
        class_weighted=class_weighted,
        resamples=resamples,
        seed=seed,
    )
