"""Area under the ROC curve of P(event), pooled or fold by fold, for many labellings or resamples at once.

A model trained in blocks is evaluated fold by fold: a held-out block with many events leaves few in the training days, so that
probabilities of different folds cannot be ranked together. The AUC is then the sum of the folds' Mann-Whitney U divided by the
sum of their pairs; a fold without both kinds of days has no pairs. A model that never saw the season has one fold.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def auc(score: ArrayLike, positive: ArrayLike, fold: ArrayLike | None = None) -> float:
    """Return the AUC of a score for days with an event against days without; ties count half.

    Parameters
    ----------
    score
        Higher for days with an event, NaN for a day without a prediction, shape (day,).
    positive
        1 for a day with an event, 0 for one without, any other value for a day that is not scored, shape (day,).
    fold
        Fold of each day, -1 for a day that is not scored, shape (day,). Default: one fold.

    Returns
    -------
    float
        NaN if no fold has both kinds of days.
    """
    kind = np.asarray(positive)[:, None]
    return float(weighted_auc(score, kind == 1, kind == 0, fold)[0])


def mean_rank(values: ArrayLike) -> Floats:
    """Return the rank of each value from 0 to 1, shape (value,); ties share their mean rank, and all ranks have mean 0.5."""
    _values, inverse, counts = np.unique(np.asarray(values, float), return_inverse=True, return_counts=True)
    return np.asarray(((np.cumsum(counts) - counts / 2) / counts.sum())[inverse], np.float64)


def weighted_auc(score: ArrayLike, positive: ArrayLike, negative: ArrayLike, fold: ArrayLike | None = None) -> Floats:
    """Return the AUC of one score for many labellings or resamples of its days.

    Parameters
    ----------
    score, fold
        See `auc`, shape (day,).
    positive, negative
        Weight of each day as a day with and without an event, shape (day, draw): 0 or 1 for a labelling, the number of draws of
        the day for a resample.

    Returns
    -------
    numpy.ndarray
        Shape (draw,); NaN if no fold has both kinds of days.
    """
    x, plus, minus = np.asarray(score, float), np.asarray(positive), np.asarray(negative)
    number = np.zeros(len(x), np.int64) if fold is None else np.asarray(fold, np.int64)
    scored = np.flatnonzero((number >= 0) & np.isfinite(x))
    wins, pairs = np.zeros(plus.shape[1]), np.zeros(plus.shape[1])
    for k in np.unique(number[scored]):
        place = scored[number[scored] == k]
        # Days with zero weight in all draws are left out of the sums: most days, if only the weights are drawn.
        above, under = place[plus[place].any(axis=1)], place[minus[place].any(axis=1)]
        under = under[np.argsort(x[under], kind="stable")]
        # float32 is exact for the counts of a fold, and twice as fast
        up, below = plus[above].astype(np.float32), np.zeros((len(under) + 1, plus.shape[1]), np.float32)
        for row, day in enumerate(under):  # np.cumsum takes three times as long down the columns
            np.add(below[row], minus[day], out=below[row + 1])
        less, not_more = (below[np.searchsorted(x[under], x[above], side)] for side in ("left", "right"))
        wins += 0.5 * np.einsum("gd,gd->d", up, less + not_more, dtype=np.float64)
        pairs += up.sum(axis=0, dtype=np.float64) * below[-1]
    return np.divide(wins, pairs, out=np.full_like(wins, np.nan), where=pairs > 0)
