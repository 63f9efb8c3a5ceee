"""Small good files of every kind that the program reads, made here: what the fuzzers begin from."""

from __future__ import annotations

import gzip
import io
import json
import tempfile
import zipfile
from functools import cache
from pathlib import Path

import cdflib
import numpy as np
import pandas as pd
from cdflib import cdfwrite
from hostile_mutations import Seed
from PIL import Image

from quakegui.formats import TableMapping

MAPPING = TableMapping("wide", ("time",), (("AAA", "AAA"), ("BBB", "BBB")), timezone="Asia/Tokyo")

CENC = """发震时刻,震级(M),纬度(°),经度(°),深度(千米),参考位置
2022-09-05 12:52:18,6.8,29.59,102.08,16,四川甘孜州泸定县
2012-4-9 5:43:30,5.5,-24.10,-122.30,0,台湾花莲县附近海域
"""
SHEET = """<?xml version="1.0" encoding="UTF-8"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"
 xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="Table1"><Table>
<Row><Cell><Data>发震时刻</Data></Cell><Cell><Data>震级(M)</Data></Cell><Cell><Data>纬度</Data></Cell>
<Cell><Data>经度</Data></Cell><Cell ss:Index="6"><Data>参考位置</Data></Cell></Row>
<Row ss:Index="3"><Cell><Data ss:Type="String">2022-09-05 12:52:18</Data></Cell><Cell><Data>6.8</Data></Cell>
<Cell><Data>29.59</Data></Cell><Cell><Data>102.08</Data></Cell><Cell ss:Index="6"><Data>泸定</Data></Cell></Row>
</Table></Worksheet></Workbook>"""
USGS = """time,latitude,longitude,depth,mag,magType,nst,net,id,updated,place,type,status
2006-11-15T11:14:13.570Z,46.592,153.266,10,8.3,mwc,576,us,usp000exfn,2018,"Kuril Islands, far",earthquake,reviewed
2005-08-16T02:46:28.400Z,38.276,142.039,36,7.2,mwc,698,us,usp000dxe2,2018,Honshu,quarry blast,reviewed
"""
QUAKEML = """<?xml version="1.0"?>
<q:quakeml xmlns="http://quakeml.org/xmlns/bed/1.2" xmlns:q="http://quakeml.org/xmlns/quakeml/1.2">
<eventParameters publicID="x"><event publicID="quakeml:a/1">
<description><text>Luding</text><type>earthquake name</type></description>
<origin publicID="o/2"><time><value>2022-09-05T04:52:18.5</value></time><latitude><value>29.59</value></latitude>
<longitude><value>102.08</value></longitude><depth><value>16000</value></depth></origin>
<magnitude publicID="m/2"><mag><value>6.8</value></mag><type>Ms</type></magnitude>
<preferredOriginID>o/2</preferredOriginID><type>earthquake</type></event></eventParameters></q:quakeml>
"""
KP_CSV = """Date,K_00,K_03,K_06,K_09,K_12,K_15,K_18,K_21,Kp_Sum
2022-09-04,5.667,5.333,4.667,4.333,4,6.333,5.667,4,40
2022-09-05,3,,2.667,1,1,1,1,-1,9
"""
KP_GFZ = """# Kp and ap, GFZ
2022 09 04 00.0 01.50 33118.00000 33118.06250  5.667   67 1
2022 09 04 03.0 04.50 33118.12500 33118.18750 -1.000   -1 0
"""
GSM19 = """/Gem Systems GSM-19 4021347 v7.0 31 V 2018 A e3.v7
/ID 1 file 01survey.b   09 V 24
/datum  48000.00
/
235800.0 48500.12 99
235900.0 48501.50 09
000000.0 48502.25 99
"""
POS1 = "".join(f"13/05/24 {hour:02d}:00:00.00 4850{hour}123 00012\n" for hour in range(6))
IMF = "".join(
    f"XIC MAY0924 130 {hour:02d} HDZF R EDI 06201023 000000 RRRRRRRRRRRRRRRR\r\n"
    + "".join(f" 300001  -1234  380000 48500{at % 10}   300001  -1234  380000 999999\r\n" for at in range(30))
    for hour in (0, 1)
)
PCDCP = "CMO  2020  061  01-Mar-20  HEZF  0.01nT  File Version 2.00\n" + "".join(
    f"{minute:04d}  1241233   -44558  5513090  {5_649_188 + minute if minute != 5 else 9_999_999}\n" for minute in range(20)
)
GEOJSON = """{"type": "FeatureCollection", "metadata": {"title": "a"}, "features": [
{"type": "Feature", "id": "us1", "properties": {"mag": 6.6, "place": "Luding", "time": 1662353539000, "type": "earthquake"},
"geometry": {"type": "Point", "coordinates": [102.08, 29.61, 10]}},
{"type": "Feature", "id": "b", "properties": {"mag": 5.5, "magtype": "mw", "time": "2022-09-06T04:52:19.0Z", "depth": 7},
"geometry": {"type": "Point", "coordinates": [-102.3, -24.1]}}]}
"""
JMA = "".join(
    f"J20220905{hour:02d}5219000021 293660 021 102 480 021 1000 1066W61J51{kind}4 1".ljust(68)
    + "WESTERN SICHUAN         "
    + " 10K\n"
    for hour, kind in ((4, 1), (13, 5))
)
LABELS = """date,class,source,author,at,note
2022-03-01,3,analyst,李,2022-03-02T00:00:00Z,'+ peak
2022-03-02,,settled,Wang,,
2022-03-03,0,rule,rule,,
"""
STATIONS = "code,name,lat,lon,elevation\nAAA,甲,10,20,5\nBBB,<b>乙</b>,11,340,\n"
ACK = "Testburg:\n\nIAGA Code: TST  lat: -12.5  long: 200.25\n\nDear Colleague,\n"


