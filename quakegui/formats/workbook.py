"""The rows of a workbook's sheet, read without trusting the workbook.

Imported where a workbook is read, since openpyxl costs what a window or an observatory's own formats need not pay.
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
from quakegui.words import Said

Rows = list[list[Any]]
T = TypeVar("T")

FIRST_ROWS = 260
"""Rows that telling a format takes; they are kept with the source, so that each test does not open the workbook again."""
MOST_ROWS = 2**20
"""Rows that a sheet of Excel may have."""
MOST_CELLS = 20_000_000
"""Cells of a sheet that are read; more of them belong into a csv."""
LARGEST_TEXTS, MOST_TEXT_TAGS = 64 * 1024**2, 1_500_000
"""Bytes and opening tags of the texts that cells share: a minute's year of stamps written as texts has 1,051,200 tags, and 1.5
million take 7 s and 150 MB."""
LARGEST_PART, MOST_TAGS = 16 * 1024**2, 300_000
"""Bytes and opening tags of every other part that openpyxl holds as a whole, such as styles: Excel allows 64,000 of them."""
_KEPT = "sheets of the workbook"


class _TooLargeError(Exception):
    """A part of a workbook is larger than what is read as a whole; names the part."""


class _Archive(zipfile.ZipFile):
    """Parts that are read as a whole are bounded; sheets are streamed by `open`, cell by cell."""

    def read(self, name: str | zipfile.ZipInfo, pwd: bytes | None = None) -> bytes:
        return self.bounded(name, LARGEST_PART, MOST_TAGS, pwd)

    def bounded(self, name: str | zipfile.ZipInfo, most_bytes: int, most_tags: int, pwd: bytes | None = None) -> bytes:
        """Return a part's bytes, counted before anything is made of them. Entities could say more than is counted."""
        info = self.getinfo(name) if isinstance(name, str) else name
        if info.file_size > most_bytes:
            raise _TooLargeError(info.filename)
        data = super().read(info, pwd)
        if data.count(b"<") - data.count(b"</") > most_tags or b"<!DOCTYPE" in data or b"<!DOCTYPE" in data.replace(b"\0", b""):
            raise _TooLargeError(info.filename)
        return data


class _Reader(ExcelReader):  # type: ignore[misc]  # openpyxl has no types
    """openpyxl's own reader, on an archive that bounds its parts."""

    def __init__(self, data: bytes) -> None:
        super().__init__(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        self.archive = _Archive(io.BytesIO(data))

    def read_strings(self) -> None:
        part = self.package.find(SHARED_STRINGS)
        if part is not None:
            texts = self.archive.bounded(part.PartName[1:], LARGEST_TEXTS, MOST_TEXT_TAGS)
            self.shared_strings = read_string_table(io.BytesIO(texts))

    def read_chartsheet(self, sheet: Any, rel: Any) -> None:
        """Leave charts out: they have no cells."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet by its name, whether it is hidden, and its first rows that hold something."""

    name: str
    hidden: bool
    rows: Rows


def sheets(source: Source) -> tuple[Sheet, ...]:
    """Return a workbook's sheets with the first rows of each of the first `MOST_SHEETS`.

    Raises
    ------
    FormatError
        If it is damaged, holds no sheet of cells, or claims more than a spreadsheet program writes.
    """
    if _KEPT not in source.kept:
        try:
            source.kept[_KEPT] = _opened(source, lambda book: _first_rows(source, book))
        except FormatError as error:
            source.kept[_KEPT] = error.sentence
    kept: tuple[Sheet, ...] | str = source.kept[_KEPT]
    if isinstance(kept, str):
        raise FormatError(kept, file=source.name)
    if not kept:
        raise FormatError(Said("The workbook contains no sheet with cells."), file=source.name)
    return kept


def read(source: Source, sheet: str, most_rows: int | None) -> tuple[tuple[str, ...], Rows]:
    """Return the names of a workbook's sheets, and a sheet's rows that hold something.

    Parameters
    ----------
    source
        The workbook.
    sheet
        Name of the sheet; the first if empty.
    most_rows
        Stop after so many rows below the first.

    Raises
    ------
    FormatError
        If it is damaged, has no such sheet, or claims more than a spreadsheet program writes.
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
    """Return what `take` makes of the opened workbook."""
    try:
        _refuse_bomb(source)
        with warnings.catch_warnings():
            # openpyxl warns of styles and extensions that no reader of cells needs
            warnings.simplefilter("ignore", UserWarning)
            reader = _Reader(source.data)
            reader.read()
            taken = take(reader.wb)
            reader.wb.close()
    except FormatError:
        raise
    except _TooLargeError as error:
        raise FormatError(
            Said("The workbook's part {error} is too large; save the sheet as .csv and import that file.", error=error),
            file=source.name,
        ) from error
    # openpyxl parses whatever XML a damaged workbook holds and fails in any way there is.
    except Exception as error:
        raise FormatError(
            Said("The workbook is damaged ({kind}: {error}).", kind=type(error).__name__, error=error), file=source.name
        ) from error
    return taken


def _refuse_bomb(source: Source) -> None:
    with zipfile.ZipFile(io.BytesIO(source.data)) as archive:
        size = sum(info.file_size for info in archive.infolist())
    if size > LARGEST_FILE:
        raise FormatError(
            Said("The workbook expands to more than {largest_file:,} bytes; it was not read.", largest_file=LARGEST_FILE),
            file=source.name,
        )
    if size > SMALL and size > HIGHEST_RATIO * len(source.data):
        raise FormatError(
            Said(
                "The workbook expands to more than {highest_ratio:.0f} times its size and was not read (possible zip bomb).",
                highest_ratio=HIGHEST_RATIO,
            ),
            file=source.name,
        )


def _rows(source: Source, page: Any, most_rows: int) -> Rows:
    """Return a sheet's rows that hold something. What it says of its own size is not believed: each cell would be made."""
    page.reset_dimensions()
    rows: Rows = []
    cells = 0
    for row in page.iter_rows(values_only=True, max_row=most_rows):
        cells += len(row)
        if cells > MOST_CELLS:
            raise FormatError(
                Said(
                    "The sheet has more than {most_cells:,} cells; save it as .csv and import that file.", most_cells=MOST_CELLS
                ),
                file=source.name,
            )
        if any(value is not None for value in row):
            rows.append(list(row))
    return rows
