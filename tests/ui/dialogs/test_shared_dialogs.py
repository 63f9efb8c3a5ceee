"""What the dialogs for shared projects say before anybody is asked; tests/shared has them on a real server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from quakegui.app.session import Session
from quakegui.ui.dialogs.shared_dialogs import JoinDialog, NewSharedDialog


@pytest.fixture
def join(empty_session: Session, tmp_path: Path) -> Iterator[JoinDialog]:
    dialog = JoinDialog(empty_session, tmp_path)
    yield dialog
    dialog.done(0)
    dialog.deleteLater()


def test_it_says_whom_it_asks_as_whom_and_how_safely(join: JoinDialog, tmp_path: Path) -> None:
    assert not join.ask.isEnabled()
    assert "Enter the address" in join.why.text()
    join.url.setText("postgresql://bo@centre:5433/liangshan")
    assert "centre, port 5433, database liangshan, as the login bo" in join.requests.text()
    assert "encrypted" in join.requests.text()
    assert join.folder.path() == tmp_path / "liangshan"
    assert join.go.isEnabled()
    join.show()
    QTest.keyClick(join.url, Qt.Key.Key_Return)
    assert join.isVisible()
    assert not join.busy, "Enter does not connect"
    join.url.setText("postgresql://bo@127.0.0.1/liangshan")
    assert "on this computer" in join.requests.text()
    assert "encrypted" not in join.requests.text()


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("postgresql://bo:secret@centre/liangshan", "must not contain a password"),
        ("postgresql://bo@centre/liangshan?sslmode=disable", "remove sslmode=disable"),
        ("https://centre/liangshan", "is not the address of a database"),
    ],
)
def test_an_unusable_address_is_refused_while_it_is_typed(join: JoinDialog, url: str, words: str) -> None:
    join.url.setText(url)
    assert words in join.why.text()
    assert "secret" not in join.why.text() + join.requests.text()
    assert not join.ask.isEnabled()
    assert not join.go.isEnabled()


def test_a_new_project_needs_a_server_a_database_and_a_free_folder(empty_session: Session, tmp_path: Path) -> None:
    dialog = NewSharedDialog(empty_session, tmp_path)
    dialog.server.setText("centre")
    assert not dialog.ask.isEnabled()
    dialog.database.setText("凉山 2022")
    dialog.user.setText("owner@x")
    assert dialog.ask.isEnabled()
    assert not dialog.go.isEnabled()
    assert dialog.address().database == "凉山 2022"
    assert dialog.address().user == "owner@x"
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "a").touch()
    dialog.name.setText("taken")
    assert "not empty" in dialog.why.text()
    dialog.name.setText("free")
    assert dialog.go.isEnabled()
    dialog.done(0)
    dialog.deleteLater()
