"""Quality of P(event): CORP reliability diagram, Brier score and its decomposition, information gain.

CORP (Dimitriadis, Gneiting and Jordan 2021) estimates the curve by isotonic regression of outcomes on probabilities, without a
choice of bins; the same regression decomposes the Brier score into reliability - resolution + uncertainty.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

#: Minimum P: a wrong prediction with P = 0 or 1 would cost infinitely many bits.
LEAST_PROBABILITY = 1e-4


@dataclass(frozen=True, slots=True)
class Reliability:
    """CORP reliability diagram of P(event), and the decomposition of the Brier score.

    Attributes
    ----------
    probability, frequency, days
        Distinct predicted P, ascending; frequency of events from isotonic regression; number of days. Shape (value,).
    brier
        Mean squared error of P(event): reliability - resolution + uncertainty.
    reliability
        Miscalibration: mean squared distance of P from the isotonic frequency; 0 is best.
    resolution
        Gain from distinguishing days; 0 for a constant P.
    uncertainty
        Brier score of the base rate of these days.
    """

    probability: Floats
    frequency: Floats
    days: NDArray[np.int64]
    brier: float
    reliability: float
    resolution: float
    uncertainty: float

    @property
    def brier_skill(self) -> float:
        """Fraction by which the Brier score is below that of the base rate; NaN if all days had the same outcome."""
        return 1 - self.brier / self.uncertainty if self.uncertainty > 0 else np.nan


def reliability(probability: ArrayLike, is_event: ArrayLike) -> Reliability | None:
    """Return the reliability of P(event); None without a day.

    Parameters
    ----------
    probability
        P(event), finite, shape (day,).
    is_event
        Whether the day is labelled with an event, shape (day,).
    """
    from scipy.optimize import isotonic_regression

    p, y = np.asarray(probability, float), np.asarray(is_event, float)
    if not len(p):
        return None
    said, place = np.unique(p, return_inverse=True)
    days = np.bincount(place).astype(np.int64)
    frequency = np.asarray(isotonic_regression(np.bincount(place, y) / days, weights=days).x, float)
    brier, calibrated, base = (float(np.mean((forecast - y) ** 2)) for forecast in (p, frequency[place], y.mean()))
    return Reliability(said, frequency, days, brier, brier - calibrated, base - calibrated, base)


def information_gain(probability: ArrayLike, reference: ArrayLike, is_event: ArrayLike) -> float:
    """Return the information gain per event over a reference, in bits; NaN without an event or a common day.

    The difference of the daily log likelihoods of the outcomes, divided by the number of days with an event: an event labels
    about two weeks of days, which are not as many events.

    Parameters
    ----------
    probability, reference
        Calibrated P(event) of both, shape (day,); days on which either is NaN are dropped.
    is_event
        Whether the day is labelled with an event, shape (day,).
    """
    p, q, y = np.asarray(probability, float), np.asarray(reference, float), np.asarray(is_event, bool)
    both = np.isfinite(p) & np.isfinite(q)
    if not y[both].any():
        return np.nan
    gained = _log_score(p[both], y[both]) - _log_score(q[both], y[both])
    return float(gained.sum() / y[both].sum())


def _log_score(probability: Floats, happened: NDArray[np.bool_]) -> Floats:
    p = np.clip(probability, LEAST_PROBABILITY, 1 - LEAST_PROBABILITY)
    return np.where(happened, np.log2(p), np.log2(1 - p))
