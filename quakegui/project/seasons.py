"""Computation of the season of a project, and readings for display."""

from __future__ import annotations

import contextlib
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from quakegui.progress import ProgressCallback, silent
from quakegui.project import cachefiles
from quakegui.project.domains import INPUTS
from quakegui.project.flag_rows import flags_in_force
from quakegui.project.kpindex import kp
from quakegui.project.nights import (
    days_with_data,
    ensure_nights,
    flagged_time,
    has_stale_nights,
    load_nights,
    read_blocks,
    season_days,
    with_flagged,
)
from quakegui.project.reading_blocks import DAY_MS, merged
from quakegui.project.seasoncache import load_anomalies, save_anomalies, with_features
from quakegui.project.setting_rows import REVISION, config_of, get_setting, require_revision
from quakegui.project.store import Project, ProjectError
from quakegui.season.basis import GridConfig, MapBasis, basis_key, build_basis, load_basis
from quakegui.season.config import SeasonConfig
from quakegui.season.flags import NO_SPANS, Flag, is_flagged, without
from quakegui.season.kp import Kp
from quakegui.season.localtime import wall_clock_ms
from quakegui.season.network import Network
from quakegui.season.night import NightMeans
from quakegui.season.readings import Readings
from quakegui.season.season import Season, compute_season, known_at
from quakegui.words import Said

__all__ = ["days_with_data", "kp", "load_season", "record", "season_days", "series"]

MOST_IN_MEMORY = 64 * 1024**2
"""Size in bytes up to which a map basis is loaded into memory: some 70 stations."""


def load_season(
    project: Project,
    *,
    progress: ProgressCallback = silent,
    features: bool = True,
    now_ms: int | None = None,
    flagged: bool = False,
) -> Season | None:
    """Compute the season of the project from the means of nights that are over; the readings are not read.

    Parameters
    ----------
    project
        The project.
    progress
        Called with steps done, steps in all and a text.
    features
        Whether the extremum regions of all days are computed (or read from the cache) now, or on first use.
    now_ms
        The present time, in milliseconds since 1970 UTC, default from the clock: a night that is not over has no mean.
    flagged
        Whether readings that analysts have flagged count, as if there were no flags.

    Returns
    -------
    Season or None
        None if there are no readings or no station has coordinates.

    Raises
    ------
    ProjectError
        If no season can be computed from the content of the project.
    """
    revision, network, night, config, known_kp, flags = _inputs(project, progress)
    progress(0, 4, Said("night means"))
    if night is None or not network.located.any():
        return None
    if flagged:
        night, flags = with_flagged(project, night, flags), ()
    night = known_at(night, config, wall_clock_ms() if now_ms is None else now_ms)
    days = len(night.days)
    progress(1, 4, Said("map basis"))
    try:
        basis = _basis(network, config.grid)
        progress(2, 4, Said("anomalies"))
        known = load_anomalies(night, config.anomaly)
        season = compute_season(
            network,
            night,
            config,
            kp=known_kp,
            basis=basis,
            earlier=known,
            tell=lambda day: progress(2 * days + day, 4 * days, Said("anomalies")),
            revision=revision,
        )
        season = replace(season, flags=flags)
    except ValueError as error:
        raise ProjectError(str(error)) from error
    if known is None or len(known[0]) < days:
        save_anomalies(night, config.anomaly, season.anomaly)
    progress(3, 4, Said("extremum regions"))
    if features:
        season = with_features(season, lambda day: progress(3 * days + day, 4 * days, Said("extremum regions")))
    progress(4, 4, Said("done"))
    return season


def current_season(project: Project, season: Season) -> Season:
    """Return a season if it is current, otherwise compute the current season of the project.

    Parameters
    ----------
    project
        Open project; its night means are updated if necessary.
    season
        A season of this project, current or not.

    Raises
    ------
    ProjectError
        If the project no longer has a season, or none can be computed from its content.
    """
    if season.revision == project.revision():
        return season
    anew = load_season(project)
    if anew is None:
        raise ProjectError(Said("The project no longer has a season: its readings or station coordinates are missing."))
    return anew


def require_current(project: Project, season: Season) -> None:
    """Raise an error if a season is no longer current.

    Parameters
    ----------
    project, season
        The project, which is only read, and a season that was computed from it.

    Raises
    ------
    SupersededError
        If readings, stations, Kp or parameters have changed since it was computed.
    """
    with project.read() as connection:
        require_revision(connection, season.revision)


def _inputs(
    project: Project, progress: ProgressCallback
) -> tuple[int, Network, NightMeans | None, SeasonConfig, Kp | None, tuple[Flag, ...]]:
    """Return the revision, and all that a season is computed from as it was then: others may write meanwhile."""
    while True:
        ensure_nights(project, progress=progress)
        with project.read() as connection:
            revision = int(get_setting(connection, REVISION) or 0)
            behind = INPUTS in project.rights and has_stale_nights(connection)
            flags = flags_in_force(connection)
        found = project.network(), load_nights(project), project.config(), kp(project)
        if not behind and project.revision() == revision:
            return (revision, *found, flags)


