"""Taking in new days from the window: what happened is told, and a refusal is a sentence."""

from pathlib import Path

from pytestqt.qtbot import QtBot

from quakegui.app.operating import take_in_days
from quakegui.app.session import Session
from quakegui.app.settings import SettingsFile


def test_without_a_run_the_refusal_is_a_sentence_and_nothing_changes(small_project: Path, tmp_path: Path, qtbot: QtBot) -> None:
    session = Session(SettingsFile(tmp_path / "settings.ini"))
    session.open(small_project)
    qtbot.waitUntil(lambda: session.season is not None and not session.jobs.busy, timeout=20_000)
    said: list[tuple[str, str]] = []
    session.said.connect(lambda sentence, level: said.append((sentence, level)))
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
