"""Readings in real files: what is in them, against an independent reading; and what is awkward about them."""

from __future__ import annotations

import gzip
import math
import zipfile
from pathlib import Path

import numpy as np
import pytest

from quakegui import formats
from quakegui.season.readings import DataType

JAPAN = ("CBI", "ESA", "HTY", "KAK", "KNY", "KNZ", "MIZ", "MMB")
PLACES = {
    "CBI": (27.096, 142.185),
    "ESA": (39.237, 141.355),
    "HTY": (33.073, 139.825),
    "KAK": (36.232, 140.186),
    "KNY": (31.424, 130.88),
    "KNZ": (35.256, 139.956),
    "MIZ": (39.112, 141.204),
    "MMB": (43.91, 144.189),
}


def only(path: Path):
    (source,) = formats.expand(path)
    return formats.read_readings(source)


def plain_iaga(text: str) -> dict[str, list[float]]:
    """Return stamp -> values of an IAGA-2002 file by splitting its lines, an independent reading."""
    body = text[text.index("DATE  ") :].splitlines()[1:]
    return {" ".join(line.split()[:2]): [float(value) for value in line.split()[3:]] for line in body if line.strip()}


def plain_wdc(path: Path, element: str) -> dict[np.datetime64, float]:
    """Return hour -> value of one element by the columns of hour.fmt, an independent reading."""
    found: dict[np.datetime64, float] = {}
    for line in path.read_text("ascii").splitlines():
        if line[7] != element:
            continue
        day = np.datetime64(f"{line[14:16]}{line[3:5]}-{line[5:7]}-{line[8:10].replace(' ', '0')}")
        for hour in range(24):
            value = int(line[20 + 4 * hour : 24 + 4 * hour])
            if value != 9999:
                found[day + np.timedelta64(hour * 60 + 30, "m")] = int(line[16:20]) * 100 + value
    return found


@pytest.mark.parametrize("code", JAPAN)
@pytest.mark.parametrize("year", [2005, 2006])
def test_japan_hourly_equals_an_independent_reading(real_data, code, year):
    path = real_data / "wdc_hourly" / "japan" / f"{code.lower()}{year}.wdc"
    found = only(path)
    (readings,) = found.readings
    expected = plain_wdc(path, "F")
    assert len(readings) == len(expected)
    assert dict(zip(readings.time.astype("datetime64[m]").tolist(), readings.values, strict=True)) == {
        key.astype("datetime64[m]").item(): value for key, value in expected.items()
    }
    assert (readings.station, readings.cadence_s, readings.derived) == (code, 3600.0, False)
    (station,) = found.stations
    assert (station.latitude, station.longitude) == PLACES[code]


def test_japan_hourly_missing_hours_are_as_many_as_the_files_lack(real_data):
    missing = {}
    for source in formats.expand(real_data / "wdc_hourly" / "japan"):
        if formats.detect(source) == "wdc":
            (readings,) = formats.read_readings(source).readings
            missing[source.base] = 8760 - len(readings)
    assert len(missing) == 16
    assert {name: count for name, count in missing.items() if count} == {"cbi2006.wdc": 83, "knz2005.wdc": 1}


def test_delta_f_in_a_real_year_is_derived_from_its_components(real_data):
    """The files at hand hold full F; a year with delta-F is made from one by writing F - sqrt(H2 + Z2) into its column."""
    path = real_data / "wdc_hourly" / "japan" / "esa2005.wdc"
    h, z, f = (plain_wdc(path, element) for element in "HZF")
    lines = []
    for line in path.read_text("ascii").splitlines():
        if line[7] == "F":
            day = np.datetime64(f"2005-{line[5:7]}-{line[8:10].replace(' ', '0')}")
            hours = [day + np.timedelta64(hour * 60 + 30, "m") for hour in range(24)]
            small = [round(f[hour] - math.hypot(h[hour], z[hour])) for hour in hours]
            line = f"{line[:16]}   0" + "".join(f"{value:4d}" for value in small) + "9999"  # noqa: PLW2901
        lines.append(line)
    found = formats.read_readings(formats.Source("esa2005.wdc", "\n".join(lines).encode()))
    (readings,) = found.readings
    assert readings.derived
    assert len(readings) == 8760
    assert np.abs(readings.values - np.array([f[stamp] for stamp in sorted(f)])).max() < 2.0
    assert any("column F is delta-F" in note and "(365)" in note for note in found.notes)


