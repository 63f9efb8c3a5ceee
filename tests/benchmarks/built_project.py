"""Projects of any size within seconds, written straight into the database: for measuring what opening and walking cost."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from quakegui.project import catalogue, chain, journal, nights, runs, schema
from quakegui.project.reading_blocks import Block, block_row, blocks_of
from quakegui.project.setting_rows import put_setting
from quakegui.project.store import Project
from quakegui.season.events import Declustering, Event
from quakegui.season.labels import RULE_NAME, LabelSource
from quakegui.season.quality import Quality
from quakegui.season.readings import Readings

FIRST_DAY = np.datetime64("2013-01-01", "D")
AUTHOR = "Builder"
RECORDS = 16
"""So many different days of readings are packed; the blocks take them in turn."""
ROWS_AT_ONCE = 20_000


@dataclass(frozen=True, slots=True)
class Size:
    """How large a project is to be."""

    days: int
    stations: int
    cadence_s: float = 60.0
    labels_a_day: int = 1


def build(folder: Path, size: Size) -> None:
    """Make a project with readings and night means of every day and station, labels, events and predictions.

    The night means are random numbers with a common mode, missing nights and lasting anomalies, not the means of the readings:
    what reads the readings finds them as large as in life, what reads the night means finds a season like any other.
    """
    rng = np.random.default_rng(size.days * 1000 + size.stations)
    codes = [f"S{number:03d}" for number in range(size.stations)]
    day_numbers = FIRST_DAY.astype(np.int64) + np.arange(size.days)
    with Project.create(folder, timezone="Asia/Shanghai", name=f"{size.days} days of {size.stations} stations") as project:
        with project.write() as connection:
            places = rng.uniform((27.57, 101.56), (28.63, 102.76), (size.stations, 2))
            connection.execute(
                schema.station.insert(),
                [
                    {
                        "code": code,
                        "name": code,
                        "latitude": float(lat),
                        "longitude": float(lon),
                        "elevation_m": 1500.0,
                        "typed": 1,
                    }
                    for code, (lat, lon) in zip(codes, places, strict=True)
                ],
            )
            connection.execute(
                schema.imported_file.insert().values(
                    id=1, name="built", base="built", sha256="0" * 64, format="built", imported_ms=0, readings=0
                )
            )
            blobs = _records(size.cadence_s)
            rows: list[dict[str, object]] = []
            for position, code in enumerate(codes):
                for day in day_numbers.tolist():
                    packed = blobs[(day + position) % RECORDS]
                    rows.append({**packed, "station": code, "utc_day": day})
                    if len(rows) == ROWS_AT_ONCE:
                        connection.execute(schema.block.insert(), rows)
                        rows = []
            if rows:
                connection.execute(schema.block.insert(), rows)
            _store_nights(connection, codes, day_numbers, _night_means(rng, size))
            put_setting(connection, "night_key", nights.night_key(project.config()))
        _label(project, size, rng)
        _predict(project, size, rng)
        _shake(project, size, rng)


def _records(cadence_s: float) -> list[dict[str, object]]:
    """Return some days of readings as rows of the table of blocks, without station and day."""
    rng = np.random.default_rng(0)  # of its own, so that the night means are the same at any cadence
    count = round(86_400 / cadence_s)
    time = np.datetime64("2013-01-01", "ms") + (np.arange(count) * round(cadence_s * 1000.0)).astype("timedelta64[ms]")
    found = []
    for _ in range(RECORDS):
        slow = np.cumsum(rng.normal(0.0, 0.05, count))
        values = np.round(
            49_500.0 + 10.0 * np.sin(np.linspace(0.0, 2.0 * np.pi, count)) + slow + rng.normal(0.0, 0.1, count), 2
        )
        (block,) = blocks_of(Readings("X", time, values, cadence_s))
        assert isinstance(block, Block)
        found.append(block_row(block, 1))
    return found


def _night_means(rng: np.random.Generator, size: Size) -> NDArray[np.float64]:
    """Return night means in nT, shape (day, station): level, common mode, noise, lasting anomalies, 2 % missing."""
    shape = (size.days, size.stations)
    values = 49_500.0 + rng.normal(0.0, 300.0, size.stations) + rng.normal(0.0, 5.0, size.days)[:, None]
    values = values + rng.normal(0.0, 0.7, shape)
    for _ in range(max(1, size.days * size.stations // 400)):
        day, station = rng.integers(size.days), rng.integers(size.stations)
        values[day : day + int(rng.integers(1, 8)), station] += rng.choice([-1.0, 1.0]) * rng.uniform(4.0, 12.0)
    values[rng.random(shape) < 0.02] = np.nan
    return values


def _store_nights(connection: object, codes: list[str], days: NDArray[np.int64], values: NDArray[np.float64]) -> None:
    missing = np.isnan(values)
    for position, code in enumerate(codes):
        rows = [
            {
                "station": code,
                "day": day,
                "value": None if gone else value,
                "coverage": 0.0 if gone else 1.0,
                "quality": int(Quality.MISSING) if gone else 0,
            }
            for day, value, gone in zip(days.tolist(), values[:, position].tolist(), missing[:, position].tolist(), strict=True)
        ]
        connection.execute(schema.night.insert(), rows)  # type: ignore[attr-defined]


def _label(project: Project, size: Size, rng: np.random.Generator) -> None:
    """Give every day its rule label, and then `labels_a_day` further words of an analyst on top of one another."""
    classes = rng.integers(0, 5, (size.labels_a_day + 1, size.days)).tolist()
    epoch = int(FIRST_DAY.astype(np.int64))
    rows = [
        {
            "at_ms": 1_600_000_000_000 + turn,
            "step": turn + 1,
            "author": AUTHOR,
            "kind": journal.LABEL,
            "day": epoch + place,
            "source": int(LabelSource.RULE if turn == 0 else LabelSource.ANALYST),
            "owner": RULE_NAME if turn == 0 else AUTHOR,
            "old": classes[turn - 1][place] if turn > 1 else None,
            "new": classes[turn][place],
            "note": "",
            "run": "",
            "blind": 0,
            "replaces": None,
            "undoes": None,
            "redoes": None,
        }
        for turn in range(size.labels_a_day + 1)
        for place in range(size.days)
    ]
    with project.write() as connection:
        chain.append(connection, schema.journal, rows)


def _predict(project: Project, size: Size, rng: np.random.Generator) -> None:
    """Let a run that has no folder say something of every day."""
    days = FIRST_DAY + np.arange(size.days)
    runs.add_run(project, runs.Run("built", 0, "done", {}, {}))
    shares = rng.dirichlet(np.ones(5), size.days)
    said = runs.LedgerPredictions(
        days, shares, "out-of-fold", ("0" * 32,) * size.days, days.astype("datetime64[ms]").astype(np.int64), ""
    )
    runs.append_predictions(project, "built", said, issued_ms=int((days[-1] + 1).astype("datetime64[ms]").astype(np.int64)))
    runs.use_run(project, "built")


def _shake(project: Project, size: Size, rng: np.random.Generator) -> None:
    """Give the catalogue an event in every twenty days, and classes."""
    times = FIRST_DAY.astype("datetime64[ms]") + np.sort(rng.integers(0, size.days * 86_400_000, size.days // 20 + 2))
    places = rng.uniform((27.57, 101.56), (28.63, 102.76), (times.size, 2))
    found = [
        Event(f"e{k}", time, float(rng.uniform(3.0, 6.0)), float(lat), float(lon), 10.0, "built", "Ms")
        for k, (time, (lat, lon)) in enumerate(zip(times, places, strict=True))
    ]
    catalogue.store_events(project, found, declustering=Declustering(method="none"))
    catalogue.make_class_scheme(project)
