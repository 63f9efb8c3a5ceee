"""Export of figures, animations and tables."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
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
from quakegui.ui import i18n, theme
from quakegui.ui.dialogs.buttons import Standard, button_box, tell
from quakegui.ui.dialogs.dialog_parts import add_rows
from quakegui.ui.i18n import tr
from quakegui.ui.other_look import other_look
from quakegui.ui.plots.animation import save_animation, season_changed, video_possible
from quakegui.ui.plots.day_map_view import DayMapView
from quakegui.ui.plots.figures import FigureError, save_figure, width_mm_of
from quakegui.ui.save_paths import latest_folder, with_ending
from quakegui.words import own_name

FIGURES: Final = (".png", ".svg", ".pdf")
TABLES: Final = (".xlsx", ".csv")


def stamp_of(session: Session) -> str:
    """Return the stamp of every exported figure, empty for measured data."""
    return tr("SYNTHETIC — not measured") if session.synthetic else ""


class FigureDialog(QDialog):
    """Chooses a panel, its width on paper, resolution, language and colours, then a file.

    Parameters
    ----------
    session, panels
        The session, and what can be painted: title and widget by name.
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
        self.width_mm, self._dpi = QDoubleSpinBox(), QSpinBox()
        self.width_mm.setRange(20.0, 2000.0)
        self.width_mm.setDecimals(1)
        self._dpi.setRange(72, 1200)
        self._dpi.setValue(300)
        self._height = QLabel()
        self.language, self.theme = QComboBox(), QComboBox()
        for code in i18n.languages():
            self.language.addItem(own_name(code), code)
        self.language.setCurrentIndex(self.language.findData(i18n.language()))
        for name, title in (("light", tr("Light")), ("dark", tr("Dark"))):
            self.theme.addItem(title, name)
        self.theme.setCurrentIndex(int(theme.colours().dark))
        self._panel.currentIndexChanged.connect(self._measure)
        self.width_mm.valueChanged.connect(self._tell_height)
        form = QFormLayout(self)
        rows = (
            (tr("Panel"), self._panel), (tr("Width (mm)"), self.width_mm), (tr("Height (mm)"), self._height),
            (tr("Resolution (dpi, PNG)"), self._dpi), (tr("Language"), self.language), (tr("Colours"), self.theme),
        )  # fmt: skip
        add_rows(form, rows)
        form.addRow(button_box(Standard.Save | Standard.Cancel, self.reject, self.accept))
        self._measure()

    def _measure(self) -> None:
        """Offer the width that the chosen panel has on the screen."""
        self.width_mm.setValue(width_mm_of(self._panels[self.chosen][1]))
        self._tell_height()

    def _tell_height(self) -> None:
        panel = self._panels[self.chosen][1]
        self._height.setText(f"{self.width_mm.value() * panel.height() / panel.width():.1f}")

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
            self.write(path)
        except FigureError as error:
            tell(self, self.windowTitle(), str(error), QMessageBox.Icon.Warning)
            return
        _remember(self._session)
        self._session.message.emit(tr("Figure saved to {path}.").format(path=path), "info")
        super().accept()

    def write(self, path: Path) -> None:
        """Write the chosen panel with the settings of the dialog.

        Raises
        ------
        FigureError
            If the file cannot be written.
        """
        panel, wide = self._panels[self.chosen][1], self.width_mm.value()
        with other_look(panel.window(), language=self.language.currentData(), colours=self.theme.currentData()):
            save_figure(panel, path, dpi=self._dpi.value(), stamp=stamp_of(self._session), width_mm=wide)


class AnimationDialog(QDialog):
    """Choice of days, speed and file type, then of a file.

    Parameters
    ----------
    session, view
        The session, and the map as it is to be painted.
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
        add_rows(form, ((tr("Dates"), self._days), (tr("Days per second"), self._speed), (tr("Format"), self._kind)))
        if not video_possible():
            form.addRow(QLabel(tr("MP4 needs the optional 'video' component.")))
        form.addRow(button_box(Standard.Save | Standard.Cancel, self.reject, self.accept))

    def accept(self) -> None:
        """Ask for a file and write the animation, with a progress bar."""
        kind = self._kind.currentData()
        suggestion = latest_folder(self._session.settings) / f"season{kind}"
        path, _ = QFileDialog.getSaveFileName(self, self.windowTitle(), str(suggestion))
        if path and self.write(target := with_ending(path, f"*{kind}", (kind,))):
            _remember(self._session)
            self._session.message.emit(tr("Animation saved to {path}.").format(path=target), "info")
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
    """Record an exported picture as the last deed, so that *Copy as command* does not copy an earlier one."""
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

        def done(written: Path) -> None:
            session.deed = deeds.tables(project.folder, path)
            session.message.emit(tr("Tables saved to {path}.").format(path=written), "info")

        session.jobs.start(
            "tables",
            lambda report, _cancelled: season_export.save_tables(
                project, seasons.current_season(project, season), path, progress=report
            ),
            done,
            stoppable=False,
            asks=True,
        )
