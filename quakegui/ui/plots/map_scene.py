"""Content and layout of one day map: the scene that `quakegui.ui.plots.map_painting` paints."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QFont, QFontMetricsF

from quakegui.app.day_events import earthquakes_near
from quakegui.app.display import Display
from quakegui.app.season_view import StationDay, offset_text, station_day, zone_name
from quakegui.app.session import Session
from quakegui.project.title import project_title
from quakegui.season.daymap import DayMap
from quakegui.season.extrema import Region, regions_mask
from quakegui.season.network import Frame
from quakegui.ui.i18n import mark, worded
from quakegui.ui.plots.station_layers import EventMark

BAR_WIDTH: Final = 14.0

# Sentences of the season for days without a map, translated when they are painted.
NO_MAP: Final = (
    mark("No station has data on this day; a map needs three stations at different places. Only the stations are shown."),
    mark("Only one place has data on this day; a map needs three stations at different places. Only the stations are shown."),
    mark("Only two places have data on this day; a map needs three stations at different places. Only the stations are shown."),
    mark("The stations with data on this day are on a straight line, so no map can be drawn. Only the stations are shown."),
)


@dataclass(frozen=True, slots=True, eq=False)
class MapScene:
    """Everything shown in one map.

    Attributes
    ----------
    map, stations
        The day map, and values of the stations on the day.
    places
        Row and column of each station in pixels of the map, NaN without coordinates, shape (station, 2).
    picked
        Codes of the selected stations.
    threshold_z
        Threshold of extremum regions.
    half_width_km
        Distance from the centre of the map to its edges.
    kp
        Largest Kp of the night, NaN if unknown.
    error_z
        Root mean square of the leave-one-out errors, NaN if there are none.
    worst
        Code of the station with the largest error, or empty.
    """

    map: DayMap
    stations: StationDay
    places: NDArray[np.float64]
    selected_codes: tuple[str, ...]
    threshold_z: float
    half_width_km: float
    kp: float
    error_z: float
    worst: str
    synthetic: bool
    display: Display
    heat: NDArray[np.float32] | None
    """Saliency map, 0 to 1, shape (row, column), if it was computed and is shown."""
    heat_name: str
    """Name of its class; empty without one."""
    frame: Frame
    """The square that the map covers."""
    events: tuple[EventMark, ...]
    """The earthquakes around the day, where their epicentres are asked for."""
    place: str
    """Name of the project and its time zone, with the offset on the day; only beside a scale bar."""
    title: str = ""
    """Painted above the map in place of the date and Kp; empty for the map of a day."""


@dataclass(frozen=True, slots=True)
class MapLayout:
    """Layout of a map within its rectangle, in the units of the painter."""

    head: QRectF
    image: QRectF
    bar: QRectF
    foot: QRectF

    @property
    def daily(self) -> QRectF:
        """The part that changes from day to day: all but the colour bar."""
        return QRectF(self.image.left() - 1.0, self.head.top(), self.image.width() + 2.0, self.foot.bottom() - self.head.top())

    def to_pixel(self, point: QPointF, pixels: int) -> tuple[int, int] | None:
        """Return the (row, column) of the map under a point, or None outside the map."""
        if not self.image.contains(point):
            return None
        scale = pixels / self.image.width()
        row, column = int((point.y() - self.image.top()) * scale), int((point.x() - self.image.left()) * scale)
        return min(row, pixels - 1), min(column, pixels - 1)


def scene_of(session: Session, index: int | None = None) -> MapScene | None:
    """Return the scene of a day (default: the day shown), or None without a season."""
    day_map, stations = session.day_map(index), station_day(session, index)
    if day_map is None or stations is None or session.season is None:
        return None
    season = session.season
    frame = season.gridder.basis.frame
    errors = season.gridder.leave_one_out(stations.z)
    known = np.isfinite(errors)
    worst = stations.codes[int(np.nanargmax(np.abs(errors)))] if known.any() else ""
    at = session.index if index is None else index
    shows_heat = session.display.explain and not session.display.blind  # it reveals the predicted class
    heat = session.heat.get(at) if shows_heat else None
    return MapScene(
        map=day_map,
        stations=stations,
        places=frame.to_pixels(season.places_km),
        selected_codes=session.selected_codes,
        threshold_z=season.config.extrema.threshold_z,
        half_width_km=frame.half_width_km,
        kp=session.kp(index),
        error_z=float(np.sqrt(np.mean(errors[known] ** 2))) if known.any() else np.nan,
        worst=worst,
        synthetic=session.synthetic,
        display=session.display,
        heat=heat,
        heat_name="" if heat is None or session.predictions is None else session.class_names[session.predictions.classes[at]],
        frame=frame,
        events=_events(session, frame, at) if session.display.epicentres else (),
        place=_place(session, at) if session.display.scale_bar else "",
    )


def _place(session: Session, index: int) -> str:
    season, zone = session.season, zone_name(session)
    assert season is not None
    project = "" if session.project is None else worded(project_title(session.project))
    return f"{project} · {zone}, {offset_text(zone, season.available_at[season.shown.start + index])}"


def _events(session: Session, frame: Frame, index: int) -> tuple[EventMark, ...]:
    classes = session.event_classes or (0,) * len(session.events)
    marks = []
    for number, age in earthquakes_near(session, index):
        event = session.events[number]
        x, y = frame.project(np.array([event.latitude]), np.array([event.longitude]))[0]
        marks.append(EventMark(number, float(x), float(y), event.magnitude, age, classes[number]))
    return tuple(marks)


def layout(rect: QRectF, font: QFont) -> MapLayout:
    """Return the layout of a map in `rect`: the map square is as large as possible."""
    metrics = QFontMetricsF(font)
    line = metrics.height() * 1.5
    beside = BAR_WIDTH + metrics.horizontalAdvance("−88.8") + 22.0
    side = max(min(rect.width() - beside, rect.height() - 2.0 * line), 32.0)
    left = rect.left() + max((rect.width() - side - beside) / 2.0, 0.0)
    top = rect.top() + line + max((rect.height() - side - 2.0 * line) / 2.0, 0.0)
    return MapLayout(
        head=QRectF(left, top - line, side + beside, line),
        image=QRectF(left, top, side, side),
        bar=QRectF(left + side + 12.0, top + line * 0.9, BAR_WIDTH, side - line * 1.3),
        foot=QRectF(left, top + side, side + beside, line),
    )


@lru_cache(maxsize=2)
def region_numbers(day_map: DayMap, threshold_z: float) -> NDArray[np.int32]:
    """Return the region of each pixel, 0 for none, shape (row, column)."""
    return regions_mask(day_map.field, threshold_z)


def region_at(day_map: DayMap, threshold_z: float, row: int, column: int) -> Region | None:
    """Return the extremum region of a pixel, or None."""
    if not day_map.regions:
        return None
    label = int(region_numbers(day_map, threshold_z)[row, column])
    return next((region for region in day_map.regions if region.label == label and label != 0), None)
