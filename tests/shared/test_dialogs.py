"""The dialogs for a new shared project and for joining one, on a real server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from quakegui.app import opening
from quakegui.app.session import Session
from quakegui.app.settings import SettingsFile
from quakegui.project.exchange import export_project
from quakegui.project.sharing import create_shared, survey
from quakegui.project.store import Project
from quakegui.ui.dialogs.shared_dialogs import JoinDialog, NewSharedDialog, SharedDialog

pytestmark = pytest.mark.shared


@pytest.fixture
def session(qapp: object, tmp_path: Path) -> Iterator[Session]:
    made = Session(SettingsFile(tmp_path / "settings.ini"))
    yield made
    made.close()


@pytest.fixture
def shown(session: Session, tmp_path: Path, qtbot: Any) -> Callable[[type[SharedDialog]], Any]:
    def of(kind: type[SharedDialog]) -> Any:
        dialog = kind(session, tmp_path)  # type: ignore[call-arg]
        qtbot.addWidget(dialog)
        return dialog

    return of


@pytest.fixture
def exported(small_project_template: Path, tmp_path: Path) -> Path:
    with Project.open(small_project_template) as plain:
        return export_project(plain, tmp_path / "export")


def fill(dialog: NewSharedDialog, url: str, name: str) -> None:
    server, database = url.removeprefix("postgresql://owner@").split("/")
    dialog.server.setText(server)
    dialog.database.setText(database)
    dialog.user.setText("owner")
    dialog.name.setText(name)


def wait(dialog: SharedDialog, qtbot: Any) -> None:
    qtbot.waitUntil(lambda: not dialog.busy, timeout=20_000)


def test_a_shared_project_is_created_from_an_export_and_opened(
    session: Session, shown: Any, url: str, exported: Path, qtbot: Any
) -> None:
    tmp_path = exported.parent
    dialog = shown(NewSharedDialog)
    fill(dialog, url, "Liangshan")
    assert "as the login owner" in dialog.requests.text()
    dialog.survey()
    wait(dialog, qtbot)
    assert "contains no project" in dialog.sentence.text()
    assert "do not exist yet" in dialog.sentence.text()
    dialog.source.setText(str(exported))
    dialog.start()
    wait(dialog, qtbot)
    assert dialog.result() == dialog.DialogCode.Accepted
    found = survey(url)
    assert (found.project, found.is_owner, list(found.roles)) == ("Small", True, ["reader", "analyst", "blind", "ingest"])
    opening.open_project(session, dialog.folder.path())
    qtbot.waitUntil(lambda: session.season is not None, timeout=20_000)
    assert session.settings.recent == (str(tmp_path / "Liangshan"),)
    dialog = shown(NewSharedDialog)
    fill(dialog, url, "another")
    dialog.start()
    wait(dialog, qtbot)
    assert "already contains a project" in dialog.sentence.text()
    assert not (tmp_path / "another" / "project.toml").exists()


def test_a_project_is_joined_and_its_roles_are_told(shown: Any, url: str, sql: Any, tmp_path: Path, qtbot: Any) -> None:
    create_shared(tmp_path / "first", url, name="凉山 <b>").close()
    dialog = shown(JoinDialog)
    dialog.url.setText(url)
    assert dialog.folder.path() == tmp_path / url.rsplit("/", 1)[1]
    dialog.survey()
    wait(dialog, qtbot)
    assert "the project “凉山 <b>”" in dialog.sentence.text()
    dialog.start()
    wait(dialog, qtbot)
    assert dialog.result() == dialog.DialogCode.Accepted
    assert (dialog.folder.path() / "project.toml").is_file()


def test_a_refusal_of_the_server_is_one_sentence_and_leaves_nothing(
    shown: Any, postgresql: str, tmp_path: Path, qtbot: Any
) -> None:
    dialog = shown(JoinDialog)
    dialog.url.setText(f"{postgresql}/nowhere")
    for act in (dialog.survey, dialog.start):
        act()
        wait(dialog, qtbot)
        assert "no database nowhere" in dialog.sentence.text()
    assert not (tmp_path / "nowhere" / "project.toml").exists()


@pytest.mark.usefixtures("impatient")
def test_the_window_does_not_wait_for_a_frozen_server(
    session: Session, shared: Project, url: str, frozen: Any, qtbot: Any
) -> None:
    said: list[str] = []
    session.message.connect(lambda text, _level: said.append(text))
    with frozen(url):
        assert opening.open_project(session, shared.folder)
        assert said == ["Connecting to the server of shared…"]  # it is back before the server has answered
        qtbot.waitUntil(lambda: len(said) > 1, timeout=20_000)
    assert "cannot be reached" in said[1]
    assert session.project is None


def test_who_opens_another_project_meanwhile_gets_that_one(
    session: Session, shared: Project, small_project: Path, qtbot: Any
) -> None:
    assert opening.open_project(session, shared.folder)
    assert opening.open_project(session, small_project)
    qtbot.waitUntil(lambda: not session.findChildren(opening.Opener) and session.season is not None, timeout=20_000)
    assert session.project is not None
    assert session.project.folder == small_project
