"""The window that many tests have one after another: a season looked at leaves nothing behind that a new window lacks."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from shared_window import SharedWindow

from quakegui.app import opening
from quakegui.ui.dock_plan import WORKSPACES


@pytest.fixture
def shared(qtbot, tmp_path):
    """Return a shared window of this test alone."""
    shared = SharedWindow(tmp_path)
    yield shared
    shared.end()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def test_a_window_that_showed_a_season_in_every_workspace_is_as_new(shared, tiny_folder, qtbot, tmp_path):
    session, window = shared.lend(tmp_path / "settings.ini"), shared.window
    with qtbot.waitExposed(window):
        window.show()
    assert opening.open_project(session, tiny_folder)
    qtbot.waitUntil(lambda: session.season is not None and not session.jobs.busy)
    for workspace in WORKSPACES:
        window.layouts.use(workspace.id)
        for key in (Qt.Key.Key_Right, Qt.Key.Key_End, Qt.Key.Key_Home):
            qtbot.keyClick(window.day_map_panel, key)
    qtbot.waitUntil(lambda: not session.jobs.busy)
    window.close()
    assert shared.is_as_new()


def test_what_a_user_left_otherwise_is_seen(shared):
    shared.window.docks["series"].setFeatures(shared.window.docks["series"].DockWidgetFeature.NoDockWidgetFeatures)
    assert not shared.is_as_new()
