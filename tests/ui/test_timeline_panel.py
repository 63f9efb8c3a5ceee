"""The timeline: rows that hold what the session holds, going to days, choosing ranges, zooming, and a cheap day step."""

from itertools import pairwise

import numpy as np
import pytest
import tiny_season as tiny
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QWheelEvent
from PySide6.QtWidgets import QApplication
from shown import shown

from quakegui.app import labelling, walking
from quakegui.app.change import Change
from quakegui.project import journal
from quakegui.season.labels import LabelSource
from quakegui.ui import i18n, theme
from quakegui.ui.panels.timeline_panel import TimelinePanel, timeline_data
from quakegui.ui.plots import timeline_picture
from quakegui.ui.plots.label_row import runs_of
from quakegui.ui.plots.time_axis import DayAxis, ticks
from quakegui.ui.plots.timeline_rows import broken_line, row_boxes

NONE, SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
LEFT = Qt.MouseButton.LeftButton


panel = shown(TimelinePanel, 1000, 240)


def over(panel, index, row=1) -> QPoint:
    box = row_boxes(panel.view.axis, float(panel.view.height()))[row][1]
    return QPointF(panel.view.axis.x(index + 0.5), box.center().y()).toPoint()


def wheel(view, at, turned, modifiers=NONE):
    event = QWheelEvent(
        QPointF(at), view.mapToGlobal(QPointF(at)), QPoint(), QPoint(0, turned), Qt.MouseButton.NoButton, modifiers,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(view, event)


def test_the_rows_hold_what_the_session_holds(session):
    data = timeline_data(session)
    assert data.event_index.tolist() == [tiny.EVENT_DAY, tiny.EVENT_DAY + 8]
    assert data.event_magnitude.tolist() == [4.6, 3.4]
    assert data.event_class.tolist() == [1, 4]
    assert data.labels.tolist() == session.labels.classes.tolist()
    assert data.predicted.tolist() == [0] * 21 + [3] * 19 + [-1] * 3
    assert data.probability[5] == pytest.approx(0.8)
    assert np.isnan(data.probability[42])
    assert data.alarms == session.alarms != ()
    assert data.kp[12] == 6.3
    assert not data.has_map[tiny.SILENT_DAY]
    assert np.isnan(data.peak_z[tiny.SILENT_DAY])
    assert data.area_km2[21] == session.features(21).area_km2 > 0
    assert data.present[[5, 10, tiny.SILENT_DAY]].tolist() == pytest.approx([8 / 9, 7 / 9, 0.0])


def test_blind_labelling_hides_predictions(panel, session):
    session.set_display(blind=True)
    assert (panel.view.data.predicted == -1).all()
    assert panel.view.data.alarms == ()
    assert "Prediction" not in panel.view.words_at(QPointF(over(panel, 5)))


def test_a_person_s_label_has_a_bar_above_and_the_rule_s_a_broken_outline(panel, session):
    everyday, stretch = range(10, 14), range(14, 20)
    for days, source in ((everyday, LabelSource.RULE), (stretch, LabelSource.ANALYST)):
        journal.write_labels(session.project, session.days[list(days)], 2, source=source, author="Li")
    session.reload(Change.LABELS)
    view = panel.view
    assert view.data.by_rule[list(everyday)].all()
    assert not view.data.by_rule[list(stretch)].any()
    box = row_boxes(view.axis, float(view.height()))[1][1]
    image, ratio = view.grab().toImage(), view.devicePixelRatioF()

    def colours_along(days, y):
        xs = np.arange(view.axis.x(days[0]) + 4.0, view.axis.x(days[-1] + 1) - 4.0, 1.0)
        return [image.pixelColor(int(x * ratio), int(y * ratio)).name() for x in xs]

    text, paper = theme.colours().text.name(), theme.colours().background.name()
    assert set(colours_along(stretch, box.top() + 1.0)) == {text}
    assert set(colours_along(everyday, box.top() + 1.0)) <= {paper, theme.colours().grid.name()}
    edge = box.bottom() - 2.5
    assert len(set(colours_along(everyday, edge))) > len(set(colours_along(stretch, edge)))
    assert "by rule (retrospective)" in view.words_at(QPointF(over(panel, 12)))
    assert "by an analyst (Li)" in view.words_at(QPointF(over(panel, 16)))
    assert "dashed outline: by the label rule" in view.words_at(QPointF(2.0, box.center().y()))


def test_a_click_goes_to_the_day(panel, session, qtbot):
    for index in (7, 42, 0):
        qtbot.mouseClick(panel.view, LEFT, NONE, over(panel, index))
        assert (session.index, session.selection) == (index, None)


def test_dragging_chooses_days_either_way_and_a_click_lets_go(panel, session, qtbot):
    for start, end in ((5, 15), (15, 5)):
        qtbot.mousePress(panel.view, LEFT, NONE, over(panel, start))
        qtbot.mouseMove(panel.view, over(panel, 9))
        qtbot.mouseMove(panel.view, over(panel, end))
        qtbot.mouseRelease(panel.view, LEFT, NONE, over(panel, end))
        assert session.selection == (5, 15)
        assert session.index == start  # what will be labelled is looked at
        qtbot.mouseClick(panel.view, LEFT, NONE, over(panel, 0))
        assert (session.selection, session.index) == (None, 0)
    qtbot.mouseClick(panel.view, LEFT, SHIFT, over(panel, 3))
    assert (session.selection, session.index) == ((0, 3), 0)
    qtbot.mouseClick(panel.view, LEFT, NONE, over(panel, 20))
    assert (session.selection, session.index) == (None, 20)


def test_wheel_keys_and_scroll_bar_change_the_view(panel, session, qtbot):
    view = panel.view
    at = over(panel, 20)
    wheel(view, at, 360)
    assert view.axis.last - view.axis.first < 30
    assert view.axis.day_at(at.x()) == 20
    first = view.axis.first
    wheel(view, at, -120, SHIFT)
    assert view.axis.first > first
    panel.bar.setValue(0)
    assert view.axis.first == 0.0
    view.setFocus()
    span = view.axis.last
    qtbot.keyClick(view, Qt.Key.Key_Minus)
    assert view.axis.last == pytest.approx(min(span * 1.5, 43.0))
    qtbot.mouseDClick(view, LEFT, NONE, at)
    assert (view.axis.first, view.axis.last) == (0.0, 43.0)
    assert panel.bar.isHidden()


def test_the_view_follows_the_day(panel, session):
    panel.view.set_axis(panel.view.axis.zoomed(4.0, float(over(panel, 3).x())))
    walking.go_to(session, 40)
    assert panel.view.axis.first <= 40 < panel.view.axis.last
    assert panel.bar.value() == pytest.approx(panel.view.axis.first * 1000, abs=1)


def test_a_day_step_paints_the_rows_no_second_time(panel, session, monkeypatch):
    panel.view.grab()
    painted = []
    monkeypatch.setattr(timeline_picture, "paint_rows", lambda *_, **__: painted.append(1))
    before = panel.view.grab().toImage()
    walking.go_to(session, 9)
    assert panel.view.grab().toImage() != before
    panel.refresh(Change.LABELS)
    panel.view.grab()
    assert painted == []
    labelling.label(session, 4)
    panel.refresh(Change.LABELS)
    panel.view.grab()
    assert painted == [1]


def test_words_of_a_day(panel, session):
    words = panel.view.words_at(QPointF(over(panel, tiny.EVENT_DAY))).splitlines()
    assert words == [
        "2022-02-26",
        "M 4.6  12:00 UTC+08:00  north of here",
        f"Label: 1 {session.class_names[1]} — by an analyst (tester)",
        f"Prediction: 3 {session.class_names[3]}, 80%, day not used in training",
        "An alarm is open",
        "Kp 2.0",
        *[line for line in words if line.startswith("Area")],
        "8 of 9 stations",
        "  ZZZ: no readings in the night",
    ]
    silent = panel.view.words_at(QPointF(over(panel, tiny.SILENT_DAY)))
    assert "No map on this day" in silent
    assert "and 1 more" in silent
    short = panel.view.words_at(QPointF(over(panel, tiny.SHORT[1])))
    assert "  HHH: too little data during the night" in short
    assert panel.view.words_at(QPointF(5.0, over(panel, 1, row=4).y())).startswith("Largest Kp of the night")


def test_missing_days_are_hatched_not_empty(panel, session):
    """The row of a silent day shows the colour of what is missing; a full day shows none of it."""
    panel.view.set_axis(panel.view.axis.zoomed(2.0, float(over(panel, 30).x())))
    image = panel.view.grab().toImage()

    def colours_of(index):
        box = row_boxes(panel.view.axis, float(panel.view.height()))[6][1]
        columns = range(int(panel.view.axis.x(index)) + 2, int(panel.view.axis.x(index + 1)) - 2)
        rows = range(int(box.top()) + 3, int(box.bottom()) - 2)
        return {QColor(image.pixel(x, y)).rgb() for x in columns for y in rows}

    hatch, paper = theme.LIGHT.missing.rgb(), theme.LIGHT.background.rgb()
    assert hatch in colours_of(tiny.SILENT_DAY)
    assert paper not in colours_of(tiny.SILENT_DAY)


def test_empty_session_and_chinese(empty_session, qtbot):
    panel = TimelinePanel(empty_session)
    qtbot.addWidget(panel)
    panel.grab()
    assert panel.view.words_at(QPointF(300.0, 20.0)) == ""
    i18n.set_language("zh")
    qtbot.waitUntil(lambda: panel.view.accessibleName() == "时间轴")


@pytest.mark.parametrize("count", [1, 3, 43, 4000])
def test_the_axis_holds_its_season_at_every_zoom(count):
    axis = DayAxis(count, 0.0, float(count), 60.0, 900.0)
    days = np.arange(np.datetime64("2020-01-01"), np.datetime64("2020-01-01") + count)
    for factor, x in ((3.0, 500.0), (100.0, 900.0), (0.01, 60.0), (7.0, 61.0)):
        axis = axis.zoomed(factor, x)
        assert 0.0 <= axis.first < axis.last <= count
        named, _ = ticks(axis, days)
        places = [axis.x(index) for index, _ in named]
        assert all(b - a >= 50.0 for a, b in pairwise(places))
    assert axis.moved(1e6).last == count
    assert axis.moved(-1e6).first == 0.0


def test_runs_and_broken_lines():
    assert runs_of(np.array([1, 1, 0, 0, 0, 2], dtype=np.int8), range(1, 6)) == [(1, 1, 2), (0, 2, 5), (2, 5, 6)]
    nan = float("nan")
    assert broken_line(np.array([nan, 1.0, 2.0, nan, nan, 3.0]), range(6)) == [[(1, 1.0), (2, 2.0)], [(5, 3.0)]]
