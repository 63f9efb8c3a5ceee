"""The command that fixes what a run will be judged by before the days come: register."""

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
    since: Annotated[datetime | None, date_option("First day; by default the first whose night is not over.")] = None,
    run: RunId = None,
    threshold: Annotated[
        float | None, typer.Option(metavar="P", help="A day is positive whose P(event) reaches it; see below.")
    ] = None,
    run_days: Annotated[int | None, typer.Option(metavar="N", help="Positive days in a row that open an alarm.")] = None,
    open_days: Annotated[
        int | None, typer.Option(metavar="N", help="Days that an alarm stays open after its last positive day.")
    ] = None,
    author: Annotated[str | None, typer.Option(metavar="NAME", help="Who registers it.")] = None,
    as_json: AsJson = False,
) -> None:
    """Register a frozen run for days to come: what it is judged by is written once, hashed, and never changed.

    That is the run's files, the season's parameters, box and magnitudes of the earthquakes, aftershocks, classes and label
    rule, the alarm rule and the period. What is printed is the receipt: keep it, or one of 'quakegui verify --receipt', where
    nobody who can write the project can write. 'update' predicts the days as they come; 'evaluate --prospective' judges them;
    'verify' says what has changed and which days were left out. A registered run can be neither renamed nor deleted.

    The alarm rule is the one that the run has chosen on its out-of-fold days, unless the options say otherwise.
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
            author=default_author() if author is None else a_text(author),
            now_ms=now_ms,
        )
        window_end = opened.config().last_day
    if as_json:
        print_json(found.to_json())
    else:
        _print(found)
    if found.terms.selection is None or (found.terms.selection.box is None and found.terms.selection.centre is None):
        say("The earthquakes have no box and no radius: every one of the catalogue counts.", style="yellow")
    if window_end is not None and window_end < np.datetime64(last_day):
        say(
            f"The season window ends on {window_end}: move its end ('quakegui season'), or later days get no prediction.",
            style="yellow",
        )
    say(f"The run “{found.terms.title}” is registered from {found.terms.first_day} until {found.terms.last_day}.")


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
        ("least magnitude", "" if selection is None else selection.min_magnitude),
        ("aftershocks", "" if terms.declustering is None else terms.declustering.method),
        ("split magnitude", "" if terms.classes is None else terms.classes.split_magnitude),
        ("alarm: P(event) at least", terms.threshold),
        ("alarm: positive days in a row", terms.run_days),
        ("alarm: days it stays open", terms.open_days),
        ("last row of the ledger", terms.ledger_row),
        ("hash of that row", terms.ledger_hash),
        ("hash of all this", registration.hash),
    ]
    print_table("Registration", ("fact", "value"), rows)
