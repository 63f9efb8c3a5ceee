"""The data of a training before it starts: days per class, the folds, and the expected duration."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from quakegui.app.run_rows import RunRow
    from quakegui.learn.runs.runconfig import RunConfig
    from quakegui.project.store import Project
    from quakegui.season.season import Season

LEFT_OUT, TRAINED, VALIDATION, TEST = range(4)
CLASSES: Final = 5


@dataclass(frozen=True, slots=True)
class TrainingPlan:
    """The days of a season and their role in each fold.

    Attributes
    ----------
    counts
        Number of training days of each class, shape (class,).
    roles
        `LEFT_OUT`, `TRAINED`, `VALIDATION` or `TEST`, uint8, shape (fold, day).
    images
        Number of training days in one epoch of all folds and the final fit together.
    """

    counts: NDArray[np.int64]
    roles: NDArray[np.uint8]
    images: int


def training_plan(project: Project, season: Season, config: RunConfig) -> TrainingPlan:
    """Return the training data for some settings; takes a moment, so call it in a job.

    Parameters
    ----------
    project
        Its labels and earthquakes; is read only.
    season
        Its season.
    config
        Settings of the run; of these only protocol, patience, seed and final fit matter.

    Raises
    ------
    EvidenceError
        If no day of the season is labelled.
    ValueError
        If there are too few days for the protocol.
    """
    from quakegui.judge.folds import scorable
    from quakegui.learn.evidence import gather, make_split

    evidence = gather(project, season)
    split = make_split(evidence.material, config)
    roles = np.full((len(split.folds), len(evidence.days)), LEFT_OUT, np.uint8)
    for row, fold in zip(roles, split.folds, strict=True):
        for days, role in ((fold.train, TRAINED), (fold.validation, VALIDATION), (fold.test, TEST)):
            row[days] = role
    learnt = evidence.truth[(evidence.truth >= 0) & season.has_map]
    final = int(scorable(evidence.material).sum()) if config.final_fit else 0
    return TrainingPlan(np.bincount(learnt, minlength=CLASSES), roles, int((roles == TRAINED).sum()) + final)


def seconds_to_train(plan: TrainingPlan, config: RunConfig, rows: tuple[RunRow, ...]) -> float | None:
    """Return the expected duration of a training, from the latest run of the same size on this machine; None without one.

    Parameters
    ----------
    plan
        Its number of folds.
    config
        Settings of the training; size, width and members must equal those of the run.
    rows
        Runs of the project, newest first.
    """
    for row in rows:
        card, other = row.run.card or {}, row.run.config
        alike = (other.size, other.width, other.members) == (config.size, config.width, config.members)
        if alike and card.get("seconds") and card.get("epochs"):
            return float(card["seconds"]) / float(card["epochs"]) * config.epochs * (len(plan.roles) + int(config.final_fit))
    return None
