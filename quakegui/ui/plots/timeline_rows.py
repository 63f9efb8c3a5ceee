"""The rows of the timeline, painted once to an image; only the cursor moves over it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from math import ceil, floor, isfinite
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetricsF, QPainter, QPen, QPolygonF

from quakegui.season.kp import STORM_KP
from quakegui.ui.i18n import mark
from quakegui.ui.plots.label_row import label_runs, paint_labels
from quakegui.ui.plots.time_axis import DayAxis, ticks
from quakegui.ui.theme import ThemeColours

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class TimelineData:
    """Everything that the rows show, per day of the season.

    Attributes
    ----------
    days
        Local dates, shape (day,).
    event_index, event_magnitude, event_class
        Day index, magnitude and class of each earthquake within the season, shape (event,).
    labels
        Current class, -1 for none, shape (day,).
    by_rule
        Whether that is the rule's label, no person's, shape (day,).
    predicted, probability, kind
        Most probable class (-1 for none), its probability, and "out-of-fold", "prospective", "in-sample" or "", shape (day,).
    alarms
        First and last open day of each alarm.
    kp
        Largest Kp of the night, NaN if unknown, shape (day,).
    area_km2, peak_z, has_map
        Features of the day map, shape (day,).
    present
        Share of the stations with data, shape (day,).
    """

    days: NDArray[np.datetime64]
    event_index: NDArray[np.intp]
    event_magnitude: Floats
    event_class: NDArray[np.intp]
    labels: NDArray[np.int8]
    by_rule: NDArray[np.bool_]
    predicted: NDArray[np.int8]
    probability: Floats
    kind: NDArray[np.str_]
    alarms: tuple[tuple[int, int], ...]
    kp: Floats
    area_km2: Floats
    peak_z: Floats
    has_map: NDArray[np.bool_]
    present: Floats


HEAD_RADIUS: Final = 3.6
"""Radius of the head of an earthquake's stem, in pixels."""
HATCHED: Final = (2, 4)
"""Classes of the smaller earthquakes."""
STRIP: Final = 64
"""Width in pixels of the parts in which a long line is drawn."""
BESIDE_STRIP: Final = 4.0
"""How far the line continues on both sides of a strip, in pixels: more than its width."""
RowPainter = Callable[[QPainter, QRectF, DayAxis, TimelineData, ThemeColours], None]


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """A row: its name, its description, its share of the height, its painter, and the fields that this reads."""

    name: str
    tip: str
    weight: float
    paint: RowPainter
    reads: tuple[str, ...]


def changed_rows(before: TimelineData, now: TimelineData) -> frozenset[str]:
    """Return the names of the rows whose data changed; all of them if the days changed."""

    def differs(name: str) -> bool:
        if getattr(before, name) is getattr(now, name):
            return False
        one, other = np.asarray(getattr(before, name)), np.asarray(getattr(now, name))
        return not np.array_equal(one, other, equal_nan=one.dtype.kind == other.dtype.kind == "f")

    if differs("days"):
        return frozenset(row.name for row in ROWS)
    return frozenset(row.name for row in ROWS if any(differs(name) for name in row.reads))


