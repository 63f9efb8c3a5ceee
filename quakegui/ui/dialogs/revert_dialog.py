"""Brings the labels back as they were at a moment, as one step that can be undone."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QDateTime
from PySide6.QtWidgets import QDateTimeEdit, QDialog, QLabel, QVBoxLayout, QWidget

from quakegui.app import labelling
from quakegui.app.session import Session
from quakegui.ui.dialogs.buttons import Standard, button_box
from quakegui.ui.dialogs.dialog_parts import with_name
from quakegui.ui.i18n import tr


class RevertDialog(QDialog):
    """Asks for the moment, in the computer's own time zone."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setWindowTitle(tr("Revert labels to a moment"))
        says = QLabel(
            tr("Every label becomes what it was at this moment (this computer's time). Nothing is erased: undo brings it back.")
        )
        says.setWordWrap(True)
        self._moment = QDateTimeEdit(QDateTime.currentDateTime())
        self._moment.setDisplayFormat("yyyy-MM-dd HH:mm:ss")
        self._moment.setCalendarPopup(True)
        with_name(self._moment, tr("Moment"), tr("Labels given after this moment are taken back"))
        buttons = button_box(Standard.Ok | Standard.Cancel)
        buttons.accepted.connect(self._revert)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        for widget in (says, self._moment, buttons):
            column.addWidget(widget)

    def _revert(self) -> None:
        moment = np.datetime64(self._moment.dateTime().toMSecsSinceEpoch(), "ms")
        labelling.revert_to(self._session, moment)
        self.accept()
