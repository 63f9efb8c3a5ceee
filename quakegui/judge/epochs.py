"""Superposed epoch analysis: the median of a daily series around earthquakes, compared with random event days.

Chance is estimated from surrogate event days, drawn as for the deciding test. The band is simultaneous: the whole curve of a
surrogate leaves it with a probability of 5%, however many lags there are. It follows the quantiles of the surrogates on either
side (directional quantile envelope, Myllymaki et al. 2017), since most series are skewed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

BEFORE_DAYS = 30
AFTER_DAYS = 10
#: Probability that a random curve stays within the band.
LEVEL = 0.95
#: Minimum number of surrogates for a level of 5%.
LEAST_SURROGATES = 39
#: Minimum fraction of surrogates with a value at a lag; otherwise the lag has no band.
LEAST_SHARE = 0.9
#: Position outside any series, for a missing event.
NO_EVENT = -1_000_000


@dataclass(frozen=True, slots=True)
class Epochs:
    """A series around the events.

    Attributes
    ----------
    lags
        Days after the event, shape (lag,); negative before it, 0 on its day.
    median
        Median of all epochs with a value, NaN if there are none, shape (lag,).
    events
        Number of epochs with a value, shape (lag,).
    centre, low, high
        Median of random epochs, and the simultaneous band, shape (lag,).
    p_before, p_after
        Family-wise p-value of the median leaving the range of random epochs at any lag before the day of the event, and at any
        lag from that day on; NaN if not estimable.
    extreme_before, extreme_after
        Lag of the largest departure in each part; None if not estimable.
    """

    lags: NDArray[np.int64]
    median: Floats
    events: NDArray[np.int64]
    centre: Floats
    low: Floats
    high: Floats
    p_before: float
    p_after: float
    extreme_before: int | None
    extreme_after: int | None


def superposed_epochs(
    series: ArrayLike,
    events: ArrayLike,
    surrogates: ArrayLike,
    *,
    before: int = BEFORE_DAYS,
    after: int = AFTER_DAYS,
) -> Epochs:
    """Return a daily series superposed around the events.

    Parameters
    ----------
    series
        One value per day, NaN where missing, shape (day,).
    events
        Position of the day of each event in the series, shape (event,); may lie outside.
    surrogates
        The same for random catalogues, shape (surrogate, event), padded with `NO_EVENT`.
    before, after
        Days before and after the event.
    """
    values = np.asarray(series, float)
    lags = np.arange(-before, after + 1)
    median, count = _medians(values, np.asarray(events, np.int64)[None], lags)
    drawn, _ = _medians(values, np.asarray(surrogates, np.int64), lags)
    together = np.vstack([median, drawn])
    usable = np.isfinite(median[0]) & (np.isfinite(drawn).sum(axis=0) >= LEAST_SHARE * len(drawn))
    nothing = np.full(len(lags), np.nan)
    if len(drawn) < LEAST_SURROGATES or not usable.any():
        return Epochs(lags, median[0], count[0], nothing, nothing, nothing, np.nan, np.nan, None, None)
    low, centre, high = (nothing.copy() for _ in range(3))
    low[usable], centre[usable], high[usable] = np.nanquantile(together[:, usable], [0.025, 0.5, 0.975], axis=0)
    far, far_drawn = (_distance(curves, low, centre, high) for curves in (median, drawn))
    reach = float(np.quantile(np.where(np.isinf(far_drawn), -1.0, far_drawn).max(axis=1), LEVEL, method="higher"))
    p_before, extreme_before = _extreme(far[0], far_drawn, usable & (lags < 0), lags)
    p_after, extreme_after = _extreme(far[0], far_drawn, usable & (lags >= 0), lags)
    return Epochs(
        lags=lags,
        median=median[0],
        events=count[0],
        centre=centre,
        low=centre - reach * (centre - low),
        high=centre + reach * (high - centre),
        p_before=p_before,
        p_after=p_after,
        extreme_before=extreme_before,
        extreme_after=extreme_after,
    )


def _medians(values: Floats, events: NDArray[np.int64], lags: NDArray[np.int64]) -> tuple[Floats, NDArray[np.int64]]:
    """Return median (NaN without a value) and number of values over the events at each lag, shape (catalogue, lag) each."""
    padded = np.r_[np.nan, values, np.nan]
    place = np.clip(events[:, None, :] + lags[:, None] + 1, 0, len(values) + 1)
    ordered = np.sort(padded[place], axis=2)  # NaN sorts last
    count = np.isfinite(ordered).sum(axis=2)
    if not ordered.shape[2]:
        return np.full(count.shape, np.nan), count
    middle = np.stack([np.maximum(count - 1, 0) // 2, count // 2], axis=2)
    return np.take_along_axis(ordered, middle, axis=2).mean(axis=2), count


def _distance(curves: Floats, low: Floats, centre: Floats, high: Floats) -> Floats:
    """Return distances from the centre in units of the quantile's on the same side, -1 without a value, shape (curve, lag)."""
    off = curves - centre
    scale = np.where(off >= 0, high - centre, centre - low)
    with np.errstate(invalid="ignore", divide="ignore"):
        far = np.where(scale > 0, np.abs(off) / scale, np.where(off != 0, np.inf, 0.0))
    return np.where(np.isfinite(off), far, -1.0)


def _extreme(far: Floats, drawn: Floats, part: NDArray[np.bool_], lags: NDArray[np.int64]) -> tuple[float, int | None]:
    """Return the family-wise p-value of the largest departure in a part of the lags, and its lag."""
    if not part.any():
        return np.nan, None
    as_far = int((drawn[:, part].max(axis=1) >= far[part].max() - 1e-12).sum())
    return (1 + as_far) / (1 + len(drawn)), int(lags[part][np.argmax(far[part])])
