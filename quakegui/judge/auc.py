"""The area under the ROC curve of P(event), over all days or fold by fold, for many labellings or resamples at once.

A model trained in blocks is judged fold by fold: a held-out block rich in events leaves a training part poor in them, so that
scores of different folds cannot be ranked together. Its AUC is the sum of each fold's Mann-Whitney U over the sum of the folds'
pairs; a fold without both kinds of days has no pair. A model that never saw the season has one fold.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def auc(score: ArrayLike, positive: ArrayLike, fold: ArrayLike | None = None) -> float:
    """AUC of a score for days with an event against days without; ties count half.

    Parameters
    ----------
    score
        Higher for days with an event, NaN for a day without an answer, shape (day,).
    positive
        1 for a day with an event, 0 for one without, any other value for a day that is not scored, shape (day,).
    fold
        Fold of each day, -1 for a day that is not scored, shape (day,). Default: one fold.

    Returns
    -------
    float
        NaN where no fold has both kinds of days.
    """
    kind = np.asarray(positive)[:, None]
    return float(weighted_auc(score, kind == 1, kind == 0, fold)[0])


def mean_rank(values: ArrayLike) -> Floats:
    """Rank of each value from 0 to 1, ties sharing theirs, so that the mean is 0.5, shape (value,)."""
    _values, inverse, counts = np.unique(np.asarray(values, float), return_inverse=True, return_counts=True)
    return np.asarray(((np.cumsum(counts) - counts / 2) / counts.sum())[inverse], np.float64)


def weighted_auc(score: ArrayLike, positive: ArrayLike, negative: ArrayLike, fold: ArrayLike | None = None) -> Floats:
    """AUC of one score for many labellings or resamples of its days.

    Parameters
    ----------
    score, fold
        See `auc`, shape (day,).
    positive, negative
        Weight of each day among the days with and without an event, shape (day, draw): 0 and 1 for a labelling, the number of
        times that a day is drawn for a resample.

    Returns
    -------
    numpy.ndarray
        Shape (draw,); NaN where no fold has both kinds of days.
    """
    x, plus, minus = np.asarray(score, float), np.asarray(positive), np.asarray(negative)
    number = np.zeros(len(x), np.int64) if fold is None else np.asarray(fold, np.int64)
    scored = np.flatnonzero((number >= 0) & np.isfinite(x))
    wins, pairs = np.zeros(plus.shape[1]), np.zeros(plus.shape[1])
    for k in np.unique(number[scored]):
        place = scored[number[scored] == k]
        # Days that no draw counts on a side have no part in its sums: most of them, where only the weights are drawn.
        above, under = place[plus[place].any(axis=1)], place[minus[place].any(axis=1)]
        under = under[np.argsort(x[under], kind="stable")]
        # float32 holds the counts of a fold exactly, and is twice as fast
        up, below = plus[above].astype(np.float32), np.zeros((len(under) + 1, plus.shape[1]), np.float32)
        np.cumsum(minus[under], axis=0, dtype=np.float32, out=below[1:])
        less, not_more = (below[np.searchsorted(x[under], x[above], side)] for side in ("left", "right"))
        wins += 0.5 * np.einsum("gd,gd->d", up, less + not_more, dtype=np.float64)
        pairs += up.sum(axis=0, dtype=np.float64) * below[-1]
    return np.divide(wins, pairs, out=np.full_like(wins, np.nan), where=pairs > 0)
