"""How time and memory grow with days, stations and cadence: 1 x and 10 x, and the exponent between them."""

from __future__ import annotations

import tempfile
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from bench_reading import season as synthetic
from bench_tools import Row
from test_maps_benchmark import case

from quakegui.project.importing import store_parsed
from quakegui.project.parsing import ParsedFile
from quakegui.project.record import blocks_of
from quakegui.project.seasons import load_season
from quakegui.project.store import Project
from quakegui.season.extrema import ExtremaConfig
from quakegui.season.readings import Readings
from quakegui.season.synthetic import minutes
from quakegui.season.tracking import season_features


def weighed(work: Callable[[], Any]) -> tuple[float, float]:
    """Return processor seconds and, of a second run, the peak of allocated memory in MB."""
    begun = time.process_time()
    work()
    seconds = time.process_time() - begun
    tracemalloc.start()
    work()
    peak = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    return seconds, peak


def grown(work: str, small: tuple[float, float], large: tuple[float, float], times: float, linear: bool) -> Row:
    exponent, memory = (float(np.log(b / a) / np.log(times)) for a, b in zip(small, large, strict=True))
    return Row(
        work,
        f"{times:g} x",
        f"{large[0]:.2f} s, {large[1]:.0f} MB",
        f"{small[0]:.2f} s, {small[1]:.0f} MB",
        f"exponent {exponent:.2f} in processor time, {memory:.2f} in memory",
        "at most 1 in days" if linear else "stated",
        exponent <= 1.1 if linear else None,
    )


def maps(days: int, stations: int) -> tuple[float, float]:
    made = case(stations, days)
    return weighed(lambda: [None for _ in made.gridder.iterate(made.z)])


def features(days: int, stations: int) -> tuple[float, float]:
    made = case(stations, days)
    dates, config = np.datetime64("2022-02-01") + np.arange(days), ExtremaConfig(threshold_z=4.0)

    def work() -> None:
        drawn = map(made.gridder.map, made.z)
        season_features(dates, drawn, z=made.z, anomaly_nt=made.z, gridder=made.gridder, config=config)

    return weighed(work)


def project_of(folder: Path, days: int, stations: int, cadence_s: float = 60.0) -> tuple[float, float]:
    """Return what storing a synthetic season takes; the project stays in `folder`."""
    made = synthetic(days, stations)
    records = [finer(minutes(made, station), cadence_s) for station in range(stations)]
    number = 0

    def work() -> None:
        nonlocal number
        number += 1
        files = [
            ParsedFile(code.code, code.code, f"{k:064d}", "test", blocks_of(record), (code,))
            for k, (code, record) in enumerate(zip(made.network.stations, records, strict=True))
        ]
        with Project.create(folder / str(number), timezone="Asia/Shanghai", name="Growth") as project:
            store_parsed(project, files)

    return weighed(work)


def finer(record: Readings, cadence_s: float) -> Readings:
    """Return a record repeated to a finer cadence."""
    count = round(60.0 / cadence_s)
    if count == 1:
        return record
    step = np.timedelta64(round(cadence_s * 1000), "ms")
    time_ms = (record.time[:, None] + np.arange(count) * step).ravel()
    return Readings(record.code, time_ms, np.repeat(record.values, count), cadence_s)


def opened(folder: Path) -> tuple[float, float]:
    def work() -> None:
        with Project.open(folder) as project:
            assert load_season(project) is not None

    return weighed(work)


def measure_growth() -> list[Row]:
    with tempfile.TemporaryDirectory() as place:
        base = Path(place)
        rows = [
            grown("Maps, 334 -> 3340 days of 25 stations", maps(334, 25), maps(3340, 25), 10, True),
            grown("Maps, 25 -> 250 stations, 64 days", maps(64, 25), maps(64, 250), 10, False),
            grown("Features, 100 -> 1000 days of 25 stations", features(100, 25), features(1000, 25), 10, True),
            grown("Features, 25 -> 250 stations, 40 days", features(40, 25), features(40, 250), 10, False),
        ]
        cases = {"s": (67, 5, 60.0), "days": (670, 5, 60.0), "stations": (67, 50, 60.0)}
        stored = {name: project_of(base / name, *case_) for name, case_ in cases.items()}
        rows += [
            grown("Storing readings, 67 -> 670 days of 5 stations", stored["s"], stored["days"], 10, True),
            grown("Storing readings, 5 -> 50 stations, 67 days", stored["s"], stored["stations"], 10, False),
        ]
        minute = project_of(base / "minute", 3, 25)
        second = project_of(base / "second", 3, 25, 1.0)
        rows.append(grown("Storing readings, 1 min -> 1 s, 3 days of 25 stations", minute, second, 60, False))
        small = opened(base / "s" / "1")
        for name, words in (("days", "67 -> 670 days of 5 stations"), ("stations", "5 -> 50 stations, 67 days")):
            rows.append(grown(f"Opening a project, {words}", small, opened(base / name / "1"), 10, name == "days"))
        return rows
