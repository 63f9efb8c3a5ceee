"""Evaluation of the current run, and the days behind each of its numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from quakegui.app.tables import UNLABELLED
from quakegui.project.errors import ProjectError

if TYPE_CHECKING:  # loaded with the first evaluation
    from quakegui.app.session import Session
    from quakegui.judge.judged_by import AsOf
    from quakegui.judge.judgement import Judgement
    from quakegui.judge.limit import Limit
    from quakegui.judge.metrics import Figures, Target
    from quakegui.learn.run_study import RunStudy
    from quakegui.learn.runs.registry import RunFolder
    from quakegui.learn.worker.environments import Environment
    from quakegui.progress import CancelCheck, ProgressCallback
    from quakegui.project.store import Project
    from quakegui.season.labels import LabelRule
    from quakegui.season.season import Season


SCORED = ("out-of-fold", "prospective")
"""The kinds of predictions that are evaluated, each separately; in-sample ones never are."""


@dataclass(frozen=True, slots=True)
class Answers:
    """Predictions of a run on days with a known class: enough for counts.

    Attributes
    ----------
    days, labels, probabilities
        The scored days, the classes that they are judged by, and the run's answers, shapes (day,), (day,) and (day, class).
    figures
        Figures computed from them, by target.
    """

    days: NDArray[np.datetime64]
    labels: NDArray[np.int64]
    probabilities: NDArray[np.float64]
    figures: Mapping[Target, Figures]

    @property
    def classes(self) -> NDArray[np.int64]:
        """The most probable class of each day, shape (day,), -1 without a prediction."""
        known = np.isfinite(self.probabilities).all(axis=1)
        return np.where(known, np.nan_to_num(self.probabilities).argmax(axis=1), -1)

    def confusion(self) -> NDArray[np.int64]:
        """Return the number of days by class (row) and predicted class (column), shape (5, 5)."""
        said, counts = self.classes, np.zeros((5, 5), np.int64)
        np.add.at(counts, (self.labels[said >= 0], said[said >= 0]), 1)
        return counts


@dataclass(frozen=True, slots=True)
class Evaluation:
    """An evaluation with its predictions.

    Attributes
    ----------
    project
        Project of the run.
    kind
        Kind of the predictions, one of `SCORED`.
    judgement
        All scores.
    days, labels, probabilities
        The scored days, their classes for the evaluation, and the predictions; shapes (day,), (day,) and (day, class).
    all_days, all_labels
        Every day that could have been scored, and its class in the same set of labels, -1 for none, each of shape (day,).
    late
        Number of prospective predictions issued more than a day after their day was known.
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

    @property
    def answers(self) -> Answers:
        """The predictions alone."""
        figures = {one.target: one.figures for one in self.judgement.targets}
        return Answers(self.days, self.labels, self.probabilities, figures)

    @classmethod
    def of(cls, project: Project, season: Season, kind: str, as_of: AsOf, cancelled: CancelCheck | None = None) -> Evaluation:
        """Evaluate the current run by one kind of its predictions; takes seconds, so call it in a job.

        Parameters
        ----------
        project, season
            The project and its season.
        kind
            One of `SCORED`.
        as_of
            Labels and earthquakes for the evaluation of out-of-fold predictions; prospective ones always use the present ones.
        cancelled
            Whether to stop.
        """
        from quakegui.learn import prospective, season_evaluation, season_runs

        run = season_runs.find_run(project, None)
        if kind == "prospective":
            told = prospective.evaluate_prospective(project, season, run)
            answers = told.days, told.labels, told.probabilities
            return cls(project, kind, told.judgement, *answers, told.all_days, told.all_labels, told.late, run.id)
        found = season_evaluation.judge_run(project, season, run, as_of, cancelled=cancelled)
        answers = found.days, found.labels, found.probabilities
        return cls(project, kind, found.judgement, *answers, found.all_days, found.all_labels, run=run.id)

    def relabelled_days(self, session: Session) -> int:
        """Return the number of scorable days whose label for the evaluation has changed since."""
        place = np.minimum(np.searchsorted(session.days, self.all_days), len(session.days) - 1)
        now = np.where(session.days[place] == self.all_days, session.truth[place], UNLABELLED)
        return int((now != self.all_labels).sum())


