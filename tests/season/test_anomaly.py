"""Anomalies: what the common mode and the baseline leave, what is held back, and that nothing looks ahead."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.linear_model import HuberRegressor

from quakegui.season.anomaly import AnomalyConfig, DailyAnomaly, Method, daily
from quakegui.season.night import NightMeans
from quakegui.season.quality import NO_VALUE, Quality

NOISE_NT = 0.8


def nights(values: NDArray[np.float64]) -> NightMeans:
    quality = np.where(np.isfinite(values), 0, int(Quality.MISSING)).astype(np.uint16)
    codes = tuple(f"S{station:02d}" for station in range(values.shape[1]))
    days = np.datetime64("2022-01-01", "D") + np.arange(values.shape[0])
    return NightMeans(days, codes, values, np.isfinite(values) * 1.0, quality)


def network(days: int, stations: int = 12, *, seed: int = 7, missing: float = 0.0) -> NDArray[np.float64]:
    """A common mode that stations follow by their own gains, and their own noise."""
    rng = np.random.default_rng(seed)
    common = 5.0 * rng.normal(size=(days, 1))
    values = 50_000.0 + common * rng.normal(1.0, 0.05, stations) + NOISE_NT * rng.normal(size=(days, stations))
    values[rng.random(values.shape) < missing] = np.nan
    return values


def config(method: str = Method.REGRESSION, **others: float) -> AnomalyConfig:
    return AnomalyConfig(method=method, reference_station="S01", **others)  # type: ignore[arg-type]


def by_the_book(values: NDArray[np.float64], day: int, station: int) -> tuple[float, float]:
    """Anomaly and scale of one station-day with nothing held, written down from the definition with scikit-learn's fit."""
    window = values[day - 27 : day]
    others = np.delete(np.arange(values.shape[1]), station)
    common = np.nanmedian((values[day - 27 : day + 1] - np.nanmedian(window, axis=0))[:, others], axis=1)
    own = values[day - 27 : day + 1, station] - np.nanmedian(window[:, station])
    here = np.isfinite(own[:-1])
    fit = HuberRegressor(tol=1e-9, max_iter=2000).fit(common[:-1][here, np.newaxis], own[:-1][here])
    residual = own - fit.predict(common[:, np.newaxis])
    baseline = np.median(residual[:-1][here])
    return residual[-1] - baseline, 1.4826 * np.median(np.abs(residual[:-1][here] - baseline))


def test_anomaly_and_scale_equal_the_definition() -> None:
    values = network(45, missing=0.05)
    found = daily(nights(values), config(hold_z=1e9))
    for day in (27, 33, 44):
        for station in range(values.shape[1]):
            if np.isnan(values[day, station]):
                continue
            anomaly, scale = by_the_book(values, day, station)
            assert found.anomaly_nt[day, station] == pytest.approx(anomaly, abs=1e-3)
            assert found.scale_nt[day, station] == pytest.approx(scale, abs=1e-3)
    np.testing.assert_array_equal(found.z, found.anomaly_nt / found.scale_nt)


@pytest.mark.parametrize("method", list(Method))
def test_what_comes_later_changes_nothing(method: str) -> None:
    values = network(120, 8, missing=0.03)
    values[60:75, 2] += 6.0
    whole = daily(nights(values), config(method))
    rng = np.random.default_rng(1)
    for cut in (40, 66, 100):
        other = values.copy()
        other[cut + 1 :] = rng.normal(40_000.0, 500.0, other[cut + 1 :].shape)
        other[cut + 1 :, 0] = np.nan
        changed = daily(nights(other), config(method))
        ended = daily(nights(values[: cut + 1]), config(method))
        for name in ("anomaly_nt", "z", "scale_nt", "quality"):
            past = getattr(whole, name)[: cut + 1]
            np.testing.assert_array_equal(getattr(changed, name)[: cut + 1], past)
            np.testing.assert_array_equal(getattr(ended, name), past)


def test_an_anomaly_of_22_days_stays_and_leaves_no_mirror_image() -> None:
    values = network(160)
    values[70:92, 4] += 5.0 * NOISE_NT
    quiet, found = daily(nights(network(160)), config()), daily(nights(values), config())
    during, before = found.anomaly_nt[70:92, 4] - quiet.anomaly_nt[70:92, 4], found.z[70:92, 4]
    np.testing.assert_allclose(during, 5.0 * NOISE_NT, atol=0.8 * NOISE_NT)
    assert during[-5:].mean() == pytest.approx(5.0 * NOISE_NT, rel=0.15)  # without holds: 0.8 by day 18
    assert np.median(before) > 4.0
    after = found.anomaly_nt[92:150, 4] - quiet.anomaly_nt[92:150, 4]
    assert np.abs(after).max() < 0.8 * NOISE_NT  # without holds: -4.7 units
    assert np.abs(after.mean()) < 0.2 * NOISE_NT
    assert not (found.quality[:, 4] & Quality.LEVEL_CHANGE).any()


