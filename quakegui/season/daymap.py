"""The day map: from a field of z values to the picture that the analyst sees and the network is trained on.

Both get the same pixels: filled levels on a fixed scale, one-pixel contour lines burnt in, grey where nothing is shown. A
picture is kept as palette indices, a quarter of the field's memory, and becomes RGB by look-up.
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
    """One day's map, complete.

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
        What the picture was drawn with.
    sentence
        Why there is no map, or empty.
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
    """Return the day map of one field of z values, shape (row, column)."""
    index = indices(field[None], style)[0]
    return DayMap(day, field, index, regions, style, sentence)


def indices(fields: NDArray[np.float32], style: MapStyle, *, out: NDArray[np.uint8] | None = None) -> NDArray[np.uint8]:
    """Return the palette indices of many fields.

    A value on a boundary belongs to the level above it; values beyond the scale to the end levels. A pixel is a line where its
    right or lower neighbour has another level and both are shown: the edge of the shown area is no contour.

    Parameters
    ----------
    fields
        z, shape (day, row, column), NaN where not shown.
    style
        Scale, number of levels, lines or not.
    out
        Where to write, uint8, the fields' shape.

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
        # What NaN becomes is undefined, and overwritten; masking bytes takes half the time of masking floats.
        with np.errstate(invalid="ignore"):
            np.copyto(index, scaled, casting="unsafe")
        np.copyto(index, style.masked, where=hidden)
        if style.contour_lines:
            # The line's index is above every level's, and no line is on a masked pixel.
            np.maximum(index, _changes(index, ~hidden).view(np.uint8) * np.uint8(style.line), out=index)
    return out


def to_rgb(index: NDArray[np.uint8], style: MapStyle, *, out: NDArray[np.uint8] | None = None) -> NDArray[np.uint8]:
    """Return the colours of palette indices, shape (..., 3), of shape (...,); `out` is contiguous where given."""
    out = np.empty((*index.shape, 3), dtype=np.uint8) if out is None else out
    # mode="clip" spares numpy a pass over the indices; all of them lie in the tables.
    if index.size % 2 == 0 and index.flags.c_contiguous:
        np.take(_pairs(style), index.reshape(-1).view(np.uint16), axis=0, mode="clip", out=out.reshape(-1, 6))
    else:
        np.take(palette(style), index, axis=0, mode="clip", out=out)
    return out


@lru_cache(maxsize=8)
def _pairs(style: MapStyle) -> NDArray[np.uint8]:
    """Return the colours of every pair of neighbouring indices, shape (65536, 6): a look-up of two pixels is no slower."""
    pairs = np.arange(65536, dtype=np.uint16).view(np.uint8).reshape(-1, 2)
    return palette(style)[pairs].reshape(-1, 6)


def contour_lines(
    field: NDArray[np.float32], levels: Sequence[float], *, step: int = 4
) -> tuple[tuple[NDArray[np.float64], ...], ...]:
    """Return contour polylines for overlays and vector export.

    Parameters
    ----------
    field
        Shape (row, column), NaN where not shown: lines end there.
    levels
        Values to draw.
    step
        Every how many pixels the field is sampled; the spline is smooth, so 4 loses nothing that the eye sees.

    Returns
    -------
    tuple
        For each level its polylines, each shape (point, 2): row and column, pixel centres at integers.
    """
    rows = _samples(field.shape[0], step)
    columns = _samples(field.shape[1], step)
    z = field[np.ix_(rows, columns)].astype(np.float64)
    lowest, highest = np.fmin.reduce(z, axis=None), np.fmax.reduce(z, axis=None)
    if not any(lowest <= level <= highest for level in levels):
        return ((),) * len(levels)  # most days of a quiet season, and preparing to look for lines is most of the work
    generator = contourpy.contour_generator(x=columns, y=rows, z=z)
    return tuple(tuple(np.ascontiguousarray(line[:, ::-1]) for line in generator.lines(float(level))) for level in levels)


def _samples(length: int, step: int) -> NDArray[np.intp]:
    """Return every `step`-th pixel, always with the last, so that lines reach the edge."""
    return np.unique(np.append(np.arange(0, length, step), length - 1))


def _changes(index: NDArray[np.uint8], shown: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return the pixels whose right or lower neighbour has another level, both shown, shape (row, column)."""
    line = np.zeros(index.shape, dtype=bool)
    line[:, :-1] = (index[:, :-1] != index[:, 1:]) & shown[:, 1:]
    line[:-1] |= (index[:-1] != index[1:]) & shown[1:]
    line &= shown
    return line
