"""Readings into a project: all good files of an import or, when it is cancelled or fails, none of them.

The files are parsed first, outside any transaction, so labels can be given meanwhile; then everything is stored in one. The
night means follow from that, and are brought up to date afterwards.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO

import numpy as np
from sqlalchemy import Connection, delete, func, select

from quakegui.formats.columns import TableMapping
from quakegui.project import schema, spool
from quakegui.project.exchange import import_export, is_export
from quakegui.project.kpindex import put_kp
from quakegui.project.nights import ensure_nights, mark_stale
from quakegui.project.parsing import KnownFile, ParsedFile, SkippedFile, files_at, parse_files
from quakegui.project.progress import Cancelled, Progress, never, silent
from quakegui.project.record import DAY_MS, Block, block_row, unpack
from quakegui.project.stations import merge_station
from quakegui.project.store import Project, ProjectError, network_of, raise_revision

_BATCH = 2000


@dataclass(frozen=True, slots=True)
class ImportedFile:
    """A file that came in.

    Attributes
    ----------
    file, format
        Its name, and what it was read as.
    stations
        Codes of the stations with readings in it.
    readings
        How many readings.
    first, last
        UTC stamps of the first and last reading, datetime64[ms]; None without readings.
    replaced
        The earlier file of the same name whose readings this one took the place of, or "".
    """

    file: str
    format: str
    stations: tuple[str, ...]
    readings: int
    first: np.datetime64 | None
    last: np.datetime64 | None
    replaced: str = ""


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did.

    Attributes
    ----------
    imported, unchanged, skipped
        Files that came in, whose content was there already, and that were left out, each with its reason.
    notes
        Sentences: what was corrected, derived or found missing, with the file's name.
    stations_added
        Codes of stations that were new.
    days_changed
        Local dates whose night means are new or changed.
    cancelled
        Whether it was cancelled; then nothing of it was kept.
    """

    imported: tuple[ImportedFile, ...] = ()
    unchanged: tuple[str, ...] = ()
    skipped: tuple[SkippedFile, ...] = ()
    notes: tuple[str, ...] = ()
    stations_added: tuple[str, ...] = ()
    days_changed: int = 0
    cancelled: bool = False


@dataclass(slots=True)
class _Tally:
    """An import's report while it grows."""

    imported: list[ImportedFile] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    skipped: list[SkippedFile] = field(default_factory=list)
    notes: dict[str, None] = field(default_factory=dict)
    stations_added: list[str] = field(default_factory=list)
    touched: dict[str, set[int]] = field(default_factory=dict)

    def report(self, days_changed: int) -> ImportReport:
        return ImportReport(
            tuple(self.imported),
            tuple(self.unchanged),
            tuple(self.skipped),
            tuple(self.notes),
            tuple(self.stations_added),
            days_changed,
        )


class _CancelledError(Exception):
    """The import was cancelled within its transaction."""


