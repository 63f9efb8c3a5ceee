"""The contact sheet: order, frame, choice of several days in one step, and two days side by side."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt

from quakegui.app import explaining, walking
from quakegui.app.small_maps import BLOCK, PIXELS, SmallMaps, days_in_order
from quakegui.project import journal
from quakegui.ui.panels.day_pair import difference
from quakegui.ui.plots.map_scene import scene_of

CTRL, SHIFT, NONE = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.NoModifier
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def sheet(window, qtbot):
    qtbot.keyClick(window, Qt.Key.Key_G)
    contact = window.day_map_panel.contact
    qtbot.waitUntil(lambda: contact.sheet.isVisible() and bool(contact.sheet.days))
    return contact.sheet


def click(qtbot, sheet, index, modifier=NONE):
    qtbot.mouseClick(sheet.viewport(), LEFT, modifier, sheet.cell(sheet.days.index(index)).center())


def test_a_week_stands_in_a_row_and_the_day_shown_has_the_frame(sheet, session, window, qtbot):
    assert sheet.days == list(range(session.days.size))
    columns = [sheet.cell(place).left() for place in range(session.days.size)]
    weekday = (session.days.astype(np.int64) + 3) % 7
    assert len({(day, left) for day, left in zip(weekday.tolist(), columns, strict=True)}) == 7, "a column is a day of the week"
    assert sheet.columns == 7
    click(qtbot, sheet, 12)
    assert session.index == 12
    assert sheet.shows_day
    assert window.bench.day_seen
    qtbot.keyClick(sheet, Qt.Key.Key_Down)
    assert session.index == 19
    qtbot.keyClick(sheet, Qt.Key.Key_Left)
    assert session.index == 18


def test_several_days_are_labelled_in_one_step_that_can_be_undone(sheet, session, window, qtbot):
    before = session.labels.classes.copy()
    steps = len({row.step for row in journal.journal_rows(session.project)})
    click(qtbot, sheet, 11)
    click(qtbot, sheet, 13, CTRL)
    click(qtbot, sheet, 16, CTRL)
    assert session.chosen == (11, 13, 16)
    assert window.bench.day_panel.count.text() == "3 days"
    qtbot.keyClick(sheet, Qt.Key.Key_4)
    assert np.flatnonzero(session.labels.classes != before).tolist() == [11, 13, 16]
    assert session.labels.classes[[11, 13, 16]].tolist() == [4, 4, 4]
    assert len({row.step for row in journal.journal_rows(session.project)}) == steps + 1
    assert window.day_map_panel.answer_bar.words.text().startswith("3 days, ")
    qtbot.keyClick(window, Qt.Key.Key_Z, CTRL)
    np.testing.assert_array_equal(session.labels.classes, before)
    click(qtbot, sheet, 11)
    click(qtbot, sheet, 14, SHIFT)
    assert session.chosen == (11, 12, 13, 14)
    qtbot.keyClick(window, Qt.Key.Key_Home)
    assert session.chosen == (), "going elsewhere ends it"


def test_a_choice_ends_with_its_order_and_with_the_sheet(sheet, session, window, qtbot):
    contact = window.day_map_panel.contact
    for act in (
        lambda: qtbot.keyClick(contact.order, Qt.Key.Key_Down),
        lambda: qtbot.keyClick(window, Qt.Key.Key_G),
    ):
        click(qtbot, sheet, 11)
        click(qtbot, sheet, 13, CTRL)
        assert session.chosen == (11, 13)
        act()
        assert session.chosen == ()
    walking.select(session, (3, 5))
    qtbot.keyClick(window, Qt.Key.Key_G)
    assert session.selection == (3, 5), "a range can be seen in the timeline"


def test_an_order_by_predictions_is_gone_where_labelling_blind_began_beside_the_sheet(sheet, session, window, qtbot):
    contact = window.day_map_panel.contact
    qtbot.keyClick(contact.order, Qt.Key.Key_Down)
    assert contact.order.currentData() == "P"
    assert sheet.days == days_in_order(session, "P", None).tolist() != sorted(sheet.days)
    qtbot.keyClick(window, Qt.Key.Key_G)
    session.set_display(blind=True)
    qtbot.keyClick(window, Qt.Key.Key_G)
    assert sheet.days == list(range(session.days.size))


def test_shift_chooses_from_the_day_that_was_picked_whatever_the_order_was(sheet, session, window, qtbot):
    click(qtbot, sheet, 12)
    qtbot.keyClick(window.day_map_panel.contact.order, Qt.Key.Key_Down)
    there = sheet.days.index(12)
    click(qtbot, sheet, sheet.days[there + 2], SHIFT)
    assert session.chosen == tuple(sorted(sheet.days[there : there + 3]))


def test_a_label_goes_on_to_the_next_small_map_in_its_order(sheet, session, window, qtbot):
    session.set_settings(auto_advance=True)
    qtbot.keyClick(window.day_map_panel.contact.order, Qt.Key.Key_Down)
    place = next(at for at, day in enumerate(sheet.days) if sheet.days[at + 1] != day + 1)
    click(qtbot, sheet, sheet.days[place])
    qtbot.keyClick(sheet, Qt.Key.Key_2)
    assert session.index == sheet.days[place + 1], "not the next date"


def test_the_heat_of_a_prediction_is_hidden_while_labelling_blind(session):
    session.heat[session.index] = np.zeros((4, 4), np.float32)
    session.set_display(explain=True)
    assert scene_of(session).heat is not None
    session.heat[session.index] = np.zeros((4, 4), np.float32)
    session.set_display(blind=True)
    session.heat[session.index] = np.zeros((4, 4), np.float32)
    assert (scene_of(session).heat, scene_of(session).heat_name) == (None, "")
    session.set_display(explain=False)
    explaining.explain(session)
    assert not session.display.explain


def test_two_days_stand_side_by_side_with_their_difference(sheet, session, window, qtbot):
    contact = window.day_map_panel.contact
    assert not contact.pair_button.isEnabled()
    click(qtbot, sheet, 20)
    click(qtbot, sheet, 24, CTRL)
    qtbot.mouseClick(contact.pair_button, LEFT)
    shown = [view.scene.map for view in contact.pair.views]
    assert [each.day for each in shown] == [session.days[20], session.days[24], session.days[24]]
    np.testing.assert_array_equal(shown[2].field, session.day_map(24).field - session.day_map(20).field)
    walking.go_to(session, 30)
    assert not contact.pair_button.isChecked()
    assert not contact.pair_button.isEnabled()
    assert not difference(scene_of(session, 20), scene_of(session, 30)).map.exists, "day 30 has no map"


def test_small_maps_are_the_large_ones_and_the_most_alike_come_first(session):
    maps = SmallMaps(session.season)
    small = maps.fields(0)[20]
    large = session.day_map(20).field
    at = ((np.arange(PIXELS) + 0.5) * large.shape[0] / PIXELS).astype(int)
    sampled = large[np.ix_(at, at)]
    both = np.isfinite(small) & np.isfinite(sampled)
    assert both.sum() > 1000
    assert np.corrcoef(small[both], sampled[both])[0, 1] > 0.97
    assert session.days.size <= BLOCK
    walking.go_to(session, 21)
    likeness = maps.likeness(21)
    assert likeness[21] == pytest.approx(1.0)
    assert np.isnan(likeness[30])
    first = days_in_order(session, "likeness", maps)
    assert first[0] == 21
    assert set(first[1:4].tolist()) == {20, 22, 23}, "the days of the same strong station"
    assert first[-1] == 30


def test_orders_by_prediction_and_none_of_them_while_labelling_blind(session):
    chances = session.predictions.probabilities
    by_event = days_in_order(session, "P", None)
    known = np.isfinite(chances[by_event, 0])
    assert (np.diff(1.0 - chances[by_event[known], 0]) <= 1e-9).all()
    assert known[: known.sum()].all(), "days without a prediction come last"
    suspect = days_in_order(session, "suspect", None)[0]
    assert session.labels.classes[suspect] == 1
    assert session.predictions.classes[suspect] != 1
    session.set_display(blind=True)
    for order in ("P", "suspect", "uncertainty"):
        assert days_in_order(session, order, None).tolist() == list(range(session.days.size))
