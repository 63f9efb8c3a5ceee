"""The season: everything computed from a network's night means, ready to be shown, evaluated and trained on.

Maps are never stored: a map is drawn from the day's station values in about two milliseconds whenever it is needed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from quakegui.season import daymap
from quakegui.season.anomaly import DailyAnomaly, daily
from quakegui.season.basis import MapBasis, build_basis
from quakegui.season.config import SeasonConfig
from quakegui.season.daymap import DayMap, draw
from quakegui.season.extrema import DayFeatures
from quakegui.season.flags import Flag, Spans, spans_of
from quakegui.season.gridding import Gridder
from quakegui.season.hull import has_area
from quakegui.season.kp import Kp, night_kp
from quakegui.season.localtime import available_at, night_bounds
from quakegui.season.network import Network
from quakegui.season.night import NightMeans
from quakegui.season.quality import Quality
from quakegui.season.tracking import season_features
from quakegui.words import Said


@dataclass(frozen=True, eq=False)
class Season:
    """A computed season. Its methods are pure and may be called from any thread.

    Attributes
    ----------
    network
        All stations, including those without coordinates.
    config
        All parameters.
    anomaly
        Anomalies of all days, warm-up included, shape (day, station).
    coverage
        Recorded fraction of each night, 0..1, shape (day, station).
    kp_night
        Largest Kp of each night, NaN where unknown, shape (day,).
    available_at
        UTC time at which each day becomes known, datetime64[ms], shape (day,).
    gridder
        Draws the maps.
    shown
        Slice of all days that selects the days of the season.
    revision
        Revision of the inputs, as counted by the caller.
    first_features
        Features of the first days, where they have been kept; they are of this config and these values, so a season made from
        another by replacing either begins with none.
    flags
        The flags in force, by which the night means were formed.
    """

    network: Network
    config: SeasonConfig
    anomaly: DailyAnomaly
    coverage: NDArray[np.float64]
    kp_night: NDArray[np.float64]
    available_at: NDArray[np.datetime64]
    gridder: Gridder
    shown: slice
    revision: int = 0
    first_features: tuple[DayFeatures, ...] = ()
    flags: tuple[Flag, ...] = ()

    @property
    def all_days(self) -> NDArray[np.datetime64]:
        """Local dates of the season and of the warm-up before it, datetime64[D], shape (day,)."""
        return self.anomaly.days

    @property
    def days(self) -> NDArray[np.datetime64]:
        """Local dates of the season, datetime64[D], shape (day,)."""
        return self.anomaly.days[self.shown]

    @property
    def z(self) -> NDArray[np.float64]:
        """Anomalies of the days of the season in z, shape (day, station)."""
        return self.anomaly.z[self.shown]

    @cached_property
    def _flags_of(self) -> dict[str, list[Flag]]:
        found: dict[str, list[Flag]] = {}
        for flag in self.flags:
            found.setdefault(flag.station, []).append(flag)
        return found

    @cached_property
    def places_km(self) -> NDArray[np.float64]:
        """Positions of the stations in km in the frame of the maps, x and y, NaN if not located, shape (station, 2)."""
        return self.network.xy_km(self.gridder.basis.frame)

    @cached_property
    def nights(self) -> tuple[NDArray[np.datetime64], NDArray[np.datetime64]]:
        """UTC start and end of each night, warm-up included, datetime64[ms], shapes (day,)."""
        return night_bounds(self.anomaly.days, self.config.timezone, self.config.night.window)

    def flags_on(self, code: str, day: np.datetime64) -> tuple[Flag, ...]:
        """Return the flags that reach into a station's night on a local date, oldest first.

        Parameters
        ----------
        code
            Code of the station; one that is unknown has no flags.
        day
            Local date, datetime64[D], also outside the season.
        """
        start, end = (at[0] for at in night_bounds(np.array([day]), self.config.timezone, self.config.night.window))
        return tuple(flag for flag in self._flags_of.get(code, ()) if flag.reaches(day, start, end))

    @cached_property
    def flagged_time(self) -> dict[str, Spans]:
        """The time that flags cover, by the code of the station."""
        timezone, night = self.config.timezone, self.config.night
        return {code: spans_of(found, timezone=timezone, config=night) for code, found in self._flags_of.items()}

    @cached_property
    def in_progress(self) -> NDArray[np.bool_]:
        """Days of the season whose night was not over when the season was computed, shape (day,)."""
        found: NDArray[np.bool_] = np.any(self.anomaly.quality[self.shown] & np.uint16(Quality.IN_PROGRESS), axis=1)
        return found

    @property
    def next_over(self) -> np.datetime64 | None:
        """UTC time, datetime64[ms], at which the next night with readings is over; None if there is none."""
        waiting = self.days[self.in_progress & np.any(self.coverage[self.shown] > 0.0, axis=1)]
        return self.config.over_at(waiting[:1])[0] if waiting.size else None

    @cached_property
    def features(self) -> tuple[DayFeatures, ...]:
        """Features and regions of all days, warm-up included; computed at first access, about 2 ms a day."""
        return self.compute_features()

    def compute_features(self, tell: Callable[[int], object] = lambda _day: None) -> tuple[DayFeatures, ...]:
        """Return the features of all days; `first_features` are used unchanged, since no later day affects them.

        `tell` is called with the number of each day before its map is drawn.
        """
        known, z = self.first_features, self.anomaly.z
        first = len(known)
        if first == len(z):
            return known

        def fields() -> Iterator[NDArray[np.float32]]:
            for day in range(max(first - 1, 0), len(z)):
                tell(day)
                # One by one, as in `day_map`: the last bit of a product of many days is rounded differently.
                yield self.gridder.map(z[day])

        rest = season_features(
            self.all_days[first:],
            fields(),
            z=z[first:],
            anomaly_nt=self.anomaly.anomaly_nt[first:],
            gridder=self.gridder,
            config=self.config.extrema,
            timezone=self.config.timezone,
            earlier=known,
        )
        return (*known, *rest)

    @cached_property
    def has_map(self) -> NDArray[np.bool_]:
        """Which days of the season have a map, shape (day,)."""
        masks, group = np.unique(self.gridder.present(self.z), axis=0, return_inverse=True)
        drawn = np.array([has_area(self.gridder.basis.xy_km[mask]) for mask in masks], dtype=bool)
        return drawn[group.ravel()]

    def why_no_map(self, index: int) -> str:
        """Return why a day of the season has no map, as a sentence; empty if it has one."""
        if self.in_progress[index]:
            over = self.config.over_at(self.days[[index]])[0].astype("datetime64[m]")
            share = 100.0 * self.coverage[self.shown][index].max(initial=0.0)
            return Said(
                "The night is not over: {share:.0f}% is recorded. The map is available from {over} UTC.",
                share=share,
                over=over,
            )
        return self.gridder.why_no_map(self.z[index]) or ""

    def day_map(self, index: int) -> DayMap:
        """Return the complete map of a day of the season, with its regions; `index` counts the days of the season."""
        day = self.days[index]
        field = self.gridder.map(self.z[index])
        regions = self.features[self.shown.start + range(len(self.days))[index]].regions
        return draw(day, field, self.config.style, regions=regions, sentence=self.why_no_map(index))

    def fields(self, which: Sequence[int] | NDArray[np.intp] | slice) -> NDArray[np.float32]:
        """Return z maps of days of the season, shape (day, row, column); 0.9 MB each at 480 pixels."""
        return self.gridder.maps(self.z[which])

    def indices(
        self, which: Sequence[int] | NDArray[np.intp] | slice, *, out: NDArray[np.uint8] | None = None
    ) -> NDArray[np.uint8]:
        """Return palette indices of days of the season, uint8, shape (day, row, column), the same pixels as `day_map`.

        With `to_rgb` they are the input of the model. The days are drawn one by one, so that the model gets exactly what the
        analyst sees, whichever days are selected.

        Parameters
        ----------
        which
            Positions of the days within the season.
        out
            Array for the result, uint8, shape (day, row, column).
        """
        z = self.z[which]
        out = np.empty((len(z), *self.gridder.shape), dtype=np.uint8) if out is None else out
        for day, values in enumerate(z):
            daymap.indices(self.gridder.map(values)[None], self.config.style, out=out[day : day + 1])
        return out


def compute_season(
    network: Network,
    night: NightMeans,
    config: SeasonConfig,
    *,
    kp: Kp | None = None,
    basis: MapBasis | None = None,
    earlier: tuple[NDArray[np.float64], NDArray[np.float64]] | None = None,
    tell: Callable[[int], object] = lambda _day: None,
    revision: int = 0,
) -> Season:
    """Compute a season from night means.

    Parameters
    ----------
    network
        The stations, in the order of the columns of the night means.
    night
        Night means of consecutive days on the calendar of `config.timezone`, warm-up included.
    config
        All parameters; its first and last day select the days that are shown.
    kp
        The planetary index, or None if the project has none.
    basis
        The map basis of this network and `config.grid`; computed by `build_basis` if None.
    earlier, tell
        Stored anomalies and scatters of the first days, and a callback for each day (see `daily`).
    revision
        Revision of the inputs, as counted by the caller.

    Raises
    ------
    ValueError
        If the night means or the basis belong to other stations.
    """
    if night.codes != network.codes:
        raise ValueError(Said("The stations of the night means differ from those of the network, or their order differs."))
    basis = build_basis(network, config.grid) if basis is None else basis
    if basis.codes != network.codes:
        raise ValueError(Said("The map basis belongs to another network; recompute the map basis."))
    kp_night = night_kp(kp, night.days, timezone=config.timezone, window=config.night.window)
    return Season(
        network=network,
        config=config,
        anomaly=daily(night, config.anomaly, timezone=config.timezone, kp_night=kp_night, earlier=earlier, tell=tell),
        coverage=night.coverage,
        kp_night=kp_night,
        available_at=available_at(night.days, config.timezone, config.night.window),
        gridder=Gridder(basis, config.grid),
        shown=_window(night.days, config),
        revision=revision,
    )


def known_at(night: NightMeans, config: SeasonConfig, now_ms: int) -> NightMeans:
    """Return the night means known at a given time: nights that are not over are NaN and `IN_PROGRESS`.

    Parameters
    ----------
    night
        Night means of consecutive days, as recorded so far.
    config
        Defines when a night is over.
    now_ms
        The time in milliseconds since 1970 UTC.
    """
    now = np.datetime64(now_ms, "ms")
    first = int(np.searchsorted(night.days, now.astype("datetime64[D]") - np.timedelta64(3, "D")))
    running = first + np.flatnonzero(config.over_at(night.days[first:]) > now)
    if not running.size:
        return night
    values, quality = night.values.copy(), night.quality.copy()
    values[running] = np.nan
    quality[running] &= ~np.uint16(Quality.MISSING | Quality.SHORT)
    quality[running] |= np.uint16(Quality.IN_PROGRESS)
    return replace(night, values=values, quality=quality)


def _window(days: NDArray[np.datetime64], config: SeasonConfig) -> slice:
    first = 0 if config.first_day is None else int(np.searchsorted(days, config.first_day))
    last = len(days) if config.last_day is None else int(np.searchsorted(days, config.last_day, side="right"))
    return slice(first, max(first, last))
