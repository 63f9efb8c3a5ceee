"""The report as PDF: A4, numbered, with its stamp on every page; figures are never split.

This needs no screen or window, but text needs fonts and these an application; `gui_application` returns one.
"""

from __future__ import annotations

import os
import sys
from html import escape
from pathlib import Path

from PySide6.QtCore import QMarginsF, QRectF, Qt, QUrl
from PySide6.QtGui import (
    QAbstractTextDocumentLayout,
    QColor,
    QFont,
    QFontDatabase,
    QGuiApplication,
    QImage,
    QPageLayout,
    QPageSize,
    QPainter,
    QPalette,
    QPdfWriter,
    QTextBlock,
    QTextBlockFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
)
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication

from quakegui.project.filesystem import whole_file
from quakegui.report import Report
from quakegui.report.document import STYLE
from quakegui.report.drawings import FONT
from quakegui.report.markup import Figure
from quakegui.ui.i18n import tr
from quakegui.ui.pdf_text import name_ideographs
from quakegui.words import ENGLISH

RESOLUTION = 300
MARGIN_MM = 15.0
STRIP_MM = 7.0
"""Height of the strips for title, stamp and page number, within the margins."""
FAMILIES = ["Segoe UI", "Noto Sans", "Microsoft YaHei", "PingFang SC", "Noto Sans CJK SC", "DejaVu Sans"]
DRAWING_FAMILIES: dict[str, list[str]] = {
    ENGLISH: ["Segoe UI", "Noto Sans", "DejaVu Sans"],
    "zh": ["Microsoft YaHei", "PingFang SC", "Noto Sans CJK SC", "Noto Sans SC", "WenQuanYi Zen Hei"],
}
"""The first available family is that of the drawings, so that Chinese is not set with Japanese glyphs."""
FIGURE = "\ufffc"
"""What stands for a figure in the text of a block."""
SHORT_LINES = 5
"""A longer text may stand alone between its heading and its figure."""
SVG_DENSITY = 3
"""Pixels per CSS pixel for printed drawings."""


class ReportError(Exception):
    """A report could not be written; the message is a sentence."""


def gui_application() -> QGuiApplication:
    """Return the application that text needs; on a machine without a screen, one that paints off-screen."""
    found = QGuiApplication.instance()
    if isinstance(found, QGuiApplication):
        return found
    if sys.platform.startswith("linux") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    return QApplication(["quakegui"])


def write_pdf(report: Report, path: Path) -> int:
    """Write a report as PDF and return its number of pages; an existing file is only replaced by a complete new one.

    Raises
    ------
    ReportError
        If the file cannot be written.
    """
    try:
        with whole_file(path) as part:
            pages = _paint(report, part)
            if not pages:
                raise OSError("no page was painted")
            name_ideographs(part)
    except OSError as error:
        raise ReportError(
            tr("Could not write {path}. Check that the folder is writable and the disk is not full.").format(path=path)
        ) from error
    return pages


def _paint(report: Report, path: Path) -> int:
    writer = QPdfWriter(str(path))
    writer.setResolution(RESOLUTION)
    writer.setTitle(" — ".join(filter(None, (report.title, report.stamp))))
    writer.setCreator("quakegui")
    margins = QMarginsF(MARGIN_MM, MARGIN_MM, MARGIN_MM, MARGIN_MM)
    writer.setPageLayout(
        QPageLayout(QPageSize(QPageSize.PageSizeId.A4), QPageLayout.Orientation.Portrait, margins, QPageLayout.Unit.Millimeter)
    )
    painter = QPainter()
    if not painter.begin(writer):
        return 0
    strip = STRIP_MM / 25.4 * RESOLUTION
    page = QRectF(0, strip, writer.width(), writer.height() - 2 * strip)
    painter.setRenderHint(QPainter.RenderHint.LosslessImageRendering)
    document = page_document(report, writer, page)
    pages = filled_pages(document)
    for number, place in enumerate(pages, 1):
        if number > 1 and not writer.newPage():
            painter.end()
            return 0
        _one_page(painter, document, page, place)
        _strips(painter, report, QRectF(0, 0, writer.width(), writer.height()), f"{number} / {len(pages)}")
    return len(pages) if painter.end() else 0


def _font(points: float) -> QFont:
    """Return the font of the pages.

    Localised forms are disabled: Noto Sans CJK applies them to digits between Latin letters, which could then neither be found
    nor copied in the file.
    """
    font = QFont()
    font.setFamilies(FAMILIES)
    font.setPointSizeF(points)
    font.setFeature(QFont.Tag("locl"), 0)
    return font


def page_document(report: Report, writer: QPdfWriter, page: QRectF) -> QTextDocument:
    """Return text and figures of the report, laid out on pages of this size."""
    document = QTextDocument()
    document.setDefaultFont(_font(9.0))
    document.documentLayout().setPaintDevice(writer)
    document.setDocumentMargin(0)
    document.setPageSize(page.size())
    document.setDefaultStyleSheet(STYLE)
    there = set(QFontDatabase.families())
    family = next(
        (name for name in DRAWING_FAMILIES.get(report.language, DRAWING_FAMILIES[ENGLISH]) if name in there),
        QGuiApplication.font().family(),
    )
    for number, figure in enumerate(report.figures):
        document.addResource(QTextDocument.ResourceType.ImageResource, QUrl(f"figure:{number}"), figure_image(figure, family))
    document.setHtml(report.body)
    _keep_headings(document)
    return document


