"""Tar, bzip2 and xz are unpacked like zip: within the same bounds, member by member, without trusting them."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import random
import tarfile
import zipfile

import pytest
from readings_samples import ACK, iaga, wdc_line, xyzf

from quakegui.formats import bounds as module
from quakegui.formats import read_readings
from quakegui.formats.archives import expand
from quakegui.formats.errors import FormatError

FILES = {"kak20220115.min": iaga(xyzf(30), code="KAK"), "mmb20220116.min": iaga(xyzf(30), code="MMB")}
PACKERS = {"gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress}


def tar(files: dict[str, bytes], *, format: int = tarfile.PAX_FORMAT) -> bytes:  # noqa: A002 - tarfile's word
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=format) as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size, info.mtime = len(data), 1_650_000_000
            archive.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


def zipped(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def unpacked(tmp_path, name: str, data: bytes, problems: list[FormatError] | None = None) -> dict[str, bytes]:
    (tmp_path / name).write_bytes(data)
    report = None if problems is None else problems.append
    return {source.name: source.data for source in expand(tmp_path / name, on_problem=report)}


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("two.tar", tar(FILES)),
        ("two.tar", tar(FILES, format=tarfile.GNU_FORMAT)),
        ("two.tar", tar(FILES, format=tarfile.USTAR_FORMAT)),
        *((f"two.tar.{ending}", pack(tar(FILES))) for ending, pack in PACKERS.items()),
        ("two.tgz", gzip.compress(tar(FILES))),
        ("two.txz", lzma.compress(tar(FILES))),
        ("misnamed.min", bz2.compress(tar(FILES))),
        ("two.zip", zipped({"inner.zip": zipped(FILES)})),
        ("two.zip", zipped({"inner.tar.xz": lzma.compress(tar(FILES))})),
        ("two.tar", tar({name + ".gz": gzip.compress(data) for name, data in FILES.items()})),
    ],
)
def test_two_stations_in_an_archive_stay_two(tmp_path, name, data):
    (tmp_path / name).write_bytes(data)
    found = [read_readings(source).readings[0] for source in expand(tmp_path / name)]
    assert [(one.station, len(one)) for one in found] == [("KAK", 30), ("MMB", 30)]


@pytest.mark.parametrize("ending", PACKERS)
def test_a_compressed_file_is_named_without_its_ending(tmp_path, ending):
    assert unpacked(tmp_path, f"kak.min.{ending}", PACKERS[ending](b"text")) == {"kak.min": b"text"}


def test_streams_one_after_the_other_are_one_file(tmp_path):
    for ending, pack in PACKERS.items():
        assert unpacked(tmp_path, f"a.{ending}", pack(b"one") + pack(b"two")) == {"a": b"onetwo"}


def test_a_tapes_siblings_times_and_hidden_files(tmp_path):
    data = tar({"japan/kak.wdc": b"data", "japan/KAK.ack": b"where", "._kak.wdc": b"no", "__MACOSX/x": b"no"})
    (tmp_path / "a.tar").write_bytes(data)
    sources = {source.base: source for source in expand(tmp_path / "a.tar")}
    assert set(sources) == {"kak.wdc", "KAK.ack"}
    assert sources["kak.wdc"].siblings("kak.ack") == b"where"
    assert sources["kak.wdc"].modified_ms == 1_650_000_000_000


def test_paths_out_of_a_tape_links_and_devices_are_refused_and_the_rest_is_read(tmp_path):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name in ("../evil.min", "/abs.min", "good.min"):
            info = tarfile.TarInfo(name)
            info.size = 1
            archive.addfile(info, io.BytesIO(b"1"))
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE):
            info = tarfile.TarInfo(f"kind{kind.decode()}")
            info.type, info.linkname = kind, "/etc/passwd"
            archive.addfile(info)
    problems: list[FormatError] = []
    assert list(unpacked(tmp_path, "a.tar", buffer.getvalue(), problems)) == ["a.tar/good.min"]
    assert len(problems) == 6


@pytest.mark.parametrize("pack", [bz2.compress, lzma.compress])
def test_bombs_are_stopped_while_unpacking(tmp_path, monkeypatch, pack):
    monkeypatch.setattr(module, "SMALL", 1 << 20)
    with pytest.raises(FormatError, match="bomb"):
        unpacked(tmp_path, "a", pack(bytes(4 << 20)))


def test_the_bounds_of_archives_hold_for_tapes(tmp_path, monkeypatch):
    noise = bytes(range(256)) * 16
    data = tar({str(at): noise for at in range(6)})
    monkeypatch.setattr(module, "LARGEST_ARCHIVE", 10_000)
    problems: list[FormatError] = []
    assert len(unpacked(tmp_path, "a.tar", data, problems)) == 2
    assert "expands to more than" in problems[0].sentence
    monkeypatch.undo()
    monkeypatch.setattr(module, "MOST_MEMBERS", 4)
    problems.clear()
    assert len(unpacked(tmp_path, "a.tar", data, problems)) == 4
    assert len(problems) == 1
    deep = tar({"x": b"x"})
    for _ in range(4):
        deep = tar({"x.tar": deep})
    with pytest.raises(FormatError, match="deep"):
        unpacked(tmp_path, "b.tar", deep)


def test_a_dictionary_of_gigabytes_is_refused(tmp_path):
    data = lzma.compress(b"x" * 5000, filters=[{"id": lzma.FILTER_LZMA2, "dict_size": 256 << 20}])
    with pytest.raises(FormatError, match="damaged or truncated"):
        unpacked(tmp_path, "a.xz", data)


@pytest.mark.parametrize("cut", [40, 700, 5000])
def test_what_is_whole_in_a_damaged_archive_is_read_and_the_damage_named(tmp_path, cut):
    data = tar({"a": bytes(1000), "b": bytes(5000)})
    problems: list[FormatError] = []
    found = unpacked(tmp_path, "a.tar", data[: 512 + cut] if cut < 5000 else data[:1536] + b"junk" * 400, problems)
    assert problems
    assert set(found) <= {"a.tar/a"}
    for pack in PACKERS.values():
        with pytest.raises(FormatError, match="damaged"):
            unpacked(tmp_path, "b", pack(bytes(range(256)) * 20)[:-10])


def test_a_packed_tape_is_read_member_by_member_beyond_the_largest_file(tmp_path, monkeypatch):
    """What a .tar.gz holds in all is bounded as an archive, each member as a file, and links and dots count too."""
    noise = {f"{at}.bin": random.Random(at).randbytes(200) * 15 for at in range(6)}
    monkeypatch.setattr(module, "LARGEST_FILE", 4000)
    for pack in PACKERS.values():
        assert len(unpacked(tmp_path, "a.tar.gz", pack(tar(noise)))) == 6
    problems: list[FormatError] = []
    large = gzip.compress(tar({**noise, "a.bin": bytes(5000)}))
    assert len(unpacked(tmp_path, "a.tar.gz", large, problems)) == 6
    assert [(problem.file, "exceed 4,000 bytes" in problem.sentence) for problem in problems] == [("a.tar/a.bin", True)]
    monkeypatch.setattr(module, "LARGEST_ARCHIVE", 30_000)
    hidden = gzip.compress(tar({f".{at}": bytes(3000) for at in range(20)}))
    assert unpacked(tmp_path, "a.tar.gz", hidden, problems) == {}
    assert "more than 30,000 bytes" in problems[-1].sentence


def test_what_a_cut_off_packed_tape_holds_whole_is_kept(tmp_path):
    problems: list[FormatError] = []
    cut = gzip.compress(tar({str(at): random.Random(at).randbytes(30_000) for at in range(6)}))[:-35_000]
    assert list(unpacked(tmp_path, "a.tar.gz", cut, problems)) == [f"a.tar/{at}" for at in range(4)]
    assert "damaged or truncated" in problems[-1].sentence


def test_neighbours_in_a_tape_are_found_wherever_they_lie(tmp_path):
    line = wdc_line("TST", "2005-03-01", "F", 480, [500] * 24)
    data = gzip.compress(tar({"in/TST2005.wdc": f"{line}\r\n".encode(), "in/tst.ack": ACK.encode(), "tst.ack": b"other"}))
    (tmp_path / "a.tgz").write_bytes(data)
    found = [read_readings(source) for source in expand(tmp_path / "a.tgz") if source.base.endswith("wdc")]
    assert [(one.stations[0].latitude, one.stations[0].code) for one in found] == [(-12.5, "TST")]
