"""Export of a project."""

from __future__ import annotations

import gzip
import json
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Column, Connection, Table, select

from quakegui.progress import ProgressCallback, silent
from quakegui.project import run_folders, schema, season_tables, seasons
from quakegui.project.acts import hidden_files
from quakegui.project.column_limits import bounds_of
from quakegui.project.exchange.layout import (
    MANIFEST,
    MARK,
    OWN_SETTINGS,
    READING_COLUMNS,
    READINGS,
    RUNS,
    SUPERSEDED,
    TABLES,
    VERSION,
    heading,
)
from quakegui.project.filesystem import name_of_code, whole_file
from quakegui.project.live_rows import end_of_files, fold
from quakegui.project.nights import RUN_DAYS, read_blocks
from quakegui.project.reading_blocks import DAY_MS, PER_NT, Block, DamagedReadingsError, by_place, instants, missing_of, weighed
from quakegui.project.season_tables import SYNTHETIC, TableOf
from quakegui.project.setting_rows import config_of
from quakegui.project.store import Project, ProjectError
from quakegui.season.readings import DataType
from quakegui.words import Said

_LIST_COLUMNS = ("path", "station", "cadence_ms", "data_type", "derived", "readings")

SeriesKind = tuple[str, int, int, int]
"""Station, sampling interval in ms, data type, derived: the kind of record in one file of readings."""


