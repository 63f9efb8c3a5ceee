"""Calibrators of a run, stored in its card so that they never change.

Each fold has a calibrator fitted to the other folds' predictions; the final model for future days has one fitted to all
out-of-fold predictions. Each contains its method (`Method`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quakegui.judge.calibration import Calibrator, calibrate_by_fold, calibrated_by_fold, later_calibrator, rows_before
from quakegui.judge.folds import Fold, class_weights
from quakegui.learn.runs.predictions import TRAINED, RunPredictions
from quakegui.words import Said

CALIBRATION = "calibration"
"""Name of the calibrators in a run's card."""


@dataclass(frozen=True, slots=True)
class RunCalibrators:
    """The calibrators of a run; a leaky run has none.

    Attributes
    ----------
    folds
        Calibrator of each fold.
    later
        Calibrator for future days.
    """

    folds: tuple[Calibrator, ...]
    later: Calibrator

    def of_days(self, fold: NDArray[np.int64], probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the calibrated probabilities of each day, shape (day, class).

        Parameters
        ----------
        fold
            Fold of the prediction, -1 for the final model, shape (day,).
        probabilities
            Shape (day, class).
        """
        answer = calibrated_by_fold(self.folds, fold, probabilities)
        answer[fold < 0] = self.later.of_classes(probabilities[fold < 0])
        return answer

    def fits(self, folds: int, classes: int) -> bool:
        """Return whether the calibrators belong to a run.

        Parameters
        ----------
        folds, classes
            Its numbers of folds and classes.
        """
        return len(self.folds) == folds and all(one.weights.size in (0, classes) for one in (*self.folds, self.later))

    def by_fold(self, probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return P(event) of every day from each fold's calibrator, shape (fold, day)."""
        return np.array([one.of_classes(probabilities)[:, 1:].sum(axis=1) for one in self.folds])

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return {"folds": [calibrator_facts(one) for one in self.folds], "later": calibrator_facts(self.later)}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> RunCalibrators:
        """Return the calibrators from the result of `to_json`.

        Raises
        ------
        ValueError
            If the values are not calibrators, or one is not an increasing map between probabilities.
        """
        try:
            found = cls(tuple(calibrator_of(one) for one in values["folds"]), calibrator_of(values["later"]))
            if len({one.weights.size for one in (*found.folds, found.later)} - {0}) > 1:
                raise ValueError(Said("The class weights in the run's calibration have different numbers of classes."))
            return found
        except (KeyError, TypeError) as error:
            raise ValueError(Said("The run's calibration is incomplete: {error}.", error=error)) from error


def fit_run_calibrators(
    folds: Sequence[Fold], predictions: RunPredictions, about: Mapping[str, Any], *, class_weighted: bool
) -> RunCalibrators:
    """Return the calibrators of a run, fitted to its own out-of-fold predictions as in its evaluation.

    Parameters
    ----------
    folds, predictions
        Folds of the run, and its predictions.
    about
        Information of the run on its project.
    class_weighted
        Whether it was trained with class weights.
    """
    label, answers = predictions.labels.astype(np.int64), predictions.out_of_fold()[0]
    rows = _event_rows(predictions, about)
    learnt = [*(predictions.role[k] == TRAINED for k in range(len(folds))), predictions.final_trained]
    weights = [class_weights(label[days & (label >= 0)], answers.shape[1]) for days in learnt] if class_weighted else None
    found = calibrate_by_fold(folds, answers, label, rows, weights=weights)[1]
    # without final training, the last fold's model predicts future days
    last = () if weights is None else weights[-1 if predictions.final_trained.any() or not folds else -2]
    return RunCalibrators(found, later_calibrator(folds, answers, label, rows, weights=last))


def _event_rows(predictions: RunPredictions, about: Mapping[str, Any]) -> NDArray[np.int64]:
    """Return the position of the last day known before each event.

    A run without this information but with its earthquakes counts a day as known at midnight UTC; without earthquakes,
    consecutive days of one class count as one event.
    """
    if "event_rows" in about:
        rows = np.array(about["event_rows"], np.int64)
        return rows[rows < len(predictions.days)]
    if about.get("earthquakes"):
        times = np.array(about["earthquakes"]["times_ms"], np.int64).astype("datetime64[ms]")
        return rows_before(times, (predictions.days + np.timedelta64(1, "D")).astype("datetime64[ms]"))
    label = predictions.labels.astype(np.int64)
    return np.flatnonzero((label > 0) & (np.diff(label, append=-1) != 0))


def calibrator_facts(calibrator: Calibrator) -> dict[str, Any]:
    """Return a calibrator as plain values."""
    counts = {"method": calibrator.method, "days": calibrator.days, "events": calibrator.events}
    return {**counts, **{name: getattr(calibrator, name).tolist() for name in ("given", "calibrated", "weights")}}


def calibrator_of(values: Mapping[str, Any]) -> Calibrator:
    """Return the calibrator from the result of `calibrator_facts`; ValueError, KeyError or TypeError for other values."""
    given, calibrated, weights = (np.array(values[name], float) for name in ("given", "calibrated", "weights"))
    method, days, events = values["method"], values["days"], values["events"]
    fits = {
        "isotonic": given.shape == calibrated.shape
        and given.size > 0
        and bool((np.diff(given) >= 0).all() and (np.diff(calibrated) >= 0).all())
        and 0 <= calibrated[0] <= calibrated[-1] <= 1,
        "platt": given.size == 0 and calibrated.shape == (2,) and bool(calibrated[0] >= 0),
        "none": given.size == calibrated.size == 0,
    }
    numbers = np.concatenate([given.ravel(), calibrated.ravel(), weights.ravel()])
    counts = type(days) is int and type(events) is int and days >= 0 and events >= 0
    if not counts or not fits.get(method, False) or not np.isfinite(numbers).all() or not (weights > 0).all():
        raise ValueError(Said("The run's calibration is not a rising function of probability."))
    return Calibrator(method, days, events, given, calibrated, weights)
