"""What the window's tests share: a small real project, a session on it, and a watch over what a test leaves behind."""

from __future__ import annotations

import gc
import os
import shutil
import threading
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
import shiboken6
import tiny_season
from finished_run import trained
from PySide6.QtCore import QCoreApplication, QEvent, QThread, QTimer
from PySide6.QtWidgets import QApplication
from shared_window import SIZE, SharedWindow

from quakegui.apart import processes
from quakegui.app import opening
from quakegui.learn import evidence, season_evaluation
from quakegui.project import seasons
from quakegui.project.store import Project
from quakegui.ui import i18n, theme
from quakegui.ui.main_window import MainWindow


def _running():
    """Return timers and threads that run, each with what owns it, at one look over all objects."""
    found = [one for one in gc.get_objects() if isinstance(one, (QTimer, QThread)) and shiboken6.isValid(one)]
    active = [one for one in found if (one.isActive() if isinstance(one, QTimer) else one.isRunning())]
    return [f"{type(one).__name__} of {type(one.parent()).__name__}, {getattr(one, 'interval', int)()} ms" for one in active]


class Shared:
    """The window that tests have one after another, while there is one."""

    one: SharedWindow | None = None


@pytest.fixture(scope="session")
def shared_window(qapp):
    """Return where the shared window is kept."""
    shared = Shared()
    yield shared
    if shared.one is not None:
        shared.one.end()


@pytest.fixture
def empty_session(empty_session, shared_window, request, tmp_path, tmp_path_factory):
    """Return a session without a project: for a test that opens a window, the one that the shared window is on."""
    if "open_window" not in request.fixturenames:
        return empty_session
    if shared_window.one is None:
        shared_window.one = SharedWindow(tmp_path_factory.mktemp("shared"))
    return shared_window.one.lend(tmp_path / "settings.ini")


@pytest.fixture(scope="session", autouse=True)
def one_helper():
    """Let all evaluations have one process beside the window's: to start one, which loads scikit-learn, takes two seconds."""
    with processes(1) as pool, pytest.MonkeyPatch.context() as patch:
        pool.submit(os.getpid).result()  # the pool's threads are there before a test looks for threads
        patch.setattr(
            season_evaluation, "apart", lambda work, *given, cancelled, **named: pool.submit(work, *given, **named).result()
        )
        yield


@pytest.fixture(autouse=True)
def nothing_left_behind(qapp, shared_window, one_helper, request):
    """Fail where a test leaves a top-level widget, a running timer or a running thread; put the shared window back."""
    widgets, threads = set(QApplication.topLevelWidgets()), set(threading.enumerate())
    theme.apply("light")
    i18n.set_language("en")
    yield
    i18n.set_language("en")
    request.node.funcargs.clear()  # the test's own names keep nothing alive: what pyqtgraph made goes with its plots
    gc.collect()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    QCoreApplication.processEvents()
    if "open_window" in request.fixturenames and shared_window.one is not None:
        if shared_window.one.is_as_new():
            widgets.update(shared_window.one.widgets())
        else:
            shared_window.one.end()
            shared_window.one = None
    gc.collect()
    left = [widget for widget in QApplication.topLevelWidgets() if widget not in widgets]
    assert [f"{type(widget).__name__} {widget.objectName()}" for widget in left] == []
    assert _running() == []
    # A QThread in which Python looked at the current thread leaves a dummy behind, which is a name and not a running thread.
    alive = [thread for thread in threading.enumerate() if not isinstance(thread, threading._DummyThread)]
    assert [thread.name for thread in alive if thread not in threads] == []


@pytest.fixture(scope="session")
def tiny_folder(tmp_path_factory) -> Path:
    """Return a small project that no test may change."""
    folder = tmp_path_factory.mktemp("tiny") / "project"
    tiny_season.make(folder)
    return folder


@pytest.fixture(scope="session")
def tiny_computed(tiny_folder):
    """Return the small project's folder, its revision, and its season, frozen, computed and drawn once for all tests."""
    with Project.open(tiny_folder) as project:
        season = seasons.load_season(project)
        object.__setattr__(season, "day_map", cache(season.day_map))  # each window draws thirty of them ahead
        return tiny_folder, project.revision(), season


@pytest.fixture(scope="session")
def changed_tiny(tiny_computed, tmp_path_factory):
    """Return what makes a copy of the small project for many tests, as a function of its project and season leaves it."""

    def change(act):
        tiny, _revision, season = tiny_computed
        folder = tmp_path_factory.mktemp("changed") / "project"
        shutil.copytree(tiny, folder)
        with Project.open(folder) as project:
            return folder, act(SimpleNamespace(project=project, season=season, days=season.days))

    return change


@pytest.fixture(scope="session")
def trained_tiny(changed_tiny):
    """Return the small project with a finished run in use; no test may change it."""
    return changed_tiny(trained)[0]


@pytest.fixture
def source_folder(tiny_folder):
    """Return the project that the session of a test has a copy of."""
    return tiny_folder


@pytest.fixture
def season_computed_once(tiny_computed, monkeypatch):
    """Let the season of a copy be the one computed before, as long as its readings, stations and parameters are unchanged."""
    _tiny, revision, season = tiny_computed
    compute = seasons.load_season
    monkeypatch.setattr(
        seasons,
        "load_season",
        lambda project, **how: season if project.revision() == revision else compute(project, **how),
    )


@pytest.fixture
def session(empty_session, source_folder, season_computed_once, tmp_path, qtbot):
    """Return a session on a copy of the small project, its season computed, its first day shown."""
    folder = tmp_path / "project"
    shutil.copytree(source_folder, folder)
    assert opening.open_project(empty_session, folder)
    qtbot.waitUntil(lambda: empty_session.season is not None and not empty_session.jobs.busy, timeout=20_000)
    return empty_session


@pytest.fixture
def blank_maps(monkeypatch):
    """Let a run begin with empty maps, where nobody looks at them: drawing and packing them is most of it."""
    monkeypatch.setattr(
        evidence, "draw_maps", lambda season, _config, rows: np.zeros((len(rows), *season.gridder.shape), np.uint8)
    )


@pytest.fixture
def open_window(qtbot, shared_window):
    """Return what makes a window on a session; every window is gone, C++ part and all, when the test ends.

    On the session that a test is lent it is the window of many tests, which is closed, and put back where it can be.
    """
    made = []

    def make(session, size=SIZE):
        shared = shared_window.one
        window = shared.window if shared is not None and shared.session is session and not made else MainWindow(session)
        made.append(window)
        window.resize(*size)
        with qtbot.waitExposed(window):
            window.show()
        window.activateWindow()
        window.day_map_panel.setFocus()
        qtbot.waitUntil(window.isActiveWindow)
        return window

    yield make
    for window in made:
        window.close()
        if shared_window.one is None or window is not shared_window.one.window:
            shiboken6.delete(window)


@pytest.fixture
def window(session, open_window):
    """Return a window on the small project."""
    return open_window(session)
