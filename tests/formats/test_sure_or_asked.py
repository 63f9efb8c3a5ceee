"""What two readings fit is asked for, and what only looks so is read."""

from __future__ import annotations

import io
import json
import lzma
import zipfile

import openpyxl
import pytest

from quakegui.formats import Hints, TableMapping, detect, read_events, read_readings
from quakegui.formats.archives import expand
from quakegui.formats.errors import FormatError
from quakegui.formats.hints import SavedMapping
from quakegui.formats.source import Source
from quakegui.formats.zones import zone_in

STAMPS = [f"2024-05-09 {at // 60:02d}:{at % 60:02d}" for at in range(120)]
UNIX = [1_715_212_800 + 60 * at for at in range(120)]


def table(heading: str, rows: list[str], above: str = "", name: str = "XIC_2024.csv") -> Source:
    return Source(name, "\n".join([*filter(None, [above]), *filter(None, [heading]), *rows]).encode())


def timed(above: str, heading: str = "time") -> Source:
    return table(f"{heading},XIC", [f"{stamp},48500.{at % 10}" for at, stamp in enumerate(STAMPS)], above)


def first(source: Source, hints: Hints | None = None) -> tuple[str, int, float]:
    (one,) = read_readings(source, hints).readings
    return str(one.time[0])[:16], len(one), float(one.values[0])


@pytest.mark.parametrize(
    "above",
    [
        "# Times are UTC; local time is UTC+8",
        "# Time zone: UTC+8\n# Clock set to UTC",
        "# Time: UTC+8 (UTC+9 in Japan)",
        "# 时间: 北京时间 (UTC+9)",
        "# Time: local",
        "# Clock: CST",
        "# 时间: 当地时间",
        "# Time zone: UTC8",
    ],
)
def test_a_clock_above_a_table_that_can_be_several_is_asked_for(above):
    with pytest.raises(FormatError, match=r"name its time zone.*--timezone ZONE"):
        read_readings(timed(above))
    assert first(timed(above), Hints(timezone="UTC+8"))[0] == "2024-05-08T16:00"


@pytest.mark.parametrize(
    ("above", "heading", "when"),
    [
        ("# Time: Beijing Time (UTC+8)", "time", "2024-05-08T16:00"),
        ("# Time zone: UTC+8\n# Time stamps: GMT+08:00", "time", "2024-05-08T16:00"),
        ("# Time: UTC (GMT)", "time", "2024-05-09T00:00"),
        ("# Time zone: Asia/Tokyo (UTC+9)", "time", "2024-05-08T15:00"),
        ("# Time zone: UTC+8", "time (local)", "2024-05-08T16:00"),
        ("# Times are UTC; local time is UTC+8", "time (UTC)", "2024-05-09T00:00"),
    ],
)
def test_a_clock_above_a_table_that_is_one_counts(above, heading, when):
    assert first(timed(above, heading))[0] == when


def test_a_text_that_names_two_clocks_names_none():
    assert [zone_in(text) for text in ("UTC", "UTC+8", "UTC / UTC+8", "Beijing (UTC+8)", "JST or UTC")] == [
        *("UTC", "UTC+08:00", "", "UTC+08:00", "")
    ]


@pytest.mark.parametrize("names", ["F_raw,F_corr", "X,Y,Z,Bz", "MAG,Total", "H,Hcomp,Z"])
def test_two_columns_of_one_element_are_asked_about(names):
    columns = len(names.split(","))
    values = [[str(30_000 + 50 * at + number) for number in range(columns)] for at in range(len(STAMPS))]
    rows = [",".join([stamp, *row]) for stamp, row in zip(STAMPS, values, strict=True)]
    with pytest.raises(FormatError, match=r"are the same component but have different values.*--mapping"):
        read_readings(table(f"time,{names}", rows), Hints(station="XIC"))


