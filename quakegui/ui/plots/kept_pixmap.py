"""Reusable pixmaps of widgets."""

from __future__ import annotations

from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QWidget


def pixmap_of(widget: QWidget, before: QPixmap | None) -> QPixmap:
    """Return a pixmap of the size and screen density of a widget: the former one if it still fits.

    It is reused, since allocating and clearing memory takes as long as painting it.
    """
    ratio = widget.devicePixelRatioF()
    size = widget.size() * ratio
    if before is not None and before.size() == size and before.devicePixelRatio() == ratio:
        return before
    picture = QPixmap(size)
    picture.setDevicePixelRatio(ratio)
    return picture