def test_the_observatories_of_one_day_and_exactly_the_awkward_ones(real_data):
    found = {}
    for path in sorted((real_data / "iaga2002").glob("*20220115*")):
        one = only(path)
        (readings,) = one.readings
        found[readings.station] = (readings, one.notes)
    assert sorted(found) == [
        "BMT",
        "CYG",
        "DED",
        "DLT",
        "HYB",
        "IRT",
        "JAI",
        "KAK",
        "KHB",
        "KMH",
        "KNY",
        "MMB",
        "NAQ",
        "PHU",
        "THL",
    ]
    assert {code: notes for code, (_, notes) in found.items() if notes} == {
        "DED": ("DED: all values of X, Y, Z, F are missing; there are no readings.",),
        "KHB": ("KHB: F was not recorded; it was derived from X, Y, Z.",),
        "KMH": (
            "KMH: F is missing at 290 of 1440 times; the longest gap is from 2022-01-15 19:10:00 to 2022-01-15 23:59:00 UTC.",
        ),
        "NAQ": ("NAQ: F was not recorded; it was derived from X, Y, Z.",),
        "PHU": ("PHU: all values of X, Y, Z are missing; the recorded F was used.",),
        "THL": ("THL: F was not recorded; it was derived from X, Y, Z.",),
    }
    assert {code for code, (readings, _) in found.items() if readings.derived} == {"KHB", "NAQ", "THL"}
    lengths = {code: len(readings) for code, (readings, _) in found.items()}
    assert lengths == {code: {"DED": 0, "KMH": 1150}.get(code, 1440) for code in found}


def test_minute_files_equal_an_independent_reading(real_data):
    for path in sorted((real_data / "iaga2002").glob("*20220115*")):
        (readings,) = only(path).readings
        rows = plain_iaga(path.read_text("latin-1"))
        expected = {}
        for stamp, (x, y, z, f) in rows.items():
            if f < 88888:
                expected[np.datetime64(stamp, "ms")] = f
            elif readings.derived:
                expected[np.datetime64(stamp, "ms")] = math.sqrt(x * x + y * y + z * z)
        assert np.array_equal(readings.time, np.array(sorted(expected), dtype="datetime64[ms]"))
        assert np.allclose(readings.values, [expected[stamp] for stamp in sorted(expected)], rtol=0, atol=1e-9)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("BOU20200101vsec.sec", ("BOU", 901, 1, False, DataType.VARIATION, True)),
        ("BOU202005vmin.min", ("BOU", 0, 60, False, DataType.VARIATION, True)),
        ("BOU20200831vhor.hor", ("BOU", 4, 3600, False, DataType.VARIATION, True)),
        ("BOU20200831vday.day", ("BOU", 4, 86400, False, DataType.VARIATION, True)),
        ("LLO20200106vmin.min", ("LLO", 241, 60, True, DataType.UNKNOWN, False)),
        ("bou20181024_XYZF_vmin.min", ("BOU", 70, 60, False, DataType.VARIATION, True)),
        ("esk1940dhor.hor", ("ESK", 8784, 3600, True, DataType.UNKNOWN, False)),
        ("esk20031029dmin.min", ("ESK", 1440, 60, False, DataType.DEFINITIVE, True)),
        ("example5.sec.gz", ("WIC", 86387, 1, False, DataType.VARIATION, True)),
        ("wic20220810vsec.zip", ("WIC", 86400, 1, True, DataType.VARIATION, False)),
    ],
)
def test_other_cadences_and_awkward_headers(real_data, name, expected):
    station, count, cadence, derived, kind, located = expected
    found = only(real_data / "iaga2002" / name)
    (readings,) = found.readings
    assert (readings.station, len(readings), readings.cadence_s) == (station, count, cadence)
    assert (readings.derived, readings.data_type) == (derived, kind)
    assert found.stations[0].located is located
    if derived or not located or count in (0, 70, 86387):
        assert found.notes
    else:
        assert found.notes == ()


