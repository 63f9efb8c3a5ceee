"""A whole project as open formats, and back: csv for every table, gzip-compressed csv for readings, JSON for the rest.

The folder holds everything that the project was told: `project.json` (name, time zone, parameters), the tables `stations`,
`files`, `kp`, `events`, `journal`, `runs` and `predictions`, and `readings/`, one file per station, cadence and kind of record,
with the number of the source file in each row. What was computed from that (`season/`) is written for readers and computed anew
on the way back.
"""

from __future__ import annotations

import csv
import errno
import gzip
import hashlib
import io
import json
import re
import shutil
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Column, Connection, Float, Integer, Table, func, select

from quakegui.formats.errors import shown
from quakegui.project import incoming, schema, seasons, soundness, tables
from quakegui.project.filesystem import whole_file
from quakegui.project.nights import Progress, night_key, update_nights
from quakegui.project.record import DAY_MS, PER_NT, Block, DamagedReadingsError, block_row, blocks_of, instants
from quakegui.project.store import Project, ProjectError, config_of, put_setting, raise_revision
from quakegui.project.tables import SYNTHETIC, TableOf, unguard
from quakegui.season.config import SeasonConfig
from quakegui.season.plain import parse_json
from quakegui.season.readings import DataType, Readings
from quakegui.strangers import HIGHEST_RATIO, SMALL

MARK = "quakegui project"
VERSION = 1
MANIFEST = "project.json"

_TABLES = {
    "stations": schema.station,
    "files": schema.imported_file,
    "kp": schema.kp,
    "events": schema.event_table,
    "journal": schema.journal,
    "runs": schema.run,
    "predictions": schema.prediction,
}
"""In the order in which they can be filled again."""

_OWN_SETTINGS = frozenset({"schema", "revision", "night_key", "name", "timezone", "synthetic", "config", incoming.KEY})
_READING_COLUMNS = ("time_utc", "f_nt", "file")
_LIST_COLUMNS = ("path", "station", "cadence_ms", "data_type", "derived", "readings")

_DAMAGE = (OSError, EOFError, ValueError, KeyError, TypeError, AttributeError, OverflowError, csv.Error, zlib.error)
"""What reading an export raises where it is damaged or cut off."""

_LARGEST_MANIFEST = 16 * 1024**2
_LONGEST_FIELD = 64 * 1024**2
"""Characters of a csv field: a run's card may be long, and a note as long as its author likes."""
_CHUNK = 500_000
"""Readings that are parsed at a time."""

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{3})?Z", re.ASCII)
_STRONGEST = 1e6
"""nT that no reading reaches."""

Kind = tuple[str, int, int, int]
"""Station, cadence in ms, data type, derived: what one file of readings holds."""


def is_export(folder: Path | str) -> bool:
    """Whether a folder is an exported project."""
    try:
        return _manifest(Path(folder)).get("format") == MARK
    except (OSError, ValueError):
        return False


def _manifest(folder: Path) -> dict[str, Any]:
    """Return what an export says of itself; raises OSError or ValueError where it is none."""
    path = folder / MANIFEST
    if not path.is_file() or path.stat().st_size > _LARGEST_MANIFEST:
        raise ValueError(f"there is no file {MANIFEST} of a likely size")
    facts = parse_json(path.read_text(encoding="utf-8"))
    if not isinstance(facts, dict):
        raise ValueError(f"{MANIFEST} holds no named values")
    return facts


# -- out -----------------------------------------------------------------------------------------------------------


