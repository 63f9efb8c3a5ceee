"""Calibrated predictions of a run, as shown to the user.

The ledger contains the model's uncalibrated probabilities, which are used in tests; everything shown and every alarm is
calibrated.
"""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

from quakegui.judge.folds import days_beside
from quakegui.learn.run_evaluation import split_of
from quakegui.learn.runs.calibrators import CALIBRATION, RunCalibrators, fit_run_calibrators
from quakegui.learn.runs.registry import RunError, RunFolder, read_run
from quakegui.project import runs
from quakegui.project.runs import PredictionTable
from quakegui.project.store import Project


def calibrators_of(run: RunFolder | None) -> RunCalibrators | None:
    """Return the calibrators of a finished run; None for a leaky run and for one without stored predictions.

    They are part of its card. For a run of an earlier version they are fitted to its stored predictions.
    """
    if run is None or run.card is None or run.config.leaky:
        return None
    kept = run.card.get(CALIBRATION)
    if kept is not None:
        return RunCalibrators.from_json(kept)
    try:
        predictions = run.predictions()
    except RunError:
        return None
    folds = split_of(run, predictions).folds
    return fit_run_calibrators(folds, predictions, run.about, class_weighted=run.config.class_weights)


def calibrated(project: Project, table: PredictionTable, days: NDArray[np.datetime64]) -> PredictionTable:
    """Return the calibrated predictions of a run; unchanged if the run's folder is missing.

    An out-of-fold prediction is calibrated by its fold's calibrator, any other by that of future days.

    Parameters
    ----------
    project, table
        The project, and predictions from the ledger.
    days
        Their local dates, shape (day,).
    """
    run = finished_run(project, table.run)
    calibrators = calibrators_of(run)
    if calibrators is None:
        return table
    fold = np.where(table.kind == "out-of-fold", fold_of_days(run, days), -1)
    return dataclasses.replace(table, probabilities=calibrators.of_days(fold, table.probabilities))


def shown_predictions(project: Project, run_id: str, days: NDArray[np.datetime64]) -> PredictionTable:
    """Return the calibrated predictions of a run from the ledger.

    Parameters
    ----------
    project, run_id
        The project, and the id of the run.
    days
        Local dates, shape (day,).
    """
    return calibrated(project, runs.predictions(project, run_id, days), days)


def finished_run(project: Project, run_id: str) -> RunFolder | None:
    """Return a finished run, None if its folder is missing.

    Parameters
    ----------
    project, run_id
        The project, and the id of the run.
    """
    try:
        run = read_run(project.folder / "runs" / run_id)
    except RunError:
        return None
    return run if run.card is not None else None


def days_beside_folds(run: RunFolder | None, days: NDArray[np.datetime64]) -> NDArray[np.bool_] | None:
    """Return the days that each fold may use to choose an alarm rule, shape (fold, day), see `folds.days_beside`.

    None if the run's folder or its predictions are missing: then all days predicted by other folds may be used.

    Parameters
    ----------
    run
        The run, if any.
    days
        Local dates, shape (day,).
    """
    if run is None or run.card is None:
        return None
    try:
        predictions = run.predictions()
    except RunError:
        return None
    folds = split_of(run, predictions).folds
    return np.array([days_beside(fold, predictions.days, days) for fold in folds], bool).reshape(len(folds), len(days))


def fold_of_days(run: RunFolder | None, days: NDArray[np.datetime64]) -> NDArray[np.int64]:
    """Return the fold with each day in its test span, predicted or not, -1 for none, shape (day,), as in the evaluation.

    If the run's folder is missing, all days count as one fold. Parameters as in `days_beside_folds`.
    """
    if run is None or run.card is None:
        return np.zeros(len(days), dtype=np.int64)
    number = np.full(len(days), -1, dtype=np.int64)
    for k, fold in enumerate(run.card["folds"]):
        number[(days >= np.datetime64(fold["first"], "D")) & (days <= np.datetime64(fold["last"], "D"))] = k
    return number
