"""The table of runs: what it shows, and each of its buttons, by mouse, on run folders as trainings leave them."""

import re
import time
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QInputDialog, QMessageBox, QTableWidget

from quakegui.app.change import Change
from quakegui.learn import issuing, season_runs
from quakegui.learn.runs import registry, runchecks
from quakegui.learn.runs.files import write_arrays
from quakegui.learn.runs.runconfig import RunConfig
from quakegui.project import registrations, runs
from quakegui.project.store import ProjectError

TINY = RunConfig(name="tiny", protocol="chronological", size=16, width=2, dense=(8, 8), epochs=2, patience=0, batch_size=8)


def started(run):
    """Return when a run was begun, on the clock of the project's time zone: eight hours before UTC."""
    return str(np.datetime64(run.created[:16]) + np.timedelta64(8, "h")).replace("T", " ")


@pytest.fixture
def window(session, open_window):
    opened = open_window(session, (1440, 900))
    opened.layouts.show("runs")
    return opened


@pytest.fixture
def run(session, blank_maps):
    """Return a run that has just been begun, in the project of the window."""
    made = season_runs.begin_run(session.project, session.season, TINY)
    session.reload(Change.RUNS)
    return made


def finish(session, run, **card):
    write_arrays(run.folder / "weights.npz", {"w": np.arange(3)})
    done = registry.finish_run(run, {"precision": "float32", "seconds": 3, "folds": [], **card})
    session.reload(Change.RUNS)
    return done


def cells(window):
    table = window.docks["runs"].widget().findChild(QTableWidget)
    return [[table.item(row, column).text() for column in range(table.columnCount())] for row in range(table.rowCount())]


def press(qtbot, window, name):
    button = window.docks["runs"].widget().buttons[name]
    assert button.isEnabled(), name
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def wait(qtbot, window):
    qtbot.waitUntil(lambda: not window.session.jobs.busy, timeout=20_000)


def test_a_run_is_shown_with_how_far_it_came(window, session, run):
    assert [row[1:] for row in cells(window)] == [["tiny", started(run), "Chronological", "16", "0", "stopped; can be resumed"]]
    finish(session, run, epochs=7)
    assert [row[-2:] for row in cells(window)] == [["7", "finished"]]


def test_a_run_of_an_older_version_without_epochs_in_its_card_is_listed(window, session, run):
    finish(session, run)
    assert [row[-2:] for row in cells(window)] == [["0", "finished"]]


def test_a_run_is_renamed_and_thrown_away(window, session, run, qtbot, monkeypatch):
    monkeypatch.setattr(QInputDialog, "getText", lambda *_args, **_kw: ("spring", True))
    press(qtbot, window, "rename")
    assert cells(window)[0][1] == "spring"
    runs.use_run(session.project, run.id)
    session.reload(Change.RUNS | Change.PREDICTIONS)
    assert cells(window)[0][0] == "●"
    press(qtbot, window, "delete")
    assert cells(window) == []
    assert runs.run_in_use(session.project) is None
    assert session.predictions is None
    assert (session.project.folder / "runs" / runchecks.TRASH / run.id).is_dir()


def test_a_registered_run_says_until_when_and_keeps_its_name_and_its_place(window, session, run, qtbot, monkeypatch):
    finish(session, run, epochs=7)
    registrations.add_registration(
        session.project, run.id, title="tiny", first_day=None, last_day=np.datetime64("2199-12-31"), files=("config.json",),
        alarm_rule=(0.5, 2, 15), author="Li", now_ms=time.time_ns() // 1_000_000,
    )  # fmt: skip
    session.reload(Change.RUNS)
    assert cells(window)[0][-1] == "registered until 2199-12-31"
    monkeypatch.setattr(QInputDialog, "getText", lambda *_args, **_kw: ("spring", True))
    told = []
    session.message.connect(lambda sentence, level: told.append((sentence, level)))
    for name in ("rename", "delete"):
        press(qtbot, window, name)
        sentence, level = told.pop()
        assert "to 2199-12-31; it cannot be renamed, deleted or registered again." in sentence
        assert level == "error"
        assert cells(window)[0][1] == "tiny"


def test_a_run_in_training_cannot_be_deleted_under_another_name_either(window, session, run, monkeypatch):
    monkeypatch.setattr(type(window.training), "busy", True)
    window.training.run = run
    registry.rename_run(run, "anew")
    session.reload(Change.RUNS)
    assert [row[1] for row in cells(window)] == ["anew"]
    assert not window.docks["runs"].widget().buttons["delete"].isEnabled()


