"""Temporary folders of this program, of which none stays for good, even if the program is killed."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

PREFIX: Final = "quakegui-scratch-"
LEFT_BEHIND_S: Final = 7 * 86_400.0
"""Age of a folder after which it is taken for that of a program that was killed."""


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """Yield an empty folder among the temporary ones of the system, removed with the block; those of killed programs are, too.

    Raises
    ------
    OSError
        If it cannot be created.
    """
    for left in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with suppress(OSError):
            if time.time() - left.lstat().st_mtime > LEFT_BEHIND_S:
                shutil.rmtree(left)
    with tempfile.TemporaryDirectory(prefix=PREFIX) as name:
        yield Path(name)
