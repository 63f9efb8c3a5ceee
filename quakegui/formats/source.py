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
"""Bytes of the largest single file that is read, packed or not: a year of 1 s text is split into days by every publisher."""
LARGEST_ARCHIVE = 8 * 1024**3
"""Bytes that one archive may hold unpacked, nested ones included; they are read one by one, never all at once."""
MOST_MEMBERS = 100_000
"""Members that one archive may have, nested ones included."""
DEEPEST_NESTING = 3
"""How many archives may lie within each other."""
LONGEST_NAME = 1000
"""Characters of a file's or member's name with its folders."""
MOST_SHEETS = 64
"""Sheets of a workbook that are looked at; the others are named as unread."""
_MOST_ENTRIES = 10 * MOST_MEMBERS
"""Entries of a zip's directory, those of archives within it included, beyond which the directory itself is the bomb."""

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
"""What the libraries raise on damaged archives; a dictionary of 4 GB that LZMA is told to make is a MemoryError."""


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
        `siblings("kak.ack")` returns the bytes of the file of that name (whatever its case) in the same folder or archive,
        or None.
    modified_ms
        When the file was last modified, or the member of an archive by the archive's own word (in UTC where its packer wrote
        that too, else its wall clock taken as UTC); milliseconds since 1970 UTC, None where that is not known.
    kept
        What a reader found out about the bytes and would else find out again, by name.
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
    """Yield every file at `path`: the file itself, a folder's files in order of name, an archive's members.

    Gzip, bzip2, xz, tar and zip are recognised by their first bytes. Nothing is written to disk, so a member's path cannot
    leave the archive; members that try are refused all the same. Hidden files, and what macOS adds to archives, are left out.

    Parameters
    ----------
    path
        A file or a folder (searched through all its levels).
    on_problem
        Called with each file that cannot be opened; the rest goes on. Without it the first problem is raised.

    Raises
    ------
    FormatError
        If a file cannot be opened and `on_problem` is None, or nothing is at `path`.
    """
    root = Path(path)
    report = on_problem if on_problem is not None else _raise
    if root.is_dir():
        files = sorted(file for file in root.rglob("*") if _wanted(file.relative_to(root).parts) and file.is_file())
    else:
        files = [root]
    for file in files:
        # A name that is no text in this system's encoding is still a name; what could not be read of it is marked.
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
    """Return a file's bytes; raises FormatError if it is too large or cannot be opened."""
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
    """Return when a file was last modified, milliseconds since 1970 UTC; None where that is not known or cannot be true."""
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
            return None  # an unreadable neighbour is as good as none: the file itself says what it lacks
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
    """Whether a zip is a workbook, which is read as a table, or refused as one, and not unpacked."""
    if packed.is_opendocument(source.data):
        return True
    try:
        with zipfile.ZipFile(io.BytesIO(source.data)) as archive:
            return "[Content_Types].xml" in archive.NameToInfo
    except _UNPACKING_ERRORS:
        return False


def _head(source: Source) -> bytes:
    """Return the first bytes that come out of a compressed file."""
    with _opened(source) as stream:
        found = b""
        while len(found) < _TAR_BLOCK and (part := stream.read(_TAR_BLOCK - len(found))):
            found += part
        return found


@contextmanager
def _opened(source: Source) -> Iterator[IO[bytes]]:
    """Give what comes out of a compressed file as a stream; what libraries raise on a damaged one becomes a FormatError."""
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
    """A stream of a tar archive that ends with an error where it passes the bounds, members that are left out counted too."""

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
    """Give the members of a tar archive, compressed or not, in their own order, those left out that nobody wants."""
    if packed.compression(source.data):
        with _opened(source) as stream:
            yield _wanted_members(_Tape(stream, source))  # type: ignore[arg-type]  # tarfile reads, and no more
    else:
        yield _wanted_members(io.BytesIO(source.data))


def _wanted_members(stream: IO[bytes]) -> Iterator[packed.TapeMember]:
    return (member for member in packed.tape_members(stream) if _wanted(PurePosixPath(member.name).parts))


def _tar_members(source: Source, report: Callable[[FormatError], None], budget: _Budget) -> Iterator[Source]:
    """Yield a tape's files in its own order, one at a time; what was read before a damaged place is kept."""
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
    """Looks up neighbours in a tape: it is gone through once for each ending that is asked for."""

    source: Source
    found: dict[str, dict[str, bytes]] = field(default_factory=dict)

    def find(self, folder: PurePosixPath, wanted: str) -> bytes | None:
        """Return the bytes of the file of that name (whatever its case) in a folder of the archive, or None."""
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
                pass  # what lies before the damage is there; the damage is reported by the walk
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
    """Looks up neighbours in an archive; each is unpacked once, however many members ask for it."""

    source: Source
    infos: dict[str, zipfile.ZipInfo]
    budget: _Budget
    found: dict[str, bytes | None] = field(default_factory=dict)

    def find(self, folder: str, wanted: str) -> bytes | None:
        """Return the bytes of the file of that name (whatever its case) in a folder of the archive, or None."""
        sought = str(PurePosixPath(folder) / wanted).lower()
        if sought in self.infos and sought not in self.found:
            self.found[sought] = self._read(self.infos[sought])
        return self.found.get(sought)

    def _read(self, info: zipfile.ZipInfo) -> bytes | None:
        # A fresh handle on the bytes already in memory: the archive of the walk may be closed by the time this is asked.
        try:
            with zipfile.ZipFile(io.BytesIO(self.source.data)) as again:
                return _member(again, info, self.source, self.budget)
        except (FormatError, *_UNPACKING_ERRORS):
            return None  # a damaged neighbour is as good as none, and is reported when its own turn comes


def _bounded(stream: IO[bytes], packed: int, budget: _Budget, name: str) -> bytes:
    """Return all of `stream`, stopping as soon as a limit is passed whatever size the archive claims."""
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
