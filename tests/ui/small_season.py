"""A tiny real project: four stations, forty days of hourly readings, a session over it. Made once, copied for each test."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

import numpy as np

from quakegui.app import opening
from quakegui.app.session import Session
from quakegui.app.settings import SettingsFile
from quakegui.paths import resources
from quakegui.project import catalogue, stations
from quakegui.project.importing import import_paths
from quakegui.project.store import Project
from quakegui.season.network import Station

PLACES = {"AAA": (29.5, 102.0), "BBB": (28.5, 102.6), "CCC": (27.5, 101.7), "DDD": (28.6, 101.4)}
FIRST_HOUR = datetime(2022, 1, 1)
HOURS = 40 * 24
CATALOGUE = resources() / "catalogue" / "liangshan_2022.csv"


def wide_table(path: Path, *, hours: int = HOURS, codes: tuple[str, ...] = tuple(PLACES)) -> Path:
    """Write hourly readings of several stations, one column each, and return the path."""
    noise = np.random.default_rng(7).normal(0.0, 0.4, (hours, len(codes)))
    lines = ["time," + ",".join(codes)]
    for hour in range(hours):
        values = ",".join(f"{48000 + 100 * n + noise[hour, n]:.2f}" for n in range(len(codes)))
        lines.append(f"{FIRST_HOUR + timedelta(hours=hour):%Y-%m-%d %H:%M},{values}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@cache
def _template() -> Path:
    place = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, place, ignore_errors=True)
    with Project.create(place / "p", timezone="Asia/Shanghai", name="Small") as project:
        import_paths(project, [wide_table(place / "readings.csv")])
        for code, (latitude, longitude) in PLACES.items():
            stations.set_stations(project, Station(code, f"Place {code}", latitude, longitude))
        catalogue.import_events(project, CATALOGUE)
        catalogue.make_class_scheme(project, split_magnitude=4.0)
    return place / "p"


def small_session(tmp_path: Path) -> Session:
    """Return a session whose settings are its own; no project is open."""
    session = Session(SettingsFile(tmp_path / "settings.ini"))
    session.set_settings(analyst="Li")
    return session


def open_small(qtbot, tmp_path: Path) -> Session:
    """Return a session on a copy of the small project, its season computed."""
    shutil.copytree(_template(), tmp_path / "p")
    session = small_session(tmp_path)
    assert opening.open_project(session, tmp_path / "p")
    wait(qtbot, session)
    return session


def wait(qtbot, session: Session) -> None:
    """Return when no job is left and its result has been handed over."""
    qtbot.waitUntil(lambda: not session.jobs.busy, timeout=30_000)
