"""How long a season of minute files takes: 25 stations, 334 days, one IAGA-2002 file each. Run with -m benchmark."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from project_parts import iaga, minute_values
from pytest_benchmark.fixture import BenchmarkFixture

from quakegui.project.importing import import_paths
from quakegui.project.store import Project

STATIONS, DAYS = 25, 334


@pytest.mark.benchmark
@pytest.mark.timeout(900)
def test_a_season_of_minute_files(benchmark: BenchmarkFixture, tmp_path: Path) -> None:
    days = np.arange("2022-02-01", "2023-01-01", dtype="datetime64[D]")[:DAYS]
    (tmp_path / "files").mkdir()
    for station in range(STATIONS):
        for number, day in enumerate(days):
            data = iaga(f"S{station:02d}", str(day), minute_values(50_000.0 + station, seed=1000 * station + number))
            (tmp_path / "files" / f"s{station:02d}{day}.min").write_bytes(data)
    made: list[Project] = []

    def season() -> int:
        made.append(Project.create(tmp_path / f"p{len(made)}"))
        return len(import_paths(made[-1], [tmp_path / "files"]).imported)

    assert benchmark.pedantic(season, rounds=1) == STATIONS * DAYS
    benchmark.extra_info["megabytes"] = (made[0].folder / "project.sqlite").stat().st_size / 1e6
    for project in made:
        project.close()
