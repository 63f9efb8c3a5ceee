"""The buttons along the lower edge of dialogs, and boxes that say one thing: named, without the platform's pictures."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QDialogButtonBox, QMessageBox, QWidget

from quakegui.ui.i18n import mark, tr

Standard = QDialogButtonBox.StandardButton

_WORDS: Final = {
    Standard.Ok: (mark("OK"), mark("Continue with these choices")),
    Standard.Save: (mark("Save"), mark("Save these settings")),
    Standard.Apply: (mark("Apply"), mark("Apply and close")),
    Standard.Cancel: (mark("Cancel"), mark("Close without making changes")),
    Standard.Close: (mark("Close"), mark("Close this window (Esc)")),
    Standard.RestoreDefaults: (mark("Defaults"), mark("Restore defaults")),
}


def button_box(buttons: Standard) -> QDialogButtonBox:
    """Return a box of standard buttons in the language in force, each with a tooltip."""
    box = QDialogButtonBox(buttons)
    for kind, (text, tip) in _WORDS.items():
        button = box.button(kind)
        if button is not None:
            button.setText(tr(text))
            button.setToolTip(tr(tip))
            button.setIcon(QIcon())
    return box


def ask(parent: QWidget | None, title: str, text: str, *, yes: str, no: str) -> bool:
    """Ask in a box of its own and return whether the answer is `yes`; `no` stands for Return and Escape too.

    Parameters
    ----------
    yes, no
        The words on the two buttons, in the language in force.
    """
    box = QMessageBox(QMessageBox.Icon.Question, title, text, QMessageBox.StandardButton.NoButton, parent)
    box.setTextFormat(Qt.TextFormat.PlainText)
    does = box.addButton(yes, QMessageBox.ButtonRole.DestructiveRole)
    stays = box.addButton(no, QMessageBox.ButtonRole.RejectRole)
    for button in (does, stays):
        button.setToolTip(button.text())
    box.setDefaultButton(stays)
    box.setEscapeButton(stays)
    box.exec()
    answer = box.clickedButton() is does
    box.deleteLater()
    return answer


def tell(parent: QWidget | None, title: str, text: str, icon: QMessageBox.Icon = QMessageBox.Icon.NoIcon) -> None:
    """Say something in a box of its own, and wait until it was read."""
    box = QMessageBox(icon, title, text, QMessageBox.StandardButton.Close, parent)
    box.setTextFormat(Qt.TextFormat.PlainText)  # a file's name may look like markup
    button = box.button(QMessageBox.StandardButton.Close)
    button.setText(tr(_WORDS[Standard.Close][0]))
    button.setToolTip(tr(_WORDS[Standard.Close][1]))
    button.setIcon(QIcon())
    box.exec()
    box.deleteLater()
