"""A project is not closed over a training, an import or a prediction that runs, unless the analyst says so."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox

from quakegui.app import training
from quakegui.app.jobs import StoppedError
from quakegui.ui import commands
from quakegui.ui.dialogs import new_project

STOP, KEEP_TRAINING, KEEP_RUNNING = "Stop and close", "Keep training", "Keep it running"
ENDS = ("the window", "Quit", "Close project", "New project…", "Open project…", "the synthetic season")


@pytest.fixture
def answer(monkeypatch):
    """Return what says how the next question is answered, and the list of the questions that were asked."""
    asked = []

    def prepare(words):
        def answered(box):
            asked.append(box.text())
            button = next(b for b in box.buttons() if b.text() == words) if words else box.escapeButton()
            assert box.defaultButton().text() in (KEEP_TRAINING, KEEP_RUNNING)
            button.click()
            return 0

        monkeypatch.setattr(QMessageBox, "exec", answered)
        return asked

    return prepare


@pytest.fixture
def ends(window, tmp_path, tiny_folder, monkeypatch):
    """Return what ends the open project in one of the ways that there are."""
    home = tmp_path / "home"
    demo = home / "Synthetic Liangshan 2022"
    demo.mkdir(parents=True)
    (demo / "project.sqlite").write_bytes((tiny_folder / "project.sqlite").read_bytes())
    monkeypatch.setattr("platformdirs.user_data_dir", lambda *_names, **_more: str(home))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_given: str(demo))
    monkeypatch.setattr(new_project.NewProjectDialog, "exec", lambda _dialog: 1)
    monkeypatch.setattr(new_project.NewProjectDialog, "folder", lambda _dialog: tmp_path / "new")
    actions = dict(zip(ENDS[1:], ("quit", "close", "new", "open", "demo"), strict=True))

    def end(way):
        if way == "the window":
            window.close()
        else:
            window.actions_by_id[actions[way]].trigger()

    return end


class Worker(training.TrainingThread):
    """Trains until it is asked to stop, as the worker process does, without Keras."""

    def __init__(self, folder, **_more):
        super().__init__(folder)
        self._stop = threading.Event()

    def run(self):
        self._stop.wait(60.0)

    def cancel(self):
        self._stop.set()


@pytest.fixture
def trains(window, session, monkeypatch, qtbot):
    """Let a training run."""
    from test_evaluation_panel import TINY

    monkeypatch.setattr(training, "TrainingThread", lambda folder, parent, **_more: Worker(folder))
    session.label(0, range(10))
    session.label(3, range(28, 38))
    window.training.start(TINY)
    qtbot.waitUntil(lambda: window.training.running and not session.jobs.busy)
    yield window.training
    window.training.close()


@pytest.mark.parametrize("way", ENDS)
@pytest.mark.parametrize("answered", [KEEP_TRAINING, ""], ids=["keep", "escape"])
def test_keeping_a_training_changes_nothing(window, session, trains, ends, answer, tmp_path, way, answered):
    project, asked = session.project, answer(answered)
    ends(way)
    assert asked == [
        "A training is running. Stop it and close the project? What it has finished is kept, and it can be resumed."
    ]
    assert session.project is project
    assert trains.running
    assert window.isVisible()
    assert session.label(2, [4]), "it is still open"
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("way", ENDS)
def test_the_training_is_stopped_when_the_analyst_says_so(window, session, trains, ends, answer, qtbot, way):
    project, asked = session.project, answer(STOP)
    ends(way)
    assert len(asked) == 1
    assert not trains.running
    assert session.project is not project
    assert window.isVisible() == (way not in ("the window", "Quit"))
    qtbot.waitUntil(lambda: not session.jobs.busy, timeout=20_000)


@pytest.mark.parametrize("way", ENDS)
def test_nothing_is_asked_where_nothing_runs(window, session, ends, answer, qtbot, way):
    project, asked = session.project, answer(STOP)
    ends(way)
    assert asked == []
    assert session.project is not project
    qtbot.waitUntil(lambda: not session.jobs.busy, timeout=20_000)


@pytest.mark.parametrize("stops", [True, False])
def test_an_import_that_runs_is_asked_about(window, session, answer, qtbot, stops):
    ended, go_on = [], threading.Event()

    def work(report, cancelled):
        while not go_on.wait(0.01):
            report(1, 2, "")
            if cancelled():
                raise StoppedError
        return "imported"

    session.jobs.start("Importing", work, ended.append, asks=True)
    project, asked = session.project, answer(STOP if stops else KEEP_RUNNING)
    commands.close_project(window)
    assert asked == ["“Importing” is still running. Stop it and close the project?"]
    assert (session.project is None) == stops
    go_on.set()
    qtbot.waitUntil(lambda: not session.jobs.busy)
    assert ended == ([] if stops else ["imported"])
    assert (session.project is project) != stops


def test_what_only_computes_is_not_asked_about(window, session, answer, qtbot):
    asked = answer(STOP)
    session.recompute()
    assert session.jobs.busy
    commands.close_project(window)
    assert (asked, session.project) == ([], None)


def test_the_question_is_shown_and_return_keeps_the_training(window, session, trains, qtbot):
    from PySide6.QtCore import Qt, QTimer

    seen = []

    def look():
        box = QApplication.activeModalWidget()
        if isinstance(box, QMessageBox):
            timer.stop()
            seen.append(sorted(button.text() for button in box.buttons()))
            qtbot.keyClick(box, Qt.Key.Key_Return)

    timer = QTimer(interval=10)
    timer.timeout.connect(look)
    timer.start()
    window.close()
    assert seen == [[KEEP_TRAINING, STOP]]
    assert window.isVisible()
    assert trains.running
