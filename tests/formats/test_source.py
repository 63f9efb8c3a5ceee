"""Files, folders and archives, opened without trusting them."""

from __future__ import annotations

import gzip
import io
import pickle
import struct
import zipfile

import pytest

from quakegui.formats import bounds as module
from quakegui.formats.archives import expand
from quakegui.formats.errors import FormatError
from quakegui.formats.source import decode


def packed(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


UNIX = struct.pack("<HHBi", 0x5455, 5, 1, 1_650_000_000)
WINDOWS = struct.pack("<HHIHHqqq", 0x000A, 32, 0, 1, 24, (1_650_000_000 + 11_644_473_600) * 10_000_000, 0, 0)


@pytest.mark.parametrize(
    ("extra", "modified_ms"),
    [
        pytest.param(UNIX, 1_650_000_000_000, id="Info-ZIP"),
        pytest.param(b"ux\x02\x00ab" + WINDOWS, 1_650_000_000_000, id="Windows"),
        pytest.param(b"", 1_650_028_800_000, id="wall clock"),
        pytest.param(struct.pack("<HHBi", 0x5455, 5, 1, -1), 1_650_028_800_000, id="before 1970"),
        pytest.param(struct.pack("<HHBh", 0x5455, 3, 1, 7), 1_650_028_800_000, id="cut off"),
        pytest.param(struct.pack("<HHBi", 0x5455, 5, 4, 1_650_000_000), 1_650_028_800_000, id="no time of modification"),
    ],
)
def test_a_member_was_modified_when_its_packer_says_so_in_utc(tmp_path, extra, modified_ms):
    """Packed at UTC+8 at 05:20 UTC, with a wall clock of 13:20: a file of 06:20 UTC is the later one."""
    info = zipfile.ZipInfo("a.csv", (2022, 4, 15, 13, 20, 0))
    info.extra = extra
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(info, b"x")
    (source,) = expand(tmp_path / "a.zip")
    assert source.modified_ms == modified_ms


def test_error_names_file_line_and_survives_a_process_border():
    error = FormatError("It is broken.", file="a.min", line=7)
    assert str(error) == "a.min:7: It is broken."
    assert str(FormatError("It is broken.", file="a.min")) == "a.min: It is broken."
    assert str(pickle.loads(pickle.dumps(error))) == str(error)
    assert pickle.loads(pickle.dumps(error)).line == 7


def test_folder_is_walked_in_order_without_hidden_files(tmp_path):
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "2.txt").write_bytes(b"two")
    (tmp_path / "a.txt").write_bytes(b"one")
    (tmp_path / ".hidden").write_bytes(b"no")
    (tmp_path / "__MACOSX").mkdir()
    (tmp_path / "__MACOSX" / "x").write_bytes(b"no")
    found = [(source.base, source.data) for source in expand(tmp_path)]
    assert found == [("a.txt", b"one"), ("2.txt", b"two")]


def test_siblings_are_found_whatever_their_case(tmp_path):
    (tmp_path / "kak.wdc").write_bytes(b"data")
    (tmp_path / "KAK.ACK").write_bytes(b"where")
    (source,) = expand(tmp_path / "kak.wdc")
    assert source.siblings("kak.ack") == b"where"
    assert source.siblings("mmb.ack") is None


def test_nothing_there_is_an_error_that_can_be_collected(tmp_path):
    with pytest.raises(FormatError, match="cannot be opened"):
        list(expand(tmp_path / "absent.min"))
    problems: list[FormatError] = []
    assert list(expand(tmp_path / "absent.min", on_problem=problems.append)) == []
    assert len(problems) == 1


def test_gzip_and_zip_are_known_by_content_and_nest(tmp_path):
    inner = packed({"deep/x.min": b"deep"})
    path = tmp_path / "misnamed.dat"
    path.write_bytes(
        packed({"one.min.gz": gzip.compress(b"one"), "two.zip": inner, "plain.min": b"plain", "._plain.min": b"no"})
    )
    found = {source.name: source.data for source in expand(path)}
    assert found == {
        "misnamed.dat/one.min": b"one",
        "misnamed.dat/two.zip/deep/x.min": b"deep",
        "misnamed.dat/plain.min": b"plain",
    }


def test_siblings_inside_an_archive(tmp_path):
    path = tmp_path / "a.zip"
    path.write_bytes(packed({"japan/kak.wdc": b"data", "japan/KAK.ack": b"where", "kak.ack": b"elsewhere"}))
    sources = {source.base: source for source in expand(path)}
    assert sources["kak.wdc"].siblings("kak.ack") == b"where"


