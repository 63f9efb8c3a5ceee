"""The natural field of a synthetic season without the main field: quiet variation, storms, common and station noise."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quakegui.season.kp import Kp
from quakegui.simulate.nuisance import Nuisance, random_walks_nt, regime_factors
from quakegui.simulate.precursors import DAY_MINUTES
from quakegui.simulate.randomness import generator
from quakegui.simulate.storms import activity, recursive_filter, storm_depression

NODE_MINUTES = 10
STATION_NT = 0.6
"""Standard deviation of a station's own noise from night to night in nT, median over the stations."""
COMMON_NT = 2.2
"""Standard deviation of the common noise of all stations from night to night in nT, without storms."""
NIGHT_MIDDLE_DAY = 1.5 / 24.0
GAIN_SPREAD = 0.01
"""Standard deviation of the stations' response to the common field, caused by the conductivity of the ground."""
IN_CACHE = 2048
"""Number of nodes drawn at a time: station by station, as they are filtered, they are written a third faster."""
QUIET_NT = 18.0
"""Amplitude of the solar quiet variation near noon at midsummer, in nT."""


@dataclass(frozen=True, slots=True, eq=False)
class Background:
    """The natural field of one season, at nodes ten minutes apart.

    Attributes
    ----------
    seed
        Seed of all random numbers.
    origin
        UTC time of node 0, datetime64[ms].
    nodes
        Number of nodes.
    xy_km, longitude
        East and north of the centre of the network in km, shape (station, 2); degrees east, shape (station,).
    kp
        Kp index that drives the storms.
    nuisance
        Further disturbances.
    """

    seed: int
    origin: np.datetime64
    nodes: int
    xy_km: NDArray[np.float64]
    longitude: NDArray[np.float64]
    kp: Kp
    nuisance: Nuisance

    def at(self, which: NDArray[np.integer]) -> NDArray[np.float64]:
        """Return the field at some nodes, nT, shape (node, station); the values do not depend on which nodes are requested."""
        count = len(self.xy_km)
        shared, own = generator(self.seed, 1), generator(self.seed, 2)
        node = which.astype(np.float64) * NODE_MINUTES
        day = node / DAY_MINUTES
        disturbed = activity(self.kp, self.origin, node)
        # nearly uniform over 120 km: gains differ by a few per cent, mostly with latitude
        gain = 1.0 + own.normal(0.0, GAIN_SPREAD, count) + 2e-4 * self.xy_km[:, 1]
        nights = self._days + 3
        at_night = np.arange(nights) + NIGHT_MIDDLE_DAY
        daily = COMMON_NT * recursive_filter(shared.normal(size=nights), gain=np.sqrt(1.0 - 0.5**2), retention=0.5)
        common = (
            storm_depression(self.kp, self.origin, node)
            + np.interp(day, at_night, daily)
            + disturbed * self._red(shared, 1, 60.0)[which, 0]
        )
        noise_nt = np.exp(own.normal(np.log(STATION_NT), 0.25, count))
        each = noise_nt * recursive_filter(own.normal(size=(nights, count)), gain=np.sqrt(1.0 - 0.3**2), retention=0.3)
        each = each * regime_factors(self.nuisance, nights, generator(self.seed, 6, 2))[:, np.newaxis]
        each += random_walks_nt(self.nuisance, nights, count, generator(self.seed, 6, 3))
        level: NDArray[np.float64] = common[:, np.newaxis] * gain + self._quiet(node, shared) * gain
        years = day / 365.25
        drift, wave, phase = own.normal(0.0, 2.0, count), own.normal(0.0, 1.0, count), own.uniform(0.0, 1.0, count)
        for station in range(count):
            level[:, station] += np.interp(day, at_night, each[:, station])
            level[:, station] += drift[station] * years + wave[station] * np.sin(2.0 * np.pi * (years + phase[station]))
        lively = 0.25 + 0.04 * self.nuisance.storms * disturbed
        level += lively[:, np.newaxis] * self._red(own, count, 120.0)[which]
        return level

    @property
    def _days(self) -> int:
        return int((self.nodes - 1) * NODE_MINUTES / DAY_MINUTES)

    def _quiet(self, node: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
        """Return the solar quiet variation, nT, shape (node, station): a minimum before local noon, deeper in summer."""
        begin = (self.origin - self.origin.astype("datetime64[Y]")) / np.timedelta64(1, "D")
        season = 1.0 + 0.35 * np.cos(2.0 * np.pi * (node / DAY_MINUTES + begin - 172.0) / 365.25)
        begin_hour = 24.0 * ((self.origin - self.origin.astype("datetime64[D]")) / np.timedelta64(1, "D"))
        strength = np.exp(rng.normal(0.0, 0.25, self._days + 3))
        sq = np.empty((node.size, len(self.longitude)))
        for station, longitude in enumerate(self.longitude):
            solar_hour = node / 60.0 + begin_hour + longitude / 15.0
            day = np.floor(solar_hour / 24.0)
            hour = solar_hour - 24.0 * day
            first = np.floor((begin_hour + longitude / 15.0) / 24.0)
            shape = -np.exp(-0.5 * ((hour - 11.3) / 2.2) ** 2) + 0.3 * np.exp(-0.5 * ((hour - 16.0) / 2.0) ** 2)
            sq[:, station] = QUIET_NT * season * strength[(day - first).astype(np.int64)] * shape
        return sq

    def _red(self, rng: np.random.Generator, columns: int, minutes_kept: float) -> NDArray[np.float64]:
        """Return red noise of unit variance with a correlation time of `minutes_kept` minutes, shape (node, column)."""
        keep = float(np.exp(-NODE_MINUTES / minutes_kept))
        drawn = np.empty((columns, self.nodes))
        for first in range(0, self.nodes, IN_CACHE):
            part = drawn[:, first : first + IN_CACHE]
            part[:] = rng.standard_normal(part.shape[::-1]).T
        return recursive_filter(drawn.T, gain=np.sqrt(1.0 - keep**2), retention=keep)
