"""Dialog for a new project: folder, name, time zone."""

from __future__ import annotations

import zoneinfo
from pathlib import Path
from typing import Literal

from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QWidget,
)

from quakegui.ui.boxes import filled
from quakegui.ui.dialogs.buttons import Standard, button_box, push_button
from quakegui.ui.dialogs.dialog_parts import with_name
from quakegui.ui.dialogs.zone_box import zone_box
from quakegui.ui.i18n import tr

DEFAULT_TIMEZONE = "Asia/Shanghai"


class NewProjectDialog(QDialog):
    """The folder is created if necessary; the time zone defines when a day begins.

    Parameters
    ----------
    folder
        Default parent folder of projects.
    parent
        The parent widget.
    """

    def __init__(self, folder: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("New project"))
        self.setMinimumWidth(520)
        self.name_edit = QLineEdit()
        with_name(self.name_edit, tr("Name"), tr("Project name; the folder takes the same name"))
        self.name_edit.setPlaceholderText(tr("Liangshan 2022"))
        self.name_edit.textChanged.connect(self._suggest_folder)
        self._parent_folder = folder
        self.folder_edit = QLineEdit()
        with_name(self.folder_edit, tr("Folder"), tr("Project location: a new or empty folder"))
        self.folder_edit.textChanged.connect(self._check)
        choose = push_button(tr("Choose…"), tr("Browse for a folder"), self._choose)
        row = filled(QHBoxLayout(), self.folder_edit, choose)
        self.zone = zone_box(DEFAULT_TIMEZONE)
        self.zone.currentTextChanged.connect(self._check)
        self.why = QLabel(wordWrap=True)
        self.buttons = button_box(Standard.Ok | Standard.Cancel, self.reject, self.accept)
        with_name(self.buttons.button(Standard.Ok), tr("Create"), tr("Create the project"))
        self.buttons.button(Standard.Ok).setText(tr("Create"))
        form = QFormLayout(self)
        form.addRow(tr("Name"), self.name_edit)
        form.addRow(tr("Folder"), row)
        form.addRow(tr("Time zone"), self.zone)
        form.addRow(QLabel(tr("Days are calendar days in this time zone; data are stored in UTC.")))
        form.addRow(self.why)
        form.addRow(self.buttons)
        self._check()

    def name(self) -> str:
        """Return the name of the project, by default that of the folder."""
        return self.name_edit.text().strip() or self.folder().name

    def folder(self) -> Path:
        """Return the folder in which to create the project."""
        return Path(self.folder_edit.text().strip())

    def timezone(self) -> str:
        """Return the IANA name of the time zone."""
        return self.zone.currentText()

    def _suggest_folder(self, name: str) -> None:
        safe = "".join(letter if letter.isalnum() or letter in " -_" else "_" for letter in name).strip()
        self.folder_edit.setText(str(self._parent_folder / safe) if safe else "")

    def _choose(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, tr("Folder of the new project"), str(self._parent_folder))
        if folder:
            self.folder_edit.setText(folder)

    def _check(self) -> None:
        text, zone = self.folder_edit.text().strip(), self.zone.currentText()
        why = ""
        if not text:
            why = tr("Enter a project name, or choose a folder.")
        elif not Path(text).is_absolute():
            why = tr("Enter the full path of the folder.")
        elif (state := _state(Path(text))) == "taken":
            why = tr("This folder is not empty; choose another one.")
        elif state == "unknown":
            why = tr("This folder cannot be read, or its path is too long; choose another one.")
        elif zone not in zoneinfo.available_timezones():
            why = tr("Unknown time zone.")
        self.why.setText(why)
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(not why)


def _state(folder: Path) -> Literal["free", "taken", "unknown"]:
    """Return whether a project can be created in a folder, judging by its path."""
    try:
        taken = folder.exists() and (not folder.is_dir() or any(folder.iterdir()))
    except (OSError, ValueError):  # no permission, a name that is too long, or an invalid character
        return "unknown"
    return "taken" if taken else "free"
