"""A new project's folder: what cannot hold one is said while it is typed, and never an error."""

from __future__ import annotations

from pathlib import Path

import pytest

from quakegui.ui.dialogs.buttons import Standard
from quakegui.ui.dialogs.new_project import NewProjectDialog


@pytest.fixture
def dialog(qapp, tmp_path):
    made = NewProjectDialog(tmp_path)
    yield made
    made.close()
    made.deleteLater()


def may_be_made(dialog):
    return dialog.buttons.button(Standard.Ok).isEnabled()


def test_a_folder_that_is_free_or_empty_will_do(dialog, tmp_path):
    (tmp_path / "空").mkdir()
    for name in ("new", "空"):
        dialog.folder_edit.setText(str(tmp_path / name))
        assert (dialog.why.text(), may_be_made(dialog)) == ("", True)


def test_what_holds_something_is_refused(dialog, tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "a.txt").touch()
    for taken in (tmp_path / "full", tmp_path / "full" / "a.txt"):
        dialog.folder_edit.setText(str(taken))
        assert "not empty" in dialog.why.text()
        assert not may_be_made(dialog)


def test_a_name_that_no_file_system_takes_is_a_sentence(dialog):
    dialog.name_edit.setText("凉" * 300)
    assert "too long" in dialog.why.text()
    assert not may_be_made(dialog)


def test_a_folder_that_cannot_be_looked_into_is_a_sentence(dialog, tmp_path, monkeypatch):
    (tmp_path / "locked").mkdir()

    def refused(folder):
        raise PermissionError(13, "Permission denied", str(folder))

    monkeypatch.setattr(Path, "iterdir", refused)
    dialog.folder_edit.setText(str(tmp_path / "locked"))
    assert "cannot be read" in dialog.why.text()
    assert not may_be_made(dialog)
