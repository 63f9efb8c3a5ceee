"""Bytes with a name: files, folders and archives, opened without trusting them."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO, Any

from quakegui.formats import packed
from quakegui.formats.encodings import decode
from quakegui.formats.errors import FormatError, shown
from quakegui.strangers import HIGHEST_RATIO, SMALL
from quakegui.words import Said

__all__ = ["Source", "decode", "expand", "modified", "read_file"]

LARGEST_FILE = 512 * 1024**2
"""Maximum size of a single file in bytes, packed or not: every publisher splits a year of 1 s text into days."""
LARGEST_ARCHIVE = 8 * 1024**3
"""Maximum unpacked size of one archive in bytes, including nested ones; members are read one by one, never all at once."""
MOST_MEMBERS = 100_000
"""Maximum number of members of one archive, including nested ones."""
DEEPEST_NESTING = 3
"""Maximum depth of nested archives."""
LONGEST_NAME = 1000
"""Maximum length of the name of a file or member with its folders, in characters."""
MOST_SHEETS = 64
"""Maximum number of sheets of a workbook that are read; the others are named as unread."""
_MOST_ENTRIES = 10 * MOST_MEMBERS
"""Maximum number of directory entries of a zip, including nested archives; more of them are an attack by themselves."""

_TAR_BLOCK = 512
_LARGEST_SIBLING = 1024**2

_UNPACKING_ERRORS = (
    *packed.LIBRARY_ERRORS,
    zlib.error,
    zipfile.BadZipFile,
    NotImplementedError,
    RuntimeError,
    ValueError,
    LookupError,
    ArithmeticError,
    MemoryError,
    struct.error,
)
"""Exceptions of the libraries on damaged archives; LZMA raises MemoryError for a declared dictionary of 4 GB."""


def _no_siblings(name: str) -> bytes | None:
    return None


@dataclass(frozen=True, slots=True)
class Source:
    """The bytes of one file.

    Attributes
    ----------
    name
        File name for messages: the path as given, and for a member of an archive "archive.zip/member".
    data
        Its contents, unpacked.
    siblings
        `siblings("kak.ack")` returns the bytes of the file of that name (in any case) in the same folder or archive, or None.
    modified_ms
        When the file was last modified, in milliseconds since 1970 UTC, or None if unknown. For a member of an archive, the
        time in the archive: its UTC time if there is one, otherwise its local time taken as UTC.
    kept
        Cache by name of what readers found out about the bytes.
    """

    name: str
    data: bytes = field(repr=False)
    siblings: Callable[[str], bytes | None] = field(default=_no_siblings, repr=False, compare=False)
    modified_ms: int | None = field(default=None, compare=False)
    kept: dict[str, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def base(self) -> str:
        """The last part of the name."""
        return PurePosixPath(self.name.replace("\\", "/")).name


@dataclass(slots=True)
class _Budget:
    """What one archive may still unpack."""

    bytes_left: int = field(default_factory=lambda: LARGEST_ARCHIVE)
    members_left: int = field(default_factory=lambda: MOST_MEMBERS)


def expand(path: str | Path, *, on_problem: Callable[[FormatError], None] | None = None) -> Iterator[Source]:
    """Yield every file at `path`: the file itself, the files of a folder in order of name, or the members of an archive.

    Gzip, bzip2, xz, tar and zip are recognised by their first bytes. Nothing is written to disk, so the path of a member cannot
    leave the archive; members with such a path are rejected nevertheless. Hidden files and the additions of macOS are skipped.

    Parameters
    ----------
    path
        A file or a folder (searched recursively).
    on_problem
        Called for each file that cannot be opened; the others are still read. Without it, the first problem is raised.

    Raises
    ------
    FormatError
        If a file cannot be opened and `on_problem` is None, or if there is nothing at `path`.
    """
    root = Path(path)
    report = on_problem if on_problem is not None else _raise
    if root.is_dir():
        files = sorted(file for file in root.rglob("*") if _wanted(file.relative_to(root).parts) and file.is_file())
    else:
        files = [root]
    for file in files:
        # A name that cannot be decoded in the encoding of this system is still a name; its undecodable bytes are marked.
        name = shown(str(file.relative_to(root.parent)) if root.is_dir() else file.name, LONGEST_NAME)
        try:
            data = read_file(file, name)
        except FormatError as error:
            report(error)
            continue
        beside = _folder_siblings(file.parent)
        yield from _unpack(Source(name, data, beside, modified(file)), report, _Budget(), depth=0)


def _raise(error: FormatError) -> None:
    raise error


def _wanted(parts: tuple[str, ...]) -> bool:
    return not any((part.startswith(".") and part != "..") or part == "__MACOSX" for part in parts)


def read_file(file: Path, name: str) -> bytes:
    """Return the bytes of a file; raises FormatError if it is too large or cannot be opened."""
    try:
        found = file.stat()
        size = found.st_size
        if not stat.S_ISREG(found.st_mode):
            raise FormatError(Said("This is a device, a pipe or a folder, not a file; it was not read."), file=name)
        if size > LARGEST_FILE:
            raise FormatError(
                Said(
                    "The file has {size:,} bytes; the limit is {largest_file:,}.",
                    size=size,
                    largest_file=LARGEST_FILE,
                ),
                file=name,
            )
        return file.read_bytes()
    except OSError as error:
        raise FormatError(
            Said("The file cannot be opened: {strerror}.", strerror=error.strerror or error), file=name
        ) from error


def modified(file: Path) -> int | None:
    """Return when a file was last modified, in milliseconds since 1970 UTC; None if unknown or impossible."""
    try:
        found = file.stat().st_mtime_ns // 1_000_000
    except OSError:
        return None
    return found if 0 < found < packed.LAST_MODIFIED_MS else None


def _folder_siblings(folder: Path) -> Callable[[str], bytes | None]:
    def find(wanted: str) -> bytes | None:
        try:
            exact = folder / wanted
            if exact.is_file():
                return read_file(exact, wanted)
            for file in folder.iterdir():
                if file.name.lower() == wanted.lower() and file.is_file():
                    return read_file(file, wanted)
        except (OSError, FormatError):
            return None  # an unreadable sibling counts as missing: the reader of the file reports what it lacks
        return None

    return find


def _unpack(source: Source, report: Callable[[FormatError], None], budget: _Budget, depth: int) -> Iterator[Source]:
    is_packed = bool(packed.compression(source.data))
    is_zip = source.data[:4] == b"PK\x03\x04" and not _is_workbook(source)
    try:
        is_tar = packed.is_tar(_head(source) if is_packed else source.data)
    except FormatError as error:
        report(error)
        return
    if not (is_packed or is_tar or is_zip):
        yield source
    elif depth >= DEEPEST_NESTING:
        report(
            FormatError(
                Said("Archives are nested more than {deepest_nesting} levels deep.", deepest_nesting=DEEPEST_NESTING),
                file=source.name,
            )
        )
    elif is_packed and not is_tar:
        try:
            data = _decompressed(source, budget)
        except FormatError as error:
            report(error)
            return
        inner = Source(packed.without_ending(source.name), data, source.siblings, source.modified_ms)
        yield from _unpack(inner, report, budget, depth + 1)
    else:
        for member in _tar_members(source, report, budget) if is_tar else _members(source, report, budget):
            yield from _unpack(member, report, budget, depth + 1)


def _is_workbook(source: Source) -> bool:
    """Return whether a zip is a workbook, which is read or rejected as a table and not unpacked."""
    if packed.is_opendocument(source.data):
        return True
    try:
        with zipfile.ZipFile(io.BytesIO(source.data)) as archive:
            return "[Content_Types].xml" in archive.NameToInfo
    except _UNPACKING_ERRORS:
        return False


def _head(source: Source) -> bytes:
    """Return the first decompressed bytes of a file."""
    with _opened(source) as stream:
        found = b""
        while len(found) < _TAR_BLOCK and (part := stream.read(_TAR_BLOCK - len(found))):
            found += part
        return found


@contextmanager
def _opened(source: Source) -> Iterator[IO[bytes]]:
    """Yield the decompressed data of a file as a stream; exceptions of the libraries become FormatError."""
    try:
        with packed.decompress(source.data) as stream:
            yield stream
    except _UNPACKING_ERRORS as error:
        kind = packed.compression(source.data)
        raise FormatError(
            Said("The {kind} file is damaged or truncated ({error}).", kind=kind, error=error), file=source.name
        ) from error


def _decompressed(source: Source, budget: _Budget) -> bytes:
    with _opened(source) as stream:
        return _bounded(stream, len(source.data), budget, source.name)


@dataclass(slots=True)
class _Tape:
    """A stream of a tar archive that raises an error beyond the limits; skipped members count as well."""

    stream: IO[bytes]
    source: Source
    size: int = 0

    def read(self, size: int) -> bytes:
        """Return up to `size` bytes, none at the end."""
        part = self.stream.read(size)
        self.size += len(part)
        if self.size > LARGEST_ARCHIVE:
            raise FormatError(
                Said(
                    "The archive expands to more than {largest_archive:,} bytes; the rest was not read.",
                    largest_archive=LARGEST_ARCHIVE,
                ),
                file=self.source.name,
            )
        if self.size > SMALL and self.size > HIGHEST_RATIO * len(self.source.data):
            raise FormatError(
                Said(
                    "The file expands to more than {highest_ratio:.0f} times its size and was not read (possible zip bomb).",
                    highest_ratio=HIGHEST_RATIO,
                ),
                file=self.source.name,
            )
        return part


@contextmanager
def _tape(source: Source) -> Iterator[Iterator[packed.TapeMember]]:
    """Yield the members of a tar archive, compressed or not, in their own order, without the unwanted ones."""
    if packed.compression(source.data):
        with _opened(source) as stream:
            yield _wanted_members(_Tape(stream, source))  # type: ignore[arg-type]  # tarfile reads, and no more
    else:
        yield _wanted_members(io.BytesIO(source.data))


def _wanted_members(stream: IO[bytes]) -> Iterator[packed.TapeMember]:
    return (member for member in packed.tape_members(stream) if _wanted(PurePosixPath(member.name).parts))


def _tar_members(source: Source, report: Callable[[FormatError], None], budget: _Budget) -> Iterator[Source]:
    """Yield the files of a tar archive in their own order, one at a time; files before a damaged place are kept."""
    name = packed.without_ending(source.name) if packed.compression(source.data) else source.name
    beside = _TapeSiblings(source)
    try:
        with _tape(source) as members:
            for member in members:
                try:
                    data = _tape_member(member, name, source, budget)
                except FormatError as error:
                    report(error)
                    if budget.bytes_left <= 0 or budget.members_left <= 0:
                        break
                    continue
                siblings = partial(beside.find, PurePosixPath(member.name).parent)
                yield Source(shown(f"{name}/{member.name}", LONGEST_NAME), data, siblings, member.modified_ms)
    except FormatError as error:
        report(error)
    except _UNPACKING_ERRORS as error:
        report(FormatError(Said("The tar file is damaged or truncated ({error}).", error=error), file=name))


@dataclass(slots=True)
class _TapeSiblings:
    """Finds siblings in a tar archive, which is read once for each requested ending."""

    source: Source
    found: dict[str, dict[str, bytes]] = field(default_factory=dict)

    def find(self, folder: PurePosixPath, wanted: str) -> bytes | None:
        """Return the bytes of the file of that name (in any case) in a folder of the archive, or None."""
        ending = PurePosixPath(wanted).suffix.lower()
        if ending not in self.found:
            files = self.found[ending] = {}
            try:
                with _tape(self.source) as members:
                    for member in members:
                        name = member.name.lower()
                        if name.endswith(ending) and member.stream is not None and member.size <= _LARGEST_SIBLING:
                            files[name] = member.stream.read()
            except (FormatError, *_UNPACKING_ERRORS):
                pass  # the files before the damage are usable; the iteration over the archive reports the damage
        return self.found[ending].get(str(folder / wanted).lower())


def _tape_member(member: packed.TapeMember, archive: str, source: Source, budget: _Budget) -> bytes:
    name = f"{archive}/{member.name}"
    _refuse_way_out(PurePosixPath(member.name), name)
    if member.stream is None:
        raise FormatError(Said("The archive entry is a link, a device or a sparse file; it was skipped."), file=name)
    _count_member(source, budget)
    data = _bounded(member.stream, max(len(source.data), 1), budget, name)
    if len(data) < member.size:
        raise FormatError(
            Said(
                "The file in the archive is truncated: only {count:,} of its {member_size:,} bytes are present.",
                count=len(data),
                member_size=member.size,
            ),
            file=name,
        )
    return data


def _members(source: Source, report: Callable[[FormatError], None], budget: _Budget) -> Iterator[Source]:
    if source.data.count(b"PK\x01\x02") > _MOST_ENTRIES:
        report(
            FormatError(
                Said("The zip file lists more than {most_entries:,} files; it was not read.", most_entries=_MOST_ENTRIES),
                file=source.name,
            )
        )
        return
    try:
        archive = zipfile.ZipFile(io.BytesIO(source.data))
    except _UNPACKING_ERRORS as error:
        report(FormatError(Said("The zip file is damaged or truncated ({error}).", error=error), file=source.name))
        return
    with archive:
        infos = [info for info in archive.infolist() if info.filename and not info.is_dir()]
        infos = [info for info in infos if _wanted(PurePosixPath(info.filename.replace("\\", "/")).parts)]
        siblings = _ArchiveSiblings(source, {info.filename.lower(): info for info in infos}, budget)
        for info in sorted(infos, key=lambda info: info.filename):
            try:
                data = _member(archive, info, source, budget)
            except FormatError as error:
                report(error)
                if budget.bytes_left <= 0 or budget.members_left <= 0:
                    return
                continue
            name = shown(f"{source.name}/{info.filename}", LONGEST_NAME)
            yield Source(
                name, data, partial(siblings.find, str(PurePosixPath(info.filename).parent)), packed.zip_modified(info)
            )


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, source: Source, budget: _Budget) -> bytes:
    name = f"{source.name}/{info.filename}"
    path = PurePosixPath(info.filename.replace("\\", "/"))
    _refuse_way_out(path, name)
    if info.flag_bits & 0x1:
        raise FormatError(Said("A file in the archive is encrypted; unpack it with its password first."), file=name)
    _count_member(source, budget)
    try:
        with archive.open(info) as stream:
            return _bounded(stream, max(info.compress_size, 1), budget, name)
    except _UNPACKING_ERRORS as error:
        raise FormatError(Said("A file in the archive is damaged or truncated ({error}).", error=error), file=name) from error


def _refuse_way_out(path: PurePosixPath, name: str) -> None:
    if path.is_absolute() or ".." in path.parts or any(":" in part for part in path.parts[:1]):
        raise FormatError(Said("A file's path points outside the archive; the file was skipped."), file=name)


def _count_member(source: Source, budget: _Budget) -> None:
    budget.members_left -= 1
    if budget.members_left < 0:
        raise FormatError(
            Said("The archive has more than {most_members:,} files; the rest were not read.", most_members=MOST_MEMBERS),
            file=source.name,
        )


@dataclass(slots=True)
class _ArchiveSiblings:
    """Finds siblings in an archive; each is unpacked once, however many members request it."""

    source: Source
    infos: dict[str, zipfile.ZipInfo]
    budget: _Budget
    found: dict[str, bytes | None] = field(default_factory=dict)

    def find(self, folder: str, wanted: str) -> bytes | None:
        """Return the bytes of the file of that name (in any case) in a folder of the archive, or None."""
        sought = str(PurePosixPath(folder) / wanted).lower()
        if sought in self.infos and sought not in self.found:
            self.found[sought] = self._read(self.infos[sought])
        return self.found.get(sought)

    def _read(self, info: zipfile.ZipInfo) -> bytes | None:
        # A new handle on the bytes in memory: the archive of the iteration may be closed by now.
        try:
            with zipfile.ZipFile(io.BytesIO(self.source.data)) as again:
                return _member(again, info, self.source, self.budget)
        except (FormatError, *_UNPACKING_ERRORS):
            return None  # a damaged sibling counts as missing, and is reported when it is read itself


def _bounded(stream: IO[bytes], packed: int, budget: _Budget, name: str) -> bytes:
    """Return all of `stream`, but stop as soon as a limit is exceeded, whatever size the archive declares."""
    parts: list[bytes] = []
    size = 0
    while part := stream.read(1 << 20):
        parts.append(part)
        size += len(part)
        budget.bytes_left -= len(part)
        if size > LARGEST_FILE:
            raise FormatError(
                Said("The unpacked data exceed {largest_file:,} bytes and were not read.", largest_file=LARGEST_FILE),
                file=name,
            )
        if budget.bytes_left < 0:
            raise FormatError(
                Said(
                    "The archive expands to more than {largest_archive:,} bytes; the rest was not read.",
                    largest_archive=LARGEST_ARCHIVE,
                ),
                file=name,
            )
        if size > SMALL and size > HIGHEST_RATIO * packed:
            raise FormatError(
                Said(
                    "The file expands to more than {highest_ratio:.0f} times its size and was not read (possible zip bomb).",
                    highest_ratio=HIGHEST_RATIO,
                ),
                file=name,
            )
    return b"".join(parts)
