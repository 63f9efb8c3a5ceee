"""Shared parts of the larger dialogs: a message area, the progress of a job with a cancel button, and plain tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QLocale,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSize,
    QSortFilterProxyModel,
    Qt,
    QTimer,
)
from PySide6.QtGui import QColor, QIcon
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCalendarWidget,
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QProgressBar,
    QPushButton,
    QSpinBox,
    QTableView,
    QToolButton,
    QWidget,
)

from quakegui.app.job_titles import title_of
from quakegui.app.jobs import JobProgress, Work
from quakegui.app.session import Session
from quakegui.progress import CancelCheck, ProgressCallback, StoppedError
from quakegui.ui import theme
from quakegui.ui.boxes import FLUSH, filled
from quakegui.ui.i18n import mark, tr, worded
from quakegui.ui.no_markup import as_text

Index = QModelIndex | QPersistentModelIndex
W = TypeVar("W", bound=QWidget)
NOWHERE: Final = QModelIndex()
AROUND: Final = QSize(12, 40)
"""Size of the title bar and frame of a dialog, in pixels."""
EN_SPACE: Final = "\u2002"
"""A gap to the right of numbers, so that they do not touch the text of the next column."""
BUSY: Final = mark("Another task is still running; this one starts when it finishes.")


def open_at(dialog: QDialog, width: int, height: int) -> None:
    """Resize a dialog before it opens, limited to the available area of the screen."""
    dialog.resize(QSize(width, height).boundedTo(dialog.screen().availableSize() - AROUND))


def with_name(widget: W, name: str, tip: str = "") -> W:
    """Set accessible name and tooltip of a control, and return it."""
    widget.setAccessibleName(name)
    widget.setToolTip(as_text(tip or name))
    return widget


class _MonthInFigures(QObject):
    """Keeps the month in a calendar's heading a figure, where Qt writes it in words."""

    def __init__(self, calendar: QCalendarWidget) -> None:
        super().__init__(calendar)
        calendar.currentPageChanged.connect(self._show)
        self._show(calendar.yearShown(), calendar.monthShown())

    def _show(self, _year: int, month: int) -> None:
        button = self.parent().findChild(QToolButton, "qt_calendar_monthbutton")
        if button is not None:
            button.setText(f"{month}月")


def year_first(calendar: QCalendarWidget) -> None:
    """Write year and month in the heading of a calendar in the order of the language: Chinese has ``2022年 5月``."""
    heading = calendar.findChild(QWidget, "qt_calendar_navigationbar")
    year, month = (calendar.findChild(QToolButton, f"qt_calendar_{part}button") for part in ("year", "month"))
    row = heading.layout() if heading is not None else None
    if QLocale().language() == QLocale.Language.Chinese and isinstance(row, QHBoxLayout) and year and month:
        row.insertWidget(row.indexOf(month), year)
        entry = calendar.findChild(QSpinBox, "qt_calendar_yearedit")
        if entry is not None:
            entry.setSuffix("年")
            year.setText(entry.text())
        _MonthInFigures(calendar)


def add_rows(form: QFormLayout, rows: Iterable[tuple[str, QWidget] | tuple[str, QWidget, str]]) -> None:
    """Add rows of caption, control and tooltip; the caption is also the accessible name, and without a tooltip that, too."""
    for caption, widget, *tip in rows:
        form.addRow(caption, with_name(widget, caption, *tip))


class Sentence(QLabel):
    """One or more sentences in the colour of their level; hidden while empty."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._level = "info"
        self.setWordWrap(True)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setAccessibleName(tr("Message"))
        self.hide()

    def say(self, text: str, level: str = "info") -> None:
        """Show a text, translated if it is a `Said`; `level` is "info", "warning" or "error"."""
        self._level = level
        self.setText(worded(text))
        self._paint()
        self.setVisible(bool(text))

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Update the colour after a change of the palette."""
        if event.type() == QEvent.Type.ApplicationPaletteChange:
            self._paint()
        super().changeEvent(event)

    def _paint(self) -> None:
        colours = theme.colours()
        colour = {"info": colours.text, "warning": colours.warning, "error": colours.error}[self._level]
        theme.tint(self, colour)


