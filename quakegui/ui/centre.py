"""The middle of the window: bars that say what was done or what is lacking, above the start page or the day map."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget


class Centre(QWidget):
    """Bars above pages; where a workspace shows no page, the bars alone, as high as they are.

    Parameters
    ----------
    bars
        Each comes and goes as it pleases.
    """

    briefed = Signal(bool)
    """Carries whether what is only handy is to make room for the map."""

    def __init__(self, bars: Sequence[QWidget]) -> None:
        super().__init__()
        self.pages = QStackedWidget()
        self._bars = tuple(bars)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self._make_room)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for bar in bars:
            column.addWidget(bar)
            bar.installEventFilter(self)
        column.addWidget(self.pages, 1)

    def show_pages(self, on: bool) -> None:
        """Show the page in front, or the bars alone."""
        self.pages.setVisible(on)
        self._make_room()

    def eventFilter(self, _bar: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Follow the bars that come and go."""
        if event.type() in (QEvent.Type.ShowToParent, QEvent.Type.HideToParent) and self.pages.isHidden():
            self._later.start()
        return False

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Give the bars the height that their words need in a new width."""
        super().resizeEvent(event)
        if self.pages.isHidden() and event.size().width() != event.oldSize().width():
            self._make_room()

    def _make_room(self) -> None:
        there = [bar for bar in self._bars if not bar.isHidden()]
        alone = self.pages.isHidden()
        tall = sum(bar.heightForWidth(self.width()) if bar.hasHeightForWidth() else bar.sizeHint().height() for bar in there)
        self.setMaximumHeight(tall if alone else 0xFFFFFF)
        self.setVisible(not alone or bool(there))