def iaga(rows: int = 12, letters: str = "XYZF", end: str = "\n") -> bytes:
    """Return minutes in IAGA-2002."""
    head = {
        "Format": "IAGA-2002",
        "Station Name": "Testburg",
        "IAGA CODE": "TST",
        "Geodetic Latitude": "10.500",
        "Geodetic Longitude": "250.250",
        "Elevation": "120",
        "Reported": letters,
        "Data Interval Type": "1-minute (00:30-01:29)",
        "Data Type": "provisional",
    }
    lines = [f" {key:<23}{value:<45}|" for key, value in head.items()]
    lines.append("DATE       TIME         DOY     " + "      ".join(f"TST{letter}" for letter in letters) + "   |")
    lines += [
        f"2022-01-15 00:{k:02d}:00.000 015   "
        + "".join(f"{value:10.2f}" for value in (30_000.5 + k, -4_000, 35_000, 46_270.85))
        for k in range(rows)
    ]
    return (end.join(lines) + end).encode()


def wdc() -> bytes:
    """Return three days of H, Z and F in the WDC's hourly format."""
    lines = [
        f"TST0501{letter}{day:02d}    20{base:4d}" + "".join(f"{hour:4d}" for hour in (*range(24), 12))
        for letter, base in (("H", 300), ("Z", 400), ("F", 500))
        for day in (1, 2, 3)
    ]
    return ("\r\n".join(lines) + "\r\n").encode()


def iaf() -> bytes:
    """Return a day of minutes in IAF."""
    words = np.zeros(5888, dtype="<i4")
    words[1:5] = (2024130, 53768, 140186, 36)
    words[16:5776] = np.repeat((297785, -41099, 358868, 468136), 1440)
    words[5775] = 999999
    data = bytearray(words.tobytes())
    data[0:4], data[20:24] = b"KAK ", b"XYZF"
    return bytes(data)


@cache
def event_sheet() -> dict[str, bytes]:
    """Return the parts of a workbook of earthquakes."""
    book = io.BytesIO()
    rows = {"time": ["2022-09-05 04:52:19"], "latitude": [29.61], "longitude": [102.08], "depth": [10], "mag": [6.6]}
    with pd.ExcelWriter(book, engine="openpyxl") as writer:
        pd.DataFrame(rows).to_excel(writer, index=False)
    return unpacked(book.getvalue())


@cache
def cdf(compress: int = 0) -> bytes:
    """Return a small ImagCDF."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.cdf"
        writer = cdfwrite.CDF(path, cdf_spec={"Compressed": compress}, delete=True)
        facts = {"FormatDescription": "INTERMAGNET CDF Format", "PublicationLevel": "3", "IagaCode": "TST", "Latitude": "12.5"}
        writer.write_globalattrs({key: {0: value} for key, value in (facts | {"Longitude": "250.0"}).items()})
        fields = np.array([[2022, 1, 15, 0, minute, 0, 0, 0, 0] for minute in range(10)])
        common = {"Num_Elements": 1, "Rec_Vary": True, "Var_Type": "zVariable", "Dim_Sizes": []}
        times = np.atleast_1d(cdflib.cdfepoch.compute_tt2000(fields))
        writer.write_var({"Variable": "DataTimes", "Data_Type": 33, **common}, var_attrs={}, var_data=times)
        for letter in "XYZS":
            attributes = {"DEPEND_0": "DataTimes", "UNITS": "nT", "FILLVAL": 99999.0}
            writer.write_var(
                {"Variable": f"GeomagneticField{letter}", "Data_Type": 45, **common},
                var_attrs=attributes,
                var_data=np.full(10, 46_000.0) + np.arange(10),
            )
        writer.close()
        return path.read_bytes()


@cache
def workbook() -> dict[str, bytes]:
    """Return the parts of a workbook of readings."""
    book = io.BytesIO()
    time = pd.date_range("2022-01-01", periods=5, freq="min")
    with pd.ExcelWriter(book, engine="openpyxl") as writer:
        pd.DataFrame({"time": time, "AAA": 50_000.0, "BBB": 50_001.5}).to_excel(writer, index=False)
        pd.DataFrame({"code": ["AAA"], "name": ["甲"], "lat": [1.0], "lon": [2.0]}).to_excel(
            writer, sheet_name="二", index=False
        )
    return unpacked(book.getvalue())


def unpacked(data: bytes) -> dict[str, bytes]:
    """Return the members of a zip."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@cache
