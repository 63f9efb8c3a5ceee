"""What the larger dialogs share: a sentence area, a job's progress with its own cancel, and plain tables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QSize,
    QSortFilterProxyModel,
    Qt,
    QTimer,
)
from PySide6.QtGui import QColor, QIcon
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QProgressBar,
    QPushButton,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from quakegui.app.job_titles import title_of
from quakegui.app.jobs import JobProgress, StoppedError, Work
from quakegui.app.session import Session
from quakegui.progress import CancelCheck, ProgressCallback
from quakegui.ui import theme
from quakegui.ui.i18n import mark, tr, worded
from quakegui.ui.no_markup import as_text

Index = QModelIndex | QPersistentModelIndex
W = TypeVar("W", bound=QWidget)
NOWHERE: Final = QModelIndex()
AROUND: Final = QSize(12, 40)
"""A dialog's title bar and edges, in pixels."""
EN_SPACE: Final = "\u2002"
BUSY: Final = mark("Another task is still running; this one starts when it finishes.")


def open_at(dialog: QDialog, width: int, height: int) -> None:
    """Let a dialog open at a size, less where the screen with its bars has no room for it."""
    dialog.resize(QSize(width, height).boundedTo(dialog.screen().availableSize() - AROUND))


def with_name(widget: W, name: str, tip: str = "") -> W:
    """Give a control its name for screen readers and its tooltip, and return it."""
    widget.setAccessibleName(name)
    widget.setToolTip(as_text(tip or name))
    return widget


def add_rows(form: QFormLayout, rows: Sequence[tuple[str, QWidget, str]]) -> None:
    """Add rows of caption, control and tooltip; the caption is the control's name."""
    for caption, widget, tip in rows:
        form.addRow(caption, with_name(widget, caption, tip))


class Sentence(QLabel):
    """One or more sentences in the colour of their weight; takes no room while there are none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._level = "info"
        self.setWordWrap(True)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setAccessibleName(tr("Message"))
        self.hide()

    def say(self, text: str, level: str = "info") -> None:
        """Show a text, what a lower layer says in the language in force; `level` is "info", "warning" or "error"."""
        self._level = level
        self.setText(worded(text))
        self._paint()
        self.setVisible(bool(text))

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Follow a switch of colours."""
        if event.type() == QEvent.Type.ApplicationPaletteChange:
            self._paint()
        super().changeEvent(event)

    def _paint(self) -> None:
        colours = theme.colours()
        colour = {"info": colours.text, "warning": colours.warning, "error": colours.error}[self._level]
        theme.tint(self, colour)


