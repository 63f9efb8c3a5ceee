"""A bar with one sentence, an action button, and a close button."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QWidget

from quakegui.ui import theme
from quakegui.ui.boxes import filled
from quakegui.ui.i18n import tr
from quakegui.ui.icons import icon
from quakegui.ui.language_follower import LanguageFollower


class SentenceBar(LanguageFollower, QFrame):
    """Base of the bars above the day map, which define the sentence and the action.

    Parameters
    ----------
    name
        Object name of the bar.
    """

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.words = QLabel()
        self.words.setWordWrap(True)
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.act, self.dismiss = QPushButton(), QToolButton()
        for button in (self.act, self.dismiss):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click does not take the keyboard focus
        self.dismiss.setAutoRaise(True)
        self.dismiss.setIconSize(QSize(18, 18))
        filled(QHBoxLayout(self), (self.words, 1), self.act, self.dismiss, margins=(12, 4, 8, 4))

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Update after a change of language; of colours, only the close button has any."""
        if event.type() == QEvent.Type.PaletteChange:
            self.name_cross()
        super().changeEvent(event)

    def name_cross(self) -> None:
        """Set the texts of the close button in the current language, and its icon in the colour of the text."""
        self.dismiss.setIcon(icon("mdi6.close", theme.colours().text, theme.colours().missing))
        self.dismiss.setToolTip(tr("Hide this message"))
        self.dismiss.setAccessibleName(tr("Hide this message"))
