"""What headings, lines above, cells and names say of a table: elements, stations, units, numbers, encodings."""

from __future__ import annotations

import contextlib
import io
import time as clock

import numpy as np
import openpyxl
import pytest

from quakegui.formats import Hints, detect, read_events, read_readings, read_stations
from quakegui.formats.columns import TableMapping
from quakegui.formats.encodings import decode
from quakegui.formats.errors import FormatError
from quakegui.formats.hints import SavedMapping
from quakegui.formats.result import ReadingsFile
from quakegui.formats.source import Source
from quakegui.season.readings import Readings

TIMES = [f"2024-05-09 00:{at:02d}:00" for at in range(60)]
X, Y, Z, F = 29_778.51, -4_109.95, 35_886.80, 46_813.60


def csv(heading: str, row: str, name: str = "table.csv", *, sep: str = ",", encoding: str = "utf-8") -> Source:
    return Source(name, "\n".join([heading, *(f"{time}{sep}{row}" for time in TIMES)]).encode(encoding))


def only(found: ReadingsFile) -> Readings:
    (one,) = found.readings
    return one


# -- elements ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "heading",
    [
        "KAKX,KAKY,KAKZ,KAKF",
        "KAK_X,KAK_Y,KAK_Z,KAK_F",
        "X KAK,Y KAK,Z KAK,F KAK",
        "kak.x (nT),kak.y (nT),kak.z (nT),kak.f (nT)",
    ],
)
def test_elements_with_their_stations_code_are_one_station(heading):
    one = only(read_readings(csv(f"time,{heading}", f"{X},{Y},{Z},{F}")))
    assert (one.station, one.derived, set(one.values)) == ("KAK", False, {F})


@pytest.mark.parametrize(
    "heading",
    [
        "Bx,By,Bz,Btotal", "X_nT,Y_nT,Z_nT,F_nT", "x,y,z,total field", "mag_x,mag_y,mag_z,mag_f", "X分量,Y分量,垂直分量,总强度",
        "X (nT),Y (nT),Z (nT),F (nT)", "BX_nT,BY_nT,BZ_nT,BF_nT", "X_Avg,Y_Avg,Z_Avg,F_Avg", "north,east,down,|B|",
    ],
)  # fmt: skip
def test_elements_without_a_code_are_one_station_that_is_asked_for(heading):
    source = csv(f"time,{heading}", f"{X},{Y},{Z},{F}")
    with pytest.raises(FormatError, match=r"does not identify its station.*--station CODE or --station-from"):
        read_readings(source)
    one = only(read_readings(source, Hints(station="kak")))
    assert (one.station, one.derived, set(one.values)) == ("KAK", False, {F})


def test_components_alone_give_a_derived_intensity():
    one = only(read_readings(csv("time,KAKH,KAKD,KAKZ", f"{np.hypot(X, Y):.2f},-7.9,{Z}")))
    assert (one.station, one.derived) == ("KAK", True)
    assert abs(one.values[0] - np.sqrt(X**2 + Y**2 + Z**2)) < 0.02


def test_elements_of_several_stations_give_each_its_recorded_intensity():
    found = read_readings(csv("time,KAKX,KAKF,MMBX,MMBF", f"{X},{F},26000,50032.6"))
    assert {one.station: one.values[0] for one in found.readings} == {"KAK": F, "MMB": 50_032.6}
    with pytest.raises(FormatError, match="components of several stations"):
        read_readings(csv("time,KAKX,KAKY,KAKZ,MMBX,MMBY,MMBZ", f"{X},{Y},{Z},{X},{Y},{Z}"))


@pytest.mark.parametrize("heading", ["KAK,MMB", "KAK (nT),MMB (nT)", "F KAK,F MMB", "KAK_F,MMB_F"])
def test_stations_side_by_side_stay_apart(heading):
    assert [one.station for one in read_readings(csv(f"time,{heading}", f"{F},50032.6")).readings] == ["KAK", "MMB"]
    with pytest.raises(FormatError, match="only one station was specified"):
        read_readings(csv(f"time,{heading}", f"{F},50032.6"), Hints(station="KAK"))


@pytest.mark.parametrize(
    ("heading", "row", "unit"),
    [
        ("F (pT)", "46813600", ""),
        ("F_uT", "46.81360", ""),
        ("F [µT]", "46.81360", ""),
        ("F", "468136", "0.1 nT"),
        ("F", "4681360", "0.01 nT"),
        ("F (0.1nT)", "468136", ""),
        ("F (G)", "0.4681360", ""),
    ],
)
def test_units_of_headings_and_those_that_are_said(heading, row, unit):
    one = only(read_readings(csv(f"time,{heading}", row), Hints(station="KAK", unit=unit)))
    np.testing.assert_allclose(one.values, F, atol=1e-6)


