"""A project is not closed over a training, an import or a prediction that runs, unless the analyst says so."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from types import SimpleNamespace

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox

from quakegui.app import computing, labelling, runs, training
from quakegui.app.taking_in import take_in_days
from quakegui.learn import issuing, operating
from quakegui.learn.runs.runconfig import RunConfig
from quakegui.progress import StoppedError
from quakegui.ui import commands
from quakegui.ui.dialogs import import_wizard, new_project
from quakegui.ui.main_window import MainWindow

TINY = RunConfig(name="tiny", protocol="chronological", size=16, width=2, dense=(8, 8), epochs=2, patience=0, batch_size=8)
STOP, KEEP_TRAINING, KEEP_RUNNING = "Stop and close", "Keep training", "Keep running"


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


@dataclass(frozen=True)
class Ends:
    """Ends the open project in one of the ways that there are."""

    window: MainWindow
    way: str

    def __call__(self):
        if self.way == "the window":
            self.window.close()
        else:
            self.window.menus.actions[self.way].trigger()


@pytest.fixture(params=["the window", "quit", "close", "new", "open", "demo"])
def ends(request, window, tmp_path, tiny_folder, monkeypatch):
    """Return each of the ways in which the open project ends; choosers and forms are answered."""
    home = tmp_path / "home"
    demo = home / "Synthetic Liangshan 2022"
    demo.mkdir(parents=True)
    (demo / "project.sqlite").write_bytes((tiny_folder / "project.sqlite").read_bytes())
    monkeypatch.setattr("platformdirs.user_data_dir", lambda *_names, **_more: str(home))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_given: str(demo))
    monkeypatch.setattr(new_project.NewProjectDialog, "exec", lambda _dialog: 1)
    monkeypatch.setattr(new_project.NewProjectDialog, "folder", lambda _dialog: tmp_path / "new")
    return Ends(window, request.param)


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
def trains(window, session, monkeypatch, qtbot, blank_maps):
    """Let a training run."""
    monkeypatch.setattr(training, "TrainingThread", lambda folder, parent, **_more: Worker(folder))
    labelling.label(session, 0, range(10))
    labelling.label(session, 3, range(28, 38))
    window.training.start(TINY)
    qtbot.waitUntil(lambda: window.training.running and not session.jobs.busy)
    yield window.training
    window.training.close()


@pytest.mark.parametrize("words", [KEEP_TRAINING, ""], ids=["keep", "escape"])
def test_keeping_a_training_changes_nothing(trains, ends, answer, tmp_path, words):
    window, asked = ends.window, answer(words)
    session, project = window.session, window.session.project
    ends()
    assert asked == [
        ("Training is in progress. Stop it and close the project? Completed work is saved, and training can be resumed later.")
    ]
    assert session.project is project
    assert trains.running
    assert window.isVisible()
    assert labelling.label(session, 2, [4]), "it is still open"
    assert not (tmp_path / "new").exists()


def test_the_training_is_stopped_when_the_analyst_says_so(trains, ends, answer, qtbot):
    window, asked = ends.window, answer(STOP)
    session, project = window.session, window.session.project
    ends()
    assert len(asked) == 1
    assert not trains.running
    assert session.project is not project
    assert window.isVisible() == (ends.way not in {"the window", "quit"})
    qtbot.waitUntil(lambda: not session.jobs.busy, timeout=20_000)


def test_nothing_is_asked_where_nothing_runs(ends, answer, qtbot):
    asked = answer(STOP)
    session, project = ends.window.session, ends.window.session.project
    ends()
    assert asked == []
    assert session.project is not project
    qtbot.waitUntil(lambda: not session.jobs.busy, timeout=20_000)


WORK = {
    "Importing": (import_wizard, "import_paths"),
    "Updating with new data": (operating, "update"),
    "Predicting with the model": (issuing, "predict_days"),
}


@pytest.fixture(params=WORK)
def works(request, window, monkeypatch, tmp_path, qtbot):
    """Start work that goes on until it may end, or is stopped; return its title and what lets it end."""
    session, go_on = window.session, threading.Event()

    def work(*_given, cancelled, **_more):
        while not go_on.wait(0.01):
            if cancelled():
                raise StoppedError
        raise StoppedError

    module, name = WORK[request.param]
    monkeypatch.setattr(module, name, work)
    file = tmp_path / "readings.csv"
    file.write_text("time,AAA\n2022-03-01T00:00:00Z,50012.1\n")
    wizard = import_wizard.ImportWizard(session, window)
    if request.param == "Importing":
        wizard.add([file])
        qtbot.waitUntil(lambda: not session.jobs.busy)
        wizard.start_import()
    elif request.param == "Updating with new data":
        take_in_days(session, [file], lambda _made: None)
    else:
        runs.use_run(session, SimpleNamespace(id="asked", title="asked"))
    yield request.param, go_on
    wizard.close()
    wizard.deleteLater()


@pytest.mark.parametrize("stops", [True, False])
def test_work_that_would_have_to_be_done_again_is_asked_about(window, works, answer, qtbot, stops):
    title, go_on = works
    session, project = window.session, window.session.project
    asked = answer(STOP if stops else KEEP_RUNNING)
    commands.close_project(window.bench)
    assert asked == [f"“{title}” is still running. Stop it and close the project?"]
    assert session.project is (None if stops else project)
    go_on.set()
    qtbot.waitUntil(lambda: not session.jobs.busy)


def test_what_only_computes_is_not_asked_about(window, session, answer, qtbot):
    asked = answer(STOP)
    computing.recompute(session)
    assert session.jobs.busy
    commands.close_project(window.bench)
    assert (asked, session.project) == ([], None)


def test_the_question_is_shown_and_return_keeps_the_training(window, session, trains, qtbot):
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
