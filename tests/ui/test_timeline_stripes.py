"""Painting only what changed in the timeline gives the same pixels as painting all of it."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from quakegui.app import labelling, walking
from quakegui.app.change import Change
from quakegui.ui.panels.timeline_panel import TimelinePanel, timeline_data
from quakegui.ui.plots import timeline_picture
from quakegui.ui.plots.time_axis import DayAxis
from quakegui.ui.plots.timeline_picture import TimelinePicture
from quakegui.ui.plots.timeline_rows import ROWS, TimelineData, changed_rows


@pytest.fixture(params=[(1000, 240), (700, 131), (1311, 333)], ids=str)
def panel(session, qtbot, request):
    panel = TimelinePanel(session)
    qtbot.addWidget(panel)
    panel.resize(*request.param)
    panel.show()
    qtbot.waitExposed(panel)
    return panel


def changes(data: TimelineData) -> dict[str, TimelineData]:
    """Return the content with one field changed, by its name."""
    count = data.days.size
    rng = np.random.default_rng(1)
    return {
        "event_index": replace(data, event_index=(data.event_index + 2) % count),
        "event_magnitude": replace(data, event_magnitude=data.event_magnitude + 0.7),
        "event_class": replace(data, event_class=4 - data.event_class),
        "labels": replace(data, labels=rng.integers(-1, 5, count).astype(np.int8)),
        "by_rule": replace(data, labels=np.ones(count, np.int8), by_rule=rng.random(count) < 0.5),
        "predicted": replace(data, predicted=rng.integers(0, 5, count).astype(np.int8), probability=np.full(count, 0.6)),
        "probability": replace(data, predicted=np.ones(count, np.int8), probability=rng.random(count)),
        "kind": replace(
            data, predicted=np.ones(count, np.int8), probability=np.ones(count), kind=np.full(count, "prospective")
        ),
        "alarms": replace(data, alarms=((1, 3), (count - 4, count - 2))),
        "kp": replace(data, kp=np.where(rng.random(count) < 0.2, np.nan, rng.uniform(0, 9, count))),
        "area_km2": replace(data, area_km2=rng.uniform(0, 900, count)),
        "peak_z": replace(data, peak_z=rng.normal(0, 5, count)),
        "has_map": replace(data, has_map=rng.random(count) < 0.5, area_km2=np.zeros(count)),
        "present": replace(data, present=rng.random(count)),
    }


def image(panel, data: TimelineData, *, whole: bool) -> QImage:
    panel.view.show_data(data)
    if whole:
        panel.view.fit()  # which paints everything anew
    return panel.view.rows_picture(data).toImage()


def test_stripes_are_the_same_pixels_as_the_whole(panel, session):
    first = timeline_data(session)
    assert first is not None
    variants = changes(first)
    assert set(variants) == {field.name for field in fields(TimelineData)} - {"days"}
    at = first
    image(panel, at, whole=True)
    for name, other in (*variants.items(), ("days", replace(first, days=first.days + 40)), ("back", first)):
        assert changed_rows(at, other), name
        striped = image(panel, other, whole=False)
        assert striped == image(panel, other, whole=True), name
        at = other


@pytest.mark.parametrize(
    ("count", "zoom", "tall"), [(60, 1.0, 333), (60, 5.0, 110), (700, 1.0, 110), (3650, 1.0, 110), (3650, 3.3, 110)]
)
def test_labels_painted_where_they_change_are_the_same_pixels(qtbot, count, zoom, tall):
    rng = np.random.default_rng(7)
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.resize(1311, tall)
    axis = DayAxis(count, 0.0, count, 97.3, 1213.7).zoomed(zoom, 500.0)
    picture, data = TimelinePicture(widget), of_length(count, rng)
    picture.of(data, axis)
    for _ in range(12):
        first, days = rng.choice(list(axis.visible())), rng.choice((1, 1, 1, 2, 9))
        labels, by_rule = data.labels.copy(), data.by_rule.copy()
        labels[first : first + days] = rng.integers(-1, 5)
        by_rule[first : first + days] = rng.random() < 0.5
        data = replace(data, labels=labels, by_rule=by_rule)
        part = picture.of(data, axis).toImage()
        assert part == TimelinePicture(widget).of(data, axis).toImage(), (first, days)


def of_length(count: int, rng: np.random.Generator) -> TimelineData:
    """Return content of so many days, with labels in short and long runs and a few earthquakes and alarms."""
    lengths = rng.choice((1, 1, 2, 3, 20), count)
    unknown = np.full(count, np.nan)
    return TimelineData(
        days=np.datetime64("2012-01-20") + np.arange(count),
        event_index=rng.integers(0, count, 9),
        event_magnitude=rng.uniform(4.0, 7.0, 9),
        event_class=rng.integers(1, 5, 9),
        labels=np.repeat(rng.integers(-1, 5, count), lengths)[:count].astype(np.int8),
        by_rule=np.repeat(rng.random(count) < 0.5, lengths)[:count],
        predicted=np.full(count, -1, np.int8),
        probability=unknown,
        kind=np.full(count, ""),
        alarms=((3, 20),),
        kp=unknown,
        area_km2=np.zeros(count),
        peak_z=unknown,
        has_map=np.zeros(count, dtype=bool),
        present=np.zeros(count),
    )


def test_every_field_is_read_by_the_row_that_says_so(session):
    first = timeline_data(session)
    assert first is not None
    for name, other in changes(first).items():
        owners = {row.name for row in ROWS if name in row.reads}
        assert owners
        assert owners <= changed_rows(first, other)
    assert changed_rows(first, replace(first, days=first.days + 1)) == {row.name for row in ROWS}
    assert not changed_rows(first, timeline_data(session))


def test_a_label_paints_its_own_row_alone(panel, session, monkeypatch):
    asked = []
    inner = timeline_picture.paint_rows
    monkeypatch.setattr(timeline_picture, "paint_rows", lambda *given, only: (asked.append(only), inner(*given, only=only)))
    panel.refresh(Change.ALL)
    panel.view.grab()
    asked.clear()
    labelling.label(session, 3, [0, 1])
    panel.refresh(Change.LABELS)
    whole = timeline_data(session)
    assert not changed_rows(panel.view.data, whole)
    panel.view.grab()
    assert asked == [frozenset({"Label"})]
    walking.go_to(session, 2)
    panel.refresh(Change.DAY)
    panel.view.grab()
    assert len(asked) == 1