def is_run_of(session: Session, now: RunFolder | None, project: Project, run: RunFolder) -> bool:
    """Return whether the run now shown is the one that a job of this project was about, whenever each was read.

    Parameters
    ----------
    session
        Its open project must be that of the job.
    now
        The run now shown, or None.
    project, run
        The project and the run of the job; runs are compared by their id.
    """
    return project is session.project and now is not None and now.id == run.id


def words_unflagged(
    project: Project,
    season: Season,
    run: str,
    as_of: AsOf,
    environment: Environment,
    *,
    progress: ProgressCallback,
    cancelled: CancelCheck,
) -> str:
    """Return the verdict of a run without the analysts' flags, or why there is none; may take a minute: call it in a job.

    Parameters
    ----------
    project, season, run, as_of
        The project, its season, the id of the run, and the labels and earthquakes of the evaluation.
    environment
        Environment of the worker that predicts the maps again.
    progress, cancelled
        Called with the progress, and to check whether to stop.
    """
    from quakegui.learn import messages, season_runs, unflagged

    def listen(message: messages.Message) -> None:
        if isinstance(message, messages.WorkerProgress):
            progress(message.done, message.total, message.text)

    found = season_runs.find_run(project, run)
    return unflagged.words_unflagged(project, season, found, as_of, listen=listen, cancelled=cancelled, environment=environment)


def has_study(run: RunFolder) -> bool:
    """Return whether studies are saved with a run; their inputs may have changed since."""
    from quakegui.learn.runs.runchecks import STUDY

    return (run.folder / STUDY).exists()


def kept_study(project: Project, season: Season, run: RunFolder) -> RunStudy | None:
    """Return the studies saved with a run, see `quakegui.learn.run_study`; call it in a job.

    Parameters
    ----------
    project, season
        The project and its season; the studies are returned only if all their input is still the same, otherwise None.
    run
        The run whose folder may contain them.

    Raises
    ------
    RunError
        If there are studies, and the run is leaky or its predictions cannot be read.
    """
    from quakegui.learn import run_study

    return run_study.kept_study(project, season, run)


def study(
    project: Project, season: Season, run: RunFolder, progress: ProgressCallback, cancelled: CancelCheck
) -> RunStudy | None:
    """Compute the studies of a run, None if cancelled; takes seconds, so call it in a job.

    Parameters
    ----------
    project, season
        The project and its season.
    run
        The run; studies saved with it that are still valid are returned, new ones are saved unless the project is read-only.
    progress, cancelled
        Called with steps done, total and a phrase; and whether to stop.

    Raises
    ------
    RunError
        If the run is leaky, or its predictions cannot be read.
    """
    from quakegui.learn import run_study

    return run_study.study_run(project, season, run, progress=progress, cancelled=cancelled)


def has_limit(run: RunFolder) -> bool:
    """Return whether a detection limit is saved with a run; its inputs may have changed since."""
    from quakegui.learn.runs.runchecks import LIMIT

    return (run.folder / LIMIT).exists()


def kept_limit(project: Project, season: Season, run: RunFolder) -> Limit | None:
    """Return the detection limit saved with a run, see `quakegui.learn.worker.run_limit`; call it in a job.

    Parameters
    ----------
    project, season
        The project and its season; the limit is returned only if all its input is still the same, otherwise None.
    run
        The run whose folder may contain it.
    """
    from quakegui.learn.worker import run_limit

    return run_limit.kept_limit(project, season, run)


