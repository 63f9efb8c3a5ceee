"""IAGA-2002: cadences, component sets, codes for missing, and headers as they come."""

from __future__ import annotations

import numpy as np
import pytest
from readings_samples import iaga, xyzf

from quakegui.formats import iaga2002
from quakegui.formats.errors import FormatError
from quakegui.formats.source import Source
from quakegui.season.readings import DataType


def read(data: bytes, name: str = "tst.min"):
    return iaga2002.parse(Source(name, data))


def test_recorded_f_is_taken_as_written():
    rows = xyzf(1440)
    found = read(iaga(rows))
    (readings,) = found.readings
    assert np.array_equal(readings.values, rows[:, 3])
    assert np.array_equal(readings.time, np.datetime64("2022-01-15", "ms") + np.arange(1440) * np.timedelta64(60, "s"))
    assert (readings.station, readings.cadence_s, readings.derived) == ("TST", 60.0, False)
    assert readings.data_type is DataType.PROVISIONAL
    assert found.notes == ()
    (station,) = found.stations
    assert (station.name, station.latitude, station.longitude, station.elevation_m) == ("Testburg", 10.5, -109.75, 120.0)


def test_line_by_line_reading_gives_the_same_numbers():
    rows = xyzf(50)
    fixed = read(iaga(rows))
    loose = read(iaga(rows).replace(b" 015   ", b" 015 "))
    assert np.array_equal(fixed.readings[0].values, loose.readings[0].values)
    assert np.array_equal(fixed.readings[0].time, loose.readings[0].time)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends(end):
    assert len(read(iaga(xyzf(20), end=end)).readings[0]) == 20


def test_missing_final_newline_and_blank_lines_are_nothing():
    data = iaga(xyzf(20))
    assert len(read(data.rstrip(b"\n")).readings[0]) == 20
    assert len(read(data + b"\n\n\x1a").readings[0]) == 20


@pytest.mark.parametrize(
    ("letters", "row", "expected"),
    [
        ("XYZF", [3e4, 0, 4e4, 99999], 5e4),
        ("HDZF", [3e4, -500.5, 4e4, 88888], 5e4),
        ("DHZF", [-782.2, 3e4, 4e4, 99999], 5e4),
        ("HEZF", [3e4, 0, 4e4, 99999], 5e4),
        ("HEZF", [2e4, 1e4, 2e4, 99999], 3e4),
        ("UVWF", [2e4, 1e4, -2e4, 99999], 3e4),
        (["X", "Y", "Z", "NUL"], [3e4, 0, 4e4, 99999], 5e4),
        (["NUL", "NUL", "NUL", "F"], [99999, 99999, 99999, 45504.8], 45504.8),
        ("FXYZ", [5.1e4, 3e4, 0, 4e4], 5.1e4),
        ("XYZG", [3e4, 0, 4e4, 2.5], 49997.5),
        ("XYZG", [99999, 99999, 99999, -48000.25], 48000.25),
        ("XYZS", [3e4, 0, 4e4, 50001.5], 50001.5),
        ("F", [48000.5], 48000.5),
        ("DIF", [1.0, 60.0, 48000.5], 48000.5),
    ],
)
def test_component_sets(letters, row, expected):
    (readings,) = read(iaga(np.array([row] * 3, dtype=float), letters)).readings
    assert np.array_equal(readings.values, [expected] * 3)
    has_scalar = any(letter in "FSG" and value < 88888 for letter, value in zip(letters, row, strict=True))
    assert readings.derived is not has_scalar


def test_derived_f_is_said_and_never_mixed_with_recorded():
    rows = xyzf(10)
    rows[3:, 3] = 99999
    found = read(iaga(rows))
    assert np.array_equal(found.readings[0].values, rows[:3, 3])
    assert not found.readings[0].derived
    assert any("missing at 7 of 10" in note for note in found.notes)
    rows[:, 3] = 88888
    found = read(iaga(rows))
    assert found.readings[0].derived
    assert len(found.readings[0]) == 10
    assert found.notes == ("TST: F was not recorded; it was derived from X, Y, Z.",)


def test_variations_around_zero_are_not_made_into_a_field():
    found = read(iaga(np.array([[18.0, 19.8, 153.3, 99999.0]] * 5), "HDZF"))
    assert len(found.readings[0]) == 0
    assert any("variations" in note for note in found.notes)


