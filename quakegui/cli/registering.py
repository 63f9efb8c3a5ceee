"""The command that fixes the terms of a run's evaluation in advance: register."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import numpy as np
import typer

from quakegui.cli.sources import RunId, season_of
from quakegui.cli.terminal import (
    AsJson,
    ProjectFolder,
    a_text,
    as_day,
    date_option,
    open_project,
    print_json,
    print_table,
    say,
)
from quakegui.cli.working import sentences
from quakegui.judge.alarms import AlarmRule
from quakegui.learn.registering import alarm_rule_of, register_run
from quakegui.learn.season_runs import find_run
from quakegui.project.registrations import Registration
from quakegui.project.store import default_author
from quakegui.season.localtime import wall_clock_ms


def register_(
    project: ProjectFolder,
    *,
    until: Annotated[datetime, date_option("Last day of the period.")],
    since: Annotated[datetime | None, date_option("First day; default: the first day whose night is not over.")] = None,
    run: RunId = None,
    threshold: Annotated[
        float | None,
        typer.Option(metavar="P", help="P(earthquake), the probability of an earthquake, from which a day is positive."),
    ] = None,
    run_days: Annotated[int | None, typer.Option(metavar="N", help="Consecutive positive days that open an alarm.")] = None,
    open_days: Annotated[
        int | None, typer.Option(metavar="N", help="Days that an alarm stays open after its last positive day.")
    ] = None,
    author: Annotated[
        str | None, typer.Option(metavar="NAME", help="Author of the registration; default: your user name.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Register a frozen run for future days: the terms of its evaluation are written once, hashed and never changed.

    The terms are the run's files, the season parameters, the selection of earthquakes, the declustering, the classes, the label
    rule, the alarm rule and the period. The output is the receipt: store it, or a receipt of 'quakegui verify --receipt', where
    nobody who can write to the project can reach it. 'update' predicts the days as new data arrive; 'evaluate --prospective'
    evaluates the predictions; 'verify' lists later changes and days without a prediction. A registered run cannot be renamed or
    deleted.

    Without --threshold, --run-days and --open-days, the alarm rule is the one chosen on the run's out-of-fold days: those that
    were held out of its training.
    """
    now_ms = wall_clock_ms()
    with sentences(), open_project(project) as opened:
        chosen = find_run(opened, run)
        season = season_of(opened, features=False, now_ms=now_ms)
        own = alarm_rule_of(opened, season, chosen)
        rule = AlarmRule(
            own.threshold if threshold is None else threshold,
            own.run_days if run_days is None else run_days,
            own.open_days if open_days is None else open_days,
        )
        last_day = as_day(until)
        assert last_day is not None
        found = register_run(
            opened,
            season,
            chosen,
            rule=rule,
            first_day=as_day(since),
            last_day=last_day,
            author=default_author(opened) if author is None else a_text(author),
            now_ms=now_ms,
        )
        window_end = opened.config().last_day
    if as_json:
        print_json(found.to_json())
    else:
        _print(found)
    if found.terms.selection is None or (found.terms.selection.box is None and found.terms.selection.centre is None):
        say("The earthquakes are not limited by a box or a radius: every earthquake of the catalogue is used.", style="yellow")
    if window_end is not None and window_end < np.datetime64(last_day):
        say(
            f"The season ends on {window_end}: move its last day ('quakegui season'), or later days are not predicted.",
            style="yellow",
        )
    say(f"The run “{found.terms.title}” is registered from {found.terms.first_day} to {found.terms.last_day}.")


def _print(registration: Registration) -> None:
    """Print a registration as a receipt."""
    facts = registration.to_json()
    terms = registration.terms
    selection = terms.selection
    rows = [
        *((name, facts[name]) for name in ("run", "title", "registered", "author", "first_day", "last_day")),
        *((f"SHA-256 of {name}", digest) for name, digest in terms.files),
        ("SHA-256 of the season's parameters", terms.config.hash),
        ("box", "" if selection is None else selection.box),
        ("centre", "" if selection is None else selection.centre),
        ("radius in km", "" if selection is None else selection.radius_km),
        ("minimum magnitude", "" if selection is None else selection.min_magnitude),
        ("aftershocks", "" if terms.declustering is None else terms.declustering.method),
        ("magnitude split", "" if terms.classes is None else terms.classes.split_magnitude),
        ("alarm: minimum P(earthquake)", terms.threshold),
        ("alarm: consecutive positive days", terms.run_days),
        ("alarm: open days", terms.open_days),
        ("last row of the ledger", terms.ledger_row),
        ("hash of that row", terms.ledger_hash),
        ("hash of the registration", registration.hash),
    ]
    print_table("Registration", ("fact", "value"), rows)
