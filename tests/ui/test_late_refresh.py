"""A key is answered by the panels that can be seen alone; the others catch up when they are shown."""

import pytest
import tiny_season as tiny
from PySide6.QtCore import Qt

from quakegui.app import walking
from quakegui.app.change import Change
from quakegui.ui.panels import class_rows
from quakegui.ui.panels.timeline_panel import TimelineView

HIDDEN_IN_DAYS = ("evaluation", "training", "runs")


@pytest.fixture
def counted(window, monkeypatch):
    """Return a window in which it is counted how often the rows of days get other content."""
    made = []
    gather, show = class_rows.timeline_data, TimelineView.show_data
    monkeypatch.setattr(class_rows, "timeline_data", lambda session: made.append(1) or gather(session))
    monkeypatch.setattr(TimelineView, "show_data", lambda view, data: made.append(1) or show(view, data))
    return window, made


def test_a_label_key_has_no_panel_work_that_cannot_be_seen(counted, qtbot):
    window, made = counted
    session = window.session
    assert [window.docks[name].widget().isVisible() for name in HIDDEN_IN_DAYS] == [False] * 3
    walking.go_to(session, tiny.EVENT_DAY + 4)
    made.clear()
    qtbot.keyClick(window.day_map_panel, Qt.Key.Key_3)
    assert session.labels.classes[tiny.EVENT_DAY + 4] == 3
    assert len(made) == 1  # the timeline, and not the rows of Results
    window.layouts.use("results")
    assert len(made) == 2
    qtbot.waitUntil(lambda: not session.jobs.busy)
    window.layouts.use("days")
    assert len(made) == 2, "nothing was labelled in the meantime"


def test_what_was_put_off_is_there_when_a_panel_is_shown(window):
    session, timeline = window.session, window.docks["timeline"].widget()
    window.layouts.use("results")
    session.set_display(unit="nT")
    assert timeline.view.data.labels[12] == session.labels.classes[12]
    before = timeline.view.data
    session.changed.emit(Change.LABELS)
    assert timeline.view.data is before
    window.layouts.use("days")
    assert timeline.view.data is not before


def test_whatever_no_key_changes_is_followed_at_once(window):
    session, timeline = window.session, window.docks["timeline"].widget()
    window.layouts.use("results")
    session.set_display(blind=True)
    assert timeline.view.data.event_index.size == 0