def test_without_holds_the_same_anomaly_fades_and_leaves_a_false_one() -> None:
    values = network(160)
    values[70:92, 4] += 5.0 * NOISE_NT
    quiet, found = (daily(nights(v), config(hold_z=1e9)) for v in (network(160), values))
    left = (found.anomaly_nt - quiet.anomaly_nt)[:, 4] / NOISE_NT
    assert left[88:92].mean() < 1.5
    assert left[92:97].mean() < -3.5


def test_a_step_is_accepted_after_30_days_and_flagged() -> None:
    values = network(140)
    values[60:, 3] -= 8.0
    found = daily(nights(values), config())
    assert np.flatnonzero(found.quality[:, 3] & Quality.LEVEL_CHANGE).tolist() == [89]
    assert (found.z[60:90, 3] < -3.5).all()
    assert np.abs(np.median(found.z[90:, 3])) < 0.5
    assert np.mean(np.abs(found.z[90:, 3]) > 3.5) < 0.05
    others = np.delete(found.quality, 3, axis=1)
    assert not (others & Quality.LEVEL_CHANGE).any()


def test_a_step_with_lost_nights_is_accepted_all_the_same() -> None:
    values = network(140)
    values[60:, 3] += 8.0
    values[[63, 70, 71, 72, 80], 3] = np.nan
    found = daily(nights(values), config())
    assert np.flatnonzero(found.quality[:, 3] & Quality.LEVEL_CHANGE).tolist() == [89]
    assert np.abs(np.median(found.z[90:, 3])) < 0.5


def test_two_anomalies_of_opposite_sign_are_no_step() -> None:
    values = network(140)
    values[60:80, 3] += 8.0
    values[80:100, 3] -= 8.0
    found = daily(nights(values), config())
    assert not (found.quality[:, 3] & Quality.LEVEL_CHANGE).any()
    assert np.abs(np.median(found.z[100:, 3])) < 0.7


