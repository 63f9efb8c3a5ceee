"""A key writes only what the eye sees: what ends a choice of days, what says how many they are, and what answers a label."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QAbstractSlider, QApplication, QPlainTextEdit, QTableView, QToolBar, QWidget

from quakegui.app import labelling, opening, walking
from quakegui.app.change import Change
from quakegui.project import journal
from quakegui.season.labels import LabelSource
from quakegui.ui.dialogs.agreement_dialog import AgreementDialog
from quakegui.ui.held_keys import HeldKeys

NONE, CTRL, SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
LEFT = Qt.MouseButton.LeftButton
FIRST, LAST = 30, 36
FAR = 5
"""A day that is not among the chosen ones."""


@pytest.fixture
def session(session):
    """Return the session with labels of its own only where a test gives them."""
    session.set_settings(analyst="tester", days_per_second=60.0)
    return session


def timeline(window):
    return window.docks["timeline"].widget().view


def over(window, index):
    view = timeline(window)
    return QPoint(round(view.axis.x(index + 0.5)), view.height() // 2)


def drag(window, first, last):
    """Choose days by dragging over the timeline."""
    view = timeline(window)
    QTest.mousePress(view, LEFT, NONE, over(window, first))
    for index in ((first + last) // 2, last):
        QTest.mouseMove(view, over(window, index))
    QTest.mouseRelease(view, LEFT, NONE, over(window, last))


def press(window, key, modifier=NONE):
    QTest.keyClick(window, key, modifier)


def hold(window, key, repeats=12):
    """Hold a key down: pressed once, then repeated by the system, then let go."""
    for repeat in [False] + [True] * repeats:
        QTest.simulateEvent(window.windowHandle(), True, key, NONE, "", repeat)
    QTest.simulateEvent(window.windowHandle(), False, key, NONE, "", False)


def written_by(session, act):
    """Return the days, by index, that rows of the journal are about which an act adds."""
    known = {row.id for row in journal.journal_rows(session.project)}
    act()
    rows = [row for row in journal.journal_rows(session.project) if row.id not in known]
    return sorted({int((np.datetime64(row.day, "D") - session.days[0]).astype(int)) for row in rows})


def counts(window):
    """Return what stands beside the label buttons, where it can be read: in the panel of the day, and in the tool bar."""
    return {
        type(place).__name__: count.text()
        for place in (window.docks["day"], window.findChild(QToolBar, "tool bar"))
        for count in place.findChildren(QWidget, "chosen days")
        if count.isVisible() and not count.visibleRegion().isEmpty() and count.text()
    }


WALKS = {
    "arrow": lambda window: [press(window, Qt.Key.Key_Right) for _ in range(LAST - FIRST + 1)],
    "arrow back": lambda window: press(window, Qt.Key.Key_Left),
    "week": lambda window: press(window, Qt.Key.Key_PageUp),
    "first day": lambda window: press(window, Qt.Key.Key_Home),
    "last day": lambda window: press(window, Qt.Key.Key_End),
    "event": lambda window: press(window, Qt.Key.Key_Left, CTRL),
    "unlabelled": lambda window: press(window, Qt.Key.Key_Up, CTRL),
    "region": lambda window: press(window, Qt.Key.Key_Up, CTRL | SHIFT),
    "click": lambda window: QTest.mouseClick(timeline(window), LEFT, NONE, over(window, FAR)),
    "click inside": lambda window: QTest.mouseClick(timeline(window), LEFT, NONE, over(window, FIRST + 2)),
    "slider": lambda window: window.day_map_panel.play_bar.slider.triggerAction(QAbstractSlider.SliderAction.SliderToMinimum),
    "go to date": lambda window: walking.go_to_day(window.session, window.session.days[FAR]),
}


@pytest.mark.parametrize("walk", WALKS)
def test_a_label_given_after_walking_away_is_the_shown_days_alone(window, session, walk):
    drag(window, FIRST, LAST)
    assert session.selection == (FIRST, LAST)
    WALKS[walk](window)
    assert written_by(session, lambda: press(window, Qt.Key.Key_3)) == [session.index]
    assert session.index not in range(FIRST, LAST + 1) or walk == "click inside"
    assert counts(window) == {}


def test_playing_on_ends_a_choice(window, session, qtbot):
    drag(window, FIRST, LAST)
    press(window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: session.index > LAST)
    press(window, Qt.Key.Key_Space)
    assert written_by(session, lambda: press(window, Qt.Key.Key_3)) == [session.index]


@pytest.mark.parametrize("key", [Qt.Key.Key_U, Qt.Key.Key_Return, Qt.Key.Key_2])
def test_every_key_that_writes_labels_obeys(window, session, key):
    labelling.label(session, 1, range(4, 9))
    drag(window, 4, 8)
    press(window, Qt.Key.Key_Home)
    press(window, Qt.Key.Key_Right)
    press(window, Qt.Key.Key_1)
    assert set(written_by(session, lambda: press(window, key))) <= {1}
    drag(window, 4, 8)
    assert written_by(session, lambda: press(window, key)) == [4, 5, 6, 7, 8]


def test_a_note_is_of_the_day_shown(window, session, qtbot):
    drag(window, FIRST, LAST)
    press(window, Qt.Key.Key_Home)
    press(window, Qt.Key.Key_N)
    note = window.docks["day"].findChild(QPlainTextEdit)
    qtbot.waitUntil(note.hasFocus)
    QTest.keyClicks(note, "windy")
    assert written_by(session, lambda: QTest.keyClick(note, Qt.Key.Key_Return, CTRL)) == [0]


@pytest.mark.parametrize("close", ["close", "new", "open"])
def test_a_note_half_written_is_kept_when_its_project_is_closed(window, session, qtbot, tmp_path, close):
    folder = session.project.folder
    walking.go_to(session, 3)
    press(window, Qt.Key.Key_N)
    note = window.docks["day"].findChild(QPlainTextEdit)
    qtbot.waitUntil(note.hasFocus)
    QTest.keyClicks(note, "windy")
    if close == "close":
        window.menus.actions["close"].trigger()
    elif close == "new":
        assert opening.create_project(session, tmp_path / "new", timezone="Asia/Shanghai")
    else:
        assert opening.open_project(session, folder)
    qtbot.waitUntil(lambda: not session.jobs.busy)
    if close != "open":
        assert opening.open_project(session, folder)
    qtbot.waitUntil(lambda: session.season is not None and not session.jobs.busy)
    assert [(note.day, note.text) for note in session.notes(3)] == [(session.days[3], "windy")]


def test_the_choice_holds_while_one_of_its_days_is_shown_and_its_length_is_to_be_read(window, session, qtbot):
    drag(window, FIRST, LAST)
    assert session.index == FIRST
    qtbot.waitUntil(lambda: counts(window) == {"PanelDock": "7 days", "QToolBar": "7 days"})  # once it is laid out
    press(window, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: counts(window) == {"PanelDock": "7 days", "QToolBar": "7 days"})
    assert written_by(session, lambda: press(window, Qt.Key.Key_3)) == list(range(FIRST, LAST + 1))
    window.menus.actions["language-zh"].trigger()
    qtbot.waitUntil(lambda: set(counts(window).values()) == {"7 天"})
    window.menus.actions["language-en"].trigger()
    press(window, Qt.Key.Key_Escape)
    assert counts(window) == {}
    assert written_by(session, lambda: press(window, Qt.Key.Key_4)) == [FIRST + 1]


def test_the_length_is_as_large_as_other_words_in_the_review(window, session, qtbot):
    window.menus.actions["review"].trigger()
    drag(window, FIRST, LAST)
    # The tool bar has made room for the map; the panel is seen once its new place is laid out.
    qtbot.waitUntil(lambda: counts(window) == {"PanelDock": "7 days"})
    count = window.bench.day_panel.count
    qtbot.waitUntil(lambda: count.font().pointSizeF() == QApplication.font().pointSizeF() and count.seen)


def test_the_buttons_of_the_panel_write_what_the_keys_write(window, session):
    buttons = [b for b in window.docks["day"].findChildren(QAbstractButton) if b.accessibleName().startswith("Label: ")]
    drag(window, FIRST, LAST)
    assert written_by(session, lambda: QTest.mouseClick(buttons[3], LEFT)) == list(range(FIRST, LAST + 1))
    press(window, Qt.Key.Key_Home)
    assert written_by(session, lambda: QTest.mouseClick(buttons[3], LEFT)) == [0]


def raise_runs(window):
    window.docks["runs"].show()
    window.docks["runs"].raise_()


PANELS = {
    "a tab": raise_runs,
    "a panel closed": lambda window: window.docks["series"].close(),
    "a panel floating": lambda window: window.docks["series"].setFloating(True),
    "review": lambda window: window.menus.actions["review"].trigger(),
    "all put back": lambda window: window.menus.actions["reset-layout"].trigger(),
}


@pytest.mark.parametrize("act", PANELS)
def test_other_panels_end_a_choice(window, session, qtbot, act):
    drag(window, FIRST, LAST)
    PANELS[act](window)
    qtbot.waitUntil(lambda: session.selection is None)
    assert written_by(session, lambda: press(window, Qt.Key.Key_3)) == [FIRST]


def test_a_row_of_the_regions_ends_a_choice(window, session):
    drag(window, 20, 23)
    table = window.docks["regions"].findChild(QTableView)
    QTest.mouseClick(table.viewport(), LEFT, NONE, table.visualRect(table.model().index(0, 1)).center())
    assert written_by(session, lambda: press(window, Qt.Key.Key_3)) == [20]


def test_where_no_length_is_to_be_read_no_choice_counts(window, session, qtbot):
    window.docks["day"].close()
    window.findChild(QToolBar, "tool bar").hide()
    qtbot.waitUntil(lambda: not window.docks["day"].isVisible())
    said = []
    session.message.connect(lambda sentence, _level: said.append(sentence))
    drag(window, FIRST, LAST)
    assert written_by(session, lambda: press(window, Qt.Key.Key_3)) == [FIRST]
    assert said == ["The number of selected days is not visible, so only the day shown is labelled."]


# -- the answer ----------------------------------------------------------------------------------------------------


def answered(window):
    """Return what the line above the map says; empty while it is not shown."""
    bar = window.day_map_panel.answer_bar
    return bar.words.text() if bar.isVisible() else ""


def test_a_label_of_several_days_is_answered_with_days_class_and_undo(window, session):
    before = session.labels.classes.copy()
    drag(window, FIRST, LAST)
    press(window, Qt.Key.Key_3)
    first, last = session.days[FIRST], session.days[LAST]
    assert answered(window) == f"7 days, {first} to {last}, are now labelled 3 {session.class_names[3]}."
    bar = window.day_map_panel.answer_bar
    assert bar.act.text() == "Undo"
    bar.act.click()
    np.testing.assert_array_equal(session.labels.classes, before)
    assert answered(window) == f"Undone: label 3 on 7 days, {first} to {last}."
    assert bar.act.text() == "Redo"
    bar.act.click()
    assert session.labels.classes[FIRST : LAST + 1].tolist() == [3] * 7
    bar.dismiss.click()
    assert answered(window) == ""


def test_clearing_and_accepting_several_days_are_answered(window, session, qtbot):
    drag(window, FIRST, LAST)
    press(window, Qt.Key.Key_Return)
    assert answered(window).endswith(f"are now labelled 3 {session.class_names[3]}.")
    press(window, Qt.Key.Key_2)
    assert answered(window).endswith(f"are now labelled 2 {session.class_names[2]}.")
    press(window, Qt.Key.Key_U)
    assert answered(window).startswith("The labels of 7 days, ")
    assert answered(window).endswith(", were cleared.")
    window.menus.actions["language-zh"].trigger()
    chinese = f"{session.days[FIRST]} 至 {session.days[LAST]} 共 7 天的标注已清除。"
    qtbot.waitUntil(lambda: answered(window) == chinese)


def test_one_day_is_not_answered_and_ends_an_answer(window, session):
    press(window, Qt.Key.Key_3)
    assert answered(window) == ""
    drag(window, FIRST, LAST)
    press(window, Qt.Key.Key_3)
    assert answered(window)
    press(window, Qt.Key.Key_Home)
    assert answered(window), "walking on takes nothing away"
    press(window, Qt.Key.Key_4)
    assert answered(window) == "", "its Undo would take back something else"


def test_the_undo_of_an_answer_takes_back_that_step_and_no_other(window, session):
    drag(window, FIRST, LAST)
    press(window, Qt.Key.Key_3)
    # another process, in the same name
    journal.write_labels(session.project, session.days[[0]], 4, source=LabelSource.ANALYST, author="tester")
    said = []
    session.message.connect(lambda sentence, _level: said.append(sentence))
    window.day_map_panel.answer_bar.act.click()
    assert session.labels.classes[FIRST : LAST + 1].tolist() == [3] * 7
    assert journal.in_force(session.project)[session.days[0]].cls == 4
    assert said == ["Another change was made in the meantime. Use Undo in the Edit menu."]


def test_a_return_to_a_moment_is_answered(window, session):
    moment = np.datetime64("2000-01-01", "ms")
    assert labelling.revert_to(session, moment)
    assert answered(window).startswith("The labels of ")


# -- keys held down ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("advance", [False, True])
def test_a_label_key_held_down_writes_once(window, session, advance):
    session.set_settings(auto_advance=advance)
    walking.go_to(session, FAR)
    assert written_by(session, lambda: hold(window, Qt.Key.Key_3)) == [FAR]
    assert session.index == FAR + advance


@pytest.mark.parametrize("key", [Qt.Key.Key_U, Qt.Key.Key_Return])
def test_other_writing_keys_held_down_write_once(window, session, key):
    if key == Qt.Key.Key_U:
        labelling.label(session, 3, [FAR])
    session.set_settings(auto_advance=True)
    walking.go_to(session, FAR)
    rows = len(journal.journal_rows(session.project))
    hold(window, key)
    assert len(journal.journal_rows(session.project)) == rows + 1


def test_a_repeat_that_x11_takes_for_a_second_press_is_dropped(window):
    """Both halves of such a repeat have one time; a hand takes longer, and other keys are free to come at once."""
    filter_, handle = HeldKeys([QKeySequence("3"), QKeySequence("Ctrl+Z")]), window.windowHandle()

    def dropped(kind, key, at, modifiers=NONE, repeat=False):
        event = QKeyEvent(kind, key, modifiers, "", repeat)
        event.setTimestamp(at)
        return filter_.eventFilter(handle, event)

    press, release = QEvent.Type.ShortcutOverride, QEvent.Type.KeyRelease
    assert not dropped(press, Qt.Key.Key_3, 1000)
    assert not dropped(release, Qt.Key.Key_3, 1600)
    assert dropped(press, Qt.Key.Key_3, 1600)
    assert dropped(QEvent.Type.KeyPress, Qt.Key.Key_3, 1600)
    assert not dropped(press, Qt.Key.Key_3, 1640, repeat=True), "which no shortcut of these takes anyway"
    assert not dropped(release, Qt.Key.Key_3, 1700)
    assert not dropped(press, Qt.Key.Key_4, 1700)
    assert not dropped(press, Qt.Key.Key_3, 1760)
    assert not dropped(release, Qt.Key.Key_Z, 1800, CTRL)
    assert dropped(press, Qt.Key.Key_Z, 1800, CTRL)
    assert not dropped(release, Qt.Key.Key_Right, 1900)
    assert not dropped(press, Qt.Key.Key_Right, 1900)


def test_an_arrow_held_down_walks_on(window, session):
    walking.go_to(session, 0)
    hold(window, Qt.Key.Key_Right)
    assert session.index > 3


def test_undo_held_down_takes_back_one_step(window, session):
    for cls in (1, 2, 3):
        walking.go_to(session, cls)
        labelling.label(session, cls)
    for repeat in [False] + [True] * 6:
        QTest.simulateEvent(window.windowHandle(), True, Qt.Key.Key_Z, CTRL, "", repeat)
    QTest.simulateEvent(window.windowHandle(), False, Qt.Key.Key_Z, CTRL, "", False)
    assert session.labels.classes[[1, 2]].tolist() == [1, 2]


def test_settling_keys_held_down_settle_one_day(window, session, qtbot):
    for author, classes in (("Li", (0, 1, 2)), ("Wang", (3, 4, 4))):
        for index, cls in enumerate(classes):
            day = session.days[[index]]
            journal.write_labels(session.project, day, cls, source=LabelSource.ANALYST, author=author, blind=True)
    session.reload(Change.LABELS)
    drag(window, 0, 2)
    dialog = AgreementDialog(session, window)
    with qtbot.waitExposed(dialog):
        dialog.show()
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)
    dialog.list.choose(1)
    assert session.selection is None
    assert written_by(session, lambda: hold(dialog, Qt.Key.Key_3)) == [1]
    dialog.close()
    dialog.deleteLater()


def test_blind_labels_go_to_the_day_shown_too(window, session):
    window.menus.actions["blind"].trigger()
    drag(window, FIRST, LAST)
    press(window, Qt.Key.Key_Home)
    assert written_by(session, lambda: press(window, Qt.Key.Key_3)) == [0]
    drag(window, FIRST, LAST)
    assert written_by(session, lambda: press(window, Qt.Key.Key_3)) == list(range(FIRST, LAST + 1))
    assert answered(window).endswith(f"are now labelled 3 {session.class_names[3]}.")


# -- labels that do not come into force --------------------------------------------------------------------------


def test_a_label_under_one_that_counts_more_is_not_called_the_days_label(window, session):
    said = []
    session.message.connect(lambda sentence, _level: said.append(sentence))
    days = f"{session.days[18]} to {session.days[24]}"
    drag(window, 18, 24)  # labelled 1 by an analyst
    press(window, Qt.Key.Key_Return)
    assert session.labels.classes[18:25].tolist() == [1] * 7
    assert answered(window) == f"7 days, {days}: current labels unchanged, because another label takes precedence."
    labelling.label(session, 1, [30], source=LabelSource.SETTLED)
    drag(window, 30, 33)
    press(window, Qt.Key.Key_3)
    assert session.labels.classes[30:34].tolist() == [1, 3, 3, 3]
    ending = f"are now labelled 3 {session.class_names[3]}. On 1 of them, another label takes precedence."
    assert answered(window).endswith(ending)
    press(window, Qt.Key.Key_Escape)
    assert said == []
    press(window, Qt.Key.Key_4)
    assert session.labels.classes[30] == 1
    assert said[-1].startswith("Your label was saved, but another label takes precedence")


def test_no_hidden_prediction_is_accepted_in_a_blind_labelling(window, session):
    said = []
    session.message.connect(lambda sentence, _level: said.append(sentence))
    session.set_display(blind=True)
    drag(window, 30, 33)
    assert written_by(session, lambda: press(window, Qt.Key.Key_Return)) == []
    assert said == ["Predictions are hidden during blind labelling and cannot be accepted."]
