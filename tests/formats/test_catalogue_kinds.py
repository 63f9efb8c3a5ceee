"""Catalogues as agencies and spreadsheets really write them: clocks, dates, depths, magnitudes and files."""

from __future__ import annotations

import datetime as dt
import io
import json

import openpyxl
import pytest

from quakegui.formats import detect, read_events
from quakegui.formats.errors import FormatError
from quakegui.formats.result import EventsFile
from quakegui.formats.source import Source
from quakegui.season.events import Event

PLACE = (29.61, 102.08, 10, 6.6)
UTC = "2022-09-05T04:52:19.000"


def read(text: str | bytes, timezone: str = "") -> EventsFile:
    return read_events(Source("events", text.encode() if isinstance(text, str) else text), timezone=timezone)


def only(text: str | bytes, timezone: str = "") -> Event:
    (event,) = read(text, timezone).events
    return event


def check(event: Event, magnitude: float = 6.6, depth: float | None = 10.0, time: str = UTC) -> None:
    assert (str(event.time), event.magnitude, event.latitude, event.longitude, event.depth_km) == (
        time,
        magnitude,
        29.61,
        102.08,
        depth,
    )


# -- clocks ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("heading", "times"),
    [
        ("time (JST)", "2022-09-05 13:52:19"),
        ("Origin time UTC+8", "2022-09-05 12:52:19"),
        ("发震时刻(北京时间)", "2022-09-05 12:52:19"),
        ("time (local),time (UTC)", "2022-09-05 12:52:19,2022-09-05 04:52:19"),
        ("time (UTC),time (local)", "2022-09-05 04:52:19,2022-09-05 12:52:19"),
        ("time,time_utc", "2022-09-05 13:52:19,2022-09-05 04:52:19"),
        ("Time [BJT]", "2022/9/5 12:52:19"),
        ("time", "2022-09-05T12:52:19+08:00"),
    ],
)
def test_the_clock_of_the_heading_counts(heading, times):
    check(only(f"{heading},latitude,longitude,depth,mag\n{times},29.61,102.08,10,6.6\n"))


@pytest.mark.parametrize("heading", ["time (local)", "Time (CST)", ["Local time", "place"][0], "Zeit", "时间"])
def test_a_clock_that_is_local_or_unnamed_is_asked_for(heading):
    heading = heading if heading != "Local time" else "time (local time)"
    text = f"{heading};latitude;longitude;depth;mag\n2022-09-05 12:52:19;29.61;102.08;10;6.6\n"
    with pytest.raises(FormatError, match="--timezone"):
        read(text)
    check(only(text, "UTC+8"))
    check(only(text, "Asia/Shanghai"))


@pytest.mark.parametrize(
    ("heading", "time", "note"),
    [
        ("time (JST)", "2022-09-05 13:52:19", "UTC+09:00 to UTC (the first as read: 2022-09-05 13:52:19)"),
        (
            "Origin time UTC+8",
            "2022-09-05 12:52:19",
            "Beijing time (UTC+8) to UTC (the first as read: 2022-09-05 12:52:19)",
        ),
        (
            "发震时刻(北京时间)",
            "2022-09-05 12:52:19",
            "Beijing time (UTC+8) to UTC (the first as read: 2022-09-05 12:52:19)",
        ),
    ],
)
def test_a_clock_that_was_converted_is_a_note_with_the_first_time_as_read(heading, time, note):
    (said,) = read(f"{heading},latitude,longitude,depth,mag\n{time},29.61,102.08,10,6.6\n").notes
    assert note in said


def test_a_clock_that_is_not_named_in_english_is_utc_with_a_note_of_the_first_time():
    found = read("time,latitude,longitude,mag\n2022-09-05 04:52:19,29.61,102.08,6.6\n")
    assert found.notes == (
        "The file does not specify a time zone; its times were read as UTC (the first: 2022-09-05 04:52:19).",
    )
    with pytest.raises(FormatError, match="is not a time zone"):
        read("time,latitude,longitude,mag\n2022-09-05 04:52:19,29.61,102.08,6.6\n", "Mars")


