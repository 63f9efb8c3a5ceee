"""Make `basemap.json` from the public boundary files that NOTICE names. Needed only to make it anew.

    python resources/basemap/make_basemap.py FOLDER

FOLDER holds `countries-50m.json` (TopoJSON), `china_provinces.geojson` and `southwest_prefectures.geojson`.

The three sources disagree where they meet. One line is kept at each place: prefecture boundaries before provincial ones, those
before the international borders of the countries file wherever China is a side, coasts always from the countries file.

Result: `arcs` holds polylines as one list of integers each, in thousandths of a degree, x y first and then steps; `layers`
holds per layer the numbers of its arcs; `land` holds rings as arc numbers, ~n meaning arc n walked backwards.
"""

from __future__ import annotations

import json
import sys
from collections import Counter, defaultdict
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

Line = NDArray[np.float64]
CHINA = {"156", "158", "344", "446"}
STEP = 0.001


def simplify(line: Line, tolerance: float) -> Line:
    """Drop the points that lie within `tolerance` degrees (longitudes shortened by latitude) of the line without them."""
    flat = line * [np.cos(np.radians(line[:, 1].mean())), 1.0]
    keep = np.zeros(len(line), dtype=bool)
    keep[[0, -1]] = True
    spans = [(0, len(line) - 1)]
    while spans:
        first, last = spans.pop()
        if last - first < 2:
            continue
        start, along = flat[first], flat[last] - flat[first]
        offset = flat[first + 1 : last] - start
        length = float(np.hypot(*along))
        across = np.abs(along[0] * offset[:, 1] - along[1] * offset[:, 0]) / length if length else np.hypot(*offset.T)
        furthest = int(across.argmax())
        if across[furthest] > tolerance:
            middle = first + 1 + furthest
            keep[middle] = True
            spans += [(first, middle), (middle, last)]
    return line[keep]


def chain(segments: list[tuple[tuple[float, float], tuple[float, float]]]) -> list[Line]:
    """Join segments into lines that end where other than two segments meet."""
    meeting = defaultdict(set)
    for a, b in segments:
        meeting[a].add(b)
        meeting[b].add(a)
    lines = []

    def walk(a: tuple[float, float], b: tuple[float, float]) -> None:
        line = [a, b]
        meeting[a].discard(b)
        meeting[b].discard(a)
        while len(meeting[b]) == 1 and b not in nodes:
            onward = meeting[b].pop()
            meeting[onward].discard(b)
            line.append(onward)
            b = onward
        lines.append(np.array(line))

    nodes = {point for point, others in meeting.items() if len(others) != 2}
    for start in [*nodes, *meeting]:  # what is left after the nodes are closed rings
        while meeting[start]:
            walk(start, next(iter(meeting[start])))
    return lines


def shared_segments(path: Path) -> dict[frozenset[tuple[float, float]], list[str]]:
    """Return each boundary segment with the codes of the areas on its sides."""
    sides = defaultdict(list)
    for feature in json.loads(path.read_text(encoding="utf-8"))["features"]:
        for line in feature["geometry"]["coordinates"]:
            points = [(round(x, 4), round(y, 4)) for x, y in line]
            for pair in pairwise(points):
                if pair[0] != pair[1]:
                    sides[frozenset(pair)].append(feature["properties"]["adcode"])
    return sides


def neighbours(path: Path, near: float) -> dict[frozenset[tuple[float, float]], set[str]]:
    """Return each boundary segment with the codes of all areas whose boundary runs within `near` degrees of its middle.

    Neighbours were not always drawn along the same points, so sharing points is not enough to tell what lies on both sides.
    """
    sides = shared_segments(path)
    pairs = list(sides)
    middles = np.array([np.mean(tuple(pair), axis=0) for pair in pairs])
    by_area = defaultdict(list)
    for pair, codes in sides.items():
        for code in codes:
            by_area[code].append(np.array(tuple(pair)))
    result = {pair: set(codes) for pair, codes in sides.items()}
    for code, lines in by_area.items():
        tree = cKDTree(np.vstack([_dense(line, near / 3.0) for line in lines]))
        for number in np.flatnonzero(tree.query(middles, distance_upper_bound=near)[0] < near):
            result[pairs[number]].add(code)
    return result