class JobStrip(QWidget):
    """The progress of a dialog's job, and its cancel button."""

    def __init__(self, stop: Callable[[], None]) -> None:
        super().__init__()
        self._text = QLabel()
        self._bar = with_name(QProgressBar(), tr("Progress"))
        self._bar.setTextVisible(False)
        self._bar.setMaximumWidth(220)
        self.stop = with_name(
            QPushButton(tr("Stop")), tr("Stop this task"), tr("Stop this task; nothing incomplete is left behind")
        )
        self.stop.setAutoDefault(False)
        self.stop.clicked.connect(stop)
        filled(QHBoxLayout(self), (self._text, 1), self._bar, self.stop, margins=FLUSH)
        self.hide()

    def show_progress(self, progress: JobProgress) -> None:
        """Show the progress of the job, and the remaining time once it can be estimated."""
        text = worded(title_of(progress.job)) + (f": {worded(progress.text)}" if progress.text else "")
        if progress.seconds_left is not None:
            text += " · " + tr("{seconds:.0f} s left").format(seconds=progress.seconds_left)
        self._text.setText(text)
        self._bar.setRange(0, progress.total)
        self._bar.setValue(progress.done)


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row of a `Rows` table.

    Attributes
    ----------
    cells
        Contents of the columns; numbers are right-aligned and sorted as numbers.
    level
        "" or the level of the row: "muted", "warning", "error".
    icon
        Icon in front of the first column.
    about
        The object of the row.
    """

    cells: tuple[str | float, ...]
    level: str = ""
    icon: QIcon | None = None
    about: Any = None


class Rows(QAbstractTableModel):
    """A read-only table model with headers."""

    def __init__(self, headers: Sequence[str], parent: QWidget) -> None:
        super().__init__(parent)
        self._headers = tuple(headers)
        self.rows: tuple[TableRow, ...] = ()
        self._decimals: tuple[int | None, ...] = (None,) * len(headers)

    def show(self, rows: Sequence[TableRow]) -> None:
        """Replace the rows."""
        self.beginResetModel()
        self.rows = tuple(rows)
        self._decimals = tuple(_decimals([row.cells[k] for row in self.rows]) for k in range(len(self._headers)))
        self.endResetModel()

    def rowCount(self, parent: Index = NOWHERE) -> int:  # noqa: N802 - Qt's name
        """Return the number of rows."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = NOWHERE) -> int:  # noqa: N802 - Qt's name
        """Return the number of columns."""
        return 0 if parent.isValid() else len(self._headers)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: N802
        """Return the title of a column, right-aligned above numbers."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._headers[section] + (EN_SPACE if self._decimals[section] is not None else "")
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignLeft if self._decimals[section] is None else Qt.AlignmentFlag.AlignRight
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return text, alignment, colour and sort key of a cell."""
        row = self.rows[index.row()]
        value = row.cells[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return value if isinstance(value, str) else f"{value:.{self._decimals[index.column()]}f}{EN_SPACE}"
        if role == Qt.ItemDataRole.UserRole:
            return value
        if role == Qt.ItemDataRole.ToolTipRole:
            return as_text(value) if isinstance(value, str) else None
        if role == Qt.ItemDataRole.TextAlignmentRole and not isinstance(value, str):
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.DecorationRole and index.column() == 0:
            return row.icon
        if role == Qt.ItemDataRole.ForegroundRole and row.level:
            return _level_colour(row.level)
        return None


def _decimals(cells: Sequence[str | float]) -> int | None:
    """Return the number of decimals that aligns all numbers of a column at the decimal point; None without numbers."""
    numbers = [f"{cell:g}" for cell in cells if not isinstance(cell, str)]
    return max((len(text.partition(".")[2]) for text in numbers if "e" not in text), default=0) if numbers else None


def _level_colour(level: str) -> QColor:
    colours = theme.colours()
    return {"muted": colours.missing, "warning": colours.warning, "error": colours.error}[level]


class RowsView(QTableView):
    """A sortable table view of `Rows`, with at most one selected row."""

    def __init__(self, headers: Sequence[str], name: str, *, wide: int = -1) -> None:
        super().__init__()
        with_name(self, name)
        self.rows = Rows(headers, self)
        self._sorted = QSortFilterProxyModel(self, sortRole=Qt.ItemDataRole.UserRole)
        self._sorted.setSourceModel(self.rows)
        self.setModel(self._sorted)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setAlternatingRowColors(True)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(round(self.fontMetrics().height() * 1.5))
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self._wide = wide if wide >= 0 else len(headers) - 1
        self.horizontalHeader().setSectionResizeMode(self._wide, QHeaderView.ResizeMode.Stretch)
        self.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)

    def show_rows(self, rows: Sequence[TableRow]) -> None:
        """Replace the rows, and fit the columns to the first of them."""
        self.rows.show(rows)
        self.horizontalHeader().setResizeContentsPrecision(200)
        for column in range(self.rows.columnCount()):
            if column != self._wide:
                self.resizeColumnToContents(column)
                self.setColumnWidth(column, min(self.columnWidth(column), 280))

    def current(self) -> TableRow | None:
        """Return the selected row."""
        found = self.selectionModel().selectedRows()
        return self.rows.rows[self._sorted.mapToSource(found[0]).row()] if found else None

    def choose(self, number: int) -> None:
        """Select a row by its index in the argument of `show_rows`."""
        self.selectRow(self._sorted.mapFromSource(self.rows.index(number, 0)).row())


