"""Where panels stand: one layout for each workspace, remembered as it was left, and apart for every size of screen."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QByteArray, QSize, QTimer
from PySide6.QtWidgets import QDockWidget, QMainWindow, QToolBar, QWidget

from quakegui.app import walking
from quakegui.app.session import Session
from quakegui.ui import dock_plan, theme
from quakegui.ui.centre import Centre

LAYOUT_VERSION: Final = 2
KEEP_LAYOUT_MS: Final = 2000
REVIEW_TEXT_SCALE: Final = 1.35
REVIEW_TEXT_SCALE_SHORT: Final = 1.25
ICON_POINTS: Final = 20


class Layouts:
    """The workspace in use, and the way to the others.

    Parameters
    ----------
    window, docks, toolbar, centre
        What stands in it.
    session
        Whose settings file keeps the layouts; a choice of days ends with the look of the window that it was made in.
    fit
        By how much text is smaller than usual, for a small screen (`quakegui.ui.main_window.fit_of`).

    Attributes
    ----------
    workspace
        One of `dock_plan.WORKSPACES`.
    fit
        As given.
    """

    def __init__(
        self,
        window: QMainWindow,
        session: Session,
        docks: dict[str, QDockWidget],
        toolbar: QToolBar,
        centre: Centre,
        *,
        fit: float,
    ) -> None:
        self.workspace = self._former = dock_plan.WORKSPACES[0]
        self._window, self._session, self._docks, self._toolbar, self.fit = window, session, docks, toolbar, fit
        self._centre = centre
        self._fresh = False
        """Whether docks have no places yet: they get them once the window has its size."""
        self._hidden_state: QByteArray | None = None
        self._keeper = QTimer(window)
        self._keeper.setSingleShot(True)
        self._keeper.setInterval(KEEP_LAYOUT_MS)
        self._keeper.timeout.connect(self.remember)

    @property
    def name(self) -> str:
        """The workspace's name."""
        return self.workspace.id

    def use(self, name: str) -> None:
        """Switch to the workspace of a name."""
        if name == self.name:
            return
        self.remember()
        walking.select(self._session, None)
        self._former, self.workspace = self.workspace, next(one for one in dock_plan.WORKSPACES if one.id == name)
        self.apply_theme()  # first, so that the panels' smallest sizes are those of the workspace's text size
        self._show_middle()
        self.restore()

    def toggle(self, name: str) -> None:
        """Switch to a workspace, or back from it to the one before."""
        self.use(self._former.id if self.name == name else name)

    def reset(self) -> None:
        """Put every panel back where it stands in the workspace in use."""
        self._fresh = not self._window.isVisible()
        walking.select(self._session, None)
        self._show_middle()
        if self._fresh:
            dock_plan.put_by(self._window, self._docks, self._toolbar, self.workspace)
        else:
            dock_plan.arrange(self._window, self._docks, self._toolbar, self.workspace, self.fit)

    def reset_all(self) -> None:
        """Put every panel back in every workspace, on screens of every size."""
        self._session.file.forget_layouts()
        self.reset()

    def _show_middle(self) -> None:
        self._centre.show_pages(self.workspace.day_map or self._session.project is None)
        self._centre.briefed.emit(self.workspace.large)
        for dock in self._docks.values():  # a title takes room from the map, and is told again in the panel
            if (dock.titleBarWidget() is not None) != self.workspace.large:  # each setting lays out the whole window anew
                dock.setTitleBarWidget(QWidget() if self.workspace.large else None)  # type: ignore[arg-type]

    def restore(self) -> None:
        """Put every panel where it was left in the layout in use."""
        former = self._session.file.load_layout(self.file_name)
        if former is None:
            self.reset()
            return
        geometry, state = former
        if not self._window.isVisible():
            self._window.restoreGeometry(geometry)
        for dock in self._docks.values():
            self._window.removeDockWidget(dock)  # or one that the state does not know stays where it stood
        if self._window.restoreState(state, LAYOUT_VERSION):
            dock_plan.place_new(self._window, self._docks, self.workspace)
        else:
            self.reset()

    def settle(self) -> None:
        """Give the docks their places once the window has its size, unless a layout was restored."""
        if self._fresh and self._hidden_state is None:
            self.reset()

    def follow(self) -> None:
        """Have the layout kept soon after it has changed, so that it is back also after a crash."""
        if self._window.isVisible() and not self._keeper.isActive():
            self._keeper.start()

    def remember(self) -> None:
        """Keep the layout in use as it is now."""
        self._keeper.stop()
        if self._fresh:
            state = QByteArray()  # there is none: the docks get their places at the next start
        else:
            state = self._window.saveState(LAYOUT_VERSION) if self._hidden_state is None else self._hidden_state
        self._session.file.save_layout(self.file_name, self._window.saveGeometry(), state)

    @property
    def file_name(self) -> str:
        """The name that the layout is kept by: every size of screen has its own, and so has every size of text on it."""
        screen = self._window.screen().size()
        return f"{self.name}-{screen.width()}x{screen.height()}-{self.fit:.2f}"

    def show(self, name: str) -> None:
        """Bring a dock to the front, also when it was closed; one that the workspace does not show, where it is at home."""
        if not self.workspace.has(name):
            self.use(dock_plan.workspace_of(name).id)
        dock = self._docks[name]
        dock.show()
        dock.raise_()

    def show_docks(self, on: bool) -> None:
        """Show the docks as they were, or hide them all: without a project they have nothing to say."""
        self._show_middle()
        if on and self._hidden_state is not None:
            state, self._hidden_state = self._hidden_state, None
            if self._fresh:
                self.reset()
            else:
                self._window.restoreState(state, LAYOUT_VERSION)
        elif not on and self._hidden_state is None:
            self._hidden_state = self._window.saveState(LAYOUT_VERSION)
            for dock in self._docks.values():
                dock.hide()

    def apply_theme(self) -> None:
        """Show colours and text as the settings say, larger in a review and smaller on a small screen."""
        short = self._window.height() < dock_plan.SHORT_WINDOW  # where the day card would be cut
        larger = REVIEW_TEXT_SCALE_SHORT if short else REVIEW_TEXT_SCALE
        review = larger if self.workspace.large and self.fit == 1.0 else 1.0
        scale = self._session.settings.text_scale * self.fit * review
        theme.apply(self._session.settings.theme, text_scale=scale)
        points = round(ICON_POINTS * max(scale, 0.7))
        self._toolbar.setIconSize(QSize(points, points))
