"""Files from strangers, one attack at a time, and what the fuzzers found."""

from __future__ import annotations

import gzip
import io
import json
import os
import struct
import sys
import zipfile
import zlib
from pathlib import Path

import numpy as np
import pytest
from hostile_fuzz import bounded
from hostile_mutations import packed
from hostile_seeds import FETCHED, LABELS, LAUGHS, OUTSIDE, WIDE, iaga, image, wdc
from PIL import Image

from quakegui import formats
from quakegui.formats import FormatError, Source, TableMapping, bounds, cenc, expand, quakeml
from quakegui.project.labelfiles import import_labels
from quakegui.project.store import Project

# -- XML -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("evil", [LAUGHS, OUTSIDE, FETCHED], ids=["laughs", "outside", "fetched"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_xml_with_a_document_type_is_refused(evil: bytes, encoding: str) -> None:
    start = evil.decode().replace('version="1.0"', f'version="1.0" encoding="{encoding}"')
    text = start + '<quakeml xmlns="http://quakeml.org/xmlns/bed/1.2"><event>&a9;</event></quakeml>'
    for parse in (quakeml.parse, cenc.parse, formats.read_events):
        with bounded(seconds=3), pytest.raises(FormatError, match=r"document type or entities|no catalogue"):
            parse(Source("q.xml", text.encode(encoding)))


@pytest.mark.parametrize("encoding", ["idna", "punycode", "zip", "unicode_escape", "rot13", "undefined", "x" * 500, "utf-7"])
def test_xml_in_an_encoding_of_no_catalogue_is_refused(encoding: str) -> None:
    data = f'<?xml version="1.0" encoding="{encoding}"?><quakeml>'.encode() + b"xn--" + b"a" * 60_000
    with bounded(seconds=3), pytest.raises(FormatError, match="encoding"):
        quakeml.parse(Source("q.xml", data))


@pytest.mark.parametrize("inner", [b"<a>" * 50_000, b"<a/>" * 50_000, b"<event/>" * 20_000, b'<a b="' + b"c" * 2_000_000])
def test_deep_long_and_endless_xml_ends(inner: bytes) -> None:
    with bounded(seconds=15), pytest.raises(FormatError):
        quakeml.parse(Source("q.xml", b'<quakeml xmlns="http://quakeml.org/xmlns/bed/1.2">' + inner))


# -- text ----------------------------------------------------------------------------------------------------------

