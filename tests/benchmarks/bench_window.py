"""What the window shows after one action: a run, a dialog, another theme or language."""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from pathlib import Path

from bench_step import opened, rest, wait
from bench_tools import Row, Timed, in_turn, limited, rounds_of
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from sklearn.metrics import confusion_matrix, precision_recall_fscore_support

from quakegui.app.change import Change
from quakegui.app.runs import use_run
from quakegui.learn.zero_shot.shipped import install_model
from quakegui.ui.main_window import MainWindow

sys.path.append(str(Path(__file__).parents[1] / "ui"))
from finished_run import trained

ROUNDS = 12
DIALOGS = ("settings", "season", "stations", "catalogue", "rule", "import", "fetch", "flags", "imports", "revert", "figure",
           "palette", "shortcuts", "new")  # fmt: skip
SWITCHES = {"theme": ("theme-dark", "theme-light"), "language": ("language-zh", "language-en")}


def with_runs(folder: Path) -> tuple[QApplication, MainWindow, list]:
    """Return a window on a copy of a project with two finished runs, its results shown."""
    app, window = opened(Path(shutil.copytree(folder, Path(tempfile.mkdtemp()) / "project")))
    session = window.session
    runs = [install_model(session.project, session.season), trained(session)[0]]
    session.reload(Change.RUNS)
    return app, window, runs


def measure_run(folder: Path) -> list[Row]:
    """Time the choice of a run until its matrix and classes are painted: the first in this process, and later ones."""
    app, window, runs = with_runs(folder)
    session = window.session
    window.layouts.use("results")
    panel = window.docks["evaluation"].widget()
    chosen = []

    def choose() -> None:
        run = runs[len(chosen) % 2]
        use_run(session, run)
        app.processEvents()
        chosen.append(run.id)
        assert panel.classes.rowCount() > 0

    def counted() -> None:
        said = runs[0].predictions()
        pooled, fold = said.out_of_fold()
        here = (fold >= 0) & (said.labels >= 0)
        confusion_matrix(said.labels[here], pooled[here].argmax(axis=1))
        precision_recall_fscore_support(said.labels[here], pooled[here].argmax(axis=1), zero_division=0)

    (first,) = in_turn(1, choose, warm_up=0, clock=time.thread_time)
    took = []
    for _ in range(ROUNDS):
        wait(lambda: not session.jobs.busy)
        took.append(in_turn(1, counted, choose, warm_up=0, clock=time.thread_time))
    wait(lambda: not session.jobs.busy)
    window.close()
    peer, ours = map(rounds_of, zip(*took, strict=True))
    words = "scikit-learn's confusion_matrix and precision_recall_fscore_support, predictions read"
    return [
        limited("A run chosen: matrix and classes shown", ours, 200.0, "at most 0.2 s", peer=words, theirs=peer),
        limited("The same, first after a start", first, 200.0, "at most 0.2 s"),
    ]


def measure_dialogs(folder: Path) -> list[Row]:
    """Time the first opening of dialogs until they are painted, and switches of theme and language."""
    app, window = opened(folder)
    actions, times = window.menus.actions, {}
    for name in DIALOGS:
        times[name] = opening(app, actions[name].trigger)
        rest(50)
    rows = [
        limited(f"First opening of a dialog: {name}", timed, 80.0, "at most 80 ms")
        for name, timed in sorted(times.items(), key=lambda one: -one[1].processor_median())
    ]
    for name, pair in SWITCHES.items():

        def switch(pair: tuple[str, str] = pair) -> None:
            for one in pair:
                actions[one].trigger()
                app.processEvents()

        (both,) = in_turn(ROUNDS, switch, clock=time.thread_time)
        rows.append(limited(f"Switch of the {name}, painted", both.times(0.5), 40.0, "at most 40 ms"))
    window.close()
    return rows


def opening(app: QApplication, trigger) -> Timed:
    """Return how long a modal dialog took until it was painted; it is closed then."""
    begun, ended = (time.perf_counter(), time.thread_time()), []

    def painted() -> None:
        ended.append((time.perf_counter(), time.thread_time()))
        app.activeModalWidget().close()

    QTimer.singleShot(0, lambda: QTimer.singleShot(0, painted))
    trigger()
    return Timed(((ended[0][0] - begun[0]) * 1e3,), ((ended[0][1] - begun[1]) * 1e3,))
