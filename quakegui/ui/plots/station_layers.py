"""Layers of the station map: the base map, painted once per view, and stations and epicentres, painted once per day."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial
from typing import Final

import numpy as np
from numpy.typing import NDArray
from pyqtgraph import functions
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPainterPathStroker, QPen, QPolygonF

from quakegui.season.network import Frame
from quakegui.season.palette import MapStyle, palette
from quakegui.ui.i18n import tr
from quakegui.ui.plots.basemap import Lines, base_map, extents
from quakegui.ui.plots.map_camera import Camera, scale_bar_km
from quakegui.ui.plots.stamps import Stamps, stamped
from quakegui.ui.theme import ThemeColours

REACH: Final = 5.0
"""Extent of the base map, in half-widths of the map frame of the network."""
FADE_DAYS: Final = 60.0
"""Number of days in which an epicentre fades to its faintest."""
FAINTEST: Final = 0.15
"""Strength of the faintest."""
DegreeName = tuple[QPointF, str, bool]
"""Where a parallel or meridian leaves the view, its degrees, and whether it is a parallel."""
STATION_RADIUS: Final = 7.0
_STATION_ROOM: Final = QRectF(-13.0, -13.0, 26.0, 26.0)
"""What a station fills, with the ring around a picked one."""
LEGEND_MAGNITUDES: Final = (3.0, 4.0, 5.0, 6.0)


@dataclass(frozen=True, slots=True)
class StationMark:
    """A station to be painted; `z` is NaN if it has no data on the day."""

    code: str
    x_km: float
    y_km: float
    z: float
    picked: bool


@dataclass(frozen=True, slots=True)
class EventMark:
    """An epicentre to be painted; `age_days` counts local dates from the earthquake to the day shown, negative before it."""

    number: int
    x_km: float
    y_km: float
    magnitude: float
    age_days: int
    cls: int


def event_radius(magnitude: float) -> float:
    """Return the radius of an epicentre in pixels: it grows by a factor of 1.6 per unit of magnitude."""
    return float(min(max(3.2 * 1.6 ** (magnitude - 3.0), 2.0), 48.0))


def station_colour(z: float, style: MapStyle) -> QColor:
    """Return the colour of a value on the day map."""
    level = min(max(math.floor((z + style.limit_z) / (2.0 * style.limit_z) * style.levels), 0), style.levels - 1)
    return _level_colours(style)[level]


@lru_cache(maxsize=8)
def _level_colours(style: MapStyle) -> tuple[QColor, ...]:
    return tuple(QColor(*colour) for colour in palette(style)[: style.levels].tolist())


@dataclass(frozen=True)
class _Shape:
    """A line or ring in km, shape (point, 2), with its bounding box, so that it can be skipped when out of view."""

    around: QRectF
    points: NDArray[np.float64]

    @cached_property
    def line(self) -> QPolygonF:
        """The same for painting; most lines never come into view."""
        line: QPolygonF = functions.arrayToQPolygonF(self.points[:, 0], self.points[:, 1])
        return line


@lru_cache(maxsize=4)
def ground_shapes(frame: Frame, reach: float) -> dict[str, tuple[_Shape, ...]]:
    """Return land, coasts and borders around a network, up to `reach` half-widths, prepared for painting."""
    ground = base_map(frame, reach)
    return {name: _shapes(getattr(ground, name)) for name in ("land", "coast", "border", "province", "prefecture")}


def _shapes(lines: Lines) -> tuple[_Shape, ...]:
    boxes = extents(lines).tolist() if lines else []
    # a straight line along a meridian has a bounding box without width, which never intersects anything
    corners = ((QPointF(west - 0.1, south - 0.1), QPointF(east + 0.1, north + 0.1)) for west, east, south, north in boxes)
    return tuple(_Shape(QRectF(*box), line) for box, line in zip(corners, lines, strict=True))


def paint_ground(painter: QPainter, camera: Camera, frame: Frame, colours: ThemeColours, *, square: bool = True) -> None:
    """Paint land, lines and graticule, and optionally the square of the day map.

    Around a day map, everything that can be moved into view is prepared; otherwise only what is in view, in a quarter of the
    time.
    """
    painter.fillRect(QRectF(0, 0, camera.size.width(), camera.size.height()), colours.water)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    to_screen = camera.transform()
    view = to_screen.inverted()[0].mapRect(QRectF(0, 0, camera.size.width(), camera.size.height()))
    off_x, off_y = abs(view.center().x() - frame.x_km), abs(view.center().y() - frame.y_km)
    seen = max(off_x + view.width() / 2.0, off_y + view.height() / 2.0) / frame.half_width_km
    ground = ground_shapes(frame, REACH if square else min(np.ceil(2.2 * seen) / 2.0, REACH))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colours.land)
    for shape in ground["land"]:
        if shape.around.intersects(view):
            painter.drawPolygon(to_screen.map(shape.line))
    degrees = paint_graticule(painter, camera, frame, colours)
    paint_borders(painter, camera, ground, colours)
    paint_degrees(painter, camera, degrees, colours, halo=colours.land)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if square:
        half = frame.half_width_km
        painter.setPen(QPen(colours.muted, 1.0, Qt.PenStyle.DashLine))
        painter.drawRect(to_screen.mapRect(QRectF(frame.x_km - half, frame.y_km - half, 2 * half, 2 * half)))
    centre = to_screen.map(
        QPointF(*(float(v) for v in frame.project(np.array([frame.latitude]), np.array([frame.longitude]))[0]))
    )
    painter.setPen(QPen(colours.muted, 1.4))
    painter.drawLine(centre - QPointF(6, 0), centre + QPointF(6, 0))
    painter.drawLine(centre - QPointF(0, 6), centre + QPointF(0, 6))


def paint_borders(painter: QPainter, camera: Camera, ground: dict[str, tuple[_Shape, ...]], colours: ThemeColours) -> None:
    """Draw the borders and coasts of `ground_shapes` that are in view."""
    to_screen = camera.transform()
    view = to_screen.inverted()[0].mapRect(QRectF(0, 0, camera.size.width(), camera.size.height()))
    for name, colour, width in (
        ("prefecture", colours.border_minor, 1.0),
        ("province", colours.border, 1.1),
        ("border", colours.border, 1.8),
        ("coast", colours.border, 1.2),
    ):
        painter.setPen(QPen(colour, width))
        for shape in ground[name]:
            if shape.around.intersects(view):
                painter.drawPolyline(to_screen.map(shape.line))


def paint_graticule(painter: QPainter, camera: Camera, frame: Frame, colours: ThemeColours) -> list[DegreeName]:
    """Draw parallels and meridians at round degrees, and return their names for `paint_degrees`."""
    painter.setPen(QPen(colours.grid if colours.dark else colours.border_minor.lighter(108), 0.8))
    wide, tall = camera.size.width(), camera.size.height()
    lines, names = _graticule((camera.x_km, camera.y_km, camera.km_per_px), (wide, tall), frame)
    for line in lines:
        painter.drawPolyline(line)
    return names


@lru_cache(maxsize=4)
def _graticule(
    view: tuple[float, float, float], size: tuple[float, float], frame: Frame
) -> tuple[list[QPolygonF], list[DegreeName]]:
    """Return the lines in the view of a camera, and their names; kept, since other colours have the same lines."""
    (width, height), camera = size, Camera(*view, QSizeF(*size))
    edge = [QPointF(width * k / 6.0, y) for k in range(7) for y in (0.0, height)]
    edge += [QPointF(x, height * k / 6.0) for k in range(7) for x in (0.0, width)]
    seen = frame.unproject(np.array([camera.to_km(at) for at in edge]))
    latitude = seen[:, 0]
    longitude = frame.longitude + (seen[:, 1] - frame.longitude + 180.0) % 360.0 - 180.0
    step = _degree_step(float(np.ptp(latitude)))
    lines: list[QPolygonF] = []
    names: list[DegreeName] = []
    for fixed, other, is_parallel in ((latitude, longitude, True), (longitude, latitude, False)):
        along = np.linspace(other.min() - step, other.max() + step, 49)
        for degree in np.arange(np.ceil(fixed.min() / step), np.floor(fixed.max() / step) + 1) * step:
            if is_parallel and abs(degree) >= 90.0:
                continue
            here = np.full_like(along, degree)
            xy = frame.project(here, along) if is_parallel else frame.project(np.clip(along, -89.9, 89.9), here)
            line = camera.to_screen(xy)
            lines.append(QPolygonF([QPointF(x, y) for x, y in line.tolist()]))
            names.append((_leaving(line, is_parallel), degree_text(float(degree), is_parallel), is_parallel))
    return lines, names


def paint_degrees(
    painter: QPainter, camera: Camera, names: list[DegreeName], colours: ThemeColours, *, halo: QColor | None = None
) -> None:
    """Name parallels and meridians where they leave the view, in small type; `halo` keeps the lines below away from it."""
    width = camera.size.width()
    font = QFont(painter.font())
    font.setPointSizeF(font.pointSizeF() * 0.8)
    painter.setFont(font)
    painter.setPen(colours.muted)
    metrics = QFontMetricsF(font)
    taken: list[QRectF] = []
    for at, text, is_parallel in names:
        base = QPointF(3.0, at.y() - 3.0) if is_parallel else QPointF(at.x() + 3.0, metrics.ascent() + 2.0)
        box = QRectF(base.x(), base.y() - metrics.ascent(), metrics.horizontalAdvance(text), metrics.height())
        inside = base.y() > 2.0 * metrics.height() if is_parallel else box.right() < width
        if at.x() >= 0.0 and inside and not any(box.adjusted(-4.0, 0.0, 4.0, 0.0).intersects(other) for other in taken):
            if halo is None:
                painter.drawText(base, text)
            else:
                _draw_haloed(painter, base, text, colours.muted, halo)
            taken.append(box)


def _leaving(line: NDArray[np.float64], is_parallel: bool) -> QPointF:
    """Return where a line crosses the left side (a parallel) or the top side (a meridian), or a point out of view."""
    along, across = (line[:, 0], line[:, 1]) if is_parallel else (line[:, 1], line[:, 0])
    order = np.argsort(along)
    if not along.min() <= 0.0 <= along.max():
        return QPointF(-999.0, -999.0)
    there = float(np.interp(0.0, along[order], across[order]))
    return QPointF(0.0, there) if is_parallel else QPointF(there, 0.0)


def degree_text(degree: float, is_parallel: bool) -> str:
    """Return ``28.5°N`` or ``102°E``."""
    wrapped = degree if is_parallel else (degree + 180.0) % 360.0 - 180.0
    side = ("N" if wrapped >= 0 else "S") if is_parallel else ("E" if wrapped >= 0 else "W")
    return f"{abs(wrapped):.6g}°{side}"


def _degree_step(span: float) -> float:
    return next((step for step in (0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0) if span / step <= 5.0), 30.0)


def paint_codes(painter: QPainter, camera: Camera, marks: tuple[StationMark, ...], frame: Frame, colours: ThemeColours) -> None:
    """Write station codes beside the symbols, on the first side where a code covers neither a symbol nor another code.

    If there is one, on a side where it also stays clear of them and of the square of the day map.
    """
    view, size = (camera.x_km, camera.y_km, camera.km_per_px), (camera.size.width(), camera.size.height())
    for at, mark in _code_places(view, size, marks, frame, painter.font()):
        _draw_haloed(painter, at, mark.code, colours.text if mark.picked else colours.muted, colours.land)


@lru_cache(maxsize=4)
def _code_places(
    view: tuple[float, float, float], size: tuple[float, float], marks: tuple[StationMark, ...], frame: Frame, font: QFont
) -> list[tuple[QPointF, StationMark]]:
    """Return where the codes in the view of a camera begin; kept, since they are at the same places in other colours."""
    metrics, to_screen = QFontMetricsF(font), Camera(*view, QSizeF(*size)).transform()
    found = []
    places = {mark.code: to_screen.map(QPointF(mark.x_km, mark.y_km)) for mark in marks}
    taken = [_around(at, STATION_RADIUS) for at in places.values()]
    half = frame.half_width_km
    square = _sides(to_screen.mapRect(QRectF(frame.x_km - half, frame.y_km - half, 2 * half, 2 * half)))
    for mark in sorted(marks, key=lambda mark: not mark.picked):
        place = _free_place(places[mark.code], mark, metrics, [*taken, *square], gap=2.0)
        place = place or _free_place(places[mark.code], mark, metrics, taken)
        if place is not None:
            at, box = place
            taken.append(box)
            found.append((at, mark))
    return found


def _draw_haloed(painter: QPainter, at: QPointF, text: str, colour: QColor, halo: QColor) -> None:
    """Write a text with its outline in the colour of the ground, which keeps lines away from it."""
    letters, rim = _outlined(text, painter.font())
    painter.translate(at)
    painter.fillPath(rim, halo)
    painter.fillPath(letters, colour)
    painter.translate(-at)


@lru_cache(maxsize=512)
def _outlined(text: str, font: QFont) -> tuple[QPainterPath, QPainterPath]:
    """Return a text that begins at the origin, and its outline, three pixels wide."""
    letters, outline = QPainterPath(), QPainterPathStroker()
    letters.addText(QPointF(), font, text)
    outline.setWidth(3.0)
    outline.setJoinStyle(Qt.PenJoinStyle.RoundJoin)  # mitre joins would form spikes around small letters
    return letters, outline.createStroke(letters)


def _sides(square: QRectF) -> tuple[QRectF, ...]:
    """Return the four lines of a square as flat rectangles."""
    left, top, wide, tall = square.left(), square.top(), square.width(), square.height()
    upright = (QRectF(x, top, 1.0, tall) for x in (left, square.right()))
    return (*upright, QRectF(left, top, wide, 1.0), QRectF(left, square.bottom(), wide, 1.0))


def _around(at: QPointF, radius: float) -> QRectF:
    return QRectF(at.x() - radius, at.y() - radius, 2.0 * radius, 2.0 * radius)


def _free_place(
    at: QPointF, mark: StationMark, metrics: QFontMetricsF, taken: list[QRectF], gap: float = 0.0
) -> tuple[QPointF, QRectF] | None:
    """Return the position of a station code and what it covers; None if it would come nearer than `gap` to what is `taken`."""
    away = STATION_RADIUS * (1.55 if mark.picked else 1.0) + 3.0
    wide, tall = metrics.horizontalAdvance(mark.code), metrics.ascent()
    middle = tall / 2.0 - 1.0
    sides = ((away, middle), (-away - wide, middle), (-wide / 2.0, away + tall - 2.0), (-wide / 2.0, -away))
    for x, y in sides:
        box = QRectF(at.x() + x, at.y() + y - tall, wide, tall)
        reach = box.adjusted(-gap, -gap, gap, gap)
        if not any(reach.intersects(other) for other in taken):
            return QPointF(box.left(), at.y() + y), box
    return None


def paint_events(
    painter: QPainter, camera: Camera, marks: tuple[EventMark, ...], colours: ThemeColours, stamps: Stamps | None = None
) -> None:
    """Paint epicentres: wider with magnitude, fainter with age, an empty ring where they are still to come.

    Those that look the same on other days are copied with `stamps`.
    """
    to_screen = camera.transform()
    for mark in sorted(marks, key=lambda mark: -mark.magnitude):
        lasting = mark.age_days < 0 or mark.age_days >= FADE_DAYS * (1.0 - FAINTEST)
        key = mark.number, mark.age_days < 0
        if lasting and stamps is not None and key in stamps:
            painter.drawPixmap(*stamps[key])
            continue
        at, reach = to_screen.map(QPointF(mark.x_km, mark.y_km)), event_radius(mark.magnitude) + 2.0
        around = QRectF(-reach, -reach, 2.0 * reach, 2.0 * reach)
        draw = partial(_paint_event, mark=mark, colours=colours)
        stamped(painter, at, around, key, draw, stamps=stamps if lasting else None)


def _paint_event(painter: QPainter, at: QPointF, *, mark: EventMark, colours: ThemeColours) -> None:
    radius, colour = event_radius(mark.magnitude), QColor(colours.classes[mark.cls])
    if mark.age_days < 0:
        colour.setAlphaF(0.6)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(colour, 1.0))
        painter.drawEllipse(at, radius, radius)
        return
    strength = max(1.0 - mark.age_days / FADE_DAYS, FAINTEST)
    colour.setAlphaF(0.55 * strength)
    painter.setBrush(colour)
    edge = QColor(colours.event)
    edge.setAlphaF(max(strength, 0.35))
    painter.setPen(QPen(edge, 2.4 if mark.age_days == 0 else 1.1))
    painter.drawEllipse(at, radius, radius)
    if radius >= 7.0:
        painter.setPen(edge)
        box = QRectF(at.x() - radius, at.y() - radius, 2 * radius, 2 * radius)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(mark.cls))


def paint_stations(
    painter: QPainter,
    camera: Camera,
    marks: tuple[StationMark, ...],
    style: MapStyle,
    colours: ThemeColours,
    *,
    stamps: Stamps | None = None,
) -> None:
    """Paint the stations as triangles in the colours of the day map, hollow if they have no data; copied with `stamps`."""
    to_screen = camera.transform()
    for mark in marks:
        fill = station_colour(mark.z, style) if math.isfinite(mark.z) else None
        key = mark.code, None if fill is None else fill.rgb(), mark.picked
        if stamps is not None and key in stamps:
            painter.drawPixmap(*stamps[key])
            continue
        draw = partial(_paint_station, fill=fill, picked=mark.picked, colours=colours)
        stamped(painter, to_screen.map(QPointF(mark.x_km, mark.y_km)), _STATION_ROOM, key, draw, stamps=stamps)


def _paint_station(painter: QPainter, at: QPointF, *, fill: QColor | None, picked: bool, colours: ThemeColours) -> None:
    if picked:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(colours.cursor, 2.2))
        painter.drawEllipse(at, STATION_RADIUS * 1.55, STATION_RADIUS * 1.55)
    painter.setBrush(Qt.BrushStyle.NoBrush if fill is None else fill)
    painter.setPen(QPen(colours.missing if fill is None else colours.text, 1.3))
    painter.drawPolygon(triangle(at))


_TRIANGLE: Final = QPolygonF(
    [QPointF(STATION_RADIUS * x, STATION_RADIUS * y) for x, y in ((0.0, -1.0), (0.92, 0.66), (-0.92, 0.66))]
)


def triangle(at: QPointF) -> QPolygonF:
    """Return the symbol of a station."""
    return _TRIANGLE.translated(at)


def legend_height(metrics: QFontMetricsF) -> float:
    """Return the height of the legend at the lower edge of the view, in pixels."""
    return metrics.height() + 20.0


def paint_legend(painter: QPainter, camera: Camera, colours: ThemeColours, missing: int, stamps: Stamps | None = None) -> None:
    """Paint scale bar, magnitudes and the symbol of a missing station along the lower edge; copied with `stamps`."""
    key = "legend", missing, tr("{count} missing")
    if stamps is not None and key in stamps:
        painter.drawPixmap(*stamps[key])
        return
    tall = legend_height(QFontMetricsF(painter.font()))
    top = QPointF(0.0, camera.size.height() - tall)

    def draw(painter: QPainter, at: QPointF) -> None:
        painter.translate(at - top)
        _paint_legend(painter, camera, colours, missing)
        painter.translate(top - at)

    stamped(painter, top, QRectF(0.0, 0.0, camera.size.width(), tall), key, draw, stamps=stamps)


def _paint_legend(painter: QPainter, camera: Camera, colours: ThemeColours, missing: int) -> None:
    length_km = scale_bar_km(camera.km_per_px, longest_px=min(120.0, camera.size.width() / 4.0))
    length, base = length_km / camera.km_per_px, camera.size.height() - 12.0
    metrics = QFontMetricsF(painter.font())
    back = QColor(colours.background)
    back.setAlpha(215)
    tall = legend_height(metrics)
    painter.fillRect(QRectF(0.0, camera.size.height() - tall, camera.size.width(), tall), back)
    painter.setPen(QPen(colours.text, 2.0))
    painter.drawPolyline([QPointF(10, base - 5), QPointF(10, base), QPointF(10 + length, base), QPointF(10 + length, base - 5)])
    painter.drawText(QPointF(14.0, base - 6.0), f"{length_km:g} km")
    x, middle = 10.0 + max(length, 60.0) + 16.0, base - metrics.height() / 2.0
    for magnitude in LEGEND_MAGNITUDES:
        radius, text = min(event_radius(magnitude), metrics.height() * 0.75), f"{magnitude:.0f}"
        text = f"M {text}" if magnitude == LEGEND_MAGNITUDES[0] else text
        if x + 2 * radius + metrics.horizontalAdvance(text) + 8.0 > camera.size.width():
            return
        painter.setPen(QPen(colours.event, 1.1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(QPointF(x + radius, middle), radius, radius)
        painter.drawText(QPointF(x + 2 * radius + 4.0, middle + metrics.ascent() / 2.0 - 1.0), text)
        x += 2 * radius + metrics.horizontalAdvance(text) + 12.0
    text = tr("{count} missing").format(count=missing)
    if missing and x + metrics.horizontalAdvance(text) + 24.0 < camera.size.width():
        painter.setPen(QPen(colours.missing, 1.3))
        painter.drawPolygon(triangle(QPointF(x + 8.0, middle)))
        painter.setPen(colours.text)
        painter.drawText(QPointF(x + 19.0, middle + metrics.ascent() / 2.0 - 1.0), text)
