"""Commands that send requests to web services: fetch events, fetch readings."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from typing import Annotated

import numpy as np
import typer

from quakegui.cli.events import Decluster, MinMagnitude, say_import
from quakegui.cli.importing import import_facts, print_import
from quakegui.cli.terminal import (
    AsJson,
    ProjectFolder,
    a_text,
    as_date,
    as_day,
    bar,
    date_option,
    interruptible,
    number_of,
    open_project,
    print_json,
    say,
)
from quakegui.progress import StoppedError
from quakegui.project import catalogue
from quakegui.project.season_tables import event_facts
from quakegui.project.store import Project, ProjectError
from quakegui.season.events import Declustering, Selection, select
from quakegui.serve.web import earthquakes, http, readings
from quakegui.serve.web.answers import Answers
from quakegui.serve.web.services import EVENTS, READINGS, Kind, service_of, services

app = typer.Typer(no_args_is_help=True, help="Fetch earthquakes and readings from web services.")

Again = Annotated[bool, typer.Option("--again", help="Repeat requests with a saved response.")]
Plan = Annotated[bool, typer.Option("--plan", help="Only print the requests; send nothing.")]
Since = Annotated[datetime, date_option("First date: local for earthquakes, UTC for readings.")]
Until = Annotated[datetime | None, date_option("Last date, likewise; default: today.")]
STOPPING = "Stopping; responses received so far are saved, and the project is unchanged."


def _names(kinds: tuple[Kind, ...]) -> str:
    return ", ".join(row.name for row in services(kinds))


@app.command(
    "events",
    epilog="Example: quakegui fetch events japan --from usgs --since 2005-01-01 --until 2006-12-31 "
    "--box 26 45 138 146 --min-magnitude 5.5 --decluster 50 5",
)
def events_(
    project: ProjectFolder,
    *,
    source: Annotated[
        str,
        typer.Option(
            "--from", callback=a_text, metavar="SERVICE", help=f"{_names(EVENTS)}, or the address of an FDSN event service."
        ),
    ],
    since: Since,
    until: Until = None,
    box: Annotated[
        tuple[float, float, float, float] | None, typer.Option(metavar="S N W E", help="Degrees, boundaries included.")
    ] = None,
    min_magnitude: MinMagnitude = None,
    decluster: Decluster = None,
    add: Annotated[
        bool,
        typer.Option(
            "--add",
            help="Add to the project's earthquakes instead of replacing them; if an id recurs, the newer entry is used.",
        ),
    ] = False,
    again: Again = False,
    plan: Plan = False,
    as_json: AsJson = False,
) -> None:
    """Fetch earthquakes from a web service and import them, replacing those in the project.

    One request per calendar year is sent, more if a year has too many earthquakes. Responses are saved in the project's folder
    'fetched'; a second run requests only what is missing and years that were requested less than 30 days after their end.
    """
    with _sentences(), open_project(project) as opened:
        service = service_of(source, EVENTS)
        try:
            selection = Selection(box=box, min_magnitude=min_magnitude, since=as_date(since), until=as_date(until))
            declustering = Declustering("none") if decluster is None else Declustering("window", *decluster)
        except ValueError as error:
            raise typer.BadParameter(str(error)) from error
        answers, wanted = Answers(opened), earthquakes.pieces(selection, opened.timezone)
        left = len(wanted) if again else earthquakes.left_to_ask(wanted, service, answers)
        say(f"{service.url}: {left} of {len(wanted)} requests to send; the others have a saved response.")
        if plan:
            _print_urls([piece.url(service) for piece in wanted], as_json=as_json)
            return
        _require_writable(opened)
        with interruptible(STOPPING) as cancelled, bar("Fetching") as report:
            ask = partial(http.ask, types=earthquakes.TYPES, cancelled=cancelled)
            read = earthquakes.fetch_earthquakes(
                wanted, service, answers, ask, again=again, progress=report, cancelled=cancelled
            )
        chosen = select(read.events, selection, timezone=opened.timezone)
        done = catalogue.store_events(opened, chosen, declustering=declustering, selection=selection, add=add, origin=read)
        facts = event_facts(opened)
    if as_json:
        print_json(facts)
    say_import(done, "fetched")


@app.command(
    "readings",
    epilog="Example: quakegui fetch readings japan --from intermagnet --station KAK --station MMB "
    "--since 2022-02-01 --until 2022-12-31",
)
def readings_(
    project: ProjectFolder,
    *,
    source: Annotated[
        str,
        typer.Option(
            "--from",
            callback=a_text,
            metavar="SERVICE",
            help=f"{_names(READINGS)}, or the address of such a service; the address of a HAPI server ends in /hapi.",
        ),
    ],
    station: Annotated[list[str] | None, typer.Option(metavar="CODE", help="A station; default: those of the project.")] = None,
    since: Since,
    until: Until = None,
    cadence: Annotated[
        str, typer.Option(metavar="|".join(readings.CADENCES), help="Sampling interval (INTERMAGNET's file service only).")
    ] = "minute",
    dataset: Annotated[
        str, typer.Option(callback=a_text, metavar="NAME", help='HAPI: data set, such as "{code}/best-avail/PT1S/xyzf".')
    ] = "",
    again: Again = False,
    plan: Plan = False,
    as_json: AsJson = False,
) -> None:
    """Fetch readings from a web service and import them: one request for each station and UTC day.

    If a response has fewer samples than its sampling interval implies, it is requested once more; a gap that remains is
    reported. Responses are saved in the project's folder 'fetched'; a second run requests only what is missing and days that
    were requested less than 30 days after their end.
    """
    if cadence not in readings.CADENCES:
        raise typer.BadParameter(f"--cadence is one of {', '.join(readings.CADENCES)}.")
    with _sentences(), open_project(project) as opened:
        service = service_of(source, READINGS, dataset=dataset)
        last = as_day(until)
        wanted = readings.station_days(
            station or opened.network().codes,
            np.datetime64(since.date()),
            np.datetime64("9999-01-01") if last is None else last,
        )
        way = readings.source_of(service, cadence)
        left = len(wanted) if again else readings.left_to_ask(wanted, way, Answers(opened))
        say(f"{service.url}: {left} of {len(wanted)} requests to send; the others have a saved response.")
        if plan:
            _print_urls([way.url(one) for one in wanted], as_json=as_json)
            return
        _require_writable(opened)
        with interruptible(STOPPING) as cancelled, bar("Fetching") as report:
            ask = partial(http.ask, types=readings.TYPES, cancelled=cancelled)
            done = readings.fetch_readings(
                opened, wanted, service, ask, cadence=cadence, again=again, progress=report, cancelled=cancelled
            )
    if as_json:
        print_json(_facts(done))
    elif done.imported is not None:
        print_import(done.imported)
    _tell(done)


def _require_writable(project: Project) -> None:
    if project.read_only:
        raise ProjectError(f"The project {project.name} is read-only, so nothing that is fetched could be stored.")


def _tell(done: readings.FetchReport) -> None:
    """Print what was asked and what lacks; raises ProjectError if something was not answered."""
    say(f"{number_of(done.asked, 'request')} sent; days already fetched: {done.known}; days without readings: {done.empty}.")
    for sentence in done.short[:20]:
        say(sentence, style="yellow")
    for sentence in done.failures[:20]:
        say(sentence, style="red")
    if done.imported is not None and done.imported.cancelled:
        raise ProjectError("Import cancelled; the project is unchanged. The responses are saved for the next run.")
    if done.failures:
        raise ProjectError(
            f"{len(done.failures)} days failed and {done.unasked} were not requested; the others are imported. "
            "Run the command again to fetch the rest."
        )


def _facts(done: readings.FetchReport) -> dict[str, object]:
    return {
        "asked": done.asked,
        "known": done.known,
        "empty": done.empty,
        "short": list(done.short),
        "failures": list(done.failures),
        "unasked": done.unasked,
        "imported": None if done.imported is None else import_facts(done.imported),
    }


def _print_urls(urls: list[str], *, as_json: bool) -> None:
    if as_json:
        print_json(urls)
    else:
        for url in urls:
            typer.echo(url)


@contextmanager
def _sentences() -> Iterator[None]:
    """Convert errors of services to ProjectError, which ends the command with exit code 1."""
    try:
        yield
    except http.FetchError as error:
        raise ProjectError(str(error)) from error
    except StoppedError as error:
        raise ProjectError(
            "Stopped; responses received so far are saved for the next run, and the project is unchanged."
        ) from error
