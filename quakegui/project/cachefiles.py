"""The user's cache of intermediate results of seasons: a file is stored atomically, and its loss does no harm.

Cached results are used without verification. The cache therefore belongs to the user, not to a project, which may come from
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
"""Number of files of each kind that are kept, so that returning to earlier parameters or another project stays fast."""
KEPT_BYTES = 128_000_000
"""More files are kept if they fit in this size, so that many small projects do not displace each other."""


def cache_file(name: str) -> Path:
    """Return the path of a cached file, named by a kind, a hyphen and a fingerprint of everything that determines it."""
    return paths.cache() / "seasons" / name


@cache
def code_of(*modules: ModuleType) -> bytes:
    """Return a fingerprint of the source code of modules, on which the content depends as well."""
    return b"".join(hashlib.sha256(Path(module.__file__ or "").read_bytes()).digest() for module in modules)


def put(path: Path, write: Callable[[Path], object]) -> None:
    """Fill a file with `write` and move it to `path`; of its kind (the name up to a hyphen), the latest files are kept.

    A file left incomplete by an interrupted program has a name of that kind too, and is removed with the others. If the disk is
    full or the folder read-only, nothing is cached and no error is raised.

    Parameters
    ----------
    path
        From `cache_file`; an existing file is replaced, and missing folders are created.
    write
        Called with the path of an empty file in the same folder, which it fills; its OSError also means that nothing is cached.
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
