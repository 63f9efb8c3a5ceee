"""Geographical overlays of a day map: graticule, borders, station codes, epicentres with magnitude, scale bar."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPen

from quakegui.ui import theme
from quakegui.ui.plots import station_layers as layers
from quakegui.ui.plots.map_camera import Camera, scale_bar_km
from quakegui.ui.plots.map_scene import MapScene

INK: Final = QColor("#101418")
COLOURS: Final = replace(theme.LIGHT, border=QColor("#30363c"), border_minor=QColor("#646a71"), muted=INK)
"""Lines and names that are read on every colour of the map."""
HALO: Final = QColor(255, 255, 255, 215)
DOT: Final = 6.0
"""Half the side of a station's symbol, in pixels."""
LINES: Final = 3
"""So many lines above and below its place a magnitude may be moved."""
LEAST_SIDE: Final = 260.0
"""On a smaller map, magnitudes would cover the stations."""
CORNERS: Final = 1.05
"""So many half widths of the map are drawn of the ground, to its edges and a little more."""


def paint_geography(painter: QPainter, image: QRectF, scene: MapScene) -> None:
    """Paint the overlays that are on above the map's image; their colours are the same in every theme, as the map's are.

    Parameters
    ----------
    painter
        Its font is that of the names.
    image
        Where the map lies.
    scene
        What is shown, and which overlays.
    """
    display, frame = scene.display, scene.frame
    camera = Camera.fitting(frame.x_km, frame.y_km, frame.half_width_km, QSizeF(image.size()))
    painter.save()
    painter.setClipRect(image)
    painter.translate(image.topLeft())
    if display.borders:
        layers.paint_borders(painter, camera, layers.ground_shapes(frame, CORNERS), COLOURS)
    if display.graticule:
        usual = painter.font()
        layers.paint_degrees(painter, camera, layers.paint_graticule(painter, camera, frame, COLOURS), COLOURS)
        painter.setFont(usual)
    if display.epicentres:
        _paint_epicentres(painter, camera, scene)
    if display.codes:
        _paint_codes(painter, image, scene)
    if display.scale_bar:
        _paint_scale_bar(painter, camera)
    painter.restore()


def _paint_epicentres(painter: QPainter, camera: Camera, scene: MapScene) -> None:
    """Paint epicentres with their magnitude; for one beside the map an arrow at the edge, with how far away it is."""
    painter.save()
    layers.paint_events(painter, camera, scene.events, COLOURS)
    painter.restore()
    side, metrics = camera.size.width(), QFontMetricsF(painter.font())
    taken = _named_places(scene, side, metrics)
    for mark in sorted(scene.events, key=lambda mark: -mark.magnitude):
        text, at = f"M {mark.magnitude:.1f}", camera.transform().map(QPointF(mark.x_km, mark.y_km))
        off = at - QPointF(side / 2.0, side / 2.0)
        beyond = max(abs(off.x()), abs(off.y())) / (side / 2.0 - 10.0)
        if beyond > 1.0:
            text += f", {math.hypot(off.x(), off.y()) * camera.km_per_px:.0f} km"
            at = QPointF(side / 2.0 + off.x() / beyond, side / 2.0 + off.y() / beyond)
            _paint_arrow(painter, at, math.atan2(off.y(), off.x()), mark)
        beside = layers.event_radius(mark.magnitude) + 3.0 if beyond <= 1.0 else 12.0
        room = QSizeF(metrics.horizontalAdvance(text), metrics.height())
        free = _free_place(at, beside, room, side, taken) if side >= LEAST_SIDE else None
        if free is not None:
            _write(painter, free, text)


