"""The thresholds: what is counted, and that seasons that did not set them pass them on 1 % of days."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pytest
import thresholds
from thresholds import NullMaxima, null_maxima, rate, threshold

from quakegui.season.anomaly import AnomalyConfig, daily
from quakegui.season.basis import GridConfig, build_basis
from quakegui.season.gridding import Gridder
from quakegui.season.night import NightConfig
from quakegui.simulate.layouts import synthetic_network
from quakegui.simulate.minutes import synthetic_night_means
from quakegui.simulate.synthetic import SyntheticConfig, make_season

OTHER_SEEDS = 900_000


def test_threshold_is_the_99th_percentile_of_the_days_that_have_a_maximum() -> None:
    maxima = np.append(np.arange(101.0), np.full(7, np.nan)).reshape(4, 27)
    assert threshold(maxima) == 99.0


def test_rate_is_a_mean_over_seasons_with_their_scatter() -> None:
    maxima = np.zeros((4, 100))
    maxima[0, :4] = maxima[1, :2] = maxima[2, :2] = 9.0
    maxima[3, 50:] = np.nan
    found = rate(maxima, 5.0)
    error = np.std([0.04, 0.02, 0.02, 0.0], ddof=1) / 2.0
    assert (found.share, found.low, found.high) == pytest.approx((0.02, 0.02 - 1.96 * error, 0.02 + 1.96 * error))


@pytest.mark.slow  # four seasons through both ways
def test_maxima_are_those_of_the_pipeline_itself() -> None:
    config = AnomalyConfig()
    found = null_maxima([OTHER_SEEDS], config, pixels=60)
    synthetic = SyntheticConfig(seed=OTHER_SEEDS, strength=0.0)
    season = make_season(synthetic, main_field_nt=np.full(25, thresholds.MAIN_FIELD_NT))
    z = daily(synthetic_night_means(season, NightConfig()), config).z[60:]
    np.testing.assert_array_equal(found.station[0], np.nanmax(np.abs(z), axis=1))
    gridder = Gridder(build_basis(synthetic_network(synthetic.stations), GridConfig(), pixels=60), GridConfig())
    for day in (0, 100, 333):
        assert found.map[0, day] == pytest.approx(np.nanmax(np.abs(gridder.map(z[day]))), rel=1e-6)
    assert found.station.shape == found.map.shape == (1, 334)
    # the rates of a handful of seasons scatter widely: only that they are small is everyday's business
    assert np.mean(found.station > config.threshold_z) < 0.04
    assert np.mean(found.map > config.map_threshold_z) < 0.04
    assert np.median(found.map) < np.median(found.station) < config.map_threshold_z


def test_the_script_says_thresholds_and_rates(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    config = AnomalyConfig()
    asked: list[list[int]] = []

    def made(seeds: Iterable[int], _: AnomalyConfig) -> NullMaxima:
        asked.append(list(seeds))
        rng = np.random.default_rng(asked[-1][0])
        return NullMaxima(config.threshold_z * rng.random((2, 1000)), config.map_threshold_z * rng.random((2, 1000)))

    monkeypatch.setattr(thresholds, "null_maxima", made)
    thresholds.main(["--seasons", "2", "--first-seed", "10"])
    assert asked == [[10, 11], [10 + thresholds.CONFIRMING_SEEDS, 11 + thresholds.CONFIRMING_SEEDS]]
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "2 null seasons from seed 10, 2000 days; confirmed on as many from 500010"
    assert [line.split()[:2] for line in said[1:]] == [
        [kind, how] for kind in ("station", "map") for how in ("calibrated", "configured")
    ]
    assert "passed on 0.00 %" in said[2]


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_other_seeds_pass_the_configured_thresholds_on_one_day_in_a_hundred() -> None:
    config = AnomalyConfig()
    found = null_maxima(range(OTHER_SEEDS, OTHER_SEEDS + 60), config)
    assert rate(found.station, config.threshold_z).share == pytest.approx(0.01, abs=0.003)
    assert rate(found.map, config.map_threshold_z).share == pytest.approx(0.01, abs=0.003)
