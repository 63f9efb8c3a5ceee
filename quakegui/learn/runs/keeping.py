"""Computed results stored in a run's folder until their input changes."""

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
    """Return a hash of values and of the program's version; arrays and dataclasses count with their contents."""
    made = hashlib.blake2b(__version__.encode(), digest_size=16)
    _feed(made, values)
    return made.hexdigest()


def read_result(path: Path, inputs: str, hint: Any) -> Any:
    """Return a stored result, None if there is none, it is damaged, or its input has changed.

    Parameters
    ----------
    path
        The file.
    inputs
        Hash of the current input, see `digest`.
    hint
        Type of the result.
    """
    if not path.exists():
        return None
    try:
        kept = read_json(path, largest=LARGEST)
        return restored(hint, kept.get("kept")) if kept.get("inputs") == inputs else None
    except (ValueError, OSError) as error:
        LOG.warning("What is kept in %s is computed again: %s", path, error)
        return None


def write_result(path: Path, inputs: str, value: object) -> None:
    """Store a result; if that fails, it is computed again next time.

    Parameters
    ----------
    path
        The file.
    inputs
        Hash of its input, see `digest`.
    value
        The result.
    """
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
