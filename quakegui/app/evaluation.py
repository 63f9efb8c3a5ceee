"""The judgement of the run in use, and the days behind each of its numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from quakegui.app.tables import UNLABELLED

if TYPE_CHECKING:  # what judges is imported with the first judgement
    from quakegui.app.session import Session
    from quakegui.judge.judged_by import AsOf
    from quakegui.judge.judgement import Judgement
    from quakegui.judge.limit import Limit
    from quakegui.learn.run_study import RunStudy
    from quakegui.learn.runs.registry import RunFolder
    from quakegui.learn.worker.environments import Environment
    from quakegui.progress import CancelCheck, ProgressCallback
    from quakegui.project.store import Project
    from quakegui.season.labels import LabelRule
    from quakegui.season.season import Season


SCORED = ("out-of-fold", "prospective")
"""The kinds of answers that are ever judged, each by itself; in-sample ones never are."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A judgement with the answers it was made from.

    Attributes
    ----------
    project
        Whose run was judged.
    kind
        Which answers, one of `SCORED`.
    judgement
        All figures.
    days, labels, probabilities
        The scored days, the classes that they were judged by, and the run's answers, shapes (day,), (day,) and (day, class).
    all_days, all_labels
        Every day that could have been scored, and its class in the same set of labels, -1 for none, shape (day,) each.
    late
        How many prospective answers were issued more than a day after their day was known.
    run
        Id of the run.
    """

    project: Project
    kind: str
    judgement: Judgement
    days: NDArray[np.datetime64]
    labels: NDArray[np.int64]
    probabilities: NDArray[np.float64]
    all_days: NDArray[np.datetime64]
    all_labels: NDArray[np.int64]
    late: int = 0
    run: str = ""

    @classmethod
    def of(cls, project: Project, season: Season, kind: str = "out-of-fold", as_of: AsOf = "training") -> Evaluation:
        """Judge the run in use by one kind of its answers; takes seconds, so call it in a job.

        Parameters
        ----------
        kind
            Of `SCORED`.
        as_of
            By which labels and earthquakes out-of-fold answers are judged; prospective ones always by today's.
        """
        from quakegui.learn import prospective, season_evaluation, season_runs

        run = season_runs.find_run(project, None)
        if kind == "prospective":
            told = prospective.evaluate_prospective(project, season, run)
            answers = told.days, told.labels, told.probabilities
            return cls(project, kind, told.judgement, *answers, told.all_days, told.all_labels, told.late, run.id)
        found = season_evaluation.judge_run(project, season, run, as_of)
        answers = found.days, found.labels, found.probabilities
        return cls(project, kind, found.judgement, *answers, found.all_days, found.all_labels, run=run.id)

    def relabelled_days(self, session: Session) -> int:
        """Return on how many of the days that could be scored the label to judge by has changed since."""
        place = np.minimum(np.searchsorted(session.days, self.all_days), len(session.days) - 1)
        now = np.where(session.days[place] == self.all_days, session.truth[place], UNLABELLED)
        return int((now != self.all_labels).sum())


def has_study(run: RunFolder) -> bool:
    """Return whether studies are kept with a run; what they come from may have changed since."""
    from quakegui.learn.runs.runchecks import STUDY

    return (run.folder / STUDY).exists()


def kept_study(project: Project, season: Season, run: RunFolder) -> RunStudy | None:
    """Return the studies that are kept with a run, see `quakegui.learn.run_study`; call it in a job."""
    from quakegui.learn import run_study

    return run_study.kept_study(project, season, run)


def study(
    project: Project, season: Season, run: RunFolder, progress: ProgressCallback, cancelled: CancelCheck
) -> RunStudy | None:
    """Return the studies of a run, None if cancelled; takes seconds, so call it in a job."""
    from quakegui.learn import run_study

    return run_study.study_run(project, season, run, progress=progress, cancelled=cancelled)


def has_limit(run: RunFolder) -> bool:
    """Return whether a detection limit is kept with a run; what it comes from may have changed since."""
    from quakegui.learn.runs.runchecks import LIMIT

    return (run.folder / LIMIT).exists()


def kept_limit(project: Project, season: Season, run: RunFolder) -> Limit | None:
    """Return the detection limit that is kept with a run, see `quakegui.learn.worker.run_limit`; call it in a job."""
    from quakegui.learn.worker import run_limit

    return run_limit.kept_limit(project, season, run)


def find_limit(run: RunFolder, environment: Environment, progress: ProgressCallback, cancelled: CancelCheck) -> bool:
    """Let a worker process find the detection limit of a run and keep it; False if cancelled. Takes minutes, in a job."""
    from quakegui.learn import messages
    from quakegui.learn.worker.asking import compute_limit

    def listen(message: messages.Message) -> None:
        if isinstance(message, messages.WorkerProgress):
            progress(message.done, message.total, message.text)

    return compute_limit(run, listen=listen, cancelled=cancelled, environment=environment)


def rule_in_force(session: Session) -> LabelRule | None:
    """Return the project's label rule; None where none was applied."""
    from quakegui.project import journal

    return None if session.project is None else journal.label_rule(session.project)


def days_in_cell(evaluation: Evaluation, days: NDArray[np.datetime64], truth: int, answer: int) -> list[tuple[int, float]]:
    """Return the days of one cell of the matrix, the surest first, as (index in `days`, margin).

    The margin is the probability of the answer less that of the next class.
    """
    known = np.isfinite(evaluation.probabilities).all(axis=1)
    said = np.where(known, np.nan_to_num(evaluation.probabilities).argmax(axis=1), -1)
    place = {day: index for index, day in enumerate(days)}
    found = []
    for row in np.flatnonzero((evaluation.labels == truth) & (said == answer)):
        two = np.sort(evaluation.probabilities[row])[-2:]
        if evaluation.days[row] in place:
            found.append((place[evaluation.days[row]], float(two[1] - two[0])))
    return sorted(found, key=lambda one: -one[1])
