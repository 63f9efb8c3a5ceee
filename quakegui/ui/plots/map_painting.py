"""Painting of a day map: the pixels of the training data, the analyst's overlays on top, scale and text around them.

The window and every export use `paint`, so an export is identical to the screen.
"""

from __future__ import annotations

import math
from functools import lru_cache, partial
from typing import Final

import contourpy
import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QImage, QPainter, QPainterPath, QPen, QTransform

from quakegui.season.daymap import DayMap, contour_lines
from quakegui.season.extrema import region_outline
from quakegui.season.kp import STORM_KP
from quakegui.season.palette import MapStyle, palette
from quakegui.ui import theme
from quakegui.ui.i18n import tr, worded
from quakegui.ui.plots.map_geography import paint_geography
from quakegui.ui.plots.map_scene import MapLayout, MapScene, layout, region_numbers
from quakegui.ui.plots.stamps import Stamps, stamped
from quakegui.ui.theme import ThemeColours

THRESHOLD: Final = QColor("#a8006a")
"""A colour far from the blue, white and orange of the map."""
HEAT: Final = QColor("#7fff2a")
"""Colour of the line around areas of high saliency."""
HEAT_STEPS: Final = 8
VEIL: Final = 170.0
"""Maximum opacity of the saliency veil, of 255."""
INK: Final = QColor("#101418")
PAPER: Final = QColor("#ffffff")


def paint(
    painter: QPainter,
    rect: QRectF,
    scene: MapScene,
    *,
    flash: int | None = None,
    bar: bool = True,
    stamps: Stamps | None = None,
) -> MapLayout:
    """Paint a scene into `rect` and return its layout.

    Parameters
    ----------
    painter, rect
        The painter, and the rectangle in its units.
    scene, flash
        The scene, and an id of a region to fill.
    bar
        Whether to paint the colour bar too; on the screen it stays while the days change.
    stamps
        Symbols to copy on the screen; without them, everything is drawn.
    """
    parts, colours = layout(rect, painter.font()), theme.colours()
    if stamps is not None:
        ratio, pixels = painter.device().devicePixelRatioF(), scene.map.field.shape[0]
        stamps.fit((parts.image, pixels, ratio, painter.font().key(), scene.places.tobytes()))
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
    paint_image(painter, parts.image, scene.map)
    painter.save()
    painter.setClipRect(parts.image)
    pixels = scene.map.field.shape[0]
    scale = parts.image.width() / pixels
    # pixel centres are at integers, so the corner of the image is at -0.5
    to_screen = QTransform(scale, 0, 0, scale, parts.image.left() + scale / 2.0, parts.image.top() + scale / 2.0)
    _paint_overlays(painter, to_screen, scene, flash, stamps)
    painter.restore()
    paint_geography(painter, parts.image, scene)
    if scene.heat is not None:
        _paint_heat_legend(painter, parts.image, scene)
    if scene.map.sentence:
        _paint_sentence(painter, parts.image, scene.map.sentence)
    painter.setPen(QPen(colours.border, 1.0))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(parts.image)
    _paint_head(painter, parts, scene, colours, stamps)
    if bar:
        _paint_bar(painter, parts, scene, colours)
    _paint_foot(painter, parts, scene, colours)
    return parts


def paint_image(painter: QPainter, rect: QRectF, day_map: DayMap) -> None:
    """Paint the pixels of a map into `rect`: exact at integer scales, smoothed otherwise."""
    rows, columns = day_map.index.shape
    picture = QImage(day_map.index.data, columns, rows, columns, QImage.Format.Format_Indexed8)
    picture.setColorTable(_colour_table(day_map.style))
    # Drawn in the format of the screen: converting once is several times faster than scaling indexed pixels.
    picture = picture.convertToFormat(QImage.Format.Format_RGB32)
    device_pixels = rect.width() * painter.device().devicePixelRatioF()
    whole = abs(device_pixels / columns - round(device_pixels / columns)) < 1e-6
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, not whole)
    smooth = painter.testRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)  # of the edges, for twice the time
    painter.drawImage(rect, picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, smooth)