def test_a_run_in_use_that_the_project_cannot_let_go_of_stays_where_it_is(window, session, run, qtbot, monkeypatch):
    def held(*_given):
        raise ProjectError("Another program writes to the project.")

    finish(session, run)
    runs.use_run(session.project, run.id)
    session.reload(Change.RUNS)
    monkeypatch.setattr(runs, "use_run", held)
    monkeypatch.setattr(issuing, "predict_days", lambda *_given, **_named: None)
    said = []
    session.message.connect(lambda sentence, level: said.append(sentence) if level == "error" else None)
    for name in ("delete", "use"):
        press(qtbot, window, name)
        wait(qtbot, window)
        qtbot.waitUntil(lambda: bool(said))
        assert said == ["Another program writes to the project."]
        said.clear()
    assert [row[0] for row in cells(window)] == ["●"]


def test_a_run_comes_back_from_the_trash_until_that_is_emptied(window, session, run, qtbot, monkeypatch):
    def offered():
        panel.trash_menu.aboutToShow.emit()
        return [action for action in panel.trash_menu.actions() if not action.isSeparator()]

    panel = window.docks["runs"].widget()
    assert [action.isEnabled() for action in offered()] == [False]
    press(qtbot, window, "delete")
    back, _empty = offered()
    assert back.text() == f"Restore: tiny, {started(run)}"
    back.trigger()
    assert [row[1] for row in cells(window)] == ["tiny"]
    press(qtbot, window, "delete")
    answers = [QMessageBox.StandardButton.No, QMessageBox.StandardButton.Yes]
    monkeypatch.setattr(QMessageBox, "question", lambda *_args: answers.pop(0))
    trash = session.project.folder / "runs" / runchecks.TRASH
    for there in (True, False):
        offered()[-1].trigger()
        assert trash.is_dir() == there


def test_a_run_travels_as_one_file(window, run, qtbot, monkeypatch, tmp_path):
    session = window.session
    finish(session, run, epochs=2)
    path = tmp_path / "run 小.zip"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args, **_kw: (str(path), ""))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_args, **_kw: (str(path), ""))
    with qtbot.waitSignal(session.message) as said:
        press(qtbot, window, "export")
    wait(qtbot, window)
    assert str(path) in said.args[0]
    with zipfile.ZipFile(path) as archive:
        assert f"{run.id}/card.json" in archive.namelist()

    with qtbot.waitSignal(session.jobs.failed):  # it is there already
        press(qtbot, window, "import")
    wait(qtbot, window)
    assert "already in this project" in window.status_line.currentMessage()
    press(qtbot, window, "delete")
    press(qtbot, window, "import")
    wait(qtbot, window)
    assert [row[1] for row in cells(window)] == ["tiny"]


def test_a_file_that_is_no_run_is_told(window, session, qtbot, monkeypatch, tmp_path):
    path = tmp_path / "letter.zip"
    path.write_text("no", encoding="utf-8")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_args, **_kw: (str(path), ""))
    with qtbot.waitSignal(session.jobs.failed):
        press(qtbot, window, "import")
    wait(qtbot, window)
    assert "letter.zip was not imported. The file is damaged or is not a zip file" in window.status_line.currentMessage()


def test_a_run_that_has_said_nothing_here_is_asked_before_it_is_shown(window, session, run, qtbot, monkeypatch):
    finish(session, run, epochs=2)

    def answer(project, season, asked, **_how):
        shares = np.tile([0.1, 0.6, 0.1, 0.1, 0.1], (season.days.size, 1))
        stamps = np.zeros(season.days.size, np.int64)
        said = runs.LedgerPredictions(season.days, shares, "in-sample", ("m",) * season.days.size, stamps, "c")
        runs.append_predictions(project, asked.id, said)

    monkeypatch.setattr(issuing, "predict_days", answer)
    press(qtbot, window, "use")
    wait(qtbot, window)
    assert (session.predictions.run, set(session.predictions.classes)) == (run.id, {1})
    assert cells(window)[0][0] == "●"


def test_a_run_of_other_classes_is_refused_with_a_sentence(window, session, qtbot):
    theirs = season_runs.begin_run(session.project, session.season, TINY)
    config = registry.read_json(theirs.folder / "config.json")
    config["about"]["classes"]["split_magnitude"] = 6.5
    registry.write_json(theirs.folder / "config.json", config)
    finish(session, registry.read_run(theirs.folder), epochs=2)
    before = session.predictions.run
    with qtbot.waitSignal(session.jobs.failed):
        press(qtbot, window, "use")
    wait(qtbot, window)
    assert "its own magnitude split (6.5)" in window.status_line.currentMessage()
    assert session.predictions.run == before


def test_no_panel_opens_a_file():
    opening = re.compile(
        r"(?<![.\w])open\(|\.open\(\"|Project\.|read_text|read_bytes|write_text|write_bytes|registry\.|is_file|is_dir|\bjson\b"
    )
    folder = Path(__file__).resolve().parents[2] / "quakegui" / "ui" / "panels"
    found = {path.name: opening.findall(path.read_text(encoding="utf-8")) for path in folder.glob("*.py")}
    assert {name: words for name, words in found.items() if words} == {}
