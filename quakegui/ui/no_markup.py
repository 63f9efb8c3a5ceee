"""External text displayed literally: Qt interprets text that looks like markup, and markup can load files."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import Qt as QtGuess  # the same namespace; mightBeRichText is available once this module is loaded
from PySide6.QtWidgets import QLabel, QWidget

_JOINER: Final = "\u2060"
"""A character without width or break, after which no tag or entity can begin."""


def as_text(text: str) -> str:
    """Return text that Qt does not interpret as markup, for example in a tooltip; it looks the same."""
    if not QtGuess.mightBeRichText(text):
        return text
    return text.replace("<", f"<{_JOINER}").replace("&", f"&{_JOINER}")


def keep_plain(root: QWidget) -> None:
    """Set every label below a widget that detects markup to plain text."""
    for label in root.findChildren(QLabel):
        if label.textFormat() == Qt.TextFormat.AutoText:
            label.setTextFormat(Qt.TextFormat.PlainText)
