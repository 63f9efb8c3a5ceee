"""The user's guide in a separate window, with a search field, in the current language."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QTextCursor, QTextDocument
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from quakegui.paths import resources
from quakegui.ui import i18n
from quakegui.ui.boxes import filled
from quakegui.ui.dialogs.buttons import Standard, button_box
from quakegui.ui.dialogs.dialog_parts import open_at, with_name
from quakegui.ui.i18n import tr
from quakegui.ui.language_follower import LanguageFollower
from quakegui.words import ENGLISH


class GuideDialog(LanguageFollower, QDialog):
    """The guide beside the window; the analyst can continue working while it is open."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setModal(False)
        open_at(self, 880, 760)
        self._language = ""
        self.page = QTextBrowser(openExternalLinks=False)
        self.search = QLineEdit()
        self.search.setClearButtonEnabled(True)
        self.search.textEdited.connect(self._search_from_start)
        self.search.returnPressed.connect(self.find_next)
        self._next = QPushButton(autoDefault=False)
        self._next.clicked.connect(lambda _on: self.find_next())
        self._former = QPushButton(autoDefault=False)
        self._former.clicked.connect(lambda _on: self.find_next(backward=True))
        self.answer = QLabel()
        row = filled(QHBoxLayout(), self.search, self._former, self._next)
        buttons = button_box(Standard.Close, self.reject)
        buttons.button(QDialogButtonBox.StandardButton.Close).setAutoDefault(False)  # Enter finds the next match
        filled(QVBoxLayout(self), row, self.answer, (self.page, 1), buttons)
        self.retranslate()

    def retranslate(self) -> None:
        """Set every text, and show the guide, in the current language."""
        self.setWindowTitle(tr("User's guide"))
        with_name(self.page, tr("User's guide"))
        self.search.setAccessibleName(tr("Search the guide"))
        self.search.setPlaceholderText(tr("Search the guide"))
        self.search.setToolTip(tr("Press Enter for the next match"))
        for button, text in ((self._next, tr("Next")), (self._former, tr("Previous"))):
            button.setText(text)
            button.setToolTip(text)
        self._say("")
        if self._language != i18n.language():
            self._language = i18n.language()
            self.page.setSource(QUrl.fromLocalFile(str(_place(self._language))))

    def find_next(self, *, backward: bool = False) -> bool:
        """Find the next (or previous) match, wrapping around; returns whether there is one."""
        text = self.search.text()
        how = QTextDocument.FindFlag.FindBackward if backward else QTextDocument.FindFlag(0)
        found = bool(text) and self.page.find(text, how)
        if text and not found:
            self.page.moveCursor(QTextCursor.MoveOperation.End if backward else QTextCursor.MoveOperation.Start)
            found = self.page.find(text, how)
        self._say(tr("“{text}” was not found in the guide.").format(text=text) if text and not found else "")
        return found

    def _say(self, sentence: str) -> None:
        self.answer.setText(sentence)
        self.answer.setVisible(bool(sentence))

    def _search_from_start(self) -> None:
        self.page.moveCursor(QTextCursor.MoveOperation.Start)
        self.find_next()


def show_guide(parent: QWidget) -> GuideDialog:
    """Show the guide of a window; there is one, created on first use."""
    guide = parent.findChild(GuideDialog, options=Qt.FindChildOption.FindDirectChildrenOnly)
    if guide is None:
        guide = GuideDialog(parent)
    guide.show()
    guide.raise_()
    guide.activateWindow()
    guide.search.setFocus()
    return guide


def _place(language: str) -> Path:
    """Return the guide in a language, or in English if there is none."""
    found = resources() / "help" / language / "guide.html"
    return found if found.is_file() else resources() / "help" / ENGLISH / "guide.html"
