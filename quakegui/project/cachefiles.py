"""The user's cache of what seasons are computed from: a file is put there in one step, and never missed where it is lost.

What lies in a cache is believed without being computed. So it lies with the user and in no project, which may come from
somebody else; projects share it.
"""

from __future__ import annotations

import contextlib
import hashlib
import secrets
from collections.abc import Callable
from functools import cache
from itertools import accumulate
from pathlib import Path
from types import ModuleType

from quakegui import paths
from quakegui.project.filesystem import replacing

KEPT = 8
"""Files of one kind that are kept: going back to former parameters, or to another project, is as quick as staying."""
KEPT_BYTES = 128_000_000
"""More than these are kept as long as they need no more than this: many small projects do not push each other out."""


def cache_file(name: str) -> Path:
    """Return where a file lies; its name, a kind and a hyphen before a fingerprint, holds all that its content follows from."""
    return paths.cache() / "seasons" / name


@cache
def code_of(*modules: ModuleType) -> bytes:
    """Return a fingerprint of the program's own code, which a content follows from as well."""
    return b"".join(hashlib.sha256(Path(module.__file__ or "").read_bytes()).digest() for module in modules)


def put(path: Path, write: Callable[[Path], object]) -> None:
    """Let `write` fill a file and put it in the place of `path`; of its kind, the name up to a hyphen, the latest stay.

    What a program that was ended left half-written has a name of that kind too, and goes with the others.
    A full disk or a folder that cannot be written costs the cache, not the season: then nothing is kept, and nothing is said.
    """
    kind = f"{path.name.partition('-')[0]}-"
    part = path.with_name(f"{kind}{secrets.token_hex(8)}{path.suffix}")  # two programs may compute the same
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path, part=part):
            write(part)
        files = sorted(path.parent.glob(f"{kind}*{path.suffix}"), key=lambda one: one.lstat().st_mtime, reverse=True)
        for one, size in zip(files, accumulate(one.lstat().st_size for one in files), strict=True):
            if size >= KEPT_BYTES and one not in files[:KEPT]:
                one.unlink()
