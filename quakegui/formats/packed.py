"""Compressed streams and tapes (tar) as streams that are read piece by piece; what may be unpacked is for `source` to bound."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import struct
import tarfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import IO, Self

from quakegui.words import Said

_MOST_MEMORY = 128 * 1024**2
"""Bytes that an xz stream may ask for its dictionary: twice what `xz -9` writes."""
LAST_MODIFIED_MS = 32_000_000_000_000
"""In the year 2984: a file system or an archive that says so is damaged."""
_FIRST_ZIP_YEAR = 1980
_UT, _NTFS = 0x5455, 0x000A
"""Numbers of a zip's extra fields that hold a time of modification in UTC."""
_NTFS_EPOCH_MS = 11_644_473_600_000
"""From 1601 to 1970."""
_MOST_STREAMS = 10_000
"""Streams that an xz file may be joined of: one a minute for a week. Each takes time, however little it holds."""
_PIECE = 1 << 16
_NAMES = {".tgz": ".tar", ".tbz2": ".tar", ".tbz": ".tar", ".txz": ".tar", ".gz": "", ".bz2": "", ".xz": ""}
"""Endings of compressed files, and what stays of them."""

LIBRARY_ERRORS = (tarfile.TarError, lzma.LZMAError, OSError, EOFError)
"""What the libraries raise on damaged streams, besides what Python raises on anything damaged."""


class _Xz(io.RawIOBase):
    """An xz file, streams one after the other; `lzma.LZMAFile` knows no limit of memory.

    What is compressed goes in piece by piece, so that a piece at most is copied where a stream ends.
    """

    def __init__(self, data: bytes) -> None:
        self._packed = io.BytesIO(data)
        self._streams = 0
        self._begin(b"")

    def _begin(self, left: bytes) -> None:
        self._streams += 1
        if self._streams > _MOST_STREAMS:
            raise lzma.LZMAError(Said("more than {most_streams:,} streams", most_streams=_MOST_STREAMS))
        self._left = left
        self._stream = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_MOST_MEMORY)

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        """Return up to `size` bytes, none at the end."""
        while True:
            if self._stream.eof:
                left = self._stream.unused_data.lstrip(b"\0")
                while not left and (more := self._packed.read(_PIECE)):
                    left = more.lstrip(b"\0")
                if not left:
                    return b""
                self._begin(left)
            if self._stream.needs_input and not self._left:
                self._left = self._packed.read(_PIECE)
                if not self._left:
                    raise EOFError(Said("the xz stream is incomplete"))
            part, self._left = self._stream.decompress(self._left, size), b""
            if part:
                return part


def compression(data: bytes) -> str:
    """Return how a file is compressed, "gzip", "bzip2" or "xz", and an empty string where it is not."""
    if data[:2] == b"\x1f\x8b":
        return "gzip"
    if data[:3] == b"BZh" and data[4:10] in (b"1AY&SY", b"\x17rE8P\x90"):
        return "bzip2"
    return "xz" if data[:6] == b"\xfd7zXZ\0" else ""


def decompress(data: bytes) -> IO[bytes]:
    """Return what comes out of a compressed file, as a stream."""
    if compression(data) == "gzip":
        return gzip.GzipFile(fileobj=io.BytesIO(data))  # type: ignore[return-value]
    if compression(data) == "bzip2":
        return bz2.BZ2File(io.BytesIO(data))
    return _Xz(data)  # type: ignore[return-value]


def without_ending(name: str) -> str:
    """Return the name that a compressed file has unpacked."""
    for ending, kept in _NAMES.items():
        if name.lower().endswith(ending):
            return name[: -len(ending)] + kept
    return name


def is_opendocument(data: bytes) -> bool:
    """Return whether a file begins as a spreadsheet of OpenDocument (.ods), a zip that says so first."""
    return data[:4] == b"PK\x03\x04" and data[30:].startswith(b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet")


def is_tar(data: bytes) -> bool:
    """Return whether a file begins as a tar archive does, those before POSIX included."""
    if len(data) < tarfile.BLOCKSIZE or not data[0] or (data[257:262] != b"ustar" and data[257:265] != bytes(8)):
        return False
    try:
        return bool(tarfile.TarInfo.frombuf(data[: tarfile.BLOCKSIZE], "utf-8", "surrogateescape").name)
    except (tarfile.HeaderError, ValueError):
        return False


def zip_modified(info: zipfile.ZipInfo) -> int | None:
    """Return when a member of a zip was modified, milliseconds since 1970 UTC; None where that is not known.

    A member that was packed without a date has the first that a zip can hold.
    """
    exact = _extra_modified(info.extra)
    if exact is not None:
        return exact
    try:
        found = int(datetime(*info.date_time, tzinfo=UTC).timestamp() * 1000)
    except ValueError:
        return None
    return found if info.date_time[0] > _FIRST_ZIP_YEAR else None


def _extra_modified(extra: bytes) -> int | None:
    """Return the time of modification in UTC that Info-ZIP and macOS (UT) or Windows (NTFS) write beside the wall clock's."""
    while len(extra) >= 4:
        kind, size = struct.unpack_from("<HH", extra)
        part, extra = extra[4 : 4 + size], extra[4 + size :]
        found: int | None = None
        if kind == _UT and len(part) >= 5 and part[0] & 1:
            found = struct.unpack_from("<i", part, 1)[0] * 1000
        elif kind == _NTFS and len(part) >= 16 and part[4:8] == b"\x01\x00\x18\x00":
            found = struct.unpack_from("<q", part, 8)[0] // 10_000 - _NTFS_EPOCH_MS
        if found is not None and 0 < found < LAST_MODIFIED_MS:
            return found
    return None


@dataclass(frozen=True, slots=True)
class TapeMember:
    """A member of a tar archive.

    Attributes
    ----------
    name
        With its folders.
    size
        Bytes that it is said to have.
    modified_ms
        When it was last modified, milliseconds since 1970 UTC; None where that is not known or cannot be true.
    stream
        Its contents; None for a link, a device, or a file with holes, which may unpack to anything.
    """

    name: str
    size: int
    modified_ms: int | None
    stream: IO[bytes] | None


class _Header(tarfile.TarInfo):
    """A member's header; one that is damaged is an error, and not the end of the archive as tarfile takes it."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Self:
        """Return the header in a block."""
        try:
            return super().frombuf(buf, encoding, errors)
        except tarfile.HeaderError as error:
            if any(buf):
                raise tarfile.ReadError(Said("the next file does not begin where it should")) from error
            raise


def tape_members(stream: IO[bytes]) -> Iterator[TapeMember]:
    """Yield the members of a tar archive whose compression has been taken off, folders left out.

    Each has to be read before the next one is asked for: nothing is kept, and nothing written to disk. What the libraries raise
    on a damaged archive comes after the members before the damage.
    """
    with tarfile.open(fileobj=stream, mode="r|", tarinfo=_Header) as archive:
        for info in archive:
            archive.members.clear()  # type: ignore[attr-defined]  # else each header is kept
            if not info.isdir():
                plain = info.isfile() and not info.issparse()
                time_ms = int(info.mtime * 1000)
                modified = time_ms if 0 < time_ms < LAST_MODIFIED_MS else None
                yield TapeMember(info.name, info.size, modified, archive.extractfile(info) if plain else None)
