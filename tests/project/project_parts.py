"""Small files and projects for the tests of this folder."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from itertools import count
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from quakegui.project import catalogue, journal
from quakegui.project.importing import store_files
from quakegui.project.parsing import ParsedFile
from quakegui.project.reading_blocks import blocks_of
from quakegui.project.shared.address import is_shared_folder, read_address
from quakegui.project.store import DATABASE, Project
from quakegui.season.events import ClassScheme, Declustering, Event
from quakegui.season.labels import LabelSource
from quakegui.simulate.minutes import minutes
from quakegui.simulate.synthetic import SyntheticConfig, make_season

HEAD = """ Format                 IAGA-2002                                    |
 Source of Data         A test                                       |
 Station Name           Somewhere                                    |
 IAGA CODE              {code:<45}|
 Geodetic Latitude      {latitude:<45}|
 Geodetic Longitude     {longitude:<45}|
 Elevation              100                                          |
 Reported               XYZF                                         |
 Digital Sampling       1 second                                     |
 Data Interval Type     1-minute                                     |
 Data Type              {kind:<45}|
DATE       TIME         DOY     {code}X      {code}Y      {code}Z      {code}F   |
"""


def minute_values(level: float = 46_000.0, seed: int = 0) -> NDArray[np.float64]:
    """One UTC day of total intensity, nT, two decimals."""
    noise = np.random.default_rng(seed).normal(0.0, 0.3, 1440)
    return np.round(level + 5.0 * np.sin(np.arange(1440) / 229.0) + noise, 2)


def iaga(
    code: str = "KAK",
    day: str = "2022-01-15",
    values: NDArray[np.float64] | None = None,
    *,
    kind: str = "variation",
    latitude: str = "36.232",
    longitude: str = "140.186",
) -> bytes:
    """An IAGA-2002 minute file of one UTC day; NaN is written as 99999."""
    values = minute_values() if values is None else values
    date = np.datetime64(day, "D")
    year_day = int((date - date.astype("datetime64[Y]")).astype(int)) + 1
    lines = [
        f"{day} {minute // 60:02d}:{minute % 60:02d}:00.000 {year_day:03d}  " + f"{99999.0:10.2f}" * 3 + f"{value:10.2f}\n"
        for minute, value in enumerate(np.where(np.isnan(values), 99999.0, values))
    ]
    return (HEAD.format(code=code, latitude=latitude, longitude=longitude, kind=kind) + "".join(lines)).encode()


_WRITTEN = count(1_700_000_000)


def put(folder: Path, name: str, data: bytes) -> Path:
    """Write a file and return it; each is modified a second after the one before, however fast a test goes."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data)
    second = next(_WRITTEN)
    os.utime(folder / name, (second, second))
    return folder / name


EVENTS = (
    Event("a", np.datetime64("2022-03-01T04:00:00.000", "ms"), 5.1, 29.6, 102.4, 10.0, "=HYPERLINK(1) 泸定", "Mw"),
    Event("b", np.datetime64("2022-03-01T06:00:00.500", "ms"), 3.4, 29.6, 102.4, None, "泸定"),
    Event("c", np.datetime64("2022-03-08T04:00:00.000", "ms"), 3.6, 27.2, 101.9, 12.5, "'quoted"),
)


def small_synthetic(folder: Path) -> Project:
    """A project of 5 stations and 70 days with events, labels of every source, an undo and notes."""
    config = SyntheticConfig(
        seed=7,
        stations=5,
        first_day=np.datetime64("2022-02-20", "D"),
        last_day=np.datetime64("2022-03-15", "D"),
        warm_up_days=46,
    )
    season = make_season(config, main_field_nt=np.full(5, 50_000.0))
    project = Project.create(folder, name="SYNTHETIC small", synthetic=True)
    files = (
        ParsedFile(
            f"file {number}", f"file {number}", f"{number:064d}", "synthetic", blocks_of(minutes(season, number)), (station,)
        )
        for number, station in enumerate(season.network.stations)
    )
    store_files(project, files)
    catalogue.store_events(project, EVENTS, declustering=Declustering())
    catalogue.set_class_scheme(project, ClassScheme(4.0, (29.7, 102.4), (27.2, 102.0)))
    journal.apply_rule(project)
    day = np.array(["2022-03-01", "2022-03-02"], dtype="datetime64[D]")
    journal.write_labels(project, day, 3, source=LabelSource.ANALYST, author="李", note="+ peak")
    journal.write_labels(project, day[:1], 2, source=LabelSource.SETTLED, author="Wang")
    journal.undo(project, "Wang")
    journal.write_note(project, day[0], "windy", "李")
    return project


def tamper(folder: Path, *statements: str) -> None:
    """Change a database as another program would: the guards are taken out first, and put back as they were."""
    if is_shared_folder(folder):
        import psycopg  # of an extra

        with psycopg.connect(read_address(folder).url) as server:
            server.execute("SET session_replication_role = replica")
            for statement in statements:
                if "sqlite_sequence" not in statement:  # the counters of a server do not tell how many rows there were
                    server.execute(statement)
        return
    with closing(sqlite3.connect(folder / DATABASE)) as connection:
        guards = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        connection.executescript(";".join([*(f"DROP TRIGGER {name}" for name, _ in guards), *statements]))
        for _, sql in guards:
            connection.execute(sql)
        connection.commit()
