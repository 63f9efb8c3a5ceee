"""The colours of a day map: one fixed, symmetric, diverging scale for all days, seasons and networks.

A colour must mean the same value on every day, so the scale is fixed, never stretched to a map. Its steps are equal distances
in OKLab (Ottosson 2020), so equal differences of the field look equally large; blue and orange can be told apart with any of
the common colour vision deficiencies, and lightness decreases equally on both sides.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from quakegui.words import Said

NEUTRAL = (0.94, 0.0, 0.0)
"""OKLab of the middle of the scale: near white."""
LOW_END = (0.42, 260.0, 0.148)
"""Lightness, hue in degrees and chroma at the negative end: blue."""
HIGH_END = (0.42, 47.0, 0.11)
"""Lightness, hue in degrees and chroma at the positive end: orange turning brown, at the same lightness."""
CHROMA_RISE, CHROMA_LIFT = 0.6, 0.75
"""Chroma increases from the middle as this power, and is raised by this fraction near the middle, where screens can show more
chroma than at the dark end.
"""

_OKLAB_LMS = np.array(
    [[1.0, 0.3963377774, 0.2158037573], [1.0, -0.1055613458, -0.0638541728], [1.0, -0.0894841775, -1.2914855480]]
)
_LMS_RGB = np.array(
    [
        [4.0767416621, -3.3077115913, 0.2309699292],
        [-1.2684380046, 2.6097574011, -0.3413193965],
        [-0.0041960863, -0.7034186147, 1.7076147010],
    ]
)


@dataclass(frozen=True, slots=True)
class MapStyle:
    """How a field becomes an image. A model is trained with one style and refuses others.

    Attributes
    ----------
    limit_z
        The scale extends from -limit_z to +limit_z; values beyond have the colour of the end.
    levels
        Number of filled levels, even, so that zero separates the two colours.
    contour_lines
        Whether one-pixel lines are burnt in where the level changes.
    name
        Name of the colour scale.
    """

    limit_z: float = 8.0
    levels: int = 20
    contour_lines: bool = True
    name: str = "quake-diverging"
    line_rgb: ClassVar = (58, 58, 58)
    """Colour of contour lines."""
    masked_rgb: ClassVar = (178, 178, 178)
    """Colour of pixels that are not shown: a grey that no level has."""

    def __post_init__(self) -> None:
        """Raise ValueError for a scale that cannot be drawn."""
        if not (np.isfinite(self.limit_z) and self.limit_z > 0.0):
            raise ValueError(Said("The limit of the colour scale must be above zero."))
        if self.levels < 2 or self.levels % 2 or self.levels > 200:
            raise ValueError(Said("The colour scale needs an even number of levels, from 2 to 200."))
        if self.name != "quake-diverging":
            raise ValueError(
                Said("Unknown colour scale {name}; this version supports only 'quake-diverging'.", name=repr(self.name))
            )

    @property
    def line(self) -> int:
        """Palette index of contour lines."""
        return self.levels

    @property
    def masked(self) -> int:
        """Palette index of pixels that are not shown."""
        return self.levels + 1

    @property
    def boundaries(self) -> NDArray[np.float64]:
        """Boundaries of the levels in z, shape (levels + 1,); level k contains values from boundary k up to boundary k + 1."""
        return np.linspace(-self.limit_z, self.limit_z, self.levels + 1)

    @property
    def colours(self) -> NDArray[np.uint8]:
        """Colours of the levels from lowest to highest, uint8, shape (level, 3)."""
        return palette(self)[: self.levels]


@lru_cache(maxsize=8)
def palette(style: MapStyle) -> NDArray[np.uint8]:
    """Return the palette, uint8, shape (256, 3), read-only: the levels, the line, the masked grey, and black for the rest."""
    table = np.zeros((256, 3), dtype=np.uint8)
    table[: style.levels] = _diverging(style.levels)
    table[style.line] = style.line_rgb
    table[style.masked] = style.masked_rgb
    table.flags.writeable = False
    return table


def oklab_to_srgb(lab: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return sRGB in 0..1, shape (..., 3), of OKLab colours; values outside 0..1 cannot be shown on a screen."""
    linear = (lab @ _OKLAB_LMS.T) ** 3 @ _LMS_RGB.T
    rgb: NDArray[np.float64] = np.where(
        linear <= 0.0031308, 12.92 * linear, 1.055 * np.maximum(linear, 0.0031308) ** (1.0 / 2.4) - 0.055
    )
    return rgb


def _diverging(levels: int) -> NDArray[np.uint8]:
    """Return the colours of the levels from lowest to highest, shape (level, 3), at equal distances in OKLab."""
    along = np.linspace(0.0, 1.0, 4001)
    low, high = _path(LOW_END, along), _path(HIGH_END, along)
    count = levels // 2
    lengths = [np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(path, axis=0), axis=1))]) for path in (low, high)]
    # The two levels next to zero have equal lightness, and the step across zero is as long as the mean of the other steps.
    over_zero = np.linalg.norm(high - low, axis=1)
    mean_step = (lengths[0][-1] + lengths[1][-1] - lengths[0] - lengths[1]) / max(2 * count - 2, 1)
    first = along[np.argmax(over_zero >= mean_step)] if count > 1 else 1.0
    sides = [_equal_steps(path, length, along, first, count) for path, length in zip((low, high), lengths, strict=True)]
    lab = np.vstack([sides[0][::-1], sides[1]])
    return np.rint(np.clip(oklab_to_srgb(lab), 0.0, 1.0) * 255.0).astype(np.uint8)


def _path(end: tuple[float, float, float], along: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return OKLab colours from the middle of the scale to `end`, shape (along, 3)."""
    lightness, hue, chroma = end
    strength = chroma * along**CHROMA_RISE * (1.0 + CHROMA_LIFT * (1.0 - along))
    angle = np.deg2rad(hue)
    return np.column_stack([NEUTRAL[0] + (lightness - NEUTRAL[0]) * along, strength * np.cos(angle), strength * np.sin(angle)])


def _equal_steps(
    path: NDArray[np.float64], length: NDArray[np.float64], along: NDArray[np.float64], first: float, count: int
) -> NDArray[np.float64]:
    """Return `count` colours from `first` to the end of a path, shape (count, 3), at equal distances along it."""
    wanted = np.linspace(np.interp(first, along, length), length[-1], count)
    return np.column_stack([np.interp(wanted, length, path[:, axis]) for axis in range(3)])
