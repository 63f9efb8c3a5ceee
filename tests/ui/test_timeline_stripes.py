"""Painting only what changed in the timeline gives the same pixels as painting all of it."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest
from PySide6.QtGui import QImage

from quakegui.app import labelling, walking
from quakegui.app.change import Change
from quakegui.ui.panels import timeline_panel
from quakegui.ui.panels.timeline_panel import TimelinePanel, timeline_data
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
    for name, other in (*variants.items(), ("back", first)):
        assert changed_rows(at, other), name
        striped = image(panel, other, whole=False)
        assert striped == image(panel, other, whole=True), name
        at = other


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
    inner = timeline_panel.paint_rows
    monkeypatch.setattr(timeline_panel, "paint_rows", lambda *given, only: (asked.append(only), inner(*given, only=only)))
    panel.refresh(Change.ALL)
    panel.view.grab()
    asked.clear()
    labelling.label(session, 3, [0, 1])
    panel.refresh(Change.LABELS)
    panel.view.grab()
    assert asked == [frozenset({"Label"})]
    walking.go_to(session, 2)
    panel.refresh(Change.DAY)
    panel.view.grab()
    assert len(asked) == 1
