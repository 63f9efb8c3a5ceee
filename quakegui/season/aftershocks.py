"""Find the aftershocks of a catalogue; a million earthquakes take seconds.

Comparing each earthquake with all earlier ones takes hours when a swarm fills the windows. Most aftershocks are found by
comparing them with the largest earthquakes shortly before. For the rest, earthquakes that are close in time, place and
magnitude are put into nested groups, and a group is searched only while it may contain the main shock.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quakegui.season.sphere import EARTH_RADIUS_KM, great_circle_km

_GROUP = 4
"""Members of a group, at every level of the tree but the lowest."""
_SMALLEST = 8
"""Maximum number of events in a group of the lowest level."""
_LOOKED_BACK = (4, 32, 256, 2048, 16_384)
"""Numbers of preceding events in a neighbourhood; the largest event of each such stretch is compared first."""
_CHUNK = 4096
"""Number of events searched together."""
_MOST_PAIRS = 65_536
"""Number of (event, group) pairs compared at a time; many of the remaining pairs never have to be compared."""
_BLOCK, _BLOCK_HEIGHT = 8, 2
"""Number of neighbouring events searched as one block, and the level above the lowest at which blocks are split."""
_SLACK_KM = 1e-6
"""Tolerance of the bounds on distance: far above rounding errors, far below any distance that matters."""
_SMALL_PLACE = 0.5
"""Extent, in radii, below which splitting a group by place is hardly worth it."""
_TIME, _PLACE, _MAGNITUDE, _REACH, _CHORD = 0, slice(1, 4), 4, 5, 6

Facts = NDArray[np.float64]
"""Time (ms), place (km from the Earth's centre, three columns), magnitude, reach (ms) and radius as a chord (km), shape (...,
7).
"""
Level = tuple[Facts, Facts]
"""Minimum and maximum of each fact in each group, shapes (group, fact)."""
EventRows = NDArray[np.intp]
Pairs = tuple[int, EventRows, EventRows]
"""A level of the tree, and pairs of an event (or a block of events) and a group at that level."""


@dataclass(frozen=True, slots=True)
class _Catalogue:
    """Columns of the catalogue in order of time, and the facts of each event."""

    latitude: NDArray[np.float64]
    longitude: NDArray[np.float64]
    radius_km: NDArray[np.float64]
    facts: Facts

    def follows(self, event: NDArray[np.intp], other: NDArray[np.intp]) -> NDArray[np.bool_]:
        """Return whether each `event` is an aftershock of the `other` event of its pair, shape (pair,).

        Parameters
        ----------
        event, other
            Positions in the catalogue, shape (pair,).
        """
        mine, theirs = self.facts[event], self.facts[other]
        found = (theirs[:, _MAGNITUDE] >= mine[:, _MAGNITUDE]) & (theirs[:, _TIME] < mine[:, _TIME])
        found &= mine[:, _TIME] - theirs[:, _TIME] <= theirs[:, _REACH]
        event, other = event[found], other[found]
        km = great_circle_km(self.latitude[other], self.longitude[other], self.latitude[event], self.longitude[event])
        found[found] = km <= self.radius_km[other]
        return found


def are_aftershocks(
    since_ms: NDArray[np.float64],
    magnitude: NDArray[np.float64],
    latitude: NDArray[np.float64],
    longitude: NDArray[np.float64],
    *,
    radius_km: NDArray[np.float64],
    reach_ms: NDArray[np.float64],
) -> NDArray[np.bool_]:
    """Return whether each event lies in the window of an earlier event of equal or larger magnitude, shape (event,).

    Parameters
    ----------
    since_ms
        Origin times in ms since an arbitrary instant, increasing, shape (event,) like all other arrays.
    magnitude, latitude, longitude
        Magnitudes, and epicentres in degrees.
    radius_km, reach_ms
        Radius and length of the window that follows each event, limits included. Of two events at the same instant neither is
        earlier.
    """
    if since_ms.size < 2:
        return np.zeros(since_ms.size, dtype=bool)
    facts = np.column_stack([since_ms, _on_sphere(latitude, longitude), magnitude, reach_ms, _chord(radius_km)])
    catalogue = _Catalogue(latitude, longitude, radius_km, facts)
    found = _told_by_the_largest(catalogue)
    order = _tree_order(facts)
    levels = _levels(facts[order])
    first = np.zeros(len(order), dtype=bool)
    first[np.unique(order, return_index=True)[1]] = True
    open_ = order[first & ~found[order]]  # in the tree's order, so that each chunk is compact
    for start in range(0, open_.size, _CHUNK):
        asked = open_[start : start + _CHUNK]
        follows = np.zeros(asked.size, dtype=bool)
        for event, place in _near_pairs(facts[asked], levels, follows):
            follows[event[catalogue.follows(asked[event], order[place])]] = True
        found[asked] = follows
    return found


def _told_by_the_largest(catalogue: _Catalogue) -> NDArray[np.bool_]:
    """Return which events follow the largest of a number of preceding events in their neighbourhood, shape (event,)."""
    from scipy.ndimage import maximum_filter1d  # imported late: an import-free start is faster

    facts = catalogue.facts
    width = max(float(np.median(catalogue.radius_km)) / 2.0, 1.0)
    x, y, z = np.floor(facts[:, _PLACE].T / width)
    order = np.lexsort((facts[:, _TIME], z, y, x))
    # Magnitude and position in one number: an integer, hence exact, up to ninety million events.
    rank = np.unique(facts[order, _MAGNITUDE], return_inverse=True)[1].astype(np.float64) * order.size + np.arange(order.size)
    found = np.zeros(order.size, dtype=bool)
    for number in _LOOKED_BACK:
        largest = maximum_filter1d(rank, 2 * (number // 2) + 1, origin=number // 2, mode="nearest")
        other = order[largest.astype(np.int64) % order.size]
        open_ = ~found[order]
        event = order[open_]
        found[event] = catalogue.follows(event, other[open_])
    return found


def _near_pairs(
    asked: Facts, levels: list[Level], follows: NDArray[np.bool_]
) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Yield pairs of an event (its row in `asked`) and a possible main shock (its place in the tree).

    `follows` is set where a whole group qualifies. Events already set, here or by the caller, are not searched further.
    """
    waiting = _near_groups(asked, levels)
    while waiting:
        height, event, group = waiting.pop()
        if event.size > _MOST_PAIRS:
            waiting.append((height, event[_MOST_PAIRS:], group[_MOST_PAIRS:]))
            event, group = event[:_MOST_PAIRS], group[:_MOST_PAIRS]
        event, group = _only(~follows[event], event, group)
        event, group = _only(_may_follow(asked, asked, levels[height], event, group), event, group)
        if height == 0:
            yield event, group
            continue
        low, high = levels[height]
        follows[event[_surely_follow(asked[event], low[group], high[group])]] = True
        event, group = _only(~follows[event], event, group)
        if event.size:
            waiting.append((height - 1, *_inside(levels, height, event, group)))


