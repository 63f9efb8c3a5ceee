"""Projects out of the ordinary in the real window: each is told in a sentence, every key does what it can, nothing crashes."""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
from contextlib import contextmanager

import numpy as np
import odd_projects
import pytest
import tiny_season
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QFileDialog

from quakegui.app import computing, opening, walking
from quakegui.project import journal, nights, store
from quakegui.project import opening as project_opening
from quakegui.project.store import Project
from quakegui.season.labels import LabelSource
from quakegui.ui import i18n
from quakegui.ui.quiet_labels import ElidedLabel

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
NONE = Qt.KeyboardModifier.NoModifier
WALK = [
    (Qt.Key.Key_Right, NONE), (Qt.Key.Key_End, NONE), (Qt.Key.Key_PageUp, NONE), (Qt.Key.Key_Home, NONE),
    (Qt.Key.Key_Right, CTRL), (Qt.Key.Key_Down, CTRL), (Qt.Key.Key_Right, CTRL | SHIFT), (Qt.Key.Key_Down, CTRL | SHIFT),
    (Qt.Key.Key_Space, NONE), (Qt.Key.Key_Space, NONE), (Qt.Key.Key_T, NONE), (Qt.Key.Key_T, NONE), (Qt.Key.Key_G, NONE),
    (Qt.Key.Key_G, NONE), (Qt.Key.Key_B, CTRL), (Qt.Key.Key_B, CTRL), (Qt.Key.Key_F11, NONE), (Qt.Key.Key_F11, NONE),
    (Qt.Key.Key_3, NONE), (Qt.Key.Key_U, NONE), (Qt.Key.Key_Return, NONE), (Qt.Key.Key_Z, CTRL), (Qt.Key.Key_Y, CTRL),
    (Qt.Key.Key_Escape, NONE),
]  # fmt: skip


@pytest.fixture
def window(empty_session, open_window):
    """Return a window without a project."""
    return open_window(empty_session)


def show(window, qtbot, folder) -> bool:
    """Open a project as the menu does, and wait until all is computed."""
    opened = opening.open_project(window.session, folder)
    qtbot.waitUntil(lambda: not window.session.jobs.busy, timeout=60_000)
    window.day_map_panel.setFocus()
    return opened


@contextmanager
def dialogs_closed():
    """Close each dialog as soon as it is shown; yields the names of their classes."""
    opened = []

    def close_it():
        dialog = QApplication.activeModalWidget()
        if dialog is not None:
            opened.append(type(dialog).__name__)
            dialog.close()

    timer = QTimer(interval=20)
    timer.timeout.connect(close_it)
    timer.start()
    try:
        yield opened
    finally:
        timer.stop()


def test_a_record_that_other_hands_changed_is_told_above_the_map(window, qtbot, tiny_folder, tmp_path):
    folder = shutil.copytree(tiny_folder, tmp_path / "changed")
    with Project.open(folder) as project:
        day = nights.days_with_data(project)[-3:]
        journal.write_labels(project, day, 2, source=LabelSource.ANALYST, author="Li")
    database = sqlite3.connect(folder / store.DATABASE)
    database.execute("DROP TRIGGER journal_no_update")
    database.execute("UPDATE journal SET new = 4 WHERE id = (SELECT max(id) FROM journal)")
    database.commit()
    database.close()
    said = []
    window.session.message.connect(lambda sentence, level: said.append((sentence, level)))
    assert show(window, qtbot, folder)
    assert f"of the label journal (of {day[-1]}, written " in notice(window)
    assert "by Li) changed after being written." in notice(window)
    assert "were removed (journal_no_update)" in notice(window)
    assert "'quakegui verify' lists every difference" in notice(window)
    assert ("warning", True) in {(level, "changed after being written" in sentence) for sentence, level in said}
    i18n.set_language("zh")
    qtbot.waitUntil(lambda: "写入后有改动。" in notice(window))
    assert "changed" not in notice(window)


def press_all(window, qtbot):
    """Press the keys of a day's work; what a slot raises fails the test."""
    for key, modifier in WALK:
        qtbot.keyClick(window, key, modifier)
    for dock in window.docks.values():
        dock.show()
        dock.raise_()
        dock.widget().grab()
    window.grab()


def notice(window) -> str:
    bar = window.day_map_panel.notice_bar
    assert bar.isVisible() == bool(bar.sentence)
    return bar.sentence


def said(window) -> str:
    return window.status_line.currentMessage()


