"""Buttons at the bottom of dialogs, and message boxes: with translated names, without the icons of the platform."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QDialogButtonBox, QMessageBox, QPushButton, QWidget

from quakegui.ui.i18n import mark, tr
from quakegui.ui.no_markup import as_text

Standard = QDialogButtonBox.StandardButton

_WORDS: Final = {
    Standard.Ok: (mark("OK"), mark("Accept and close")),
    Standard.Save: (mark("Save"), mark("Save these settings")),
    Standard.Apply: (mark("Apply"), mark("Apply and close")),
    Standard.Cancel: (mark("Cancel"), mark("Close without making changes")),
    Standard.Close: (mark("Close"), mark("Close this window (Esc)")),
    Standard.RestoreDefaults: (mark("Defaults"), mark("Restore defaults")),
}


def button_box(buttons: Standard, reject: Callable[[], object], accept: Callable[[], object] | None = None) -> QDialogButtonBox:
    """Return a box of standard buttons in the current language, each with a tooltip.

    Parameters
    ----------
    buttons
        The buttons.
    reject, accept
        Called for those that close the dialog, and for OK and Save.
    """
    box = QDialogButtonBox(buttons)
    box.rejected.connect(reject)
    if accept is not None:
        box.accepted.connect(accept)
    for kind, (text, tip) in _WORDS.items():
        button = box.button(kind)
        if button is not None:
            button.setText(tr(text))
            button.setToolTip(tr(tip))
            button.setIcon(QIcon())
    return box


def push_button(text: str, tip: str, slot: Callable[[], object]) -> QPushButton:
    """Return a button with its text as accessible name; Enter in a field of the dialog does not press it."""
    button = QPushButton(text, autoDefault=False)
    button.setAccessibleName(text.rstrip("…"))
    button.setToolTip(as_text(tip))
    button.clicked.connect(lambda _on=False: slot())
    return button


def ask(parent: QWidget | None, title: str, text: str, *, yes: str, no: str) -> bool:
    """Ask in a message box and return whether the answer is `yes`; Enter and Esc give `no`.

    Parameters
    ----------
    parent
        The window of the box.
    title, text
        Title and question.
    yes, no
        Texts of the two buttons, in the current language.
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
    """Show a message box, and wait until it is closed."""
    box = QMessageBox(icon, title, text, QMessageBox.StandardButton.Close, parent)
    box.setTextFormat(Qt.TextFormat.PlainText)  # the name of a file may look like markup
    button = box.button(QMessageBox.StandardButton.Close)
    button.setText(tr(_WORDS[Standard.Close][0]))
    button.setToolTip(tr(_WORDS[Standard.Close][1]))
    button.setIcon(QIcon())
    box.exec()
    box.deleteLater()