class JobDialog(QDialog):
    """A dialog that can run one job of the session at a time, and shows its errors."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.sentence = Sentence()
        self.strip = JobStrip(self.stop_job)
        self._job = ""
        self._stop = False
        self._closing = False
        session.jobs.progressed.connect(self._follow)
        session.jobs.failed.connect(self._job_failed)
        session.jobs.idle.connect(self._check_alive)

    @property
    def busy(self) -> bool:
        """Whether a job of this dialog is running or waiting."""
        return bool(self._job)

    def has_job(self, job: str) -> bool:
        """Return whether a job of this dialog with this id is running or waiting."""
        return job == self._job

    def run_job(
        self,
        job: str,
        work: Work,
        done: Callable[[Any], None],
        *,
        keep: Callable[[Any], None] | None = None,
        asks: bool = False,
    ) -> None:
        """Run `work` in the background; `done` receives its result unless the dialog was closed meanwhile.

        Parameters
        ----------
        job
            Id of the job (`job_titles`).
        work
            The work.
        done
            Called with the result.
        keep
            For work that changes the project and does not check for cancelling: called last with the result, even if the dialog
            was closed, because the window has to show the new state. Such work does not start once it is stopped.
        asks
            Whether to ask the analyst before the project is closed meanwhile (`Jobs.start`).
        """
        self._job, self._stop = job, False
        self.sentence.say(tr(BUSY) if self.session.jobs.busy else "")
        self.strip.show_progress(JobProgress(job, 0, 0, "", None))
        self.strip.show()
        self.busy_changed()

        def stoppable(progress: ProgressCallback, cancelled: CancelCheck) -> Any:
            if self._stop and keep is not None:
                raise StoppedError
            return work(progress, lambda: self._stop or cancelled())

        def finish(result: Any) -> None:
            if not self._closing:
                self._end_job()
                self.sentence.say("")
                done(result)
            if keep is not None:
                keep(result)

        self.session.jobs.start(job, stoppable, finish, asks=asks)

    def stop_job(self) -> None:
        """Request the job of this dialog, and no other, to stop."""
        self._stop = True

    def busy_changed(self) -> None:
        """Enable or disable controls when a job starts or ends; overridden by dialogs with such controls."""

    def done(self, result: int) -> None:
        """Stop the job, disconnect from the session, and close."""
        if not self._closing:
            self._closing = True
            self.stop_job()
            self.session.jobs.progressed.disconnect(self._follow)
            self.session.jobs.failed.disconnect(self._job_failed)
            self.session.jobs.idle.disconnect(self._check_alive)
        super().done(result)

    def _end_job(self) -> None:
        self._job = ""
        self.strip.hide()
        self.busy_changed()

    def _follow(self, progress: JobProgress) -> None:
        if progress.job == self._job:
            if self.sentence.text() == tr(BUSY):
                self.sentence.say("")
            self.strip.show_progress(progress)

    def _job_failed(self, job: str, error: object) -> None:
        if job == self._job:
            self._end_job()
            self.sentence.say(str(error), "error")

    def _check_alive(self) -> None:
        # `idle` is emitted just before a result is delivered; the result of a job stopped with its project is dropped.
        QTimer.singleShot(
            0, self, lambda: None if self._closing or self.session.jobs.busy or not self._job else self._end_job()
        )


class WholeDialog(JobDialog):
    """A dialog of controls that grows with its contents, up to the height of the screen."""

    def event(self, event: QEvent) -> bool:
        """Adjust the height to the contents; styles and fonts are known only once the dialog is shown."""
        done = super().event(event)
        if event.type() in (QEvent.Type.Show, QEvent.Type.LayoutRequest) and self.sizeHint().height() > self.height():
            open_at(self, self.width(), self.sizeHint().height())
        return done
