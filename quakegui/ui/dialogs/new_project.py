"""Dialog for a new project: folder, name, time zone."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QWidget,
)

from quakegui.ui.dialogs.buttons import Standard, button_box
from quakegui.ui.dialogs.dialog_parts import with_name
from quakegui.ui.dialogs.folder_row import FolderRow
from quakegui.ui.dialogs.zone_box import ZONE_RULE, zone_box, zone_names
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
        tip = tr("Project location: a new or empty folder")
        self._folder = FolderRow(folder, tr("Folder"), tip, tr("Folder of the new project"))
        self.folder_edit = self._folder.edit
        self._folder.changed.connect(self._check)
        self.name_edit.textChanged.connect(self._folder.suggest)
        self.zone = zone_box(DEFAULT_TIMEZONE)
        self.zone.currentTextChanged.connect(self._check)
        self.why = QLabel(wordWrap=True)
        self.buttons = button_box(Standard.Ok | Standard.Cancel, self.reject, self.accept)
        with_name(self.buttons.button(Standard.Ok), tr("Create"), tr("Create the project"))
        self.buttons.button(Standard.Ok).setText(tr("Create"))
        form = QFormLayout(self)
        form.addRow(tr("Name"), self.name_edit)
        form.addRow(tr("Folder"), self._folder)
        form.addRow(tr("Time zone"), self.zone)
        form.addRow(QLabel(tr(ZONE_RULE)))
        form.addRow(self.why)
        form.addRow(self.buttons)
        self._check()

    def name(self) -> str:
        """Return the name of the project, by default that of the folder."""
        return self.name_edit.text().strip() or self.folder().name

    def folder(self) -> Path:
        """Return the folder in which to create the project."""
        return self._folder.path()

    def timezone(self) -> str:
        """Return the IANA name of the time zone."""
        return self.zone.currentText()

    def _check(self) -> None:
        why = self._folder.why_not()
        if not why and self.timezone() not in zone_names():
            why = tr("Unknown time zone.")
        self.why.setText(why)
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(not why)
