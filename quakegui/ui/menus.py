"""The actions of the table as QActions, in the menus and the tool bar of the window."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu, QToolBar

from quakegui.app import labelling, opening
from quakegui.app.session import Session
from quakegui.ui import theme
from quakegui.ui.action import EDIT, MENUS, PROJECT, VIEW, Action
from quakegui.ui.i18n import mark, tr
from quakegui.ui.icons import icon
from quakegui.ui.plots.class_icons import class_icon
from quakegui.ui.range_count import RangeCount
from quakegui.ui.texts import step_words
from quakegui.ui.workbench import Workbench

STEPS: Final = (("undo", mark("Undo")), ("redo", mark("Redo")))
THEMES: Final = ("theme-light", "theme-dark", "theme-system")
LAST_LABEL: Final = "label-4"


class Menus:
    """Menus and tool bar of a window, created from rows of the action table.

    Parameters
    ----------
    window
        Receives them, and every action with its row as data.
    session
        The Edit menu names its steps, and the tool bar counts its selected days.
    rows
        The table.
    run
        Called with the row of a triggered action.

    Attributes
    ----------
    actions
        QActions by the ids of the rows.
    by_title
        The menus by their English titles.
    panels
        The submenu of the panels, to be filled by the window.
    toolbar, range_count
        The tool bar, and the number of selected days in it.
    """

    def __init__(self, window: QMainWindow, session: Session, rows: Sequence[Action], run: Callable[[Action], None]) -> None:
        self._session, self._rows = session, rows
        self.actions = {row.id: _action(window, row, run) for row in rows}
        self.by_title: dict[str, QMenu] = {title: window.menuBar().addMenu("") for title in MENUS}
        for title in MENUS:
            self._fill_menu(title)
        self.by_title[EDIT].aboutToShow.connect(self._name_steps)
        self.by_title[EDIT].aboutToHide.connect(self._unname_steps)  # tool bar and palette show the command only
        themes = QActionGroup(window)
        for name in THEMES:
            themes.addAction(self.actions[name])
        self.panels = self.by_title[VIEW].addMenu("")
        self.recent = QMenu(window)
        self.recent.aboutToShow.connect(self._fill_recent)
        self.by_title[PROJECT].insertMenu(self.actions["demo"], self.recent)
        self.toolbar = QToolBar(window)
        self.range_count = RangeCount(session, self.toolbar)
        self._fill_toolbar()
        window.addToolBar(self.toolbar)

    def _fill_menu(self, title: str) -> None:
        group = 0
        for row in (row for row in self._rows if row.menu == title):
            if row.group != group:
                self.by_title[title].addSeparator()
                group = row.group
            self.by_title[title].addAction(self.actions[row.id])

    def _fill_toolbar(self) -> None:
        self.toolbar.setObjectName("tool bar")
        self.toolbar.setMovable(False)
        menu = None
        for row in (row for row in self._rows if row.toolbar):
            if menu not in (None, row.menu):
                self.toolbar.addSeparator()
            menu = row.menu
            self.toolbar.addAction(self.actions[row.id])
            if row.id == LAST_LABEL:
                self.range_count.join(self.toolbar)
        self.toolbar.orientationChanged.connect(self._separate_tools)

    def _fill_recent(self) -> None:
        """List the recent projects, latest first."""
        self.recent.clear()
        for path in self._session.settings.recent:
            self.recent.addAction(
                f"{Path(path).name} — {path}", functools.partial(opening.open_project, self._session, Path(path))
            )

    def _separate_tools(self, along: Qt.Orientation) -> None:
        """Show separators between the groups of tools, except at the side of a low window, where there is no room."""
        for action in self.toolbar.actions():
            if action.isSeparator():
                action.setVisible(along == Qt.Orientation.Horizontal)

    def _name_steps(self) -> None:
        """Name the steps to undo and redo in the Edit menu."""
        for (name, text), step in zip(STEPS, labelling.steps(self._session), strict=True):
            if step is not None:
                self.actions[name].setText(tr("{command}: {what}").format(command=tr(text), what=step_words(step)))

    def _unname_steps(self) -> None:
        for name, text in STEPS:
            self.actions[name].setText(tr(text))

    def refresh(self, bench: Workbench) -> None:
        """Update which actions are enabled, and which choices are on."""
        session = bench.session
        have = {
            "": True,
            "project": session.project is not None,
            "days": session.days.size > 0,
            "write": session.days.size > 0 and session.can_write,
        }
        for row in self._rows:
            self.actions[row.id].setEnabled(have[row.needs])
            if row.checked is not None:
                self.actions[row.id].setChecked(row.checked(bench))

    def retranslate(self) -> None:
        """Set every text in the current language."""
        for row in self._rows:
            action = self.actions[row.id]
            action.setText(tr(row.text))
            keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            tip = tr(row.tip) if row.tip else tr(row.text).rstrip("…")
            action.setToolTip(f"{tip} ({keys})" if keys else tip)
            action.setStatusTip(tip)
        for title, menu in self.by_title.items():
            menu.setTitle(tr(title))
        self.panels.setTitle(tr("Panels"))
        self.recent.setTitle(tr("Open recent"))
        self.toolbar.setWindowTitle(tr("Toolbar"))

    def refresh_icons(self) -> None:
        """Draw every icon in the current colours."""
        colours = theme.colours()
        for row in self._rows:
            if row.icon:
                self.actions[row.id].setIcon(icon(row.icon, colours.text, colours.missing))
            elif row.id.startswith("label-"):
                self.actions[row.id].setIcon(class_icon(int(row.id[-1])))


def _action(window: QMainWindow, row: Action, run: Callable[[Action], None]) -> QAction:
    action = QAction(window)
    action.setObjectName(row.id)
    action.setData(row)
    action.setShortcuts([QKeySequence(keys) for keys in row.shortcuts])
    action.setCheckable(row.checked is not None)
    action.setAutoRepeat(row.needs != "write")  # a key held down writes once
    action.triggered.connect(lambda: run(row))
    window.addAction(action)
    return action