@pytest.mark.parametrize("other", ["Sensor_T", "Tilt (g)", "Board_T (T)", "Deviation (pT)"])
def test_columns_that_are_no_element_name_no_unit_beside_one(other):
    one = only(read_readings(csv(f"time,F,{other}", f"{F},21.5"), Hints(station="KAK")))
    np.testing.assert_allclose(one.values, F, atol=1e-6)


@pytest.mark.parametrize(("heading", "row"), [("KAK,Sensor_T", f"{F},21.5"), ("KAK (uT),Sensor_T", f"{F / 1000.0},8.5")])
def test_units_of_stations_columns(heading, row):
    np.testing.assert_allclose(only(read_readings(csv(f"time,{heading}", row))).values, F, atol=1e-6)


def test_columns_in_different_units_are_asked_for():
    with pytest.raises(FormatError, match="different units"):
        read_readings(csv("time,KAK (nT),MMB (uT)", f"{F},50.03"))


# -- stations ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "heading", ["station,lat,lon,time,F", "Lat,Lon,Code,Time,F", "time,obs,F,latitude (deg),longitude (deg),elevation (m)"]
)
def test_readings_with_their_place_in_each_row_are_readings(heading):
    facts = {"station": "KAK", "code": "KAK", "obs": "KAK", "lat": "36.232", "latitude (deg)": "36.232", "lon": "140.186"}
    facts |= {"longitude (deg)": "140.186", "elevation (m)": "36", "f": str(F)}
    rows = [",".join(time if name.lower() == "time" else facts[name.lower()] for name in heading.split(",")) for time in TIMES]
    source = Source("a.csv", "\n".join([heading, *rows]).encode())
    assert detect(source) == "table"
    found = read_readings(source)
    assert (only(found).station, set(only(found).values)) == ("KAK", {F})
    assert (found.stations[0].latitude, found.stations[0].longitude) == (36.232, 140.186)


def test_a_list_of_stations_with_dates_stays_one():
    source = Source("s.csv", b"code,name,latitude,longitude,opened (date)\nKAK,Kakioka,36.232,140.186,1913-01-01\n")
    assert detect(source) == "stations"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("mag_XIC_20240509.csv", "XIC"), ("mag_MUL_20240509.csv", "MUL"), ("kak20240509.csv", "KAK"), ("XIC.csv", "XIC"),
        ("data_xic_2024.csv", "XIC"), ("20240509_Mul.csv", "MUL"), ("gsm19_LIJIA_min.csv", "LIJIA"),
        ("mag_20240509.csv", ""), ("readings.csv", ""), ("data_XIC_MUL.csv", ""), ("pre_text.csv", ""), ("may2024.csv", ""),
        ("MAG.csv", ""),
    ],
)  # fmt: skip
def test_a_files_name_names_its_station_only_where_it_is_plain(name, code):
    source = csv("time,F", str(F), name)
    if code:
        assert only(read_readings(source)).station == code
    else:
        with pytest.raises(FormatError, match="does not identify its station"):
            read_readings(source)


@pytest.mark.parametrize(
    ("pattern", "name", "code"),
    [
        ("mag_{code}_*.csv", "mag_xic_1.csv", "XIC"),
        ("*-{code}", "log-MUL.txt", "MUL"),
        ("{code}????.csv", "YUX0509.csv", "YUX"),
    ],
)
def test_a_pattern_says_where_a_files_name_holds_the_station(pattern, name, code):
    assert only(read_readings(csv("time,F", str(F), name), Hints(station_pattern=pattern))).station == code
    with pytest.raises(FormatError, match="does not match"):
        read_readings(csv("time,F", str(F), "other.dat"), Hints(station_pattern=pattern))


@pytest.mark.parametrize("pattern", ["mag_*.csv", "{code}{code}"])
def test_a_pattern_without_a_place_for_the_station_is_refused(pattern):
    with pytest.raises(ValueError, match="once"):
        Hints(station_pattern=pattern)


