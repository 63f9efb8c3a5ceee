"""A demo project with the synthetic season: a complete example within seconds, marked SYNTHETIC everywhere."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from quakegui import formats, paths
from quakegui.formats.archives import expand
from quakegui.progress import ProgressCallback, silent
from quakegui.project import catalogue, journal, making
from quakegui.project.importing import import_paths, store_files
from quakegui.project.kpindex import kp
from quakegui.project.parsing import ParsedFile
from quakegui.project.reading_blocks import blocks_of
from quakegui.project.season_tables import SYNTHETIC
from quakegui.project.setting_rows import put_setting
from quakegui.project.store import Project, ProjectError
from quakegui.project.title import DEMO_NAME, NULL_NAME
from quakegui.season.events import Declustering, Event
from quakegui.season.network import Network
from quakegui.simulate.layouts import synthetic_network
from quakegui.simulate.minutes import minutes
from quakegui.simulate.synthetic import SyntheticConfig, SyntheticSeason, make_season
from quakegui.words import Said

SPLIT_MAGNITUDE = 4.0
"""Magnitude split (original paper, table 4)."""


def create_demo(
    folder: Path | str,
    *,
    strength: float = 1.0,
    seed: int | None = None,
    progress: ProgressCallback = silent,
    finish: Callable[[Project], object] | None = None,
) -> Project:
    """Create and open a project with the synthetic season.

    It contains every minute of 25 stations over 394 days, the 18 earthquakes of the original paper, the real Kp and the labels
    of the label rule. It is prepared in a subfolder and becomes the project of the folder in one step: after a crash, the
    folder has a complete project, or it can be created again.

    Parameters
    ----------
    folder
        A new or empty folder.
    strength
        Factor on the precursors; 0 gives the null season.
    seed
        Seed of all random numbers; default that of the shipped season.
    progress
        Called with steps done, steps in all and a text.
    finish
        Adds other content before the project becomes visible.

    Raises
    ------
    ProjectError
        If the folder cannot be used; nothing is left behind.
    """
    config = SyntheticConfig(strength=strength) if seed is None else SyntheticConfig(strength=strength, seed=seed)
    folder = Path(folder).absolute()
    there_before = folder.exists()
    try:
        place = making.clear(folder)
    except OSError as error:
        raise ProjectError(
            Said("The folder {folder} cannot be created: {strerror}.", folder=folder, strerror=error.strerror or error)
        ) from error
    try:
        with Project.create(
            place, timezone=config.timezone, name=DEMO_NAME if strength else NULL_NAME, synthetic=True
        ) as project:
            _fill(project, config, progress)
            if finish is not None:
                finish(project)
        making.settle(folder)
    except BaseException:
        shutil.rmtree(place, ignore_errors=True)
        if not there_before:
            shutil.rmtree(folder, ignore_errors=True)
        raise
    return Project.open(folder)


def strength_of(project: Project) -> float | None:
    """Return the strength with which a demo project was created, or None for any other project."""
    found = project.setting("strength")
    return float(found) if found is not None and project.synthetic else None


def seed_of(project: Project) -> int | None:
    """Return the seed with which a demo project was created, or None for any other project."""
    found = project.setting("seed")
    return int(found) if found is not None and project.synthetic else None


def catalogue_events() -> tuple[Event, ...]:
    """Return the 18 earthquakes of the original paper (its table 3)."""
    sources = expand(paths.resources() / "catalogue" / "liangshan_2022.csv")
    return tuple(event for source in sources for event in formats.read_events(source).events)


def main_field_nt(network: Network, days: NDArray[np.datetime64]) -> NDArray[np.float64]:
    """Return total intensity of the main field in nT at the beginning and the end of a period, shape (2, station).

    Parameters
    ----------
    network
        Stations with coordinates; an unknown elevation is taken as 0 m.
    days
        The period, datetime64[D], shape (day,); only the first and the last day are used, as dates in UTC.

    References
    ----------
    IGRF-14, evaluated by ppigrf.
    """
    import ppigrf  # loads pandas, which no other command needs

    dates: list[datetime] = [day.astype("datetime64[us]").item() for day in (days[0], days[-1] + np.timedelta64(1, "D"))]
    height_km = np.array([(station.elevation_m or 0.0) / 1000.0 for station in network.stations])
    east, north, up = ppigrf.igrf(network.longitude, network.latitude, height_km, dates)
    total: NDArray[np.float64] = np.sqrt(east**2 + north**2 + up**2).reshape(2, -1)
    return total


def _fill(project: Project, config: SyntheticConfig, progress: ProgressCallback) -> None:
    events = catalogue_events()
    progress(0, 4, Said("the synthetic season"))
    import_paths(project, sorted((paths.resources() / "kp").glob("*.csv")))
    network = synthetic_network(config.stations)
    season = make_season(config, main_field_nt=main_field_nt(network, config.days), kp=kp(project), events=events)
    store_files(project, _files(season, progress))
    progress(3, 4, Said("earthquakes and labels"))
    project.set_config(replace(project.config(), first_day=config.first_day, last_day=config.last_day))
    catalogue.store_events(project, events, declustering=Declustering(method="none"))
    catalogue.make_class_scheme(project, split_magnitude=SPLIT_MAGNITUDE)
    journal.apply_rule(project)
    with project.write() as connection:
        put_setting(connection, "seed", str(config.seed))
        put_setting(connection, "strength", repr(config.strength))
    progress(4, 4, Said("done"))


def _files(season: SyntheticSeason, progress: ProgressCallback) -> Iterator[ParsedFile]:
    """Yield the minutes of one station after another, as if each came from a file."""
    config, stations = season.config, season.network.stations
    for number, station in enumerate(stations):
        progress(number, len(stations), Said("{synthetic} readings of {code}", synthetic=SYNTHETIC, code=station.code))
        name = f"{SYNTHETIC}-{station.code}-seed-{config.seed}-strength-{config.strength:g}"
        sha256 = hashlib.sha256(name.encode()).hexdigest()
        yield ParsedFile(name, name, sha256, "synthetic", blocks_of(minutes(season, number)), (station,))
