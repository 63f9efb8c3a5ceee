"""Figures side by side if there is room for all of them, otherwise in tabs; each is always shown whole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QStackedWidget, QTabWidget, QVBoxLayout, QWidget

from quakegui.ui import theme
from quakegui.ui.boxes import filled

ROOM: Final = QSize(1000, 540)
"""Size from which a board of six figures shows all of them, for text of the usual size."""
USUAL_LINE: Final = 18


class Board(QStackedWidget):
    """Figures in rows.

    Parameters
    ----------
    rows
        Widgets, from top to bottom and from left to right.
    """

    def __init__(self, rows: Sequence[Sequence[QWidget]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cells: list[tuple[QWidget, QVBoxLayout, QLabel]] = []
        grid, self.tabs = QWidget(), QTabWidget()
        lines = QGridLayout(grid)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(4)
        for number, row in enumerate(rows):
            lines.setRowStretch(number, 1)
            for column, widget in enumerate(row):
                lines.setColumnStretch(column, 1)
                cell, title = QFrame(), QLabel()
                around = filled(QVBoxLayout(cell), title, (widget, 1), margins=(2, 0, 2, 0), spacing=1)
                lines.addWidget(cell, number, column)
                self._cells.append((widget, around, title))
        self.addWidget(grid)
        self.addWidget(self.tabs)

    def set_titles(self, titles: Sequence[str]) -> None:
        """Set the titles of the figures, in the order in which these were given."""
        for (widget, _around, label), title in zip(self._cells, titles, strict=True):
            label.setText(title)
            theme.tint(label, theme.colours().text, bold=True)
            number = self.tabs.indexOf(widget)
            if number >= 0:
                self.tabs.setTabText(number, title)

    @property
    def tabbed(self) -> bool:
        """Whether one figure is shown at a time."""
        return self.currentWidget() is self.tabs

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return the size of the tabs; the rows need no more, since they are only shown where there is room for them."""
        return self.tabs.sizeHint()

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return a small size: the figures are then in tabs."""
        return QSize(240, 120)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Switch between rows and tabs by the room available."""
        super().resizeEvent(event)
        room = ROOM * (self.fontMetrics().height() / USUAL_LINE)
        tabbed = self.width() < room.width() or self.height() < room.height()
        if tabbed != self.tabbed:
            self._hang(tabbed)

    def _hang(self, tabbed: bool) -> None:
        for widget, around, title in self._cells:
            if tabbed:
                self.tabs.addTab(widget, title.text())
            else:
                around.addWidget(widget, 1)
                widget.show()
        self.setCurrentIndex(int(tabbed))
