"""An icon per class with its colour, pattern and number, so that colour is never the only cue."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap

from quakegui.ui import theme


def class_icon(cls: int) -> QIcon:
    """Return the icon of a class 0 to 4 in the current colours."""
    return _pixels(cls, theme.colours().classes[cls].name())


@lru_cache(maxsize=10)
def _pixels(cls: int, colour: str) -> QIcon:
    icon = QIcon()
    for size in (20, 40, 60):
        icon.addPixmap(_picture(cls, size, QColor(colour)))
    return icon


def _picture(cls: int, size: int, colour: QColor) -> QPixmap:
    pixmap = QPixmap(size, size)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    box = QRectF(size * 0.08, size * 0.08, size * 0.84, size * 0.84)
    painter.setPen(colour)
    painter.setBrush(colour)
    painter.drawRoundedRect(box, size * 0.2, size * 0.2)
    font = painter.font()
    font.setPixelSize(int(size * 0.62))
    font.setBold(True)
    painter.setFont(font)
    painter.setPen(QColor("#000000") if colour.lightness() > 110 else QColor("#ffffff"))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(cls))
    painter.end()
    return pixmap
