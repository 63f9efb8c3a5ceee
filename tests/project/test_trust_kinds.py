"""More of the kinds that once lost or doubled readings: files of one name that follow each other, are cut, or contradict."""

from __future__ import annotations

import gzip
import itertools
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from project_parts import iaga

from quakegui.project import seasons
from quakegui.project.importing import import_paths
from quakegui.project.importreport import ImportReport
from quakegui.project.store import Project

START = np.datetime64("2022-03-01T00:00", "ms")


def csv(hours: Sequence[int], *, shift: float = 0.0, minutes: int = 60) -> bytes:
    """Return a table of station XIC: 50,000 nT and one more with each hour since the start, every so many minutes."""
    rows = []
    for hour in hours:
        for at in range(0, 60, minutes):
            stamp = START + np.timedelta64(60 * hour + at, "m")
            rows.append(f"{stamp}Z,{50_000 + hour + at / 60 + shift:.3f}")
    return "\n".join(["time,XIC", *rows, ""]).encode()


def put(folder: Path, name: str, data: bytes, modified: int) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data)
    os.utime(folder / name, (1_650_000_000 + modified,) * 2)
    return folder / name


def stored(project: Project) -> dict[float, float]:
    return {
        float((time - START) / np.timedelta64(1, "h")): round(float(value), 3)
        for one in seasons.record(project, "XIC", START, START + np.timedelta64(20, "D"))
        for time, value in zip(one.time, one.values, strict=True)
    }


ROLLING = {
    "noon to noon": ([range(12 + 24 * day, 36 + 24 * day) for day in range(4)], 60),
    "two days, of which one is new": ([range(24 * day, 48 + 24 * day) for day in range(4)], 60),
    "eight hours at ten minutes": ([range(20 + 8 * part, 28 + 8 * part) for part in range(6)], 10),
    "a gap between them": ([range(10), range(30, 40), range(60, 75)], 60),
}


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("kind", ROLLING)
def test_files_of_one_name_that_follow_each_other_lose_nothing(tmp_path: Path, kind: str, backwards: bool) -> None:
    parts, minutes = ROLLING[kind]
    files = [put(tmp_path / str(at), "latest.csv", csv(part, minutes=minutes), at) for at, part in enumerate(parts)]
    hours = {hour + at / 60 for part in parts for hour in part for at in range(0, 60, minutes)}
    with Project.create(tmp_path / "p", timezone="UTC") as project:
        for file in reversed(files) if backwards else files:
            import_paths(project, [file])
        found = stored(project)
    assert len(found) == len(hours)
    middle = 0.5 if minutes == 60 else 0.0  # hourly values are of the middle of their hours
    assert {round(hour - middle, 6) for hour in found} == {round(hour, 6) for hour in hours}


CUT = {
    "its beginning is gone": csv(range(9, 24)),
    "its middle is gone": csv([*range(6), *range(18, 24)]),
    "in the midst of a line": csv(range(24))[:-20],
    "after one row": csv(range(1, 3)),
}


@pytest.mark.parametrize("kind", CUT)
def test_a_file_that_was_cut_takes_nothing_away_and_says_what_it_lacks(tmp_path: Path, kind: str) -> None:
    with Project.create(tmp_path / "p", timezone="UTC") as project:
        import_paths(project, [put(tmp_path / "full", "XIC.csv", csv(range(24)), 1)])
        before = stored(project)
        report = import_paths(project, [put(tmp_path / "cut", "XIC.csv", CUT[kind], 2)])
        assert stored(project) == before
        assert len(before) == 24
    lacks = 24 - report.imported[0].readings
    assert any(f"{lacks} readings from 'XIC.csv' on the same days are not in this file" in note for note in report.notes)


def test_a_packed_file_that_was_cut_is_skipped_by_name(tmp_path: Path) -> None:
    whole = gzip.compress(csv(range(24)))
    with Project.create(tmp_path / "p", timezone="UTC") as project:
        import_paths(project, [put(tmp_path / "full", "XIC.csv.gz", whole, 1)])
        report = import_paths(project, [put(tmp_path / "cut", "XIC.csv.gz", whole[:-30], 2)])
        assert len(stored(project)) == 24
    assert [one.file for one in report.skipped] == ["XIC.csv.gz"]
    assert "damaged or truncated" in report.skipped[0].reason


def day_file(stage: str, level: float) -> bytes:
    return iaga("XIC", "2022-03-01", np.full(1440, level), kind=stage)


CONTRADICTING = {
    "modified later": ([("XIC.csv", csv(range(24)), 1), ("XIC.csv", csv(range(24), shift=100.0), 2)], 50_100.0),
    "modified at one time": ([("XIC.csv", csv(range(24)), 1), ("XIC.csv", csv(range(24), shift=100.0), 1)], None),
    "three of one name": ([("XIC.csv", csv(range(24), shift=50.0 * at), at) for at in range(3)], 50_100.0),
    "of another name": ([("a.csv", csv(range(24), shift=100.0), 2), ("b.csv", csv(range(24)), 1)], 50_100.0),
    "definitive before what was modified later": (
        [("XIC.min", day_file("definitive", 50_200.0), 1), ("XIC.min", day_file("provisional", 50_000.0), 2)],
        50_200.0,
    ),
}


@pytest.mark.parametrize("kind", CONTRADICTING)
def test_files_that_contradict_settle_once_whatever_their_order(tmp_path: Path, kind: str) -> None:
    given, lowest = CONTRADICTING[kind]
    files = [put(tmp_path / "in" / str(at), name, data, modified) for at, (name, data, modified) in enumerate(given)]
    seen = []
    for number, order in enumerate(itertools.permutations(files)):
        with Project.create(tmp_path / f"p{number}", timezone="UTC") as project:
            for file in order:
                import_paths(project, [file])
            record, revision = stored(project), project.revision()
            for _ in range(2):
                again = import_paths(project, [tmp_path / "in"])
                assert again == ImportReport(unchanged=again.unchanged)
            assert (stored(project), project.revision()) == (record, revision)
            seen.append(record)
    assert len(seen[0]) in (24, 1440)
    assert all(record == seen[0] for record in seen)
    if lowest is not None:  # of equal times only the contents decide
        assert min(seen[0].values()) == lowest
