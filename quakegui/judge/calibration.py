"""Probabilities that can be taken at their word: class weights undone, then calibrated on held-out days.

A network that learnt with class weights answers for a world in which events fill half the days. `undo_weights` moves its
answers to the true shares (Saerens et al. 2002); a `Calibrator` then maps P(event) to how often an event came when it said so.
It is fitted on days of the training part that were predicted without having been learnt, for answers on days known by heart say
nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
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
    """A map of P(event): straight lines between points, flat beyond them, in P or in its log odds.

    Attributes
    ----------
    method
        "isotonic"; "platt", a logistic curve, with few events; "none", the probability itself, with fewer.
    days, events
        How many held-out days, and how many events on them, it was fitted on.
    given, calibrated
        Points of the isotonic map, ascending, shape (point,); of the logistic curve slope and intercept in the log odds.
    """

    method: Method
    days: int
    events: int
    given: Floats
    calibrated: Floats

    def of_event(self, probability: ArrayLike) -> Floats:
        """Return the calibrated P(event), shape as given; NaN stays."""
        p = np.asarray(probability, float)
        if self.method == "none":
            return p
        if self.method == "platt":
            slope, intercept = self.calibrated
            return np.asarray(1 / (1 + np.exp(-(slope * _log_odds(p) + intercept))), float)
        return np.asarray(np.where(np.isnan(p), np.nan, np.interp(p, self.given, self.calibrated)), float)


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
    fold without others, or whose others saw too few events, has its class weights undone and no more. Elsewhere the map takes
    them out of P(event) by itself; among the classes of events they are undone.

    Parameters
    ----------
    probabilities
        Out-of-fold, shape (day, class); those of days that no fold predicts are not looked at.
    labels
        Class 0..4 that the days were learnt as, -1 for none, shape (day,).
    event_rows
        Of each event the last day known before it, shape (event,); -1 for an event before the first.
    weights
        Class weights of each fold's training, see `class_weights`; all alike by default.

    Returns
    -------
    tuple
        Calibrated probabilities, shape (day, class), and each fold's calibrator.
    """
    p, label, rows = np.asarray(probabilities, float), np.asarray(labels, np.int64), np.asarray(event_rows, np.int64)
    answer, held_out = np.full_like(p, np.nan), np.zeros(len(p), bool)
    for fold in folds:
        held_out[fold.predict] = True
    known = held_out & np.isfinite(p).all(axis=1) & (label != NO_LABEL)
    found = []
    for number, fold in enumerate(folds):
        learnt = np.concatenate([fold.train, fold.validation])
        held = learnt[known[learnt]]
        calibrator = fit_calibrator(p[held, 1:].sum(axis=1), label[held] > 0, int(np.isin(rows, held).sum()))
        said = p[fold.predict]
        unweighed = said if weights is None else undo_weights(said, weights[number])
        event = (unweighed if calibrator.method == "none" else said)[:, 1:].sum(axis=1)
        answer[fold.predict] = with_event(unweighed, calibrator.of_event(event))
        found.append(calibrator)
    return answer, tuple(found)


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
