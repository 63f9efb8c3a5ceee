"""What a network has to beat: predictors that anyone could have, trained and tested on the same days.

A predictor is one row of `PREDICTORS`: its columns (`inputs`), made of what a season offers, and how it learns from them
(`learners`). To add one, write its function of columns, and its row; command line, report, verdict and window follow. What
learns elsewhere, or not at all, is judged like these by its probabilities alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from threadpoolctl import threadpool_limits

from quakegui.judge.folds import N_CLASSES, Indices, Split
from quakegui.judge.predictors import inputs as columns
from quakegui.judge.predictors.inputs import FEATURE_COLUMNS, TRADITIONAL_COLUMNS, Columns, Inputs, feature_table
from quakegui.judge.predictors.learners import FitPredict, gradient_boosting, logistic, majority, traditional, usual
from quakegui.judge.predictors.matched_filter import matched_filter
from quakegui.words import mark

__all__ = [
    "FEATURE_COLUMNS",
    "PREDICTORS",
    "TRADITIONAL_COLUMNS",
    "WITHOUT_FIELD",
    "Clue",
    "Columns",
    "FitPredict",
    "Inputs",
    "Predictor",
    "feature_table",
    "logistic",
    "majority",
    "out_of_fold",
    "predict",
    "run_clues",
    "run_predictors",
]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Predictor:
    """A predictor beside the network.

    Attributes
    ----------
    id
        Its name in files and on the command line.
    title
        In English and Chinese.
    columns
        What it looks at, see `inputs`.
    fit_predict
        How it learns, see `learners`.
    rival
        What it looks at, as the verdict names it in "Not better than ...", in English and Chinese; None for what sees the
        geomagnetic field, or looks at nothing, and so denies no verdict.
    weighed
        Whether it learns with class weights, so that its probabilities are those of a world where events fill half the days.
    clue
        Of a rival: columns, its plainest first, that others may make more of than it does, see `Clue`.
    """

    id: str
    title: str
    columns: Columns
    fit_predict: FitPredict
    rival: str | None
    weighed: bool = True
    clue: Columns | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Clue:
    """What else can be made of what a rival looks at.

    Attributes
    ----------
    column
        Its plainest column, NaN where unknown, shape (day,).
    boosted
        P(event) by boosted trees that learnt from its columns in the rival's folds, shape (day,).
    """

    column: Floats
    boosted: Floats

    def at(self, rows: slice) -> Clue:
        """Return the same of some of the days."""
        return Clue(self.column[rows], self.boosted[rows])


def _without_field(inputs: Inputs, train: Indices, test: Indices) -> Floats:
    """Columns of every other rival side by side, see `columns.side_by_side`."""
    others = [row.columns for row in PREDICTORS.values() if row.rival and row.columns is not _without_field]
    return columns.side_by_side([of(inputs, train, test) for of in others], train)


PREDICTORS: dict[str, Predictor] = {
    row.id: row
    for row in (
        Predictor("majority", mark("Majority"), columns.nothing, majority, None, weighed=False),
        Predictor("kp", mark("Kp only"), columns.kp, logistic, mark("Kp"), clue=columns.kp),
        Predictor("calendar", mark("Calendar only"), columns.calendar, logistic, mark("the calendar"), clue=columns.calendar),
        Predictor(
            "catalogue",
            mark("Earlier earthquakes only"),
            columns.catalogue,
            logistic,
            mark("the earthquake catalogue"),
            clue=columns.waiting,
        ),
        Predictor(
            "outages",
            mark("Outages only"),
            columns.outages,
            logistic,
            mark("the stations' outages"),
            clue=columns.outages,
        ),
        Predictor(
            "without-field",
            mark("Everything but the field"),
            _without_field,
            logistic,
            mark("everything but the field"),
        ),
        Predictor("traditional", mark("Traditional: four thresholds"), columns.features, traditional, None),
        Predictor("matched-filter", mark("Matched filter"), matched_filter, usual, None, weighed=False),
        Predictor(
            "boosting-features",
            mark("Boosted trees on region features"),
            columns.features,
            gradient_boosting,
            None,
        ),
        Predictor(
            "boosting-stations",
            mark("Boosted trees on station values"),
            columns.stations,
            gradient_boosting,
            None,
        ),
    )
}
"""In the order in which they are shown."""

WITHOUT_FIELD = {row.id: row.rival for row in PREDICTORS.values() if row.rival}
"""What the field has to beat, each: predictors that look at something, and not at the field, with the verdict's words."""


def predict(split: Split, inputs: Inputs, labels: ArrayLike, predictor: Predictor) -> Floats:
    """Probabilities of each day by the training of its own fold, shape (day, class); NaN for a day in no test span.

    A predictor has no use for an inner block to stop on, so it learns from those days too.

    Parameters
    ----------
    inputs
        One row per day of the split.
    labels
        Class 0..4 of each day, shape (day,).
    """
    return _by_fold(split, labels, lambda train, test: predictor.columns(inputs, train, test), predictor.fit_predict)


def run_predictors(split: Split, inputs: Inputs, labels: ArrayLike) -> dict[str, Floats]:
    """Return the out-of-fold probabilities of every predictor by its id, each (day, class), see `predict`."""
    return {row.id: predict(split, inputs, labels, row) for row in PREDICTORS.values()}


def run_clues(split: Split, inputs: Inputs, labels: ArrayLike) -> dict[str, Clue]:
    """Return the clue of every rival that has one, by its id; parameters as of `predict`."""
    event, none = (np.asarray(labels, np.int64) > 0).astype(np.int64), np.array([], np.intp)
    every = np.arange(len(inputs.days))
    found = {}
    for row in PREDICTORS.values():
        if row.clue is not None:
            table = row.clue(inputs, every, none)
            found[row.id] = Clue(table[:, 0], out_of_fold(split, table, event, gradient_boosting)[:, 1])
    return found


def out_of_fold(split: Split, table: ArrayLike, labels: ArrayLike, fit_predict: FitPredict) -> Floats:
    """Probabilities of each day by columns that are the same in every fold, otherwise as `predict`.

    Parameters
    ----------
    table
        Shape (day, column), or (day,) for one column.
    """
    x = np.asarray(table, float)
    return _by_fold(split, labels, lambda _train, _test: x[:, None] if x.ndim == 1 else x, fit_predict)


def _by_fold(
    split: Split, labels: ArrayLike, columns_of: Callable[[Indices, Indices], Floats], fit_predict: FitPredict
) -> Floats:
    y = np.asarray(labels, np.int64)
    answer = np.full((len(y), N_CLASSES), np.nan)
    # A few hundred days are quicker on one thread: several spend their time waiting for each other on a busy machine.
    with threadpool_limits(1):
        for fold in split.folds:
            train, test = np.concatenate([fold.train, fold.validation]), fold.predict
            if len(test):
                x = columns_of(train, test)
                answer[test] = fit_predict(x[train], y[train], x[test])
    return answer
