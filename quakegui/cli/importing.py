"""The command that imports files, and what it reports: import."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from quakegui.cli.terminal import (
    AsJson,
    ProjectFolder,
    a_text,
    as_date,
    bar,
    date_option,
    interruptible,
    open_project,
    print_json,
    store_runs,
)
from quakegui.formats.columns import TableMapping
from quakegui.formats.elements import UNITS
from quakegui.formats.hints import Hints
from quakegui.formats.source import decode
from quakegui.formats.zones import zone_of
from quakegui.project.exchange import is_export
from quakegui.project.importing import import_paths
from quakegui.project.importreport import ImportReport
from quakegui.project.mappings import save_for_later
from quakegui.project.season_tables import iso
from quakegui.project.store import ProjectError

SHOWN = 20
"""Maximum number of files or notes listed on a terminal; `--json` contains all."""


def import_(
    project: ProjectFolder,
    paths: Annotated[list[Path], typer.Argument(metavar="PATH", help="Files, folders, archives, or an exported project.")],
    *,
    mapping: Annotated[
        Path | None, typer.Option(metavar="FILE.json", exists=True, dir_okay=False, help="Column mapping for tables.")
    ] = None,
    save_mapping: Annotated[
        bool, typer.Option("--save-mapping", help="Save --mapping in the project, for later tables with the same columns.")
    ] = False,
    station: Annotated[
        str, typer.Option(callback=a_text, metavar="CODE", help="Station code for files that do not contain one.")
    ] = "",
    station_from: Annotated[
        str,
        typer.Option(
            callback=a_text, metavar="PATTERN", help='Position of the station code in file names: "mag_{code}_*.csv".'
        ),
    ] = "",
    date: Annotated[datetime | None, date_option("Date of the first record, for logs without dates.")] = None,
    timezone: Annotated[
        str,
        typer.Option(callback=a_text, metavar="ZONE", help='Time zone of timestamps without one: "UTC+8", "Asia/Shanghai".'),
    ] = "",
    unit: Annotated[str, typer.Option(callback=a_text, help=f"Unit of the values in tables: {', '.join(UNITS)}.")] = "",
    skip_lines: Annotated[int | None, typer.Option(min=0, help="Number of lines above the column names of tables.")] = None,
    as_json: AsJson = False,
) -> None:
    """Import readings, station coordinates and Kp. Importing a file again changes nothing.

    Unreadable files are skipped and listed; the rest is imported. Ctrl+C cancels without leaving anything half-done.

    Most tables (csv, xlsx) need no mapping; if the meaning of a column is uncertain, a message names the option to add. Other
    tables need a mapping. Example with a station column:

    {"layout": "long", "time": ["Date", "Time"], "time_format": "%d.%m.%Y %H:%M", "timezone": "Asia/Shanghai",
    "station_column": "Code", "columns": [["F", "Total"]], "unit": "nT"}

    Example with one column per station:

    {"layout": "wide", "time": ["UTC"], "columns": [["XIC", "F1"], ["MUL", "F2"]]}
    """
    try:
        if timezone:
            zone_of(timezone)
        hints = Hints(_mapping(mapping), station, station_from, as_date(date), timezone, skip_lines, unit)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    if save_mapping and mapping is None:
        raise typer.BadParameter("--save-mapping needs --mapping.")
    with open_project(project) as opened, interruptible() as cancelled, bar("Importing") as report:
        done = import_paths(opened, paths, mapping=hints, progress=report, cancelled=cancelled)
        if is_export(paths[0]):
            store_runs(opened)
        if save_mapping and hints.mapping is not None and not done.cancelled:
            pattern = hints.station_pattern or hints.mapping.station_pattern
            save_for_later(opened, paths, replace(hints.mapping, station_pattern=pattern))
    if as_json:
        print_json(import_facts(done))
    else:
        print_import(done)
    if done.cancelled:
        raise ProjectError("Import cancelled; the project is unchanged.")
    if done.skipped and not (done.imported or done.unchanged):
        raise ProjectError("Nothing could be imported.")


def _mapping(path: Path | None) -> TableMapping | None:
    if path is None:
        return None
    try:
        return TableMapping.from_json(decode(path.read_bytes())[0].removeprefix("\ufeff"))
    except (ValueError, OSError) as error:
        raise typer.BadParameter(f"{path}: {error}") from error


def import_facts(report: ImportReport) -> dict[str, Any]:
    """Return the report of an import as JSON values."""
    facts = asdict(report)
    for one in facts["imported"]:
        one |= {"first": _stamp(one["first"]), "last": _stamp(one["last"]), "left": one.pop("remainder")}
    return facts


def print_import(report: ImportReport) -> None:
    """Print the report of an import."""
    readings = sum(each.readings for each in report.imported)
    overwritten = sum(each.overwritten for each in report.imported)
    typer.echo(
        f"Files imported: {len(report.imported)} ({readings} readings, {overwritten} of them replacing different values); "
        f"unchanged: {len(report.unchanged)}, skipped: {len(report.skipped)}. "
        f"New stations: {len(report.stations_added)}, days changed: {report.days_changed}."
    )
    for title, lines in (
        ("Skipped", _groups([f"{each.file}: {each.reason}" for each in report.skipped])),
        ("Notes", _groups(report.notes)),
    ):
        if lines:
            typer.echo(f"{title}:")
        for line in lines[:SHOWN]:
            typer.echo(f"  {line}")
        if len(lines) > SHOWN:
            typer.echo(f"  ... and {len(lines) - SHOWN} more; --json lists all.")


def _groups(notes: Sequence[str]) -> list[str]:
    """Combine notes that several files have in common."""
    files: dict[str, list[str]] = {}
    for note in notes:
        file, _, text = note.partition(": ")
        files.setdefault(text or file, []).append(file)
    return [
        f"{names[0]}: {text}" + (f" ({len(names)} similar files)" if len(names) > 1 else "") if text != names[0] else text
        for text, names in files.items()
    ]


def _stamp(time: np.datetime64 | None) -> str | None:
    return None if time is None else iso(int(time.astype(np.int64)))
