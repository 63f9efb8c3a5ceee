"""Figures of the network and the season: location of the stations, data coverage, and course of the season."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quakegui.report.drawings import (
    ACCENT,
    ALARM,
    CLASS_COLOURS,
    GRID,
    MUTED,
    SERIES,
    TEXT,
    Axes,
    Drawing,
    month_ticks,
    runs_of,
    ticks,
)
from quakegui.report.markup import Figure
from quakegui.season.events import Event
from quakegui.season.network import Frame, Network
from quakegui.season.palette import MapStyle
from quakegui.season.quality import Quality

STATIONS_IN_ONE = 50
"""Number of rows in one figure of completeness, so that it fits on a page."""
GOOD, SHORT, NONE = range(3)
STATE_COLOURS = ("#7fb99a", "#e6b85c", "#ffffff")


def network_map(network: Network, frame: Frame, events: Sequence[Event], *, stamp: str, alt: str) -> Figure:
    """Draw the stations with a scale bar, north up: with their codes in the map frame, or small among the epicentres.

    Parameters
    ----------
    network, frame
        The stations, and the map frame.
    events
        Earthquakes. If there are any, the figure extends to include them, and the map frame is dashed.
    stamp
        Stamp, or empty.
    alt
        Text alternative.
    """
    side, edge = 300, 14
    drawing = Drawing(side + 2 * edge, side + 2 * edge + 16)
    drawing.rectangle(edge, edge, side, side, "#fbfbf9", stroke=MUTED)
    at_km = frame.project(np.array([one.latitude for one in events]), np.array([one.longitude for one in events]))
    away = np.abs(at_km - [frame.x_km, frame.y_km]).max(initial=0.0)
    half_km = max(frame.half_width_km, 1.05 * float(away))

    def place(x_km: float, y_km: float) -> tuple[float, float]:
        scale = side / (2.0 * half_km)
        return edge + side / 2 + (x_km - frame.x_km) * scale, edge + side / 2 - (y_km - frame.y_km) * scale

    for event, (x_km, y_km) in zip(events, at_km.tolist(), strict=True):
        drawing.circle(*place(x_km, y_km), 2.0 + 1.6 * max(event.magnitude - 3.0, 0.0), "none", ALARM)
    if events:
        left, top = place(frame.x_km - frame.half_width_km, frame.y_km + frame.half_width_km)
        right, bottom = place(frame.x_km + frame.half_width_km, frame.y_km - frame.half_width_km)
        drawing.line([(left, top), (right, top), (right, bottom), (left, bottom), (left, top)], MUTED, dash="4 3")
    here = network.located
    at_km = frame.project(network.latitude[here], network.longitude[here])
    codes = [station.code for station in network.stations if station.located]
    dots = [place(x_km, y_km) for x_km, y_km in at_km.tolist()]
    for x, y in dots:
        drawing.circle(x, y, 1.5 if events else 3.0, ACCENT, ACCENT)
    for code, left, base in () if events else name_places(codes, dots, edge, edge + side):
        drawing.text(left, base, code, size=9)
    bar_km = max(
        step * 10.0**power for power in range(5) for step in (1, 2, 5) if step * 10.0**power <= max(half_km, 1.5) / 1.5
    )
    end = edge + side * bar_km / (2.0 * half_km)
    drawing.line([(edge, edge + side + 12), (end, edge + side + 12)], TEXT, 2.0)
    drawing.text(end + 6, edge + side + 16, f"{bar_km:g} km", size=10)
    drawing.text(edge + side, edge + side + 16, "N ↑", size=10, anchor="end")
    drawing.stamp(stamp)
    return drawing.figure(alt)


def name_places(
    names: Sequence[str], dots: Sequence[tuple[float, float]], low: float, high: float
) -> Iterator[tuple[str, float, float]]:
    """Yield each name with the left end of its baseline: beside its dot, without overlap if possible.

    Parameters
    ----------
    names
        The names.
    dots
        x and y of each, in pixels of the drawing.
    low, high
        Left and right edge of the frame, which no name crosses. If every place beside a dot is taken, the first is used.
    """
    tall, taken = 9.0, [(x - 3.0, y - 3.0, x + 3.0, y + 3.0) for x, y in dots]
    for name, (x, y) in zip(names, dots, strict=True):
        wide = 6.6 * len(name)
        sides = [(x + 5.0, y - 3.0), (x + 5.0, y + 10.0), (x - 5.0 - wide, y - 3.0), (x - 5.0 - wide, y + 10.0)]
        boxes = [(left, base - tall, left + wide, base) for left, base in sides]
        free = [
            box
            for box in boxes
            if low + 3.0 <= box[0] and box[2] <= high - 3.0 and not any(_meet(box, other) for other in taken)
        ]
        box = (free or [box for box in boxes if low + 3.0 <= box[0] and box[2] <= high - 3.0] or boxes)[0]
        taken.append(box)
        yield name, box[0], box[3]


def _meet(one: Sequence[float], other: Sequence[float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def completeness(
    codes: Sequence[str], days: NDArray[np.datetime64], quality: NDArray[np.uint16], *, stamp: str, alt: str
) -> tuple[Figure, ...]:
    """Draw on which nights each station has data: one row per station, one column per day.

    Parameters
    ----------
    codes
        Station codes from top to bottom; a figure has up to `STATIONS_IN_ONE`.
    days
        Local dates, shape (day,).
    quality
        `Quality` bits, shape (day, station).
    stamp
        Stamp, or empty.
    alt
        Text alternative of each figure.
    """
    state = np.full(quality.shape, GOOD, dtype=np.int64)
    state[quality & np.uint16(Quality.SHORT | Quality.IN_PROGRESS | Quality.WARM_UP) != 0] = SHORT
    state[quality & np.uint16(Quality.MISSING) != 0] = NONE
    made = []
    for first in range(0, len(codes), STATIONS_IN_ONE):
        part = codes[first : first + STATIONS_IN_ONE]
        drawing = Drawing(680, 16 + 12 * len(part) + 20)
        axes = Axes(70, 16, 604, 12.0 * len(part), (0.0, float(max(days.size, 1))), (0.0, 1.0))
        for row, code in enumerate(part):
            top = 16 + 12 * row
            drawing.text(64, top + 9.5, code, size=9, anchor="end")
            for begin, end, kind in runs_of(state[:, first + row]):
                left, right = axes.at(begin, 0)[0], axes.at(end, 0)[0]
                if kind != NONE:
                    drawing.rectangle(left, top + 1, right - left, 10, STATE_COLOURS[kind])
        for value, words in month_ticks(days):
            x = axes.at(value, 0)[0]
            drawing.line([(x, 16), (x, 16 + 12 * len(part))], GRID)
            drawing.text(x, 16 + 12 * len(part) + 13, words, size=9, colour=MUTED)
        drawing.rectangle(70, 16, 604, 12 * len(part), "none", stroke=MUTED)
        drawing.stamp(stamp)
        made.append(drawing.figure(alt))
    return tuple(made)


@dataclass(frozen=True, slots=True)
class Course:
    """Content of the figure on the course of the season.

    Attributes
    ----------
    days
        Local dates, shape (day,).
    peak
        Largest abs(z) of each day's map, NaN without a map, shape (day,).
    threshold
        Threshold of extremum regions, z.
    labels, predictions
        Classes, -1 for none, shape (day,).
    events
        Position on the day axis (may be fractional) and magnitude.
    alarms
        First and last open day, both included.
    """

    days: NDArray[np.datetime64]
    peak: NDArray[np.float64]
    threshold: float
    labels: NDArray[np.int64]
    predictions: NDArray[np.int64]
    events: tuple[tuple[float, float], ...]
    alarms: tuple[tuple[int, int], ...]


def course(content: Course, *, names: tuple[str, str, str, str, str], stamp: str, alt: str) -> Figure:
    """Draw the season: largest abs(z) with the threshold, earthquakes, labels, predictions and alarms.

    Parameters
    ----------
    content, names
        The data, and the names of the five rows: largest abs(z), earthquakes, labels, predictions, alarms.
    stamp
        Stamp, or empty.
    alt
        Text alternative.
    """
    drawing = Drawing(680, 270)
    count = max(content.days.size, 1)
    known = content.peak[np.isfinite(content.peak)]
    top = max(float(known.max()) if known.size else 0.0, content.threshold) * 1.08
    axes = Axes(92, 40, 580, 120, (0.0, float(count)), (0.0, top))
    axes.frame(drawing, month_ticks(content.days), ticks(0, top))
    axes.curve(drawing, [k + 0.5 for k in range(content.peak.size)], content.peak.tolist(), SERIES[0], width=1.0)
    axes.curve(drawing, [0, count], [content.threshold, content.threshold], ALARM, dash="5 4")
    drawing.text(66, 104, names[0], size=10, anchor="end")
    drawing.text(84, 30, names[1], size=10, anchor="end")
    for at, magnitude in content.events:
        x = axes.at(min(max(at, 0.0), count), 0)[0]
        drawing.triangle(x, 36, 5.0 + 2.5 * max(magnitude - 3.0, 0.0), TEXT)
    for row, (name, classes) in enumerate(((names[2], content.labels), (names[3], content.predictions))):
        y = 184 + 24 * row
        drawing.text(84, y + 12, name, size=10, anchor="end")
        drawing.rectangle(92, y, 580, 16, "none", stroke=GRID)
        for begin, end, cls in runs_of(classes):
            if cls >= 0:
                left, right = axes.at(begin, 0)[0], axes.at(end, 0)[0]
                drawing.rectangle(left, y, right - left, 16, CLASS_COLOURS[cls] if cls else "#e4e6ea")
                if cls and right - left > 9:
                    drawing.text((left + right) / 2, y + 12, str(cls), size=10, colour="#fff", anchor="middle")
    drawing.text(84, 184 + 48 + 12, names[4], size=10, anchor="end")
    drawing.rectangle(92, 184 + 48, 580, 16, "none", stroke=GRID)
    for first, last in content.alarms:
        left, right = axes.at(first, 0)[0], axes.at(last + 1, 0)[0]
        drawing.rectangle(left, 184 + 50, right - left, 12, ALARM)
    drawing.stamp(stamp)
    return drawing.figure(alt)


def colour_bar(style: MapStyle, threshold: float, *, title: str, alt: str) -> Figure:
    """Draw the fixed colour scale of the maps with the threshold of regions on both sides.

    Parameters
    ----------
    style
        Style of the maps, with the limits and colours of the scale.
    threshold
        Threshold of extremum regions, z; not drawn if it is beyond the scale.
    title
        Line above the scale.
    alt
        Text alternative.
    """
    drawing = Drawing(440, 44)
    axes = Axes(10, 14, 420, 12, (-style.limit_z, style.limit_z), (0.0, 1.0))
    for low, high, colour in zip(style.boundaries[:-1], style.boundaries[1:], style.colours, strict=True):
        left, right = axes.at(float(low), 0)[0], axes.at(float(high), 0)[0]
        red, green, blue = colour.tolist()
        drawing.rectangle(left, 14, right - left + 0.3, 12, f"#{red:02x}{green:02x}{blue:02x}")
    for value, words in ticks(-style.limit_z, style.limit_z, 8):
        drawing.text(axes.at(value, 0)[0], 38, words, size=9, anchor="middle", colour=MUTED)
    for value in (-threshold, threshold):
        if abs(value) <= style.limit_z:
            x = axes.at(value, 0)[0]
            drawing.line([(x, 11), (x, 29)], ALARM, 1.5)
    drawing.text(220, 10, title, size=9, anchor="middle", colour=MUTED)
    return drawing.figure(alt)
