"""Compressed streams and tar archives as streams that are read in chunks; `source` enforces the limits on unpacking."""

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
"""Maximum dictionary size of an xz stream in bytes: twice what `xz -9` writes."""
LAST_MODIFIED_MS = 32_000_000_000_000
"""In the year 2984: a later time in a file system or archive is damage."""
_FIRST_ZIP_YEAR = 1980
_UT, _NTFS = 0x5455, 0x000A
"""IDs of the extra fields of a zip that contain a modification time in UTC."""
_NTFS_EPOCH_MS = 11_644_473_600_000
"""From 1601 to 1970."""
_MOST_STREAMS = 10_000
"""Maximum number of streams in an xz file: one per minute for a week. Each takes time, however small it is."""
_PIECE = 1 << 16
_NAMES = {".tgz": ".tar", ".tbz2": ".tar", ".tbz": ".tar", ".txz": ".tar", ".gz": "", ".bz2": "", ".xz": ""}
"""Endings of compressed files, and their replacements."""

LIBRARY_ERRORS = (tarfile.TarError, lzma.LZMAError, OSError, EOFError)
"""Exceptions of the libraries on damaged streams, in addition to those of Python on any damaged data."""


class _Xz(io.RawIOBase):
    """An xz file of consecutive streams; `lzma.LZMAFile` has no memory limit.

    Compressed data is fed in chunks, so that at most one chunk is copied at the end of a stream.
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
    """Return the compression of a file, "gzip", "bzip2" or "xz", or an empty string if it is not compressed."""
    if data[:2] == b"\x1f\x8b":
        return "gzip"
    if data[:3] == b"BZh" and data[4:10] in (b"1AY&SY", b"\x17rE8P\x90"):
        return "bzip2"
    return "xz" if data[:6] == b"\xfd7zXZ\0" else ""


def decompress(data: bytes) -> IO[bytes]:
    """Return the decompressed data of a file as a stream."""
    if compression(data) == "gzip":
        return gzip.GzipFile(fileobj=io.BytesIO(data))  # type: ignore[return-value]
    if compression(data) == "bzip2":
        return bz2.BZ2File(io.BytesIO(data))
    return _Xz(data)  # type: ignore[return-value]


def without_ending(name: str) -> str:
    """Return the name of a compressed file after decompression."""
    for ending, kept in _NAMES.items():
        if name.lower().endswith(ending):
            return name[: -len(ending)] + kept
    return name


def is_opendocument(data: bytes) -> bool:
    """Return whether a file begins like an OpenDocument spreadsheet (.ods), a zip whose first member states its type."""
    return data[:4] == b"PK\x03\x04" and data[30:].startswith(b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet")


def is_tar(data: bytes) -> bool:
    """Return whether a file begins like a tar archive, including those from before POSIX."""
    if len(data) < tarfile.BLOCKSIZE or not data[0] or (data[257:262] != b"ustar" and data[257:265] != bytes(8)):
        return False
    try:
        return bool(tarfile.TarInfo.frombuf(data[: tarfile.BLOCKSIZE], "utf-8", "surrogateescape").name)
    except (tarfile.HeaderError, ValueError):
        return False


def zip_modified(info: zipfile.ZipInfo) -> int | None:
    """Return when a member of a zip was modified, in milliseconds since 1970 UTC, or None if unknown.

    A member that was packed without a date has the earliest date of the zip format.
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
    """Return the modification time in UTC that Info-ZIP and macOS (UT) or Windows (NTFS) add to the local time."""
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
        Its name with folders.
    size
        Declared size in bytes.
    modified_ms
        When it was last modified, in milliseconds since 1970 UTC; None if unknown or impossible.
    stream
        Its contents; None for a link, a device, or a sparse file, which may unpack to any size.
    """

    name: str
    size: int
    modified_ms: int | None
    stream: IO[bytes] | None


class _Header(tarfile.TarInfo):
    """The header of a member; a damaged one is an error, and not the end of the archive as in tarfile."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Self:
        """Return the header in a block.

        Parameters
        ----------
        buf
            A block of the archive; one of zeros, or none, ends it.
        encoding, errors
            How names are decoded, as in `tarfile`.

        Raises
        ------
        ReadError
            If the block is neither a header nor the end of the archive.
        HeaderError
            If it is the end of the archive.
        """
        try:
            return super().frombuf(buf, encoding, errors)
        except tarfile.HeaderError as error:
            if any(buf):
                raise tarfile.ReadError(Said("the next file does not begin where it should")) from error
            raise


def tape_members(stream: IO[bytes]) -> Iterator[TapeMember]:
    """Yield the members of an uncompressed tar archive, without folders.

    Read each member before requesting the next: nothing is kept or written to disk. If the archive is damaged, the exception of
    the library follows the members before the damage.
    """
    with tarfile.open(fileobj=stream, mode="r|", tarinfo=_Header) as archive:
        for info in archive:
            archive.members.clear()  # type: ignore[attr-defined]  # else each header is kept
            if not info.isdir():
                plain = info.isfile() and not info.issparse()
                time_ms = int(info.mtime * 1000)
                modified = time_ms if 0 < time_ms < LAST_MODIFIED_MS else None
                yield TapeMember(info.name, info.size, modified, archive.extractfile(info) if plain else None)