def test_variations_beside_a_recorded_f_do_not_matter():
    found = read(iaga(np.array([[18.0, 19.8, 153.3, 43737.7]] * 5), "HDZF"))
    assert np.array_equal(found.readings[0].values, [43737.7] * 5)
    assert found.notes == ()


def test_nothing_recorded_gives_an_empty_record_and_the_reason():
    found = read(iaga(np.full((5, 4), 99999.0)))
    assert len(found.readings[0]) == 0
    assert found.notes == ("TST: all values of X, Y, Z, F are missing; there are no readings.",)
    assert found.stations[0].located


def test_scalar_only_is_said():
    rows = np.array([[99999.0, 99999.0, 99999.0, 45504.8]] * 5)
    found = read(iaga(rows))
    assert len(found.readings[0]) == 5
    assert found.notes == ("TST: all values of X, Y, Z are missing; the recorded F was used.",)


def test_impossible_single_values_are_dropped_with_a_count():
    rows = xyzf(10)
    rows[4, 3], rows[5, 3] = 0.0, -1.5
    found = read(iaga(rows))
    assert len(found.readings[0]) == 8
    assert any("nT removed: 2." in note for note in found.notes)


def test_a_column_f_with_delta_f_is_not_taken_for_a_field():
    rows = xyzf(10)
    rows[:, 3] = 1.5
    found = read(iaga(rows))
    assert found.readings[0].derived
    assert np.allclose(found.readings[0].values, xyzf(10)[:, 3], atol=0.01)
    assert any("a difference, not the field" in note for note in found.notes)


@pytest.mark.parametrize(("step", "start"), [(1, "2022-01-15T00:00"), (60, "2022-01-15T00:00"), (3600, "2022-01-15T00:30")])
def test_cadences(step, start):
    (readings,) = read(iaga(xyzf(30), start=start, step_s=step)).readings
    assert readings.cadence_s == step
    assert readings.time[0] == np.datetime64(start, "ms")


def test_hourly_stamps_at_29_30_are_centres_already():
    (readings,) = read(iaga(xyzf(5), start="2020-08-31T00:29:30", step_s=3600)).readings
    assert readings.cadence_s == 3600
    assert readings.time[0] == np.datetime64("2020-08-31T00:29:30", "ms")


@pytest.mark.parametrize(("step", "half"), [(3600, 1800), (86400, 43200)])
def test_means_stamped_at_their_start_are_centred(step, half):
    found = read(iaga(xyzf(5), step_s=step))
    assert found.readings[0].time[0] == np.datetime64("2022-01-15", "ms") + np.timedelta64(half, "s")
    assert any("moved to its centre" in note for note in found.notes)


def test_scalar_recorded_less_often_keeps_its_own_cadence():
    rows = xyzf(100)
    rows[np.arange(100) % 5 != 0, 3] = 99999
    found = read(iaga(rows, step_s=1))
    assert found.readings[0].cadence_s == 5
    assert len(found.readings[0]) == 20
    assert any("only one timestamp in 5" in note for note in found.notes)


def test_single_row_takes_the_cadence_of_the_header():
    assert read(iaga(xyzf(1))).readings[0].cadence_s == 60
    assert read(iaga(xyzf(1), Data_Interval_Type="HOUR")).readings[0].cadence_s == 3600


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("definitive", DataType.DEFINITIVE),
        ("Quasi-definitive", DataType.QUASI_DEFINITIVE),
        ("provisional", DataType.PROVISIONAL),
        ("Variometer", DataType.VARIATION),
        ("reported", DataType.VARIATION),
        ("adjusted", DataType.PROVISIONAL),
        ("D", DataType.DEFINITIVE),
        ("", DataType.UNKNOWN),
        ("something else", DataType.UNKNOWN),
    ],
)
def test_data_types(text, expected):
    found = read(iaga(xyzf(3), Data_Type=text))
    assert found.readings[0].data_type is expected
    assert bool(found.notes) == (text == "something else")


@pytest.mark.parametrize(
    ("latitude", "longitude", "expected"),
    [
        ("61.16", "314.558", (61.16, -45.442)),
        ("-26.5", "18.1", (-26.5, 18.1)),
        ("0.5", "180", (0.5, 180.0)),
        ("0.5", "-180", (0.5, -180.0)),
        ("310086.6051", "-34833.41399", None),
        ("99999", "99999", None),
        ("", "", None),
        ("abc", "12", None),
        ("nan", "12", None),
        ("0", "0", None),
        ("91", "0", None),
    ],
)
def test_coordinates(latitude, longitude, expected):
    found = read(iaga(xyzf(3), Geodetic_Latitude=latitude, Geodetic_Longitude=longitude))
    (station,) = found.stations
    if expected is None:
        assert not station.located
        assert any("not shown on the map" in note for note in found.notes)
    else:
        assert (station.latitude, station.longitude) == pytest.approx(expected)
        assert found.notes == ()
    assert len(found.readings[0]) == 3


