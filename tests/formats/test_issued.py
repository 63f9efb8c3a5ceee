"""The date of issue that files state of themselves."""

from __future__ import annotations

import cdflib
import numpy as np
import pytest
from readings_samples import iaga, xyzf
from test_cdf import EPOCH, EPOCH16, IMAG, TT2000, stamps, write

from quakegui.formats import read_readings
from quakegui.formats.source import Source

COMMENT = " # A comment line that means nothing"


def issued_of(comment: str, **header: str) -> np.datetime64 | None:
    data = iaga(xyzf(), **header).replace(COMMENT.encode(), comment.ljust(len(COMMENT)).encode())
    return read_readings(Source("tst20220115pmin.min", data)).issued


@pytest.mark.parametrize(
    ("comment", "issued"),
    [
        (" # Data file created on 17-01-2026 at 01:09:59", "2026-01-17T01:09:59"),
        (" # Data file created on 07-01-2026", "2026-01-07"),
        (" # Created: 2024-05-09T12:30:00Z", "2024-05-09T12:30:00"),
        (" # Generated 2024-05-09 12:30:00+09:00", "2024-05-09T03:30:00"),
        (" # Issued: 20240509", "2024-05-09"),
        (" # Written on Thu May 9 2024", "2024-05-09"),
        (" # Publication date: 9 May 2024", "2024-05-09"),
    ],
)
def test_a_comment_of_iaga_2002_dates_its_issue(comment, issued):
    assert issued_of(comment) == np.datetime64(issued, "ms")


@pytest.mark.parametrize(
    "comment",
    [
        COMMENT,
        " # This data file was created by the Ottawa GIN from Reported data.",
        " # created using INTERMAGNET data of 2022-01-15",
        " # Created on 05/09/2024",  # the fifth of September, or the ninth of May
        " # Created on 2024-02-30",
        " # Created on 31-Foo-2024",
        " # The Conditions of Use were published on paper 2024-05-09",
    ],
)
def test_no_date_of_issue_is_made_up(comment):
    assert issued_of(comment) is None


def test_the_thirteenth_line_of_the_header_dates_the_issue():
    assert issued_of(COMMENT, Publication_date="2023-11-30") == np.datetime64("2023-11-30", "ms")


def test_of_joined_files_the_later_issue_counts():
    parts = [iaga(xyzf(), code=code, Publication_date=date) for code, date in (("AAA", "2023-02-01"), ("BBB", "2023-01-01"))]
    found = read_readings(Source("joined.min", b"".join(parts)))
    assert [one.station for one in found.readings] == ["AAA", "BBB"]
    assert found.issued == np.datetime64("2023-02-01", "ms")


def moment(kind: int) -> object:
    date = [2023, 6, 7, 8, 9, 10, 0, 0, 0, 0]
    if kind == TT2000:
        return [int(cdflib.cdfepoch.compute_tt2000(date[:9])), "CDF_TIME_TT2000"]
    if kind == EPOCH:
        return [float(cdflib.cdfepoch.compute_epoch(date[:7])), "CDF_EPOCH"]
    return [complex(cdflib.cdfepoch.compute_epoch16(date)), "CDF_EPOCH16"]


@pytest.mark.parametrize(
    "stated", [moment(TT2000), moment(EPOCH), moment(EPOCH16), "2023-06-07T08:09:10Z", "2023-06-07 08:09:10"]
)
def test_cdf_dates_its_issue_in_any_kind_of_time(tmp_path, stated):
    values = 50_000.0 + np.arange(10)
    source = write(
        tmp_path,
        {"GeomagneticFieldS": (values, {"DEPEND_0": "GeomagneticScalarTimes"})},
        {"GeomagneticScalarTimes": (stamps(10, TT2000), TT2000)},
        {**IMAG, "PublicationDate": stated},
    )
    assert read_readings(source).issued == np.datetime64("2023-06-07T08:09:10", "ms")


@pytest.mark.parametrize("stated", [None, "soon", [0.0, "CDF_EPOCH"]])
def test_cdf_without_a_usable_date_of_issue_has_none(tmp_path, stated):
    attributes = IMAG if stated is None else {**IMAG, "PublicationDate": stated}
    values = 50_000.0 + np.arange(10)
    source = write(
        tmp_path,
        {"GeomagneticFieldS": (values, {"DEPEND_0": "GeomagneticScalarTimes"})},
        {"GeomagneticScalarTimes": (stamps(10, TT2000), TT2000)},
        attributes,
    )
    assert read_readings(source).issued is None


@pytest.mark.parametrize(
    ("comment", "issued"), [("# Issued: 2024-05-09 12:00", "2024-05-09T12:00"), ("# by hand", None), (None, None)]
)
def test_a_comment_above_a_table_dates_its_issue(comment, issued):
    rows = ["time,KAK", *(f"2022-03-01 00:{minute:02d}:00,{46_000 + minute}" for minute in range(10))]
    text = "\n".join([*([comment] if comment else []), *rows]) + "\n"
    found = read_readings(Source("kak.csv", text.encode()))
    assert [len(one) for one in found.readings] == [10]
    assert found.issued == (None if issued is None else np.datetime64(issued, "ms"))
