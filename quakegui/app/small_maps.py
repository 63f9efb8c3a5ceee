"""Small maps of the whole season, for finding days by eye and comparing days."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from quakegui.app.tables import UNLABELLED

if TYPE_CHECKING:
    from quakegui.app.session import Session
    from quakegui.season.season import Season

PIXELS: Final = 64
"""Width and height of a small map in pixels."""
BLOCK: Final = 64
"""Number of days that are drawn at once: takes some milliseconds."""
FIELDS_KEPT: Final = 8
"""Number of blocks whose z is kept, 1 MB each: those of a season of a year; of ten years it would be 60 MB."""
ORDERS: Final = ("date", "P", "uncertainty", "suspect", "likeness")


class SmallMaps:
    """Small maps of the days of a season, computed like the large ones; drawn in blocks on request.

    Parameters
    ----------
    season
        The season; if its stations have no coordinates, all maps are empty.
    """

    def __init__(self, season: Season) -> None:
        from quakegui.season.basis import build_basis
        from quakegui.season.gridding import Gridder

        self.season = season
        self._gridder = Gridder(build_basis(season.network, season.config.grid, pixels=PIXELS), season.config.grid)
        self._style = replace(season.config.style, contour_lines=False)
        self._fields: dict[int, NDArray[np.float32]] = {}

    def fields(self, block: int) -> NDArray[np.float32]:
        """Return z of the days of a block, shape (day, row, column); NaN outside the map."""
        if block not in self._fields:
            if len(self._fields) == FIELDS_KEPT:
                del self._fields[next(iter(self._fields))]
            self._fields[block] = self._gridder.maps(self.season.z[block * BLOCK : (block + 1) * BLOCK])
        return self._fields[block]

    def indices(self, block: int) -> NDArray[np.uint8]:
        """Return the palette indices of the days of a block, shape (day, row, column)."""
        from quakegui.season import daymap

        return daymap.indices(self.fields(block), self._style)

    def likeness(self, index: int) -> NDArray[np.float64]:
        """Return the correlation of every day's map with that of a day, shape (day,); NaN if one of them has no map."""
        one = self.fields(index // BLOCK)[index % BLOCK].ravel().astype(np.float64)
        found = np.full(len(self.season.z), np.nan)
        for block in range(-(-len(found) // BLOCK)):
            others = self.fields(block).reshape(-1, one.size).astype(np.float64)
            both = np.isfinite(others) & np.isfinite(one)
            count = np.maximum(both.sum(axis=1), 1)
            a, b = np.where(both, one, 0.0), np.where(both, others, 0.0)
            a, b = a - both * (a.sum(axis=1) / count)[:, None], b - both * (b.sum(axis=1) / count)[:, None]
            spread = np.sqrt((a * a).sum(axis=1) * (b * b).sum(axis=1))
            here = np.divide((a * b).sum(axis=1), spread, out=np.full(len(others), np.nan), where=spread > 0.0)
            found[block * BLOCK : block * BLOCK + len(others)] = here
        return found


def days_in_order(session: Session, order: str, maps: SmallMaps | None) -> NDArray[np.intp]:
    """Return the indices of the days of the season, sorted by their interest to the analyst.

    Parameters
    ----------
    session
        The session.
    order
        "date"; "P", the highest probability of an earthquake first; "uncertainty", the least certain prediction first;
        "suspect", the days whose label is least probable compared to another class, by models not trained on the day;
        "likeness" to the day shown.
    maps
        Small maps, needed for the likeness.
    """
    days = np.arange(session.days.size)
    table = None if session.display.blind else session.predictions
    if order == "likeness" and maps is not None and session.index >= 0:
        score = maps.likeness(session.index)
    elif order in ("P", "uncertainty", "suspect") and table is not None:
        chances = np.asarray(table.probabilities, dtype=np.float64)
        if order == "P":
            score = 1.0 - chances[:, 0]
        elif order == "uncertainty":
            score = -np.diff(np.sort(chances, axis=1)[:, -2:], axis=1)[:, 0]
        else:
            score = suspicion(chances, session.labels.classes, table.kind != "in-sample")
    else:
        return days
    return days[np.argsort(-np.nan_to_num(score, nan=-np.inf), kind="stable")]


def suspicion(chances: NDArray[np.float64], labels: NDArray[np.int8], honest: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return the probability of the most likely other class minus that of the label, shape (day,).

    NaN without a label or a prediction, and for predictions that are not `honest`.

    Parameters
    ----------
    chances
        Probabilities, NaN where there is no prediction, shape (day, class).
    labels
        Class of each day, -1 for none, shape (day,).
    honest
        Whether each prediction is by a model that was not trained on the day, shape (day,).
    """
    rows = np.arange(len(labels))
    own = chances[rows, np.maximum(labels, 0)]
    others = chances.copy()
    others[rows, np.maximum(labels, 0)] = -1.0
    return np.where((labels != UNLABELLED) & honest, others.max(axis=1) - own, np.nan)
