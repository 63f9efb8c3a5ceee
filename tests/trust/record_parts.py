"""Registrations, daily predictions, results kept with a run, and settings: what programs write before they are killed."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
from PySide6.QtCore import QByteArray
from run_projects import LATER_DAYS, season_of

from quakegui import cli
from quakegui.app.settings import Settings, SettingsFile
from quakegui.judge.alarms import AlarmRule
from quakegui.judge.limit import Limit, Share, SizeRow
from quakegui.learn import issuing, operating, season_runs
from quakegui.learn.evidence import masked_maps
from quakegui.learn.network.modelfile import read_model
from quakegui.learn.registering import register_run
from quakegui.learn.worker import run_limit
from quakegui.learn.zero_shot.applying import apply_model
from quakegui.progress import never, silent
from quakegui.project.store import Project
from quakegui.season.season import Season

HALF_AN_HOUR_MS = 1_800_000
FOUND = Limit(
    kind="matched-filter",
    title="matched filter",
    events=2,
    magnitude=4.0,
    peak_nt=2.7,
    footprint_km=20.0,
    length_days=7.0,
    signal_share=0.8,
    sizes=(SizeRow(1.0, 2.7, 2.0, Share(5, 4, 3, 0.1, 0.9)),),
    counts=(),
)


def over_ms(season: Season, index: int) -> int:
    """Return when the night of a day is over, milliseconds since 1970."""
    return int(season.config.over_at(season.days)[index].astype(np.int64))


def register_in(project: Project) -> None:
    """Register the current run for the last days of the season, half an hour before the first of them is known."""
    season, run = season_of(project), season_runs.find_run(project, None)
    now_ms = over_ms(season, -LATER_DAYS) - HALF_AN_HOUR_MS
    rule = AlarmRule(0.55, 1, 7)
    register_run(project, season, run, rule=rule, last_day=season.days[-1], author="Li", now_ms=now_ms)


def register(folder: str) -> None:
    """Register the current run of a project."""
    with Project.open(folder) as project:
        register_in(project)


def update(folder: str, said: str) -> None:
    """Predict the days as they become known, in two rounds, and note each that was reported."""
    issuing.answer = lambda _run, maps, **_: np.tile([0.2, 0.8, 0.0, 0.0, 0.0], (len(maps), 1))
    note = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    with Project.open(folder) as project:
        season = season_of(project)
        for index in (-LATER_DAYS, -1):
            now_ms = over_ms(season, index) + HALF_AN_HOUR_MS
            done = operating.update(project, listen=lambda _message: None, now_ms=now_ms)
            os.write(note, "".join(f"{one.day}\n" for one in done.predictions.issued).encode())


def tell(folder: str, settings: str) -> None:
    """Predict the last days with a run that has predicted nothing yet, and tell alarms as the command does."""
    issuing.answer = lambda _run, maps, **_: np.tile([0.01, 0.9, 0.03, 0.03, 0.03], (len(maps), 1))
    cli.main(["update", folder, "--run", "silent", "--on-alarm", settings])


def judge(folder: str) -> None:
    """Evaluate the current run, which keeps the result with it."""
    cli.main(["evaluate", folder, "--json"])


def limit(folder: str) -> None:
    """Keep a detection limit, which is given, with the current run."""
    run_limit.limit_of = lambda *_given, **_more: FOUND
    with Project.open(folder) as project:
        run = season_runs.find_run(project, None)
        run_limit.limit_run(project, season_of(project), run, number=5, progress=silent, cancelled=never)


def apply(folder: str, model: str) -> None:
    """Apply a pre-trained model whose answers are known, as those of the supplied one are for the demonstration."""

    def known(season: Season) -> tuple[np.ndarray, np.ndarray]:
        rows, _ = masked_maps(season, read_model(Path(model)).config)
        return np.full((season.has_map.sum(), 5), 0.2, np.float32), np.full((len(rows), 5), 0.2, np.float32)

    with Project.open(folder) as project:
        season = season_of(project)
        apply_model(project, season, Path(model), listen=lambda _message: None, earlier=known)


def change_settings(path: str, said: str) -> None:
    """Change settings, layouts and days without end; each is noted once its function has returned."""
    note = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    file, number = SettingsFile(Path(path)), 0
    while True:
        number += 1
        text = f"{number} {'名' * 200}"
        file.save(Settings(analyst=text))
        file.save_layout("labelling", QByteArray(text.encode()), QByteArray(bytes(3000)))
        file.save_day(Path("/project"), text)
        os.write(note, (json.dumps(text) + "\n").encode())
