"""A scroll area for a column of controls: it scrolls up and down, and is never so narrow that the column is cut off."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtWidgets import QScrollArea, QWidget

LEAST_HEIGHT = 60


class TallScroll(QScrollArea):
    """Without a frame, without a horizontal bar; follows the column where it gets wider or narrower."""

    def __init__(self, column: QWidget, *, whole: bool = False) -> None:
        """Show a column; with `whole` it asks for the height of all of it, and scrolls only where it cannot have it."""
        super().__init__()
        self._whole = whole
        self._asked: tuple[QSize, QSize] | None = None
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(column)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Ask for another width where the column, which Qt has this area listen to, needs one."""
        if event.type() == QEvent.Type.LayoutRequest:
            ask = self.minimumSizeHint(), self.sizeHint()
            if ask != self._asked:  # else every change of words within would have the whole window laid out anew
                self._asked = ask
                self.updateGeometry()
        return super().eventFilter(watched, event)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Ask for the usual height, or for that of the whole column."""
        column = self.widget()
        return column.sizeHint() if self._whole and column is not None else super().sizeHint()

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Ask for the column's width and that of the scroll bar."""
        column = self.widget()
        assert column is not None
        bar = self.verticalScrollBar().sizeHint().width()
        return QSize(column.minimumSizeHint().width() + bar, LEAST_HEIGHT)
