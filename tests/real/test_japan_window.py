"""An analyst's way through the window on real files, by keys and mouse: import, catalogue, walk, label, rule, exports, restart.

With QUAKEGUI_SHOTS=FOLDER every step leaves a picture there; with QT_QPA_PLATFORM=xcb it runs on a real screen.
"""

from __future__ import annotations

import os
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shiboken6
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QDialog, QDialogButtonBox, QFileDialog, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from quakegui.app import opening
from quakegui.app.session import Session
from quakegui.app.settings import SettingsFile
from quakegui.project import journal
from quakegui.season.labels import LabelSource
from quakegui.ui import i18n, theme
from quakegui.ui.dialogs.catalogue_dialog import CatalogueDialog
from quakegui.ui.dialogs.export_dialogs import FigureDialog
from quakegui.ui.dialogs.import_wizard import ImportWizard
from quakegui.ui.dialogs.new_project import NewProjectDialog
from quakegui.ui.dialogs.rule_dialog import RuleDialog
from quakegui.ui.main_window import MainWindow

LEFT, CTRL = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
Standard = QDialogButtonBox.StandardButton
LONG = 240_000


class Analyst:
    """Somebody at the window: presses keys and buttons, waits for what is computed, and takes a picture of each step."""

    def __init__(self, qtbot: QtBot, settings: Path) -> None:
        self.qtbot = qtbot
        self.session = Session(SettingsFile(settings))
        self.session.set_settings(analyst="Sato")
        self.window = MainWindow(self.session)
        self.window.resize(1440, 900)
        with qtbot.waitExposed(self.window):
            self.window.show()
        self.window.activateWindow()
        qtbot.waitUntil(self.window.isActiveWindow)
        self._shots = os.environ.get("QUAKEGUI_SHOTS", "")
        self._step = 0

    def key(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        self.qtbot.keyClick(self.window, key, modifier)

    def click(self, button: QPushButton) -> None:
        assert button.isVisible(), button.text()
        assert button.isEnabled(), button.text()
        self.qtbot.mouseClick(button, LEFT)

    def done(self) -> None:
        self.qtbot.waitUntil(lambda: not self.session.jobs.busy, timeout=LONG)

    def shot(self, name: str, widget: Any = None) -> None:
        if self._shots:
            self._step += 1
            QApplication.processEvents()
            (widget or self.window).grab().save(f"{self._shots}/{self._step:02d}-{name}.png")

    def message(self) -> str:
        return self.window.status_line.currentMessage()

    def in_dialog(self, kind: type[QDialog], ask: Callable[[], object], act: Callable[[Any], None]) -> None:
        """Do `ask`, which shows a dialog until it is answered, and `act` in it; the dialog must be answered in the end."""
        errors: list[BaseException] = []
        seen: list[QDialog] = []

        def look() -> None:
            shown = QApplication.activeModalWidget()
            if isinstance(shown, kind) and not seen:
                seen.append(shown)
                try:
                    act(shown)
                    assert not shown.isVisible(), "the dialog is still open"
                except BaseException as error:  # told after the dialog is gone, which would hold the test otherwise
                    errors.append(error)
                    shown.reject()

        timer = QTimer()
        timer.timeout.connect(look)
        timer.start(20)
        ask()
        timer.stop()
        if errors:
            raise errors[0]
        assert seen, f"no {kind.__name__} came"
        self.window.activateWindow()  # a screen without a window manager gives the focus back to nobody
        self.qtbot.waitUntil(self.window.isActiveWindow)
        self.window.day_map_panel.setFocus()

    def leave(self) -> None:
        self.window.close()
        self.session.close()
        shiboken6.delete(self.window)
        self.session.deleteLater()


@pytest.fixture
def come(qtbot: QtBot, tmp_path: Path, qapp: QApplication) -> Iterator[Callable[[], Analyst]]:
    """Return what lets the analyst come to a new window over the same settings."""
    theme.apply("light")
    i18n.set_language("en")
    here: list[Analyst] = []

    def sit_down() -> Analyst:
        here.append(Analyst(qtbot, tmp_path / "settings.ini"))
        return here[-1]

    yield sit_down
    for analyst in here:
        analyst.leave()


def button(box: QDialogButtonBox, kind: QDialogButtonBox.StandardButton) -> QPushButton:
    found = box.button(kind)
    assert found is not None
    return found


def answer(monkeypatch: pytest.MonkeyPatch, dialog: str, path: Path, kind: str = "") -> None:
    """Have the system's file dialog answered by a path."""
    given = {
        "getExistingDirectory": str(path),
        "getOpenFileNames": ([str(path)], kind),
        "getOpenFileName": (str(path), kind),
        "getSaveFileName": (str(path), kind),
    }
    monkeypatch.setattr(QFileDialog, dialog, lambda *_, **__: given[dialog])


def make_project(analyst: Analyst, folder: Path) -> None:
    qtbot = analyst.qtbot

    def name_it(dialog: NewProjectDialog) -> None:
        qtbot.keyClicks(dialog.name_edit, "Japan 2005-2006")
        dialog.folder_edit.selectAll()
        qtbot.keyClicks(dialog.folder_edit, str(folder))
        zone = dialog.zone.lineEdit()
        assert isinstance(zone, QLineEdit)
        zone.selectAll()
        qtbot.keyClicks(zone, "Asia/Tokyo")
        analyst.shot("new-project", dialog)
        analyst.click(button(dialog.buttons, Standard.Ok))

    analyst.in_dialog(NewProjectDialog, lambda: analyst.key(Qt.Key.Key_N, CTRL), name_it)
    analyst.done()
    assert analyst.session.project is not None
    assert analyst.session.project.timezone == "Asia/Tokyo"
    assert "no readings yet" in analyst.window.day_map_panel.notice_bar.sentence
    analyst.shot("empty-project")


def bring_readings(analyst: Analyst, real_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def import_all(dialog: ImportWizard) -> None:
        answer(monkeypatch, "getExistingDirectory", real_data / "wdc_hourly" / "japan")
        analyst.click(dialog.add_folder)
        analyst.done()
        answer(monkeypatch, "getOpenFileNames", real_data / "indices" / "GFZ_Potsdam_Kp_2006-2022.csv")
        analyst.click(dialog.add_files)
        analyst.done()
        assert len(dialog.previews) == 25
        assert dialog.summary.text() == "25 files found; 0 cannot be imported at present."
        analyst.shot("import-preview", dialog)
        analyst.click(dialog.import_button)
        analyst.qtbot.waitUntil(lambda: dialog.report is not None, timeout=LONG)
        analyst.done()
        assert dialog.report is not None
        assert (len(dialog.report.imported), dialog.report.skipped) == (25, ())
        analyst.shot("import-report", dialog)
        dialog.reject()

    analyst.in_dialog(ImportWizard, lambda: analyst.click(analyst.window.day_map_panel.notice_bar.mend), import_all)
    analyst.done()
    assert analyst.session.days.size == 731
    analyst.shot("season")


def bring_earthquakes(analyst: Analyst, real_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bar = analyst.window.day_map_panel.notice_bar

    def take(dialog: CatalogueDialog) -> None:
        analyst.done()
        answer(monkeypatch, "getOpenFileName", real_data / "catalog" / "USGS_japan_2005-2006.csv")
        analyst.click(dialog.choose)
        analyst.done()
        # The earthquakes of a network this wide: the report draws six maps for each that is taken.
        dialog.form.magnitude.setFocus()
        dialog.form.magnitude.selectAll()
        analyst.qtbot.keyClicks(dialog.form.magnitude, "5.5")
        analyst.qtbot.keyClick(dialog.form.magnitude, Qt.Key.Key_Tab)
        analyst.done()
        analyst.shot("catalogue", dialog)
        analyst.click(button(dialog.buttons, Standard.Apply))
        analyst.qtbot.waitUntil(lambda: not dialog.isVisible(), timeout=LONG)

    assert bar.mend.text() == "Earthquake catalogue…"
    analyst.in_dialog(CatalogueDialog, lambda: analyst.click(bar.mend), take)
    assert 40 < len(analyst.session.events) < 100
    assert bar.sentence == ""


def walk(analyst: Analyst) -> None:
    session = analyst.session
    analyst.window.day_map_panel.setFocus()
    day_map = session.day_map()
    assert day_map is not None
    assert (session.index, day_map.exists) == (21, True)  # the first day with a map
    analyst.key(Qt.Key.Key_Home)
    assert session.index == 0
    for _ in range(4):
        analyst.key(Qt.Key.Key_PageDown)
    assert session.index == 28
    analyst.key(Qt.Key.Key_Down, CTRL | SHIFT)
    features = session.features()
    assert features is not None
    assert features.regions
    analyst.key(Qt.Key.Key_Right, CTRL)
    assert np.isin(session.day, session.event_days)
    before = session.index
    analyst.key(Qt.Key.Key_Space)
    analyst.qtbot.waitUntil(lambda: session.index >= before + 3, timeout=LONG)
    analyst.key(Qt.Key.Key_Space)
    session.pick(["KAK"])
    analyst.shot("walk")


def label(analyst: Analyst) -> None:
    session, window = analyst.session, analyst.window
    analyst.key(Qt.Key.Key_3)
    labelled = session.index
    analyst.key(Qt.Key.Key_Right)
    analyst.key(Qt.Key.Key_0)
    analyst.key(Qt.Key.Key_N)
    analyst.qtbot.keyClicks(window.bench.day_panel.note, "quiet night")
    window.day_map_panel.setFocus()
    analyst.key(Qt.Key.Key_Right)
    assert session.project is not None
    assert [note.text for note in journal.notes(session.project)] == ["quiet night"]

    def by_rule(dialog: RuleDialog) -> None:
        analyst.done()
        analyst.shot("rule", dialog)
        analyst.click(button(dialog.buttons, Standard.Apply))
        analyst.qtbot.waitUntil(lambda: not dialog.isVisible(), timeout=LONG)

    analyst.in_dialog(RuleDialog, window.menus.actions["rule"].trigger, by_rule)
    row = session.labels.rows[labelled]
    assert row is not None
    assert (row.cls, row.source, row.author) == (3, LabelSource.ANALYST, "Sato")
    assert (session.labels.classes >= 0).all()
    assert set(range(5)) <= set(session.labels.classes.tolist())
    analyst.shot("labelled")


def export(analyst: Analyst, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answer(monkeypatch, "getSaveFileName", folder / "tables", "Workbook (*.xlsx)")
    analyst.window.menus.actions["tables"].trigger()
    analyst.done()
    assert zipfile.is_zipfile(folder / "tables.xlsx")
    assert "tables.xlsx" in analyst.message()

    def draw(dialog: FigureDialog) -> None:
        answer(monkeypatch, "getSaveFileName", folder / "map", "SVG (*.svg)")
        analyst.shot("figure", dialog)
        dialog.accept()

    analyst.in_dialog(FigureDialog, lambda: analyst.key(Qt.Key.Key_E, CTRL | SHIFT), draw)
    assert "<image" in (folder / "map.svg").read_text(encoding="utf-8")
    answer(monkeypatch, "getSaveFileName", folder / "report", "Web page (*.html)")
    analyst.key(Qt.Key.Key_R, CTRL | SHIFT)
    analyst.done()
    assert "Japan 2005-2006" in (folder / "report.html").read_text(encoding="utf-8")


@pytest.mark.timeout(600)
@pytest.mark.qt_log_ignore("This plugin does not support")  # the display-less platform says so of itself
def test_from_files_to_labels_and_exports(
    real_data: Path, come: Callable[[], Analyst], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    analyst = come()
    analyst.shot("start")
    make_project(analyst, tmp_path / "Japan")
    bring_readings(analyst, real_data, monkeypatch)
    bring_earthquakes(analyst, real_data, monkeypatch)
    walk(analyst)
    label(analyst)
    export(analyst, tmp_path, monkeypatch)
    shown, classes = analyst.session.index, analyst.session.labels.classes.copy()
    analyst.window.close()
    # The next morning the day, the labels and undo are there.
    again = come()
    assert opening.open_project(again.session, tmp_path / "Japan")
    again.done()
    assert again.session.index == shown
    np.testing.assert_array_equal(again.session.labels.classes, classes)
    again.key(Qt.Key.Key_Z, CTRL)
    assert (again.session.labels.classes >= 0).sum() == 2
    again.shot("next-morning")
