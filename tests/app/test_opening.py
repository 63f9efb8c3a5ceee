"""The synthetic season of a first start is made whole or not at all, and keeps nobody waiting who wants something else."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from quakegui.app import opening
from quakegui.app.session import Session
from quakegui.app.settings import SettingsFile


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let the user's data lie in a folder of the test's own, and return it."""
    folder = tmp_path / "data"
    folder.mkdir()
    monkeypatch.setattr(opening.platformdirs, "user_data_dir", lambda *_names, **_more: str(folder))
    return folder


@pytest.fixture
def session(qapp, tmp_path: Path):
    session = Session(SettingsFile(tmp_path / "settings.ini"))
    yield session
    session.close()
    session.deleteLater()


@pytest.mark.parametrize("ends", ["cancelled", "closed"])
def test_a_season_that_is_not_waited_for_leaves_nothing(session: Session, place: Path, qtbot: QtBot, ends: str) -> None:
    steps: list[int] = []
    session.jobs.progressed.connect(lambda progress: steps.append(progress.done))
    session.open_demo()
    qtbot.waitUntil(lambda: max(steps, default=0) >= 1)
    if ends == "cancelled":
        session.jobs.cancel()
        qtbot.waitUntil(lambda: not session.jobs.busy)
    else:
        session.close()
    assert list(place.iterdir()) == []
    assert session.project is None
