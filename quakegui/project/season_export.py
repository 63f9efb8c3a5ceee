"""Export of maps, regions and tables for other programs. Everything from a synthetic season is marked."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from quakegui.progress import CancelCheck, ProgressCallback, never, silent
from quakegui.project import journal, season_tables
from quakegui.project.filesystem import whole_file
from quakegui.project.season_tables import SYNTHETIC, TableOf, date_of
from quakegui.project.store import Project, ProjectError, writing
from quakegui.season.daymap import to_rgb
from quakegui.season.season import Season
from quakegui.words import Said

WORKBOOKS = (".xlsx", ".xls", ".ods")
"""Names of files that are opened as workbooks, not as text."""

INDEX_COLUMNS = ("file", "date", "class", "label_source", "kp_night")


def maps_to_folder(
    project: Project,
    season: Season,
    folder: Path,
    *,
    class_folders: bool = False,
    progress: ProgressCallback = silent,
    cancelled: CancelCheck = never,
) -> int:
    """Write each day's map as a 480 x 480 PNG, and index.csv with its date and class, as in the original paper.

    The pixels are exactly those of the training data. Days without a map have no file. A synthetic season is marked in the name
    and text of each file, and in the index.

    Parameters
    ----------
    project, season
        The project, and the season whose maps are written.
    folder
        A new or empty folder.
    class_folders
        Whether to put the images in folders 0 to 4 by their current label, and `unlabelled`.
    progress
        Called with days done, days in all and the day.
    cancelled
        Called before each day; when it returns True, writing stops.

    Returns
    -------
    int
        Number of maps.

    Raises
    ------
    ProjectError
        If the folder is not empty, or cannot be written.
    """
    labels = journal.in_force(project)
    drawn = np.flatnonzero(season.has_map)
    rows: list[tuple[season_tables.Cell, ...]] = []
    try:
        fresh_folder(folder)
        for number, index in enumerate(drawn):
            if cancelled():
                break
            day = season.days[index]
            row = labels.get(day)
            place = ("unlabelled" if row is None else str(row.cls)) if class_folders else ""
            name = f"{date_of(day)}_{SYNTHETIC}.png" if project.synthetic else f"{date_of(day)}.png"
            path = folder / place / name
            path.parent.mkdir(exist_ok=True)
            pixels = to_rgb(season.indices([int(index)])[0], season.config.style)
            with whole_file(path) as part:
                Image.fromarray(pixels).save(part, format="PNG", pnginfo=_about(project, day))
            kp = float(season.kp_night[season.shown][index])
            rows.append(
                (
                    f"{place}/{name}" if place else name,
                    date_of(day),
                    None if row is None else row.cls,
                    "" if row is None else row.source.name.lower(),
                    kp,
                )
            )
            progress(number + 1, drawn.size, date_of(day))
        season_tables.write_csv(
            folder / "index.csv", TableOf("index", INDEX_COLUMNS, lambda: rows), synthetic=project.synthetic
        )
    except OSError as error:
        raise ProjectError(
            Said(
                "{folder} cannot be written: {strerror}. {count} maps were written.",
                folder=folder,
                strerror=error.strerror or error,
                count=len(rows),
            )
        ) from error
    return len(rows)


def regions_to_csv(project: Project, season: Season, path: Path) -> int:
    """Write the extremum regions of every day with a map (see `season_tables.regions`); returns the number of rows.

    Parameters
    ----------
    project
        Gives the synthetic mark.
    season
        The season whose regions are written.
    path
        An existing file is replaced, and missing folders are created.

    Raises
    ------
    ProjectError
        If the file cannot be written.
    """
    return _to_csv(project, path, TableOf("regions", season_tables.REGION_COLUMNS, lambda: season_tables.regions(season)))


def labels_to_csv(project: Project, path: Path) -> int:
    """Write the current labels: date, class, source, author, time, note; returns the number of rows.

    Parameters
    ----------
    project
        Open project; is only read.
    path
        An existing file is replaced, and missing folders are created.

    Raises
    ------
    ProjectError
        If the file cannot be written.
    """
    return _to_csv(project, path, season_tables.label_table(project))


def save_tables(project: Project, season: Season, path: Path, *, progress: ProgressCallback = silent) -> Path:
    """Write the tables of the season: one workbook if the name ends in .xlsx, otherwise a folder of csv files.

    Returns the workbook or the folder.

    Parameters
    ----------
    project, season
        The project, of which earthquakes and labels are read, and the season whose other tables are written.
    path
        The workbook, or the folder, whose name is used without an ending .csv. Existing files are replaced, and missing folders
        are created.
    progress
        Called before each csv file with files done, files in all and the name of the table; not for a workbook.

    Raises
    ------
    ProjectError
        If they cannot be written.
    """
    found = season_tables.season_tables(project, season)
    with writing(path):
        if path.suffix.lower() == ".xlsx":
            path.parent.mkdir(parents=True, exist_ok=True)
            season_tables.write_workbook(path, found, synthetic=project.synthetic)
            return path
        folder = path.with_suffix("") if path.suffix.lower() == ".csv" else path  # "season v1.2" has no ending
        folder.mkdir(parents=True, exist_ok=True)
        for number, table in enumerate(found):
            progress(number, len(found), table.name)
            season_tables.write_csv(folder / f"{table.name}.csv", table, synthetic=project.synthetic)
        return folder


def _to_csv(project: Project, path: Path, table: TableOf) -> int:
    if path.suffix.lower() in WORKBOOKS:
        raise ProjectError(Said("{path} would be a csv file; choose a name that ends in .csv.", path=path))
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        return season_tables.write_csv(path, table, synthetic=project.synthetic)


def fresh_folder(folder: Path) -> None:
    """Create a folder; raises ProjectError if it exists and is not empty."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ProjectError(
            Said("{folder} is not empty; choose a new or empty folder, so that old and new files are not mixed.", folder=folder)
        )
    folder.mkdir(parents=True, exist_ok=True)


def _about(project: Project, day: np.datetime64) -> PngInfo:
    about = PngInfo()
    about.add_text("Title", f"{SYNTHETIC}, not measured: {date_of(day)}" if project.synthetic else date_of(day))
    about.add_itxt("Source", project.name)
    about.add_text("Software", "quakegui")
    return about
