"""A matched filter: signals of the stated law, looked for at every place. It learns nothing but what is usual.

A template is a signal's footprint at the stations. Its amplitude is the product with the stations' values over the template's
length, which no other linear filter exceeds in white noise; the day's value is the largest amplitude of any template, of either
sign. Footprints are the law's, scaled by the distance between the stations as in `quakegui.simulate.corpus`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from quakegui.judge.predictors.inputs import Indices, Inputs
from quakegui.simulate.precursors import Law

Floats = NDArray[np.float64]

MAGNITUDES = (3.0, 5.3)
"""Whose footprints are looked for: sigma 18 and 26 km in the invented network."""
STEP_KM = 10.0
"""Between the places that are tried, in the invented network."""
REACH_STEPS = 2
"""So many steps about each station in either direction places are tried: they cover what lies between."""
NIGHTS = 3
"""Nights that are added up: a signal lasts, a station's noise does not."""
CLIP_Z = 12.0
"""Largest abs(z) of one station's night, so that a spike is no signal."""
LEAST_SEEN = 0.25
"""Share of a template's squares that the stations with a value have to hold."""


def matched_filter(inputs: Inputs, train: Indices, test: Indices) -> Floats:
    """Largest absolute amplitude of any template, shape (day, 1); NaN on a day that too few stations recorded."""
    found = np.abs(amplitudes(recent_sums(inputs), templates(inputs.positions_km)))
    largest = np.max(np.nan_to_num(found, nan=-np.inf), axis=1, initial=-np.inf)
    return np.where(np.isfinite(largest), largest, np.nan)[:, np.newaxis]


def templates(xy_km: Floats) -> Floats:
    """Footprints at the stations, shape (template, station).

    Parameters
    ----------
    xy_km
        East and north of a common centre, NaN for a station without coordinates, shape (station, 2). Such a station is a
        template by itself.
    """
    from quakegui.simulate.layouts import spacing_km, spacing_of, synthetic_network  # SciPy, which a window need not load

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
    """Amplitude of each template on each day, in units of the values' spread, shape (day, template).

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
    """Each station's sum of z over the last nights over the root of their number, NaN for none, shape (day, station)."""
    place = NIGHTS - 1 + (inputs.days - inputs.days[:1]).astype(np.int64)
    shape = (int(place.max(initial=NIGHTS - 1)) + 1, inputs.station_z.shape[1])
    total, count = np.zeros(shape), np.zeros(shape)
    total[place] = np.nan_to_num(np.clip(inputs.station_z, -CLIP_Z, CLIP_Z))
    count[place] = np.isfinite(inputs.station_z)
    back = place[:, np.newaxis] - np.arange(NIGHTS)
    sums, nights = total[back].sum(axis=1), count[back].sum(axis=1)
    found: Floats = np.divide(sums, np.sqrt(nights), out=np.full(sums.shape, np.nan), where=nights > 0)
    return found