def paint_rows(
    painter: QPainter,
    axis: DayAxis,
    height: float,
    data: TimelineData,
    colours: ThemeColours,
    *,
    only: frozenset[str] | None = None,
) -> None:
    """Paint all rows with their grid and axis into an image of `height`; with `only`, just these rows."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    named, fine = ticks(axis, data.days)
    bottom = height - axis.below
    painter.setPen(QPen(colours.grid, 1.0))
    for index, _ in named:
        painter.drawLine(QLineF(axis.x(index), 0.0, axis.x(index), bottom))
    for row, box in row_boxes(axis, height):
        if only is None or row.name in only:
            painter.save()
            painter.setClipRect(box, Qt.ClipOperation.IntersectClip)
            row.paint(painter, box, axis, data, colours)
            painter.restore()
        painter.setPen(QPen(colours.grid, 1.0))
        painter.drawLine(box.bottomLeft() + QPointF(0.0, 1.5), box.bottomRight() + QPointF(0.0, 1.5))
    _paint_axis(painter, axis, bottom, (named, fine), colours)


def row_boxes(axis: DayAxis, height: float) -> list[tuple[TimelineRow, QRectF]]:
    """Return each row with its rectangle; if there is little room, the less important rows are omitted."""
    rows = [ROWS[number] for number in sorted(FIRST_ROWS[: _fitting(axis, height)])]
    total, free = sum(row.weight for row in rows), height - axis.below - 3.0 * len(rows)
    boxes, top = [], 1.0
    for row in rows:
        tall = max(free * row.weight / total, 4.0)
        boxes.append((row, QRectF(axis.left, top, axis.width, tall)))
        top += tall + 3.0
    return boxes


def _fitting(axis: DayAxis, height: float) -> int:
    """Return for how many rows there is room, about a line of text each (`axis.below` is a line and its ticks)."""
    return int(np.clip((height - axis.below) // (0.85 * axis.below), LEAST_ROWS, len(ROWS)))


def _paint_axis(
    painter: QPainter, axis: DayAxis, top: float, marks: tuple[list[tuple[int, str]], list[int]], colours: ThemeColours
) -> None:
    named, fine = marks
    painter.setPen(QPen(colours.muted, 1.0))
    painter.drawLine(QLineF(axis.left, top, axis.left + axis.width, top))
    for index in fine:
        painter.drawLine(QLineF(axis.x(index), top, axis.x(index), top + 3.0))
    for index, _ in named:
        painter.drawLine(QLineF(axis.x(index), top, axis.x(index), top + 6.0))
    metrics = QFontMetricsF(painter.font())
    for left, _right, text in axis_names(axis, named, metrics):
        painter.drawText(QPointF(left, top + metrics.ascent() + 3.0), text)


def axis_names(axis: DayAxis, named: list[tuple[int, str]], metrics: QFontMetricsF) -> list[tuple[float, float, str]]:
    """Return the names of days or months (`ticks`) that fit, each with its left and right end."""
    names: list[tuple[float, float, str]] = []
    for index, text in named:
        left = axis.x(index) + 3.0
        right = left + metrics.horizontalAdvance(text)
        if (not names or left >= names[-1][1] + 11.0) and right <= axis.left + axis.width:
            names.append((left, right, text))
    return names


def _events(painter: QPainter, box: QRectF, axis: DayAxis, data: TimelineData, colours: ThemeColours) -> None:
    """Paint stems as tall as the magnitude; the larger ones are labelled."""
    lowest = np.floor(data.event_magnitude.min()) - 0.5 if data.event_magnitude.size else 0.0
    span = max(float(data.event_magnitude.max(initial=lowest)) - lowest, 1.0) + 0.4
    order = np.argsort(-data.event_magnitude, kind="stable").tolist()
    heads = {
        number: QPointF(
            axis.x(int(data.event_index[number]) + 0.5),
            box.bottom() - (float(data.event_magnitude[number]) - lowest) / span * (box.height() - 4.0),
        )
        for number in order
    }
    for number, at in heads.items():
        cls = int(data.event_class[number])
        painter.setPen(QPen(colours.classes[cls], 1.6))
        painter.drawLine(QLineF(at.x(), box.bottom(), at.x(), at.y()))
        painter.setBrush(colours.class_brush(cls))
        painter.drawEllipse(at, HEAD_RADIUS, HEAD_RADIUS)
    painter.setPen(colours.text)
    texts = [(at, f"{float(data.event_magnitude[number]):.1f}") for number, at in heads.items()]
    for place, text in _beside(texts, list(heads.values()), box, QFontMetricsF(painter.font())):
        painter.drawText(place, text)


def _beside(
    texts: list[tuple[QPointF, str]], heads: list[QPointF], box: QRectF, metrics: QFontMetricsF
) -> list[tuple[QPointF, str]]:
    """Return positions of texts beside their heads, right or else left; texts that would cover others are omitted."""
    radius = HEAD_RADIUS + 0.5
    taken = [QRectF(at.x() - radius, at.y() - radius, 2.0 * radius, box.bottom() - at.y() + radius) for at in heads]
    found = []
    for at, text in texts:
        wide, tall = metrics.horizontalAdvance(text), metrics.ascent()
        base = min(at.y() + tall / 2.0 - 1.0, box.bottom() - 2.0)
        for left in (at.x() + HEAD_RADIUS + 2.5, at.x() - HEAD_RADIUS - 2.5 - wide):
            here = QRectF(left, base - tall, wide, tall)
            if left >= box.left() and here.right() <= box.right() and not any(here.intersects(other) for other in taken):
                taken.append(here)
                found.append((QPointF(left, base), text))
                break
    return found


def _labels(painter: QPainter, box: QRectF, axis: DayAxis, data: TimelineData, colours: ThemeColours) -> None:
    paint_labels(painter, box, axis, label_runs(data.labels, data.by_rule), colours)


def _predictions(painter: QPainter, box: QRectF, axis: DayAxis, data: TimelineData, colours: ThemeColours) -> None:
    """Paint one bar per day, as tall as the probability of the predicted class; in-sample predictions are only outlined."""
    wide = max(axis.px_per_day - (1.0 if axis.px_per_day > 4.0 else 0.0), 1.0)
    foot = box.bottom() - 3.0
    for index in axis.visible():
        cls = int(data.predicted[index])
        if cls < 0:
            continue
        tall = max(float(data.probability[index]) * (box.height() - 5.0), 1.5)
        bar, colour, kind = QRectF(axis.x(index), foot - tall, wide, tall), colours.classes[cls], data.kind[index]
        if kind == "in-sample":
            painter.setPen(Qt.PenStyle.NoPen)
            faint = QColor(colour)
            faint.setAlphaF(0.35)
            painter.fillRect(bar, QBrush(faint, Qt.BrushStyle.Dense4Pattern))
            painter.fillRect(QRectF(bar.left(), bar.top(), bar.width(), 1.5), colour)
        else:
            painter.fillRect(bar, QBrush(colour, Qt.BrushStyle.Dense3Pattern) if cls in HATCHED else colour)
        if kind == "prospective":
            painter.fillRect(QRectF(bar.left(), foot + 1.0, axis.px_per_day, 2.0), colours.accent)
    painter.setPen(QPen(colours.grid, 1.0))
    painter.drawLine(QLineF(box.left(), foot, box.right(), foot))


def _alarms(painter: QPainter, box: QRectF, axis: DayAxis, data: TimelineData, colours: ThemeColours) -> None:
    for first, last in data.alarms:
        bar = QRectF(axis.x(first), box.center().y() - 4.0, axis.x(last + 1) - axis.x(first), 8.0)
        painter.setPen(QPen(colours.alarm, 1.2))
        painter.setBrush(QBrush(colours.alarm, Qt.BrushStyle.Dense4Pattern))
        painter.drawRect(bar)
        painter.setBrush(colours.alarm)
        painter.drawPolygon(QPolygonF([bar.topLeft(), bar.topLeft() + QPointF(7.0, 4.0), bar.bottomLeft()]))


def _kp(painter: QPainter, box: QRectF, axis: DayAxis, data: TimelineData, colours: ThemeColours) -> None:
    wide = max(axis.px_per_day - (1.0 if axis.px_per_day > 4.0 else 0.0), 1.0)
    unknown, calm, stormy = (list[QRectF]() for _ in range(3))
    days, foot = axis.visible(), box.bottom()
    for left, value in zip(axis.lefts(), data.kp[days.start : days.stop].tolist(), strict=True):
        if not isfinite(value):
            unknown.append(QRectF(left, box.top() + 2.0, axis.px_per_day, box.height() - 4.0))
            continue
        tall = max(value / 9.0 * (box.height() - 2.0), 1.0)
        (stormy if value >= STORM_KP else calm).append(QRectF(left, foot - tall, wide, tall))
    _hatch(painter, unknown, colours)
    _fill(painter, calm, colours.kp)
    _fill(painter, stormy, colours.storm)
    storm = box.bottom() - STORM_KP / 9.0 * (box.height() - 2.0)
    painter.setPen(QPen(colours.storm, 1.0, Qt.PenStyle.DotLine))
    painter.drawLine(QLineF(box.left(), storm, box.right(), storm))


def _area(painter: QPainter, box: QRectF, axis: DayAxis, data: TimelineData, colours: ThemeColours) -> None:
    """Paint the area beyond the threshold as bars, and the largest |z| of the map as a line with gaps where there is no map."""
    most = max(float(np.nanmax(data.area_km2, initial=0.0)), 1.0)
    wide = max(axis.px_per_day, 1.0)
    fill = QColor(colours.accent)
    fill.setAlphaF(0.45)
    bars, without, foot, days, lefts = [], [], box.bottom(), axis.visible(), axis.lefts()
    for index, left in zip(days, lefts, strict=True):
        if data.area_km2[index] > 0.0:
            tall = float(data.area_km2[index]) / most * (box.height() - 2.0)
            bars.append(QRectF(left, foot - tall, wide, tall))
        elif not data.has_map[index]:
            without.append(QRectF(left, box.top() + 2.0, axis.px_per_day, box.height() - 4.0))
    _fill(painter, bars, fill)
    _hatch(painter, without, colours)
    peak = np.abs(data.peak_z)
    scale = (box.height() - 3.0) / max(float(np.nanmax(peak, initial=0.0)), 1.0)
    half = axis.px_per_day / 2.0
    painter.setPen(QPen(colours.text, 1.2))
    for line in broken_line(peak, days):
        points = [QPointF(lefts[k - days.start] + half, foot - v * scale) for k, v in line]
        if len(points) == 1:
            painter.drawPoint(points[0])
        _line(painter, box, points)


def _line(painter: QPainter, box: QRectF, points: list[QPointF]) -> None:
    """Draw a line from left to right in strips: the time for one grows with the square of its width."""
    for left in range(floor(box.left()), ceil(box.right()), STRIP):
        # what is left and right of the strip begins and ends the line as a whole does: the pixels are those of one line
        first = bisect_left(points, left - BESIDE_STRIP, key=QPointF.x)
        last = bisect_right(points, left + STRIP + BESIDE_STRIP, key=QPointF.x)
        painter.save()
        painter.setClipRect(QRectF(left, box.top(), STRIP, box.height()), Qt.ClipOperation.IntersectClip)
        painter.drawPolyline(QPolygonF(points[max(first - 1, 0) : last + 1]))
        painter.restore()


def broken_line(values: Floats, mask: range) -> list[list[tuple[int, float]]]:
    """Return the unbroken stretches of finite values as (index, value)."""
    lines: list[list[tuple[int, float]]] = [[]]
    for index in mask:
        value = float(values[index])
        if isfinite(value):
            lines[-1].append((index, value))
        elif lines[-1]:
            lines.append([])
    return [line for line in lines if line]


def _completeness(painter: QPainter, box: QRectF, axis: DayAxis, data: TimelineData, colours: ThemeColours) -> None:
    """Paint the share of stations with data as bars; the missing share is hatched above them, never left white like zero."""
    fill = QColor(colours.good)
    fill.setAlphaF(0.75)
    tall_most = box.height() - 2.0
    bars, missing, scale, days, top, foot = [], [], axis.px_per_day, axis.visible(), box.top() + 1.0, box.bottom()
    wide = max(scale, 1.0)
    for left, share in zip(axis.lefts(), data.present[days.start : days.stop].tolist(), strict=True):
        tall = share * tall_most
        bars.append(QRectF(left, foot - tall, wide, tall))
        if share < 1.0:
            missing.append(QRectF(left, top, scale, tall_most - tall + 1.0))
    _fill(painter, bars, fill)
    _hatch(painter, missing, colours)


def _fill(painter: QPainter, boxes: list[QRectF], fill: QColor | QBrush) -> None:
    """Fill boxes by one call, since there may be one a day."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(fill)
    painter.drawRects(boxes)


