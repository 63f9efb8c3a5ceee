"""The content of a report, read from a project once, so that all its sections describe the same state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from quakegui.judge.alarm_choice import by_day, rule_where
from quakegui.judge.alarms import AlarmRecord, Catalogue, judged_period, record_alarms
from quakegui.judge.judged_by import AsOf
from quakegui.judge.limit import Limit
from quakegui.learn import season_evaluation, season_runs
from quakegui.learn.alarm_days import alarm_series
from quakegui.learn.calibrated import calibrated, fold_of_days
from quakegui.learn.evidence import EvidenceError, project_catalogue
from quakegui.learn.run_classes import refuse_other_classes
from quakegui.learn.run_study import RunStudy, study_run
from quakegui.learn.runs.earthquakes import training_earthquakes
from quakegui.learn.runs.registry import RunError, RunFolder, list_runs
from quakegui.learn.unflagged import words_unflagged
from quakegui.learn.worker.run_limit import kept_limit
from quakegui.progress import CancelCheck, ProgressCallback, StoppedError, silent
from quakegui.project import catalogue, journal, runs, seasons
from quakegui.project.runs import PredictionTable
from quakegui.project.setting_rows import SupersededError
from quakegui.project.store import Project
from quakegui.season.events import Event
from quakegui.season.labels import LabelRow, Labels, in_force
from quakegui.season.localtime import local_date, to_local
from quakegui.season.season import Season

if TYPE_CHECKING:
    from quakegui.judge.judgement import Judgement


ATTEMPTS = 3
"""Maximum number of attempts if other programs change the readings meanwhile."""


@dataclass(frozen=True, eq=False)
class ReportContent:
    """Everything that a report contains.

    Attributes
    ----------
    project
        The open project; used only for its name and its contents.
    season
        None if there are no readings or no station has coordinates.
    split
        Magnitude split of the project; None without classes.
    events, classes, event_days
        The declustered catalogue, the class of each earthquake (0 without classes), and the local date of each, shape (event,).
    rows, labels
        The label journal, and the current labels.
    all_runs
        Every run of the project, newest first.
    run
        The current run if it has a folder, otherwise the newest finished one, or None.
    judgement, why_not_judged
        Evaluation of this run; None with a sentence, which is empty if there is no run.
    without_flags
        The verdict without the analysts' flags, or why there is none; empty if nothing is flagged or the run was not evaluated.
    predictions
        Calibrated predictions of the run for the days of the season; None if its classes differ from those of the project.
    record
        The alarms from its out-of-fold and prospective predictions, scored with the earthquakes of the evaluation; None if
        there are no such predictions. Earthquakes that are no longer in the project come after all of `events`.
    study
        Further studies of the run; None if it was not evaluated or is leaky.
    limit
        Its detection limit; None if none is saved with it, because computing it takes minutes.
    other_earthquakes
        Positions in `events` of those that the evaluation does not use, because they were imported after the training.
    """

    project: Project
    season: Season | None
    events: tuple[Event, ...]
    classes: tuple[int, ...]
    split: float | None
    event_days: NDArray[np.datetime64]
    rows: tuple[LabelRow, ...]
    labels: Labels
    all_runs: tuple[RunFolder, ...]
    run: RunFolder | None
    judgement: Judgement | None
    why_not_judged: str
    predictions: PredictionTable | None
    record: AlarmRecord | None
    study: RunStudy | None = None
    limit: Limit | None = None
    without_flags: str = ""
    other_earthquakes: frozenset[int] = frozenset()

    @property
    def leaky(self) -> bool:
        """Whether the scores are from a leaky protocol."""
        return self.run is not None and self.run.config.leaky

    @property
    def days(self) -> NDArray[np.datetime64]:
        """Local dates of the season, empty without a season."""
        return np.array([], dtype="datetime64[D]") if self.season is None else self.season.days

    @property
    def known_at(self) -> NDArray[np.datetime64]:
        """UTC time at which each of `days` becomes known, datetime64[ms]."""
        if self.season is None:
            return np.array([], dtype="datetime64[ms]")
        return self.season.available_at[self.season.shown].astype("datetime64[ms]")

    def local(self, time: np.datetime64) -> str:
        """Return a UTC time as local date and time with its UTC offset."""
        here = to_local(time, self.project.timezone)
        offset = here.strftime("%z")
        return f"{here:%Y-%m-%d %H:%M} (UTC{offset[:3]}:{offset[3:5]})"


def gather(
    project: Project, season: Season | None, *, as_of: AsOf = "training", progress: ProgressCallback, cancelled: CancelCheck
) -> ReportContent:
    """Read the content of a report.

    Parameters
    ----------
    project
        The project.
    season
        The computed season, if the caller has it; computed here otherwise, or if readings have changed since.
    as_of
        Labels and earthquakes for the evaluation of the run, see `quakegui.learn.season_evaluation.judge_run`.
    progress, cancelled
        Called with the progress, and to check whether to stop.

    Raises
    ------
    StoppedError
        If it was cancelled.
    SupersededError
        If other programs keep changing the readings.
    """
    attempt = 0
    while True:
        attempt += 1
        progress(0, 4, "season")
        season = seasons.load_season(project) if season is None else seasons.current_season(project, season)
        try:
            content = _content(project, season, as_of, progress, cancelled)
            if season is not None:
                seasons.require_current(project, season)
            return content
        except SupersededError:
            if attempt == ATTEMPTS:
                raise


def _content(
    project: Project, season: Season | None, as_of: AsOf, progress: ProgressCallback, cancelled: CancelCheck
) -> ReportContent:
    _go_on(cancelled)
    progress(1, 4, "labels")
    events, rows = catalogue.events(project), journal.rows(project)
    times = np.array([event.time for event in events], dtype="datetime64[ms]")
    all_runs = list_runs(project.runs_folder)[0]
    progress(2, 4, "judging")
    run = _run_of(project)
    judgement, why = _judge(project, season, run, as_of)
    without_flags = ""
    if season is not None and run is not None and judgement is not None:
        without_flags = words_unflagged(project, season, run, as_of, listen=lambda _message: None, cancelled=cancelled)
    _go_on(cancelled)
    progress(3, 4, "alarms")
    taken = _earthquakes(project, run, as_of)
    predictions = _predictions(project, season, run) if taken is not None else None
    record = None
    if season is not None and predictions is not None and taken is not None:
        record = _record(project, season, predictions, taken, run=run, judgement=judgement)
    scheme = catalogue.class_scheme(project)
    return ReportContent(
        project=project,
        season=season,
        events=events,
        classes=catalogue.event_classes(project),
        split=None if scheme is None else scheme.split_magnitude,
        event_days=local_date(times, project.timezone),
        rows=rows,
        labels=in_force(rows),
        all_runs=all_runs,
        run=run,
        judgement=judgement,
        why_not_judged=why,
        predictions=None if season is None or predictions is None else calibrated(project, predictions, season.days),
        record=record,
        study=None if season is None or judgement is None else _study(project, season, run, cancelled),
        limit=None if season is None or run is None else kept_limit(project, season, run),
        without_flags=without_flags,
        other_earthquakes=frozenset(np.flatnonzero(np.isnat(taken.times)).tolist()) if taken is not None else frozenset(),
    )


def _go_on(cancelled: CancelCheck) -> None:
    if cancelled():
        raise StoppedError


def _run_of(project: Project) -> RunFolder | None:
    try:
        run = season_runs.find_run(project, None)
    except RunError:
        return None
    return run if run.card is not None else None


def _judge(project: Project, season: Season | None, run: RunFolder | None, as_of: AsOf) -> tuple[Judgement | None, str]:
    if season is None or run is None:
        return None, ""
    try:
        return season_evaluation.evaluate(project, season, run, as_of), ""
    except (EvidenceError, RunError, ValueError) as error:
        return None, str(error)


def _study(project: Project, season: Season, run: RunFolder | None, cancelled: CancelCheck) -> RunStudy | None:
    """Return the studies of an evaluated run, None if it is leaky."""
    if run is None or run.config.leaky:
        return None
    study = study_run(project, season, run, progress=silent, cancelled=cancelled)
    _go_on(cancelled)
    return study


def _earthquakes(project: Project, run: RunFolder | None, as_of: AsOf) -> Catalogue | None:
    """Return the earthquakes for the evaluation of alarms, None if the classes of the run differ from those of the project."""
    today = project_catalogue(project)
    if run is None:
        return today
    try:
        refuse_other_classes(project, run)
    except RunError:
        return None
    return (training_earthquakes(run, today) or today) if as_of == "training" else today


def _predictions(project: Project, season: Season | None, run: RunFolder | None) -> PredictionTable | None:
    if season is None:
        return None
    if run is None:
        return runs.predictions_in_use(project, season.days)
    return runs.predictions(project, run.id, season.days)


def _record(
    project: Project,
    season: Season,
    table: PredictionTable,
    earthquakes: Catalogue,
    *,
    run: RunFolder | None,
    judgement: Judgement | None,
) -> AlarmRecord | None:
    """Return the alarms on days outside the training data of the run; in-sample predictions raise none.

    If the run was evaluated, the alarm rules and periods of its folds are used, so that these alarms are those of the scores,
    plus those predicted since.
    """
    honest = np.isin(table.kind, ("out-of-fold", "prospective"))
    if not honest.any():
        return None
    series, rule = alarm_series(project, season.days, season.available_at[season.shown], table)
    covered = honest
    if run is not None and judgement is not None:
        number = fold_of_days(run, season.days)
        covered = covered | (number >= 0)
        rule = rule_where((number >= 0) & (table.kind != "prospective"), by_day(judgement.rules, number), rule)
    return record_alarms(series, rule, earthquakes, judged_period(series, covered))
