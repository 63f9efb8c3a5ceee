"""How time and memory grow with days, stations and cadence: 1 x and 10 x, each case in a process of its own."""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
from bench_reading import HEAD
from bench_tools import Row
from test_maps_benchmark import case

from quakegui.project.importing import import_paths
from quakegui.project.seasons import load_season
from quakegui.project.store import Project
from quakegui.season.extrema import ExtremaConfig
from quakegui.season.tracking import season_features

NAME_DAY, NAME_DOY, NAME_CODE = b"2000-01-01", b" 001 ", b"S00"
"""What stands in the written days for the date, the day of the year and the station."""
PATTERNS = 8
SMALL_MB = 8.0
"""Memory added by the larger case that is not told from none."""


def megabytes() -> float:
    """Return the largest memory that this process has had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0


def maps(days: int, stations: int, _cadence_s: float, _folder: Path) -> Callable[[], Any]:
    made = case(stations, days)
    return lambda: [None for _ in made.gridder.iterate(made.z)]


def features(days: int, stations: int, _cadence_s: float, _folder: Path) -> Callable[[], Any]:
    made = case(stations, days)
    dates, config = np.datetime64("2013-02-01") + np.arange(days), ExtremaConfig(threshold_z=4.0)

    def work() -> None:
        drawn = map(made.gridder.map, made.z)
        season_features(dates, drawn, z=made.z, anomaly_nt=made.z, gridder=made.gridder, config=config)

    return work


def prediction(days: int, _stations: int, _cadence_s: float, _folder: Path) -> Callable[[], Any]:
    from quakegui.learn.network.devices import detect
    from quakegui.learn.network.inference import Predictor
    from quakegui.learn.network.precision import choose
    from quakegui.learn.network.vgg12 import whole_network
    from quakegui.learn.runs.dataset import scalar_table
    from quakegui.learn.runs.presets import PRESETS
    from quakegui.learn.runs.registry import RunFolder

    import keras  # isort: skip

    keras.config.set_dtype_policy(choose(detect()).policy)
    rng = np.random.default_rng(0)
    palette, config = rng.integers(0, 255, (256, 3)).astype(np.uint8), replace(PRESETS["fast"], dense=(64, 32))
    run = RunFolder(
        id="r",
        folder=Path(),
        title="r",
        created="",
        config=config,
        style="style",
        data_hash="",
        about={},
        card={},
        resumable=False,
    )
    answer = Predictor(run, palette, scalar_table(20), {}, {})
    pictures = np.zeros((1, config.size, config.size, 3), np.float16)
    answer.networks[pictures.shape[1:], pictures.dtype] = whole_network(config, pictures, palette, scalar_table(20))
    few = rng.integers(0, 22, (32, 480, 480)).astype(np.uint8)
    answer(few)  # traced before the clock runs, as in a season that goes on

    def work() -> None:
        for start in range(0, days, 32):
            answer(few[: min(32, days - start)])

    return work


def importing(days: int, stations: int, cadence_s: float, folder: Path) -> Callable[[], Any]:
    files = folder / "files"
    files.mkdir()
    write_files(files, days, stations, cadence_s)

    def work() -> None:
        with Project.create(folder / "project", timezone="Asia/Shanghai", name="Growth") as project:
            assert len(import_paths(project, [files]).imported) == days * stations

    return work


def opening(days: int, stations: int, _cadence_s: float, folder: Path) -> Callable[[], Any]:
    built(folder, days, stations)
    return lambda: opened(folder / "project")


def reopening(days: int, stations: int, _cadence_s: float, folder: Path) -> Callable[[], Any]:
    opened_before(folder, days, stations)
    return lambda: opened(folder / "project")


def window(days: int, stations: int, _cadence_s: float, folder: Path) -> Callable[[], Any]:
    opened_before(folder, days, stations)

    def work() -> float:
        # In a process of its own: this one has loaded what no window does.
        code = (
            "import os, pathlib, resource, quakegui, bench_step; "
            f"bench_step.walk_through(*bench_step.opened(pathlib.Path({str(folder / 'project')!r}))); "
            "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0, flush=True); os._exit(0)"
        )
        command = [sys.executable, "-c", code]
        said = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, cwd=Path(__file__).parent)
        return float(said.stdout.split()[-1])

    return work


def opened_before(folder: Path, days: int, stations: int) -> None:
    """Build a project and open it once, in a process of its own, so that only the next opening's time and memory are seen."""
    built(folder, days, stations, "; growth.opened(folder)")


