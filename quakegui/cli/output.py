"""Commands that write files for other programs: maps, regions, export."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from quakegui.cli.terminal import ProjectFolder, bar, interruptible, open_project, say
from quakegui.project import exchange, season_export, seasons
from quakegui.project.progress import ProgressCallback
from quakegui.project.store import Project, ProjectError
from quakegui.season.season import Season


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command(epilog="Example: quakegui maps japan japan_maps --class-folders")(maps)
    app.command(epilog="Example: quakegui regions japan regions.csv")(regions)
    app.command("export", epilog="Example: quakegui export japan japan_export")(export_)


def maps(
    project: ProjectFolder,
    out: Annotated[Path, typer.Argument(metavar="OUT", help="A new or empty folder.")],
    class_folders: Annotated[
        bool, typer.Option("--class-folders", help="Sort the images into folders 0 to 4 by the label in force.")
    ] = False,
) -> None:
    """Write each day's map as a 480 x 480 PNG, and index.csv: the founding paper's kind of data set."""
    with open_project(project) as opened, interruptible() as cancelled, bar("Drawing") as report:
        season = _season(opened, report)
        count = season_export.maps_to_folder(
            opened, season, out, class_folders=class_folders, progress=report, cancelled=cancelled
        )
        without = int(season.days.size - season.has_map.sum())
        if cancelled():
            raise ProjectError(f"Stopped after {count} maps; they are in {out}.")
    say(f"{count} maps are in {out}; {without} days of the season have no map.")
    if without:
        reasons = Counter(season.why_no_map(int(index)) for index in np.flatnonzero(~season.has_map))
        reason, days = reasons.most_common(1)[0]
        say(f"On {days} of them: {reason}")


def regions(
    project: ProjectFolder,
    out: Annotated[Path, typer.Argument(metavar="OUT.csv", help="The file to write.")],
) -> None:
    """Write the extremum regions of every day with a map.

    Region 0 stands for a map without a region; its peak is then the map's strongest pixel. Peaks are in z, centroids are
    latitude and longitude.
    """
    with open_project(project) as opened, bar("Computing") as report:
        rows = season_export.regions_to_csv(opened, _season(opened, report), out)
    say(f"{rows} rows are in {out}.")


def export_(
    project: ProjectFolder,
    out: Annotated[Path, typer.Argument(metavar="OUT", help="A new or empty folder.")],
) -> None:
    """Write everything as open formats (csv, gzip-compressed csv, JSON); 'import' of that folder gives the project back."""
    with open_project(project) as opened, bar("Exporting") as report:
        exchange.export_project(opened, out, progress=report)
    say(f"The project is in {out}.")


def _season(project: Project, report: ProgressCallback) -> Season:
    found = seasons.load_season(project, progress=report)
    if found is None:
        raise ProjectError(
            f"The project {project.name} has no readings, or no station with coordinates, so there are no maps; "
            "import readings, or set coordinates with 'quakegui stations'."
        )
    return found
