"""The control that switches workspaces: adjacent buttons, the current one in the accent colour."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QEvent
from PySide6.QtGui import QAction, QActionGroup, QPalette
from PySide6.QtWidgets import QApplication, QHBoxLayout, QToolButton, QWidget

from quakegui.ui.boxes import filled


class Segments(QWidget):
    """Buttons of exclusive actions.

    Parameters
    ----------
    actions
        From left to right.
    badge
        Stands before them.
    """

    def __init__(self, actions: Iterable[QAction], badge: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        group = QActionGroup(self)
        self._buttons: list[QToolButton] = []
        row = filled(QHBoxLayout(self), badge, margins=(4, 1, 6, 1), spacing=0)
        row.addSpacing(6)
        for action in actions:
            group.addAction(action)
            button = QToolButton()
            button.setDefaultAction(action)
            button.toggled.connect(lambda _on: self._colour())
            if self._buttons:
                row.addSpacing(-1)  # neighbours share one border
            row.addWidget(button)
            self._buttons.append(button)
        self._colour()

    def _colour(self) -> None:
        for button in self._buttons:
            palette = QPalette(QApplication.palette())
            if button.isChecked():
                role = QPalette.ColorRole
                for taken, given in ((role.Button, role.Highlight), (role.ButtonText, role.HighlightedText)):
                    palette.setColor(taken, palette.color(given))
                button.raise_()
            button.setPalette(palette)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Update after a change of colours."""
        if event.type() == QEvent.Type.PaletteChange:
            self._colour()
        super().changeEvent(event)
