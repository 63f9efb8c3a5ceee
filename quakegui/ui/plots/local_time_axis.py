"""Time axis in the time zone of the project: positions are UTC seconds, labels are local time and date."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, Final
from zoneinfo import ZoneInfo

import numpy as np
import pyqtgraph as pg
from PySide6.QtGui import QColor, QFontMetricsF, QPainter

HOUR: Final = 3600.0
DAY: Final = 86400.0
STEPS: Final = (HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 2 * DAY, 5 * DAY, 10 * DAY, 30 * DAY, 60 * DAY, 120 * DAY, 360 * DAY)
TIGHT: Final = 0.8
"""Factor on the line height: digits do not use it fully."""
ROOM_PX: Final = 46.0
ROOM_WITH_YEAR_PX: Final = 84.0
EPOCH: Final = datetime(1970, 1, 1)


class PlainAxis(pg.AxisItem):  # type: ignore[misc]
    """An axis painted directly to the image of the plot (`CachedGraphics`), not to a second one created at every repaint."""

    picture: Any
    """Where line, ticks and labels are; None where the base class would paint its image anew."""

    def paint(self, painter: QPainter, _option: object, _widget: object) -> None:
        """Paint line, ticks and labels."""
        if self.picture is None:
            self.picture = self.generateDrawSpecs(painter)
        if self.picture is not None:
            self.drawPicture(painter, *self.picture)

    def recolour(self, ink: QColor, text: QColor) -> None:
        """Change the colours of line and ticks, and of the labels; where they are stays computed."""
        places = self.picture
        self.setPen(pg.mkPen(ink))
        self.setTextPen(pg.mkPen(text))
        if places is not None:
            line, ticks, _labels = places
            for pen, *_ends in (line, *ticks):
                pen.setColor(QColor(ink.red(), ink.green(), ink.blue(), pen.color().alpha()))
            self.picture = places

    def tickSpacing(self, low: float, high: float, size: float) -> list[tuple[float, float]]:  # noqa: N802 - its base's name
        """Return the spacings of ticks; on a vertical axis, labels are far enough apart not to overlap."""
        levels: list[tuple[float, float]] = super().tickSpacing(low, high, size)
        if not levels or self.orientation not in ("left", "right"):
            return levels
        line = QFontMetricsF(self.style["tickFont"] or self.font()).height()
        least = TIGHT * line * abs(high - low) / size
        if levels[0][0] >= least:
            return levels
        decade = 10.0 ** np.floor(np.log10(least))
        return [(next(float(step * decade) for step in (1.0, 2.0, 2.5, 5.0, 10.0) if step * decade >= least), 0.0)]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:  # noqa: N802 - its base's name
        """Return the labels of ticks, with a minus sign instead of a hyphen."""
        return [text.replace("-", "−") for text in super().tickStrings(values, scale, spacing)]


class LocalTimeAxis(PlainAxis):
    """Ticks at round local hours and days, on both sides of a change of the clocks; their labels never touch."""

    def __init__(self, orientation: str = "bottom") -> None:
        super().__init__(orientation)
        self._zone: tzinfo = UTC

    def set_zone(self, name: str) -> None:
        """Set the time zone by its IANA name."""
        if ZoneInfo(name) is not self._zone:
            self._zone = ZoneInfo(name)
            self.picture = None  # forces a repaint of the axis
            self.update()

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:  # noqa: N802
        """Return spacing and ticks between two times for an axis of `size` pixels."""
        per_second = size / max(high - low, 1e-9)
        fitting = (step for step in STEPS if step * per_second >= (ROOM_PX if step < 30 * DAY else ROOM_WITH_YEAR_PX))
        step = next(fitting, STEPS[-1])
        first, last = (round((self._local(end).replace(tzinfo=None) - EPOCH).total_seconds()) for end in (low, high))
        clock = (EPOCH + timedelta(seconds=k * step) for k in range(int(-(-first // step)), int(last // step) + 1))
        # an hour that the clocks skip is the one after it
        return [(step, np.unique([time.replace(tzinfo=self._zone).timestamp() for time in clock]).tolist())]

    def tickStrings(self, values: list[float], _scale: float, spacing: float) -> list[str]:  # noqa: N802
        """Return the labels of ticks: the time within a day, otherwise the date, with the year if years may differ."""
        local = [self._local(value) for value in values]
        if spacing >= 30 * DAY:
            return [f"{time:%Y-%m-%d}" for time in local]
        return [f"{time:%H:%M}" if (time.hour, time.minute) != (0, 0) else f"{time:%m-%d}" for time in local]

    def _local(self, seconds: float) -> datetime:
        return (EPOCH.replace(tzinfo=UTC) + timedelta(seconds=seconds)).astimezone(self._zone)
