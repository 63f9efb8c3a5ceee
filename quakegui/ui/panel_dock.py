"""A dock of the window, and its panel, which may be created late."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont, QShowEvent
from PySide6.QtWidgets import QAbstractButton, QDockWidget, QMainWindow, QWidget

from quakegui.ui import theme
from quakegui.ui.icons import icon

BUTTONS: Final = {"qt_dockwidget_floatbutton": "mdi6.dock-window", "qt_dockwidget_closebutton": "mdi6.close"}
"""Icons of the buttons in the title of a panel, by their names in Qt."""


def _weighted(weight: QFont.Weight) -> QFont:
    """Return a font that defines only its weight."""
    font = QFont()
    font.setWeight(weight)
    return font


class PanelDock(QDockWidget):
    """A dock that creates its panel when it is first shown or asked for.

    Parameters
    ----------
    name
        Its name in saved layouts.
    make
        Creates the panel.
    window
        Its parent.
    """

    made = Signal(QWidget)
    """The panel that has just been created."""

    def __init__(self, name: str, make: Callable[[], QWidget], window: QMainWindow) -> None:
        super().__init__(window)
        self._make: Callable[[], QWidget] | None = make
        self.setObjectName(name)
        # the title follows the text size only in the dock's own font
        self.setFont(_weighted(QFont.Weight.DemiBold))

    def widget(self) -> QWidget:
        """Return the panel; create it if necessary."""
        if self._make is not None:
            make, self._make = self._make, None
            panel = make()
            panel.setFont(_weighted(QFont.Weight.Normal))
            panel.setAutoFillBackground(True)  # otherwise each change in it would paint the dock with its buttons again
            self.setWidget(panel)
            self.made.emit(panel)
        return super().widget()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Create the panel if necessary."""
        self.widget()
        super().showEvent(event)

    def paint_buttons(self) -> None:
        """Set the icons in the title in the colour of the text: Qt's own cannot be seen on dark ground."""
        for name, glyph in BUTTONS.items():
            button = self.findChild(QAbstractButton, name, Qt.FindChildOption.FindDirectChildrenOnly)
            wanted = icon(glyph, theme.colours().text)
            if button is not None and button.icon().cacheKey() != wanted.cacheKey():  # each places the title anew
                button.setIcon(wanted)
