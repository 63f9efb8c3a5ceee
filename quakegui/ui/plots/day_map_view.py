"""The day map: paints a `MapScene`, and reports the pixel under the cursor and clicks."""

from __future__ import annotations

from typing import Final

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from quakegui.ui import theme
from quakegui.ui.plots.map_painting import paint
from quakegui.ui.plots.map_scene import MapLayout, MapScene, layout, region_at
from quakegui.ui.plots.stamps import Stamps

FLASHES: Final = 6
FLASH_MS: Final = 220
PICK_RADIUS: Final = 9.0


class DayMapView(QWidget):
    """Paints a scene; its only state is the scene, the cursor and a flashing region."""

    hovered = Signal(object)
    """(row, column) under the cursor, or None outside the map."""
    station_clicked = Signal(str, bool)
    """A station code, and whether to add the station to the selected ones."""
    region_clicked = Signal(int)
    """Id of a region."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scene: MapScene | None = None
        self.empty = ""
        self._stamps = Stamps()
        self._flash_id = -1
        self._flash_left = 0
        self._timer = QTimer(self, interval=FLASH_MS)
        self._timer.timeout.connect(self._blink)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    @property
    def scene(self) -> MapScene | None:
        """The scene shown."""
        return self._scene

    @property
    def flashing(self) -> bool:
        """Whether a region is flashing."""
        return self._timer.isActive()

    def show_scene(self, scene: MapScene | None, empty: str = "", *, at_once: bool = False) -> None:
        """Show a scene, or the sentence `empty` if there is none; `at_once` paints it before the other panels."""
        before, self._scene, self.empty = self._scene, scene, empty
        same = before is not None and scene is not None and _same_scale(before, scene)
        rect = self.layout_now().daily.toAlignedRect() if same else self.rect()
        if at_once:
            self.repaint(rect)
        else:
            self.update(rect)

    def flash(self, region: int) -> None:
        """Flash a region of the day shown for a moment."""
        self._flash_id, self._flash_left = region, FLASHES
        self._timer.start()
        self.update()

    def _blink(self) -> None:
        self._flash_left -= 1
        if self._flash_left <= 0:
            self._timer.stop()
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return the size of the map with its scale and text."""
        return QSize(560, 540)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return a small but usable size."""
        return QSize(180, 130)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Paint the scene."""
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), theme.colours().background)
            painter.setFont(self.font())
            around = QRectF(self.rect()).adjusted(10, 4, -10, -4)
            if self._scene is None:
                painter.setPen(theme.colours().muted)
                painter.drawText(around, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self.empty)
            else:
                bar = not self.layout_now().daily.toAlignedRect().contains(event.rect())
                flash = self._flash_id if self._flash_left % 2 else None
                paint(painter, around, self._scene, flash=flash, bar=bar, stamps=self._stamps)

    def layout_now(self) -> MapLayout:
        """Return the layout at the present size."""
        return layout(QRectF(self.rect()).adjusted(10, 4, -10, -4), self.font())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Report the pixel under the cursor."""
        pixel = self.pixel_at(event.position())
        self.setCursor(Qt.CursorShape.CrossCursor if pixel is not None else Qt.CursorShape.ArrowCursor)
        self.hovered.emit(pixel)

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Report that the cursor left the map."""
        self.hovered.emit(None)
        super().leaveEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Report a click on a station or else on a region."""
        pixel = self.pixel_at(event.position())
        if self._scene is None or pixel is None or event.button() != Qt.MouseButton.LeftButton:
            return
        code = self.station_at(event.position())
        if code:
            self.station_clicked.emit(code, bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier))
            return
        region = region_at(self._scene.map, self._scene.threshold_z, *pixel)
        if region is not None:
            self.region_clicked.emit(region.id)

    def pixel_at(self, at: QPointF) -> tuple[int, int] | None:
        """Return row and column of the map under a point, None beside it."""
        if self._scene is None:
            return None
        return self.layout_now().to_pixel(at, self._scene.map.field.shape[0])

    def station_at(self, at: QPointF) -> str:
        """Return the code of the station under a point, or empty."""
        if self._scene is None:
            return ""
        scale = self.layout_now().image.width() / self._scene.map.field.shape[0]
        corner = self.layout_now().image.topLeft()
        x = corner.x() + (self._scene.places[:, 1] + 0.5) * scale
        y = corner.y() + (self._scene.places[:, 0] + 0.5) * scale
        distance = np.nan_to_num(np.hypot(x - at.x(), y - at.y()), nan=np.inf)
        nearest = int(distance.argmin()) if distance.size else -1
        return self._scene.stations.codes[nearest] if nearest >= 0 and distance[nearest] <= PICK_RADIUS else ""


def _same_scale(before: MapScene, after: MapScene) -> bool:
    """Return whether two scenes have the same colour bar."""
    return (
        before.display == after.display
        and after.display.unit == "z"  # the nT of a given z change from day to day
        and before.map.style == after.map.style
        and before.threshold_z == after.threshold_z
    )
