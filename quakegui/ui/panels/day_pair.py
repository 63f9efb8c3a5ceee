"""Two days side by side, and their difference."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from quakegui.app.session import Session
from quakegui.season import daymap
from quakegui.ui.i18n import tr
from quakegui.ui.plots.day_map_view import DayMapView
from quakegui.ui.plots.map_scene import MapScene, scene_of


class DayPair(QWidget):
    """Three maps on one scale: the earlier day, the later one, and the later minus the earlier."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.views = [DayMapView() for _ in range(3)]
        self._title = QLabel()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(2)
        for number, view in enumerate(self.views):
            grid.addWidget(view, 2 * (number // 2), number % 2, 1, 1 + number // 2)
        grid.addWidget(self._title, 1, 0, 1, 2)
        for row in (0, 2):
            grid.setRowStretch(row, 1)

    def show_days(self, one: int, other: int) -> None:
        """Show two days by their indices."""
        first, second = sorted((one, other))
        scenes = scene_of(self._session, first), scene_of(self._session, second)
        if scenes[0] is None or scenes[1] is None:
            return
        for view, scene in zip(self.views, (scenes[0], scenes[1], difference(scenes[0], scenes[1])), strict=True):
            view.show_scene(scene)
        days = {"first": self._session.days[first], "second": self._session.days[second]}
        self._title.setText(tr("Below: {second} minus {first}").format(**days))


def difference(first: MapScene, second: MapScene) -> MapScene:
    """Return a map scene of the second map minus the first, without what holds for one day only; NaN where one has no value."""
    field = second.map.field - first.map.field
    plain = replace(second.display, threshold=False, outlines=False)
    drawn = daymap.draw(second.map.day, field, second.map.style, sentence=first.map.sentence or second.map.sentence)
    return replace(second, map=drawn, display=plain, heat=None, heat_name="", error_z=np.nan, title=tr("Difference"))