def built(folder: Path, days: int, stations: int, then: str = "") -> None:
    """Build a project in a process of its own."""
    make = f"folder = pathlib.Path({str(folder / 'project')!r}); built.build(folder, built.Size({days}, {stations}))"
    code = f"import bench_growth as growth, built_project as built, pathlib; {make}{then}"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parent)


def opened(folder: Path) -> None:
    with Project.open(folder) as project:
        assert load_season(project) is not None


def write_files(folder: Path, days: int, stations: int, cadence_s: float) -> None:
    """Write IAGA-2002 files of one UTC day and station; a few different days take turns under their dates."""
    rng = np.random.default_rng(1)
    count = round(86_400 / cadence_s)
    seconds = (np.arange(count) * cadence_s).astype(int)
    bodies = []
    for _ in range(PATTERNS):
        total = 49_500.0 + np.cumsum(rng.normal(0.0, 0.05, count)) + rng.normal(0.0, 0.1, count)
        stamps = (f"{at // 3600:02d}:{at // 60 % 60:02d}:{at % 60:02d}" for at in seconds.tolist())
        lines = (
            f"2000-01-01 {clock}.000 001    {36000.0:9.2f} {-700.0:9.2f} {33000.0:9.2f} {f:9.2f}\n"
            for clock, f in zip(stamps, total.tolist(), strict=True)
        )
        bodies.append("".join(lines).encode())
    head = HEAD.replace("1-minute ", f"{cadence_s:.0f}-second") if cadence_s < 60 else HEAD
    places = rng.uniform((27.57, 101.56), (28.63, 102.76), (stations, 2))
    for station, (latitude, longitude) in enumerate(places.tolist()):
        code = f"S{station:02d}" if station < 100 else f"T{station - 100:02d}" if station < 200 else f"U{station - 200:02d}"
        said = head.format(code=code, latitude=latitude, longitude=longitude).encode()
        for day in range(days):
            date = np.datetime64("2013-02-01") + day
            doy = int((date - date.astype("datetime64[Y]")).astype(int)) + 1
            body = bodies[(day + station) % PATTERNS].replace(NAME_DAY, str(date).encode())
            body = body.replace(NAME_DOY, f" {doy:03d} ".encode())
            (folder / f"{code.lower()}{str(date).replace('-', '')}.min").write_bytes(said + body)


CASES = {each.__name__: each for each in (maps, features, prediction, importing, opening, reopening, window)}
DAY, STATION, SECOND = (334, 25, 60.0), (334, 250, 60.0), (3, 25, 1.0)
LONG = (3340, 25, 60.0)
GROWTHS = (
    ("Maps", maps, DAY, LONG),
    ("Maps", maps, DAY, STATION),
    ("Features of maps", features, DAY, LONG),
    ("Features of maps", features, DAY, STATION),
    ("Prediction, narrow recipe", prediction, DAY, LONG),
    ("Import of minute files", importing, (33, 25, 60.0), DAY),
    ("Import of minute files", importing, (33, 25, 60.0), (33, 250, 60.0)),
    ("Import of files", importing, (3, 25, 60.0), SECOND),
    ("Opening a project for the first time", opening, DAY, LONG),
    ("Opening a project for the first time", opening, DAY, STATION),
    ("Opening a project again", reopening, DAY, LONG),
    ("Opening a project again", reopening, DAY, STATION),
    ("Opening a project again", reopening, DAY, (3650, 100, 60.0)),
    ("The window: a project opened and walked through", window, DAY, LONG),
    ("The window: a project opened and walked through", window, DAY, (3650, 100, 60.0)),
)
MOST_WINDOW_MB = 500.0


