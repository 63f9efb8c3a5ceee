"""The Molchan diagram: events missed against time under alarm, over all thresholds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from quakegui.ui import theme
from quakegui.ui.i18n import tr

if TYPE_CHECKING:
    from quakegui.judge.judgement import Judgement


class MolchanView(QWidget):
    """The curve, the diagonal of chance, the working point, and the figures in words."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = QLabel()
        self._text.setWordWrap(True)
        self._plot = pg.PlotWidget(enableMenu=False)
        self._plot.setRange(xRange=(0, 1), yRange=(0, 1))
        self._plot.setLimits(xMin=-1, xMax=2, yMin=-1, yMax=2, minXRange=0.01, minYRange=0.01)  # both are shares
        for axis in ("bottom", "left"):
            self._plot.getAxis(axis).enableAutoSIPrefix(False)
        self._chance = self._plot.plot([0, 1], [1, 0])
        self._curve = self._plot.plot()
        self._point = self._plot.plot(pen=None, symbol="o", symbolSize=9)
        column = QVBoxLayout(self)
        column.addWidget(self._text)
        column.addWidget(self._plot, 1)

    def show_skill(self, judgement: Judgement | None) -> None:
        """Show a judgement's alarms, or nothing."""
        colours = theme.colours()
        self._plot.setBackground(colours.background)
        self._plot.setAccessibleName(tr("Molchan diagram"))
        for axis, title in (("bottom", tr("Share of time under alarm")), ("left", tr("Share of earthquakes missed"))):
            self._plot.getAxis(axis).setPen(colours.muted)
            self._plot.getAxis(axis).setTextPen(colours.text)
            self._plot.setLabel(axis, title, color=colours.text.name())
        self._chance.setPen(pg.mkPen(colours.muted, style=Qt.PenStyle.DashLine))
        self._curve.setPen(pg.mkPen(colours.series[0], width=2))
        self._point.setSymbolBrush(colours.cursor)
        molchan, skill = (judgement.molchan, judgement.skill) if judgement is not None else (None, None)
        if molchan is None or skill is None:
            self._curve.setData([], [])
            self._point.setData([], [])
            self._text.setText("" if judgement is None else tr("No earthquake fell into the judged period: there is no score."))
            return
        self._curve.setData(np.asarray(molchan.alarm_fraction), np.asarray(molchan.miss_rate))
        self._point.setData([skill.alarm_fraction], [1.0 - skill.hit_rate])
        beyond = tr("above") if skill.exceeds else tr("not above")
        self._text.setText(
            tr(
                "R = {r:.2f}, {beyond} its 97.5 % level R0 = {r0:.2f} ({hits} of {events} earthquakes); "
                "area skill score {area:.2f}, chance is 0.50."
            ).format(r=skill.r, beyond=beyond, r0=skill.r0, hits=skill.hits, events=skill.events, area=molchan.area_skill)
        )
