"""A label in one round trip: what the server's function writes is what the program itself would write."""

from __future__ import annotations

import itertools
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from proxy import proxy_of

from quakegui.project import verifying
from quakegui.project.journal import UnseenError, journal_rows, redo, revert_to, undo, write_labels, write_note
from quakegui.project.sharing import join, migrate
from quakegui.project.store import Project, ProjectError
from quakegui.season.labels import LabelSource

pytestmark = pytest.mark.shared

DAYS = np.arange("2022-01-01", "2022-01-11", dtype="datetime64[D]")


def label(project: Project, day: int = 0, cls: int | None = 3, author: str = "owner", **more: Any) -> int:
    return write_labels(project, DAYS[day : day + 1], cls, source=LabelSource.ANALYST, author=author, **more)


def random_act(project: Project, rng: np.random.Generator) -> int | None:
    """Make one random change; returns its step."""
    author, days = str(rng.choice(["an", "波"])), rng.choice(DAYS, rng.integers(1, 4), replace=False)
    match int(rng.integers(8)):
        case 0:
            return undo(project, author)
        case 1:
            return redo(project, author)
        case 2:
            return write_note(project, days[0], str(rng.choice(["", "storm 磁暴", "a 'quoted' %s \\ note"])), author)
        case 3:
            return revert_to(project, np.datetime64("2100-01-01"), author)
        case _:
            cls = None if rng.random() < 0.2 else [int(rng.integers(2)) for _ in days]
            note = [None, "", "clear"][rng.integers(3)]
            source, run = (LabelSource.MODEL, "run-1") if rng.random() < 0.3 else (LabelSource.ANALYST, "")
            return write_labels(project, days, cls, source=source, author=author, note=note, run=run, blind=rng.random() < 0.5)


def test_the_server_writes_the_rows_that_the_program_would_write(shared: Project, tmp_path: Path) -> None:
    with Project.create(tmp_path / "plain") as plain:
        generators = np.random.default_rng(21), np.random.default_rng(21)
        for _ in range(80):
            assert random_act(shared, generators[0]) == random_act(plain, generators[1])
        rows, expected = journal_rows(shared), journal_rows(plain)
    assert len(rows) > 60
    times = {"at_ms": 0}
    parts = [name for name in type(rows[0]).__dataclass_fields__ if name not in times]
    assert [[getattr(row, name) for name in parts] for row in rows] == [
        [getattr(row, name) for name in parts] for row in expected
    ]
    assert all(earlier.at_ms <= later.at_ms for earlier, later in itertools.pairwise(rows))
    with shared.read() as connection:
        assert verifying.examine(connection, now_ms=2**42).faults == ()


def test_a_label_takes_one_round_trip(shared: Project, url: str, tmp_path: Path) -> None:
    with proxy_of(url) as (proxy, there), join(tmp_path / "far", there) as far:
        label(far)
        proxy.round_trip_s, before, seconds = 0.05, proxy.turns, []
        for number in range(20):
            began = time.perf_counter()
            label(far, number % 10, number % 4)
            seconds.append(time.perf_counter() - began)
        assert proxy.turns - before <= len(seconds) + 2, "the driver prepares the statement once"
    p50 = np.percentile(seconds, 50)
    print(f"a label at a round trip of 50 ms: p50 {1000 * p50:.1f} ms, maximum {1000 * max(seconds):.1f} ms")
    assert p50 >= 0.05


def test_a_label_whose_answer_is_lost_is_kept_once(shared: Project, url: str, tmp_path: Path) -> None:
    with proxy_of(url) as (proxy, there), join(tmp_path / "far", there) as far:
        label(far)
        proxy.mute = True
        given = threading.Thread(target=label, args=(far, 1, 2))
        given.start()
        due = time.monotonic() + 20
        while len(journal_rows(shared)) < 2:
            assert time.monotonic() < due
        proxy.mute = False
        proxy.cut()
        given.join(20)
        assert label(far, 2) == 3
    assert [(row.step, row.new) for row in journal_rows(shared)] == [(1, 3), (2, 2), (3, 3)]


def test_what_the_author_has_not_seen_prevents_the_step(shared: Project) -> None:
    label(shared)
    with pytest.raises(UnseenError):
        label(shared, cls=1, author="an", behind=0)
    assert label(shared, 1, author="an", behind=0) == 2
    assert [row.author for row in journal_rows(shared)] == ["owner", "an"]


def test_an_earlier_server_is_a_sentence_until_its_owner_upgrades_it(shared: Project, url: str, sql: Any) -> None:
    database = url.rsplit("/", 1)[1]
    sql(database, "DROP FUNCTION add_step; ALTER TABLE deed DROP COLUMN step")
    with pytest.raises(ProjectError, match="'quakegui migrate'"):
        label(shared)
    migrate(shared.folder)
    assert label(shared) == 1
