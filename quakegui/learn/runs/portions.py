"""Maps that are never all in memory: they are drawn in portions when they are written or hashed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

PIXEL = np.dtype(np.uint8)
AT_ONCE = 32
"""Maps drawn at a time: 7 MB of palette indices at 480 pixels, 22 MB of colours."""


@dataclass(frozen=True, slots=True, eq=False)
class Portions:
    """Maps that are drawn on request and discarded afterwards.

    Ten years of maps take 770 MB, too much for a window's process, and are written in portions.

    Attributes
    ----------
    shape
        (day, row, column) or (day, row, column, colour).
    draw
        Function from the first day and the one after the last to their maps, C-contiguous and always the same.
    dtype
        Type of the pixels.
    """

    shape: tuple[int, ...]
    draw: Callable[[int, int], NDArray[Any]]
    dtype: np.dtype[Any] = PIXEL

    def __len__(self) -> int:
        """Return the number of days."""
        return self.shape[0]

    def __iter__(self) -> Iterator[NDArray[Any]]:
        """Yield the maps of up to `AT_ONCE` days at a time."""
        for first in range(0, len(self), AT_ONCE):
            yield self.draw(first, min(first + AT_ONCE, len(self)))

    @property
    def header(self) -> dict[str, Any]:
        """Header of an ``.npy`` file with all maps."""
        return {"descr": np.lib.format.dtype_to_descr(self.dtype), "fortran_order": False, "shape": self.shape}

    def whole(self) -> NDArray[Any]:
        """Return all maps as one array."""
        out = np.empty(self.shape, self.dtype)
        first = 0
        for maps in self:
            out[first : first + len(maps)] = maps
            first += len(maps)
        return out

    def with_listener(self, listen: Callable[[memoryview], object]) -> Portions:
        """Return the same maps, whose bytes are passed to `listen` whenever they are drawn."""

        def draw(first: int, last: int) -> NDArray[Any]:
            maps = self.draw(first, last)
            listen(maps.reshape(-1).view(np.uint8).data)
            return maps

        return Portions(self.shape, draw, self.dtype)
