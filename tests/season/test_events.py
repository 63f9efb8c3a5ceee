"""Choosing events, dropping aftershocks, directions and classes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from quakegui.formats import usgs
from quakegui.formats.source import Source
from quakegui.season import events as ev

RESOURCES = Path(__file__).resolve().parents[2] / "resources"
LIANGSHAN = (28.10, 102.16)
TRUE_KM = [246.60, 163.46, 154.72, 155.41, 205.19, 154.72, 177.33, 263.51, 185.25]
TRUE_KM += [165.86, 156.72, 90.09, 143.52, 168.38, 150.14, 182.74, 169.65, 193.18]


@pytest.fixture(scope="module")
def paper() -> tuple[ev.Event, ...]:
    file = RESOURCES / "catalogue" / "liangshan_2022.csv"
    return usgs.parse(Source(file.name, file.read_bytes())).events


def event(time: str, magnitude: float = 4.0, latitude: float = 28.0, longitude: float = 102.0) -> ev.Event:
    instant = np.datetime64(time, "ms")
    return ev.Event(ev.event_id(instant, latitude, longitude), instant, magnitude, latitude, longitude)


def test_distances_of_the_papers_events_from_the_networks_centre(paper):
    km = [float(ev.great_circle_km(*LIANGSHAN, one.latitude, one.longitude)) for one in paper]
    np.testing.assert_allclose(km, TRUE_KM, atol=0.005)


def test_printed_distances_are_root_two_times_planar_degrees(paper):
    """The paper's own column, from its first and last rows, shows where it went wrong."""
    for one, printed in ((paper[0], 357.59), (paper[-1], 294.62)):
        planar = np.hypot(one.latitude - 28.10, one.longitude - 102.20) * 111.0 * np.sqrt(2.0)
        assert planar == pytest.approx(printed, abs=0.5)


def test_great_circle_on_known_arcs_and_broadcasting():
    quarter = np.pi / 2 * 6371.0
    np.testing.assert_allclose(
        ev.great_circle_km(0.0, 0.0, [0.0, 90.0, 0.0, 0.0], [0.0, 0.0, 90.0, 180.0]), [0, quarter, quarter, 2 * quarter]
    )
    assert float(ev.great_circle_km(10.0, 179.9, 10.0, -179.9)) < 22.0


@given(st.tuples(*[st.floats(-90, 90), st.floats(-180, 180)] * 2))
def test_great_circle_equals_the_geodesic_on_the_same_sphere(place):
    latitude, longitude, other_latitude, other_longitude = place
    metres = Geod(a=6371000.0, b=6371000.0).inv(longitude, latitude, other_longitude, other_latitude)[2]
    # haversine loses half its digits close to the antipode
    assert float(ev.great_circle_km(*place)) == pytest.approx(metres / 1000.0, rel=1e-7, abs=1e-3)


def test_kmeans_centres_are_the_papers(paper):
    found = ev.directions(paper)
    np.testing.assert_allclose(found.north_centre, (29.6811, 102.3667), atol=5e-5)
    np.testing.assert_allclose(found.south_centre, (27.1933, 101.9733), atol=5e-5)
    assert sum(found.is_north) == 9
    assert found.warning == ""


def test_classes_are_the_papers(paper):
    scheme, warning = ev.scheme_of(paper, split_magnitude=4.0)
    classes = ev.classify(paper, scheme)
    assert np.bincount(classes, minlength=5).tolist() == [0, 6, 3, 5, 4]
    assert warning == ""
    assert sum(one.magnitude <= 4.0 for one in paper) == 7
    assert sum(one.magnitude > 4.0 for one in paper) == 11
    assert all(one.magnitude != 4.0 for one in paper)
    north = [ev.direction_of(one, scheme) == "N" for one in paper]
    assert tuple(north) == ev.directions(paper).is_north


def test_split_defaults_to_the_median_and_the_border_itself_is_small(paper):
    assert ev.scheme_of(paper)[0].split_magnitude == pytest.approx(4.25)
    scheme = ev.ClassScheme(4.0, (30.0, 102.0), (27.0, 102.0))
    north, south = event("2022-01-01", 4.0, 30.0), event("2022-01-01", 4.1, 27.0)
    assert ev.classify([north, south], scheme) == (2, 3)
    assert ev.classify([replace(north, magnitude=4.1), replace(south, magnitude=4.0)], scheme) == (1, 4)
    with pytest.raises(ValueError, match="no median"):
        ev.median_split([])


