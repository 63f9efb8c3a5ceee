"""Workbooks from strangers, one attack at a time."""

from __future__ import annotations

import os
import re

import pytest
from hostile_fuzz import bounded
from hostile_mutations import packed
from hostile_seeds import FETCHED, LAUGHS, OUTSIDE, workbook
from openpyxl.reader.excel import ExcelReader

from quakegui import formats
from quakegui.formats import FormatError, Source
from quakegui.formats import workbook as workbook_module
from quakegui.formats.sheet import load

SHEET = "xl/worksheets/sheet1.xml"
HEAD = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
TWO = b'<row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c></row>'


def book(**parts: bytes) -> Source:
    return Source("a.xlsx", packed({**workbook(), **{name.replace("__", "/"): data for name, data in parts.items()}}))


def sheet(rows: bytes, dimension: bytes = b"") -> Source:
    size = b'<dimension ref="%s"/>' % dimension if dimension else b""
    return book(**{SHEET: HEAD + size + b"<sheetData>" + rows + b"</sheetData></worksheet>"})


def test_a_sheet_that_claims_every_cell_is_read_as_it_is() -> None:
    far = b'<row r="9000"><c r="A9000"><v>3</v></c><c r="B9000"><v>4</v></c></row>'
    with bounded(seconds=5):
        frame, _ = load(sheet(TWO + far, b"A1:XFD1048576"))
    assert frame.shape == (2, 2)


def test_a_row_beyond_every_sheet_ends_the_reading() -> None:
    far = b'<row r="999999999999"><c r="A1"><v>3</v></c><c r="B1"><v>4</v></c></row>'
    with bounded(seconds=10), pytest.raises(FormatError, match="no table"):
        load(sheet(TWO + far))


def test_rows_of_the_widest_cells_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook_module, "MOST_CELLS", 1_000_000)
    wide = b"".join(b'<row r="%d"><c r="XFD%d"><v>3</v></c></row>' % (k, k) for k in range(2, 90))
    with bounded(seconds=15), pytest.raises(FormatError, match="more than 1,000,000 cells"):
        load(sheet(TWO + wide))


@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "xl/styles.xml", "[Content_Types].xml", "xl/sharedStrings.xml"])
@pytest.mark.parametrize("evil", [LAUGHS, OUTSIDE, FETCHED])
def test_entities_in_a_workbook_are_not_expanded(part: str, evil: bytes) -> None:
    body = workbook().get(part, b"<sst/>").split(b"?>", 1)[-1].replace(b"</t>", b"&a9;</t>")
    with bounded(seconds=5):
        try:
            frame, _ = load(book(**{part: evil + body}))
        except FormatError:
            return
    assert "root:" not in frame.to_csv()
    assert frame.size < 100


def test_a_workbook_that_is_a_bomb_is_not_read() -> None:
    with bounded(seconds=5), pytest.raises(FormatError, match="possible zip bomb"):
        load(book(**{SHEET: HEAD + b" " * (40 * 2**20)}))


MAIN = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
TEXTS = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"


def with_texts(body: bytes, name: str = "xl/sharedStrings.xml") -> Source:
    """Return a workbook whose cells share texts."""
    types = workbook()["[Content_Types].xml"].replace(b"/xl/sharedStrings.xml", b"/nowhere.xml").replace(TEXTS, b"text/xml")
    told = b'<Override PartName="/%s" ContentType="%s"/></Types>' % (name.encode(), TEXTS)
    padding = os.urandom(len(body) // 200)  # the whole is not packed like a bomb
    parts = {"[Content_Types].xml": types.replace(b"</Types>", told), name: body, "xl/media/image1.png": padding}
    return book(**parts)


PARTS = {
    "texts": (lambda: with_texts(b"<sst %s>" % MAIN + b"<si/>" * 3_000_000 + b"</sst>"), "xl/sharedStrings.xml"),
    "texts among the sheets": (
        lambda: with_texts(b"<sst %s>" % MAIN + b"<si/>" * 3_000_000 + b"</sst>", "xl/worksheets/sheet9.xml"),
        "xl/worksheets/sheet9.xml",
    ),
    "texts by entities": (
        lambda: with_texts(b'<!DOCTYPE a [<!ENTITY a "<si/>">]><sst %s>' % MAIN + b"&a;" * 1000 + b"</sst>"),
        "xl/sharedStrings.xml",
    ),
    "long texts": (
        lambda: with_texts(b"<sst %s><si><t>" % MAIN + b"x" * 70_000_000 + b"</t></si></sst>"),
        "xl/sharedStrings.xml",
    ),
    "styles": (
        lambda: book(
            **{
                "xl/styles.xml": b"<styleSheet %s><cellXfs>" % MAIN + b"<xf/>" * 3_000_000 + b"</cellXfs></styleSheet>",
                "xl/media/image1.png": os.urandom(100_000),
            }
        ),
        "xl/styles.xml",
    ),
}


@pytest.mark.parametrize("kind", PARTS)
def test_parts_that_no_spreadsheet_program_writes_are_not_made_into_objects(kind: str) -> None:
    make, name = PARTS[kind]
    source = make()
    with (
        bounded(seconds=10),
        pytest.raises(FormatError, match=f"part {name} is too large; save the sheet as .csv"),
    ):
        load(source)
    with bounded(seconds=10):
        assert formats.kind(source) is None


def test_a_workbook_is_opened_once_for_telling_its_format(monkeypatch: pytest.MonkeyPatch) -> None:
    opened = []
    read = ExcelReader.read
    monkeypatch.setattr(ExcelReader, "read", lambda reader: opened.append(reader) or read(reader))
    good, bad = book(), book(**{"xl/workbook.xml": b"<nothing"})
    assert (formats.kind(good), formats.kind(bad)) == ("readings", None)
    assert formats.guess_mapping(good) is not None
    assert len(opened) == 2
    for source in (good, bad):
        with pytest.raises(FormatError):
            load(source, most_rows=5) if source is bad else load(source, sheet="none")
    assert load(good, most_rows=3)[0].shape == (3, 3)
    assert load(good)[0].shape == (5, 3)
    assert len(opened) == 4


def test_a_workbook_without_a_sheet_of_cells_says_so() -> None:
    parts = workbook()
    none = re.sub(rb"<sheet .*?/>", b"", parts["xl/workbook.xml"])
    with pytest.raises(FormatError, match="no sheet with cells"):
        load(Source("a.xlsx", packed({**parts, "xl/workbook.xml": none})))
