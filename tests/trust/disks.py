"""Disks for tests: one that fills up, one that cannot be written. Where mounting is not allowed, the next best, said aloud."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


def mount(*words: str) -> bool:
    """Mount something; returns whether this process may."""
    return subprocess.run(["mount", *words], check=False, capture_output=True).returncode == 0


def unmount(folder: Path) -> None:
    """Take a mount away, also from programs that use it."""
    subprocess.run(["umount", "-l", str(folder)], check=True, capture_output=True)


class FullDisk:
    """A small disk of its own, or, where that cannot be mounted, a limit on how far this process may write in a file."""

    def __init__(self, folder: Path, megabytes: int, aloud: Callable[[str], None]) -> None:
        folder.mkdir()
        self.folder = folder
        self.real = mount("-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder))
        if not self.real:
            aloud("NO MOUNT ALLOWED HERE: a limit on the size of files stands in for the full disk.")
            self.before = resource.getrlimit(resource.RLIMIT_FSIZE)
            self.handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

    def fill(self) -> None:
        """Leave not one byte."""
        if not self.real:
            resource.setrlimit(resource.RLIMIT_FSIZE, (1, self.before[1]))
            return
        with (self.folder / "filler").open("ab", buffering=0) as file:
            size = 1 << 20
            while size:
                try:
                    file.write(bytes(size))
                except OSError:
                    size //= 2

    def free(self) -> None:
        """Make room again."""
        if not self.real:
            resource.setrlimit(resource.RLIMIT_FSIZE, self.before)
            return
        (self.folder / "filler").unlink(missing_ok=True)

    def close(self) -> None:
        """Take it away."""
        if self.real:
            unmount(self.folder)
        else:
            self.free()
            signal.signal(signal.SIGXFSZ, self.handler)


@contextmanager
def read_only(folder: Path, aloud: Callable[[str], None]) -> Iterator[bool]:
    """Let nothing in a folder be written, also not by root; gives whether that could be done."""
    there = mount("--bind", str(folder), str(folder))
    done = there and mount("-o", "remount,ro,bind", str(folder))
    if not done:
        aloud("NO MOUNT ALLOWED HERE: permissions stand in for the read-only drive.")
        for path in (folder, *folder.rglob("*")):
            path.chmod(path.stat().st_mode & ~0o222)
    try:
        yield done or os.geteuid() != 0
    finally:
        if there:
            unmount(folder)
        if not done:
            with suppress(OSError):
                for path in (folder, *folder.rglob("*")):
                    path.chmod(path.stat().st_mode | 0o200)
