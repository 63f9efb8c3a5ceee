"""The real window, driven by keys and mouse on a small project."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import shiboken6
import tiny_season
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractButton, QAbstractSpinBox, QApplication, QComboBox, QLineEdit, QPlainTextEdit, QToolButton

from quakegui.app import labelling, opening, walking
from quakegui.app.session import Session
from quakegui.app.settings import SettingsFile
from quakegui.project import journal
from quakegui.season.labels import LabelSource
from quakegui.ui.actions import ACTIONS
from quakegui.ui.dialogs import export_dialogs
from quakegui.ui.dialogs.command_palette import CommandPalette
from quakegui.ui.dialogs.export_dialogs import AnimationDialog
from quakegui.ui.dialogs.shortcut_sheet import ShortcutSheet
from quakegui.ui.dock_plan import BOTTOM, WORKSPACES
from quakegui.ui.layouts import LAYOUT_VERSION
from quakegui.ui.main_window import MainWindow
from quakegui.ui.plots.animation import pixels, save_animation
from quakegui.ui.plots.figures import FigureError, picture_of, save_figure


def press(qtbot, window, key, modifier=Qt.KeyboardModifier.NoModifier):
    qtbot.keyClick(window, key, modifier)


def test_the_walk_through_the_days_by_keys(window, qtbot):
    session = window.session
    press(qtbot, window, Qt.Key.Key_Right)
    press(qtbot, window, Qt.Key.Key_Right)
    press(qtbot, window, Qt.Key.Key_Left)
    assert session.index == 1
    press(qtbot, window, Qt.Key.Key_End)
    assert session.index == session.days.size - 1
    press(qtbot, window, Qt.Key.Key_Home)
    assert session.index == 0
    press(qtbot, window, Qt.Key.Key_PageDown)
    assert session.index == 7
    press(qtbot, window, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    assert session.index == tiny_season.EVENT_DAY


def test_keys_label_unlabel_undo_and_redo(window, qtbot):
    session = window.session
    press(qtbot, window, Qt.Key.Key_3)
    row = journal.in_force(session.project)[session.days[0]]
    assert (row.cls, row.source) == (3, LabelSource.ANALYST)
    assert window.bench.day_panel.buttons[3].isChecked()
    press(qtbot, window, Qt.Key.Key_U)
    before = session.labels.classes[0]
    assert before != 3
    press(qtbot, window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert session.labels.classes[0] == 3
    press(qtbot, window, Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
    assert session.labels.classes[0] == before


def test_digits_typed_into_the_note_are_text_not_labels(window, qtbot):
    session = window.session
    rows = len(journal.rows(session.project))
    press(qtbot, window, Qt.Key.Key_N)
    note = window.bench.day_panel.note
    qtbot.waitUntil(note.hasFocus)
    qtbot.keyClicks(note, "M 3 at 04")
    qtbot.keyClick(note, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert [one.text for one in session.notes()] == ["M 3 at 04"]
    assert len(journal.rows(session.project)) == rows


def test_a_note_is_kept_when_another_day_is_shown(window, qtbot):
    session = window.session
    press(qtbot, window, Qt.Key.Key_N)
    qtbot.keyClicks(window.bench.day_panel.note, "road works")
    walking.go_to(session, 5)
    assert [one.text for one in session.notes(0)] == ["road works"]
    assert window.bench.day_panel.note.toPlainText() == ""


def test_play_walks_and_stops(window, qtbot):
    session = window.session
    session.set_settings(days_per_second=60.0)
    press(qtbot, window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: session.index >= 3)
    press(qtbot, window, Qt.Key.Key_Space)
    stopped = session.index
    qtbot.wait(100)
    assert session.index == stopped


def test_language_and_theme_switch_while_running(window, qtbot):
    action = window.menus.actions["import"]
    assert action.text() == "Import readings…"
    window.menus.actions["language-zh"].trigger()
    qtbot.waitUntil(lambda: action.text() != "Import readings…")
    assert window.docks["timeline"].windowTitle() == "时间轴"
    light = window.palette().window().color().lightness()
    window.menus.actions["theme-dark"].trigger()
    qtbot.waitUntil(lambda: window.palette().window().color().lightness() < light)
    window.menus.actions["language-en"].trigger()
    window.menus.actions["theme-light"].trigger()
    qtbot.waitUntil(lambda: action.text() == "Import readings…")


def test_every_action_is_in_a_menu_and_in_the_palette(window):
    in_menus: set[QAction] = set()
    for menu in window.menus.by_title.values():
        in_menus |= set(menu.actions())
    assert {window.menus.actions[spec.id] for spec in ACTIONS} <= in_menus
    palette = CommandPalette(window.actions(), window)
    listed = {palette.list.item(row).data(Qt.ItemDataRole.UserRole) for row in range(palette.list.count())}
    assert listed == {spec.id for spec in ACTIONS}
    palette.deleteLater()


def test_the_palette_finds_and_runs_a_command(window, qtbot):
    palette = CommandPalette(window.actions(), window)
    palette.show()
    palette.activateWindow()
    qtbot.waitUntil(palette.isActiveWindow)
    qtbot.keyClicks(palette.text, "last day")
    assert [palette.list.item(row).data(Qt.ItemDataRole.UserRole) for row in range(palette.list.count())] == ["day-last"]
    qtbot.keyClick(palette.text, Qt.Key.Key_Return)
    assert window.session.index == window.session.days.size - 1
    palette.deleteLater()


def test_the_shortcut_sheet_lists_every_shortcut(window):
    sheet = ShortcutSheet(ACTIONS, window)
    listed = sum(sheet.sheet.topLevelItem(row).childCount() for row in range(sheet.sheet.topLevelItemCount()))
    assert listed == sum(bool(spec.shortcuts) for spec in ACTIONS)
    sheet.deleteLater()


def test_workspaces_are_remembered_apart_and_reset_alone_or_all(window, qtbot):
    shown = {"days": {"stations", "day", "timeline", "series", "regions"}, "model": {"training", "runs"}}
    shown |= {"results": {"evaluation"}, "review": {"day", "timeline"}}
    segments = sorted(window.menuBar().cornerWidget().findChildren(QToolButton), key=lambda each: each.x())
    assert [each.text() for each in segments] == ["Days", "Modelling", "Results", "Review"]
    for number, (name, docks) in enumerate(shown.items(), 1):
        qtbot.keyClick(window, Qt.Key(Qt.Key.Key_0 + number), Qt.KeyboardModifier.ControlModifier)
        assert window.layouts.name == name
        assert {dock for dock in window.docks if window.docks[dock].isVisible()} == docks
        assert window.day_map_panel.isVisible() == (name in ("days", "review"))
        assert [each.isChecked() for each in segments].index(True) == number - 1
    window.docks["timeline"].hide()
    window.menus.actions["review"].trigger()
    assert window.layouts.name == "results", "and back to the one before"
    window.menus.actions["workspace-days"].trigger()
    window.docks["series"].hide()
    window.menus.actions["review"].trigger()
    assert not window.docks["timeline"].isVisible()
    window.menus.actions["review"].trigger()
    assert not window.docks["series"].isVisible()
    window.menus.actions["reset-layout"].trigger()
    assert all(window.docks[name].isVisible() for name in shown["days"])
    window.layouts.use("review")
    assert not window.docks["timeline"].isVisible(), "only the one in use was reset"
    window.layouts.use("days")
    window.menus.actions["reset-layouts"].trigger()
    window.layouts.use("review")
    assert window.docks["timeline"].isVisible()


def test_no_key_labels_a_day_that_is_not_to_be_seen(window, session, qtbot):
    said = []
    session.message.connect(lambda sentence, _level: said.append(sentence))
    window.layouts.use("model")
    before = session.labels.classes.copy()
    for key in (Qt.Key.Key_3, Qt.Key.Key_U, Qt.Key.Key_Return):
        qtbot.keyClick(window, key)
    np.testing.assert_array_equal(session.labels.classes, before)
    assert said == ["No day is shown in this workspace, so nothing was labelled."] * 3
    window.layouts.use("review")
    qtbot.keyClick(window, Qt.Key.Key_3)
    assert session.labels.classes[session.index] == 3


def test_what_is_answered_is_told_in_a_workspace_without_a_map(window, session, qtbot):
    window.layouts.use("model")
    labelling.label(session, 3, [3, 4, 5])
    bar = window.day_map_panel.answer_bar
    qtbot.waitUntil(lambda: bar.isVisible() and not bar.visibleRegion().isEmpty())
    assert window.docks["training"].height() > 200
    bar.dismiss.click()
    qtbot.waitUntil(lambda: not bar.isVisible())


@pytest.mark.parametrize("size", [(1440, 900), (1600, 1000)])
def test_the_map_of_the_review_is_the_largest_of_all(window, session, size, qtbot):
    while not window.day_map_panel.notice_bar.isHidden():
        window.day_map_panel.notice_bar.dismiss.click()  # what is the matter with this project is read, and put away
    window.resize(*size)
    sides = {}
    for workspace in WORKSPACES:
        window.layouts.use(workspace.id)
        window.layouts.reset()
        for _ in range(10):
            QApplication.processEvents()
        view = window.day_map_panel.view
        sides[workspace.id] = view.layout_now().image.width() if view.isVisible() else 0.0
    assert sides["review"] == max(sides.values())
    assert sides["review"] >= (500 if size[1] == 900 else 640)
    assert sides["days"] >= (480 if size[1] == 900 else 540)


def keep_layout_without(window, name):
    """Have the layout in use kept as by a version that had another dock there."""
    window.docks[name].setObjectName("former")
    window.session.file.save_layout(window.layouts.file_name, window.saveGeometry(), window.saveState(LAYOUT_VERSION))
    window.docks[name].setObjectName(name)


@pytest.mark.parametrize("name", ["day", "regions", "runs"])
def test_a_dock_that_a_kept_layout_does_not_know_stands_in_its_place(window, name):
    place = next((place for place in WORKSPACES[0].places if place.dock == name), None)
    dock, front = window.docks[name], window.docks.get("timeline" if place is None else place.below)
    keep_layout_without(window, name)
    window.layouts.restore()
    assert window.dockWidgetArea(dock) == (BOTTOM if place is None else place.area)
    assert not dock.isFloating()
    assert dock.isHidden() == (place is None)
    if front is not None:
        dock.show()
        assert dock in window.tabifiedDockWidgets(front)
        assert not front.visibleRegion().isEmpty()


def test_a_new_dock_stands_in_its_place_in_the_next_window(window, open_window, qtbot, tmp_path):
    folder, file = window.session.project.folder, window.session.file
    keep_layout_without(window, "regions")
    kept, name = file.load_layout(window.layouts.file_name), window.layouts.file_name
    window.close()
    file.save_layout(name, *kept)
    again = Session(SettingsFile(tmp_path / "settings.ini"))
    second = open_window(again)
    opening.open_project(again, folder)
    qtbot.waitUntil(lambda: again.season is not None and not again.jobs.busy)
    assert second.docks["regions"] in second.tabifiedDockWidgets(second.docks["day"])
    assert not second.docks["day"].visibleRegion().isEmpty()


def test_a_new_dock_of_work_alone_stays_hidden_in_a_kept_review(window):
    window.layouts.use("review")
    keep_layout_without(window, "runs")
    window.layouts.restore()
    assert not window.docks["runs"].isVisible()
    window.docks["runs"].show()
    assert window.docks["runs"] in window.tabifiedDockWidgets(window.docks["timeline"])


def test_undo_works_in_the_next_window(window, open_window, qtbot, tmp_path):
    session = window.session
    folder = session.project.folder
    before = int(session.labels.classes[0])
    press(qtbot, window, Qt.Key.Key_2)
    walking.go_to(session, 9)
    window.close()
    again = Session(SettingsFile(tmp_path / "settings.ini"))
    opening.open_project(again, folder)
    qtbot.waitUntil(lambda: again.season is not None and not again.jobs.busy)
    second = open_window(again)
    assert again.index == 9
    assert again.labels.classes[0] == 2
    second.menus.actions["undo"].trigger()
    assert again.labels.classes[0] == before
    second.close()


def test_an_exported_figure_is_what_is_painted(window, tmp_path):
    panel = window.day_map_panel
    save_figure(panel, tmp_path / "图.png", dpi=96)
    from PIL import Image

    written = np.asarray(Image.open(tmp_path / "图.png").convert("RGB"))
    np.testing.assert_array_equal(written, pixels(panel.grab().toImage()))
    for kind in ("svg", "pdf"):
        save_figure(panel, tmp_path / f"map.{kind}", stamp="SYNTHETIC")
        assert (tmp_path / f"map.{kind}").stat().st_size > 2000
    assert not list(tmp_path.glob(".*part"))


@pytest.mark.parametrize("ending", [".png", ".svg", ".pdf", ".gif"])
def test_a_picture_may_have_as_long_a_name_as_its_disk_takes(window, tmp_path, ending):
    path, panel = tmp_path / "out" / ("图" * 82 + ending), window.day_map_panel.view
    path.parent.mkdir()
    if ending == ".gif":
        assert save_animation(window.session, panel, path, range(2), days_per_second=4, progress=lambda _done, _total: True)
    else:
        save_figure(panel, path)
    assert list(path.parent.iterdir()) == [path]


def test_frames_of_an_animation_are_the_painted_days(window, tmp_path):
    from PIL import Image

    session, panel = window.session, window.day_map_panel.view
    walking.go_to(session, 2)
    done = save_animation(
        session, panel, tmp_path / "frames", range(20, 24), days_per_second=4, progress=lambda _done, _total: True
    )
    assert done
    assert session.index == 2
    for index in range(20, 24):
        walking.go_to(session, index)
        frame = np.asarray(Image.open(tmp_path / "frames" / f"{session.days[index]}.png"))
        np.testing.assert_array_equal(frame, pixels(picture_of(panel)))


def test_a_cancelled_animation_leaves_nothing(window, tmp_path):
    target = tmp_path / "season.gif"
    target.write_bytes(b"former")
    assert not save_animation(
        window.session, window.day_map_panel.view, target, range(5), days_per_second=4, progress=lambda done, _total: done < 2
    )
    assert list(tmp_path.glob("*season*")) == [target]
    assert target.read_bytes() == b"former"


def test_no_animation_is_made_of_two_seasons(window, tmp_path, monkeypatch):
    """An import that ends meanwhile computes the season anew: an index is another day's then."""
    session = window.session
    dialog = AnimationDialog(session, window.day_map_panel.view, window)

    def compute_anew(_done, _total):
        session.season = replace(session.season)
        return True

    with pytest.raises(FigureError, match="recomputed in the meantime"):
        save_animation(
            session, window.day_map_panel.view, tmp_path / "days", range(5), days_per_second=4, progress=compute_anew
        )
    assert list((tmp_path / "days").iterdir()) == []
    told = []
    monkeypatch.setattr(export_dialogs, "tell", lambda _parent, _title, sentence, _icon: told.append(sentence))
    assert not dialog.write(tmp_path / "season.gif")  # its days were chosen before, too
    assert told == ["The season was recomputed in the meantime, so no animation was written. Select the days again."]
    assert not (tmp_path / "season.gif").exists()
    dialog.deleteLater()