# -- lines above and below the heading -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("above", "below", "count"),
    [
        ("Station: Xichang XIC\nInstrument: GSM-90F1 s/n 4091\nUnits: nT\n\n", "", 3),
        ('"TOA5","XIC","CR1000","12345","CR1000.Std.31"\n', '"TS","nT"\n"","Avg"\n', 1),
        ("西昌台(XIC)观测数据\nIAGA code, XIC\n", "", 2),
        ("sep=,\nSite code = XIC\n", "", 2),
        ("Observatory:,XIC\nSerial,4091\nOperator,Li\n", "", 3),
    ],
)
def test_lines_above_a_table_are_skipped_told_and_name_its_station(above, below, count):
    source = csv(f"{above}time,F_Avg\n{below}".rstrip("\n"), str(F), "latest.csv")
    if "IAGA code," in above or "Site code =" in above or ":," in above:
        found = read_readings(source, Hints(station="XIC"))
    else:
        found = read_readings(source)
    assert (only(found).station, len(only(found)), set(only(found).values)) == ("XIC", 60, {F})
    assert found.notes[0].startswith(f"Lines above the table skipped: {count} (the first is '{above.splitlines()[0]}').")


def test_a_unit_below_the_heading_counts():
    source = csv('time,XIC\n"TS","pT"', "46813600")
    np.testing.assert_allclose(only(read_readings(source)).values, F)


@pytest.mark.parametrize(
    ("above", "heading", "units", "row"),
    [
        ('"TOA5","XIC","CR1000X"', '"TIMESTAMP","RECORD","F_Avg"', '"TS","RN","nT"', '"{stamp}",{at},{f}'),
        ('"TOA5","XIC","CR6","4091"', '"TIMESTAMP","F_Avg","Batt"', '"TS","pT","V"', '"{stamp}",{f}000,12.6'),
        ('"TOA5","XIC"', '"TIMESTAMP","RECORD","F_Smp","T_Avg"', '"TS","RN","nT","C"', '"{stamp}",{at},{f},"NAN"'),
        ("TOA5,XIC,CR300", "TIMESTAMP,F", "TS,nT", "{stamp},{f}"),
    ],
)
def test_campbells_tables_name_their_station_and_unit(above, heading, units, row):
    kinds = ",".join(["", *['"Avg"'] * units.count(",")])
    rows = [row.format(stamp=f"2024-05-09 00:{at:02d}:00", at=at, f=48_500 + at) for at in range(60)]
    (one,) = read_readings(Source("CR_Table1.dat", "\n".join([above, heading, units, kinds, *rows]).encode())).readings
    assert (one.station, len(one), float(one.values[3]), str(one.time[0])[:16]) == ("XIC", 60, 48_503.0, "2024-05-09T00:00")


def test_lines_that_are_said_are_skipped_and_no_others():
    source = csv("time,KAK\n2020-01-01 00:00:00,1\ntime,XIC", str(F))
    assert only(read_readings(source, Hints(skip_lines=2))).station == "XIC"


@pytest.mark.parametrize(
    "titles",
    [
        [["西昌台地磁总强度观测数据", None], ["仪器: GSM-90F1", None]],
        [["Report"]],
        [["Station", "XIC"], ["Operator", "Li"], []],
    ],
)
def test_titles_above_a_sheets_table(titles):
    book, file = openpyxl.Workbook(), io.BytesIO()
    for row in (*titles, ["时间", "XIC"], *([time, F] for time in TIMES)):
        book.active.append(row)
    book.save(file)
    found = read_readings(Source("a.xlsx", file.getvalue()))
    assert (only(found).station, len(only(found))) == ("XIC", 60)
    assert "Lines above the table skipped: " in found.notes[0]


def test_prose_is_no_table():
    with pytest.raises(FormatError, match="Unknown format"):
        read_readings(Source("a.txt", b"Dear reader,\nthis is prose, and\nno table of 3 things\nat all.\n"))


@pytest.mark.parametrize("data", [b"", b" \r\n\t\n", b"\xef\xbb\xbf", b"\xff\xfe\r\x00\n\x00"])
def test_an_empty_file_is_called_empty(data):
    with pytest.raises(FormatError, match="The file is empty"):
        read_readings(Source("a.csv", data))


# -- numbers -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "sep"),
    [
        ('"48,500.00"', ","), ("48.500,00", ";"), ("48 500,00", ";"), ("48'500.00", ","), ("48500,00", ";"),
        ('"48,500.0"', "\t"),
        ("48\u00a0500.00", ","), ("+48500", ","), ("48\u202f500,00", ";"),
    ],
)  # fmt: skip
def test_digits_in_groups(text, sep):
    assert set(only(read_readings(csv(f"time{sep}XIC", text, sep=sep))).values) == {48_500.0}


