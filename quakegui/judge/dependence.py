"""Dependence of a predictor on the date and on missing stations instead of the field."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from quakegui.judge.auc import auc
from quakegui.words import Said, joined, mark


@dataclass(frozen=True, slots=True)
class Dependence:
    """Correlation of P(earthquake) with the date and with the number of missing stations; NaN where it cannot be estimated.

    Attributes
    ----------
    day_number, missing_stations
        Rank correlation (Spearman) of P(earthquake) with each.
    permuted_auc
        Fold-wise AUC on maps with the missing stations of another day; NaN if not computed.
    """

    day_number: float
    missing_stations: float
    permuted_auc: float

    def text(self) -> Said:
        """Return a sentence for each known value, empty if there are none."""
        sentences = (
            (self.day_number, "+.2f", mark("P(earthquake) has a rank correlation of {figure} with the date.")),
            (
                self.missing_stations,
                "+.2f",
                mark("P(earthquake) has a rank correlation of {figure} with the number of missing stations."),
            ),
            (
                self.permuted_auc,
                ".2f",
                mark("If the stations missing on other days are left out of the maps, the AUC within the folds is {figure}."),
            ),
        )
        return joined(
            " ",
            (
                Said(sentence, figure=f"{value:{digits}}".replace("-", "−"))
                for value, digits, sentence in sentences
                if np.isfinite(value)
            ),
        )


def dependence(
    score: ArrayLike,
    days: ArrayLike,
    missing: ArrayLike,
    *,
    kinds: ArrayLike,
    fold: ArrayLike,
    permuted_p: ArrayLike | None = None,
) -> Dependence:
    """Return the dependence of a predictor on the date and on missing stations.

    Parameters
    ----------
    score
        P(earthquake), NaN where missing, shape (day,).
    days, missing
        Local dates, datetime64[D], and the number of missing stations, shape (day,) each.
    kinds, fold
        See `auc`, shape (day,) each.
    permuted_p
        P(earthquake) on the same days with the missing stations of other days, shape (day,).
    """
    return Dependence(
        _rank_correlation(score, np.asarray(days, "datetime64[D]").astype(np.int64)),
        _rank_correlation(score, missing),
        np.nan if permuted_p is None else auc(permuted_p, kinds, fold),
    )


def _rank_correlation(first: ArrayLike, second: ArrayLike) -> float:
    x, y = np.asarray(first, float), np.asarray(second, float)
    both = np.isfinite(x) & np.isfinite(y)
    if both.sum() < 3 or np.ptp(x[both]) == 0 or np.ptp(y[both]) == 0:
        return np.nan
    from scipy.stats import spearmanr  # takes a second to import

    return float(spearmanr(x[both], y[both]).statistic)
