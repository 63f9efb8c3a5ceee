"""WDC hourly means: tabular arithmetic, the delta-F trap, coordinates beside the file."""

from __future__ import annotations

import numpy as np
import pytest
from readings_samples import ACK, wdc, wdc_line

from quakegui.formats import wdc as module
from quakegui.formats.errors import FormatError
from quakegui.season.readings import DataType


def flat(base: int, value: int, day: str, element: str, **more) -> str:
    return wdc_line("TST", day, element, base, [value] * 24, **more)


def test_base_and_value_make_the_field_and_hours_are_centred():
    hours = list(range(100, 124))
    found = module.parse(wdc([wdc_line("TST", "2005-01-02", "F", 460, hours)], tst_ack=ACK))
    (readings,) = found.readings
    assert np.array_equal(readings.values, 46_000.0 + np.arange(100, 124))
    assert readings.time[0] == np.datetime64("2005-01-02T00:30", "ms")
    assert readings.time[-1] == np.datetime64("2005-01-02T23:30", "ms")
    assert (readings.cadence_s, readings.derived, readings.data_type) == (3600.0, False, DataType.UNKNOWN)
    assert found.notes == ()
    (station,) = found.stations
    assert (station.code, station.name, station.latitude, station.longitude) == ("TST", "Testburg", -12.5, -159.75)


def test_negative_values_in_both_spellings():
    line = wdc_line("TST", "2005-01-02", "F", 460, [-50] * 24)
    padded = line.replace(" -50", "-050", 3)
    found = module.parse(wdc([padded], tst_ack=ACK))
    assert np.array_equal(found.readings[0].values, [45_950.0] * 24)


def test_missing_hours_have_no_stamp():
    hours = [500] * 24
    hours[3] = hours[4] = 9999
    found = module.parse(wdc([wdc_line("TST", "2005-01-02", "F", 460, hours)], tst_ack=ACK))
    assert len(found.readings[0]) == 22
    assert any("2 of 24" in note and "03:30" in note and "04:30" in note for note in found.notes)


@pytest.mark.parametrize(
    ("day", "century", "year"), [("2014-03-04", None, 2014), ("1889-03-04", None, 1889), ("1996-03-04", "  ", 1996)]
)
def test_centuries(day, century, year):
    found = module.parse(wdc([flat(460, 0, day, "F", century=century)], tst_ack=ACK))
    assert str(found.readings[0].time[0])[:4] == str(year)


def test_without_ack_the_station_has_no_place_and_that_is_said():
    found = module.parse(wdc([flat(460, 0, "2005-01-02", "F")]))
    assert not found.stations[0].located
    assert any("tst.ack" in note for note in found.notes)
    other = module.parse(wdc([flat(460, 0, "2005-01-02", "F")], tst_ack=ACK.replace("TST", "ABC")))
    assert not other.stations[0].located


def test_no_column_f_is_derived():
    lines = [flat(300, 0, "2005-01-02", "H"), flat(400, 0, "2005-01-02", "Z"), flat(3, 0, "2005-01-02", "D")]
    found = module.parse(wdc(lines, tst_ack=ACK))
    assert found.readings[0].derived
    assert np.array_equal(found.readings[0].values, [50_000.0] * 24)
    assert any("derived from H, Z" in note for note in found.notes)


@pytest.mark.parametrize("letters", ["HZ", "XYZ"])
def test_delta_f_years_are_derived_and_kept_apart(letters):
    parts = {"H": 300, "Z": 400, "X": 300, "Y": 0}
    lines = []
    for day in ("2004-12-31", "2005-01-01"):
        lines += [flat(parts[letter], 0, day, letter) for letter in letters]
    lines += [flat(500, 3, "2004-12-31", "F"), flat(0, -2, "2005-01-01", "F")]
    found = module.parse(wdc(lines, tst_ack=ACK))
    recorded, derived = found.readings
    assert (recorded.derived, derived.derived) == (False, True)
    assert np.array_equal(recorded.values, [50_003.0] * 24)
    assert recorded.time[-1] == np.datetime64("2004-12-31T23:30", "ms")
    assert np.array_equal(derived.values, [50_000.0] * 24)
    assert derived.time[0] == np.datetime64("2005-01-01T00:30", "ms")
    assert any("2005" in note and "delta-F (around 2 nT)" in note for note in found.notes)
    assert not any("2004" in note for note in found.notes)


