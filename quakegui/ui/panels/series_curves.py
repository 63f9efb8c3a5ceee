"""The curves of the series: one for each plot and each station shown."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray

from quakegui.ui import theme

WITH_SYMBOLS = {"symbol": "o", "symbolSize": 3.5, "symbolPen": None}


class SeriesCurves:
    """Curves that are created once and reused, since creating them is slow.

    Parameters
    ----------
    plots
        Plots by name; those of nights have a symbol at each value, that of readings has none.
    """

    def __init__(self, plots: Mapping[str, pg.PlotItem]) -> None:
        self._plots = plots
        self._made: dict[tuple[str, int], pg.PlotDataItem] = {}

    def of(self, row: str, place: int) -> pg.PlotDataItem:
        """Return the curve of a plot for the station at `place`, created on first use."""
        if (row, place) not in self._made:
            self._made[row, place] = self._plots[row].plot(
                connect="finite",
                skipFiniteCheck=False,
                dynamicRangeLimit=None,  # otherwise every point is computed again whenever the vertical range changes
                **(WITH_SYMBOLS if row != "raw" else {}),
                **self._ink(row, place),
            )
        return self._made[row, place]

    def show(self, row: str, place: int, time: NDArray[np.float64], values: NDArray[np.float64]) -> None:
        """Draw values, shape (point,), over UTC seconds, shape (point,); NaN is a gap."""
        curve = self.of(row, place)
        some = slice(None) if np.isfinite(values).any() else slice(0)  # points that are all NaN have no bounds
        curve.setData(time[some], values[some])
        curve.show()

    def empty(self, row: str, since: int = 0) -> None:
        """Clear the curves of a plot from station `since` on."""
        for (its_row, place), curve in self._made.items():
            if its_row == row and place >= since:
                curve.setData()
                curve.hide()

    def recolour(self) -> None:
        """Apply the colours of the current theme."""
        for (row, place), curve in self._made.items():
            ink = self._ink(row, place)
            curve.opts.update(ink)  # `setPen` and `setSymbolBrush` would each compute all points again
            curve.curve.setPen(ink["pen"])
            if "symbolBrush" in ink:
                _fill(curve.scatter, ink["symbolBrush"])

    def _ink(self, row: str, place: int) -> dict[str, object]:
        colour = theme.colours().series[place]
        return {"pen": pg.mkPen(colour, width=1)} | ({"symbolBrush": colour} if row != "raw" else {})


def _fill(symbols: pg.ScatterPlotItem, colour: object) -> None:
    """Colour symbols that all look the same: the place of their picture is looked up for one of them, not for each."""
    symbols.setBrush(colour, update=False)
    if len(symbols.data):
        symbols.updateSpots(symbols.data[:1])
        symbols.data["sourceRect"] = symbols.data["sourceRect"][0]
