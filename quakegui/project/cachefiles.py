"""Files of a project's cache: put there in one step, and never missed where they are lost.

A project may come from somebody else, cache and all, and what lies in a cache is believed without being computed. So the
names of its files follow from a secret of this user besides: only what this user computed is ever found.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import platformdirs

KEPT = 4
"""Files of one kind that are kept: going back to former parameters is as quick as staying."""


_SECRET_BYTES = 32


def named(key: str) -> str:
    """Return the part of a cache file's name that follows from a key and this user's secret, 24 hexadecimal digits."""
    return hashlib.blake2b(key.encode(), key=_secret(), digest_size=12).hexdigest()


@cache
def _secret() -> bytes:
    """Return this user's secret, made when it is first wanted; where it cannot be kept, it lasts as long as the program."""
    path = Path(platformdirs.user_data_dir("quakegui", appauthor=False)) / "cache.secret"
    fresh = secrets.token_bytes(_SECRET_BYTES)
    try:
        if path.is_file() and path.stat().st_size == _SECRET_BYTES:
            return path.read_bytes()
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(fresh)
        Path(name).replace(path)
        return path.read_bytes()  # that of another program where it was made at the same moment
    except OSError:
        return fresh


def put(path: Path, write: Callable[[Path], None]) -> None:
    """Let `write` fill a file and put it in the place of `path`; of its kind, the name up to a hyphen, the latest `KEPT` stay.

    What a program that was ended left half-written has a name of that kind too, and goes with the others.
    A full disk or a vanished drive costs the cache, not the season: then nothing is kept, and nothing is said.
    """
    name, kind = "", f"{path.name.partition('-')[0]}-"
    try:
        path.parent.mkdir(exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=kind, suffix=path.suffix)
        os.close(handle)
        write(Path(name))
        Path(name).replace(path)
        former = sorted(path.parent.glob(f"{kind}*{path.suffix}"), key=lambda one: one.lstat().st_mtime)
        for one in former[:-KEPT]:
            one.unlink()
    except OSError:
        if name:
            Path(name).unlink(missing_ok=True)
