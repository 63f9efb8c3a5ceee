"""Maps from station values: equal to scipy's spline, linear, masked, honest about what cannot be drawn."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from pyproj import Transformer
from scipy.interpolate import RBFInterpolator
from scipy.spatial import ConvexHull, Delaunay

from quakegui.season.basis import GridConfig, MapBasis, basis_key, build_basis, load_basis
from quakegui.season.gridding import Gridder
from quakegui.season.hull import corners, why_no_map
from quakegui.season.network import Frame, Network, Station


def liangshan(count: int = 25, seed: int = 1) -> Network:
    rng = np.random.default_rng(seed)
    return Network.of(
        Station(f"S{i:03d}", "", 28.1 + rng.uniform(-0.55, 0.55), 102.16 + rng.uniform(-0.6, 0.6)) for i in range(count)
    )


@pytest.mark.parametrize(
    "centre", [(28.1, 102.16), (28.150000000000002, 1.0 / 3.0), (-18.0, 179.5), (80.123456789012345, -1e-7)]
)
def test_the_projection_is_to_the_last_bit_the_one_of_proj_s_database(centre):
    frame, rng = Frame(*centre, 0.0, 0.0, 1.0), np.random.default_rng(3)
    local = f"+proj=aeqd +lat_0={centre[0]!r} +lon_0={centre[1]!r} +ellps=WGS84 +units=m +no_defs"
    by_name = Transformer.from_crs("EPSG:4326", local, always_xy=True)
    latitude, longitude = rng.uniform(-89.0, 89.0, 500), rng.uniform(-180.0, 180.0, 500)
    metres = np.column_stack(by_name.transform(longitude, latitude))
    np.testing.assert_array_equal(frame.project(latitude, longitude), metres / 1000.0)
    back = np.column_stack(by_name.transform(*(metres / 1000.0 * 1000.0).T, direction="INVERSE"))
    np.testing.assert_array_equal(frame.unproject(metres / 1000.0), back[:, ::-1])


def gridder(network: Network, pixels: int = 96, **options: float) -> Gridder:
    config = GridConfig(**options)  # type: ignore[arg-type]
    return Gridder(build_basis(network, config, pixels=pixels), config)


def pixel_points(basis: MapBasis) -> NDArray[np.float64]:
    x, y = basis.frame.pixel_centres()
    return np.column_stack([np.tile(x, len(y)), np.repeat(y, len(x))])


def shown_pixels(grid: Gridder, values: NDArray[np.float64]) -> NDArray[np.bool_]:
    return np.isfinite(grid.map(values))


def scipy_map(basis: MapBasis, values: NDArray[np.float64]) -> NDArray[np.float64]:
    here = np.isfinite(values[basis.located])
    spline = RBFInterpolator(
        basis.xy_km[here],
        values[basis.located][here],
        kernel="thin_plate_spline",
        smoothing=basis.smoothing_km2,
        degree=1,
    )
    return spline(pixel_points(basis)).reshape(basis.frame.pixels, basis.frame.pixels)


@pytest.mark.parametrize("smoothing", [0.0, 0.3])
@pytest.mark.parametrize("count", [4, 25, 90])
def test_equals_scipy_on_the_present_stations(count: int, smoothing: float) -> None:
    grid = gridder(liangshan(count), smoothing=smoothing, extend_to_square=True)
    rng = np.random.default_rng(2)
    values = rng.normal(size=(4, count)) * 3.0
    values[1, 0] = np.nan
    values[2, rng.permutation(count)[: count - 3]] = np.nan
    values[3, : count // 4] = np.nan
    maps = grid.maps(values)
    rows, columns = np.divmod(np.arange(96 * 96), 96)
    for day in range(4):
        expected = scipy_map(grid.basis, values[day])
        # float32 sums of at most 32 stations; the exact spline far outside three stations is the worst case
        assert np.abs(maps[day] - expected).max() < 1e-6 * np.ptp(expected)
        exact = grid.at(values[day], rows.astype(float), columns.astype(float)).reshape(96, 96)
        assert np.abs(exact - expected).max() < 1e-10 * np.ptp(expected)


def test_equals_scipy_at_full_size_inside_the_hull() -> None:
    grid = gridder(liangshan(), pixels=480)
    values = np.random.default_rng(3).normal(size=25)
    values[[4, 17]] = np.nan
    expected = scipy_map(grid.basis, values)
    field = grid.map(values)
    shown = np.isfinite(field)
    assert field.dtype == np.float32
    assert np.abs(field - expected)[shown].max() < 1e-6 * np.ptp(expected)
    assert 0.3 < shown.mean() < 0.7


def test_a_map_does_not_depend_on_the_days_drawn_with_it() -> None:
    grid = gridder(liangshan())
    rng = np.random.default_rng(4)
    values = rng.normal(size=(70, 25))
    values[rng.random(values.shape) < 0.1] = np.nan
    maps = grid.maps(values)
    for day in (0, 31, 32, 69):
        # the matrix product of one day sums in another order than that of many
        np.testing.assert_allclose(maps[day], grid.map(values[day]), atol=5e-6)
    pieces = [piece.copy() for piece in grid.iterate(values)]
    assert [len(piece) for piece in pieces] == [32, 32, 6]
    np.testing.assert_array_equal(np.concatenate(pieces), maps)


def test_the_corners_of_the_hull_are_those_of_scipy() -> None:
    rng = np.random.default_rng(5)
    for count in (3, 4, 25, 250):
        for step_km in (0.0, 15.0):  # also with several stations at one place and on one edge
            xy = rng.uniform(-50.0, 50.0, (count, 2))
            xy = np.round(xy / step_km) * step_km if step_km and count > 4 else xy
            mine, reference = (xy[each].tolist() for each in (corners(xy), ConvexHull(xy).vertices))
            start = reference.index(mine[0])
            assert mine == reference[start:] + reference[:start]


def test_the_hull_is_that_of_the_present_stations() -> None:
    grid = gridder(liangshan())
    values = np.ones(25)
    values[:18] = np.nan
    points = pixel_points(grid.basis)
    for day in (np.ones(25), values):
        here = np.isfinite(day)
        expected = Delaunay(grid.basis.xy_km[here]).find_simplex(points).reshape(96, 96) >= 0
        assert (shown_pixels(grid, day) != expected).sum() == 0
    assert shown_pixels(grid, values).sum() < shown_pixels(grid, np.ones(25)).sum()


def test_extending_to_the_square_shows_every_pixel() -> None:
    grid = gridder(liangshan(), extend_to_square=True)
    assert np.isfinite(grid.map(np.arange(25.0))).all()


def test_constant_and_plane_are_kept_by_any_smoothing() -> None:
    grid = gridder(liangshan(), smoothing=5.0, extend_to_square=True)
    x = grid.basis.xy_km[:, 0]
    np.testing.assert_allclose(
        grid.map(2.0 + 0.1 * x), np.broadcast_to(2.0 + 0.1 * grid.basis.frame.pixel_centres()[0], (96, 96)), atol=2e-5
    )


def test_the_default_smoothing_lowers_one_station_s_peak_by_a_fifth() -> None:
    rng = np.random.default_rng(7)
    evenly = Network.of(
        Station(
            f"E{row}{column}", "", 27.7 + 0.2 * row + rng.uniform(-0.06, 0.06), 101.7 + 0.22 * column + rng.uniform(-0.07, 0.07)
        )
        for row in range(5)
        for column in range(5)
    )
    grid = gridder(evenly)
    kept = []
    for station in range(25):
        values = np.zeros(25)
        values[station] = 1.0
        row, column = grid.basis.frame.to_pixels(grid.basis.xy_km[station])[0]
        kept.append(grid.at(values, np.array([row]), np.array([column]))[0])
    assert 0.74 < np.median(kept) < 0.84


def test_north_is_up() -> None:
    grid = gridder(liangshan())
    field = grid.map(grid.basis.xy_km[:, 1])
    middle = field[:, 48][np.isfinite(field[:, 48])]
    assert (np.diff(middle) < 0).all()


@pytest.mark.parametrize("smoothing", [0.3, 1e-6])
def test_stations_at_one_position_share_the_surface(smoothing: float) -> None:
    network = Network.of([*liangshan(8).stations, Station("T1", "", 28.2, 102.2), Station("T2", "", 28.2, 102.2)])
    grid = gridder(network, smoothing=smoothing, extend_to_square=True)
    values = np.arange(10.0)
    values[8:] = 3.0, 5.0
    expected = scipy_map(grid.basis, values)
    assert np.abs(grid.map(values) - expected).max() < 1e-6 * np.ptp(expected)
    values[9] = np.nan
    expected = scipy_map(grid.basis, values)
    assert np.abs(grid.map(values) - expected).max() < 1e-6 * np.ptp(expected)


def test_stations_at_one_position_need_smoothing() -> None:
    network = Network.of([*liangshan(4).stations, Station("T1", "", 28.2, 102.2), Station("T2", "", 28.2, 102.2)])
    with pytest.raises(ValueError, match="smoothing of the map must be above zero"):
        build_basis(network, GridConfig(smoothing=0.0), pixels=16)


def test_too_few_stations_give_a_sentence_and_no_map() -> None:
    grid = gridder(liangshan())
    values = np.full(25, np.nan)
    for count, words in ((0, "No station"), (1, "Only one place"), (2, "Only two places")):
        values[:count] = 1.0
        sentence = grid.why_no_map(values)
        assert sentence is not None
        assert sentence.startswith(words)
        assert not shown_pixels(grid, values).any()
        assert np.isnan(grid.leave_one_out(values)).all()
        assert np.isnan(grid.at(values, np.array([3.0]), np.array([3.0]))).all()
    values[:3] = 1.0
    assert grid.why_no_map(values) is None


def test_a_day_without_a_map_leaves_its_neighbours_alone() -> None:
    grid = gridder(liangshan())
    values = np.ones((3, 25))
    values[1] = np.nan
    maps = grid.maps(values)
    assert np.isnan(maps[1]).all()
    np.testing.assert_allclose(maps[[0, 2]][:, shown_pixels(grid, values[0])], 1.0, atol=1e-6)


def test_days_without_any_value_cost_almost_nothing() -> None:
    """A typing error in the last year of a season adds a century of them: the maps took minutes."""
    network = liangshan()
    grid = gridder(network, 240)
    seconds = []
    for values in (np.ones(25), np.full(25, np.nan)):
        field = grid.map(values)
        began = time.process_time()
        for _ in range(200):  # none is kept: fresh memory would cost more than a map
            field = grid.map(values)
        seconds.append(time.process_time() - began)
    assert np.isnan(field).all()
    assert seconds[1] < seconds[0] / 2


def test_stations_on_one_line_give_a_sentence() -> None:
    network = Network.of(Station(f"L{i}", "", 28.0 + 0.1 * i, 102.0) for i in range(5))
    grid = gridder(network)
    assert "on a straight line" in str(grid.why_no_map(np.ones(5)))
    assert np.isnan(grid.maps(np.ones((2, 5)))).all()


def test_two_places_are_not_three_stations() -> None:
    assert "two places" in str(why_no_map(np.array([[0.0, 0.0], [0.0, 0.0004], [10.0, 0.0]])))


def test_stations_without_coordinates_are_left_out() -> None:
    located = liangshan(10)
    network = Network.of([*located.stations, Station("A00"), Station("Z99", latitude=28.0)])
    values = np.arange(12.0)
    np.testing.assert_array_equal(gridder(network).map(values), gridder(located).map(values[1:11]))
    errors = gridder(network).leave_one_out(values)
    assert np.isnan(errors[[0, 11]]).all()
    assert np.isfinite(errors[1:11]).all()


def test_a_network_without_any_coordinates_has_no_map() -> None:
    grid = gridder(Network.of([Station("A"), Station("B"), Station("C")]))
    assert np.isnan(grid.map(np.ones(3))).all()
    assert str(grid.why_no_map(np.ones(3))).startswith("No station")


@pytest.mark.parametrize("smoothing", [0.0, 0.3])
def test_leave_one_out_is_the_error_without_the_station(smoothing: float) -> None:
    grid = gridder(liangshan(12), smoothing=smoothing)
    values = np.random.default_rng(5).normal(size=12)
    values[3] = np.nan
    expected = np.full(12, np.nan)
    for station in np.flatnonzero(np.isfinite(values)):
        others = values.copy()
        others[station] = np.nan
        place = grid.basis.frame.to_pixels(grid.basis.xy_km[station])[0]
        expected[station] = values[station] - grid.at(others, place[:1], place[1:])[0]
    np.testing.assert_allclose(grid.leave_one_out(values), expected, atol=1e-9)


def test_leave_one_out_is_unknown_where_the_others_give_no_map() -> None:
    assert np.isnan(gridder(liangshan(3)).leave_one_out(np.array([1.0, 2.0, 4.0]))).all()


def test_a_basis_is_saved_mapped_and_refused_for_another_network(tmp_path: Path) -> None:
    network, config = liangshan(), GridConfig()
    basis = build_basis(network, config, pixels=48)
    path = tmp_path / f"{basis_key(network, config, pixels=48)}.npy"
    basis.save(path)
    loaded = load_basis(path, network, config, pixels=48)
    assert isinstance(loaded.matrix, np.memmap)
    values = np.random.default_rng(6).normal(size=25)
    np.testing.assert_array_equal(Gridder(loaded, config).map(values), Gridder(basis, config).map(values))
    for other, settings, pixels in (
        (liangshan(seed=9), config, 48),
        (network, GridConfig(smoothing=0.4), 48),
        (network, GridConfig(extend_to_square=True), 48),
        (network, config, 40),
    ):
        assert basis_key(other, settings, pixels=pixels) != basis_key(network, config, pixels=48)
        with pytest.raises(ValueError, match="does not contain the map basis"):
            load_basis(path, other, settings, pixels=pixels)


def test_a_basis_holds_the_drawn_pixels_alone() -> None:
    shape = build_basis(liangshan(40), GridConfig(), pixels=48).matrix.shape
    assert shape[0] == 40
    assert 0.3 < shape[1] / 48**2 < 0.7


def test_a_basis_of_the_hull_is_not_extended_to_the_square() -> None:
    basis = build_basis(liangshan(), GridConfig(), pixels=16)
    with pytest.raises(ValueError, match="only the convex hull"):
        Gridder(basis, GridConfig(extend_to_square=True))


def test_hull_and_square_draw_the_same_spline() -> None:
    values = np.random.default_rng(8).normal(size=(3, 25))
    values[1, :9] = np.nan
    hull, square = gridder(liangshan()), gridder(liangshan(), extend_to_square=True)
    fields, wide = hull.maps(values), square.maps(values)
    for day in range(3):
        shown = np.isfinite(fields[day])
        assert 0 < shown.sum() < shown.size
        np.testing.assert_allclose(fields[day][shown], wide[day][shown], atol=1e-5)


def test_bad_settings_are_refused() -> None:
    for options in ({"smoothing": -1.0}, {"smoothing": np.nan}, {"margin": -0.1}):
        with pytest.raises(ValueError, match="must be zero or positive"):
            GridConfig(**options)
