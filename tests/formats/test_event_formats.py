"""Catalogues and Kp: what is read, what is said of the rest, and that only one error comes out."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quakegui.formats import cenc, kp, quakeml, read_events, usgs
from quakegui.formats.errors import FormatError
from quakegui.formats.source import Source
from quakegui.project.column_limits import bounds_of
from quakegui.project.schema import event_table
from quakegui.season.events import Event

RESOURCES = Path(__file__).resolve().parents[2] / "resources"
READERS = (kp, cenc, quakeml, usgs)

USGS = """\
time,latitude,longitude,depth,mag,magType,nst,gap,dmin,rms,net,id,updated,place,type,status
2006-11-15T11:14:13.570Z,46.592,153.266,10,8.3,mwc,576,20.9,,1.07,us,usp000exfn,2018,"Kuril Islands, far",earthquake,reviewed
2005-08-16T02:46:28.400Z,38.276,142.039,36,7.2,mwc,698,19.6,,0.95,us,usp000dxe2,2018,Honshu,quarry blast,reviewed
"""

CENC_CSV = """\
发震时刻,震级(M),纬度(°),经度(°),深度(千米),参考位置
2022-09-05 12:52:18,6.8,29.59,102.08,16,四川甘孜州泸定县
2012-4-9 5:43:30,5.5,-24.10,-122.30,0,台湾花莲县附近海域
"""

SHEET_ROW = """<Row>
<Cell><Data ss:Type="String">{}</Data></Cell><Cell><Data ss:Type="Number">{}</Data></Cell>
<Cell><Data ss:Type="Number">{}</Data></Cell><Cell><Data ss:Type="Number">{}</Data></Cell>
<Cell><Data ss:Type="Number">{}</Data></Cell><Cell><Data ss:Type="String">{}</Data></Cell>
</Row>
"""
SHEET_HEAD = """<?xml version="1.0" encoding="UTF-8"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"
 xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="Table1"><Table>
<Column ss:Index="1" ss:Width="110"/>
"""
SHEET_TAIL = "</Table></Worksheet></Workbook>"
SHEET = SHEET_HEAD + "".join(SHEET_ROW.format(*line.split(",")) for line in CENC_CSV.splitlines()) + SHEET_TAIL

QUAKEML = """<?xml version="1.0"?>
<q:quakeml xmlns="http://quakeml.org/xmlns/bed/1.2" xmlns:q="http://quakeml.org/xmlns/quakeml/1.2">
<eventParameters publicID="x">
<event publicID="quakeml:a/1">
  <description><text>Region</text><type>Flinn-Engdahl region</type></description>
  <description><text>Luding</text><type>earthquake name</type></description>
  <origin publicID="o/1"><time><value>2022-09-05T04:52:00Z</value></time><latitude><value>1</value></latitude>
    <longitude><value>2</value></longitude></origin>
  <origin publicID="o/2"><time><value>2022-09-05T04:52:18.5</value></time><latitude><value>29.59</value></latitude>
    <longitude><value>102.08</value></longitude><depth><value>16000</value></depth></origin>
  <magnitude publicID="m/1"><mag><value>6.6</value></mag><type>Mw</type></magnitude>
  <magnitude publicID="m/2"><mag><value>6.8</value></mag><type>Ms</type></magnitude>
  <preferredOriginID>o/2</preferredOriginID><preferredMagnitudeID>m/2</preferredMagnitudeID><type>earthquake</type>
</event>
<event publicID="quakeml:a/2">
  <origin publicID="o/3"><time><value>2022-09-06T00:00:00+08:00</value></time><latitude><value>29</value></latitude>
    <longitude><value>102</value></longitude></origin>
  <magnitude publicID="m/3"><mag><value>3.5</value></mag></magnitude>
  <magnitude publicID="m/4"><mag><value>3.7</value></mag></magnitude>
