"""The row of labels of the timeline, and the part of it that a change of labels concerns."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontInfo, QFontMetricsF, QPainter, QPen

from quakegui.ui.plots.time_axis import DayAxis
from quakegui.ui.theme import ThemeColours

LEAST_DIGIT: Final = 8
"""Of a class, in pixels."""
PERSON_BAR: Final = 2.5
"""Height of the bar above labels that a person gave, in pixels."""
RULE_STRENGTH: Final = 0.45
"""How opaque a rule's label is filled, so that its broken outline is seen."""
THIN: Final = 3.0
"""Width in pixels below which a run of labels has neither pattern nor outline nor number."""
BY_PERSON: Final = 5
"""Added to a class where a person gave the label."""
BESIDE: Final = 3.0
"""How far, in pixels, the painting of a run of labels extends beyond its days at most."""
Stretch = tuple[float, float]
"""Two positions, the left one first."""


def runs_of(values: NDArray[np.int8], mask: range) -> list[tuple[int, int, int]]:
    """Return (value, first, end) of each run of equal values within `mask`."""
    part = values[mask.start : mask.stop]
    if not part.size:
        return []
    cuts = np.flatnonzero(np.diff(part)) + 1
    starts = [0, *cuts.tolist()]
    return [
        (int(part[first]), mask.start + first, mask.start + end)
        for first, end in zip(starts, [*starts[1:], len(part)], strict=True)
    ]


def label_runs(labels: NDArray[np.int8], by_rule: NDArray[np.bool_]) -> NDArray[np.int8]:
    """Return the class of each day, `BY_PERSON` more where a person gave it, -1 for none; equal days in a row are one run.

    Parameters
    ----------
    labels
        Current class, -1 for none, shape (day,).
    by_rule
        Whether that is the rule's label, no person's, shape (day,).
    """
    return np.where(labels >= 0, np.where(by_rule, labels, labels + BY_PERSON), -1).astype(np.int8)


def label_part(before: NDArray[np.int8], now: NDArray[np.int8], axis: DayAxis) -> tuple[DayAxis, Stretch, Stretch]:
    """Return which part of the row of labels a change of labels concerns.

    Parameters
    ----------
    before, now
        The runs of labels before and after it, as `label_runs` returns them, shape (day,).
    axis
        The days in view.

    Returns
    -------
    part : DayAxis
        The axis with the days of the runs that reach into what changed.
    whole, changed : Stretch
        Where these runs are, and what runs with a changed day covered before, or cover now.
    """
    changed = np.flatnonzero(before != now)
    if not changed.size:
        return replace(axis, part=(0, 0)), (0.0, 0.0), (0.0, 0.0)
    first = min(_run_at(values, changed[0])[0] for values in (before, now))
    end = max(_run_at(values, changed[-1])[1] for values in (before, now))
    left, right = axis.x(first) - BESIDE, axis.x(end) + BESIDE
    near = _run_at(now, axis.day_at(left - BESIDE))[0], _run_at(now, axis.day_at(right + BESIDE))[1]
    return replace(axis, part=near), (axis.x(near[0]) - BESIDE, axis.x(near[1]) + BESIDE), (left, right)


def _run_at(values: NDArray[np.int8], index: int) -> tuple[int, int]:
    """Return first and end of the run of equal values around an index."""
    other = np.flatnonzero(values != values[index])
    place = int(np.searchsorted(other, index))
    return int(other[place - 1]) + 1 if place else 0, int(other[place]) if place < other.size else values.size


def paint_labels(painter: QPainter, box: QRectF, axis: DayAxis, runs: NDArray[np.int8], colours: ThemeColours) -> None:
    """Paint runs of days of one class, each with a bar along its top where a person gave the label and no rule.

    Parameters
    ----------
    painter, box
        Where the row is painted.
    axis
        The days to paint.
    runs
        As `label_runs` returns them, shape (day,).
    colours
        Colours of the classes.
    """
    thin: dict[int, list[QRectF]] = {}
    top, tall, scale = box.top() + 2.0, box.height() - 4.0, axis.px_per_day
    for one, first, end in runs_of(runs, axis.visible()):
        block = QRectF(axis.left + (first - axis.first) * scale, top, max((end - first) * scale, 1.0), tall)
        if one < 0:
            continue
        if block.width() < THIN:
            thin.setdefault(one, []).append(block)
            continue
        _class_block(painter, block, one % BY_PERSON, colours, by_rule=one < BY_PERSON)
        if one >= BY_PERSON:
            painter.fillRect(QRectF(block.left(), box.top(), block.width(), PERSON_BAR), colours.text)
    painter.setPen(Qt.PenStyle.NoPen)
    for one, blocks in sorted(thin.items()):
        _thin_blocks(painter, blocks, one % BY_PERSON, colours, by_rule=one < BY_PERSON)


def _thin_blocks(painter: QPainter, boxes: list[QRectF], cls: int, colours: ThemeColours, *, by_rule: bool) -> None:
    """Paint runs too short for a pattern, thousands of which may be in view: colour alone, all of a class at once."""
    top, middle = boxes[0].top(), boxes[0].center().y()
    painter.setOpacity(RULE_STRENGTH if by_rule else 1.0)
    painter.setBrush(colours.classes[cls])
    painter.drawRects([QRectF(one.left(), middle - 1.0, one.width(), 2.0) for one in boxes] if cls == 0 else boxes)
    painter.setOpacity(1.0)
    if not by_rule:
        painter.setBrush(colours.text)
        painter.drawRects([QRectF(one.left(), top - 2.0, one.width(), PERSON_BAR) for one in boxes])


def _class_block(painter: QPainter, box: QRectF, cls: int, colours: ThemeColours, *, by_rule: bool) -> None:
    """Paint a run of days of one class: colour, pattern and number; class 0 is a thin line, so that the others stand out."""
    colour, line = colours.classes[cls], Qt.PenStyle.DashLine if by_rule else Qt.PenStyle.SolidLine
    if cls == 0:
        painter.setPen(QPen(colour, 2.0, line))
        painter.drawLine(QLineF(box.left(), box.center().y(), box.right(), box.center().y()))
        return
    soft = QColor(colour)
    soft.setAlphaF(0.30)
    painter.fillRect(box, soft)
    painter.setOpacity(RULE_STRENGTH if by_rule else 1.0)
    painter.fillRect(box, colours.class_brush(cls))
    painter.setOpacity(1.0)
    painter.setPen(QPen(colour, 1.0, line))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(box.adjusted(0.5, 0.5, -0.5, -0.5))
    usual = painter.font()
    font = QFont(usual)
    font.setPixelSize(int(min(max(box.height() * 0.8, LEAST_DIGIT), QFontInfo(usual).pixelSize())))  # smaller, never omitted
    metrics = QFontMetricsF(font)
    if box.width() > metrics.horizontalAdvance("0") + 4.0:
        painter.setFont(font)
        wide = min(metrics.horizontalAdvance("0") + 6.0, box.width() - 2.0)
        tag = QRectF(box.center().x() - wide / 2.0, box.center().y() - metrics.height() / 2.0, wide, metrics.height())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colours.background)
        painter.drawRoundedRect(tag, 3.0, 3.0)
        painter.setPen(colours.text)
        painter.drawText(tag, Qt.AlignmentFlag.AlignCenter, str(cls))
        painter.setFont(usual)
