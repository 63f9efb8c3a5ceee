"""The command of the daily update: update."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from quakegui.cli.sources import RunId
from quakegui.cli.terminal import AsJson, ProjectFolder, interruptible, number_of, open_project, print_json, say
from quakegui.cli.working import STOPPING, sentences, worker_bar
from quakegui.judge.alarms import Alarm
from quakegui.judge.judgement import plain
from quakegui.learn import operating
from quakegui.learn.runs.registry import RunError
from quakegui.learn.watching import Watch
from quakegui.project.nights_due import NightsDue
from quakegui.project.store import Project, ProjectError
from quakegui.season.localtime import wall_clock_ms
from quakegui.serve.on_alarm import Told, alarm_program, start_alarm_program

LOG = logging.getLogger(__name__)
RETRY_MS = 600_000
"""Interval in ms after which a failed round without files is repeated."""


def update(
    project: ProjectFolder,
    paths: Annotated[list[Path] | None, typer.Argument(metavar="PATH", help="New files or folders.")] = None,
    *,
    watch: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Keep importing new files from this folder until Ctrl+C.")
    ] = None,
    run: RunId = None,
    on_alarm: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help='TOML file with on_alarm = ["program", "{json}"]; the program is run for each new alarm.'
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Import new files, predict the new days with a run, and report new alarms.

    Each prediction is appended to a ledger that is never changed. If a day's data are corrected after its prediction, a new row
    is added; scores use the first prediction. A night is predicted only once it is over; with --watch, this happens even if no
    new file arrives, and a flag of an analyst takes effect within seconds. Runs that are registered for these days predict them
    too, whichever run is the current one. With --watch --json, each round prints one JSON document on one line.
    """
    if watch is not None and not watch.is_dir():
        raise ProjectError(f"The folder {watch} does not exist and cannot be watched.")
    program = () if on_alarm is None else alarm_program(on_alarm)
    with sentences(), open_project(project) as opened, interruptible(STOPPING) as cancelled:

        def take_in(files: Sequence[Path]) -> operating.Update:
            told = Told(opened.folder)
            how: dict[str, Any] = {"told": told.before} if program else {}
            with worker_bar("Updating") as listen:
                done = operating.update(opened, files, run_id=run, listen=listen, cancelled=cancelled, **how)
            _tell_update(done, as_json=as_json, lines=watch is not None)
            if program:
                for alarm in update_facts(done)["alarms_opened"]:
                    failure = start_alarm_program(program, {"project": opened.name, "event": "alarm", **alarm})
                    if failure is not None:
                        say(failure, style="red")
            told.end()
            return done

        if watch is None:
            take_in(paths or ())
            return
        look = Watch(watch, due=_flagged(opened))
        look.wake_at(_next_round(take_in([*(paths or ()), *look.present])))
        say(f"Watching {watch}; press Ctrl+C to stop.")
        for files in look.changes(cancelled):
            try:
                look.wake_at(_next_round(take_in(files)))
            except (ProjectError, RunError) as error:
                if files:
                    look.again(files)
                else:
                    look.wake_at(wall_clock_ms() + RETRY_MS)
                say(f"{error} Watching continues; these files will be tried again later.", style="red")


def _flagged(project: Project) -> Callable[[], bool]:
    """Return a function that tells whether an analyst has changed flags since it was last asked."""
    due = NightsDue(project)

    def look() -> bool:
        try:
            return due.look()
        except ProjectError as error:  # for example of a server that does not respond: asked again in a moment
            LOG.info("Flags could not be read: %s", error)
            return False

    return look


def _next_round(report: operating.Update) -> int | None:
    """Return when the next night is over, in milliseconds since 1970 UTC, or None."""
    return None if report.next_over is None else int(report.next_over.astype("datetime64[ms]").astype(np.int64))


def _tell_update(report: operating.Update, *, as_json: bool, lines: bool) -> None:
    for note in report.notes:
        say(note, style="yellow")
    if report.import_report is not None:
        for file in report.import_report.skipped:
            say(f"Skipped {file.file}: {file.reason}", style="yellow")
    if as_json:
        facts = update_facts(report)
        if lines:
            sys.stdout.write(json.dumps(facts, ensure_ascii=False, allow_nan=False) + "\n")
            sys.stdout.flush()
        else:
            print_json(facts)
        return
    ours = report.predictions
    typer.echo(f"{number_of(len(ours.issued), 'day')} predicted with run {ours.run}; already predicted: {ours.unchanged}.")
    for one in report.predictions.issued[-20:]:
        typer.echo(f"  {one.day}: class {one.cls}, P(earthquake) {1 - one.probabilities[0]:.2f}, {one.kind}")
    for other in report.registered:
        count = number_of(len(other.issued), "day")
        typer.echo(f"{count} predicted with the registered run {other.run}; already predicted: {other.unchanged}.")
    for alarm in report.new_alarms:
        typer.echo(f"ALARM opened {alarm.opened} UTC, open until {alarm.closed} UTC or later: {_alarm_words(alarm)}.")
    typer.echo("An alarm is open." if report.open_now else "No alarm is open.")


def update_facts(report: operating.Update) -> dict[str, Any]:
    """Return the result of one round as JSON values."""
    files = report.import_report.imported if report.import_report is not None else ()
    return {
        "run": report.predictions.run,
        "imported": [file.file for file in files],
        "predicted": [{**plain(one), "class": one.cls, "late": one.late} for one in report.predictions.issued],
        "unchanged": report.predictions.unchanged,
        "waiting": [{"day": plain(day), "from": plain(over)} for day, over in report.predictions.waiting],
        "alarms_opened": [
            {"opened": plain(alarm.opened), "closes": plain(alarm.closed), "probabilities": list(alarm.probabilities)}
            for alarm in report.new_alarms
        ],
        "alarm_open": report.open_now,
        "registered": [
            {"run": one.run, "predicted": [str(each.day) for each in one.issued], "unchanged": one.unchanged}
            for one in report.registered
        ],
        "notes": list(report.notes),
    }


def _alarm_words(alarm: Alarm) -> str:
    p = alarm.probabilities
    return (
        f"P(earthquake) {1 - p[0]:.2f}, {'north' if p[1] + p[2] >= p[3] + p[4] else 'south'}, class {1 + int(np.argmax(p[1:]))}"
    )
