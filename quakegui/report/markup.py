"""The elements of a report, in the subset of HTML that browsers and the text document of Qt have in common.

All text is escaped here, since names and notes are untrusted: the functions take plain text and return markup.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Literal

_PLACE = re.compile(r'<img src="figure:(\d+)"[^>]*>')
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
"""Control characters, marks of the writing direction and lone surrogates, which make a name look like another or prevent
writing a file.
"""


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of the report.

    Attributes
    ----------
    kind
        "png" or "svg".
    data
        The bytes of the file.
    width, height
        Size on the page in CSS pixels (96 per inch).
    alt
        Text alternative.
    """

    kind: Literal["png", "svg"]
    data: bytes
    width: int
    height: int
    alt: str


class FigureList:
    """Collects the figures of a report; each is identified by its number."""

    def __init__(self) -> None:
        self.entries: list[Figure] = []

    def add(self, figure: Figure) -> str:
        """Add a figure and return the markup that refers to it."""
        self.entries.append(figure)
        name, alt = f"figure:{len(self.entries) - 1}", safe(figure.alt)
        return f'<img src="{name}" width="{figure.width}" height="{figure.height}" alt="{alt}">'


def safe(text: str) -> str:
    """Return plain text as markup, escaped and without invisible characters."""
    return escape(_UNSEEN.sub("\ufffd", text))


def with_pictures(body: str, figures: Sequence[Figure]) -> str:
    """Return markup with all figures embedded: no external resources.

    Parameters
    ----------
    body
        Markup in which ``<img src="figure:N">`` stands for `figures[N]`.
    figures
        All figures by number, see `FigureList`.
    """

    def picture(drawing: re.Match[str]) -> str:
        figure = figures[int(drawing.group(1))]
        if figure.kind == "svg":
            return figure.data.decode()
        data = base64.b64encode(figure.data).decode("ascii")
        return drawing.group(0).replace(f'src="figure:{drawing.group(1)}"', f'src="data:image/png;base64,{data}"', 1)

    return _PLACE.sub(picture, body)


def h1(text: str) -> str:
    """Return the title."""
    return f"<h1>{safe(text)}</h1>\n"


def h2(text: str, anchor: str, *, new_page: bool = True) -> str:
    """Return the heading of a section.

    Parameters
    ----------
    text
        Plain text, which is escaped here.
    anchor
        Name of the section in `links`.
    new_page
        Whether it begins a new page in print.
    """
    style = ' style="page-break-before: always"' if new_page else ""
    return f'<h2{style}><a name="{safe(anchor)}"></a>{safe(text)}</h2>\n'


def h3(text: str, *, new_page: bool = False) -> str:
    """Return the heading of a subsection.

    Parameters
    ----------
    text
        Plain text, which is escaped here.
    new_page
        Whether it begins a new page in print.
    """
    style = ' style="page-break-before: always"' if new_page else ""
    return f"<h3{style}>{safe(text)}</h3>\n"


def p(text: str, kind: str = "") -> str:
    """Return a paragraph.

    Parameters
    ----------
    text
        Plain text, which is escaped here.
    kind
        Class of the style sheet; empty for none.
    """
    return f'<p class="{kind}">{safe(text)}</p>\n' if kind else f"<p>{safe(text)}</p>\n"


def block(markup: str) -> str:
    """Return a paragraph around markup."""
    return f"<p>{markup}</p>\n"


def bullets(texts: Iterable[str]) -> str:
    """Return a list, or an empty string without items."""
    items = "".join(f"<li>{safe(text)}</li>" for text in texts)
    return f"<ul>{items}</ul>\n" if items else ""


def links(targets: Iterable[tuple[str, str]]) -> str:
    """Return one line of links to sections, given as (anchor, text)."""
    line = " &#183; ".join(f'<a href="#{safe(anchor)}">{safe(text)}</a>' for anchor, text in targets)
    return f"<p>{line}</p>\n"


WIDE = 10
"""With more columns, a table has smaller type: a printed page would break their headings within words."""


def table(head: Sequence[str], rows: Iterable[Sequence[str]], *, numbers_from: int = 1) -> str:
    """Return a table.

    Parameters
    ----------
    head
        Headings as plain text; empty for a table without. More than `WIDE` make the type smaller.
    rows
        Cells of each row as plain text, which is escaped here.
    numbers_from
        First of the columns that are right-aligned; a number beyond the last aligns all to the left.
    """

    def row(cells: Sequence[str], tag: str) -> str:
        sides = ("left" if place < numbers_from else "right" for place in range(len(cells)))
        return "<tr>" + "".join(f'<{tag} align="{s}">{safe(c)}</{tag}>' for s, c in zip(sides, cells, strict=True)) + "</tr>"

    body = "\n".join(row(cells, "td") for cells in rows)
    top = f"<thead>{row(head, 'th')}</thead>" if head else ""
    kind = "rows wide" if len(head) > WIDE else "rows"
    return f'<table class="{kind}" border="1" cellspacing="0" cellpadding="2">{top}<tbody>\n{body}</tbody></table>\n'


def facts(rows: Iterable[tuple[str, str]]) -> str:
    """Return a table of names and descriptions."""
    return table((), rows, numbers_from=9)


def grid(cells: Sequence[str], columns: int) -> str:
    """Return a grid of cells, or an empty string without cells.

    Parameters
    ----------
    cells
        Markup of each cell, which is not escaped.
    columns
        Number of cells in a row.
    """
    rows = [cells[first : first + columns] for first in range(0, len(cells), columns)]
    body = "".join("<tr>" + "".join(f'<td valign="top">{cell}</td>' for cell in row) + "</tr>" for row in rows)
    return f'<table class="grid" border="0" cellspacing="0" cellpadding="4">{body}</table>\n' if cells else ""
