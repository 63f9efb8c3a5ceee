"""What the tests of dialogs that change a project share: a session on the smallest one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from small_season import open_small

from quakegui.app.session import Session


@pytest.fixture
def session(qtbot: QtBot, tmp_path: Path) -> Iterator[Session]:
    """Return a session on four stations and forty days, its season computed."""
    session = open_small(qtbot, tmp_path)
    yield session
    session.close()
