"""The extremum features of a season, kept in the user's cache: they take longer than everything else of opening it.

They look back only, so those of the days before the first changed one stay.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from quakegui.project import cachefiles
from quakegui.season import anomaly, basis, extrema, gridding, tracking
from quakegui.season.extrema import DayFeatures, Region
from quakegui.season.season import Season


def with_features(season: Season, tell: Callable[[int], object] = lambda _day: None) -> Season:
    """Return a season with the features that were computed for exactly its values before; the others are computed, and kept.

    Parameters
    ----------
    tell
        Called with the number of each day before it is computed.
    """
    path = cachefiles.cache_file(f"features-{_key(season)}.json")
    names = _names(season)
    known = _load(path, names)
    features = replace(season, first_features=known).compute_features(tell)
    if len(known) < len(features):
        _save(features, names, path)
    return replace(season, first_features=features)


def _key(season: Season) -> str:
    """Return a fingerprint of all that the features follow from besides the days' values, the program's own code included."""
    digest = hashlib.sha256(json.dumps([asdict(season.config.extrema), asdict(season.config.grid)], sort_keys=True).encode())
    digest.update(repr(season.network).encode())
    digest.update(np.__version__.encode())
    digest.update(_code())
    return digest.hexdigest()[:24]


def _names(season: Season) -> list[str]:
    """Return a fingerprint of each day's date and values."""
    found = season.anomaly
    return [
        hashlib.blake2b(day.tobytes() + z.tobytes() + anomaly_nt.tobytes(), digest_size=12).hexdigest()
        for day, z, anomaly_nt in zip(season.all_days.astype("<i8"), found.z, found.anomaly_nt, strict=True)
    ]


@cache
def _code() -> bytes:
    modules = (anomaly, basis, extrema, gridding, tracking)
    return b"".join(hashlib.sha256(Path(module.__file__ or "").read_bytes()).digest() for module in modules)


def _load(path: Path, names: list[str]) -> tuple[DayFeatures, ...]:
    """Return kept features up to the first day of another name; none where the file is cut off: a cache may be lost."""
    try:
        plain = json.loads(path.read_text(encoding="ascii"))
        kept = plain["names"]
        known = next(
            (at for at, (one, other) in enumerate(zip(kept, names, strict=False)) if one != other), min(len(kept), len(names))
        )
        return tuple(_features(day) for day in plain["days"][:known])
    except (OSError, ValueError, TypeError, KeyError):
        return ()


def _features(plain: dict[str, Any]) -> DayFeatures:
    regions = tuple(
        Region(**{**region, "day": np.datetime64(region["day"], "D"), "bbox": tuple(region["bbox"])})
        for region in plain["regions"]
    )
    return DayFeatures(**{**plain, "day": np.datetime64(plain["day"], "D"), "regions": regions})


def _save(features: tuple[DayFeatures, ...], names: list[str], path: Path) -> None:
    text = json.dumps({"names": names, "days": [asdict(day) for day in features]}, default=_plain)

    def write(part: Path) -> None:
        part.write_text(text, encoding="ascii")

    cachefiles.put(path, write)


def _plain(value: object) -> Any:
    if isinstance(value, np.datetime64):
        return str(value)
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(type(value))
