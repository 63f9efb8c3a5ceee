"""What a folder's drive can be trusted with."""

from __future__ import annotations

import errno
import os
import re
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from quakegui.project.making import DATABASE, FOLDERS
from quakegui.words import Said

_NETWORK_TYPES = frozenset(
    {
        "nfs", "nfs3", "nfs4", "cifs", "smb2", "smb3", "smbfs", "9p", "afs", "ncpfs", "davfs", "coda", "ceph", "lustre", "gpfs",
        "beegfs", "glusterfs", "orangefs", "pvfs2", "ocfs2", "gfs2", "acfs", "virtiofs", "vboxsf", "vmhgfs", "prl_fs", "drvfs",
    }
)  # fmt: skip
_DRIVE_REMOTE = 4
_OCTAL = re.compile(rb"\\([0-3][0-7]{2})")
"""How /proc/mounts writes blanks and the like."""
ROOM_BYTES = 131_072
PART = ".part"
"""How the name of a file or a folder ends that is not whole yet."""
_STANDS_FOR_ANOTHER = 0x20000000
"""The bit of a Windows reparse tag that links and junctions have, and files that wait in a cloud have not."""


def is_network_folder(folder: Path) -> bool:
    """Whether a folder lies on a network share, where memory cannot be shared between machines."""
    if sys.platform == "win32":
        import ctypes

        # As it is written, and where links and mapped drives lead.
        drives = {folder.absolute().drive, folder.resolve().drive}
        drive_type = ctypes.windll.kernel32.GetDriveTypeW
        return any(drive.startswith("\\\\") or drive_type(f"{drive}\\") == _DRIVE_REMOTE for drive in drives)
    kind = mount_type(folder)
    # What a program of its own serves (sshfs, rclone, gvfs and many more) may come from anywhere; "fuseblk" is a local drive.
    return kind in _NETWORK_TYPES or kind == "fuse" or kind.startswith("fuse.")


def mount_type(folder: Path, table: Path = Path("/proc/mounts")) -> str:
    """Return the file-system type that a folder lies on, "" where the system does not tell."""
    try:
        lines = table.read_bytes().split(b"\n")  # a name need not be text, and may hold what text takes for a line's end
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
    """Whether what lies at a path is a link, or a junction of Windows, wherever it leads; False where nothing lies there."""
    try:
        found = path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    return _leads_away(found)


def is_plain(path: Path) -> bool:
    """Whether what lies at a path is a file or a folder of its own: no link, pipe or device."""
    found = path.lstat()
    return (stat.S_ISREG(found.st_mode) or stat.S_ISDIR(found.st_mode)) and not _leads_away(found)


def _leads_away(found: os.stat_result) -> bool:
    return stat.S_ISLNK(found.st_mode) or bool(getattr(found, "st_reparse_tag", 0) & _STANDS_FOR_ANOTHER)


def open_new(path: Path) -> BinaryIO:
    """Open a file for writing that was not there before: a link or a leftover of that name is removed, and never followed."""
    path.unlink(missing_ok=True)
    return path.open("xb")


def is_writable(file: Path) -> bool:
    """Whether an existing file and its folder can be written; tried, since Windows' attributes do not tell."""
    if not os.access(file, os.W_OK):
        return False
    try:
        with tempfile.TemporaryFile(dir=file.parent):
            return True
    except OSError:
        return False


def has_room(folder: Path) -> bool:
    """Whether a folder's disk takes the little that a database needs beside it; tried, since quotas do not tell."""
    try:
        with tempfile.TemporaryFile(dir=folder, buffering=0) as file:
            return file.write(bytes(ROOM_BYTES)) == ROOM_BYTES
    except OSError:
        return False


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Give a path to write what a user wants at `path`, as `replacing` does; never in the place of a part of a project.

    Raises
    ------
    OSError
        As the disk says, or because `path` is part of a project; it is then as it was.
    """
    if _is_of_a_project(path):
        raise FileExistsError(errno.EEXIST, Said("the file is part of a project"), str(path))
    with replacing(path) as part:
        yield part


@contextmanager
def replacing(path: Path, *, part: Path | None = None, durable: bool = False) -> Iterator[Path]:
    """Give a new file beside `path`, which takes its place when the block ends and is gone if it raises.

    A reader sees the former file or the new one, never a part of it.

    Parameters
    ----------
    part
        Path of the new file; default a hidden one that says whose part it is.
    durable
        Whether the bytes are on the disk before the name changes hands, so that a power cut leaves one of the two files whole;
        takes milliseconds.

    Raises
    ------
    OSError
        As the disk says; `path` is then as it was.
    """
    if part is None:  # cut, so that a name as long as the file system allows has room for its temporary one
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
    """Say whether a file is a project's database, or one beside it, or lies in its runs or its cache."""
    place = path.parent.resolve() / path.name
    if place.name.casefold().startswith(DATABASE) and (place.parent / DATABASE).exists():
        return True
    return any(part.name.casefold() in FOLDERS and (part.parent / DATABASE).exists() for part in place.parents)
