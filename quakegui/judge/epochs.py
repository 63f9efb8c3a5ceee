"""Superposed epochs: a daily series laid over itself about the events, beside what random event days give.

What the median of the epochs reaches by luck is read from surrogate event days, drawn like those of the deciding test. The band
holds for all lags at once: a surrogate's whole curve leaves it with a probability of 5 %, however many lags there are. It
follows the surrogates' own quantiles on either side (directional quantile envelope, Myllymaki et al. 2017), for most series are
skewed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

BEFORE_DAYS = 30
AFTER_DAYS = 10
#: Fewer surrogates say nothing of a level of 5 %.
LEAST_SURROGATES = 39
#: A lag that fewer of the surrogates reach has no band.
LEAST_SHARE = 0.9
#: Far off any series.
NO_EVENT = -1_000_000


@dataclass(frozen=True, slots=True)
class Epochs:
    """A series about the events.

    Attributes
    ----------
    lags
        Days after the event, shape (lag,); negative before it, 0 its own day.
    median
        Of all epochs with a value, NaN where there is none, shape (lag,).
    events
        Epochs with a value, shape (lag,).
    centre, low, high
        Median of random epochs and the band that holds for all lags at once, shape (lag,).
    p_before, p_after
        Family-wise p that the median leaves what random epochs reach anywhere before the event's day, and anywhere from it on;
        NaN where it could not be estimated.
    extreme_before, extreme_after
        The lag at which it comes farthest out in either part; None where it could not be estimated.
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
    level: float = 0.95,
) -> Epochs:
    """Lay a daily series over itself about the events.

    Parameters
    ----------
    series
        One value a day, NaN where there is none, shape (day,).
    events
        Position of each event's day in the series, shape (event,); it may lie outside.
    surrogates
        The same of random catalogues, shape (surrogate, event); `NO_EVENT` where one has fewer than another.
    before, after
        Days before and after the event.
    level
        Of the band.
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
    reach = float(np.quantile(np.where(np.isinf(far_drawn), -1.0, far_drawn).max(axis=1), level, method="higher"))
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
    """Median over the events at each lag, NaN without a value, and the number of values, shape (catalogue, lag) each."""
    padded = np.r_[np.nan, values, np.nan]
    place = np.clip(events[:, None, :] + lags[:, None] + 1, 0, len(values) + 1)
    ordered = np.sort(padded[place], axis=2)  # what is missing comes last
    count = np.isfinite(ordered).sum(axis=2)
    if not ordered.shape[2]:
        return np.full(count.shape, np.nan), count
    middle = np.stack([np.maximum(count - 1, 0) // 2, count // 2], axis=2)
    return np.take_along_axis(ordered, middle, axis=2).mean(axis=2), count


def _distance(curves: Floats, low: Floats, centre: Floats, high: Floats) -> Floats:
    """Distance from the centre in units of that of the quantile on the same side, -1 without a value, shape (curve, lag)."""
    off = curves - centre
    scale = np.where(off >= 0, high - centre, centre - low)
    with np.errstate(invalid="ignore", divide="ignore"):
        far = np.where(scale > 0, np.abs(off) / scale, np.where(off != 0, np.inf, 0.0))
    return np.where(np.isfinite(off), far, -1.0)


def _extreme(far: Floats, drawn: Floats, part: NDArray[np.bool_], lags: NDArray[np.int64]) -> tuple[float, int | None]:
    """Family-wise p of the farthest lag of a part, and that lag."""
    if not part.any():
        return np.nan, None
    as_far = int((drawn[:, part].max(axis=1) >= far[part].max() - 1e-12).sum())
    return (1 + as_far) / (1 + len(drawn)), int(lags[part][np.argmax(far[part])])