def export_project(project: Project, folder: Path | str, *, progress: Progress | None = None) -> Path:
    """Write everything of a project into a new or empty folder, in open formats.

    Raises
    ------
    ProjectError
        If the folder holds something already, or cannot be written.
    """
    folder = Path(folder)
    say = progress if progress is not None else _silent
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ProjectError(f"{folder} is not empty; give a new or empty folder.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with project.read() as connection:
            say(0, 3, "tables")
            counts = {
                name: tables.write_csv(folder / f"{name}.csv", _table_of(connection, name, table), synthetic=project.synthetic)
                for name, table in _TABLES.items()
            }
            _write_readings(connection, folder, synthetic=project.synthetic, say=say)
            facts = {**_facts(connection, project), "rows": counts}
        say(1, 3, "season")
        season = seasons.load_season(project)
        if season is not None:
            (folder / "season").mkdir()
            for one in tables.season_tables(project, season):
                tables.write_csv(folder / "season" / f"{one.name}.csv", one, synthetic=project.synthetic)
        say(2, 3, "runs")
        if any((project.folder / "runs").glob("*")):
            # What begins with a dot is being made, or was being made when the program ended.
            shutil.copytree(project.folder / "runs", folder / "run_folders", ignore=incoming.not_plain)
        # Last, because it is what makes the folder an export: one that was cut off is none.
        with whole_file(folder / MANIFEST) as part:
            part.write_text(json.dumps(facts, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    except OSError as error:
        raise ProjectError(f"{folder} cannot be written: {error.strerror or error}. The export is not complete.") from error
    say(3, 3, "done")
    return folder


def _facts(connection: Connection, project: Project) -> dict[str, Any]:
    rows = connection.execute(select(schema.setting).where(schema.setting.c.key.not_in(_OWN_SETTINGS)))
    return {
        "format": MARK,
        "version": VERSION,
        "season": SYNTHETIC if project.synthetic else "measured",
        "name": project.name,
        "timezone": project.timezone,
        "synthetic": project.synthetic,
        "config": config_of(connection).to_dict(),
        "settings": {row.key: row.value for row in rows},
    }


def _table_of(connection: Connection, name: str, table: Table) -> TableOf:
    key = next(iter(table.primary_key.columns))
    return TableOf(
        name,
        tuple(_heading(column) for column in table.columns),
        lambda: (
            tuple(_out(column, value) for column, value in zip(table.columns, row, strict=True))
            for row in connection.execute(select(table).order_by(key))
        ),
    )


def _heading(column: Column[Any]) -> str:
    """Return a column's name in the export: times are written as UTC, and its name says so."""
    return column.name.removesuffix("_ms") + "_utc" if column.name.endswith("_ms") else column.name


def _out(column: Column[Any], value: Any) -> tables.Cell:
    if value is None:
        return None
    if column.name.endswith("_ms"):
        return tables.iso(value)
    return str(np.datetime64(value, "D")) if column.name == "day" else value


def _write_readings(connection: Connection, folder: Path, *, synthetic: bool, say: Progress) -> None:
    (folder / "readings").mkdir()
    table = schema.block.c
    groups = (table.station, table.cadence_ms, table.data_type, table.derived)
    found = connection.execute(select(*groups, func.sum(table.count)).group_by(*groups).order_by(*groups)).all()
    rows: list[tuple[tables.Cell, ...]] = []
    for number, (code, cadence_ms, data_type, derived, count) in enumerate(found):
        if not isinstance(code, str) or not isinstance(cadence_ms, int) or data_type not in set(DataType):
            raise DamagedReadingsError("a block's facts are not what they can be")
        kind = (code, cadence_ms, data_type, derived)
        path = f"readings/{_file_name(kind, synthetic=synthetic)}"
        say(number, len(found), path)
        with whole_file(folder / path) as part, gzip.open(part, "wt", encoding="ascii", compresslevel=3, newline="") as file:
            file.write(",".join(_READING_COLUMNS) + "\n")
            for lines in _lines(connection, kind):
                file.write(lines)
        rows.append((path, code, cadence_ms, DataType(data_type).name.lower(), derived, count))
    tables.write_csv(folder / "readings.csv", TableOf("readings", _LIST_COLUMNS, lambda: rows), synthetic=synthetic)


def _file_name(kind: Kind, *, synthetic: bool) -> str:
    """Return a name that every file system takes; codes that would collide in it are told apart."""
    code, cadence_ms, data_type, derived = kind
    plain = "".join(letter if letter.isascii() and letter.isalnum() else "_" for letter in code)
    if plain != code.upper():
        plain += "_" + hashlib.sha256(code.encode()).hexdigest()[:8]
    parts = (plain, f"{cadence_ms / 1000:g}s", DataType(data_type).name.lower(), "derived" if derived else "", SYNTHETIC)
    return "_".join(part for part in parts[: 5 if synthetic else 4] if part) + ".csv.gz"


def _lines(connection: Connection, kind: Kind) -> Iterator[str]:
    table = schema.block.c
    code, cadence_ms, data_type, derived = kind
    rows = connection.execute(
        select(table.utc_day, table.file, table.count, table.times, table["values"])
        .where(table.station == code, table.cadence_ms == cadence_ms)
        .where(table.data_type == data_type, table.derived == derived)
        .order_by(table.utc_day, table.file)
    )
    for row in rows:
        block = Block(code, row.utc_day, cadence_ms, data_type, bool(derived), row[2], row.times, row.values, row.file)
        time, value = instants(block)
        time = time + row.utc_day * DAY_MS
        whole = not np.any(time % 1000)
        stamps = np.datetime_as_string(time.astype("datetime64[ms]"), unit="s" if whole else "ms").tolist()
        numbers = (value / PER_NT).tolist()
        yield "".join([f"{stamp}Z,{number:.3f},{row.file}\n" for stamp, number in zip(stamps, numbers, strict=True)])


# -- and back ------------------------------------------------------------------------------------------------------


def import_export(
    project: Project,
    folder: Path | str,
    *,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> int:
    """Fill an empty project with an exported one: the same readings, events, labels with their journal, runs and parameters.

    Returns
    -------
    int
        How many local dates have data.

    Raises
    ------
    ProjectError
        If the project is not empty, the export is of a newer version or damaged, or the import was cancelled; nothing was
        changed then.
    """
    folder = Path(folder)
    say = progress if progress is not None else _silent
    try:
        facts = _manifest(folder)
        if int(facts["version"]) > VERSION:
            raise ProjectError(f"{folder} was exported by a newer quakegui; import it with that one.")
        if (folder / "run_folders").is_dir():
            incoming.stage(project.folder, folder / "run_folders")
        with project.write() as connection:
            _refuse_filled(connection, project)
            _take_facts(connection, facts)
            for name, table in _TABLES.items():
                _fill(connection, _inside(folder, f"{name}.csv"), table, int(facts["rows"][name]))
            touched = _take_readings(connection, folder, say, cancelled)
            wrong = soundness.wrong_value(connection) or soundness.wrong_fact(connection)
            if wrong is not None:
                raise ValueError(f"{wrong} is nothing that quakegui wrote")
            update_nights(connection, touched, progress=progress)
            raise_revision(connection)
            days = connection.scalar(select(func.count(schema.night.c.day.distinct()))) or 0
            incoming.announce(connection)
    except _DAMAGE as error:
        incoming.unstage(project.folder)
        if isinstance(error, OSError) and error.errno in _FULL:
            raise ProjectError(f"The disk that holds {project.folder} is full; nothing was imported. Make room.") from error
        raise ProjectError(
            f"The export in {folder} is damaged or not complete ({shown(str(error), 300)}); nothing was imported."
        ) from error
    except ProjectError:
        incoming.unstage(project.folder)
        raise
    project.take_in_runs()
    project.refresh()
    return days


def _refuse_filled(connection: Connection, project: Project) -> None:
    for table in (schema.station, schema.imported_file, schema.event_table, schema.journal, schema.run):
        if connection.scalar(select(func.count()).select_from(table)):
            raise ProjectError(
                f"The project {project.name} is not empty; an exported project can only be brought into a new one "
                "('quakegui new')."
            )


def _take_facts(connection: Connection, facts: dict[str, Any]) -> None:
    config = SeasonConfig.from_dict(facts["config"])
    for key, value in facts["settings"].items():
        if key not in _OWN_SETTINGS and isinstance(value, str):
            put_setting(connection, key[:64], value)
    put_setting(connection, "name", shown(str(facts["name"]), 200))
    put_setting(connection, "timezone", config.timezone)
    put_setting(connection, "synthetic", str(int(bool(facts["synthetic"]))))
    put_setting(connection, "config", config.to_json())
    put_setting(connection, "night_key", night_key(config))


def _inside(folder: Path, name: str) -> Path:
    """Return a file of an export; a name or a link that leads out of it is refused, and so is what is no file."""
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise ProjectError(f"{shown(name, 200)} leads out of the export; nothing was imported.")
    if not path.is_file():
        raise ValueError(f"there is no file {shown(name, 200)}")
    return path


def _rows(path: Path) -> list[dict[str, str]]:
    former = csv.field_size_limit(_LONGEST_FIELD)
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))
    finally:
        csv.field_size_limit(former)


def _fill(connection: Connection, path: Path, table: Table, count: int) -> None:
    columns = {_heading(column): column for column in table.columns}
    rows = [{column.name: _in(column, row[heading]) for heading, column in columns.items()} for row in _rows(path)]
    if len(rows) != count:
        raise ValueError(f"{path.name} has {len(rows)} of {count} rows")
    if rows:
        connection.execute(table.insert(), rows)


def _in(column: Column[Any], text: str | None) -> Any:
    if text is None:
        raise ValueError("a row is cut off")
    if isinstance(column.type, Integer | Float):
        if text == "":
            return None
        if column.name.endswith("_ms"):
            if _INSTANT.fullmatch(text) is None:
                raise ValueError(f"'{shown(text, 40)}' is no instant")
            return int(np.datetime64(text.removesuffix("Z"), "ms").astype(np.int64))
        if column.name == "day":
            return int(np.datetime64(text, "D").astype(np.int64))
        return float(text) if isinstance(column.type, Float) else int(text)
    return unguard(text)


def _take_readings(
    connection: Connection, folder: Path, say: Progress, cancelled: Callable[[], bool] | None
) -> dict[str, set[int]]:
    """Store the readings of an export; returns the UTC days they lie in, by station."""
    touched: dict[str, set[int]] = {}
    listed = _rows(_inside(folder, "readings.csv"))
    for number, row in enumerate(listed):
        say(number, len(listed), row["path"])
        if cancelled is not None and cancelled():
            raise ProjectError("The import was cancelled; nothing was changed.")
        found = _blocks(_inside(folder, row["path"]), row)
        connection.execute(schema.block.insert(), [block_row(block, file) for file, block in found])
        touched.setdefault(unguard(row["station"]), set()).update(block.utc_day for _, block in found)
    return touched


def _blocks(path: Path, row: dict[str, str]) -> list[tuple[int, Block]]:
    stamps, values, files = _columns(path)
    if len(stamps) != int(row["readings"]):
        raise ValueError(f"{row['path']} has {len(stamps)} of {row['readings']} readings")
    if np.isnat(stamps).any() or not (np.abs(values) < _STRONGEST).all():
        raise ValueError(f"{row['path']} holds a reading without a time, or one that no field has")
    found: list[tuple[int, Block]] = []
    for number in np.unique(files):
        mine = np.flatnonzero(files == number)
        mine = mine[np.unique(stamps[mine], return_index=True)[1]]
        readings = Readings(
            unguard(row["station"]),
            stamps[mine],
            values[mine],
            int(row["cadence_ms"]) / 1000.0,
            DataType[row["data_type"].upper()],
            row["derived"] == "1",
        )
        found += [(int(number), block) for block in blocks_of(readings)]
    return found


def _columns(path: Path) -> tuple[NDArray[np.datetime64], NDArray[np.float64], NDArray[np.int64]]:
    """Return stamps, values and numbers of source files, each shape (time,); text is kept no longer than a piece of it."""
    import pandas as pd  # not for a window that imports nothing

    parts: list[tuple[NDArray[Any], ...]] = []
    types = {"time_utc": str, "f_nt": np.float64, "file": np.int64}
    with gzip.open(path) as unpacked:
        for frame in pd.read_csv(_Bounded(unpacked, path.stat().st_size), dtype=types, chunksize=_CHUNK):
            time = pd.to_datetime(frame["time_utc"], format="ISO8601", utc=True).dt.tz_localize(None)
            parts.append((time.to_numpy().astype("datetime64[ms]"), frame["f_nt"].to_numpy(), frame["file"].to_numpy()))
    stamps, values, files = (np.concatenate(column) for column in zip(*parts, strict=True))
    return stamps, values, files


class _Bounded(io.RawIOBase):
    """Unpacked bytes that end with an error where they are a bomb."""

    def __init__(self, unpacked: gzip.GzipFile, packed: int) -> None:
        self._unpacked = unpacked
        self._left = max(SMALL, int(HIGHEST_RATIO * packed))

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        part = self._unpacked.read(len(buffer))
        self._left -= len(part)
        if self._left < 0:
            raise ValueError("a file unpacks to far more than readings do")
        buffer[: len(part)] = part
        return len(part)


def _silent(_done: int, _total: int, _text: str) -> None:
    return
