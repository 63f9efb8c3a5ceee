"""The nights that a model of own nights is trained on, stored once in the folder of its run and never changed."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quakegui.learn.runs.files import read_arrays, write_arrays
from quakegui.season.basis import build_basis
from quakegui.season.config import SeasonConfig
from quakegui.season.network import Network, Station
from quakegui.season.night import NightMeans
from quakegui.season.season import Season, compute_season
from quakegui.words import Said

NIGHTS = "nights.npz"


def write_nights(folder: Path, season: Season) -> None:
    """Write the nights of a season, which a run is trained on, into its folder.

    Parameters
    ----------
    folder, season
        Folder of the run, and the season.
    """
    facts = {"config": season.config.to_dict(), "stations": [dataclasses.asdict(one) for one in season.network.stations]}
    arrays: dict[str, NDArray[Any]] = {
        "days": season.all_days.astype(np.int64),
        "night_nt": season.anomaly.night_nt,
        "coverage": season.coverage,
        "quality": season.anomaly.quality,
        "facts": np.array(json.dumps(facts)),
    }
    write_arrays(folder / NIGHTS, arrays, compress=True)


def read_nights(folder: Path, pixels: int) -> Season:
    """Return the season of the nights in the folder of a run.

    Parameters
    ----------
    folder, pixels
        Folder of the run, and resolution of the maps.

    Raises
    ------
    ValueError
        If the file is missing or damaged.
    """
    path = folder / NIGHTS
    try:
        stored = read_arrays(path)
        facts = json.loads(str(stored["facts"]))
        network = Network.of(Station(**one) for one in facts["stations"])
        night = NightMeans(
            stored["days"].astype("datetime64[D]"), network.codes, stored["night_nt"], stored["coverage"], stored["quality"]
        )
        config = SeasonConfig.from_dict(facts["config"])
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise ValueError(Said("{path} is damaged and cannot be read: {error}.", path=path, error=error)) from error
    return compute_season(network, night, config, basis=build_basis(network, config.grid, pixels=pixels))
