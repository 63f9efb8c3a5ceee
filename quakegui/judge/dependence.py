"""Whether a predictor reads the calendar or the outages rather than the field."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from quakegui.judge.auc import auc
from quakegui.words import Said, joined, mark


@dataclass(frozen=True, slots=True)
class Dependence:
    """What P(event) has to do with the date and with the stations that are missing; NaN where it cannot be told.

    Attributes
    ----------
    day_number, missing_stations
        Rank correlation (Spearman) of P(event) with either.
    permuted_auc
        Fold-wise AUC on maps whose missing stations are those of another day; NaN where it was not asked for.
    """

    day_number: float
    missing_stations: float
    permuted_auc: float

    def text(self) -> Said:
        """Return what is known of it in a sentence, empty where nothing is."""
        known = {name: value for name, value in dataclasses.asdict(self).items() if np.isfinite(value)}
        parts = [Said(_WORDS[name], figure=value) for name, value in known.items()]
        return Said("P(event): {figures}.", figures=joined(", ", parts)) if parts else joined(" ", ())


def dependence(
    score: ArrayLike,
    days: ArrayLike,
    missing: ArrayLike,
    *,
    kinds: ArrayLike,
    fold: ArrayLike,
    permuted: ArrayLike | None = None,
) -> Dependence:
    """Dependence of a predictor on the date and on the outages.

    Parameters
    ----------
    score
        P(event), NaN where there is none, shape (day,).
    days, missing
        Local dates, datetime64[D], and the number of missing stations, shape (day,) each.
    kinds, fold
        See `auc`, shape (day,) each.
    permuted
        P(event) on the same days with the masks of other days, shape (day,).
    """
    return Dependence(
        _rank_correlation(score, np.asarray(days, "datetime64[D]").astype(np.int64)),
        _rank_correlation(score, missing),
        np.nan if permuted is None else auc(permuted, kinds, fold),
    )


def _rank_correlation(first: ArrayLike, second: ArrayLike) -> float:
    x, y = np.asarray(first, float), np.asarray(second, float)
    both = np.isfinite(x) & np.isfinite(y)
    if both.sum() < 3 or np.ptp(x[both]) == 0 or np.ptp(y[both]) == 0:
        return np.nan
    from scipy.stats import spearmanr  # a second, for this one function

    return float(spearmanr(x[both], y[both]).statistic)


_WORDS = {
    "day_number": mark("rank correlation with the date {figure:+.2f}"),
    "missing_stations": mark("rank correlation with the number of missing stations {figure:+.2f}"),
    "permuted_auc": mark("fold-wise AUC on maps with the missing stations of other days {figure:.2f}"),
}
