"""Behaviour of all input fields: Esc leaves a field, and the wheel changes it only while it has the focus."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QScrollBar,
    QWidget,
)

_LEFT_BY_ESCAPE: Final = (QLineEdit, QPlainTextEdit, QAbstractSpinBox, QComboBox)
_TURNED: Final = (QAbstractSpinBox, QComboBox, QAbstractSlider)


class FieldHabits(QObject):
    """Applies this behaviour to the fields below a widget.

    Parameters
    ----------
    root
        The fields below it at this time are changed; it owns this object.
    escape
        Whether Esc leaves a field; in a dialog it closes the dialog.
    """

    def __init__(self, root: QWidget, *, escape: bool) -> None:
        super().__init__(root)
        self._escape = escape
        for field in root.findChildren(QWidget):
            if isinstance(field, (*_LEFT_BY_ESCAPE, *_TURNED)) and not isinstance(field, QScrollBar):
                field.installEventFilter(self)
                if field.focusPolicy() == Qt.FocusPolicy.WheelFocus:
                    field.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # otherwise the wheel itself would set the focus

    def eventFilter(self, field: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Leave the wheel to the scroll area around the field, and handle Esc before any shortcut."""
        if event.type() == QEvent.Type.Wheel and isinstance(field, _TURNED) and not field.hasFocus():
            event.ignore()
            return True
        if self._escape and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress and not isinstance(field, QPlainTextEdit) and isinstance(field, QWidget):
                field.clearFocus()  # a field of several lines handles its text itself
        return False
