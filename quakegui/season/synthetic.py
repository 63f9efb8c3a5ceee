"""A season that was never measured: SYNTHETIC readings of an invented network, from one seed.

It stands in for the readings of the founding paper, which are not public. One-minute total intensity is the sum of

- the main field of each place, given by the caller (IGRF) and linear in time,
- the solar quiet variation, by local solar time and season, a little different from day to day,
- storms: depressions and activity that follow Kp, nearly the same at all stations,
- noise that all stations share, and each station's own noise, drift and thermal wave,
- spikes, gaps and outages, and, unless the season is a null season, lasting steps,
- `strength` times the signals of `quakegui.season.precursors`, whose sizes were fixed before any training.

Strength 0 is the **null season**: pure noise. It has no steps, since a step is no noise: by design it keeps abs(z) high for
thirty days.

Night means have the spread of a real mid-latitude observatory (day-to-day differences: about 5 nT standard deviation, 3.6 nT
robust); what the common mode leaves has 0.4 to 1.1 nT, as at the denser part of the Japanese network.

Everything slower than ten minutes is drawn once for the whole season, at nodes ten minutes apart with straight lines between;
the white noise of a minute comes from the random numbers of its own (seed, day, station), in the order of the minutes. So a
day can be made alone, and the nights alone, and both agree with the whole record to the last digit.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import ConvexHull

from quakegui.season.events import Event
from quakegui.season.kp import Kp
from quakegui.season.localtime import NightWindow, night_bounds
from quakegui.season.network import Network, Station
from quakegui.season.night import NightConfig, NightMeans, night_means, stack
from quakegui.season.precursors import DAY_MINUTES, Signal, draw_false, draw_precursors
from quakegui.season.readings import Readings
from quakegui.season.storms import activity, random_kp, remembered, storm_depression

NODE_MINUTES = 10
CENTRE = (28.10, 102.16)
"""Centre of the founding paper's study area, degrees north and east (section 4.3)."""
AREA_KM2 = 14_000.0
"""Area that the founding paper's 25 sensors cover (section 3.1)."""
EARTH_KM_PER_DEGREE = 111.195

SPIKES_PER_DAY = 0.3
SHORT_GAPS_PER_DAY = 0.08
OUTAGES_PER_DAY = 0.004
STEPS_PER_YEAR = 0.1
MINUTE_NOISE_NT = 0.15
STATION_NT = 0.6
"""Median over the stations of the spread of a station's own night-to-night noise."""
COMMON_NT = 2.2
"""Spread of what all stations share from night to night, storms aside."""
NIGHT_MIDDLE_DAY = 1.5 / 24.0
GAIN_SPREAD = 0.01
"""Spread of the stations' response to the shared field: the ground conducts differently from place to place."""
QUIET_NT = 18.0
"""Depth of the solar quiet variation near noon at midsummer."""
RESOLUTION_DECIMALS = 2

_PLACES = """
    QSP 青石坪 BSG 白水沟 LTB 龙潭坝 YPS 云盘山 DQW 大桥湾
    SHK 双河口 HYZ 红岩子 MAL 马鞍岭 SLP 松林坡 SMK 石门坎
    JSD 金沙渡 BXP 柏香坪 QST 清水塘 GFS 高峰寺 YHT 野鹤滩
    LHC 梨花村 ZYG 竹园沟 TCB 铁厂坝 LJL 鹿角岭 XSY 响水岩
    SMP 杉木坪 SCH 三岔河 HMG 黄茅埂 WYT 望月台 CPZ 长坪子
"""
"""Codes and names of the first stations, in pairs: invented, no such places are meant."""


