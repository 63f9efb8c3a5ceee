"""The command for further studies of a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from quakegui.cli.sources import RunId, season_of
from quakegui.cli.terminal import AsJson, ProjectFolder, open_project, print_json, print_table, say
from quakegui.cli.working import sentences
from quakegui.judge.epochs import Epochs
from quakegui.judge.judgement import plain
from quakegui.judge.robustness import Robustness, SkillMap
from quakegui.learn import season_study
from quakegui.learn.runs.registry import RunError
from quakegui.learn.season_source import ProjectRuns
from quakegui.learn.source import find_run
from quakegui.project import catalogue
from quakegui.project.store import Project, ProjectError
from quakegui.report.words import ALARM_AXIS, AXIS_NAMES, CHOICE_NAMES, SERIES_NAMES
from quakegui.season.season import Season


class Study(StrEnum):
    """The kinds of study."""

    EPOCHS = "epochs"
    EVENTS = "events"
    ROBUSTNESS = "robustness"
    SKILLMAP = "skillmap"


def study(
    project: ProjectFolder,
    what: Annotated[
        Study,
        typer.Argument(
            help="epochs: daily series around the earthquakes; events: the largest P(earthquake) before each earthquake; "
            "robustness: the verdict with other settings; "
            "skillmap: skill by setting (lead time, window, distance, magnitude).",
            show_default=False,
        ),
    ],
    *,
    run: RunId = None,
    catalogues: Annotated[
        list[Path] | None,
        typer.Option("--catalogue", metavar="FILE", help="For robustness: another catalogue of the same earthquakes."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Study a run further: the days around the earthquakes, and how the verdict depends on each setting."""
    with sentences(), open_project(project) as opened:
        season = season_of(opened)
        if not catalogue.events(opened):
            raise ProjectError(f"The project {opened.name} has no earthquakes yet; import them with 'quakegui events import'.")
        if what is Study.EPOCHS:
            print_epochs(_epochs(opened, season, run), as_json=as_json)
            return
        studied = find_run(ProjectRuns(opened), run)
        if what is Study.EVENTS:
            print_events(season_study.season_events(opened, season, studied), as_json=as_json)
        elif what is Study.ROBUSTNESS:
            versions = {name: season_study.other_catalogue(opened, path) for name, path in _named(catalogues or ()).items()}
            print_robustness(season_study.season_robustness(opened, season, studied, versions), as_json=as_json)
        else:
            print_skill_maps(season_study.season_skill_maps(opened, season, studied), as_json=as_json)


def _epochs(project: Project, season: Season, run: str | None) -> dict[str, Epochs]:
    """Return the series around the earthquakes; if no run was named and none can be studied, only those of the field."""
    try:
        return season_study.season_epochs(project, season, find_run(ProjectRuns(project), run))
    except RunError as error:
        if run is not None:
            raise
        say(f"{error} The series are shown without P(earthquake).", style="yellow")
        return season_study.season_epochs(project, season, None)


def print_epochs(result: Mapping[str, Epochs], *, as_json: bool) -> None:
    """Print each series around the earthquakes."""
    if as_json:
        print_json(plain(result))
        return
    columns = ("series", "p before", "at lag", "p after", "at lag")
    rows = [
        (SERIES_NAMES.get(name, name), _number(one.p_before), one.extreme_before, _number(one.p_after), one.extreme_after)
        for name, one in result.items()
    ]
    print_table("Series around the earthquakes, p for all lags together", columns, rows)


def print_events(result: season_study.StudiedEvents, *, as_json: bool) -> None:
    """Print the predictions before each earthquake."""
    if as_json:
        print_json([{**plain(event), **plain(row)} for event, row in result])
        return
    columns = (
        "time (UTC)", "M", "place", "days", "largest P", "on", "rank", "days of class 0", "chance of an equal or larger P",
    )  # fmt: skip
    rows = [
        (
            str(event.time)[:16], f"{event.magnitude:.1f}", event.place, row.days, _number(row.largest),
            row.day if row.days else "", row.rank, row.quiet_days, _number(row.by_chance),
        )
        for event, row in result
    ]  # fmt: skip
    print_table("Largest uncalibrated P(earthquake) available before each earthquake, in its label window", columns, rows)


def print_robustness(result: Robustness, *, as_json: bool) -> None:
    """Print the test for every choice."""
    if as_json:
        counts = {"held": result.significant, "held_corrected": result.significant_corrected, "tested": result.tested}
        variants = [{**plain(one), "holds": one.holds, "holds_corrected": one.holds_corrected} for one in result.variants]
        print_json({**counts, "variants": variants})
        return
    rows = [
        (
            AXIS_NAMES.get(one.axis, one.axis), CHOICE_NAMES.get(one.choice, one.choice.removeprefix("p* ")), one.score.events,
            *(("", _number(one.score.statistic)) if one.axis == ALARM_AXIS else (_number(one.score.statistic), "")),
            *map(_number, (one.score.p_value, one.p_corrected)),
        )
        for one in result.variants
    ]  # fmt: skip
    print_table("Test with other settings", ("setting", "value", "earthquakes", "AUC", "R", "p", "p corrected"), rows)
    typer.echo(
        f"The verdict holds for {result.significant} of the {result.tested} other settings that could be tested (p < 0.05), "
        f"and for {result.significant_corrected} after correction for the number of tests. R: hit rate minus fraction of time "
        "under alarm."
    )


def print_skill_maps(result: season_study.SkillMaps, *, as_json: bool) -> None:
    """Print the test for both pairs of choices."""
    if as_json:
        print_json(plain(result))
        return
    _print_map("AUC (p) by lead time (rows) and window, days", result.lead_window)
    _print_map("AUC (p) by maximum distance from the centre (rows, km) and minimum magnitude", result.distance_magnitude)


def _named(paths: Sequence[Path]) -> dict[str, Path]:
    """Return the files by name, or by whole path if names are not unique."""
    names = [path.name for path in paths]
    return {path.name if names.count(path.name) == 1 else str(path): path for path in paths}


def _print_map(title: str, found: SkillMap) -> None:
    cells = [
        [f"{row:g}", *(f"{_number(a)} ({_number(p)})" for a, p in zip(statistics, p_values, strict=True))]
        for row, statistics, p_values in zip(found.rows, found.statistic, found.p_value, strict=True)
    ]
    print_table(title, ("", *(f"{column:g}" for column in found.columns)), cells)


def _number(value: float) -> str:
    return f"{value:.3f}" if np.isfinite(value) else "not estimable"
