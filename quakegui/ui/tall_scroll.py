"""A scroll area for a column of controls: it scrolls vertically, and is never too narrow for the column."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtWidgets import QScrollArea, QWidget

LEAST_HEIGHT = 60


class TallScroll(QScrollArea):
    """Has no frame and no horizontal scroll bar; adjusts to the width of the column."""

    def __init__(self, column: QWidget, *, whole: bool = False) -> None:
        """Show a column; with `whole`, its full height is requested, and it scrolls only if that is not available."""
        super().__init__()
        self._whole = whole
        self._asked: tuple[QSize, QSize] | None = None
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(column)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Request a new layout if the size of the column changes; Qt installs this area as its event filter."""
        if event.type() == QEvent.Type.LayoutRequest:
            ask = self.minimumSizeHint(), self.sizeHint()
            if ask != self._asked:  # otherwise every change of text inside would lay out the whole window again
                self._asked = ask
                self.updateGeometry()
        return super().eventFilter(watched, event)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return the usual height, or that of the whole column."""
        column = self.widget()
        return column.sizeHint() if self._whole and column is not None else super().sizeHint()

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return the width of the column and the scroll bar."""
        column = self.widget()
        assert column is not None
        bar = self.verticalScrollBar().sizeHint().width()
        return QSize(column.minimumSizeHint().width() + bar, LEAST_HEIGHT)
