"""Scores of a classification: confusion matrix, per-class scores, accuracy, macro recall, kappa, calibration.

The original paper (section 2.2) uses two scores per class, each class against the rest: *recall* (its equation 1) and
*accuracy* (its equation 2, (TP + TN) / all). The usual per-class *precision* is different: ``one_vs_rest_accuracy`` is the
paper's, ``precision`` and ``f1`` are the standard ones, ``recall`` is the same in both.
A score that cannot be estimated is NaN, never 0: the recall of a class without a scorable day, the precision of a class that
was never predicted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from quakegui.season.labels import cohen_kappa
from quakegui.words import Said

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

Target = Literal["event", "direction", "class"]
#: Targets, the main one first. Each target merges the five classes into groups.
GROUPS: dict[Target, tuple[int, ...]] = {
    "event": (0, 1, 1, 1, 1),
    "direction": (0, 1, 1, 2, 2),
    "class": (0, 1, 2, 3, 4),
}
TARGETS: tuple[Target, ...] = ("event", "direction", "class")
#: Number of equal bins of P(not 0) in the calibration.
BINS = 10


@dataclass(frozen=True, slots=True)
class ClassFigures:
    """Scores of one class against the rest.

    Attributes
    ----------
    support, answered
        Number of days of the class, and of days predicted as the class.
    not_estimable
        Number of days of the class in folds without that class in training; they do not enter the recall.
    recall
        TP / (TP + FN), equation 1 of the original paper, over the estimable days; NaN without one.
    precision, f1
        Standard definitions; NaN if the class was never predicted, or has no day.
    one_vs_rest_accuracy
        (TP + TN) / all, equation 2 of the original paper.
    """

    support: int
    answered: int
    not_estimable: int
    recall: float
    precision: float
    f1: float
    one_vs_rest_accuracy: float


@dataclass(frozen=True, slots=True)
class Figures:
    """Scores of a classification.

    Attributes
    ----------
    confusion
        Days by true (row) and predicted (column) class, shape (class, class).
    days
        Number of scored days (images, in the paper protocol).
    per_class
        One entry per class.
    accuracy
        Fraction predicted correctly.
    macro_recall
        Mean recall of the estimable classes.
    estimable
        Classes that enter the macro recall.
    balanced_accuracy
        Mean recall of all classes that occur; days of classes missing in training count as misses.
    kappa
        Cohen's kappa; NaN if agreement by chance is complete.
    """

    confusion: Counts
    days: int
    per_class: tuple[ClassFigures, ...]
    accuracy: float
    macro_recall: float
    estimable: tuple[int, ...]
    balanced_accuracy: float
    kappa: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """Calibration of P(event).

    Attributes
    ----------
    edges
        Edges of equal bins of P(not 0), shape (bin + 1,).
    mean_probability, frequency
        Mean P(not 0) and fraction of days with an event in each bin, NaN for an empty one, shape (bin,).
    days
        Number of days per bin, shape (bin,).
    expected_error
        Mean difference of the two, weighted by days (expected calibration error).
    brier_event
        Mean squared error of P(not 0), 0 to 1.
    brier
        Mean over days of the squared errors summed over the five classes, 0 to 2 (Brier 1950).
    """

    edges: Floats
    mean_probability: Floats
    frequency: Floats
    days: Counts
    expected_error: float
    brier_event: float
    brier: float


def group_probabilities(probabilities: ArrayLike, target: Target) -> Floats:
    """Return class probabilities summed over the groups of a target, shape (day, group).

    Parameters
    ----------
    probabilities
        Of the five classes, shape (day, class).
    target
        "event", "direction" or "class".
    """
    given = np.asarray(probabilities, float)
    groups = np.asarray(GROUPS[target])
    return np.stack([given[:, groups == g].sum(axis=1) for g in range(groups.max() + 1)], axis=1)


def group_labels(labels: ArrayLike, target: Target) -> Counts:
    """Return the group of each label, shape (day,).

    Parameters
    ----------
    labels
        Class 0..4, negative for none (which becomes -1), shape (day,).
    target
        "event", "direction" or "class".
    """
    given = np.asarray(labels, np.int64)
    return np.where(given >= 0, np.asarray(GROUPS[target], np.int64)[np.maximum(given, 0)], -1)


def group_trained(training_classes: ArrayLike, target: Target) -> NDArray[np.bool_]:
    """Return which groups each fold has in training, shape (fold, group).

    Parameters
    ----------
    training_classes
        Which classes each fold has in training, shape (fold, class).
    target
        "event", "direction" or "class".
    """
    given = np.asarray(training_classes, bool)
    groups = np.asarray(GROUPS[target])
    return np.stack([given[:, groups == g].any(axis=1) for g in range(groups.max() + 1)], axis=1)


def confusion(truth: ArrayLike, prediction: ArrayLike, n_classes: int = 5) -> Counts:
    """Return the number of days by true (row) and predicted (column) class, shape (class, class).

    Parameters
    ----------
    truth, prediction
        True and predicted class, shape (day,) each.
    n_classes
        Number of classes.

    Raises
    ------
    ValueError
        If the arrays differ in length, or a class is outside 0..n_classes-1.
    """
    true, said = np.asarray(truth, np.int64), np.asarray(prediction, np.int64)
    if true.shape != said.shape:
        raise ValueError(Said("A confusion matrix needs one predicted class for each true class."))
    if true.size and (min(true.min(), said.min()) < 0 or max(true.max(), said.max()) >= n_classes):
        raise ValueError(
            Said(
                "A confusion matrix of {n_classes} classes accepts classes 0 to {n_classes2} only.",
                n_classes=n_classes,
                n_classes2=n_classes - 1,
            )
        )
    return np.bincount(true * n_classes + said, minlength=n_classes**2).reshape(n_classes, n_classes).astype(np.int64)


def figures(matrix: ArrayLike, estimable_matrix: ArrayLike | None = None) -> Figures:
    """Return all scores of a confusion matrix.

    Parameters
    ----------
    matrix
        Days by true (row) and predicted (column) class.
    estimable_matrix
        The same without the days whose true class was missing in their fold's training; used for the recall and the macro
        recall only. Default: the matrix itself.
    """
    counts = np.asarray(matrix, np.int64)
    judged = counts if estimable_matrix is None else np.asarray(estimable_matrix, np.int64)
    total = int(counts.sum())
    recall = recalls(judged)
    support, answered, hits = counts.sum(axis=1), counts.sum(axis=0), np.diag(counts)
    precision = _ratio(hits, answered)
    f1 = np.where(support > 0, _ratio(2 * hits, support + answered), np.nan)
    rest = _ratio(total - support - answered + 2 * hits, np.full(len(counts), total))
    per_class = tuple(
        ClassFigures(
            support=int(support[c]),
            answered=int(answered[c]),
            not_estimable=int(support[c] - judged[c].sum()),
            recall=float(recall[c]),
            precision=float(precision[c]),
            f1=float(f1[c]),
            one_vs_rest_accuracy=float(rest[c]),
        )
        for c in range(len(counts))
    )
    return Figures(
        confusion=counts,
        days=total,
        per_class=per_class,
        accuracy=float(_ratio(hits.sum(), total)),
        macro_recall=float(macro_recall(judged)),
        estimable=tuple(int(c) for c in np.flatnonzero(judged.sum(axis=1))),
        balanced_accuracy=float(macro_recall(counts)),
        kappa=float(cohen_kappa(counts)),
    )


def recalls(matrix: ArrayLike) -> Floats:
    """Return the recall of each class, NaN for a class without a day; shape (..., class, class) -> (..., class)."""
    counts = np.asarray(matrix, float)
    return _ratio(np.diagonal(counts, axis1=-2, axis2=-1), counts.sum(axis=-1))


def macro_recall(matrix: ArrayLike) -> Floats:
    """Return the mean recall of the classes that have a day, NaN if there are none; shape (..., class, class) -> (...)."""
    recall = recalls(matrix)
    known = np.isfinite(recall)
    return _ratio(np.where(known, recall, 0.0).sum(axis=-1), known.sum(axis=-1))


def accuracy(matrix: ArrayLike) -> Floats:
    """Return the fraction predicted correctly, NaN without a day; shape (..., class, class) -> (...)."""
    counts = np.asarray(matrix, float)
    return _ratio(np.trace(counts, axis1=-2, axis2=-1), counts.sum(axis=(-2, -1)))


def calibration(probabilities: ArrayLike, truth: ArrayLike) -> Calibration:
    """Return the calibration of P(not 0), and Brier scores.

    Parameters
    ----------
    probabilities
        Of the five classes, shape (day, class), finite.
    truth
        Class 0..4, shape (day,).
    """
    given, label = np.asarray(probabilities, float), np.asarray(truth, np.int64)
    event, happened = given[:, 1:].sum(axis=1), label > 0
    edges = np.linspace(0, 1, BINS + 1)
    place = np.clip(np.searchsorted(edges, event, side="right") - 1, 0, BINS - 1)
    days = np.bincount(place, minlength=BINS).astype(np.int64)
    mean = _ratio(np.bincount(place, event, minlength=BINS), days)
    frequency = _ratio(np.bincount(place, happened, minlength=BINS), days)
    gap = np.where(days > 0, np.abs(mean - frequency), 0.0)
    wanted = np.eye(given.shape[1])[label]
    return Calibration(
        edges=edges,
        mean_probability=mean,
        frequency=frequency,
        days=days,
        expected_error=float(_ratio((gap * days).sum(), days.sum())),
        brier_event=float(_ratio(((event - happened) ** 2).sum(), len(label))),
        brier=float(_ratio(((given - wanted) ** 2).sum(), len(label))),
    )


def _ratio(part: ArrayLike, whole: ArrayLike) -> Floats:
    """Return the quotient of two arrays, NaN where the divisor is 0 or not finite."""
    above, below = np.broadcast_arrays(np.asarray(part, float), np.asarray(whole, float))
    quotient: Floats = np.divide(above, below, out=np.full(above.shape, np.nan), where=(below != 0) & np.isfinite(below))
    return quotient
