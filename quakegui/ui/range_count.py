"""How many days a label would go to, beside the buttons that give it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFont, QPalette
from PySide6.QtWidgets import QSizePolicy, QToolBar, QWidget

from quakegui.app import labelling
from quakegui.app.change import Change
from quakegui.app.session import Session
from quakegui.ui import theme
from quakegui.ui.i18n import tr
from quakegui.ui.quiet_labels import ElidedLabel

WIDEST = 888
"""Room for so many days is kept in a tool bar, so that no button moves when days are chosen."""


class RangeCount(ElidedLabel):
    """Says "23 days" while that many are chosen, and nothing for the day shown alone; never widens what it stands in."""

    counted = Signal(bool)
    """Carries whether there is something to count."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._bar: QToolBar | None = None
        self.setObjectName("chosen days")
        self.setForegroundRole(QPalette.ColorRole.WindowText)  # in a tool bar, too
        self.setContentsMargins(4, 0, 4, 0)
        bold = QFont()  # which says nothing of the size, so that this follows the text around it
        bold.setBold(True)
        self.setFont(bold)
        session.changed.connect(self.refresh)
        self.retranslate()

    @property
    def seen(self) -> bool:
        """Whether the count can be read: there is one, it is on the screen, and no part of it is cut off."""
        words = self.text()
        whole = self._room(words) <= self.visibleRegion().boundingRect().width()
        return bool(words) and self.isVisible() and whole

    def join(self, bar: QToolBar) -> None:
        """Stand in a tool bar, with room of its own; an upright bar has room for the number only, and while there is one."""
        self._bar, action = bar, bar.addWidget(self)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.counted.connect(lambda there: action.setVisible(there or not self._upright))
        bar.orientationChanged.connect(self.retranslate)
        self.retranslate()

    @property
    def _upright(self) -> bool:
        return self._bar is not None and self._bar.orientation() == Qt.Orientation.Vertical

    def refresh(self, change: Change) -> None:
        """Follow the session."""
        if change & (Change.RANGE | Change.SEASON | Change.PROJECT):
            self._count()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Follow a switch of language, colours or text size."""
        if event.type() in (QEvent.Type.LanguageChange, QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self.retranslate()
        super().changeEvent(event)

    def retranslate(self) -> None:
        """Set everything in the language and colours in force."""
        theme.tint(self, theme.colours().accent)
        if self._bar is not None:
            self.setFixedWidth(self._room(self._words(WIDEST)))
        self._count()

    def _count(self) -> None:
        count = len(labelling.target(self._session))
        self.setText(self._words(count) if count > 1 else "")
        self.counted.emit(count > 1)

    def _room(self, words: str) -> int:
        around = self.contentsMargins()
        return self.fontMetrics().horizontalAdvance(words) + 1 + around.left() + around.right()

    def _words(self, count: int) -> str:
        return str(count) if self._upright else tr("{count} days").format(count=count)
