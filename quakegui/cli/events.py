"""Commands on earthquakes."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from quakegui.cli.terminal import (
    AsJson,
    ProjectFolder,
    a_text,
    as_date,
    date_option,
    number_of,
    open_project,
    print_facts,
    print_json,
    say,
)
from quakegui.project import catalogue
from quakegui.project.catalogue import EventsReport
from quakegui.project.season_tables import event_facts
from quakegui.project.store import Project, ProjectError
from quakegui.season.events import ClassScheme, Declustering, Selection

app = typer.Typer(no_args_is_help=True, help="Import earthquakes, list them, split them into classes.")

COLUMNS = ("time", "magnitude", "latitude", "longitude", "depth_km", "place")
CLASS_COLUMNS = (*COLUMNS, "direction", "class")

MinMagnitude = Annotated[float | None, typer.Option(metavar="M", help="Minimum magnitude, inclusive.")]
Decluster = Annotated[
    tuple[float, float] | None,
    typer.Option(
        metavar="KM DAYS", help="Remove earthquakes within KM and DAYS after an equal or larger one, for example 50 5."
    ),
]


def say_import(report: EventsReport, verb: str) -> None:
    """Print what an import of earthquakes did; the verb says how they were obtained."""
    removed = number_of(len(report.aftershocks), "aftershock")
    say(
        f"{number_of(report.count, 'earthquake')} {verb}, {report.selection} selected, "
        f"{removed} removed, "
        f"{report.mainshocks} kept; the project had {report.former}."
    )
    for note in report.notes:
        say(note)


@app.command(
    "import",
    epilog="Example: quakegui events import liangshan eqList.xls --box 26 31 100 104 --min-magnitude 3.1 "
    "--since 2022-02-01 --until 2022-12-31 --decluster 50 5",
)
def import_(
    project: ProjectFolder,
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="CENC, USGS, ISC or other csv, xlsx, ZMAP, JMA, GeoJSON or QuakeML.")
    ],
    *,
    box: Annotated[
        tuple[float, float, float, float] | None,
        typer.Option(metavar="S N W E", help="Search area: latitudes, then longitudes, in degrees."),
    ] = None,
    radius: Annotated[float | None, typer.Option(metavar="KM", help="Radius around the centre of the network.")] = None,
    min_magnitude: MinMagnitude = None,
    since: Annotated[datetime | None, date_option("First local date.")] = None,
    until: Annotated[datetime | None, date_option("Last local date.")] = None,
    decluster: Decluster = None,
    add: Annotated[
        bool,
        typer.Option(
            "--add",
            help="Add to the project's earthquakes instead of replacing them; if an id recurs, the newer file's entry is used.",
        ),
    ] = False,
    timezone: Annotated[
        str, typer.Option(callback=a_text, metavar="ZONE", help='Time zone of times without one: "UTC+8", "Asia/Tokyo".')
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Import the earthquakes used for evaluation from a catalogue, replacing those in the project.

    Without --decluster, aftershocks are kept.
    """
    with open_project(project) as opened:
        try:
            selection = Selection(
                box=box,
                centre=_centre(opened) if radius is not None else None,
                radius_km=radius,
                min_magnitude=min_magnitude,
                since=as_date(since),
                until=as_date(until),
            )
            declustering = Declustering("none") if decluster is None else Declustering("window", *decluster)
        except ValueError as error:
            raise typer.BadParameter(str(error)) from error
        done = catalogue.import_events(opened, file, selection=selection, declustering=declustering, add=add, timezone=timezone)
        facts = event_facts(opened)
    if as_json:
        print_json(facts)
    say_import(done, "read")


@app.command("list", epilog="Example: quakegui events list liangshan --json")
def list_(project: ProjectFolder, as_json: AsJson = False) -> None:
    """List the project's earthquakes."""
    with open_project(project, read_only=True) as opened:
        facts = event_facts(opened)
    _show(facts, as_json=as_json)


@app.command("classes", epilog="Example: quakegui events classes liangshan --split 4 --json")
def classes(
    project: ProjectFolder,
    split: Annotated[
        float | None, typer.Option(metavar="M", help="Magnitude split between large and small; default: the median magnitude.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Split the earthquakes into north and south (K-means) and into large and small; save the split in the project."""
    with open_project(project) as opened:
        scheme, warning = catalogue.make_class_scheme(opened, split_magnitude=split)
        facts = event_facts(opened)
    _show(facts, as_json=as_json)
    say_scheme(scheme, warning)


def say_scheme(scheme: ClassScheme, warning: str) -> None:
    """Print the class scheme, and its warning if there is one."""
    north, south = (f"({lat:.4f}, {lon:.4f})" for lat, lon in (scheme.north_centre, scheme.south_centre))
    say(f"Northern cluster centre {north}, southern cluster centre {south}, magnitude split {scheme.split_magnitude:g}.")
    if warning:
        say(warning, style="yellow")


def _show(facts: list[dict[str, str | int | float | None]], *, as_json: bool) -> None:
    columns = CLASS_COLUMNS if facts and "class" in facts[0] else COLUMNS
    print_facts(f"{number_of(len(facts), 'earthquake')} (times in UTC)", columns, facts, as_json=as_json)


def _centre(project: Project) -> tuple[float, float]:
    try:
        return project.network().centre()
    except ValueError as error:
        raise ProjectError(f"--radius needs the centre of the network. {error}") from error
