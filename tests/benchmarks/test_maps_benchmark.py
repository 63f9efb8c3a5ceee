"""Day maps beside their peers: ``python -m pytest tests/benchmarks -m benchmark -s``.

Peer and project run in the same process, a few repetitions each in turn, and the ratio of the medians is printed, by the clock
and by processor time: the machines are noisy, the ratios less so. Peers draw a few maps and are scaled to the season; the
project draws the whole season.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from pytest_benchmark.fixture import BenchmarkFixture
from scipy.interpolate import RBFInterpolator, griddata
from threadpoolctl import threadpool_limits

from quakegui.season.basis import GridConfig, build_basis
from quakegui.season.daymap import indices, to_rgb
from quakegui.season.extrema import ExtremaConfig
from quakegui.season.gridding import Gridder
from quakegui.season.network import Network, Station
from quakegui.season.palette import MapStyle
from quakegui.season.tracking import season_features

pytestmark = pytest.mark.benchmark

DAYS = 334
STYLE = MapStyle()


@dataclass(frozen=True)
class Case:
    """A season of one network."""

    gridder: Gridder
    z: NDArray[np.float64]

    @property
    def points(self) -> NDArray[np.float64]:
        x, y = self.gridder.basis.frame.pixel_centres()
        return np.column_stack([np.tile(x, len(y)), np.repeat(y, len(x))])


def case(stations: int, days: int = DAYS) -> Case:
    rng = np.random.default_rng(20220201)
    network = Network.of(
        Station(f"S{i:03d}", "", 28.1 + rng.uniform(-0.53, 0.53), 102.16 + rng.uniform(-0.6, 0.6)) for i in range(stations)
    )
    config = GridConfig()
    z = rng.standard_t(4, size=(days, stations))
    z[rng.random(z.shape) < 0.02] = np.nan
    return Case(Gridder(build_basis(network, config), config), z)


@pytest.fixture(scope="module")
def season() -> Case:
    return case(25)


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Leave the linear algebra one thread, as the peers have: two that wait for each other time the machine's other work."""
    with threadpool_limits(1, user_api="blas"):
        yield


def seconds(work: Callable[[], Any]) -> tuple[float, float]:
    """Return wall and processor seconds of one run."""
    wall, processor = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - processor


def compare(
    benchmark: BenchmarkFixture,
    title: str,
    peers: dict[str, tuple[Callable[[], Any], int]],
    ours: Callable[[], Any],
    days: int = DAYS,
) -> None:
    """Time all in turn, five rounds; a peer's work is that of some maps, scaled to the season."""
    ours()
    rounds: dict[str, list[tuple[float, float]]] = {name: [] for name in ("quakegui", *peers)}
    for _ in range(5):
        for name, (work, maps) in peers.items():
            wall, processor = seconds(work)
            rounds[name].append((wall / maps * days, processor / maps * days))
        rounds["quakegui"].append(seconds(ours))
    benchmark.pedantic(ours, rounds=3)
    wall, processor = np.median(rounds.pop("quakegui"), axis=0)
    print(f"\n{title}: quakegui {wall:.3f} s, {wall / days * 1e3:.2f} ms a map (processor {processor:.3f} s)")
    for name, timed in rounds.items():
        their_wall, their_processor = np.median(timed, axis=0)
        benchmark.extra_info[name] = their_wall / wall
        print(
            f"  {name}: {their_wall:.1f} s, {their_wall / days * 1e3:.1f} ms a map: "
            f"{their_wall / wall:.0f} x by the clock, {their_processor / processor:.0f} x by processor time"
        )


def test_a_season_of_pictures(season: Case, benchmark: BenchmarkFixture) -> None:
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # takes a second to import, and most runs leave this test out
    from matplotlib.figure import Figure

    fields = season.gridder.maps(season.z[:4])

    def matplotlib_pictures() -> list[NDArray[np.uint8]]:
        pictures = []
        for field in fields:
            figure = Figure(figsize=(4.8, 4.8), dpi=100)
            canvas = FigureCanvasAgg(figure)
            axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
            axes.set_axis_off()
            axes.contourf(field, levels=STYLE.boundaries, cmap="RdBu_r", extend="both")
            axes.contour(field, levels=STYLE.boundaries, colors="black", linewidths=0.7)
            canvas.draw()
            pictures.append(np.asarray(canvas.buffer_rgba())[:, :, :3].copy())
        return pictures

    assert matplotlib_pictures()[0].shape == (480, 480, 3)

    def our_pictures() -> NDArray[np.uint8]:
        rgb = np.empty((32, 480, 480, 3), dtype=np.uint8)
        for piece in season.gridder.iterate(season.z):
            to_rgb(indices(piece, STYLE), STYLE, out=rgb[: len(piece)])
        return rgb

    # the peer is given its fields, the project grids them
    compare(
        benchmark,
        "Season of day maps, RGB with contour lines",
        {"matplotlib contourf + contour": (matplotlib_pictures, 4)},
        our_pictures,
    )


def test_gridding_a_season(season: Case, benchmark: BenchmarkFixture) -> None:
    verde = pytest.importorskip("verde")
    basis, points = season.gridder.basis, season.points
    day = season.z[0]
    here = np.isfinite(day)
    xy, values = basis.xy_km[here], day[here]
    grid_x, grid_y = points[:, 0].reshape(480, 480), points[:, 1].reshape(480, 480)

    def scipy_spline() -> NDArray[np.float64]:
        return RBFInterpolator(xy, values, kernel="thin_plate_spline", smoothing=basis.smoothing_km2, degree=1)(points)

    def verde_spline() -> NDArray[np.float64]:
        return verde.Spline().fit((xy[:, 0], xy[:, 1]), values).predict((grid_x, grid_y))

    def scipy_cubic() -> NDArray[np.float64]:
        return griddata(xy, values, points, method="cubic")

    def ours() -> None:
        for _ in season.gridder.iterate(season.z):
            pass

    peers = {
        "scipy RBFInterpolator": (scipy_spline, 1),
        "verde.Spline": (verde_spline, 1),
        "scipy griddata cubic": (scipy_cubic, 1),
    }
    compare(benchmark, "Gridding a season", peers, ours)


def test_features_of_a_season(season: Case, benchmark: BenchmarkFixture) -> None:
    days = np.datetime64("2022-02-01") + np.arange(DAYS)

    def ours() -> None:
        season_features(
            days,
            map(season.gridder.map, season.z),
            z=season.z,
            anomaly_nt=season.z,
            gridder=season.gridder,
            config=ExtremaConfig(threshold_z=4.0),
        )

    compare(benchmark, "Features and tracks of a season, maps included", {}, ours)


def test_growth_with_stations(benchmark: BenchmarkFixture) -> None:
    print()
    for stations in (25, 250):
        build, _ = seconds(partial(case, stations, 1))
        large = case(stations, days=64)
        many, _ = seconds(lambda: [None for _ in large.gridder.iterate(large.z)])  # noqa: B023
        alone = min(seconds(lambda: large.gridder.map(large.z[0]))[0] for _ in range(5))  # noqa: B023
        print(
            f"{stations} stations: basis {build:.2f} s, {large.gridder.basis.matrix.nbytes / 1e6:.0f} MB; "
            f"{many / 64 * 1e3:.2f} ms a map of many, {alone * 1e3:.2f} ms a map alone"
        )
    benchmark.pedantic(lambda: large.gridder.map(large.z[0]), rounds=3)
