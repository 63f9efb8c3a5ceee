"""Extremum regions on maps drawn by hand, with known area, peak, duration and direction."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from quakegui.season.basis import GridConfig, build_basis
from quakegui.season.extrema import DayFeatures, ExtremaConfig, region_outline, regions_mask
from quakegui.season.gridding import Gridder
from quakegui.season.network import Network, Station
from quakegui.season.tracking import Tracker, season_features, step

Map = NDArray[np.float32]
CONFIG = ExtremaConfig(threshold_z=5.0)
FIRST = np.datetime64("2022-02-01")
PIXELS = 240


@pytest.fixture(scope="module")
def grid() -> Gridder:
    """Nine stations, three by three: S00 in the north-west, S02 in the north-east, S22 in the south-east."""
    network = Network.of(
        Station(f"S{row}{column}", "", 28.5 - 0.4 * row, 101.7 + 0.45 * column) for row in range(3) for column in range(3)
    )
    config = GridConfig()
    return Gridder(build_basis(network, config, pixels=PIXELS), config)


def blank() -> Map:
    field = np.zeros((PIXELS, PIXELS), dtype=np.float32)
    field[:20] = field[-20:] = np.nan
    field[:, :20] = field[:, -20:] = np.nan
    return field


def patch(field: Map, rows: slice, columns: slice, z: float) -> Map:
    """Draw a patch of one value with a single pixel half a unit stronger in its middle."""
    drawn = field.copy()
    drawn[rows, columns] = z
    drawn[(rows.start + rows.stop) // 2, (columns.start + columns.stop) // 2] = z + 0.5 * np.sign(z)
    return drawn


@pytest.fixture
def follow(grid: Gridder) -> Callable[..., tuple[DayFeatures, ...]]:
    def run(
        *fields: Map, z: NDArray[np.float64] | None = None, days: NDArray[np.datetime64] | None = None
    ) -> tuple[DayFeatures, ...]:
        count = len(fields)
        z = np.zeros((count, 9)) if z is None else z
        days = FIRST + np.arange(count) if days is None else days
        return season_features(days, fields, z=z, anomaly_nt=10.0 * z, gridder=grid, config=CONFIG)

    return run


def test_area_peak_and_place_on_a_first_day(grid: Gridder, follow: Callable[..., tuple[DayFeatures, ...]]) -> None:
    z = np.zeros((1, 9))
    z[0] = np.arange(9.0)
    (day,) = follow(patch(blank(), slice(60, 80), slice(100, 130), 6.0), z=z)
    (region,) = day.regions
    assert day.has_map
    assert region.day == FIRST
    assert (region.sign, region.area_px, day.area_px) == (1, 600, 600)
    assert region.area_km2 == pytest.approx(600 * grid.basis.frame.km_per_pixel**2)
    assert day.area_km2 == region.area_km2
    assert (region.peak_z, region.peak_row, region.peak_col) == (6.5, 70, 115)
    assert (day.peak_z, day.peak_row, day.peak_col) == (6.5, 70, 115)
    assert region.bbox == (60, 100, 80, 130)
    assert (region.centroid_row, region.centroid_col) == (69.5, 114.5)
    place = grid.basis.frame.project(np.array([region.centroid_lat]), np.array([region.centroid_lon]))
    np.testing.assert_allclose(grid.basis.frame.to_pixels(place)[0], [69.5, 114.5], atol=1e-6)
    assert (region.duration_days, region.age_days) == (1, 1)
    assert (day.duration_days, day.age_days) == (1, 1)
    assert region.direction == "N"
    # nothing to compare with yet
    assert np.isnan(day.normal)
    assert day.direction == ""
    assert (day.peak_station, day.station_peak_z, day.station_peak_nt) == ("S22", 8.0, 80.0)


def test_nt_at_the_peak_is_the_map_of_nt(grid: Gridder, follow: Callable[..., tuple[DayFeatures, ...]]) -> None:
    # values that are a plane in x are gridded without any loss
    z = grid.basis.xy_km[None, :, 0] / 10.0
    (day,) = follow(patch(blank(), slice(60, 80), slice(150, 170), 6.0), z=z)
    x = grid.basis.frame.from_pixels(np.array([[70.0, 160.0]]))[0, 0]
    assert day.regions[0].peak_nt == pytest.approx(x, rel=1e-9)
    assert day.peak_nt == pytest.approx(x, rel=1e-9)


def test_two_regions_of_both_signs_strongest_first(follow: Callable[..., tuple[DayFeatures, ...]]) -> None:
    field = patch(patch(blank(), slice(40, 50), slice(40, 60), 6.0), slice(150, 180), slice(100, 140), -7.0)
    (day,) = follow(field)
    strong, weak = day.regions
    assert (strong.sign, strong.area_px, strong.peak_z, strong.direction, strong.label) == (-1, 1200, -7.5, "S", -1)
    assert (weak.sign, weak.area_px, weak.peak_z, weak.direction, weak.label) == (1, 200, 6.5, "N", 1)
    assert day.area_px == 1400
    assert day.peak_z == -7.5
    assert sorted(region.id for region in day.regions) == [1, 2]


def test_corners_connect_and_signs_never_do() -> None:
    field = np.zeros((6, 6), dtype=np.float32)
    field[0, 0] = field[1, 1] = field[2, 2] = 5.0
    field[2, 3] = field[3, 3] = -5.0
    field[5, 5] = 9.0
    field[0, 5] = 4.999
    labels = regions_mask(field, 5.0)
    assert labels[0, 0] == labels[1, 1] == labels[2, 2] == 1
    assert labels[5, 5] == 2
    assert labels[2, 3] == labels[3, 3] == -1
    assert np.count_nonzero(labels) == 6


def test_a_region_over_the_border_counts_only_what_is_shown(follow: Callable[..., tuple[DayFeatures, ...]]) -> None:
    field = blank()
    field[100:110, 190:230] = 6.0
    field[:, 220:] = np.nan
    (day,) = follow(field)
    (region,) = day.regions
    assert region.area_px == 300
    assert region.bbox == (100, 190, 110, 220)
    edge = np.full((PIXELS, PIXELS), 0.0, dtype=np.float32)
    edge[0:10, 0:10] = -6.0
    (day,) = follow(edge)
    assert day.regions[0].area_px == 100
    assert day.regions[0].bbox == (0, 0, 10, 10)


def test_a_region_across_the_middle_row_goes_by_its_centroid(follow: Callable[..., tuple[DayFeatures, ...]]) -> None:
    for rows, direction in ((slice(110, 130), ""), (slice(110, 131), "S"), (slice(109, 130), "N")):
        (day,) = follow(patch(blank(), rows, slice(100, 120), 6.0))
        assert day.regions[0].direction == direction


def test_the_strongest_station_inside_and_a_missing_station_under_the_peak(
    grid: Gridder, follow: Callable[..., tuple[DayFeatures, ...]]
) -> None:
    rows, columns = np.rint(grid.basis.frame.to_pixels(grid.basis.xy_km)).astype(int).T
    field = blank()
    # the northern row of stations lies in one region
    field[rows[0] - 5 : rows[0] + 6, columns[0] : columns[2] + 1] = 6.0
    field[rows[1], columns[1]] = 7.0
    z = np.array([[6.1, 8.0, 6.4, -9.0, 0.0, 0.0, 0.0, 0.0, 0.0]])
    (day,) = follow(field, z=z)
    assert (day.regions[0].peak_station, day.regions[0].station_peak_z, day.regions[0].station_peak_nt) == ("S01", 8.0, 80.0)
    assert (day.peak_station, day.station_peak_z) == ("S10", -9.0)
    z[0, 1] = np.nan
    (day,) = follow(field, z=z)
    region = day.regions[0]
    assert (region.peak_row, region.peak_col) == (rows[1], columns[1])
    assert (region.peak_station, region.station_peak_z) == ("S02", 6.4)
    z[0, :3] = np.nan
    (day,) = follow(field, z=z)
    assert day.regions[0].peak_station == ""
    assert np.isnan(day.regions[0].station_peak_z)
    assert day.peak_station == "S10"


def test_a_still_region_gains_a_day_each_day(follow: Callable[..., tuple[DayFeatures, ...]]) -> None:
    still = patch(blank(), slice(60, 80), slice(100, 130), 6.0)
    days = follow(still, still + np.float32(0.9), still, still)
    assert [day.duration_days for day in days] == [1, 2, 3, 4]
    assert [day.age_days for day in days] == [1, 2, 3, 4]
    assert {day.regions[0].id for day in days} == {1}


def test_a_change_of_one_unit_is_no_staying(follow: Callable[..., tuple[DayFeatures, ...]]) -> None:
    still = patch(blank(), slice(60, 80), slice(100, 130), 6.0)
    days = follow(still, still + np.float32(1.0), still + np.float32(1.0))
    assert [day.duration_days for day in days] == [1, 1, 2]
    assert [day.age_days for day in days] == [1, 2, 3]


@pytest.mark.parametrize(("changed", "duration"), [(299, 2), (300, 1), (301, 1)])
def test_more_than_half_of_the_former_pixels_must_stay(
    follow: Callable[..., tuple[DayFeatures, ...]], changed: int, duration: int
) -> None:
    before = blank()
    before[60:80, 100:130] = 6.0
    after = before.copy()
    block = np.full(600, 6.0, dtype=np.float32)
    block[:changed] = 9.0
    after[60:80, 100:130] = block.reshape(20, 30)
    _, day = follow(before, after)
    assert (day.duration_days, day.age_days) == (duration, 2)


def test_a_slow_drift_stays_and_a_fast_one_does_not(follow: Callable[..., tuple[DayFeatures, ...]]) -> None:
    def at(column: int) -> Map:
        field = blank()
        field[100:120, column : column + 40] = 6.0
        return field

    slow = follow(*(at(40 + 10 * day) for day in range(5)))
    assert [day.duration_days for day in slow] == [1, 2, 3, 4, 5]
    fast = follow(*(at(40 + 25 * day) for day in range(5)))
    assert [day.duration_days for day in fast] == [1, 1, 1, 1, 1]
    assert [day.age_days for day in fast] == [1, 2, 3, 4, 5]
    assert {day.regions[0].id for day in fast} == {1}
    apart = follow(at(40), at(80))
    assert [day.regions[0].id for day in apart] == [1, 2]
    assert apart[1].age_days == 1


def test_a_split_keeps_the_larger_part_s_id(follow: Callable[..., tuple[DayFeatures, ...]]) -> None:
    whole = blank()
    whole[100:120, 60:160] = 6.0
    parts = whole.copy()
    parts[:, 90:95] = 0.0
    parts[100:120, 60:90] = 7.0
    _, after = follow(whole, parts)
    larger = next(region for region in after.regions if region.area_px == 20 * 65)
    smaller = next(region for region in after.regions if region.area_px == 20 * 30)
    assert (larger.id, larger.age_days, larger.duration_days) == (1, 2, 2)
    assert (smaller.id, smaller.age_days, smaller.duration_days) == (2, 1, 1)


def test_a_merge_keeps_the_larger_one_s_id(follow: Callable[..., tuple[DayFeatures, ...]]) -> None:
    parts = blank()
    parts[100:120, 60:90] = 7.0
    parts[100:120, 95:160] = 6.0
    whole = parts.copy()
    whole[100:120, 90:95] = 6.0
    before, after, later = follow(parts, whole, parts)
    larger = next(region for region in before.regions if region.area_px == 20 * 65)
    (merged,) = after.regions
    assert merged.id == larger.id
    assert merged.age_days == 2
    assert sorted(region.id for region in later.regions) == [larger.id, 3]


def test_opposite_signs_are_different_tracks(follow: Callable[..., tuple[DayFeatures, ...]]) -> None:
    up, down = patch(blank(), slice(60, 80), slice(100, 130), 6.0), patch(blank(), slice(60, 80), slice(100, 130), -6.0)
    days = follow(up, down)
    assert [day.regions[0].id for day in days] == [1, 2]
    assert days[1].age_days == 1


def test_a_day_without_a_map_ends_the_tracks_and_is_not_zero(follow: Callable[..., tuple[DayFeatures, ...]]) -> None:
    still = patch(blank(), slice(60, 80), slice(100, 130), 6.0)
    days = follow(still, np.full_like(still, np.nan), still)
    assert [day.has_map for day in days] == [True, False, True]
    assert [day.regions[0].id for day in (days[0], days[2])] == [1, 2]
    assert days[2].age_days == 1
    assert days[1].regions == ()
    assert np.isnan([days[1].peak_z, days[1].mean, days[1].station_peak_z]).all()
    assert days[1].direction == ""
    # the normal value lives on
    assert days[2].normal == days[0].mean


def test_a_gap_in_the_days_ends_the_tracks(follow: Callable[..., tuple[DayFeatures, ...]]) -> None:
    still = patch(blank(), slice(60, 80), slice(100, 130), 6.0)
    days = follow(still, still, days=np.array([FIRST, FIRST + 2]))
    assert [day.regions[0].id for day in days] == [1, 2]


def test_a_day_without_regions(follow: Callable[..., tuple[DayFeatures, ...]]) -> None:
    field = blank()
    field[100, 100] = -4.9
    still = patch(blank(), slice(60, 80), slice(100, 130), 6.0)
    days = follow(still, field, still)
    assert (days[1].area_px, days[1].duration_days, days[1].age_days, days[1].regions) == (0, 0, 0, ())
    assert days[1].peak_z == pytest.approx(-4.9)
    assert (days[1].peak_row, days[1].peak_col) == (100, 100)
    assert days[2].regions[0].id == 2


def test_a_map_of_zeros_has_its_peak_where_something_is_shown(follow: Callable[..., tuple[DayFeatures, ...]]) -> None:
    (day,) = follow(blank())
    assert day.peak_z == 0.0
    assert (day.peak_row, day.peak_col) == (20, 20)


def halves(north: float, south: float) -> Map:
    field = blank()
    field[20:120, 20:220] = north
    field[120:220, 20:220] = south
    return field


@pytest.mark.parametrize(
    ("north", "south", "direction"),
    [(2.0, 0.5, "N"), (0.5, -2.0, "S"), (-2.0, 1.5, "N"), (1.5, -2.0, "S"), (0.5, 0.9, ""), (1.0, 1.0, ""), (2.0, 2.0, "")],
)
def test_direction_of_a_day(follow: Callable[..., tuple[DayFeatures, ...]], north: float, south: float, direction: str) -> None:
    *_, day = follow(halves(1.0, -1.0), halves(north, south))
    assert day.normal == 1.0
    assert (day.mean_north, day.mean_south) == pytest.approx((abs(north), abs(south)))
    assert day.direction == direction


def test_normal_is_the_median_of_the_27_days_before(follow: Callable[..., tuple[DayFeatures, ...]]) -> None:
    levels = [float(1 + day % 7) / 4.0 for day in range(40)]
    days = follow(*(halves(level, level) for level in levels))
    for index in (1, 5, 27, 28, 39):
        assert days[index].normal == pytest.approx(np.median(levels[max(index - 27, 0) : index]))


def test_nothing_of_a_later_day_touches_an_earlier_one(follow: Callable[..., tuple[DayFeatures, ...]]) -> None:
    rng = np.random.default_rng(0)
    fields = [patch(blank(), slice(60, 80), slice(column, column + 30), 6.0) for column in rng.integers(30, 150, size=8)]
    assert follow(*fields)[:5] == follow(*fields[:5], halves(9.0, -9.0))[:5]


def test_stepping_day_by_day_in_reused_memory(grid: Gridder, follow: Callable[..., tuple[DayFeatures, ...]]) -> None:
    fields = [patch(blank(), slice(60, 80), slice(100 + 5 * day, 130 + 5 * day), 6.0) for day in range(6)]
    memory = np.empty_like(fields[0])
    tracker, found = Tracker(), []
    for number, field in enumerate(fields):
        memory[:] = field
        tracker, day = step(tracker, FIRST + number, memory, z=np.zeros(9), anomaly_nt=np.zeros(9), gridder=grid, config=CONFIG)
        found.append(day)
    assert tuple(found) == follow(*fields)


def test_outlines_go_around_the_region_and_its_hole(follow: Callable[..., tuple[DayFeatures, ...]]) -> None:
    field = blank()
    field[100:120, 60:100] = 6.0
    field[105:110, 70:80] = 0.0
    field[20:30, 20:30] = -6.0
    (day,) = follow(field)
    labels = regions_mask(field, 5.0)
    region = next(one for one in day.regions if one.sign == 1)
    lines = region_outline(labels, region)
    assert len(lines) == 2
    for line in lines:
        np.testing.assert_array_equal(line[0], line[-1])
    outer = max(lines, key=len)
    assert (outer.min(axis=0) == [99.5, 59.5]).all()
    assert (outer.max(axis=0) == [119.5, 99.5]).all()
    corner = next(one for one in day.regions if one.sign == -1)
    (line,) = region_outline(labels, corner)
    assert (line.min(axis=0) == [19.5, 19.5]).all()


def test_bad_settings_are_refused() -> None:
    for options in ({"threshold_z": 0.0}, {"threshold_z": 5.0, "stable_z": 0.0}, {"threshold_z": 5.0, "stable_share": 1.0}):
        with pytest.raises(ValueError, match=r"threshold of extremum regions|pixel persistence"):
            ExtremaConfig(**options)
