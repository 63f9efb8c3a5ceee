"""The command palette: finds every action by a few letters of its name."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QAction, QIcon, QKeyEvent, QKeySequence, QPixmap
from PySide6.QtWidgets import QDialog, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from quakegui.ui.action import Action
from quakegui.ui.boxes import filled
from quakegui.ui.dialogs.dialog_parts import open_at, with_name
from quakegui.ui.i18n import tr

ICON_SIZE = QSize(18, 18)


class CommandPalette(QDialog):
    """Type, select with the arrow keys, run with Enter.

    Parameters
    ----------
    actions
        The actions; the data of each is its row of the action table.
    """

    def __init__(self, actions: Sequence[QAction], parent: QWidget) -> None:
        super().__init__(parent)
        self._actions = {action.objectName(): action for action in actions}
        self.setWindowTitle(tr("Find a command"))
        open_at(self, 520, 420)
        self.text = QLineEdit(placeholderText=tr("Type part of a command name"))
        with_name(self.text, tr("Command name"), tr("Arrow keys select, Enter runs the command"))
        self.text.textChanged.connect(self._filter)
        self.text.installEventFilter(self)
        self.list = QListWidget()
        self.list.setIconSize(ICON_SIZE)
        self.list.setUniformItemSizes(True)
        self.list.setAccessibleName(tr("Commands"))
        self.list.itemActivated.connect(self._run)
        filled(QVBoxLayout(self), self.text, self.list)
        self._filter("")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Send the arrow keys to the list, and Enter to the selected command."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
                row = self.list.currentRow() + (1 if event.key() == Qt.Key.Key_Down else -1)
                self.list.setCurrentRow(max(0, min(row, self.list.count() - 1)))
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                if self.list.currentItem() is not None:
                    self._run(self.list.currentItem())
                return True
        return super().eventFilter(watched, event)

    def _filter(self, text: str) -> None:
        self.list.clear()
        for action in self._actions.values():
            row: Action = action.data()
            # The English name is searched in every language, since colleagues share instructions.
            names = f"{tr(row.text)} {row.text} {tr(row.menu)}".lower()
            if all(word in names for word in text.lower().split()):
                self.list.addItem(self._item(action, tr(row.menu)))
        self.list.setCurrentRow(0)

    def _item(self, action: QAction, menu: str) -> QListWidgetItem:
        keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        item = QListWidgetItem(_icon_or_blank(action), f"{menu} › {action.text()}" + (f"    {keys}" if keys else ""))
        item.setData(Qt.ItemDataRole.UserRole, action.objectName())
        if not action.isEnabled():
            item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsEnabled)
        return item

    def _run(self, item: QListWidgetItem) -> None:
        action = self._actions[item.data(Qt.ItemDataRole.UserRole)]
        if action.isEnabled():
            self.accept()
            action.trigger()


def _icon_or_blank(action: QAction) -> QIcon:
    """Return the icon of an action, or a blank of the same size, so that all names are aligned."""
    if not action.icon().isNull():
        return action.icon()
    blank = QPixmap(ICON_SIZE)
    blank.fill(Qt.GlobalColor.transparent)
    return QIcon(blank)