def image(kind: str = "PNG", size: tuple[int, int] = (480, 480), mode: str = "RGB") -> bytes:
    """Return a map image."""
    pixels = np.add.outer(np.arange(size[1]), np.arange(size[0])).astype(np.uint8)
    out = io.BytesIO()
    Image.fromarray(pixels).convert(mode).save(out, kind)
    return out.getvalue()


@cache
def run_parts() -> dict[str, bytes]:
    """Return the parts of an exported run."""
    folder = Path(__file__).parent / "run"  # of a network that was trained on the synthetic season
    wanted = ("config.json", "card.json", "style.npz", "history.csv", "predictions.npz")
    parts = {f"20220101-000000-abcd/{name}": (folder / name).read_bytes() for name in wanted}
    weights = io.BytesIO()
    np.savez(weights, a=np.arange(4, dtype=np.float32))
    return {**parts, "20220101-000000-abcd/weights.npz": weights.getvalue()}


def plain(name: str, data: bytes | str) -> Seed:
    """Return a seed of one file."""
    return Seed(name, {"": data.encode() if isinstance(data, str) else data})


WIDE = "time,AAA,BBB\n" + "".join(f"2022-01-01 00:{i:02d},5000{i % 10}.5,51000\n" for i in range(12))
LONG = "date;time;station;F\n" + "".join(f"01.02.2022;00:{i:02d};{'AB'[i % 2]};5000{i % 10},5\n" for i in range(12))


@cache
def seeds(kind: str) -> tuple[Seed, ...]:
    """Return the good files that a reader's fuzzing begins from."""
    made = {
        "iaga2002": lambda: (plain("a.min", iaga()), plain("b.min", iaga(4, "DHZF", "\r\n")), plain("c.min", iaga(3) * 2)),
        "wdc": lambda: (plain("tst2005.wdc", wdc()), plain("tst.ack", ACK)),
        "cdf": lambda: (plain("a.cdf", cdf()), plain("b.cdf", cdf(6))),
        "imf": lambda: (plain("xic.imf", IMF),),
        "iaf": lambda: (plain("kak.bin", iaf()),),
        "pcdcp": lambda: (plain("cmo.min", PCDCP),),
        "gsm19": lambda: (plain("XIC_20240509.txt", GSM19), plain("a.txt", GSM19)),
        "pos1": lambda: (plain("XIC_20240513.txt", POS1), plain("a.txt", POS1)),
        "geojson": lambda: (plain("q.geojson", GEOJSON),),
        "jma": lambda: (plain("h2022", JMA),),
        "event sheet": lambda: (Seed("q.xlsx", event_sheet()),),
        "table": lambda: (plain("a.csv", WIDE), plain("b.csv", LONG), Seed("a.xlsx", workbook())),
        "cenc": lambda: (plain("cenc.csv", CENC), plain("cenc.csv", CENC.encode("gb18030")), plain("cenc.xls", SHEET)),
        "usgs": lambda: (plain("usgs.csv", USGS),),
        "quakeml": lambda: (plain("q.xml", QUAKEML),),
        "kp": lambda: (plain("kp.csv", KP_CSV), plain("kp.txt", KP_GFZ)),
        "stations": lambda: (plain("stations.csv", STATIONS), plain("tst.ack", ACK)),
        "images": lambda: tuple(plain(f"2022-02-01.{end}", image(kind)) for kind, end in _IMAGES),
        "image-index": lambda: (plain("index.csv", "file,date,class\na.png,2022-02-01,3\nb/a.png,20220202,类4\n"),),
        "archives": lambda: (
            Seed("a.zip", {"a.min": iaga(3), "b/TST2005.wdc": wdc(), "b/tst.ack": ACK.encode(), "é/台.csv": WIDE.encode()}),
            plain("a.min.gz", gzip.compress(iaga(3), mtime=0)),
        ),
        "mapping": lambda: (plain("m.json", MAPPING.to_json()),),
        "labels": lambda: (plain("labels.csv", LABELS),),
        "run": lambda: (Seed("run.zip", run_parts()),),
    }
    if kind == "detect":
        return tuple(seed for name in made if name not in ("images", "run") for seed in seeds(name))
    return made[kind]()


_IMAGES = (("PNG", "png"), ("JPEG", "jpg"), ("BMP", "bmp"), ("TIFF", "tif"), ("GIF", "gif"), ("WEBP", "webp"))


def card() -> dict[str, object]:
    """Return the card of the exported run."""
    found: dict[str, object] = json.loads(run_parts()["20220101-000000-abcd/card.json"])
    return found


LAUGHS = b"".join(
    [
        b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a0 "ha">',
        *(b'<!ENTITY a%d "%s">' % (k, b"&a%d;" % (k - 1) * 10) for k in range(1, 10)),
        b"]>",
    ]
)
OUTSIDE = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a9 SYSTEM "file:///etc/passwd">]>'
FETCHED = b'<?xml version="1.0"?><!DOCTYPE a SYSTEM "http://example.org/a.dtd">'