@dataclass(frozen=True, slots=True)
class SyntheticConfig:
    """Which synthetic season to make.

    Attributes
    ----------
    seed
        All random numbers follow from it.
    strength
        Factor on precursors and false anomalies; 0 is the null season.
    first_day, last_day
        The season window, local dates.
    warm_up_days
        Days of readings before it.
    timezone
        IANA name.
    stations
        How many; the invented network covers the same area with any number.
    """

    seed: int = 20220201
    strength: float = 1.0
    first_day: np.datetime64 = field(default_factory=lambda: np.datetime64("2022-02-01", "D"))
    last_day: np.datetime64 = field(default_factory=lambda: np.datetime64("2022-12-31", "D"))
    warm_up_days: int = 60
    timezone: str = "Asia/Shanghai"
    stations: int = 25

    def __post_init__(self) -> None:
        """Refuse what cannot be made."""
        if self.seed < 0 or self.strength < 0 or self.warm_up_days < 0 or self.stations < 1:
            raise ValueError(
                "A synthetic season needs a seed, a strength and a warm-up of 0 or more, and at least one station."
            )
        if self.last_day < self.first_day:
            raise ValueError("A synthetic season cannot end before it begins.")

    @property
    def days(self) -> NDArray[np.datetime64]:
        """Local dates with readings, warm-up included, datetime64[D], shape (day,)."""
        return np.arange(self.first_day - np.timedelta64(self.warm_up_days, "D"), self.last_day + np.timedelta64(1, "D"))


@dataclass(frozen=True, slots=True, eq=False)
class Artefacts:
    """What goes wrong at one station; minutes since the season's first midnight, each array of one axis, increasing."""

    spike_minute: NDArray[np.int64]
    spike_nt: NDArray[np.float64]
    gap_start: NDArray[np.int64]
    gap_end: NDArray[np.int64]
    step_minute: NDArray[np.int64]
    step_nt: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class SyntheticSeason:
    """All of a synthetic season but the white noise of its minutes.

    Attributes
    ----------
    config, network, kp, signals
        What it was made from; `kp` is the index that drives its storms, `signals` what strength multiplies.
    days
        Local dates, warm-up included, datetime64[D], shape (day,).
    origin
        UTC instant of the first midnight, datetime64[ms].
    midnight
        Minutes from `origin` to each day's midnight and the last day's end, shape (day + 1,).
    level_nt
        Total intensity at the nodes, nT, shape (node, station).
    artefacts
        One per station.
    """

    config: SyntheticConfig
    network: Network
    kp: Kp
    signals: tuple[Signal, ...]
    days: NDArray[np.datetime64]
    origin: np.datetime64
    midnight: NDArray[np.int64]
    level_nt: NDArray[np.float64]
    artefacts: tuple[Artefacts, ...]


def synthetic_network(config: SyntheticConfig) -> Network:
    """Return the invented network, the same for every seed: a shaken grid whose hull covers 14,000 km2."""
    xy = _positions_km(config.stations)
    words = _PLACES.split()
    places = list(zip(words[::2], words[1::2], strict=True))
    stations = []
    for index, (x, y) in enumerate(xy):
        code, name = places[index] if index < len(places) else (f"S{index:03d}", f"测点 {index}")
        stations.append(
            Station(
                code=code,
                name=name,
                latitude=round(CENTRE[0] + float(y) / EARTH_KM_PER_DEGREE, 4),
                longitude=round(CENTRE[1] + float(x) / (EARTH_KM_PER_DEGREE * float(np.cos(np.radians(CENTRE[0])))), 4),
                elevation_m=float(1500 + 37 * index % 1300),
            )
        )
    return Network.of(stations)


