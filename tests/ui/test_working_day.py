"""A working day in the real window, by keys and mouse: ranges by dragging, two analysts blind, filtering and jumping."""

from __future__ import annotations

import numpy as np
import pytest
import tiny_season
from PySide6.QtCore import QPointF, Qt, QTimer
from PySide6.QtWidgets import QApplication

from quakegui.app import day_kinds, labelling, opening, walking
from quakegui.app.session import Session
from quakegui.app.settings import SettingsFile
from quakegui.project import journal
from quakegui.season.labels import LabelSource
from quakegui.ui.dialogs.agreement_dialog import AgreementDialog
from quakegui.ui.dialogs.command_palette import CommandPalette
from quakegui.ui.panels.play_bar import EVERY_KIND
from quakegui.ui.plots.timeline_rows import row_boxes

LEFT = Qt.MouseButton.LeftButton
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def press(qtbot, window, key, modifier=Qt.KeyboardModifier.NoModifier):
    qtbot.keyClick(window, key, modifier)


def view_of(window):
    return window.docks["timeline"].widget().view


def over(window, index):
    view = view_of(window)
    box = row_boxes(view.axis, float(view.height()))[1][1]
    return QPointF(view.axis.x(index + 0.5), box.center().y()).toPoint()


def drag(qtbot, window, first, last):
    view = view_of(window)
    qtbot.mousePress(view, LEFT, pos=over(window, first))
    qtbot.mouseMove(view, over(window, (first + last) // 2))
    qtbot.mouseMove(view, over(window, last))
    qtbot.mouseRelease(view, LEFT, pos=over(window, last))


def in_dialog(kind, act):
    """Do something in the next dialog of a kind that is shown with `exec`, which must be gone after it."""

    def look():
        shown = QApplication.activeModalWidget()
        if isinstance(shown, kind):
            timer.stop()
            try:
                act(shown)
            finally:
                shown.close()

    timer = QTimer()
    timer.timeout.connect(look)
    timer.start(10)
    return timer


def test_days_chosen_by_dragging_get_one_label_and_one_undo(window, qtbot):
    session = window.session
    before = session.labels.classes.copy()
    drag(qtbot, window, 29, 33)
    assert session.selection == (29, 33)
    press(qtbot, window, Qt.Key.Key_4)
    assert session.labels.classes[29:34].tolist() == [4] * 5
    assert len({row.at for row in journal.rows(session.project)[-5:]}) == 1
    press(qtbot, window, Qt.Key.Key_Z, CTRL)
    np.testing.assert_array_equal(session.labels.classes, before)
    press(qtbot, window, Qt.Key.Key_Y, CTRL)
    assert session.labels.classes[29:34].tolist() == [4] * 5
    press(qtbot, window, Qt.Key.Key_Escape)
    assert session.selection is None
    qtbot.mouseClick(view_of(window), LEFT, pos=over(window, 12))
    assert session.index == 12


def test_the_prediction_of_chosen_days_is_accepted_by_one_key(window, qtbot):
    session = window.session
    drag(qtbot, window, 33, 36)
    press(qtbot, window, Qt.Key.Key_Return)
    rows = session.labels.rows[33:37]
    assert [(row.cls, row.source, row.run) for row in rows] == [(3, LabelSource.MODEL, "run-1")] * 4
    press(qtbot, window, Qt.Key.Key_Z, CTRL)
    assert session.labels.classes[33:37].tolist() == [-1] * 4


@pytest.mark.parametrize("days", [range(5, 6), range(5, 9)])
def test_undo_and_redo_go_to_where_they_acted_and_say_it(window, qtbot, days):
    session, words = window.session, window.day_map_panel.answer_bar.words
    labelling.label(session, 3, days)
    walking.go_to(session, 30)
    press(qtbot, window, Qt.Key.Key_Z, CTRL)
    assert (session.index, words.text().startswith("Undone: label 3 on")) == (5, True)
    press(qtbot, window, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert session.index == 30
    press(qtbot, window, Qt.Key.Key_Y, CTRL)
    assert (session.index, session.labels.classes[5], str(session.days[5]) in words.text()) == (5, 3, True)
    walking.go_to(session, days[-1])
    press(qtbot, window, Qt.Key.Key_Z, CTRL)
    assert session.index == days[-1], "one of its days is shown already"


def test_undo_by_key_after_a_restart(window, open_window, qtbot, tmp_path):
    session = window.session
    folder, before = session.project.folder, session.labels.classes.copy()
    drag(qtbot, window, 30, 32)
    press(qtbot, window, Qt.Key.Key_2)
    window.close()
    again = Session(SettingsFile(tmp_path / "settings.ini"))
    assert opening.open_project(again, folder)
    qtbot.waitUntil(lambda: again.season is not None and not again.jobs.busy)
    second = open_window(again)
    assert again.labels.classes[30:33].tolist() == [2, 2, 2]
    press(qtbot, second, Qt.Key.Key_Z, CTRL)
    np.testing.assert_array_equal(again.labels.classes, before)
    second.close()


def label_blind(qtbot, window, analyst, classes):
    """Label the first days as an analyst who sees nobody else's labels, by keys."""
    window.session.set_settings(analyst=analyst)
    press(qtbot, window, Qt.Key.Key_B, CTRL)
    assert window.session.display.blind
    press(qtbot, window, Qt.Key.Key_Home)
    for cls in classes:
        assert window.session.labels.rows[window.session.index] is None  # nothing of anybody else shows
        press(qtbot, window, Qt.Key.Key_0 + cls)
        press(qtbot, window, Qt.Key.Key_Right)
    press(qtbot, window, Qt.Key.Key_B, CTRL)


def test_two_analysts_label_blind_and_their_kappa_is_told_and_settled(window, qtbot):
    session = window.session
    li, wang = (0, 0, 0, 1, 1, 1, 2, 2, 3, 4), (0, 0, 0, 1, 1, 2, 2, 2, 3, 0)
    label_blind(qtbot, window, "Li", li)
    label_blind(qtbot, window, "Wang", wang)
    told = []

    def settle(dialog):
        dialog.first.setCurrentText("Li")
        dialog.second.setCurrentText("Wang")
        told.append((dialog.agreement.kappa, dialog.kappa.text()))
        index = dialog.list.model().index(0, 0)
        qtbot.mouseClick(dialog.list.viewport(), LEFT, pos=dialog.list.visualRect(index).center())
        assert session.index == 5
        qtbot.mouseClick(dialog.classes[1], LEFT)

    timer = in_dialog(AgreementDialog, settle)
    window.menus.actions["agreement"].trigger()
    assert not timer.isActive()
    # Cohen (1960): observed 0.8, chance (3x4 + 3x2 + 2x3 + 1x1 + 1x0) / 100 = 0.25.
    assert told[0][0] == pytest.approx((0.8 - 0.25) / 0.75)
    assert "kappa 0.73; agreement corrected for chance: substantial" in told[0][1]
    row = session.labels.rows[5]
    assert (row.cls, row.source, row.author) == (1, LabelSource.SETTLED, "Wang")


@pytest.mark.qt_log_ignore("This plugin does not support")  # the screen of the tests knows no pop-up windows
@pytest.mark.parametrize(
    ("kind", "first", "second"),
    [("event", 25, 33), ("unlabelled", 10, 11), ("disagreement", 18, 19), ("region", 20, 21), ("storm", 12, None)],
)
def test_the_walk_is_narrowed_by_a_filter(window, qtbot, kind, first, second):
    session, bar = window.session, window.day_map_panel.play_bar
    press(qtbot, window, Qt.Key.Key_F)
    assert bar.only.view().isVisible()
    for _ in range(EVERY_KIND.index(kind)):
        qtbot.keyClick(bar.only.view(), Qt.Key.Key_Down)
    qtbot.keyClick(bar.only.view(), Qt.Key.Key_Return)
    assert session.only == kind
    window.day_map_panel.setFocus()
    press(qtbot, window, Qt.Key.Key_Home)
    assert session.index == first
    press(qtbot, window, Qt.Key.Key_Right)
    if second is None:
        assert session.index == first
        assert window.status_line.currentMessage() == "No more storm nights in this direction."
    else:
        assert session.index == second
    assert bar.where.text() == f"{1 if second is None else 2} / {day_kinds.walk_days(session).size}"
    press(qtbot, window, Qt.Key.Key_End)
    assert session.index == day_kinds.walk_days(session)[-1]
    press(qtbot, window, Qt.Key.Key_F, SHIFT)
    press(qtbot, window, Qt.Key.Key_Home)
    assert (session.only, session.index, bar.only.currentIndex()) == ("", 0, 0)


def test_labelling_walks_through_the_unlabelled_days_one_by_one(window, qtbot):
    session = window.session
    session.set_settings(auto_advance=True)
    walking.walk_only(session, "unlabelled")
    left = day_kinds.walk_days(session).tolist()
    press(qtbot, window, Qt.Key.Key_Home)
    seen = []
    for _ in range(4):
        seen.append(session.index)
        press(qtbot, window, Qt.Key.Key_0)
    assert seen == left[:4]
    assert day_kinds.walk_days(session).tolist() == left[4:]
    assert window.day_map_panel.play_bar.where.text() == f"1 / {len(left) - 4}"


def test_playing_shows_only_the_days_of_the_filter(window, qtbot):
    session = window.session
    session.set_settings(days_per_second=60.0, loop=False)
    walking.walk_only(session, "event")
    seen = []
    session.changed.connect(lambda _change: seen.append(session.index))
    press(qtbot, window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: not window.day_map_panel.play_bar.playing)
    assert sorted(set(seen) - {0}) == [tiny_season.EVENT_DAY, tiny_season.EVENT_DAY + 8]


def test_what_the_filter_leaves_out_fades_on_the_timeline(window):
    session, view = window.session, view_of(window)
    window.layouts.show("timeline")
    before = view.grab().toImage()
    walking.walk_only(session, "event")
    after = view.grab().toImage()
    ratio = view.devicePixelRatioF()

    def colour(image, index):
        at = QPointF(view.axis.x(index + 0.5), row_boxes(view.axis, float(view.height()))[-1][1].bottom() - 2.0) * ratio
        return image.pixelColor(at.toPoint())

    assert colour(after, tiny_season.EVENT_DAY) == colour(before, tiny_season.EVENT_DAY)
    assert colour(after, 5).lightness() > colour(before, 5).lightness()


def test_blind_labelling_tells_nothing_through_filter_or_jump(window, qtbot):
    session = window.session
    session.set_display(blind=True)
    walking.walk_only(session, "disagreement")
    assert day_kinds.walk_days(session).size == 0
    press(qtbot, window, Qt.Key.Key_Right, CTRL | SHIFT)
    assert session.index == 0
    assert "prediction differ" in window.status_line.currentMessage()


JUMPS = [
    (Qt.Key.Key_Right, CTRL, tiny_season.EVENT_DAY), (Qt.Key.Key_Down, CTRL, 10), (Qt.Key.Key_Right, CTRL | SHIFT, 18),
    (Qt.Key.Key_Down, CTRL | SHIFT, 20), (Qt.Key.Key_Right, CTRL | Qt.KeyboardModifier.AltModifier, 12),
]  # fmt: skip
BACK = {Qt.Key.Key_Right: Qt.Key.Key_Left, Qt.Key.Key_Down: Qt.Key.Key_Up}


@pytest.mark.parametrize(("key", "modifier", "expected"), JUMPS)
def test_jumps_to_the_next_day_of_a_kind_and_back(window, qtbot, key, modifier, expected):
    session = window.session
    press(qtbot, window, key, modifier)
    assert session.index == expected
    press(qtbot, window, key, modifier)
    press(qtbot, window, BACK[key], modifier)
    assert session.index == expected


def test_a_command_is_found_by_letters_and_run_by_return(window, qtbot):
    def choose(palette):
        qtbot.keyClicks(palette.text, "next earthq")
        qtbot.keyClick(palette.text, Qt.Key.Key_Return)

    timer = in_dialog(CommandPalette, choose)
    press(qtbot, window, Qt.Key.Key_K, CTRL)
    assert not timer.isActive()
    assert window.session.index == tiny_season.EVENT_DAY


def test_a_click_on_a_region_s_row_lets_it_flash_on_the_map(window, qtbot):
    session = window.session
    walking.go_to(session, tiny_season.STRONG_DAYS[1])
    regions = window.docks["regions"].widget()
    window.layouts.show("regions")
    assert regions.model.regions
    index = regions.model.index(0, 0)
    qtbot.mouseClick(regions.table.viewport(), LEFT, pos=regions.table.visualRect(index).center())
    view = window.day_map_panel.view
    assert view.flashing
    qtbot.waitUntil(lambda: not view.flashing)


def test_the_edit_menu_says_what_would_be_undone(window, qtbot):
    session = window.session
    session.set_settings(analyst="Li")
    undo, redo = window.menus.actions["undo"], window.menus.actions["redo"]
    menu = window.menus.by_title["Edit"]

    def named():
        menu.aboutToShow.emit()
        texts = undo.text(), redo.text()
        menu.aboutToHide.emit()
        assert (undo.text(), redo.text()) == ("Undo", "Redo")
        return texts

    assert named() == ("Undo", "Redo")
    press(qtbot, window, Qt.Key.Key_3)
    assert named() == ("Undo: label 3 on 2022-02-01", "Redo")
    labelling.note(session, "windy")
    assert named() == ("Undo: note on 2022-02-01", "Redo")
    labelling.label(session, 4, range(5, 9))
    assert named()[0] == "Undo: label 4 on 4 days, 2022-02-06 to 2022-02-09"
    press(qtbot, window, Qt.Key.Key_Z, CTRL)
    assert named() == ("Undo: note on 2022-02-01", "Redo: label 4 on 4 days, 2022-02-06 to 2022-02-09")
    press(qtbot, window, Qt.Key.Key_Z, CTRL)
    press(qtbot, window, Qt.Key.Key_U)
    assert named() == ("Undo: label cleared on 2022-02-01", "Redo")