def test_two_columns_of_one_element_that_agree_or_are_empty_are_read():
    rows = [f"{stamp},48500.5,48500.5," for stamp in STAMPS]
    assert first(table("time,F,Total,F_corr", rows), Hints(station="XIC")) == ("2024-05-09T00:00", 120, 48_500.5)


@pytest.mark.parametrize("heading", ["timestamp,datetime,XIC", "datetime,timestamp,XIC", "unix_time,date time,XIC"])
def test_seconds_since_1970_beside_the_same_instants_as_text(heading):
    swapped = heading.startswith("datetime")
    pairs = [(stamp, str(count)) if swapped else (str(count), stamp) for stamp, count in zip(STAMPS, UNIX, strict=True)]
    assert first(table(heading, [f"{a},{b},48500" for a, b in pairs]))[:2] == ("2024-05-09T00:00", 120)


def test_seconds_since_1970_beside_other_instants_are_asked_about():
    rows = [f"{count + 28_800 * (at > 60)},{stamp},48500" for at, (count, stamp) in enumerate(zip(UNIX, STAMPS, strict=True))]
    with pytest.raises(FormatError, match="can be read in more than one way"):
        read_readings(table("timestamp,datetime,XIC", rows))


@pytest.mark.parametrize(
    ("heading", "row"),
    [
        (",F,T", "{stamp},{f},15.3"),
        (",F,t", "{stamp},{f},17"),
        (",T,F", "{stamp},{at}.5,{f}"),
        (",time,F,T", "{at},{stamp},{f},15.3"),
    ],
)
def test_an_index_without_a_heading_beside_a_temperature_is_the_time(heading, row):
    rows = [row.format(stamp=stamp, at=at, f=f"48500.{at % 10}") for at, stamp in enumerate(STAMPS)]
    assert first(table(heading, rows), Hints(station="XIC")) == ("2024-05-09T00:00", 120, 48_500.0)


@pytest.mark.parametrize("form", ["{stamp},{f}", "{stamp};{f}", "{iso}\t{f}"])
def test_a_field_that_rises_below_no_heading_is_no_serial_day(form):
    rows = [form.format(stamp=stamp, iso=stamp.replace(" ", "T"), f=48_500.0 + 0.1 * at) for at, stamp in enumerate(STAMPS)]
    assert first(table("", rows)) == ("2024-05-09T00:00", 120, 48_500.0)


def book(*sheets: tuple[str, list[list[object]]]) -> Source:
    made, file = openpyxl.Workbook(), io.BytesIO()
    made.remove(made.active)
    for title, rows in sheets:
        page = made.create_sheet(title)
        for row in rows:
            page.append(row)
    made.save(file)
    return Source("book.xlsx", file.getvalue())


def test_a_workbook_with_places_and_a_field_is_no_catalogue():
    rows: list[list[object]] = [[stamp, 29.6, 102.1, 48_500.0 + at] for at, stamp in enumerate(STAMPS)]
    source = book(("XIC", [["Time", "Lat", "Lon", "Mag"], *rows]))
    assert detect(source) == "table"
    assert first(source, Hints(station="XIC"))[1:] == (120, 48_500.0)
    quakes = book(("2022", [["Time", "Lat", "Lon", "Mag"], ["2022-09-05 04:52:19", 29.61, 102.08, 6.6]]))
    assert (detect(quakes), read_events(quakes).events[0].magnitude) == ("event sheet", 6.6)


