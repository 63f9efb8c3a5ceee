"""Icons of the action table and the tool buttons, drawn once into pixels."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import qtawesome
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QPalette

SIZES: Final = (16, 20, 32, 40)
"""Menus and buttons, at one and at two pixels a point."""


def icon(name: str, colour: QColor, disabled: QColor | None = None) -> QIcon:
    """Return an icon of QtAwesome in two colours.

    QtAwesome's own icons are painted in Python whenever their button is, and each time PySide forgets to give back some
    references; pixels cost and lose nothing.
    """
    chosen = QGuiApplication.palette().color(QPalette.ColorRole.HighlightedText)
    return _pixels(name, colour.name(), (disabled or colour).name(), chosen.name())


@lru_cache(maxsize=256)
def _pixels(name: str, colour: str, disabled: str, chosen: str) -> QIcon:
    drawn, made = qtawesome.icon(name, color=colour, color_disabled=disabled, color_selected=chosen), QIcon()
    made.addPixmap(drawn.pixmap(QSize(20, 20), 1.0, QIcon.Mode.Selected), QIcon.Mode.Selected)  # lists show no other size
    for mode in (QIcon.Mode.Normal, QIcon.Mode.Disabled):
        for size in SIZES:
            made.addPixmap(drawn.pixmap(QSize(size, size), 1.0, mode), mode)
    return made
