"""How the window starts: its place in the taskbar, its icon, and what it opens."""

from __future__ import annotations

import ctypes
import sys
from pathlib import Path
from types import SimpleNamespace

import platformdirs
import pytest
from PySide6.QtCore import QStandardPaths
from PySide6.QtGui import QIcon

from quakegui.paths import resources
from quakegui.ui import start
from quakegui.ui.save_paths import latest_folder


def test_windows_is_told_the_name_that_the_installers_link_has(monkeypatch):
    told = []
    shell32 = SimpleNamespace(SetCurrentProcessExplicitAppUserModelID=told.append)
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(ctypes, "windll", SimpleNamespace(shell32=shell32), raising=False)
    start.take_own_place_in_taskbar()
    assert told == [start.TASKBAR_NAME]
    script = Path(__file__).parents[2] / "packaging" / "installer.nsi"
    assert f'!define APP_ID "{start.TASKBAR_NAME}"' in script.read_text(encoding="utf-8")


def test_other_systems_are_not_asked(monkeypatch):
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.delattr(ctypes, "windll", raising=False)
    start.take_own_place_in_taskbar()


def test_the_windows_icon_is_drawn_for_every_size(qapp):
    sizes = {size.width() for size in QIcon(str(resources() / "icon" / start.ICON)).availableSizes()}
    assert {16, 24, 32, 48, 256} <= sizes


@pytest.mark.parametrize("recent", [(), ("{hidden}/Synthetic Liangshan 2022",)])
def test_files_are_not_offered_to_be_written_where_windows_hides_them(empty_session, recent, tmp_path, monkeypatch):
    hidden = tmp_path / "hidden" / "quakegui"
    monkeypatch.setattr(platformdirs, "user_data_dir", lambda *_name, **_how: str(hidden))
    monkeypatch.setattr(QStandardPaths, "writableLocation", lambda _which: str(tmp_path))
    empty_session.set_settings(recent=tuple(each.format(hidden=hidden) for each in recent))
    assert latest_folder(empty_session.settings) == tmp_path
    empty_session.set_settings(recent=(*empty_session.settings.recent, str(tmp_path / "mine" / "season")))
    assert latest_folder(empty_session.settings) == tmp_path / "mine"