</event>
<event publicID="quakeml:a/3"><origin publicID="o/4"><time><value>2022-09-07T00:00:00Z</value></time></origin></event>
</eventParameters></q:quakeml>
"""

KP_CSV = """\
Date,K_00,K_03,K_06,K_09,K_12,K_15,K_18,K_21,Kp_Sum
2022-09-04,5.667,5.333,4.667,4.333,4,6.333,5.667,4,40
2022-09-05,3,,2.667,1,1,1,1,-1,9
"""

KP_PER_INTERVAL = """\
# Kp and ap, GFZ
#YYY MM DD hh.h hh._m        days      days_m     Kp   ap D
2022 09 04 00.0 01.50 33118.00000 33118.06250  5.667   67 1
2022 09 04 03.0 04.50 33118.12500 33118.18750 -1.000   -1 0
2022 09 04 21.0 22.50 33118.87500 33118.93750  4.000   27 1
"""

KP_PER_DAY = """\
# Kp, ap, Ap, SN, F10.7
2022 09 04 33118 33118.5 2578  9 5.667 5.333 4.667 4.333 4.000 6.333 5.667 4.000 67 56 39 32 27 94 67 27 51 77 127.5 129.7 1
"""

GOOD = {
    "usgs.csv": USGS,
    "cenc.csv": CENC_CSV,
    "cenc.xls": SHEET,
    "quake.xml": QUAKEML,
    "kp.csv": KP_CSV,
    "kp_ap.txt": KP_PER_INTERVAL,
    "kp_ap_sn.txt": KP_PER_DAY,
}
READER_OF = dict(zip(GOOD, (usgs, cenc, cenc, quakeml, kp, kp, kp), strict=True))


def source(text: str | bytes, name: str = "events") -> Source:
    return Source(name, text.encode() if isinstance(text, str) else text)


def fields(event: Event) -> tuple[object, ...]:
    return str(event.time), event.magnitude, event.latitude, event.longitude, event.depth_km, event.place


@pytest.mark.parametrize("name", GOOD)
def test_each_file_is_recognised_by_its_content_alone(name):
    assert [reader for reader in READERS if reader.looks_like(source(GOOD[name], "x.dat"))] == [READER_OF[name]]


@pytest.mark.parametrize(
    "other",
    [
        b"",
        b"\x00\x05\x16\x07\x00\x02",
        b"\xd0\xcf\x11\xe0",
        "\ufeff编号,名称,经度,纬度\n1,泸定,102.2,29.9\n".encode(),
        b"time,KAK,MMB\n2022-01-01T00:00Z,46000,50000\n",
        b" Format                 IAGA-2002                                    |\n",
        b"<?xml version='1.0'?><kml/>",
        b"time,latitude,longitude,mag\n2022-01-01T00:00Z,28,102,46123.5\n",
        b"PK\x03\x04time,magnitude,latitude,longitude",
    ],
)
def test_other_files_are_left_alone(other):
    assert not any(reader.looks_like(source(other)) for reader in READERS)


def test_usgs():
    found = usgs.parse(source(USGS))
    assert found.format == "usgs"
    assert [one.id for one in found.events] == ["usp000dxe2", "usp000exfn"]
    assert [fields(one) for one in found.events] == [
        ("2005-08-16T02:46:28.400", 7.2, 38.276, 142.039, 36.0, "Honshu"),
        ("2006-11-15T11:14:13.570", 8.3, 46.592, 153.266, 10.0, "Kuril Islands, far"),
    ]
    assert found.events[0].magnitude_type == "mwc"
    assert found.notes == (
        "Columns not imported: nst; gap; dmin; rms; net and 2 more.",
        "Rows kept although the catalogue does not list them as earthquakes: 1 (line 3: quarry blast).",
    )


def test_longitudes_beyond_180_are_turned_round():
    found = usgs.parse(source("time,mag,magType,latitude,longitude\n2022-01-01T00:00:00Z,5,mb,-17,182.5\n"))
    assert found.events[0].longitude == -177.5


def test_usgs_with_few_columns_and_broken_utf8():
    lines = [
        b"time,latitude,longitude,depth,mag,magType,updated,place,type",
        b'2022-10-25T00:33:36.414Z,52.0929,104.2721,13.528,4.5,mb,,"Pad\xe2\x80?Mel\xe2\x80\x99nichnaya, Russia",earthquake',
        b'2022-10-26T00:00:00.000Z,52,104,,4,mb,2023,"no closing quote,earthquake',
        b"2022-10-27T00:00:00.000Z,52,104,10,4,mb,2023,last,earthquake",
    ]
    found = usgs.parse(source(b"\r\n".join(lines)))
    assert [one.depth_km for one in found.events] == [13.528, None, 10.0]
    assert found.events[0].place == "Pad�?Mel’nichnaya, Russia"
    assert found.notes == (
        "The text is damaged in 1 line (line 2); each character that could not be read is shown as '�'.",
        "Columns not imported: updated.",
    )


def test_our_own_export_and_the_papers_table():
    paper = (RESOURCES / "catalogue" / "liangshan_2022.csv").read_bytes()
    own = usgs.parse(source(paper))
    assert own.format == "table"
    assert own.notes == ()
    assert len(own.events) == 18
    assert fields(own.events[9]) == ("2022-09-05T04:52:18.000", 6.8, 29.59, 102.08, None, "四川甘孜州泸定县")
    table = usgs.parse(
        source("time_beijing,magnitude,latitude,longitude,place\n2022-09-05 12:52:18,6.8,29.59,102.08,四川甘孜州泸定县\n")
    )
    assert table.events[0] == own.events[9]
    assert table.notes == ("Times were converted from Beijing time (UTC+8) to UTC (the first as read: 2022-09-05 12:52:18).",)


@pytest.mark.parametrize(
    ("header", "time", "utc", "noted"),
    [
        ("time", "2022-01-01T00:00:00Z", "2022-01-01T00:00:00.000", False),
        ("time", "2022-01-01 09:00:00+09:00", "2022-01-01T00:00:00.000", False),
        ("Origin Time (UTC)", "2022/1/1 0:00", "2022-01-01T00:00:00.000", False),
        ("datetime (UTC+9)", "2022-01-01 09:00:00,5", "2022-01-01T00:00:00.500", True),
        ("time UTC+9h", "2022-01-01 09:00:00", "2022-01-01T00:00:00.000", True),
        ("time (UTC＋9)", "2022-01-01 09:00:00", "2022-01-01T00:00:00.000", True),
        ("time", "2022-01-01 00:00:00.1239", "2022-01-01T00:00:00.123", True),
        ("time", "2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000", False),
    ],
)
def test_clocks(header, time, utc, noted):
    found = usgs.parse(source(f"{header};M;Lat;Lon\n{time};5;28;102\n"))
    assert str(found.events[0].time) == utc
    assert bool(found.notes) is noted


@pytest.mark.parametrize(
    ("head", "why"), [("time (local)", "local time.*--timezone"), ("time (UTC+8x)", "UTC offset in the file .*cannot be read")]
)
def test_a_clock_that_the_heading_leaves_open_is_asked_for_whatever_its_other_columns_are(head, why):
    table = f"{head},latitude,longitude,depth,mag,magType\n2022-09-05 12:52:18,29.59,102.08,16,6.8,mw\n"
    with pytest.raises(FormatError, match=why):
        usgs.parse(source(table))
    assert str(usgs.parse(source(table), timezone="UTC+8").events[0].time) == "2022-09-05T04:52:18.000"


def test_date_and_time_in_two_columns():
    found = usgs.parse(source("Date,Time,Lat,Lon,Mag\n2022/09/05,04:52:18,29.59,102.08,6.8\n"))
    assert str(found.events[0].time) == "2022-09-05T04:52:18.000"
    alone = usgs.parse(source("Date,Lat,Lon,Mag\n2022/09/05 04:52:18,29.59,102.08,6.8\n"))
    assert alone.events == found.events


@pytest.mark.parametrize(
    "hostile",
    [
        b"time,mag,lat,lon" + b"(" * 300_000 + b"\n",
        b"<?xml " + b"encoding='a' " * 100_000,
        b"<?xml version='1.0'?>" + b"<event>" * 100_000,
        b"date" + b" " * 300_000 + b"Kp",
        b"time,mag,lat,lon\n" + b'"' * 300_000,
    ],
    ids=["brackets", "declaration", "nesting", "blanks", "quotes"],
)
@pytest.mark.timeout(20)
def test_files_made_to_hang(hostile):
    read_all(hostile)


def test_fdsn_text():
    text = (
        "#EventID | Time | Latitude | Longitude | Depth/km | Author | Catalog | Contributor | ContributorID | MagType | "
        "Magnitude | MagAuthor | EventLocationName\n"
        "us7|2022-09-05T04:52:19.6|29.6786|102.2357|12.0|us|us|us|us7|mww|6.6|us|Luding\n"
    )
    (event,) = usgs.parse(source(text)).events
    assert (event.id, event.magnitude_type, event.depth_km, event.place) == ("us7", "mww", 12.0, "Luding")


def test_rows_that_are_no_events_are_named():
    text = "\n".join(
        [
            "# SYNTHETIC",
            "time,magnitude,latitude,longitude",
            "2022-01-01T00:00:00Z,5,28,102",
            "2022-01-02T00:00:00Z,,28,102",
            "2022-13-02T00:00:00Z,5,28,102",
            "2022-01-03T00:00:00Z,5,98,102",
            "2022-01-03T00:00:00Z,nan,28,102",
            "",
            "2022-01-04T00:0",
            "2022-01-01T00:00:00Z,5,28,102",
            "2022-01-01T00:00:00Z,6,28,102",
        ]
    )
    found = usgs.parse(source(text))
    assert len(found.events) == 1
    assert found.notes == (
        "Rows skipped: 5 (line 4: no magnitude; line 5: '2022-13-02T00:00:00Z' is not a date and time; line 6: latitude 98 "
        "is not between -90 and 90; line 7: magnitude nan is not between -5 and 10; "
        "line 9: '2022-01-04T00:0' is not a date and time).",
        "Rows skipped because an earlier row has the same time and place, or the same identifier: 2 (line 10; line 11: "
        "differs).",
    )


def test_an_earthquake_of_a_year_that_no_project_keeps_costs_its_row_alone():
    rows = "\n".join(
        f"{time},8,34.5,109.7" for time in ("0001-01-01T00:00:00Z", "0955-12-31T23:59:59Z", "2984-01-01T00:00:00Z")
    )
    kept = "0956-01-01T00:00:00Z,8,34.5,109.7\n1556-01-23T00:00:00Z,8,34.5,109.7\n2983-12-31T23:59:59Z,8,34.5,109.7"
    found = usgs.parse(source(f"time,mag,latitude,longitude\n{rows}\n{kept}\n"))
    assert found.notes[0].startswith(
        "Rows skipped: 3 (line 2: '0001-01-01T00:00:00Z' is not within the years 956 to 2983; line 3:"
    )
    low, high = bounds_of(event_table.c.time_ms)
    assert [low <= int(event.time.astype(np.int64)) <= high for event in found.events] == [True] * 3


def test_long_lists_are_counted():
    rows = "\n".join(f"2022-01-0{i}T00:00:00Z,x,28,102" for i in range(1, 9))
    found = usgs.parse(source(f"time,mag,lat,lon\n{rows}\n2022-01-09T00:00:00Z,5,28,102\n"))
    assert found.notes[0].startswith("Rows skipped: 8 (line 2: magnitude 'x' is not a number; ")
    assert found.notes[0].endswith(" and 3 more).")


def test_a_catalogue_without_events_is_refused():
    with pytest.raises(FormatError, match=r"^events: The catalogue contains no usable earthquakes\.$"):
        usgs.parse(source("time,mag,lat,lon\n"))
    with pytest.raises(FormatError, match=r"Rows skipped: 1 \(line 2: no magnitude\)\."):
        usgs.parse(source("time,mag,lat,lon\n2022-01-01T00:00:00Z,,28,102\n"))
    with pytest.raises(FormatError, match="No header with time, magnitude, latitude and longitude"):
        usgs.parse(source("time,lat,lon\n"))


@pytest.mark.parametrize("text", [CENC_CSV, SHEET], ids=["csv", "SpreadsheetML"])
def test_cenc(text):
    found = cenc.parse(source(text))
    assert found.format == "cenc"
    assert [fields(one) for one in found.events] == [
        ("2012-04-08T21:43:30.000", 5.5, -24.1, -122.3, 0.0, "台湾花莲县附近海域"),
        ("2022-09-05T04:52:18.000", 6.8, 29.59, 102.08, 16.0, "四川甘孜州泸定县"),
    ]
    assert found.notes == ("Times were converted from Beijing time (UTC+8) to UTC (the first as read: 2022-09-05 12:52:18).",)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "gb18030"])
def test_cenc_csv_in_the_encodings_that_spreadsheets_write(encoding):
    file = source(CENC_CSV.encode(encoding))
    assert cenc.looks_like(file)
    found = cenc.parse(file)
    assert found.events == cenc.parse(source(CENC_CSV)).events
    assert any("GB18030" in note for note in found.notes) is (encoding == "gb18030")


@pytest.mark.parametrize("places", [["四川", "云南"], ["四川甘孜州泸定县", "云南"], ["川", "", "Taiwan"]])
def test_a_chinese_table_with_short_places_is_read(places):
    rows = "".join(f"2022-09-0{day} 04:00:00,29.6,102.4,10,5.1,{place}\n" for day, place in enumerate(places, 1))
    text = f"发震时刻,纬度(°),经度(°),深度(千米),震级(M),参考位置\n{rows}"
    found = read_events(source(text.encode("gb18030")))
    assert [event.place for event in found.events] == places


@pytest.mark.parametrize("encoding", ["utf-16", "gb2312"])
def test_cenc_sheet_in_other_encodings(encoding):
    file = source(SHEET.replace("UTF-8", encoding).encode(encoding))
    assert cenc.looks_like(file)
    assert cenc.parse(file).events == cenc.parse(source(SHEET)).events


def test_a_sheet_may_skip_cells_and_name_columns_late():
    cell = '<Cell{}><Data ss:Type="String">{}</Data></Cell>'
    title = f"<Row>{cell.format('', '地震目录')}</Row>"
    head = "".join(cell.format("", name) for name in ("发震时刻", "深度(千米)", "震级(M)", "纬度(°)", "经度(°)"))
    skips = (
        cell.format("", "2022-09-05 12:52:18")
        + cell.format(' ss:Index="3"', "6.8")
        + cell.format("", "29.59")
        + cell.format("", "102.08")
    )
    short = f'<Row ss:Index="9">{cell.format("", "2022-09-06 00:00:00")}</Row>'
    found = cenc.parse(source(f"{SHEET_HEAD}{title}<Row>{head}</Row><Row>{skips}</Row>{short}{SHEET_TAIL}"))
    assert fields(found.events[0]) == ("2022-09-05T04:52:18.000", 6.8, 29.59, 102.08, None, "")
    assert found.notes[1] == "Rows skipped: 1 (row 9: no magnitude)."
    with pytest.raises(FormatError, match="index 'one', which is not a number"):
        cenc.parse(source(SHEET.replace("<Row>", '<Row ss:Index="one">')))


def test_damaged_xml_names_its_line():
    with pytest.raises(FormatError) as caught:
        cenc.parse(source(SHEET[:900], "list.xls"))
    assert caught.value.line is not None
    assert "damaged or truncated" in str(caught.value)
    with pytest.raises(FormatError, match="No header with time"):
        cenc.parse(source(SHEET_HEAD + SHEET_TAIL))


@pytest.mark.parametrize("reader", [cenc, quakeml])
def test_entities_are_not_expanded(reader):
    bomb = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;">]><Workbook>&c;</Workbook>'
    with pytest.raises(FormatError, match="entities"):
        reader.parse(source(bomb))


@pytest.mark.parametrize("reader", READERS)
def test_what_macos_leaves_beside_files_is_refused(reader):
    junk = Source("._eqList-day.xls", b"\x00\x05\x16\x07\x00\x02\x00\x00Mac OS X        " + b"\x00" * 100)
    assert not reader.looks_like(junk)
    with pytest.raises(FormatError, match=r"companion file .* AppleDouble"):
        reader.parse(junk)


def test_quakeml_takes_the_preferred_origin_and_magnitude():
    found = quakeml.parse(source(QUAKEML))
    assert found.format == "quakeml"
    assert [fields(one) for one in found.events] == [
        ("2022-09-05T04:52:18.500", 6.8, 29.59, 102.08, 16.0, "Luding"),
        ("2022-09-05T16:00:00.000", 3.5, 29.0, 102.0, None, ""),
    ]
    assert (found.events[0].id, found.events[0].magnitude_type) == ("quakeml:a/1", "Ms")
    assert found.notes == (
        "Earthquakes with several origins or magnitudes, none marked as preferred (the first was used): 1 (event 2).",
        "Rows skipped: 1 (event 3: no magnitude).",
    )


def test_kp_csv():
    found = kp.parse(source(KP_CSV))
    assert found.value.tolist() == [5.667, 5.333, 4.667, 4.333, 4.0, 6.333, 5.667, 4.0, 3.0, 2.667, 1.0, 1.0, 1.0, 1.0]
    assert found.time[[0, 8, 9, -1]].astype("datetime64[h]").astype(str).tolist() == [
        "2022-09-04T00",
        "2022-09-05T00",
        "2022-09-05T06",
        "2022-09-05T18",
    ]


def test_kp_as_gfz_writes_it():
    per_interval = kp.parse(source(KP_PER_INTERVAL))
    assert per_interval.time.astype("datetime64[h]").astype(str).tolist() == ["2022-09-04T00", "2022-09-04T21"]
    assert per_interval.value.tolist() == [5.667, 4.0]
    per_day = kp.parse(source(KP_PER_DAY))
    assert per_day.value.tolist() == kp.parse(source(KP_CSV)).value[:8].tolist()
    np.testing.assert_array_equal(per_day.time, kp.parse(source(KP_CSV)).time[:8])


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("2022-09-06,1,2,3", "4 columns"),
        ("2022-02-30,1,1,1,1,1,1,1,1", "is not a date"),
        ("2022-09-06,1,1,1,1,1,1,1,x", "is not a number"),
        ("2022-09-06,1,1,1,1,1,1,1,9.3", "out of range"),
        ("2022-09-06,1,1,1,1,1,1,1,nan", "out of range"),
        ("2022-09-04,1,1,1,1,1,1,1,1", "is given twice"),
    ],
)
def test_a_wrong_line_of_kp_is_named(line, why):
    with pytest.raises(FormatError, match=why) as caught:
        kp.parse(source(f"{KP_CSV}{line}\n", "kp.csv"))
    assert str(caught.value).startswith("kp.csv:4: ")


def test_kp_without_a_value_is_refused():
    with pytest.raises(FormatError, match="no Kp value"):
        kp.parse(source(KP_CSV.splitlines()[0]))


def read_all(data: bytes) -> None:
    """Ask and read with every reader; anything but FormatError is a failure."""
    file = Source("fuzz", data)
    for reader in READERS:
        assert reader.looks_like(file) in (True, False)
        try:
            reader.parse(file)
        except FormatError as error:
            assert error.sentence.endswith(".")  # noqa: PT017 - most inputs raise and some do not


@given(st.binary(max_size=400))
def test_random_bytes(data):
    read_all(data)


@settings(max_examples=60)
@given(st.sampled_from(sorted(GOOD)), st.text(max_size=60), st.integers(0, 2000), st.integers(0, 60))
def test_text_put_into_good_files(name, text, at, cut):
    good = GOOD[name]
    at %= len(good)
    read_all((good[:at] + text + good[at + cut :]).encode("utf-8", errors="surrogatepass"))


@settings(max_examples=60)
@given(st.sampled_from(sorted(GOOD)), st.integers(0, 3000))
def test_truncated_files(name, length):
    data = GOOD[name].encode()
    read_all(data[: length % len(data)])


@settings(max_examples=60)
@given(st.sampled_from(sorted(GOOD)), st.randoms(use_true_random=False), st.booleans())
def test_shuffled_files(name, rng: random.Random, by_line):
    data = GOOD[name].encode()
    parts = data.split(b"\n") if by_line else data.split(b",")
    rng.shuffle(parts)
    read_all((b"\n" if by_line else b",").join(parts))


@settings(max_examples=60)
@given(st.sampled_from(sorted(GOOD)), st.sampled_from(["utf-16", "utf-16-be", "utf-32", "gb18030", "utf-7", "cp037"]))
def test_reencoded_files(name, encoding):
    read_all(GOOD[name].encode(encoding, errors="replace"))


@settings(max_examples=100)
@given(st.sampled_from(sorted(GOOD)), st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 255)), min_size=1, max_size=8))
def test_flipped_bytes(name, changes):
    data = bytearray(GOOD[name].encode())
    for at, byte in changes:
        data[at % len(data)] = byte
    read_all(bytes(data))


def test_headings_with_brackets_within_brackets_are_read() -> None:
    heads = (
        "Time (local (UTC+8))",
        "Latitude (deg (WGS84))",
        "Longitude (deg (WGS84))",
        "Depth (km (below sea level))",
        "Mag (Mw (W))",
    )
    (event,) = read_events(Source("a.csv", f"{','.join(heads)}\n2022-06-01 17:00:08,30.37,102.94,17,6.1\n".encode())).events
    assert (str(event.time), event.latitude, event.longitude) == ("2022-06-01T09:00:08.000", 30.37, 102.94)
    assert (event.depth_km, event.magnitude) == (17.0, 6.1)
