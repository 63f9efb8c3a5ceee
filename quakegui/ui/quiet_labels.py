"""Labels whose words change from day to day, or under the mouse, without the whole window being laid out anew for them.

A `QLabel` asks its layout for other room at every text, and every layout asks the one around it. These ask where they need it.
"""

from __future__ import annotations

import math

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QSizePolicy, QWidget

from quakegui.ui.no_markup import as_text


class ElidedLabel(QFrame):
    """One line of plain text that never widens what it stands in; where it is cut it ends in dots and is told as a tooltip."""

    def __init__(self, parent: QWidget | None = None, *, align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft) -> None:
        super().__init__(parent)
        self._text = ""
        self._align = align
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def text(self) -> str:
        """Return all of the text."""
        return self._text

    def setText(self, text: str) -> None:  # noqa: N802 - as of Qt's own labels
        """Show another text."""
        if text != self._text:
            self._text = text
            self.setAccessibleDescription(text)  # screen readers know the text of Qt's own labels by themselves
            self._offer_all()
            self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Ask for the height of a line and for no width."""
        around = self.contentsMargins()
        return QSize(1, self.fontMetrics().height() + around.top() + around.bottom())

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Ask for no less than the line."""
        return self.sizeHint()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Say all of it as a tooltip where it is cut."""
        super().resizeEvent(event)
        self._offer_all()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Paint the text, or its beginning and three dots."""
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
    """One line of text that keeps the room of the widest it ever had, so that nothing beside it moves."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._widest = ""
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def setText(self, text: str) -> None:  # noqa: N802 - as of Qt's own labels
        """Show another text."""
        super().setText(text)
        if self._room(text) > self._room(self._widest):
            self._widest = text
            self.updateGeometry()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Ask for the widest text's room, in the present font."""
        return QSize(self._room(self._widest), super().sizeHint().height())

    def _room(self, text: str) -> int:
        around = self.contentsMargins()
        wide = QFontMetricsF(self.font()).horizontalAdvance(text)  # the other metrics round down, and a pixel short is cut
        return math.ceil(wide) + 1 + around.left() + around.right()


class WrappedLabel(QFrame):
    """Plain text in as many lines as it needs, which asks for other room where their number changes."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = ""
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def text(self) -> str:
        """Return the text."""
        return self._text

    def setText(self, text: str) -> None:  # noqa: N802 - as of Qt's own labels
        """Show another text."""
        if text != self._text:
            before = self.heightForWidth(self.width())
            self._text = text
            self.setAccessibleDescription(text)
            if self.heightForWidth(self.width()) != before:
                self.updateGeometry()
            self.update()

    def heightForWidth(self, width: int) -> int:  # noqa: N802 - Qt's name
        """Return the height of the lines that the text takes in a width."""
        around = self.contentsMargins()
        room = QRect(0, 0, max(width - around.left() - around.right(), 1), 100_000)
        lines = self.fontMetrics().boundingRect(room, Qt.TextFlag.TextWordWrap, self._text or " ")
        return lines.height() + around.top() + around.bottom()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Ask for the lines at the present width."""
        return QSize(1, self.heightForWidth(self.width()))

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Ask for no less than the lines."""
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Paint the lines."""
        with QPainter(self) as painter:
            painter.setPen(self.palette().color(self.foregroundRole()))
            painter.drawText(self.contentsRect(), Qt.TextFlag.TextWordWrap, self._text)
