"""Commands that write files for other programs: maps, regions, export."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from quakegui.cli.terminal import ProjectFolder, bar, interruptible, number_of, open_project, say
from quakegui.progress import ProgressCallback
from quakegui.project import exchange, interchange, season_export, seasons
from quakegui.project.geotiff import maps_to_geotiff
from quakegui.project.nights import ensure_nights
from quakegui.project.store import Project, ProjectError
from quakegui.season.season import Season


def maps(
    project: ProjectFolder,
    out: Annotated[Path, typer.Argument(metavar="OUT", help="A new or empty folder, or an .nc file for NetCDF.")],
    class_folders: Annotated[
        bool, typer.Option("--class-folders", help="Sort the images into folders 0 to 4 by current label.")
    ] = False,
    geotiff: Annotated[
        bool, typer.Option("--geotiff", help="Write numbers instead of images: the anomaly of each day in z and in nT.")
    ] = False,
) -> None:
    """Write each day's map as a 480 x 480 PNG with an index.csv, in the original paper's data set format.

    For other tools, write the numbers: one NetCDF file of all days, or GeoTIFF files of each day.
    """
    if class_folders and (geotiff or out.suffix.lower() == ".nc"):
        raise typer.BadParameter("Only images can be sorted into folders by class.")
    if geotiff:
        with open_project(project) as opened, interruptible() as cancelled, bar("Drawing") as report:
            count = maps_to_geotiff(opened, _season(opened, report), out, progress=report, cancelled=cancelled)
            if cancelled():
                raise ProjectError(f"Stopped after {number_of(count, 'day')}; their maps are saved in {out}.")
        say(f"Maps of {number_of(count, 'day')} written to {out}.")
        return
    if out.suffix.lower() == ".nc":
        with open_project(project) as opened, bar("Drawing") as report:
            count = interchange.maps_to_netcdf(opened, _season(opened, report), out, progress=report)
        say(f"{number_of(count, 'map')} written to {out}.")
        return
    with open_project(project) as opened, interruptible() as cancelled, bar("Drawing") as report:
        season = _season(opened, report)
        count = season_export.maps_to_folder(
            opened, season, out, class_folders=class_folders, progress=report, cancelled=cancelled
        )
        without = int(season.days.size - season.has_map.sum())
        if cancelled():
            raise ProjectError(f"Stopped after {number_of(count, 'map')}; saved in {out}.")
    say(f"{number_of(count, 'map')} written to {out}; days of the season without a map: {without}.")
    if without:
        reasons = Counter(season.why_no_map(int(index)) for index in np.flatnonzero(~season.has_map))
        reason, days = reasons.most_common(1)[0]
        say(f"On {days} of them: {reason}")


def regions(
    project: ProjectFolder,
    out: Annotated[Path, typer.Argument(metavar="OUT.csv", help="Output file; .geojson writes polygons.")],
) -> None:
    """Write the extremum regions of every day with a map.

    A row with region 0 stands for a map without a region; its peak is the strongest pixel of the map. Peaks are in z (the
    anomaly in standard deviations), centroids in latitude and longitude.
    """
    with open_project(project) as opened, bar("Computing") as report:
        season = _season(opened, report)
        is_map = out.suffix.lower() in (".geojson", ".json")
        rows = (
            interchange.regions_to_geojson(opened, season, out) if is_map else season_export.regions_to_csv(opened, season, out)
        )
    say(f"{rows} {'polygons' if is_map else 'rows'} written to {out}.")


def readings(
    project: ProjectFolder, out: Annotated[Path, typer.Argument(metavar="OUT", help="A new or empty folder.")]
) -> None:
    """Write the current readings as IAGA-2002 files of one UTC day each."""
    with open_project(project) as opened, interruptible() as cancelled, bar("Writing") as report:
        if opened.read_only:
            say("The project is read-only: live readings whose nights were not computed before are left out.", style="yellow")
        ensure_nights(opened, progress=report)  # which says on what days there are readings, those that arrived live included
        count = interchange.readings_to_iaga(opened, out, progress=report, cancelled=cancelled)
        if cancelled():
            raise ProjectError(f"Stopped after {number_of(count, 'file')}; saved in {out}.")
    say(f"{number_of(count, 'file')} written to {out}.")


def tables(
    project: ProjectFolder,
    out: Annotated[Path, typer.Argument(metavar="OUT", help="A workbook (.xlsx), or a folder for csv files.")],
) -> None:
    """Write the season's days, regions, station values, earthquakes and labels as tables."""
    with open_project(project) as opened, bar("Computing") as report:
        written = season_export.save_tables(opened, _season(opened, report), out, progress=report)
    say(f"Tables written to {written}.")


def export_(project: ProjectFolder, out: Annotated[Path, typer.Argument(metavar="OUT", help="A new or empty folder.")]) -> None:
    """Write everything in open formats (csv, gzip-compressed csv, JSON); 'import' restores the project from that folder."""
    with open_project(project) as opened, bar("Exporting") as report:
        exchange.export_project(opened, out, progress=report)
    say(f"Project exported to {out}.")


def _season(project: Project, report: ProgressCallback) -> Season:
    found = seasons.load_season(project, progress=report)
    if found is None:
        raise ProjectError(
            f"The project {project.name} has no readings, or no station with coordinates, so there are no maps; "
            "import readings, or set coordinates with 'quakegui stations'."
        )
    return found