def test_every_control_has_a_name(window):
    kinds = (QAbstractButton, QComboBox, QLineEdit, QAbstractSpinBox, QPlainTextEdit)
    panels = {"day map": window.day_map_panel.view, **{name: dock.widget() for name, dock in window.docks.items()}}
    nameless = [
        f"{type(control).__name__} in {name}"
        for name, panel in panels.items()
        for kind in kinds
        for control in panel.findChildren(kind)
        if not (control.accessibleName() or getattr(control, "text", str)())
        and not control.objectName().startswith("qt_")
        and control.metaObject().className() != "QTableCornerButton"
        and not isinstance(control.parent(), QComboBox | QAbstractSpinBox)
    ]
    assert nameless == []


def test_without_a_project_only_what_is_possible_is_offered(empty_session, open_window):
    window = open_window(empty_session)
    enabled = {spec.id for spec in ACTIONS if window.menus.actions[spec.id].isEnabled()}
    assert {"new", "open", "demo", "settings", "quit"} <= enabled
    assert not enabled & {"label-1", "day-next", "import", "train", "undo"}


def test_a_window_that_has_just_entered_the_review_is_deleted(empty_session, qtbot):
    window = MainWindow(empty_session)
    with qtbot.waitExposed(window):
        window.show()
    window.layouts.use("review")  # the text of the application is larger, and no widget has heard of it yet
    shiboken6.delete(window)
    assert not shiboken6.isValid(window)


def test_no_key_labels_a_day_whose_date_is_scrolled_away(window, session, qtbot):
    window.layouts.use("days")
    window.day_map_panel.hide()
    panel = window.bench.day_panel
    panel.scroll_area.setFixedHeight(60)
    qtbot.waitUntil(lambda: not panel.date.visibleRegion().isEmpty())
    assert window.bench.day_seen
    panel.scroll_area.verticalScrollBar().setValue(panel.scroll_area.verticalScrollBar().maximum())
    qtbot.waitUntil(lambda: panel.date.visibleRegion().isEmpty())
    assert not window.bench.day_seen
