"""The extremum features of a season, kept in the project's cache: they take longer than everything else of opening it."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from quakegui.season import anomaly, extrema, gridding, tracking
from quakegui.season.extrema import DayFeatures, Region
from quakegui.season.season import Season

KEPT = 4
"""Seasons whose features are kept: going back to former parameters is as quick as staying."""


def attach_features(season: Season, folder: Path, *, write: bool) -> None:
    """Give a season the features that were computed for exactly its values before, or compute and keep them.

    Parameters
    ----------
    folder
        The project's cache.
    write
        Whether the cache may be written.
    """
    path = folder / f"features-{_key(season)}.json"
    found = _load(path)
    if found is not None:
        season.__dict__["features"] = found  # where the cached property would put it
    elif write:
        _save(season.features, path)
    else:
        _ = season.features


def _key(season: Season) -> str:
    """Return a fingerprint of all that the features follow from, the program's own code included."""
    digest = hashlib.sha256(season.config.hash.encode())
    digest.update(repr(season.network).encode())
    for array in (season.all_days.astype(np.int64), season.anomaly.z, season.anomaly.anomaly_nt):
        digest.update(np.ascontiguousarray(array).tobytes())
    digest.update(_code())
    return digest.hexdigest()[:24]


@cache
def _code() -> bytes:
    modules = (anomaly, extrema, gridding, tracking)
    return b"".join(hashlib.sha256(Path(module.__file__ or "").read_bytes()).digest() for module in modules)


def _load(path: Path) -> tuple[DayFeatures, ...] | None:
    """Return kept features; None where there are none, or the file is cut off: a cache may be lost at any time."""
    try:
        plain = json.loads(path.read_text(encoding="ascii"))
        return tuple(_features(day) for day in plain)
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _features(plain: dict[str, Any]) -> DayFeatures:
    regions = tuple(
        Region(**{**region, "day": np.datetime64(region["day"], "D"), "bbox": tuple(region["bbox"])})
        for region in plain["regions"]
    )
    return DayFeatures(**{**plain, "day": np.datetime64(plain["day"], "D"), "regions": regions})


def _save(features: tuple[DayFeatures, ...], path: Path) -> None:
    text = json.dumps([asdict(day) for day in features], default=_plain)
    try:
        path.parent.mkdir(exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(text)
        Path(name).replace(path)
        former = sorted(path.parent.glob("features-*.json"), key=lambda one: one.stat().st_mtime)
        for one in former[:-KEPT]:
            one.unlink()
    except OSError:
        return  # a full disk or a vanished drive costs the cache, not the season


def _plain(value: object) -> Any:
    if isinstance(value, np.datetime64):
        return str(value)
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(type(value))
