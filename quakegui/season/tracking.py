"""Tracks of extremum regions from day to day, and the features of each day.

Strictly causal: the features of a day depend on its map and on the `Tracker` of the previous day.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace

import numpy as np
from numpy.typing import NDArray

from quakegui.season.extrema import DayFeatures, ExtremaConfig, Region, Shape, peaks_nt, regions_mask, shapes, strongest_station
from quakegui.season.gridding import Gridder
from quakegui.season.localtime import day_after

ONE_DAY = np.timedelta64(1, "D")


@dataclass(frozen=True, slots=True, eq=False)
class Tracker:
    """State carried from one day to the next.

    Attributes
    ----------
    day
        The latest day with a map, None at the start.
    field, labels
        Its z values and region labels, shape (row, column); None if it had no region.
    regions
        Its regions.
    means
        Day and mean |z| of the earlier maps that count for the normal value.
    next_id
        Number of the next new track.
    """

    day: np.datetime64 | None = None
    field: NDArray[np.float32] | None = None
    labels: NDArray[np.int32] | None = None
    regions: tuple[Region, ...] = ()
    means: tuple[tuple[np.datetime64, float], ...] = ()
    next_id: int = 1


@dataclass(frozen=True, slots=True)
class Past:
    """What a region inherits from the previous day."""

    id: int
    duration_days: int
    age_days: int


@dataclass(frozen=True, slots=True, eq=False)
class Today:
    """A day's map and the station values behind it; see `step`."""

    day: np.datetime64
    field: NDArray[np.float32]
    labels: NDArray[np.int32]
    z: NDArray[np.float64]
    anomaly_nt: NDArray[np.float64]
    gridder: Gridder

    def station(self, position: int | None) -> tuple[str, float, float]:
        """Return code, z and nT of the station at a position in network order; "" and NaN for None."""
        if position is None:
            return "", np.nan, np.nan
        return self.gridder.basis.codes[position], float(self.z[position]), float(self.anomaly_nt[position])


def step(
    tracker: Tracker,
    day: np.datetime64,
    field: NDArray[np.float32],
    *,
    z: NDArray[np.float64],
    anomaly_nt: NDArray[np.float64],
    gridder: Gridder,
    config: ExtremaConfig,
    timezone: str = "UTC",
) -> tuple[Tracker, DayFeatures]:
    """Return the tracker after one day, and the features of that day.

    Parameters
    ----------
    tracker
        State after the previous day; a gap between its day and this one ends all tracks.
    day
        Local date, later than the tracker's.
    field
        The day's map in z, shape (row, column), all NaN if there is none.
    z, anomaly_nt
        The stations' values on that day, shape (station,), NaN where missing.
    gridder
        Draws the maps of the network; provides the frame, the positions of the stations, and nT at the peaks.
    config
        Threshold and definition of duration.
    timezone
        IANA name of the time zone of the days: a day that its calendar skipped is not a gap.
    """
    shown = ~np.isnan(field)
    means = tuple((then, mean) for then, mean in tracker.means if day - then <= config.normal_days * ONE_DAY)
    if not shown.any():
        return Tracker(means=means, next_id=tracker.next_id), DayFeatures(day, has_map=False, normal=_median(means))
    if tracker.day is None or day != day_after(tracker.day, timezone):
        tracker = Tracker(next_id=tracker.next_id)
    labels = regions_mask(field, config.threshold_z)
    found = shapes(field, labels)
    pasts = _pasts(tracker, field, labels, found, config)
    today = Today(day, field, labels, z, anomaly_nt, gridder)
    regions, next_id = _regions(today, found, pasts, tracker.next_id)
    features = _features(today, shown, regions, _median(means))
    state = Tracker(day=day, regions=regions, means=(*means, (day, features.mean)), next_id=next_id)
    if regions:
        # A copy, since the caller may draw the next day into the same memory.
        state = replace(state, field=field.copy(), labels=labels)
    return state, features


