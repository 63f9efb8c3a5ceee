"""Learners of the baselines: from columns of training days to class probabilities of test days.

A learner is a function of training columns, training classes and test columns that returns probabilities, shape (day, class). A
class missing in training gets probability 0, and a test day that cannot be predicted gets NaN. Learners give days with and
without an event equal weight (`class_weights`), as the model does.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from quakegui.judge.folds import N_CLASSES, class_weights

Floats = NDArray[np.float64]
FitPredict = Callable[[Floats, NDArray[np.int64], Floats], Floats]

#: Candidate thresholds per feature: none at all, then these quantiles of the training days.
QUANTILES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)

#: Fraction of quiet days below the value for which `usual` predicts P(event) = 0.5.
USUAL = 0.8


def majority(train_x: Floats, train_y: NDArray[np.int64], test_x: Floats) -> Floats:
    """Return the class frequencies of the training days for every test day, so that the most frequent class is predicted.

    Parameters
    ----------
    train_x, test_x
        Columns, shape (day, column); only the number of test days is used.
    train_y
        Classes of the training days, shape (day,).
    """
    frequency = np.bincount(train_y, minlength=N_CLASSES) / max(1, len(train_y))
    return np.tile(frequency, (len(test_x), 1))


def logistic(train_x: Floats, train_y: NDArray[np.int64], test_x: Floats) -> Floats:
    """Return probabilities from multinomial logistic regression on standardised columns, with a weak ridge penalty.

    Days with an unknown column are not used in training and are NaN in the result.

    Parameters
    ----------
    train_x, test_x
        Shape (day, column).
    train_y
        Classes of the training days, shape (day,).
    """
    learnt, asked = np.isfinite(train_x).all(axis=1), np.isfinite(test_x).all(axis=1)
    answer = np.full((len(test_x), N_CLASSES), np.nan)
    if not learnt.any() or not asked.any():
        return answer
    known_x, known_y = train_x[learnt], train_y[learnt]
    if len(np.unique(known_y)) == 1:
        answer[asked] = np.eye(N_CLASSES)[known_y[0]]
        return answer
    centre, spread = known_x.mean(axis=0), known_x.std(axis=0)
    spread = np.where(spread > 0, spread, 1.0)
    from sklearn.linear_model import LogisticRegression  # takes two seconds to import, only when needed

    model = LogisticRegression(max_iter=1000)
    model.fit((known_x - centre) / spread, known_y, sample_weight=class_weights(known_y)[known_y])
    answer[asked] = _five(model.predict_proba((test_x[asked] - centre) / spread), model.classes_)
    return answer


def usual(train_x: Floats, train_y: NDArray[np.int64], test_x: Floats) -> Floats:
    """Return probabilities from the excess of one column over its usual value on quiet training days.

    P(event) is 0.5 at the `USUAL` quantile of those days, and follows a logistic curve in units of their standard deviation; it
    never decreases with the column. The event classes share it in proportion to their training days, which is all that is
    learnt from days with an event.

    Parameters
    ----------
    train_x, test_x
        Shape (day, 1); NaN where unknown, which gives NaN.
    train_y
        Classes of the training days, shape (day,).
    """
    known = np.isfinite(train_x[:, 0])
    quiet = train_x[known & (train_y == 0), 0]
    quiet = quiet if len(quiet) else train_x[known, 0]
    answer = np.full((len(test_x), N_CLASSES), np.nan)
    if not len(quiet):
        return answer
    spread = float(quiet.std()) or 1.0
    event = 0.5 + 0.5 * np.tanh(0.5 * (test_x[:, 0] - np.quantile(quiet, USUAL)) / spread)
    days = np.bincount(train_y[train_y > 0], minlength=N_CLASSES)[1:]
    share = days / days.sum() if days.any() else np.full(N_CLASSES - 1, 1.0 / (N_CLASSES - 1))
    return np.column_stack([1.0 - event, event[:, np.newaxis] * share])


def traditional(train_x: Floats, train_y: NDArray[np.int64], test_x: Floats) -> Floats:
    """Return predictions from four thresholds on area, peak, duration and direction (original paper, section 3.2).

    A day is predicted as an event if area, peak and duration each reach their threshold; the direction feature selects north or
    south, and a second threshold on the peak selects large or small. All thresholds maximise the balanced accuracy of the
    training days. The result is probability 1 for one class. A day without a map is predicted as "none". A class missing in
    training is replaced by the other one of the same direction, or else by the most frequent event class.

    Parameters
    ----------
    train_x, test_x
        Shape (day, feature); the first four columns are `TRADITIONAL_COLUMNS`, the peak unsigned.
    train_y
        Classes of the training days, shape (day,).
    """
    strength, event = np.nan_to_num(train_x[:, :3], nan=-np.inf), train_y > 0
    if not event.any():
        return majority(train_x, train_y, test_x)
    limits = _event_thresholds(strength, event)
    large, more_north = np.isin(train_y, (1, 3)), bool(np.isin(train_y, (1, 2)).sum() >= event.sum() / 2)
    large_from = _best_threshold(strength[event, 1], large[event])
    given = np.nan_to_num(test_x[:, :3], nan=-np.inf)
    alarmed = (given >= limits).all(axis=1) & np.isfinite(test_x[:, 1])
    north = (test_x[:, 3] > 0) | ((test_x[:, 3] == 0) & more_north)
    strong = given[:, 1] >= large_from
    answered = np.where(alarmed, np.where(north, 1, 3) + np.where(strong, 0, 1), 0)
    return np.eye(N_CLASSES)[_known_answers(train_y)[answered]]


def gradient_boosting(train_x: Floats, train_y: NDArray[np.int64], test_x: Floats) -> Floats:
    """Return probabilities from gradient-boosted trees (histogram method); missing values are NaN.

    Small trees and few rounds, since there are few days; the seed is fixed and no days are set aside.

    Parameters
    ----------
    train_x, test_x
        Features, or z of the stations, shape (day, column).
    train_y
        Classes of the training days, shape (day,).
    """
    present = np.unique(train_y)
    if len(present) < 2:
        return majority(train_x, train_y, test_x)
    # A column without any value in training is useless and cannot be binned.
    known = np.isfinite(train_x).any(axis=0)
    if not known.any():
        return majority(train_x, train_y, test_x)
    from sklearn.ensemble import HistGradientBoostingClassifier

    model = HistGradientBoostingClassifier(
        max_iter=60,
        learning_rate=0.1,
        max_leaf_nodes=7,
        min_samples_leaf=10,
        l2_regularization=1.0,
        early_stopping=False,
        random_state=0,
    )
    model.fit(train_x[:, known], train_y, sample_weight=class_weights(train_y)[train_y])
    return _five(model.predict_proba(test_x[:, known]), model.classes_)


def _five(probabilities: Floats, classes: NDArray[np.int64]) -> Floats:
    """Return probabilities of all five classes, 0 for those missing in training."""
    answer = np.zeros((len(probabilities), N_CLASSES))
    answer[:, np.asarray(classes, np.int64)] = probabilities
    return answer


def _known_answers(train_y: NDArray[np.int64]) -> NDArray[np.intp]:
    """Return the class to predict in place of each class, so that no class missing in training is predicted, shape (class,)."""
    days = np.bincount(train_y, minlength=N_CLASSES)
    neighbour = np.array([0, 2, 1, 4, 3])
    likeliest = 1 + int(np.argmax(days[1:]))
    known = np.where(days > 0, np.arange(N_CLASSES), np.where(days[neighbour] > 0, neighbour, likeliest))
    known[0] = 0
    return known


def _candidates(values: Floats) -> Floats:
    finite = values[np.isfinite(values)]
    return np.r_[-np.inf, np.unique(np.quantile(finite, QUANTILES))] if len(finite) else np.array([-np.inf])


def _event_thresholds(strength: Floats, event: NDArray[np.bool_]) -> Floats:
    """Return thresholds of area, peak and duration with the highest balanced accuracy; among equals the lowest."""
    tried = [_candidates(strength[:, column]) for column in range(3)]
    reach = [(strength[:, column, None] >= tried[column]).astype(float) for column in range(3)]
    gain = event / max(1, event.sum()) - ~event / max(1, (~event).sum())
    score = np.einsum("d,da,dp,dt->apt", gain, *reach, optimize=True)
    best = np.unravel_index(int(np.argmax(np.round(score, 12))), score.shape)
    return np.array([tried[column][best[column]] for column in range(3)])


def _best_threshold(values: Floats, wanted: NDArray[np.bool_]) -> float:
    """Return the threshold with the highest balanced accuracy; among equals the lowest."""
    tried = _candidates(values)
    reach = values[:, None] >= tried
    hit = reach[wanted].mean(axis=0) if wanted.any() else np.zeros(len(tried))
    wrong = reach[~wanted].mean(axis=0) if (~wanted).any() else np.zeros(len(tried))
    return float(tried[int(np.argmax(np.round(hit - wrong, 12)))])