# -- dates -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("heading", "row"),
    [
        ("Datum;Zeit;Breite;Länge;Tiefe;Magnitude", "05.09.2022;04:52:19;29,61;102,08;10;6,6"),
        ("Fecha;Hora;Latitud;Longitud;Profundidad;Magnitud", "2022/9/5;04:52:19;29,61;102,08;10,0;6,6"),
        ("Date (UTC),Lat,Lon,Depth,Mag", "9/5/2022 4:52:19 AM,29.61,102.08,10,6.6\n9/15/2022 4:52:19 PM,1,1,1,1"),
        ("Date,Time (UTC),Lat,Lon,Depth,Mag", "20220905,04:52:19,29.61,102.08,10,6.6"),
        ("time_utc,lat,lon,depth,mag", "2022年9月5日4时52分19秒,29.61,102.08,10,6.6"),
        ("Lon,Lat,Year,Month,Day,Mag,Depth,Hour,Minute,Second", "102.08,29.61,2022,9,5,6.6,10,4,52,19.0"),
        ("Year,Mon,Day,Hr,Min,Sec,Lat,Lon,Depth,Mag", "2022,9,5,4,52,19,29.61,102.08,10,6.6"),
        ("yyyy\tmon\tdd\thh\tmin\tsec\tlat\tlon\tdepth\tmag", "2022.677\t09\t05\t04\t52\t19.00\t29.61\t102.08\t10\t6.6"),
    ],
)
def test_dates_in_parts_and_in_other_orders(heading, row):
    found = read(f"{heading}\n{row}\n", "UTC")
    check(found.events[0])


def test_days_and_months_that_cannot_be_told_apart_are_refused():
    with pytest.raises(FormatError, match="the day or the month comes first"):
        read("Date (UTC),Lat,Lon,Mag\n9/5/2022 04:52:19,29.61,102.08,6.6\n")


# -- depths and magnitudes -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "depth", "noted"),
    [
        ("<10", None, True), ("10*", 10.0, False), ("-", None, False), ("NaN", None, False), ("10 km", 10.0, False),
        ("10,5", 10.5, False),
        ("", None, False), ("10G", 10.0, False), ("900 m", 0.9, False), ("10000米", 10.0, False),
        ("10 f", 10.0, False), ("10x", None, True), ("deep", None, True), ("9999", None, True), ("n/a", None, False),
        ("-1.2", -1.2, False),
    ],
)  # fmt: skip
def test_a_depth_never_decides_over_an_event(text, depth, noted):
    found = read(f"time;latitude;longitude;depth;mag\n2022-09-05T04:52:19Z;29.61;102.08;{text};6.6\n")
    check(found.events[0], depth=depth)
    assert any("their depth is unknown: 1 (line 2" in note for note in found.notes) is noted


@pytest.mark.parametrize("heading", ["depth (m)", "depth_m", "Depth [m]", "Depth/m"])
def test_depths_in_metres(heading):
    found = read(
        f"time,latitude,longitude,{heading},mag\n2022-09-05T04:52:19Z,29.61,102.08,10000,6.6\n2022-09-06T00:00:00Z,1,1,900,5\n"
        "2022-09-07T00:00:00Z,1,1,10000G,5\n2022-09-08T00:00:00Z,1,1,900 m,5\n"
    )
    assert [event.depth_km for event in found.events] == [10.0, 0.9, 10.0, 0.9]


@pytest.mark.parametrize(
    ("heading", "text", "kind"),
    [
        ("Mw", "6.6", "Mw"),
        ("ML", "6.6", "ML"),
        ("mb", "6,6", "mb"),
        ("mag", "Mw6.6", "Mw"),
        ("Magnitude", "M 6.6", "M"),
        ("mag", "6.6 Ms", "Ms"),
    ],
)
def test_magnitudes_with_their_scale(heading, text, kind):
    event = only(f"time;latitude;longitude;depth;{heading}\n2022-09-05T04:52:19Z;29.61;102.08;10;{text}\n")
    check(event)
    assert event.magnitude_type == kind


@pytest.mark.parametrize(("north", "east"), [("29.61N", "102.08E"), ("29.61 °N", "102.08 °E"), ("29,61", "102,08")])
def test_degrees_with_their_hemisphere(north, east):
    check(only(f"time;latitude;longitude;depth;mag\n2022-09-05T04:52:19Z;{north};{east};10;6.6\n"))
    south = only("time;latitude;longitude;mag\n2022-09-05T04:52:19Z;29.61S;102.08W;6.6\n")
    assert (south.latitude, south.longitude) == (-29.61, -102.08)


