"""A watched folder of incoming readings: only complete files are imported, none that is still being written."""

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
"""Seconds without a change after which a file is imported in any case."""
QUIET_READINGS: Final = 2.5
"""Number of sampling intervals without a further reading after which a file that does not end at a full hour is imported."""
UNFINISHED: Final = (".part", ".partial", ".tmp", ".filepart", ".crdownload", ".download")
"""Suffixes of files that another program is still downloading or writing."""
_HOUR_MS: Final = DAY_MS // 24

FileStamp = tuple[int, int]
"""Size in bytes and modification time in ns."""


@dataclass(frozen=True, slots=True)
class _Look:
    """State of a file when checked: stamp and content, since when (monotonic seconds), and whether it is unchanged."""

    stamp: FileStamp
    content: str
    since: float
    same: bool

    @property
    def quiet_s(self) -> float:
        """Estimated seconds since the last change."""
        return max(time.monotonic() - self.since, _age_s(self.stamp))


def _look(path: Path, stamp: FileStamp, before: _Look | None) -> _Look:
    content = _fingerprint(path)
    same = content != "" and before is not None and (before.stamp, before.content) == (stamp, content)
    return _Look(stamp, content, before.since if same and before is not None else time.monotonic(), same)


class Watch:
    """Watches a folder for new or changed files.

    Parameters
    ----------
    folder
        The folder, watched with its subfolders.
    pause_s
        Seconds between two checks. A file counts if size, time and content are the same at two checks and it does not seem to
        be truncated (`is_growing`).
    again_s
        Seconds after which files that could not be imported are yielded again.
    clock
        Returns the current time, milliseconds since 1970 UTC.
    due
        Returns whether there is something to do without a file; asked at each check.

    Attributes
    ----------
    present
        The complete files at the start; `changes` yields later ones.
    """

    def __init__(
        self,
        folder: Path,
        *,
        pause_s: float = 5.0,
        again_s: float = 600.0,
        clock: Callable[[], int] = wall_clock_ms,
        due: Callable[[], bool] = lambda: False,
    ) -> None:
        self._clock, self._due = clock, due
        self._wake_ms: int | None = None
        self._folder, self._pause_s, self.again_s = folder, pause_s, again_s
        now = self.listing()
        self._taken = {path: stamp for path, stamp in now.items() if not is_growing(path, _age_s(stamp))}
        self.present = tuple(sorted(self._taken))
        self._again: tuple[Path, ...] = ()
        self._again_at = 0.0

    def again(self, paths: Sequence[Path]) -> None:
        """Yield files that could not be imported again, with the next ones or after `again_s`."""
        self._again, self._again_at = tuple(paths), time.monotonic() + self.again_s

    def wake_at(self, moment_ms: int | None) -> None:
        """Make `changes` yield at a given time, milliseconds since 1970 UTC, even without a file; None cancels it."""
        self._wake_ms = moment_ms

    def changes(self, cancelled: CancelCheck) -> Iterator[tuple[Path, ...]]:
        """Yield new or changed files, or nothing at the time of `wake_at` or if something else is due, until `cancelled`."""
        quiet: dict[Path, _Look] = {}
        while not self._cancelled_within_pause(cancelled):
            try:
                now = self.listing()
            except OSError:  # an unreachable network share is checked again
                continue
            waiting = {path: stamp for path, stamp in now.items() if self._taken.get(path) != stamp}
            quiet = {path: _look(path, stamp, quiet.get(path)) for path, stamp in waiting.items()}
            settled = {path: look.stamp for path, look in quiet.items() if look.same and not is_growing(path, look.quiet_s)}
            left: tuple[Path, ...] = ()
            if settled or time.monotonic() >= self._again_at:
                # A file that has changed since is yielded when it is unchanged again.
                left = tuple(path for path in self._again if path in now and now[path] == self._taken.get(path))
                self._again = ()
            found = {*settled, *(path for path in left if path in now)}
            woken = self._wake_ms is not None and self._clock() >= self._wake_ms
            if found or woken or self._due():
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
        """Return size and time of every file; files that disappear during the check or cannot be reached are omitted."""
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
    """Return whether a file of readings seems to be still incomplete.

    A file that ends with a full hour is complete. Others are complete after a few sampling intervals, or `LONGEST_QUIET_S`,
    without a change.

    Parameters
    ----------
    path
        The file.
    quiet_s
        Seconds since its last change.
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
    """Return whether the last reading is the last of its hour, with timestamps at the start, middle or end of the interval."""
    last = int(unpack(block.times)[-1])
    return any((last + after) % _HOUR_MS == 0 for after in (0, block.cadence_ms // 2, block.cadence_ms))


def _age_s(stamp: FileStamp) -> float:
    return time.time() - stamp[1] / 1e9


def _fingerprint(path: Path) -> str:
    """Return a hash of the content of a file, "" if it cannot be read now."""
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while part := file.read(1 << 20):
                digest.update(part)
    except OSError:
        return ""
    return digest.hexdigest()