@lru_cache(maxsize=8)
def _colour_table(style: MapStyle) -> tuple[int, ...]:
    return tuple(QColor(*colour).rgb() for colour in palette(style).tolist())


def _paint_overlays(
    painter: QPainter, to_screen: QTransform, scene: MapScene, flash: int | None, stamps: Stamps | None
) -> None:
    display, day_map = scene.display, scene.map
    if scene.heat is not None:
        paint_heat(painter, to_screen, scene.heat)
    if flash is not None:
        _paint_flash(painter, to_screen, day_map, scene.threshold_z, flash)
    # The threshold line follows the outlines: thinner and on top of them, both are visible.
    if display.outlines and day_map.regions:
        painter.strokePath(to_screen.map(outline_path(day_map, scene.threshold_z)), QPen(INK, 3.2))
    if display.threshold and day_map.exists:
        line = to_screen.map(threshold_path(day_map, scene.threshold_z))
        painter.strokePath(line, QPen(THRESHOLD, 1.4))
    if display.stations:
        _paint_stations(painter, to_screen, scene, stamps)
    if display.outlines:
        _paint_numbers(painter, to_screen, day_map)


def paint_heat(painter: QPainter, to_screen: QTransform, heat: NDArray[np.float32]) -> None:
    """Darken areas of low saliency: the map keeps its colours where the model was sensitive.

    Parameters
    ----------
    painter, to_screen
        The painter, and the transform from pixels of the saliency map to its units.
    heat
        Saliency, 0 to 1, shape (row, column).
    """
    rows, columns = heat.shape
    veil = np.zeros((rows, columns, 4), dtype=np.uint8)
    veil[..., 3] = np.round(VEIL * (1.0 - np.clip(heat, 0.0, 1.0)))
    picture = QImage(veil.data, columns, rows, 4 * columns, QImage.Format.Format_ARGB32)
    painter.drawImage(to_screen.mapRect(QRectF(-0.5, -0.5, columns, rows)), picture)
    lines = contourpy.contour_generator(z=heat).lines(0.5)
    painter.strokePath(to_screen.map(_path([line[:, ::-1] for line in lines])), QPen(HEAT, 2.2, Qt.PenStyle.DashLine))


def _paint_heat_legend(painter: QPainter, image: QRectF, scene: MapScene) -> None:
    """Paint the legend of the saliency map in the corner with fewest stations: its class, and its scale of darkness."""
    text = tr("Saliency map: {name}").format(name=worded(scene.heat_name) or "–")
    metrics = QFontMetricsF(painter.font())
    text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, image.width() - 24.0)
    scale = metrics.height() * 4.0
    wide = max(metrics.horizontalAdvance(text), scale + metrics.horizontalAdvance("0  1  ---- 0.5") + 16.0) + 12.0
    tall = 2.0 * metrics.height() + 8.0
    box = min(
        (
            QRectF(left, top, wide, tall)
            for left in (image.left() + 4.0, image.right() - wide - 4.0)
            for top in (image.bottom() - tall - 4.0, image.top() + 4.0)
        ),
        key=lambda corner: _covered(
            corner.adjusted(0.0, -tall / 4.0, 0.0, tall / 2.0), image, scene
        ),  # a code is above its dot
    )
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(255, 255, 255, 235))
    painter.drawRoundedRect(box, 4.0, 4.0)
    painter.setPen(INK)
    painter.drawText(QPointF(box.left() + 6.0, box.top() + 2.0 + metrics.ascent()), text)
    left, top = box.left() + 6.0 + metrics.horizontalAdvance("0 "), box.top() + metrics.height() + 5.0
    for step in range(HEAT_STEPS):
        part = QRectF(left + step * scale / HEAT_STEPS, top, scale / HEAT_STEPS, metrics.height() - 4.0)
        painter.fillRect(part, QColor(0, 0, 0, round(VEIL * (1.0 - (step + 0.5) / HEAT_STEPS))))
    painter.drawText(QPointF(box.left() + 6.0, top + metrics.ascent() - 2.0), "0")
    painter.drawText(QPointF(left + scale + 4.0, top + metrics.ascent() - 2.0), "1")
    painter.setPen(QPen(HEAT, 2.2, Qt.PenStyle.DashLine))
    painter.drawLine(QPointF(left + scale / 2.0, top), QPointF(left + scale / 2.0, top + metrics.height() - 4.0))
    sample = QPointF(left + scale + metrics.horizontalAdvance("1  ") + 4.0, top + metrics.height() / 2.0 - 2.0)
    painter.drawLine(sample, sample + QPointF(20.0, 0.0))
    painter.setPen(INK)
    painter.drawText(QPointF(sample.x() + 24.0, top + metrics.ascent() - 2.0), "0.5")


