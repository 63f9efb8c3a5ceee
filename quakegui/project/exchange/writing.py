"""A project written as an export."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import Column, Connection, Table, func, select

from quakegui.project import incoming, schema, seasons, tables
from quakegui.project.exchange.layout import MANIFEST, MARK, OWN_SETTINGS, RUNS, TABLES, VERSION, heading
from quakegui.project.filesystem import whole_file
from quakegui.project.progress import Progress, silent
from quakegui.project.record import DAY_MS, PER_NT, Block, DamagedReadingsError, instants
from quakegui.project.store import Project, ProjectError, config_of
from quakegui.project.tables import SYNTHETIC, TableOf
from quakegui.season.readings import DataType

_READING_COLUMNS = ("time_utc", "f_nt", "file")
_LIST_COLUMNS = ("path", "station", "cadence_ms", "data_type", "derived", "readings")

Kind = tuple[str, int, int, int]
"""Station, cadence in ms, data type, derived: what one file of readings holds."""


def export_project(project: Project, folder: Path | str, *, progress: Progress | None = None) -> Path:
    """Write everything of a project but its deleted runs into a new or empty folder, in open formats.

    Raises
    ------
    ProjectError
        If the folder holds something already, or cannot be written.
    """
    folder = Path(folder)
    say = progress if progress is not None else silent
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ProjectError(f"{folder} is not empty; give a new or empty folder.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with project.read() as connection:
            say(0, 3, "tables")
            counts = {
                name: tables.write_csv(folder / f"{name}.csv", _table_of(connection, name, table), synthetic=project.synthetic)
                for name, table in TABLES.items()
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
            incoming.copy_runs(project.folder / "runs", folder / RUNS)
        # Last, because it is what makes the folder an export: one that was cut off is none.
        with whole_file(folder / MANIFEST) as part:
            part.write_text(json.dumps(facts, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    except OSError as error:
        raise ProjectError(f"{folder} cannot be written: {error.strerror or error}. The export is not complete.") from error
    say(3, 3, "done")
    return folder


def _facts(connection: Connection, project: Project) -> dict[str, Any]:
    rows = connection.execute(select(schema.setting).where(schema.setting.c.key.not_in(OWN_SETTINGS)))
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
        tuple(heading(column) for column in table.columns),
        lambda: (
            tuple(_out(column, value) for column, value in zip(table.columns, row, strict=True))
            for row in connection.execute(select(table).order_by(key))
        ),
    )


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
