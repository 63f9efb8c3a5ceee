"""Tables of readings: wide and long, mappings, guesses, time zones, workbooks."""

from __future__ import annotations

import io
import zipfile

import numpy as np
import pandas as pd
import pytest

from quakegui.formats import guess_mapping, preview, table
from quakegui.formats.columns import TableMapping
from quakegui.formats.errors import FormatError
from quakegui.formats.source import Source
from quakegui.season.readings import DataType

WIDE = "time,KAK,MMB (nT)\n2022-01-01 00:00,46000.5,50000\n2022-01-01 00:01,46001,99999\n2022-01-01 00:02,46001.5,50002\n"


def text(content: str, name: str = "table.csv", encoding: str = "utf-8") -> Source:
    return Source(name, content.encode(encoding))


def workbook(frame: pd.DataFrame, **more) -> Source:
    buffer = io.BytesIO()
    frame.to_excel(buffer, index=False, **more)
    return Source("table.xlsx", buffer.getvalue())


def test_wide_table_is_guessed_and_the_guess_is_noted():
    found = table.parse(text(WIDE))
    kak, mmb = found.readings
    assert (kak.station, mmb.station) == ("KAK", "MMB")
    assert np.array_equal(kak.values, [46000.5, 46001.0, 46001.5])
    assert np.array_equal(mmb.values, [50000.0, 50002.0])
    assert kak.cadence_s == mmb.cadence_s == 60
    assert "time (UTC): column “time”" in found.notes[0]
    assert [station.code for station in found.stations] == ["KAK", "MMB"]


def test_long_table_with_components_and_offsets():
    rows = ["time;station;x;y;z"] + [
        f"2022-01-01T00:0{i}:00+09:00;{code};30000;0;40000" for i in range(3) for code in ("aa", "bb")
    ]
    found = table.parse(text("\n".join(rows)))
    assert [one.station for one in found.readings] == ["AA", "BB"]
    assert found.readings[0].time[0] == np.datetime64("2021-12-31T15:00", "ms")
    assert all(one.derived and set(one.values) == {50_000.0} for one in found.readings)


def test_mapping_decides_zone_unit_names_and_type():
    rows = ["tag;uhr;feld;unsinn"] + [f"01.02.2022;00:{i:02d};{46 + i / 1000:.3f}".replace(".", ".") + ";-1" for i in range(5)]
    mapping = TableMapping(
        "long", ("tag", "uhr"), (("F", "feld"),), station="TST", timezone="Asia/Shanghai", time_format="%d.%m.%Y %H:%M",
        unit="uT", data_type=DataType.PROVISIONAL,
    )  # fmt: skip
    found = table.parse(text("\n".join(rows)), mapping)
    (one,) = found.readings
    assert one.time[0] == np.datetime64("2022-01-31T16:00", "ms")
    assert np.allclose(one.values, 46_000 + np.arange(5))
    assert one.data_type is DataType.PROVISIONAL
    assert found.notes == ("Constant columns that are not total intensity were not read: unsinn (-1).",)


def test_decimal_commas_and_chinese_names():
    source = text("时间;台站;总强度\n2022/01/01 00:00;冕宁;50000,25\n2022/01/01 00:01;冕宁;50000,75\n", encoding="gb18030")
    (one,) = table.parse(source).readings
    assert one.station == "冕宁"
    assert np.array_equal(one.values, [50_000.25, 50_000.75])


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_encodings(encoding):
    assert len(table.parse(text(WIDE, encoding=encoding)).readings) == 2


@pytest.mark.parametrize(
    ("stamps", "expected"),
    [
        (["20220203 0000", "20220203 0001"], "2022-02-03T00:00"),
        (["20220203000000", "20220203000100"], "2022-02-03T00:00"),
        (["1643846400", "1643846460"], "2022-02-03T00:00"),
        (["1643846400000", "1643846460000"], "2022-02-03T00:00"),
        (["2022-02-03T00:00:00Z", "2022-02-03T00:01:00Z"], "2022-02-03T00:00"),
        (["13/02/2022 00:00", "13/02/2022 00:01"], "2022-02-13T00:00"),
        (["02/13/2022 00:00", "02/13/2022 00:01"], "2022-02-13T00:00"),
        (["2022-02-03 00:00:00.500", "2022-02-03 00:01:00.500"], "2022-02-03T00:00:00.500"),
    ],
)
def test_times_are_recognised(stamps, expected):
    source = text("time,AAA,BBB\n" + "".join(f"{stamp},50000,51000\n" for stamp in stamps))
    assert table.parse(source).readings[0].time[0] == np.datetime64(expected, "ms")