def _hatch(painter: QPainter, boxes: list[QRectF], colours: ThemeColours) -> None:
    """Hatch boxes where something is missing."""
    soft = QColor(colours.missing)
    soft.setAlphaF(0.18)
    _fill(painter, boxes, soft)
    _fill(painter, boxes, QBrush(colours.missing, Qt.BrushStyle.BDiagPattern))


LABEL_ROW: Final = mark("Label")
ROWS: Final = (
    TimelineRow(mark("Earthquakes"), mark("Catalogue earthquakes; height shows magnitude"), 1.6, _events,
        ("event_index", "event_magnitude", "event_class")),
    TimelineRow(
        LABEL_ROW,
        mark("Current label: colour, pattern and number of its class; line: class 0, no earthquake. Bar above and solid "
             "outline: by an analyst; dashed outline: by the label rule"),
        1.1, _labels, ("labels", "by_rule"),
    ),
    TimelineRow(
        mark("Prediction"),
        mark("Predicted class; height shows its probability. Solid: day not used in training; faint: used in "
             "training; underlined: issued in advance"),
        1.4,
        _predictions,
        ("predicted", "probability", "kind"),
    ),
    TimelineRow(mark("Alarms"), mark("Days with an open alarm"), 0.7, _alarms, ("alarms",)),
    TimelineRow(mark("Kp"), mark("Largest Kp of the night; dotted line: storm level; hatched: unknown"), 1.0, _kp,
                ("kp",)),
    TimelineRow(mark("Region area, peak z"), mark("Bars: area of the extremum regions; line: largest |z| on the map"),
        1.3, _area, ("area_km2", "peak_z", "has_map")),
    TimelineRow(mark("Stations with data"), mark("Share of stations with data; hatched: missing"), 0.9, _completeness,
        ("present",)),
)  # fmt: skip
"""From top to bottom."""
FIRST_ROWS: Final = (0, 1, 2, 3, 4, 6, 5)
"""Their indices, the most important first."""
LEAST_ROWS: Final = 4
