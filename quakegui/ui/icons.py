"""Icons of the action table and the tool buttons, rendered once to pixels."""

from __future__ import annotations

import json
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QIcon, QPainter, QPalette, QPixmap

SIZES: Final = (16, 20, 32, 40)
"""Sizes in menus and buttons, at one and at two pixels per point."""


def icon(name: str, colour: QColor, disabled: QColor | None = None) -> QIcon:
    """Return an icon of Material Design ("mdi6.play") in two colours.

    It is a glyph of the font in QtAwesome. QtAwesome itself is not loaded, which would take a tenth of the start time; its
    icons are painted in Python whenever their button is, and PySide leaks some references each time.
    """
    chosen = QGuiApplication.palette().color(QPalette.ColorRole.HighlightedText)
    return _pixels(name, colour.name(), (disabled or colour).name(), chosen.name())


@lru_cache(maxsize=256)
def _pixels(name: str, colour: str, disabled: str, chosen: str) -> QIcon:
    made = QIcon()
    made.addPixmap(_letter(name, chosen, 20), QIcon.Mode.Selected)  # lists use no other size
    for mode, ink in ((QIcon.Mode.Normal, colour), (QIcon.Mode.Disabled, disabled)):
        for size in SIZES:
            made.addPixmap(_letter(name, ink, size), mode)
    return made


def _letter(name: str, colour: str, size: int) -> QPixmap:
    family, letters = _font()
    font = QFont()
    font.setFamily(family)
    font.setPixelSize(round(0.875 * size))  # leaves room for the bearing of the glyph
    picture = QPixmap(size, size)
    picture.fill(Qt.GlobalColor.transparent)
    with QPainter(picture) as painter:
        painter.setPen(QColor(colour))
        painter.setFont(font)
        painter.drawText(QRect(0, 0, size, size), Qt.AlignmentFlag.AlignCenter, letters[name.removeprefix("mdi6.")])
    return picture


@lru_cache(maxsize=1)
def _font() -> tuple[str, dict[str, str]]:
    """Return the family of the font, after adding it to Qt, and its glyphs by icon name."""
    found = find_spec("qtawesome")
    if found is None or not found.submodule_search_locations:
        raise FileNotFoundError("The icons' font, which belongs to QtAwesome, is missing; please install quakegui again.")
    folder = Path(found.submodule_search_locations[0]) / "fonts"
    (file,), (names,) = (
        folder.glob("materialdesignicons6-webfont-[0-9]*.ttf"),
        folder.glob("materialdesignicons6-*charmap*.json"),
    )
    family = QFontDatabase.applicationFontFamilies(QFontDatabase.addApplicationFont(str(file)))[0]
    codes: dict[str, str] = json.loads(names.read_text(encoding="utf-8"))
    return family, {name: chr(int(code, 16)) for name, code in codes.items()}
