"""Export of panels as figures, exactly as painted.

PNG is the painted panel at a given resolution; SVG and PDF keep lines and text as such. The stamp of a synthetic season is
written into every figure, and into the metadata of the file.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QMarginsF, QPoint, QRect, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QImage, QImageWriter, QPageLayout, QPageSize, QPainter, QPdfWriter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QWidget

from quakegui.project.filesystem import whole_file
from quakegui.ui import theme
from quakegui.ui.i18n import tr
from quakegui.ui.pdf_text import name_ideographs

SCREEN_DPI = 96.0
FORMATS = ("png", "svg", "pdf")


class FigureError(Exception):
    """A figure could not be written; the message is a sentence."""


def picture_of(panel: QWidget, *, dpi: float = SCREEN_DPI, stamp: str = "") -> QImage:
    """Return a panel as painted, at `dpi` dots per inch (96 is the size on the screen), optionally with a stamp."""
    scale = dpi / SCREEN_DPI
    image = QImage(panel.size() * scale, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(scale)
    image.fill(panel.palette().window().color())
    painter = QPainter(image)
    _draw(panel, painter, stamp)
    painter.end()
    image.setDotsPerMeterX(round(dpi / 0.0254))
    image.setDotsPerMeterY(round(dpi / 0.0254))
    image.setText("Software", "quakegui")
    if stamp:
        image.setText("Comment", stamp)
    return image


def save_figure(panel: QWidget, path: Path, *, dpi: float = 300.0, stamp: str = "") -> None:
    """Write a panel as PNG, SVG or PDF, by the ending of `path`; an existing file is only replaced by a complete new one.

    Raises
    ------
    FigureError
        If the ending is not one of `FORMATS` or the file cannot be written.
    """
    kind = path.suffix.lower().lstrip(".")
    if kind not in FORMATS:
        raise FigureError(
            tr("Figures can be saved as {formats}, not as '{kind}'.").format(formats=", ".join(FORMATS), kind=kind)
        )
    try:
        with whole_file(path) as part:
            if kind == "png":
                written = QImageWriter(str(part), QByteArray(b"PNG")).write(picture_of(panel, dpi=dpi, stamp=stamp))
            else:
                written = _save_vector(panel, part, kind, stamp)
            if not written or not part.stat().st_size:
                raise FigureError(
                    tr("Could not write {path}. Check that the folder is writable and the disk is not full.").format(path=path)
                )
            if kind == "pdf":
                name_ideographs(part)
    except OSError as error:
        raise FigureError(tr("Could not write {path}: {why}").format(path=path, why=error.strerror)) from error


def _save_vector(panel: QWidget, path: Path, kind: str, stamp: str) -> bool:
    device: QSvgGenerator | QPdfWriter
    if kind == "svg":
        device = QSvgGenerator()
        device.setFileName(str(path))
        device.setSize(panel.size())
        device.setViewBox(QRect(QPoint(0, 0), panel.size()))
        device.setTitle(stamp or "quakegui")
    else:
        device = QPdfWriter(str(path))
        device.setResolution(round(SCREEN_DPI))
        device.setTitle(stamp or "quakegui")
        device.setPageLayout(_page(panel.size()))
    painter = QPainter()
    if not painter.begin(device):
        return False
    painter.fillRect(QRect(QPoint(0, 0), panel.size()), panel.palette().window())
    _draw(panel, painter, stamp)
    return painter.end()


def _page(size: QSize) -> QPageLayout:
    points = QSizeF(size.width(), size.height()) * (72.0 / SCREEN_DPI)
    page = QPageSize(points, QPageSize.Unit.Point, matchPolicy=QPageSize.SizeMatchPolicy.ExactMatch)
    return QPageLayout(page, QPageLayout.Orientation.Portrait, QMarginsF(0, 0, 0, 0))


def _draw(panel: QWidget, painter: QPainter, stamp: str) -> None:
    panel.render(painter, QPoint(0, 0), renderFlags=QWidget.RenderFlag.DrawChildren)
    if stamp:
        draw_stamp(painter, QRectF(0, 0, panel.width(), panel.height()), stamp)


def draw_stamp(painter: QPainter, where: QRectF, stamp: str) -> None:
    """Write a stamp in the lower right corner of a figure."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    font = QFont(painter.font())
    font.setBold(True)
    font.setPixelSize(max(11, min(18, int(where.width() / 40))))
    painter.setFont(font)
    box = painter.fontMetrics().boundingRect(stamp).adjusted(-6, -3, 6, 3)
    place = QRectF(where.right() - box.width() - 4, where.bottom() - box.height() - 4, box.width(), box.height())
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(theme.colours().alarm))
    painter.drawRect(place)
    painter.setPen(QColor("#ffffff") if not theme.colours().dark else QColor("#000000"))
    painter.drawText(place, Qt.AlignmentFlag.AlignCenter, stamp)
    painter.restore()
