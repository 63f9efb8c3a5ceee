"""A figure or an animation that was saved: what can be copied of it, and what cannot."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog, QLabel

from quakegui.app import deeds, walking
from quakegui.app.session import Session
from quakegui.ui.actions import ACTIONS
from quakegui.ui.dialogs.export_dialogs import AnimationDialog, FigureDialog
from quakegui.ui.plots.day_map_view import DayMapView


def copied(session: Session, action: str) -> str:
    """Run an action of the Edit menu on what was done last, and return what it says."""
    said: list[str] = []
    session.message.connect(lambda text, _level: said.append(text))
    next(one for one in ACTIONS if one.id == action).run(SimpleNamespace(session=session))
    return said[-1]


@pytest.mark.parametrize("action", ["copy-command", "copy-python"])
@pytest.mark.parametrize("kind", ["figure", "animation"])
def test_a_picture_has_no_command_and_says_so(qtbot, session, tmp_path, monkeypatch, *, kind, action):
    path = tmp_path / ("a.png" if kind == "figure" else "a.gif")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_asked: (str(path), ""))
    session.deed = deeds.tables(session.project.folder, Path("former.xlsx"))
    QGuiApplication.clipboard().setText("mine")
    if kind == "figure":
        dialog = FigureDialog(session, {"map": ("Map", QLabel("map"))})
    else:
        walking.select(session, (3, 5))
        dialog = AnimationDialog(session, view := DayMapView())
        qtbot.addWidget(view)
    qtbot.addWidget(dialog)
    dialog.accept()
    assert not QImage(str(path)).isNull()
    assert "no command can make it again" in copied(session, action)
    assert QGuiApplication.clipboard().text() == "mine"
