"""A field for a folder that the program will create, with a button to browse; it says what is wrong while one types."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QWidget

from quakegui.ui.boxes import FLUSH, filled
from quakegui.ui.dialogs.buttons import push_button
from quakegui.ui.dialogs.dialog_parts import with_name
from quakegui.ui.i18n import tr


class FolderRow(QWidget):
    """The field and its button.

    Parameters
    ----------
    start
        Folder in which browsing begins, and in which names are suggested.
    caption, tip
        Accessible name and tooltip of the field.
    title
        Title of the browser.
    """

    changed = Signal()

    def __init__(self, start: Path, caption: str, tip: str, title: str) -> None:
        super().__init__()
        self._start, self._title = start, title
        self.edit = with_name(QLineEdit(), caption, tip)
        self.edit.textChanged.connect(self.changed)
        choose = push_button(tr("Choose…"), tr("Browse for a folder"), self._choose)
        filled(QHBoxLayout(self), self.edit, choose, margins=FLUSH)

    def path(self) -> Path:
        """Return the folder."""
        return Path(self.edit.text().strip())

    def suggest(self, name: str) -> None:
        """Suggest a folder of this name, without characters that file systems do not take."""
        safe = "".join(letter if letter.isalnum() or letter in " -_" else "_" for letter in name).strip()
        self.edit.setText(str(self._start / safe) if safe else "")

    def why_not(self) -> str:
        """Return why no project can be created there, in the current language; "" if it can, judging by the path."""
        if not self.edit.text().strip():
            return tr("Enter a project name; a folder is then suggested.")
        if not self.path().is_absolute():
            return tr("Enter the full path of the folder.")
        state = _state(self.path())
        if state == "taken":
            return tr("This folder is not empty; choose another one.")
        return tr("This folder cannot be read, or its path is too long; choose another one.") if state == "unknown" else ""

    def _choose(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, self._title, str(self._start))
        if folder:
            self.edit.setText(folder)


def _state(folder: Path) -> Literal["free", "taken", "unknown"]:
    """Return whether a project can be created in a folder, judging by its path."""
    try:
        taken = folder.exists() and (not folder.is_dir() or any(folder.iterdir()))
    except (OSError, ValueError):  # no permission, a name that is too long, or an invalid character
        return "unknown"
    return "taken" if taken else "free"
