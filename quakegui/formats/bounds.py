"""How much of a stranger's file or archive is read: limits, and what keeps to them whatever size a file claims."""

from __future__ import annotations

import struct
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import IO

from quakegui.formats import packed
from quakegui.formats.errors import FormatError
from quakegui.strangers import HIGHEST_RATIO, SMALL
from quakegui.words import Said

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
MOST_ENTRIES = 10 * MOST_MEMBERS
"""Entries of a zip's directory, those of archives within it included, beyond which the directory itself is the bomb."""

UNPACKING_ERRORS = (
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


@dataclass(slots=True)
class Budget:
    """What one archive may still unpack."""

    bytes_left: int = field(default_factory=lambda: LARGEST_ARCHIVE)
    members_left: int = field(default_factory=lambda: MOST_MEMBERS)

    @property
    def spent(self) -> bool:
        """Whether nothing more may be unpacked."""
        return self.bytes_left <= 0 or self.members_left <= 0

    def count_member(self, archive: str) -> None:
        """Count a member of an archive of this name; raises FormatError if it is one too many."""
        self.members_left -= 1
        if self.members_left < 0:
            raise FormatError(
                Said("The archive has more than {most_members:,} files; the rest were not read.", most_members=MOST_MEMBERS),
                file=archive,
            )


def refuse_way_out(path: PurePosixPath, name: str) -> None:
    """Raise FormatError if a member's path points outside its archive.

    Parameters
    ----------
    path
        Path of the member within the archive, with slashes.
    name
        The file's, for messages.
    """
    if path.is_absolute() or ".." in path.parts or any(":" in part for part in path.parts[:1]):
        raise FormatError(Said("A file's path points outside the archive; the file was skipped."), file=name)


def refuse_bomb(size: int, packed_size: int, name: str, *, archive_full: bool) -> None:
    """Raise FormatError for what unpacks to more than an archive may hold, or to more than data of its packed size can be.

    Parameters
    ----------
    size, packed_size
        Bytes that came out so far, and of what they came.
    name
        The file's, for messages.
    archive_full
        Whether more came out of the whole archive than it may hold.
    """
    if archive_full:
        raise FormatError(
            Said(
                "The archive expands to more than {largest_archive:,} bytes; the rest was not read.",
                largest_archive=LARGEST_ARCHIVE,
            ),
            file=name,
        )
    if size > SMALL and size > HIGHEST_RATIO * packed_size:
        raise FormatError(
            Said(
                "The file expands to more than {highest_ratio:.0f} times its size and was not read (possible zip bomb).",
                highest_ratio=HIGHEST_RATIO,
            ),
            file=name,
        )


def bounded(stream: IO[bytes], packed_size: int, budget: Budget, name: str) -> bytes:
    """Return all of `stream`, stopping as soon as a limit is passed whatever size the archive claims.

    Parameters
    ----------
    stream
        Unpacked data; errors of its library pass through.
    packed_size
        Bytes of which the data came.
    budget
        What the whole archive may still unpack; the bytes read are subtracted.
    name
        The file's, for messages.

    Raises
    ------
    FormatError
        If a limit is passed.
    """
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
        refuse_bomb(size, packed_size, name, archive_full=budget.bytes_left < 0)
    return b"".join(parts)
