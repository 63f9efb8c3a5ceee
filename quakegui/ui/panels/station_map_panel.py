"""The station map: the network, the values of the stations on the day shown, and the epicentres."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QSize, QSizeF, Qt
from PySide6.QtGui import QFontMetricsF, QMouseEvent, QPainter, QPaintEvent, QPixmap, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QToolButton, QVBoxLayout, QWidget

from quakegui.app.change import Change
from quakegui.app.season_view import offset_text, station_day, zone_name
from quakegui.app.session import Session
from quakegui.season.localtime import to_local
from quakegui.season.network import Frame
from quakegui.ui import theme
from quakegui.ui.boxes import filled
from quakegui.ui.i18n import mark, tr
from quakegui.ui.icons import icon
from quakegui.ui.late_refresh import LateRefresh
from quakegui.ui.no_markup import as_text
from quakegui.ui.plots import station_layers as layers
from quakegui.ui.plots.kept_pixmap import pixmap_of
from quakegui.ui.plots.map_camera import Camera
from quakegui.ui.plots.stamps import Stamps
from quakegui.ui.plots.station_layers import EventMark, StationMark
from quakegui.ui.texts import quality_text

_SHOWS = Change.PROJECT | Change.SEASON | Change.DAY | Change.PICK | Change.EVENTS | Change.DISPLAY
PICK_RADIUS: Final = 12.0
DRAG_STARTS: Final = 4.0
_BUTTONS: Final = (
    ("closer", "mdi6.plus", mark("Zoom in"), mark("Show a smaller area in more detail")),
    ("wider", "mdi6.minus", mark("Zoom out"), mark("Show a larger area")),
    ("network", "mdi6.fit-to-page-outline", mark("Show the network"), mark("Show the whole network (double click)")),
    ("events", "mdi6.pulse", mark("Show the epicentres"), mark("Zoom to the network and every epicentre")),
)


class StationMapPanel(QWidget):
    """Paints the map; a click selects a station, Ctrl adds one, the wheel zooms, dragging moves."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.camera: Camera | None = None
        self._fits = ""
        """What the view shows, "network" or "events", until the analyst moves it."""
        self.stations: tuple[StationMark, ...] = ()
        self.events: tuple[EventMark, ...] = ()
        self._event_xy: NDArray[np.float64] = np.empty((0, 2))
        self._ground: tuple[object, QPixmap] | None = None
        self._stamps = Stamps()
        self._pressed: QPointF | None = None
        self._dragging = False
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.buttons = {name: QToolButton(self) for name, *_ in _BUTTONS}
        self._lay_out()
        LateRefresh(self, session, self.refresh)
        self.retranslate()
        self.refresh(Change.ALL)

    def _lay_out(self) -> None:
        for button in self.buttons.values():
            button.setIconSize(QSize(16, 16))
        buttons = ((button, 0, Qt.AlignmentFlag.AlignRight) for button in self.buttons.values())
        filled(QVBoxLayout(self), *buttons, 1, margins=(0, 6, 6, 0), spacing=2)
        self.buttons["closer"].clicked.connect(lambda: self.zoom(1.5, QPointF(self.rect().center())))
        self.buttons["wider"].clicked.connect(lambda: self.zoom(1.0 / 1.5, QPointF(self.rect().center())))
        self.buttons["network"].clicked.connect(self.show_network)
        self.buttons["events"].clicked.connect(self.show_events)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return a square of a quarter of a small screen."""
        return QSize(340, 340)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return a small but usable size."""
        return QSize(150, 110)

    # -- what is shown ---------------------------------------------------------------------------------------------

    @property
    def frame_km(self) -> Frame | None:
        """The map frame of the day map, or None without a season or without a station with coordinates."""
        season = self._session.season
        return season.gridder.basis.frame if season is not None and np.isfinite(season.places_km).any() else None

    def refresh(self, change: Change) -> None:
        """Update from the session."""
        if not change & _SHOWS:
            return
        if change & (Change.PROJECT | Change.SEASON | Change.EVENTS):
            self._place_events()
        if change & (Change.PROJECT | Change.SEASON):
            self.show_network()
        self._mark_stations()
        self._mark_events()
        self.update()

    def _place_events(self) -> None:
        frame, events = self.frame_km, self._session.events
        if frame is None or not events:
            self._event_xy = np.empty((0, 2))
            return
        latitude = np.array([event.latitude for event in events], dtype=np.float64)
        longitude = np.array([event.longitude for event in events], dtype=np.float64)
        self._event_xy = frame.project(latitude, longitude)

    def _mark_stations(self) -> None:
        season, day = self._session.season, station_day(self._session)
        frame = self.frame_km
        if season is None or day is None or frame is None:
            self.stations = ()
            return
        picked = set(self._session.selected_codes)
        self.stations = tuple(
            StationMark(code, x, y, z, code in picked)
            for code, (x, y), z in zip(day.codes, season.places_km.tolist(), day.z.tolist(), strict=True)
            if math.isfinite(x)
        )

    def _mark_events(self) -> None:
        session = self._session
        if session.day is None or session.display.blind or not len(self._event_xy):
            self.events = ()
            return
        ages = (session.day - session.event_days).astype(np.int64).tolist()
        classes = session.event_classes or (0,) * len(session.events)
        self.events = tuple(
            EventMark(number, x, y, event.magnitude, age, cls)
            for number, (event, (x, y), age, cls) in enumerate(
                zip(session.events, self._event_xy.tolist(), ages, classes, strict=True)
            )
        )

    # -- view ------------------------------------------------------------------------------------------------------

    def show_network(self) -> None:
        """Zoom to the whole network."""
        frame = self.frame_km
        self.camera = None if frame is None else self._fitting(frame, frame.half_width_km)
        self._fits = "network"
        self.update()

    def _fitting(self, frame: Frame, half_width_km: float) -> Camera:
        below = layers.legend_height(QFontMetricsF(self.font()))
        return Camera.fitting(frame.x_km, frame.y_km, half_width_km * 1.12, QSizeF(self.size()), below=below)

    def show_events(self) -> None:
        """Zoom to the network and all epicentres within the base map."""
        frame = self.frame_km
        if frame is None:
            return
        middle = np.array([frame.x_km, frame.y_km])
        xy = np.array([(mark.x_km, mark.y_km) for mark in self.events]).reshape(-1, 2)
        away = np.abs(xy - middle).max(axis=1)
        near = away[away <= frame.half_width_km * layers.REACH * 0.9]
        half = max(frame.half_width_km, float(near.max(initial=0.0)))
        self.camera, self._fits = self._fitting(frame, half), "events"
        self.update()

    def zoom(self, factor: float, at: QPointF) -> None:
        """Zoom by a factor about a point of the view."""
        frame = self.frame_km
        if self.camera is None or frame is None:
            return
        widest = 2.0 * frame.half_width_km * layers.REACH / max(self.width(), self.height(), 1)
        self._fits = ""
        self.camera = self.camera.zoomed(factor, at, closest=frame.half_width_km / 20000.0, widest=widest)
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Keep the centre and the zoomed area."""
        if self._fits:
            (self.show_network if self._fits == "network" else self.show_events)()
        elif self.camera is not None:
            before = max(min(self.camera.size.width(), self.camera.size.height()), 1.0)
            half = self.camera.km_per_px * before / 2.0
            self.camera = Camera.fitting(self.camera.x_km, self.camera.y_km, half, QSizeF(self.size()))
        super().resizeEvent(event)

    # -- painting --------------------------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Paint the base map from its cached image, then stations and epicentres of the day."""
        with QPainter(self) as painter:
            painter.setFont(self.font())
            frame, season = self.frame_km, self._session.season
            if self.camera is None or frame is None or season is None:
                self._paint_empty(painter)
                return
            colours = theme.colours()
            painter.drawPixmap(0, 0, self._ground_picture(self.camera, frame))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            look = colours.dark, self.devicePixelRatioF(), self.font().key()
            places = season.places_km.tobytes(), self._session.events, self._session.event_classes
            self._stamps.fit((self.camera, frame, look, places))
            layers.paint_events(painter, self.camera, self.events, colours, self._stamps)
            layers.paint_stations(painter, self.camera, self.stations, season.config.style, colours, stamps=self._stamps)
            missing = sum(not math.isfinite(station.z) for station in self.stations)
            layers.paint_legend(painter, self.camera, colours, missing, self._stamps)

    def _paint_empty(self, painter: QPainter) -> None:
        painter.fillRect(self.rect(), theme.colours().background)
        painter.setPen(theme.colours().muted)
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(self.rect().adjusted(20, 20, -20, -20), flags, self._why_empty())

    def _ground_picture(self, camera: Camera, frame: Frame) -> QPixmap:
        """Return base map and station codes as an image, repainted only when view, selection or colours change."""
        colours, ratio = theme.colours(), self.devicePixelRatioF()
        key = (camera, frame, colours.dark, ratio, self.font().key(), tuple((s.code, s.picked) for s in self.stations))
        if self._ground is None or self._ground[0] != key:
            picture = pixmap_of(self, self._ground[1] if self._ground is not None else None)
            with QPainter(picture) as painter:
                painter.setFont(self.font())
                layers.paint_ground(painter, camera, frame, colours)
                painter.setFont(self.font())
                layers.paint_codes(painter, camera, self.stations, frame, colours)
            self._ground = (key, picture)
        return self._ground[1]

    def _why_empty(self) -> str:
        if self._session.season is None:
            return ""
        return tr("No station has coordinates, so the map shows no stations. Enter coordinates under Stations.")

    # -- mouse -----------------------------------------------------------------------------------------------------

    def station_at(self, at: QPointF) -> StationMark | None:
        """Return the station under a point of the view, or None."""
        away = self._pixels_to(self.stations, at)
        nearest = int(away.argmin()) if away.size else -1
        return self.stations[nearest] if nearest >= 0 and away[nearest] <= PICK_RADIUS else None

    def event_at(self, at: QPointF) -> EventMark | None:
        """Return the epicentre under a point of the view, the smallest where several lie there."""
        under = [
            mark
            for mark, away in zip(self.events, self._pixels_to(self.events, at), strict=True)
            if away <= layers.event_radius(mark.magnitude) + 2.0
        ]
        return min(under, key=lambda mark: mark.magnitude, default=None)

    def _pixels_to(self, marks: Sequence[StationMark | EventMark], at: QPointF) -> NDArray[np.float64]:
        """Return the distance of each mark from a point of the view, in pixels, shape (mark,)."""
        if self.camera is None or not marks:
            return np.empty(0)
        x, y = self.camera.to_km(at)
        places = np.array([(mark.x_km, mark.y_km) for mark in marks])
        away: NDArray[np.float64] = np.hypot(places[:, 0] - x, places[:, 1] - y) / self.camera.km_per_px
        return away

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Record where a click or a drag began."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed, self._dragging = event.position(), False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Drag the map, or show a hand over a selectable station."""
        if self._pressed is None or self.camera is None:
            over = self.station_at(event.position()) is not None
            self.setCursor(Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor)
            self.setToolTip(as_text(self.words_at(event.position())))
            return
        by = event.position() - self._pressed
        if self._dragging or by.manhattanLength() > DRAG_STARTS:
            self._dragging = True
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            self._fits = ""
            self.camera = self.camera.moved(by)
            self._pressed = event.position()
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Select the clicked station; Ctrl adds or removes it."""
        if event.button() != Qt.MouseButton.LeftButton or self._pressed is None:
            return
        dragged, self._pressed, self._dragging = self._dragging, None, False
        self.setCursor(Qt.CursorShape.ArrowCursor)
        found = self.station_at(event.position())
        if dragged or found is None:
            return
        picked = self._session.selected_codes
        if not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._session.pick([found.code])
        elif found.code in picked:
            self._session.pick([code for code in picked if code != found.code])
        else:
            self._session.pick([*picked, found.code])

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Zoom to the whole network, unless a station was clicked."""
        if self.station_at(event.position()) is None:
            self.show_network()

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - Qt's name
        """Zoom about the cursor."""
        self.zoom(1.0015 ** event.angleDelta().y(), event.position())
        event.accept()

    def words_at(self, at: QPointF) -> str:
        """Return the description of the station or epicentre under a point, or an empty string."""
        station = self.station_at(at)
        if station is not None:
            return self._station_words(station)
        found = self.event_at(at)
        return self._event_words(found.number) if found is not None else ""

    def _station_words(self, station: StationMark) -> str:
        day, season = station_day(self._session), self._session.season
        assert day is not None
        assert season is not None
        number = season.network.index(station.code)
        title = f"{station.code}  {season.network.stations[number].name}".strip()
        reasons = quality_text(day.reasons(number), day.flags.get(number, ()))
        if not np.isfinite(day.z[number]):
            return f"{title}\n" + tr("Anomaly not computed: {reason}").format(reason=reasons or tr("no readings in the night"))
        value = f"z {day.z[number]:+.2f} · {day.nt[number]:+.2f} nT".replace("-", "−")
        night = tr("Night mean {value:.1f} nT").format(value=day.night_nt[number])
        return "\n".join([title, value, night, *([reasons] if reasons else [])])

    def _event_words(self, number: int) -> str:
        event, zone = self._session.events[number], zone_name(self._session)
        when = to_local(event.time, zone).strftime("%Y-%m-%d %H:%M:%S")
        words = [f"M {event.magnitude:.1f}  {event.place}".strip(), f"{when} {offset_text(zone, event.time)}"]
        if event.depth_km is not None:
            words.append(tr("Depth {depth:g} km").format(depth=event.depth_km))
        return "\n".join(words)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Update after a change of language, colours or text size."""
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        if event.type() == QEvent.Type.PaletteChange:
            self._refresh_icons()
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self.update()
        super().changeEvent(event)

    def retranslate(self) -> None:
        """Set every text in the current language."""
        self.setAccessibleName(tr("Station map"))
        for name, _, text, tip in _BUTTONS:
            self.buttons[name].setAccessibleName(tr(text))
            self.buttons[name].setToolTip(tr(tip))
        self._refresh_icons()
        self.update()

    def _refresh_icons(self) -> None:
        for name, name_of_icon, *_ in _BUTTONS:
            self.buttons[name].setIcon(icon(name_of_icon, theme.colours().text))