def test_paths_out_of_the_archive_are_refused_and_the_rest_is_read(tmp_path):
    path = tmp_path / "a.zip"
    path.write_bytes(packed({"../evil.min": b"1", "/abs.min": b"2", "C:/win.min": b"3", "good.min": b"4"}))
    problems: list[FormatError] = []
    assert [source.base for source in expand(path, on_problem=problems.append)] == ["good.min"]
    assert len(problems) == 3
    assert all("points outside" in problem.sentence for problem in problems)


def test_bombs_are_stopped_while_unpacking(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "SMALL", 1 << 20)
    zeros = bytes(4 << 20)
    for name, data in (("a.gz", gzip.compress(zeros)), ("a.zip", packed({"x": zeros}))):
        (tmp_path / name).write_bytes(data)
        with pytest.raises(FormatError, match="bomb"):
            list(expand(tmp_path / name))


def test_size_limits_hold_for_members_archives_and_plain_files(tmp_path, monkeypatch):
    noise = bytes(range(256)) * 16
    (tmp_path / "a.zip").write_bytes(packed({"1": noise, "2": noise, "3": noise}))
    (tmp_path / "plain").write_bytes(noise)
    monkeypatch.setattr(module, "LARGEST_ARCHIVE", 6000)
    problems: list[FormatError] = []
    assert len(list(expand(tmp_path / "a.zip", on_problem=problems.append))) == 1
    assert [problem.file for problem in problems] == ["a.zip/2"]
    monkeypatch.setattr(module, "LARGEST_FILE", 2000)
    with pytest.raises(FormatError, match="exceed 2,000 bytes"):
        list(expand(tmp_path / "a.zip"))
    with pytest.raises(FormatError, match="4,096 bytes"):
        list(expand(tmp_path / "plain"))


def test_member_count_is_limited(tmp_path, monkeypatch):
    (tmp_path / "a.zip").write_bytes(packed({str(number): b"x" for number in range(10)}))
    monkeypatch.setattr(module, "MOST_MEMBERS", 4)
    problems: list[FormatError] = []
    assert len(list(expand(tmp_path / "a.zip", on_problem=problems.append))) == 4
    assert len(problems) == 1


def test_archives_in_archives_end_somewhere(tmp_path):
    data = b"x"
    for _ in range(6):
        data = packed({"inner.zip": data})
    (tmp_path / "a.zip").write_bytes(data)
    with pytest.raises(FormatError, match="deep"):
        list(expand(tmp_path / "a.zip"))


@pytest.mark.parametrize("cut", [30, 60, -1])
def test_damaged_archives_are_named(tmp_path, cut):
    whole = packed({"x.min": bytes(range(256)) * 20})
    (tmp_path / "a.zip").write_bytes(whole[:cut])
    with pytest.raises(FormatError, match="damaged"):
        list(expand(tmp_path / "a.zip"))
    (tmp_path / "a.gz").write_bytes(gzip.compress(bytes(range(256)) * 20)[:cut])
    with pytest.raises(FormatError, match="damaged"):
        list(expand(tmp_path / "a.gz"))


def test_false_sizes_in_the_directory_do_not_help(tmp_path):
    whole = bytearray(packed({"x": bytes(range(256)) * 64}))
    at = whole.rindex(b"PK\x01\x02") + 24
    whole[at : at + 4] = struct.pack("<I", 10)
    (tmp_path / "a.zip").write_bytes(bytes(whole))
    try:
        sources = list(expand(tmp_path / "a.zip"))
    except FormatError:
        return
    assert all(len(source.data) <= 256 * 64 for source in sources)


def test_a_workbook_is_not_unpacked(tmp_path):
    (tmp_path / "a.xlsx").write_bytes(packed({"[Content_Types].xml": b"<x/>", "xl/workbook.xml": b"<y/>"}))
    (source,) = expand(tmp_path / "a.xlsx")
    assert source.base == "a.xlsx"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_decode_recognises_encodings(encoding):
    text, _ = decode("台站,纬度\n冕宁,28.55\n".encode(encoding))
    assert text == "台站,纬度\n冕宁,28.55\n"


def test_decode_never_fails():
    assert decode(b"\xff\xff caf\xe9")[1] == "cp1252"
    assert decode(b"\x81\xff caf\xe9")[1] == "latin-1"
