"""The main window: it places the panels, connects the action table to them, and does nothing else."""

from __future__ import annotations

import functools

import numpy as np
from PySide6.QtCore import QEvent, QSize, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QGuiApplication, QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QMainWindow, QWidget

from quakegui.app import others, walking
from quakegui.app.change import Change
from quakegui.app.session import Session
from quakegui.app.training import Training
from quakegui.project.errors import ProjectError
from quakegui.project.title import project_title
from quakegui.ui import dock_plan, i18n
from quakegui.ui.action import Action
from quakegui.ui.actions import ACTIONS
from quakegui.ui.alarm_signal import AlarmSignal
from quakegui.ui.blind_badge import BlindBadge
from quakegui.ui.centre import Centre
from quakegui.ui.context_menus import ContextMenus
from quakegui.ui.dock_plan import DOCKS
from quakegui.ui.field_habits import FieldHabits
from quakegui.ui.held_keys import HeldKeys
from quakegui.ui.i18n import tr, worded
from quakegui.ui.layouts import Layouts
from quakegui.ui.leaving import may_close
from quakegui.ui.menus import Menus
from quakegui.ui.no_markup import keep_plain
from quakegui.ui.panel_dock import PanelDock
from quakegui.ui.panels.day_map_panel import DayMapPanel
from quakegui.ui.panels.regions_panel import RegionsPanel
from quakegui.ui.panels.start_page import StartPage
from quakegui.ui.questions import ask
from quakegui.ui.segments import Segments
from quakegui.ui.status_line import StatusLine
from quakegui.ui.trouble import TroubleBar, copy_report
from quakegui.ui.workbench import Workbench

LOOK_EVERY_MS = 2000
"""Interval of checks for changes by other programs while the window is visible; a check reads shared memory, not the disk."""
SMALLEST = QSize(1024, 640)
"""For text of the usual size."""
SMALLEST_OF_ALL = QSize(560, 320)
"""With smaller text on a small screen: 1280x720 at 200%, less title and task bar."""
LEAST_FIT = 0.6
"""Smaller text is unreadable."""


def fit_of(screen: QSize) -> float:
    """Return the scale of text with which the window fits a screen, in its scaled pixels; 1 on most."""
    return float(np.clip(min(screen.width() / SMALLEST.width(), screen.height() / SMALLEST.height()), LEAST_FIT, 1.0))


def _suit(root: QWidget) -> None:
    """Give labels and fields below a widget the behaviour that they have everywhere in the window."""
    keep_plain(root)
    FieldHabits(root, escape=True)