def season_features(
    days: NDArray[np.datetime64],
    fields: Iterable[NDArray[np.float32]],
    *,
    z: NDArray[np.float64],
    anomaly_nt: NDArray[np.float64],
    gridder: Gridder,
    config: ExtremaConfig,
    timezone: str = "UTC",
    earlier: Sequence[DayFeatures] = (),
) -> tuple[DayFeatures, ...]:
    """Return the features of consecutive days.

    Parameters
    ----------
    days
        Local dates in order, shape (day,).
    fields
        One map per day, in z, shape (row, column).
    z, anomaly_nt
        Shape (day, station).
    gridder, config, timezone
        As in `step`.
    earlier
        Features of the preceding days from an earlier call with the same arguments; the result contains those of `days` only.
        The first of `fields` is then the map of the last known day.
    """
    todo = iter(fields)
    tracker, features = _after(earlier, next(todo), config) if earlier else Tracker(), []
    for day, field, day_z, day_nt in zip(days, todo, z, anomaly_nt, strict=True):
        tracker, one = step(tracker, day, field, z=day_z, anomaly_nt=day_nt, gridder=gridder, config=config, timezone=timezone)
        features.append(one)
    return tuple(features)


def _after(known: Sequence[DayFeatures], field: NDArray[np.float32], config: ExtremaConfig) -> Tracker:
    """Return the tracker after days with known features; `field` is the map of the last one."""
    last = known[-1]
    means = tuple((one.day, one.mean) for one in known if one.has_map and last.day - one.day <= config.normal_days * ONE_DAY)
    next_id = 1 + max((region.id for one in known for region in one.regions), default=0)
    if not last.has_map:
        return Tracker(means=means, next_id=next_id)
    state = Tracker(day=last.day, regions=last.regions, means=means, next_id=next_id)
    if not last.regions:
        return state
    return replace(state, field=field.copy(), labels=regions_mask(field, config.threshold_z))


def _pasts(
    tracker: Tracker, field: NDArray[np.float32], labels: NDArray[np.int32], found: tuple[Shape, ...], config: ExtremaConfig
) -> dict[int, Past]:
    """Return what each of today's regions, by label, inherits from yesterday; a region without an entry is new.

    Pairs of equal sign are matched in order of overlap, each region once. After a split, the part with the largest overlap
    continues the track; a merged region continues the track with which it overlaps most; at equal overlap the larger region
    comes first.
    """
    if tracker.field is None or tracker.labels is None or not found:
        return {}
    both = (tracker.labels != 0) & (np.sign(tracker.labels) == np.sign(labels))
    pairs, overlaps = np.unique(np.stack([tracker.labels[both], labels[both]]), axis=1, return_counts=True)
    former = {region.label: region for region in tracker.regions}
    area = {shape.label: shape.area_px for shape in found}
    ranked = sorted(
        (
            (int(count), former[int(then)].area_px, area[int(now)], int(then), int(now))
            for (then, now), count in zip(pairs.T, overlaps, strict=True)
        ),
        reverse=True,
    )
    pasts: dict[int, Past] = {}
    taken: set[int] = set()
    for _, _, _, then, now in ranked:
        if then in taken or now in pasts:
            continue
        taken.add(then)
        region = former[then]
        stays = _share_that_stays(tracker.field, tracker.labels, region, field, config.stable_z) > config.stable_share
        pasts[now] = Past(region.id, region.duration_days if stays else 0, region.age_days)
    return pasts


def _share_that_stays(
    former_field: NDArray[np.float32],
    former_labels: NDArray[np.int32],
    region: Region,
    field: NDArray[np.float32],
    stable_z: float,
) -> float:
    """Return the fraction of a former region's pixels that change by less than `stable_z`; hidden pixels do not count."""
    top, left, bottom, right = region.bbox
    box = slice(top, bottom), slice(left, right)
    stays = np.abs(field[box] - former_field[box]) < stable_z
    return int(np.count_nonzero(stays & (former_labels[box] == region.label))) / region.area_px