def test_a_project_of_a_newer_program_is_left_alone(window, qtbot, tmp_path, monkeypatch):
    folder = odd_projects.from_the_future(tmp_path / "future")
    before = (folder / "project.sqlite").read_bytes()
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_args, **_kw: str(folder))
    qtbot.keyClick(window, Qt.Key.Key_O, CTRL)
    assert "created by a newer quakegui" in said(window)
    assert "Open it with the newer program" in said(window)
    assert window.session.project is None
    assert (folder / "project.sqlite").read_bytes() == before


def test_a_project_that_another_program_holds_is_told(window, qtbot, tmp_path, monkeypatch):
    monkeypatch.setattr(store, "BUSY_S", 0.1)
    folder = odd_projects.make(tmp_path / "held", stations=4)
    assert show(window, qtbot, folder)
    other = sqlite3.connect(folder / "project.sqlite", isolation_level=None)
    other.execute("begin immediate")
    try:
        qtbot.keyClick(window, Qt.Key.Key_3)
        assert "in use by another program" in said(window)
        assert "try again" in said(window)
        assert window.session.labels.classes[0] == -1
        assert not window.bench.day_panel.buttons[3].isChecked()
    finally:
        other.execute("rollback")
        other.close()
    qtbot.keyClick(window, Qt.Key.Key_3)
    assert window.session.labels.classes[0] == 3


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no permission bits on folders")
def test_a_project_that_cannot_be_written_is_looked_at_only(window, qtbot, tmp_path, monkeypatch):
    folder = odd_projects.make(tmp_path / "read only", stations=4)
    if os.geteuid() == 0:
        monkeypatch.setattr(project_opening, "is_writable", lambda _path: False)  # nothing is forbidden to root
    else:
        for path in (*folder.rglob("*"), folder):
            path.chmod(0o555 if path.is_dir() else 0o444)
    assert show(window, qtbot, folder)
    assert "This project is read-only" in notice(window)
    assert not window.menus.actions["label-3"].isEnabled()
    press_all(window, qtbot)
    with Project.open(folder, read_only=True) as project:
        assert journal.rows(project) == ()
    window.bench.day_panel.buttons[2].click()
    if folder.stat().st_mode & 0o200 == 0:
        folder.chmod(0o755)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not let go of a folder with an open file")
def test_a_drive_that_vanishes_takes_no_label_with_it(window, qtbot, tmp_path):
    folder = odd_projects.make(tmp_path / "stick", stations=4)
    assert show(window, qtbot, folder)
    qtbot.keyClick(window, Qt.Key.Key_3)
    away = folder.rename(tmp_path / "pulled out")
    qtbot.keyClick(window, Qt.Key.Key_Right)
    qtbot.keyClick(window, Qt.Key.Key_2)
    assert "is missing or has been replaced" in said(window)
    assert "this change was not saved" in said(window)
    assert window.session.labels.classes.tolist()[:2] == [3, -1]
    press_all(window, qtbot)
    away.rename(folder)
    qtbot.keyClick(window, Qt.Key.Key_Home)
    qtbot.keyClick(window, Qt.Key.Key_4)
    with Project.open(folder) as project:
        assert [row.cls for row in journal.rows(project)] == [3, 4]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not let go of a folder with an open file")
def test_every_dialog_on_a_vanished_drive_opens_or_says_why_not(window, qtbot, tmp_path):
    folder = odd_projects.make(tmp_path / "stick", stations=4)
    assert show(window, qtbot, folder)
    window.session.project.close()  # no connection is held: each is made anew, and there is nothing to connect to
    folder.rename(tmp_path / "pulled out")
    with dialogs_closed() as opened:
        for action in ("catalogue", "stations", "season", "rule", "agreement", "tables", "figure", "import", "revert"):
            opened.clear()
            window.status_line.clearMessage()
            window.menus.actions[action].trigger()
            qtbot.waitUntil(lambda: not window.session.jobs.busy)
            assert opened or "cannot be reached. Check that its drive is connected." in said(window), action


def test_a_recent_project_that_is_gone_is_told_at_the_start(window, qtbot, tmp_path):
    folder = odd_projects.empty(tmp_path / "was here")
    assert show(window, qtbot, folder)
    window.session.close()
    shutil.rmtree(folder)
    assert not show(window, qtbot, folder)
    assert "does not exist" in said(window)
    assert "connect that first" in said(window)


