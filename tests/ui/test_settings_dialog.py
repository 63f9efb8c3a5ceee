"""The settings: each takes effect at once, the words follow the language, and where networks train is a proper choice."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog

from quakegui.app.environment import environment_of
from quakegui.app.settings import TRAINS_IN, SettingsFile
from quakegui.learn.worker.environments import Environment
from quakegui.ui import i18n
from quakegui.ui.dialogs import worker_box
from quakegui.ui.dialogs.settings_dialog import SettingsDialog
from quakegui.ui.tall_scroll import TallScroll


@pytest.fixture
def dialog(empty_session, qtbot):
    empty_session.changed.connect(lambda _change: i18n.set_language(empty_session.settings.language))  # as the window does
    made = SettingsDialog(empty_session)
    qtbot.addWidget(made)
    made.show()
    return made


def choose(box, row):
    box.setCurrentIndex(row)
    box.activated.emit(row)


def test_the_words_follow_the_language_that_is_chosen_in_it(dialog, qtbot):
    assert (dialog.windowTitle(), dialog.worker.title()) == (
        "Settings",
        "Training and prediction",
    )
    choose(dialog.language, dialog.language.findData("zh"))
    qtbot.waitUntil(lambda: dialog.windowTitle() == "设置")
    assert dialog.worker.title() == "训练与预测"
    assert dialog.theme.itemText(1) == "浅色"
    assert dialog.worker.place.itemText(0) == "本程序的 Python"
    choose(dialog.language, dialog.language.findData("en"))
    qtbot.waitUntil(lambda: dialog.windowTitle() == "Settings")


def test_it_opens_as_high_as_all_of_it_and_grows_with_what_a_choice_adds(dialog, qtbot):
    bar = dialog.findChild(TallScroll).verticalScrollBar()
    assert bar.maximum() == 0
    choose(dialog.worker.place, 1)  # one more row
    qtbot.waitUntil(lambda: dialog.worker.python.isVisible() and bar.maximum() == 0)


def test_what_is_typed_is_kept_when_the_dialog_closes(dialog, qtbot):
    dialog.analyst.selectAll()
    dialog.analyst.setText("王工")
    choose(dialog.worker.place, 1)
    qtbot.keyClicks(dialog.worker.python, "/opt/gpu/bin/python")
    dialog.close()
    kept = SettingsFile(dialog.session.file.path).load()
    assert (kept.analyst, kept.trains_in, kept.interpreter) == ("王工", "interpreter", "/opt/gpu/bin/python")


def test_another_python_is_chosen_on_the_disk(dialog, qtbot, monkeypatch):
    worker = dialog.worker
    assert not worker.python.isVisible()
    choose(worker.place, 1)
    assert worker.python.isVisible()
    assert not worker.distribution.isVisible()
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_, **__: ("/opt/gpu/bin/python", ""))
    qtbot.mouseClick(worker.choose, Qt.MouseButton.LeftButton)
    choose(worker.backend, 2)
    assert environment_of(dialog.session.settings) == Environment("interpreter", "/opt/gpu/bin/python", "", "torch")


def test_a_distribution_of_wsl2_is_chosen_from_those_that_are_there(empty_session, qtbot, monkeypatch):
    monkeypatch.setattr(worker_box, "places", lambda: TRAINS_IN)
    monkeypatch.setattr(worker_box, "wsl_distributions", lambda: ("Ubuntu", "Debian"))
    dialog = SettingsDialog(empty_session)
    qtbot.addWidget(dialog)
    dialog.show()
    choose(dialog.worker.place, 2)
    qtbot.waitUntil(lambda: not dialog.busy)
    box = dialog.worker.distribution
    assert box.isVisible()
    assert [box.itemText(row) for row in range(box.count())] == ["Ubuntu", "Debian"]
    assert environment_of(empty_session.settings) == Environment("wsl", "", "Ubuntu")
    box.setCurrentIndex(1)
    assert environment_of(empty_session.settings) == Environment("wsl", "", "Debian")


def test_without_wsl2_a_sentence_says_so(empty_session, qtbot, monkeypatch):
    monkeypatch.setattr(worker_box, "places", lambda: TRAINS_IN)
    monkeypatch.setattr(worker_box, "wsl_distributions", tuple)
    dialog = SettingsDialog(empty_session)
    qtbot.addWidget(dialog)
    dialog.show()
    choose(dialog.worker.place, 2)
    qtbot.waitUntil(lambda: not dialog.busy)
    assert "Install WSL2" in dialog.sentence.text()


def test_a_python_that_cannot_be_started_is_told(dialog, qtbot):
    choose(dialog.worker.place, 1)
    dialog.worker.python.setText("/nowhere/python")
    qtbot.mouseClick(dialog.worker.try_it, Qt.MouseButton.LeftButton)
    assert not dialog.worker.try_it.isEnabled()
    qtbot.waitUntil(lambda: not dialog.busy, timeout=20_000)
    assert "could not be started with /nowhere/python" in dialog.sentence.text()


def test_a_worker_that_answers_names_its_device(dialog, qtbot, tmp_path):
    said = '{"event": "hello", "backend": "torch", "version": "2.5", "device": "GPU 0", "driver": "", "memory_bytes": 0, '
    said += '"precision": "float32", "reason": "it was asked for"}'
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\necho \'{said}\'\necho \'{{"message": "done", "summary": "GPU 0"}}\'\n', encoding="utf-8")
    python.chmod(0o755)
    choose(dialog.worker.place, 1)
    dialog.worker.python.setText(str(python))
    qtbot.mouseClick(dialog.worker.try_it, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not dialog.busy, timeout=20_000)
    assert dialog.sentence.text() == "Environment works: GPU 0, torch 2.5, float32."
