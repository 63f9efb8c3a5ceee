"""A watch over a window: a label lands on what was shown as its target, and no panel shows another project."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QTableView, QWidget
from sqlalchemy import func, select

from quakegui.app.change import Change
from quakegui.project import schema
from quakegui.season.labels import LabelSource
from quakegui.ui.dialogs.history_dialog import HistoryDialog
from quakegui.ui.main_window import MainWindow
from quakegui.ui.plots.map_sheet import MapSheet

DATE = re.compile(r"\d{4}-\d\d-\d\d")
WORD = re.compile(r"\w+")
MOST_ROWS = 60
"""Rows of a table that are read: those that fit on a screen."""


class Watch:
    """Sees to it that no label or note lands on a day that was not shown, or among as many chosen days as were told.

    What is shown is read from the window: the date in the panel of the day and on the large map, the small map with the frame,
    and the length beside the label buttons, each only where it is on the screen. What was written is read from the journal,
    each time that the session says that labels have changed.
    """

    def __init__(self, window: MainWindow, errors: list[dict[str, object]], recent: Callable[[], list[str]]) -> None:
        self.window, self.session, self.errors, self.recent = window, window.session, errors, recent
        self.written: Counter[str] = Counter()
        self.shown: frozenset[str] = frozenset()
        self.last = self.journal_end()
        panel = window.docks["day"].widget()
        self.date = next(w for w in panel.findChildren(QWidget) if DATE.fullmatch(getattr(w, "text", str)()))
        self.map = window.day_map_panel.view
        self.counts = window.findChildren(QWidget, "chosen days")
        self.codes: dict[Path | None, set[str]] = {}
        """Stations that each project ever had: an undone import takes some away, but not from sight at once."""
        self.session.changed.connect(self.follow)  # the last that is connected: the panels have followed by then
        self.look()

    def journal_end(self) -> int:
        """Return the number of the journal's last row."""
        if self.session.project is None:
            return 0
        with self.session.project.read() as connection:
            return connection.scalar(select(func.max(schema.journal.c.id))) or 0

    def look(self) -> None:
        """Read which days a label may go to now."""
        shown, days = self.dates(), self.session.days
        told = {int("".join(filter(str.isdigit, count.text()))) for count in self.counts if readable(count)}
        first, last = self.session.selection or (0, -1)
        chosen = {str(days[index]) for index in self.session.chosen or range(first, last + 1)}
        if told == {len(chosen)} and shown & chosen:
            shown |= chosen
        self.shown = frozenset(shown)

    def dates(self) -> set[str]:
        """Return the date of the day shown, read from each place where it is on the screen."""
        found = {self.date.text()} if readable(self.date) and DATE.fullmatch(self.date.text()) else set()
        if self.map.scene is not None and not self.map.visibleRegion().isEmpty():
            found.add(str(self.map.scene.map.day))
        if any(sheet.shows_day for sheet in self.window.findChildren(MapSheet)):
            found.add(str(self.session.day))
        return found

    def look_for_strangers(self) -> None:
        """Note each panel that shows a station of a project that is no longer open."""
        project = self.session.project
        own = self.codes.setdefault(None if project is None else project.folder, set())
        own |= set() if project is None else set(project.network().codes)
        strange = set().union(*self.codes.values()) - own
        for name, dock in self.window.docks.items() if strange else ():
            found = strange & {word for text in texts_on(dock) for word in WORD.findall(text)}
            if found:
                self.errors.append({"panel": name, "shows": sorted(found), "after": self.recent()})

    def follow(self, change: Change) -> None:
        """Compare what was written with what was shown before it."""
        if change & (Change.PROJECT | Change.SEASON):
            self.last = self.journal_end()
        elif Change.LABELS in change and self.session.project is not None:
            self.compare()
        self.look()

    def compare(self) -> None:
        """Note what was written elsewhere; steps back and forth, the rule and a return to a moment are about other days."""
        table = schema.journal.c
        by_hand = (table.undoes.is_(None), table.redoes.is_(None), table.source != int(LabelSource.RULE))
        with self.session.project.read() as connection:
            found = connection.execute(select(table.day).where(table.id > self.last, *by_hand)).scalars().all()
        self.last = self.journal_end()
        days = {str(np.datetime64(day, "D")) for day in found}
        if not days or isinstance(QApplication.activeModalWidget(), HistoryDialog):
            return
        self.written["range" if len(days) > 1 else "day"] += 1
        if not days <= self.shown:
            self.errors.append({"wrote": sorted(days), "shown": sorted(self.shown), "after": self.recent()})


def readable(widget: QWidget) -> bool:
    """Whether the words of a widget can be seen."""
    return widget.isVisible() and not widget.visibleRegion().isEmpty() and bool(widget.text())


def texts_on(panel: QWidget) -> Iterator[str]:
    """Yield what can be read on a panel: labels, choices, and the first rows of tables."""
    for label in panel.findChildren(QLabel):
        if readable(label):
            yield label.text()
    for box in panel.findChildren(QComboBox):
        if box.isVisible():
            yield from (box.itemText(row) for row in range(box.count()))
    for table in panel.findChildren(QTableView):
        model = table.model()
        if table.isVisible() and model is not None:
            for row in range(min(MOST_ROWS, model.rowCount())):
                for column in range(model.columnCount()):
                    yield str(model.index(row, column).data(Qt.ItemDataRole.DisplayRole) or "")
