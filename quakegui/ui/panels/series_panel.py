"""Series of the selected stations: readings, night means and anomalies, stacked over the same time axis."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QCloseEvent, QFont, QFontMetricsF, QPainter
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QPushButton, QVBoxLayout, QWidget

from quakegui.app import walking
from quakegui.app.change import Change
from quakegui.app.season_view import local_midnights, station_day, zone_name
from quakegui.app.session import Session
from quakegui.season.localtime import to_local
from quakegui.season.season import Season
from quakegui.ui import theme
from quakegui.ui.boxes import FLUSH, filled
from quakegui.ui.i18n import tr
from quakegui.ui.panels.series_curves import SeriesCurves
from quakegui.ui.panels.series_flags import IntervalBox, paint_flagged, paint_interval, paint_night
from quakegui.ui.panels.series_readings import ReadingsInView
from quakegui.ui.panels.series_words import legend_text, zone_text
from quakegui.ui.plots.cached_graphics import CachedGraphics
from quakegui.ui.plots.local_time_axis import LocalTimeAxis, PlainAxis
from quakegui.ui.quiet_labels import ElidedLabel
from quakegui.ui.texts import quality_text

MOST_STATIONS: Final = 6
"""As many as there are distinguishable colours."""
DAYS_AROUND: Final = 20
CLOSEST_S: Final = 10.0
"""Maximum zoom: readings are at least a second apart."""
_ROWS: Final = ("raw", "night", "anomaly")
_SEASON: Final = Change.PROJECT | Change.SEASON
_DAYS: Final = _SEASON | Change.DAY
_STATIONS: Final = _SEASON | Change.PICK
_CONTENT: Final = _STATIONS | Change.DISPLAY


class SeriesPanel(QWidget):
    """Three plots over one time axis; the wheel zooms, dragging moves, the day shown is marked."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._drawn: tuple[Season | None, tuple[str, ...], bool] | None = None
        self.chooser = QPushButton(self)
        self.chooser.setMenu(QMenu(self.chooser))
        self.chooser.menu().aboutToShow.connect(self._fill_menu)
        self.legend, self.readout = QLabel(self), ElidedLabel(self)
        self.plots: dict[str, pg.PlotItem] = {}
        self.curves = SeriesCurves(self.plots)
        self.night: tuple[float, float] | None = None
        self.interval: tuple[float, float] | None = None
        """Start and end of the selected interval, seconds of UTC."""
        self.graphics = CachedGraphics(self._paint_over, self._paint_markers, self)
        self._room = 0.0, 0.0
        """Height of the titles of the plots, and width of the axes beside them."""
        self._marked = QRect()
        """Where the night of the day shown is marked."""
        self._lay_out()
        self._make_plots()
        view = self.plots["raw"].getViewBox()
        self.readings = ReadingsInView(session, view, lambda: max(2 * self.graphics.width(), 400), self._draw_readings, self)
        session.changed.connect(self.refresh)
        self.retranslate()
        self._colour()
        self.refresh(Change.ALL)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return the width of the station map above it."""
        return QSize(340, 300)

    def _lay_out(self) -> None:
        self.legend.setMinimumWidth(1)  # its text never widens the window
        self.legend.setTextFormat(Qt.TextFormat.RichText)
        head = filled(QHBoxLayout(), self.chooser, (self.legend, 1), margins=(6, 3, 6, 0))
        filled(QVBoxLayout(self), head, (self.graphics, 1), self.readout, margins=FLUSH, spacing=0)
        keeps_room = self.graphics.sizePolicy()
        keeps_room.setRetainSizeWhenHidden(True)
        self.graphics.setSizePolicy(keeps_room)
        self.readout.setContentsMargins(8, 1, 8, 3)

    def _make_plots(self) -> None:
        self.graphics.ci.layout.setSpacing(2)
        self.graphics.ci.setContentsMargins(2, 2, 8, 2)
        for row, name in enumerate(_ROWS):
            last = row == len(_ROWS) - 1
            axes = {"bottom": LocalTimeAxis(), "left": PlainAxis("left")}
            plot = self.graphics.addPlot(
                row=row, col=0, axisItems=axes, viewBox=IntervalBox(enableMenu=False), enableMenu=False
            )
            plot.getViewBox().selected.connect(lambda since, until: self._select((since, until)))
            for side in ("left", "bottom", "right", "top"):
                plot.getAxis(side).enableAutoSIPrefix(False)  # no axis has a name, which would be updated at every move
            plot.getAxis("bottom").setStyle(showValues=last)
            plot.getAxis("left").setTickDensity(2.0)  # in a low plot, one number is no scale
            plot.hideButtons()
            plot.setMouseEnabled(x=True, y=False)
            plot.enableAutoRange(axis="y")
            plot.setAutoVisible(y=True)
            plot.showGrid(x=True, y=True, alpha=0.15)
            self.plots[name] = plot
            if row:
                plot.setXLink(self.plots["raw"])
        self.thresholds = [pg.InfiniteLine(angle=0) for _ in range(2)]
        for line in self.thresholds:
            self.plots["anomaly"].addItem(line, ignoreBounds=True)
        self._make_room()
        self.graphics.scene().sigMouseMoved.connect(self._hover)
        self.graphics.scene().sigMouseClicked.connect(self._click)

    # -- following the session -------------------------------------------------------------------------------------

    @property
    def shown(self) -> tuple[str, ...]:
        """Codes of the stations shown: the first of the selected ones."""
        return self._session.selected_codes[:MOST_STATIONS] if self._session.season is not None else ()

    def refresh(self, change: Change) -> None:
        """Update from the session."""
        if Change.PROJECT in change:
            self.readings.stop()
            self._drawn = None  # the curves are those of another project
        if change & _STATIONS:
            self._select(None)
        if change & _CONTENT:
            self._show_series()
            self.graphics.draw_anew()
        if change & _SEASON:
            self._show_zone()
            self._limit_view()
            self.show_days_around()
        if change & _DAYS:
            self._move_cursor()

    def _show_series(self) -> None:
        """Draw night means and anomalies of the whole season, and request the readings in view; unchanged curves stay."""
        season, shown, in_nt = self._session.season, self.shown, self._session.display.unit == "nT"
        before, self._drawn = self._drawn, (season, shown, in_nt)
        other_stations = before is None or before[0] is not season or before[1] != shown
        if other_stations:
            self.legend.setText(legend_text(self._session, self.shown))
            self.graphics.setVisible(bool(shown))  # empty plots would have meaningless axes
            self.curves.empty("raw")
            for row in ("night", "anomaly"):
                self.curves.empty(row, len(shown))
        if season is None or (before is not None and not other_stations and before[2] == in_nt):
            return
        anomaly, nights = season.anomaly, self._night_middles()
        for place, code in enumerate(shown):
            station = season.network.index(code)
            means = anomaly.night_nt[:, station]
            self.curves.show("night", place, nights, means - self._level(means))
            self.curves.show("anomaly", place, nights, (anomaly.anomaly_nt if in_nt else anomaly.z)[:, station])
        for line, sign in zip(self.thresholds, (1.0, -1.0), strict=True):
            line.setVisible(not in_nt)
            line.setPos(sign * season.config.anomaly.threshold_z)
        if other_stations:
            self.readings.show(shown)

    def _level(self, values: NDArray[np.float64]) -> float:
        """Return what is subtracted from the total intensity of a station: its median if several are compared, otherwise 0."""
        finite = values[np.isfinite(values)]
        return float(np.median(finite)) if len(self.shown) > 1 and finite.size else 0.0

    def _night_middles(self) -> NDArray[np.float64]:
        """Return the middle of each night, including the warm-up, in UTC seconds, shape (day,)."""
        season = self._session.season
        assert season is not None
        start, end = season.nights
        return (start.astype(np.int64) + end.astype(np.int64)) / 2000.0

    def _draw_readings(self, code: str, time: NDArray[np.datetime64], values: NDArray[np.float64]) -> None:
        """Draw the readings of one station, with gaps."""
        self.curves.show("raw", self.shown.index(code), time.astype(np.int64) / 1000.0, values - self._level(values))

    def _limit_view(self) -> None:
        """Limit zooming out to one length of the season beyond each end: further away there are no valid dates."""
        season = self._session.season
        for plot in self.plots.values():
            plot.setMouseEnabled(x=season is not None, y=False)
            if season is not None:
                days = season.anomaly.days
                since, until = float(days[0].astype(np.int64)) * 86400.0, float(days[-1].astype(np.int64)) * 86400.0
                reach = max(until - since, 2 * DAYS_AROUND * 86400.0)
                plot.setLimits(xMin=since - reach, xMax=until + reach, minXRange=CLOSEST_S)

    def show_days_around(self) -> None:
        """Zoom to the days around the one shown."""
        if self._session.day is None:
            return
        middle = self.day_start()
        reach = DAYS_AROUND * 86400.0
        self.plots["raw"].setXRange(middle - reach, middle + reach, padding=0)

    def day_start(self) -> float:
        """Return the beginning of the day shown, in UTC seconds since 1970."""
        day = self._session.days[self._session.index : self._session.index + 1]
        return float(local_midnights(day, zone_name(self._session)).astype(np.int64)[0]) / 1000.0

    def _move_cursor(self) -> None:
        season, session = self._session.season, self._session
        self.night = None
        if season is not None and session.index >= 0:
            row = season.shown.start + session.index
            low, high = (float(end[row].astype(np.int64)) / 1000.0 for end in season.nights)
            self.night = (low, high)
            left, right = self.plots["raw"].getViewBox().viewRange()[0]
            if not left <= low <= right:
                # most of the view is ahead of the walk, so that it rarely moves: repainting the plots is slow
                behind = (right - left) * (0.15 if low > right else 0.85)
                self.plots["raw"].setXRange(low - behind, low - behind + (right - left), padding=0)
                for plot in self.plots.values():
                    plot.getViewBox().updateMatrix()
        self.graphics.move_markers(self._marked, self._mark_night())

    def _mark_night(self) -> QRect:
        """Return where the night of the day shown is to be marked, over all plots."""
        if self.night is None:
            return QRect()
        start, end = (self._x_of(seconds) for seconds in self.night)
        return QRectF(start, 0.0, max(end - start, 1.0), self.graphics.height()).toAlignedRect().adjusted(-2, 0, 2, 0)

    def _x_of(self, seconds: float) -> float:
        """Return the position of a time in every plot, in the coordinates of the scene."""
        return float(self.plots["raw"].getViewBox().mapViewToScene(QPointF(seconds, 0.0)).x())

    def _paint_over(self, painter: QPainter) -> None:
        """Hatch the flagged time in every plot, and paint the titles of the plots."""
        if self._session.season is None or not self.shown:
            return
        titles, font, tall = self.titles(), self._title_font(), self._title_height()
        for name, plot in self.plots.items():
            around = plot.getViewBox().sceneBoundingRect()
            paint_flagged(painter, plot.getViewBox(), self._session.season, self.shown)
            painter.setPen(theme.colours().muted)
            painter.setFont(font)
            strip = QRectF(around.left(), around.top() - tall, around.width(), tall)
            painter.drawText(strip, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, titles[name])

    def _paint_markers(self, painter: QPainter) -> None:
        """Mark the selected interval and the night of the day shown in every plot."""
        self._marked = self._mark_night()
        night = None if self.night is None else (self._x_of(self.night[0]), self._x_of(self.night[1]))
        for plot in self.plots.values():
            if self.interval is not None:
                paint_interval(painter, plot.getViewBox(), self.interval)
            if night is not None:
                paint_night(painter, *night, plot.getViewBox().sceneBoundingRect())

    def _title_font(self) -> QFont:
        font = QFont(self.font())
        font.setPointSizeF(font.pointSizeF() * 0.9)
        return font

    def _title_height(self) -> float:
        return QFontMetricsF(self._title_font()).height() + 1.0

    def _make_room(self) -> None:
        """Reserve a line above each plot for its title, and room for five digits beside it, at the present text size."""
        room = self._title_height(), QFontMetricsF(self.font()).horizontalAdvance("−00000") + 8.0
        if room != self._room:  # the axes would be computed anew
            self._room = room
            for plot in self.plots.values():
                plot.layout.setRowFixedHeight(0, room[0])
                plot.getAxis("left").setWidth(room[1])

    # -- mouse and stations ----------------------------------------------------------------------------------------

    def _hover(self, at: QPointF) -> None:
        """Show time and values under the cursor."""
        self.readout.setText(self.words_at(at)[0] or zone_text(self._session))

    def words_at(self, at: QPointF) -> tuple[str, int | None]:
        """Return time and values under a point of the scene, empty beside the plots, and the index of the day there."""
        box = self.plots["raw"].getViewBox()
        inside = any(plot.sceneBoundingRect().contains(at) for plot in self.plots.values())
        season = self._session.season
        if season is None or not inside:
            return "", None
        instant = np.datetime64(round(box.mapSceneToView(at).x() * 1000.0), "ms")
        zone = zone_name(self._session)
        words = "  ·  ".join([to_local(instant, zone).strftime("%Y-%m-%d %H:%M"), *self._values_at(instant)])
        return words, self._index_at(instant)

    def _values_at(self, instant: np.datetime64) -> list[str]:
        """Return the anomaly of each shown station on the day of a given time, or why there is none."""
        index = self._index_at(instant)
        day = station_day(self._session, index) if index is not None else None
        season = self._session.season
        if day is None or season is None:
            return []
        words = []
        for code in self.shown:
            station = season.network.index(code)
            reasons = quality_text(day.reasons(station), day.flags.get(station, ()))
            value = f" z {day.z[station]:+.2f}, {day.nt[station]:+.2f} nT".replace("-", "−")
            if not np.isfinite(day.z[station]):
                value = " " + (reasons or tr("no readings in the night"))
            elif station in day.flags:
                value += f", {reasons}"
            words.append(code + value)
        return words

    def _index_at(self, instant: np.datetime64) -> int | None:
        starts = local_midnights(self._session.days, zone_name(self._session))
        index = int(np.searchsorted(starts, instant, side="right")) - 1
        return index if index >= 0 and instant < starts[-1] + np.timedelta64(1, "D") else None

    def _select(self, interval: tuple[float, float] | None) -> None:
        """Select an interval whose readings can be flagged, or none."""
        self.interval = interval
        self.graphics.move_markers()

    def _click(self, event: Any) -> None:
        """Go to the clicked day."""
        box = self.plots["raw"].getViewBox()
        if event.button() == Qt.MouseButton.LeftButton and self._session.days.size:
            self._select(None)
            instant = np.datetime64(round(box.mapSceneToView(event.scenePos()).x() * 1000.0), "ms")
            index = self._index_at(instant)
            if index is not None:
                walking.go_to(self._session, index)

    def _fill_menu(self) -> None:
        menu, season = self.chooser.menu(), self._session.season
        menu.clear()
        for station in season.network.stations if season is not None else ():
            action = menu.addAction(f"{station.code}  {station.name}".strip())
            action.setCheckable(True)
            action.setChecked(station.code in self._session.selected_codes)
            action.triggered.connect(lambda on, code=station.code: self._pick(code, on))

    def _pick(self, code: str, on: bool) -> None:
        others = [other for other in self._session.selected_codes if other != code]
        self._session.pick([*others, code] if on else others)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """Stop reading."""
        self.readings.stop()
        super().closeEvent(event)

    # -- appearance ------------------------------------------------------------------------------------------------

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Update after a change of language or colours."""
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        if event.type() == QEvent.Type.PaletteChange:
            self._colour()
            self.legend.setText(legend_text(self._session, self.shown))
        if event.type() == QEvent.Type.FontChange and self.plots:
            self._make_room()
        super().changeEvent(event)

    def retranslate(self) -> None:
        """Set every text in the current language."""
        self.chooser.setText(tr("Stations"))
        self.chooser.setAccessibleName(tr("Stations"))
        self.chooser.setToolTip(tr("Select the stations to plot"))
        self.graphics.setAccessibleName(tr("Series of the selected stations"))
        self.legend.setText(legend_text(self._session, self.shown))
        self.graphics.draw_anew()
        self._show_zone()

    def titles(self) -> dict[str, str]:
        """Return the titles of the plots, painted inside them."""
        unit = "nT" if self._session.display.unit == "nT" else tr("z-score")
        several = len(self.shown) > 1
        return {
            "raw": tr("Readings minus their median, nT") if several else tr("Readings, nT"),
            "night": tr("Night means minus their median, nT") if several else tr("Night means, nT"),
            "anomaly": tr("Anomaly, {unit}").format(unit=unit),
        }

    def _show_zone(self) -> None:
        """Set the axes to local time, and show the time zone."""
        session = self._session
        if session.season is not None and session.day is not None:
            for plot in self.plots.values():
                plot.getAxis("bottom").set_zone(zone_name(session))
        self.readout.setText(zone_text(self._session))

    def _colour(self) -> None:
        colours = theme.colours()
        self.graphics.setBackground(colours.background)
        self.curves.recolour()
        for plot in self.plots.values():
            for side in ("left", "bottom"):
                plot.getAxis(side).recolour(colours.muted, colours.text)
        for line in self.thresholds:
            line.setPen(pg.mkPen(colours.alarm, style=Qt.PenStyle.DashLine))
        self.graphics.draw_anew()
