"""What a predictor knows that others do not: the part of its answers that theirs do not explain.

Two AUC of one season differ by luck alone as much as a good predictor's from a useless one's: over seasons that nothing
foretells, the calendar's fold-wise AUC has a standard deviation of 0.14 about 0.50, and that of everything but the field a mean
of 0.63. Asking for the greater AUC therefore calls good predictors useless (tests/power/README.md). So another question is
asked: whether anything is left once what the others say has been taken out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from quakegui.judge.auc import mean_rank
from quakegui.judge.bootstrap import Interval, auc_interval
from quakegui.judge.predictors import WITHOUT_FIELD, Clue
from quakegui.judge.truth import Truth

Floats = NDArray[np.float64]

#: Of the interval that has to lie above 0.5. The surrogate test keeps luck at its level; this one is to deny copies, and a
#: stricter one denies weak signals with them (tests/power/README.md).
LEVEL = 0.80
#: Share of the scored days that a comparison needs to grant or deny anything.
LEAST_SHARE = 0.9
#: The baseline that stands for all of them together.
EVERYTHING = "without-field"
#: Decimals of a residual that count: what an exact copy leaves is rounding.
DECIMALS = 9


def residual(
    score: ArrayLike, others: Sequence[ArrayLike], kinds: ArrayLike, fold: ArrayLike, *, by_fold: bool = False
) -> Floats:
    """Ranks of a score within each fold, less what the ranks of others explain of them.

    By least squares over all folds at once, without the labels: a predictor may lose by it only what others say too, and where
    it is a copy of one of them nothing is left.

    Parameters
    ----------
    score, others
        P(event), NaN where there is none, shape (day,) each.
    kinds, fold
        1 for a day with an event, 0 for one without, any other value or fold -1 for a day that is not scored, shape (day,).
    by_fold
        Whether each fold has slopes of its own. What learns in blocks may turn a plain column round from fold to fold, and is a
        copy of it all the same; but such slopes also explain more of what is no copy.

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
    for part in [number == k for k in np.unique(number[scored])] if by_fold else [scored]:
        own, theirs = ranks[part, 0], ranks[part, 1:]
        if len(own):
            left[part] = np.round(own - theirs @ np.linalg.lstsq(theirs, own)[0], DECIMALS)
    return left


def residual_auc(
    score: ArrayLike,
    others: Sequence[ArrayLike],
    kinds: ArrayLike,
    fold: ArrayLike,
    weights: Floats | None,
    *,
    by_fold: bool = False,
) -> Interval:
    """Fold-wise AUC of what others do not explain of a score, with its block-bootstrap interval.

    Parameters
    ----------
    score, others, kinds, fold, by_fold
        See `residual`.
    weights
        Shape (resample, day), see `block_weights`.
    """
    return auc_interval(residual(score, others, kinds, fold, by_fold=by_fold), kinds, fold, weights, level=LEVEL)


def unexplained(
    truth: Truth,
    daily: Floats,
    answered: NDArray[np.bool_],
    baselines: Mapping[str, Floats],
    clue: Clue | None,
    *,
    name: str,
    weights: Floats | None,
) -> Interval:
    """AUC of what neither a baseline, nor its plainest column, nor boosted trees on its columns explain: the least of these.

    Parameters
    ----------
    daily
        Probabilities of what is judged, shape (day, class).
    answered
        Which scored rows it answers, shape (row,).
    baselines, clue
        Probabilities of all, shape (day, class) each, and the clue of the one that is compared.
    name
        Of that one; everything but the field takes its parts with it.
    weights
        Shape (resample, day), see `block_weights`.
    """
    score, by_day, enough = -daily[:, 0], (truth.kinds, truth.fold, weights), LEAST_SHARE * answered.sum()

    def answers(given: Floats) -> bool:
        return bool((answered & np.isfinite(given[truth.row_day])).sum() >= enough)

    parts = [name, *WITHOUT_FIELD] if name == EVERYTHING else [name]
    others = {one: -np.asarray(baselines[one], float)[:, 0] for one in parts if one in baselines}
    # A part that answers too few days is left out, as it neither grants nor denies alone.
    found = [residual_auc(score, [given for one, given in others.items() if one == name or answers(given)], *by_day)]
    for given, by_fold in () if clue is None else ((clue.column, True), (clue.boosted, False)):
        if answers(given):
            found.append(residual_auc(score, [given], *by_day, by_fold=by_fold))
    return min(found, key=lambda one: one.low if np.isfinite(one.low) else -np.inf)
