"""Preview of the selected files before they are imported. Runs in a job, without widgets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import numpy as np

from quakegui import formats
from quakegui.formats import FormatError, Hints, Preview, ReadingsFile, Source, TableMapping
from quakegui.formats.hints import SavedMapping, kept_mapping
from quakegui.progress import CancelCheck, ProgressCallback
from quakegui.project.parsing import files_at
from quakegui.ui.i18n import tr, worded
from quakegui.words import Said, joined

MOST_SOURCES: Final = 200
"""Maximum number of files and members of archives in the preview; the import reads all of them."""
MOST_ROWS: Final = 12
TABLE_ENDINGS: Final = (".csv", ".txt", ".tsv", ".dat", ".tab", ".xlsx")
"""Endings of possible tables of readings that were not recognised by content."""

EARTHQUAKES: Final = Said("The file contains earthquakes; import it with “Earthquake catalogue”.")
NOT_PLAIN: Final = Said("The time and total-intensity columns could not be identified; specify them below.")
NO_READINGS: Final = Said("The file contains no readings.")
NOT_THERE: Final = Said("The file has changed since it was selected.")


@dataclass(frozen=True, slots=True)
class FilePreview:
    """One file, or one member of an archive.

    Attributes
    ----------
    path
        The file on disk, or that of the archive.
    name
        Its name in the import.
    kind
        "readings", "kp", "stations", "events", "table" (to be mapped by the analyst) or "" if unknown.
    format
        Name of the format, or "".
    stations
        Station codes.
    count
        Number of readings, Kp intervals, earthquakes or stations.
    first, last
        UTC timestamps, datetime64[ms], or None.
    cadences_s
        Sampling intervals in seconds, unique.
    data_types
        Names of `DataType`, unique.
    notes
        Sentences of the reader.
    reason
        Why it will be skipped, or "".
    table
        The first rows of a table.
    guess
        The presumed mapping of a table.
    """

    path: Path
    name: str
    kind: str = ""
    format: str = ""
    stations: tuple[str, ...] = ()
    count: int = 0
    first: np.datetime64 | None = None
    last: np.datetime64 | None = None
    cadences_s: tuple[float, ...] = ()
    data_types: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    reason: str = ""
    table: Preview | None = field(default=None, repr=False)
    guess: TableMapping | None = None

    @property
    def key(self) -> tuple[Path, str]:
        """Identification: files in several folders, or members of one archive, may have the same name."""
        return self.path, self.name


@dataclass(frozen=True, slots=True)
class Previews:
    """The files in the preview, and the number of further files on disk."""

    files: tuple[FilePreview, ...]
    unseen: int


def look_at(
    paths: Sequence[Path],
    *,
    progress: ProgressCallback,
    cancelled: CancelCheck,
    mappings: tuple[SavedMapping, ...] = (),
) -> Previews:
    """Preview files, folders and archives; an unreadable file has a reason. `mappings` are those of the project."""
    files = files_at(paths)
    found: list[FilePreview] = []
    for done, (path, prefix) in enumerate(files):
        if cancelled() or len(found) >= MOST_SOURCES:
            return Previews(tuple(found), len(files) - done)
        progress(done, min(len(files), MOST_SOURCES), prefix + Path(path).name)
        found += _look_into(Path(path), prefix, MOST_SOURCES - len(found), mappings)
    return Previews(tuple(found), 0)


def look_again(preview: FilePreview, words: TableMapping | Hints) -> FilePreview:
    """Preview a file again with a mapping or hints."""
    try:
        return _readings(replace(preview, reason="", notes=()), _source(preview), words)
    except FormatError as error:
        return replace(preview, reason=_sentence(error))


def look_at_sheet(preview: FilePreview, sheet: str, skip_lines: int | None = None) -> FilePreview:
    """Preview another sheet of a workbook, or a table below other lines, with its presumed mapping."""
    try:
        source = _source(preview)
        rows = formats.preview(source, sheet=sheet, rows=MOST_ROWS, skip=skip_lines)
        found = formats.guess_table(source, Hints(skip_lines=skip_lines), sheet_name=sheet)
    except FormatError as error:
        return replace(preview, reason=_sentence(error))
    return replace(preview, table=rows, guess=None if found is None else found.mapping)


def _source(preview: FilePreview) -> Source:
    for source in formats.expand(preview.path):
        if preview.name.endswith(source.name):
            return source
    raise FormatError(NOT_THERE, file=preview.name)


def _look_into(path: Path, prefix: str, most: int, saved: tuple[SavedMapping, ...]) -> list[FilePreview]:
    found: list[FilePreview] = []

    def problem(error: FormatError) -> None:
        found.append(FilePreview(path, prefix + error.file, reason=error.sentence))

    for source in formats.expand(path, on_problem=problem):
        if len(found) >= most:
            break
        found.append(_look(path, replace(source, name=prefix + source.name), saved))
    return found


def _look(path: Path, source: Source, saved: tuple[SavedMapping, ...]) -> FilePreview:
    preview = FilePreview(path, source.name)
    try:
        preview = replace(preview, kind=formats.kind(source) or "", format=formats.detect(source) or "")
        if preview.kind == "events":
            return replace(preview, count=len(formats.read_events(source).events), reason=EARTHQUAKES)
        if preview.kind == "kp":
            index = formats.read_kp(source)
            return replace(preview, count=index.time.size, first=index.time.min(), last=index.time.max())
        if preview.kind == "stations":
            stations, notes = formats.read_stations(source)
            return replace(preview, stations=tuple(one.code for one in stations), count=len(stations), notes=notes)
        if preview.format == "table" or (not preview.kind and source.base.lower().endswith(TABLE_ENDINGS)):
            return _look_at_table(preview, source, saved)
        return _readings(preview, source, None)
    except FormatError as error:
        return replace(preview, reason=_sentence(error))


def _look_at_table(preview: FilePreview, source: Source, saved: tuple[SavedMapping, ...]) -> FilePreview:
    kept, guess = kept_mapping(source, saved), formats.guess_table(source)
    place = kept or TableMapping("wide", (), ())
    table = formats.preview(source, sheet=place.sheet, rows=MOST_ROWS, skip=place.skip_lines)
    mapping = kept or (guess.mapping if guess else None)
    preview = replace(preview, kind="table", format="table", table=table, guess=mapping)
    if kept is not None or (guess is not None and guess.is_sure):
        seen = _readings(preview, source, Hints(saved=saved))
        return seen if kept is None else replace(seen, guess=_of_station(kept, seen.stations))
    doubts = guess.doubts if guess is not None and guess.mapping is not None else ()
    return replace(preview, reason=NOT_PLAIN, notes=doubts)


def _of_station(kept: TableMapping, stations: tuple[str, ...]) -> TableMapping:
    """Return a saved mapping with the only station of another file in place of its own, empty if that file names none."""
    code = stations[0] if len(stations) == 1 else ""
    if kept.layout == "wide" and len(kept.columns) == 1:
        return replace(kept, columns=((code, kept.columns[0][1]),))
    return replace(kept, station=code) if kept.station else kept


def _readings(preview: FilePreview, source: Source, said: TableMapping | Hints | None) -> FilePreview:
    try:
        found: ReadingsFile = formats.read_readings(source, said)
    except FormatError as error:
        return replace(preview, reason=_sentence(error), stations=(), count=0, first=None, last=None)
    held = [one for one in found.readings if len(one)]
    return replace(
        preview,
        kind=preview.kind or "readings",
        format=found.format,
        stations=tuple(dict.fromkeys(one.station for one in held)),
        count=sum(len(one) for one in held),
        first=min((one.time[0] for one in held), default=None),
        last=max((one.time[-1] for one in held), default=None),
        cadences_s=tuple(sorted({one.cadence_s for one in held})),
        data_types=tuple(sorted({one.data_type.name for one in held})),
        notes=found.notes,
        reason="" if held else joined(" ", found.notes) or NO_READINGS,
    )


def _sentence(error: FormatError) -> str:
    if error.line is None:
        return error.sentence
    return tr("Line {line}: {sentence}").format(line=error.line, sentence=worded(error.sentence))
