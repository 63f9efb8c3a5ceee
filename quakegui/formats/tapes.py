"""Compressed files, and the members of tar archives, read as streams that keep to the bounds."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import PurePosixPath
from typing import IO

from quakegui.formats import bounds, packed
from quakegui.formats.errors import FormatError, shown
from quakegui.formats.source import Source, is_wanted
from quakegui.words import Said

_TAR_BLOCK = 512
_LARGEST_SIBLING = 1024**2


def head(source: Source) -> bytes:
    """Return the first bytes that come out of a compressed file."""
    with _opened(source) as stream:
        found = b""
        while len(found) < _TAR_BLOCK and (part := stream.read(_TAR_BLOCK - len(found))):
            found += part
        return found


@contextmanager
def _opened(source: Source) -> Iterator[IO[bytes]]:
    """Open a compressed file as a stream; errors of libraries on a damaged file become a FormatError."""
    try:
        with packed.decompress(source.data) as stream:
            yield stream
    except bounds.UNPACKING_ERRORS as error:
        kind = packed.compression(source.data)
        raise source.fault("The {kind} file is damaged or truncated ({error}).", kind=kind, error=error) from error


def decompressed(source: Source, budget: bounds.Budget) -> bytes:
    """Return all that comes out of a compressed file.

    Parameters
    ----------
    source
        A file that `packed.compression` recognises.
    budget
        What the whole archive may still unpack; the bytes are subtracted.

    Raises
    ------
    FormatError
        If the file is damaged, or a limit is passed.
    """
    with _opened(source) as stream:
        return bounds.bounded(stream, len(source.data), budget, source.name)


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
        full = self.size > bounds.LARGEST_ARCHIVE
        bounds.refuse_bomb(self.size, len(self.source.data), self.source.name, archive_full=full)
        return part


@contextmanager
def _tape(source: Source) -> Iterator[Iterator[packed.TapeMember]]:
    """Yield the members of a tar archive, compressed or not, in their order, without those that cannot be data."""
    if packed.compression(source.data):
        with _opened(source) as stream:
            yield _wanted_members(_Tape(stream, source))  # type: ignore[arg-type]  # tarfile reads, and no more
    else:
        yield _wanted_members(io.BytesIO(source.data))


def _wanted_members(stream: IO[bytes]) -> Iterator[packed.TapeMember]:
    return (member for member in packed.tape_members(stream) if is_wanted(PurePosixPath(member.name).parts))


def tar_members(source: Source, report: Callable[[FormatError], None], budget: bounds.Budget) -> Iterator[Source]:
    """Yield a tape's files in its own order, one at a time; what was read before a damaged place is kept.

    Parameters
    ----------
    source
        A tar archive, compressed or not.
    report
        Called with the error of each file that is skipped, and with the one that ends the archive early.
    budget
        What the whole archive may still unpack; the files are subtracted, and reading ends when it is spent.
    """
    name = packed.without_ending(source.name) if packed.compression(source.data) else source.name
    beside = _TapeSiblings(source)
    try:
        with _tape(source) as members:
            for member in members:
                try:
                    data = _tape_member(member, name, source, budget)
                except FormatError as error:
                    report(error)
                    if budget.spent:
                        break
                    continue
                siblings = partial(beside.find, PurePosixPath(member.name).parent)
                yield Source(shown(f"{name}/{member.name}", bounds.LONGEST_NAME), data, siblings, member.modified_ms)
    except FormatError as error:
        report(error)
    except bounds.UNPACKING_ERRORS as error:
        report(FormatError(Said("The tar file is damaged or truncated ({error}).", error=error), file=name))


@dataclass(slots=True)
class _TapeSiblings:
    """Finds files beside a member of a tar archive; the archive is read once for each requested ending."""

    source: Source
    found: dict[str, dict[str, bytes]] = field(default_factory=dict)

    def find(self, folder: PurePosixPath, wanted: str) -> bytes | None:
        """Return the bytes of the file of that name in a folder of the archive, or None.

        Parameters
        ----------
        folder
            The folder within the archive.
        wanted
            Name of the file, whatever its case; a file above `_LARGEST_SIBLING` is not found.
        """
        ending = PurePosixPath(wanted).suffix.lower()
        if ending not in self.found:
            files = self.found[ending] = {}
            try:
                with _tape(self.source) as members:
                    for member in members:
                        name = member.name.lower()
                        if name.endswith(ending) and member.stream is not None and member.size <= _LARGEST_SIBLING:
                            files[name] = member.stream.read()
            except (FormatError, *bounds.UNPACKING_ERRORS):
                pass  # what lies before the damage is there; the damage is reported by the walk
        return self.found[ending].get(str(folder / wanted).lower())


def _tape_member(member: packed.TapeMember, archive: str, source: Source, budget: bounds.Budget) -> bytes:
    name = f"{archive}/{member.name}"
    bounds.refuse_way_out(PurePosixPath(member.name), name)
    if member.stream is None:
        raise FormatError(Said("The archive entry is a link, a device or a sparse file; it was skipped."), file=name)
    budget.count_member(source.name)
    data = bounds.bounded(member.stream, max(len(source.data), 1), budget, name)
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
