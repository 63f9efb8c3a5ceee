"""Does the program's work in processes that are killed: each is forked off with everything imported, so that a start is cheap.

One JSON object per line on standard input: `do` (a name of `ACTIONS`, or a function as "module:name"), `args`, `log` (a file
for what the child prints) and `step` (0, or at which of its file operations and commits the child kills itself). The answer is
the child's process id; after another line, which says that nobody sends it a signal any more, its exit status (negative: the
signal that ended it).
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import io
import json
import os
import random
import signal
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.append(str(Path(__file__).resolve().parents[1]))  # what all rooms' tests share, as pytest has it

import numpy as np
from sqlalchemy import Engine, event

from quakegui import cli
from quakegui.cli import verbs
from quakegui.project import database, journal, season_export, seasons
from quakegui.project.nights import days_with_data
from quakegui.project.store import Project
from quakegui.season.labels import LabelSource

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from quakegui.app.session import Session
    from quakegui.ui.main_window import MainWindow

COUNTED = {
    "open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.truncate", "os.link", "os.symlink", "tempfile.mkstemp",
    "tempfile.mkdtemp", "shutil.copyfile", "shutil.move", "shutil.rmtree", "shutil.copytree", "sqlite3.connect",
}  # fmt: skip


def command(*arguments: str) -> None:
    """Run a verb of the command line, as a terminal does."""
    cli.main(arguments)


def label(folder: str, said: str, seed: int) -> None:
    """Label, remark, undo and redo without end; each step is said once its function has returned."""
    rng = random.Random(seed)
    ack = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    with Project.open(folder) as project:
        days = seasons.season_days(project)
        while True:
            first = rng.randrange(days.size)
            chosen = days[first : first + rng.choice((1, 1, 1, 5))]
            what = rng.choice(("label", "label", "label", "label", "note", "undo", "redo"))
            if what == "label":
                cls = rng.choice((0, 1, 2, 3, 4, None))
                step = journal.write_labels(project, chosen, cls, source=LabelSource.ANALYST, author="Li")
                fact = {"step": step, "days": chosen.astype(str).tolist(), "cls": cls}
            elif what == "note":
                text = f"remark {rng.random()}"
                step = journal.write_note(project, chosen[0], text, "Li")
                fact = {"step": step, "day": str(chosen[0]), "note": text}
            else:
                walked = journal.undo(project, "Li") if what == "undo" else journal.redo(project, "Li")
                fact = {"step": 0, what: walked}
            os.write(ack, (json.dumps(fact) + "\n").encode())


def tables(folder: str, out: str) -> None:
    """Write the season's tables, as the window does."""
    with Project.open(folder) as project:
        season = seasons.load_season(project)
        assert season is not None
        season_export.save_tables(project, season, Path(out))


def train_here(folder: str) -> None:
    """Train a run as the worker does, without a process of its own."""
    from quakegui.learn.network.devices import Device
    from quakegui.learn.network.precision import Measured
    from quakegui.learn.worker import duties

    device = Device("tensorflow", "", "cpu", "", "", 0, "")
    duties.train_job(Path(folder), device, Measured("float32", {}, ""), lambda _message: None, lambda: False)


def make_demo(folder: str) -> None:
    """Make the synthetic season with the network that comes with the program, as a first start of the window does."""
    from quakegui.learn.zero_shot.shipped import install_model
    from quakegui.project import demo

    def finish(project: Project) -> None:
        season = seasons.load_season(project)
        assert season is not None
        assert install_model(project, season) is not None

    demo.create_demo(folder, finish=finish).close()


def open_project(folder: str) -> None:
    """Open a project, which brings an old one forward."""
    Project.open(folder).close()


def shown_window(folder: str, settings: str) -> tuple[QApplication, Session, MainWindow]:
    """Show the window on a project, as soon as its season is there."""
    from PySide6.QtWidgets import QApplication

    from quakegui.app import opening
    from quakegui.app.session import Session
    from quakegui.app.settings import SettingsFile
    from quakegui.ui.main_window import MainWindow

    app = QApplication([])
    session = Session(SettingsFile(Path(settings)))
    window = MainWindow(session)
    window.show()
    assert opening.open_project(session, Path(folder))
    while session.season is None or session.jobs.busy:
        app.processEvents()
    return app, session, window


