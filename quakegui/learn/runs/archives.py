"""Runs of strangers in their archives: opened and unpacked without trust in what they say of themselves."""

from __future__ import annotations

import lzma
import stat
import struct
import zipfile
import zlib
from pathlib import Path

_DAMAGE = (
    *(OSError, EOFError, ValueError, LookupError, ArithmeticError, MemoryError, RuntimeError),
    *(zlib.error, lzma.LZMAError, zipfile.BadZipFile, struct.error),
)
"""What unpacking a damaged archive raises."""


def open_archive(path: Path) -> zipfile.ZipFile:
    """Open an archive; raises ValueError for what is none, cannot be read, or is no file: a pipe would be waited at."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise ValueError("It is no file.")
        return zipfile.ZipFile(path)
    except (zipfile.BadZipFile, struct.error, LookupError, NotImplementedError, EOFError) as error:
        raise ValueError(f"It is damaged or no zip file: {error}.") from error
    except OSError as error:
        raise ValueError(f"It cannot be read, or is damaged: {error.strerror or error}.") from error


def unpack(archive: zipfile.ZipFile, info: zipfile.ZipInfo, target: Path) -> None:
    """Write one member of an archive; raises ValueError for what cannot be unpacked, OSError for what cannot be written."""
    with target.open("wb") as out:
        try:
            source = archive.open(info)
        except _DAMAGE as error:
            raise ValueError(f"It is damaged: {error}.") from error
        with source:
            while True:
                try:
                    part = source.read(1 << 20)
                except _DAMAGE as error:
                    raise ValueError(f"It is damaged: {error}.") from error
                if not part:
                    return
                out.write(part)
