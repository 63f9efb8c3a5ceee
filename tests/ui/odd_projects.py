"""Projects that are out of the ordinary, for the tests of what the window says of each."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import numpy as np

from quakegui.project.importing import store_files
from quakegui.project.parsing import ParsedFile
from quakegui.project.reading_blocks import blocks_of
from quakegui.project.store import Project
from quakegui.season.config import SeasonConfig
from quakegui.season.network import Station
from quakegui.season.readings import Readings

ZONE = "Asia/Shanghai"
FIRST = np.datetime64("2022-02-01", "D")


def make(
    folder: Path, *, stations: int = 8, days: int = 50, shown: int | None = 10, located: bool = True, in_line: bool = False
) -> Path:
    """Write a project of hourly readings without events; the last `shown` days are its season window, None for no window."""
    rng = np.random.default_rng(stations)
    common = np.cumsum(rng.normal(0.0, 0.6, days * 24))
    start = FIRST.astype("datetime64[ms]") - np.timedelta64(8, "h") + np.timedelta64(30, "m")
    time = start + np.arange(days * 24) * np.timedelta64(1, "h")
    files = []
    for number in range(stations):
        code = f"S{number:03d}"
        place = (
            (27.0 + 2.0 * (number * 0.618 % 1), 101.0 + 2.0 * (number / stations) * (not in_line)) if located else (None, None)
        )
        values = 50_000.0 + number + common + rng.normal(0.0, 0.5, time.size)
        blocks = blocks_of(Readings(code, time, values, 3600.0))
        files.append(ParsedFile(code, code, f"{number:064d}", "test", blocks, (Station(code, "", *place),)))
    with Project.create(folder, timezone=ZONE, name="Odd") as project:
        last = FIRST + days - 1
        if shown is not None:
            project.set_config(SeasonConfig(ZONE, first_day=last - shown + 1, last_day=last))
        store_files(project, files)
    return folder


def empty(folder: Path) -> Path:
    """Write a project without anything in it."""
    Project.create(folder, timezone=ZONE, name="Empty").close()
    return folder


def from_the_future(folder: Path) -> Path:
    """Write a project whose tables are of a version that this program does not know."""
    empty(folder)
    database = sqlite3.connect(folder / "project.sqlite")
    database.execute("update setting set value = '999' where key = 'schema'")
    database.commit()
    database.close()
    return folder
