"""Taking in new days from the window: what happened is told, and a refusal is a sentence."""

import shutil
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from run_projects import LATER_DAYS, open_window

from quakegui.app import opening
from quakegui.app.computing import COMPUTING
from quakegui.app.session import Session
from quakegui.app.settings import SettingsFile
from quakegui.app.taking_in import take_in_days
from quakegui.learn.runs.registry import RunError
from quakegui.project.store import Project


def test_without_a_run_the_refusal_is_a_sentence_and_nothing_changes(small_project: Path, tmp_path: Path, qtbot: QtBot) -> None:
    session = Session(SettingsFile(tmp_path / "settings.ini"))
    opening.open_project(session, small_project)
    qtbot.waitUntil(lambda: session.season is not None and not session.jobs.busy, timeout=20_000)
    said: list[tuple[str, str]] = []
    session.message.connect(lambda sentence, level: said.append((sentence, level)))
    assert session.project is not None
    before = session.project.revision()
    done: list[object] = []
    take_in_days(session, [tmp_path / "new.csv"], done.append)
    qtbot.waitUntil(lambda: bool(said), timeout=20_000)
    assert said[-1][1] == "error"
    assert "run" in said[-1][0]
    assert done == []
    assert session.project.revision() == before
    session.close()


def test_days_that_came_in_are_shown_also_where_they_could_not_be_predicted(
    trained_template: Path, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def halfway(project: Project, *_given: object, **_named: object) -> None:
        open_window(project)  # stands for the import, which is kept
        raise RunError("The worker crashed.")

    monkeypatch.setattr("quakegui.learn.operating.update", halfway)
    session = Session(SettingsFile(tmp_path / "settings.ini"))
    opening.open_project(session, Path(shutil.copytree(trained_template, tmp_path / "project")))
    qtbot.waitUntil(lambda: session.season is not None and not session.jobs.busy, timeout=20_000)
    said: list[str] = []
    session.message.connect(lambda sentence, _level: said.append(sentence))
    before = session.days
    take_in_days(session, [tmp_path / "new.csv"], lambda _made: None)
    qtbot.waitUntil(lambda: not session.jobs.busy and bool(said), timeout=20_000)
    assert said == ["Updating with new data: The worker crashed."]
    assert session.days.size == before.size + LATER_DAYS
    begun: list[str] = []
    session.jobs.progressed.connect(lambda progress: begun.append(progress.title))
    session.jobs.failed.emit("Exporting the run", RunError("The disk is full."))
    assert COMPUTING not in begun, "nothing new came in"
    session.close()
