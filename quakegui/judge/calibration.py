"""Probabilities that can be taken at their word: class weights undone, then calibrated on held-out days.

A network that learnt with class weights answers for a world in which events fill half the days. `undo_weights` moves its
answers to the true shares (Saerens et al. 2002); a `Calibrator` then maps P(event) to how often an event came when it said so.
It is fitted on days of the training part that were predicted without having been learnt, for answers on days known by heart say
nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from quakegui.judge.folds import NO_LABEL, Fold

Floats = NDArray[np.float64]
Method = Literal["isotonic", "platt", "none"]

#: Fewer events among the held-out days bend no curve, but may still shift and stretch it.
ISOTONIC_EVENTS = 5
PLATT_EVENTS = 2


@dataclass(frozen=True, slots=True)
class Calibrator:
    """A map of probabilities: P(event) along straight lines between points, flat beyond them, in P or in its log odds.

    Attributes
    ----------
    method
        "isotonic"; "platt", a logistic curve, with few events; "none", the probability itself, with fewer.
    days, events
        How many held-out days, and how many events on them, it was fitted on.
    given, calibrated
        Points of the isotonic map, ascending, shape (point,); of the logistic curve slope and intercept in the log odds.
    weights
        Class weights of the training whose answers it takes, shape (class,); empty where all were alike.
    """

    method: Method
    days: int
    events: int
    given: Floats
    calibrated: Floats
    weights: Floats = field(default_factory=lambda: np.empty(0))

    def of_event(self, probability: ArrayLike) -> Floats:
        """Return the calibrated P(event), shape as given; NaN stays."""
        p = np.asarray(probability, float)
        if self.method == "none":
            return p
        if self.method == "platt":
            slope, intercept = self.calibrated
            return np.asarray(1 / (1 + np.exp(-(slope * _log_odds(p) + intercept))), float)
        return np.asarray(np.where(np.isnan(p), np.nan, np.interp(p, self.given, self.calibrated)), float)

    def of_classes(self, probabilities: ArrayLike) -> Floats:
        """Return calibrated probabilities, shape (day, class), as given; rows of NaN stay.

        The map takes the class weights out of P(event) by itself; among the classes of events, and where there is no map, they
        are undone.
        """
        given = np.asarray(probabilities, float)
        unweighed = undo_weights(given, self.weights) if self.weights.size else given
        mapped = unweighed if self.method == "none" else given
        return with_event(unweighed, self.of_event(mapped[:, 1:].sum(axis=1)))


def undo_weights(probabilities: ArrayLike, weights: ArrayLike) -> Floats:
    """Return the probabilities that training without class weights would have aimed at, shape (day, class).

    Parameters
    ----------
    probabilities
        As learnt with the weights, shape (day, class).
    weights
        See `class_weights`, shape (class,).
    """
    unweighed = np.asarray(probabilities, float) / np.asarray(weights, float)
    return np.asarray(unweighed / unweighed.sum(axis=1, keepdims=True), float)


def fit_calibrator(probability: ArrayLike, happened: ArrayLike, events: int) -> Calibrator:
    """Fit a calibrator on held-out days.

    Parameters
    ----------
    probability
        P(event) by trainings that had not seen the day, shape (day,).
    happened
        Whether the day is an event's, shape (day,).
    events
        How many different events those days belong to.
    """
    p, y = np.asarray(probability, float), np.asarray(happened, bool)
    known = np.isfinite(p)
    p, y = p[known], y[known]
    if events < PLATT_EVENTS or y.all() or not y.any():
        return Calibrator("none", len(p), events, np.empty(0), np.empty(0))
    if events < ISOTONIC_EVENTS:
        return Calibrator("platt", len(p), events, np.empty(0), _platt(p, y))
    from sklearn.isotonic import IsotonicRegression

    nearest = 1 / (len(p) + 2)
    map_ = IsotonicRegression(y_min=nearest, y_max=1 - nearest).fit(p, y)
    return Calibrator("isotonic", len(p), events, np.asarray(map_.X_thresholds_, float), np.asarray(map_.y_thresholds_, float))


def calibrate_by_fold(
    folds: Sequence[Fold],
    probabilities: ArrayLike,
    labels: ArrayLike,
    event_rows: ArrayLike,
    *,
    weights: Sequence[ArrayLike] | None = None,
) -> tuple[Floats, tuple[Calibrator, ...]]:
    """Calibrate each fold's answers by what the other folds' trainings answered for the days of its training part.

    Those days were held out when they were predicted, and neither the fold's test days nor their embargo are among them. A
    fold without others, or whose others saw too few events, has its class weights undone and no more.

    Parameters
    ----------
    probabilities
        Out-of-fold, shape (day, class); those of days that no fold predicts are not looked at.
    labels
        Class 0..4 that the days were learnt as, -1 for none, shape (day,).
    event_rows
        See `rows_before`, shape (event,).
    weights
        Class weights of each fold's training, see `class_weights`; all alike by default.

    Returns
    -------
    tuple
        Calibrated probabilities, shape (day, class), NaN on days that no fold predicts, and each fold's calibrator.
    """
    p, label = np.asarray(probabilities, float), np.asarray(labels, np.int64)
    answer, known = np.full_like(p, np.nan), _held_out(folds, p, label)
    found = []
    for number, fold in enumerate(folds):
        learnt = np.concatenate([fold.train, fold.validation])
        calibrator = _fitted(p, label, event_rows, learnt[known[learnt]])
        found.append(calibrator if weights is None else replace(calibrator, weights=np.asarray(weights[number], float)))
        answer[fold.predict] = found[-1].of_classes(p[fold.predict])
    return answer, tuple(found)


def later_calibrator(
    folds: Sequence[Fold], probabilities: ArrayLike, labels: ArrayLike, event_rows: ArrayLike, *, weights: ArrayLike = ()
) -> Calibrator:
    """Return the calibrator of a network for days to come, fitted on what the folds' trainings answered out of fold.

    Parameters
    ----------
    probabilities, labels, event_rows
        See `calibrate_by_fold`.
    weights
        Class weights of the network's training; all alike by default.
    """
    p, label = np.asarray(probabilities, float), np.asarray(labels, np.int64)
    calibrator = _fitted(p, label, event_rows, np.flatnonzero(_held_out(folds, p, label)))
    return replace(calibrator, weights=np.asarray(weights, float))


def calibrated_by_fold(calibrators: Sequence[Calibrator], fold: ArrayLike, probabilities: ArrayLike) -> Floats:
    """Return each day's probabilities as calibrated by its fold's calibrator, shape (day, class); NaN on days of no fold.

    Parameters
    ----------
    fold
        Fold 0, 1, ... of each day, -1 for none, shape (day,).
    probabilities
        Shape (day, class).
    """
    p, number = np.asarray(probabilities, float), np.asarray(fold, np.int64)
    answer = np.full_like(p, np.nan)
    for k, calibrator in enumerate(calibrators):
        answer[number == k] = calibrator.of_classes(p[number == k])
    return answer


def rows_before(times: ArrayLike, available_at: ArrayLike) -> NDArray[np.int64]:
    """Return the last day known before each event, for events within a day of it, shape (event,).

    Parameters
    ----------
    times
        Of the events, datetime64, shape (event,); NaT for none.
    available_at
        UTC instants at which the days become known, ascending, shape (day,).
    """
    time, known = np.asarray(times, "datetime64[ms]"), np.asarray(available_at, "datetime64[ms]")
    time = time[~np.isnat(time)]
    row = np.searchsorted(known, time) - 1
    return np.asarray(row[(row >= 0) & (time <= known[row] + np.timedelta64(1, "D"))], np.int64)


def _held_out(folds: Sequence[Fold], probabilities: Floats, labels: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Days with a label and an answer of a fold that had not seen them, shape (day,)."""
    held_out = np.zeros(len(labels), bool)
    for fold in folds:
        held_out[fold.predict] = True
    return np.asarray(held_out & np.isfinite(probabilities).all(axis=1) & (labels != NO_LABEL), bool)