class MainWindow(QMainWindow):
    """Docks around the day map, for one session.

    Parameters
    ----------
    session
        The session.
    fit
        Scale of text that makes the window fit a small screen (`fit_of`).
    """

    def __init__(self, session: Session, *, fit: float = 1.0) -> None:
        super().__init__()
        self.session = session
        self.training = Training(session)
        session.may_close = lambda: may_close(self, session, self.training)
        session.ask = lambda question: ask(self, question)
        self._looks = QTimer(self, interval=LOOK_EVERY_MS)
        self._looks.timeout.connect(lambda: others.poll(session))
        self.setObjectName("main window")
        self.setMinimumSize(SMALLEST if fit == 1.0 else SMALLEST_OF_ALL)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # a click beside a text field leaves it: the next key is a label
        self.setDockNestingEnabled(True)
        self.setCorner(Qt.Corner.BottomLeftCorner, dock_plan.BOTTOM)
        self.setCorner(Qt.Corner.BottomRightCorner, dock_plan.BOTTOM)
        self._place_centre()
        self._place_docks()
        self.menus = Menus(self, session, ACTIONS, self._run)
        workspaces = [self.menus.actions[f"workspace-{workspace.id}"] for workspace in dock_plan.WORKSPACES]
        self._segments = Segments(workspaces, BlindBadge(session), self.menuBar())
        self.menuBar().setCornerWidget(self._segments)
        self.layouts = Layouts(self, session, self.docks, self.menus.toolbar, self._centre, fit=fit)
        self.bench = Workbench(self, session, self.day_map_panel, self.docks, self.layouts, self.menus.range_count)
        self._connect_panels()
        self.context_menus = ContextMenus(self.bench, self.menus.actions)
        self.status_line = StatusLine(session, self)
        self.setStatusBar(self.status_line)
        self.training.spoke.connect(self.status_line.hear)
        AlarmSignal(session, self)
        session.changed.connect(self.refresh)
        self.retranslate()
        self.menus.refresh_icons()
        _suit(self)
        self.layouts.restore()
        self.refresh(Change.ALL)

    # -- placing ---------------------------------------------------------------------------------------------------

    def _place_centre(self) -> None:
        self.start_page = StartPage(self.session, self)
        self.day_map_panel = DayMapPanel(self.session)
        self.trouble_bar = TroubleBar(lambda: copy_report(self.session))
        self._centre = Centre((self.trouble_bar, self.day_map_panel.notice_bar, self.day_map_panel.answer_bar))
        self._centre.pages.addWidget(self.start_page)
        self._centre.pages.addWidget(self.day_map_panel)
        self._centre.briefed.connect(self.day_map_panel.set_brief)
        self._centre.switched.connect(self.day_map_panel.answer_bar.put_away)
        self.setCentralWidget(self._centre)

    def _place_docks(self) -> None:
        self.docks: dict[str, PanelDock] = {}
        for spec in DOCKS:
            dock = PanelDock(spec.id, functools.partial(spec.make, self.session, self.training), self)
            if not spec.late:
                dock.widget()
            self.docks[spec.id] = dock

    def _connect_panels(self) -> None:
        """Connect the panels to actions, to the layout, and to selections in each other."""
        for dock in self.docks.values():
            self.menus.panels.addAction(dock.toggleViewAction())
            for moved in (dock.topLevelChanged, dock.visibilityChanged, dock.dockLocationChanged):
                moved.connect(self._panels_moved)
                moved.connect(dock.paint_buttons)  # a panel that moves has Qt's own again
            dock.made.connect(_suit)
        if QGuiApplication.platformName() == "xcb":
            HeldKeys((keys for action in self.actions() if not action.autoRepeat() for keys in action.shortcuts()), self)
        self.start_page.asked.connect(self._trigger)
        self.day_map_panel.notice_bar.asked.connect(self._trigger)
        self.bench.day_panel.class_asked.connect(lambda cls: self._trigger(f"label-{cls}"))
        table = self.docks["regions"].widget()
        assert isinstance(table, RegionsPanel)
        table.region_clicked.connect(self.day_map_panel.flash)
        table.region_clicked.connect(lambda _region: walking.select(self.session, None))
        self.day_map_panel.region_picked.connect(table.select)

    def _panels_moved(self) -> None:
        """Save the layout, and clear the selection of days, which belongs to the former arrangement."""
        self.layouts.follow()
        walking.select(self.session, None)

    # -- actions ---------------------------------------------------------------------------------------------------

    def _trigger(self, name: str) -> None:
        self.menus.actions[name].trigger()

    def _run(self, row: Action) -> None:
        others.look(self.session)  # actions apply to the present state of the project
        try:
            row.run(self.bench)
        except Exception as error:
            if not isinstance(error, ProjectError):
                raise
            self.session.message.emit(str(error), "error")  # for example if the drive is gone
        self.menus.refresh(self.bench)

    # -- refreshing ------------------------------------------------------------------------------------------------

    def refresh(self, change: Change) -> None:
        """Update page, actions and appearance from the session."""
        if Change.SETTINGS in change:
            # fonts first: what follows them is then in the new language already, and need not follow that too
            i18n.set_language(self.session.settings.language, first=self.layouts.apply_theme)
        if change & (Change.PROJECT | Change.SETTINGS):
            self._centre.pages.setCurrentIndex(0 if self.session.project is None else 1)
            self.setWindowTitle(self._title())
            self.menus.panels.setEnabled(self.session.project is not None)
            self.layouts.show_docks(self.session.project is not None)
        if Change.DISPLAY in change:
            self.menuBar().setCornerWidget(self._segments)  # which has the bar make room for the badge that came or went
        if change & ~(Change.DAY | Change.PICK | Change.RANGE):
            self.menus.refresh(self.bench)

    def _title(self) -> str:
        project = self.session.project
        if project is None:
            return "quakegui"
        mark_synthetic = tr(" — SYNTHETIC") if project.synthetic else ""
        return f"{worded(project_title(project))}{mark_synthetic} — quakegui"

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Update after a change of language or colours."""
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        if event.type() == QEvent.Type.PaletteChange:
            self.menus.refresh_icons()
            self._paint_dock_buttons()
        if event.type() == QEvent.Type.ActivationChange and self.isActiveWindow():
            others.poll(self.session)
        if event.type() == QEvent.Type.WindowStateChange:
            self._look_while_visible()
        super().changeEvent(event)

    def _paint_dock_buttons(self) -> None:
        for dock in self.docks.values():
            dock.paint_buttons()

    def retranslate(self) -> None:
        """Set every text of menus, tool bar and dock titles in the current language."""
        self.menus.retranslate()
        self._paint_dock_buttons()
        for place in DOCKS:
            self.docks[place.id].setWindowTitle(tr(place.title))
        self.setWindowTitle(self._title())

    # -- events of the window --------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Save the new size."""
        super().resizeEvent(event)
        self.layouts.follow()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Place the panels in a window of this size, and start checking for changes by others."""
        super().showEvent(event)
        self.layouts.settle()
        self._look_while_visible()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802 - Qt's name
        """Stop checking for changes by others."""
        self._look_while_visible()
        super().hideEvent(event)

    def _look_while_visible(self) -> None:
        """Check for changes by other programs while the window is visible, or minimised and to signal alarms; beginning now."""
        if not self.isVisible() or (self.isMinimized() and not self.session.settings.alarm_signal):
            self._looks.stop()
        elif not self._looks.isActive():
            self._looks.start()
            others.poll(self.session)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """Ask if work would be lost; save the layout and the day, stop jobs, and close."""
        if not self.session.may_close():
            event.ignore()
            return
        self.layouts.remember()
        self.session.close()
        super().closeEvent(event)
