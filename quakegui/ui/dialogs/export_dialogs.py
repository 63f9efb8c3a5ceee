"""Exports of figures, animations and tables: what to write, how, and where."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

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

from quakegui.project import season_export, seasons
from quakegui.ui.dialogs.buttons import Standard, button_box, tell
from quakegui.ui.i18n import tr
from quakegui.ui.plots.animation import save_animation, season_changed, video_possible
from quakegui.ui.plots.figures import FigureError, save_figure

if TYPE_CHECKING:
    from quakegui.ui.main_window import MainWindow


def stamp_of(window: MainWindow) -> str:
    """Return what every exported picture must say, empty for measured data."""
    return tr("SYNTHETIC — not measured") if window.session.synthetic else ""


class FigureDialog(QDialog):
    """Chooses a panel and a resolution, then a file."""

    def __init__(self, window: MainWindow, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._window = window
        self.setWindowTitle(tr("Export a figure"))
        self._panel = QComboBox()
        self._panel.addItem(tr("Day map"), "day map")
        for name, dock in window.docks.items():
            if dock.isVisible():
                self._panel.addItem(dock.windowTitle(), name)
        self._panel.addItem(tr("Whole window"), "window")
        self._dpi = QSpinBox()
        self._dpi.setRange(72, 1200)
        self._dpi.setValue(300)
        form = QFormLayout(self)
        _rows(form, ((tr("Panel"), self._panel), (tr("Dots per inch (PNG)"), self._dpi)))
        form.addRow(_save_buttons(self))

    def accept(self) -> None:
        """Ask for the file and write it."""
        name = self._panel.currentData()
        panel = self._window if name == "window" else self._window.panels()[name]
        day = self._window.session.day
        suggestion = self._window.last_folder() / f"{str(name).replace(' ', '-')}-{day}.png"
        kinds = "PNG (*.png);;SVG (*.svg);;PDF (*.pdf)"
        name, kind = QFileDialog.getSaveFileName(self, self.windowTitle(), str(suggestion), kinds)
        if not name:
            return
        path = chosen_path(name, kind, (".png", ".svg", ".pdf"))
        try:
            save_figure(panel, path, dpi=self._dpi.value(), stamp=stamp_of(self._window))
        except FigureError as error:
            tell(self, self.windowTitle(), str(error), QMessageBox.Icon.Warning)
            return
        self._window.session.said.emit(tr("The figure is in {path}.").format(path=path), "info")
        super().accept()


class AnimationDialog(QDialog):
    """Chooses days, speed and kind, then a file."""

    def __init__(self, window: MainWindow, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._window = window
        session = window.session
        self._season = session.season
        self.setWindowTitle(tr("Export an animation"))
        self._days = QComboBox()
        if session.chosen is not None:
            self._days.addItem(tr("The chosen days"), session.chosen)
        self._days.addItem(tr("The whole season"), (0, session.days.size - 1))
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
            form.addRow(QLabel(tr("MP4 is offered where the extra 'video' is installed.")))
        form.addRow(_save_buttons(self))

    def accept(self) -> None:
        """Ask for the file and write it, with a progress bar."""
        kind = self._kind.currentData()
        suggestion = self._window.last_folder() / f"season{kind}"
        path, _ = QFileDialog.getSaveFileName(self, self.windowTitle(), str(suggestion))
        if path and self._write(target := chosen_path(path, f"*{kind}", (kind,))):
            self._window.session.said.emit(tr("The animation is in {path}.").format(path=target), "info")
            super().accept()

    def _write(self, path: Path) -> bool:
        first, last = self._days.currentData()
        bar = QProgressDialog(tr("Painting the days"), tr("Cancel"), 0, last - first + 1, self)
        bar.setMinimumDuration(0)
        bar.setModal(True)

        def progress(done: int, _total: int) -> bool:
            bar.setValue(done)
            QCoreApplication.processEvents()
            return not bar.wasCanceled()

        try:
            if self._window.session.season is not self._season:
                raise season_changed()
            return save_animation(
                self._window.session,
                self._window.day_map_panel.view,
                path,
                range(first, last + 1),
                days_per_second=self._speed.value(),
                stamp=stamp_of(self._window),
                progress=progress,
            )
        except FigureError as error:
            tell(self, self.windowTitle(), str(error), QMessageBox.Icon.Warning)
            return False
        finally:
            bar.close()
            bar.deleteLater()


def save_tables(window: MainWindow) -> None:
    """Ask for an xlsx file or a csv's name, and write the season's tables."""
    project, season = window.session.project, window.session.season
    assert project is not None
    assert season is not None
    suggestion = window.last_folder() / f"{project.name}.xlsx"
    kinds = tr("Workbook (*.xlsx);;Folder of csv files (*.csv)")
    name, kind = QFileDialog.getSaveFileName(window, tr("Export the season's tables"), str(suggestion), kinds)
    if name:
        path = chosen_path(name, kind, (".xlsx", ".csv"))
        window.session.look()
        window.session.jobs.start(
            "Writing the tables",
            lambda report, _cancelled: season_export.save_tables(
                project, seasons.current_season(project, season), path, progress=report
            ),
            lambda _none: window.session.said.emit(tr("The tables were written to {path}.").format(path=path), "info"),
            stoppable=False,
            asks=True,
        )


def chosen_path(name: str, kind: str, endings: tuple[str, ...]) -> Path:
    """Return the path with an ending that can be written: the one typed, or else the one of the kind chosen."""
    path = Path(name)
    if path.suffix.lower() in endings:
        return path
    return path.with_name(path.name + next((ending for ending in endings if f"*{ending}" in kind), endings[0]))


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
