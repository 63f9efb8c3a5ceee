"""Station tables, and what detection makes of each kind of file."""

from __future__ import annotations

import importlib.util
import io

import pandas as pd
import pytest
from readings_samples import ACK, iaga, wdc, wdc_line, xyzf

from quakegui import formats
from quakegui.formats import FormatError, Source, magpy, stations

TABLE = "\ufeffTitle,StationID,Longitude,Latitude,MagnData\n冕宁,38,102.17,28.55,True\n德昌,41,102.17,27.4,True\n"


def text(content: str, name: str = "a.csv", encoding: str = "utf-8") -> Source:
    return Source(name, content.encode(encoding))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "gb18030"])
def test_table_with_a_mark_and_chinese_names(encoding):
    content = TABLE if encoding == "utf-8" else TABLE.lstrip("\ufeff")
    found, notes = formats.read_stations(text(content, encoding=encoding))
    assert [(one.code, one.name, one.latitude, one.longitude) for one in found] == [
        ("38", "冕宁", 28.55, 102.17),
        ("41", "德昌", 27.4, 102.17),
    ]
    assert notes == ("Columns not imported: MagnData.",)


def test_sheets_after_the_first_are_named():
    buffer = io.BytesIO()
    with pd.ExcelWriter(buffer, engine="openpyxl") as writer:
        for name, code in (("North", "AAA"), ("South", "BBB")):
            pd.DataFrame({"code": [code], "lat": [28.0], "lon": [102.0]}).to_excel(writer, sheet_name=name, index=False)
    found, notes = formats.read_stations(Source("stations.xlsx", buffer.getvalue()))
    assert [one.code for one in found] == ["AAA"]
    assert notes == ("Sheets after the first were not read: South.",)


def test_chinese_column_names_and_elevation():
    found, _ = formats.read_stations(text("台站代码,台站名称,经度,纬度,高程\nmn,冕宁,102.17,28.55,1770\n"))
    assert (found[0].code, found[0].name, found[0].elevation_m) == ("MN", "冕宁", 1770.0)


def test_unusable_places_and_repeats_are_named():
    content = "code,lat,lon\nA,10,20\nB,,\nC,95,20\nA,10,20\nA,11,20\n,1,2\nD,10,340\n"
    found, notes = formats.read_stations(text(content))
    assert [(one.code, one.located) for one in found] == [("A", True), ("B", False), ("C", False), ("D", True)]
    assert found[3].longitude == -20
    words = "\n".join(notes)
    assert "B: no coordinates" in words
    assert "C: the coordinates 95, 20" in words
    assert words.count("A: listed more than once") == 1
    assert "Row 6 has no station code" in words


def test_ack_files_are_stations():
    (station,), notes = formats.read_stations(text(ACK, "tst.ack"))
    assert (station.code, station.name, station.latitude, station.longitude) == ("TST", "Testburg", -12.5, -159.75)
    assert notes == ()


@pytest.mark.parametrize("content", ["a,b\n1,2\n", "prose", "lat,lon\n1,2\n", "code,lat,lon\n"])
def test_other_tables_are_refused(content):
    assert not stations.looks_like(text(content))
    with pytest.raises(FormatError):
        formats.read_stations(text(content))


def test_detection_is_by_content():
    samples = {
        "iaga2002": (iaga(xyzf(5)), "readings"),
        "wdc": (wdc([wdc_line("TST", "2005-01-02", "F", 460, [0] * 24)]).data, "readings"),
        "stations": (TABLE.encode(), "stations"),
        "table": (b"time,AAA,BBB\n2022-01-01 00:00,50000,51000\n2022-01-01 00:01,50000,51000\n", "readings"),
        "usgs": (b"time,latitude,longitude,depth,mag,place\n2022-01-01T00:00:00Z,28.1,102.1,10,4.5,x\n", "events"),
    }
    for name, (data, kind) in samples.items():
        source = Source("wrongly.named.xls", data)
        assert formats.detect(source) == name
        assert formats.kind(source) == kind


def test_readers_refuse_what_holds_something_else():
    with pytest.raises(FormatError, match="a station list, not readings"):
        formats.read_readings(text(TABLE))
    with pytest.raises(FormatError, match="readings, not earthquakes"):
        formats.read_events(Source("a", iaga(xyzf(5))))
    with pytest.raises(FormatError, match="not an earthquake catalogue"):
        formats.read_events(text("prose"))
    with pytest.raises(FormatError, match="earthquakes, not readings"):
        formats.read_readings(text("time,latitude,longitude,mag\n2022-01-01T00:00:00Z,28.1,102.1,4.5\n"))


def test_apple_double_is_named_for_what_it_is():
    junk = Source("._a.min", b"\x00\x05\x16\x07" + bytes(200))
    assert formats.detect(junk) is None
    for read in (formats.read_readings, formats.read_events, formats.read_stations):
        with pytest.raises(FormatError):
            read(junk)


@pytest.mark.skipif(magpy.available(), reason="MagPy is installed")
def test_unknown_formats_say_what_is_known():
    with pytest.raises(FormatError, match=r"quakegui\[magpy\]"):
        formats.read_readings(text("prose"))


@pytest.mark.skipif(importlib.util.find_spec("magpy") is None, reason="needs the extra `magpy`")
def test_magpy_reads_what_it_knows():
    found = magpy.parse(Source("tst20220115pmin.min", iaga(xyzf(30))))
    assert found.readings[0].station == "TST"
    assert len(found.readings[0]) == 30
    with pytest.raises(FormatError):
        magpy.parse(Source("junk.bin", b"\x00\x01garbage" * 20))
