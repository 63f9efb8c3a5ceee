"""The day map: from a field of z values to the image that the analyst sees and the model is trained on.

Both use the same pixels: filled levels on a fixed scale, one-pixel contour lines burnt in, grey where nothing is shown. An
image is stored as palette indices, in a quarter of the field's memory, and converted to RGB by a look-up table.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import contourpy
import numpy as np
from numpy.typing import NDArray

from quakegui.season.extrema import Region
from quakegui.season.palette import MapStyle, palette


@dataclass(frozen=True, slots=True, eq=False)
class DayMap:
    """The complete map of one day.

    Attributes
    ----------
    day
        Local date.
    field
        z, float32, shape (row, column), north up; NaN where not shown.
    index
        Palette indices, uint8, shape (row, column).
    regions
        The day's extremum regions, strongest first.
    style
        The style of the image.
    sentence
        Why there is no map; empty if there is one.
    """

    day: np.datetime64
    field: NDArray[np.float32]
    index: NDArray[np.uint8]
    regions: tuple[Region, ...]
    style: MapStyle
    sentence: str = ""

    @property
    def exists(self) -> bool:
        """Whether the day has a map at all."""
        return not self.sentence


def draw(
    day: np.datetime64, field: NDArray[np.float32], style: MapStyle, *, regions: tuple[Region, ...] = (), sentence: str = ""
) -> DayMap:
    """Return the day map of one field.

    Parameters
    ----------
    day
        Local date.
    field
        z, shape (row, column), NaN where not shown.
    style
        Scale, number of levels, lines or not.
    regions
        Extremum regions of the day, strongest first.
    sentence
        Why there is no map; empty if there is one.
    """
    index = indices(field[None], style)[0]
    return DayMap(day, field, index, regions, style, sentence)


def indices(fields: NDArray[np.float32], style: MapStyle, *, out: NDArray[np.uint8] | None = None) -> NDArray[np.uint8]:
    """Return the palette indices of several fields.

    A value on a boundary belongs to the level above; values beyond the scale belong to the end levels. A pixel is part of a
    line where its right or lower neighbour has another level and both are shown: the edge of the shown area is no contour.

    Parameters
    ----------
    fields
        z, shape (day, row, column), NaN where not shown.
    style
        Scale, number of levels, lines or not.
    out
        Array for the result, uint8, shape (day, row, column).

    Returns
    -------
    NDArray
        uint8, shape (day, row, column): level, `style.line` or `style.masked`.
    """
    out = np.empty(fields.shape, dtype=np.uint8) if out is None else out
    scaled = np.empty(fields.shape[1:], dtype=np.float32)
    per_level = np.float32(style.levels / (2.0 * style.limit_z))
    for field, index in zip(fields, out, strict=True):
        hidden = np.isnan(field)
        np.multiply(field, per_level, out=scaled)
        scaled += np.float32(style.levels / 2)
        np.clip(scaled, 0.0, style.levels - 1, out=scaled)
        # The index of NaN is undefined and overwritten below; masking bytes takes half the time of masking floats.
        with np.errstate(invalid="ignore"):
            np.copyto(index, scaled, casting="unsafe")
        np.copyto(index, style.masked, where=hidden)
        if style.contour_lines:
            # The index of a line is above those of all levels, and masked pixels have no line.
            np.maximum(index, _changes(index, ~hidden).view(np.uint8) * np.uint8(style.line), out=index)
    return out


def to_rgb(index: NDArray[np.uint8], style: MapStyle, *, out: NDArray[np.uint8] | None = None) -> NDArray[np.uint8]:
    """Return the RGB colours of palette indices, uint8, shape (..., 3).

    Parameters
    ----------
    index
        Palette indices, uint8, shape (...,).
    style
        The style that the indices belong to.
    out
        Contiguous array for the result, uint8, shape (..., 3).
    """
    out = np.empty((*index.shape, 3), dtype=np.uint8) if out is None else out
    # mode="clip" saves a range check of the indices; all of them are in the tables.
    if index.size % 2 == 0 and index.flags.c_contiguous:
        np.take(_pairs(style), index.reshape(-1).view(np.uint16), axis=0, mode="clip", out=out.reshape(-1, 6))
    else:
        np.take(palette(style), index, axis=0, mode="clip", out=out)
    return out


@lru_cache(maxsize=8)
def _pairs(style: MapStyle) -> NDArray[np.uint8]:
    """Return the colours of every pair of indices, shape (65536, 6): looking up two pixels takes no longer than one."""
    pairs = np.arange(65536, dtype=np.uint16).view(np.uint8).reshape(-1, 2)
    return palette(style)[pairs].reshape(-1, 6)


def contour_lines(field: NDArray[np.float32], levels: Sequence[float]) -> tuple[tuple[NDArray[np.float64], ...], ...]:
    """Return contour polylines for overlays and vector export.

    Parameters
    ----------
    field
        Shape (row, column); lines end at NaN (not shown).
    levels
        Values to draw.

    Returns
    -------
    tuple
        The polylines of each level, each of shape (point, 2): row and column, pixel centres at integers.
    """
    rows = _samples(field.shape[0])
    columns = _samples(field.shape[1])
    z = field.take(rows, axis=0).take(columns, axis=1)
    lowest, highest = np.fmin.reduce(z, axis=None), np.fmax.reduce(z, axis=None)
    if not any(lowest <= level <= highest for level in levels):
        return ((),) * len(levels)  # most days of a quiet season; setting up the generator is most of the work
    generator = contourpy.contour_generator(x=columns, y=rows, z=z.astype(np.float64))
    return tuple(tuple(np.ascontiguousarray(line[:, ::-1]) for line in generator.lines(float(level))) for level in levels)


@lru_cache(maxsize=4)
def _samples(length: int) -> NDArray[np.intp]:
    """Return every fourth pixel, as the spline is so smooth, and the last one, so that lines reach the edge."""
    return np.unique(np.append(np.arange(0, length, 4), length - 1))


def _changes(index: NDArray[np.uint8], shown: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return the pixels whose right or lower neighbour has another level, both shown, shape (row, column)."""
    line = np.zeros(index.shape, dtype=bool)
    line[:, :-1] = (index[:, :-1] != index[:, 1:]) & shown[:, 1:]
    line[:-1] |= (index[:-1] != index[1:]) & shown[1:]
    line &= shown
    return line
