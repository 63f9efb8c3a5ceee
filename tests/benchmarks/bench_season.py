"""One season of day maps, and gridding alone, beside their peers."""

from __future__ import annotations

from functools import partial

import numpy as np
from bench_tools import Row, Timed, in_turn, ms, ratios
from scipy.interpolate import RBFInterpolator, griddata
from test_maps_benchmark import DAYS, STYLE, case
from threadpoolctl import threadpool_limits

from quakegui.season.daymap import indices, to_rgb

PEER_DAYS = 8
"""Days that matplotlib draws in a round: fewer than eight made two runs differ by a fifth."""
ROUNDS = 11


def pictures_by_matplotlib(fields: np.ndarray) -> None:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    for field in fields:
        canvas = FigureCanvasAgg(Figure(figsize=(4.8, 4.8), dpi=100))
        axes = canvas.figure.add_axes((0.0, 0.0, 1.0, 1.0))
        axes.set_axis_off()
        axes.contourf(field, levels=STYLE.boundaries, cmap="RdBu_r", extend="both")
        axes.contour(field, levels=STYLE.boundaries, colors="black", linewidths=0.7)
        canvas.draw()
        np.asarray(canvas.buffer_rgba())[:, :, :3].copy()


def compared(work: str, peer: str, ours: Timed, theirs: Timed, *, peer_days: int, least: float) -> Row:
    wall, processor = (ratio / peer_days * DAYS for ratio in ratios(theirs, ours))
    return Row(
        work,
        peer,
        f"{ms(ours, DAYS)} a map",
        f"{ms(theirs, peer_days)} a map",
        f"{wall:.0f} x (processor {processor:.0f} x)",
        f"at least {least:.0f} x",
        processor >= least,
        wall,
        processor,
    )


def measure_season() -> list[Row]:
    season = case(25)
    rgb = np.empty((32, 480, 480, 3), dtype=np.uint8)
    fields = season.gridder.maps(season.z[:PEER_DAYS])

    def pictures() -> None:
        for piece in season.gridder.iterate(season.z):
            to_rgb(indices(piece, STYLE), STYLE, out=rgb[: len(piece)])

    with threadpool_limits(1, user_api="blas"):
        peer, ours = in_turn(ROUNDS, partial(pictures_by_matplotlib, fields), pictures)
    return [
        compared("Season of day maps, 334 x 25 stations to RGB with lines", "matplotlib contourf + contour",
                 ours, peer, peer_days=PEER_DAYS, least=60.0)
    ]  # fmt: skip


def measure_gridding() -> list[Row]:
    import verde

    season = case(25)
    basis, points, day = season.gridder.basis, season.points, season.z[0]
    here = np.isfinite(day)
    xy, values = basis.xy_km[here], day[here]
    grid = points[:, 0].reshape(480, 480), points[:, 1].reshape(480, 480)
    peers = {
        "scipy RBFInterpolator": lambda: RBFInterpolator(
            xy, values, kernel="thin_plate_spline", smoothing=basis.smoothing_km2, degree=1
        )(points),
        "verde.Spline": lambda: verde.Spline().fit((xy[:, 0], xy[:, 1]), values).predict(grid),
        "scipy griddata cubic": lambda: griddata(xy, values, points, method="cubic"),
    }

    def ours() -> None:
        for _ in season.gridder.iterate(season.z):
            pass

    with threadpool_limits(1, user_api="blas"):
        *slow, own = in_turn(ROUNDS, *peers.values(), ours)
    fastest = min(timed.processor_median() for timed in slow)
    return [
        compared("Gridding a season", name, own, timed, peer_days=1, least=50.0 if timed.processor_median() == fastest else 1.0)
        for name, timed in zip(peers, slow, strict=True)
    ]
