"""Parsing of files into packed blocks, on several processors if that is faster. Nothing here accesses a project.

Many files are parsed in separate processes, which return the packed blocks; these are small.
"""

from __future__ import annotations

import hashlib
import os
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

import numpy as np

from quakegui import formats
from quakegui.apart import processes
from quakegui.formats import kp
from quakegui.formats.archives import expand
from quakegui.formats.columns import TableMapping
from quakegui.formats.errors import FormatError, one_error
from quakegui.formats.hints import Hints, hints_of
from quakegui.formats.source import Source
from quakegui.progress import CancelCheck
from quakegui.project.exchange.layout import MANIFEST, READING_COLUMNS, is_export, is_manifest
from quakegui.project.reading_blocks import Block, blocks_of
from quakegui.season.kp import Kp
from quakegui.season.network import Station
from quakegui.words import Said

FEW_FILES = 300
"""Number of files up to which one process is faster than several."""
FEW_BYTES = 60 * 1024**2
CHUNK = 24
"""Number of files that a process parses at a time, small enough for frequent progress and cancelling."""


@dataclass(frozen=True, slots=True)
class ParsedFile:
    """The content of one file, ready to be stored.

    Attributes
    ----------
    name, base
        Its name in messages, and without its folder.
    sha256
        Fingerprint of its bytes and of the mapping.
    format
        Its format.
    blocks, stations, kp, notes
        The readings and its other content.
    issued_ms, modified_ms
        Date of issue stated in the file, and modification time, in milliseconds since 1970 UTC; None if unknown.
    """

    name: str
    base: str
    sha256: str
    format: str
    blocks: tuple[Block, ...] = ()
    stations: tuple[Station, ...] = ()
    kp: Kp | None = None
    notes: tuple[str, ...] = ()
    issued_ms: int | None = None
    modified_ms: int | None = None

    @property
    def codes(self) -> frozenset[str]:
        """Codes of the stations with readings."""
        return frozenset(block.station for block in self.blocks)

    @property
    def readings(self) -> int:
        """Number of readings."""
        return sum(block.count for block in self.blocks)


@dataclass(frozen=True, slots=True)
class KnownFile:
    """A file whose content is already in the project: its names, fingerprint and modification time (see `ParsedFile`)."""

    name: str
    base: str
    sha256: str
    modified_ms: int | None


@dataclass(frozen=True, slots=True)
class SkippedFile:
    """A file, or a whole exported project, that was skipped.

    Attributes
    ----------
    file, reason
        Its name and one sentence.
    """

    file: str
    reason: str


KnownContents = Mapping[str, frozenset[str]]
"""Fingerprints of the contents in the project, and their names (without folders): under another name, a content may be
another station's.
"""

Manner = TableMapping | Hints
"""Column mapping of tables, or hints of the user."""


@dataclass(frozen=True, slots=True)
class Manners:
    """How to read each file, if they differ.

    Attributes
    ----------
    others
        Mapping or hints for all files without their own.
    of_file
        Mapping or hints of single files: by path on disk, and name in messages or of the member of the archive.
    """

    others: Manner | None = None
    of_file: Mapping[tuple[str, str], Manner] = field(default_factory=dict)

    def of(self, path: str, name: str) -> Manner | None:
        """Return mapping or hints of a file or of a member of an archive, `others` if it has none of its own.

        Parameters
        ----------
        path
            Path on disk, of the file or of the archive.
        name
            Name of the file in messages, or of the member.
        """
        return self.of_file.get((path, name), self.others)


NOTHING_SAID = Manners()

_told: tuple[KnownContents, Manners] = {}, NOTHING_SAID
"""In a helper process: the contents of the project, and how to read files."""

Outcome = ParsedFile | KnownFile | SkippedFile


def files_at(paths: Iterable[Path | str]) -> tuple[tuple[str, str], ...]:
    """Return every file at `paths` (folders recursively), each with the folder name to put before its name in messages.

    For an exported project among them, only its manifest is returned: its tables are not readings to be guessed at.
    """
    found: list[tuple[str, str]] = []
    for given in paths:
        root = Path(given)
        if not root.is_dir():
            found.append((str(root), ""))
            continue
        files = sorted(root.rglob("*"))
        exports = {file.parent for file in files if file.name == MANIFEST and is_export(file.parent)}
        for file in files:
            parts = file.relative_to(root).parts
            if file.name != MANIFEST and not exports.isdisjoint(file.parents):
                continue
            if file.is_file() and not any(part.startswith(".") or part == "__MACOSX" for part in parts):
                found.append((str(file), "/".join((root.name, *parts[:-1])) + "/"))
    return tuple(found)


