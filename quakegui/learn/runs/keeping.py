"""What was computed from a run, kept in its folder until what it was computed from changes."""

from __future__ import annotations

import dataclasses
import hashlib
import logging
from pathlib import Path
from typing import Any

import numpy as np

from quakegui import __version__
from quakegui.judge.judgement import plain
from quakegui.learn.runs.files import read_json, write_json
from quakegui.season.json_values import restored

LARGEST = 2**24
LOG = logging.getLogger(__name__)


def digest(*values: object) -> str:
    """Return a hash of values, and of the program's version: arrays and dataclasses of them by all that they hold."""
    made = hashlib.blake2b(__version__.encode(), digest_size=16)
    _feed(made, values)
    return made.hexdigest()


def read_kept(path: Path, inputs: str, hint: Any) -> Any:
    """Return what is kept in a file, None where there is nothing, where it is damaged, and where its inputs have changed.

    Parameters
    ----------
    inputs
        Hash of what it would be computed from now, see `digest`.
    hint
        Its type.
    """
    if not path.exists():
        return None
    try:
        kept = read_json(path, largest=LARGEST)
        return restored(hint, kept.get("kept")) if kept.get("inputs") == inputs else None
    except (ValueError, OSError) as error:
        LOG.warning("What is kept in %s is computed again: %s", path, error)
        return None


def write_kept(path: Path, inputs: str, value: object) -> None:
    """Keep a computed value in a file; where that is not possible it is computed again next time."""
    try:
        write_json(path, {"inputs": inputs, "kept": plain(value)})
    except OSError as error:
        LOG.warning("%s is not kept: %s", path, error)


def _feed(made: hashlib.blake2b, value: object) -> None:
    if isinstance(value, np.ndarray):
        made.update(f"{value.dtype.str}{value.shape}".encode())
        made.update(np.ascontiguousarray(value).tobytes())
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        made.update(type(value).__name__.encode())
        for each in dataclasses.fields(value):
            _feed(made, getattr(value, each.name))
    elif isinstance(value, tuple | list):
        made.update(f"{len(value)},".encode())
        for one in value:
            _feed(made, one)
    else:
        made.update(repr(value).encode())