def _covered(box: QRectF, image: QRectF, scene: MapScene) -> int:
    """Return how many stations a box on the map covers."""
    scale = image.width() / scene.map.field.shape[0]
    dots = (QPointF(image.left() + (column + 0.5) * scale, image.top() + (row + 0.5) * scale) for row, column in scene.places)
    return sum(box.contains(dot) for dot in dots)


@lru_cache(maxsize=8)
def threshold_path(day_map: DayMap, threshold_z: float) -> QPainterPath:
    """Return the lines of +threshold and -threshold in pixels, x as column and y as row."""
    both = contour_lines(day_map.field, (threshold_z, -threshold_z))
    return _path([line for lines in both for line in lines])


@lru_cache(maxsize=8)
def outline_path(day_map: DayMap, threshold_z: float) -> QPainterPath:
    """Return the outlines of all extremum regions in pixels, x as column and y as row.

    Together they outline all pixels beyond the threshold, so regions need not be distinguished.
    """
    if not day_map.regions:
        return QPainterPath()
    boxes = np.array([region.bbox for region in day_map.regions])
    (top, left), (bottom, right) = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
    beyond = np.pad(np.abs(day_map.field[top:bottom, left:right]) >= threshold_z, 1).astype(np.float64)
    generator = contourpy.contour_generator(x=np.arange(left - 1, right + 1), y=np.arange(top - 1, bottom + 1), z=beyond)
    return _path([line[:, ::-1] for line in generator.lines(0.5)])


def _path(lines: list[NDArray[np.float64]]) -> QPainterPath:
    if not lines:
        return QPainterPath()
    every = np.vstack(lines)
    connect = np.ones(len(every), dtype=np.int32)
    connect[np.cumsum([len(line) for line in lines]) - 1] = 0
    path: QPainterPath = pg.arrayToQPath(np.ascontiguousarray(every[:, 1]), np.ascontiguousarray(every[:, 0]), connect)
    return path


def _paint_numbers(painter: QPainter, to_screen: QTransform, day_map: DayMap) -> None:
    """Write the number of each region at its northern edge, away from the symbol of the strongest station."""
    for region in day_map.regions:
        at = to_screen.map(QPointF(region.centroid_col, region.bbox[0]))
        _pill(painter, at, tr("Region no. {number}").format(number=region.id), INK, PAPER, stamps=None)


def _paint_flash(painter: QPainter, to_screen: QTransform, day_map: DayMap, threshold_z: float, flash: int) -> None:
    region = next((region for region in day_map.regions if region.id == flash), None)
    if region is None:
        return
    shape = to_screen.map(_path(list(region_outline(region_numbers(day_map, threshold_z), region))))
    painter.fillPath(shape, QColor(255, 235, 59, 150))
    painter.strokePath(shape, QPen(INK, 5.0))
    painter.strokePath(shape, QPen(QColor("#ffeb3b"), 3.0))


def _paint_stations(painter: QPainter, to_screen: QTransform, scene: MapScene, stamps: Stamps | None) -> None:
    radius = painter.fontMetrics().height() * 0.26
    reach = radius * 1.9 + 2.0
    around = QRectF(-reach, -reach, 2.0 * reach, 2.0 * reach)
    present = scene.stations.present.tolist()
    for code, (row, column), here in zip(scene.stations.codes, scene.places.tolist(), present, strict=True):
        picked = code in scene.selected_codes
        if stamps is not None and (code, here, picked) in stamps:
            painter.drawPixmap(*stamps[code, here, picked])
        elif math.isfinite(row):
            draw = partial(_paint_station, radius=radius, here=here, picked=picked)
            stamped(painter, to_screen.map(QPointF(column, row)), around, (code, here, picked), draw, stamps=stamps)
        if picked and math.isfinite(row):
            at = to_screen.map(QPointF(column, row)) + QPointF(0.0, -radius * 4.2)
            _pill(painter, at, code, PAPER, INK, stamps=stamps)


