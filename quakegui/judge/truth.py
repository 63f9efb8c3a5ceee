"""Ground truth of an evaluation: the scored days and their labels, the earthquakes, and surrogates of both."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from quakegui.judge.alarms import Catalogue
from quakegui.judge.folds import N_CLASSES, UNTAUGHT, Fold, Split, tested_classes, trained_classes
from quakegui.judge.paper_split import leak_fraction
from quakegui.judge.surrogates import (
    JITTER_DAYS,
    EventWindows,
    Kinds,
    Surrogates,
    make_surrogates,
    rule_kinds,
    statistic_of,
)

Counts = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Truth:
    """Ground truth of an evaluation, the same for all predictors compared.

    Attributes
    ----------
    protocol, leaky, leak
        Name of the protocol, whether it is leaky, and the fraction of test images with a copy of their day in training.
    days, available_at
        Local days, and the UTC time at which each becomes known, shape (day,).
    fold
        Fold with the day in its test span, whether or not the day can be scored, -1 for none, shape (day,).
    trained, tested
        Which classes each fold has in training, and among its scored days, shape (fold, class).
    row_day, row_label
        Day and class of every scored day (every test image in the paper protocol), ascending by day, shape (row,).
    catalogue
        Declustered events.
    training_catalogue
        Events at the time of the training, used to choose the folds' thresholds.
    kinds
        Kind of each day from the label rule, whatever the analysts' labels, see `surrogates`, shape (day,).
    surrogates
        The same under surrogate catalogues.
    rivals
        The same for baselines trained in blocks and tested fold by fold, beside a predictor that never saw the season.
    folds
        Folds, whose out-of-fold predictions calibrate each other; none for a prospective record.
    training_labels
        Class of each day in training, -1 for none, shape (day,).
    """

    protocol: str
    leaky: bool
    leak: float
    days: NDArray[np.datetime64]
    available_at: NDArray[np.datetime64]
    fold: Counts
    trained: Mask
    tested: Mask
    row_day: NDArray[np.intp]
    row_label: Counts
    catalogue: Catalogue
    training_catalogue: Catalogue
    kinds: Kinds
    surrogates: Surrogates
    rivals: Surrogates
    folds: tuple[Fold, ...]
    training_labels: Counts


def truth_of(
    split: Split,
    *,
    days: ArrayLike,
    available_at: ArrayLike,
    labels: ArrayLike,
    catalogue: Catalogue,
    windows: EventWindows,
    training_labels: ArrayLike | None = None,
    training_catalogue: Catalogue | None = None,
    protocol: str | None = None,
) -> Truth:
    """Return the ground truth of a split.

    Parameters
    ----------
    split
        The split.
    days, available_at, labels
        Of all days of the split; labels from analysts or the rule, never from a model. Shape (day,).
    catalogue
        Declustered events.
    windows
        Windows of all events in and around the season, for the labels of the rule and the surrogate catalogues.
    training_labels, training_catalogue
        Labels, shape (day,), and events of the training, if they differ from those of the evaluation.
    protocol
        One of `UNTAUGHT` for a predictor that used no label of the season: all its classes count as trained, and the folds
        are those of the baselines. Default: the split's.
    """
    day, label = np.asarray(days, "datetime64[D]"), np.asarray(labels, np.int64)
    rows = np.sort(np.concatenate([fold.test for fold in split.folds]))
    number = np.full(len(day), -1, np.int64)
    for k, fold in enumerate(split.folds):
        number[(day >= fold.first) & (day <= fold.last)] = k
    untaught = (protocol or split.protocol) in UNTAUGHT
    surrogates, rivals = _surrogates(protocol or split.protocol, day, windows)
    return Truth(
        protocol=protocol or split.protocol,
        leaky=split.leaky,
        leak=leak_fraction(split),
        days=day,
        available_at=np.asarray(available_at, "datetime64[ms]"),
        fold=number,
        trained=trained_classes(split, label if training_labels is None else training_labels) | untaught,
        tested=tested_classes(split, label),
        row_day=rows,
        row_label=label[rows],
        catalogue=catalogue,
        training_catalogue=catalogue if training_catalogue is None else training_catalogue,
        kinds=rule_kinds(windows, day),
        surrogates=surrogates,
        rivals=rivals,
        folds=split.folds,
        training_labels=label if training_labels is None else np.asarray(training_labels, np.int64),
    )


def prospective_truth(
    *,
    days: ArrayLike,
    available_at: ArrayLike,
    labels: ArrayLike,
    training_classes: ArrayLike,
    catalogue: Catalogue,
    windows: EventWindows,
) -> Truth:
    """Return the ground truth of prospective predictions, issued day by day by a frozen run after its training.

    Parameters
    ----------
    days, available_at
        Local days, and the UTC time at which each becomes known, shape (day,).
    labels
        Class 0..4, -1 for a day that is not scored (no label, or ``post``), shape (day,).
    training_classes
        Which classes the run had in training, shape (class,).
    catalogue, windows
        See `truth_of`.
    """
    day, label = np.asarray(days, "datetime64[D]"), np.asarray(labels, np.int64)
    rows = np.flatnonzero(label >= 0)
    surrogates, rivals = _surrogates("prospective", day, windows)
    return Truth(
        protocol="prospective",
        leaky=False,
        leak=0.0,
        days=day,
        available_at=np.asarray(available_at, "datetime64[ms]"),
        fold=np.zeros(len(day), np.int64),
        trained=np.asarray(training_classes, bool).reshape(1, N_CLASSES),
        tested=(np.bincount(label[rows], minlength=N_CLASSES) > 0).reshape(1, N_CLASSES),
        row_day=rows,
        row_label=label[rows],
        catalogue=catalogue,
        training_catalogue=catalogue,
        kinds=rule_kinds(windows, day),
        surrogates=surrogates,
        rivals=rivals,
        folds=(),
        training_labels=label,
    )


def _surrogates(protocol: str, days: NDArray[np.datetime64], windows: EventWindows) -> tuple[Surrogates, Surrogates]:
    """Return surrogates for the evaluated predictor, and for baselines trained in blocks."""
    own = make_surrogates(windows, days, jitter_days=JITTER_DAYS[statistic_of(protocol)])
    foldwise = JITTER_DAYS["foldwise"]
    return own, own if own.jitter_days == foldwise else make_surrogates(windows, days, jitter_days=foldwise)