def test_hourly_stamps_of_boulder_are_kept(real_data):
    (readings,) = only(real_data / "iaga2002" / "BOU20200831vhor.hor").readings
    assert readings.time[0] == np.datetime64("2020-08-31T00:29:30", "ms")
    assert readings.values[0] == 51737.42


def test_halloween_storm(real_data):
    path = real_data / "iaga2002" / "esk20031029dmin.min"
    (readings,) = only(path).readings
    expected = [row[3] for row in plain_iaga(path.read_text("latin-1")).values()]
    assert np.array_equal(readings.values, expected)
    assert np.ptp(readings.values) > 1000


def test_seconds_in_archives_equal_an_independent_reading(real_data):
    (readings,) = only(real_data / "iaga2002" / "example5.sec.gz").readings
    rows = plain_iaga(gzip.decompress((real_data / "iaga2002" / "example5.sec.gz").read_bytes()).decode("latin-1"))
    assert np.array_equal(readings.values, [row[3] for row in rows.values() if row[3] < 88888])
    found = only(real_data / "iaga2002" / "wic20220810vsec.zip")
    with zipfile.ZipFile(real_data / "iaga2002" / "wic20220810vsec.zip") as archive:
        rows = plain_iaga(archive.read("wic20220810vsec.sec").decode("latin-1"))
    assert np.allclose(found.readings[0].values, [math.hypot(*row[:3]) for row in rows.values()], rtol=0, atol=1e-9)
    assert any("310086.6051" in note for note in found.notes)


@pytest.mark.parametrize(
    ("name", "day", "first"),
    [("NXX_scalar_2017-11-02.cdf", "2017-11-02", 48590.98633469), ("example2.cdf", "2023-07-12", 48904.08503082)],
)
def test_scalar_cdf_in_both_epochs(real_data, name, day, first):
    (readings,) = only(real_data / "cdf" / name).readings
    assert len(readings) == 86400
    assert readings.cadence_s == 1.0
    assert np.array_equal(readings.time, np.datetime64(day, "ms") + np.arange(86400) * np.timedelta64(1, "s"))
    assert readings.values[0] == pytest.approx(first, abs=1e-8)


def test_station_table_with_chinese_names(real_data):
    (source,) = formats.expand(real_data / "catalog" / "AETA_StationInfo.csv")
    found, notes = formats.read_stations(source)
    assert len(found) == 159
    assert (found[0].code, found[0].name, found[0].latitude, found[0].longitude) == ("19", "都江堰中学", 30.98, 103.65)
    assert notes == ("Columns not imported: MagnData, MagnUpdate, SoundData, SoundUpdate.",)


def test_every_file_is_known_for_what_it_is(real_data):
    found: dict[str | None, int] = {}
    for source in formats.expand(real_data):
        name = formats.detect(source)
        found[name] = found.get(name, 0) + 1
    assert found == {"iaga2002": 32, "wdc": 16, "cdf": 2, "stations": 9, "cenc": 1, "quakeml": 1, "usgs": 3, "kp": 1, None: 3}


def test_cut_and_damaged_real_files_are_refused_or_noted(real_data):
    for path in (real_data / "iaga2002" / "kak20220115qmin.min", real_data / "wdc_hourly" / "japan" / "kak2005.wdc"):
        data = path.read_bytes()
        whole = len(formats.read_readings(formats.Source(path.name, data)).readings[0])
        for cut in (10, 500, len(data) // 3, len(data) - 11):
            try:
                found = formats.read_readings(formats.Source(path.name, data[:cut]))
            except formats.FormatError:
                continue
            assert sum(map(len, found.readings)) < whole
            assert any("skipped" in note for note in found.notes)
