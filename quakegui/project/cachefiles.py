"""Files of a project's cache: put there in one step, and never missed where they are lost."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

KEPT = 4
"""Files of one kind that are kept: going back to former parameters is as quick as staying."""


def put(path: Path, write: Callable[[Path], None], *, kind: str = "") -> None:
    """Let `write` fill a file and put it in the place of `path`; of a kind (a pattern) only the latest `KEPT` stay.

    A full disk or a vanished drive costs the cache, not the season: then nothing is kept, and nothing is said.
    """
    name = ""
    try:
        path.parent.mkdir(exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, suffix=path.suffix)
        os.close(handle)
        write(Path(name))
        Path(name).replace(path)
        former = sorted(path.parent.glob(kind), key=lambda one: one.stat().st_mtime) if kind else []
        for one in former[:-KEPT]:
            one.unlink()
    except OSError:
        if name:
            Path(name).unlink(missing_ok=True)
