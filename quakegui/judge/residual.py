"""What a predictor knows that others do not: the part of its answers that theirs do not explain.

Two AUC of one season differ by luck alone as much as a good predictor's from a useless one's: over seasons that nothing
foretells, the calendar's fold-wise AUC has a standard deviation of 0.14 about 0.50, and that of everything but the field a mean
of 0.63. Asking for the greater AUC therefore calls good predictors useless (tests/power/README.md). So another question is
asked: whether anything is left once what the others say has been taken out.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from quakegui.judge.auc import mean_rank
from quakegui.judge.bootstrap import Interval, auc_interval

Floats = NDArray[np.float64]

#: Decimals of a residual that count: what an exact copy leaves is rounding.
DECIMALS = 9


def residual(score: ArrayLike, others: Sequence[ArrayLike], kinds: ArrayLike, fold: ArrayLike) -> Floats:
    """Ranks of a score within each fold, less what the ranks of others explain of them.

    By least squares over all folds at once, without the labels: a predictor may lose by it only what others say too, and where
    it is a copy of one of them nothing is left. A slope in each fold of its own denies more that is no copy, and more signals
    in noise as well.

    Parameters
    ----------
    score, others
        P(event), NaN where there is none, shape (day,) each.
    kinds, fold
        1 for a day with an event, 0 for one without, any other value or fold -1 for a day that is not scored, shape (day,).

    Returns
    -------
    numpy.ndarray
        Shape (day,); NaN for a day that is not scored or that not all of them answer.
    """
    answers = np.column_stack([score, *others]).astype(np.float64)
    scored = np.isin(kinds, (0, 1)) & (np.asarray(fold) >= 0) & np.isfinite(answers).all(axis=1)
    number = np.where(scored, fold, -1)
    ranks = np.full(answers.shape, np.nan)
    for k in np.unique(number[scored]):
        ranks[number == k] = np.column_stack([mean_rank(column) - 0.5 for column in answers[number == k].T])
    left = np.full(len(answers), np.nan)
    if scored.any():
        own, theirs = ranks[scored, 0], ranks[scored, 1:]
        left[scored] = np.round(own - theirs @ np.linalg.lstsq(theirs, own)[0], DECIMALS)
    return left


def residual_auc(
    score: ArrayLike, others: Sequence[ArrayLike], kinds: ArrayLike, fold: ArrayLike, weights: Floats | None
) -> Interval:
    """Fold-wise AUC of what others do not explain of a score, with its block-bootstrap interval.

    Parameters
    ----------
    score, others, kinds, fold
        See `residual`.
    weights
        Shape (resample, day), see `block_weights`.
    """
    return auc_interval(residual(score, others, kinds, fold), kinds, fold, weights)
