"""Pixels that a widget paints into again and again."""

from __future__ import annotations

from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QWidget


def pixmap_of(widget: QWidget, before: QPixmap | None) -> QPixmap:
    """Return a picture as large as a widget at its screen's density: the former one where it still fits.

    Made once and not for every repaint: PySide6 6.10 and 6.11 on Python 3.11 gain five references to None with each paint
    device that Python makes and paints into, one for every virtual method looked up and not found; a long walk adds them up.
    """
    ratio = widget.devicePixelRatioF()
    size = widget.size() * ratio
    if before is not None and before.size() == size and before.devicePixelRatio() == ratio:
        return before
    picture = QPixmap(size)
    picture.setDevicePixelRatio(ratio)
    return picture
