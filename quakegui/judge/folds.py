"""Input of a split, its folds, and class weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from quakegui.words import Said

Protocol = Literal["paper", "blocked", "chronological"]
PROTOCOLS: tuple[Protocol, ...] = ("paper", "blocked", "chronological")
"""Protocols of models that are trained on the season."""
RunProtocol = Literal["paper", "blocked", "chronological", "zero-shot", "own-nights"]
ZERO_SHOT: Literal["zero-shot"] = "zero-shot"
"""Protocol of a model that never saw the season: all days are scored, and the folds are those of the baselines."""
OWN_NIGHTS: Literal["own-nights"] = "own-nights"
"""Protocol of members trained on simulated signals in the season's own nights; each predicts the nights withheld from it."""
UNTAUGHT: tuple[RunProtocol, ...] = (ZERO_SHOT, OWN_NIGHTS)
"""Protocols of models that use no label and no earthquake of the season."""
N_CLASSES = 5
NO_LABEL = -1

Indices = NDArray[np.intp]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Material:
    """Attributes of each day that a split depends on.

    Attributes
    ----------
    days
        Local calendar days, ascending, datetime64[D], shape (day,).
    labels
        Current class 0..4, ``NO_LABEL`` for none, shape (day,).
    has_map
        Whether the day has a map, shape (day,).
    post
        Whether the day became known only after its event, shape (day,).
    event_index
        Event that labels the day, -1 for none, shape (day,).
    windows
        First and last day of each event's complete label window, datetime64[D], shape (event, 2), since some of its days may
        carry the label of another event. Without it, the window is the span of the days labelled by the event.
    """

    days: NDArray[np.datetime64]
    labels: NDArray[np.int64]
    has_map: Mask
    post: Mask
    event_index: NDArray[np.int64]
    windows: NDArray[np.datetime64] | None = None


def material(
    days: ArrayLike,
    labels: ArrayLike,
    *,
    has_map: ArrayLike | None = None,
    post: ArrayLike | None = None,
    event_index: ArrayLike | None = None,
    windows: ArrayLike | None = None,
) -> Material:
    """Check and complete the input of a split.

    Parameters
    ----------
    days, labels
        See `Material`.
    has_map
        Default: all days have a map.
    post
        Default: none.
    event_index, windows
        Default: no event is known.

    Raises
    ------
    ValueError
        If the days do not ascend, a label is outside -1..4, or the arrays differ in length.
    """
    day = np.asarray(days, dtype="datetime64[D]")
    label = np.asarray(labels, dtype=np.int64)
    n = len(day)
    mapped = np.ones(n, bool) if has_map is None else np.asarray(has_map, bool)
    late = np.zeros(n, bool) if post is None else np.asarray(post, bool)
    event = np.full(n, -1, np.int64) if event_index is None else np.asarray(event_index, np.int64)
    span = None if windows is None else np.asarray(windows, dtype="datetime64[D]").reshape(-1, 2)
    if not all(a.shape == (n,) for a in (day, label, mapped, late, event)):
        raise ValueError(
            Said("A split needs one label, map flag, post flag and earthquake per day: the arrays differ in length.")
        )
    if n > 1 and not bool(np.all(np.diff(day) > np.timedelta64(0, "D"))):
        raise ValueError(Said("A split needs days in ascending order without repeats."))
    if label.size and (label.min() < NO_LABEL or label.max() >= N_CLASSES):
        raise ValueError(
            Said(
                "A split accepts classes 0 to {n_classes}, and {no_label} for a day without a label.",
                n_classes=N_CLASSES - 1,
                no_label=NO_LABEL,
            )
        )
    if span is not None and event.size and event.max() >= len(span):
        raise ValueError(Said("A day refers to an earthquake that has no label window."))
    return Material(day, label, mapped, late, event, span)


