"""The training runs of the project: which one is current, and actions on each."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QInputDialog,
    QMenu,
    QMessageBox,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from quakegui.app import run_exchange, runs
from quakegui.app.change import Change
from quakegui.app.run_rows import RunRow
from quakegui.app.season_view import zone_name
from quakegui.app.session import Session
from quakegui.app.training import Training
from quakegui.judge.names import PROTOCOL_NAMES, PROTOCOL_SHORT
from quakegui.learn.runs.own_facts import own_facts_of
from quakegui.season.localtime import to_local
from quakegui.ui.boxes import FLUSH, filled
from quakegui.ui.i18n import mark, tr, worded
from quakegui.ui.language_follower import TEXT_SIZE, LanguageFollower
from quakegui.ui.no_markup import as_text
from quakegui.ui.tall_scroll import TallScroll
from quakegui.words import counted

if TYPE_CHECKING:
    from quakegui.learn.runs.registry import RunFolder

COLUMNS = (
    mark("Current"), mark("Name"), mark("Started ({zone})"), mark("Protocol"), mark("Map size (px)"), mark("Epochs"),
    mark("State"),
)  # fmt: skip
PROTOCOL = 3
BUTTONS = (
    ("use", mark("Set as current"), mark("Show and evaluate the predictions of this run")),
    ("resume", mark("Resume"), mark("Resume a stopped training run")),
    ("rename", mark("Rename…"), mark("Rename the run")),
    ("delete", mark("Move to trash"), mark("Move the run to the project's trash")),
    ("export", mark("Export…"), mark("Export the run as one file for another institute")),
    ("import", mark("Import…"), mark("Import an exported run")),
)
BESIDE_TEXT = 26
"""Width of a button's edges and of the menu arrow."""


