"""Output of a worker process, read to its end with limits, so that it can fill neither memory nor disk."""

from __future__ import annotations

import contextlib
import os
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from quakegui.words import Said

LONGEST_LINE = 2**20
"""Maximum length of a line in bytes; the longest message, which lists a thousand folds, has a few thousand."""
LARGEST_LOG = 16 * 2**20
"""Maximum size of a worker's log in bytes; of longer output only the end is kept."""
_LAST_WORDS = 4096
_PIECE = 65_536


class EndlessLineError(Exception):
    """A worker wrote too much without ending its line."""


def lines_of(pipe: IO[bytes]) -> Iterator[str]:
    """Yield the lines of a worker's output as text, whatever their encoding.

    Raises
    ------
    EndlessLineError
        After `LONGEST_LINE` bytes without a line end.
    """
    while line := pipe.readline(LONGEST_LINE + 1):
        if len(line) > LONGEST_LINE:
            raise EndlessLineError
        yield line.decode("utf-8", errors="replace")


def keep_log(pipe: IO[bytes], path: Path) -> None:
    """Append a worker's error output to its log until it ends, up to `LARGEST_LOG` bytes; a full disk is ignored.

    Parameters
    ----------
    pipe
        The worker's standard error.
    path
        The log, possibly started by earlier workers of the same run.
    """
    left_out, last_words = 0, deque[bytes](maxlen=2)
    with contextlib.ExitStack() as stack:
        log: IO[bytes] | None = None
        with contextlib.suppress(OSError):
            log = stack.enter_context(path.open("ab", buffering=0))
        room = LARGEST_LOG - (log.tell() if log is not None else 0)
        while piece := os.read(pipe.fileno(), _PIECE):
            kept, rest = piece[: max(room, 0)], piece[max(room, 0) :]
            room -= len(kept)
            if rest:
                left_out += len(rest)
                last_words.append(rest[-_LAST_WORDS:])
            _write(log, kept)
        if left_out:
            words = b"".join(last_words)[-_LAST_WORDS:]
            _write(log, Said("\n... {left_out} bytes are skipped here ...\n", left_out=left_out - len(words)).encode() + words)


def _write(log: IO[bytes] | None, words: bytes) -> None:
    if log is not None and words:
        with contextlib.suppress(OSError):
            log.write(words)
