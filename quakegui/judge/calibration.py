"""Calibrated probabilities: the effect of class weights is removed, then P(event) is calibrated on held-out days.

A model trained with class weights predicts as if half of all days had events. `undo_weights` corrects its probabilities to the
actual frequencies (Saerens et al. 2002); a `Calibrator` then maps P(event) to the observed frequency of events. It is fitted on
training days that were predicted out-of-fold, since predictions of a model's own training days are too confident.
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

#: Minimum numbers of events on the held-out days for an isotonic and for a logistic curve.
ISOTONIC_EVENTS = 5
PLATT_EVENTS = 2


@dataclass(frozen=True, slots=True)
class Calibrator:
    """A map of P(event): straight lines between points and constant beyond them, or a logistic curve in the log odds.

    Attributes
    ----------
    method
        "isotonic"; "platt", a logistic curve, for few events; "none", the probability itself, for even fewer.
    days, events
        Number of held-out days of the fit, and number of events on them.
    given, calibrated
        Points of the isotonic map, ascending, shape (point,). For the logistic curve `calibrated` contains slope and intercept
        in the log odds.
    weights
        Class weights of the model's training, shape (class,); empty if there were none.
    """

    method: Method
    days: int
    events: int
    given: Floats
    calibrated: Floats
    weights: Floats = field(default_factory=lambda: np.empty(0))

    def of_event(self, probability: ArrayLike) -> Floats:
        """Return the calibrated P(event), same shape; NaN stays NaN."""
        p = np.asarray(probability, float)
        if self.method == "none":
            return p
        if self.method == "platt":
            slope, intercept = self.calibrated
            return np.asarray(1 / (1 + np.exp(-(slope * _log_odds(p) + intercept))), float)
        return np.asarray(np.where(np.isnan(p), np.nan, np.interp(p, self.given, self.calibrated)), float)

    def of_classes(self, probabilities: ArrayLike) -> Floats:
        """Return the calibrated class probabilities, shape (day, class); rows of NaN stay NaN.

        The map itself removes the effect of the class weights on P(event). For the shares of the event classes, and where there
        is no map, `undo_weights` removes it.
        """
        given = np.asarray(probabilities, float)
        unweighed = undo_weights(given, self.weights) if self.weights.size else given
        mapped = unweighed if self.method == "none" else given
        return with_event(unweighed, self.of_event(mapped[:, 1:].sum(axis=1)))


def undo_weights(probabilities: ArrayLike, weights: ArrayLike) -> Floats:
    """Return the probabilities that correspond to training without class weights, shape (day, class).

    Parameters
    ----------
    probabilities
        Predictions of a model trained with the weights, shape (day, class).
    weights
        See `class_weights`, shape (class,).
    """
    unweighed = np.asarray(probabilities, float) / np.asarray(weights, float)
    return np.asarray(unweighed / unweighed.sum(axis=1, keepdims=True), float)


def fit_calibrator(probability: ArrayLike, is_event: ArrayLike, events: int) -> Calibrator:
    """Return a calibrator fitted on held-out days.

    Parameters
    ----------
    probability
        P(event) from models that were not trained on the day, shape (day,).
    is_event
        Whether the day is labelled with an event, shape (day,).
    events
        Number of different events to which those days belong.
    """
    p, y = np.asarray(probability, float), np.asarray(is_event, bool)
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
    """Calibrate each fold's probabilities on the other folds' predictions of the days of its training part.

    These days were held out when they were predicted, and neither the fold's test days nor their embargo are among them. For a
    fold without others, or whose others saw too few events, only the effect of the class weights is removed.

    Parameters
    ----------
    folds
        Folds of the split.
    probabilities
        Out-of-fold predictions, shape (day, class); days that no fold predicts are ignored.
    labels
        Class 0..4 of each day in training, -1 for none, shape (day,).
    event_rows
        See `rows_before`, shape (event,).
    weights
        Class weights of each fold's training, see `class_weights`. Default: none.

    Returns
    -------
    tuple
        Calibrated probabilities, shape (day, class), NaN on days that no fold predicts, and the calibrator of each fold.
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
    """Return the calibrator of a model for future days, fitted on the out-of-fold predictions.

    Parameters
    ----------
    folds, probabilities, labels, event_rows
        See `calibrate_by_fold`.
    weights
        Class weights of the model's training. Default: none.
    """
    p, label = np.asarray(probabilities, float), np.asarray(labels, np.int64)
    calibrator = _fitted(p, label, event_rows, np.flatnonzero(_held_out(folds, p, label)))
    return replace(calibrator, weights=np.asarray(weights, float))


def calibrated_by_fold(calibrators: Sequence[Calibrator], fold: ArrayLike, probabilities: ArrayLike) -> Floats:
    """Return each day's probabilities from the calibrator of its fold, shape (day, class); NaN on days of no fold.

    Parameters
    ----------
    calibrators
        One per fold.
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
    """Return the position of the last day known before each event, for events within a day of it, shape (event,).

    Parameters
    ----------
    times
        Origin times, datetime64, shape (event,); NaT for none.
    available_at
        UTC times at which the days become known, ascending, shape (day,).
    """
    time, known = np.asarray(times, "datetime64[ms]"), np.asarray(available_at, "datetime64[ms]")
    time = time[~np.isnat(time)]
    row = np.searchsorted(known, time) - 1
    return np.asarray(row[(row >= 0) & (time <= known[row] + np.timedelta64(1, "D"))], np.int64)


def _held_out(folds: Sequence[Fold], probabilities: Floats, labels: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return which days have a label and a prediction from a fold that was not trained on them, shape (day,)."""
    held_out = np.zeros(len(labels), bool)
    for fold in folds:
        held_out[fold.predict] = True
    return np.asarray(held_out & np.isfinite(probabilities).all(axis=1) & (labels != NO_LABEL), bool)


def _fitted(probabilities: Floats, labels: NDArray[np.int64], event_rows: ArrayLike, held: NDArray[np.intp]) -> Calibrator:
    events = int(np.isin(np.asarray(event_rows, np.int64), held).sum())
    return fit_calibrator(probabilities[held, 1:].sum(axis=1), labels[held] > 0, events)


def with_event(probabilities: ArrayLike, event: ArrayLike) -> Floats:
    """Return the probabilities with P(event) replaced and the shares of the event classes kept, shape (day, class).

    Parameters
    ----------
    probabilities
        Shape (day, class).
    event
        New P(event), shape (day,).
    """
    p, wanted = np.asarray(probabilities, float)[:, 1:], np.asarray(event, float)[:, None]
    whole = p.sum(axis=1, keepdims=True)
    share = np.divide(p, whole, out=np.full_like(p, 1 / p.shape[1]), where=whole > 0)
    return np.column_stack([1 - wanted, wanted * share])


def _log_odds(probability: Floats) -> Floats:
    inside = np.clip(probability, 1e-6, 1 - 1e-6)
    return np.asarray(np.log(inside / (1 - inside)), float)


def _platt(probability: Floats, happened: NDArray[np.bool_]) -> Floats:
    """Return slope (0 or more) and intercept of a logistic curve in the log odds, with the smoothed targets of Platt (1999)."""
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
