"""`quakegui update --watch` beside an open window, the everyday case: an hour of it, compressed.

The command runs as a process of its own on the folder that new day files come into; only the network's answers are made up,
and a look at the folder takes a fiftieth of the time. The window steps, plays, labels and takes back meanwhile, by its keys.
"""

from __future__ import annotations

import json
import random
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from agreement import require_agreement, require_whole_journal
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from run_parts import finish, label_all
from run_projects import TINY, season_of

from quakegui.app import opening, others
from quakegui.app.arrivals import Arrivals
from quakegui.app.session import Session
from quakegui.app.settings import SettingsFile
from quakegui.learn import messages, season_runs
from quakegui.project import journal, runs, seasons
from quakegui.project.store import Project
from quakegui.season.labels import LabelSource
from quakegui.ui.main_window import MainWindow

UPDATE = """
import functools, sys
import numpy as np
from quakegui.cli import main, updating
from quakegui.learn import issuing
issuing.answer = lambda run, maps, **_: np.tile((0.1, 0.5, 0.2, 0.1, 0.1), (len(maps), 1))
updating.Watch = functools.partial(updating.Watch, pause_s=0.1)
sys.argv = ["quakegui", "update", sys.argv[1], "--watch", sys.argv[2], "--json"]
main()
"""
KEYS = (
    *[Qt.Key.Key_Right] * 6, *[Qt.Key.Key_Left] * 3, Qt.Key.Key_PageDown, Qt.Key.Key_PageUp, Qt.Key.Key_Space,
    Qt.Key.Key_0, Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_3, Qt.Key.Key_4, Qt.Key.Key_U,
)  # fmt: skip
CODES = ("AAA", "BBB", "CCC", "DDD", "EEE", "FFF", "GGG")


@pytest.fixture
def project(small_project: Path) -> Path:
    """Return a project with a finished run, whose season goes on with the readings."""
    label_all(small_project)
    with Project.open(small_project) as opened:
        opened.set_config(replace(opened.config(), last_day=None))
        season = season_of(opened)
        run = finish(season_runs.begin_run(opened, season, TINY))
        season_runs.end_run(opened, season, run.id, messages.Done("done"))
    return small_project


@pytest.fixture
def window(project: Path, tmp_path: Path, qtbot: QtBot) -> Iterator[MainWindow]:
    session = Session(SettingsFile(tmp_path / "settings.ini"))
    session.set_settings(analyst="Li", days_per_second=30.0)
    made = MainWindow(session)
    with qtbot.waitExposed(made):
        made.show()
    assert opening.open_project(session, project)
    qtbot.waitUntil(lambda: session.season is not None and not session.jobs.busy)
    made.activateWindow()
    made.day_map_panel.setFocus()
    yield made
    made.close()
    made.deleteLater()
    session.deleteLater()


@pytest.fixture
def update(project: Path, tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], Path, Path]]:
    """Return the command at work, the folder that it watches, and the file of what it prints."""
    incoming, printed = tmp_path / "incoming", tmp_path / "printed.jsonl"
    incoming.mkdir()
    with printed.open("w", encoding="utf-8") as out, (tmp_path / "said.txt").open("w", encoding="utf-8") as said:
        process = subprocess.Popen([sys.executable, "-c", UPDATE, project, incoming], stdout=out, stderr=said, text=True)
        yield process, incoming, printed
        process.kill()
        process.wait()


def day_file(folder: Path, day: np.datetime64) -> None:
    """Let a day's file appear, whole, as a copy from elsewhere does."""
    rng = np.random.default_rng(int(day.astype(int)))
    rows = [
        f"{day}T{hour:02}:30:00Z," + ",".join(f"{50_000 + 40 * k + rng.normal():.2f}" for k in range(len(CODES)))
        for hour in range(24)
    ]
    part = folder.parent / f"{day}.part"
    part.write_text("\n".join([",".join(("time", *CODES)), *rows]) + "\n", encoding="utf-8")
    shutil.move(part, folder / f"{day}.csv")


def rounds(printed: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in printed.read_text("utf-8").splitlines(keepends=True) if line.endswith("\n")]


def an_hour(
    window: MainWindow, update: tuple[subprocess.Popen[str], Path, Path], place: Path, qtbot: QtBot, every: int
) -> list[Arrivals]:
    """Let an hour pass in which a day's file comes every few minutes; returns what the window was told."""
    process, incoming, printed = update
    session, chance = window.session, random.Random(every)
    assert session.project is not None
    arrivals: list[Arrivals] = []
    errors: list[str] = []
    session.arrived.connect(arrivals.append)
    session.message.connect(lambda sentence, level: errors.append(sentence) if level == "error" else None)
    qtbot.waitUntil(lambda: len(rounds(printed)) == 1)
    first, seen = session.days[-1] + 1, 0
    before = journal.journal_rows(session.project)
    with Project.open(session.project.folder) as third:
        for minute in range(60):
            if minute % every == 0:
                day_file(incoming, first + seen)
                seen += 1
            if minute % 15 == 7:
                journal.write_labels(third, session.days[-2:], chance.randrange(5), source=LabelSource.ANALYST, author="Bo")
            for _ in range(6):
                qtbot.keyClick(window, chance.choice(KEYS))
            before = require_whole_journal(before, third)
            if minute % every == every - 1:
                qtbot.waitUntil(lambda seen=seen: sum(len(done["imported"]) for done in rounds(printed)) == seen)
    process.send_signal(signal.SIGINT)
    qtbot.waitUntil(lambda: process.poll() is not None)
    window.day_map_panel.play_bar.stop()
    # Nobody asks the window to look: its own clock finds the last of it.
    with Project.open(session.project.folder) as fresh:
        days = seasons.season_days(fresh)
        said = runs.predictions_in_use(fresh, days)
        revision = fresh.revision()
    qtbot.waitUntil(lambda: not session.jobs.busy and session.season.revision == revision)
    others.poll(session)
    assert errors == []
    assert session.days[-1] == days[-1]
    assert days[-1] >= first + seen - 1
    assert (said.kind[-seen:] == "prospective").sum() >= seen - 1
    require_agreement(session, place)
    return arrivals


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl+C is sent in another way there")
@pytest.mark.slow  # an hour hurried into twelve seconds
def test_an_hour_of_update_beside_an_open_window(window, update, tmp_path, qtbot):
    arrivals = an_hour(window, update, tmp_path, qtbot, every=10)
    assert sum(one.new_days for one in arrivals) >= 6
    assert any(one.labels.get("Bo") for one in arrivals)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl+C is sent in another way there")
def test_an_hour_in_which_a_day_comes_in_every_minute(window, update, tmp_path, qtbot):
    arrivals = an_hour(window, update, tmp_path, qtbot, every=1)
    assert sum(one.new_days for one in arrivals) >= 60
