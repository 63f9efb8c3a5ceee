"""What a network is given of a season: maps of z, of one day or stacked with the means of the last days.

A stack tells one curve from noise that no single day does: a signal lasts for days, a station's noise for one or two. Its
channels are the spline maps of z, of its trailing mean over 3 nights times 0.6 sqrt(3), and over 7 nights times 0.6 sqrt(7):
noise is about equally large in all three.
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
"""Nights that each channel's mean is of."""
LIMIT_Z = 8.0
"""z of the channels' 1; larger values are clipped."""
CLIP_Z = 12.0
"""Largest abs(z) of one station's night within a mean, so that one spike is not a week's anomaly."""
MEAN_GAIN = 0.6


def pictures(
    season: Season, channel: Channel, size: int, which: Sequence[int] | NDArray[np.intp] | slice = slice(None)
) -> NDArray[np.float32]:
    """Return what a network is given of days of the season window.

    Parameters
    ----------
    season
        Warm-up included: the first days' means reach into it.
    channel
        "scalar" or "stack".
    size
        Pixels along a side.
    which
        Days of the season window; all where not given.

    Returns
    -------
    NDArray
        -1..1, float32, shape (day, row, column, channel), north up; 0 where a map is not shown.

    Raises
    ------
    ValueError
        For a channel that is made from pictures.
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
    """Return each station's mean z of the last nights, the day's own included, in units of about the noise of one.

    Parameters
    ----------
    z
        Shape (day, station), NaN where missing.
    nights
        Over how many; a mean needs a third of them. 1 gives z itself, clipped.

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
    """Return the sums of the last `nights` rows up to each, shape (day, station)."""
    before = np.vstack([np.zeros((nights - 1, values.shape[1])), values])
    total: NDArray[np.float64] = np.lib.stride_tricks.sliding_window_view(before, nights, axis=0).sum(axis=-1)
    return total


@lru_cache(maxsize=4)
def _gridder(network: Network, grid: GridConfig, size: int) -> Gridder:
    return Gridder(build_basis(network, grid, pixels=size), grid)
