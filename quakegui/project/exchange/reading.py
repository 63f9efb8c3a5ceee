"""Import of an exported project into an empty one. The export may be untrusted: everything is checked before use."""

from __future__ import annotations

import csv
import errno
import gzip
import io
import re
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Column, Connection, Float, Integer, Table, func, select

from quakegui.formats.errors import shown
from quakegui.progress import CancelCheck, ProgressCallback, never, silent
from quakegui.project import chain, migrations, run_folders, schema, soundness
from quakegui.project.dialects import count_on
from quakegui.project.domains import EVERYTHING
from quakegui.project.exchange.layout import OWN_SETTINGS, RUNS, SINCE, TABLES, VERSION, heading, manifest
from quakegui.project.filesystem import is_link
from quakegui.project.nights import night_key, update_nights
from quakegui.project.reading_blocks import Block, block_row, blocks_of
from quakegui.project.season_tables import unguard
from quakegui.project.setting_rows import put_setting, raise_revision
from quakegui.project.store import Project, ProjectError
from quakegui.season.config import SeasonConfig
from quakegui.season.readings import DataType, Readings
from quakegui.strangers import HIGHEST_RATIO, SMALL
from quakegui.words import Said

_DAMAGE = (OSError, EOFError, ValueError, KeyError, TypeError, AttributeError, OverflowError, csv.Error, zlib.error)
"""Exceptions on reading a damaged or truncated export."""

_LONGEST_FIELD = 64 * 1024**2
"""Maximum length of a csv field in characters: the card of a run or a note may be long."""
_CHUNK = 500_000
"""Number of readings that are parsed at a time."""

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})

_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{3})?Z", re.ASCII)
_STRONGEST = 1e6
"""Value in nT above every reading."""


def import_export(
    project: Project, folder: Path | str, *, progress: ProgressCallback = silent, cancelled: CancelCheck = never
) -> int:
    """Fill an empty project with an exported one: readings, earthquakes, labels with their journal, runs and parameters.

    Parameters
    ----------
    project, folder
        An empty project, and the folder of the export.
    progress
        Called with steps done, steps in all and a text.
    cancelled
        Called often; the import stops when it returns True.

    Returns
    -------
    int
        Number of local dates with data.

    Raises
    ------
    ProjectError
        If the project is not empty, the export is of a newer version or damaged, or the import was cancelled; nothing was
        changed.
    """
    folder = Path(folder)
    with project.read() as connection:
        _refuse_filled(connection, project)  # first, since runs of the project may still be in the staging folder
    try:
        facts = manifest(folder)
        version = int(facts["version"])
        if version > VERSION:
            raise ProjectError(Said("{folder} was exported by a newer quakegui; import it with that version.", folder=folder))
        if is_link(folder / RUNS):
            raise ProjectError(Said("{runs} points outside the export; nothing was imported.", runs=RUNS))
        if (folder / RUNS).is_dir():
            run_folders.stage(project.folder, folder / RUNS)
        with project.write(*EVERYTHING) as connection:
            _refuse_filled(connection, project)
            _take_facts(connection, facts)
            _fill_all(connection, folder, version, facts["rows"])
            touched = _take_readings(connection, folder, progress, cancelled)
            wrong = soundness.wrong_value(connection) or soundness.wrong_fact(connection)
            if wrong is not None:
                raise ValueError(Said("{wrong} was not written by quakegui", wrong=wrong))
            update_nights(connection, touched, progress=progress)
            raise_revision(connection)
            days = connection.scalar(select(func.count(schema.night.c.day.distinct()))) or 0
            run_folders.announce(connection)
    except _DAMAGE as error:
        run_folders.unstage(project.folder)
        if isinstance(error, OSError) and error.errno in _FULL:
            raise ProjectError(
                Said("The disk of {folder} is full; nothing was imported. Free some space.", folder=project.folder)
            ) from error
        raise ProjectError(
            Said(
                "The export in {folder} is damaged or incomplete ({error}); nothing was imported.",
                folder=folder,
                error=shown(str(error), 300),
            )
        ) from error
    except ProjectError:
        run_folders.unstage(project.folder)
        raise
    project.take_in_runs()
    project.refresh()
    return days


def _refuse_filled(connection: Connection, project: Project) -> None:
    for table in (schema.station, schema.imported_file, schema.event_table, schema.journal, schema.run, schema.act):
        if connection.scalar(select(func.count()).select_from(table)):
            raise ProjectError(
                Said(
                    "The project {project_name} is not empty; an exported project can only be imported into a new "
                    "one ('quakegui new').",
                    project_name=project.name,
                )
            )


def _take_facts(connection: Connection, facts: dict[str, Any]) -> None:
    config = SeasonConfig.from_dict(facts["config"])
    for key, value in facts["settings"].items():
        if key not in OWN_SETTINGS and isinstance(value, str):
            put_setting(connection, key[:64], value)
    put_setting(connection, "name", shown(str(facts["name"]), 200))
    put_setting(connection, "timezone", config.timezone)
    put_setting(connection, "synthetic", str(int(bool(facts["synthetic"]))))
    put_setting(connection, "config", config.to_json())
    put_setting(connection, "night_key", night_key(config))


def _inside(folder: Path, name: str) -> Path:
    """Return the path of a file in an export; raises if it is not a file, or its name or a link points outside the export."""
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise ProjectError(Said("{name} points outside the export; nothing was imported.", name=shown(name, 200)))
    if not path.is_file():
        raise ValueError(Said("there is no file {name}", name=shown(name, 200)))
    return path


def _rows(path: Path) -> list[dict[str, str]]:
    former = csv.field_size_limit(_LONGEST_FIELD)
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))
    finally:
        csv.field_size_limit(former)


