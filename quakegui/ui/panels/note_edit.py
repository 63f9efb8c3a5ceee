"""The field in which the analyst writes a note on the day shown."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QMimeData, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QPlainTextEdit

from quakegui.words import Said

LONGEST_NOTE: Final = 10_000
"""Number of characters up to which text can be pasted: Qt takes minutes to lay out a line of a million characters."""


class NoteEdit(QPlainTextEdit):
    """Tells when the note is to be saved or discarded: the cursor leaves it, Ctrl+Enter, Esc."""

    left, kept, dropped = Signal(), Signal(), Signal()
    cut_off = Signal(object)
    """A sentence: not all of a text was pasted."""

    def __init__(self) -> None:
        super().__init__()
        self.setTabChangesFocus(True)

    def insertFromMimeData(self, source: QMimeData) -> None:  # noqa: N802 - Qt's name
        """Paste text up to the limit."""
        text, rest = source.text(), len(self.toPlainText()) - len(self.textCursor().selectedText())
        room = max(LONGEST_NOTE - rest, 0)
        self.insertPlainText(text[:room])
        self.ensureCursorVisible()
        if len(text) > room:
            self.cut_off.emit(
                Said("A note has at most {most:,} characters; the rest of the pasted text was left out.", most=LONGEST_NOTE)
            )

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        """Have the note saved."""
        self.left.emit()
        super().focusOutEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Have it saved on Ctrl+Enter, discarded on Esc."""
        if event.key() == Qt.Key.Key_Escape:
            self.dropped.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.kept.emit()
        else:
            super().keyPressEvent(event)
