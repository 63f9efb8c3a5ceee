"""The one window: it places the panels, builds menus from the action table, and does nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
import platformdirs
from PySide6.QtCore import QByteArray, QEvent, QSize, QStandardPaths, Qt, QTimer
from PySide6.QtGui import (
    QAction,
    QActionGroup,
    QCloseEvent,
    QFont,
    QGuiApplication,
    QHideEvent,
    QKeySequence,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QDockWidget, QMainWindow, QMenu, QStackedWidget, QToolBar, QWidget

from quakegui.app.change import Change
from quakegui.app.session import Session
from quakegui.app.training import Training
from quakegui.ui import dock_plan, i18n, theme
from quakegui.ui.actions import ACTIONS, EDIT, MENUS, ActionSpec
from quakegui.ui.dock_plan import DOCKS
from quakegui.ui.held_keys import HeldKeys
from quakegui.ui.i18n import mark, tr
from quakegui.ui.icons import icon
from quakegui.ui.leaving import may_close
from quakegui.ui.panels.day_map_panel import DayMapPanel
from quakegui.ui.panels.day_panel import DayPanel
from quakegui.ui.panels.regions_panel import RegionsPanel
from quakegui.ui.panels.start_page import StartPage
from quakegui.ui.plain import keep_plain
from quakegui.ui.plots.class_icons import class_icon
from quakegui.ui.questions import ask
from quakegui.ui.range_count import RangeCount
from quakegui.ui.status_line import StatusLine
from quakegui.ui.texts import step_words
from quakegui.ui.trouble import TroubleBar, above, copy_report

STEPS: Final = (("undo", mark("Undo")), ("redo", mark("Redo")))
LAST_LABEL: Final = "label-4"
LAYOUT_VERSION = 1
KEEP_LAYOUT_MS = 2000
LOOK_EVERY_MS = 2000
"""For what other programs change in the project, while the window can be seen; a look reads shared memory, not the disk."""
SMALLEST = QSize(1024, 640)
"""For text of the usual size."""
SMALLEST_OF_ALL = QSize(560, 320)
"""Where text is smaller because the screen is: 1280x720 at 200 % less title and task bar."""
REVIEW_TEXT_SCALE = 1.35
ICON_POINTS = 20
LEAST_FIT = 0.6
"""Smaller text cannot be read."""


def fit_of(screen: QSize) -> float:
    """Return by how much text must be smaller than usual for the window to fit a screen, in its scaled pixels; 1 on most."""
    return float(np.clip(min(screen.width() / SMALLEST.width(), screen.height() / SMALLEST.height()), LEAST_FIT, 1.0))


def _weighted(weight: QFont.Weight) -> QFont:
    """Return a font that says nothing but its weight."""
    font = QFont()
    font.setWeight(weight)
    return font


class MainWindow(QMainWindow):
    """Docks around the day map, over one session."""

    session: Session
    layout_name: str

    def __init__(self, session: Session, *, fit: float = 1.0) -> None:
        """Make the window; `fit` is a factor on the text size that lets it fit a small screen (`fit_of`)."""
        super().__init__()
        self._fit = fit
        self.session = session
        self.training = Training(session)
        session.may_close = lambda: may_close(self)
        self._keeper = QTimer(self)
        self._keeper.setSingleShot(True)
        self._keeper.setInterval(KEEP_LAYOUT_MS)
        self._keeper.timeout.connect(self._remember)
        self._looks = QTimer(self)
        self._looks.setInterval(LOOK_EVERY_MS)
        self._looks.timeout.connect(session.poll)
        session.ask = lambda question: ask(self, question)
        self.layout_name = "work"
        self._fresh_layout = False
        self._hidden_state: QByteArray | None = None
        self.setObjectName("main window")
        self.setMinimumSize(SMALLEST if fit == 1.0 else SMALLEST_OF_ALL)
        self.setDockNestingEnabled(True)
        self.setCorner(Qt.Corner.BottomLeftCorner, dock_plan.BOTTOM)
        self.setCorner(Qt.Corner.BottomRightCorner, dock_plan.BOTTOM)
        self._place_centre()
        self._place_docks(session)
        self._connect_regions()
        self._make_actions()
        self._fill_menus()
        self._fill_toolbar()
        self.status_line = StatusLine(session, self)
        self.setStatusBar(self.status_line)
        self.training.spoke.connect(self.status_line.hear)
        session.changed.connect(self.refresh)
        self.retranslate()
        keep_plain(self)
        self._restore("work")
        self.refresh(Change.ALL)

    @property
    def language(self) -> str:
        """The language in force, "en" or "zh"."""
        return i18n.language()

    # -- placing ---------------------------------------------------------------------------------------------------

    def _place_centre(self) -> None:
        self.start_page = StartPage(self)
        self.day_map_panel = DayMapPanel(self.session)
        self.day_map_panel.notice_bar.asked.connect(lambda action: self.actions_by_id[action].trigger())
        self._centre = QStackedWidget()
        self._centre.addWidget(self.start_page)
        self._centre.addWidget(self.day_map_panel)
        self.trouble_bar = TroubleBar(lambda: copy_report(self))
        self.setCentralWidget(above(self._centre, self.trouble_bar))

    def _place_docks(self, session: Session) -> None:
        self.docks: dict[str, QDockWidget] = {}
        for spec in DOCKS:
            dock = QDockWidget(self)
            dock.setObjectName(spec.id)
            panel = spec.make(session, self.training)
            # only a title in the dock's own font follows the text size
            dock.setFont(_weighted(QFont.Weight.DemiBold))
            panel.setFont(_weighted(QFont.Weight.Normal))
            dock.setWidget(panel)
            for moved in (dock.topLevelChanged, dock.visibilityChanged, dock.dockLocationChanged):
                moved.connect(self._panels_moved)
            self.docks[spec.id] = dock
        self.tabifiedDockWidgetActivated.connect(lambda raised: dock_plan.make_room_below(self, self.docks, raised))

    def _layout_changed(self) -> None:
        """Have the layout kept soon, so that it is back also after a crash."""
        if self.isVisible() and not self._keeper.isActive():
            self._keeper.start()

    def _panels_moved(self) -> None:
        """Keep the layout, and let no choice of days outlive the look of the window that it was made in."""
        self._layout_changed()
        self.session.choose(None)

    def end_unseen_choice(self) -> None:
        """Let a label go to the day shown alone where it cannot be read how many are chosen: panel and tool bar are hidden."""
        if len(self.session.target()) > 1 and not (self.day_panel.count.seen or self.range_count.seen):
            self.session.choose(None)
            self.session.said.emit("The number of chosen days is not visible, so only the day shown is labelled.", "info")

    def _connect_regions(self) -> None:
        """Let a region clicked in the table flash on the map, and choose in the table one clicked on the map."""
        table = self.docks["regions"].widget()
        assert isinstance(table, RegionsPanel)
        table.region_clicked.connect(self.day_map_panel.flash)
        table.region_clicked.connect(lambda _region: self.session.choose(None))
        self.day_map_panel.region_picked.connect(table.select)

    @property
    def day_panel(self) -> DayPanel:
        """The panel of the day shown."""
        panel = self.docks["day"].widget()
        assert isinstance(panel, DayPanel)
        return panel

    def panels(self) -> dict[str, QWidget]:
        """Return every panel by name, the day map without its play bar among them, for figures."""
        return {"day map": self.day_map_panel.view, **{name: dock.widget() for name, dock in self.docks.items()}}

    def show_dock(self, name: str) -> None:
        """Bring a dock to the front, also when it was closed."""
        dock = self.docks[name]
        dock.show()
        dock.raise_()

    # -- actions ---------------------------------------------------------------------------------------------------

    def _make_actions(self) -> None:
        self.actions_by_id: dict[str, QAction] = {}
        for spec in ACTIONS:
            action = QAction(self)
            action.setObjectName(spec.id)
            action.setShortcuts([QKeySequence(keys) for keys in spec.shortcuts])
            action.setCheckable(spec.checked is not None)
            action.setAutoRepeat(spec.needs != "write")  # a key held down writes once
            action.triggered.connect(lambda _on=False, spec=spec: self._run(spec))
            self.addAction(action)
            self.actions_by_id[spec.id] = action
        if QGuiApplication.platformName() == "xcb":
            HeldKeys((keys for action in self.actions() if not action.autoRepeat() for keys in action.shortcuts()), self)
        self.day_panel.class_asked.connect(lambda cls: self.actions_by_id[f"label-{cls}"].trigger())

    def _run(self, spec: ActionSpec) -> None:
        self.session.look()  # whatever is done is done to the project as it is now
        try:
            spec.slot(self)
        except Exception as error:
            from quakegui.project.store import ProjectError  # not loaded at the start

            if not isinstance(error, ProjectError):
                raise
            self.session.said.emit(str(error), "error")  # the drive is gone, say
        self._refresh_actions()

    def _fill_menus(self) -> None:
        self._menus: dict[str, QMenu] = {}
        for title in MENUS:
            menu = self.menuBar().addMenu("")
            self._menus[title] = menu
            group = 0
            for spec in (spec for spec in ACTIONS if spec.menu == title):
                if spec.group != group:
                    menu.addSeparator()
                    group = spec.group
                menu.addAction(self.actions_by_id[spec.id])
        self._menus[EDIT].aboutToShow.connect(self._name_steps)
        self._menus[EDIT].aboutToHide.connect(self._unname_steps)  # the tool bar and the palette say the command alone
        themes = QActionGroup(self)
        for name in ("theme-light", "theme-dark", "theme-system"):
            themes.addAction(self.actions_by_id[name])
        self._panels_menu = self._menus[MENUS[-2]].addMenu("")
        for dock in self.docks.values():
            self._panels_menu.addAction(dock.toggleViewAction())

    def _name_steps(self) -> None:
        """Let the Edit menu say what would be undone and redone."""
        for (name, text), step in zip(STEPS, self.session.steps(), strict=True):
            if step is not None:
                self.actions_by_id[name].setText(tr("{command}: {what}").format(command=tr(text), what=step_words(step)))

    def _unname_steps(self) -> None:
        for name, text in STEPS:
            self.actions_by_id[name].setText(tr(text))

    def _fill_toolbar(self) -> None:
        self._toolbar = QToolBar(self)
        self._toolbar.setObjectName("tool bar")
        self._toolbar.setMovable(False)
        menu = None
        for spec in (spec for spec in ACTIONS if spec.toolbar):
            if menu not in (None, spec.menu):
                self._toolbar.addSeparator()
            menu = spec.menu
            self._toolbar.addAction(self.actions_by_id[spec.id])
            if spec.id == LAST_LABEL:
                self.range_count = RangeCount(self.session, self._toolbar)
                self.range_count.join(self._toolbar)
        self._toolbar.orientationChanged.connect(self._separate_tools)
        self.addToolBar(self._toolbar)

    def _separate_tools(self, along: Qt.Orientation) -> None:
        """Draw lines between the groups of tools but at the side of a low window, where there is no room for them."""
        for action in self._toolbar.actions():
            if action.isSeparator():
                action.setVisible(along == Qt.Orientation.Horizontal)

    def _refresh_actions(self) -> None:
        have = {
            "": True,
            "project": self.session.project is not None,
            "days": self.session.days.size > 0,
            "write": self.session.days.size > 0 and self.session.can_write,
        }
        for spec in ACTIONS:
            action = self.actions_by_id[spec.id]
            action.setEnabled(have[spec.needs])
            if spec.checked is not None:
                action.setChecked(spec.checked(self))

    # -- refreshing ------------------------------------------------------------------------------------------------

    def refresh(self, change: Change) -> None:
        """Follow the session: which page, which actions, which look."""
        if Change.SETTINGS in change:
            i18n.set_language(self.session.settings.language)
            self._apply_theme()
        if change & (Change.PROJECT | Change.SETTINGS):
            self._centre.setCurrentIndex(0 if self.session.project is None else 1)
            self.setWindowTitle(self._title())
            self._set_docks(self.session.project is not None)
        if change & ~(Change.DAY | Change.PICK | Change.RANGE):
            self._refresh_actions()

    def _set_docks(self, on: bool) -> None:
        """Show the docks as they were, or hide them all: without a project they have nothing to say."""
        self._panels_menu.setEnabled(on)
        if on and self._hidden_state is not None:
            state, self._hidden_state = self._hidden_state, None
            if self._fresh_layout:
                self.reset_layout()
            else:
                self.restoreState(state, LAYOUT_VERSION)
        elif not on and self._hidden_state is None:
            self._hidden_state = self.saveState(LAYOUT_VERSION)
            for dock in self.docks.values():
                dock.hide()

    def _title(self) -> str:
        project = self.session.project
        if project is None:
            return "quakegui"
        mark_synthetic = tr(" — SYNTHETIC") if project.synthetic else ""
        return f"{project.name}{mark_synthetic} — quakegui"

    def _apply_theme(self) -> None:
        review = REVIEW_TEXT_SCALE if self.layout_name == "review" and self._fit == 1.0 else 1.0
        scale = self.session.settings.text_scale * self._fit * review
        theme.apply(self.session.settings.theme, text_scale=scale)
        points = round(ICON_POINTS * max(scale, 0.7))
        self._toolbar.setIconSize(QSize(points, points))

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Follow a switch of language or colours."""
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        if event.type() == QEvent.Type.PaletteChange:
            self._refresh_icons()
        if event.type() == QEvent.Type.ActivationChange and self.isActiveWindow():
            self.session.poll()
        if event.type() == QEvent.Type.WindowStateChange:
            self._look_while_visible()
        super().changeEvent(event)

    def retranslate(self) -> None:
        """Set every text of menus, tool bar and dock titles in the language in force."""
        for spec in ACTIONS:
            action = self.actions_by_id[spec.id]
            action.setText(tr(spec.text))
            keys = QKeySequence(spec.shortcuts[0]).toString(QKeySequence.SequenceFormat.NativeText) if spec.shortcuts else ""
            tip = tr(spec.tip) if spec.tip else tr(spec.text).rstrip("…")
            action.setToolTip(f"{tip} ({keys})" if keys else tip)
            action.setStatusTip(tip)
        for title, menu in self._menus.items():
            menu.setTitle(tr(title))
        self._panels_menu.setTitle(tr("Panels"))
        self._toolbar.setWindowTitle(tr("Tool bar"))
        for place in DOCKS:
            self.docks[place.id].setWindowTitle(tr(place.title))
        self.setWindowTitle(self._title())
        self._refresh_icons()

    def _refresh_icons(self) -> None:
        colours = theme.colours()
        for spec in ACTIONS:
            if spec.icon:
                self.actions_by_id[spec.id].setIcon(icon(spec.icon, colours.text, colours.missing))
            elif spec.id.startswith("label-"):
                self.actions_by_id[spec.id].setIcon(class_icon(int(spec.id[-1])))

    # -- layouts ---------------------------------------------------------------------------------------------------

    def use_layout(self, name: str) -> None:
        """Switch to the "work" or the "review" layout; each is remembered as it was left."""
        self._remember()
        self.session.choose(None)
        self.layout_name = name
        self._apply_theme()  # first, so that the panels' smallest sizes are those of the layout's text size
        self._restore(name)
        self._refresh_actions()

    def reset_layout(self) -> None:
        """Put every panel back where it stands in the layout in use."""
        self._fresh_layout = not self.isVisible()
        self.session.choose(None)
        review = self.layout_name == "review"
        dock_plan.arrange(self, self.docks, self._toolbar, review=review, fit=self._fit)

    def _restore(self, name: str) -> None:
        kept = self.session.file.load_layout(self._kept_as(name))
        if kept is None:
            self.reset_layout()
            return
        geometry, state = kept
        if name == "work" and not self.isVisible():
            self.restoreGeometry(geometry)
        if not self.restoreState(state, LAYOUT_VERSION):
            self.reset_layout()

    def _remember(self) -> None:
        state = self.saveState(LAYOUT_VERSION) if self._hidden_state is None else self._hidden_state
        self.session.file.save_layout(self._kept_as(self.layout_name), self.saveGeometry(), state)

    def _kept_as(self, layout: str) -> str:
        """Return the name that a layout is kept by: a small screen has its own, and leaves a large one's alone."""
        return layout if self._fit == 1.0 else f"{layout}-small"

    def last_folder(self) -> Path:
        """Return where the analyst's latest project lies, for file dialogs to start from; else the folder for documents.

        The synthetic season does not count: it lies in the program's own folder, which Windows hides.
        """
        hidden = Path(platformdirs.user_data_dir("quakegui", appauthor=False))
        chosen = (Path(recent).parent for recent in self.session.settings.recent)
        documents = Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation))
        return next((folder for folder in chosen if folder != hidden), documents if documents.is_dir() else Path.home())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Have the new size kept."""
        super().resizeEvent(event)
        self._layout_changed()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Share the space among the docks once the window has its size, unless a layout was restored."""
        super().showEvent(event)
        if self._fresh_layout and self._hidden_state is None:
            self.reset_layout()
        self._look_while_visible()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802 - Qt's name
        """Look no longer for what others do."""
        self._looks.stop()
        super().hideEvent(event)

    def _look_while_visible(self) -> None:
        """Look for what other programs change while the window can be seen, now at first."""
        if not self.isVisible() or self.isMinimized():
            self._looks.stop()
        elif not self._looks.isActive():
            self._looks.start()
            self.session.poll()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """Ask where work would be lost; remember the layout and the day, stop what runs, and leave."""
        if not self.session.may_close():
            event.ignore()
            return
        self._keeper.stop()
        self._remember()
        self.session.close()
        super().closeEvent(event)
