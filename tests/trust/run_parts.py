"""A project with labels to train on, and runs that are begun, trained and ended in parts, so that each part can be killed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from run_projects import TINY, season_of

from quakegui.learn import messages, season_runs
from quakegui.learn.network.foldpredictions import empty_predictions
from quakegui.learn.runs.checkpoint import WEIGHTS
from quakegui.learn.runs.dataset import SNAPSHOT, Snapshot
from quakegui.learn.runs.files import write_arrays
from quakegui.learn.runs.predictions import PREDICTIONS
from quakegui.learn.runs.registry import RunFolder, finish_run
from quakegui.project import journal, seasons
from quakegui.project.store import Project
from quakegui.season.labels import LabelSource

LONGER = replace(TINY, epochs=3)


def label_all(folder: Path) -> None:
    """Give every day of a project's season a class."""
    with Project.open(folder) as project:
        days = seasons.season_days(project)
        for cls in range(5):
            journal.write_labels(
                project, days[np.arange(days.size) // 2 % 5 == cls], cls, source=LabelSource.ANALYST, author="A"
            )


def begin(folder: Path) -> RunFolder:
    """Begin a run."""
    with Project.open(folder) as project:
        return season_runs.begin_run(project, season_of(project), LONGER)


def finish(run: RunFolder) -> RunFolder:
    """Give a run what the worker leaves of a finished one, without a network: answers that nobody computed, and its card."""
    data = Snapshot.load(run.folder / SNAPSHOT)
    said = empty_predictions(run.config, data)
    said.probabilities[:, data.has_map] = 0.2
    said.save(run.folder / PREDICTIONS)
    write_arrays(run.folder / WEIGHTS, {"w": np.arange(100_000.0)})
    return finish_run(run, {"precision": "float32", "seconds": 3, "folds": [], "data_hash": data.hash})


def end(folder: Path, run_id: str) -> None:
    """Record how a run ended."""
    with Project.open(folder) as project:
        season_runs.end_run(project, season_of(project), run_id, messages.Done("done"))
