"""Positions of the stations of synthetic seasons: the synthetic network of the examples, and random layouts."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from quakegui.season.hull import has_area
from quakegui.season.network import Network, Station

CENTRE = (28.10, 102.16)
"""Centre of the original paper's study area, degrees north and east (section 4.3)."""
AREA_KM2 = 14_000.0
"""Area of the original paper's 25 sensors (section 3.1)."""
EARTH_KM_PER_DEGREE = 111.195

KINDS = ("grid", "scatter", "belt")
"""Random layouts: a perturbed square grid, random positions, and random positions in a belt three times as long as wide."""
FEWEST, MOST = 8, 32
"""Minimum and maximum number of stations of random layouts."""
CLOSEST = 0.35
"""Minimum distance between stations of a random layout, as a fraction of their spacing if they were evenly spread."""

_PLACES = """
    QSP 青石坪 BSG 白水沟 LTB 龙潭坝 YPS 云盘山 DQW 大桥湾
    SHK 双河口 HYZ 红岩子 MAL 马鞍岭 SLP 松林坡 SMK 石门坎
    JSD 金沙渡 BXP 柏香坪 QST 清水塘 GFS 高峰寺 YHT 野鹤滩
    LHC 梨花村 ZYG 竹园沟 TCB 铁厂坝 LJL 鹿角岭 XSY 响水岩
    SMP 杉木坪 SCH 三岔河 HMG 黄茅埂 WYT 望月台 CPZ 长坪子
"""
"""Codes and names of the first stations, in pairs; all are fictitious."""


def synthetic_network(count: int = 25) -> Network:
    """Return the synthetic network, the same for every seed: a perturbed grid whose hull covers 14,000 km2."""
    xy = _positions_km(count)
    words = _PLACES.split()
    places = list(zip(words[::2], words[1::2], strict=True))
    stations = []
    for index, (x, y) in enumerate(xy):
        code, name = places[index] if index < len(places) else (f"S{index:03d}", f"测点 {index}")
        stations.append(_station(code, name, float(x), float(y), float(1500 + 37 * index % 1300)))
    return Network.of(stations)


def random_network(rng: np.random.Generator, *, kind: str | None = None) -> Network:
    """Draw a network around `CENTRE`, with 8 to 32 stations on 0.5 to 2 times the area of the original paper's.

    Parameters
    ----------
    rng
        Random generator.
    kind
        One of `KINDS`; drawn if None.
    """
    kind = str(rng.choice(KINDS)) if kind is None else kind
    count = int(rng.integers(FEWEST, MOST + 1))
    if kind == "grid":
        xy = _shaky_grid(rng, count)
    else:
        stretch = np.sqrt(3.0) if kind == "belt" else 1.0
        xy = _random_places(rng, count) * (stretch, 1.0 / stretch)
    turn = rng.uniform(0.0, np.pi)
    xy = xy @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    xy *= np.sqrt(AREA_KM2 * 2.0 ** rng.uniform(-1.0, 1.0) / _hull_area(xy))
    return Network.of(_station(f"R{index:02d}", f"random {index}", x, y, 1500.0) for index, (x, y) in enumerate(xy.tolist()))


def xy_km(network: Network, centre: tuple[float, float]) -> NDArray[np.float64]:
    """Return positions of stations in km on the plane tangent to the sphere, shape (station, 2); accurate for some 100 km.

    Parameters
    ----------
    network
        The stations.
    centre
        Latitude and longitude of the point of tangency; x is east and y north of it.
    """
    east = ((network.longitude - centre[1] + 180.0) % 360.0 - 180.0) * EARTH_KM_PER_DEGREE * np.cos(np.radians(centre[0]))
    return np.column_stack([east, (network.latitude - centre[0]) * EARTH_KM_PER_DEGREE])


def radius_km(xy: NDArray[np.float64]) -> float:
    """Return the radius for the positions of signals in km: half the side of a square with the area of the network's hull."""
    if has_area(xy):
        return float(np.sqrt(_hull_area(xy)) / 2.0)
    return float(max(np.hypot(xy[:, 0], xy[:, 1]).max(initial=0.0), 1.0))


def spacing_km(network: Network) -> float:
    """Return the side of the square per station of a network in km: 24 for the synthetic one."""
    return spacing_of(xy_km(network, network.centre()))


def spacing_of(xy: NDArray[np.float64]) -> float:
    """Return the side of the square per station in km, for positions in km, shape (station, 2)."""
    return 2.0 * radius_km(xy) / float(np.sqrt(len(xy)))


def _station(code: str, name: str, x: float, y: float, elevation_m: float) -> Station:
    return Station(
        code=code,
        name=name,
        latitude=round(CENTRE[0] + y / EARTH_KM_PER_DEGREE, 4),
        longitude=round(CENTRE[1] + x / (EARTH_KM_PER_DEGREE * float(np.cos(np.radians(CENTRE[0])))), 4),
        elevation_m=elevation_m,
    )


def _hull_area(xy: NDArray[np.float64]) -> float:
    from scipy.spatial import ConvexHull  # takes a quarter of a second to import, only when needed

    return float(ConvexHull(xy).volume)


def _positions_km(count: int) -> NDArray[np.float64]:
    """Return `count` positions of a perturbed square grid around the centre, the hull scaled to the paper's area, km."""
    rng = np.random.default_rng(np.random.SeedSequence([count, 70]))
    xy = _shaky_grid(rng, count)
    xy -= 0.5 * (xy.min(axis=0) + xy.max(axis=0))
    area = _hull_area(xy) if count >= 4 else float(np.ceil(np.sqrt(count)) ** 2)
    scaled: NDArray[np.float64] = xy * np.sqrt(AREA_KM2 / area)
    return scaled


def _shaky_grid(rng: np.random.Generator, count: int) -> NDArray[np.float64]:
    """Return `count` positions of a perturbed square grid of unit spacing, shape (count, 2)."""
    side = int(np.ceil(np.sqrt(count)))
    cells = np.sort(rng.permutation(side * side)[:count])
    shaken: NDArray[np.float64] = (
        np.column_stack([cells % side, cells // side]) + rng.uniform(-0.3, 0.3, (count, 2)) - (side - 1) / 2.0
    )
    return shaken


def _random_places(rng: np.random.Generator, count: int) -> NDArray[np.float64]:
    """Return `count` random positions in a unit square, none closer together than `CLOSEST`, shape (count, 2)."""
    closest = CLOSEST / np.sqrt(count)
    places = np.empty((0, 2))
    while len(places) < count:
        place = rng.uniform(-0.5, 0.5, 2)
        if not len(places) or np.hypot(*(places - place).T).min() >= closest:
            places = np.vstack([places, place])
    return places