@pytest.mark.parametrize(
    "several",
    [[], [event("2022-01-01")], [event("2022-01-01"), event("2022-01-02")]],
    ids=["none", "one", "two at one place"],
)
def test_directions_need_two_places(several):
    with pytest.raises(ValueError, match="A split into north and south needs earthquakes at two or more places"):
        ev.directions(several)


def test_two_places_are_enough():
    found = ev.directions([event("2022-01-01", latitude=26.0), event("2022-01-02", latitude=30.0)])
    assert found.north_centre == (30.0, 102.0)
    assert found.is_north == (False, True)


def test_clusters_parted_east_west_are_warned_of():
    row = [event("2022-01-01", latitude=28.0 + i / 10, longitude=lon) for i, lon in enumerate((98.0, 98.2, 106.0, 106.2))]
    warning = ev.directions(row).warning
    assert "784 km apart east-west and only 22 km apart north-south" in warning
    # the same degrees near the pole are fewer km
    far_north = [replace(one, latitude=one.latitude + 60.0 + i // 2) for i, one in enumerate(row)]
    assert ev.directions(far_north).warning == ""


def test_clusters_across_the_date_line_stay_together():
    across = [
        event("2022-01-01", latitude=lat, longitude=lon) for lat, lon in ((-15, 179.0), (-15, -179.0), (-25, 178), (-25, -178))
    ]
    found = ev.directions(across)
    assert found.is_north == (True, True, False, False)
    assert abs(found.north_centre[1]) == pytest.approx(180.0)
    scheme, _ = ev.scheme_of(across)
    assert [ev.direction_of(one, scheme) for one in across] == ["N", "N", "S", "S"]


def test_selection_limits_are_included():
    edge = event("2022-06-01", 3.1, 26.0, 104.0)
    box = ev.Selection(box=(26.0, 31.0, 100.0, 104.0), min_magnitude=3.1)
    assert ev.select([edge], box, timezone="UTC") == (edge,)
    assert ev.select([replace(edge, magnitude=3.0)], box, timezone="UTC") == ()
    assert ev.select([replace(edge, latitude=25.99)], box, timezone="UTC") == ()
    assert ev.select([replace(edge, longitude=104.01)], box, timezone="UTC") == ()
    assert ev.select([], box, timezone="UTC") == ()


def test_selection_by_local_dates():
    last, next_year = event("2022-12-31T15:59:59"), event("2022-12-31T16:00:00")
    year = ev.Selection(since=date(2022, 1, 1), until=date(2022, 12, 31))
    assert ev.select([next_year, last], year, timezone="Asia/Shanghai") == (last,)
    assert ev.select([next_year, last], year, timezone="UTC") == (last, next_year)
    assert ev.select([next_year, last], ev.Selection(since=date(2023, 1, 1)), timezone="Asia/Shanghai") == (next_year,)


def test_selection_by_radius_and_over_the_date_line():
    near, far = event("2022-01-01", latitude=28.9), event("2022-01-02", latitude=29.0)
    assert ev.select([near, far], ev.Selection(centre=(28.0, 102.0), radius_km=101.0), timezone="UTC") == (near,)
    fiji, china = event("2022-01-01", latitude=-17.0, longitude=-179.5), event("2022-01-02")
    for box in ((-30.0, 30.0, 170.0, -170.0), (-30.0, 30.0, 170.0, 190.0)):
        assert ev.select([fiji, china], ev.Selection(box=box), timezone="UTC") == (fiji,)
    everywhere = ev.Selection(box=(-90.0, 90.0, -180.0, 180.0))
    assert ev.select([fiji, china], everywhere, timezone="UTC") == (fiji, china)


@pytest.mark.parametrize(
    "wrong",
    [
        {"box": (31.0, 26.0, 100.0, 104.0)},
        {"box": (26.0, 31.0, 100.0, 100.0)},
        {"box": (26.0, 31.0, 100.0, 500.0)},
        {"centre": (28.0, 102.0)},
        {"radius_km": 10.0},
        {"centre": (28.0, 102.0), "radius_km": 0.0},
        {"since": date(2022, 2, 1), "until": date(2022, 1, 1)},
    ],
)
def test_impossible_selections_are_refused(wrong):
    with pytest.raises(ValueError, match=r"\.$"):
        ev.Selection(**wrong)


def test_the_papers_events_are_a_declustered_catalogue_already(paper):
    for radius_km in (50.0, 150.0):
        for days in (2.0, 5.0, 10.0):
            kept, dropped = ev.decluster(paper, ev.Declustering(radius_km=radius_km, days=days))
            assert kept == paper
            assert dropped == ()


def test_an_aftershock_of_a_dropped_event_goes_too():
    main, second, third = (
        event("2022-01-01", 6.0),
        event("2022-01-04", 5.0, latitude=28.3),
        event("2022-01-08", 4.0, latitude=28.6),  # out of the main shock's window, within the second's
    )
    assert ev.decluster([third, main, second], ev.Declustering()) == ((main,), (second, third))
    assert ev.decluster([main, third], ev.Declustering()) == ((main, third), ())


def test_window_limits():
    main = event("2022-01-01", 5.0)
    equal, larger = event("2022-01-06", 5.0), event("2022-01-05", 5.1)
    assert ev.decluster([main, equal], ev.Declustering())[1] == (equal,)
    assert ev.decluster([main, larger], ev.Declustering())[1] == ()
    late = event("2022-01-06T00:00:00.001", 4.0)
    assert ev.decluster([main, late], ev.Declustering())[1] == ()
    same_time = event("2022-01-01", 4.0, latitude=28.1)
    assert ev.decluster([main, same_time], ev.Declustering())[1] == ()
    assert ev.decluster([main, equal], ev.Declustering("none")) == ((main, equal), ())
    assert ev.decluster([], ev.Declustering()) == ((), ())


def test_gardner_knopoff_windows_grow_with_magnitude():
    # M 6: 53.2 km and 499.5 days; M 4: 30.1 km and 41.4 days
    for magnitude, latitude, days, goes in (
        (6.0, 50, 499, True),
        (6.0, 50, 500, False),
        (6.0, 54, 100, False),
        (4.0, 30, 41, True),
        (4.0, 31, 41, False),
    ):
        main = event("2022-01-01", magnitude)
        after = event(str(np.datetime64("2022-01-01") + days), magnitude, 28.0 + latitude / 111.195)
        assert bool(ev.decluster([main, after], ev.Declustering("gardner-knopoff"))[1]) is goes


@given(
    st.lists(st.tuples(st.integers(0, 400), st.sampled_from([3.1, 4.0, 5.0]), st.floats(27, 29)), max_size=25), st.booleans()
)
def test_declustering_is_its_definition(rows, flat):
    several = ev.in_order(event(str(np.datetime64("2022-01-01T00") + 6 * hour), m, lat) for hour, m, lat in rows)
    config = ev.Declustering() if flat else ev.Declustering("gardner-knopoff")

    def window(magnitude):
        return (50.0, 5.0) if flat else (10 ** (0.1238 * magnitude + 0.983), 10 ** (0.5409 * magnitude - 0.547))

    def aftershock(one):
        for other in several:
            radius_km, days = window(other.magnitude)
            elapsed = (one.time - other.time) / np.timedelta64(1, "D")
            km = ev.great_circle_km(one.latitude, one.longitude, other.latitude, other.longitude)
            if 0 < elapsed <= days and other.magnitude >= one.magnitude and km <= radius_km:
                return True
        return False

    kept, dropped = ev.decluster(several, config)
    assert dropped == tuple(one for one in several if aftershock(one))
    assert ev.in_order(kept + dropped) == several


def test_wrong_declustering_is_refused():
    with pytest.raises(ValueError, match="Unknown declustering 'reasenberg'"):
        ev.Declustering("reasenberg")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="above 0"):
        ev.Declustering(days=0.0)


def test_events_without_sense_are_refused():
    good = event("2022-01-01")
    with pytest.raises(ValueError, match="magnitude of an earthquake must be"):
        replace(good, magnitude=float("nan"))
    for wrong in ({"latitude": 91.0}, {"longitude": 200.0}):
        with pytest.raises(ValueError, match="latitude of an earthquake must be"):
            replace(good, **wrong)
    with pytest.raises(ValueError, match="The origin time of an earthquake must be"):
        replace(good, time=np.datetime64("NaT", "ms"))


def test_identifier_is_made_of_time_and_place():
    assert ev.event_id(np.datetime64("2022-09-05T04:52:18", "ms"), 29.59, 102.08) == "20220905T045218.000+29.59+102.08"
