"""Painted panels look as they did when somebody last looked at them.

Pictures are compared at a quarter of their size, where fonts of different machines hardly matter, to about a grey level on
average. After a wanted change: QUAKEGUI_NEW_SNAPSHOTS=1 python -m pytest tests/ui/test_snapshots.py, then look at the pictures.
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

from quakegui.app import walking
from quakegui.learn.messages import Epoch
from quakegui.ui import theme
from quakegui.ui.dialogs.catalogue_dialog import CatalogueDialog
from quakegui.ui.panels.day_map_panel import DayMapPanel
from quakegui.ui.panels.series_panel import SeriesPanel
from quakegui.ui.panels.station_map_panel import StationMapPanel
from quakegui.ui.panels.timeline_panel import TimelinePanel
from quakegui.ui.plots.curves import Curves

FOLDER = Path(__file__).parent / "snapshots"
MEAN_GREY_LEVELS, LARGEST_PATCH = 1.0, 40.0


def learning_curves(_session) -> Curves:
    """Return the curves of a training of two phases that learnt, and then no more."""
    curves = Curves()
    curves.show()  # they are made when they are first seen
    for number in range(30):
        loss, best = 1.6 * 0.9**number + 0.2, number in (12, 27)
        curves.add(Epoch(number // 15, number % 15, loss, 1.0 - loss / 2.0, loss + 0.01 * number, 0.6, best, 1.0, 0.0))
    return curves


def earthquakes(session) -> CatalogueDialog:
    """Return the catalogue dialog, whose map is looked at."""
    return CatalogueDialog(session)


PANELS = {
    "day-map": (DayMapPanel, (560, 560), "view"),
    "station-map": (StationMapPanel, (420, 420), ""),
    "timeline": (TimelinePanel, (900, 240), "view"),
    "series": (SeriesPanel, (600, 420), "graphics"),
    "curves": (learning_curves, (800, 240), ""),
    "earthquakes": (earthquakes, (420, 380), "map"),
}
"""What makes each, its size, and the part of it that is painted by this program."""


def readings_drawn(panel: SeriesPanel) -> bool:
    """Whether the readings of every shown station are there: the loader may be done while its word is still on the way."""
    return all(panel.curves.of("raw", place).getOriginalDataset()[0] is not None for place in range(len(panel.shown)))


def small(widget) -> np.ndarray:
    """Return a widget's painting at a quarter of its size, shape (row, column, 3)."""
    image = widget.grab().toImage()
    size = image.size() / 4
    image = image.scaled(size, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation)
    image = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).copy()


@pytest.mark.parametrize("look", ["light", "dark"])
@pytest.mark.parametrize("name", PANELS)
def test_a_panel_looks_as_before(name, look, session, qtbot):
    make, size, part = PANELS[name]
    theme.apply(look)
    session.pick(["AAA", "EEE"])
    walking.go_to(session, 21)
    panel = make(session)
    shown = getattr(panel, part) if part else panel
    qtbot.addWidget(panel)
    shown.setFixedSize(*size)
    panel.adjustSize()
    if name == "series":
        panel.readings.fetch()
        qtbot.waitUntil(lambda: readings_drawn(panel), timeout=60_000)
    if name == "earthquakes":
        qtbot.waitUntil(lambda: panel.choice is not None, timeout=60_000)
    now, path = small(shown), FOLDER / f"{name}-{look}.png"
    if os.environ.get("QUAKEGUI_NEW_SNAPSHOTS"):
        FOLDER.mkdir(exist_ok=True)
        Image.fromarray(now).save(path, optimize=True)
    before = np.asarray(Image.open(path).convert("RGB"))
    assert now.shape == before.shape
    apart = np.abs(now.astype(float) - before)
    assert apart.mean() <= MEAN_GREY_LEVELS
    patches = apart[: apart.shape[0] // 8 * 8, : apart.shape[1] // 8 * 8].reshape(apart.shape[0] // 8, 8, -1, 8, 3)
    assert patches.mean(axis=(1, 3, 4)).max() <= LARGEST_PATCH
