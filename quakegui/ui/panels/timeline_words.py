"""What a day of the timeline holds, in words: the text that appears when the cursor rests on it."""

from __future__ import annotations

import numpy as np

from quakegui.app.season_view import offset_text, station_day, zone_name
from quakegui.app.session import Session
from quakegui.season.localtime import to_local
from quakegui.season.names import CLASS_NAMES
from quakegui.season.quality import NO_VALUE, Quality
from quakegui.ui.i18n import tr
from quakegui.ui.plots.map_painting import kp_text
from quakegui.ui.plots.timeline_rows import TimelineData
from quakegui.ui.texts import quality_text

MOST_STATIONS = 8
"""How many missing stations are named before the rest is counted."""


def day_words(session: Session, data: TimelineData, index: int) -> str:
    """Return the events, label, prediction, Kp, features and missing stations of a day, one per line."""
    return "\n".join(
        [
            str(data.days[index]),
            *_events(session, index),
            *_classes(data, index),
            kp_text(float(data.kp[index])),
            *_map(data, index),
            *_missing(session, index),
        ]
    )


def _events(session: Session, index: int) -> list[str]:
    zone, words = zone_name(session), []
    for event, day in zip(session.events, session.event_days, strict=True):
        if day == session.days[index]:
            clock = to_local(event.time, zone).strftime("%H:%M")
            words.append(f"M {event.magnitude:.1f}  {clock} {offset_text(zone, event.time)}  {event.place}".rstrip())
    return words


def _classes(data: TimelineData, index: int) -> list[str]:
    label, predicted = int(data.labels[index]), int(data.predicted[index])
    words = [tr("Label: {name}").format(name=f"{label} {tr(CLASS_NAMES[label])}" if label >= 0 else tr("none yet"))]
    if predicted >= 0:
        kinds = {"in-sample": tr("in-sample"), "out-of-fold": tr("out-of-fold"), "prospective": tr("prospective")}
        words.append(
            tr("Prediction: {name}, {share:.0%}, {kind}").format(
                name=f"{predicted} {tr(CLASS_NAMES[predicted])}",
                share=float(data.probability[index]),
                kind=kinds.get(str(data.kind[index]), ""),
            )
        )
    if any(first <= index <= last for first, last in data.alarms):
        words.append(tr("An alarm is open"))
    return words


def _map(data: TimelineData, index: int) -> list[str]:
    if not data.has_map[index]:
        return [tr("No map on this day")]
    peak = f"{float(data.peak_z[index]):+.2f}".replace("-", "−")
    return [tr("Area {area:,.0f} km², peak z {peak}").format(area=float(data.area_km2[index]), peak=peak)]


def _missing(session: Session, index: int) -> list[str]:
    """Name the stations without an anomaly and why, the first few of them."""
    day = station_day(session, index)
    if day is None:
        return []
    absent = np.flatnonzero(~day.present).tolist()
    if not absent:
        return [tr("All {count} stations").format(count=len(day.codes))]
    words = [tr("{present} of {count} stations").format(present=len(day.codes) - len(absent), count=len(day.codes))]
    for station in absent[:MOST_STATIONS]:
        missing = Quality(int(day.quality[station]) & int(NO_VALUE))
        reason = quality_text(missing, day.flags.get(station, ())) or tr("nothing recorded")
        words.append(f"  {day.codes[station]}: {reason}")
    if len(absent) > MOST_STATIONS:
        words.append("  " + tr("and {count} more").format(count=len(absent) - MOST_STATIONS))
    return words
