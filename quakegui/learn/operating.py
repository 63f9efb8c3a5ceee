"""The daily update: import new files, predict new days with a frozen run, append to the ledger, report alarms that open.

Which predictions are prospective is defined in `issuing`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quakegui.judge.alarms import Alarm
from quakegui.learn.alarm_days import season_alarms
from quakegui.learn.issuing import IssuedPrediction, PredictionReport, moment, predict_days
from quakegui.learn.messages import Listen
from quakegui.learn.runs.registry import RunError, RunFolder
from quakegui.learn.season_runs import find_run
from quakegui.learn.worker.environments import THIS, Environment
from quakegui.progress import CancelCheck, ProgressCallback, never, silent
from quakegui.project import registrations, runs, seasons
from quakegui.project.clock import ahead_of_clock
from quakegui.project.importing import import_paths
from quakegui.project.importreport import ImportReport
from quakegui.project.setting_rows import SupersededError
from quakegui.project.store import Project, ProjectError
from quakegui.season.season import Season
from quakegui.words import Said, counted, mark

Told = Callable[[str, Collection[np.datetime64]], Collection[np.datetime64]]
"""Called with a run and when the alarms of its earlier predictions opened, before new predictions are saved; returns when those
opened that were reported."""
ATTEMPTS = 3
"""Number of times the season is recomputed if other programs change its readings during the prediction."""


@dataclass(frozen=True, slots=True)
class Update:
    """Result of one daily update.

    Attributes
    ----------
    import_report, predictions
        Result of the import (None if nothing was imported), and new predictions of the run.
    new_alarms
        Alarms that did not exist before, or were not reported.
    open_now
        Whether an alarm is open at the time the last predicted day became known.
    notes
        Remarks, as sentences.
    next_over
        UTC time, datetime64[ms], from which the next partly recorded night can be predicted; None if there is none.
    registered
        New predictions of other runs that are registered for these days.
    """

    import_report: ImportReport | None
    predictions: PredictionReport
    new_alarms: tuple[Alarm, ...]
    open_now: bool
    notes: tuple[str, ...]
    next_over: np.datetime64 | None = None
    registered: tuple[PredictionReport, ...] = ()


def update(
    project: Project,
    paths: Sequence[Path] = (),
    *,
    run_id: str | None = None,
    listen: Listen,
    progress: ProgressCallback = silent,
    cancelled: CancelCheck = never,
    environment: Environment = THIS,
    now_ms: int | None = None,
    told: Told = lambda _run, earlier: earlier,
) -> Update:
    """Import new files, recompute the season, predict new days with the frozen run, and report alarms that open.

    Parameters
    ----------
    project, paths
        The project, and files or folders; files that were imported before have no effect.
    run_id
        The frozen run. Default: the current run.
    listen, environment
        Called with every message of the worker; and the environment of the worker.
    progress, cancelled
        Called during import and computation; and whether to stop, keeping what is done by then.
    now_ms
        Current time, milliseconds since 1970 UTC: only nights that are over are predicted. By default the clock, which is read
        again when the predictions are issued.
    told
        Which alarms were reported; default: all those of earlier predictions.

    Raises
    ------
    ProjectError
        If there is no season yet, or the import was cancelled.
    RunError
        If there is no run, or its map style or classes are different.
    SupersededError
        If other programs keep changing the readings during the prediction.
    """
    run = _run_to_ask(project, run_id)
    imported = import_paths(project, list(paths), progress=progress, cancelled=cancelled) if paths else None
    if imported is not None and imported.cancelled:
        raise ProjectError(Said("The import was cancelled; nothing was changed."))
    how: dict[str, Any] = {"listen": listen, "cancelled": cancelled, "environment": environment, "now_ms": now_ms}
    try:
        run = run or find_run(project, None)
        season, known, predicted = _predicted_anew(project, run, progress, told, **how)
    except (RunError, ProjectError) as error:
        refused = _registered_alone(project, None if run is None else run.id, **how)
        raise type(error)(" ".join([str(error), *refused])) from error
    others, refused = _registered_besides(project, season, run.id, **how)
    after = _alarms(project, season, run)
    notes = (*_notes(predicted), *refused, *_beyond_the_window(project, season), *_ahead(project, moment(now_ms)))
    opened = tuple(alarm for alarm in after if alarm.opened not in known)
    return Update(imported, predicted, opened, _open_now(project, season, run, after), notes, season.next_over, others)


def _run_to_ask(project: Project, run_id: str | None) -> RunFolder | None:
    """Return the run to predict with; None if the current one cannot, but others are registered."""
    try:
        return find_run(project, run_id)
    except RunError:
        if run_id is not None or not registrations.registrations(project):
            raise
        return None


def _registered_alone(project: Project, asked: str | None, *, now_ms: int | None, **how: Any) -> tuple[str, ...]:
    """Predict with the registered runs after the requested one failed; return a sentence for each that fails, too."""
    season = seasons.load_season(project, features=False, now_ms=moment(now_ms))
    return () if season is None else _registered_besides(project, season, asked, now_ms=now_ms, **how)[1]


def _registered_besides(
    project: Project, season: Season, asked: str | None, *, now_ms: int | None, **how: Any
) -> tuple[tuple[PredictionReport, ...], tuple[str, ...]]:
    """Predict with the other runs that are registered for these days, so that their record has no gaps.

    Parameters
    ----------
    asked
        Id of the run that has predicted already.

    Returns
    -------
    tuple
        Their reports, and a sentence for each that failed.
    """
    reports, refused = [], []
    for one in registrations.registrations(project):
        if one.run == asked or not (one.is_running(moment(now_ms)) or _lacks_days(project, season, one)):
            continue
        try:
            other = find_run(project, one.run)
            reports.append(predict_days(project, season, other, only_later=True, now_ms=now_ms, **how))
        except (RunError, ProjectError) as error:
            refused.append(
                Said(
                    "{error} The registered run “{terms_title}” therefore made no predictions.",
                    error=error,
                    terms_title=one.terms.title,
                )
            )
    return tuple(reports), tuple(refused)


def _lacks_days(project: Project, season: Season, one: registrations.Registration) -> bool:
    """Return whether a day of a registration's period has a map but no prospective prediction."""
    said = {row.day for row in runs.ledger(project, one.run) if row.kind == "prospective"}
    return any(day not in said for day in season.days[season.has_map & one.covers(season.days)])


