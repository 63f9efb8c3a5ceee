"""The badge beside the workspaces during blind labelling."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QWidget

from quakegui.app.change import Change
from quakegui.app.session import Session
from quakegui.ui import theme
from quakegui.ui.i18n import tr
from quakegui.ui.language_follower import LanguageFollower


class BlindBadge(LanguageFollower, QLabel):
    """Says BLIND in every workspace, and on request what is hidden; away while nothing is."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setContentsMargins(8, 0, 8, 0)
        bold = QFont()  # which says nothing of the size, so that this follows the text around it
        bold.setBold(True)
        self.setFont(bold)
        session.changed.connect(self.refresh)
        self.retranslate()
        self.setVisible(session.display.blind)

    def refresh(self, change: Change) -> None:
        """Follow the session."""
        if Change.DISPLAY in change:
            self.setVisible(self._session.display.blind)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Paint the word in the paper's colour on the text's."""
        colours = theme.colours()
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colours.text)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.0, 1.0, 0.0, -1.0), 4.0, 4.0)
            painter.setPen(colours.background)
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text())

    def retranslate(self) -> None:
        """Set the text in the current language."""
        self.setText(tr("BLIND"))
        self.setToolTip(
            tr("Blind labelling: earthquakes, alarms, predictions and other analysts' labels are hidden. Ctrl+B ends it.")
        )