def record(
    project: Project, code: str, since: np.datetime64, until: np.datetime64, *, with_flagged: bool = True
) -> tuple[Readings, ...]:
    """Return a station's readings in [since, until), UTC, as one record per cadence, finest first.

    Parameters
    ----------
    project, code
        Where they are, and the station.
    since, until
        UTC, datetime64.
    with_flagged
        Whether those that analysts have flagged are among them.
    """
    start, end = since.astype("datetime64[ms]"), until.astype("datetime64[ms]")
    first, last = (int(time.astype(np.int64)) // DAY_MS for time in (start, end))
    with project.read() as connection:
        whole = merged(read_blocks(connection, code, first, last))
        config = config_of(connection)
        spans = NO_SPANS if with_flagged else flagged_time(connection, code, config)
    found = []
    for whole_record in whole:
        drops = is_flagged(whole_record.time, spans, cadence_s=whole_record.cadence_s, config=config.night)
        one = without(whole_record, drops) if drops.any() else whole_record
        low, high = np.searchsorted(one.time, [start, end])
        if high > low:
            kept = Readings(one.station, one.time[low:high], one.values[low:high], one.cadence_s, one.data_type, one.derived)
            found.append(kept)
    return tuple(found)


def series(
    project: Project, code: str, since: np.datetime64, until: np.datetime64, *, most: int = 4000
) -> tuple[NDArray[np.datetime64], NDArray[np.float64]]:
    """Return the readings of a station in [since, until) for display, with all extremes and gaps.

    If there are several sampling intervals, the one that covers most of the time is returned, of equals the finest.

    Parameters
    ----------
    project, code
        The project, and the station code.
    since, until
        UTC, datetime64.
    most
        Approximate maximum number of points: beyond it, each stretch of time is represented by its smallest and largest
        reading.

    Returns
    -------
    tuple
        Times, datetime64[ms], and values in nT, shape (point,), with NaN in each gap.
    """
    found = record(project, code, since, until)
    if not found:
        return np.array([], dtype="datetime64[ms]"), np.array([])
    one = max(found, key=lambda each: len(each) * each.cadence_s)
    gap = np.timedelta64(round(1500.0 * one.cadence_s), "ms")
    time, value = one.time, one.values
    step = -(-2 * time.size // most)
    # The parts of a record between gaps are thinned separately, so that no stretch bridges a gap.
    breaks = np.flatnonzero(np.diff(time) > gap) + 1
    if step > 2:
        starts = np.unique(np.concatenate([np.arange(0, time.size, step), breaks]))
        keep = extremes(value, starts)
        time, value = time[keep], value[keep]
        breaks = np.searchsorted(keep, breaks)
    middle = time[breaks - 1] + (time[breaks] - time[breaks - 1]) // 2
    return np.insert(time, breaks, middle), np.insert(value, breaks, np.nan)


def extremes(value: NDArray[np.float64], starts: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return where each stretch has its minimum and maximum, in order; the first of equal values.

    Sorting each stretch would give the same result in ten times the time.

    Parameters
    ----------
    value
        All finite, shape (point,).
    starts
        Position of the first point of each stretch, increasing from 0, shape (stretch,).

    Returns
    -------
    ndarray
        Positions in `value`, shape (extreme,): two for each stretch, one if all its values are equal.
    """
    stretch = np.repeat(np.arange(starts.size), np.diff(np.append(starts, value.size)))
    ends = []
    for extreme in (np.minimum, np.maximum):
        reached = np.flatnonzero(value == extreme.reduceat(value, starts)[stretch])
        ends.append(reached[np.diff(stretch[reached], prepend=-1) > 0])
    found: NDArray[np.intp] = np.unique(np.concatenate(ends))
    return found


def _basis(network: Network, config: GridConfig) -> MapBasis:
    """Return the map basis from the cache, or compute and cache it."""
    path = cachefiles.cache_file(f"basis-{basis_key(network, config)}.npy")
    if path.is_file():
        # A truncated or foreign file is not an error: a cache may be lost at any time.
        with contextlib.suppress(ValueError, OSError, EOFError):
            basis = load_basis(path, network, config)
            # Not memory-mapped, unless it is large: if the drive of a mapped file disappears, the program crashes.
            large = basis.matrix.nbytes > MOST_IN_MEMORY
            return basis if large else replace(basis, matrix=np.array(basis.matrix))
    basis = build_basis(network, config)
    cachefiles.put(path, basis.save)
    return basis