# -- files -------------------------------------------------------------------------------------------------------------

ISC = """\
ISC Bulletin
Please cite: ISC (2024)

  EVENTID,TYPE,AUTHOR   ,DATE      ,TIME       ,LAT     ,LON      ,DEPTH,DEPFIX,AUTHOR   ,TYPE  ,MAG
611462212,{kind},ISC      ,2022-09-05,04:52:19.00, 29.6100,  102.0800, 10.0,TRUE  ,NEIC     ,Mww   , 6.6

STOP
"""


@pytest.mark.parametrize(("kind", "doubtful"), [("ke", False), ("se", False), ("fe", False), ("qb", True), ("kn", True)])
def test_the_iscs_codes_for_what_is_an_earthquake(kind, doubtful):
    found = read(ISC.format(kind=kind))
    check(found.events[0])
    assert any("does not list them as earthquakes: 1" in note for note in found.notes) is doubtful
    assert not any("Rows skipped" in note or "time zone" in note for note in found.notes)


EMSC = "Date;Time (UTC);Latitude;Longitude;Depth;Depth Type;Magnitude Type;Magnitude;Region Name;Last Update;Eqid\n"
EMSC += "2022-09-05;04:52:19;29.61;102.08;10;f;Mw;6.6;WESTERN SICHUAN, CHINA;2022-09-05 05:20;1156190\n"
GEONET = "publicid,eventtype,origintime,modificationtime,longitude, latitude, magnitude, depth,magnitudetype\n"
GEONET += "2022p1,earthquake,2022-09-05T04:52:19.000Z,2022-09-06T00:00:00.000Z,102.08,29.61,6.6,10,Mw\n"


@pytest.mark.parametrize(("text", "identifier"), [(EMSC, "1156190"), (GEONET, "2022p1")])
def test_emsc_and_geonet(text, identifier):
    event = only(text)
    check(event)
    assert (event.id, event.magnitude_type) == (identifier, "Mw")


@pytest.mark.parametrize(
    "row",
    [
        "102.08 29.61 2022 9 5 6.6 10 4 52 19",
        "102.08\t29.61\t2022.6767\t09\t05\t6.6\t10.0\t04\t52\t19.0",
        "102.08,29.61,2022,9,5,6.6,10,4,52,19",
    ],
)
def test_zmap_without_a_heading(row):
    found = read(f"{row}\n" * 1 + row.replace("6.6", "5.5").replace("19", "20") + "\n")
    check(found.events[0])
    assert any("in ZMAP order" in note for note in found.notes)


def test_columns_of_numbers_that_are_no_zmap_are_left_alone():
    assert detect(Source("a", b"102.08 29.61 2022 13 5 6.6 10 4 52 19\n")) != "usgs"


def feature(**properties: object) -> str:
    point = {"type": "Point", "coordinates": [102.08, 29.61, 10]}
    one = {"type": "Feature", "properties": properties, "geometry": point, "id": "x1"}
    return json.dumps({"type": "FeatureCollection", "metadata": {}, "features": [one]})


@pytest.mark.parametrize(
    "text",
    [
        feature(mag=6.6, place="Luding", time=1662353539000, type="earthquake"),
        feature(mag=6.6, flynn_region="W. SICHUAN", time="2022-09-05T04:52:19.0Z", depth=10, magtype="mw", evtype="ke"),
        feature(magnitude=6.6, locality="Luding", time="2022-09-05T04:52:19.000Z", depth=10, publicID="2022p1"),
    ],
    ids=["USGS", "EMSC", "GeoNet"],
)
def test_geojson(text):
    found = read(text)
    check(found.events[0])
    assert found.notes == ()


def test_geojson_in_seconds_is_read_as_such_and_says_so():
    found = read(feature(mag=6.6, place="Luding", time=1662353539))
    check(found.events[0])
    assert found.notes == (
        ("The size of the times indicates seconds since 1970, not milliseconds; they were read as seconds."),
    )


