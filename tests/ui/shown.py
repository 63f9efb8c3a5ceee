"""Fixtures that show one panel or dialog on the session."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from quakegui.app.session import Session


def shown(kind: Callable[[Session], QWidget], width: int = 0, height: int = 0):
    """Return a fixture: a panel or dialog of a kind, on the screen; of its own size where none is given."""

    @pytest.fixture
    def widget(session: Session, qtbot: QtBot) -> QWidget:
        made = kind(session)
        qtbot.addWidget(made)
        if width:
            made.resize(width, height)
        with qtbot.waitExposed(made):
            made.show()
        return made

    return widget
