"""Baselines that a model has to outperform, trained and tested on the same days.

A baseline is one row of `PREDICTORS`: its columns (`inputs`), computed from the season, and its learner (`learners`). To add
one, write its function of columns and its row; command line, report, verdict and window use the table. A predictor that is
trained elsewhere, or not at all, is evaluated in the same way from its probabilities.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial

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
    """A baseline.

    Attributes
    ----------
    id
        Identifier in files and on the command line.
    title
        Display name, to be translated.
    columns
        Function of columns, see `inputs`.
    fit_predict
        Learner, see `learners`.
    rival
        Phrase for the verdict "Not better than ...", to be translated; None for a baseline that uses the geomagnetic field, or
        nothing, and so does not affect the verdict.
    class_weighted
        Whether it is trained with class weights, so that its probabilities correspond to events on half of the days.
    clue
        Columns of a rival, the plainest one first, that other methods may exploit better than it does, see `Clue`.
    """

    id: str
    title: str
    columns: Columns
    fit_predict: FitPredict
    rival: str | None
    class_weighted: bool = True
    clue: Columns | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Clue:
    """Other predictions from the input of a rival.

    Attributes
    ----------
    column
        Its plainest column, NaN where unknown, shape (day,).
    boosted
        Functions that return P(event), shape (day,), from boosted trees trained on its columns in the rival's folds: on event
        against none, and on the five classes. They take seconds, and only what nothing else explains needs them.
    """

    column: Floats
    boosted: tuple[Callable[[], Floats], ...]

    def at(self, rows: slice) -> Clue:
        """Return the clue of some of the days."""
        return Clue(self.column[rows], tuple(partial(_rows_of, one, rows) for one in self.boosted))


def _rows_of(answers: Callable[[], Floats], rows: slice) -> Floats:
    return answers()[rows]


def _without_field(inputs: Inputs, train: Indices, test: Indices) -> Floats:
    """Return the columns of all other rivals side by side, see `columns.side_by_side`."""
    others = [row.columns for row in PREDICTORS.values() if row.rival and row.columns is not _without_field]
    return columns.side_by_side([of(inputs, train, test) for of in others], train)


PREDICTORS: dict[str, Predictor] = {
    row.id: row
    for row in (
        Predictor("majority", mark("Always the most frequent class"), columns.nothing, majority, None, class_weighted=False),
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
            mark("Station outages only"),
            columns.outages,
            logistic,
            mark("the stations' outages"),
            clue=columns.outages,
        ),
        Predictor(
            "without-field",
            mark("Kp + calendar + catalogue + outages"),
            _without_field,
            logistic,
            mark("Kp, calendar, catalogue and outages together"),
        ),
        Predictor("traditional", mark("Four-threshold rule (original paper)"), columns.features, traditional, None),
        Predictor("matched-filter", mark("Matched filter"), matched_filter, usual, None, class_weighted=False),
        Predictor(
            "boosting-features",
            mark("Boosted trees on region features"),
            columns.features,
            gradient_boosting,
            None,
        ),
        Predictor(
            "boosting-stations",
            mark("Boosted trees on station z values"),
            columns.stations,
            gradient_boosting,
            None,
        ),
    )
}
"""All baselines by id, in display order."""

WITHOUT_FIELD = {row.id: row.rival for row in PREDICTORS.values() if row.rival}
"""Baselines that do not use the field, each of which the model has to outperform, with the phrases for the verdict."""


def predict(split: Split, inputs: Inputs, labels: ArrayLike, predictor: Predictor) -> Floats:
    """Return the out-of-fold probabilities of a baseline, shape (day, class); NaN for a day in no test span.

    Baselines do not stop early, so they are also trained on the inner block.

    Parameters
    ----------
    split
        Folds of the season.
    inputs
        Input with one row per day of the split.
    labels
        Class 0..4 of each day, shape (day,).
    predictor
        The baseline.
    """
    return _by_fold(split, labels, lambda train, test: predictor.columns(inputs, train, test), predictor.fit_predict)


def run_predictors(split: Split, inputs: Inputs, labels: ArrayLike) -> dict[str, Floats]:
    """Return the out-of-fold probabilities of every baseline by id, shape (day, class) each.

    Parameters as in `predict`.
    """
    return {row.id: predict(split, inputs, labels, row) for row in PREDICTORS.values()}


def run_clues(split: Split, inputs: Inputs, labels: ArrayLike) -> dict[str, Clue]:
    """Return the clue of every rival that has one, by id.

    Parameters as in `predict`.
    """
    classes, none = np.asarray(labels, np.int64), np.array([], np.intp)
    every = np.arange(len(inputs.days))
    found = {}
    for row in PREDICTORS.values():
        if row.clue is not None:
            table = row.clue(inputs, every, none)
            found[row.id] = Clue(
                table[:, 0], tuple(_boosted(split, table, y) for y in ((classes > 0).astype(np.int64), classes))
            )
    return found


def _boosted(split: Split, table: Floats, labels: NDArray[np.int64]) -> Callable[[], Floats]:
    """Return a function that trains boosted trees at its first call, and returns their P(event)."""

    @cache
    def event() -> Floats:
        return 1.0 - out_of_fold(split, table, labels, gradient_boosting)[:, 0]

    return event


def out_of_fold(split: Split, table: ArrayLike, labels: ArrayLike, fit_predict: FitPredict) -> Floats:
    """Return out-of-fold probabilities from columns that are the same in every fold, shape (day, class), see `predict`.

    Parameters
    ----------
    split
        Folds of the season.
    table
        Shape (day, column), or (day,) for one column.
    labels
        Class 0..4 of each day, shape (day,).
    fit_predict
        Learner, see `learners`.
    """
    x = np.asarray(table, float)
    return _by_fold(split, labels, lambda _train, _test: x[:, None] if x.ndim == 1 else x, fit_predict)


def _by_fold(
    split: Split, labels: ArrayLike, columns_of: Callable[[Indices, Indices], Floats], fit_predict: FitPredict
) -> Floats:
    y = np.asarray(labels, np.int64)
    answer = np.full((len(y), N_CLASSES), np.nan)
    # A few hundred days are faster on one thread; on a busy machine several threads wait for each other.
    with threadpool_limits(1):
        for fold in split.folds:
            train, test = np.concatenate([fold.train, fold.validation]), fold.predict
            if len(test):
                x = columns_of(train, test)
                answer[test] = fit_predict(x[train], y[train], x[test])
    return answer
