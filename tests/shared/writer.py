"""One of several programs that label at the same time: `python writer.py FOLDER AUTHOR LABELS`; prints the seconds of each."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np

from quakegui.project.journal import Follower, undo, write_labels
from quakegui.project.store import Project
from quakegui.season.labels import LabelSource

DAYS = np.arange("2022-01-01", "2023-01-01", dtype="datetime64[D]")


def act(project: Project, author: str, rng: np.random.Generator, number: int) -> None:
    """Make one change, the same for the same generator: a label of one or two days, or every tenth time an undo."""
    if number % 10 == 9:
        undo(project, author)
        return
    at = rng.integers(DAYS.size - 2)
    span = DAYS[at : at + rng.integers(1, 3)]
    write_labels(project, span, int(rng.integers(5)), source=LabelSource.ANALYST, author=author)


def generator(author: str) -> np.random.Generator:
    """Return the random numbers of an author."""
    return np.random.default_rng(sum(author.encode()))


def main(folder: Path, author: str, count: int) -> None:
    """Label and undo, following the journal, and compare what was followed with what there is."""
    rng = generator(author)
    with Project.open(folder) as project:
        follower = Follower(project)
        for number in range(count):
            began = time.perf_counter()
            act(project, author, rng, number)
            print(time.perf_counter() - began, flush=True)
            if number % 20 == 0:
                follower.in_force()
        print("state", flush=True)
        sys.stdin.readline()
        print(sorted((str(day), row.cls, row.author) for day, row in follower.in_force().items()), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
