"""Bytes with a name, and files of the disk read as such without trusting them."""

from __future__ import annotations

import stat
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from quakegui.formats import bounds, packed
from quakegui.formats.encodings import decode
from quakegui.formats.errors import FormatError
from quakegui.words import Said

__all__ = ["Source", "decode", "folder_siblings", "is_wanted", "modified", "read_file"]


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
    cache
        What readers found out about the bytes.
    """

    name: str
    data: bytes = field(repr=False)
    siblings: Callable[[str], bytes | None] = field(default=_no_siblings, repr=False, compare=False)
    modified_ms: int | None = field(default=None, compare=False)
    cache: dict[str, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def base(self) -> str:
        """The last part of the name."""
        return PurePosixPath(self.name.replace("\\", "/")).name

    def fault(self, template: str, /, *, line: int | None = None, **values: object) -> FormatError:
        """Return an error of this file.

        Parameters
        ----------
        template
            As for `Said`.
        line
            Line number from 1, or None if the fault has no line.
        **values
            As for `Said`.
        """
        return FormatError(Said(template, **values), file=self.name, line=line)


def read_file(file: Path, name: str) -> bytes:
    """Return the bytes of a file.

    Parameters
    ----------
    file
        Path of the file; links are followed.
    name
        The file's, for messages.

    Raises
    ------
    FormatError
        If it is not a regular file, is too large or cannot be opened.
    """
    try:
        found = file.stat()
        size = found.st_size
        if not stat.S_ISREG(found.st_mode):
            raise FormatError(Said("This is a device, a pipe or a folder, not a file; it was not read."), file=name)
        if size > bounds.LARGEST_FILE:
            raise FormatError(
                Said(
                    "The file has {size:,} bytes; the limit is {largest_file:,}.",
                    size=size,
                    largest_file=bounds.LARGEST_FILE,
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


def folder_siblings(folder: Path) -> Callable[[str], bytes | None]:
    """Return what finds the bytes of another file of a folder by its name, whatever its case."""

    def find(name: str) -> bytes | None:
        try:
            exact = folder / name
            if exact.is_file():
                return read_file(exact, name)
            for file in folder.iterdir():
                if file.name.lower() == name.lower() and file.is_file():
                    return read_file(file, name)
        except (OSError, FormatError):
            return None  # an unreadable sibling counts as missing: the reader of the file reports what it lacks
        return None

    return find


def is_wanted(parts: tuple[str, ...]) -> bool:
    """Return whether the file at a path of these parts is neither hidden nor what macOS adds to archives."""
    return not any((part.startswith(".") and part != "..") or part == "__MACOSX" for part in parts)
