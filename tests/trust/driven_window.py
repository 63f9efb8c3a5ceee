"""Drives the window that the program's own start makes, by a generator of steps, each of which says how long to wait."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import platformdirs
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from quakegui.ui import start
from quakegui.ui.main_window import MainWindow

FAILED = 3
"""Exit code where a step fails; the traceback is on standard error."""


def use_home(home: Path) -> None:
    """Let every platform's folders for this program lie in `home`: never the person's own."""
    for place in ("user_config_dir", "user_data_dir", "user_cache_dir"):
        setattr(platformdirs, place, lambda *_names, _place=place, **_more: str(home / _place))


def run(steps: Callable[[MainWindow], Iterator[int]], project: Path | None) -> int:
    """Start the program with a project, or as a first start, drive its window, and return its exit code."""
    app = QApplication(sys.argv[:1])

    def begin() -> None:
        window = next(widget for widget in QApplication.topLevelWidgets() if isinstance(widget, MainWindow))
        going = steps(window)

        def go_on() -> None:
            try:
                wait = next(going, None)
            except BaseException:
                app.exit(FAILED)
                raise
            if wait is not None:
                QTimer.singleShot(wait, go_on)

        go_on()

    QTimer.singleShot(0, begin)
    return start.run_window(project)