@pytest.mark.parametrize(
    ("facts", "time"),
    [
        ({"time": -1_662_353_539_000}, "1917-04-28T19:07:41.000"),
        ({"time": 5_000_000_000}, "1970-02-27T20:53:20.000"),
        ({"time": 1_000_000_000, "updated": 1_662_353_539_000}, "1970-01-12T13:46:40.000"),
    ],
)
def test_geojson_in_milliseconds_before_and_soon_after_1970(facts, time):
    check(only(feature(mag=6.6, **facts)), time=time)


@pytest.mark.parametrize("text", [feature(mag=6.6)[:-4], '{"type":"FeatureCollection","mag":1}', feature(mag="?", time="x")])
def test_damaged_geojson_is_refused(text):
    with pytest.raises(FormatError):
        read(text)


ROOT = "http://quakeml.org/xmlns/quakeml/1.2"
EVENT = (
    '<event publicID="smi:x/e1"><origin publicID="o"><time><value>2022-09-05T04:52:19Z</value></time><latitude><value>29.61'
    "</value></latitude><longitude><value>102.08</value></longitude><depth><value>10000</value></depth></origin>"
    '<magnitude publicID="m"><mag><value>6.6</value></mag></magnitude></event>'
)


PARAMETERS = f'<eventParameters xmlns="http://quakeml.org/xmlns/bed/1.2">{EVENT}</eventParameters>'


@pytest.mark.parametrize(
    "text",
    [
        f'<ns0:quakeml xmlns:ns0="{ROOT}">{PARAMETERS}</ns0:quakeml>',
        PARAMETERS,
        f'\n <q:quakeml xmlns:q="{ROOT}">{PARAMETERS}</q:quakeml>',
    ],
)
def test_quakeml_under_any_prefix_and_without_a_declaration(text):
    check(only(text))


def jma(magnitude: str = "66", depth: str = " 1000", kind: str = "1", time: str = "2022090513521900") -> str:
    line = f"J{time}0021 293660 021 102 480 021{depth} 10{magnitude}W61J51{kind}4 1"
    return f"{line:<68}{'WESTERN SICHUAN':<24}{' 10K':<4}"


@pytest.mark.parametrize(("depth", "km"), [(" 1000", 10.0), (" 10  ", 10.0), ("     ", None)])
def test_jmas_hypocentre_records(depth, km):
    event = only(jma(depth=depth) + "\n")
    check(event, depth=km)
    assert (event.place, event.magnitude_type) == ("WESTERN SICHUAN", "MW")


@pytest.mark.parametrize(("magnitude", "value"), [("-1", -0.1), ("A0", -1.0), ("B5", -2.5), (" 5", 0.5)])
def test_jmas_magnitudes_below_zero(magnitude, value):
    assert only(jma(magnitude=magnitude)).magnitude == value


def test_jmas_records_that_are_no_events_are_told():
    found = read("\n".join([jma(), jma(kind="5", time="2022090613521900"), jma(magnitude="  ", time="2022090713521900")]))
    assert len(found.events) == 2
    assert any("low-frequency earthquake" in note for note in found.notes)
    assert any("line 3: no magnitude" in note for note in found.notes)


@pytest.mark.parametrize(
    "rows",
    [
        [["发震时刻", "震级", "纬度", "经度", "深度", "参考位置"], ["2022-09-05 12:52:19", 6.6, 29.61, 102.08, 10, "四川"]],
        [["发震时刻", "震级", "纬度", "经度", "深度"], [dt.datetime(2022, 9, 5, 12, 52, 19), 6.6, 29.61, 102.08, 10]],
        [
            ["Catalogue of 2022"],
            [],
            ["Time (UTC)", "Lat", "Lon", "Depth", "Mw"],
            ["2022-09-05T04:52:19", "29.61", "102.08", "10", "6.6"],
        ],
        [
            ["Date", "Time (UTC)", "Lat", "Lon", "Depth", "Mag"],
            [dt.date(2022, 9, 5), dt.time(4, 52, 19), 29.61, 102.08, 10, 6.6],
        ],
    ],
)
def test_catalogues_in_workbooks(rows):
    book, file = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.create_sheet("Remarks")
    book.save(file)
    found = read(file.getvalue())
    check(found.events[0])
    assert "Sheets after the first were not read: Remarks." in found.notes


def test_an_old_workbook_says_what_to_do():
    with pytest.raises(FormatError, match=r"save it as \.xlsx or \.csv"):
        read(b"\xd0\xcf\x11\xe0" + bytes(600))
