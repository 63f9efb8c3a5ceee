"""Uncertainty of scores: moving-block bootstrap intervals and paired differences.

Days are not independent: an earthquake labels two weeks in a row, and an anomaly lasts. Therefore blocks of days are resampled.
Scores of confusion matrices are computed from one small matrix per day, so that a thousand resamples are one matrix product;
for the AUC, each day is weighted by its number of draws.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from quakegui.judge.auc import weighted_auc
from quakegui.words import Said

Floats = NDArray[np.float64]
Weights = NDArray[np.float32]
"""Numbers of draws, for which float32 is exact and takes half as long as float64."""
Statistic = Callable[[ArrayLike], Floats]

#: Longer than most label windows (one to four weeks), so that blocks rarely split one.
BLOCK_DAYS = 21
RESAMPLES = 1000
#: AUC of a constant prediction.
CONSTANT_AUC = 0.5
#: Minimum number of blocks for a meaningful bootstrap.
LEAST_BLOCKS = 4
#: Default fraction of resamples in an interval.
LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Interval:
    """A score with its bootstrap interval; ``low`` and ``high`` are NaN if there are too few days.

    Attributes
    ----------
    value
        Score of all days.
    low, high
        Percentiles of the resampled score.
    level
        Fraction of resamples between the two.
    """

    value: float
    low: float
    high: float
    level: float

    @property
    def above_zero(self) -> bool:
        """Whether the whole interval lies above 0; False if it could not be estimated."""
        return self.low > 0


def day_counts(day: ArrayLike, truth: ArrayLike, prediction: ArrayLike, *, n_days: int, n_classes: int) -> Floats:
    """Return the confusion matrix of each day, shape (day, class, class); zero for a day that is not scored.

    Parameters
    ----------
    day, truth, prediction
        Day, true class and predicted class of every scored day or image, shape (scored,).
    n_days, n_classes
        Numbers of days and classes.
    """
    cell = (np.asarray(day) * n_classes + np.asarray(truth)) * n_classes + np.asarray(prediction)
    counted = np.bincount(cell.astype(np.int64), minlength=n_days * n_classes**2)
    return counted.reshape(n_days, n_classes, n_classes).astype(np.float64)


def block_weights(n_days: int, *, resamples: int = RESAMPLES, seed: int = 0) -> Weights | None:
    """Return the number of draws of each day in each resample, shape (resample, day); None for fewer than four blocks of days.

    Blocks start anywhere and wrap around the end of the season, so that every day is drawn equally often on average (circular
    block bootstrap, Politis and Romano 1992). The last block is cut so that each resample has as many days as the season.

    Parameters
    ----------
    n_days
        Number of days of the season.
    resamples, seed
        Number of resamples, and seed of the random generator.
    """
    if n_days < LEAST_BLOCKS * BLOCK_DAYS:
        return None
    rng = np.random.default_rng(seed)
    n_blocks = -(-n_days // BLOCK_DAYS)
    starts = rng.integers(n_days, size=(resamples, n_blocks, 1))
    drawn = ((starts + np.arange(BLOCK_DAYS)) % n_days).reshape(resamples, -1)[:, :n_days]
    row = np.arange(resamples)[:, None] * n_days
    return np.bincount((row + drawn).ravel(), minlength=resamples * n_days).reshape(resamples, n_days).astype(np.float32)


def interval(counts: Floats, statistic: Statistic, weights: Weights | None) -> Interval:
    """Return a score of daily confusion matrices with its block-bootstrap interval.

    Parameters
    ----------
    counts
        Shape (day, class, class), see `day_counts`.
    statistic
        Function from matrices (..., class, class) to scores (...).
    weights
        Shape (resample, day), see `block_weights`.
    """
    return _interval(float(statistic(counts.sum(axis=0))), _resampled(counts, statistic, weights))


def paired_difference(first: Floats, second: Floats, statistic: Statistic, weights: Weights | None) -> Interval:
    """Return the score of the first predictor minus that of the second, on the same days and the same resamples.

    Parameters
    ----------
    first, second
        Daily confusion matrices, shape (day, class, class), see `day_counts`.
    statistic, weights
        See `interval`.

    Raises
    ------
    ValueError
        If the two were not scored on the same days with the same true classes.
    """
    if first.shape != second.shape or not np.array_equal(first.sum(axis=2), second.sum(axis=2)):
        raise ValueError(Said("Two predictors can be compared only on the same days with the same true classes."))
    value = float(statistic(first.sum(axis=0))) - float(statistic(second.sum(axis=0)))
    a, b = _resampled(first, statistic, weights), _resampled(second, statistic, weights)
    return _interval(value, None if a is None or b is None else a - b)


def auc_interval(
    score: ArrayLike, kinds: ArrayLike, fold: ArrayLike, weights: Weights | None, *, level: float = LEVEL
) -> Interval:
    """Return the fold-wise AUC with its block-bootstrap interval.

    Parameters
    ----------
    score, kinds, fold
        P(event), 1 for a day with an event and 0 for one without, and the fold, see `auc`, shape (day,) each.
    weights
        See `interval`.
    level
        Fraction of resamples in the interval.
    """
    return _interval(*_auc_resampled(score, kinds, fold, weights), level)


def paired_auc(score: ArrayLike, other: ArrayLike, kinds: ArrayLike, fold: ArrayLike, weights: Weights | None) -> Interval:
    """Return the fold-wise AUC of one predictor minus that of another, on the days predicted by both and on the same resamples.

    If the AUC of the other on all days is below 0.5, it counts as 0.5: a predictor worse than chance is no reference.

    Parameters
    ----------
    score, other
        P(event) of both, NaN where missing, shape (day,).
    kinds, fold, weights
        See `auc_interval`.
    """
    x, y = np.asarray(score, float), np.asarray(other, float)
    both = np.where(np.isfinite(x) & np.isfinite(y), np.asarray(fold, np.int64), -1)
    value, drawn = _auc_resampled(x, kinds, both, weights)
    least, drawn_least = _auc_resampled(y, kinds, both, weights)
    if least < CONSTANT_AUC:
        least, drawn_least = CONSTANT_AUC, None if drawn_least is None else np.full_like(drawn_least, CONSTANT_AUC)
    return _interval(value - least, None if drawn is None or drawn_least is None else drawn - drawn_least)


def _auc_resampled(score: ArrayLike, kinds: ArrayLike, fold: ArrayLike, weights: Weights | None) -> tuple[float, Floats | None]:
    """Return the AUC of all days, and of each resample."""
    kind = np.asarray(kinds)[:, None]
    event, quiet = (kind == 1).astype(np.float32), (kind == 0).astype(np.float32)
    drawn = np.ones((len(kind), 1 if weights is None else 1 + len(weights)), np.float32)
    if weights is not None:
        drawn[:, 1:] = weights.T
    found = weighted_auc(score, event * drawn, quiet * drawn, fold)
    return float(found[0]), None if weights is None else found[1:]


def _resampled(counts: Floats, statistic: Statistic, weights: Weights | None) -> Floats | None:
    if weights is None:
        return None
    flat = counts.reshape(len(counts), -1).astype(np.float32)
    return statistic((weights @ flat).reshape(-1, *counts.shape[1:]))


def _interval(value: float, drawn: Floats | None, level: float = LEVEL) -> Interval:
    finite = drawn[np.isfinite(drawn)] if drawn is not None else np.empty(0)
    if drawn is None or not np.isfinite(value) or len(finite) < len(drawn) / 2:
        return Interval(value, np.nan, np.nan, level)
    low, high = np.quantile(finite, [(1 - level) / 2, (1 + level) / 2])
    return Interval(value, float(low), float(high), level)