def test_a_comma_that_may_group_or_mark_decimals_is_asked_for():
    source = csv("time,XIC", '"48,500"')
    with pytest.raises(FormatError, match=r"such as 48,500, can mean 48\.500 or 48500"):
        read_readings(source)
    mapping = TableMapping("wide", ("time",), (("XIC", "XIC"),))
    assert set(only(read_readings(source, mapping)).values) == {48_500.0}
    micro = TableMapping("wide", ("time",), (("XIC", "XIC"),), unit="uT")
    np.testing.assert_allclose(only(read_readings(source, micro)).values, 48_500.0)


# -- encodings ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Fürstenfeldbruck;Chambon-la-Forêt", "latin-1"), ("São Martinho; Güímar; Ñuñoa", "latin-1"),
        ("Jäärn; Bäckström", "latin-1"),
        ("Göteborg – “Ærø”", "cp1252"), ("冕宁;西昌;泸沽", "gb18030"), ("嵊泗", "gb18030"), ("X分量,Y分量", "gb18030"),
        ("柿岡,女満別,鹿屋", "cp932"), ("マグニチュード", "cp932"), ("Tihány", "utf-8"), ("Тихань", "utf-16"),
    ],
)  # fmt: skip
def test_an_encoding_is_taken_where_the_text_is_plausible_in_it(text, encoding):
    assert decode(text.encode(encoding))[0] == text


def test_names_of_stations_in_latin_1():
    source = Source("s.csv", "code;name;latitude;longitude\nFUR;Fürstenfeldbruck;48.17;11.28\n".encode("latin-1"))
    assert read_stations(source)[0][0].name == "Fürstenfeldbruck"


# -- mappings that are kept ----------------------------------------------------------------------------------------------


def test_a_kept_mapping_reads_the_next_table_with_the_same_columns_and_takes_no_station_along():
    mapping = TableMapping("long", ("Tag",), (("F", "Feld"),), station="OLD", time_format="%d/%m/%Y %H:%M")
    rows = "\n".join(f"09/05/2024 00:{at:02d};48500" for at in range(30))
    kept = Hints(saved=(SavedMapping(("Tag", "Feld"), mapping),))
    one = only(read_readings(Source("mag_XIC_1.csv", f"Tag;Feld\n{rows}".encode()), kept))
    assert (one.station, str(one.time[0])) == ("XIC", "2024-05-09T00:00:00.000")
    with pytest.raises(FormatError, match="does not identify its station"):
        read_readings(Source("latest.csv", f"Tag;Feld\n{rows}".encode()), kept)
    with pytest.raises(FormatError, match="in more than one way"):
        read_readings(Source("mag_XIC_1.csv", f"Tag;Other\n{rows}".encode()), kept)
    found = read_readings(Source("mag_XIC_1.csv", f"Tag;Feld\n{rows}".encode()), kept)
    assert found.notes[0] == "Read with the saved mapping of a table with the same columns."


def test_a_kept_mapping_is_never_taken_for_columns_without_headings():
    rows = "\n".join(f"2024-05-09 00:{at:02d},48500" for at in range(30)).encode()
    mapping = TableMapping("wide", ("column 1",), (("OLD", "column 2"),), timezone="UTC+8", time_format="%Y-%m-%d %H:%M")
    found = read_readings(Source("mag_XIC_1.csv", rows), Hints(saved=(SavedMapping(("column 1", "column 2"), mapping),)))
    assert (found.readings[0].station, str(found.readings[0].time[0])) == ("XIC", "2024-05-09T00:00:00.000")
    assert not any("saved mapping" in note for note in found.notes)


LONG = {"open": "[" * 13_000, "nested": "(" * 6_000 + ")" * 6_000, "units": "(nT) " * 2_500, "tails": "F_nT" * 3_000}
READERS = {"readings": read_readings, "stations": read_stations, "events": read_events}


@pytest.mark.parametrize("heading", LONG)
@pytest.mark.parametrize("kind", READERS)
def test_a_heading_as_long_as_a_file_is_soon_read(heading: str, kind: str) -> None:
    """A pattern that looks for the end of each of 13,000 brackets would take seconds."""
    lines = LONG[heading] + ",LS01", "2022-03-01 00:00,46000.1", "2022-03-01 00:01,46000.2\n"
    begun = clock.process_time()
    with contextlib.suppress(FormatError):
        READERS[kind](Source("a.csv", "\n".join(lines).encode()))
    assert clock.process_time() - begun < 2.0