def test_a_day_that_could_be_a_month_is_not_guessed():
    source = text("time,AAA,BBB\n01/02/2022 00:00,50000,51000\n01/02/2022 00:01,50000,51000\n")
    assert guess_mapping(source) is None
    with pytest.raises(FormatError, match="mapping"):
        table.parse(source)
    mapping = TableMapping("wide", ("time",), (("AAA", "AAA"),), time_format="%d/%m/%Y %H:%M")
    assert table.parse(source, mapping).readings[0].time[0] == np.datetime64("2022-02-01", "ms")


def test_numbers_without_a_heading():
    (one,) = table.parse(text("20220101 0000 46000.5\n20220101 0001 46001.5\n20220101 0002 46002.5\n", "kak_2022.txt")).readings
    assert one.station == "KAK"
    assert np.array_equal(one.values, [46000.5, 46001.5, 46002.5])


@pytest.mark.parametrize(
    "content",
    [
        "time,latitude,longitude,depth,mag,place\n2022-01-01T00:00:00Z,28.1,102.1,10,4.5,x\n",
        "name,lat,lon\na,1,2\n",
        "one line of prose",
        "",
        "a,b\n1,2\n",
        "time,F\n2022-01-01,12\n2022-01-02,13\n",
    ],
)
def test_other_tables_are_not_taken_for_readings(content):
    assert not table.looks_like(text(content))


def test_summer_time_hours_are_left_out_and_counted():
    rows = ["time,AAA,BBB"] + [
        f"{stamp},50000,51000" for stamp in ("2022-03-27 01:30", "2022-03-27 02:30", "2022-03-27 03:30", "2022-10-30 02:30")
    ]
    mapping = TableMapping("wide", ("time",), (("AAA", "AAA"),), timezone="Europe/Berlin")
    found = table.parse(text("\n".join(rows)), mapping)
    assert len(found.readings[0]) == 2
    assert any("daylight-saving change skipped because their UTC time is ambiguous: 2" in note for note in found.notes)


@pytest.mark.parametrize(("stamp", "shift"), [("auto", 1800), ("start", 1800), ("centre", 0), ("end", -1800)])
def test_what_a_stamp_marks(stamp, shift):
    rows = ["time,AAA,BBB"] + [f"2022-01-01 {hour:02d}:00,50000,51000" for hour in range(5)]
    mapping = TableMapping("wide", ("time",), (("AAA", "AAA"),), stamp=stamp)
    (one,) = table.parse(text("\n".join(rows)), mapping).readings
    assert one.time[0] == np.datetime64("2022-01-01", "ms") + np.timedelta64(shift, "s")
    assert one.cadence_s == 3600


def test_workbook_with_dates():
    frame = pd.DataFrame(
        {"time": pd.date_range("2022-01-01", periods=20, freq="min"), "AAA": 50_000.0 + np.arange(20), "BBB": 51_000.0}
    )
    found = table.parse(workbook(frame))
    assert np.array_equal(found.readings[0].values, 50_000.0 + np.arange(20))
    assert found.readings[0].time[-1] == np.datetime64("2022-01-01T00:19", "ms")


def test_workbook_with_date_and_time_columns_and_another_sheet():
    times = pd.date_range("2022-01-01", periods=10, freq="h")
    frame = pd.DataFrame({"date": times.normalize(), "time": times.time, "F": 50_000.0})
    source = workbook(frame, sheet_name="Messung")
    mapping = TableMapping("long", ("date", "time"), (("F", "F"),), station="TST", stamp="centre", sheet="Messung")
    (one,) = table.parse(source, mapping).readings
    assert one.time[-1] == np.datetime64("2022-01-01T09:00", "ms")
    assert preview(source).sheets == ("Messung",)
    with pytest.raises(FormatError, match="damaged"):
        table.parse(source, TableMapping("long", ("date",), (("F", "F"),), station="TST", sheet="absent"))


