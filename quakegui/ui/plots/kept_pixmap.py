"""Pixels that a widget paints into again and again."""

from __future__ import annotations

from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QWidget


def pixmap_of(widget: QWidget, before: QPixmap | None) -> QPixmap:
    """Return a picture as large as a widget at its screen's density: the former one where it still fits.

    Made once and not for every repaint: asking for new memory and clearing it takes as long again as filling it.
    """
    ratio = widget.devicePixelRatioF()
    size = widget.size() * ratio
    if before is not None and before.size() == size and before.devicePixelRatio() == ratio:
        return before
    picture = QPixmap(size)
    picture.setDevicePixelRatio(ratio)
    return picture
