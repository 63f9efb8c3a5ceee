"""SIGKILL while an analyst labels: every label that was shown as given is there afterwards, and undo still works."""

from __future__ import annotations

import random
import signal
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import tiny_season

from quakegui.app.settings import SettingsFile
from quakegui.project import journal
from quakegui.project.store import Project

SCRIPT = Path(__file__).with_name("labelling_window.py")


def kill_while_labelling(folder: Path, settings: Path, seed: int) -> dict[int, int]:
    """Run the window, kill it at a random moment, and return the labels that it said were given, by day index."""
    moment = random.Random(seed).uniform(0.02, 2.0)
    worker = subprocess.Popen(
        [sys.executable, str(SCRIPT), str(folder), str(settings), str(seed)], stdout=subprocess.PIPE, text=True
    )
    assert worker.stdout is not None
    assert worker.stdout.readline().strip() == "ready"
    killer = threading.Timer(moment, worker.send_signal, (signal.SIGKILL,))
    killer.start()
    said: dict[int, int] = {}
    for line in worker.stdout:
        if line.endswith("\n"):
            index, cls = line.split()
            said[int(index)] = int(cls)
    worker.wait()
    killer.join()
    worker.stdout.close()
    assert worker.returncode == -signal.SIGKILL
    return said


def check(folder: Path, said: dict[int, int]) -> None:
    """Check that the database is whole, every label said is in force, and the history can be walked back."""
    with sqlite3.connect(folder / "project.sqlite") as database:
        assert database.execute("pragma integrity_check").fetchone() == ("ok",)
    database.close()
    with Project.open(folder) as project:
        held = journal.in_force(project)
        first = tiny_season.FIRST
        got = {index: held[first + index].cls for index in said}
        lost = {index: cls for index, cls in said.items() if got[index] != cls}
        # The key after the last one said may have been kept too: it is on disk before it is shown.
        assert len(lost) <= 1, f"labels lost: {lost}"
        for index in lost:
            assert journal.history(project, first + index)[-2].cls == said[index]
        author = journal.rows(project)[-1].author
        count = len(journal.rows(project))
        assert journal.undo(project, author) is not None
        assert len(journal.rows(project)) > count


def run(tmp_path: Path, seeds: range) -> int:
    folder = tmp_path / "project"
    tiny_season.make(folder)
    settings, labels = tmp_path / "settings.ini", 0
    for seed in seeds:
        said = kill_while_labelling(folder, settings, seed)
        check(folder, said)
        labels += len(said)
    # The day and the layout are kept as they change, not at the end.
    assert SettingsFile(settings).load_day(folder) is not None
    return labels


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL; the harness there is the installer's")
def test_no_label_is_lost_to_a_kill(tmp_path):
    assert run(tmp_path, range(3)) > 0


@pytest.mark.slow
@pytest.mark.timeout(3000)
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL; the harness there is the installer's")
def test_no_label_is_lost_to_a_hundred_kills(tmp_path):
    assert run(tmp_path, range(100, 200)) > 1000