def _paint_station(painter: QPainter, at: QPointF, *, radius: float, here: bool, picked: bool) -> None:
    painter.setBrush(INK if here else Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(PAPER if here else INK, 1.4))
    painter.drawEllipse(at, radius, radius)
    if picked:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.LIGHT.cursor, 2.0))
        painter.drawEllipse(at, radius * 1.9, radius * 1.9)


def _paint_sentence(painter: QPainter, rect: QRectF, sentence: str) -> None:
    inner = rect.adjusted(rect.width() * 0.12, 0, -rect.width() * 0.12, 0)
    flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
    box = painter.boundingRect(inner, flags, worded(sentence)).adjusted(-14, -10, 14, 10)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(255, 255, 255, 225))
    painter.drawRoundedRect(box, 6, 6)
    painter.setPen(INK)
    painter.drawText(box, flags, worded(sentence))


def _pill(painter: QPainter, at: QPointF, text: str, fill: QColor, ink: QColor, *, stamps: Stamps | None) -> None:
    key = text, at.x(), at.y(), fill.rgb()
    if stamps is not None and key in stamps:
        painter.drawPixmap(*stamps[key])
        return
    metrics = QFontMetricsF(painter.font())
    width, height = metrics.horizontalAdvance(text) + 8.0, metrics.height() + 1.0

    def draw(painter: QPainter, at: QPointF) -> None:
        box = QRectF(at.x() - width / 2.0, at.y() - height / 2.0, width, height)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(fill)
        painter.drawRoundedRect(box, height / 2.4, height / 2.4)
        painter.setPen(ink)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    around = QRectF(-width / 2.0 - 1.0, -height / 2.0 - 1.0, width + 2.0, height + 2.0)
    stamped(painter, at, around, key, draw, stamps=stamps)


def _paint_head(painter: QPainter, parts: MapLayout, scene: MapScene, colours: ThemeColours, stamps: Stamps | None) -> None:
    font = QFont(painter.font())
    bold = QFont(font)
    bold.setBold(True)
    bold.setPointSizeF(font.pointSizeF() * 1.25)
    painter.setFont(bold)
    painter.setPen(colours.text)
    date = scene.title or str(scene.map.day)
    left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
    used = QFontMetricsF(bold).horizontalAdvance(date) + 14.0
    metrics, right, text = QFontMetricsF(font), parts.image.right(), tr("SYNTHETIC")
    width = metrics.horizontalAdvance(text) + 8.0
    if not scene.synthetic or used + width < parts.image.width():
        painter.drawText(parts.head, left, date)  # if there is room for only one of them, the stamp is painted
    painter.setFont(font)
    if scene.synthetic:
        _pill(
            painter,
            QPointF(right - width / 2.0, parts.head.center().y()),
            text,
            colours.alarm,
            colours.background,
            stamps=stamps,
        )
        right -= width + 6.0
    if scene.title:
        return  # Kp is that of a night
    painter.setPen(colours.storm if scene.kp >= STORM_KP else colours.muted)
    beside = QRectF(parts.head.left() + used, parts.head.top(), right - parts.head.left() - used, parts.head.height())
    words = kp_text(scene.kp)
    if metrics.horizontalAdvance(words) > beside.width() and np.isfinite(scene.kp):
        words = tr("Kp {kp:.1f}").format(kp=scene.kp)
    if metrics.horizontalAdvance(words) <= beside.width():
        painter.drawText(beside, left, words)


def kp_text(kp: float) -> str:
    """Return the night's Kp in words: unknown, quiet or stormy."""
    if not np.isfinite(kp):
        return tr("Kp unknown")
    if kp >= STORM_KP:
        return tr("Kp {kp:.1f}, storm night").format(kp=kp)
    return tr("Kp {kp:.1f}").format(kp=kp)


