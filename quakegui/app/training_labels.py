"""The training labels of the current run, so that the window can show how much the labels have changed since."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from quakegui.app.tables import UNLABELLED

if TYPE_CHECKING:
    from quakegui.app.session import Session
    from quakegui.learn.runs.registry import RunFolder


@dataclass(frozen=True, slots=True)
class TrainingLabels:
    """The current run and its training labels.

    Attributes
    ----------
    run
        The run.
    days, labels
        Local dates of its season and their classes, -1 for none, shape (day,).
    events_differ
        Number of earthquakes on its days that have changed since, None if the run does not contain those of its training.
    refusal
        Why it can no longer predict or be evaluated, because the project has other classes; empty if it can.
    """

    run: RunFolder
    days: NDArray[np.datetime64]
    labels: NDArray[np.int8]
    events_differ: int | None
    refusal: str

    def relabelled_days(self, session: Session) -> tuple[int, int]:
        """Return on how many of the days of the run, and on how many others, the label for the evaluation has changed."""
        now = session.truth
        own = np.isin(session.days, self.days)
        place = np.minimum(np.searchsorted(self.days, session.days), len(self.days) - 1)
        before = np.where(own, self.labels[place], UNLABELLED)
        return int((own & (before != now)).sum()), int((~own & (before != now)).sum())


def labels_of_training(session: Session) -> TrainingLabels | None:
    """Return the training labels of the current run, None if it is not finished or its predictions cannot be read."""
    from quakegui.learn.evidence import project_catalogue
    from quakegui.learn.run_classes import class_mismatch
    from quakegui.learn.runs.earthquakes import earthquakes_differing
    from quakegui.learn.runs.registry import RunError

    run = next((row.run for row in session.runs if row.in_use and row.run.card is not None), None)
    if run is None or session.project is None:
        return None
    try:
        said = run.predictions()
    except RunError as error:
        session.message.emit(str(error), "warning")
        return None
    differ = earthquakes_differing(run, project_catalogue(session.project))
    return TrainingLabels(run, said.days, said.labels, differ, class_mismatch(session.project, run))
