"""Properties of files and of the drive of a folder, and safe writing of files."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from quakegui.project.making import ADDRESS, DATABASE, FOLDERS, is_project
from quakegui.words import Said

_NETWORK_TYPES = frozenset(
    {
        "nfs", "nfs3", "nfs4", "cifs", "smb2", "smb3", "smbfs", "9p", "afs", "ncpfs", "davfs", "coda", "ceph", "lustre", "gpfs",
        "beegfs", "glusterfs", "orangefs", "pvfs2", "ocfs2", "gfs2", "acfs", "virtiofs", "vboxsf", "vmhgfs", "prl_fs", "drvfs",
    }
)  # fmt: skip
_DRIVE_REMOTE = 4
_OCTAL = re.compile(rb"\\([0-3][0-7]{2})")
"""Escapes of blanks and other characters in /proc/mounts."""
ROOM_BYTES = 131_072
PART = ".part"
"""Ending of the names of incomplete files and folders."""
_STANDS_FOR_ANOTHER = 0x20000000
"""Bit of a Windows reparse tag that is set for links and junctions, but not for files in cloud storage."""


def is_network_folder(folder: Path) -> bool:
    """Return whether a folder is on a network share, where machines cannot share memory."""
    if sys.platform == "win32":
        import ctypes

        # The path as given, and the target of links and mapped drives.
        drives = {folder.absolute().drive, folder.resolve().drive}
        drive_type = ctypes.windll.kernel32.GetDriveTypeW
        return any(drive.startswith("\\\\") or drive_type(f"{drive}\\") == _DRIVE_REMOTE for drive in drives)
    kind = mount_type(folder)
    # File systems served by a program (sshfs, rclone, gvfs and others) may be remote; "fuseblk" is a local drive.
    return kind in _NETWORK_TYPES or kind == "fuse" or kind.startswith("fuse.")


def mount_type(folder: Path, table: Path = Path("/proc/mounts")) -> str:
    """Return the type of the file system of a folder, "" if the system does not report it.

    Parameters
    ----------
    folder
        Links are followed; it need not exist.
    table
        File with the mounts, as /proc/mounts has them; a system without it reports nothing.
    """
    try:
        lines = table.read_bytes().split(b"\n")  # a mount point need not be valid text, and may contain line separators
    except OSError:
        return ""
    best, kind = "", ""
    here = folder.resolve()
    for line in lines:
        parts = line.split(b" ")
        if len(parts) < 3:
            continue
        place = os.fsdecode(_OCTAL.sub(lambda found: bytes([int(found[1], 8)]), parts[1]))
        if here.is_relative_to(place) and len(place) >= len(best):
            best, kind = place, os.fsdecode(parts[2])
    return kind


def is_link(path: Path) -> bool:
    """Return whether a path is a link or a junction of Windows, whatever its target; False if nothing exists there."""
    try:
        found = path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    return _leads_away(found)


def is_plain(path: Path) -> bool:
    """Return whether a path is a regular file or folder: not a link, pipe or device. Raises OSError if nothing exists there."""
    found = path.lstat()
    return (stat.S_ISREG(found.st_mode) or stat.S_ISDIR(found.st_mode)) and not _leads_away(found)


def _leads_away(found: os.stat_result) -> bool:
    return stat.S_ISLNK(found.st_mode) or bool(getattr(found, "st_reparse_tag", 0) & _STANDS_FOR_ANOTHER)


def name_of_code(code: str, *, only_ascii: bool) -> str:
    """Return a station code as the beginning of a file name, valid on every file system and unique if case is ignored.

    Other characters than letters, digits, "_" and "-" become "_", and then a hash of the code distinguishes it from others.

    Parameters
    ----------
    code
        Any text: tables may contain codes such as "../X" or "A/B".
    only_ascii
        Whether letters and digits of other scripts become "_" too, and so does "-".
    """
    plain = "".join(letter if _is_plain_letter(letter, only_ascii) else "_" for letter in code)
    if plain.lower().upper() == code:
        return plain
    return f"{plain}_{hashlib.sha256(code.encode()).hexdigest()[:8]}"


def _is_plain_letter(letter: str, only_ascii: bool) -> bool:
    return (letter.isascii() or not only_ascii) and (letter.isalnum() or (letter == "-" and not only_ascii))


def open_new(path: Path) -> BinaryIO:
    """Open a new file for writing; an existing file or link of that name is removed, and never followed."""
    path.unlink(missing_ok=True)
    return path.open("xb")


def is_writable(file: Path) -> bool:
    """Return whether an existing file and its folder are writable; tested, since Windows attributes are unreliable."""
    if not os.access(file, os.W_OK):
        return False
    try:
        with tempfile.TemporaryFile(dir=file.parent):
            return True
    except OSError:
        return False


def has_room(folder: Path) -> bool:
    """Return whether the disk has room for the small files beside a database; tested by writing, because of quotas."""
    try:
        with tempfile.TemporaryFile(dir=folder, buffering=0) as file:
            return file.write(bytes(ROOM_BYTES)) == ROOM_BYTES
    except OSError:
        return False


@contextmanager
def whole_file(path: Path, *, durable: bool = False) -> Iterator[Path]:
    """Yield a path for writing a file that the user wants at `path`, like `replacing`.

    Never replaces a part of a project, nor anything but a file: root could replace /dev/null or /dev/stdout.

    Parameters
    ----------
    path
        An existing file is replaced at the end of the block; its folder must exist.
    durable
        As for `replacing`.

    Raises
    ------
    OSError
        From the disk, or if `path` is part of a project, or is a folder or a device; it is then unchanged.
    """
    if path.exists() and not path.is_file():
        raise FileExistsError(errno.EEXIST, Said("it is a device, a pipe or a folder, not a file"), str(path))
    if _is_of_a_project(path):
        raise FileExistsError(errno.EEXIST, Said("the file is part of a project"), str(path))
    with replacing(path, durable=durable) as part:
        yield part


@contextmanager
def replacing(path: Path, *, part: Path | None = None, durable: bool = False) -> Iterator[Path]:
    """Yield a new file beside `path`, which replaces it at the end of the block and is removed if the block raises.

    A reader sees the former or the new file, never a part of it.

    Parameters
    ----------
    path
        The file to replace.
    part
        Path of the new file; default a hidden one derived from `path`.
    durable
        Whether to flush the bytes to the disk before the replacement, so that one of the files survives a power failure; takes
        milliseconds.

    Raises
    ------
    OSError
        From the disk; `path` is then unchanged.
    """
    if part is None:  # shortened, so that the temporary file of a name of maximum length has a valid name
        part = path.with_name(f".{path.name[:60]}{PART}")
    try:
        open_new(part).close()
        yield part
        if durable:
            with part.open("r+b") as file:
                os.fsync(file.fileno())
        os.replace(part, path)  # noqa: PTH105 (looked up here so that a test can end the process at this very step)
    except BaseException:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise


def _is_of_a_project(path: Path) -> bool:
    """Return whether a file is the database of a project, one beside it, or in its runs or its cache."""
    place = path.parent.resolve() / path.name
    if place.name.casefold().startswith((DATABASE, ADDRESS)) and is_project(place.parent):
        return True
    return any(part.name.casefold() in FOLDERS and is_project(part.parent) for part in place.parents)
