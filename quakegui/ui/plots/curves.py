"""Loss and accuracy of a training by epoch; the best epoch of each fit is marked."""

from __future__ import annotations

import math
from itertools import islice

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from quakegui.learn import messages
from quakegui.ui import theme
from quakegui.ui.i18n import tr


class Curves(QWidget):
    """Two plots over the epochs of all phases; created when first shown, since few windows train."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.epochs: list[messages.Epoch] = []
        self._lines: list[tuple[pg.PlotDataItem, ...]] = []
        """Training, validation and best epochs, for each plot."""
        self._stale, self._logarithmic = True, False
        self._tells_validation = True
        self.setMinimumHeight(90)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)

    def _make(self) -> None:
        self.loss, self._accuracy = pg.PlotWidget(enableMenu=False), pg.PlotWidget(enableMenu=False)
        for plot in (self.loss, self._accuracy):
            plot.setLimits(minXRange=1.0, maxXRange=1e6, minYRange=1e-6, maxYRange=1e6)  # stops the wheel at valid numbers
            plot.getAxis("left").enableAutoSIPrefix(False)
            self._row.addWidget(plot)
            plot.show()  # its parent is visible already
        self._lines = [
            (plot.plot(connect="finite"), plot.plot(connect="finite"), plot.plot(pen=None, symbol="star", symbolSize=11))
            for plot in (self.loss, self._accuracy)
        ]
        self._row.activate()
        self.loss.setLogMode(y=self._logarithmic)
        self._draw()

    def clear(self) -> None:
        """Clear all epochs."""
        self.epochs.clear()
        self._draw()

    def add(self, epoch: messages.Epoch) -> None:
        """Add an epoch; epochs are never thinned."""
        self.epochs.append(epoch)
        self._draw()

    def set_logarithmic(self, on: bool) -> None:
        """Switch the logarithmic scale of the loss on or off."""
        self._logarithmic = on
        if self._lines:
            self.loss.setLogMode(y=on)

    def retranslate(self) -> None:
        """Set texts and colours, now or when next shown: the training tab is usually hidden."""
        self._stale = not self.isVisible()
        if not self._stale:
            self._dress()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Draw what was added and changed while hidden."""
        if not self._lines:
            self._make()
        if self._stale:
            self._stale = False
            self._dress()
        super().showEvent(event)

    def _dress(self) -> None:
        colours, points = theme.colours(), self.font().pointSizeF()
        self._tells_validation = self._has_validation()
        words = {"color": colours.text.name(), "font-size": f"{points}pt"}
        for plot, title, lines in zip((self.loss, self._accuracy), (tr("Loss"), tr("Accuracy")), self._lines, strict=True):
            plot.setBackground(colours.background)
            plot.setAccessibleName(title)
            plot.setLabel("left", title, **words)
            for axis in ("left", "bottom"):
                plot.getAxis(axis).setPen(colours.muted)
                plot.getAxis(axis).setTextPen(colours.text)
                plot.getAxis(axis).setStyle(tickFont=self.font())
            plot.setLabel("bottom", tr("Epoch (all fits in sequence)"), **words)
            inks = (colours.series[0], colours.series[1], colours.cursor)
            for line, colour in zip(lines[:2], inks, strict=False):
                line.setPen(pg.mkPen(colour, width=2, style=Qt.PenStyle.SolidLine))
            lines[2].setSymbolBrush(inks[2])
            lines[2].setSymbolPen(None)
            names = zip("━━★", inks, (tr("training"), tr("validation"), tr("best")), strict=True)
            shown = None if self._tells_validation else 1
            legend = "&nbsp;&nbsp; ".join(
                f'<span style="color:{ink.name()}">{sign}</span>&nbsp;{name}' for sign, ink, name in islice(names, shown)
            )
            plot.setTitle(legend, color=colours.text.name(), size=f"{0.9 * points:.1f}pt")  # above the curves, never on them

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Update after a change of colours or text size."""
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self.retranslate()
        super().changeEvent(event)

    def _draw(self) -> None:
        if not self._lines:
            return
        epochs = self.epochs
        x = np.arange(1, len(epochs) + 1, dtype=np.float64)
        begins = np.flatnonzero(np.diff([one.phase for one in epochs])) + 1  # no line connects one fit with the next
        best = self._best()
        for lines, name in zip(self._lines, ("loss", "accuracy"), strict=True):
            trained, validated = (
                np.array([getattr(one, part + name) for one in epochs], dtype=np.float64) for part in ("", "validation_")
            )
            for line, values in zip(lines[:2], (trained, validated), strict=False):
                line.setData(np.insert(x, begins, x[begins]), np.insert(values, begins, np.nan))
            lines[2].setData(x[best], validated[best])
        if self._has_validation() != self._tells_validation:
            self._dress()

    def _has_validation(self) -> bool:
        """Return whether a curve of validation days is, or may still be, shown."""
        return not self.epochs or any(math.isfinite(one.validation_loss) for one in self.epochs)

    def _best(self) -> list[int]:
        """Return the best epoch of each fit with a validation part; without one there is no best epoch."""
        last = {one.phase: number for number, one in enumerate(self.epochs) if one.best and math.isfinite(one.validation_loss)}
        return list(last.values())
