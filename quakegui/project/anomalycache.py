"""A season's anomalies, kept in the user's cache: they look back only, so days before the first changed night stay."""

from __future__ import annotations

import hashlib
import json
import zipfile
from dataclasses import asdict
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from quakegui.project import cachefiles
from quakegui.season import anomaly, robust
from quakegui.season.anomaly import AnomalyConfig, DailyAnomaly
from quakegui.season.night import NightMeans

FirstAnomalies = tuple[NDArray[np.float64], NDArray[np.float64]]
"""Anomalies and scales in nT of the first days, shapes (known day, station)."""


def load_anomalies(night: NightMeans, config: AnomalyConfig) -> FirstAnomalies | None:
    """Return what was kept of these nights' anomalies, up to the first day whose nights differ; None where there is nothing."""
    try:
        with _path(night, config).open("rb") as opened, np.load(opened, allow_pickle=False) as file:
            nights, found, scale = file["night"], file["anomaly"], file["scale"]
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None  # a cache may be lost at any time
    length = min(len(nights), len(night.values))
    same = np.all(
        (nights[:length] == night.values[:length]) | (np.isnan(nights[:length]) & np.isnan(night.values[:length])), axis=1
    )
    known = length if same.all() else int(same.argmin())
    return found[:known], scale[:known]


def save_anomalies(night: NightMeans, config: AnomalyConfig, anomaly: DailyAnomaly) -> None:
    """Keep the anomalies of these nights in the place of earlier ones of the same stations and config."""

    def write(path: Path) -> None:
        with path.open("wb") as file:
            np.savez(file, night=night.values, anomaly=anomaly.anomaly_nt, scale=anomaly.scale_nt)

    cachefiles.put(_path(night, config), write)


def _path(night: NightMeans, config: AnomalyConfig) -> Path:
    """Return a name made of all that the anomalies follow from besides the nights, the program's own code included."""
    facts = [asdict(config), night.codes, str(night.days[0]), np.__version__]
    digest = hashlib.sha256(json.dumps(facts, sort_keys=True).encode() + _code())
    return cachefiles.cache_file(f"anomaly-{digest.hexdigest()[:24]}.npz")


@cache
def _code() -> bytes:
    return b"".join(hashlib.sha256(Path(module.__file__ or "").read_bytes()).digest() for module in (anomaly, robust))