def parse_files(
    files: tuple[tuple[str, str], ...], *, contents: KnownContents, manners: Manners, cancelled: CancelCheck
) -> Iterator[tuple[int, list[Outcome]]]:
    """Yield, in order, the number of files done and the results of the latest of them; stops when `cancelled` returns True.

    Parameters
    ----------
    files
        Files from `files_at`.
    contents
        Contents of the project; such files are not parsed again.
    manners
        How to read the files.
    cancelled
        Called often.
    """
    chunks = [files[at : at + CHUNK] for at in range(0, len(files), CHUNK)]
    workers = _workers(files)
    done = 0
    if workers > 1:
        try:
            for outcomes in _in_processes(chunks, contents, manners, workers, cancelled):
                done += len(chunks[done // CHUNK])
                yield done, outcomes
            return
        except (BrokenProcessPool, OSError, PermissionError):
            # If processes cannot start or run out of memory, this process continues where they stopped.
            pass
    for file in files[done:]:
        if cancelled():
            return
        done += 1
        yield done, parse_chunk((file,), contents, manners)


def parse_chunk(files: Iterable[tuple[str, str]], contents: KnownContents, manners: Manners) -> list[Outcome]:
    """Return the results of each file, or of each member of an archive; what cannot be read is skipped with a reason.

    Parameters
    ----------
    files
        Files from `files_at`.
    contents
        Contents of the project; such files are not parsed again.
    manners
        How to read the files.
    """
    outcomes: list[Outcome] = []
    for path, prefix in files:

        def report(error: FormatError, prefix: str = prefix) -> None:
            outcomes.append(_skipped(FormatError(error.sentence, file=prefix + error.file, line=error.line)))

        sources = (replace(source, name=prefix + source.name) for source in expand(path, on_problem=report))
        try:
            with one_error(Path(path).name):
                outcomes.extend(_parse_sources(path, sources, contents, manners))
        except FormatError as error:
            report(error)
    return outcomes


def _parse_sources(path: str, sources: Iterable[Source], contents: KnownContents, manners: Manners) -> list[Outcome]:
    """Return the results of a file, or of the members of an archive; exported projects in it are only reported."""
    found: list[tuple[str, Outcome]] = []
    exports: list[str] = []
    for source in sources:
        if is_manifest(source.base, source.data):
            exports.append(source.name.removesuffix(MANIFEST))
        found.append((source.name, parse_source(source, contents, manners.of(path, source.name))))
    if not exports:
        return [outcome for _, outcome in found]
    others = [outcome for name, outcome in found if not name.startswith(tuple(exports))]
    why = Said(
        "This is an exported project: unpack it and import the folder that contains {manifest} separately.", manifest=MANIFEST
    )
    return [*others, *(SkippedFile(folder.rstrip("/"), why) for folder in exports)]


def parse_source(source: Source, contents: KnownContents, mapping: Manner | None) -> Outcome:
    """Return the result of one file; a file that cannot be read is skipped with a reason, and no error is raised.

    Parameters
    ----------
    source
        The file, or a member of an archive.
    contents
        Contents of the project; such a file is not parsed again.
    mapping
        How to read it; None if nothing is known.
    """
    sha256 = fingerprint(source.data, mapping)
    if source.base in contents.get(sha256, ()):
        return KnownFile(source.name, source.base, sha256, source.modified_ms)
    try:
        with one_error(source.name):
            return _parse(source, sha256, mapping)
    except FormatError as error:
        return _skipped(error)


def fingerprint(data: bytes, mapping: Manner | None) -> str:
    """Return a hash of the bytes and of how they were read.

    Parameters
    ----------
    data
        The bytes, unpacked.
    mapping
        How they were read; None and empty hints give the plain SHA-256.
    """
    found = hashlib.sha256(data)
    if mapping is not None:
        found.update(mapping.to_json().encode())  # empty hints add nothing
    return found.hexdigest()


def _parse(source: Source, sha256: str, mapping: Manner | None) -> Outcome:
    if source.data.startswith(",".join(READING_COLUMNS).encode()):
        raise source.fault(
            "This file is part of an exported project: import the folder that contains {manifest}.", manifest=MANIFEST
        )
    kind = formats.kind(source) if hints_of(mapping).mapping is None else "readings"
    if kind == "events":
        return SkippedFile(source.name, Said("The file contains earthquakes; import it with 'quakegui events import'."))
    parsed = ParsedFile(source.name, source.base, sha256, kind or "", modified_ms=source.modified_ms)
    if kind == "kp":
        return replace(parsed, kp=formats.read_kp(source), notes=kp.unread(source))
    if kind == "stations":
        stations, notes = formats.read_stations(source)
        return replace(parsed, stations=stations, notes=notes)
    found = formats.read_readings(source, mapping)
    blocks = tuple(block for readings in found.readings for block in blocks_of(readings))
    issued_ms = None if found.issued is None else int(found.issued.astype("datetime64[ms]").astype(np.int64))
    parsed = replace(parsed, name=found.name, format=found.format, blocks=blocks, issued_ms=issued_ms)
    return replace(parsed, stations=found.stations, notes=found.notes)


def _skipped(error: FormatError) -> SkippedFile:
    place = "" if error.line is None else f"Line {error.line}: "
    return SkippedFile(error.file, place + error.sentence)


def _workers(files: tuple[tuple[str, str], ...]) -> int:
    size = sum(os.stat(path).st_size for path, _ in files if os.path.exists(path))  # noqa: PTH110, PTH116
    if len(files) <= FEW_FILES and size <= FEW_BYTES:
        return 1
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(processors, 8, len(files))


def _in_processes(
    chunks: list[tuple[tuple[str, str], ...]],
    contents: KnownContents,
    manners: Manners,
    workers: int,
    cancelled: CancelCheck,
) -> Iterator[list[Outcome]]:
    left = iter(chunks)
    pool = processes(workers, _begin_helper, contents, manners)
    try:
        ahead = deque(pool.submit(_helpers_chunk, chunk) for chunk in islice(left, 3 * workers))
        while ahead and not cancelled():
            yield ahead.popleft().result()
            ahead.extend(pool.submit(_helpers_chunk, chunk) for chunk in islice(left, 1))
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _begin_helper(contents: KnownContents, manners: Manners) -> None:
    global _told  # noqa: PLW0603 - what a helper is told once, not with every chunk
    _told = contents, manners


def _helpers_chunk(files: tuple[tuple[str, str], ...]) -> list[Outcome]:
    return parse_chunk(files, *_told)
