"""Sensitivity studies of a run: superposed epochs, the verdict with other choices, skill over lead, distance and magnitude."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from quakegui.judge.alarms import judged_period
from quakegui.judge.epochs import Epochs
from quakegui.judge.event_table import EventRow
from quakegui.judge.robustness import Robustness, SkillMap
from quakegui.judge.study import (
    Case,
    Choice,
    alarm_score,
    distance_magnitude_map,
    event_distances,
    event_magnitudes,
    lead_window_map,
    study_epochs,
    study_events,
    study_robustness,
)
from quakegui.judge.surrogates import statistic_of
from quakegui.learn.alarm_days import alarm_series
from quakegui.learn.calibrated import fold_of_days
from quakegui.learn.evidence import project_catalogue
from quakegui.learn.runs.registry import RunError, RunFolder
from quakegui.project import catalogue, journal
from quakegui.project.runs import PredictionTable
from quakegui.project.store import Project
from quakegui.season.events import Declustering, Event, Selection, select
from quakegui.season.json_values import built
from quakegui.season.labels import LabelRule
from quakegui.season.season import Season
from quakegui.words import Said

ALARM_THRESHOLDS = (0.3, 0.4, 0.5, 0.6, 0.7)


StudiedEvents = tuple[tuple[Event, EventRow], ...]


@dataclass(frozen=True, slots=True)
class SkillMaps:
    """The deciding test over lead and length of the window, and over distance in km and minimum magnitude."""

    lead_window: SkillMap
    distance_magnitude: SkillMap


def season_case(project: Project, season: Season, run: RunFolder | None) -> Case:
    """Return the predictions to be tested: out-of-fold predictions of a run.

    Parameters
    ----------
    project, season
        The project, and its season.
    run
        The run; if None, no day has a prediction, and epochs of other series are still possible.

    Raises
    ------
    RunError
        If the run is leaky.
    """
    probability, fold = np.full(len(season.days), np.nan), np.full(len(season.days), -1, np.int64)
    if run is not None:
        if run.config.leaky:
            raise RunError(
                Said(
                    "The run “{run_title}” is LEAKY: it was trained on the days that it predicts, so it cannot be analysed.",
                    run_title=run.title,
                )
            )
        answers, kind = _out_of_fold(run, season.days)
        probability = answers[:, 1:].sum(axis=1)
        fold = np.where(kind == "out-of-fold", fold_of_days(run, season.days), -1)
    return Case(
        days=season.days,
        probability=probability,
        fold=fold,
        statistic="pooled" if run is None else statistic_of(run.config.protocol),
        timezone=project.timezone,
        night=season.config.night.window,
        centre=season.network.centre(),
    )


def project_choice(project: Project) -> Choice:
    """Return the events and label windows of a project."""
    declustering = catalogue.selection_facts(project)["declustering"]
    return Choice(
        events=tuple(event for event, _ in catalogue.all_events(project)),
        rule=journal.label_rule(project) or LabelRule(),
        declustering=built(Declustering, declustering, what=Said("declustering value"))
        if declustering
        else Declustering("none"),
    )


def other_catalogue(project: Project, path: Path) -> tuple[Event, ...]:
    """Return the events of another catalogue that match the project's selection.

    Parameters
    ----------
    project
        The project.
    path
        File of the catalogue.

    Raises
    ------
    FormatError
        If the file is not a catalogue.
    """
    kept = catalogue.selection_facts(project)["event_selection"]
    selection = built(Selection, kept, what=Said("event selection value")) if kept else Selection()
    return select(catalogue.read_catalogue(path).events, selection, timezone=project.timezone)


def season_epochs(project: Project, season: Season, run: RunFolder | None) -> dict[str, Epochs]:
    """Return superposed epochs of the season's daily series: maximum abs(z), area of the regions, Kp, and P(event).

    Parameters
    ----------
    project, season
        The project, and its season.
    run
        The run with P(event); None to omit it.
    """
    case, choice = season_case(project, season, run), project_choice(project)
    seen = np.isfinite(season.z).any(axis=1)
    largest = np.full(len(season.days), np.nan)
    largest[seen] = np.nanmax(np.abs(season.z[seen]), axis=1)
    features = season.features[season.shown]
    series: dict[str, NDArray[np.float64]] = {
        "max_abs_z": largest,
        "area_px": np.array([day.area_px if day.has_map else np.nan for day in features]),
        "kp": season.kp_night[season.shown],
    }
    if run is not None:
        series["probability"] = case.probability
    return {name: study_epochs(case, choice, values) for name, values in series.items()}


def season_events(project: Project, season: Season, run: RunFolder) -> StudiedEvents:
    """Return each earthquake of the season with the largest P(event) in its label window, see `EventRow`.

    Parameters
    ----------
    project, season, run
        The project, its season, and the run.
    """
    known = season.available_at[season.shown].astype("datetime64[ms]")
    return study_events(season_case(project, season, run), project_choice(project), known)


def season_robustness(project: Project, season: Season, run: RunFolder, versions: Mapping[str, Sequence[Event]]) -> Robustness:
    """Return a run's test with other choices, see `judge.study.choice_axes`, and its alarms with other thresholds.

    Parameters
    ----------
    project, season, run
        The project, its season, and the run.
    versions
        Other catalogues of the same earthquakes by name.
    """
    case, days = season_case(project, season, run), season.days
    known = season.available_at[season.shown].astype("datetime64[ms]")
    table = PredictionTable(run.id, *_out_of_fold(run, days))
    series, rule = alarm_series(project, days, known, table)
    judged, events = judged_period(series, fold_of_days(run, days) >= 0), project_catalogue(project)
    alarms = {
        f"p* {threshold:.1f}": partial(alarm_score, series, dataclasses.replace(rule, threshold=threshold), events, judged)
        for threshold in ALARM_THRESHOLDS
    }
    return study_robustness(case, project_choice(project), versions=versions, alarms=alarms)


def _out_of_fold(run: RunFolder, days: NDArray[np.datetime64]) -> tuple[NDArray[np.float64], NDArray[np.str_]]:
    """Return a run's out-of-fold predictions for each of `days`, shape (day, class), and their kind."""
    said = run.predictions()
    daily, fold = said.out_of_fold()
    answers, kind = np.full((len(days), daily.shape[1]), np.nan), np.full(len(days), "", "U11")
    place = np.minimum(np.searchsorted(days, said.days), len(days) - 1)
    judged = (days[place] == said.days) & (fold >= 0)
    answers[place[judged]], kind[place[judged]] = daily[judged], "out-of-fold"
    return answers, kind


def season_skill_maps(project: Project, season: Season, run: RunFolder) -> SkillMaps:
    """Return the test over lead and length of the window, and over distance and magnitude of the events.

    Parameters
    ----------
    project, season, run
        The project, its season, and the run.
    """
    case, choice = season_case(project, season, run), project_choice(project)
    distances, magnitudes = event_distances(choice, case.centre), event_magnitudes(choice)
    return SkillMaps(lead_window_map(case, choice), distance_magnitude_map(case, choice, distances, magnitudes))
