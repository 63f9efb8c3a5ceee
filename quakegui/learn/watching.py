"""A folder that readings arrive in: which of its files are whole, so that none is taken while it is still being written."""

from __future__ import annotations

import contextlib
import hashlib
import stat
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from quakegui.progress import CancelCheck
from quakegui.project.parsing import NOTHING_SAID, ParsedFile, parse_chunk
from quakegui.project.reading_blocks import DAY_MS, Block, unpack
from quakegui.season.localtime import wall_clock_ms

LONGEST_QUIET_S: Final = 900.0
"""A file that nobody has written to for so long is taken as it is."""
QUIET_READINGS: Final = 2.5
"""Sampling intervals without a further reading after which a file is taken, although its last reading ends no full hour."""
UNFINISHED: Final = (".part", ".partial", ".tmp", ".filepart", ".crdownload", ".download")
"""Endings of files that another program is still fetching or writing."""
_HOUR_MS: Final = DAY_MS // 24

FileStamp = tuple[int, int]
"""Size in bytes and time of modification in ns."""


@dataclass(frozen=True, slots=True)
class _Look:
    """What a look at a file found: its stamp and content, since when (monotonic seconds), and whether it was so before."""

    stamp: FileStamp
    content: str
    since: float
    same: bool

    @property
    def quiet_s(self) -> float:
        """Seconds since it was last written to, as far as can be told."""
        return max(time.monotonic() - self.since, _age_s(self.stamp))


def _look(path: Path, stamp: FileStamp, before: _Look | None) -> _Look:
    content = _fingerprint(path)
    same = content != "" and before is not None and (before.stamp, before.content) == (stamp, content)
    return _Look(stamp, content, before.since if same and before is not None else time.monotonic(), same)


class Watch:
    """What appears or changes in a folder.

    Parameters
    ----------
    folder
        Looked at with everything below it.
    pause_s
        Seconds between two looks. A file counts once size, time and content were the same at two of them and it does not look
        cut off in the middle (`is_growing`).
    again_s
        Seconds after which files that could not be taken come again by themselves.
    clock
        Returns the moment, milliseconds since 1970 UTC.

    Attributes
    ----------
    present
        The whole files that were there from the beginning; `changes` yields what comes after them.
    """

    def __init__(
        self, folder: Path, *, pause_s: float = 5.0, again_s: float = 600.0, clock: Callable[[], int] = wall_clock_ms
    ) -> None:
        self._clock = clock
        self._wake_ms: int | None = None
        self._folder, self._pause_s, self.again_s = folder, pause_s, again_s
        now = self.listing()
        self._taken = {path: stamp for path, stamp in now.items() if not is_growing(path, _age_s(stamp))}
        self.present = tuple(sorted(self._taken))
        self._again: tuple[Path, ...] = ()
        self._again_at = 0.0

    def again(self, paths: Sequence[Path]) -> None:
        """Have files come again that could not be taken: with the next ones, or after a while."""
        self._again, self._again_at = tuple(paths), time.monotonic() + self.again_s

    def wake_at(self, moment_ms: int | None) -> None:
        """Have `changes` yield at a moment, milliseconds since 1970 UTC, also without a file; None takes that back."""
        self._wake_ms = moment_ms

    def changes(self, cancelled: CancelCheck) -> Iterator[tuple[Path, ...]]:
        """Yield the files that are new or changed, each time there are some or a moment has come, until `cancelled`."""
        quiet: dict[Path, _Look] = {}
        while not self._cancelled_within_pause(cancelled):
            try:
                now = self.listing()
            except OSError:  # a share that does not answer: it is looked at again
                continue
            waiting = {path: stamp for path, stamp in now.items() if self._taken.get(path) != stamp}
            quiet = {path: _look(path, stamp, quiet.get(path)) for path, stamp in waiting.items()}
            settled = {path: look.stamp for path, look in quiet.items() if look.same and not is_growing(path, look.quiet_s)}
            left: tuple[Path, ...] = ()
            if settled or time.monotonic() >= self._again_at:
                # One that was written to since it was given comes when it has settled again.
                left = tuple(path for path in self._again if path in now and now[path] == self._taken.get(path))
                self._again = ()
            found = {*settled, *(path for path in left if path in now)}
            woken = self._wake_ms is not None and self._clock() >= self._wake_ms
            if found or woken:
                self._wake_ms = None if woken else self._wake_ms
                self._taken |= settled
                yield tuple(sorted(found))

    def _cancelled_within_pause(self, cancelled: CancelCheck) -> bool:
        end = time.monotonic() + self._pause_s
        while not cancelled():
            left = end - time.monotonic()
            if left <= 0:
                return False
            time.sleep(min(left, 0.2))
        return True

    def listing(self) -> dict[Path, FileStamp]:
        """Return size and time of every file; one that goes while it is looked at, or cannot be reached, is left out."""
        found = {}
        for path in self._folder.rglob("*"):
            hidden = any(part.startswith(".") for part in path.relative_to(self._folder).parts)
            if hidden or path.name.lower().endswith(UNFINISHED):
                continue
            with contextlib.suppress(OSError):
                status = path.stat()
                if stat.S_ISREG(status.st_mode):
                    found[path] = (status.st_size, status.st_mtime_ns)
        return found


def is_growing(path: Path, quiet_s: float) -> bool:
    """Whether a file of readings looks as if more were to be written into it.

    Readings that end with a full hour are whole. Others may go on: they are, once a few sampling intervals, or
    `LONGEST_QUIET_S`, have passed in which nothing was added.

    Parameters
    ----------
    path
        The file.
    quiet_s
        Seconds since it was last written to.
    """
    if quiet_s >= LONGEST_QUIET_S:
        return False
    files = [found for found in parse_chunk(((str(path), ""),), {}, NOTHING_SAID) if isinstance(found, ParsedFile)]
    lasts: dict[tuple[str, int], Block] = {}
    for block in (block for file in files for block in file.blocks):
        former = lasts.setdefault((block.station, block.cadence_ms), block)
        if block.utc_day > former.utc_day:
            lasts[block.station, block.cadence_ms] = block
    return any(not _ends_an_hour(block) and quiet_s < QUIET_READINGS * block.cadence_ms / 1000.0 for block in lasts.values())


def _ends_an_hour(block: Block) -> bool:
    """Whether the last reading is the last of its hour, be its interval stamped at its start, its middle or its end."""
    last = int(unpack(block.times)[-1])
    return any((last + after) % _HOUR_MS == 0 for after in (0, block.cadence_ms // 2, block.cadence_ms))


def _age_s(stamp: FileStamp) -> float:
    return time.time() - stamp[1] / 1e9


def _fingerprint(path: Path) -> str:
    """Return what tells the content of a file, "" where it cannot be read now."""
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while part := file.read(1 << 20):
                digest.update(part)
    except OSError:
        return ""
    return digest.hexdigest()
