"""File output in one step: a reader sees the old or the new file, never a part."""

from __future__ import annotations

import errno
import io
import json
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from quakegui.learn.runs.portions import Portions
from quakegui.project.filesystem import replacing
from quakegui.season.json_values import parse_json
from quakegui.words import Said

PIECE = 2**18
"""Number of bytes of an array written at a time."""
FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def write_text(path: Path, text: str) -> None:
    """Write `text` as UTF-8 to the small file `path` in one step.

    Parameters
    ----------
    path, text
        The file and its content.
    """
    with replacing(path, durable=True) as part:
        part.write_bytes(text.encode())


def write_json(path: Path, value: object) -> None:
    """Write `value` as readable JSON to the file `path` in one step.

    Parameters
    ----------
    path, value
        The file and its content.
    """
    write_text(path, json.dumps(value, ensure_ascii=False, indent=2) + "\n")


def read_json(path: Path, *, largest: int = 2**30) -> dict[str, Any]:
    """Read a JSON object from a file.

    Parameters
    ----------
    path, largest
        The file, and the maximum size in bytes.

    Raises
    ------
    ValueError
        If the file is too large or has other contents.
    """
    _require_plain(path)
    if path.stat().st_size > largest:
        raise ValueError(Said("{path} is larger than {largest:,} bytes.", path=path, largest=largest))
    try:
        value = parse_json(path.read_text("utf-8"))
    except ValueError as error:
        raise ValueError(Said("{path} is not a JSON file: {error}.", path=path, error=error)) from error
    if not isinstance(value, dict):
        raise ValueError(Said("{path} does not contain a JSON object.", path=path))
    return value


def _require_plain(path: Path) -> None:
    """Raise ValueError for anything but a regular file: reading a pipe in an imported folder would block forever."""
    if path.exists() and not path.is_file():
        raise ValueError(Said("{path} is not a file.", path=path))


def write_arrays(path: Path, arrays: Mapping[str, NDArray[Any] | Portions], *, compress: bool = False) -> None:
    """Write named arrays as one .npz file in one step; of maps in portions, only one portion is in memory at a time.

    Parameters
    ----------
    path, arrays
        The file, and arrays by name.
    compress
        Whether to compress them.
    """
    method = zipfile.ZIP_DEFLATED if compress else zipfile.ZIP_STORED
    with replacing(path, durable=True) as part, zipfile.ZipFile(part, "w", method) as packed:
        _pack(packed, arrays)


def _pack(packed: zipfile.ZipFile, arrays: Mapping[str, NDArray[Any] | Portions]) -> None:
    """Write the format of `np.savez`, but large arrays in small pieces: `np.savez` blocks all threads for 16 MB at a time."""
    for name, given in arrays.items():
        with packed.open(f"{name}.npy", "w", force_zip64=True) as entry:
            if isinstance(given, Portions):
                np.lib.format.write_array_header_1_0(entry, given.header)
                for maps in given:
                    _write_pieces(entry, maps)
                continue
            array = np.asanyarray(given)
            if array.nbytes <= PIECE or not array.flags.c_contiguous:
                np.lib.format.write_array(entry, array, allow_pickle=False)
                continue
            np.lib.format.write_array_header_1_0(entry, np.lib.format.header_data_from_array_1_0(array))
            _write_pieces(entry, array)


def _write_pieces(entry: IO[bytes], array: NDArray[Any]) -> None:
    data = array.reshape(-1).view(np.uint8).data
    for start in range(0, len(data), PIECE):
        entry.write(data[start : start + PIECE])


def read_arrays(path: Path, *, largest: int = 8 * 2**30) -> dict[str, NDArray[Any]]:
    """Read all arrays of an .npz file written by `write_arrays`.

    Parameters
    ----------
    path, largest
        The file, and the maximum unpacked size in bytes.

    Raises
    ------
    ValueError
        If the file is damaged.
    """
    _require_plain(path)
    try:
        with zipfile.ZipFile(path) as packed:
            size = sum(info.file_size for info in packed.infolist())
        if size > largest:
            raise ValueError(Said("the unpacked size is {size:,} bytes", size=size))
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
        if not all(isinstance(array, np.ndarray) for array in arrays.values()):
            raise ValueError(Said("the file contains something other than arrays"))
        return arrays
    except FileNotFoundError:
        raise
    except Exception as error:
        raise ValueError(Said("{path} is damaged and cannot be read: {error}.", path=path, error=error)) from error


def hold(path: Path) -> IO[bytes]:
    """Lock a file for as long as the returned handle is open; the system releases the lock when the process ends.

    Raises
    ------
    BlockingIOError
        If another process has locked it.
    """
    file = path.open("ab")
    try:
        if sys.platform == "win32":
            import msvcrt

            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        file.close()
        raise BlockingIOError(Said("{path} is in use by another process.", path=path)) from error
    return file


def disk_is_full(error: BaseException) -> bool:
    """Return whether an error means that the disk, the quota or the maximum file size is exhausted."""
    return isinstance(error, OSError) and error.errno in FULL
