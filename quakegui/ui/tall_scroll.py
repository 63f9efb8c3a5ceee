"""A scroll area for a column of controls: it scrolls up and down, and is never so narrow that the column is cut off."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QScrollArea, QWidget

LEAST_HEIGHT = 60


class TallScroll(QScrollArea):
    """Without a frame, without a horizontal bar; `updateGeometry` after the column has got wider."""

    def __init__(self, column: QWidget) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(column)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Ask for the column's width and that of the scroll bar."""
        column = self.widget()
        assert column is not None
        bar = self.verticalScrollBar().sizeHint().width()
        return QSize(column.minimumSizeHint().width() + bar, LEAST_HEIGHT)
