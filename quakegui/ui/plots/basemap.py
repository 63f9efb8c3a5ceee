"""The bundled base map: coasts, borders, provinces and prefectures, in the projection of a map frame.

Created by `resources/basemap/make_basemap.py`; sources and licences are in the NOTICE beside it. Nothing is downloaded.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from quakegui.paths import resources
from quakegui.season.network import Frame

Lines = tuple[NDArray[np.float64], ...]

KM_PER_DEGREE: Final = 111.2
LARGEST_REACH_KM: Final = 6000.0
"""Beyond it an azimuthal map is of little use, and the far side of the Earth would overlap it."""


@dataclass(frozen=True, slots=True)
class BaseMap:
    """Lines in km in the projection of a frame, each of shape (point, 2) as x, y; `land` contains closed rings.

    `prefecture` is empty if the reach is so large that these lines would clutter the map.
    """

    land: Lines
    coast: Lines
    border: Lines
    province: Lines
    prefecture: Lines


@dataclass(frozen=True, slots=True)
class _World:
    arcs: Lines
    extents: NDArray[np.float64]
    """West, east, south and north of each arc in degrees, shape (arc, 4)."""
    layers: dict[str, list[int]]
    land: Lines
    land_extents: NDArray[np.float64]
    """The same of each ring, shape (ring, 4)."""


def base_map(frame: Frame, reach: float = 4.0) -> BaseMap:
    """Return the base map within `reach` half-widths (at least 200 km) of the centre of `frame`."""
    world = _world()
    reach_km = min(max(reach * frame.half_width_km, 200.0), LARGEST_REACH_KM)
    centre = frame.unproject(np.array([[frame.x_km, frame.y_km]]))[0]
    box = _box(centre, reach_km)

    def layer(name: str) -> Lines:
        numbers = np.array(world.layers[name], dtype=np.intp)
        near = numbers[_near(world.extents[numbers], box, float(centre[1]))]
        whole = _within(world.extents[near], box, float(centre[1]))
        arcs = ((world.arcs[number], kept) for number, kept in zip(near, whole, strict=True))
        return _project(
            frame,
            [
                piece
                for arc, kept in arcs
                for piece in ([arc] if kept and len(arc) > 1 else _pieces(arc, box, float(centre[1])))
            ],
        )

    rings = np.flatnonzero(_near(world.land_extents, box, float(centre[1]))).tolist()
    land = [clipped for number in rings for clipped in _clip_ring(world.land[number], box, float(centre[1]))]
    return BaseMap(
        land=_project(frame, land),
        coast=layer("coast"),
        border=layer("border"),
        province=layer("province"),
        prefecture=layer("prefecture") if reach_km < 2500.0 else (),
    )


def _project(frame: Frame, lines: list[NDArray[np.float64]]) -> Lines:
    """Project all lines (longitude, latitude) at once."""
    if not lines:
        return ()
    every = np.vstack(lines)
    xy, ends = frame.project(every[:, 1], every[:, 0]), np.cumsum([len(line) for line in lines]).tolist()
    return tuple(xy[first:end] for first, end in pairwise([0, *ends]))


@cache
def _world() -> _World:
    kept = json.loads((resources() / "basemap" / "basemap.json").read_text(encoding="utf-8"))
    step = kept["step_degrees"]
    arcs = tuple(np.cumsum(np.array(arc, dtype=np.int64).reshape(-1, 2), axis=0) * step for arc in kept["arcs"])
    rings = tuple(np.vstack([arcs[n] if n >= 0 else arcs[~n][::-1] for n in ring]) for ring in kept["land"])
    return _World(arcs, extents(arcs), kept["layers"], rings, extents(rings))


def extents(lines: Lines) -> NDArray[np.float64]:
    """Return west, east, south and north of each of some lines, shape (line, 4)."""
    starts, every = np.cumsum([0, *(len(line) for line in lines[:-1])]), np.vstack(lines)
    low, high = np.minimum.reduceat(every, starts), np.maximum.reduceat(every, starts)
    return np.column_stack([low[:, 0], high[:, 0], low[:, 1], high[:, 1]])


def _box(centre: NDArray[np.float64], reach_km: float) -> tuple[float, float, float, float]:
    """Return west, east, south, north in degrees, with longitudes relative to the centre."""
    degrees = reach_km / KM_PER_DEGREE
    south, north = float(centre[0]) - degrees, float(centre[0]) + degrees
    furthest = max(abs(south), abs(north))
    width = 180.0 if furthest >= 85.0 else min(degrees / np.cos(np.radians(furthest)), 180.0)
    return -width, width, max(south, -90.0), min(north, 90.0)


def _near(extents: NDArray[np.float64], box: tuple[float, float, float, float], origin: float) -> NDArray[np.bool_]:
    """Return which extents touch the box, shape (arc,)."""
    west, east, south, north = box
    middle, half = (extents[:, 0] + extents[:, 1]) / 2.0, (extents[:, 1] - extents[:, 0]) / 2.0
    offset = (middle - origin + 180.0) % 360.0 - 180.0
    beside = (np.abs(offset) <= half + (east - west) / 2.0) | (half + (east - west) / 2.0 >= 180.0)
    near: NDArray[np.bool_] = beside & (extents[:, 3] >= south) & (extents[:, 2] <= north)
    return near


def _within(extents: NDArray[np.float64], box: tuple[float, float, float, float], origin: float) -> NDArray[np.bool_]:
    """Return which extents are entirely in the box, shape (arc,): most are, and their lines need not be cut."""
    west, east, south, north = box
    middle, half = (extents[:, 0] + extents[:, 1]) / 2.0, (extents[:, 1] - extents[:, 0]) / 2.0
    offset = (middle - origin + 180.0) % 360.0 - 180.0
    beside = (offset - half >= west) & (offset + half <= east)
    within: NDArray[np.bool_] = beside & (extents[:, 2] >= south) & (extents[:, 3] <= north)
    return within


def _from(longitude: NDArray[np.float64], origin: float) -> NDArray[np.float64]:
    """Return longitudes relative to `origin`, continuous along the line even across 180 degrees."""
    offset = (longitude - origin + 180.0) % 360.0 - 180.0
    steps = (np.diff(offset, prepend=offset[:1]) + 180.0) % 360.0 - 180.0
    unbroken: NDArray[np.float64] = offset[0] + np.cumsum(steps)
    return unbroken


def _pieces(line: NDArray[np.float64], box: tuple[float, float, float, float], origin: float) -> list[NDArray[np.float64]]:
    """Cut a line into the pieces that touch the box: every segment with an end inside it."""
    west, east, south, north = box
    offset = (line[:, 0] - origin + 180.0) % 360.0 - 180.0
    inside = (offset >= west) & (offset <= east) & (line[:, 1] >= south) & (line[:, 1] <= north)
    if not inside.any():
        return []
    wide = inside.copy()
    wide[:-1] |= inside[1:]
    wide[1:] |= inside[:-1]
    cuts = np.flatnonzero(np.diff(wide.astype(np.int8))) + 1
    return [piece for piece, kept in zip(np.split(line, cuts), np.split(wide, cuts), strict=True) if kept[0] and len(piece) > 1]


def _clip_ring(ring: NDArray[np.float64], box: tuple[float, float, float, float], origin: float) -> list[NDArray[np.float64]]:
    """Clip a closed ring to the box; a ring around the Earth may meet it from either side."""
    west, east, south, north = box
    if ring[:, 1].max() < south or ring[:, 1].min() > north:
        return []
    x = _from(ring[:, 0], origin)
    result = []
    for turn in (-360.0, 0.0, 360.0):
        clipped = np.column_stack([x + turn, ring[:, 1]])
        if clipped[:, 0].max() < west or clipped[:, 0].min() > east:
            continue
        for axis, limit, sign in ((0, west, 1.0), (0, east, -1.0), (1, south, 1.0), (1, north, -1.0)):
            clipped = _clip_half(clipped, axis, limit, sign)
        if len(clipped) > 2:
            result.append(np.column_stack([clipped[:, 0] + origin, clipped[:, 1]]))
    return result


def _clip_half(ring: NDArray[np.float64], axis: int, limit: float, sign: float) -> NDArray[np.float64]:
    """Keep the part of a ring on one side of a straight limit (Sutherland and Hodgman, 1974)."""
    if not len(ring):
        return ring
    beyond = (ring[:, axis] - limit) * sign
    if beyond.min() >= 0.0:
        return ring
    following, next_beyond = np.roll(ring, -1, axis=0), np.roll(beyond, -1)
    inside, crosses = beyond >= 0.0, (beyond >= 0.0) != (next_beyond >= 0.0)
    share = np.divide(beyond, beyond - next_beyond, out=np.zeros_like(beyond), where=crosses)
    crossing = ring + (following - ring) * share[:, None]
    both = np.stack([ring, crossing], axis=1).reshape(-1, 2)
    kept: NDArray[np.float64] = both[np.column_stack([inside, crosses]).ravel()]
    return kept
