"""The synthetic season of a first start is made whole or not at all, and keeps nobody waiting who wants something else."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest
from PySide6.QtWidgets import QDialog
from pytestqt.qtbot import QtBot

from quakegui.app import opening, others
from quakegui.app.session import Session
from quakegui.project import journal
from quakegui.project.store import Project
from quakegui.season.labels import LabelSource


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let the user's data lie in a folder of the test's own, and return it."""
    folder = tmp_path / "data"
    folder.mkdir()
    monkeypatch.setattr(opening.platformdirs, "user_data_dir", lambda *_names, **_more: str(folder))
    return folder


@pytest.mark.parametrize("ends", ["cancelled", "closed"])
def test_a_season_that_is_not_waited_for_leaves_nothing(empty_session: Session, place: Path, qtbot: QtBot, ends: str) -> None:
    steps: list[int] = []
    empty_session.jobs.progressed.connect(lambda progress: steps.append(progress.done))
    opening.open_demo(empty_session)
    qtbot.waitUntil(lambda: max(steps, default=0) >= 1)
    if ends == "cancelled":
        empty_session.jobs.cancel()
        qtbot.waitUntil(lambda: not empty_session.jobs.busy)
    else:
        empty_session.close()
    assert list(place.iterdir()) == []
    assert empty_session.project is None


@pytest.fixture
def other(small_project: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a project's folder, where a small project takes the synthetic season's place, so that it is made at once."""

    def made(folder: Path, **_named: object) -> Project:
        return Project.open(Path(shutil.copytree(small_project, folder)))

    monkeypatch.setattr("quakegui.project.demo.create_demo", made)
    return Path(shutil.copytree(small_project, small_project.with_name("other")))


@pytest.mark.parametrize("meanwhile", ["nothing", "closed"])
def test_a_season_that_is_ready_does_not_change_the_project_under_a_dialog(
    empty_session: Session, place: Path, other: Path, qtbot: QtBot, meanwhile: str
) -> None:
    assert opening.open_project(empty_session, other)
    qtbot.waitUntil(lambda: empty_session.season is not None and not empty_session.jobs.busy, timeout=20_000)
    dialog = QDialog()
    qtbot.addWidget(dialog)
    dialog.setModal(True)
    dialog.show()
    qtbot.waitExposed(dialog)
    opening.open_demo(empty_session)
    qtbot.waitUntil(lambda: not empty_session.jobs.busy)
    qtbot.wait(3 * opening.LOOK_AGAIN_MS)
    assert empty_session.project is not None
    assert empty_session.project.folder == other
    if meanwhile == "closed":
        empty_session.close()
    dialog.close()
    if meanwhile == "nothing":
        qtbot.waitUntil(lambda: empty_session.project is not None and empty_session.project.folder.parent == place)
    else:
        qtbot.wait(3 * opening.LOOK_AGAIN_MS)
        assert empty_session.project is None


def test_a_shared_project_whose_server_is_away_leaves_the_open_one(
    empty_session: Session, other: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    (tmp_path / "away").mkdir()
    (tmp_path / "away" / "project.toml").write_text('url = "postgresql://bo@127.0.0.1:1/liangshan"\n')
    said: list[str] = []
    assert opening.open_project(empty_session, other)
    empty_session.message.connect(lambda text, _level: said.append(text))
    assert opening.open_project(empty_session, tmp_path / "away")
    qtbot.waitUntil(lambda: any("cannot be reached" in text for text in said), timeout=20_000)
    assert empty_session.project is not None
    assert empty_session.project.folder == other
    qtbot.waitUntil(lambda: not empty_session.jobs.busy, timeout=20_000)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not move a folder with an open file")
@pytest.mark.parametrize("act", ["open", "create"])
def test_a_project_whose_drive_goes_while_it_is_opened_leaves_the_open_one(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, act: str
) -> None:
    other = tmp_path / "other"
    if act == "open":
        Project.create(other).close()
    plain = getattr(Project, act)

    def pulled_out(folder: Path, **given: str) -> Project:
        project = plain(folder, **given)
        other.rename(tmp_path / "away")
        assert isinstance(project, Project)
        return project

    monkeypatch.setattr(Project, act, pulled_out)
    before, season, said = session.project, session.season, list[tuple[str, str]]()
    session.message.connect(lambda text, level: said.append((text, level)))
    done = opening.open_project(session, other) if act == "open" else opening.create_project(session, other, timezone="UTC")
    assert not done
    assert (session.project, session.season) == (before, season)
    assert [level for _text, level in said] == ["error"]
    assert str(other) in said[0][0]


def test_what_a_project_writes_at_its_end_is_no_news_where_it_is_opened_again(session: Session, qtbot: QtBot) -> None:
    def write_last() -> None:
        journal.write_labels(project, session.days[:1], 3, source=LabelSource.ANALYST, author="Li")

    project, told = session.project, list[object]()
    assert project is not None
    session.closing.connect(write_last)
    session.arrived.connect(told.append)
    assert opening.open_project(session, project.folder)
    qtbot.waitUntil(lambda: session.season is not None and not session.jobs.busy)
    session.closing.disconnect(write_last)
    others.poll(session)
    assert told == []
    assert session.labels.classes[0] == 3
