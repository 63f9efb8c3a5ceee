"""Days that a zone's calendar skipped, where it moved across the date line."""

from __future__ import annotations

import numpy as np
import pytest

from quakegui.season.anomaly import AnomalyConfig, daily
from quakegui.season.basis import GridConfig, build_basis
from quakegui.season.extrema import ExtremaConfig
from quakegui.season.gridding import Gridder
from quakegui.season.localtime import NightWindow, calendar, day_after, local_date, night_bounds, skipped_days
from quakegui.season.network import Network, Station
from quakegui.season.night import NightMeans
from quakegui.season.tracking import season_features

SKIPPED = {
    "Pacific/Apia": "2011-12-30",
    "Pacific/Fakaofo": "2011-12-30",
    "Pacific/Kwajalein": "1993-08-21",
    "Pacific/Kiritimati": "1994-12-31",
    "Pacific/Enderbury": "1994-12-31",
}


@pytest.mark.parametrize(("zone", "day"), SKIPPED.items())
def test_the_calendar_leaves_the_day_out(zone, day):
    lost = np.datetime64(day, "D")
    assert lost in skipped_days(zone)
    assert calendar(lost - 1, lost + 1, zone).tolist() == [(lost - 1).item(), (lost + 1).item()]
    assert day_after(lost - 1, zone) == lost + 1
    assert day_after(lost + 1, zone) == lost + 2


@pytest.mark.parametrize(
    "zone", ["UTC", "Asia/Shanghai", "Europe/London", "America/New_York", "Pacific/Auckland", "America/Juneau"]
)
def test_other_zones_have_every_day(zone):
    assert skipped_days(zone).size == 0
    assert calendar(np.datetime64("2011-12-01"), np.datetime64("2012-01-31"), zone).size == 62


@pytest.mark.parametrize("zone", [*SKIPPED, "Asia/Manila", "America/Juneau", "Africa/Cairo", "Asia/Shanghai"])
def test_the_calendar_holds_the_days_on_which_some_hour_lies(zone):
    """Every instant's date is on the calendar, and every date of the calendar is some instant's."""
    for first, last in (("1993-08-01", "1993-09-10"), ("1994-12-01", "1995-01-20"), ("2011-12-10", "2012-01-10")):
        instants = np.arange(np.datetime64(first, "h"), np.datetime64(last, "h")).astype("datetime64[ms]")
        dates = np.unique(local_date(instants, zone))
        assert np.array_equal(dates, calendar(dates[0], dates[-1], zone))


@pytest.mark.parametrize(("zone", "day"), SKIPPED.items())
def test_no_two_nights_share_an_instant(zone, day):
    days = np.datetime64(day, "D") + np.arange(-3, 4)
    start, end = night_bounds(days, zone, NightWindow())
    length = end - start
    assert length[3] == np.timedelta64(0, "ms")
    assert bool((np.delete(length, 3) == np.timedelta64(3, "h")).all())
    assert bool((np.delete(start, 3)[1:] >= np.delete(end, 3)[:-1]).all())


def test_anomalies_and_tracks_go_on_over_it():
    lost, zone = np.datetime64(SKIPPED["Pacific/Apia"], "D"), "Pacific/Apia"
    days = calendar(lost - 40, lost + 10, zone)
    values = 40_000.0 + np.random.default_rng(1).normal(0.0, 1.0, (days.size, 4))
    codes = ("A", "B", "C", "D")
    nights = NightMeans(days, codes, values, np.ones(values.shape), np.zeros(values.shape, dtype=np.uint16))
    found = daily(nights, AnomalyConfig(), timezone=zone)
    plain = NightMeans(lost - 40 + np.arange(days.size), codes, values, nights.coverage, nights.quality)
    np.testing.assert_array_equal(found.z, daily(plain, AnomalyConfig()).z)
    with pytest.raises(ValueError, match="consecutive days"):
        daily(nights, AnomalyConfig())

    network = Network.of(
        Station(code, "", *place) for code, place in zip(codes, [(28, 101), (28, 102), (27, 101), (27, 102)], strict=True)
    )
    gridder = Gridder(build_basis(network, GridConfig(), pixels=120), GridConfig())
    few = calendar(lost - 3, lost + 3, zone)
    z = np.zeros((few.size, 4))
    fields = np.zeros((few.size, 120, 120), dtype=np.float32)
    fields[:, 40:80, 40:80] = 6.0
    features = season_features(
        few, fields, z=z, anomaly_nt=z, gridder=gridder, config=ExtremaConfig(threshold_z=5.0), timezone=zone
    )
    assert [day.regions[0].age_days for day in features] == [1, 2, 3, 4, 5, 6]
