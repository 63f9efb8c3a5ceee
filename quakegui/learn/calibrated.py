"""What a run says of the season's days, as probabilities that can be taken at their word: what people are shown.

The ledger keeps answers as the networks gave them, by which tests are made; everything shown and every alarm is calibrated.
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
    """Return a finished run's calibrators; None of a leaky run, and of one without answers that were kept.

    Those in its card; a run of a former version has them fitted on the answers that it keeps.
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
    return fit_run_calibrators(folds, predictions, run.about, weighed=run.config.class_weights)


def calibrated(project: Project, table: PredictionTable, days: NDArray[np.datetime64]) -> PredictionTable:
    """Return what a run says of each of `days`, shape (day,), calibrated; as it is where its folder is gone.

    An out-of-fold answer by its fold's calibrator, any other by that of the network for days to come.

    Parameters
    ----------
    table
        Of the ledger.
    """
    run = finished_run(project, table.run)
    calibrators = calibrators_of(run)
    if calibrators is None:
        return table
    fold = np.where(table.kind == "out-of-fold", fold_of_days(run, days), -1)
    return dataclasses.replace(table, probabilities=calibrators.of_days(fold, table.probabilities))


def shown_predictions(project: Project, run_id: str, days: NDArray[np.datetime64]) -> PredictionTable:
    """Return what a run says of each of `days`, shape (day,), see `calibrated`."""
    return calibrated(project, runs.predictions(project, run_id, days), days)


def finished_run(project: Project, run_id: str) -> RunFolder | None:
    """Return a finished run, None where its folder is gone."""
    try:
        run = read_run(project.folder / "runs" / run_id)
    except RunError:
        return None
    return run if run.card is not None else None


def days_beside_folds(run: RunFolder | None, days: NDArray[np.datetime64]) -> NDArray[np.bool_] | None:
    """Return which of `days` each fold of a run may choose an alarm rule by, shape (fold, day), see `folds.days_beside`.

    None where the run's folder, or what it answered, is gone: then all days that other folds predicted.
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
    """Return the fold whose test span holds each day, answered or not, -1 for none, shape (day,), as the judgement has it.

    Where the run's folder is gone all days count as one fold.
    """
    if run is None or run.card is None:
        return np.zeros(len(days), dtype=np.int64)
    number = np.full(len(days), -1, dtype=np.int64)
    for k, fold in enumerate(run.card["folds"]):
        number[(days >= np.datetime64(fold["first"], "D")) & (days <= np.datetime64(fold["last"], "D"))] = k
    return number
