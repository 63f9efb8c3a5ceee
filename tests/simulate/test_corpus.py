"""Seasons in bulk: the product's own numbers, the same in any company, of any stations, law, catalogue and nuisance."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.io import netcdf_file

from quakegui.season.anomaly import AnomalyConfig, daily, daily_together
from quakegui.season.config import SeasonConfig
from quakegui.season.network import Network, Station
from quakegui.season.night import NightConfig
from quakegui.season.quality import Quality
from quakegui.season.season import compute_season
from quakegui.simulate.corpus import Plan, SimulatedSeason, simulate
from quakegui.simulate.layouts import synthetic_network
from quakegui.simulate.minutes import direct_night_means, synthetic_night_means
from quakegui.simulate.netcdf import write_netcdf
from quakegui.simulate.nuisance import NUISANCES, Nuisance
from quakegui.simulate.precursors import Law, Signal, wider
from quakegui.simulate.synthetic import SyntheticConfig, make_season

SHORT = SyntheticConfig(first_day=np.datetime64("2022-03-01"), last_day=np.datetime64("2022-05-31"), warm_up_days=40)
PLAN = Plan(season=SHORT, mean_events=(6.0, 9.0))
FIELD = 49_500.0


@pytest.fixture(scope="module")
def corpus() -> list[SimulatedSeason]:
    return list(simulate(PLAN, range(3, 9), pixels=16))


def test_night_means_made_directly_are_the_minutes_own_but_for_their_noise() -> None:
    config = replace(SHORT, seed=4, stations=8)
    made = make_season(config, main_field_nt=np.full(8, FIELD), nuisance=NUISANCES["outages"])
    night = NightConfig()
    direct, full = direct_night_means(made, night), synthetic_night_means(made, night)
    lost = Quality.MISSING | Quality.SHORT
    np.testing.assert_array_equal(direct.quality & lost, full.quality & lost)
    np.testing.assert_allclose(direct.coverage, full.coverage, atol=1e-12)
    off = (direct.values - full.values)[np.isfinite(full.values)]
    assert (direct.quality & Quality.MISSING).any()
    assert off.std() == pytest.approx(np.sqrt(2.0) * 0.15 / np.sqrt(180.0), rel=0.15)
    assert np.abs(off).max() < 0.08


def test_some_nodes_alone_equal_those_of_the_whole() -> None:
    made = make_season(replace(SHORT, seed=4, stations=5), main_field_nt=np.full((2, 5), FIELD), nuisance=NUISANCES["drift"])
    which = np.array([0, 7, 300, 4000])
    np.testing.assert_allclose(made.level_at(which), made.level_nt[which], atol=1e-9)


def test_anomalies_side_by_side_are_those_of_each_alone(corpus: list[SimulatedSeason]) -> None:
    nights = [direct_night_means(each.source, NightConfig()) for each in corpus[:3]]
    together = daily_together(nights, AnomalyConfig())
    for night, found in zip(nights, together, strict=True):
        alone = daily(night, AnomalyConfig())
        np.testing.assert_array_equal(found.z, alone.z)
        np.testing.assert_array_equal(found.quality, alone.quality)
    with pytest.raises(ValueError, match="regression"):
        daily_together(nights, AnomalyConfig(method="day-difference"))


def test_a_season_of_a_corpus_is_the_programs_season_of_its_readings() -> None:
    each = next(simulate(PLAN, [0], pixels=16))
    source = each.source
    config = SeasonConfig(timezone=SHORT.timezone, first_day=SHORT.first_day, last_day=SHORT.last_day)
    night = synthetic_night_means(source, config.night)
    product = compute_season(source.network, night, config, kp=source.kp, basis=each.season.gridder.basis)
    assert source.network == synthetic_network()
    np.testing.assert_array_equal(product.days, each.season.days)
    np.testing.assert_array_equal(product.has_map, each.season.has_map)
    np.testing.assert_array_equal(product.available_at, each.season.available_at)
    # a hundredth of a nT decides here and there whether a night is held back, which shifts later baselines
    here = np.isfinite(product.z)
    off = (product.z - each.season.z)[here]
    assert np.median(np.abs(off)) < 0.25
    assert np.corrcoef(product.z[here], each.season.z[here])[0, 1] > 0.98
    assert each.season.z[here].std() == pytest.approx(product.z[here].std(), rel=0.03)


def test_a_season_is_the_same_in_any_company(corpus: list[SimulatedSeason]) -> None:
    alone = next(simulate(PLAN, [5], pixels=16))
    among = corpus[2]
    assert alone.source.config.seed == among.source.config.seed == PLAN.first_seed + 5
    np.testing.assert_array_equal(alone.season.z, among.season.z)
    assert alone.events == among.events
    np.testing.assert_array_equal(alone.labels.classes, among.labels.classes)


def test_seasons_differ_in_stations_strength_events_and_storms(corpus: list[SimulatedSeason]) -> None:
    invented = [each.season.network == synthetic_network() for each in corpus]
    assert invented == [True, True, False, False, False, False]  # numbers 3 and 4 of 21, then random ones
    strengths = [each.source.config.strength for each in corpus]
    assert all(0.5 <= strength <= 4.0 for strength in strengths)
    assert len(set(strengths)) == 6
    assert len({each.events for each in corpus}) == 6
    assert len({each.season.kp_night.tobytes() for each in corpus}) == 6
    for each in corpus:
        assert set(np.unique(each.labels.classes)) <= set(range(5))
        assert (each.labels.classes > 0).any()


def test_null_seasons_and_given_stations() -> None:
    places = [(35.0, 138.0), (36.0, 139.0), (35.5, 140.2), (34.6, 139.1)]
    own = Network.of(Station(f"OWN{n}", "", lat, lon) for n, (lat, lon) in enumerate(places))
    plan = replace(PLAN, strengths=(0.0, 0.0), networks=(own,), catalogues=("swarm", "clustered"))
    for each in simulate(plan, range(2), pixels=16):
        assert each.season.network == own
        assert each.source.signals == ()
        assert np.isfinite(each.season.z).mean() > 0.8


@pytest.mark.slow  # makes many seasons
def test_signals_raise_the_anomaly_where_and_when_they_are() -> None:
    plan = replace(PLAN, strengths=(4.0, 4.0), networks=(synthetic_network(),))
    each = next(simulate(plan, [1], pixels=16))
    null = next(simulate(replace(plan, strengths=(0.0, 0.0)), [1], pixels=16))
    night = np.arange(each.source.days.size) * 1440.0 + 90.0
    nt = sum(
        signal.course(night)[:, None] * 4.0 * signal.peak_nt * signal.footprint(each.source.background.xy_km)
        for signal in each.source.signals
    )
    strong = np.abs(nt[40:]) > 3.0
    assert strong.any()
    shift = (each.season.anomaly.anomaly_nt - null.season.anomaly.anomaly_nt)[40:]
    assert np.nanmean(np.sign(nt[40:][strong]) * shift[strong]) > 1.5


def test_what_is_wrong_with_a_season_can_be_seen() -> None:
    def night(nuisance: Nuisance) -> np.ndarray:
        made = make_season(replace(SHORT, seed=9, strength=0.0, stations=9), main_field_nt=np.full(9, FIELD), nuisance=nuisance)
        values = direct_night_means(made, NightConfig()).values
        return values - np.nanmedian(values, axis=1, keepdims=True)

    plain = night(Nuisance())
    drift = night(Nuisance(drift_nt=3.0)) - plain
    assert np.nanstd(drift[-1] - drift[0]) > 2.0
    regime = night(Nuisance(regime=4.0))
    third = len(plain) // 3
    assert np.nanstd(np.diff(regime[-third:], axis=0)) > 2.0 * np.nanstd(np.diff(regime[:third], axis=0))
    missing = np.isnan(night(NUISANCES["outages"])).mean()
    assert missing > np.isnan(plain).mean() + 0.05


@pytest.mark.slow  # makes many seasons
def test_laws_are_kept_and_widened_ones_stay_near() -> None:
    law = Law(footprint_km=30.0, length_days=9.0, ramp=0.5, elongation=2.0, positive=1.0)
    plan = replace(PLAN, law=law)
    signals = next(simulate(plan, [1], pixels=16)).source.signals
    assert signals
    assert all(signal.peak_nt > 0 and signal.footprint_km > 30.0 and signal.elongation == 2.0 for signal in signals)
    drawn = [wider(np.random.default_rng(seed)) for seed in range(50)]
    assert all(9.0 <= each.footprint_km <= 36.0 and 2.5 <= each.length_days <= 10.0 for each in drawn)
    assert len({each.source.signals[0].ramp for each in simulate(replace(PLAN, law_per_season=True), range(3), pixels=16)}) == 3


@pytest.mark.slow  # makes many seasons
def test_footprints_grow_with_the_distance_between_stations_where_asked() -> None:
    near = synthetic_network(9)
    far = Network.of(
        replace(each, latitude=28.1 + 5.0 * (each.latitude - 28.1), longitude=102.16 + 5.0 * (each.longitude - 102.16))
        for each in near.stations
        if each.latitude is not None and each.longitude is not None
    )

    def footprint(network: Network, *, scale_footprints: bool) -> float:
        plan = replace(PLAN, networks=(network,), scale_footprints=scale_footprints, law=Law(footprint_growth=0.0))
        return next(simulate(plan, [1], pixels=16)).source.signals[0].footprint_km

    assert footprint(far, scale_footprints=False) == footprint(near, scale_footprints=False) == 18.0
    assert footprint(synthetic_network(), scale_footprints=True) == pytest.approx(18.0)
    assert footprint(near, scale_footprints=True) == pytest.approx(18.0 * 5.0 / 3.0, rel=0.01)
    assert footprint(far, scale_footprints=True) == pytest.approx(18.0 * 25.0 / 3.0, rel=0.03)


def test_an_elongated_footprint_covers_the_same_area_along_its_bearing() -> None:
    signal = Signal(0.0, 0.0, 10.0, 1.0, 0.0, 1.0, elongation=4.0, bearing=np.pi / 2.0)
    share = signal.footprint(np.array([[20.0, 0.0], [0.0, 5.0], [0.0, 20.0]]))
    np.testing.assert_allclose(share, np.exp([-0.5, -0.5, -8.0]))


@pytest.mark.parametrize(
    "wrong", [{"peak_nt": 0.0}, {"ramp": 0.6}, {"elongation": 0.5}, {"share": 1.2}, {"length_spread": 1.0}]
)
def test_impossible_laws_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="signal parameters"):
        Law(**wrong)


def test_impossible_plans_are_refused() -> None:
    with pytest.raises(ValueError, match="positive"):
        Plan(strengths=(0.0, 1.0))
    with pytest.raises(ValueError, match="use poisson, clustered, swarm"):
        Plan(catalogues=("doublet",))
    with pytest.raises(ValueError, match="mean number of earthquakes"):
        Plan(mean_events=(0.0, 3.0))


def test_a_corpus_for_other_tools(corpus: list[SimulatedSeason], tmp_path: Path) -> None:
    path = tmp_path / "seasons.nc"
    write_netcdf(path, corpus)
    with netcdf_file(path, mmap=False) as file:
        assert file.title.startswith(b"SYNTHETIC")
        assert file.variables["z"].dimensions == ("season", "day", "station")
        for number, each in enumerate(corpus):
            stations, events = len(each.season.network.stations), len(each.events)
            np.testing.assert_allclose(file.variables["z"][number, :, :stations], each.season.anomaly.z, rtol=1e-6)
            assert np.isnan(file.variables["z"][number, :, stations:]).all()
            assert (file.variables["label"][number, :40] == -1).all()
            np.testing.assert_array_equal(file.variables["label"][number, 40:], each.labels.classes)
            np.testing.assert_allclose(
                file.variables["event_magnitude"][number, :events], [event.magnitude for event in each.events], rtol=1e-6
            )
            assert file.variables["seed"][number] == each.source.config.seed
        np.testing.assert_array_equal(file.variables["day"][:], corpus[0].season.all_days.astype(int))