@pytest.mark.parametrize("read", [read_readings, read_events])
def test_a_workbook_of_another_kind_is_named_and_not_taken_apart(read, tmp_path):
    ods = io.BytesIO()
    with zipfile.ZipFile(ods, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", "<a/>")
    for data, kind in ((ods.getvalue(), "OpenDocument"), (b"\xd0\xcf\x11\xe0" + bytes(600), "Excel 97-2003")):
        (tmp_path / "a.bin").write_bytes(data)
        (source,) = expand(tmp_path / "a.bin")
        with pytest.raises(FormatError, match=f"workbook is in {kind}.*save it as .xlsx or .csv"):
            read(source)


def test_a_first_sheet_without_a_table_does_not_hide_why_another_is_not_read():
    rows: list[list[object]] = [[stamp, 48_500.0 + at] for at, stamp in enumerate(STAMPS)]
    source = book(("About", [["Made by hand"]]), ("Values", [["time (local)", "XIC"], *rows]))
    with pytest.raises(FormatError, match=r"without a place.*--timezone"):
        read_readings(source)


@pytest.mark.parametrize(
    ("time", "right"),
    [
        ("20220905045219", "2022-09-05T04:52:19"),
        ("20220905045219Z", "2022-09-05T04:52:19"),
        (20220905045219, "2022-09-05T04:52:19"),
        (1662353539000, "2022-09-05T04:52:19"),
        ("1662353539", "2022-09-05T04:52:19"),
        (202209050452, "1976-05-29T09:10:50"),  # milliseconds, as the USGS writes them
    ],
)
def test_digits_of_a_geojson_time_are_counted(time, right):
    feature = {"type": "Feature", "properties": {"mag": 6.6, "time": time}, "geometry": {"coordinates": [102.08, 29.61, 10]}}
    text = json.dumps({"type": "FeatureCollection", "features": [feature]})
    assert str(read_events(Source("a.json", text.encode())).events[0].time)[:19] == right


IMF = "XIC MAY0924 130 00 HFZF R GOT 06191021 000000 RRRRRRRRRRRRRRRR\n"


def imf(code: str = "XIC") -> Source:
    line = " 300000  10000 400000 485000   300000  10000 400000 485000\n".replace("10000", " 10000")
    return Source("any.imf", (IMF.replace("XIC", code) + line * 30).encode())


def test_a_file_that_names_its_station_keeps_it():
    found = read_readings(imf(), Hints(station="KAK"))
    assert [found.readings[0].station, found.stations[0].code] == ["XIC", "XIC"]
    assert any("KAK was specified; XIC was used" in note for note in found.notes)
    assert not any("was specified" in note for note in read_readings(imf("KAK"), Hints(station="kak")).notes)


def saved(heading: tuple[str, ...], **more: object) -> Hints:
    mapping = TableMapping("long", ("when",), (("F", "what"),), station="XIC", **more)
    return Hints(station="MUL", saved=(SavedMapping(heading, mapping),))


def test_a_kept_mapping_is_looked_for_on_its_own_sheet_and_below_its_own_lines():
    rows: list[list[object]] = [[stamp, 48_500.0 + at] for at, stamp in enumerate(STAMPS)]
    source = book(("About", [["a", "b"], ["c", "d"], ["e", "f"]]), ("Values", [["when", "what"], *rows]))
    assert first(source, saved(("when", "what"), sheet="Values")) == ("2024-05-09T00:00", 120, 48_500.0)
    text = table("when,what", [f"{stamp},48500" for stamp in STAMPS], above="one,two\n1,2\nthree,four")
    assert first(text, saved(("when", "what"), skip_lines=3)) == ("2024-05-09T00:00", 120, 48_500.0)
    other = table("when,what", [f"{stamp},48500" for stamp in STAMPS], above="one,two\n1,2\nthree,four")
    with pytest.raises(FormatError):
        read_readings(other, saved(("when", "what"), sheet="Values"))


def test_many_empty_streams_of_xz_take_no_time_or_are_refused(tmp_path):
    empty, data = lzma.compress(b""), lzma.compress(b"time,KAK\n")
    (tmp_path / "few.xz").write_bytes(empty * 2_000 + data + b"\0" * 8 + empty * 2_000 + data)
    assert [source.data for source in expand(tmp_path / "few.xz")] == [b"time,KAK\n" * 2]
    (tmp_path / "many.xz").write_bytes(empty * 20_000 + data)
    with pytest.raises(FormatError, match="more than 10,000 streams"):
        list(expand(tmp_path / "many.xz"))