LONG = 1_000_000
LINES = {
    "digits": b"1" * LONG,
    "field": b"time,AAA\n2022-01-01 00:00," + b"5" * LONG + b"\n",
    "quote": b'time,AAA\n"' + b"a" * LONG,
    "nul": b"\x00" * LONG,
    "nul-inside": WIDE.encode() + b"2022-01-01 00:12,5\x000000,51000\n",
    "names": b"time," + b"a" * LONG + b"\n1,2\n",
    "blank": b" " * LONG + b"x",
    "commas": b"a,b\n" + b"," * LONG,
    "marks": "发震时刻,震级\n".encode() + "，".encode() * (LONG // 3),
    "mixed": WIDE.encode() + "2022-01-01 00:12,台,站\n".encode("gb18030") + "é\n".encode("latin-1"),
    "returns": b"\r" * LONG,
}


@pytest.mark.parametrize("name", LINES)
def test_endless_lines_end(name: str) -> None:
    source = Source("a.csv", LINES[name])
    with bounded(seconds=20, memory=600 * 2**20):
        formats.kind(source)
        for read in (formats.read_readings, formats.read_events, formats.read_stations, formats.read_kp, formats.preview):
            try:
                read(source)
            except FormatError as error:
                assert len(str(error)) < 2000  # noqa: PT017


@pytest.mark.slow
@pytest.mark.parametrize("start", [b"", b"time,AAA\n2022-01-01 00:00,", b" Format                 IAGA-2002\n", b'{"a": "'])
def test_a_line_of_a_hundred_million_characters_ends(start: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(start + b"5" * 100_000_000)
    with bounded(seconds=120, memory=2 * 2**30):
        for source in expand(tmp_path / "a.csv"):
            with pytest.raises(FormatError):
                formats.read_readings(source)


@pytest.mark.parametrize(
    "row",
    [
        "10000-01-01 00:00,50000,51000",
        "0000-00-00 00:00,50000,51000",
        "-1-01-01 00:00,50000,51000",
        "2022-01-01 00:13+99:99,50000,51000",
        "2022-01-01T00:13:00+08,50000,51000",
        f"2022-01-01 00:13,{'9' * 400},51000",
        "2022-01-01 00:13,1e400,nan",
        "2022-01-01 00:13,-inf,0x50",
        "２０２２-01-01 00:13,５００００,51000",
    ],
)
def test_impossible_dates_and_numbers_spoil_their_row_alone(row: str) -> None:
    found = formats.read_readings(
        Source("a.csv", f"{WIDE}{row}\n".encode()), TableMapping("wide", ("time",), (("AAA", "AAA"),))
    )
    (one,) = found.readings
    assert len(one) in (12, 13)
    assert ((one.values > 40_000) & (one.values < 60_000)).all()


def test_names_from_files_are_one_line_of_text() -> None:
    text = "code,name,lat,lon\n../../../x,<script>alert(1)</script>,1,2\nA\x1b[31mB,\u202eevil\x07,3,4\n"
    stations, _ = formats.read_stations(Source("s.csv", text.encode()))
    assert all(station.code.isprintable() and station.name.isprintable() for station in stations)
    assert stations[0].name == "<script>alert(1)</script>"  # it is text, and whoever shows it shows it as such
    rows = "time,magnitude,latitude,longitude,place\n2022-01-01T00:00:00Z,5,1,2,\x1b]0;x\x07" + "p" * 100_000 + "\n"
    (event,) = formats.read_events(Source("e.csv", rows.encode())).events
    assert event.place.isprintable()
    assert len(event.place) < 2000


def test_a_table_mapping_is_typed(tmp_path: Path) -> None:
    good = json.loads(TableMapping("wide", ("time",), (("AAA", "AAA"),)).to_json())
    for key, value in (
        ("time", 1),
        ("time", [[]]),
        ("columns", {"a": 1}),
        ("columns", [["A"]]),
        ("missing", ["x"]),
        ("timezone", None),
        ("data_type", "BEST"),
        ("data_type", []),
        ("layout", "tall"),
        ("sheet", 5),
        ("evil", 1),
    ):
        with pytest.raises(ValueError, match="not a column mapping"):
            TableMapping.from_json(json.dumps({**good, key: value}))
    for text in ("[" * 100_000, "{", "[]", '{"time": ' + "9" * 5000 + "}"):
        with pytest.raises(ValueError, match="not a column mapping"):
            TableMapping.from_json(text)


@pytest.mark.parametrize(
    "spoil", [("3", "x" * 200_000), (",", "\x00"), ("date", '"' + "d" * 200_000), ("2022-03-01", "9" * 5000)]
)
def test_labels_of_other_kinds_change_nothing(tmp_path: Path, spoil: tuple[str, str]) -> None:
    (tmp_path / "l.csv").write_text(LABELS.replace(*spoil, 1), encoding="utf-8")
    with Project.create(tmp_path / "p", timezone="UTC") as project, pytest.raises(FormatError) as caught:
        import_labels(project, tmp_path / "l.csv", author="A")
    assert len(str(caught.value)) < 2000


# -- archives ------------------------------------------------------------------------------------------------------


def opened(path: Path) -> tuple[list[str], list[str]]:
    problems: list[FormatError] = []
    names = [source.name for source in expand(path, on_problem=problems.append)]
    return names, [str(problem) for problem in problems]


@pytest.mark.parametrize(
    "name", ["../a.min", "/a.min", "C:/a.min", "x/../../a.min", "..\\a.min", "\\\\host\\share\\a.min", "C:a.min"]
)
def test_members_that_lead_out_are_left_alone(tmp_path: Path, name: str) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(name, iaga())
        archive.writestr("good.min", iaga())
    names, problems = opened(tmp_path / "a.zip")
    assert names == ["a.zip/good.min"]
    assert len(problems) == 1
    assert "points outside the archive" in problems[0]


def test_a_member_without_a_name_is_no_member(tmp_path: Path) -> None:
    data = bytearray(packed({"Q": b"x", "b.min": iaga()}))
    at = data.find(b"PK\x01\x02")
    data[at + 28 : at + 30] = b"\x00\x00"
    del data[at + 46]
    end = data.rfind(b"PK\x05\x06")
    data[end + 12 : end + 16] = struct.pack("<I", struct.unpack_from("<I", data, end + 12)[0] - 1)
    (tmp_path / "a.zip").write_bytes(bytes(data))
    names, _ = opened(tmp_path / "a.zip")
    assert names == ["a.zip/b.min"]


def test_neighbours_are_looked_up_once(tmp_path: Path) -> None:
    parts = {f"{k:05d}.wdc": b"x" for k in range(3000)}
    (tmp_path / "a.zip").write_bytes(packed({**parts, "tst.ack": b"IAGA Code: TST  lat: 1  long: 2"}))
    with bounded(seconds=10):
        found = [source.siblings("TST.ack") for source in expand(tmp_path / "a.zip")]
    assert set(found) == {b"IAGA Code: TST  lat: 1  long: 2"}


def test_quines_and_nests_end(tmp_path: Path) -> None:
    data = iaga()
    for _ in range(6):
        data = gzip.compress(data, mtime=0)
    (tmp_path / "a.gz").write_bytes(data)
    names, problems = opened(tmp_path / "a.gz")
    assert names == []
    assert "nested more than" in problems[0]


def test_overlapping_members_unpack_no_more_than_an_archive_may(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Many directory entries that all point at one packed kernel, as in the densest zip bombs."""
    monkeypatch.setattr(bounds, "LARGEST_ARCHIVE", 3 * 2**20)
    kernel = packed({"a": bytes(2**20)})
    at = kernel.find(b"PK\x01\x02")
    entry, end = kernel[at : kernel.find(b"PK\x05\x06")], bytearray(kernel[kernel.find(b"PK\x05\x06") :])
    entries = b"".join(entry[:-1] + bytes([65 + k]) for k in range(20))
    struct.pack_into("<HHI", end, 8, 20, 20, len(entries))
    (tmp_path / "a.zip").write_bytes(kernel[:at] + entries + end)
    names, problems = opened(tmp_path / "a.zip")
    assert len(names) <= 3
    assert problems


@pytest.mark.skipif(sys.platform != "linux", reason="other systems keep names as text")
def test_a_file_whose_name_is_no_text_is_read_and_kept(tmp_path: Path) -> None:
    from quakegui.project.importing import import_paths

    (tmp_path / "in").mkdir()
    with open(os.fsencode(tmp_path / "in") + b"/\xff\x1b[31m.min", "wb") as file:  # noqa: PTH123  pathlib takes no bytes
        file.write(iaga())
    with Project.create(tmp_path / "p", timezone="UTC") as project:
        report = import_paths(project, [tmp_path / "in"])
    assert len(report.imported) == 1
    assert report.imported[0].file.isprintable()


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such files there")
def test_devices_and_pipes_are_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    for path in (tmp_path / "pipe.csv", Path("/dev/zero")):
        with pytest.raises(FormatError, match="a device, a pipe or a folder"):
            list(expand(path))
    assert list(expand(tmp_path)) == []


# -- images --------------------------------------------------------------------------------------------------------


def png(width: int, height: int, *, data: bytes = b"", depth: int = 8, colour: int = 2) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(data)) + chunk(b"IEND", b"")


def frames(kind: str) -> bytes:
    out = io.BytesIO()
    pictures = [Image.new("L", (480, 480), shade) for shade in (0, 255)]
    pictures[0].save(out, kind, save_all=True, append_images=pictures[1:])
    return out.getvalue()


def deep(mode: str) -> bytes:
    out = io.BytesIO()
    Image.new(mode, (480, 480)).save(out, "TIFF")
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("huge.png", png(60_000, 60_000), "pixels|damaged"),
        ("endless.png", png(2**31 - 1, 2**31 - 1), "pixels|damaged"),
        ("bomb.png", png(480, 480, data=bytes(60 * 2**20)), ""),
        ("short.png", png(480, 480, data=b"\x00" * 99), "damaged"),
        ("one.png", image("PNG", (1, 1)), "1 x 1 pixels"),
        ("wide.png", image("PNG", (481, 480)), "481 x 480"),
        ("cut.png", image()[:900], "damaged"),
        ("cut.jpg", image("JPEG")[:900], "damaged"),
        ("moving.gif", frames("GIF"), "several pictures"),
        ("pages.tif", frames("TIFF"), "several pictures"),
        ("moving.webp", frames("WEBP"), "several pictures"),
        ("float.tif", deep("F"), "pixel type is F,"),
        ("whole.tif", deep("I"), "pixel type is I,"),
        ("print.tif", deep("CMYK"), "pixel type is CMYK,"),
        ("post.png", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 480 480\n%%EndComments\nshowpage\n", "not an image"),
        ("text.png", b"Dear colleague", "not an image"),
        ("empty.png", b"", "not an image"),
        ("page.png", b"<svg xmlns='http://www.w3.org/2000/svg' width='480' height='480'/>", "not an image"),
    ],
)
def test_images_that_are_no_maps_are_told(tmp_path: Path, name: str, data: bytes, says: str) -> None:
    (tmp_path / name).write_bytes(data)
    with bounded(seconds=5):
        if not says:
            assert formats.read_image(tmp_path / name).shape == (480, 480, 3)
            return
        with pytest.raises(FormatError, match=says):
            formats.read_image(tmp_path / name)


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGBA", "LA", "RGB"])
def test_colours_and_greys_of_every_kind_are_maps(tmp_path: Path, mode: str) -> None:
    (tmp_path / "a.png").write_bytes(image("PNG", (480, 480), mode))
    assert formats.read_image(tmp_path / "a.png").shape == (480, 480, 3)


def test_an_index_of_maps_names_files_within_its_folder_only(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "out.png").write_bytes(image())
    (tmp_path / "in" / "a.png").write_bytes(image())
    names = ["a.png", "../out.png", str(tmp_path / "out.png"), "..\\out.png", "x" * 5000, "a\x00b", ".", "CON"]
    lines = [f"{name},2022-02-{day:02d},1" for day, name in enumerate(names, start=1)]
    (tmp_path / "in" / "index.csv").write_text("file,date,class\n" + "\n".join(lines), encoding="utf-8")
    found = formats.read_images(tmp_path / "in")
    assert [one.path.name for one in found.images] == ["a.png"]
    assert all(len(note) < 400 for note in found.notes)


# -- what the fuzzers found ----------------------------------------------------------------------------------------


def test_a_cell_of_four_hundred_digits_is_no_number() -> None:
    found = formats.preview(Source("a.csv", WIDE.replace("50003.5", "9" * 400).encode()))
    assert len(found.rows) == 12
    source = Source("a.csv", WIDE.replace("50003.5", "9" * 400).encode())
    assert len(formats.read_readings(source, TableMapping("wide", ("time",), (("AAA", "AAA"),))).readings[0]) == 11


def test_stamps_of_several_zones_in_one_column_are_read() -> None:
    text = WIDE.replace("00:03", "00:03:00+08").replace("00:04", "00:04:00+09:00")
    formats.read_readings(Source("a.csv", text.encode()), TableMapping("wide", ("time",), (("AAA", "AAA"),)))


def test_an_error_does_not_repeat_what_it_was_given() -> None:
    error = FormatError("'" + "a\x1b\n" * 50_000 + "' is not a date.", file="f" * 5000, line=3)
    assert len(str(error)) < 2000
    assert str(error).isprintable()
    assert str(error).endswith("is not a date.")


def test_weighty_siblings_do_not_hang_a_wdc_file() -> None:
    asked: list[str] = []
    source = Source("tst.wdc", wdc(), lambda name: asked.append(name) or b"IAGA Code: " + b"A" * 200_000)
    with bounded(seconds=5):
        formats.read_readings(source)
    assert asked == ["tst.ack"]
    assert np.isfinite(formats.read_readings(source).readings[0].values).all()
