"""What every field that takes text or a choice does: Escape leaves it, and the wheel turns it only while it has the focus."""

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
    """Teaches them to the fields below a widget.

    Parameters
    ----------
    root
        The fields below it at the moment are taught; it keeps this object alive.
    escape
        Whether Escape leaves a field; in a dialog it leaves the dialog.
    """

    def __init__(self, root: QWidget, *, escape: bool) -> None:
        super().__init__(root)
        self._escape = escape
        for field in root.findChildren(QWidget):
            if isinstance(field, (*_LEFT_BY_ESCAPE, *_TURNED)) and not isinstance(field, QScrollBar):
                field.installEventFilter(self)
                if field.focusPolicy() == Qt.FocusPolicy.WheelFocus:
                    field.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # else the wheel itself would give it the focus

    def eventFilter(self, field: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Leave a wheel to what scrolls around the field, and take Escape before a shortcut does."""
        if event.type() == QEvent.Type.Wheel and isinstance(field, _TURNED) and not field.hasFocus():
            event.ignore()
            return True
        if self._escape and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress and not isinstance(field, QPlainTextEdit) and isinstance(field, QWidget):
                field.clearFocus()  # a text of several lines says itself what becomes of what was typed
        return False