def test_a_station_that_jumps_about_is_not_starved_of_a_baseline() -> None:
    """Held nights return past 30 days where a window would otherwise have too few."""
    values = network(200)
    values[60:, 3] += np.where(np.arange(140) // 5 % 2, 12.0, -12.0)
    found = daily(nights(values), config())
    assert np.isfinite(found.z[:, 3]).sum() > 100
    assert np.isfinite(found.z[-20:, 3]).all()


def test_missing_stations_have_no_value_and_a_reason() -> None:
    values = network(90, missing=0.05)
    values[50:54, 2] = np.nan
    found = daily(nights(values), config())
    gone = np.isnan(values)
    assert np.isnan(found.z[gone]).all()
    assert np.isnan(found.anomaly_nt[gone]).all()
    assert (found.quality[gone] & Quality.MISSING).all()
    assert np.isfinite(found.z[54:57, 2]).all()
    np.testing.assert_array_equal(np.isfinite(found.z), (found.quality & np.uint16(NO_VALUE)) == 0)


def test_a_day_and_a_stretch_with_nothing_at_all() -> None:
    values = network(120)
    values[40] = np.nan
    values[60:75] = np.nan
    found = daily(nights(values), config())
    assert np.isnan(found.z[40]).all()
    assert np.isfinite(found.z[[39, 41]]).all()
    # a window with 15 lost nights has 12: no value until 8 of them have left it
    assert (found.quality[75:95] & Quality.WARM_UP).all()
    assert np.isfinite(found.z[95:]).all()
    nothing = daily(nights(np.full((40, 3), np.nan)), config())
    assert np.isnan(nothing.z).all()
    assert (nothing.quality == Quality.MISSING).all()


def test_warm_up_lasts_for_twenty_nights() -> None:
    found = daily(nights(network(40)), config())
    assert (found.quality[:20] & Quality.WARM_UP).all()
    assert np.isfinite(found.z[20:]).all()


def test_one_station_has_a_plain_baseline() -> None:
    values = network(60, 1)
    found = daily(nights(values), config(hold_z=1e9))
    window = values[13:40, 0]
    baseline = np.median(window)
    assert found.anomaly_nt[40, 0] == pytest.approx(values[40, 0] - baseline, abs=1e-9)
    assert found.scale_nt[40, 0] == pytest.approx(1.4826 * np.median(np.abs(window - baseline)), abs=1e-9)


def test_two_stations_are_each_others_common_mode_until_one_is_left() -> None:
    values = network(60, 2)
    values[50, 1] = np.nan
    found = daily(nights(values), config(hold_z=1e9))
    assert found.scale_nt[49, 0] < 2.5  # noise of two stations
    window = values[23:50, 0]
    assert found.anomaly_nt[50, 0] == pytest.approx(values[50, 0] - np.median(window), abs=1e-9)
    assert found.scale_nt[50, 0] > 3.0  # the common mode's 5 nT is left in, in the scale as well


def test_a_storm_is_removed_by_regression_and_left_by_day_difference() -> None:
    values = network(80)
    gain = np.random.default_rng(9).normal(1.0, 0.05, values.shape[1])
    values[60] -= 60.0 * gain
    regression, difference = daily(nights(values), config()), daily(nights(values), config(Method.DAY_DIFFERENCE))
    assert np.abs(regression.anomaly_nt[60]).max() < 10.0
    assert np.abs(difference.anomaly_nt[60]).min() > 40.0


def test_stormy_nights_are_flagged_and_change_no_value() -> None:
    values = network(60)
    kp = np.full(60, 2.0)
    kp[[30, 45]] = 5.0, 6.333
    kp[50] = np.nan
    with_kp, without = daily(nights(values), config(), kp_night=kp), daily(nights(values), config())
    assert np.flatnonzero((with_kp.quality & Quality.STORMY).all(axis=1)).tolist() == [30, 45]
    np.testing.assert_array_equal(with_kp.z, without.z)


def test_day_difference_and_reference_station_are_what_their_names_say() -> None:
    values = network(60)
    values[40, 5] = np.nan
    change = values[1:] - values[:-1]
    found = daily(nights(values), config(Method.DAY_DIFFERENCE, hold_z=1e9))
    assert found.anomaly_nt[50, 0] == pytest.approx(change[49, 0] - np.median(change[22:49, 0]), abs=1e-9)
    assert np.isnan(found.z[[40, 41], 5]).all()
    assert found.quality[41, 5] & Quality.WARM_UP
    left = values - values[:, [1]]
    found = daily(nights(values), config(Method.REFERENCE_STATION, hold_z=1e9))
    assert found.anomaly_nt[50, 0] == pytest.approx(left[50, 0] - np.median(left[23:50, 0]), abs=1e-9)
    assert np.isnan(found.z[:, 1]).all()


def test_the_first_component_is_the_singular_vector_of_the_window() -> None:
    values = network(60)
    found = daily(nights(values), config(Method.FIRST_COMPONENT, hold_z=1e9))
    centred = values[23:51] - np.median(values[23:50], axis=0)
    pattern = np.linalg.svd(centred[:-1])[2][0]
    left = centred - np.outer(centred @ pattern, pattern)
    np.testing.assert_allclose(found.anomaly_nt[50], left[-1] - np.median(left[:-1], axis=0), atol=1e-6)


def test_whole_nanotesla_and_constant_records_have_a_floor() -> None:
    values = np.round(network(60) / 10.0) * 10.0
    values[:, 0] = 50_000.0
    values[:, 1:] = 50_000.0
    values[55, 0] += 1.0
    found = daily(nights(values), config())
    assert found.z[54, 0] == 0.0
    assert found.z[55, 0] == pytest.approx(1.0 / 0.2)
    assert np.isfinite(found.z[20:]).all()


def test_the_order_of_stations_does_not_matter() -> None:
    values = network(80, missing=0.05)
    values[50:60, 6] += 6.0
    order = np.random.default_rng(2).permutation(values.shape[1])
    found, shuffled = daily(nights(values), config()), daily(nights(values[:, order]), config())
    np.testing.assert_allclose(shuffled.z, found.z[:, order], atol=1e-5)
    np.testing.assert_array_equal(shuffled.quality, found.quality[:, order])


def test_days_must_follow_each_other() -> None:
    night = nights(network(30))
    holed = NightMeans(
        np.delete(night.days, 10), night.codes, *(np.delete(a, 10, 0) for a in (night.values, night.coverage, night.quality))
    )
    with pytest.raises(ValueError, match="consecutive days"):
        daily(holed, config())


def test_wrong_configs_are_refused() -> None:
    with pytest.raises(ValueError, match="Unknown anomaly method 'wavelet'"):
        AnomalyConfig(method="wavelet")
    with pytest.raises(ValueError, match="code of the reference station"):
        AnomalyConfig(method=Method.REFERENCE_STATION)
    with pytest.raises(ValueError, match="XXX is not in the network"):
        daily(nights(network(30)), AnomalyConfig(method=Method.REFERENCE_STATION, reference_station="XXX"))
    with pytest.raises(ValueError, match="needs 3 or more nights"):
        AnomalyConfig(at_least=28)
    with pytest.raises(ValueError, match="must be positive"):
        AnomalyConfig(hold_z=0.0)


def test_an_empty_network_gives_empty_arrays() -> None:
    found: DailyAnomaly = daily(nights(np.empty((30, 0))), config())
    assert found.z.shape == (30, 0)
