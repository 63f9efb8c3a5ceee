"""Plots cached as an image, so that moving a marker over them copies pixels and does not repaint the plots."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pyqtgraph as pg
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QRect, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QGraphicsScene, QWidget

from quakegui.ui.plots.kept_pixmap import pixmap_of


class _Held(QObject):
    """Delays the paint request of a window."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._wished = False

    def eventFilter(self, _window: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Intercept the request."""
        wish = event.type() == QEvent.Type.UpdateRequest
        self._wished |= wish
        return wish

    @contextmanager
    def of(self, window: QWidget) -> Iterator[None]:
        """Intercept paint requests of a window, and repeat them at the end."""
        window.installEventFilter(self)
        try:
            yield
        finally:
            window.removeEventFilter(self)
            if self._wished:
                self._wished = False
                QCoreApplication.postEvent(window, QEvent(QEvent.Type.UpdateRequest), Qt.EventPriority.LowEventPriority.value)


class CachedGraphics(pg.GraphicsLayoutWidget):  # type: ignore[misc]
    """A layout of plots that is rendered when its scene has changed, and a painter of markers called at every repaint.

    Parameters
    ----------
    over, markers
        Paint over the plots: `over` into their image, `markers` at every repaint, which `move_markers` requests.
    parent
        The parent widget.
    """

    def __init__(
        self, over: Callable[[QPainter], None], markers: Callable[[QPainter], None], parent: QWidget | None = None
    ) -> None:
        self._over, self._markers = over, markers
        self._picture: QPixmap | None = None
        self.stale = True
        super().__init__(parent)
        self.scene().setItemIndexMethod(QGraphicsScene.ItemIndexMethod.NoIndex)  # all its items move at once
        self._held = _Held(self)
        self.scene().changed.connect(self._forget)

    def _forget(self, _regions: object) -> None:
        self.draw_anew()

    def draw_anew(self) -> None:
        """Render the plots, and what is painted over them, at the next repaint."""
        self.stale = True
        self.viewport().update()

    def move_markers(self, *parts: QRect) -> None:
        """Repaint the markers over the unchanged plots, in some parts or everywhere."""
        for part in parts or (self.viewport().rect(),):
            self.viewport().update(part)

    def _settle(self) -> None:
        """Update ranges and changes of the scene now: otherwise each plot requests another rendering."""
        for _ in range(2):  # a new range moves the curves, after which pyqtgraph checks once more
            self.scene().prepareForPaint()
        with self._held.of(self.window()):  # the scene would repaint its window immediately, during this paint event
            QCoreApplication.sendPostedEvents(self.scene(), QEvent.Type.MetaCall)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Paint the plots from their image, and the markers."""
        viewport = self.viewport()
        picture = pixmap_of(viewport, self._picture)
        if self.stale or picture is not self._picture:
            self._settle()
            with QPainter(picture) as painter:
                painter.fillRect(viewport.rect(), self.backgroundBrush())
                self.render(painter, viewport.rect(), viewport.rect())
                self._over(painter)
            self._picture, self.stale = picture, False
        with QPainter(viewport) as painter:
            painter.drawPixmap(0, 0, picture)
            self._markers(painter)
