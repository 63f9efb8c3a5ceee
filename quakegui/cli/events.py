"""Commands on events."""

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
    open_project,
    print_facts,
    print_json,
    say,
)
from quakegui.project import catalogue
from quakegui.project.season_tables import event_facts
from quakegui.project.store import Project, ProjectError
from quakegui.season.events import ClassScheme, Declustering, Selection

app = typer.Typer(no_args_is_help=True, help="Import earthquakes, list them, part them into classes.")

COLUMNS = ("time", "magnitude", "latitude", "longitude", "depth_km", "place")
CLASS_COLUMNS = (*COLUMNS, "direction", "class")


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
        tuple[float, float, float, float] | None, typer.Option(metavar="S N W E", help="Degrees; edges belong to the box.")
    ] = None,
    radius: Annotated[float | None, typer.Option(metavar="KM", help="Around the network's centre.")] = None,
    min_magnitude: Annotated[float | None, typer.Option(metavar="M", help="Smallest magnitude taken, itself included.")] = None,
    since: Annotated[datetime | None, date_option("First local date.")] = None,
    until: Annotated[datetime | None, date_option("Last local date.")] = None,
    decluster: Annotated[
        tuple[float, float] | None,
        typer.Option(metavar="KM DAYS", help="Drop events that follow a larger or equal one so near and so soon: 50 5."),
    ] = None,
    add: Annotated[
        bool, typer.Option("--add", help="Keep the project's events besides; of one id, the file modified last counts.")
    ] = False,
    timezone: Annotated[
        str, typer.Option(callback=a_text, metavar="ZONE", help='Clock of times that name none: "UTC+8", "Asia/Tokyo".')
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Take the events of a catalogue that the network is judged by, in place of those the project had.

    Without --decluster no aftershock is dropped.
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
    say(
        f"{done.read} events read, {done.selection} selected, {len(done.aftershocks)} aftershocks dropped, "
        f"{done.mainshocks} kept; the project had {done.former}."
    )
    for note in done.notes:
        say(note)


@app.command("list", epilog="Example: quakegui events list liangshan --json")
def list_(project: ProjectFolder, as_json: AsJson = False) -> None:
    """List the project's events."""
    with open_project(project, read_only=True) as opened:
        facts = event_facts(opened)
    _show(facts, as_json=as_json)


@app.command("classes", epilog="Example: quakegui events classes liangshan --split 4 --json")
def classes(
    project: ProjectFolder,
    split: Annotated[
        float | None, typer.Option(metavar="M", help="Border between large and small; the median magnitude where not given.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Part the events into north and south (K-means) and large and small, and keep that for the project."""
    with open_project(project) as opened:
        scheme, warning = catalogue.make_class_scheme(opened, split_magnitude=split)
        facts = event_facts(opened)
    _show(facts, as_json=as_json)
    say_scheme(scheme, warning)


def say_scheme(scheme: ClassScheme, warning: str) -> None:
    """Say how the events are parted into classes, and what is doubtful about it."""
    north, south = (f"({lat:.4f}, {lon:.4f})" for lat, lon in (scheme.north_centre, scheme.south_centre))
    say(f"North centre {north}, south centre {south}, split at magnitude {scheme.split_magnitude:g}.")
    if warning:
        say(warning, style="yellow")


def _show(facts: list[dict[str, str | int | float | None]], *, as_json: bool) -> None:
    columns = CLASS_COLUMNS if facts and "class" in facts[0] else COLUMNS
    print_facts(f"{len(facts)} events (times in UTC)", columns, facts, as_json=as_json)


def _centre(project: Project) -> tuple[float, float]:
    try:
        return project.network().centre()
    except ValueError as error:
        raise ProjectError(f"--radius needs the network's centre. {error}") from error
