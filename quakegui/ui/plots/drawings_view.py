"""Drawings of the report in the window: in its colours and font, side by side if there is room."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QEvent, QRectF
from PySide6.QtGui import QFontInfo, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QScrollArea, QWidget

from quakegui.ui import theme

if TYPE_CHECKING:
    from quakegui.report.markup import Figure

GAP = 12
DARK_SHADES = ("#15191e", "#1b3550", "#22507a", "#2a6ba5", "#2f86cf")
"""Replacement of `drawings.SHADES` on a dark background."""
_COLOUR = re.compile(rb"#[0-9a-f]{6}")


class DrawingsView(QScrollArea):
    """Drawings from left to right and from top to bottom; scrolls vertically only.

    Parameters
    ----------
    whole
        Whether to scale the drawings so that all fit without scrolling.
    """

    def __init__(self, parent: QWidget | None = None, *, whole: bool = False) -> None:
        super().__init__(parent)
        self._sheet = _Sheet(whole)
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setWidget(self._sheet)

    @property
    def figures(self) -> tuple[Figure, ...]:
        """The drawings shown."""
        return self._sheet.figures

    def show_figures(self, figures: Sequence[Figure]) -> None:
        """Replace the drawings (SVG)."""
        self._sheet.show_figures(figures)


class _Sheet(QWidget):
    def __init__(self, whole: bool) -> None:
        super().__init__()
        self._whole = whole
        self.figures: tuple[Figure, ...] = ()
        self._renderers: list[QSvgRenderer] = []

    def show_figures(self, figures: Sequence[Figure]) -> None:
        self.figures = tuple(figures)
        self._renderers = []
        self.setAccessibleName("; ".join(figure.alt for figure in figures))
        self._make_room()
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        self._make_room()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self._renderers = []
            self._make_room()
            self.update()
        super().changeEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        if not self._renderers:
            self._renderers = [QSvgRenderer(QByteArray(self._dressed(figure))) for figure in self.figures]
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.colours().background)
        for renderer, place in zip(self._renderers, self._places(), strict=True):
            renderer.render(painter, place)
        painter.end()

    def _make_room(self) -> None:
        self.setMinimumHeight(0 if self._whole else round(max((place.bottom() for place in self._places()), default=0)))

    def _places(self) -> list[QRectF]:
        """Return the rectangle of each drawing: at text size, smaller only if the sheet is narrower."""
        if self._whole and self.figures:
            return self._fitting()
        scale = self.font().pointSizeF() / 9.0
        places: list[QRectF] = []
        left = top = tallest = 0.0
        for figure in self.figures:
            wide = min(figure.width * scale, float(self.width()))
            tall = wide * figure.height / figure.width
            if left and left + wide > self.width():
                left, top, tallest = 0.0, top + tallest + GAP, 0.0
            places.append(QRectF(left, top, wide, tall))
            left, tallest = left + wide + GAP, max(tallest, tall)
        return places

    def _fitting(self) -> list[QRectF]:
        """Return the rectangle of each drawing if all of them fill a grid."""
        wide, tall = (max(getattr(figure, side) for figure in self.figures) for side in ("width", "height"))
        count = len(self.figures)

        def scale(columns: int) -> float:
            rows = -(-count // columns)
            return float(min((self.width() / columns - GAP) / wide, (self.height() / rows - GAP / 2) / tall))

        columns = max(range(1, count + 1), key=scale)
        factor = max(scale(columns), 0.05)
        rows = -(-count // columns)
        left = (self.width() - columns * (wide * factor + GAP) + GAP) / 2
        top = (self.height() - rows * (tall * factor + GAP / 2) + GAP / 2) / 2
        return [
            QRectF(
                left + number % columns * (wide * factor + GAP), top + number // columns * (tall * factor + GAP / 2),
                figure.width * factor, figure.height * factor,
            )
            for number, figure in enumerate(self.figures)
        ]  # fmt: skip

    def _dressed(self, figure: Figure) -> bytes:
        """Return a drawing in the colours of the screen, with the only font that drawings in Qt can have."""
        from quakegui.report import drawings  # already loaded by the first evaluation

        colours = theme.colours()
        data = figure.data.replace(drawings.FONT.encode(), escape(QFontInfo(self.font()).family(), quote=True).encode(), 1)
        table = {
            drawings.TEXT: colours.text.name(),
            drawings.MUTED: colours.muted.name(),
            drawings.GRID: colours.grid.name(),
            drawings.ALARM: colours.alarm.name(),
            drawings.BAND: colours.raised.name() if colours.dark else drawings.BAND,
            **dict(zip(drawings.SERIES, (colour.name() for colour in colours.series), strict=True)),
            **(dict(zip(drawings.SHADES, DARK_SHADES, strict=True)) if colours.dark else {}),
        }
        return _COLOUR.sub(lambda found: table.get(found[0].decode(), found[0].decode()).encode(), data)
