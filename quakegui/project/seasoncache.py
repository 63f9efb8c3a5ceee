"""Cache of the expensive parts of a season: its anomalies, and the extremum features of its days.

Both depend on earlier days only, so the results before the first changed day are reused.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quakegui.project import cachefiles
from quakegui.season import anomaly, basis, extrema, gridding, robust, tracking
from quakegui.season.anomaly import AnomalyConfig, DailyAnomaly
from quakegui.season.extrema import DayFeatures, Region
from quakegui.season.night import NightMeans
from quakegui.season.season import Season

FirstAnomalies = tuple[NDArray[np.float64], NDArray[np.float64]]
"""Anomalies and scatter in nT of the first days, each of shape (known day, station)."""


def load_anomalies(night: NightMeans, config: AnomalyConfig) -> FirstAnomalies | None:
    """Return the cached anomalies, up to the first day whose night means differ; None if there are none.

    Parameters
    ----------
    night
        Night means from which the anomalies are to be computed; the first day and the stations must be those of the cache.
    config
        Parameters of the anomalies; each set has a cache of its own.
    """
    try:
        with _path(night, config).open("rb") as opened, np.load(opened, allow_pickle=False) as file:
            nights, found, scale = file["night"], file["anomaly"], file["scale"]
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None  # a cache may be lost at any time
    length = min(len(nights), len(night.values))
    same = np.isclose(nights[:length], night.values[:length], rtol=0.0, atol=0.0, equal_nan=True).all(axis=1)
    known = length if same.all() else int(same.argmin())
    return found[:known], scale[:known]


def save_anomalies(night: NightMeans, config: AnomalyConfig, anomaly: DailyAnomaly) -> None:
    """Cache the anomalies, in place of earlier ones of the same stations and parameters.

    Parameters
    ----------
    night, config
        Night means and parameters from which they were computed.
    anomaly
        The anomalies of all days of `night`.
    """

    def write(path: Path) -> None:
        with path.open("wb") as file:
            np.savez(file, night=night.values, anomaly=anomaly.anomaly_nt, scale=anomaly.scale_nt)

    cachefiles.put(_path(night, config), write)


def _path(night: NightMeans, config: AnomalyConfig) -> Path:
    """Return the path for everything but the night means that the anomalies depend on, including the source code."""
    facts = [asdict(config), night.codes, str(night.days[0]), np.__version__]
    digest = hashlib.sha256(json.dumps(facts, sort_keys=True).encode() + cachefiles.code_of(anomaly, robust))
    return cachefiles.cache_file(f"anomaly-{digest.hexdigest()[:24]}.npz")


def with_features(season: Season, tell: Callable[[int], object] = lambda _day: None) -> Season:
    """Return a season with its extremum features: cached for identical values, otherwise computed, and then cached.

    Parameters
    ----------
    season
        The season.
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
    """Return a fingerprint of everything but the values of the days that the features depend on, including the source code."""
    facts = [asdict(season.config.extrema), asdict(season.config.grid), repr(season.network), np.__version__]
    code = cachefiles.code_of(anomaly, basis, extrema, gridding, tracking)
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode() + code).hexdigest()[:24]


def _names(season: Season) -> list[str]:
    """Return a fingerprint of date and values of each day."""
    found = season.anomaly
    return [
        hashlib.blake2b(day.tobytes() + z.tobytes() + anomaly_nt.tobytes(), digest_size=12).hexdigest()
        for day, z, anomaly_nt in zip(season.all_days.astype("<i8"), found.z, found.anomaly_nt, strict=True)
    ]


def _load(path: Path, names: list[str]) -> tuple[DayFeatures, ...]:
    """Return the cached features up to the first day with another fingerprint; empty if the file is damaged or missing."""
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
    facts = {"names": names, "days": [asdict(day) for day in features]}
    text = json.dumps(facts, default=lambda value: str(value) if isinstance(value, np.datetime64) else value.item())
    cachefiles.put(path, lambda part: part.write_text(text, encoding="ascii"))
