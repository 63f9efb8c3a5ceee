"""The rows of a sheet of a workbook, read without trusting the workbook.

Imported only where a workbook is read, since the window and the observatory formats do not need openpyxl.
"""

from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from openpyxl.reader.excel import ExcelReader
from openpyxl.reader.strings import read_string_table
from openpyxl.xml.constants import SHARED_STRINGS

from quakegui.formats.bounds import LARGEST_FILE, MOST_SHEETS
from quakegui.formats.errors import FormatError
from quakegui.formats.source import Source
from quakegui.strangers import HIGHEST_RATIO, SMALL

Rows = list[list[Any]]
T = TypeVar("T")

FIRST_ROWS = 260
"""Number of rows that detection of a format needs; cached in the source, so that the workbook is opened once."""
MOST_ROWS = 2**20
"""Maximum number of rows in a sheet of Excel."""
MOST_CELLS = 20_000_000
"""Maximum number of cells of a sheet; larger tables should be csv."""
LARGEST_TEXTS, MOST_TEXT_TAGS = 64 * 1024**2, 1_500_000
"""Maximum number of bytes and opening tags of shared texts: a year of minutes written as texts has 1,051,200 tags, and 1.5
million take 7 s and 150 MB.
"""
LARGEST_PART, MOST_TAGS = 16 * 1024**2, 300_000
"""Maximum number of bytes and opening tags of every other part that openpyxl loads whole, such as (64,000) styles."""
_KEPT = "sheets of the workbook"


class _TooLargeError(Exception):
    """A part of a workbook is too large to be read as a whole; the message is its name."""


class _Archive(zipfile.ZipFile):
    """An archive that limits the parts that are read as a whole; `open` streams sheets cell by cell."""

    def read(self, name: str | zipfile.ZipInfo, pwd: bytes | None = None) -> bytes:
        return self.bounded(name, LARGEST_PART, MOST_TAGS, pwd)

    def bounded(self, name: str | zipfile.ZipInfo, most_bytes: int, most_tags: int, pwd: bytes | None = None) -> bytes:
        """Return the bytes of a part after its tags were counted.

        Parameters
        ----------
        name
            Name or entry of the part in the archive.
        most_bytes, most_tags
            Maximum unpacked size, and maximum number of opening tags.
        pwd
            As in `zipfile.ZipFile.read`.

        Raises
        ------
        _TooLargeError
            If the part is above a maximum, or declares a document type, whose entities could expand to more.
        """
        info = self.getinfo(name) if isinstance(name, str) else name
        if info.file_size > most_bytes:
            raise _TooLargeError(info.filename)
        data = super().read(info, pwd)
        if data.count(b"<") - data.count(b"</") > most_tags or b"<!DOCTYPE" in data or b"<!DOCTYPE" in data.replace(b"\0", b""):
            raise _TooLargeError(info.filename)
        return data