def make_season(
    config: SyntheticConfig,
    *,
    main_field_nt: NDArray[np.float64],
    kp: Kp | None = None,
    events: tuple[Event, ...] = (),
) -> SyntheticSeason:
    """Draw a season.

    Parameters
    ----------
    config
        Seed, strength, days, stations.
    main_field_nt
        Main field in nT at the stations of `synthetic_network(config)`, in their order: shape (2, station) at the first
        midnight and at the end of the last day, or (station,) for one that does not change.
    kp
        The storms' driver; without it one is drawn (`quakegui.season.storms.random_kp`).
    events
        Events that precursors are drawn for: main shocks.

    Raises
    ------
    ValueError
        If `kp` leaves part of the season out, or the main field has another shape.
    """
    network = synthetic_network(config)
    days = config.days
    start, end = night_bounds(days, config.timezone, NightWindow(0.0, 24.0))
    minute = np.timedelta64(60_000, "ms")
    midnight = np.append((start - start[0]) // minute, (end[-1] - start[0]) // minute).astype(np.int64)
    main = np.asarray(main_field_nt, dtype=np.float64)
    if main.shape not in {(len(network.stations),), (2, len(network.stations))}:
        raise ValueError(
            f"The main field needs shape (station,) or (2, station), {len(network.stations)} stations; got {main.shape}."
        )
    xy = _xy_km(network)
    radius = float(np.sqrt(AREA_KM2) / 2.0)
    driver = random_kp(config.seed, start[0], end[-1]) if kp is None else kp
    signals: tuple[Signal, ...] = ()
    if config.strength > 0:
        signals = draw_precursors(events, seed=config.seed, origin=start[0], centre=CENTRE, radius_km=radius)
        signals += draw_false(seed=config.seed, days=days.size, radius_km=radius)
    node = np.arange(0, midnight[-1] + NODE_MINUTES, NODE_MINUTES, dtype=np.float64)
    level = np.linspace(main[0], main[-1], node.size) if main.ndim == 2 else main[np.newaxis, :]
    level = level + _background(config, network, node, start[0], kp=driver)
    for signal in signals:
        level += config.strength * signal.course(node)[:, np.newaxis] * (signal.peak_nt * signal.footprint(xy))
    artefacts = tuple(_artefacts(config, index, int(midnight[-1])) for index in range(len(network.stations)))
    return SyntheticSeason(config, network, driver, signals, days, start[0], midnight, level, artefacts)


def minutes(season: SyntheticSeason, station: int, *, first: int = 0, last: int | None = None) -> Readings:
    """Return one station's one-minute readings of days `first`..`last` (positions in `season.days`, last included).

    A day made alone is the same as within a longer stretch. Minutes in gaps are absent; values carry two decimals, as an
    IAGA-2002 file does.
    """
    days = range(first, season.days.size if last is None else last + 1)
    return _readings(season, station, days, np.zeros(len(days), dtype=np.int64), np.diff(season.midnight)[first : days.stop])


def synthetic_night_means(season: SyntheticSeason, config: NightConfig) -> NightMeans:
    """Return what `night_means` makes of the full minutes, having made those of the nights alone."""
    start, end = night_bounds(season.days, season.config.timezone, config.window)
    minute = np.timedelta64(60_000, "ms")
    opening = -((season.origin - start) // minute) - season.midnight[:-1]
    closing = -((season.origin - end) // minute) - season.midnight[:-1]
    columns = []
    for station in range(len(season.network.stations)):
        record = _readings(season, station, range(season.days.size), opening, closing)
        columns.append(night_means(record, season.days, timezone=season.config.timezone, config=config))
    return stack(columns, season.network.codes)


def _readings(
    season: SyntheticSeason, station: int, days: range, opening: NDArray[np.int64], closing: NDArray[np.int64]
) -> Readings:
    """Return the readings of each day's minutes opening..closing, counted from its midnight."""
    midnight, config = season.midnight[days.start : days.stop], season.config
    minute = np.concatenate([m + np.arange(a, b) for m, a, b in zip(midnight, opening, closing, strict=True)])
    noise = np.concatenate(
        [
            _numbers(config.seed, 3, day, station).standard_normal(b)[a:]
            for day, a, b in zip(days, opening, closing, strict=True)
        ]
    )
    nodes = np.arange(season.level_nt.shape[0]) * float(NODE_MINUTES)
    values = np.interp(minute, nodes, season.level_nt[:, station]) + MINUTE_NOISE_NT * noise
    wrong = season.artefacts[station]
    values += np.append(0.0, np.cumsum(wrong.step_nt))[np.searchsorted(wrong.step_minute, minute, side="right")]
    at = np.searchsorted(minute, wrong.spike_minute)
    hit = (at < minute.size) & (minute[np.minimum(at, minute.size - 1)] == wrong.spike_minute)
    values[at[hit]] += wrong.spike_nt[hit]
    # gaps never overlap: a minute is lost when more gaps have begun than ended
    begun = np.searchsorted(wrong.gap_start, minute, side="right")
    kept = begun == np.searchsorted(wrong.gap_end, minute, side="right")
    time = season.origin + minute[kept] * np.timedelta64(60_000, "ms")
    return Readings(season.network.codes[station], time, np.round(values[kept], RESOLUTION_DECIMALS), 60.0)


def _xy_km(network: Network) -> NDArray[np.float64]:
    """Return east and north of `CENTRE` in km, shape (station, 2), on the sphere's tangent plane: fine for 120 km."""
    east = (network.longitude - CENTRE[1]) * EARTH_KM_PER_DEGREE * np.cos(np.radians(CENTRE[0]))
    return np.column_stack([east, (network.latitude - CENTRE[0]) * EARTH_KM_PER_DEGREE])


def _positions_km(count: int) -> NDArray[np.float64]:
    """Return `count` places of a shaken square grid about the centre, their hull scaled to the paper's area, km."""
    rng = np.random.default_rng(np.random.SeedSequence([count, 70]))
    side = int(np.ceil(np.sqrt(count)))
    cells = np.sort(rng.permutation(side * side)[:count])
    xy = np.column_stack([cells % side, cells // side]) + rng.uniform(-0.3, 0.3, (count, 2)) - (side - 1) / 2.0
    xy -= 0.5 * (xy.min(axis=0) + xy.max(axis=0))
    area = float(ConvexHull(xy).volume) if count >= 4 else float(side * side)
    scaled: NDArray[np.float64] = xy * np.sqrt(AREA_KM2 / area)
    return scaled


def _background(
    config: SyntheticConfig,
    network: Network,
    node: NDArray[np.float64],
    origin: np.datetime64,
    *,
    kp: Kp,
) -> NDArray[np.float64]:
    """Return everything natural but the main field, and each station's own noise and drift, nT, shape (node, station)."""
    count = len(network.stations)
    shared = _numbers(config.seed, 1)
    own = _numbers(config.seed, 2)
    day = node / DAY_MINUTES
    disturbed = activity(kp, origin, node)
    # nearly one field over 120 km: gains differ by per cents, more so by latitude
    gain = 1.0 + own.normal(0.0, GAIN_SPREAD, count) + 2e-4 * _xy_km(network)[:, 1]
    at_night = np.arange(int(day[-1]) + 3) + NIGHT_MIDDLE_DAY
    daily = COMMON_NT * remembered(shared.normal(size=at_night.size), gain=np.sqrt(1.0 - 0.5**2), kept=0.5)
    common = (
        storm_depression(kp, origin, node)
        + np.interp(day, at_night, daily)
        + disturbed * _red(shared, node.size, 1, 60.0)[:, 0]
    )
    noise_nt = np.exp(own.normal(np.log(STATION_NT), 0.25, count))
    nights = noise_nt * remembered(own.normal(size=(at_night.size, count)), gain=np.sqrt(1.0 - 0.3**2), kept=0.3)
    level = common[:, np.newaxis] * gain + _quiet(config, network, node, origin, shared) * gain
    years = day / 365.25
    drift, wave, phase = own.normal(0.0, 2.0, count), own.normal(0.0, 1.0, count), own.uniform(0.0, 1.0, count)
    for station in range(count):
        level[:, station] += np.interp(day, at_night, nights[:, station])
        level[:, station] += drift[station] * years + wave[station] * np.sin(2.0 * np.pi * (years + phase[station]))
    level += (0.25 + 0.04 * disturbed)[:, np.newaxis] * _red(own, node.size, count, 120.0)
    return level


def _quiet(
    config: SyntheticConfig, network: Network, node: NDArray[np.float64], origin: np.datetime64, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Return the solar quiet variation, nT, shape (node, station): a dip before local noon, deeper in summer."""
    begin = (origin - origin.astype("datetime64[Y]")) / np.timedelta64(1, "D")
    season = 1.0 + 0.35 * np.cos(2.0 * np.pi * (node / DAY_MINUTES + begin - 172.0) / 365.25)
    begin_hour = 24.0 * ((origin - origin.astype("datetime64[D]")) / np.timedelta64(1, "D"))
    strength = np.exp(rng.normal(0.0, 0.25, int(node[-1] / DAY_MINUTES) + 3))
    sq = np.empty((node.size, len(network.stations)))
    for station, longitude in enumerate(network.longitude):
        solar_hour = node / 60.0 + begin_hour + longitude / 15.0
        day = np.floor(solar_hour / 24.0)
        hour = solar_hour - 24.0 * day
        shape = -np.exp(-0.5 * ((hour - 11.3) / 2.2) ** 2) + 0.3 * np.exp(-0.5 * ((hour - 16.0) / 2.0) ** 2)
        sq[:, station] = QUIET_NT * season * strength[(day - day[0]).astype(np.int64)] * shape
    return sq


def _red(rng: np.random.Generator, nodes: int, columns: int, minutes_kept: float) -> NDArray[np.float64]:
    """Return noise of unit spread that forgets itself over `minutes_kept` minutes, shape (node, column)."""
    keep = float(np.exp(-NODE_MINUTES / minutes_kept))
    return remembered(rng.standard_normal((nodes, columns)), gain=np.sqrt(1.0 - keep**2), kept=keep)


def _artefacts(config: SyntheticConfig, station: int, length: int) -> Artefacts:
    """Draw what goes wrong at one station within `length` minutes."""
    rng = _numbers(config.seed, 4, station)
    days = length / DAY_MINUTES
    spike = np.unique(rng.integers(0, length, rng.poisson(SPIKES_PER_DAY * days)))
    spike_nt = rng.choice([-1.0, 1.0], spike.size) * rng.uniform(15.0, 150.0, spike.size)
    short, long = rng.poisson(SHORT_GAPS_PER_DAY * days), rng.poisson(OUTAGES_PER_DAY * days)
    start = rng.integers(0, length, short + long)
    lasts = np.append(np.exp(rng.normal(np.log(40.0), 1.0, short)), rng.uniform(360.0, 5.0 * DAY_MINUTES, long))
    begin, end = _merged(start, start + np.maximum(lasts.astype(np.int64), 1))
    step = np.sort(rng.integers(0, length, rng.poisson(STEPS_PER_YEAR * days / 365.25)))
    step_nt = rng.choice([-1.0, 1.0], step.size) * rng.uniform(4.0, 12.0, step.size)
    if config.strength == 0:
        step, step_nt = step[:0], step_nt[:0]
    return Artefacts(spike, spike_nt, begin, end, step, step_nt)


def _merged(start: NDArray[np.int64], end: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the union of the stretches start..end as stretches that do not overlap, in order."""
    order = np.argsort(start)
    start, reach = start[order], np.maximum.accumulate(end[order]) if start.size else end
    first = np.append(True, start[1:] > reach[:-1])[: start.size]
    last = np.append(first[1:], True)[: start.size]
    return start[first], reach[last]


def _numbers(*key: int) -> np.random.Generator:
    """Return the random numbers that belong to `key`."""
    return np.random.default_rng(np.random.SeedSequence(key))