def label_in_window(folder: str, settings: str, said: str, seed: int) -> None:
    """Label one day after another by keys, undo now and then, and say what the window shows once it shows it."""
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest

    from quakegui.app import walking

    app, session, window = shown_window(folder, settings)
    window.activateWindow()
    QTest.qWaitForWindowActive(window)
    keys = [Qt.Key.Key_0, Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_3, Qt.Key.Key_4]
    ack = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    rng = random.Random(seed)
    while True:
        at = rng.randrange(session.days.size)
        walking.go_to(session, at)
        QTest.keyClick(window, rng.choice(keys))
        os.write(ack, f"{at} {int(session.labels.classes[at])}\n".encode())
        if rng.random() < 0.2:
            before = session.labels.classes.copy()
            QTest.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
            changed = np.flatnonzero(session.labels.classes != before)
            lines = [f"{day} {int(session.labels.classes[day])}\n" for day in changed]
            os.write(ack, "".join(lines).encode())
        app.processEvents()


def windows_figures(folder: str, out: str) -> None:
    """Write a figure of each kind, an animation and a sequence from the window, again and again."""
    from quakegui.ui.plots.animation import save_animation
    from quakegui.ui.plots.figures import save_figure

    _app, session, window = shown_window(folder, str(Path(out).with_suffix(".ini")))
    panel = window.day_map_panel.view
    while True:
        for kind in ("png", "svg", "pdf"):
            save_figure(panel, Path(out) / f"figure.{kind}", dpi=96)
        for name in ("animation.gif", "frames"):
            save_animation(session, panel, Path(out) / name, range(4), days_per_second=5, progress=lambda *_: True)


def begin_run(folder: str) -> None:
    """Begin a run."""
    import run_parts

    run_parts.begin(Path(folder))


def end_run(folder: str, run_id: str) -> None:
    """Record the end of a run that the worker has finished."""
    import run_parts

    run_parts.end(Path(folder), run_id)


ACTIONS: dict[str, Callable[..., None]] = {
    "command": command,
    "label": label,
    "open": open_project,
    "tables": tables,
    "train": train_here,
    "figures": windows_figures,
    "window": label_in_window,
    "begin": begin_run,
    "demo": make_demo,
    "end": end_run,
}


def action(do: str) -> Callable[..., None]:
    """Return an action by its name."""
    module, _, name = do.rpartition(":")
    found: Callable[..., None] = getattr(importlib.import_module(module), name) if module else ACTIONS[do]
    return found


def die_after(steps: int) -> None:
    """Let this process kill itself before its so many-th file operation or commit."""
    left = [steps]

    def count(*_: object) -> None:
        left[0] -= 1
        if left[0] <= 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def hear(name: str, arguments: tuple[object, ...]) -> None:
        reads = name == "open" and isinstance(arguments[1], str) and not set(arguments[1]) & set("wax+")
        if name in COUNTED and not reads:
            count()

    sys.addaudithook(hear)
    event.listen(Engine, "commit", count)


def child(request: dict[str, object]) -> None:
    """Do one action and end the process."""
    with contextlib.suppress(OSError):
        os.setpgid(0, 0)
    log = os.open(str(request["log"]), os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(log, 1)
    os.dup2(log, 2)
    status = 1
    try:
        if request["step"]:
            die_after(int(str(request["step"])))
        action(str(request["do"]))(*request["args"])  # type: ignore[misc]
        status = 0
    except SystemExit as ended:
        status = int(ended.code or 0)
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def warm_up() -> None:
    """Run a few commands on a small project: what they compute when first used, each child would compute anew."""
    with tempfile.TemporaryDirectory() as place, contextlib.redirect_stdout(io.StringIO()):
        files, project = Path(place) / "files", str(Path(place) / "project")
        files.mkdir()
        for code in ("AAA", "BBB"):
            rows = "\n".join(f"2022-03-{1 + day:02d}T16:30:00Z,{50_000 + day}" for day in range(10))
            (files / f"{code}.csv").write_text(f"time,{code}\n{rows}\n", encoding="utf-8")
        for words in (("new", project), ("import", project, str(files)), ("runs", "list", project)):
            with contextlib.suppress(SystemExit):
                command(*words)
        with Project.open(project) as opened:
            journal.write_labels(opened, days_with_data(opened), 1, source=LabelSource.ANALYST, author="Li")
            journal.undo(opened, "Li")
            journal.redo(opened, "Li")


def main(preload: list[str]) -> None:
    """Answer requests until the input ends."""
    for name in preload:
        __import__(name)
    assert dict(verbs.program.commands)  # imports every command
    if os.environ.get("QUAKEGUI_TEST_SHARE"):  # every folder is taken for one on a network share
        database.is_network_folder = lambda _folder: True
    if preload:
        warm_up()
    gc.collect()
    gc.freeze()  # a child that looks for garbage among all that was imported copies every page of it
    print("ready", flush=True)
    for line in sys.stdin:
        pid = os.fork()
        if not pid:
            child(json.loads(line))
        with contextlib.suppress(OSError):  # the child may have done it, or be gone
            os.setpgid(pid, pid)
        print(pid, flush=True)
        sys.stdin.readline()
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
