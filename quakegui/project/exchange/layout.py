"""Files of an exported project, and the mark that identifies an export."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Column

from quakegui.project import run_folders, schema
from quakegui.season.json_values import parse_json
from quakegui.words import Said

MARK = "quakegui project"
VERSION = 4
"""1 had neither acts nor superseded readings, 2 no registrations, 3 no flags in the journal."""
MANIFEST = "project.json"
RUNS = "run_folders"

TABLES = {
    "stations": schema.station,
    "files": schema.imported_file,
    "acts": schema.act,
    "brought": schema.brought,
    "sightings": schema.sighting,
    "station_facts": schema.station_fact,
    "kp": schema.kp,
    "kp_values": schema.kp_value,
    "events": schema.event_table,
    "chosen_events": schema.chosen_event,
    "journal": schema.journal,
    "runs": schema.run,
    "predictions": schema.prediction,
    "registrations": schema.registration,
}
"""In the order in which they are imported."""

SINCE = {
    **dict.fromkeys(("acts", "brought", "sightings", "station_facts", "kp_values", "chosen_events"), 2),
    "registrations": 3,
}
"""Tables that exports of earlier versions lack."""

READINGS = "readings"
SUPERSEDED = "superseded"
"""Folders of the readings in force, and of those that were superseded or undone."""

READING_COLUMNS = ("time_utc", "f_nt", "file")
"""Columns of every file of readings."""

OWN_SETTINGS = frozenset(
    {"schema", "revision", "event_revision", "night_key", "name", "timezone", "synthetic", "config", run_folders.KEY}
)
"""Settings of the project itself, which an import does not replace."""

LARGEST_MANIFEST = 16 * 1024**2


def is_export(folder: Path | str) -> bool:
    """Return whether a folder is an exported project."""
    try:
        return manifest(Path(folder)).get("format") == MARK
    except (OSError, ValueError):
        return False


def manifest(folder: Path) -> dict[str, Any]:
    """Return the manifest of an export; raises OSError or ValueError if the folder is not an export."""
    path = folder / MANIFEST
    if not path.is_file() or path.stat().st_size > LARGEST_MANIFEST:
        raise ValueError(Said("there is no file {manifest} of a plausible size", manifest=MANIFEST))
    return _named_values(path.read_bytes())


def is_manifest(name: str, data: bytes) -> bool:
    """Return whether a file, by its name and bytes, is the manifest of an exported project.

    Parameters
    ----------
    name
        Its name without folders.
    data
        All its bytes; more than `LARGEST_MANIFEST` are not parsed.
    """
    try:
        return name == MANIFEST and len(data) <= LARGEST_MANIFEST and _named_values(data).get("format") == MARK
    except ValueError:
        return False


def _named_values(data: bytes) -> dict[str, Any]:
    facts = parse_json(data.decode("utf-8"))
    if not isinstance(facts, dict):
        raise ValueError(Said("{manifest} does not contain a JSON object", manifest=MANIFEST))
    return facts


def heading(column: Column[Any]) -> str:
    """Return the name of a column in the export: times are written as UTC, so their names end in "_utc"."""
    return column.name.removesuffix("_ms") + "_utc" if column.name.endswith("_ms") else column.name
