"""Export of panels as figures, exactly as painted.

PNG is the painted panel at a given resolution; SVG and PDF keep lines and text as such. The stamp of a synthetic season is
written into every figure, and into the metadata of the file.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QMarginsF, QPoint, QRect, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QImage, QImageWriter, QPageLayout, QPageSize, QPainter, QPdfWriter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QWidget

from quakegui.project.filesystem import whole_file
from quakegui.ui import theme
from quakegui.ui.i18n import tr
from quakegui.ui.pdf_text import name_ideographs

SCREEN_DPI = 96.0
MM_PER_INCH = 25.4
FORMATS = ("png", "svg", "pdf")


class FigureError(Exception):
    """A figure could not be written; the message is a sentence."""


def width_mm_of(panel: QWidget) -> float:
    """Return the default width of a panel on paper in mm: as on a screen of 96 dots per inch."""
    _give_room(panel)
    return panel.width() / SCREEN_DPI * MM_PER_INCH


def picture_of(panel: QWidget, *, dpi: float = SCREEN_DPI, stamp: str = "", width_mm: float | None = None) -> QImage:
    """Return a panel as it is painted, with a stamp where asked.

    Parameters
    ----------
    panel
        What is painted.
    dpi
        Dots per inch; 96 is the screen's own size.
    stamp
        Written into a corner.
    width_mm
        Of the picture on paper; default: `width_mm_of`.
    """
    _give_room(panel)
    scale = dpi / SCREEN_DPI * _enlarged(panel, width_mm)
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


def _give_room(panel: QWidget) -> None:
    """Give a panel that the window has squeezed to nothing its usual size: there would be nothing to paint."""
    if panel.size().isEmpty():
        panel.resize(panel.sizeHint())


def _enlarged(panel: QWidget, width_mm: float | None) -> float:
    return 1.0 if width_mm is None else width_mm / width_mm_of(panel)


def save_figure(panel: QWidget, path: Path, *, dpi: float = 300.0, stamp: str = "", width_mm: float | None = None) -> None:
    """Write a panel as PNG, SVG or PDF, by the ending of `path`; a former file is replaced only by a whole new one.

    Parameters
    ----------
    panel, dpi, stamp, width_mm
        As of `picture_of`; SVG and PDF have no dots.
    path
        Where to.

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
    _give_room(panel)
    try:
        with whole_file(path) as part:
            if kind == "png":
                written = QImageWriter(str(part), QByteArray(b"PNG")).write(
                    picture_of(panel, dpi=dpi, stamp=stamp, width_mm=width_mm)
                )
            else:
                written = _save_vector(panel, part, kind, stamp, _enlarged(panel, width_mm))
            if not written or not part.stat().st_size:
                raise FigureError(
                    tr("Could not write {path}. Check that the folder is writable and the disk is not full.").format(path=path)
                )
            if kind == "pdf":
                name_ideographs(part)
    except OSError as error:
        raise FigureError(tr("Could not write {path}: {why}").format(path=path, why=error.strerror)) from error


def _save_vector(panel: QWidget, path: Path, kind: str, stamp: str, enlarged: float) -> bool:
    device: QSvgGenerator | QPdfWriter
    if kind == "svg":
        device = QSvgGenerator()
        device.setFileName(str(path))
        device.setResolution(round(SCREEN_DPI))
        device.setSize(panel.size() * enlarged)
        device.setViewBox(QRect(QPoint(0, 0), panel.size()))
        device.setTitle(stamp or "quakegui")
    else:
        device = QPdfWriter(str(path))
        device.setResolution(round(SCREEN_DPI))
        device.setTitle(stamp or "quakegui")
        device.setPageLayout(_page(QSizeF(panel.size()) * enlarged))
    painter = QPainter()
    if not painter.begin(device):
        return False
    if kind == "pdf":
        painter.scale(enlarged, enlarged)
    painter.fillRect(QRect(QPoint(0, 0), panel.size()), panel.palette().window())
    _draw(panel, painter, stamp)
    return painter.end()


def _page(size: QSizeF) -> QPageLayout:
    points = size * (72.0 / SCREEN_DPI)
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
