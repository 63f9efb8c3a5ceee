"""The number of days that a label would apply to, beside the label buttons."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFont, QPalette
from PySide6.QtWidgets import QSizePolicy, QToolBar, QWidget

from quakegui.app import labelling
from quakegui.app.change import Change
from quakegui.app.session import Session
from quakegui.ui import theme
from quakegui.ui.i18n import tr
from quakegui.ui.language_follower import EVERYTHING, LanguageFollower
from quakegui.ui.quiet_labels import ElidedLabel

WIDEST = 888
"""Width reserved in a tool bar, in days, so that no button moves when days are selected."""


class RangeCount(LanguageFollower, ElidedLabel):
    """Shows "23 days" while several are selected, otherwise nothing; never widens its parent."""

    follows = EVERYTHING

    counted = Signal(bool)
    """Whether several days are selected."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._bar: QToolBar | None = None
        self.setObjectName("chosen days")
        self.setForegroundRole(QPalette.ColorRole.WindowText)  # in a tool bar, too
        self.setContentsMargins(4, 0, 4, 0)
        bold = QFont()  # without a size, so that it follows the surrounding text
        bold.setBold(True)
        self.setFont(bold)
        session.changed.connect(self.refresh)
        self.retranslate()

    @property
    def seen(self) -> bool:
        """Whether the count is visible: not empty, on the screen, and not cut off."""
        words = self.text()
        whole = self._room(words) <= self.visibleRegion().boundingRect().width()
        return bool(words) and self.isVisible() and whole

    def join(self, bar: QToolBar) -> None:
        """Add the count to a tool bar, with reserved width; a vertical bar only shows the number, while there is one."""
        self._bar, action = bar, bar.addWidget(self)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.counted.connect(lambda there: action.setVisible(there or not self._upright))
        bar.orientationChanged.connect(self.retranslate)
        self.retranslate()

    @property
    def _upright(self) -> bool:
        return self._bar is not None and self._bar.orientation() == Qt.Orientation.Vertical

    def refresh(self, change: Change) -> None:
        """Update from the session."""
        if change & (Change.RANGE | Change.SEASON | Change.PROJECT):
            self._count()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Update after a change, but not while a tool bar that is being deleted lets go of it."""
        if self.parentWidget() is not None:
            super().changeEvent(event)

    def retranslate(self) -> None:
        """Set everything in the current language and colours."""
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
