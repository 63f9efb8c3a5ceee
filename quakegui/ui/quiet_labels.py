"""Labels whose text changes from day to day, or under the mouse, without a new layout of the whole window.

A `QLabel` requests a new layout at every change of text, which propagates to the window. These request one only if necessary.
"""

from __future__ import annotations

import math
from typing import Final

from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QSizePolicy, QWidget

from quakegui.ui.no_markup import as_text

MOST_ROOMS: Final = 64
"""Texts and widths whose height a label keeps."""


class ElidedLabel(QFrame):
    """One line of plain text that never widens its parent; if it is cut, it ends in dots and is shown as a tooltip."""

    def __init__(self, parent: QWidget | None = None, *, align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft) -> None:
        super().__init__(parent)
        self._text = ""
        self._align = align
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def text(self) -> str:
        """Return the whole text."""
        return self._text

    def setText(self, text: str) -> None:  # noqa: N802 - as of Qt's own labels
        """Set the text."""
        if text != self._text:
            self._text = text
            self.setAccessibleDescription(text)  # screen readers read the text of Qt's own labels automatically
            self._offer_all()
            self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return the height of a line, and minimal width."""
        around = self.contentsMargins()
        return QSize(1, self.fontMetrics().height() + around.top() + around.bottom())

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return the same size."""
        return self.sizeHint()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Show the whole text as a tooltip if it is cut."""
        super().resizeEvent(event)
        self._offer_all()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Paint the text, or its beginning and an ellipsis."""
        with QPainter(self) as painter:
            painter.setPen(self.palette().color(self.foregroundRole()))
            text = self.fontMetrics().elidedText(self._text, Qt.TextElideMode.ElideRight, self.contentsRect().width())
            painter.drawText(self.contentsRect(), self._align | Qt.AlignmentFlag.AlignVCenter, text)

    def _offer_all(self) -> None:
        cut = self.fontMetrics().horizontalAdvance(self._text) > self.contentsRect().width()
        tip = as_text(self._text) if cut else ""
        if tip != self.toolTip():
            self.setToolTip(tip)


class SteadyLabel(ElidedLabel):
    """One line of text that keeps the width of the widest text so far, so that nothing beside it moves."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._widest = ""
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def setText(self, text: str) -> None:  # noqa: N802 - as of Qt's own labels
        """Set the text."""
        super().setText(text)
        if self._room(text) > self._room(self._widest):
            self._widest = text
            self.updateGeometry()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return the width of the widest text, in the present font."""
        return QSize(self._room(self._widest), super().sizeHint().height())

    def _room(self, text: str) -> int:
        around = self.contentsMargins()
        wide = QFontMetricsF(self.font()).horizontalAdvance(text)  # other metrics round down and cut the text
        return math.ceil(wide) + 1 + around.left() + around.right()


class WrappedLabel(QFrame):
    """Plain text in as many lines as necessary, which requests a new layout only if their number changes."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = ""
        self._rooms: dict[tuple[str, int], tuple[int, bool]] = {}
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def text(self) -> str:
        """Return the text."""
        return self._text

    def setText(self, text: str) -> None:  # noqa: N802 - as of Qt's own labels
        """Set the text."""
        if text != self._text:
            before = self.heightForWidth(self.width())
            self._text = text
            self.setAccessibleDescription(text)
            if self.heightForWidth(self.width()) != before:
                self.updateGeometry()
            self.update()

    def heightForWidth(self, width: int) -> int:  # noqa: N802 - Qt's name
        """Return the height of the text at a given width."""
        around = self.contentsMargins()
        tall, _one_line = self._room(max(width - around.left() - around.right(), 1))
        return tall + around.top() + around.bottom()

    def _room(self, width: int) -> tuple[int, bool]:
        """Return the height of the text at a given width, and whether it fits on one line.

        It is kept, since breaking lines is slow, and layouts ask repeatedly.
        """
        key = self._text, width
        if key not in self._rooms:
            if len(self._rooms) >= MOST_ROOMS:
                self._rooms.clear()
            metrics, room = self.fontMetrics(), QRect(0, 0, width, 100_000)
            tall = metrics.boundingRect(room, Qt.TextFlag.TextWordWrap, self._text or " ").height()
            one_line = "\n" not in self._text and tall <= metrics.height() and metrics.horizontalAdvance(self._text) <= width
            self._rooms[key] = tall, one_line
        return self._rooms[key]

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Measure again in another font."""
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._rooms.clear()
        super().changeEvent(event)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return the height at the present width."""
        return QSize(1, self.heightForWidth(self.width()))

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return the same size."""
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Paint the text."""
        with QPainter(self) as painter:
            painter.setPen(self.palette().color(self.foregroundRole()))
            room = self.contentsRect()
            _tall, one_line = self._room(max(room.width(), 1))
            painter.drawText(room, Qt.TextFlag.TextSingleLine if one_line else Qt.TextFlag.TextWordWrap, self._text)