def import_paths(
    project: Project,
    paths: Iterable[Path | str],
    *,
    mapping: TableMapping | None = None,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> ImportReport:
    """Import readings, station coordinates and Kp from files, folders and archives.

    The same content a second time changes nothing. A corrected file (same name, other content, no less final) replaces the
    readings of its predecessor between its first and last day. Other overlaps are decided when the record is read: definitive
    before quasi-definitive before provisional before variation, then the later import. A file that cannot be read is left out,
    named and given a reason; a station without usable coordinates is kept, left off the map and named in the notes. The folder
    of an exported project fills an empty project with that one.

    Parameters
    ----------
    mapping
        How to read the columns of tables (see `quakegui.formats`).
    progress
        Called with files done, files in all and what is being done.
    cancelled
        Asked often; when it says yes nothing of this import is kept.

    Raises
    ------
    ProjectError
        If the project cannot be written; nothing was changed.
    """
    if project.read_only:
        raise ProjectError(f"The project {project.name} is open for reading only; nothing was imported.")
    say = progress if progress is not None else silent
    stop = cancelled if cancelled is not None else never
    paths = tuple(paths)
    if any(is_export(path) for path in paths):
        return _bring_back(project, paths, progress, stop)
    ensure_nights(project, progress=progress)
    files = files_at(paths)
    tally = _Tally()
    with project.read() as connection:
        known = _known(connection)
    cache = project.folder / "cache"
    try:
        cache.mkdir(exist_ok=True)
        with tempfile.TemporaryFile(dir=cache) as file:
            count = _parse_all(files, file, tally, known=known, mapping=mapping, say=say, stop=stop)
            file.flush()
            return _store_all(project, spool.taken(file, count), tally, say, stop)
    except OSError as error:
        why = error.strerror or error
        raise ProjectError(f"What was read cannot be kept in {cache} meanwhile: {why}. Nothing was imported.") from error


def store_parsed(project: Project, files: Iterable[ParsedFile], *, progress: Progress | None = None) -> ImportReport:
    """Store what is in memory already as if it came from files; otherwise like `import_paths`."""
    return _store_all(project, iter(files), _Tally(), progress if progress is not None else silent, never)


def _store_all(project: Project, files: Iterator[ParsedFile], tally: _Tally, say: Progress, stop: Cancelled) -> ImportReport:
    if stop():
        return ImportReport(cancelled=True)
    try:
        with project.write() as connection:
            _store(connection, files, tally, say, stop)
    except _CancelledError:
        return ImportReport(cancelled=True)
    days = ensure_nights(project, progress=say)
    say(1, 1, "done")
    return tally.report(int(days.size))


def _bring_back(project: Project, paths: tuple[Path | str, ...], progress: Progress | None, stop: Cancelled) -> ImportReport:
    if len(paths) > 1:
        raise ProjectError("An exported project is imported alone, without other files; nothing was imported.")
    days = import_export(project, paths[0], progress=progress, cancelled=stop)
    with project.read() as connection:
        table = schema.imported_file.c
        rows = connection.execute(select(table.name, table.format, table.readings).order_by(table.id)).all()
        codes = network_of(connection).codes
    files = tuple(ImportedFile(row.name, row.format, (), row.readings, None, None) for row in rows)
    return ImportReport(imported=files, stations_added=codes, days_changed=days)


def _parse_all(
    files: tuple[tuple[str, str], ...],
    file: IO[bytes],
    tally: _Tally,
    *,
    known: frozenset[str],
    mapping: TableMapping | None,
    say: Progress,
    stop: Cancelled,
) -> int:
    """Parse every file; what is to be stored goes to `file`, so that memory does not grow with the season."""
    count = 0
    say(0, len(files), "reading files")
    for done, outcomes in parse_files(files, known=known, mapping=mapping, cancelled=stop):
        for outcome in outcomes:
            if isinstance(outcome, ParsedFile):
                spool.put(file, outcome)
                count += 1
            elif isinstance(outcome, KnownFile):
                tally.unchanged.append(outcome.name)
            else:
                tally.skipped.append(outcome)
        say(done, len(files), files[done - 1][0])
    return count


def _known(connection: Connection) -> frozenset[str]:
    table = schema.imported_file.c
    return frozenset(connection.scalars(select(table.sha256).where(table.replaced_by.is_(None))))


def _store(connection: Connection, files: Iterator[ParsedFile], tally: _Tally, say: Progress, stop: Cancelled) -> None:
    """Store all parsed files, and which night means they make stale."""
    known = set(_known(connection))
    writer = _Writer(connection)
    stations: set[str] = set()
    lists: list[ParsedFile] = []
    for number, parsed in enumerate(files):
        if number % 100 == 0:
            say(number, 0, "storing")
            if stop():
                raise _CancelledError
        if parsed.sha256 in known:
            tally.unchanged.append(parsed.name)
            continue
        known.add(parsed.sha256)
        if parsed.format == "stations":
            lists.append(parsed)
        else:
            _store_file(connection, parsed, tally, stations, writer)
    for parsed in lists:
        _store_list(connection, parsed, tally, stations, writer)
    writer.flush()
    if stop():
        raise _CancelledError
    mark_stale(connection, tally.touched)
    if tally.touched or tally.stations_added:
        raise_revision(connection)
    _name_unlocated(connection, stations, tally)


def _store_file(connection: Connection, parsed: ParsedFile, tally: _Tally, seen: set[str], writer: _Writer) -> None:
    _store_stations(connection, parsed, tally, seen)
    if not parsed.blocks and parsed.kp is None:
        tally.skipped.append(SkippedFile(parsed.name, " ".join(parsed.notes) or "It holds no readings."))
        return
    tally.notes.update(dict.fromkeys(f"{parsed.name}: {note}" for note in parsed.notes))
    if parsed.kp is not None:
        fresh = put_kp(connection, parsed.kp)
        tally.notes[f"{parsed.name}: Kp of {fresh} three-hour intervals is new or changed."] = None
    tally.imported.append(writer.add(parsed, tally.touched))


def _store_stations(connection: Connection, parsed: ParsedFile, tally: _Tally, seen: set[str]) -> None:
    named = {station.code: station for station in parsed.stations}
    for code, station in named.items():
        new, note = merge_station(connection, station)
        if new:
            tally.stations_added.append(code)
        if note and code not in seen:
            tally.notes[f"{parsed.name}: {note}"] = None
        seen.add(code)


def _store_list(connection: Connection, parsed: ParsedFile, tally: _Tally, seen: set[str], writer: _Writer) -> None:
    """Take from a station list what concerns this project's stations; a list of a whole country adds none."""
    here = set(network_of(connection).codes)
    wanted = tuple(station for station in parsed.stations if station.code in here)
    left = len(parsed.stations) - len(wanted)
    if not wanted:
        reason = (
            f"None of the {left} stations that it lists has readings here; 'quakegui stations import' adds them all the same."
        )
        tally.skipped.append(SkippedFile(parsed.name, reason))
        return
    notes = parsed.notes
    if left:
        notes += (f"{left} of the stations that it lists have no readings here and were left out.",)
    tally.notes.update(dict.fromkeys(f"{parsed.name}: {note}" for note in notes))
    _store_stations(connection, replace(parsed, stations=wanted), tally, seen)
    tally.imported.append(writer.add(parsed, tally.touched))


def _name_unlocated(connection: Connection, seen: set[str], tally: _Tally) -> None:
    for station in network_of(connection).stations:
        if station.code in seen and not station.located:
            tally.notes[
                f"{station.code} has no usable coordinates: its readings are kept and it is left off the map; "
                f"'quakegui stations set PROJECT {station.code} --latitude ... --longitude ...' puts it there."
            ] = None


class _Writer:
    """Adds files and their blocks in batches, and takes out what they replace."""

    def __init__(self, connection: Connection) -> None:
        table = schema.imported_file.c
        self._connection = connection
        self._next = (connection.scalar(select(func.max(table.id))) or 0) + 1
        self._same_name: dict[str, list[int]] = {}
        for number, base in connection.execute(select(table.id, table.base)):
            self._same_name.setdefault(base, []).append(number)
        self._files: list[dict[str, object]] = []
        self._blocks: list[dict[str, object]] = []

    def add(self, parsed: ParsedFile, touched: dict[str, set[int]]) -> ImportedFile:
        """Add a file; `touched` gains the UTC days whose readings changed, by station."""
        number, self._next = self._next, self._next + 1
        self._files.append(
            {
                "id": number,
                "name": parsed.name,
                "base": parsed.base,
                "sha256": parsed.sha256,
                "format": parsed.format,
                "imported_ms": time.time_ns() // 1_000_000,
                "readings": sum(block.count for block in parsed.blocks),
                "notes": json.dumps(parsed.notes, ensure_ascii=False),
                "replaced_by": None,
            }
        )
        replaced = ""
        if parsed.base in self._same_name:
            self.flush()
            replaced = self._replace(parsed, number, touched)
        self._same_name.setdefault(parsed.base, []).append(number)
        for block in parsed.blocks:
            touched.setdefault(block.station, set()).add(block.utc_day)
            self._blocks.append(block_row(block, number))
        if len(self._files) + len(self._blocks) > _BATCH:
            self.flush()
        first, last = _span(parsed.blocks)
        stations = tuple(dict.fromkeys(block.station for block in parsed.blocks))
        return ImportedFile(
            parsed.name, parsed.format, stations, sum(block.count for block in parsed.blocks), first, last, replaced
        )

    def flush(self) -> None:
        """Write what has gathered."""
        if self._files:
            self._connection.execute(schema.imported_file.insert(), self._files)
        if self._blocks:
            self._connection.execute(schema.block.insert(), self._blocks)
        self._files, self._blocks = [], []

    def _replace(self, parsed: ParsedFile, number: int, touched: dict[str, set[int]]) -> str:
        """Take out the blocks of earlier files of the same name that the new one covers; returns the last one's name."""
        table = schema.block.c
        spans: dict[tuple[str, int], list[Block]] = {}
        for block in parsed.blocks:
            spans.setdefault((block.station, block.cadence_ms), []).append(block)
        gone: set[int] = set()
        for (code, cadence), blocks in spans.items():
            days = [block.utc_day for block in blocks]
            covered = (
                (table.station == code)
                & (table.cadence_ms == cadence)
                & table.utc_day.between(min(days), max(days))
                & (table.data_type <= max(block.data_type for block in blocks))
                & table.file.in_(self._same_name[parsed.base])
            )
            for file, day in self._connection.execute(select(table.file, table.utc_day).where(covered)):
                gone.add(file)
                touched.setdefault(code, set()).add(day)
            self._connection.execute(delete(schema.block).where(covered))
        if not gone:
            return ""
        old = schema.imported_file
        self._connection.execute(old.update().where(old.c.id.in_(gone)).values(replaced_by=number))
        return self._connection.scalar(select(old.c.name).where(old.c.id == max(gone))) or ""


def _span(blocks: tuple[Block, ...]) -> tuple[np.datetime64 | None, np.datetime64 | None]:
    if not blocks:
        return None, None
    early = min(blocks, key=lambda block: block.utc_day)
    late = max(blocks, key=lambda block: block.utc_day)
    first = early.utc_day * DAY_MS + int(unpack(early.times)[0])
    last = late.utc_day * DAY_MS + int(unpack(late.times)[-1])
    return np.datetime64(first, "ms"), np.datetime64(last, "ms")
