"""Reading IAGA-2002 minute files beside pandas (and MagPy where it is installed), and importing a whole season of them."""

from __future__ import annotations

import importlib.util
import io
import re
import shutil
import tempfile
import time
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from bench_tools import Row, Timed, both, in_turn, ms, ratios

from quakegui import formats
from quakegui.formats.archives import expand
from quakegui.formats.source import Source
from quakegui.project.importing import import_paths
from quakegui.project.store import Project
from quakegui.season.readings import Readings
from quakegui.simulate.minutes import minutes
from quakegui.simulate.synthetic import SyntheticConfig, SyntheticSeason, make_season

FILES = 40
ROUNDS = 101
"""A round takes a tenth of a second: as many as outlast what a neighbour does to the machine for a while."""
DAYS, STATIONS = 334, 25
HEAD = """ Format                 IAGA-2002                                    |
 Source of Data         quakegui, synthetic                          |
 Station Name           {code:<45}|
 IAGA CODE              {code:<45}|
 Geodetic Latitude      {latitude:<45.3f}|
 Geodetic Longitude     {longitude:<45.3f}|
 Elevation              0                                            |
 Reported               XYZF                                         |
 Sensor Orientation     XYZF                                         |
 Digital Sampling       1 second                                     |
 Data Interval Type     1-minute                                     |
 Data Type              variation                                    |
DATE       TIME         DOY     {code}X      {code}Y      {code}Z      {code}F   |
"""


def season(days: int, stations: int) -> SyntheticSeason:
    first = np.datetime64("2022-02-01")
    config = SyntheticConfig(first_day=first, last_day=first + days - 1, warm_up_days=0, stations=stations)
    return make_season(config, main_field_nt=np.full(stations, 49_500.0))


def day_files(made: SyntheticSeason, station: int, folder: Path) -> list[Path]:
    """Write one station's record as IAGA-2002 files of one UTC day each."""
    record, place = minutes(made, station), made.network.stations[station]
    code = f"S{station:02d}"
    head = HEAD.format(code=code, latitude=place.latitude, longitude=place.longitude)
    dates = record.time.astype("datetime64[D]")
    paths = []
    for date in np.unique(dates):
        path = folder / f"{code.lower()}{str(date).replace('-', '')}vmin.min"
        path.write_text(head + lines(record, dates == date, date))
        paths.append(path)
    return paths


def lines(record: Readings, chosen: np.ndarray, date: np.datetime64) -> str:
    total = np.full(1440, 99999.0)
    minute = (record.time[chosen] - date.astype("datetime64[ms]")).astype(np.int64) // 60_000
    known = np.isfinite(record.values[chosen])
    total[minute[known]] = record.values[chosen][known]
    doy = int((date - date.astype("datetime64[Y]")).astype(int)) + 1
    return "".join(
        f"{date} {k // 60:02d}:{k % 60:02d}:00.000 {doy:03d}    {36000.0:9.2f} {k % 60 - 700.0:9.2f} {33000.0:9.2f} {f:9.2f}\n"
        for k, f in enumerate(total.tolist())
    )


def by_pandas(data: bytes) -> pd.DataFrame:
    """Read a file as plainly as pandas can: skip the head, split at blanks, parse the stamps, missing as NaN."""
    skipped = data[: data.index(b"\nDATE")].count(b"\n") + 2
    names = ["date", "time", "doy", "x", "y", "z", "f"]
    table = pd.read_csv(io.BytesIO(data), sep=r"\s+", skiprows=skipped, header=None, names=names, na_values=["99999.00"])
    table.index = pd.to_datetime(table["date"] + "T" + table["time"], format="%Y-%m-%dT%H:%M:%S.%f")
    return table


def measure_reading() -> list[Row]:
    with tempfile.TemporaryDirectory() as place:
        paths = day_files(season(FILES, 1), 0, Path(place))[:FILES]
        found = [(path.name, path.read_bytes()) for path in paths]

        def ours() -> None:
            for path in paths:
                for source in expand(path):
                    formats.read_readings(source)

        def theirs() -> None:
            for _, data in found:
                by_pandas(data)

        one = formats.read_readings(next(iter(expand(paths[1])))).readings[0]
        assert np.array_equal(one.values, by_pandas(found[1][1])["f"].dropna().to_numpy())
        peer, own = in_turn(ROUNDS, theirs, ours)
        rows = [beside_pandas("Reading IAGA-2002 minute files, one day each", own, peer)]
        rows.append(measure_free(found))
        if importlib.util.find_spec("magpy") is not None:
            from magpy.stream import read

            def plainly() -> None:
                formats.read_readings(Source(paths[1].name, paths[1].read_bytes()))

            assert np.allclose(read(str(paths[1])).ndarray[4].astype(float), by_pandas(found[1][1])["f"], equal_nan=True)
            slow, own = in_turn(9, partial(read, str(paths[1])), plainly)
            rows.append(
                Row("Reading one of them", "MagPy read", ms(own), ms(slow), both(own, slow), "faster", None, *ratios(slow, own))
            )
        return rows


def beside_pandas(work: str, ours: Timed, peer: Timed) -> Row:
    wall, processor = ratios(ours, peer)
    return Row(
        work,
        "pandas read_csv",
        ms(ours, FILES),
        ms(peer, FILES),
        f"{wall:.2f} x the time (processor {processor:.2f} x)",
        "at most 1.2 x pandas",
        processor <= 1.2,
        wall,
        processor,
    )


def measure_free(found: list[tuple[str, bytes]]) -> Row:
    """Time files whose columns are one character narrower than the standard says."""
    narrow = []
    for name, data in found:
        at = data.index(b"\n", data.index(b"\nDATE") + 1) + 1
        narrow.append((name, data[:at] + re.sub(rb"   ( *-?\d+\.\d\d) ", rb"  \1 ", data[at:])))
    assert len(narrow[0][1]) < len(found[0][1])
    peer, own = in_turn(
        ROUNDS,
        lambda: [by_pandas(data) for _, data in narrow],
        lambda: [formats.read_readings(Source(name, data)) for name, data in narrow],
    )
    return beside_pandas("The same, columns not at the standard's places", own, peer)


def measure_import(days: int = DAYS, stations: int = STATIONS) -> list[Row]:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "files"
        folder.mkdir()
        made = season(days, stations)
        count = sum(len(day_files(made, station, folder)) for station in range(stations))
        with Project.create(Path(place) / "project", timezone="Asia/Shanghai", name="Import") as project:
            wall, own = time.perf_counter(), time.process_time()
            told: list[int] = []
            report = import_paths(project, [folder], progress=lambda done, _total, _text: told.append(done))
            wall, own = time.perf_counter() - wall, time.process_time() - own
        assert len(report.imported) == count, report.skipped[:3]
        shutil.rmtree(folder)
    return [
        Row(
            f"Import of {count} minute files into a project",
            "",
            f"{wall:.1f} s by the clock ({own:.1f} s of this process's processor time, {len(told)} reports of progress)",
            "",
            f"{wall / count * 1e3:.2f} ms a file",
            "under 60 s for 8,350 files on 2 cores",
            wall / count * 8350 < 60.0,
        )
    ]
