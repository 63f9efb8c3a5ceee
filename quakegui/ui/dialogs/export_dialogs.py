"""Export of figures, animations and tables."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFileDialog,
    QFormLayout,
    QLabel,
    QMessageBox,
    QProgressDialog,
    QSpinBox,
    QWidget,
)

from quakegui.app import deeds, others
from quakegui.app.session import Session
from quakegui.project import season_export, seasons
from quakegui.ui.dialogs.buttons import Standard, button_box, tell
from quakegui.ui.i18n import tr
from quakegui.ui.plots.animation import save_animation, season_changed, video_possible
from quakegui.ui.plots.day_map_view import DayMapView
from quakegui.ui.plots.figures import FigureError, save_figure
from quakegui.ui.save_paths import latest_folder, with_ending

FIGURES: Final = (".png", ".svg", ".pdf")
TABLES: Final = (".xlsx", ".csv")


def stamp_of(session: Session) -> str:
    """Return the stamp of every exported figure, empty for measured data."""
    return tr("SYNTHETIC — not measured") if session.synthetic else ""


class FigureDialog(QDialog):
    """Choice of a panel and a resolution, then of a file.

    Parameters
    ----------
    session
        The session.
    panels
        What can be painted: title and widget by name.
    first
        Name of the one that is offered first.
    """

    def __init__(
        self, session: Session, panels: Mapping[str, tuple[str, QWidget]], parent: QWidget | None = None, *, first: str = ""
    ) -> None:
        super().__init__(parent)
        self._session, self._panels = session, panels
        self.setWindowTitle(tr("Export a figure"))
        self._panel = QComboBox()
        for name, (title, _) in panels.items():
            self._panel.addItem(title, name)
        self._panel.setCurrentIndex(max(self._panel.findData(first), 0))
        self._dpi = QSpinBox()
        self._dpi.setRange(72, 1200)
        self._dpi.setValue(300)
        form = QFormLayout(self)
        _rows(form, ((tr("Panel"), self._panel), (tr("Resolution (dpi, PNG)"), self._dpi)))
        form.addRow(_save_buttons(self))

    @property
    def chosen(self) -> str:
        """The name of the panel that is chosen."""
        return str(self._panel.currentData())

    def accept(self) -> None:
        """Ask for the file and write it."""
        suggestion = latest_folder(self._session.settings) / f"{self.chosen.replace(' ', '-')}-{self._session.day}.png"
        kinds = "PNG (*.png);;SVG (*.svg);;PDF (*.pdf)"
        name, kind = QFileDialog.getSaveFileName(self, self.windowTitle(), str(suggestion), kinds)
        if not name:
            return
        path = with_ending(name, kind, FIGURES)
        try:
            save_figure(self._panels[self.chosen][1], path, dpi=self._dpi.value(), stamp=stamp_of(self._session))
        except FigureError as error:
            tell(self, self.windowTitle(), str(error), QMessageBox.Icon.Warning)
            return
        _remember(self._session)
        self._session.said.emit(tr("Figure saved to {path}.").format(path=path), "info")
        super().accept()


class AnimationDialog(QDialog):
    """Choice of days, speed and file type, then of a file.

    Parameters
    ----------
    session
        The session.
    view
        The map as it is to be painted.
    parent
        The parent widget.
    """

    def __init__(self, session: Session, view: DayMapView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._view = session, view
        self._season = session.season
        self.setWindowTitle(tr("Export an animation"))
        self._days = QComboBox()
        if session.selection is not None:
            self._days.addItem(tr("Selected days"), session.selection)
        self._days.addItem(tr("Whole season"), (0, session.days.size - 1))
        self._speed = QDoubleSpinBox()
        self._speed.setRange(0.5, 50.0)
        self._speed.setValue(session.settings.days_per_second)
        self._kind = QComboBox()
        self._kind.addItem("GIF", ".gif")
        if video_possible():
            self._kind.addItem("MP4", ".mp4")
        self._kind.addItem(tr("Folder of PNG files"), "")
        form = QFormLayout(self)
        _rows(form, ((tr("Days"), self._days), (tr("Days per second"), self._speed), (tr("Kind"), self._kind)))
        if not video_possible():
            form.addRow(QLabel(tr("MP4 requires the optional extra 'video'.")))
        form.addRow(_save_buttons(self))

    def accept(self) -> None:
        """Ask for a file and write the animation, with a progress bar."""
        kind = self._kind.currentData()
        suggestion = latest_folder(self._session.settings) / f"season{kind}"
        path, _ = QFileDialog.getSaveFileName(self, self.windowTitle(), str(suggestion))
        if path and self.write(target := with_ending(path, f"*{kind}", (kind,))):
            _remember(self._session)
            self._session.said.emit(tr("Animation saved to {path}.").format(path=target), "info")
            super().accept()

    def write(self, path: Path) -> bool:
        """Write the animation with a progress bar; returns whether it was written."""
        first, last = self._days.currentData()
        bar = QProgressDialog(tr("Rendering the frames"), tr("Cancel"), 0, last - first + 1, self)
        bar.setMinimumDuration(0)
        bar.setModal(True)

        def progress(done: int, _total: int) -> bool:
            bar.setValue(done)
            QCoreApplication.processEvents()
            return not bar.wasCanceled()

        try:
            if self._session.season is not self._season:
                raise season_changed()
            return save_animation(
                self._session,
                self._view,
                path,
                range(first, last + 1),
                days_per_second=self._speed.value(),
                stamp=stamp_of(self._session),
                progress=progress,
            )
        except FigureError as error:
            tell(self, self.windowTitle(), str(error), QMessageBox.Icon.Warning)
            return False
        finally:
            bar.close()
            bar.deleteLater()


def _remember(session: Session) -> None:
    """Let a picture be what was done last, so that *Copy as command* gives no former deed for it."""
    if session.project is not None:
        session.deed = deeds.picture(session.project.folder)


def save_tables(session: Session, window: QWidget) -> None:
    """Ask for an xlsx file or a name for csv files, and write the tables of the season."""
    project, season = session.project, session.season
    assert project is not None
    assert season is not None
    suggestion = latest_folder(session.settings) / f"{project.name}.xlsx"
    kinds = tr("Workbook (*.xlsx);;Folder of csv files (*.csv)")
    name, kind = QFileDialog.getSaveFileName(window, tr("Export season tables"), str(suggestion), kinds)
    if name:
        path = with_ending(name, kind, TABLES)
        others.look(session)

        def done(_none: None) -> None:
            session.deed = deeds.tables(project.folder, path)
            session.said.emit(tr("Tables saved to {path}.").format(path=path), "info")

        session.jobs.start(
            "tables",
            lambda report, _cancelled: season_export.save_tables(
                project, seasons.current_season(project, season), path, progress=report
            ),
            done,
            stoppable=False,
            asks=True,
        )


def _rows(form: QFormLayout, rows: tuple[tuple[str, QWidget], ...]) -> None:
    for caption, widget in rows:
        widget.setAccessibleName(caption)
        widget.setToolTip(caption)
        form.addRow(caption, widget)


def _save_buttons(dialog: QDialog) -> QDialogButtonBox:
    buttons = button_box(Standard.Save | Standard.Cancel)
    buttons.accepted.connect(dialog.accept)
    buttons.rejected.connect(dialog.reject)
    return buttons