def _predicted_anew(
    project: Project, run: RunFolder, progress: ProgressCallback, told: Told, *, now_ms: int | None, **how: Any
) -> tuple[Season, Collection[np.datetime64], PredictionReport]:
    """Return the current season, when the reported alarms of its earlier predictions opened, and the report of new ones."""
    attempt = 0
    while True:
        attempt += 1
        season = seasons.load_season(project, progress=progress, features=False, now_ms=moment(now_ms))
        if season is None:
            raise ProjectError(Said("There are no readings, or no stations with coordinates, so there are no days to predict."))
        known = told(run.id, [alarm.opened for alarm in _alarms(project, season, run)])
        try:
            return season, known, predict_days(project, season, run, only_later=True, now_ms=now_ms, **how)
        except SupersededError:  # another program has imported readings: repeat with them
            if attempt == ATTEMPTS:
                raise


def _alarms(project: Project, season: Season, run: RunFolder) -> tuple[Alarm, ...]:
    return season_alarms(project, season, runs.predictions(project, run.id, season.days))


def _open_now(project: Project, season: Season, run: RunFolder, alarms: Sequence[Alarm]) -> bool:
    said = np.flatnonzero(runs.predictions(project, run.id, season.days).classes >= 0)
    if not said.size or not alarms:
        return False
    moment = season.available_at[season.shown][said[-1]]
    return bool(alarms[-1].opened <= moment <= alarms[-1].closed)


def _notes(report: PredictionReport) -> tuple[str, ...]:
    notes = []
    late = [one for one in report.issued if one.late and not one.corrected]
    corrected = [one for one in report.issued if one.corrected]
    if late:
        most = max(one.late_hours for one in late) / 24
        notes.append(
            Said(
                mark(
                    "Late prediction: {days}, {most:.1f} days after its data were available; the ledger records when it was "
                    "issued."
                )
                if len(late) == 1
                else mark(
                    "Late predictions: {days}, up to {most:.1f} days after their data were available; the ledger records "
                    "when each was issued."
                ),
                days=_days(late),
                most=most,
            )
        )
    if corrected:
        notes.append(
            Said(
                "The map of {days} has changed since it was predicted. The new prediction is in the ledger; scores "
                "use the first one.",
                days=_days(corrected),
            )
        )
    notes += [
        Said(
            "The night of {day} is not over; prediction is possible from {over} UTC.",
            day=day,
            over=over.astype("datetime64[m]"),
        )
        for day, over in report.waiting
    ]
    notes += [Said("{day} has no map and no prediction: {why}", day=day, why=why) for day, why in report.without_map]
    return tuple(notes)


def _days(predictions: Sequence[IssuedPrediction]) -> str:
    if len(predictions) == 1:
        return str(predictions[0].day)
    return Said("{count} days ({day} to {day2})", count=len(predictions), day=predictions[0].day, day2=predictions[-1].day)


def _beyond_the_window(project: Project, season: Season) -> tuple[str, ...]:
    days: NDArray[np.datetime64] = seasons.days_with_data(project)
    beyond = int((days > season.days[-1]).sum()) if season.days.size else 0
    if not beyond:
        return ()
    return (
        counted(
            "{beyond} day with readings lies after the season's last day ({days}) and was not predicted; move that day to "
            "include it.",
            "{beyond} days with readings lie after the season's last day ({days}) and were not predicted; move that day to "
            "include them.",
            beyond=beyond,
            days=season.days[-1],
        ),
    )


def _ahead(project: Project, now_ms: int) -> tuple[str, ...]:
    """Return sentences on stations whose readings have timestamps later than now."""
    return tuple(
        Said(
            "Readings of {code} have timestamps up to {newest} UTC, ahead of this computer's clock: one of the two "
            "clocks, or a time zone, is wrong.",
            code=code,
            newest=newest.astype("datetime64[s]"),
        )
        for code, newest in ahead_of_clock(project, now_ms).items()
    )