def _regions(today: Today, found: tuple[Shape, ...], pasts: dict[int, Past], next_id: int) -> tuple[tuple[Region, ...], int]:
    """Return the day's regions, strongest first, and the next free track number."""
    if not found:
        return (), next_id
    frame = today.gridder.basis.frame
    middle = (frame.pixels - 1) / 2.0
    peak_nt = peaks_nt(today.gridder, today.anomaly_nt, [(shape.peak_row, shape.peak_col) for shape in found])
    places = frame.unproject(frame.from_pixels(np.array([(shape.centroid_row, shape.centroid_col) for shape in found])))
    regions = []
    for shape, nt, (latitude, longitude) in zip(found, peak_nt, places, strict=True):
        past = pasts.get(shape.label)
        if past is None:
            past = Past(next_id, 0, 0)
            next_id += 1
        station, station_z, station_nt = today.station(strongest_station(today.labels, shape, today.z, today.gridder.basis))
        regions.append(
            Region(
                day=today.day,
                id=past.id,
                sign=1 if shape.label > 0 else -1,
                area_km2=shape.area_px * frame.km_per_pixel**2,
                peak_nt=float(nt),
                peak_station=station,
                station_peak_z=station_z,
                station_peak_nt=station_nt,
                duration_days=past.duration_days + 1,
                age_days=past.age_days + 1,
                direction="N" if shape.centroid_row < middle else "S" if shape.centroid_row > middle else "",
                centroid_lat=float(latitude),
                centroid_lon=float(longitude),
                **asdict(shape),
            )
        )
    return tuple(regions), next_id


def _features(today: Today, shown: NDArray[np.bool_], regions: tuple[Region, ...], normal: float) -> DayFeatures:
    """Return the features of a day that has a map."""
    strength = np.abs(today.field)
    row, column = (int(axis) for axis in np.unravel_index(np.argmax(np.where(shown, strength, -1.0)), strength.shape))
    np.copyto(strength, 0.0, where=~shown)
    half, pixels = strength.shape[0] // 2, strength.shape[0]
    mean_north = _mean(strength[:half], shown[:half])
    mean_south = _mean(strength[pixels - half :], shown[pixels - half :])
    peak_nt = peaks_nt(today.gridder, today.anomaly_nt, [(row, column)])[0]
    station, station_z, station_nt = today.station(strongest_station(None, None, today.z, today.gridder.basis))
    return DayFeatures(
        day=today.day,
        has_map=True,
        area_px=sum(region.area_px for region in regions),
        area_km2=sum(region.area_km2 for region in regions),
        peak_z=float(today.field[row, column]),
        peak_row=row,
        peak_col=column,
        peak_nt=float(peak_nt),
        peak_station=station,
        station_peak_z=station_z,
        station_peak_nt=station_nt,
        duration_days=max((region.duration_days for region in regions), default=0),
        age_days=max((region.age_days for region in regions), default=0),
        direction=_direction(mean_north, mean_south, normal),
        mean_north=mean_north,
        mean_south=mean_south,
        mean=_mean(strength, shown),
        normal=normal,
        regions=regions,
    )


def _direction(north: float, south: float, normal: float) -> str:
    """Return the half above normal, the larger one if both are; comparisons with NaN are False, as intended."""
    above_north, above_south = north > normal, south > normal
    if above_north and above_south:
        return "N" if north > south else "S" if south > north else ""
    return "N" if above_north else "S" if above_south else ""


def _median(means: tuple[tuple[np.datetime64, float], ...]) -> float:
    return float(np.median([mean for _, mean in means])) if means else np.nan


def _mean(strength: NDArray[np.float32], shown: NDArray[np.bool_]) -> float:
    count = int(np.count_nonzero(shown))
    return float(strength.sum(dtype=np.float64)) / count if count else np.nan
