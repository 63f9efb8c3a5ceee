"""How much of a figure is luck: moving-block bootstrap intervals, paired differences, and the circular-shift test.

Days are not independent: an event labels two weeks in a row, and an anomaly lasts. So whole blocks of days are resampled, and
labels are shifted against predictions as one piece. Everything works on each day's own small confusion matrix, so that a
thousand resamples are one matrix product.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from quakegui.judge.metrics import macro_recall

Floats = NDArray[np.float64]
Statistic = Callable[[ArrayLike], Floats]

#: Longer than most label windows (one to four weeks), so that a block seldom cuts one in two.
BLOCK_DAYS = 21
RESAMPLES = 1000
EXCLUDED_SHIFT_DAYS = 30
#: Below this number of blocks a bootstrap says nothing.
LEAST_BLOCKS = 4


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure with its bootstrap interval; ``low`` and ``high`` are NaN where the days are too few to say.

    Attributes
    ----------
    value
        The figure on all days.
    low, high
        Percentiles of the resampled figure.
    level
        Share of resamples between the two.
    """

    value: float
    low: float
    high: float
    level: float

    @property
    def above_zero(self) -> bool:
        """Whether the whole interval lies above 0; an interval that could not be estimated does not."""
        return self.low > 0


@dataclass(frozen=True, slots=True)
class ShiftTest:
    """Circular-shift test of the pooled macro recall.

    Attributes
    ----------
    statistic
        Macro recall of the predictions as they are.
    p_value
        (1 + k) / (1 + n): n shifts, k of them at least as good; NaN where there is no admissible shift or no statistic.
    shifts
        n.
    """

    statistic: float
    p_value: float
    shifts: int


def day_counts(day: ArrayLike, truth: ArrayLike, answered: ArrayLike, *, n_days: int, n_classes: int) -> Floats:
    """Confusion matrix of each day, shape (day, class, class); zero for a day that is not scored.

    Parameters
    ----------
    day, truth, answered
        Day, true class and answered class of every scored day or image, shape (scored,).
    """
    cell = (np.asarray(day) * n_classes + np.asarray(truth)) * n_classes + np.asarray(answered)
    counted = np.bincount(cell.astype(np.int64), minlength=n_days * n_classes**2)
    return counted.reshape(n_days, n_classes, n_classes).astype(np.float64)


def block_weights(
    n_days: int, *, block_days: int = BLOCK_DAYS, resamples: int = RESAMPLES, seed: int = 0
) -> NDArray[np.float64] | None:
    """How often each day is drawn in each resample, shape (resample, day); None for fewer than four blocks of days.

    Blocks start anywhere and wrap around the end of the season, so that every day is drawn equally often on average (circular
    block bootstrap, Politis and Romano 1992). The last block is cut so that each resample has as many days as the season.
    """
    if n_days < LEAST_BLOCKS * block_days:
        return None
    rng = np.random.default_rng(seed)
    n_blocks = -(-n_days // block_days)
    starts = rng.integers(n_days, size=(resamples, n_blocks, 1))
    drawn = ((starts + np.arange(block_days)) % n_days).reshape(resamples, -1)[:, :n_days]
    row = np.arange(resamples)[:, None] * n_days
    return np.bincount((row + drawn).ravel(), minlength=resamples * n_days).reshape(resamples, n_days).astype(np.float64)


def interval(counts: Floats, statistic: Statistic, weights: Floats | None, *, level: float = 0.95) -> Interval:
    """Figure of days' confusion matrices with its block-bootstrap interval.

    Parameters
    ----------
    counts
        Shape (day, class, class), see `day_counts`.
    statistic
        From matrices (..., class, class) to figures (...).
    weights
        Shape (resample, day), see `block_weights`.
    """
    return _interval(float(statistic(counts.sum(axis=0))), _resampled(counts, statistic, weights), level)


def paired_difference(
    first: Floats, second: Floats, statistic: Statistic, weights: Floats | None, *, level: float = 0.95
) -> Interval:
    """Figure of the first predictor less that of the second, on the same days and the same resamples.

    Raises
    ------
    ValueError
        The two were not scored on the same days with the same truth.
    """
    if first.shape != second.shape or not np.array_equal(first.sum(axis=2), second.sum(axis=2)):
        raise ValueError("Two predictors can be compared only on the same days with the same true classes.")
    value = float(statistic(first.sum(axis=0))) - float(statistic(second.sum(axis=0)))
    a, b = _resampled(first, statistic, weights), _resampled(second, statistic, weights)
    return _interval(value, None if a is None or b is None else a - b, level)


def circular_shift(
    truth: ArrayLike,
    answers: ArrayLike,
    estimable: ArrayLike | None = None,
    *,
    excluded_days: int = EXCLUDED_SHIFT_DAYS,
) -> ShiftTest:
    """Test the macro recall by shifting the labels, as one ring, against the predictions.

    Parameters
    ----------
    truth
        Class of each scored day in the order of time, shape (scored,). Days that are not scored are left out, so a shift of n
        positions moves the labels by at least n days.
    answers
        How often each class was answered on each of these days, shape (scored, class): one 1 per row outside the paper's
        protocol, which answers several images of a day.
    estimable
        Whether the training behind each day's prediction knew each class, shape (scored, class). Default: all.
    excluded_days
        Shifts up to this far from 0, on both sides, are left out: neighbouring days are alike.
    """
    label, said = np.asarray(truth, np.int64), np.asarray(answers, float)
    n, n_classes = said.shape
    known = np.ones_like(said, bool) if estimable is None else np.asarray(estimable, bool)
    if n == 0:
        return ShiftTest(np.nan, np.nan, 0)
    one_hot = np.eye(n_classes)[label]
    credited = known[:, :, None] * said[:, None, :]
    # matrix[s, c, p] = sum over days i of [label[i + s] is c] * [c was trained at i] * [answers p at i]: circular correlation
    spectrum = np.fft.rfft(one_hot, axis=0)[:, :, None] * np.conj(np.fft.rfft(credited, axis=0))
    matrices = np.rint(np.fft.irfft(spectrum, n=n, axis=0))
    scores = macro_recall(matrices)
    observed = float(scores[0])
    others = scores[excluded_days + 1 : n - excluded_days] if n > 2 * excluded_days + 1 else scores[:0]
    others = others[np.isfinite(others)]
    if not len(others) or not np.isfinite(observed):
        return ShiftTest(observed, np.nan, 0)
    as_good = int((others >= observed - 1e-12).sum())
    return ShiftTest(observed, (1 + as_good) / (1 + len(others)), len(others))


def _resampled(counts: Floats, statistic: Statistic, weights: Floats | None) -> Floats | None:
    if weights is None:
        return None
    flat = counts.reshape(len(counts), -1)
    return statistic((weights @ flat).reshape(-1, *counts.shape[1:]))


def _interval(value: float, drawn: Floats | None, level: float) -> Interval:
    finite = drawn[np.isfinite(drawn)] if drawn is not None else np.empty(0)
    if drawn is None or not np.isfinite(value) or len(finite) < len(drawn) / 2:
        return Interval(value, np.nan, np.nan, level)
    low, high = np.quantile(finite, [(1 - level) / 2, (1 + level) / 2])
    return Interval(value, float(low), float(high), level)