def test_absent_header_fields_and_the_code_from_the_columns():
    data = iaga(xyzf(3))
    head, body = data.split(b"DATE", 1)
    found = read(b" Format                 IAGA-2002                                    |\nDATE" + body)
    assert found.readings[0].station == "TST"
    assert any("no station code" in note for note in found.notes)
    assert any("no coordinates" in note for note in found.notes)
    assert head


def test_out_of_order_and_repeated_stamps():
    lines = iaga(xyzf(6)).splitlines(keepends=True)
    head, body = lines[:-6], lines[-6:]
    found = read(b"".join(head + [body[i] for i in (0, 2, 1, 1, 3, 4, 5)]))
    assert np.array_equal(found.readings[0].values, xyzf(6)[:, 3])
    assert any("sorted (places: 1)" in note for note in found.notes)
    assert any("duplicate timestamps removed: 1" in note for note in found.notes)


def test_a_missing_value_never_hides_a_recorded_one():
    rows = xyzf(3)
    lines = iaga(rows).splitlines(keepends=True)
    lost = lines[-2][:-11] + b"  99999.00\n"
    found = read(b"".join([*lines[:-2], lost, *lines[-2:]]))
    assert np.array_equal(found.readings[0].values, rows[:, 3])


def test_broken_lines_are_left_out_and_named():
    lines = iaga(xyzf(100)).splitlines(keepends=True)
    lines[-50] = b"2022-01-15 00:5x:00.000 015  garbage\n"
    found = read(b"".join(lines))
    assert len(found.readings[0]) == 99
    assert f"line {len(lines) - 49}" in " ".join(found.notes)


def test_mostly_broken_is_refused_with_the_line():
    lines = iaga(xyzf(20)).splitlines(keepends=True)
    broken = [*lines[:-20], *(b"x" + line for line in lines[-20:-5]), *lines[-5:]]
    with pytest.raises(FormatError) as caught:
        read(b"".join(broken))
    assert caught.value.line == len(lines) - 19


def test_a_cut_last_line_is_not_read_as_a_smaller_number():
    rows = xyzf(10)
    data = iaga(rows)
    for cut in range(2, 60):
        found = read(data[:-cut])
        assert np.array_equal(found.readings[0].values, rows[:9, 3])
        assert any("Unreadable lines skipped: 1" in note for note in found.notes)


@pytest.mark.parametrize("where", [40, 400, 900])
def test_a_file_cut_in_its_header_is_refused(where):
    with pytest.raises(FormatError):
        read(iaga(xyzf(5))[:where])


def test_joined_files_keep_their_stations_apart():
    found = read(iaga(xyzf(5)) + iaga(xyzf(7) + 100, code="ABC"))
    assert [(one.station, len(one)) for one in found.readings] == [("TST", 5), ("ABC", 7)]
    assert [station.code for station in found.stations] == ["TST", "ABC"]


def test_another_code_in_the_columns_is_said():
    found = read(iaga(xyzf(3)).replace(b"TSTX", b"ABCX"))
    assert found.readings[0].station == "TST"
    assert any("ABC" in note for note in found.notes)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "gb18030", "latin-1"])
def test_encodings(encoding):
    text = iaga(xyzf(5)).decode("latin-1").replace("Testburg", "Örtchen ")
    found = read(text.encode(encoding, "replace"))
    assert len(found.readings[0]) == 5
    assert iaga2002.looks_like(Source("x", text.encode(encoding, "replace")))


def test_impossible_dates_are_broken_lines():
    data = iaga(xyzf(30), start="2022-01-31T23:50")
    found = read(data.replace(b"2022-02-01 00:00", b"2022-02-31 00:00"))
    assert len(found.readings[0]) == 29
    assert any("Unreadable lines skipped: 1" in note for note in found.notes)


def test_midnight_as_24_hours_is_the_next_day():
    data = iaga(xyzf(3), start="2022-01-15T23:58")
    data = data.replace(b"2022-01-16 00:00:00.000 016", b"2022-01-15 24:00:00.000 015")
    assert read(data).readings[0].time[-1] == np.datetime64("2022-01-16", "ms")
