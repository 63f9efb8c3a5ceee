"""How the window starts: its place in the taskbar, its icon, and what it opens."""

from __future__ import annotations

import ctypes
import sys
from pathlib import Path
from types import SimpleNamespace

from PySide6.QtGui import QIcon

from quakegui.paths import resources
from quakegui.ui import start


def test_windows_is_told_the_name_that_the_installers_link_has(monkeypatch):
    told = []
    shell32 = SimpleNamespace(SetCurrentProcessExplicitAppUserModelID=told.append)
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(ctypes, "windll", SimpleNamespace(shell32=shell32), raising=False)
    start._take_own_place_in_taskbar()
    assert told == [start.TASKBAR_NAME]
    script = Path(__file__).parents[2] / "packaging" / "installer.nsi"
    assert f'!define APP_ID "{start.TASKBAR_NAME}"' in script.read_text(encoding="utf-8")


def test_other_systems_are_not_asked(monkeypatch):
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.delattr(ctypes, "windll", raising=False)
    start._take_own_place_in_taskbar()


def test_the_windows_icon_is_drawn_for_every_size(qapp):
    sizes = {size.width() for size in QIcon(str(resources() / "icon" / start.ICON)).availableSizes()}
    assert {16, 24, 32, 48, 256} <= sizes
