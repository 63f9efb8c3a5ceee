"""Figures of a classification: confusion matrix, per-class figures, accuracy, macro recall, kappa, calibration.

The founding paper (section 2.2) knows two figures per class, each class against the rest: *recall* (its equation 1) and
*accuracy* (its equation 2, (TP + TN) / all). The usual per-class *precision* is something else and is kept apart:
``one_vs_rest_accuracy`` is the paper's, ``precision`` and ``f1`` are the standard ones, ``recall`` is the same in both.

A figure that cannot be estimated is NaN, never 0: the recall of a class without a scorable day, the precision of a class that
was never answered.
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
#: What a day can be judged on, the headline first. Each target joins the five classes into groups.
GROUPS: dict[Target, tuple[int, ...]] = {
    "event": (0, 1, 1, 1, 1),
    "direction": (0, 1, 1, 2, 2),
    "class": (0, 1, 2, 3, 4),
}
TARGETS: tuple[Target, ...] = ("event", "direction", "class")


@dataclass(frozen=True, slots=True)
class ClassFigures:
    """Figures of one class against the rest.

    Attributes
    ----------
    support, answered
        Days of the class, and days answered with it.
    not_estimable
        Days of the class in folds whose training had no day of it; they do not enter the recall.
    recall
        TP / (TP + FN), the paper's equation 1, over the estimable days; NaN without one.
    precision, f1
        The standard ones; NaN where the class was never answered, or has no day.
    one_vs_rest_accuracy
        (TP + TN) / all, the paper's equation 2.
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
    """Figures of a classification.

    Attributes
    ----------
    confusion
        Days by true (row) and answered (column) class, shape (class, class).
    days
        How many days (images, in the paper's protocol) were scored.
    per_class
        One entry per class.
    accuracy
        Share answered right.
    macro_recall
        Mean recall of the estimable classes.
    estimable
        Classes that enter the macro recall.
    balanced_accuracy
        Mean recall of all classes that occur, days of untrained classes counted as misses.
    kappa
        Cohen's kappa; NaN where chance alone would agree always.
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
    """How far the probabilities of an event can be taken at their word.

    Attributes
    ----------
    edges
        Of the equal bins of P(not 0), shape (bin + 1,).
    mean_probability, frequency
        Mean P(not 0) and share of days with an event in each bin, NaN for an empty one, shape (bin,).
    days
        Per bin, shape (bin,).
    expected_error
        Mean distance of the two, weighted by days (ECE).
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
    """Sum the five classes' probabilities over the target's groups, shape (day, class) -> (day, group)."""
    given = np.asarray(probabilities, float)
    groups = np.asarray(GROUPS[target])
    return np.stack([given[:, groups == g].sum(axis=1) for g in range(groups.max() + 1)], axis=1)


def group_labels(labels: ArrayLike, target: Target) -> Counts:
    """Group of each label 0..4, shape (day,); a negative label (none) stays -1."""
    given = np.asarray(labels, np.int64)
    return np.where(given >= 0, np.asarray(GROUPS[target], np.int64)[np.maximum(given, 0)], -1)


def group_trained(trained: ArrayLike, target: Target) -> NDArray[np.bool_]:
    """Which groups each fold has in training, shape (fold, class) -> (fold, group)."""
    given = np.asarray(trained, bool)
    groups = np.asarray(GROUPS[target])
    return np.stack([given[:, groups == g].any(axis=1) for g in range(groups.max() + 1)], axis=1)


def confusion(truth: ArrayLike, answered: ArrayLike, n_classes: int = 5) -> Counts:
    """Count days by true and answered class, shape (class, class), rows true.

    Raises
    ------
    ValueError
        Arrays of different lengths, or classes outside 0..n_classes-1.
    """
    true, said = np.asarray(truth, np.int64), np.asarray(answered, np.int64)
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
    """All figures of a confusion matrix.

    Parameters
    ----------
    matrix
        Days by true (row) and answered (column) class.
    estimable_matrix
        The same without the days whose true class was absent from their fold's training; these count in every figure but the
        recall and the macro recall. Default: the matrix itself.
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
    """Recall of each class, NaN for a class without a day; shape (..., class, class) -> (..., class)."""
    counts = np.asarray(matrix, float)
    return _ratio(np.diagonal(counts, axis1=-2, axis2=-1), counts.sum(axis=-1))


def macro_recall(matrix: ArrayLike) -> Floats:
    """Mean recall of the classes that have a day, NaN if none has; shape (..., class, class) -> (...)."""
    recall = recalls(matrix)
    known = np.isfinite(recall)
    return _ratio(np.where(known, recall, 0.0).sum(axis=-1), known.sum(axis=-1))


def accuracy(matrix: ArrayLike) -> Floats:
    """Share answered right, NaN without a day; shape (..., class, class) -> (...)."""
    counts = np.asarray(matrix, float)
    return _ratio(np.trace(counts, axis1=-2, axis2=-1), counts.sum(axis=(-2, -1)))


def calibration(probabilities: ArrayLike, truth: ArrayLike, *, bins: int = 10) -> Calibration:
    """Reliability of P(not 0), and Brier scores.

    Parameters
    ----------
    probabilities
        Of the five classes, shape (day, class), finite.
    truth
        Class 0..4, shape (day,).
    """
    given, label = np.asarray(probabilities, float), np.asarray(truth, np.int64)
    event, happened = given[:, 1:].sum(axis=1), label > 0
    edges = np.linspace(0, 1, bins + 1)
    place = np.clip(np.searchsorted(edges, event, side="right") - 1, 0, bins - 1)
    days = np.bincount(place, minlength=bins).astype(np.int64)
    mean = _ratio(np.bincount(place, event, minlength=bins), days)
    frequency = _ratio(np.bincount(place, happened, minlength=bins), days)
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
    """Quotient of two arrays, NaN where the divisor is 0 or unknown."""
    above, below = np.broadcast_arrays(np.asarray(part, float), np.asarray(whole, float))
    quotient: Floats = np.divide(above, below, out=np.full(above.shape, np.nan), where=(below != 0) & np.isfinite(below))
    return quotient
