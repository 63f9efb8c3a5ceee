"""A copy of `project.sqlite` alone, as cloud folders make it, holds the labels of a window that has been quiet for a while."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from quakegui.app import labelling, opening, walking
from quakegui.app.session import Session
from quakegui.project import journal
from quakegui.project.store import DATABASE, Project


@pytest.fixture
def session(empty_session: Session, small_project: Path, qtbot: QtBot) -> Session:
    """Return a session on the small project that does not wait long for quiet."""
    empty_session.consolidator.quiet_ms, empty_session.consolidator.again_ms = 200, 200
    assert opening.open_project(empty_session, small_project)
    qtbot.waitUntil(lambda: empty_session.season is not None and not empty_session.jobs.busy, timeout=20_000)
    return empty_session


def is_quiet(session: Session) -> bool:
    return session.project is not None and session.project.quiet_s is None


def labels_of_a_copy(session: Session, to: Path) -> int:
    assert session.project is not None
    to.mkdir()
    shutil.copyfile(session.project.folder / DATABASE, to / DATABASE)
    with Project.open(to) as copied:
        return len(journal.rows(copied))


def test_labels_are_in_the_file_itself_when_the_window_has_been_quiet(session: Session, tmp_path: Path, qtbot: QtBot) -> None:
    for number in range(4):
        walking.go_to(session, number)
        assert labelling.label(session, number)
    assert not is_quiet(session)
    qtbot.waitUntil(lambda: is_quiet(session), timeout=20_000)
    assert labels_of_a_copy(session, tmp_path / "first") == 4
    walking.go_to(session, 7)
    assert labelling.label(session, 0)
    qtbot.waitUntil(lambda: is_quiet(session), timeout=20_000)
    assert labels_of_a_copy(session, tmp_path / "second") == 5


def test_it_is_tried_again_while_somebody_reads_an_older_state(session: Session, tmp_path: Path, qtbot: QtBot) -> None:
    tried: list[bool] = []
    project = session.project
    assert project is not None
    once = project.consolidate

    def consolidate() -> bool:
        tried.append(once())
        return tried[-1]

    with pytest.MonkeyPatch.context() as patch, closing(sqlite3.connect(project.folder / DATABASE)) as reader:
        patch.setattr(project, "consolidate", consolidate)
        reader.isolation_level = None
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM journal").fetchone()
        walking.go_to(session, 3)
        assert labelling.label(session, 2)
        qtbot.waitUntil(lambda: len(tried) >= 2, timeout=20_000)
        assert not any(tried)
        assert labelling.label(session, 1), "nobody stands in the way of a label"
        reader.execute("COMMIT")
        qtbot.waitUntil(lambda: is_quiet(session), timeout=20_000)
    assert labels_of_a_copy(session, tmp_path / "copy") == 2


def test_a_closed_window_leaves_nothing_beside_the_file_though_another_program_has_it_open(
    session: Session, tmp_path: Path, qtbot: QtBot
) -> None:
    assert session.project is not None
    folder = session.project.folder
    with Project.open(folder):
        session.consolidator.quiet_ms = 3_600_000
        assert labelling.label(session, 3)
        session.close()
        shutil.copytree(folder, tmp_path / "copy", ignore=shutil.ignore_patterns("*-wal", "*-shm"))
    with Project.open(tmp_path / "copy") as copied:
        assert len(journal.rows(copied)) == 1
