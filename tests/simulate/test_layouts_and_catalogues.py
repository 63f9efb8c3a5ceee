"""Random layouts and catalogues: of the stated kinds, sizes and places, and the same for the same random numbers."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial import ConvexHull

from quakegui.season.hull import has_area
from quakegui.simulate.catalogues import KINDS, CatalogueWindow, draw_catalogue
from quakegui.simulate.layouts import CENTRE, random_network, xy_km
from quakegui.simulate.nuisance import NUISANCES, Nuisance, moving_outages, random_nuisance, random_walks_nt, regime_factors

WINDOW = CatalogueWindow(np.datetime64("2022-02-01", "ms"), np.datetime64("2023-01-01", "ms"), CENTRE, 60.0)


@pytest.mark.parametrize("kind", ["grid", "scatter", "belt"])
def test_a_random_layout_has_10_to_32_stations_over_half_to_twice_the_papers_area(kind: str) -> None:
    drawn = [random_network(np.random.default_rng(seed), kind=kind) for seed in range(20)]
    counts = [len(network.stations) for network in drawn]
    assert min(counts) >= 10
    assert max(counts) <= 32
    assert len(set(counts)) > 5
    for network in drawn:
        xy = xy_km(network, CENTRE)
        assert has_area(xy)
        assert 6_990 < ConvexHull(xy).volume < 28_010
        apart = np.hypot(*(xy[:, None] - xy[None, :]).T) + 1e9 * np.eye(len(xy))
        assert apart.min() > 3.0
    again = random_network(np.random.default_rng(7), kind=kind)
    assert again == drawn[7]


def test_a_belt_is_longer_than_wide_and_lies_in_any_direction() -> None:
    def principal(kind: str, seed: int) -> tuple[float, float]:
        xy = xy_km(random_network(np.random.default_rng(seed), kind=kind), CENTRE)
        values, vectors = np.linalg.eigh(np.cov(xy.T))
        return float(np.sqrt(values[1] / values[0])), float(np.arctan2(*vectors[:, 1]) % np.pi)

    belts = np.array([principal("belt", seed) for seed in range(30)])
    scatters = np.array([principal("scatter", seed) for seed in range(30)])
    assert np.median(belts[:, 0]) == pytest.approx(3.0, rel=0.2)
    assert np.median(scatters[:, 0]) < 1.6
    assert np.ptp(belts[:, 1]) > 2.0


@pytest.mark.parametrize("kind", list(KINDS))
def test_a_catalogue_has_about_the_asked_number_and_the_stated_magnitudes(kind: str) -> None:
    drawn = [draw_catalogue(kind, 16.0, WINDOW, np.random.default_rng(seed)) for seed in range(150)]
    assert np.mean([len(events) for events in drawn]) == pytest.approx(16.0, rel=0.15)
    magnitudes = np.array([event.magnitude for events in drawn for event in events])
    assert magnitudes.min() == 3.1
    assert magnitudes.max() <= 7.0
    assert magnitudes.mean() == pytest.approx(3.1 + 0.75, abs=0.05)
    for events in drawn[:20]:
        times = [event.time for event in events]
        assert times == sorted(times)
        assert all(WINDOW.first <= time < WINDOW.last for time in times)


def test_aftershocks_and_swarms_come_in_clusters_and_rare_events_do_not() -> None:
    def dispersion(kind: str) -> float:
        counts = []
        for seed in range(60):
            day = [
                (event.time - WINDOW.first) / np.timedelta64(1, "D")
                for event in draw_catalogue(kind, 20.0, WINDOW, np.random.default_rng(seed))
            ]
            counts += np.histogram(day, bins=33, range=(0.0, 334.0))[0].tolist()
        return float(np.var(counts) / np.mean(counts))

    assert dispersion("poisson") == pytest.approx(1.0, abs=0.15)
    assert dispersion("clustered") > 1.6
    assert dispersion("swarm") > 1.6


def test_epicentres_lie_north_and_south_of_the_network() -> None:
    events = [event for seed in range(40) for event in draw_catalogue("poisson", 20.0, WINDOW, np.random.default_rng(seed))]
    north = 111.195 * np.array([event.latitude - CENTRE[0] for event in events])
    assert 0.4 < np.mean(north > 0) < 0.6
    assert 60.0 < np.median(np.abs(north)) < 180.0


def test_walks_reach_the_stated_spread_in_thirty_days_and_the_regime_changes_once() -> None:
    rng = np.random.default_rng(1)
    walk = random_walks_nt(Nuisance(drift_nt=1.5), 31, 4000, rng)
    assert (walk[30] - walk[0]).std() == pytest.approx(1.5, rel=0.05)
    factors = regime_factors(Nuisance(regime=2.0), 300, rng)
    changes = np.flatnonzero(np.diff(factors))
    assert factors[0] == 1.0
    assert factors[-1] == 2.0
    assert changes.size == 1
    assert 99 <= changes[0] <= 200


def test_outages_move_and_take_neighbours_together() -> None:
    rng = np.random.default_rng(2)
    xy = rng.uniform(-60.0, 60.0, (25, 2))
    length = 400 * 1440
    off = moving_outages(NUISANCES["outages"], xy, length, rng)
    day = np.arange(400) * 1440
    lost = np.array([[np.any((a <= minute) & (minute < b)) for a, b in off] for minute in day])
    assert set(lost.sum(axis=1).tolist()) == {0, 5}  # a fifth of the stations
    assert 0.3 < np.mean(lost.any(axis=1)) < 0.8
    assert lost.any(axis=0).sum() > 20
    together = np.mean([np.ptp(xy[row], axis=0).max() for row in lost if row.any()])
    assert together < 70.0
    assert moving_outages(Nuisance(), xy, length, rng)[0][0].size == 0


def test_a_drawn_nuisance_stays_within_the_named_sizes() -> None:
    drawn = [random_nuisance(np.random.default_rng(seed)) for seed in range(90)]
    assert max(each.drift_nt for each in drawn) <= NUISANCES["drift"].drift_nt
    assert max(each.regime for each in drawn) <= NUISANCES["regime"].regime
    assert max(each.outage_share for each in drawn) <= NUISANCES["outages"].outage_share
    assert 0.2 < np.mean([each.drift_nt > 0 for each in drawn]) < 0.5


def test_impossible_nuisances_are_refused() -> None:
    for wrong in ({"drift_nt": -1.0}, {"outage_share": 1.0}, {"outage_days": 0.0}):
        with pytest.raises(ValueError, match="Disturbances"):
            Nuisance(**wrong)
