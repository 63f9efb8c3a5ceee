"""A small project for the window's tests: eight invented stations, hourly readings of a spring, one strong anomaly."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from quakegui.project import catalogue, journal, runs
from quakegui.project.importing import store_files
from quakegui.project.parsing import ParsedFile
from quakegui.project.reading_blocks import blocks_of
from quakegui.project.store import Project
from quakegui.season.config import SeasonConfig
from quakegui.season.events import ClassScheme, Declustering, Event
from quakegui.season.kp import Kp
from quakegui.season.labels import LabelSource
from quakegui.season.network import Station
from quakegui.season.readings import Readings

ZONE = "Asia/Shanghai"
FIRST, LAST = np.datetime64("2022-02-01", "D"), np.datetime64("2022-03-15", "D")
WARM_UP_DAYS = 40
PLACES = {
    "AAA": (28.6, 101.7), "BBB": (28.6, 102.6), "CCC": (27.6, 101.7), "DDD": (27.6, 102.6),
    "EEE": (28.1, 102.15), "FFF": (28.3, 102.0), "GGG": (27.9, 102.4), "HHH": (28.0, 101.8),
}  # fmt: skip
STRONG = "EEE"
STRONG_DAYS = range(20, 24)
"""Days of the season window on which EEE stands out."""
SILENT_DAY = 30
"""No station recorded on this day of the season window."""
SHORT = ("HHH", 10)
"""Station and day whose night is too short."""
EVENT_DAY = 25


def stations() -> tuple[Station, ...]:
    located = [Station(code, f"{code} station", *place) for code, place in PLACES.items()]
    return (*located, Station("ZZZ", "nowhere"))


def readings(code: str, rng: np.random.Generator, common: np.ndarray) -> Readings:
    hours = common.size
    start = np.datetime64(FIRST - np.timedelta64(WARM_UP_DAYS, "D"), "ms") - np.timedelta64(8, "h")
    time = start + np.arange(hours) * np.timedelta64(1, "h") + np.timedelta64(30, "m")
    values = 50_000.0 + 25.0 * (ord(code[0]) - 65) + common + rng.normal(0.0, 0.5, hours)
    day = np.arange(hours) // 24 - WARM_UP_DAYS
    if code == STRONG:
        values[np.isin(day, STRONG_DAYS)] += 25.0
    kept = day != SILENT_DAY
    if code == SHORT[0]:
        kept &= ~((day == SHORT[1]) & (np.arange(hours) % 24 < 2))
    return Readings(code, time[kept].astype("datetime64[ms]"), values[kept], 3600.0)


def events() -> tuple[Event, ...]:
    def at(day: int) -> np.datetime64:
        return np.datetime64(FIRST + day, "ms") + np.timedelta64(4, "h")

    return (
        Event("one", at(EVENT_DAY), 4.6, 28.9, 102.3, 12.0, "north of here"),
        Event("two", at(EVENT_DAY + 8), 3.4, 27.3, 101.9, 8.0, "south of here"),
    )


def make(folder: Path) -> None:
    """Write the project into a new folder."""
    rng = np.random.default_rng(5)
    days = int((LAST - FIRST).astype(int)) + 1 + WARM_UP_DAYS
    common = np.cumsum(rng.normal(0.0, 0.6, days * 24))
    files = [
        ParsedFile(code, code, f"{number:064d}", "test", blocks_of(readings(code, rng, common)), (station,))
        for number, (code, station) in enumerate(zip(PLACES, stations(), strict=False))
    ]
    slots = np.arange(np.datetime64("2021-12-20", "ms"), np.datetime64("2022-03-20", "ms"), np.timedelta64(3, "h"))
    kp = np.where((slots >= np.datetime64("2022-02-12T15")) & (slots < np.datetime64("2022-02-13T00")), 6.3, 2.0)
    project = Project.create(folder, timezone=ZONE, name="Tiny", synthetic=True)
    with project:
        project.set_config(SeasonConfig(ZONE, first_day=FIRST, last_day=LAST))
        store_files(project, [*files, ParsedFile("kp", "kp", "k" * 64, "kp", stations=stations()[-1:], kp=Kp(slots, kp))])
        catalogue.store_events(project, events(), declustering=Declustering(method="none"))
        catalogue.set_class_scheme(project, ClassScheme(4.0, (28.9, 102.3), (27.3, 101.9)))
        season_days = np.arange(FIRST, LAST + 1)
        journal.write_labels(project, season_days[18:28], 1, source=LabelSource.ANALYST, author="tester")
        journal.write_labels(project, season_days[:10], 0, source=LabelSource.ANALYST, author="tester")
        _predict(project, season_days)


def _predict(project: Project, season_days: np.ndarray) -> None:
    runs.add_run(project, runs.Run("run-1", 1_650_000_000_000, "done", {}, {}))
    shares = np.full((season_days.size, 5), 0.05)
    shares[np.arange(season_days.size), np.where(np.arange(season_days.size) < 21, 0, 3)] = 0.8
    for kind, part in (("in-sample", slice(0, 15)), ("out-of-fold", slice(15, 35)), ("prospective", slice(35, 40))):
        chosen = season_days[part]
        said = runs.LedgerPredictions(chosen, shares[part], kind, ("m",) * chosen.size, np.zeros(chosen.size, np.int64), "c")
        runs.append_predictions(project, "run-1", said)
