"""Compressed streams and tapes (tar) as streams that are read piece by piece; what may be unpacked is for `source` to bound."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from quakegui.words import Said

_MOST_MEMORY = 128 * 1024**2
"""Bytes that an xz stream may ask for its dictionary: twice what `xz -9` writes."""
_NAMES = {".tgz": ".tar", ".tbz2": ".tar", ".tbz": ".tar", ".txz": ".tar", ".gz": "", ".bz2": "", ".xz": ""}
"""Endings of compressed files, and what stays of them."""

LIBRARY_ERRORS = (tarfile.TarError, lzma.LZMAError, OSError, EOFError)
"""What the libraries raise on damaged streams, besides what Python raises on anything damaged."""


class _Xz(io.RawIOBase):
    """An xz file, streams one after the other; `lzma.LZMAFile` knows no limit of memory."""

    def __init__(self, data: bytes) -> None:
        self._left = data
        self._stream = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_MOST_MEMORY)

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        """Return up to `size` bytes, none at the end."""
        while True:
            if self._stream.eof:
                self._left = self._stream.unused_data.lstrip(b"\0")
                if not self._left:
                    return b""
                self._stream = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_MOST_MEMORY)
            part, self._left = self._stream.decompress(self._left, size), b""
            if part or (self._stream.needs_input and not self._stream.eof):
                if not part:
                    raise EOFError(Said("the xz stream ends before its end"))
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


def is_tar(data: bytes) -> bool:
    """Return whether a file begins as a tar archive does, those before POSIX included."""
    if len(data) < tarfile.BLOCKSIZE or not data[0] or (data[257:262] != b"ustar" and data[257:265] != bytes(8)):
        return False
    try:
        return bool(tarfile.TarInfo.frombuf(data[: tarfile.BLOCKSIZE], "utf-8", "surrogateescape").name)
    except (tarfile.HeaderError, ValueError):
        return False


@dataclass(frozen=True, slots=True)
class TapeMember:
    """A member of a tar archive.

    Attributes
    ----------
    name
        With its folders.
    size
        Bytes that it is said to have.
    modified_s
        When it was last modified, seconds since 1970 UTC.
    stream
        Its contents; None for a link, a device, or a file with holes, which may unpack to anything.
    """

    name: str
    size: int
    modified_s: float
    stream: IO[bytes] | None


def tape_members(data: bytes) -> Iterator[TapeMember]:
    """Yield the members of a tar archive whose compression has been taken off, folders left out.

    Nothing is written to disk. What the libraries raise on a damaged archive comes after the members before the damage.
    """
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as archive:
        for info in archive:
            if not info.isdir():
                plain = info.isfile() and not info.issparse()
                yield TapeMember(info.name, info.size, info.mtime, archive.extractfile(info) if plain else None)
        if any(data[archive.offset : archive.offset + tarfile.BLOCKSIZE]):
            raise tarfile.ReadError(Said("no member begins where the next one should"))
