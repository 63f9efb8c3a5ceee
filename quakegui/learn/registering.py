"""Registration of a run: its evaluation is fixed before the days that it predicts."""

from __future__ import annotations

import numpy as np

from quakegui.judge.alarms import AlarmRule
from quakegui.learn.alarm_days import later_rule
from quakegui.learn.issuing import knowledge_end_of_run
from quakegui.learn.runs.registry import RunError, RunFolder
from quakegui.learn.runs.runchecks import EXPORTED
from quakegui.learn.season_runs import record_run, refuse_foreign
from quakegui.project import registrations, runs
from quakegui.project.registrations import Registration
from quakegui.project.store import Project
from quakegui.season.season import Season
from quakegui.words import Said


def alarm_rule_of(project: Project, season: Season, run: RunFolder) -> AlarmRule:
    """Return the alarm rule of a run for future days; the fixed rule if none can be chosen.

    Parameters
    ----------
    project, season, run
        The project, its season, and a finished run.
    """
    table = runs.predictions(project, run.id, season.days)
    return later_rule(project, season.days, season.available_at[season.shown], table)


def register_run(
    project: Project,
    season: Season,
    run: RunFolder,
    *,
    rule: AlarmRule,
    first_day: np.datetime64 | None = None,
    last_day: np.datetime64,
    author: str,
    now_ms: int,
) -> Registration:
    """Register a finished run with everything that its evaluation on future days depends on.

    Parameters
    ----------
    project, season, run
        The project, its season, and the run.
    rule
        Its alarm rule, each attribute one number.
    first_day, last_day
        The period, both included, datetime64[D]; by default it starts with the first night that is not over.
    author
        Name of the person who registers the run.
    now_ms
        Current time, milliseconds since 1970 UTC.

    Raises
    ------
    RunError
        If the run is not finished, cannot predict this project's maps, or used information of the period.
    ProjectError
        If it is registered already, or a night of the period is over.
    """
    if run.card is None:
        raise RunError(Said("The run “{run_title}” is not finished: resume it before registering it.", run_title=run.title))
    refuse_foreign(project, season, run)
    first = registrations.first_open_day(season.config, now_ms) if first_day is None else first_day
    knows_until = knowledge_end_of_run(run)
    if knows_until >= season.config.over_at(np.array([first]))[0]:
        raise RunError(
            Said(
                "The run “{run_title}” used days and earthquakes up to {knows_until} UTC; register it for later days only.",
                run_title=run.title,
                knows_until=knows_until.astype("datetime64[s]"),
            )
        )
    record_run(project, run)
    return registrations.add_registration(
        project,
        run.id,
        title=run.title,
        first_day=first_day,
        last_day=last_day,
        files=EXPORTED,
        alarm_rule=(float(np.asarray(rule.threshold)), int(np.asarray(rule.run_days)), int(np.asarray(rule.open_days))),
        author=author,
        now_ms=now_ms,
    )
