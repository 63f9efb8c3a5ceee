"""Plots kept as a picture, so that a marker moving over them costs a copy of pixels and not three plots painted anew."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pyqtgraph as pg
from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QWidget

from quakegui.ui.plots.kept_pixmap import pixmap_of


class _Held(QObject):
    """Holds back a window's wish to be painted."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._wished = False

    def eventFilter(self, _window: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Keep the wish from the window."""
        wish = event.type() == QEvent.Type.UpdateRequest
        self._wished |= wish
        return wish

    @contextmanager
    def of(self, window: QWidget) -> Iterator[None]:
        """Hold back a window's wish, and hand it on in the end."""
        window.installEventFilter(self)
        try:
            yield
        finally:
            window.removeEventFilter(self)
            if self._wished:
                self._wished = False
                QCoreApplication.postEvent(window, QEvent(QEvent.Type.UpdateRequest), Qt.EventPriority.LowEventPriority.value)


class CachedGraphics(pg.GraphicsLayoutWidget):  # type: ignore[misc]
    """A layout of plots that is rendered when its scene has changed, and a painter of markers called at every painting."""

    def __init__(self, markers: Callable[[QPainter], None], parent: QWidget | None = None) -> None:
        self._markers = markers
        self._picture: QPixmap | None = None
        self.stale = True
        super().__init__(parent)
        self._held = _Held(self)
        self.scene().changed.connect(self._forget)

    def _forget(self, _regions: object) -> None:
        self.stale = True
        self.viewport().update()

    def move_markers(self) -> None:
        """Paint the markers anew over the plots as they are."""
        self.viewport().update()

    def _settle(self) -> None:
        """Let plots take their ranges now, and the scene say what has changed: else each of them asks for a rendering more."""
        for _ in range(2):  # a range taken moves the curves, after which pyqtgraph looks once more
            self.scene().prepareForPaint()
        with self._held.of(self.window()):  # the scene would have its window painted at once, in the middle of this painting
            QCoreApplication.sendPostedEvents(self.scene(), QEvent.Type.MetaCall)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Paint the plots from their picture, and the markers."""
        viewport = self.viewport()
        picture = pixmap_of(viewport, self._picture)
        if self.stale or picture is not self._picture:
            self._settle()
            with QPainter(picture) as painter:
                painter.fillRect(viewport.rect(), self.backgroundBrush())
                self.render(painter, viewport.rect(), viewport.rect())
            self._picture, self.stale = picture, False
        with QPainter(viewport) as painter:
            painter.drawPixmap(0, 0, picture)
            self._markers(painter)
