"""Pictures of the window, of every panel and of every dialog, in both languages and both themes, at any size and scale.

python tests/make_screenshots.py OUT                    the synthetic season, made first, at 1600x1000 and 100 %
python tests/make_screenshots.py OUT --project DEMO     a copy of this project instead
python tests/make_screenshots.py OUT --guide            also renews the small pictures of the user's guide
python tests/make_screenshots.py OUT --dialogs --sizes 1280x720 3840x2160 --scales 1 1.5 2

Sizes are the screen's pixels; each scale is a process of its own. Without a display the pictures are painted by Qt's offscreen
platform; with one they are what the X server shows. For every size that fits a real window:

xvfb-run -a -s "-screen 0 3840x2160x24" sh -c "openbox & QT_QPA_PLATFORM=xcb python tests/make_screenshots.py OUT --dialogs"
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PIL import Image
from PySide6.QtCore import QDeadlineTimer, QEventLoop, QSize, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from quakegui.app import opening, walking
from quakegui.app.session import Session
from quakegui.app.settings import SettingsFile
from quakegui.learn.zero_shot.shipped import install_model
from quakegui.paths import resources
from quakegui.project.demo import create_demo
from quakegui.project.seasons import load_season
from quakegui.project.store import Project
from quakegui.ui import commands
from quakegui.ui.dialogs.import_wizard import ImportWizard
from quakegui.ui.dock_plan import DOCKS, WORKSPACES
from quakegui.ui.main_window import MainWindow, fit_of
from quakegui.ui.panels.evaluation_panel import EvaluationPanel
from quakegui.ui.workbench import Workbench

SIZE = "1600x1000"
GUIDE_WIDTH = 930
GUIDE_COLOURS = 255
DAY = 117
"""Of the synthetic season: three days before the Lushan earthquake, with an extremum region."""
PATIENCE_MS = 600_000
DIALOGS = {
    "new-project": commands.new_project,
    "catalogue": commands.edit_catalogue,
    "stations": commands.edit_stations,
    "imports": commands.show_imports,
    "season": commands.edit_season,
    "rule": commands.apply_rule,
    "agreement": commands.show_agreement,
    "flags": commands.show_flags,
    "revert": commands.revert_labels,
    "settings": commands.edit_settings,
    "figure": commands.export_figure,
    "animation": commands.export_animation,
    "date": commands.go_to_date,
    "shortcuts": commands.show_shortcuts,
    "palette": commands.show_palette,
    "about": commands.show_about,
}
"""What each modal dialog is called and what opens it; the import and the guide are opened otherwise."""
READINGS = "time,LS01,LS02\n2022-03-01T00:00:00Z,50012.1,50044.9\n2022-03-01T00:01:00Z,50012.3,50045.2\n"


def make_demo(folder: Path) -> None:
    """Make the synthetic season as a first start has it: with the shipped network's answers."""

    def finish(project: Project) -> None:
        season = load_season(project)
        assert season is not None
        install_model(project, season)

    create_demo(folder, finish=finish).close()


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
    settle(400)


def settle(milliseconds: int) -> None:
    """Let the window work for a while."""
    deadline = QDeadlineTimer(milliseconds)
    while not deadline.hasExpired():
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)


def grab(widget: QWidget, path: Path) -> None:
    """Save a widget as it is painted: a whole window as its screen shows it, where there is one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if widget.isWindow() and QGuiApplication.platformName() == "xcb":
        picture = widget.screen().grabWindow(widget.winId())
    else:
        picture = widget.grab()
    picture.save(str(path))
    print(path)


def judge(window: MainWindow) -> EvaluationPanel:
    """Have the run in use judged and studied, where the project has one."""
    panel = window.docks["evaluation"].widget()
    assert isinstance(panel, EvaluationPanel)
    for button in (panel.judge, panel.studies.button):
        button.click()
        wait_until(lambda: not window.session.jobs.busy)
    return panel


def prepare(window: MainWindow) -> None:
    """Show a day on which there is something to see."""
    session = window.session
    walking.go_to(session, min(DAY, session.days.size - 1))
    session.pick(tuple(session.season.network.codes[:2]))
    show(window, "timeline")
    wait_until(lambda: not session.jobs.busy)


def show(window: MainWindow, dock: str) -> None:
    """Bring a panel to the front, and mark its workspace as the menus do."""
    window.layouts.show(dock)
    window.menus.refresh(window.bench)


def pictures_of(window: MainWindow, out: Path, suffix: str) -> None:
    """Save the window and every panel."""
    session = window.session
    prepare(window)
    settle(1000)  # the readings come when the view has rested
    grab(window, out / f"window-{suffix}.png")
    for spec in DOCKS:
        show(window, spec.id)
        wait_until(lambda: not session.jobs.busy)
        if spec.id == "evaluation" and session.predictions is not None:
            panel = judge(window)
            grab(window, out / f"judged-{suffix}.png")
            for number in reversed(range(panel.pages.count())):
                panel.pages.setCurrentIndex(number)
                settle(300)
                if number:
                    grab(window, out / f"results-{number}-{suffix}.png")
        elif not WORKSPACES[0].has(spec.id):
            grab(window, out / f"with-{spec.id}-{suffix}.png")
        grab(window.docks[spec.id], out / f"{spec.id}-{suffix}.png")
    show(window, "timeline")
    window.layouts.use("review")
    window.menus.refresh(window.bench)
    settle(1500)  # texts of another size are laid out anew, on a busy machine after a while
    wait_until(lambda: not session.jobs.busy)
    grab(window, out / f"review-{suffix}.png")
    window.layouts.use("days")
    window.menus.refresh(window.bench)
    settle(200)
    grab(window.day_map_panel, out / f"day-map-{suffix}.png")  # at its usual size: other workspaces leave a sliver of it


def modal(name: str, ask: Callable[[Workbench], None], window: MainWindow, path: Path) -> None:
    """Open a modal dialog, save it when it has come to rest, and close it."""

    def seize() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, QDialog), name
        wait_until(lambda: not window.session.jobs.busy)
        grab(dialog, path)
        dialog.reject()

    QTimer.singleShot(300, window, seize)
    ask(window.bench)
    settle(50)


def dialogs_of(window: MainWindow, out: Path, suffix: str, files: list[Path]) -> None:
    """Save every dialog, the import with files on its list and with its report."""
    for name, ask in DIALOGS.items():
        modal(name, ask, window, out / f"dialog-{name}-{suffix}.png")
    commands.show_guide(window.bench)
    guide = next(found for found in window.findChildren(QDialog) if not found.isModal())
    settle(500)
    grab(guide, out / f"dialog-guide-{suffix}.png")
    guide.close()
    wizard = ImportWizard(window.session, window)
    wizard.show()
    settle(300)
    grab(wizard, out / f"dialog-import-empty-{suffix}.png")
    wizard.add(files)
    wait_until(lambda: not window.session.jobs.busy)
    grab(wizard, out / f"dialog-import-{suffix}.png")
    wizard.start_import()
    wait_until(lambda: not window.session.jobs.busy and window.session.season is not None)
    grab(wizard, out / f"dialog-import-report-{suffix}.png")
    wizard.close()
    wizard.deleteLater()
    settle(100)


def shrink(source: Path, target: Path) -> None:
    """Save a picture at the guide's size, in few colours."""
    image = Image.open(source).convert("RGB")
    small = image.resize((GUIDE_WIDTH, round(image.height * GUIDE_WIDTH / image.width)), Image.Resampling.LANCZOS)
    small.quantize(GUIDE_COLOURS, kmeans=1, dither=Image.Dither.NONE).save(target, optimize=True)