def _paint_arrow(painter: QPainter, at: QPointF, towards: float, mark: layers.EventMark) -> None:
    """Paint an arrow that points to an earthquake beside the map; an empty one where it is still to come."""
    painter.save()
    painter.translate(at)
    painter.rotate(math.degrees(towards))
    painter.setBrush(COLOURS.classes[mark.cls] if mark.age_days >= 0 else Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(COLOURS.classes[mark.cls], 1.6))
    painter.drawPolygon([QPointF(8.0, 0.0), QPointF(-5.0, -6.0), QPointF(-5.0, 6.0)])
    painter.restore()


def _named_places(scene: MapScene, side: float, metrics: QFontMetricsF) -> list[QRectF]:
    """Return the squares of the stations, with their codes where these are shown, and the line of the graticule's numbers."""
    scale, tall = side / scene.map.field.shape[0], metrics.height()
    found = [QRectF(0.0, 0.0, side, tall + 2.0)] if scene.display.graticule else []
    for code, (row, column) in zip(scene.stations.codes, scene.places.tolist(), strict=True):
        if math.isfinite(row):
            named = scene.display.codes or code in scene.selected_codes
            wide, above = (metrics.horizontalAdvance(code) / 2.0, tall) if named else (0.0, 0.0)
            at = QPointF((column + 0.5) * scale, (row + 0.5) * scale)
            half = max(DOT, wide)
            found.append(QRectF(at.x() - half, at.y() - DOT - above, 2.0 * half, 2.0 * DOT + above))
    return found


def _free_place(at: QPointF, beside: float, text: QSizeF, side: float, taken: list[QRectF]) -> QPointF | None:
    """Return where a text begins beside a point of the map, or a few lines from there, and take the place; None if none is."""
    wide, tall = text.width(), text.height()
    right, left = at.x() + beside, at.x() - beside - wide
    for line in sorted(range(-LINES, LINES + 1), key=abs):
        y = min(max(at.y() + 4.0, tall + 2.0), side - 4.0) + line * tall
        for x in (right, left):
            box = QRectF(x, y - tall, wide, tall)
            if QRectF(0.0, 0.0, side, side).contains(box) and not any(box.intersects(other) for other in taken):
                taken.append(box)
                return QPointF(x, y)
    return None


def _paint_codes(painter: QPainter, image: QRectF, scene: MapScene) -> None:
    scale, metrics = image.width() / scene.map.field.shape[0], QFontMetricsF(painter.font())
    for code, (row, column) in zip(scene.stations.codes, scene.places.tolist(), strict=True):
        if math.isfinite(row) and code not in scene.selected_codes:  # a picked one has its code already
            at = QPointF((column + 0.5) * scale, (row + 0.5) * scale)
            _write(painter, at + QPointF(-metrics.horizontalAdvance(code) / 2.0, -0.5 * metrics.height()), code)


def _paint_scale_bar(painter: QPainter, camera: Camera) -> None:
    """Paint the bar in the lower right corner: the left one is the saliency map's."""
    length_km = scale_bar_km(camera.km_per_px, longest_px=camera.size.width() / 4.0)
    length, metrics = length_km / camera.km_per_px, QFontMetricsF(painter.font())
    right, base = camera.size.width() - 12.0, camera.size.height() - 10.0
    back = QRectF(right - length - 8.0, base - metrics.height() - 8.0, length + 16.0, metrics.height() + 14.0)
    painter.fillRect(back, HALO)
    painter.setPen(QPen(INK, 2.0))
    ends = right - length, right
    painter.drawPolyline(
        [QPointF(ends[0], base - 5), QPointF(ends[0], base), QPointF(ends[1], base), QPointF(ends[1], base - 5)]
    )
    painter.drawText(back.adjusted(0.0, 1.0, 0.0, -8.0), Qt.AlignmentFlag.AlignCenter, f"{length_km:g} km")


def _write(painter: QPainter, at: QPointF, text: str) -> None:
    """Write dark on a light rim, which is read on every colour of the map."""
    outline = QPainterPath()
    outline.addText(at, painter.font(), text)
    painter.strokePath(outline, QPen(HALO, 3.0, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
    painter.fillPath(outline, INK)
