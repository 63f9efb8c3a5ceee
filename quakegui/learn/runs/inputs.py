"""Input of a zero-shot model: maps of z, of one day or stacked with the means of the last days.

A stack distinguishes a signal from noise better than a single day: a signal lasts for days, the noise of a station for one or
two. Its channels are spline maps of z, of its trailing mean over 3 nights times 0.6 sqrt(3), and over 7 nights times 0.6
sqrt(7): the noise is about equal in all three.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from quakegui.learn.runs.runconfig import Channel
from quakegui.season.basis import GridConfig, build_basis
from quakegui.season.gridding import Gridder
from quakegui.season.network import Network
from quakegui.season.season import Season
from quakegui.words import Said

WINDOWS: dict[Channel, tuple[int, ...]] = {"scalar": (1,), "stack": (1, 3, 7)}
"""Number of nights of the mean in each channel."""
LIMIT_Z = 8.0
"""z that is 1 in the channels; larger values are clipped."""
CLIP_Z = 12.0
"""Maximum abs(z) of one night at a station within a mean, so that a spike does not last for a week."""
MEAN_GAIN = 0.6


def pictures(
    season: Season, channel: Channel, size: int, which: Sequence[int] | NDArray[np.intp] | slice = slice(None)
) -> NDArray[np.float32]:
    """Return the model input for days of the season, -1..1, float32, shape (day, row, column, channel), north up.

    Parameters
    ----------
    season
        The season with its warm-up, which enters the means of the first days.
    channel
        "scalar" or "stack".
    size
        Pixels along a side.
    which
        Positions in the days of the season. Default: all.

    Returns
    -------
    NDArray
        0 where a map is not shown.

    Raises
    ------
    ValueError
        For a channel that is computed from images.
    """
    if channel not in WINDOWS:
        raise ValueError(
            Said(
                "The channel '{channel}' is made from the image of the day; channels from station values: {windows}.",
                channel=channel,
                windows=", ".join(WINDOWS),
            )
        )
    gridder = season.gridder if season.gridder.shape[0] == size else _gridder(season.network, season.config.grid, size)
    days = np.arange(len(season.all_days))[season.shown][which]
    out = np.empty((len(days), size, size, len(WINDOWS[channel])), dtype=np.float32)
    for number, nights in enumerate(WINDOWS[channel]):
        out[..., number] = gridder.maps(trailing_means(season.anomaly.z, nights)[days])
    np.clip(out / np.float32(LIMIT_Z), -1.0, 1.0, out=out)
    return np.nan_to_num(out, copy=False, nan=0.0)


def trailing_means(z: NDArray[np.float64], nights: int) -> NDArray[np.float64]:
    """Return the mean z of each station over the last nights, including the day's own, scaled to the noise of about one night.

    Parameters
    ----------
    z
        Shape (day, station), NaN where missing.
    nights
        Number of nights, a third of which are required; 1 returns z itself, clipped.

    Returns
    -------
    NDArray
        Shape (day, station), NaN where too few nights were recorded.
    """
    clipped = np.clip(z, -CLIP_Z, CLIP_Z)
    if nights == 1:
        return clipped
    here = np.isfinite(clipped)
    total = _trailing_sum(np.where(here, clipped, 0.0), nights)
    count = _trailing_sum(here.astype(np.float64), nights)
    mean = np.divide(total, count, out=np.full(z.shape, np.nan), where=count >= max(1, nights // 3))
    scaled: NDArray[np.float64] = mean * (MEAN_GAIN * np.sqrt(nights))
    return scaled


def _trailing_sum(values: NDArray[np.float64], nights: int) -> NDArray[np.float64]:
    """Return the sum of the last `nights` rows up to each row, shape (day, station)."""
    before = np.vstack([np.zeros((nights - 1, values.shape[1])), values])
    total: NDArray[np.float64] = np.lib.stride_tricks.sliding_window_view(before, nights, axis=0).sum(axis=-1)
    return total


@lru_cache(maxsize=4)
def _gridder(network: Network, grid: GridConfig, size: int) -> Gridder:
    return Gridder(build_basis(network, grid, pixels=size), grid)