class _Reader(ExcelReader):  # type: ignore[misc]  # openpyxl has no types
    """The reader of openpyxl, on an archive that limits its parts."""

    def __init__(self, data: bytes) -> None:
        super().__init__(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        self.archive = _Archive(io.BytesIO(data))

    def read_strings(self) -> None:
        part = self.package.find(SHARED_STRINGS)
        if part is not None:
            texts = self.archive.bounded(part.PartName[1:], LARGEST_TEXTS, MOST_TEXT_TAGS)
            self.shared_strings = read_string_table(io.BytesIO(texts))

    def read_chartsheet(self, sheet: Any, rel: Any) -> None:
        """Skip charts: they have no cells.

        Parameters
        ----------
        sheet, rel
            As openpyxl passes them; not used.
        """


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: its name, whether it is hidden, and its first non-empty rows."""

    name: str
    hidden: bool
    rows: Rows


def sheets(source: Source) -> tuple[Sheet, ...]:
    """Return the sheets of a workbook, the first `MOST_SHEETS` of them with their first rows.

    Raises
    ------
    FormatError
        If the workbook is damaged, contains no sheet of cells, or declares more than a spreadsheet program writes.
    """
    if _KEPT not in source.cache:
        try:
            source.cache[_KEPT] = _opened(source, lambda book: _first_rows(source, book))
        except FormatError as error:
            source.cache[_KEPT] = error.sentence
    kept: tuple[Sheet, ...] | str = source.cache[_KEPT]
    if isinstance(kept, str):
        raise FormatError(kept, file=source.name)
    if not kept:
        raise source.fault("The workbook contains no sheet with cells.")
    return kept


def read(source: Source, sheet: str, most_rows: int | None) -> tuple[tuple[str, ...], Rows]:
    """Return the names of the sheets of a workbook, and the non-empty rows of one sheet.

    Parameters
    ----------
    source
        The workbook.
    sheet
        Name of the sheet; the first if empty.
    most_rows
        Maximum number of rows below the first.

    Raises
    ------
    FormatError
        If the workbook is damaged, has no such sheet, or declares more than a spreadsheet program writes.
    """
    found = sheets(source)
    names = tuple(one.name for one in found)
    at = names.index(sheet) if sheet in names else 0
    if most_rows is not None and most_rows <= FIRST_ROWS and at < MOST_SHEETS and (not sheet or sheet in names):
        return names, found[at].rows[: most_rows + 1]
    most = MOST_ROWS if most_rows is None else most_rows + 1
    return names, _opened(source, lambda book: _rows(source, book[sheet] if sheet else book.worksheets[0], most))


def _first_rows(source: Source, book: Any) -> tuple[Sheet, ...]:
    return tuple(
        Sheet(page.title, page.sheet_state != "visible", _rows(source, page, FIRST_ROWS + 1) if at < MOST_SHEETS else [])
        for at, page in enumerate(book.worksheets)
    )


def _opened(source: Source, take: Callable[[Any], T]) -> T:
    """Open the workbook and return the result of `take`."""
    try:
        _refuse_bomb(source)
        with warnings.catch_warnings():
            # openpyxl warns of styles and extensions that are not needed to read cells
            warnings.simplefilter("ignore", UserWarning)
            reader = _Reader(source.data)
            reader.read()
            taken = take(reader.wb)
            reader.wb.close()
    except FormatError:
        raise
    except _TooLargeError as error:
        raise source.fault(
            "The workbook's part {error} is too large; save the sheet as .csv and import that file.", error=error
        ) from error
    # openpyxl parses any XML of a damaged workbook and can raise any exception.
    except Exception as error:
        raise source.fault("The workbook is damaged ({kind}: {error}).", kind=type(error).__name__, error=error) from error
    return taken


def _refuse_bomb(source: Source) -> None:
    with zipfile.ZipFile(io.BytesIO(source.data)) as archive:
        size = sum(info.file_size for info in archive.infolist())
    if size > LARGEST_FILE:
        raise source.fault(
            "The workbook expands to more than {largest_file:,} bytes; it was not read.", largest_file=LARGEST_FILE
        )
    if size > SMALL and size > HIGHEST_RATIO * len(source.data):
        raise source.fault(
            "The workbook expands to more than {highest_ratio:.0f} times its size and was not read (possible zip bomb).",
            highest_ratio=HIGHEST_RATIO,
        )


def _rows(source: Source, page: Any, most_rows: int) -> Rows:
    """Return the non-empty rows of a sheet. Its declared size is ignored: openpyxl would create each cell."""
    page.reset_dimensions()
    rows: Rows = []
    cells = 0
    for row in page.iter_rows(values_only=True, max_row=most_rows):
        cells += len(row)
        if cells > MOST_CELLS:
            raise source.fault(
                "The sheet has more than {most_cells:,} cells; save it as .csv and import that file.", most_cells=MOST_CELLS
            )
        if any(value is not None for value in row):
            rows.append(list(row))
    return rows