def _paint_foot(painter: QPainter, parts: MapLayout, scene: MapScene, colours: ThemeColours) -> None:
    painter.setPen(colours.muted)
    present, count = int(scene.stations.present.sum()), len(scene.stations.codes)
    words = [tr("{present} of {count} stations").format(present=present, count=count)]
    if np.isfinite(scene.error_z):
        unit, factor = ("nT", scene.stations.nt_per_z) if scene.display.unit == "nT" else ("z", 1.0)
        words.append(
            tr("leave-one-out error: RMS {error:.2f} ({unit}), largest at {code}").format(
                error=scene.error_z * factor, unit=unit, code=scene.worst
            )
        )
    if scene.display.scale_bar:
        words[0] = scene.place  # what a map needs alone; the day panel counts the stations too
    metrics, wide = painter.fontMetrics(), int(parts.image.width())
    if scene.display.threshold:  # what explains the marks on the colour bar is the last to go
        threshold = tr("▸ regions: |z| ≥ {z:.1f}").format(z=scene.threshold_z)
        every = [*words, threshold], [words[0], threshold], words
        words = next((some for some in every if metrics.horizontalAdvance(" · ".join(some)) <= wide), words)
    if metrics.horizontalAdvance(" · ".join(words)) > wide:
        words = words[:1] if scene.display.scale_bar else words[-1:]
    text = " · ".join(words)
    if metrics.horizontalAdvance(text) > wide and not scene.display.scale_bar:
        text = tr("{present} of {count} stations").format(present=present, count=count)
    text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, wide)
    painter.drawText(parts.foot, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)


def _paint_bar(painter: QPainter, parts: MapLayout, scene: MapScene, colours: ThemeColours) -> None:
    style, bar = scene.map.style, parts.bar
    step = bar.height() / style.levels
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    for level, (red, green, blue) in enumerate(style.colours.tolist()):
        bottom = bar.bottom() - level * step
        painter.fillRect(QRectF(bar.left(), bottom - step, bar.width(), step + 0.5), QColor(red, green, blue))
    painter.setPen(QPen(colours.border, 1.0))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(bar)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    in_nt = scene.display.unit == "nT" and np.isfinite(scene.stations.nt_per_z)
    factor = scene.stations.nt_per_z if in_nt else 1.0
    painter.setPen(colours.text)
    title = "≈ nT" if in_nt else tr("z-score")
    painter.drawText(QRectF(bar.left() - 6.0, parts.image.top(), 60.0, bar.top() - parts.image.top()), 0, title)
    limit = style.limit_z * factor
    every = _nice_step(limit / 4.0)
    for k in range(-int(limit / every + 1e-9), int(limit / every + 1e-9) + 1):
        y = bar.center().y() - k * every / limit * bar.height() / 2.0
        painter.setPen(colours.text)
        painter.drawLine(QPointF(bar.right() + 1.0, y), QPointF(bar.right() + 4.0, y))
        box = QRectF(bar.right() + 6.0, y - 10.0, 60.0, 20.0)
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, f"{k * every:g}".replace("-", "−"))
    if scene.display.threshold:
        _paint_threshold_marks(painter, bar, scene.threshold_z / style.limit_z)


def _paint_threshold_marks(painter: QPainter, bar: QRectF, share: float) -> None:
    painter.setPen(QPen(PAPER, 0.8) if theme.colours().dark else Qt.PenStyle.NoPen)
    painter.setBrush(QBrush(THRESHOLD))
    for sign in (1.0, -1.0):
        y = bar.center().y() - sign * min(share, 1.0) * bar.height() / 2.0
        painter.drawPolygon([QPointF(bar.left() - 7.0, y - 4.5), QPointF(bar.left() - 7.0, y + 4.5), QPointF(bar.left(), y)])


def _nice_step(about: float) -> float:
    """Return the largest 1, 2 or 5 times a power of ten that is at most `about`."""
    power = 10.0 ** np.floor(np.log10(about))
    return float(power * max(k for k in (1.0, 2.0, 5.0) if k * power <= about * 1.0001))
