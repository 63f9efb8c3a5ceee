"""Commands on stations."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from quakegui.cli.terminal import AsJson, ProjectFolder, a_text, bar, number_of, open_project, print_facts, say
from quakegui.project import stations
from quakegui.project.undoing import remove_readings
from quakegui.season.network import Station

app = typer.Typer(no_args_is_help=True, help="List the stations, set their coordinates or remove their readings.")


@app.command("list", epilog="Example: quakegui stations list japan --json")
def list_(project: ProjectFolder, as_json: AsJson = False) -> None:
    """List the stations with their coordinates."""
    with open_project(project, read_only=True) as opened:
        found = [asdict(station) for station in opened.network().stations]
    columns = ("code", "name", "latitude", "longitude", "elevation_m")
    print_facts(number_of(len(found), "station"), columns, found, as_json=as_json)


@app.command("import", epilog="Example: quakegui stations import liangshan stations.csv")
def import_(
    project: ProjectFolder,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A csv with code, name, latitude, longitude, or an .ack file.")],
) -> None:
    """Import stations and coordinates from a csv, xlsx or .ack file."""
    with open_project(project) as opened:
        _tell(stations.import_stations(opened, file))


@app.command("set", epilog="Example: quakegui stations set liangshan XIC --latitude 27.9 --longitude 102.3 --name 西昌")
def set_(
    project: ProjectFolder,
    code: Annotated[str, typer.Argument(metavar="CODE", callback=a_text, help="Station code.")],
    *,
    latitude: Annotated[float | None, typer.Option(help="Degrees north.")] = None,
    longitude: Annotated[float | None, typer.Option(help="Degrees east.")] = None,
    name: Annotated[str, typer.Option(callback=a_text, help="Name of the station.")] = "",
    elevation: Annotated[float | None, typer.Option(help="Metres above sea level.")] = None,
) -> None:
    """Add a station or set its coordinates."""
    with open_project(project) as opened:
        _tell(stations.set_stations(opened, Station(code, name, latitude, longitude, elevation)))


@app.command("remove", epilog="Example: quakegui stations remove liangshan XIC")
def remove(
    project: ProjectFolder, code: Annotated[str, typer.Argument(metavar="CODE", callback=a_text, help="Station code.")]
) -> None:
    """Remove all readings of a station; 'quakegui imports undo' restores them."""
    with open_project(project) as opened, bar("Removing") as report:
        act = remove_readings(opened, code, progress=report)
    say(f"The readings of {act.station} were removed. Restore them with 'quakegui imports undo {project} {act.id}'.")


def _tell(report: stations.StationsReport) -> None:
    say(f"{number_of(len(report.additions), 'station')} added, {len(report.changes)} changed.")
    for note in report.notes:
        say(note)
