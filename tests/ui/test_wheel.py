"""However far the wheel is turned, a plot stays where it can write its numbers."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
import pytest

from quakegui.ui.plots.curves import Curves


@pytest.mark.parametrize("made", [Curves])
@pytest.mark.parametrize("factor", [1e-3, 1e3])
def test_the_wheel_leads_no_further_than_numbers(qtbot, made, factor):
    view = made()
    qtbot.addWidget(view)
    view.resize(700, 400)
    view.show()
    qtbot.waitExposed(view)
    plots = view.findChildren(pg.PlotWidget)
    assert plots
    for plot in plots:
        for _ in range(150):  # 1e450 times as far, or as near
            plot.getViewBox().scaleBy((factor, factor))
        (left, right), (low, high) = plot.getViewBox().viewRange()
        assert np.isfinite([left, right, low, high]).all()
        assert 0.0 < right - left <= 1.01e6
        assert 0.0 < high - low <= 1.01e6
    view.grab()