def test_an_empty_project_says_what_to_do_first(window, qtbot, tmp_path):
    assert show(window, qtbot, odd_projects.empty(tmp_path / "empty"))
    assert notice(window) == "This project has no readings yet. Import readings to begin."
    assert "import readings" in window.day_map_panel.view.empty
    press_all(window, qtbot)
    with dialogs_closed() as opened:
        qtbot.mouseClick(window.day_map_panel.notice_bar.mend, Qt.MouseButton.LeftButton)
    assert opened == ["ImportWizard"]


def test_stations_without_coordinates_ask_for_them(window, qtbot, tmp_path):
    assert show(window, qtbot, odd_projects.make(tmp_path / "nowhere", stations=4, located=False))
    assert notice(window) == ("No station has coordinates yet, so no maps can be drawn. Enter the stations' coordinates.")
    assert window.day_map_panel.notice_bar.mend.text() == "Stations…"
    press_all(window, qtbot)


def test_some_stations_without_coordinates_are_named(window, session, qtbot):
    assert "1 of 9 stations have no coordinates and are not included in the maps: ZZZ." in notice(window)
    qtbot.mouseClick(window.day_map_panel.notice_bar.dismiss, Qt.MouseButton.LeftButton)
    assert notice(window) == ""
    computing.recompute(session)
    qtbot.waitUntil(lambda: not session.jobs.busy)
    assert notice(window) == ""


@pytest.mark.parametrize("count", [1, 2])
def test_one_or_two_stations_have_series_and_labels_but_no_map(window, qtbot, tmp_path, count):
    assert show(window, qtbot, odd_projects.make(tmp_path / "few", stations=count))
    assert notice(window).startswith(f"{count} of {count} stations have coordinates; a day map needs at least three")
    assert "a map needs three stations" in window.day_map_panel.view.scene.map.sentence
    press_all(window, qtbot)
    assert len(journal.rows(window.session.project)) >= 2


def test_stations_on_one_line_have_no_map(window, qtbot, tmp_path):
    assert show(window, qtbot, odd_projects.make(tmp_path / "line", stations=4, in_line=True))
    assert notice(window).startswith("The stations with data on this day are on a straight line, so no map can be drawn.")
    press_all(window, qtbot)


def test_a_season_of_one_day(window, qtbot, tmp_path):
    assert show(window, qtbot, odd_projects.make(tmp_path / "day", shown=1))
    assert window.session.day_map().exists
    assert notice(window).startswith("This season has only one day")
    press_all(window, qtbot)
    assert window.session.index == 0


def test_a_single_recorded_day_has_nothing_to_compare_with(window, qtbot, tmp_path):
    assert show(window, qtbot, odd_projects.make(tmp_path / "first day", days=1, shown=None))
    assert notice(window).startswith("No day in this season has a map: an anomaly needs at least 20 earlier nights")
    press_all(window, qtbot)


def test_without_events_days_are_labelled_by_hand(window, qtbot, tmp_path):
    assert show(window, qtbot, odd_projects.make(tmp_path / "quiet"))
    assert notice(window).startswith("This project has no earthquakes")
    assert window.day_map_panel.notice_bar.mend.text() == "Earthquake catalogue…"
    qtbot.keyClick(window, Qt.Key.Key_Right, CTRL)
    assert said(window) == "No more earthquakes in this direction."
    press_all(window, qtbot)


def test_a_day_without_any_station_is_a_gap_not_a_zero(window, session, qtbot):
    walking.go_to(session, tiny_season.SILENT_DAY)
    scene = window.day_map_panel.view.scene
    assert scene.map.sentence.startswith("No station has data on this day")
    assert np.isnan(scene.map.field).all()
    assert window.docks["regions"].widget().summary.text() == "No map on this day, so no extremum regions."
    qtbot.keyClick(window, Qt.Key.Key_1)
    assert session.labels.classes[tiny_season.SILENT_DAY] == 1


@pytest.mark.slow  # makes and draws two hundred stations
def test_two_hundred_stations(window, qtbot, tmp_path):
    assert show(window, qtbot, odd_projects.make(tmp_path / "many", stations=200, days=23, shown=2))
    assert window.session.day_map().exists
    assert nights.load_nights(window.session.project).values.shape[1] == 200
    press_all(window, qtbot)
    assert "200 of 200 stations have data" in [label.text() for label in window.bench.day_panel.findChildren(ElidedLabel)]


def test_the_notice_follows_the_language(window, qtbot, tmp_path):
    assert show(window, qtbot, odd_projects.empty(tmp_path / "empty"))
    window.menus.actions["language-zh"].trigger()
    qtbot.waitUntil(lambda: notice(window) == "本项目还没有观测数据，请先导入。")
    assert window.day_map_panel.notice_bar.mend.text() == "导入观测数据…"