class RunsPanel(LanguageFollower, QWidget):
    """A table of runs and a row of buttons."""

    follows = TEXT_SIZE

    def __init__(self, session: Session, training: Training, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._training = session, training
        self._shown: tuple[RunRow, ...] = ()
        self.table = QTableWidget(0, len(COLUMNS))
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.verticalHeader().hide()
        self.table.horizontalHeader().setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        self.table.itemSelectionChanged.connect(self._show_buttons)
        self.table.doubleClicked.connect(lambda _index: self._act("use"))
        self.buttons = {name: QPushButton() for name, _text, _tip in BUTTONS}
        for name, button in self.buttons.items():
            button.clicked.connect(functools.partial(self._act, name))
        self._trash, self.trash_menu = QPushButton(), QMenu(self)
        self._trash.setMenu(self.trash_menu)
        self.trash_menu.aboutToShow.connect(self._fill_trash)
        self.server, self.server_menu = QPushButton(), QMenu(self)
        self.server.setMenu(self.server_menu)
        self.server_menu.aboutToShow.connect(self._fill_server)
        row = filled(QHBoxLayout(), *self.buttons.values(), self._trash, self.server, 1)
        inner = QWidget()
        filled(QVBoxLayout(inner), self.table, row, margins=(8, 2, 8, 4))
        filled(QVBoxLayout(self), TallScroll(inner), margins=FLUSH)
        session.changed.connect(self.refresh)
        training.changed.connect(self._show_buttons)
        self.retranslate()

    def refresh(self, change: Change) -> None:
        """Update from the session."""
        if change & (Change.PROJECT | Change.RUNS | Change.PREDICTIONS):
            self._fill()

    def retranslate(self) -> None:
        """Set every text in the current language."""
        self.table.setAccessibleName(tr("Runs"))
        for name, text, tip in BUTTONS:
            self.buttons[name].setText(tr(text))
            self.buttons[name].setToolTip(tr(tip))
        self._trash.setText(tr("Trash"))
        self._trash.setToolTip(tr("Restore a run from the trash, or empty the trash"))
        self.server.setText(tr("Server"))
        self.server.setToolTip(tr("Fetch a run that a colleague has trained"))
        for button in (
            *self.buttons.values(),
            self._trash,
            self.server,
        ):  # the style would make all of them as wide as buttons of a dialog
            button.setMinimumWidth(self.fontMetrics().horizontalAdvance(button.text()) + BESIDE_TEXT)
        self._fill()

    def selected(self) -> RunFolder | None:
        """Return the run whose row is chosen."""
        row = self.table.currentRow()
        return self._shown[row].run if 0 <= row < len(self._shown) else None

    def _fill(self) -> None:
        before = self.selected()
        self._shown = self._session.runs
        zone = zone_name(self._session)
        self.table.setHorizontalHeaderLabels([tr(text).format(zone=zone) for text in COLUMNS])
        self.table.setRowCount(len(self._shown))
        for number, row in enumerate(self._shown):
            for column, text in enumerate(self._cells(row)):
                item = QTableWidgetItem(text)
                item.setTextAlignment(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
                if column == PROTOCOL:
                    item.setToolTip(self._tip(row.run))
                self.table.setItem(number, column, item)
        self.table.resizeColumnsToContents()
        chosen = next((k for k, row in enumerate(self._shown) if before is not None and row.run.id == before.id), 0)
        if self._shown:
            self.table.selectRow(chosen)
        self._show_buttons()

    def _cells(self, row: RunRow) -> tuple[str, ...]:
        run = row.run
        leaky = " — LEAKY" if run.config.leaky else ""
        return (
            "●" if row.in_use else "",
            worded(run.title) or run.id,
            self._started(run),
            tr(PROTOCOL_SHORT.get(run.config.protocol, run.config.protocol)) + leaky,
            str(run.config.size),
            "–" if self._is_trained(run) else str(row.epochs),  # the curves count the epochs of a training
            self._state(row),
        )

    def _tip(self, run: RunFolder) -> str:
        """Return the name of a run's protocol, and the facts of a model of own nights."""
        facts = own_facts_of(run.card)
        lines = [tr(PROTOCOL_NAMES.get(run.config.protocol, "")), *map(worded, () if facts is None else facts.sentences())]
        return as_text("\n".join(lines))

    def _started(self, run: RunFolder) -> str:
        try:
            begun = np.datetime64(run.created[:19])
        except ValueError:  # the run can be used and deleted nevertheless
            return run.created
        return run.created if np.isnat(begun) else f"{to_local(begun, zone_name(self._session)):%Y-%m-%d %H:%M}"

    def _state(self, row: RunRow) -> str:
        run = row.run
        if row.registered_until:
            return tr("registered until {date}").format(date=row.registered_until)
        if run.card is not None:
            return tr("finished")
        if self._is_trained(run):
            return tr("training")
        return tr("stopped; can be resumed") if run.resumable else tr("unfinished")

    def _is_trained(self, run: RunFolder) -> bool:
        """Return whether a run is the one in training, whatever its present name."""
        trained = self._training.run
        return self._training.busy and trained is not None and trained.id == run.id

    def _show_buttons(self) -> None:
        run, writable = self.selected(), self._session.can_write
        finished = run is not None and run.card is not None
        allowed = {
            "use": finished and writable,
            "resume": run is not None and run.resumable and writable and not self._training.busy,
            "rename": run is not None and writable,
            "delete": run is not None and writable and not self._is_trained(run),
            "export": finished,
            "import": writable,
        }
        for name, button in self.buttons.items():
            button.setEnabled(bool(allowed[name]))
        self._trash.setEnabled(writable)
        self.server.setVisible(bool(self._session.stored_runs))
        self.server.setEnabled(bool(run_exchange.absent_runs(self._session)))

    # -- actions of the buttons ------------------------------------------------------------------------------------

    def _act(self, name: str) -> None:
        run = self.selected()
        if not self.buttons[name].isEnabled():
            return
        if name == "import":
            self._import()
        elif run is not None:
            acts: dict[str, Callable[[RunFolder], None]] = {
                "use": functools.partial(runs.use_run, self._session), "resume": self._training.resume,
                "rename": self._rename, "delete": functools.partial(runs.trash_run, self._session), "export": self._export,
            }  # fmt: skip
            acts[name](run)

    def _rename(self, run: RunFolder) -> None:
        former = worded(run.title)
        title, ok = QInputDialog.getText(self, tr("Rename"), tr("Name of the run"), text=former)
        if ok and title.strip() not in ("", former):
            runs.rename_run(self._session, run, title.strip())

    def _fill_trash(self) -> None:
        self.trash_menu.clear()
        found = runs.trashed_runs(self._session)
        for run in found:
            text = tr("Restore: {name}, {begun}").format(name=worded(run.title) or run.id, begun=self._started(run))
            self.trash_menu.addAction(text, functools.partial(runs.restore_run, self._session, run))
        self.trash_menu.addSeparator()
        self.trash_menu.addAction(tr("Empty the trash…"), self._empty_trash).setEnabled(bool(found))

    def _fill_server(self) -> None:
        self.server_menu.clear()
        for run in run_exchange.absent_runs(self._session):
            text = tr("{name}, by {author} ({size:.1f} MB)").format(
                name=run_exchange.title_of(run), author=run.author, size=run.bytes / 1e6
            )
            self.server_menu.addAction(text, functools.partial(run_exchange.fetch, self._session, run))

    def _empty_trash(self) -> None:
        count = len(runs.trashed_runs(self._session))
        question = worded(
            counted(
                "Permanently delete {count} run? Its predictions stay in the ledger.",
                "Permanently delete {count} runs? Their predictions stay in the ledger.",
                count=count,
            )
        )
        if QMessageBox.question(self, tr("Trash"), question) == QMessageBox.StandardButton.Yes:
            runs.empty_trash(self._session)

    def _export(self, run: RunFolder) -> None:
        path, _ = QFileDialog.getSaveFileName(self, tr("Export a run"), f"{_file_name(run)}.zip", "zip (*.zip)")
        if path:
            runs.export_run(self._session, run, Path(path))

    def _import(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self, tr("Import a run"), "", "zip (*.zip)")
        if path:
            runs.import_run(self._session, Path(path))


def _file_name(run: RunFolder) -> str:
    """Return the title of a run as a file name, without characters that could lead to another folder."""
    return re.sub(r'[\\/:*?"<>|]+', "_", run.title).strip(" .") or run.id