def renew_guide(out: Path) -> None:
    """Renew the pictures of the guide, light, in both languages."""
    for language in ("en", "zh"):
        for source, name in (("window", "window"), ("judged", "evaluation")):
            target = resources() / "help" / "images" / f"{name}-{language}.png"
            shrink(out / f"{SIZE}-100" / f"{source}-light-{language}.png", target)


def in_one_look(options: argparse.Namespace, folder: Path, scratch: Path, look: str, language: str) -> None:
    """Save everything in one theme and one language, at every size."""
    session = Session(SettingsFile(scratch / f"{look}-{language}.ini"))
    session.set_settings(language=language, theme=look)
    ratio = QGuiApplication.primaryScreen().devicePixelRatio()
    for number, size in enumerate(options.sizes):
        width, height = (round(int(part) / ratio) for part in size.split("x"))
        out = options.out / f"{size}-{round(ratio * 100)}"
        window = MainWindow(session, fit=fit_of(QSize(width, height)))
        window.move(0, 0)
        window.resize(width, height)
        room = window.screen().availableGeometry()
        if width >= room.width() or height >= room.height():
            window.showMaximized()  # the title bar takes its part of the screen
        else:
            window.show()
        settle(1000)  # a busy machine lays out the start page late
        if number == 0:
            grab(window, out / f"start-{look}-{language}.png")
        opening.open_project(session, folder)
        wait_until(lambda: session.season is not None and not session.jobs.busy)
        window.layouts.reset()
        pictures_of(window, out, f"{look}-{language}")
        if options.dialogs and number == 0:
            bad = scratch / "notes 说明.txt"
            bad.write_text("This is not a table of readings.\n")
            good = scratch / "readings.csv"
            good.write_text(READINGS)
            dialogs_of(window, out, f"{look}-{language}", [good, bad])
        window.close()
        window.deleteLater()
        session.close()
        settle(50)


def at_this_scale(options: argparse.Namespace) -> None:
    """Save everything at the scale of this process."""
    app = QApplication([])
    app.setQuitOnLastWindowClosed(False)
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        for look in options.themes:
            for language in options.languages:
                folder = scratch / f"{look}-{language}" / options.project.name
                shutil.copytree(options.project, folder)
                in_one_look(options, folder, scratch, look, language)


def main() -> None:
    """Do what the command line asks."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--project", type=Path)
    parser.add_argument("--guide", action="store_true")
    parser.add_argument("--dialogs", action="store_true")
    parser.add_argument("--sizes", nargs="+", default=[SIZE])
    parser.add_argument("--scales", nargs="+", default=["1"])
    parser.add_argument("--themes", nargs="+", default=["light", "dark"])
    parser.add_argument("--languages", nargs="+", default=["en", "zh"])
    options = parser.parse_args()
    if os.environ.get("QUAKEGUI_PICTURES_SCALE"):
        at_this_scale(options)
        return
    with tempfile.TemporaryDirectory() as scratch:
        project = options.project or Path(scratch) / "Liangshan 2022"
        if options.project is None:
            make_demo(project)
        with Project.open(project, read_only=True) as opened:
            if options.guide and not opened.synthetic:
                raise SystemExit("The guide's pictures are made of the synthetic season only.")
        for scale in options.scales:
            of_scale = {**os.environ, "QT_SCALE_FACTOR": scale, "QUAKEGUI_PICTURES_SCALE": scale}
            subprocess.run([sys.executable, __file__, *sys.argv[1:], "--project", str(project)], env=of_scale, check=True)
    if options.guide:
        renew_guide(options.out)


if __name__ == "__main__":
    main()
