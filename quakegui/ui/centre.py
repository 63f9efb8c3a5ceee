"""The centre of the window: bars for messages and results, above the start page or the day map."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from quakegui.ui.boxes import FLUSH, filled


class Centre(QWidget):
    """Bars above pages; in a workspace without pages, the bars only, at their own height.

    Parameters
    ----------
    bars
        Widgets that show and hide themselves.
    """

    briefed = Signal(bool)
    """Whether less important elements should make room for the map."""
    switched = Signal()
    """Another workspace is shown."""

    def __init__(self, bars: Sequence[QWidget]) -> None:
        super().__init__()
        self.pages = QStackedWidget()
        self._bars = tuple(bars)
        self._later = QTimer(self, singleShot=True)
        self._later.timeout.connect(self._make_room)
        column = filled(QVBoxLayout(self), margins=FLUSH, spacing=0)
        for bar in bars:
            column.addWidget(bar)
            bar.installEventFilter(self)
        column.addWidget(self.pages, 1)

    def show_pages(self, on: bool) -> None:
        """Show the current page, or the bars only."""
        self.pages.setVisible(on)
        self._make_room()

    def eventFilter(self, _bar: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Adjust the height when a bar is shown or hidden."""
        if event.type() in (QEvent.Type.ShowToParent, QEvent.Type.HideToParent) and self.pages.isHidden():
            self._later.start()
        return False

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Adjust the height of the bars to their text at a new width."""
        super().resizeEvent(event)
        if self.pages.isHidden() and event.size().width() != event.oldSize().width():
            self._make_room()

    def _make_room(self) -> None:
        there = [bar for bar in self._bars if not bar.isHidden()]
        alone = self.pages.isHidden()
        tall = (bar.heightForWidth(self.width()) if bar.hasHeightForWidth() else bar.sizeHint().height() for bar in there)
        self.setMaximumHeight(sum(tall) if alone else 0xFFFFFF)
        self.setVisible(not alone or bool(there))
