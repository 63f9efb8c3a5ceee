"""Logs of instruments and older formats of observatories, made here byte by byte."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from readings_samples import HEADER, iaga, wdc_line, xyzf

from quakegui.formats import Hints, detect, iaga2002, read_readings
from quakegui.formats.errors import FormatError
from quakegui.formats.source import Source
from quakegui.season.readings import DataType

DAY = dt.date(2024, 5, 9)
STATION = Hints(station="XIC")


def gsm19(*lines: str, date: str = "09 V 24") -> bytes:
    head = [
        "/Gem Systems GSM-19 4021347 v7.0 31 V 2018 A e3.v7",
        f"/ID 1 file 01survey.b   {date}".rstrip(),
        "/datum  48000.00",
        "/",
    ]
    return "\r\n".join([*head, *lines, ""]).encode()


def pos1(*dates: str, count: int = 3) -> bytes:
    return "".join(f"{date} {at:02d}:00:00.00 48500{at}00 00012\n" for date in dates for at in range(count)).encode()


def imf(code: str = "XIC", date: str = "MAY0924 130", hours: int = 1, letters: str = "HDZF") -> bytes:
    lines = []
    for hour in range(hours):
        lines.append(f"{code} {date} {hour:02d} {letters} R EDI 06201023 000000 RRRRRRRRRRRRRRRR")
        last = 485001 + 60 * hour
        pairs = range(0, 60, 2)
        lines += ["  ".join(f" 300001  -1234  380000 {last + pair + at}" for at in (0, 1)) for pair in pairs]
    return "\r\n".join([*lines, ""]).encode()


def iaf(*days: int, letters: str = "XYZF", values: tuple[int, ...] = (297785, -41099, 358868, 468136)) -> bytes:
    found = b""
    for day in days:
        words = np.zeros(5888, dtype="<i4")
        words[1:5] = (2024000 + day, 53768, 140186, 36)
        words[16:5776] = np.repeat(values, 1440)
        words[5775] = 999999
        record = bytearray(words.tobytes())
        record[0:4], record[20:24] = b"KAK ", letters.encode()
        found += bytes(record)
    return found


def pcdcp(minutes: int = 1440, *, unit: str = "0.01nT", letters: str = "HEZF", field: int = 5_649_188) -> bytes:
    head = f"CMO  2020  061  01-Mar-20  {letters}  {unit}  File Version 2.00"
    missing = 99_999_999 if unit == "0.001nT" else 9_999_999
    rows = [f"{at:04d}  1241233   -44558  5513090  {field + at if at != 5 else missing}" for at in range(minutes)]
    return "\n".join([head, *rows, ""]).encode()


def only(data: bytes, hints: Hints = STATION, name: str = "log.txt"):
    (one,) = read_readings(Source(name, data), hints).readings
    return one


# -- GSM-19 ------------------------------------------------------------------------------------------------------------


def test_gsm19_reads_its_date_from_its_header():
    one = only(gsm19(*(f"{at:02d}0000.0  48500.{at:02d} 99" for at in range(3))))
    assert (one.station, str(one.time[0]), len(one), one.cadence_s) == ("XIC", "2024-05-09T00:00:00.000", 3, 3600.0)
    assert one.values[2] == 48_500.02


@pytest.mark.parametrize(
    ("data", "hints", "first", "last"),
    [
        (gsm19("235900.0 48500.1 99", "000000.0 48500.2 99"), STATION, "2024-05-09T23:59", "2024-05-10T00:00"),
        (
            gsm19("010000.0 48500.1 99", "010100.0 48500.2 99"),
            Hints(station="XIC", timezone="UTC+8"),
            "2024-05-08T17:00",
            "2024-05-08T17:01",
        ),
        (
            gsm19("010000.0 48500.1 99", "010100.0 48500.2 99", date=""),
            Hints(station="XIC", day=DAY),
            "2024-05-09T01:00",
            "2024-05-09T01:01",
        ),
        (
            gsm19("235900.0 48500.1 99", "/ID 1 file 02survey.b   12 V 24", "000000.0 48500.2 99"),
            STATION,
            "2024-05-09T23:59",
            "2024-05-12T00:00",
        ),
    ],
    ids=["midnight", "clock", "day that is said", "next survey"],
)
def test_gsm19_days(data, hints, first, last):
    one = only(data, hints)
    assert [str(one.time[at].astype("datetime64[m]")) for at in (0, -1)] == [first, last]


@pytest.mark.parametrize(
    ("data", "hints", "why"),
    [
        (gsm19("010000.0 48500.1 99"), Hints(), "does not name its station.*--station"),
        (gsm19("010000.0 48500.1 99", date=""), STATION, "gives no date.*--date"),
        (
            gsm19("     10.00      5.00 48500.1 99 010000.0", "     10.00      6.00 48500.1 99 010002.0"),
            STATION,
            "not in the format of a base-station log",
        ),
        (gsm19("010000.0 48500.1 99"), Hints(station="XIC", timezone="Mars/Olympus"), "not a time zone"),
    ],
)
def test_gsm19_that_leaves_something_open_is_refused(data, hints, why):
    with pytest.raises(FormatError, match=why):
        only(data, hints)


def test_gsm19_whose_clock_is_set_back_keeps_its_day():
    rows = [f"{at} 48500.10 99" for at in ("000100.2", "000100.0", "000200.0", "000200.0", "000300.0")]
    found = read_readings(Source("log.txt", gsm19(*rows)), STATION)
    assert str(found.readings[0].time[-1]) == "2024-05-09T00:03:00.000"
    assert str(found.readings[0].time[0].astype("datetime64[D]")) == "2024-05-09"
    assert any("earlier than the preceding reading: 1;" in note for note in found.notes)


def test_gsm19_whose_clock_is_set_back_across_midnight_counts_it_once():
    rows = [f"{at} 48500.10 99" for at in ("235959.8", "000000.2", "235959.9", "000100.0", "000200.0", "000300.0")]
    one = only(gsm19(*rows))
    assert [str(one.time[at]) for at in (0, -1)] == ["2024-05-09T23:59:59.800", "2024-05-10T00:03:00.000"]


def test_gsm19_poor_readings_are_counted():
    found = read_readings(Source("log.txt", gsm19("010000.0 48500.1 09", "010100.0 48500.2 99")), STATION)
    assert "Readings kept although their signal quality is below 90 of 99: 1." in found.notes


# -- POS-1 -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("dates", "day", "first"),
    [
        (("09/05/24",), DAY, "2024-05-09"),
        (("09/05/24",), dt.date(2024, 9, 5), "2024-09-05"),
        (("13/05/24",), None, "2024-05-13"),
        (("05/13/24",), None, "2024-05-13"),
        (("09/05/2024", "10/05/2024", "11/05/2024"), None, "2024-05-09"),
        (("05-09-24", "05-10-24"), None, "2024-05-09"),
        (("05.05.24",), None, "2024-05-05"),
    ],
)
def test_pos1_days_and_months_are_told_apart(dates, day, first):
    one = only(pos1(*dates), Hints(station="XIC", day=day))
    assert (str(one.time[0].astype("datetime64[D]")), one.values[1], len(one)) == (first, 48_500.1, 3 * len(dates))


def test_pos1_whose_date_fits_two_ways_names_both():
    with pytest.raises(FormatError, match=r"09/05/24 can be 2024-05-09 or 2024-09-05: specify a day with --date"):
        only(pos1("09/05/24"))
    with pytest.raises(FormatError, match="do not include the specified day"):
        only(pos1("09/05/24"), Hints(station="XIC", day=dt.date(2024, 5, 10)))
    with pytest.raises(FormatError, match="does not name its station"):
        only(pos1("13/05/24"), Hints())


# -- INTERMAGNET and the USGS --------------------------------------------------------------------------------------------


def test_imf_names_its_station_and_place():
    found = read_readings(Source("a.imf", imf(hours=2)))
    (one,), (station,) = found.readings, found.stations
    assert (one.station, len(one), str(one.time[0]), one.data_type) == (
        "XIC",
        120,
        "2024-05-09T00:00:00.000",
        DataType.VARIATION,
    )
    np.testing.assert_allclose(one.values, 48_500.1 + 0.1 * np.arange(120))
    assert (station.latitude, station.longitude) == (28.0, 102.3)


@pytest.mark.parametrize(
    ("date", "year"), [("MAY0991 129", 1991), ("MAY0999 129", 1999), ("MAY0900 130", 2000), ("MAY0990 129", 2090)]
)
def test_imf_years_of_two_digits(date, year):
    assert only(imf(date=date)).time[0].astype(object).year == year


@pytest.mark.parametrize("data", [imf(date="MAY0924 131"), imf(date="XYZ0924 130"), imf()[:900]])
def test_a_damaged_imf_is_refused(data):
    with pytest.raises(FormatError):
        only(data)


def test_imf_of_two_stations_joined():
    found = read_readings(Source("a.imf", imf() + imf("MUL")))
    assert [(one.station, len(one)) for one in found.readings] == [("XIC", 60), ("MUL", 60)]


def test_iaf_is_read_with_its_missing_minute():
    found = read_readings(Source("kak24may.bin", iaf(130, 131)))
    (one,), (station,) = found.readings, found.stations
    assert (one.station, len(one), str(one.time[0])) == ("KAK", 2 * 1440 - 2, "2024-05-09T00:00:00.000")
    assert set(one.values) == {46_813.6}
    assert (station.latitude, station.longitude, station.elevation_m) == (36.232, 140.186, 36.0)
    assert one.data_type is DataType.DEFINITIVE


def test_iaf_with_delta_f_restores_the_scalar_record():
    x, y, z = 29_778.5, -4_109.9, 35_886.8
    one = only(iaf(130, letters="XYZG", values=(297785, -41099, 358868, 5)))
    np.testing.assert_allclose(one.values, np.sqrt(x * x + y * y + z * z) - 0.5, atol=1e-6)


@pytest.mark.parametrize("data", [iaf(0), iaf(367), iaf(130, letters="XY  ")])
def test_an_iaf_without_a_day_or_elements_is_refused(data):
    with pytest.raises(FormatError):
        only(data)


@pytest.mark.parametrize(("unit", "step"), [("0.01nT", 60.0), ("0.001nT", 1.0)])
def test_pcdcp(unit, step):
    one = only(pcdcp(600, unit=unit, field=5_649_188 if step == 60.0 else 56_491_880), Hints())
    assert (one.station, one.cadence_s, str(one.time[0])) == ("CMO", step, "2020-03-01T00:00:00.000")
    assert (len(one), one.values[0]) == (599, 56_491.88)
    assert np.diff(one.time).max() == np.timedelta64(int(2000 * step), "ms")


@pytest.mark.parametrize("data", [pcdcp(1500), pcdcp().replace(b"061", b"400"), pcdcp(letters="HEZ")])
def test_a_pcdcp_that_is_no_day_is_refused(data):
    with pytest.raises(FormatError):
        only(data, Hints())


# -- WDC ---------------------------------------------------------------------------------------------------------------

HOURS = [4_600] * 24


def wdc_day(century: str, *, flag: str = "    ") -> str:
    line = wdc_line("TST", "2005-03-04", "F", 460, [at % 24 for at in range(24)], century=century)
    return line[:10] + flag + line[14:]


@pytest.mark.parametrize("flag", ["Q   ", " Q  ", "  D ", "   D", "Q1  "])
def test_wdc_lines_with_flags_in_any_of_their_columns(flag):
    one = only(wdc_day("20", flag=flag).encode(), Hints(), "x.wdc")
    assert (str(one.time[0]), one.values[1]) == ("2005-03-04T00:30:00.000", 46_001.0)


@pytest.mark.parametrize(
    ("name", "day", "year"),
    [("tst2005.wdc", None, 2005), ("tst.wdc", dt.date(1905, 1, 1), 1905), ("tst.wdc", dt.date(2005, 7, 1), 2005)],
)
def test_wdc_lines_with_a_blank_century_take_it_from_the_name_or_the_day_that_is_said(name, day, year):
    found = read_readings(Source(name, wdc_day("  ").encode()), Hints(day=day))
    assert found.readings[0].time[0].astype(object).year == year
    assert any("without a century" in note for note in found.notes)


def test_wdc_lines_with_a_blank_century_are_never_of_the_20th_unsaid():
    with pytest.raises(FormatError, match=r"year 05 can be 1905 or 2005. Specify a day of the file with --date"):
        read_readings(Source("tst.wdc", wdc_day("  ").encode()))


# -- IAGA-2002 ---------------------------------------------------------------------------------------------------------

KAK, MMB = (iaga(xyzf(30) + at, code=code) for at, code in enumerate(("KAK", "MMB")))


def without(data: bytes, line: bytes) -> bytes:
    return b"\n".join(one for one in data.split(b"\n") if not one.lstrip().startswith(line))


@pytest.mark.parametrize(
    "joined",
    [
        KAK + MMB,
        KAK.rstrip(b"\n") + MMB,
        KAK + without(MMB, b"Format"),
        KAK.rstrip(b"\n") + without(MMB, b"Format"),
        KAK + b"\n\n" + MMB,
        KAK.replace(b"\n", b"\r\n") + MMB.replace(b"\n", b"\r\n"),
        KAK + MMB.replace(b" Format    ", b"Format    "),
    ],
    ids=["whole", "no line end", "no format line", "neither", "blank lines", "CRLF", "no blank"],
)
def test_joined_iaga_files_part_at_every_further_header(joined):
    found = iaga2002.parse(Source("a.min", joined))
    assert [(one.station, len(one), one.values[0]) for one in found.readings] == [
        ("KAK", 30, xyzf(1)[0, 3]),
        ("MMB", 30, xyzf(1)[0, 3] + 1),
    ]


def test_a_further_line_of_column_names_alone_begins_a_piece():
    heading = MMB[MMB.index(b"DATE ") :]
    found = iaga2002.parse(Source("a.min", without(KAK, b"IAGA CODE") + heading))
    assert [(one.station, len(one)) for one in found.readings] == [("KAK", 30), ("MMB", 30)]


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data,
        lambda data: data.replace(b"\n", b"\r\n"),
        lambda data: b"\xef\xbb\xbf" + data,
        lambda data: data.replace(b"Format    ", b"\tFormat    "),
    ],
    ids=["plain", "CRLF", "mark", "tab"],
)
def test_a_header_without_the_blank_before_each_line(change):
    data = change(b"\n".join(line[1:] if line.startswith(b" ") else line for line in KAK.split(b"\n")))
    found = iaga2002.parse(Source("a.min", data))
    assert (found.stations[0].code, found.stations[0].latitude) == ("KAK", 10.5)
    assert not any("no station code" in note or "coordinates" in note for note in found.notes)


@pytest.mark.parametrize(
    ("latitude", "longitude", "place"),
    [
        ("36 13 55", "140 11 11", (36.231944, 140.186389)),
        ("36°13'55\"N", "140°11'11\"E", (36.231944, 140.186389)),
        ("-36 13 55.2", "220:30:00", (-36.232, -139.5)),
        ("36d13.5m", "140 11.4 W", (36.225, -140.19)),
    ],
)
def test_coordinates_in_degrees_minutes_and_seconds(latitude, longitude, place):
    header = {"Geodetic_Latitude": latitude, "Geodetic_Longitude": longitude}
    assert set(header) <= {key.replace(" ", "_") for key in HEADER}
    data = iaga(xyzf(3), **header).decode("latin-1").encode("utf-8")
    (station,) = iaga2002.parse(Source("a.min", data)).stations
    np.testing.assert_allclose((station.latitude, station.longitude), place, atol=1e-6)


def test_each_log_is_told_by_its_content_alone():
    found = {
        name: detect(Source("x", data))
        for name, data in (
            ("gsm19", gsm19("1")),
            ("pos1", pos1("13/05/24")),
            ("imf", imf()),
            ("iaf", iaf(1)),
            ("pcdcp", pcdcp(3)),
        )
    }
    assert found == {name: name for name in found}