def away_from(segments: list[Any], lines: list[Line], degrees: float) -> list[Any]:
    """Return the segments whose middle is further than `degrees` from every one of `lines`."""
    dense = np.vstack([_dense(line, degrees / 3.0) for line in lines])
    middles = np.array([np.mean(tuple(segment), axis=0) for segment in segments])
    far = cKDTree(dense).query(middles)[0] > degrees
    return [segment for segment, is_far in zip(segments, far, strict=True) if is_far]


def _dense(line: Line, step: float) -> Line:
    pieces = [line[-1:]]
    for a, b in pairwise(line):
        count = int(np.hypot(*(b - a)) / step) + 1
        pieces.append(a + (b - a) * (np.arange(count) / count)[:, None])
    return np.vstack(pieces)


def countries(path: Path, tolerance: float) -> tuple[list[Line], list[int], list[int], list[list[int]]]:
    """Return arcs, the arcs that are borders (not China's) and coasts, and the rings of the land."""
    topology = json.loads(path.read_text(encoding="utf-8"))
    scale, shift = (np.array(topology["transform"][name]) for name in ("scale", "translate"))
    arcs = [simplify(np.cumsum(arc, axis=0) * scale + shift, tolerance) for arc in topology["arcs"]]
    owners = defaultdict(set)
    for number, country in enumerate(topology["objects"]["countries"]["geometries"]):
        for ring in _rings(country):
            for arc in ring:
                owners[arc if arc >= 0 else ~arc].add(country.get("id", f"unnamed {number}"))
    land = [ring for geometry in topology["objects"]["land"]["geometries"] for ring in _rings(geometry)]
    coast = {arc if arc >= 0 else ~arc for ring in land for arc in ring}
    borders = [arc for arc, who in owners.items() if len(who) > 1 and arc not in coast and not who & CHINA]
    return arcs, sorted(borders), sorted(coast), land


def _rings(geometry: dict[str, Any]) -> list[list[int]]:
    parts = geometry.get("arcs", [])
    polygons = parts if geometry["type"] == "MultiPolygon" else [parts]
    return [ring for polygon in polygons for ring in polygon]


def encode(line: Line) -> list[int]:
    """Return a line as integers in thousandths of a degree: the first point, then steps, without standstills."""
    whole = np.round(line / STEP).astype(int)
    moves = np.diff(whole, axis=0)
    return [int(v) for v in np.vstack([whole[:1], moves[moves.any(axis=1)]]).ravel()]


def main(folder: Path) -> None:
    """Read the three files of `folder` and write `basemap.json` beside this script."""
    arcs, borders, coast, land = countries(folder / "countries-50m.json", 0.018)
    fine = neighbours(folder / "southwest_prefectures.geojson", 0.012)
    between = [pair for pair, codes in fine.items() if len(codes) > 1 and len({code[:2] for code in codes}) == 1]
    around = [pair for pair, codes in fine.items() if len(codes) == 1 or len({code[:2] for code in codes}) > 1]
    around_lines = chain([tuple(pair) for pair in around])
    coarse = neighbours(folder / "china_provinces.geojson", 0.06)
    inner = [pair for pair, codes in coarse.items() if len(codes) > 1]
    outer = [pair for pair, codes in coarse.items() if len(codes) == 1]
    outer = away_from(outer, [arcs[number] for number in coast], 0.25)
    inner = away_from(inner, [arcs[number] for number in coast], 0.02)
    province_lines = chain([tuple(pair) for pair in away_from(inner, around_lines, 0.06)])
    national_lines = chain([tuple(pair) for pair in away_from(outer, around_lines, 0.06)])
    layers: dict[str, list[int]] = {"coast": coast, "border": borders, "province": [], "prefecture": []}
    for name, lines, tolerance in (
        ("border", national_lines, 0.005),
        ("province", province_lines + around_lines, 0.004),
        ("prefecture", chain([tuple(pair) for pair in between]), 0.003),
    ):
        for line in lines:
            layers[name].append(len(arcs))
            arcs.append(simplify(line, tolerance))
    result = {"step_degrees": STEP, "layers": layers, "land": land, "arcs": [encode(arc) for arc in arcs]}
    target = Path(__file__).with_name("basemap.json")
    target.write_text(json.dumps(result, separators=(",", ":")), encoding="utf-8")
    points = Counter({name: sum(len(arcs[number]) for number in numbers) for name, numbers in layers.items()})
    sys.stdout.write(f"{target.name}: {target.stat().st_size / 1024:.0f} KiB, points {dict(points)}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