def measured(kind: str, days: int, stations: int, cadence_s: float) -> tuple[float, float, float]:
    """Return processor seconds, the peak of memory, and what of it the work added, in MB; in a process of its own."""
    # Not as a script: the helpers of an import would begin by importing this file and all that it measures.
    command = [sys.executable, "-c", "import bench_growth; bench_growth.main()", kind, str(days), str(stations), str(cadence_s)]
    said = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, cwd=Path(__file__).parent)
    seconds, peak, before = json.loads(said.stdout.splitlines()[-1])
    return seconds, peak, max(peak - before, 1.0)


def measure_growth() -> list[Row]:
    known: dict[tuple[Any, ...], tuple[float, float, float]] = {}
    rows = []
    for words, kind, small, large in GROWTHS:
        one, many = ((kind.__name__, *size) for size in (small, large))
        try:
            for size in (one, many):
                if size not in known:
                    known[size] = measured(*size)
        except subprocess.CalledProcessError as error:
            # The other rows are measured all the same.
            rows.append(
                Row(f"{words}: {told(small)} to {told(large)}", "", f"FAILED with code {error.returncode}", "", "", "", False)
            )
            continue
        rows.append(grown(words, small, large, known[one], known[many]))
        print(f"    {rows[-1].work}: {rows[-1].ours} | {rows[-1].theirs} | {rows[-1].ratio}", file=sys.stderr, flush=True)
    return rows


def grown(words: str, small: Any, large: Any, one: tuple[float, float, float], many: tuple[float, float, float]) -> Row:
    """Return a row: how many times the work, and the exponents of processor time and of the memory that the work added."""
    days, stations, fineness = large[0] / small[0], large[1] / small[1], small[2] / large[2]
    times = days * stations * fineness
    exponent, memory = (float(np.log(many[k] / one[k]) / np.log(times)) for k in (0, 2))
    memory_growth = f"{memory:.2f}" if many[2] - one[2] > SMALL_MB else "flat"
    only_days = stations == fineness == 1
    goal, reached = ("at most 1 in days", exponent <= 1.05) if only_days else ("stated", None)
    if words.startswith("The window"):
        goal, reached = "at most 500 MB", many[1] <= MOST_WINDOW_MB
    return Row(
        f"{words}: {told(small)} to {told(large)}",
        f"{times:.3g} x",
        f"{many[0]:.2f} s, {many[1]:.0f} MB",
        f"{one[0]:.2f} s, {one[1]:.0f} MB",
        f"exponent {exponent:.2f} in processor time, {memory_growth} in memory",
        goal,
        reached,
        None,
        many[0] / one[0],
    )


def told(size: tuple[int, int, float]) -> str:
    days, stations, cadence_s = size
    return f"{days} days x {stations} stations" + ("" if cadence_s == 60.0 else f" at {cadence_s:g} s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=CASES)
    parser.add_argument("days", type=int)
    parser.add_argument("stations", type=int)
    parser.add_argument("cadence_s", type=float)
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp())
    try:
        work = CASES[given.kind](given.days, given.stations, given.cadence_s, folder)
        before, begun = megabytes(), total_seconds()
        peak = work()
        measures = [peak, 0.0] if isinstance(peak, float) else [megabytes(), before]
        print(json.dumps([total_seconds() - begun, *measures]), flush=True)
    finally:
        shutil.rmtree(folder)
    os._exit(0)  # Qt's and TensorFlow's ends are not measured


def total_seconds() -> float:
    """Return the processor time of this process and of those that it waited for: an import parses in several."""
    now = os.times()
    return time.process_time() + now.children_user + now.children_system