@dataclass(frozen=True, slots=True)
class Fold:
    """One training and its test, as indices into the days of the split.

    In the ``paper`` protocol the unit is an image, a pair (day, copy): ``train`` and ``test`` repeat days, and ``train_copy``
    and ``test_copy`` contain the copy (0 for the map itself, 1 and up for augmented ones). Otherwise these are empty.

    Attributes
    ----------
    train, validation, test
        Days for training, for early stopping (if empty, train for a fixed number of epochs), and for scoring.
    predict
        All days of the test span with a map, scored or not: alarms also need the days that have no label or are ``post``.
    train_copy, validation_copy, test_copy
        Copy numbers, same shapes as the three above; empty outside the ``paper`` protocol.
    first, last
        First and last day of the test span.
    embargoed, purged
        Numbers of labelled days outside the test span that were excluded from training by the embargo, and because of a shared
        label window.
    """

    train: Indices
    validation: Indices
    test: Indices
    predict: Indices
    train_copy: Indices
    validation_copy: Indices
    test_copy: Indices
    first: np.datetime64
    last: np.datetime64
    embargoed: int = 0
    purged: int = 0


@dataclass(frozen=True, slots=True)
class Split:
    """All folds of one protocol, and the numbers of excluded days.

    Attributes
    ----------
    protocol
        ``paper``, ``blocked``, ``chronological``, ``zero-shot`` or ``own-nights``.
    folds
        At least one.
    leaky
        True if copies of the days of test images are in training: such a score is meaningless for prediction.
    without_map, without_label, post
        Days excluded from training and scoring, each counted under the first reason that applies.
    notes
        Sentences for the run's card.
    """

    protocol: RunProtocol
    folds: tuple[Fold, ...]
    leaky: bool
    without_map: int
    without_label: int
    post: int
    notes: tuple[str, ...]


def scorable(material: Material) -> Mask:
    """Return the days for training and scoring, shape (day,): with a map, with a label, and known before their event."""
    usable: Mask = material.has_map & (material.labels != NO_LABEL) & ~material.post
    return usable


def trained_classes(split: Split, labels: ArrayLike) -> Mask:
    """Return which classes each fold has in training, shape (fold, class). Other classes cannot be evaluated in that fold.

    Parameters
    ----------
    split, labels
        The split, and the class of each day, shape (day,).
    """
    return _classes(labels, [fold.train for fold in split.folds])


def tested_classes(split: Split, labels: ArrayLike) -> Mask:
    """Return which classes each fold has among its scored days, shape (fold, class). Parameters as in `trained_classes`."""
    return _classes(labels, [fold.test for fold in split.folds])


def _classes(labels: ArrayLike, parts: Sequence[Indices]) -> Mask:
    return np.array([np.bincount(np.asarray(labels)[part], minlength=N_CLASSES) > 0 for part in parts], bool)


def days_beside(fold: Fold, split_days: NDArray[np.datetime64], days: NDArray[np.datetime64]) -> Mask:
    """Return which of `days` may be used for choices of a fold, shape (asked,).

    Excluded are the test span and the adjacent days that were excluded from training.

    Parameters
    ----------
    fold
        One fold of the split.
    split_days
        The days of the split, shape (day,).
    days
        Any days, datetime64[D], shape (asked,).
    """
    taught = split_days[np.concatenate([fold.train, fold.validation])]
    before, after = taught[taught < fold.first], taught[taught > fold.last]
    beside = np.zeros(len(days), bool)
    if len(before):
        beside |= days <= before.max()
    if len(after):
        beside |= days >= after.min()
    return beside


def class_weights(labels: ArrayLike, n_classes: int = N_CLASSES) -> NDArray[np.float64]:
    """Return the weight of each class in training: one half for quiet days, one half divided among the event classes.

    With equal weights for all five classes, the four event classes would start with four fifths of the probability, so that the
    main target, earthquake vs. none, would be predicted as "earthquake" every day.

    Parameters
    ----------
    labels
        Class of each training day or image, shape (image,).
    n_classes
        Number of classes.

    Returns
    -------
    numpy.ndarray
        Shape (class,); mean 1 over the images; 1 for a class without an image.
    """
    counts = np.bincount(np.asarray(labels, np.int64), minlength=n_classes)
    present = counts > 0
    share = np.zeros(n_classes)
    share[0], share[1:] = float(present[0]), present[1:] / max(1, present[1:].sum())
    share /= max(1.0, share.sum())
    return np.where(present, share * counts.sum() / np.maximum(counts, 1), 1.0)
