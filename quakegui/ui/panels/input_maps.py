"""The maps that a pre-trained model is given for the day shown, with the saliency over each."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QTransform
from PySide6.QtWidgets import QSizePolicy, QWidget

from quakegui.app.change import Change
from quakegui.app.session import Session
from quakegui.season import daymap
from quakegui.season.daymap import DayMap
from quakegui.ui import theme
from quakegui.ui.i18n import tr
from quakegui.ui.language_follower import LanguageFollower
from quakegui.ui.plots.map_painting import paint_heat, paint_image

_SHOWS: Final = Change.PROJECT | Change.SEASON | Change.DAY | Change.PREDICTIONS | Change.DISPLAY
LINES: Final = 10
"""Height of the row, in lines of text."""


class InputMaps(LanguageFollower, QWidget):
    """A row of small maps below the day map, visible while a saliency map with known input is shown."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.maps: dict[int, DayMap] = {}
        """The maps shown, by the number of nights in each."""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        session.changed.connect(self.refresh)
        self.retranslate()
        self.refresh(Change.ALL)

    def refresh(self, change: Change) -> None:
        """Update from the session."""
        if not change & _SHOWS:
            return
        session, self.maps = self._session, {}
        # the saliency reveals the predicted class
        if session.season is not None and session.display.explain and not session.display.blind:
            day, style = session.season.days[session.index], session.season.config.style
            given = session.inputs.get(session.index, {})
            self.maps = {nights: daymap.draw(day, field, style) for nights, field in given.items()}
        self.setVisible(bool(self.maps))
        self.update()

    def captions(self) -> list[str]:
        """Return the caption of each map."""
        return [
            tr("z of the night") if nights == 1 else tr("Mean z of {count} nights").format(count=nights) for nights in self.maps
        ]

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return the size of a few lines of text."""
        return QSize(0, LINES * self.fontMetrics().height())

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return half of that."""
        return QSize(0, LINES // 2 * self.fontMetrics().height())

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Paint the maps from left to right, each below its caption."""
        heat, line = self._session.heat.get(self._session.index), 1.3 * self.fontMetrics().height()
        each = self.width() / max(1, len(self.maps))
        side = max(16.0, min(self.height() - line - 4.0, each - 8.0))
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), theme.colours().background)
            for number, (caption, day_map) in enumerate(zip(self.captions(), self.maps.values(), strict=True)):
                whole = QRectF(number * each, 0.0, each, line)
                painter.setPen(theme.colours().muted)
                metrics = painter.fontMetrics()
                text = metrics.elidedText(caption, Qt.TextElideMode.ElideRight, int(each - 8.0))
                painter.drawText(whole, Qt.AlignmentFlag.AlignCenter, text)
                image = QRectF(whole.center().x() - side / 2.0, line, side, side)
                paint_image(painter, image, day_map)
                if heat is not None:
                    scale = side / heat.shape[0]
                    painter.save()
                    painter.setClipRect(image)
                    paint_heat(
                        painter, QTransform(scale, 0, 0, scale, image.left() + scale / 2.0, image.top() + scale / 2.0), heat
                    )
                    painter.restore()
                painter.setPen(theme.colours().border)
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRect(image)

    def retranslate(self) -> None:
        """Set every text in the current language."""
        self.setAccessibleName(tr("Model input"))
        self.setToolTip(tr("Maps that the model is given for this day, each with the saliency map over it"))
        self.update()
