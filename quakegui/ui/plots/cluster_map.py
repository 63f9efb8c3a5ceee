"""A small map of the selected earthquakes: the two directions in their colours, their centres, and the selected area."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from pyproj import Geod
from PySide6.QtCore import QEvent, QPointF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from quakegui.app.catalogue_choice import Choice
from quakegui.season.events import Selection
from quakegui.season.network import Frame, Network, Station
from quakegui.ui import theme
from quakegui.ui.i18n import tr
from quakegui.ui.plots import station_layers as layers
from quakegui.ui.plots.map_camera import Camera

EARTH: Final = Geod(ellps="WGS84")
MOST_POINTS: Final = 3000
LARGEST_AREA: Final = 40.0
"""Size in degrees up to which the whole selected area is in view."""


class ClusterMap(QWidget):
    """Circles by magnitude: filled for main shocks, hollow for aftershocks; a cross at the centre of each direction."""

    def __init__(self, stations: Network, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._stations = stations
        self._choice: Choice | None = None
        self._selection = Selection()
        self._frame: Frame | None = None
        self.setMinimumSize(200, 150)
        self.setAccessibleName(tr("Map of the earthquakes in their two direction clusters"))
        self.setToolTip(
            tr(
                "Filled: kept; hollow: aftershock; coloured cross: cluster centre; grey cross: centre of the map; triangle: "
                "station"
            )
        )

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return a square."""
        return QSize(420, 380)

    def show_choice(self, choice: Choice, selection: Selection) -> None:
        """Show other earthquakes."""
        self._choice, self._selection = choice, selection
        places = [Station(f"e{n}", "", event.latitude, event.longitude) for n, event in enumerate(choice.inside[:MOST_POINTS])]
        located = [station for station in self._stations.stations if station.located]
        outline = area_outline(selection)
        if outline is not None and np.ptp(outline[:, 0]) < LARGEST_AREA and np.ptp(outline[:, 1]) < LARGEST_AREA:
            located += [Station(f"a{n}", "", *map(float, at)) for n, at in enumerate(outline[::8])]
        network = Network.of([*places, *located])
        self._frame = network.frame() if network.stations else None
        self.update()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Update after a change of colours."""
        if event.type() == QEvent.Type.PaletteChange:
            self.update()
        super().changeEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Paint base map, area, stations, earthquakes and centres."""
        colours = theme.colours()
        painter = QPainter(self)
        painter.setFont(self.font())
        if self._frame is None or self._choice is None:
            painter.fillRect(self.rect(), colours.background)
            painter.setPen(colours.muted)
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, tr("No earthquakes"))
            painter.end()
            return
        frame = self._frame
        camera = Camera.fitting(frame.x_km, frame.y_km, frame.half_width_km, QSizeF(self.size()))
        layers.paint_ground(painter, camera, frame, colours, square=False)
        painter.setFont(self.font())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_area(painter, camera, frame)
        self._paint_stations(painter, camera, frame)
        self._paint_events(painter, camera, frame, self._choice)
        self._paint_centres(painter, camera, frame, self._choice)
        painter.end()

    def _paint_area(self, painter: QPainter, camera: Camera, frame: Frame) -> None:
        outline = area_outline(self._selection)
        if outline is not None:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.colours().accent, 1.4, Qt.PenStyle.DashLine))
            painter.drawPolyline(QPolygonF(_screen(camera, frame, outline[:, 0], outline[:, 1])))

    def _paint_stations(self, painter: QPainter, camera: Camera, frame: Frame) -> None:
        here = [station for station in self._stations.stations if station.located]
        latitude = np.array([station.latitude for station in here], dtype=np.float64)
        longitude = np.array([station.longitude for station in here], dtype=np.float64)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.colours().missing, 1.1))
        for at in _screen(camera, frame, latitude, longitude):
            painter.drawPolygon(layers.triangle(at))

    def _paint_events(self, painter: QPainter, camera: Camera, frame: Frame, choice: Choice) -> None:
        colours = theme.colours()
        classes = choice.classes or (0,) * len(choice.mainshocks)
        shown = [(event, -1) for event in choice.aftershocks] + list(zip(choice.mainshocks, classes, strict=True))
        shown = sorted(shown[-MOST_POINTS:], key=lambda pair: (pair[1] >= 0, -pair[0].magnitude))
        latitude = np.array([event.latitude for event, _ in shown])
        longitude = np.array([event.longitude for event, _ in shown])
        for (event, cls), at in zip(shown, _screen(camera, frame, latitude, longitude), strict=True):
            radius = layers.event_radius(event.magnitude)
            if cls < 0:
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(colours.missing, 1.0, Qt.PenStyle.DotLine))
            else:
                fill = QColor(colours.classes[cls])
                fill.setAlphaF(0.55)
                painter.setBrush(fill)
                painter.setPen(QPen(colours.event, 1.0))
            painter.drawEllipse(at, radius, radius)

    def _paint_centres(self, painter: QPainter, camera: Camera, frame: Frame, choice: Choice) -> None:
        if choice.scheme is None:
            return
        colours = theme.colours()
        for side, (latitude, longitude), colour in (
            (tr("North"), choice.scheme.north_centre, colours.classes[1]),
            (tr("South"), choice.scheme.south_centre, colours.classes[3]),
        ):
            at = _screen(camera, frame, np.array([latitude]), np.array([longitude]))[0]
            for pen in (QPen(colours.background, 5.0), QPen(colour, 2.4)):
                painter.setPen(pen)
                painter.drawLine(at - QPointF(9, 0), at + QPointF(9, 0))
                painter.drawLine(at - QPointF(0, 9), at + QPointF(0, 9))
            painter.setPen(colours.text)
            painter.drawText(at + QPointF(10.0, -8.0), side)


def area_outline(selection: Selection) -> NDArray[np.float64] | None:
    """Return the border of the box of a selection, or else of its circle: latitude and longitude, shape (point, 2)."""
    if selection.box is not None:
        south, north, west, east = selection.box
        width = (east - west) % 360.0 or 360.0
        along, up = west + np.linspace(0.0, width, 33), np.linspace(south, north, 17)
        sides = (
            np.column_stack([np.full(33, south), along]),
            np.column_stack([up, np.full(17, west + width)]),
            np.column_stack([np.full(33, north), along[::-1]]),
            np.column_stack([up[::-1], np.full(17, west)]),
        )
        return np.vstack(sides)
    if selection.centre is not None and selection.radius_km is not None:
        azimuth = np.linspace(0.0, 360.0, 73)
        latitude, longitude = np.full(73, selection.centre[0]), np.full(73, selection.centre[1])
        far_lon, far_lat, _ = EARTH.fwd(longitude, latitude, azimuth, np.full(73, selection.radius_km * 1000.0))
        return np.column_stack([far_lat, far_lon])
    return None


def _screen(camera: Camera, frame: Frame, latitude: NDArray[np.float64], longitude: NDArray[np.float64]) -> list[QPointF]:
    if not latitude.size:
        return []
    to_screen = camera.transform()
    return [to_screen.map(QPointF(float(x), float(y))) for x, y in frame.project(latitude, longitude)]
