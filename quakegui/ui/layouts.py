"""Places of the panels: one layout for each workspace, saved as it was left, separately for every screen size."""

from __future__ import annotations

from collections.abc import Mapping
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
    """The current workspace, and switching to the others.

    Parameters
    ----------
    window, docks, toolbar, centre
        The window and its parts.
    session
        Its settings file stores the layouts; a switch clears its selection of days.
    fit
        Scale of text on small screens (`quakegui.ui.main_window.fit_of`).

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
        docks: Mapping[str, QDockWidget],
        toolbar: QToolBar,
        centre: Centre,
        *,
        fit: float,
    ) -> None:
        self.workspace = self._former = dock_plan.WORKSPACES[0]
        self._window, self._session, self._docks, self._toolbar, self.fit = window, session, docks, toolbar, fit
        self._centre = centre
        self._fresh = False
        """Whether the docks have no places yet: they are placed once the window has its size."""
        self._hidden_state: QByteArray | None = None
        self._keeper = QTimer(window, singleShot=True, interval=KEEP_LAYOUT_MS)
        self._keeper.timeout.connect(self.remember)

    @property
    def name(self) -> str:
        """Name of the workspace."""
        return self.workspace.id

    def use(self, name: str) -> None:
        """Switch to a workspace by name."""
        if name == self.name:
            return
        self.remember()
        walking.select(self._session, None)
        self._former, self.workspace = self.workspace, next(one for one in dock_plan.WORKSPACES if one.id == name)
        self.apply_theme()  # first, so that the minimum sizes of the panels fit the text size of the workspace
        self._show_middle()
        self.restore()
        self._centre.switched.emit()

    def toggle(self, name: str) -> None:
        """Switch to a workspace, or back to the previous one."""
        self.use(self._former.id if self.name == name else name)

    def reset(self) -> None:
        """Move every panel to its default place in the current workspace."""
        self._fresh = not self._window.isVisible()
        walking.select(self._session, None)
        self._show_middle()
        if self._fresh:
            dock_plan.put_by(self._window, self._docks, self._toolbar, self.workspace)
        else:
            dock_plan.arrange(self._window, self._docks, self._toolbar, self.workspace, self.fit)

    def reset_all(self) -> None:
        """Reset the places of all panels in every workspace, for all screen sizes."""
        self._session.file.forget_layouts()
        self.reset()

    def _show_middle(self) -> None:
        self._centre.show_pages(self.workspace.day_map or self._session.project is None)
        self._centre.briefed.emit(self.workspace.large)
        for dock in self._docks.values():  # a title takes room from the map, and is repeated in the panel
            former = dock.titleBarWidget()
            if (former is not None) != self.workspace.large:  # each call lays out the whole window again
                dock.setTitleBarWidget(QWidget() if self.workspace.large else None)  # type: ignore[arg-type]
                if former is not None:
                    former.deleteLater()  # Qt keeps it as a child of the dock

    def restore(self) -> None:
        """Restore the saved places of the panels in the current layout."""
        former = self._session.file.load_layout(self.file_name)
        if former is None:
            self.reset()
            return
        geometry, state = former
        if not self._window.isVisible():
            self._window.restoreGeometry(geometry)
        for dock in self._docks.values():
            self._window.removeDockWidget(dock)  # otherwise a dock missing in the state stays where it was
        if self._window.restoreState(state, LAYOUT_VERSION):
            dock_plan.place_new(self._window, self._docks, self.workspace)
        else:
            self.reset()

    def settle(self) -> None:
        """Place the docks once the window has its size, unless a layout was restored."""
        if self._fresh and self._hidden_state is None:
            self.reset()

    def follow(self) -> None:
        """Save the layout soon after a change, so that it is restored also after a crash."""
        if self._window.isVisible() and not self._keeper.isActive():
            self._keeper.start()

    def remember(self) -> None:
        """Save the current layout."""
        self._keeper.stop()
        if self._fresh:
            state = QByteArray()  # there is none: the docks are placed at the next start
        else:
            state = self._window.saveState(LAYOUT_VERSION) if self._hidden_state is None else self._hidden_state
        self._session.file.save_layout(self.file_name, self._window.saveGeometry(), state)

    @property
    def file_name(self) -> str:
        """The name under which the layout is saved, separate for every screen size and text size."""
        screen = self._window.screen().size()
        return f"{self.name}-{screen.width()}x{screen.height()}-{self.fit:.2f}"

    def show(self, name: str) -> None:
        """Bring a dock to the front, even if it was closed; switches to its home workspace if necessary."""
        if not self.workspace.has(name):
            self.use(dock_plan.workspace_of(name).id)
        dock = self._docks[name]
        dock.show()
        dock.raise_()

    def show_docks(self, on: bool) -> None:
        """Show the docks as they were, or hide them all, since they are empty without a project."""
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
