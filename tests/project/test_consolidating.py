"""The database's own file holds what was confirmed: a copy of it alone, without the log beside it, has every label."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from quakegui.project import journal
from quakegui.project.store import DATABASE, Project
from quakegui.season.labels import LabelSource

pytestmark = pytest.mark.sqlite("a server writes its own log into its files")

DAYS = np.arange("2022-02-01", "2022-02-11", dtype="datetime64[D]")


def labels_of_a_careless_copy(folder: Path, to: Path) -> int:
    """Return how many days are labelled in a copy of the database's file alone."""
    shutil.rmtree(to, ignore_errors=True)
    to.mkdir()
    shutil.copyfile(folder / DATABASE, to / DATABASE)
    with Project.open(to) as copied:
        return len(journal.rows(copied))


def label(project: Project, days: np.ndarray = DAYS, cls: int = 1) -> None:
    journal.write_labels(project, days, cls, source=LabelSource.ANALYST, author="A")


def test_a_copy_of_the_file_alone_has_every_label_while_the_project_is_open(small_project: Path, tmp_path: Path) -> None:
    with Project.open(small_project) as project:
        label(project)
        assert project.quiet_s is not None
        assert project.consolidate()
        assert project.quiet_s is None
        assert labels_of_a_careless_copy(small_project, tmp_path / "copy") == len(DAYS)
        assert (small_project / f"{DATABASE}-wal").stat().st_size == 0


def test_whoever_reads_an_older_state_is_not_disturbed_and_it_is_done_later(small_project: Path, tmp_path: Path) -> None:
    with Project.open(small_project) as project:
        label(project, DAYS[:4])
        with reading(small_project) as reader:
            label(project, DAYS[4:])
            assert not project.consolidate()
            assert project.quiet_s is not None
            label(project, DAYS[:1], cls=2)  # nobody stands in the way of a label
            assert told_by(reader, "count") == "4"
        assert project.consolidate()
        assert labels_of_a_careless_copy(small_project, tmp_path / "copy") == len(DAYS) + 1


def test_the_end_of_a_command_leaves_everything_in_the_file_beside_an_open_window(small_project: Path, tmp_path: Path) -> None:
    """The last one that closes a database empties its log; beside a window no command is the last one."""
    with Project.open(small_project), Project.open(small_project) as command:
        label(command)
        command.close()
        assert labels_of_a_careless_copy(small_project, tmp_path / "copy") == len(DAYS)


def test_a_project_that_is_only_read_is_left_alone(small_project: Path) -> None:
    with Project.open(small_project, read_only=True) as project:
        assert project.quiet_s is None
        assert project.consolidate()


class reading:  # noqa: N801 - used like a function
    """Another process that holds a read transaction of a project's database."""

    def __init__(self, folder: Path) -> None:
        code = (
            "import sqlite3, sys\n"
            "c = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
            "c.execute('BEGIN')\n"
            "count = lambda: c.execute(\"SELECT count(*) FROM journal WHERE kind = 'label'\").fetchone()[0]\n"
            "count()\n"
            "print('ready', flush=True)\n"
            "for line in sys.stdin: print(count(), flush=True)\n"
        )
        self.process = subprocess.Popen(
            [sys.executable, "-c", code, str(folder / DATABASE)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def __enter__(self) -> subprocess.Popen[str]:
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "ready\n"
        return self.process

    def __exit__(self, *_: object) -> None:
        self.process.communicate()


def told_by(process: subprocess.Popen[str], line: str) -> str:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(f"{line}\n")
    process.stdin.flush()
    return process.stdout.readline().strip()