def _keep_headings(document: QTextDocument) -> None:
    """Move every heading whose text, table or figure begins on the next page to that page, with what introduces the figure.

    The whole document is laid out again after each move, because an incremental layout of Qt loses lines after the changed
    part.
    """
    height, layout = document.pageSize().height(), document.documentLayout()
    kept = QTextBlockFormat()
    kept.setPageBreakPolicy(QTextFormat.PageBreakFlag.PageBreak_AlwaysBefore)
    block = document.begin()
    while block.isValid():
        following = block.next()
        if following.isValid() and (block.blockFormat().headingLevel() or _names_figure(block, following)):
            here, there = (
                (_first_line(layout, one) + 2.0) // height for one in (block, _headed(following))
            )  # a page may begin at 0.999
            if there > here:
                QTextCursor(block).mergeBlockFormat(kept)
                document.markContentsDirty(0, document.characterCount())
        block = following


def _names_figure(block: QTextBlock, following: QTextBlock) -> bool:
    """Return whether a block is a short text above a figure, not below another; within tables, blocks cannot be moved."""
    short = bool(block.text()) and FIGURE not in block.text() and block.layout().lineCount() <= SHORT_LINES
    above = short and FIGURE in following.text() and FIGURE not in block.previous().text()
    return above and QTextCursor(block).currentTable() is None


def _headed(block: QTextBlock) -> QTextBlock:
    """Return what is below a heading: from its next block on, past further headings and a short text above a figure."""
    while block.blockFormat().headingLevel() and block.next().isValid():
        block = block.next()
    following = block.next()
    return following if following.isValid() and _names_figure(block, following) else block


def _first_line(layout: QAbstractTextDocumentLayout, block: QTextBlock) -> float:
    """Return where the first line of a block begins: a figure may be far below the top of its block, on the next page."""
    lines = block.layout()
    return layout.blockBoundingRect(block).top() + (lines.lineAt(0).y() if lines.lineCount() else 0.0)


def filled_pages(document: QTextDocument) -> list[int]:
    """Return the pages that are not empty: the empty line after a table may be alone on a page."""
    height, layout = document.pageSize().height(), document.documentLayout()
    filled: set[int] = set()
    block = document.begin()
    while block.isValid():
        if block.text():
            seen, lines = layout.blockBoundingRect(block), block.layout()
            spans = [(seen.top(), seen.bottom())]  # without a figure that did not fit and was moved to the next page
            ends = (lines.lineAt(number).rect() for number in range(lines.lineCount()))
            spans += [(seen.top() + end.top(), seen.top() + end.bottom()) for end in ends]
            for top, bottom in spans:
                filled.update(range(int((top + 2.0) // height), int((bottom - 2.0) // height) + 1))
        block = block.next()
    return sorted(filled)


def figure_image(figure: Figure, family: str) -> QImage:
    """Return a figure as an image, with its text in a given font."""
    if figure.kind == "png":
        return QImage.fromData(figure.data)
    image = QImage(figure.width * SVG_DENSITY, figure.height * SVG_DENSITY, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    QSvgRenderer(figure.data.replace(FONT.encode(), escape(family, quote=True).encode(), 1)).render(painter)
    painter.end()
    return image


def _one_page(painter: QPainter, document: QTextDocument, page: QRectF, number: int) -> None:
    painter.save()
    painter.translate(page.left(), page.top() - number * page.height())
    seen = QRectF(0, number * page.height(), page.width(), page.height())
    painter.setClipRect(seen)
    how = QAbstractTextDocumentLayout.PaintContext()
    how.clip = seen  # type: ignore[attr-defined,unused-ignore]  # 6.9's stubs do not have its fields
    ink: QPalette = how.palette  # type: ignore[attr-defined,unused-ignore]
    ink.setColor(QPalette.ColorRole.Text, QColor("#1b1f24"))  # also if the window is dark
    document.documentLayout().draw(painter, how)
    painter.restore()


def _strips(painter: QPainter, report: Report, whole: QRectF, number: str) -> None:
    """Paint title and stamp at the top of the page, and the page number at the bottom."""
    painter.save()
    font = _font(8.0)
    painter.setFont(font)
    painter.setPen(QColor("#5b6470"))
    left, right, top = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight, Qt.AlignmentFlag.AlignTop
    title = painter.fontMetrics().elidedText(report.title, Qt.TextElideMode.ElideRight, int(whole.width() * 0.7))
    painter.drawText(whole, left | top, title)
    painter.drawText(whole, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom, number)
    if report.stamp:
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(QColor("#b3261e"))
        painter.drawText(whole, right | top, report.stamp)
    painter.restore()