def test_delta_f_within_a_year_and_blank_bases():
    days = ["2005-03-01", "2005-03-02", "2005-03-03"]
    lines = [flat(base, 0, day, letter) for day in days for letter, base in (("H", 300), ("Z", 400))]
    lines += [flat(500, 1, days[0], "F"), flat(0, 1, days[1], "F"), flat(500, 1, days[2], "F")]
    lines[-2] = lines[-2][:16] + "    " + lines[-2][20:]
    found = module.parse(wdc(lines, tst_ack=ACK))
    recorded, derived = found.readings
    assert (len(recorded), len(derived)) == (48, 24)
    assert np.array_equal(recorded.values, [50_001.0] * 48)


def test_delta_f_without_components_is_no_field():
    found = module.parse(wdc([flat(0, 2, "2005-01-02", "F")], tst_ack=ACK))
    assert found.readings == ()
    assert any("not a total intensity" in note for note in found.notes)


def test_f_that_contradicts_its_components_is_used_and_said():
    lines = [flat(300, 0, "2005-01-02", "H"), flat(400, 0, "2005-01-02", "Z"), flat(520, 0, "2005-01-02", "F")]
    found = module.parse(wdc(lines, tst_ack=ACK))
    assert np.array_equal(found.readings[0].values, [52_000.0] * 24)
    assert any("differ by 2000 nT" in note for note in found.notes)


def test_daily_means_that_do_not_fit_are_said():
    line = flat(460, 0, "2005-01-02", "F")
    found = module.parse(wdc([line[:116] + "  50"], tst_ack=ACK))
    assert len(found.readings[0]) == 24
    assert any("daily mean" in note for note in found.notes)


def test_two_stations_and_shuffled_lines():
    lines = [wdc_line(code, f"2005-01-{day:02d}", "F", 460, [day] * 24) for code in ("TST", "ABC") for day in (3, 1, 2)]
    found = module.parse(wdc(lines, tst_ack=ACK))
    assert [one.station for one in found.readings] == ["TST", "ABC"]
    assert np.array_equal(found.readings[0].values[::24], [46_001.0, 46_002.0, 46_003.0])


def test_repeated_lines_keep_the_first():
    lines = [flat(460, 1, "2005-01-02", "F"), flat(460, 2, "2005-01-02", "F")]
    found = module.parse(wdc(lines, tst_ack=ACK))
    assert np.array_equal(found.readings[0].values, [46_001.0] * 24)
    assert any("duplicate lines for the same element and day: 1" in note for note in found.notes)


def test_broken_lines_are_named_and_too_many_refused():
    lines = [flat(460, 0, f"2005-01-{day:02d}", "F") for day in range(1, 29)]
    found = module.parse(wdc([*lines[:5], "rubbish", *lines[5:]], tst_ack=ACK))
    assert len(found.readings[0]) == 28 * 24
    assert any("line 6" in note for note in found.notes)
    with pytest.raises(FormatError) as caught:
        module.parse(wdc([*lines[:5], *(["rubbish"] * 10), *lines[5:]]))
    assert caught.value.line == 6


def test_impossible_dates_and_malformed_numbers_are_left_out():
    lines = [flat(460, 0, f"2005-02-{day:02d}", "F") for day in range(1, 31)]
    lines[0] = lines[0][:20] + "-  5" + lines[0][24:]
    found = module.parse(wdc(lines, tst_ack=ACK))
    assert len(found.readings[0]) == 27 * 24
    assert any("Lines with an invalid date or malformed numbers skipped: 3" in note for note in found.notes)


def test_looks_like():
    assert module.looks_like(wdc([flat(460, 0, "2005-01-02", "F")]))
    assert not module.looks_like(wdc(["DIGITAL WDC EXCHANGE FORMAT"]))
    assert module.parse_ack("nothing here") is None
