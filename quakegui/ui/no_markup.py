"""Text from outside, shown as the text that it is: Qt takes for markup whatever looks like it, and markup can fetch files."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import Qt as QtGuess  # the same namespace; the guess at markup is known once this module is loaded
from PySide6.QtWidgets import QLabel, QWidget

_JOINER: Final = "\u2060"
"""A character without width or break; behind it the next letter begins no tag and no entity."""


def as_text(text: str) -> str:
    """Return text that is no markup to Qt where it would guess so, as in a tooltip; it looks the same."""
    if not QtGuess.mightBeRichText(text):
        return text
    return text.replace("<", f"<{_JOINER}").replace("&", f"&{_JOINER}")


def keep_plain(root: QWidget) -> None:
    """Let every label below a widget that would guess whether its text is markup take it for text."""
    for label in root.findChildren(QLabel):
        if label.textFormat() == Qt.TextFormat.AutoText:
            label.setTextFormat(Qt.TextFormat.PlainText)
