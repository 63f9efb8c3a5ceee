"""Days as a split sees them, and the folds it makes of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from quakegui.words import Said

Protocol = Literal["paper", "blocked", "chronological"]
PROTOCOLS: tuple[Protocol, ...] = ("paper", "blocked", "chronological")
"""Of networks that are trained on the season."""
RunProtocol = Literal["paper", "blocked", "chronological", "zero-shot"]
ZERO_SHOT: Literal["zero-shot"] = "zero-shot"
"""Of a network that never saw the season: all days are scored, and the folds are those of the predictors beside it."""
N_CLASSES = 5
NO_LABEL = -1

Indices = NDArray[np.intp]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Material:
    """What a split needs to know of each day.

    Attributes
    ----------
    days
        Local calendar days, ascending, datetime64[D], shape (day,).
    labels
        Class 0..4 in force, ``NO_LABEL`` where there is none, shape (day,).
    has_map
        Whether the day has a map, shape (day,).
    post
        Whether the day became known only after its event, shape (day,).
    event_index
        Event that gave the day its label, -1 for none, shape (day,).
    windows
        First and last day of each event's whole label window, datetime64[D], shape (event, 2). An event may have lost days of
        its window to another event; without this argument its window is the span of the days that carry its label.
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
    """Check and complete what a split needs: all days have a map, none is ``post``, no event is known unless said.

    Raises
    ------
    ValueError
        Days that do not ascend, labels outside -1..4, or arrays of different lengths.
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
    """One training and its test, as indices into the split's days.

    In the ``paper`` protocol the unit is an image, a pair (day, copy): ``train`` and ``test`` repeat days, and the arrays
    ``train_copy`` and ``test_copy`` say which copy (0 = the map itself, 1 and up = augmented). Elsewhere these are empty.

    Attributes
    ----------
    train, validation, test
        Days to learn from, to stop early on (may be empty: then train for a fixed number of epochs), and to score.
    predict
        All days of the test span that have a map, scored or not: alarms need the days that have no label or are ``post`` too.
    train_copy, validation_copy, test_copy
        Copy numbers beside the three, shape as theirs; empty outside the ``paper`` protocol.
    first, last
        First and last day of the test span.
    embargoed, purged
        Labelled days outside the test span that were kept from training by the embargo, and by a shared label window.
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
    """All folds of one protocol, with what was left out and why.

    Attributes
    ----------
    protocol
        ``paper``, ``blocked``, ``chronological`` or ``zero-shot``.
    folds
        At least one.
    leaky
        True where test images have siblings of the same day in training: such a score says nothing about prediction.
    without_map, without_label, post
        Days left out of training and scoring, each counted under the first of these reasons that holds.
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


def scorable(given: Material) -> Mask:
    """Days that may be trained on and scored: with a map, with a label, and known before their event. Shape (day,)."""
    usable: Mask = given.has_map & (given.labels != NO_LABEL) & ~given.post
    return usable


def trained_classes(made: Split, labels: ArrayLike) -> Mask:
    """Which classes each fold has in training, shape (fold, class). A class that is not there cannot be judged in that fold."""
    label = np.asarray(labels)
    return np.array([np.bincount(label[fold.train], minlength=N_CLASSES) > 0 for fold in made.folds], bool)


def tested_classes(made: Split, labels: ArrayLike) -> Mask:
    """Which classes each fold has among its scored days, shape (fold, class)."""
    label = np.asarray(labels)
    return np.array([np.bincount(label[fold.test], minlength=N_CLASSES) > 0 for fold in made.folds], bool)


def days_beside(fold: Fold, known: NDArray[np.datetime64], days: NDArray[np.datetime64]) -> Mask:
    """Return which of `days` a fold may choose anything by: none of its test span, nor those beside it kept from training.

    Parameters
    ----------
    known
        The split's days, shape (day,).
    days
        Any days, datetime64[D], shape (asked,).
    """
    taught = known[np.concatenate([fold.train, fold.validation])]
    before, after = taught[taught < fold.first], taught[taught > fold.last]
    beside = np.zeros(len(days), bool)
    if len(before):
        beside |= days <= before.max()
    if len(after):
        beside |= days >= after.min()
    return beside


def class_weights(labels: ArrayLike, n_classes: int = N_CLASSES) -> NDArray[np.float64]:
    """Weight per class for training: days without an event weigh half in all, days with one the other half, its classes alike.

    Weighing all five classes alike would give the four classes of events four fifths of the probability before any evidence, so
    that the headline, event against none, would be answered "event" every day.

    Parameters
    ----------
    labels
        Class of each training day or image, shape (image,).

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
