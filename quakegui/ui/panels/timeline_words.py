"""Content of a day of the timeline in words, for the tooltip."""

from __future__ import annotations

import numpy as np

from quakegui.app.season_view import offset_text, station_day, zone_name
from quakegui.app.session import Session
from quakegui.judge.names import KIND_SHORT, kind_shown
from quakegui.season.localtime import to_local
from quakegui.season.quality import NO_VALUE, Quality
from quakegui.ui.i18n import tr, worded
from quakegui.ui.plots.map_painting import kp_text
from quakegui.ui.plots.timeline_rows import TimelineData
from quakegui.ui.texts import quality_text, source_words

MOST_STATIONS = 8
"""Maximum number of missing stations that are named; the rest is counted."""


def day_words(session: Session, data: TimelineData, index: int) -> str:
    """Return earthquakes, label, prediction, Kp, features and missing stations of a day, one per line."""
    return "\n".join(
        [
            str(data.days[index]),
            *_events(session, index),
            *_classes(session, data, index),
            kp_text(float(data.kp[index])),
            *_map(data, index),
            *_missing(session, index),
        ]
    )


def _events(session: Session, index: int) -> list[str]:
    if session.display.blind:
        return []
    zone, words = zone_name(session), []
    for event, day in zip(session.events, session.event_days, strict=True):
        if day == session.days[index]:
            clock = to_local(event.time, zone).strftime("%H:%M")
            words.append(f"M {event.magnitude:.1f}  {clock} {offset_text(zone, event.time)}  {event.place}".rstrip())
    return words


def _classes(session: Session, data: TimelineData, index: int) -> list[str]:
    label, predicted, row = int(data.labels[index]), int(data.predicted[index]), session.labels.rows[index]
    words = [tr("Label: {name}").format(name=f"{label} {worded(session.class_names[label])}" if label >= 0 else tr("none yet"))]
    if label >= 0 and row is not None:
        words[0] += f" — {source_words(row)}"
    if predicted >= 0:
        kind = kind_shown(str(data.kind[index]), zero_shot=session.zero_shot)
        words.append(
            tr("Prediction: {name}, {share:.0%}, {kind}").format(
                name=f"{predicted} {worded(session.class_names[predicted])}",
                share=float(data.probability[index]),
                kind=tr(KIND_SHORT.get(kind, "")),
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
    """Return the stations without data and the reasons, for the first of them."""
    day = station_day(session, index)
    if day is None:
        return []
    absent = np.flatnonzero(~day.present).tolist()
    if not absent:
        return [tr("All {count} stations").format(count=len(day.codes))]
    words = [tr("{present} of {count} stations").format(present=len(day.codes) - len(absent), count=len(day.codes))]
    for station in absent[:MOST_STATIONS]:
        missing = Quality(int(day.quality[station]) & int(NO_VALUE))
        reason = quality_text(missing, day.flags.get(station, ())) or tr("no readings in the night")
        words.append(f"  {day.codes[station]}: {reason}")
    if len(absent) > MOST_STATIONS:
        words.append("  " + tr("and {count} more").format(count=len(absent) - MOST_STATIONS))
    return words
