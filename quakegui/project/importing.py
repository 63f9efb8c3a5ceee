"""Import of readings: all valid files of an import are stored or, if it is cancelled or fails, none of them.

The files are parsed first, outside any transaction, so that labels can be set meanwhile; then all are stored in one
transaction. The night means are updated afterwards.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

import numpy as np
from sqlalchemy import Connection, select

from quakegui.formats.errors import shown
from quakegui.progress import CancelCheck, ProgressCallback, StoppedError, never, silent
from quakegui.project import migrations, schema, spool
from quakegui.project.acts import READINGS, add_act, hidden_in_part, names_of_contents, next_act
from quakegui.project.exchange import import_export, is_export
from quakegui.project.filewriter import FileWriter
from quakegui.project.importreport import ImportedFile, ImportReport, Tally
from quakegui.project.kpindex import refresh_kp
from quakegui.project.live_rows import mark_stale
from quakegui.project.mappings import saved_mappings, with_saved_mappings
from quakegui.project.nights import ensure_nights, nights_after_change
from quakegui.project.overlaps import is_shared, overlaps_of
from quakegui.project.parsing import KnownContents, KnownFile, Manner, Manners, ParsedFile, SkippedFile, files_at, parse_files
from quakegui.project.reading_blocks import DAY_MS, Block, unpack
from quakegui.project.setting_rows import get_setting, network_of, raise_revision
from quakegui.project.stations import far_apart, refresh_stations
from quakegui.project.store import Project, ProjectError, default_author
from quakegui.words import Said, joined

_WITHOUT_READINGS = ("kp", "stations")
"""Formats whose files have no readings."""
MOST_NAMES = 20
"""Maximum number of files and stations that an act names individually."""


def import_paths(
    project: Project,
    paths: Iterable[Path | str],
    *,
    mapping: Manner | None = None,
    of_file: Mapping[tuple[str, str], Manner] | None = None,
    origin: str = "",
    author: str | None = None,
    progress: ProgressCallback = silent,
    cancelled: CancelCheck = never,
) -> ImportReport:
    """Import readings, station coordinates and Kp from files, folders and archives.

    A file replaces, slot by slot, only its own readings, and replaced readings are not deleted: the readings in force are
    derived from the properties of the files (`reading_blocks.merged`), so that importing the same files again, or in another
    order, has the same result. A file that cannot be read is skipped and named with a reason; a station without usable
    coordinates is imported, but not on the map, and named in the notes. The import is one act, which can be undone (`undoing`).
    The folder of an exported project fills an empty project.

    Parameters
    ----------
    project, paths
        The project, and files, folders and archives.
    mapping
        Column mapping of tables, or hints of the user (see `quakegui.formats`).
    of_file
        The same for single files or members of archives (see `parsing.Manners`), in place of `mapping`.
    origin
        Where the files come from, such as the address of a service with a slash at its end; put before their names.
    author
        The person who imports them; default the current user.
    progress
        Called with files done, files in all and a text.
    cancelled
        Called often; when it returns True, nothing of this import is stored.

    Raises
    ------
    ProjectError
        If the project cannot be written; nothing was changed.
    """
    if project.read_only:
        raise ProjectError(Said("The project {project_name} is read-only; nothing was imported.", project_name=project.name))
    given = tuple(paths)
    if any(is_export(path) for path in given):
        return _bring_back(project, given, progress, cancelled)
    ensure_nights(project, progress=progress)
    tally = Tally()
    with project.read() as connection:
        known = _known(connection)
    saved = saved_mappings(project)
    manners = Manners(
        with_saved_mappings(mapping, saved), {key: with_saved_mappings(said, saved) for key, said in (of_file or {}).items()}
    )
    cache = project.folder / "cache"
    try:
        cache.mkdir(exist_ok=True)
        with tempfile.TemporaryFile(dir=cache) as file:
            count = _parse_all(
                tuple((path, origin + prefix) for path, prefix in files_at(given)),
                file,
                tally,
                contents=known,
                manners=manners,
                progress=progress,
                cancelled=cancelled,
            )
            file.flush()
            return _store_all(project, spool.take(file, count), tally, author=author, progress=progress, cancelled=cancelled)
    except OSError as error:
        why = error.strerror or error
        raise ProjectError(
            Said("The data cannot be buffered in {cache}: {why}. Nothing was imported.", cache=cache, why=why)
        ) from error


def store_files(project: Project, files: Iterable[ParsedFile]) -> ImportReport:
    """Store files that were parsed in memory; otherwise like `import_paths`.

    Parameters
    ----------
    project
        Open project; must be writable.
    files
        Iterated once, within the transaction that stores them in the name of the current user.

    Raises
    ------
    ProjectError
        If the project cannot be written; nothing was changed.
    """
    return _store_all(project, iter(files), Tally(), author=None, progress=silent, cancelled=never)


def _store_all(
    project: Project,
    files: Iterator[ParsedFile],
    tally: Tally,
    *,
    author: str | None,
    progress: ProgressCallback,
    cancelled: CancelCheck,
) -> ImportReport:
    if cancelled():
        return ImportReport(cancelled=True)
    try:
        with project.write() as connection:
            writer = FileWriter(connection)
            _store_files(files, tally, writer, progress, cancelled)
            _settle(connection, writer, tally, author or default_author(project))
    except StoppedError:
        return ImportReport(cancelled=True)
    days = nights_after_change(project, progress=progress)
    progress(1, 1, Said("done"))
    return tally.report(int(days.size))


def _bring_back(
    project: Project, paths: tuple[Path | str, ...], progress: ProgressCallback, cancelled: CancelCheck
) -> ImportReport:
    if len(paths) > 1:
        raise ProjectError(Said("Import an exported project on its own, without other files; nothing was imported."))
    days = import_export(project, paths[0], progress=progress, cancelled=cancelled)
    with project.read() as connection:
        table = schema.imported_file.c
        rows = connection.execute(select(table.name, table.format, table.readings).order_by(table.id)).all()
        codes = network_of(connection).codes
    files = tuple(ImportedFile(row.name, row.format, (), row.readings, None, None) for row in rows)
    return ImportReport(imported=files, stations_added=codes, days_changed=days)


def _parse_all(
    files: tuple[tuple[str, str], ...],
    file: IO[bytes],
    tally: Tally,
    *,
    contents: KnownContents,
    manners: Manners,
    progress: ProgressCallback,
    cancelled: CancelCheck,
) -> int:
    """Parse every file; the results are spooled to `file`, so that memory does not grow with the season."""
    count = 0
    progress(0, len(files), Said("reading files"))
    for done, outcomes in parse_files(files, contents=contents, manners=manners, cancelled=cancelled):
        for outcome in outcomes:
            if isinstance(outcome, ParsedFile):
                spool.put(file, outcome)
                count += 1
            elif isinstance(outcome, KnownFile):
                tally.unchanged.append(outcome.name)
                tally.known_files.append(outcome)
            else:
                tally.skipped.append(outcome)
        progress(done, len(files), files[done - 1][0])
    return count


def _known(connection: Connection) -> KnownContents:
    """Return the contents that are entirely in force, and their names.

    Tables, Kp and station lists imported before version 3 are read again, because less of them was stored then; files without
    readings are read again to repeat the reason.
    """
    table = schema.imported_file.c
    former = int(get_setting(connection, migrations.FORMER_FILES) or 0)
    left_out = hidden_in_part(connection) | set(connection.scalars(select(table.id).where(table.replaced_by.is_not(None))))
    names = names_of_contents(connection)
    known: dict[str, set[str]] = {}
    for row in connection.execute(select(table.id, table.sha256, table.format, table.readings)):
        if row.id <= former:
            again = row.format in ("table", *_WITHOUT_READINGS)
        else:
            again = not row.readings and row.format not in _WITHOUT_READINGS
        if row.id not in left_out and not again:
            known.setdefault(row.sha256, set()).update(names.get(row.id, ()))
    return {sha256: frozenset(found) for sha256, found in known.items()}


def _store_files(
    files: Iterator[ParsedFile], tally: Tally, writer: FileWriter, progress: ProgressCallback, cancelled: CancelCheck
) -> None:
    """Store all parsed files, lists of stations last."""
    lists: list[ParsedFile] = []
    for number, parsed in enumerate(files):
        if number % 100 == 0:
            progress(number, 0, Said("saving"))
            if cancelled():
                raise StoppedError
        if parsed.format == "stations":
            lists.append(parsed)
        else:
            _store_file(parsed, tally, writer)
    for parsed in lists:
        _store_file(parsed, tally, writer)
    for known in tally.known_files:
        writer.see(known)
    writer.flush()
    if cancelled():
        raise StoppedError


def _settle(connection: Connection, writer: FileWriter, tally: Tally, author: str) -> None:
    """Record the act, derive its consequences, and mark stale night means."""
    if writer.tells:
        writer.record_act(next_act(connection))  # before counting: only content in force is counted
        _count(connection, tally)
        add_act(connection, READINGS, author, summary=_summary(tally, tuple(writer.copies.values())))
        _note_earlier_copies(connection, writer, tally)
    tally.stations_added += refresh_stations(connection, writer.stations)[0]
    if writer.kp_touched:
        fresh = refresh_kp(connection)
        tally.notes |= {
            Said("{name}: Kp values of {fresh} three-hour intervals are new or changed.", name=name, fresh=fresh): None
            for name in writer.with_kp
        }
    mark_stale(connection, writer.touched)
    if writer.touched or tally.stations_added:
        raise_revision(connection)
    _note_places(connection, writer, tally)


def _store_file(parsed: ParsedFile, tally: Tally, writer: FileWriter) -> None:
    number = writer.add(parsed)
    if not parsed.blocks and parsed.format not in _WITHOUT_READINGS:
        tally.skipped.append(SkippedFile(parsed.name, joined(" ", parsed.notes) or Said("The file contains no readings.")))
        tally.empty += [parsed.name] if number is not None else []
        return
    if number is None:
        tally.unchanged.append(parsed.name)
        return
    tally.notes.update(
        dict.fromkeys(Said("{parsed_name}: {note}", parsed_name=parsed.name, note=note) for note in parsed.notes)
    )
    first, last = _span(parsed.blocks)
    stations = tuple(dict.fromkeys(block.station for block in parsed.blocks))
    tally.kp_intervals += parsed.kp.time.size if parsed.kp is not None else 0
    tally.numbers.append(number)
    tally.imported.append(ImportedFile(parsed.name, parsed.format, stations, parsed.readings, first, last))


def _count(connection: Connection, tally: Tally) -> None:
    """Count the readings that the files of this import overwrite, and those of them that are not used."""
    overlaps = overlaps_of(connection, tally.numbers)
    for at, file in enumerate(tally.numbers):
        found = overlaps.get(file)
        if found is None:
            continue
        one = replace(
            tally.imported[at], **{name: getattr(found, name) for name in ("overwritten", "unused", "withdrawn", "remainder")}
        )
        tally.imported[at] = one
        tally.notes |= {Said("{file}: {note}", file=one.file, note=note): None for note in found.sentences}


def _note_earlier_copies(connection: Connection, writer: FileWriter, tally: Tally) -> None:
    """Add a note on earlier copies if they may matter: if another file has readings of the same days."""
    for number, name in writer.earlier_copies.items():
        if number not in writer.act_files and is_shared(connection, number):
            tally.notes[
                Said(
                    "{name}: This copy of a known file was modified earlier than the copy known so far. Where other "
                    "files have different values for the same times, those values may now be used.",
                    name=name,
                )
            ] = None


def _summary(tally: Tally, copies: tuple[str, ...]) -> dict[str, Any]:
    """Return the summary of an import for its act; `copies` are the names of copies of known files."""
    names = (*(one.file for one in tally.imported), *tally.empty, *copies)
    firsts = [one.first for one in tally.imported if one.first is not None]
    lasts = [one.last for one in tally.imported if one.last is not None]
    return {
        "files": len(names),
        "names": [shown(name, 200) for name in names[:MOST_NAMES]],
        "stations": sorted({code for one in tally.imported for code in one.stations})[:MOST_NAMES],
        "readings": sum(one.readings for one in tally.imported),
        "kp_intervals": tally.kp_intervals,
        "overwritten": sum(one.overwritten for one in tally.imported),
        "first": str(min(firsts)) if firsts else None,
        "last": str(max(lasts)) if lasts else None,
    }


def _note_places(connection: Connection, writer: FileWriter, tally: Tally) -> None:
    """Add notes on stations whose coordinates in a file differ from those in the project, and on those without coordinates."""
    here = {station.code: station for station in network_of(connection).stations}
    told: set[str] = set()
    for name, station in writer.named:
        known = here.get(station.code)
        if known is not None and station.code not in told and far_apart(known, station):
            told.add(station.code)
            tally.notes[
                Said(
                    "{name}: {code}: this file gives the coordinates {latitude:.3f}, {longitude:.3f}; the project "
                    "keeps {latitude2:.3f}, {longitude2:.3f}. Change them with 'quakegui stations set'.",
                    name=name,
                    code=station.code,
                    latitude=station.latitude,
                    longitude=station.longitude,
                    latitude2=known.latitude,
                    longitude2=known.longitude,
                )
            ] = None
    for code in writer.stations:
        if code in here and not here[code].located:
            tally.notes[
                Said(
                    "{code} has no usable coordinates: its readings are kept but it is not shown on the map; set "
                    "them with 'quakegui stations set PROJECT {code} --latitude ... --longitude ...'.",
                    code=code,
                )
            ] = None
    for name, codes in writer.listed.items():
        left = len([code for code in codes if code not in here])
        if left:
            tally.notes[
                Said(
                    "{name}: stations in the list without readings here: {left}. They appear once their readings are imported, "
                    "or after 'quakegui stations import'.",
                    name=name,
                    left=left,
                )
            ] = None


def _span(blocks: tuple[Block, ...]) -> tuple[np.datetime64 | None, np.datetime64 | None]:
    if not blocks:
        return None, None
    early = min(blocks, key=lambda block: block.utc_day)
    late = max(blocks, key=lambda block: block.utc_day)
    first = early.utc_day * DAY_MS + int(unpack(early.times)[0])
    last = late.utc_day * DAY_MS + int(unpack(late.times)[-1])
    return np.datetime64(first, "ms"), np.datetime64(last, "ms")
