"""Several programs that write to one shared project at once; LABELS of each is raised for a longer attack."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest
from writer import act, generator

from quakegui.project import verifying
from quakegui.project.journal import in_force, journal_rows
from quakegui.project.store import Project

pytestmark = pytest.mark.shared

WRITER = Path(__file__).with_name("writer.py")
LABELS = int(os.environ.get("QUAKEGUI_LABELS", "30"))


def begin(folder: Path, author: str, count: int = LABELS) -> subprocess.Popen[str]:
    command = [sys.executable, str(WRITER), str(folder), author, str(count)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def require_sound(project: Project) -> int:
    """Fail if a step has two authors, a row is missing or the chain is broken; returns the number of rows."""
    authors = defaultdict(set)
    rows = journal_rows(project)
    for row in rows:
        authors[row.step].add(row.author)
    assert [step for step, names in authors.items() if len(names) > 1] == []
    assert [row.id for row in rows] == list(range(1, len(rows) + 1))
    assert list(authors) == sorted(authors)
    with project.read() as connection:
        assert verifying.examine(connection, now_ms=2**42).faults == ()
    return len(rows)


@pytest.mark.timeout(300 + LABELS)
def test_writers_at_once_mix_no_steps_and_every_follower_sees_the_truth(shared: Project) -> None:
    writers = [begin(shared.folder, author) for author in ("an", "bo", "cy", "di")]
    seconds = []
    for writer in writers:
        assert writer.stdout is not None
        for line in iter(writer.stdout.readline, "state\n"):
            assert line, "a writer failed"
            seconds.append(float(line))
    seen = [writer.communicate("\n", timeout=120)[0].strip() for writer in writers]
    truth = str(sorted((str(day), row.cls, row.author) for day, row in in_force(shared).items()))
    assert seen == [truth] * 4
    require_sound(shared)
    p50, p95 = np.percentile(seconds, [50, 95]) * 1000
    print(f"{len(seconds)} labels by 4 writers: p50 {p50:.1f} ms, p95 {p95:.1f} ms")


@pytest.mark.parametrize("author", ["an", "bo"])
def test_a_writer_that_is_killed_loses_nothing_confirmed_and_doubles_nothing(
    shared: Project, author: str, tmp_path: Path
) -> None:
    writer = begin(shared.folder, author, 10_000)
    assert writer.stdout is not None
    with writer:
        for _ in range(12):
            writer.stdout.readline()
        writer.kill()
        confirmed = 12 + writer.stdout.read().count("\n")  # `communicate` would miss lines that are read already
    require_sound(shared)
    rng, states = generator(author), []
    with Project.create(tmp_path / "again") as again:
        for number in range(confirmed + 1):
            if number == confirmed:
                states.append(state(again))
            act(again, author, rng, number)
        states.append(state(again))
    assert state(shared) in states, "the confirmed changes, and at most the one in progress"


def state(project: Project) -> tuple[int, str]:
    """Return the number of rows of the journal, and the labels in force."""
    return len(journal_rows(project)), str(sorted((str(day), row.cls, row.author) for day, row in in_force(project).items()))