def _fill_all(connection: Connection, folder: Path, version: int, counts: dict[str, Any]) -> None:
    for name, table in TABLES.items():
        if version >= SINCE.get(name, 1):
            _fill(connection, _inside(folder, f"{name}.csv"), table, int(counts[name]))
    if version < SINCE["acts"]:
        migrations.adopt(connection)


def _fill(connection: Connection, path: Path, table: Table, count: int) -> None:
    columns, given = {heading(column): column for column in table.columns}, _rows(path)
    rows = [
        {column.name: _in(column, row[name]) for name, column in columns.items() if name in row or not column.nullable}
        for row in given
    ]
    if len(rows) != count:
        raise ValueError(Said("{path_name} has {count} of {count2} rows", path_name=path.name, count=len(rows), count2=count))
    if rows:
        connection.execute(table.insert(), rows)
        count_on(connection, table)
    if rows and table in chain.CHAINED and "chain" not in given[0]:  # an export from before the chain existed
        put_setting(connection, chain.unchained(table), str(max(row["id"] for row in rows)))


def _in(column: Column[Any], text: str | None) -> Any:
    if text is None:
        raise ValueError(Said("a row is truncated"))
    if isinstance(column.type, Integer | Float):
        if text == "":
            return None
        if column.name.endswith("_ms"):
            if _INSTANT.fullmatch(text) is None:
                raise ValueError(Said("'{text}' is not a valid time", text=shown(text, 40)))
            return int(np.datetime64(text.removesuffix("Z"), "ms").astype(np.int64))
        if column.name == "day":
            if _DATE.fullmatch(text) is None:
                raise ValueError(Said("'{text}' is not a valid day", text=shown(text, 40)))
            return int(np.datetime64(text, "D").astype(np.int64))
        return float(text) if isinstance(column.type, Float) else int(text)
    return None if text == "" and column.nullable else unguard(text)


def _take_readings(
    connection: Connection, folder: Path, progress: ProgressCallback, cancelled: CancelCheck
) -> dict[str, set[int]]:
    """Store the readings of an export; returns their UTC days by station."""
    touched: dict[str, set[int]] = {}
    kinds: dict[tuple[str, ...], list[dict[str, str]]] = {}
    for row in _rows(_inside(folder, "readings.csv")):
        kinds.setdefault(tuple(row[name] for name in ("station", "cadence_ms", "data_type", "derived")), []).append(row)
    for number, rows in enumerate(kinds.values()):
        progress(number, len(kinds), rows[0]["path"])
        if cancelled():
            raise ProjectError(Said("The import was cancelled; nothing was changed."))
        found = _blocks(folder, rows)
        connection.execute(schema.block.insert(), [block_row(block, file) for file, block in found])
        touched.setdefault(unguard(rows[0]["station"]), set()).update(block.utc_day for _, block in found)
    return touched


def _blocks(folder: Path, rows: list[dict[str, str]]) -> list[tuple[int, Block]]:
    """Return the blocks, by number of the source file, of readings of one kind, both in force and superseded."""
    parts = []
    for one in rows:
        parts.append(_columns(_inside(folder, one["path"])))
        if parts[-1][0].size != int(one["readings"]):
            raise ValueError(
                Said(
                    "{path} has {size} of {readings} readings",
                    path=one["path"],
                    size=parts[-1][0].size,
                    readings=one["readings"],
                )
            )
    stamps, values, files = (np.concatenate(column) for column in zip(*parts, strict=True))
    row = rows[0]
    if np.isnat(stamps).any() or (np.abs(values) >= _STRONGEST).any():
        raise ValueError(Said("{path} contains a reading without a time, or with an impossible value", path=row["path"]))
    found: list[tuple[int, Block]] = []
    for number in np.unique(files):
        mine = np.flatnonzero((files == number) & np.isfinite(values))
        mine = mine[np.unique(stamps[mine], return_index=True)[1]]
        readings = Readings(
            unguard(row["station"]),
            stamps[mine],
            values[mine],
            int(row["cadence_ms"]) / 1000.0,
            DataType[row["data_type"].upper()],
            row["derived"] == "1",
            np.unique(stamps[(files == number) & np.isnan(values)]),
        )
        found += [(int(number), block) for block in blocks_of(readings)]
    return found


def _columns(path: Path) -> tuple[NDArray[np.datetime64], NDArray[np.float64], NDArray[np.int64]]:
    """Return times, values and numbers of source files, each of shape (time,); text is parsed in chunks to save memory."""
    import pandas as pd  # not needed if nothing is imported

    parts: list[tuple[NDArray[Any], ...]] = []
    types = {"time_utc": str, "f_nt": np.float64, "file": np.int64}
    with gzip.open(path) as unpacked:
        for frame in pd.read_csv(_Bounded(unpacked, path.stat().st_size), dtype=types, chunksize=_CHUNK):
            time = pd.to_datetime(frame["time_utc"], format="ISO8601", utc=True).dt.tz_localize(None)
            parts.append((time.to_numpy().astype("datetime64[ms]"), frame["f_nt"].to_numpy(), frame["file"].to_numpy()))
    stamps, values, files = (np.concatenate(column) for column in zip(*parts, strict=True))
    return stamps, values, files


class _Bounded(io.RawIOBase):
    """An unpacked stream that raises an error if it expands beyond its limit."""

    def __init__(self, unpacked: gzip.GzipFile, packed: int) -> None:
        self._unpacked = unpacked
        self._left = max(SMALL, int(HIGHEST_RATIO * packed))

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        part = self._unpacked.read(len(buffer))
        self._left -= len(part)
        if self._left < 0:
            raise ValueError(Said("a file unpacks to far more than readings need"))
        buffer[: len(part)] = part
        return len(part)
