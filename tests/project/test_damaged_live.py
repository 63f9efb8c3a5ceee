"""Live readings that were damaged on the disk: a sentence says so, and what arrived is kept."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import func, select, update

from quakegui.project import schema
from quakegui.project.live import Arrival, store_arrival
from quakegui.project.live_rows import LiveReadings, fold
from quakegui.project.nights import ensure_nights
from quakegui.project.store import Project, ProjectError

MORNING_MS = int(np.datetime64("2022-01-15T06:00:00", "ms").astype(np.int64))


def hear(project: Project, second: int) -> None:
    time_ms = MORNING_MS + 1000 * (second + np.arange(3))
    readings = LiveReadings("KAK", 1000, 1, False, time_ms, np.full(3, 46_000_000))
    store_arrival(project, Arrival([readings], int(time_ms[-1])))


def batches(project: Project) -> int:
    with project.read() as connection:
        return int(connection.scalar(select(func.count()).select_from(schema.live_batch)) or 0)


@pytest.mark.parametrize("reading", [fold, ensure_nights])
def test_a_damaged_batch_is_told_in_a_sentence_and_kept(tmp_path: Path, reading: Callable[[Project], object]) -> None:
    with Project.create(tmp_path / "p") as project:
        hear(project, 0)
        with project.write() as connection:
            connection.execute(update(schema.live_batch).values(readings=b"not a batch"))
        with pytest.raises(ProjectError, match=r"Readings stored in .* are damaged \(a live batch cannot be unpacked"):
            reading(project)
        assert batches(project) == 1


@pytest.mark.parametrize("reading", [fold, ensure_nights])
def test_a_damaged_block_is_told_in_a_sentence_and_what_arrived_is_kept(
    tmp_path: Path, reading: Callable[[Project], object]
) -> None:
    with Project.create(tmp_path / "p") as project:
        hear(project, 0)
        assert fold(project) == 1
        with project.write() as connection:
            connection.execute(update(schema.block).values(times=b"not a block"))
        hear(project, 60)
        with pytest.raises(ProjectError, match=r"Readings stored in .* are damaged \(a block is truncated\)"):
            reading(project)
        assert batches(project) == 1