def find_limit(run: RunFolder, environment: Environment, progress: ProgressCallback, cancelled: CancelCheck) -> bool:
    """Find and save the detection limit of a run in a worker process; False if cancelled. Takes minutes: call it in a job.

    Parameters
    ----------
    run
        A finished run, in whose folder the limit is saved.
    environment
        Environment of the worker.
    progress, cancelled
        Called with the progress, and to check whether to stop.

    Raises
    ------
    RunError
        If it cannot be computed, with the reason.
    """
    from quakegui.learn import messages
    from quakegui.learn.worker.asking import compute_limit

    def listen(message: messages.Message) -> None:
        if isinstance(message, messages.WorkerProgress):
            progress(message.done, message.total, message.text)

    return compute_limit(run, listen=listen, cancelled=cancelled, environment=environment)


def rule_in_force(session: Session) -> LabelRule | None:
    """Return the label rule of the project, or None if none was applied."""
    from quakegui.project import journal

    if session.project is None:
        return None
    if session.post is not None:
        return session.post.rule
    try:
        return journal.label_rule(session.project)
    except ProjectError as error:  # for example if the drive is gone: data that was read before remains visible
        session.message.emit(str(error), "error")
        return None


def answers_of(run: RunFolder) -> Answers | None:
    """Return at once what a run said out of fold of the days labelled at its training; None where that is not to be judged."""
    from quakegui.learn.runs.predictions import TEST, TRAINED
    from quakegui.learn.runs.registry import RunError

    if run.config.leaky:
        return None
    try:
        said = run.predictions()
    except RunError:  # the evaluation reports the fault
        return None
    pooled, fold = said.out_of_fold()
    scored = (said.labels >= 0) & (fold >= 0) & (said.role[fold, np.arange(len(fold))] == TEST)
    taught = (said.role == TRAINED) & (said.labels >= 0)
    trained = np.array([np.bincount(said.labels[days], minlength=5) > 0 for days in taught])
    labels, answers = said.labels[scored].astype(np.int64), pooled[scored].astype(np.float64)
    known = trained[fold[scored]] | run.config.zero_shot
    return Answers(said.days[scored], labels, answers, _count(labels, answers, known))


def _count(labels: NDArray[np.int64], answers: NDArray[np.float64], known: NDArray[np.bool_]) -> dict[Target, Figures]:
    """Return the figures of predictions, computed as in an evaluation.

    Parameters
    ----------
    labels, answers
        True class and probabilities of each day, shapes (day,) and (day, class).
    known
        Which classes the fold of each day had in training, shape (day, class).
    """
    from quakegui.judge import metrics

    there, found = np.isfinite(answers).all(axis=1), {}
    for target, groups in metrics.GROUPS.items():
        truth = metrics.group_labels(labels[there], target)
        said = metrics.group_probabilities(answers[there], target).argmax(axis=1)
        judged = metrics.group_trained(known[there], target)[np.arange(truth.size), truth]
        size = max(groups) + 1
        every = metrics.confusion(truth, said, size)
        found[target] = metrics.figures(every, metrics.confusion(truth[judged], said[judged], size))
    return found


def days_in_cell(answers: Answers, days: NDArray[np.datetime64], truth: int, answer: int) -> list[tuple[int, float]]:
    """Return the days of one cell of the confusion matrix, the most certain first, as (index in `days`, margin).

    The margin is the probability of the predicted class minus that of the next class.

    Parameters
    ----------
    answers
        Predictions of the run on the scored days.
    days
        Local dates of the season, datetime64[D], shape (day,); a scored day that is not among them is omitted.
    truth, answer
        Row and column of the cell: the true and the predicted class, 0 to 4.
    """
    place = {day: index for index, day in enumerate(days)}
    found = []
    for row in np.flatnonzero((answers.labels == truth) & (answers.classes == answer)):
        two = np.sort(answers.probabilities[row])[-2:]
        if answers.days[row] in place:
            found.append((place[answers.days[row]], float(two[1] - two[0])))
    return sorted(found, key=lambda one: -one[1])
