"""Column mappings stored in a project, for later tables with the same columns."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from quakegui import formats
from quakegui.formats.columns import TableMapping
from quakegui.formats.errors import FormatError
from quakegui.formats.hints import NO_HINTS, SavedMapping
from quakegui.project.parsing import Manner, files_at
from quakegui.project.setting_rows import get_setting, put_setting
from quakegui.project.store import Project
from quakegui.season.json_values import parse_json

KEY = "table_mappings"
MOST = 100
"""Maximum number of mappings in a project; the oldest are removed."""


def saved_mappings(project: Project) -> tuple[SavedMapping, ...]:
    """Return the mappings of a project, the latest first; those of another version that cannot be read are omitted."""
    with project.read() as connection:
        return _read(get_setting(connection, KEY))


def with_saved_mappings(manner: Manner | None, mappings: tuple[SavedMapping, ...]) -> Manner:
    """Return hints with the saved mappings of a project, for tables without a mapping of their own.

    Parameters
    ----------
    manner
        What the user states about a file; a column mapping is returned as it is. None for nothing.
    mappings
        From `saved_mappings`.
    """
    return manner if isinstance(manner, TableMapping) else replace(manner or NO_HINTS, saved=mappings)


def save_mapping(project: Project, columns: Sequence[str], mapping: TableMapping) -> None:
    """Save the mapping of a table, in place of an earlier one for the same columns.

    Parameters
    ----------
    project
        Open project; must be writable.
    columns
        Names of all columns of the table, in order.
    mapping
        Is the latest then; if there are more than `MOST`, the oldest one is removed.

    Raises
    ------
    ProjectError
        If the project cannot be written.
    """
    with project.write() as connection:
        kept = [one for one in _read(get_setting(connection, KEY)) if one.columns != tuple(columns)]
        both = [SavedMapping(tuple(columns), mapping), *kept][:MOST]
        facts = [{"columns": one.columns, "mapping": one.mapping.to_json()} for one in both]
        put_setting(connection, KEY, json.dumps(facts, ensure_ascii=False))


def save_for_later(project: Project, paths: Iterable[Path | str], mapping: TableMapping) -> None:
    """Save a mapping for the columns of the first of several files that it fits.

    Parameters
    ----------
    project
        Open project; must be writable.
    paths
        Files, archives and folders; those that cannot be read are passed over.
    mapping
        Fits a table that has every column that it uses; if there is none, nothing is saved.

    Raises
    ------
    ProjectError
        If the project cannot be written.
    """
    for path, _ in files_at(paths):
        try:
            for source in formats.expand(path):
                columns = formats.preview(source, sheet=mapping.sheet, rows=1, skip=mapping.skip_lines).columns
                if mapping.uses <= set(columns):
                    save_mapping(project, columns, mapping)
                    return
        except FormatError:
            continue  # the import has reported it as unread


def _read(text: str | None) -> tuple[SavedMapping, ...]:
    try:
        return tuple(
            SavedMapping(tuple(map(str, facts["columns"])), TableMapping.from_json(facts["mapping"]))
            for facts in (parse_json(text) if text else ())
        )
    except (ValueError, TypeError, KeyError):
        return ()
