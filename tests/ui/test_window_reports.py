"""Bugs that users of other labelling and plotting tools reported, tried on this window; the report's number stands by each."""

from __future__ import annotations

import numpy as np
from finished_run import trained
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QSlider

from quakegui.app import walking
from quakegui.app.change import Change
from quakegui.app.tables import UNLABELLED

LEFT, NONE, SHIFT = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier


def press(window, key):
    QTest.keyClick(window.windowHandle(), key, NONE)


def classes(session, first, last):
    return session.labels.classes[first : last + 1].tolist()


def test_keys_label_and_play_after_any_control_was_clicked(window, session):
    """napari#500, napari#3233: keys were dead, or pressed a button again, after a control was used by the mouse."""
    bar = window.day_map_panel.play_bar
    controls = [one for kind in (QAbstractButton, QSlider) for one in bar.findChildren(kind) if one.isVisible()]
    controls += window.bench.day_panel.buttons
    assert len(controls) >= 10
    for control in controls:
        before = control.isChecked() if isinstance(control, QAbstractButton) else None
        QTest.mouseClick(control, LEFT, NONE, control.rect().center())
        bar.stop()
        cls = (int(session.labels.classes[session.index]) + 1) % 5
        press(window, Qt.Key.Key_0 + cls)
        assert session.labels.classes[session.index] == cls, control.accessibleName()
        press(window, Qt.Key.Key_Space)
        assert bar.playing, control.accessibleName()
        bar.stop()
        if before is not None and control.isCheckable() and control not in window.bench.day_panel.buttons:
            assert control.isChecked() != before  # by the click alone: Space did not press it again


def test_a_click_beside_the_note_leaves_it(window, session, qtbot):
    """napari#1571: a text field kept the focus whatever was clicked, so that keys were typed into it."""
    session.pick(["EEE"])
    panels = {name: window.docks[name].widget() for name in ("timeline", "stations", "series", "regions")}
    beside = [window.day_map_panel.view, panels["timeline"].view, panels["stations"], panels["series"].graphics.viewport()]
    table = panels["regions"].table
    walking.jump(session, "region", 1)
    qtbot.waitUntil(table.isVisible)
    for widget in (table.viewport(), *beside):  # a click on the timeline goes to a day without regions
        window.bench.day_panel.note.setFocus()
        assert window.bench.day_panel.note.hasFocus()
        QTest.mouseClick(widget, LEFT, NONE, widget.rect().center())
        assert not window.bench.day_panel.note.hasFocus(), type(widget).__name__


def test_clearing_the_last_of_several_days_leaves_the_others(window, session):
    """cvat#2999: to delete a box in its last frame deleted it in every frame."""
    walking.select(session, (4, 9))
    press(window, Qt.Key.Key_2)
    walking.go_to_alone(session, 9)
    press(window, Qt.Key.Key_U)
    assert classes(session, 4, 8) == [2] * 5
    assert session.labels.classes[9] != 2


def test_a_walk_goes_on_from_the_day_that_left_its_filter(window, session):
    """labelImg#822: after an item had been dealt with, the list began anew at its first one."""
    walking.walk_only(session, "unlabelled")
    open_days = np.flatnonzero(session.labels.classes == UNLABELLED)
    here = int(open_days[len(open_days) // 2])
    walking.go_to_alone(session, here)
    press(window, Qt.Key.Key_1)
    press(window, Qt.Key.Key_Right)
    assert session.index == open_days[len(open_days) // 2 + 1]


def test_what_is_seen_of_the_series_and_the_map_stays_when_a_label_is_written_and_undone(window, session):
    """cvat#7731: the view was turned back to its default by a change of the annotations."""
    series = window.docks["series"].widget()
    session.pick(["EEE"])
    session.set_display(borders=True, codes=True)
    walking.go_to(session, 12)
    middle = series.day_start()
    series.plots["raw"].setXRange(middle - 90_000.0, middle + 110_000.0, padding=0)
    view = series.plots["raw"].getViewBox().viewRange()[0]
    for key in (Qt.Key.Key_3, Qt.Key.Key_U):
        press(window, key)
    window.menus.actions["undo"].trigger()
    assert series.plots["raw"].getViewBox().viewRange()[0] == view
    assert (session.display.borders, session.display.codes, session.selected_codes) == (True, True, ("EEE",))


def test_a_drag_ends_wherever_the_mouse_is_let_go(window, session):
    """inception#3890: no span was made where the mouse was let go beside the text."""
    view = window.docks["timeline"].widget().view
    begin = QPoint(round(view.axis.x(3.5)), view.height() // 2)
    QTest.mousePress(view, LEFT, NONE, begin)
    QTest.mouseMove(view, QPoint(view.width() - 2, view.height() // 2))
    QTest.mouseRelease(view, LEFT, NONE, QPoint(view.width() + 60, -40))
    assert session.selection == (3, len(session.days) - 1)


def test_a_click_with_shift_selects_nothing_to_flag(window, session):
    """mne-python#9133: an interval too short to be seen must not come of a click; the night is offered instead."""
    series = window.docks["series"].widget()
    session.pick(["EEE"])
    viewport = series.graphics.viewport()
    QTest.mouseClick(viewport, LEFT, SHIFT, viewport.rect().center())
    assert series.interval is None


def test_a_cell_of_the_matrix_stays_chosen_when_its_days_are_relabelled(session, open_window, qtbot):
    """orange3#1215, orange3#1716: the choice was lost, or the program crashed, when the data behind it changed."""
    trained(session)
    window = open_window(session)
    session.reload(Change.LABELS | Change.RUNS | Change.PREDICTIONS)
    window.layouts.show("evaluation")
    panel = window.docks["evaluation"].widget()
    qtbot.waitUntil(lambda: panel.evaluation is not None and not session.jobs.busy)
    row = int(panel.evaluation.answers.confusion().diagonal().argmax())
    panel.matrix.asked.emit(row, row)
    days, title = list(panel.cell.sheet.days), panel.cell.title()
    assert days
    for day in days:
        walking.go_to_alone(session, day)
        press(window, Qt.Key.Key_0 + (row + 1) % 5)
        QApplication.processEvents()
    assert panel.cell.title() == title  # scored by the labels of the training
    assert panel.cell.sheet.days == days
