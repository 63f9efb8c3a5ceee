"""Pictures of the window and of every panel, in both languages and both themes, on the synthetic season and on nothing else.

python tests/make_screenshots.py OUT                    makes the synthetic season first
python tests/make_screenshots.py OUT --project DEMO     takes a project that `quakegui demo` made
python tests/make_screenshots.py OUT --guide            also renews the small pictures of the user's guide
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PIL import Image
from PySide6.QtCore import QDeadlineTimer, QEventLoop
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from quakegui.app.session import Session
from quakegui.app.settings import SettingsFile
from quakegui.paths import resources
from quakegui.project.demo import create_demo
from quakegui.project.store import Project
from quakegui.ui.main_window import DOCKS, MainWindow

SIZE = (1600, 1000)
GUIDE_WIDTH = 930
GUIDE_COLOURS = 255
DAY = 215
"""Of the synthetic season: the day before the Luding earthquake."""
PATIENCE_MS = 120_000


def wait_until(ready: Callable[[], bool]) -> None:
    """Let the window work until something is there.

    Raises
    ------
    TimeoutError
        If it does not come.
    """
    deadline = QDeadlineTimer(PATIENCE_MS)
    while not ready():
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 50)
        if deadline.hasExpired():
            raise TimeoutError("The window did not get ready for its picture.")
    for _ in range(20):
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 50)


def grab(widget: QWidget, path: Path) -> None:
    """Save a widget as it is painted."""
    widget.grab().save(str(path))
    print(path)


def judge(window: MainWindow) -> None:
    """Have the run in use judged, where the project has one."""
    panel = window.docks["evaluation"].widget()
    button = next(found for found in panel.findChildren(QPushButton) if found.isEnabled() and found.isVisibleTo(panel))
    button.click()
    wait_until(lambda: not window.session.jobs.busy)


def pictures_of(window: MainWindow, out: Path, suffix: str) -> None:
    """Save the window and every panel."""
    session = window.session
    session.go_to(DAY)
    session.pick(tuple(session.season.network.codes[:2]))
    window.show_dock("timeline")
    wait_until(lambda: not session.jobs.busy)
    grab(window, out / f"window-{suffix}.png")
    for spec in DOCKS:
        window.show_dock(spec.id)
        wait_until(lambda: not session.jobs.busy)
        if spec.id == "evaluation" and session.predictions is not None:
            judge(window)
            grab(window, out / f"judged-{suffix}.png")
        grab(window.docks[spec.id], out / f"{spec.id}-{suffix}.png")
    grab(window.day_map_panel, out / f"day-map-{suffix}.png")
    window.show_dock("timeline")
    window.use_layout("review")
    wait_until(lambda: not session.jobs.busy)
    grab(window, out / f"review-{suffix}.png")
    window.use_layout("work")


def shrink(source: Path, target: Path) -> None:
    """Save a picture at the guide's size, in few colours."""
    image = Image.open(source).convert("RGB")
    small = image.resize((GUIDE_WIDTH, round(image.height * GUIDE_WIDTH / image.width)), Image.Resampling.LANCZOS)
    small.quantize(GUIDE_COLOURS, kmeans=1, dither=Image.Dither.NONE).save(target, optimize=True)


def renew_guide(out: Path) -> None:
    """Renew the pictures of the guide, light, in both languages."""
    for language in ("en", "zh"):
        for source, name in (("window", "window"), ("judged", "evaluation")):
            shrink(out / f"{source}-light-{language}.png", resources() / "help" / "images" / f"{name}-{language}.png")


def main() -> None:
    """Do what the command line asks."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--project", type=Path)
    parser.add_argument("--guide", action="store_true")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    app = QApplication([])
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.project or Path(scratch) / "demo"
        if options.project is None:
            create_demo(folder).close()
        with Project.open(folder, read_only=True) as project:
            if not project.synthetic:
                raise SystemExit("Pictures are made of the synthetic season only.")
        for language in ("en", "zh"):
            for theme in ("light", "dark"):
                session = Session(SettingsFile(Path(scratch) / f"{theme}-{language}.ini"))
                session.set_settings(language=language, theme=theme)
                window = MainWindow(session)
                window.resize(*SIZE)
                window.show()
                session.open(folder)
                wait_until(lambda here=session: here.season is not None and not here.jobs.busy)
                pictures_of(window, options.out, f"{theme}-{language}")
                window.close()
                window.deleteLater()
                app.processEvents()
    if options.guide:
        renew_guide(options.out)


if __name__ == "__main__":
    main()
