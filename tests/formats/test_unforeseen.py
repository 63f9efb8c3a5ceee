"""One file's trouble is one file's: whatever cells a table holds, a result or the one error comes out; the rest comes in."""

from __future__ import annotations

import datetime as dt
import io
import logging
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from readings_samples import iaga, xyzf

from quakegui import formats
from quakegui.formats import iaga2002
from quakegui.formats.errors import FormatError
from quakegui.formats.source import Source
from quakegui.project.catalogue import read_catalogue
from quakegui.project.importing import import_paths
from quakegui.project.store import Project

NAMES = [
    "time",
    "Date",
    "Time",
    "Hour",
    "Minute",
    "MM",
    "year",
    "month",
    "day",
    "DOY",
    "KAK",
    "KAKX",
    "KAKF",
    "F",
    "X_nT",
    "Bz",
]
NAMES += [
    "station",
    "lat",
    "lon",
    "latitude",
    "longitude",
    "mag",
    "Mw",
    "发震时刻",
    "震级",
    "纬度",
    "time (JST)",
    "time (local)",
]
HEADINGS = st.lists(st.sampled_from([*NAMES, "F (pT)", "depth (m)", ""]), min_size=2, max_size=7)
TEXTS = ["-", "NaN", "NaT", "None", "#N/A", "#REF!", "Mean", "合计", "0", "24:00", "2024130", "202405090001", "2024-05-09"]
TEXTS += ["09/05/2024", "48,500", "48,500.0", "48.500,00", "1e400", "45421.5", "1715212800", "<10", "inf", "2024-02-30"]
TEXTS += ["0000-00-00", "99999.00", "29.61N", "M6.6", "2024-05-09T00:00:00+99:99", "=1+1", "TRUE", "05.09.2022"]
TEXTS += ["", " ", "12:00:00 AM", "2024-05-09 24:00", "10 km", "9" * 400]
CELLS = st.one_of(
    st.none(),
    st.sampled_from(TEXTS),
    st.integers(-(2**40), 2**40),
    st.floats(allow_nan=False, allow_infinity=False, width=32),
    st.booleans(),
    st.datetimes(dt.datetime(1900, 3, 1), dt.datetime(2199, 1, 1)),
    st.dates(dt.date(1900, 3, 1), dt.date(2199, 1, 1)),
    st.times(),
    st.timedeltas(dt.timedelta(0), dt.timedelta(days=3)),
)


@st.composite
def grids(draw: st.DrawFn) -> list[list[object]]:
    """Return rows of plausible cells: the first of each column repeated for some rows, with odd ones between them."""
    names: list[object] = list(draw(HEADINGS))
    base = [draw(CELLS) for _ in names]
    rows: list[list[object]] = [list(base) for _ in range(draw(st.integers(1, 12)))]
    for _ in range(draw(st.integers(0, 4))):
        row = draw(st.sampled_from(rows))
        row[draw(st.integers(0, len(names) - 1))] = draw(CELLS)
    titles = draw(st.lists(st.lists(CELLS, min_size=1, max_size=3), max_size=2))
    return [*titles, names, *rows]


def read_all(source: Source) -> None:
    """Read with every reader; only the one error may come out, and never the one for what nobody foresaw."""
    readers = (formats.read_readings, formats.read_events, formats.read_stations, formats.read_kp, formats.guess_mapping)
    errors: list[str] = []
    for read in (*readers, formats.detect):
        try:
            read(source)
        except FormatError as error:
            errors.append(error.sentence)
    assert not [sentence for sentence in errors if "unexpected error" in sentence]


@settings(max_examples=60)
@given(grids(), st.booleans())
def test_workbooks_of_plausible_cells(rows, merged):
    book, file = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    if merged:
        book.active.merge_cells(start_row=1, start_column=1, end_row=2, end_column=2)
    book.save(file)
    read_all(Source("a.xlsx", file.getvalue()))


@settings(max_examples=150)
@given(grids(), st.sampled_from(",;\t| "), st.sampled_from(["utf-8", "gb18030", "utf-16"]))
def test_text_tables_of_plausible_cells(rows, sep, encoding):
    text = "\n".join(sep.join("" if cell is None else str(cell) for cell in row) for row in rows)
    read_all(Source("a.csv", text.encode(encoding)))


@pytest.fixture
def stumbling(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the reader of IAGA-2002 fail as no one foresaw, for one station."""
    whole = formats.FORMATS["iaga2002"]

    def parse(source: Source, hints: formats.Hints):
        if b"BAD" in source.data:
            raise TypeError("cells of wood")
        return iaga2002.parse(source, hints)

    monkeypatch.setitem(formats.FORMATS, "iaga2002", replace(whole, readings=parse))


@pytest.mark.usefixtures("stumbling")
def test_what_no_reader_foresaw_costs_its_file_alone_and_is_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    files = tmp_path / "files"
    files.mkdir()
    for code in ("AAA", "BAD", "CCC"):
        (files / f"{code}.min").write_bytes(iaga(xyzf(30), code=code))
    with Project.create(tmp_path / "p") as project, caplog.at_level(logging.ERROR):
        report = import_paths(project, [files])
        assert project.network().codes == ("AAA", "CCC")
    (skipped,) = report.skipped
    assert skipped.file == "files/BAD.min"
    assert "unexpected error (TypeError: cells of wood)" in skipped.reason
    assert caplog.records[0].exc_info is not None


def test_a_catalogue_that_no_reader_foresaw_is_the_one_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def parse(source: Source, timezone: str):
        raise ZeroDivisionError

    monkeypatch.setitem(formats.FORMATS, "usgs", replace(formats.FORMATS["usgs"], events=parse))
    (tmp_path / "a.csv").write_text("time,mag,lat,lon\n2022-01-01T00:00:00Z,5,28,102\n")
    with pytest.raises(FormatError, match=r"^a\.csv: .*ZeroDivisionError"):
        read_catalogue(tmp_path / "a.csv")