def test_old_and_damaged_workbooks():
    with pytest.raises(FormatError, match=r"save it as \.xlsx"):
        table.parse(Source("a.xls", b"\xd0\xcf\x11\xe0" + bytes(600)))
    whole = workbook(pd.DataFrame({"time": ["2022-01-01"], "AAA": [50_000.0]})).data
    for cut in (200, len(whole) // 2, len(whole) - 5):
        with pytest.raises(FormatError):
            table.parse(Source("a.xlsx", whole[:cut]))


def test_a_workbook_bomb_is_refused(monkeypatch):
    monkeypatch.setattr("quakegui.formats.workbook.LARGEST_FILE", 100_000)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", b" " * 1_000_000)
    with pytest.raises(FormatError, match="expands to more than"):
        table.parse(Source("a.xlsx", buffer.getvalue()))


def test_ragged_lines_are_refused_with_their_number():
    rows = [f"2022-01-01 00:{i:02d},50000,51000" for i in range(59)]
    rows[40] += ",7,8"
    with pytest.raises(FormatError) as caught:
        table.parse(text("\n".join(["time,AAA,BBB", *rows])))
    assert caught.value.line == 42


@pytest.mark.parametrize(
    ("mapping", "words"),
    [
        (TableMapping("wide", ("zeit",), (("AAA", "KAK"),)), "no column zeit"),
        (TableMapping("wide", ("time",), (("AAA", "nix"),)), "no column nix"),
        (TableMapping("long", ("time",), (("F", "KAK"),)), "neither a station"),
        (TableMapping("wide", ("time",), (("AAA", "KAK"),), timezone="Mars/Olympus"), "not a time zone"),
        (TableMapping("wide", ("time",), (("AAA", "KAK"),), time_format="%d.%m.%Y"), "cannot be read"),
        (TableMapping("wide", ("time",), (("AAA", "KAK"),), unit="stone"), "unit stone"),
        (TableMapping("wide", (), ()), "no time column or no value column"),
    ],
)
def test_mappings_that_do_not_fit(mapping, words):
    with pytest.raises(FormatError, match=words):
        table.parse(text(WIDE), mapping)


def test_mapping_survives_json():
    mapping = TableMapping("long", ("a", "b"), (("F", "总强度"),), station="X", missing=(-1.0,), data_type=DataType.DEFINITIVE)
    assert TableMapping.from_json(mapping.to_json()) == mapping
    fits = '"time": ["t"], "columns": [["F", "f"]]'
    wrong = ('{"layout": "tall", %s}' % fits, '{"layout": "wide", "stamp": "now", %s}' % fits)  # noqa: UP031
    for broken in ("{}", "[]", "nonsense", '{"layout": 3}', *wrong):
        with pytest.raises(ValueError):  # noqa: PT011
            TableMapping.from_json(broken)


def test_a_table_that_is_not_plain_asks_for_a_mapping():
    from quakegui.formats import read_readings

    rows = "\n".join(f"0{1 + i}/02/2022;{48 + i / 100}" for i in range(9))
    with pytest.raises(
        FormatError, match=r"can be read in more than one way .Tag as %d/%m/%Y; Tag as %m/%d/%Y.: specify which. Use --mapping"
    ):
        read_readings(text(f"Tag;Feld\n{rows}\n"))
    with pytest.raises(FormatError, match="Unknown format"):
        read_readings(text("Dear reader,\nthis is prose, and no table.\n"))


def test_missing_numbers_of_the_mapping():
    mapping = TableMapping("wide", ("time",), (("KAK", "KAK"),), missing=(46001.0,))
    assert np.array_equal(table.parse(text(WIDE), mapping).readings[0].values, [46000.5, 46001.5])


def test_unreadable_times_are_counted():
    rows = [f"2022-01-01 00:{i:02d},50000,51000" for i in range(10)]
    rows[4] = "yesterday,50000,51000"
    mapping = TableMapping("wide", ("time",), (("AAA", "AAA"),))
    found = table.parse(text("\n".join(["time,AAA,BBB", *rows])), mapping)
    assert len(found.readings[0]) == 9
    assert any("Rows without a readable time skipped: 1" in note for note in found.notes)


def test_preview_shows_the_table_as_text():
    shown = preview(text(WIDE), rows=2)
    assert shown.columns == ("time", "KAK", "MMB (nT)")
    assert shown.rows == (("2022-01-01 00:00", "46000.5", "50000"), ("2022-01-01 00:01", "46001", "99999"))


@pytest.mark.parametrize("count", [5, 29, 100, 500])
@pytest.mark.parametrize("left", ["2022-01-01T0", "2022-01-01T00:00:00Z", ""])
def test_a_last_line_that_was_cut_off_costs_itself_alone_and_is_told(count, left):
    rows = [f"{np.datetime64('2022-01-01T00:00', 's') + 60 * at}Z,{48_500 + at / 10},1" for at in range(count)]
    whole = "\n".join(["time,XIC,T", *rows])
    found = table.parse(Source("a.csv", f"{whole}\n{left}".encode()))
    assert len(found.readings[0]) == count
    told = [note for note in found.notes if "The last line is incomplete" in note]
    assert told == ([f"The last line is incomplete and was skipped: '{left}'."] if left else [])
    ended = table.parse(Source("a.csv", f"{whole}".encode()))
    assert len(ended.readings[0]) == count
    assert not any("incomplete" in note for note in ended.notes)
