"""The published catalogues and indices, read whole: the paper's own source against the paper's own table."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from quakegui.formats import cenc, kp, quakeml, usgs
from quakegui.formats.errors import FormatError
from quakegui.formats.result import EventsFile
from quakegui.formats.source import Source
from quakegui.season import events as ev
from quakegui.season.kp import is_stormy, night_kp
from quakegui.season.labels import FLAT_RULE, LabelRule, apply
from quakegui.season.localtime import NightWindow, available_at

ZONE = "Asia/Shanghai"
PAPER_BOX = ev.Selection(box=(26.0, 31.0, 100.0, 104.0), min_magnitude=3.1, since=date(2022, 2, 1), until=date(2022, 12, 31))
TRUE_KM = [246.60, 163.46, 154.72, 155.41, 205.19, 154.72, 177.33, 263.51, 185.25]
TRUE_KM += [165.86, 156.72, 90.09, 143.52, 168.38, 150.14, 182.74, 169.65, 193.18]


def source(path: Path) -> Source:
    return Source(path.name, path.read_bytes())


@pytest.fixture(scope="module")
def export(real_data) -> EventsFile:
    file = source(real_data / "catalog" / "CENC_eqList-day_20230214.xls")
    assert cenc.looks_like(file)
    return cenc.parse(file)


@pytest.fixture(scope="module")
def boxed(export) -> tuple[ev.Event, ...]:
    return ev.select(export.events, PAPER_BOX, timezone=ZONE)


@pytest.fixture(scope="module")
def paper(real_data) -> tuple[ev.Event, ...]:
    file = source(real_data / "catalog" / "seed_table3.csv")
    assert usgs.looks_like(file)
    return usgs.parse(file).events


def what(events) -> list[tuple[str, float, float, float, str]]:
    return [(str(one.time), one.magnitude, one.latitude, one.longitude, one.place) for one in events]


def test_the_export_is_read_whole(export):
    assert len(export.events) == 11034
    assert export.notes == ("Times were converted from Beijing time (UTC+8) to UTC (the first as read: 2023-02-14 14:40:16).",)
    # the last row of the sheet, written with a single-digit hour, and the first
    assert what(export.events[:1]) == [("2012-01-01T05:27:55.000", 7.0, 31.4, 138.3, "日本本州东部海域")]
    assert what(export.events[-1:]) == [("2023-02-14T06:40:16.000", 3.0, 41.14, 83.47, "新疆阿克苏地区库车市")]


def test_the_papers_box_holds_34_events_of_which_18_are_in_the_paper(boxed, paper):
    assert len(boxed) == 34
    assert len(paper) == 18
    in_box = {str(one.time): one for one in boxed}
    for one in paper:
        found = in_box[str(one.time)]  # to the second
        assert (found.magnitude, found.latitude, found.longitude) == (one.magnitude, one.latitude, one.longitude)
    assert len(set(in_box) - {str(one.time) for one in paper}) == 16


def test_magnitude_3_itself_is_not_above_3(export, boxed):
    with_three = ev.select(
        export.events,
        ev.Selection(box=PAPER_BOX.box, min_magnitude=3.0, since=PAPER_BOX.since, until=PAPER_BOX.until),
        timezone=ZONE,
    )
    assert {one.magnitude for one in with_three} - {one.magnitude for one in boxed} == {3.0}


@pytest.mark.parametrize("radius_km", [50.0, 150.0])
@pytest.mark.parametrize("days", [2.0, 5.0, 10.0])
def test_declustering_gives_exactly_the_papers_18(boxed, paper, radius_km, days):
    kept, dropped = ev.decluster(boxed, ev.Declustering(radius_km=radius_km, days=days))
    assert [one.time for one in kept] == [one.time for one in paper]
    assert len(dropped) == 16


def test_the_default_declustering_is_50_km_and_5_days(boxed, paper):
    kept, _ = ev.decluster(boxed, ev.Declustering())
    assert [one.id for one in kept] == [one.id for one in paper]


def test_gardner_and_knopoff_keep_14(boxed):
    kept, dropped = ev.decluster(boxed, ev.Declustering("gardner-knopoff"))
    assert (len(kept), len(dropped)) == (14, 20)


def test_true_distances_in_row_order(paper):
    km = [float(ev.great_circle_km(28.10, 102.16, one.latitude, one.longitude)) for one in paper]
    np.testing.assert_allclose(km, TRUE_KM, atol=0.01)


def test_from_the_export_to_the_papers_classes_and_the_rules_days(boxed):
    kept, _ = ev.decluster(boxed, ev.Declustering())
    found = ev.directions(kept)
    np.testing.assert_allclose(found.north_centre, (29.6811, 102.3667), atol=5e-5)
    np.testing.assert_allclose(found.south_centre, (27.1933, 101.9733), atol=5e-5)
    assert sum(found.is_north) == 9
    classes = ev.classify(kept, ev.scheme_of(kept, split_magnitude=4.0)[0])
    assert np.bincount(classes, minlength=5).tolist() == [0, 6, 3, 5, 4]
    assert sum(one.magnitude <= 4.0 for one in kept) == 7
    days = np.arange("2022-02-01", "2023-01-01", dtype="datetime64[D]")
    known = available_at(days, ZONE, NightWindow())
    assert apply(LabelRule(), kept, classes, days, known, timezone=ZONE).counts == (169, 83, 18, 40, 24)
    assert apply(FLAT_RULE, kept, classes, days, known, timezone=ZONE).counts == (171, 82, 15, 48, 18)


def test_the_shipped_catalogue_is_the_papers(paper):
    shipped = usgs.parse(source(Path(__file__).resolve().parents[2] / "resources" / "catalogue" / "liangshan_2022.csv"))
    assert shipped.events == paper


def test_apple_double_junk_is_refused(real_data):
    junk = source(real_data / "catalog" / "._eqList-day.xls")
    assert not any(reader.looks_like(junk) for reader in (cenc, usgs, quakeml, kp))
    with pytest.raises(FormatError, match="AppleDouble"):
        cenc.parse(junk)


def test_usgs_with_broken_text(real_data):
    found = usgs.parse(source(real_data / "catalog" / "USGS_2018-2023_query.csv"))
    assert (found.format, len(found.events)) == ("usgs", 4828)
    damaged, unread = found.notes
    assert damaged.startswith("The text is damaged in 9 lines (first: line 268)")
    assert unread == "Columns not imported: updated."


def test_usgs_with_all_columns(real_data):
    found = usgs.parse(source(real_data / "catalog" / "USGS_japan_2005-2006.csv"))
    assert (found.format, len(found.events)) == ("usgs", 1283)
    assert found.notes == ("Columns not imported: nst; gap; dmin; rms; net and 8 more.",)
    assert found.events[0].id == "usp000dcg4"
    assert max(found.events, key=lambda one: one.magnitude).place == "Kuril Islands"


def test_japans_events_make_classes_of_their_own(real_data):
    """Another network: its own box, split at the median, its own directions."""
    found = usgs.parse(source(real_data / "catalog" / "USGS_japan_2005-2006.csv"))
    japan = ev.select(found.events, ev.Selection(box=(30.0, 46.0, 128.0, 148.0), min_magnitude=5.5), timezone="Asia/Tokyo")
    kept, dropped = ev.decluster(japan, ev.Declustering())
    assert len(japan) == len(kept) + len(dropped) == 45
    scheme, _ = ev.scheme_of(kept)
    assert scheme.north_centre[0] > scheme.south_centre[0]
    classes = ev.classify(kept, scheme)
    assert sum(one.magnitude > scheme.split_magnitude for one in kept) == sum(cls in (1, 3) for cls in classes)
    assert set(classes) == {1, 2, 3, 4}


def test_quakeml(real_data):
    file = source(real_data / "catalog" / "usgs_event.xml")
    assert quakeml.looks_like(file)
    found = quakeml.parse(file)
    assert what(found.events) == [
        ("2014-11-06T00:24:42.240", 1.54, 35.0476667, -117.6623333, ""),
        ("2014-11-14T21:07:48.200", 1.6, 42.138, -120.2807, ""),
    ]
    assert [one.magnitude_type for one in found.events] == ["ml", "Md"]
    assert [one.depth_km for one in found.events] == [0.01, 0.0]
    assert "quarry blast" in found.notes[0]


def test_a_list_of_stations_is_no_catalogue(real_data):
    stations = source(real_data / "catalog" / "AETA_StationInfo.csv")
    assert not any(reader.looks_like(stations) for reader in (cenc, usgs, quakeml, kp))


def test_kp_of_17_years(real_data):
    file = source(real_data / "indices" / "GFZ_Potsdam_Kp_2006-2022.csv")
    assert kp.looks_like(file)
    found = kp.parse(file)
    assert found.value.size == 6209 * 8
    assert found.time[[0, -1]].astype("datetime64[h]").astype(str).tolist() == ["2006-01-01T00", "2022-12-31T21"]
    shipped = kp.parse(source(Path(__file__).resolve().parents[2] / "resources" / "kp" / "kp_2021-11_2022-12.csv"))
    same = np.isin(found.time, shipped.time)
    np.testing.assert_array_equal(found.value[same], shipped.value)
    # the night of 2006-01-01 in Tokyo is 15-18 UTC on 2005-12-31, before the file begins
    nights = night_kp(
        found, np.array(["2006-01-01", "2006-01-02"], "datetime64[D]"), timezone="Asia/Tokyo", window=NightWindow()
    )
    np.testing.assert_array_equal(nights, [np.nan, 1.667])
    day_before_luding = found.value[found.time.astype("datetime64[D]") == np.datetime64("2022-09-04")]
    assert day_before_luding.max() == pytest.approx(6.333)
    assert is_stormy(day_before_luding).any()


def test_quiet_days_are_no_kp(real_data):
    assert not kp.looks_like(source(real_data / "indices" / "international_quiet_days_1932-2018.txt"))