def export_project(project: Project, folder: Path | str, *, progress: ProgressCallback = silent) -> Path:
    """Export everything but deleted runs to a new or empty folder, in open formats; returns the folder.

    Parameters
    ----------
    project
        Open project; what arrived live is folded, and the night means are updated, if it is writable.
    folder
        Created if missing, with the folders above it.
    progress
        Called with steps done, steps in all and a text; while readings are written, the steps are stations.

    Raises
    ------
    ProjectError
        If the folder is not empty or cannot be written, or no season can be computed from the content of the project.
    """
    folder = Path(folder)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ProjectError(Said("{folder} is not empty; choose a new or empty folder.", folder=folder))
    fold(project)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with project.read() as connection:
            progress(0, 3, Said("tables"))
            counts = {
                name: season_tables.write_csv(
                    folder / f"{name}.csv", _table_of(connection, name, table), synthetic=project.synthetic
                )
                for name, table in TABLES.items()
            }
            _write_readings(connection, folder, synthetic=project.synthetic, progress=progress)
            facts = {**_facts(connection, project), "rows": counts}
        progress(1, 3, Said("season"))
        season = seasons.load_season(project)
        if season is not None:
            (folder / "season").mkdir()
            for one in season_tables.season_tables(project, season):
                season_tables.write_csv(folder / "season" / f"{one.name}.csv", one, synthetic=project.synthetic)
        progress(2, 3, Said("runs"))
        if any((project.folder / "runs").glob("*")):
            run_folders.copy_runs(project.folder / "runs", folder / RUNS)
        # The manifest is written last, since it marks the folder as an export: an interrupted one has none.
        with whole_file(folder / MANIFEST) as part:
            part.write_text(json.dumps(facts, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    except OSError as error:
        raise ProjectError(
            Said(
                "{folder} cannot be written: {strerror}. The export is incomplete.",
                folder=folder,
                strerror=error.strerror or error,
            )
        ) from error
    progress(3, 3, Said("done"))
    return folder


def _facts(connection: Connection, project: Project) -> dict[str, Any]:
    table = schema.setting
    rows = connection.execute(select(table).where(table.c.key.not_in(OWN_SETTINGS)).order_by(table.c.key))
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
    key = tuple(table.primary_key.columns)
    return TableOf(
        name,
        tuple(heading(column) for column in table.columns),
        lambda: (
            tuple(_out(column, value) for column, value in zip(table.columns, row, strict=True))
            for row in connection.execute(select(table).order_by(*key))
        ),
    )


def _out(column: Column[Any], value: Any) -> season_tables.Cell:
    if value is None:
        return None
    if column.name.endswith("_ms"):
        return season_tables.iso(value)
    return str(np.datetime64(value, "D")) if column.name == "day" else value


def _write_readings(connection: Connection, folder: Path, *, synthetic: bool, progress: ProgressCallback) -> None:
    table = schema.block.c
    stations = connection.execute(select(table.station).distinct().order_by(table.station)).scalars().all()
    rows: list[tuple[season_tables.Cell, ...]] = []
    for number, code in enumerate(stations):
        if not isinstance(code, str):
            raise DamagedReadingsError(Said("a block's metadata are invalid"))
        progress(number, len(stations), code)
        with _ReadingsFiles(folder, synthetic=synthetic) as files:
            _write_station(connection, code, files)
        rows += files.listed()
    season_tables.write_csv(folder / "readings.csv", TableOf("readings", _LIST_COLUMNS, lambda: rows), synthetic=synthetic)


def _write_station(connection: Connection, code: str, files: _ReadingsFiles) -> None:
    """Write the readings of a station day by day, those in force separately from the others."""
    hidden = hidden_files(connection, code)
    days = connection.scalars(select(schema.block.c.utc_day).where(schema.block.c.station == code).distinct()).all()
    low, high = bounds_of(schema.block.c.utc_day)
    if not all(isinstance(day, int) and low <= day <= high for day in days):
        raise DamagedReadingsError(Said("a block's metadata are invalid"))
    for first in range(min(days), max(days) + 1, RUN_DAYS):
        blocks = read_blocks(connection, code, first, first + RUN_DAYS - 1, hidden=True)
        places, ends = by_place(blocks), end_of_files(block for block in blocks if block.file not in hidden)
        for place in sorted(places):
            here = places[place]
            standing = [block for block in here if block.file not in hidden]
            for each in weighed(standing) if standing else ():
                overruled = each.time < ends.get(each.block.utc_day, 0) if each.block.live else False
                files.write(each.block, each.time, each.value, each.counts & ~np.asarray(overruled))
            for block in here:
                if block.file in hidden:
                    time, value = instants(block)
                    files.write(block, time, value, np.zeros(time.size, dtype=bool))


class _ReadingsFiles(ExitStack):
    """The files of the readings of one station while they are written."""

    def __init__(self, folder: Path, *, synthetic: bool) -> None:
        super().__init__()
        self._folder = folder
        self._synthetic = synthetic
        self._open: dict[tuple[str, SeriesKind], IO[str]] = {}
        self._counts: dict[tuple[str, SeriesKind], int] = {}

    def write(self, block: Block, time: NDArray[np.int64], value: NDArray[np.int64], counts: NDArray[np.bool_]) -> None:
        """Write the readings of a block and the times that its file marks as missing.

        Parameters
        ----------
        block
            The block.
        time, value
            Milliseconds since the start of the day and thousandths of a nT, shape (time,).
        counts
            Whether each reading is in force, shape (time,).
        """
        texts = {place: _lines(block, time[mask], value[mask]) for place, mask in ((READINGS, counts), (SUPERSEDED, ~counts))}
        texts[READINGS if counts.any() else SUPERSEDED] += _lines(block, missing_of(block), None)
        for place, text in texts.items():
            if text:
                self._file(place, block).write(text)
                self._counts[place, _kind(block)] += text.count("\n")

    def listed(self) -> list[tuple[season_tables.Cell, ...]]:
        """Return the rows of the list of these files."""
        return [
            (self._path(place, kind), *kind[:2], DataType(kind[2]).name.lower(), kind[3], count)
            for (place, kind), count in sorted(self._counts.items())
        ]

    def _file(self, place: str, block: Block) -> IO[str]:
        kind = _kind(block)
        if (place, kind) not in self._open:
            path = self._folder / self._path(place, kind)
            path.parent.mkdir(exist_ok=True)
            part = self.enter_context(whole_file(path))
            file = self.enter_context(gzip.open(part, "wt", encoding="ascii", compresslevel=3, newline=""))  # noqa: SIM115 - it is entered
            file.write(",".join(READING_COLUMNS) + "\n")
            self._open[place, kind], self._counts[place, kind] = file, 0
        return self._open[place, kind]

    def _path(self, place: str, kind: SeriesKind) -> str:
        return f"{place}/{file_name(kind, synthetic=self._synthetic)}"


def _kind(block: Block) -> SeriesKind:
    return block.station, block.cadence_ms, block.data_type, int(block.derived)


def file_name(kind: SeriesKind, *, synthetic: bool) -> str:
    """Return a name that is valid on every file system and unique for each code.

    Parameters
    ----------
    kind
        The kind of record in the file.
    synthetic
        Whether the name is marked as synthetic.
    """
    code, cadence_ms, data_type, derived = kind
    plain = name_of_code(code, only_ascii=True)
    parts = (plain, f"{cadence_ms / 1000:g}s", DataType(data_type).name.lower(), "derived" if derived else "", SYNTHETIC)
    return "_".join(part for part in parts[: 5 if synthetic else 4] if part) + ".csv.gz"


def _lines(block: Block, time: NDArray[np.int64], value: NDArray[np.int64] | None) -> str:
    """Return readings of a block as lines of csv; without values, the times that its file marks as missing."""
    time = time + block.utc_day * DAY_MS
    whole = not np.any(time % 1000)
    stamps = np.datetime_as_string(time.astype("datetime64[ms]"), unit="s" if whole else "ms").tolist()
    numbers = ["" for _ in stamps] if value is None else [f"{number:.3f}" for number in (value / PER_NT).tolist()]
    return "".join([f"{stamp}Z,{number},{block.file}\n" for stamp, number in zip(stamps, numbers, strict=True)])
