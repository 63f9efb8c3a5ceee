"""Matched filter for signals of the given law, at all places. Only the usual amplitude is learnt.

A template is the footprint of a signal at the stations. Its amplitude is the product with the stations' values divided by the
norm of the template, the optimal linear filter in white noise; the value of a day is the largest absolute amplitude of any
template. Footprints are those of the law, scaled by the spacing of the stations as in `quakegui.simulate.corpus`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from quakegui.judge.predictors.inputs import Indices, Inputs
from quakegui.simulate.precursors import Law

Floats = NDArray[np.float64]

MAGNITUDES = (3.0, 5.3)
"""Magnitudes of the footprints: sigma 18 and 26 km in the synthetic network."""
STEP_KM = 10.0
"""Spacing of the template positions in the synthetic network."""
REACH_STEPS = 2
"""Number of template positions around each station in each direction, which also covers the space between stations."""
NIGHTS = 3
"""Number of nights that are summed: a signal lasts, the noise of a station does not."""
CLIP_Z = 12.0
"""Maximum abs(z) of one night at a station, so that a spike is not taken for a signal."""
LEAST_SEEN = 0.25
"""Minimum fraction of a template's sum of squares at stations that have data."""


def matched_filter(inputs: Inputs, train: Indices, test: Indices) -> Floats:
    """Return the largest absolute amplitude of any template, shape (day, 1); NaN on a day with too few stations.

    Parameters
    ----------
    inputs
        Only days, z and positions of the stations are used.
    train, test
        Not used.
    """
    found = np.abs(amplitudes(recent_sums(inputs), templates(inputs.positions_km)))
    largest = np.max(np.nan_to_num(found, nan=-np.inf), axis=1, initial=-np.inf)
    return np.where(np.isfinite(largest), largest, np.nan)[:, np.newaxis]


def templates(xy_km: Floats) -> Floats:
    """Return the footprints at the stations, shape (template, station).

    Parameters
    ----------
    xy_km
        East and north of a common centre, NaN for a station without coordinates, shape (station, 2). Such a station is a
        template of its own.
    """
    from quakegui.simulate.layouts import spacing_km, spacing_of, synthetic_network  # imports SciPy

    located = np.flatnonzero(np.isfinite(xy_km).all(axis=1))
    alone = np.eye(len(xy_km))[np.setdiff1d(np.arange(len(xy_km)), located)]
    if not len(located):
        return alone
    xy, law = xy_km[located], Law()
    scale = spacing_of(xy) / spacing_km(synthetic_network())
    steps = np.arange(-REACH_STEPS, REACH_STEPS + 1)
    about = np.stack(np.meshgrid(steps, steps), axis=-1).reshape(-1, 2)
    cells = np.unique((np.rint(xy / (scale * STEP_KM))[:, np.newaxis] + about).reshape(-1, 2), axis=0)
    away2 = ((cells[:, np.newaxis] * (scale * STEP_KM) - xy) ** 2).sum(axis=-1)
    sigmas = [scale * law.footprint_km * 10.0 ** (law.footprint_growth * (magnitude - 3.0)) for magnitude in MAGNITUDES]
    near = np.zeros((len(sigmas) * len(cells), len(xy_km)))
    near[:, located] = np.concatenate([np.exp(-0.5 * away2 / sigma**2) for sigma in sigmas])
    return np.vstack([near, alone])


def amplitudes(values: Floats, templates: Floats) -> Floats:
    """Return the amplitude of each template on each day, in units of the values' standard deviation, shape (day, template).

    Parameters
    ----------
    values
        NaN where missing, shape (day, station).
    templates
        Shape (template, station).

    Returns
    -------
    NDArray
        NaN where less than `LEAST_SEEN` of the template is recorded.
    """
    squares = templates**2
    seen = np.isfinite(values).astype(np.float64) @ squares.T
    enough = (seen >= LEAST_SEEN * squares.sum(axis=1)) & (seen > 0.0)
    product = np.nan_to_num(values) @ templates.T
    found: Floats = np.divide(product, np.sqrt(seen), out=np.full(product.shape, np.nan), where=enough)
    return found


def recent_sums(inputs: Inputs) -> Floats:
    """Return each station's sum of z over the last nights over the root of their number, NaN if none, shape (day, station)."""
    place = NIGHTS - 1 + (inputs.days - inputs.days[:1]).astype(np.int64)
    shape = (int(place.max(initial=NIGHTS - 1)) + 1, inputs.station_z.shape[1])
    total, count = np.zeros(shape), np.zeros(shape)
    total[place] = np.nan_to_num(np.clip(inputs.station_z, -CLIP_Z, CLIP_Z))
    count[place] = np.isfinite(inputs.station_z)
    back = place[:, np.newaxis] - np.arange(NIGHTS)
    sums, nights = total[back].sum(axis=1), count[back].sum(axis=1)
    found: Floats = np.divide(sums, np.sqrt(nights), out=np.full(sums.shape, np.nan), where=nights > 0)
    return found
