"""Every reader of readings on damaged, shuffled, re-encoded and random input: a result or a FormatError, nothing else."""

from __future__ import annotations

import io

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from readings_samples import ACK, iaga, wdc, wdc_line, xyzf

from quakegui import formats
from quakegui.formats import FormatError, Source, TableMapping, expand
from quakegui.formats.table import parse as parse_table

OFTEN = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def samples() -> dict[str, bytes]:
    rows = xyzf(12)
    letters = (("H", 300), ("Z", 400), ("F", 500))
    lines = [
        wdc_line("TST", f"2005-01-{day:02d}", letter, base, list(range(24))) for letter, base in letters for day in (1, 2, 3)
    ]
    wide = "time,AAA,BBB\n" + "".join(f"2022-01-01 00:{i:02d},5000{i % 10}.5,51000\n" for i in range(12))
    long = "date;time;station;F\n" + "".join(f"01.02.2022;00:{i:02d};{'AB'[i % 2]};5000{i % 10},5\n" for i in range(12))
    book = io.BytesIO()
    pd.DataFrame({"time": pd.date_range("2022-01-01", periods=5, freq="min"), "AAA": 50_000.0, "B": 1.0}).to_excel(
        book, index=False
    )
    return {
        "iaga": iaga(rows),
        "iaga-crlf": iaga(rows, "DHZF", end="\r\n"),
        "wdc": wdc(lines).data,
        "wide": wide.encode(),
        "long": long.encode(),
        "stations": "code,name,lat,lon\nA,甲,10,20\nB,乙,11,340\n".encode(),
        "ack": ACK.encode(),
        "xlsx": book.getvalue(),
    }


SAMPLES = samples()
MAPPING = TableMapping("wide", ("time",), (("AAA", "AAA"),), timezone="Asia/Tokyo")


def check(data: bytes) -> None:
    """Feed `data` to everything that reads; anything but a result or FormatError fails the test by itself."""
    source = Source("hostile", data)
    found = formats.detect(source)
    assert found is None or isinstance(found, str)
    for read in (formats.read_readings, formats.read_stations, lambda one: parse_table(one, MAPPING), formats.preview):
        try:
            result = read(source)
        except FormatError:
            continue
        for one in getattr(result, "readings", ()):
            assert np.isfinite(one.values).all()
            assert (np.diff(one.time) > np.timedelta64(0, "ms")).all()
            assert ((one.values >= 20_000) & (one.values <= 80_000)).all()


@pytest.mark.parametrize("name", SAMPLES)
@OFTEN
@given(cut=st.floats(0, 1), keep_end=st.booleans())
def test_truncated(name, cut, keep_end):
    data = SAMPLES[name]
    at = int(cut * len(data))
    check(data[at:] if keep_end else data[:at])


@pytest.mark.parametrize("name", SAMPLES)
@OFTEN
@given(random=st.randoms(use_true_random=False), by_line=st.booleans())
def test_shuffled(name, random, by_line):
    data = SAMPLES[name]
    parts = data.splitlines(keepends=True) if by_line else [data[i : i + 37] for i in range(0, len(data), 37)]
    random.shuffle(parts)
    check(b"".join(parts))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-8-sig", "utf-32", "latin-1", "gbk"])
@pytest.mark.parametrize("name", [name for name in SAMPLES if name != "xlsx"])
def test_encoded_anew(name, encoding):
    check(SAMPLES[name].decode("utf-8").encode(encoding, "replace"))


@pytest.mark.parametrize("name", SAMPLES)
@OFTEN
@given(changes=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=12))
def test_overwritten_bytes(name, changes):
    data = bytearray(SAMPLES[name])
    for where, value in changes:
        data[int(where * len(data))] = value
    check(bytes(data))


@pytest.mark.parametrize("name", SAMPLES)
@OFTEN
@given(inserted=st.binary(max_size=60), where=st.floats(0, 1))
def test_inserted_bytes(name, inserted, where):
    data = SAMPLES[name]
    at = int(where * len(data))
    check(data[:at] + inserted + data[at:])


@settings(OFTEN, max_examples=200)
@given(data=st.binary(max_size=400))
def test_random_bytes(data):
    check(data)


@settings(OFTEN, max_examples=200)
@given(text=st.text(max_size=200))
def test_random_text(text):
    check(text.encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize(
    "start", [b"\xcd\xf3\x00\x01", b"PK\x03\x04", b"\x1f\x8b\x08", b"DATE TIME DOY TSTF |\n", b"KAK0501F01", b"\xff\xfe"]
)
@OFTEN
@given(data=st.binary(max_size=300))
def test_random_bytes_behind_a_true_beginning(start, data):
    check(start + data)


@OFTEN
@given(
    numbers=st.lists(
        st.sampled_from(["1e400", "-1e308", "nan", "inf", "99999", "--5", "5e4", "50000.5", "1_000", "０", ""]), min_size=6
    ),
    stamps=st.sampled_from(
        ["2022-01-01 00:0{}", "0000-00-0{}", "999999999{}", "9999-12-3{}", "1e30{}", "-{}", "2022-01-01T00:0{}+99:99"]
    ),
)
def test_tables_of_odd_cells(numbers, stamps):
    rows = [f"{stamps.format(i % 10)},{number},50000" for i, number in enumerate(numbers)]
    check(("time,AAA,BBB\n" + "\n".join(rows)).encode())


@settings(OFTEN, max_examples=40)
@given(
    changes=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=6),
    kind=st.sampled_from(["gz", "zip"]),
)
def test_overwritten_archives(tmp_path_factory, changes, kind):
    import gzip
    import zipfile

    if kind == "gz":
        data = bytearray(gzip.compress(SAMPLES["iaga"]))
    else:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("a.min", SAMPLES["iaga"])
            archive.writestr("b/c.wdc", SAMPLES["wdc"])
        data = bytearray(buffer.getvalue())
    for where, value in changes:
        data[int(where * len(data))] = value
    path = tmp_path_factory.mktemp("hostile") / f"a.{kind}"
    path.write_bytes(bytes(data))
    problems: list[FormatError] = []
    for source in expand(path, on_problem=problems.append):
        check(source.data)


LARGE = 1_000_000
IAGA_HEAD = (
    b" Format                 IAGA-2002\nDATE       TIME         DOY     TSTX TSTY TSTZ TSTF |\n2022-01-01 00:00:00.000 001 "
)


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "data",
    [
        b"1" * LARGE,
        b"," * LARGE,
        b"(" * LARGE,
        b'"' * LARGE,
        b"\n" * LARGE,
        b"\nDATE" + b" \t" * (LARGE // 2) + b"x",
        b"DATE TIME DOY " + b"A" * LARGE + b"F |\n",
        IAGA_HEAD + b"1" * LARGE,
        IAGA_HEAD + b" " * LARGE + b"x",
        IAGA_HEAD + b"1.5 " * (LARGE // 4) + b"x",
        b" Format                 IAGA-2002\n Data Interval Type     " + b"1" * LARGE + b"\nDATE TIME DOY TSTF |\n",
        b"KAK0501F01" * (LARGE // 10),
        b"IAGA Code: " + b"A" * LARGE,
        b"time," + b"a," * 20_000 + b"b\n2022-01-01," + b"5," * 20_000 + b"5\n",
        b"time,F\n" + b"2022-01-01 00:00,50000\n" * (LARGE // 23),
    ],
    ids=range(15),
)
def test_large_and_repetitive(data):
    check(data)
