"""Residual AUC: what a predictor adds to others, from the part of its probabilities that theirs do not explain.

Two AUCs of one season differ by chance as much as those of a good and a useless predictor: over seasons without any signal, the
fold-wise AUC of the calendar has a standard deviation of 0.14 about 0.50, and that of all information except the field a mean
of 0.63. Requiring a higher AUC would therefore reject good predictors (tests/power/README.md). Instead, the test is whether
anything is left after the other predictors have been removed by regression.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from quakegui.judge.auc import mean_rank
from quakegui.judge.bootstrap import CONSTANT_AUC, Interval, Weights, auc_interval
from quakegui.judge.predictors import WITHOUT_FIELD, Clue
from quakegui.judge.truth import Truth

Floats = NDArray[np.float64]

#: Level of the interval that has to lie above 0.5. The surrogate test controls chance; this interval only has to reject copies,
#: and a stricter one would also reject weak signals (tests/power/README.md).
LEVEL = 0.80
#: Minimum fraction of the scored days for a comparison to count.
LEAST_SHARE = 0.9
#: The baseline that combines all of them.
EVERYTHING = "without-field"
#: Decimals of a residual: an exact copy leaves only rounding errors.
DECIMALS = 9


def residual(
    score: ArrayLike, others: Sequence[ArrayLike], kinds: ArrayLike, fold: ArrayLike, *, by_fold: bool = False
) -> Floats:
    """Return the ranks of a score within each fold, minus what the ranks of other scores explain, shape (day,).

    Least squares over all folds at once, without the labels: only what the others contain, too, is removed, and nothing is left
    of a copy of one of them.

    Parameters
    ----------
    score, others
        P(event), NaN where missing, shape (day,) each.
    kinds, fold
        1 for a day with an event, 0 for one without, any other value or fold -1 for a day that is not scored, shape (day,).
    by_fold
        Whether each fold has its own slopes. A model trained in blocks may use a plain column with different signs in different
        folds and is a copy of it nevertheless; but such slopes also explain more of what is not a copy.

    Returns
    -------
    numpy.ndarray
        NaN for a day that is not scored, or not predicted by all.
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
    weights: Weights | None,
    *,
    by_fold: bool = False,
) -> Interval:
    """Return the fold-wise AUC of the part of a score that others do not explain, with its block-bootstrap interval.

    Parameters
    ----------
    score, others, kinds, fold, by_fold
        See `residual`.
    weights
        Shape (resample, day), see `block_weights`.
    """
    return auc_interval(residual(score, others, kinds, fold, by_fold=by_fold), kinds, fold, weights, level=LEVEL)


def residual_interval(
    truth: Truth,
    daily: Floats,
    has_prediction: NDArray[np.bool_],
    baselines: Mapping[str, Floats],
    clue: Clue | None,
    *,
    name: str,
    weights: Weights | None,
) -> Interval:
    """Return the AUC of the part of a predictor that one baseline does not explain.

    The minimum over the parts not explained by the baseline itself, by the column of its clue, and by boosted trees on its
    columns; where one of these already explains the predictor, the others, which take longer, are not computed.

    Parameters
    ----------
    truth
        Scored days, folds and labels.
    daily
        Probabilities of the evaluated predictor, shape (day, class).
    has_prediction
        Which scored rows it predicts, shape (row,).
    baselines, clue
        Probabilities of all baselines, shape (day, class) each, and the clue of the one compared.
    name
        Name of that one; ``without-field`` includes its parts.
    weights
        Shape (resample, day), see `block_weights`.
    """
    score, by_day, enough = -daily[:, 0], (truth.kinds, truth.fold, weights), LEAST_SHARE * has_prediction.sum()

    def answers(material: Floats) -> bool:
        return bool((has_prediction & np.isfinite(material[truth.row_day])).sum() >= enough)

    parts = [name, *WITHOUT_FIELD] if name == EVERYTHING else [name]
    others = {one: -np.asarray(baselines[one], float)[:, 0] for one in parts if one in baselines}
    # A part that predicts too few days is omitted, as it does not count on its own either.
    found = [residual_auc(score, [given for one, given in others.items() if one == name or answers(given)], *by_day)]
    for given, by_fold in () if clue is None else _of(clue):
        if answers(given):
            found.append(residual_auc(score, [given], *by_day, by_fold=by_fold))
        if any(not one.low > CONSTANT_AUC for one in found):
            break
    return min(found, key=lambda one: one.low if np.isfinite(one.low) else -np.inf)


def _of(clue: Clue) -> Iterator[tuple[Floats, bool]]:
    """Yield the predictions of a clue, each computed when asked for, and whether each fold has its own slope."""
    yield clue.column, True
    for boosted in clue.boosted:
        yield boosted(), False