def _fitted(probabilities: Floats, labels: NDArray[np.int64], event_rows: ArrayLike, held: NDArray[np.intp]) -> Calibrator:
    events = int(np.isin(np.asarray(event_rows, np.int64), held).sum())
    return fit_calibrator(probabilities[held, 1:].sum(axis=1), labels[held] > 0, events)


def with_event(probabilities: ArrayLike, event: ArrayLike) -> Floats:
    """Return the probabilities with another P(event), its classes' shares as they were, shape (day, class)."""
    p, wanted = np.asarray(probabilities, float)[:, 1:], np.asarray(event, float)[:, None]
    whole = p.sum(axis=1, keepdims=True)
    share = np.divide(p, whole, out=np.full_like(p, 1 / p.shape[1]), where=whole > 0)
    return np.column_stack([1 - wanted, wanted * share])


def _log_odds(probability: Floats) -> Floats:
    inside = np.clip(probability, 1e-6, 1 - 1e-6)
    return np.asarray(np.log(inside / (1 - inside)), float)


def _platt(probability: Floats, happened: NDArray[np.bool_]) -> Floats:
    """Slope, 0 or more, and intercept of a logistic curve in the log odds, by Platt's (1999) smoothed targets."""
    from scipy.optimize import minimize

    n1, n0 = int(happened.sum()), int((~happened).sum())
    target = np.where(happened, (n1 + 1) / (n1 + 2), 1 / (n0 + 2))
    x = _log_odds(probability)

    def cost(free: Floats) -> tuple[float, Floats]:
        line = free[0] * x + free[1]
        off = 1 / (1 + np.exp(-line)) - target
        return float((np.logaddexp(0, line) - target * line).sum()), np.array([off @ x, off.sum()])

    begin = np.array([1.0, np.log(n1 / n0)])
    return np.asarray(minimize(cost, begin, jac=True, method="L-BFGS-B", bounds=[(0, None), (None, None)]).x, float)
