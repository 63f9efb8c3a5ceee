"""Predictions of a frozen run for new days, appended to the ledger.

A prediction is *prospective* if its run used no information of the day or later: the day became known after the last training
day, and after the last event whose label was used in training. Rows are never changed. A day that is corrected later gets an
additional row, and the first one counts in every score.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quakegui.learn.calibrated import calibrators_of
from quakegui.learn.evidence import maps_to_draw, style_name
from quakegui.learn.messages import Listen
from quakegui.learn.runs.dataset import map_hashes
from quakegui.learn.runs.registry import RunError, RunFolder
from quakegui.learn.season_runs import record_run, refuse_foreign
from quakegui.learn.worker.asking import answer
from quakegui.learn.worker.environments import THIS, Environment
from quakegui.progress import CancelCheck
from quakegui.project import registrations, runs, seasons
from quakegui.project.store import Project
from quakegui.project.verifying import LATE_HOURS
from quakegui.season.localtime import wall_clock_ms
from quakegui.season.season import Season
from quakegui.words import Said

MOST_MAPS = 512
"""Maximum number of maps per worker job, 120 MB: a season is one portion, ten years are seven."""


@dataclass(frozen=True, slots=True)
class IssuedPrediction:
    """One new row of the ledger.

    Attributes
    ----------
    day
        Local date.
    probabilities
        Calibrated probabilities of the five classes; the ledger contains the uncalibrated ones.
    kind
        "prospective" or "in-sample".
    late_hours
        Hours from the time the day became known to the time the row was issued.
    corrected
        Whether the day had a row for another map already; the first row counts.
    """

    day: np.datetime64
    probabilities: tuple[float, ...]
    kind: str
    late_hours: float
    corrected: bool

    @property
    def cls(self) -> int:
        """The most probable class."""
        return int(np.argmax(self.probabilities))

    @property
    def late(self) -> bool:
        """Whether the prediction came too late to be useful."""
        return self.late_hours > LATE_HOURS


@dataclass(frozen=True, slots=True)
class PredictionReport:
    """New predictions of a run.

    Attributes
    ----------
    run
        Id of the run.
    issued
        New rows, by day.
    unchanged
        Number of days whose map was predicted before and is still the same.
    without_map
        Days after the run's training without a map, with the reason.
    waiting
        Days whose night is partly recorded but not over, with the time (UTC) from which they can be predicted.
    """

    run: str
    issued: tuple[IssuedPrediction, ...]
    unchanged: int
    without_map: tuple[tuple[np.datetime64, str], ...]
    waiting: tuple[tuple[np.datetime64, np.datetime64], ...] = ()


def predict_days(
    project: Project,
    season: Season,
    run: RunFolder,
    *,
    only_later: bool = False,
    listen: Listen,
    cancelled: CancelCheck | None = None,
    environment: Environment = THIS,
    now_ms: int | None = None,
) -> PredictionReport:
    """Predict every day whose map the frozen run has not predicted yet, and append the predictions to the ledger.

    A day is predicted only once its night is over. A registered run predicts exactly as it was registered, or not at all.

    Parameters
    ----------
    project, season, run
        The project, its season, and a finished run.
    only_later
        Skip days whose information may have been used in training, which could only be in-sample.
    listen, cancelled, environment, now_ms
        As in `update`.

    Raises
    ------
    RunError
        If the run is not finished, or its map style or classes are different.
    ProjectError
        If the run or the parameters of the season have changed since the registration.
    SupersededError
        If the season is no longer current, before or after the prediction; nothing was saved.
    """
    if run.card is None:
        raise RunError(Said("The run “{run_title}” is not finished: resume it before predicting with it.", run_title=run.title))
    refuse_foreign(project, season, run)
    seasons.require_current(project, season)
    cutoff = season.available_at[season.shown].astype("datetime64[ms]")
    later = cutoff > knowledge_end_of_run(run)
    asked_ms = moment(now_ms)
    over_at = season.config.over_at(season.days)
    over = over_at <= np.datetime64(asked_ms, "ms")  # the season may have been computed at another time
    wanted = np.flatnonzero(season.has_map & over & (later if only_later else True))
    answers = _answers(project, season, run, wanted, listen=listen, cancelled=cancelled, environment=environment)
    rows, names = answers.row, answers.map_hash
    record_run(project, run)
    additions = [
        runs.LedgerPredictions(
            days=season.days[rows[mask]],
            probabilities=answers.probabilities[mask],
            kind=kind,
            map_hash=tuple(names[k] for k in np.flatnonzero(mask)),
            cutoff_ms=cutoff[rows[mask]].astype(np.int64),
            config_hash=season.config.hash,
        )
        for kind, mask in (("in-sample", ~later[rows]), ("prospective", later[rows]))
    ]
    issued_ms = runs.append_predictions(
        project, run.id, *additions, issued_ms=now_ms, not_before_ms=asked_ms, revision=season.revision
    )
    issued = tuple(
        IssuedPrediction(
            day=season.days[row],
            probabilities=tuple(float(p) for p in share),
            kind="prospective" if later[row] else "in-sample",
            late_hours=(issued_ms - int(cutoff[row].astype(np.int64))) / 3_600_000,
            corrected=corrected,
        )
        for row, share, corrected in zip(rows, _calibrated(run, answers.probabilities), answers.corrected, strict=True)
    )
    without = tuple((season.days[k], season.why_no_map(int(k))) for k in np.flatnonzero(~season.has_map & over & later))
    begun = np.flatnonzero(~over & np.any(season.coverage[season.shown] > 0.0, axis=1))
    waiting = tuple((season.days[k], over_at[k]) for k in begun)
    return PredictionReport(run.id, issued, len(wanted) - len(rows), without, waiting)


@dataclass(frozen=True, slots=True)
class _Answers:
    """The network's answers for maps that it has not predicted yet.

    Attributes
    ----------
    row
        Index of the day in the season, shape (answer,).
    map_hash
        Hash of each map.
    probabilities
        Uncalibrated, shape (answer, class).
    corrected
        Whether the run has predicted another map of the day before.
    """

    row: NDArray[np.intp]
    map_hash: list[str]
    probabilities: NDArray[np.float64]
    corrected: list[bool]


def _answers(
    project: Project,
    season: Season,
    run: RunFolder,
    wanted: NDArray[np.intp],
    *,
    listen: Listen,
    cancelled: CancelCheck | None,
    environment: Environment,
) -> _Answers:
    earlier = _earlier_maps(project, run.id)
    names: list[str] = []
    pieces: list[tuple[NDArray[np.intp], NDArray[np.float64]]] = []
    for start in range(0, max(len(wanted), 1), MOST_MAPS):
        part = wanted[start : start + MOST_MAPS]
        every = map_hashes(maps_to_draw(season, run.config, part), style_name(season.config))
        fresh = [k for k, name in enumerate(every) if name not in earlier.get(season.days[part[k]], ())]
        registrations.require_unchanged(project, run.id, season.days[part[fresh]])
        maps = maps_to_draw(season, run.config, part[fresh])
        how: dict[str, Any] = {"listen": listen, "cancelled": cancelled, "environment": environment}
        pieces.append((part[fresh], answer(run, maps, days=season.days[part[fresh]], **how)))
        names += [every[k] for k in fresh]
    rows, probabilities = (np.concatenate([piece[k] for piece in pieces]) for k in (0, 1))
    return _Answers(rows, names, probabilities, [season.days[row] in earlier for row in rows])


def _calibrated(run: RunFolder, probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
    calibrators = calibrators_of(run)
    return probabilities if calibrators is None else calibrators.later.of_classes(probabilities)


def knowledge_end_of_run(run: RunFolder) -> np.datetime64:
    """Return the latest time of any information used in a run's training, UTC, datetime64[ms].

    Without such a statement in the run, this is its last day plus 31 days for the label window.
    """
    end = run.about.get("knows_until")
    if end is None:
        end = run.predictions().days[-1] + np.timedelta64(31, "D")
    return np.datetime64(str(end), "ms")


def moment(now_ms: int | None) -> int:
    """Return the given time, by default that of the clock, in milliseconds since 1970 UTC."""
    return wall_clock_ms() if now_ms is None else now_ms


def _earlier_maps(project: Project, run_id: str) -> dict[np.datetime64, set[str]]:
    """Return the hashes of the maps that the run has predicted, by day."""
    maps: dict[np.datetime64, set[str]] = {}
    for row in runs.ledger(project, run_id):
        maps.setdefault(row.day, set()).add(row.map_hash)
    return maps