class JobStrip(QWidget):
    """The progress of a dialog's job, and the button that stops it."""

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
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._text, 1)
        row.addWidget(self._bar)
        row.addWidget(self.stop)
        self.hide()

    def show_progress(self, progress: JobProgress) -> None:
        """Show how far the job has come, and the time left once it can be told."""
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
        What the columns show; numbers are right-aligned and sort as numbers.
    level
        "" or the weight of the row: "muted", "warning", "error".
    icon
        In front of the first column.
    about
        The object that the row stands for.
    """

    cells: tuple[str | float, ...]
    level: str = ""
    icon: QIcon | None = None
    about: Any = None


class Rows(QAbstractTableModel):
    """A read-only table of rows under headers."""

    def __init__(self, headers: Sequence[str], parent: QWidget) -> None:
        super().__init__(parent)
        self._headers = tuple(headers)
        self.rows: tuple[TableRow, ...] = ()
        self._decimals: tuple[int | None, ...] = (None,) * len(headers)

    def show(self, rows: Sequence[TableRow]) -> None:
        """Put these rows in place of what was shown."""
        self.beginResetModel()
        self.rows = tuple(rows)
        self._decimals = tuple(_decimals([row.cells[k] for row in self.rows]) for k in range(len(self._headers)))
        self.endResetModel()

    def rowCount(self, parent: Index = NOWHERE) -> int:  # noqa: N802 - Qt's name
        """Return how many rows there are."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = NOWHERE) -> int:  # noqa: N802 - Qt's name
        """Return how many columns there are."""
        return 0 if parent.isValid() else len(self._headers)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: N802
        """Return a column's title, at the right above numbers."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._headers[section] + (EN_SPACE if self._decimals[section] is not None else "")
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignLeft if self._decimals[section] is None else Qt.AlignmentFlag.AlignRight
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a cell shows, how it is aligned and coloured, and what it sorts by."""
        row = self.rows[index.row()]
        value = row.cells[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return value if isinstance(value, str) else f"{value:.{self._decimals[index.column()]}f}"
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
    """Return how many decimals show every number of a column, so that their points stand below each other; None without any."""
    numbers = [f"{cell:g}" for cell in cells if not isinstance(cell, str)]
    return max((len(text.partition(".")[2]) for text in numbers if "e" not in text), default=0) if numbers else None


def _level_colour(level: str) -> QColor:
    colours = theme.colours()
    return {"muted": colours.missing, "warning": colours.warning, "error": colours.error}[level]


class _NumberGap(QStyledItemDelegate):
    """Leaves a gap to the right of numbers, so that they do not run into the words of the next column."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:  # noqa: N802 - Qt's name
        """Add an en space behind what is aligned to the right."""
        super().initStyleOption(option, index)
        if option.displayAlignment & Qt.AlignmentFlag.AlignRight:  # type: ignore[attr-defined,unused-ignore]  # in 6.9's stubs
            option.text += EN_SPACE  # type: ignore[attr-defined,unused-ignore]


class RowsView(QTableView):
    """A sortable table over `Rows`, one selected row at a time."""

    def __init__(self, headers: Sequence[str], name: str, *, wide: int = -1) -> None:
        super().__init__()
        with_name(self, name)
        self.rows = Rows(headers, self)
        self.setItemDelegate(_NumberGap(self))
        self._sorted = QSortFilterProxyModel(self)
        self._sorted.setSortRole(Qt.ItemDataRole.UserRole)
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
        """Put these rows in place of what was shown, as wide as the first of them need."""
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
        """Select a row by its place in the order given to `show_rows`."""
        self.selectRow(self._sorted.mapFromSource(self.rows.index(number, 0)).row())


class JobDialog(QDialog):
    """A dialog that may run one job of the session at a time, and says in itself what went wrong."""

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
        """Whether a job of this dialog runs or waits."""
        return bool(self._job)

    def has_job(self, job: str) -> bool:
        """Return whether a job of this id of this dialog runs or waits."""
        return job == self._job

    def run_job(
        self,
        job: str,
        work: Work,
        done: Callable[[Any], None],
        *,
        kept: Callable[[Any], None] | None = None,
        asks: bool = False,
    ) -> None:
        """Run `work` beside the window; `done` takes its result, unless the dialog has been closed meanwhile.

        Parameters
        ----------
        job
            What the job is known by (`job_titles`).
        kept
            Of work that changes the project and never asks whether it is stopped: takes the result last, also where the dialog
            has been closed, because the window has to show what the project holds. Such work is not begun once it is stopped.
        asks
            Whether the analyst is asked before the project is closed meanwhile (`Jobs.start`).
        """
        self._job, self._stop = job, False
        self.sentence.say(tr(BUSY) if self.session.jobs.busy else "")
        self.strip.show_progress(JobProgress(job, 0, 0, "", None))
        self.strip.show()
        self.busy_changed()

        def stoppable(progress: ProgressCallback, cancelled: CancelCheck) -> Any:
            if self._stop and kept is not None:
                raise StoppedError
            return work(progress, lambda: self._stop or cancelled())

        def finish(result: Any) -> None:
            if not self._closing:
                self._end_job()
                self.sentence.say("")
                done(result)
            if kept is not None:
                kept(result)

        self.session.jobs.start(job, stoppable, finish, asks=asks)

    def stop_job(self) -> None:
        """Ask this dialog's job, and no other, to end."""
        self._stop = True

    def busy_changed(self) -> None:
        """Enable and disable what must not be used while a job runs; dialogs with such controls say which."""

    def done(self, result: int) -> None:
        """Let the job end by itself, take no more news, and close."""
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
        # `idle` comes just before a result is handed over; a job that was given up with its project hands nothing over.
        QTimer.singleShot(
            0, self, lambda: None if self._closing or self.session.jobs.busy or not self._job else self._end_job()
        )


class WholeDialog(JobDialog):
    """A dialog of controls: as high as all that it holds, and higher when that grows, as far as the screen has room."""

    def event(self, event: QEvent) -> bool:
        """Follow what is shown in it; styles and fonts are known only when it is shown itself."""
        done = super().event(event)
        if event.type() in (QEvent.Type.Show, QEvent.Type.LayoutRequest) and self.sizeHint().height() > self.height():
            open_at(self, self.width(), self.sizeHint().height())
        return done
