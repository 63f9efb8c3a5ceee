"""Calibration of the thresholds in z on seasons without a signal.

Median and deviation over 27 nights are themselves uncertain, and 25 stations are 25 chances a day, so abs(z) is occasionally
much larger than in a normal distribution. The threshold is therefore the 99th percentile of the daily maximum of abs(z) over
synthetic null seasons processed by the actual pipeline: night means, common mode, background, exclusions, map. There are two,
since a map is smoothed: one for the largest station value, one for the largest pixel within the hull.
``python tests/power/thresholds.py --seasons 150`` prints both, and how often they are exceeded with other seeds. It gave
7.19 for stations and 5.75 for maps (seeds 0 to 149); with seeds 500000 to 500149 they are exceeded on 1.01% (95% interval 0.90
to 1.11%) and 0.97% (0.86 to 1.07%) of 50,100 days. Contributions at 25 stations: the quiet noise of medians and deviations over
27 nights gives 5.9; excluding nights above 3.5 raises it to 6.7 (a scatter that is too small by chance stays small longer);
storms do the rest.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quakegui.season.anomaly import AnomalyConfig, daily
from quakegui.season.basis import GridConfig, build_basis
from quakegui.season.gridding import Gridder
from quakegui.season.network import MAP_PIXELS
from quakegui.season.night import NightConfig
from quakegui.simulate.layouts import synthetic_network
from quakegui.simulate.minutes import synthetic_night_means
from quakegui.simulate.synthetic import MAIN_FIELD_NT, SyntheticConfig, make_season

QUANTILE = 0.99

CONFIRMING_SEEDS = 500_000
"""Offset of the seeds of the confirming seasons, far from those that determine the thresholds."""


@dataclass(frozen=True, slots=True)
class NullMaxima:
    """Maximum abs(z) of each day without a signal, without warm-up, shape (season, day); NaN without data.

    Attributes
    ----------
    station, map
        Maximum over the stations, and over the pixels of the map.
    """

    station: NDArray[np.float64]
    map: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Rate:
    """Fraction of days above a threshold, with the 95% interval from the scatter between seasons."""

    share: float
    low: float
    high: float


def null_maxima(seeds: Iterable[int], config: AnomalyConfig, *, pixels: int = MAP_PIXELS) -> NullMaxima:
    """Process null seasons with the pipeline and return each day's maximum abs(z).

    Parameters
    ----------
    seeds
        One season each.
    config
        How fields become anomalies; the rest of the pipeline is that of a new project.
    pixels
        Resolution of the maps. At a quarter of the true resolution, the largest pixel differs by up to 6%, mostly at the hull.
    """
    gridder: Gridder | None = None
    station, on_map = [], []
    for seed in seeds:
        synthetic = SyntheticConfig(seed=seed, strength=0.0)
        if gridder is None:
            network = synthetic_network(synthetic.stations)
            gridder = Gridder(build_basis(network, GridConfig(), pixels=pixels), GridConfig())
        season = make_season(synthetic, main_field_nt=np.full(synthetic.stations, MAIN_FIELD_NT))
        z = daily(synthetic_night_means(season, NightConfig()), config).z[synthetic.warm_up_days :]
        station.append(_largest(z))
        on_map.append(np.concatenate([_largest(piece.reshape(len(piece), -1)) for piece in gridder.iterate(z)]))
    return NullMaxima(np.array(station), np.array(on_map))


def threshold(maxima: NDArray[np.float64]) -> float:
    """Return the 99th percentile of daily maxima of any shape; NaN days are ignored."""
    return float(np.quantile(maxima[np.isfinite(maxima)], QUANTILE))


def rate(maxima: NDArray[np.float64], limit: float) -> Rate:
    """Return the fraction of days above a threshold.

    Parameters
    ----------
    maxima
        Shape (season, day), NaN without data.
    limit
        The threshold.
    """
    beyond = np.nanmean(np.where(np.isfinite(maxima), maxima > limit, np.nan), axis=1)
    share, error = float(beyond.mean()), float(beyond.std(ddof=1) / np.sqrt(beyond.size)) if beyond.size > 1 else np.nan
    return Rate(share, share - 1.96 * error, share + 1.96 * error)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the thresholds from some seeds and their rates with as many others."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--seasons", type=int, default=150, help="null seasons to calibrate on, and as many others to confirm")
    parser.add_argument("--first-seed", type=int, default=0)
    asked = parser.parse_args(arguments)
    seeds = range(asked.first_seed, asked.first_seed + asked.seasons)
    config = AnomalyConfig()
    found = null_maxima(seeds, config)
    other = null_maxima((seed + CONFIRMING_SEEDS for seed in seeds), config)
    say = sys.stdout.write
    say(f"{asked.seasons} null seasons from seed {seeds.start}, {found.station.size} days; ")
    say(f"confirmed on as many from {seeds.start + CONFIRMING_SEEDS}\n")
    kinds = (
        ("station", found.station, other.station, config.threshold_z),
        ("map", found.map, other.map, config.map_threshold_z),
    )
    for name, here, there, given in kinds:
        limit = threshold(here)
        for words, value in (("calibrated", limit), ("configured", given)):
            got = rate(there, value)
            say(
                f"{name:8} {words} threshold {value:6.3f}: passed on {100 * got.share:.2f} % "
                f"({100 * got.low:.2f} to {100 * got.high:.2f} %) of the other seeds' days\n"
            )


def _largest(values: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return the maximum absolute value of each row, NaN if the row is all NaN, shape (row,)."""
    largest: NDArray[np.float64] = np.fmax.reduce(np.abs(values), axis=1).astype(np.float64)
    return largest


if __name__ == "__main__":
    main()
