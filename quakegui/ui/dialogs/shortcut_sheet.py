"""All shortcuts on one sheet, from the action table."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from quakegui.ui.action import MENUS, Action
from quakegui.ui.boxes import filled
from quakegui.ui.dialogs.buttons import Standard, button_box
from quakegui.ui.dialogs.dialog_parts import open_at
from quakegui.ui.i18n import tr


class ShortcutSheet(QDialog):
    """Menus as headings, with actions and their keys below."""

    def __init__(self, rows: Sequence[Action], parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Keyboard shortcuts"))
        open_at(self, 560, 640)
        self.sheet = QTreeWidget()
        self.sheet.setAccessibleName(tr("Keyboard shortcuts"))
        self.sheet.setHeaderLabels([tr("Action"), tr("Keys")])
        self.sheet.setRootIsDecorated(False)
        self.sheet.setAlternatingRowColors(True)
        self.sheet.setSelectionMode(QTreeWidget.SelectionMode.NoSelection)
        self.sheet.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._fill(rows)
        buttons = button_box(Standard.Close, self.reject)
        guide = buttons.addButton(tr("User's guide"), QDialogButtonBox.ButtonRole.HelpRole)
        guide.setToolTip(tr("Open the guide and close this list"))
        guide.clicked.connect(self._open_guide)
        filled(QVBoxLayout(self), self.sheet, buttons)

    def _open_guide(self) -> None:
        from quakegui.ui.dialogs.guide import show_guide

        self.accept()
        window = self.parentWidget()
        assert window is not None
        show_guide(window)

    def _fill(self, rows: Sequence[Action]) -> None:
        for menu in MENUS:
            heading = QTreeWidgetItem([tr(menu)])
            font = heading.font(0)
            font.setBold(True)
            heading.setFont(0, font)
            self.sheet.addTopLevelItem(heading)
            for row in rows:
                if row.menu == menu and row.shortcuts:
                    native = QKeySequence.SequenceFormat.NativeText
                    keys = tr(", ").join(dict.fromkeys(QKeySequence(key).toString(native) for key in row.shortcuts))
                    heading.addChild(QTreeWidgetItem([tr(row.text).rstrip("…"), keys]))
            heading.setExpanded(True)
        self.sheet.resizeColumnToContents(0)