def _near_groups(asked: Facts, levels: list[Level]) -> list[Pairs]:
    """Return pairs of an event and a group some levels above the lowest, found for blocks of neighbouring events."""
    blocks = -(-len(asked) // _BLOCK)
    rows = np.minimum(np.arange(blocks * _BLOCK), len(asked) - 1)
    held = asked[rows].reshape(blocks, _BLOCK, -1)
    low, high = held.min(axis=1), held.max(axis=1)
    waiting: list[Pairs] = [(len(levels) - 1, np.arange(blocks), np.zeros(blocks, dtype=np.intp))]
    near: list[Pairs] = []
    while waiting:
        height, block, group = waiting.pop()
        block, group = _only(_may_follow(low, high, levels[height], block, group), block, group)
        if height > _BLOCK_HEIGHT and block.size <= _MOST_PAIRS:
            waiting.append((height - 1, *_inside(levels, height, block, group)))
        elif block.size:
            event = (block[:, np.newaxis] * _BLOCK + np.arange(_BLOCK)).ravel()
            near.append((height, *_only(event < len(asked), event, np.repeat(group, _BLOCK))))
    return near


def _inside(levels: list[Level], height: int, which: EventRows, group: EventRows) -> tuple[EventRows, EventRows]:
    """Return each pair repeated for every member of its group at the next lower level."""
    size = len(levels[height - 1][0]) // len(levels[height][0])
    return np.repeat(which, size), (group[:, np.newaxis] * size + np.arange(size)).ravel()


def _only(wanted: NDArray[np.bool_], which: EventRows, group: EventRows) -> tuple[EventRows, EventRows]:
    return which[wanted], group[wanted]


def _may_follow(first: Facts, last: Facts, level: Level, which: EventRows, group: EventRows) -> NDArray[np.bool_]:
    """Return for each pair whether the group may contain a main shock of an event between `first` and `last`, shape (pair,)."""
    low, high = level
    before = high[group]
    maybe: NDArray[np.bool_] = before[:, _MAGNITUDE] >= first[which, _MAGNITUDE]
    maybe &= first[which, _TIME] - before[:, _TIME] <= before[:, _REACH]
    maybe &= low[group, _TIME] < last[which, _TIME]
    which, group, before = which[maybe], group[maybe], before[maybe]
    outside = np.maximum(low[group][:, _PLACE] - last[which][:, _PLACE], first[which][:, _PLACE] - before[:, _PLACE])
    outside = np.maximum(outside, 0.0)
    maybe[maybe] = np.einsum("ij,ij->i", outside, outside) <= (before[:, _CHORD] + _SLACK_KM) ** 2
    return maybe


def _surely_follow(mine: Facts, low: Facts, high: Facts) -> NDArray[np.bool_]:
    """Return for each pair whether every member of the group has the event as an aftershock, shape (pair,)."""
    farthest = np.maximum(mine[:, _PLACE] - low[:, _PLACE], high[:, _PLACE] - mine[:, _PLACE])
    surely: NDArray[np.bool_] = (
        (low[:, _MAGNITUDE] >= mine[:, _MAGNITUDE])
        & (high[:, _TIME] < mine[:, _TIME])
        & (mine[:, _TIME] - low[:, _TIME] <= low[:, _REACH])
        & (np.einsum("ij,ij->i", farthest, farthest) <= np.maximum(low[:, _CHORD] - _SLACK_KM, 0.0) ** 2)
    )
    return surely


def _levels(facts: Facts) -> list[Level]:
    """Return the levels of the tree, from single events up to the one group that contains them all."""
    low, high = facts, facts
    levels, members = [(low, high)], _members(len(facts))
    while len(low) > 1:
        size = members if len(levels) == 1 else _GROUP
        low, high = (part.reshape(-1, size, part.shape[1]) for part in (low, high))
        low, high = low.min(axis=1), high.max(axis=1)
        levels.append((low, high))
    return levels


def _members(events: int) -> int:
    """Return the size of the groups of the lowest level, chosen such that the number of groups is a power of `_GROUP`."""
    groups = 1
    while groups * _SMALLEST < events:
        groups *= _GROUP
    return -(-events // groups)


def _tree_order(facts: Facts) -> NDArray[np.intp]:
    """Return the order of the events in the tree, the first ones repeated until every group is full (this changes no result).

    Each group is halved repeatedly along its longest axis. Length is measured in units of the group's own windows and, since
    the windows of time and magnitude are open on one side, as a fraction of all events.
    """
    members = _members(len(facts))
    groups = 1
    while groups * members < len(facts):
        groups *= _GROUP
    order = np.resize(np.arange(len(facts)), groups * members)
    ranks = [np.searchsorted(np.sort(column), column) / column.size for column in facts[:, [_TIME, _MAGNITUDE]].T]
    measured = np.column_stack([facts, *ranks])
    parts = 1
    while parts < groups:
        held = order.reshape(parts, -1)
        values = measured[held]
        longest = _longest(values.min(axis=1), values.max(axis=1))
        along = np.take_along_axis(values, longest[:, np.newaxis, np.newaxis], axis=2)[:, :, 0]
        order = np.take_along_axis(held, np.argpartition(along, held.shape[1] // 2, axis=1), axis=1).ravel()
        parts *= 2
    return order


def _longest(low: Facts, high: Facts) -> NDArray[np.intp]:
    """Return the column of the fact (time, place or magnitude) along which each group is longest, shape (group,)."""
    length = np.empty((len(low), _REACH))
    shares = high[:, -2:] - low[:, -2:]
    length[:, _TIME] = np.maximum((high[:, _TIME] - low[:, _TIME]) / high[:, _REACH], shares[:, 0])
    radii = (high[:, _PLACE] - low[:, _PLACE]) / np.minimum(high[:, [_CHORD]], 2.0 * EARTH_RADIUS_KM)
    length[:, _PLACE] = np.where(radii < _SMALL_PLACE, radii / 20.0, 2.0 * radii)
    # Groups of very different windows have loose bounds, so they are split early.
    length[:, _MAGNITUDE] = np.maximum(4.0 * np.log2(high[:, _REACH] / low[:, _REACH]), shares[:, 1])
    longest: NDArray[np.intp] = length.argmax(axis=1)
    return longest


def _on_sphere(latitude: NDArray[np.float64], longitude: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return positions in km from the Earth's centre, shape (event, 3)."""
    lat, lon = np.radians(latitude), np.radians(longitude)
    return EARTH_RADIUS_KM * np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])


def _chord(km: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the chord of an arc on the sphere, in km; infinite for arcs of half the circumference or more."""
    half = km / (2.0 * EARTH_RADIUS_KM)
    return np.where(half >= np.pi / 2.0, np.inf, 2.0 * EARTH_RADIUS_KM * np.sin(half))
