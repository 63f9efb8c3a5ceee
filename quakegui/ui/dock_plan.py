"""The dock panels, their places in each workspace, and how they share the room of the window."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow, QToolBar, QWidget

from quakegui.app.session import Session
from quakegui.app.training import Training
from quakegui.ui.i18n import mark
from quakegui.ui.panels.day_panel import DayPanel
from quakegui.ui.panels.evaluation_panel import EvaluationPanel
from quakegui.ui.panels.regions_panel import RegionsPanel
from quakegui.ui.panels.runs_panel import RunsPanel
from quakegui.ui.panels.series_panel import SeriesPanel
from quakegui.ui.panels.station_map_panel import StationMapPanel
from quakegui.ui.panels.timeline_panel import TimelinePanel
from quakegui.ui.panels.training_panel import TrainingPanel

SHORT_WINDOW = 850
"""Height of the window in pixels below which stacked panels become tabs."""
LOW_WINDOW = 560
"""Below this height every line counts: the tool bar stands at the side, and the row below takes what its panel needs."""
BESIDE_MAP = 110
"""What stands beside the map in the middle, in pixels: its colour bar and margins."""
ABOVE_AND_BELOW_MAP = 215
"""What stands above and below it in a window without a row below: bars, head and foot, and the line of values, in pixels."""
REGIONS_WIDTH = 440
"""Width in which no column of the extremum regions is cut, in pixels."""
PLAY_BAR_WIDTH = 620
"""Width in which the bar below the map shows all of its controls, in pixels."""
TIMELINE_SHARE = 21
"""Height of the bottom row, in percent of the window."""
LEAST_BELOW = 178
"""Minimum height of the bottom row in a window that is not low, in pixels."""


@dataclass(frozen=True, slots=True)
class DockSpec:
    """A dock panel: its name, its title, the function that creates it, and whether it is created only when first shown."""

    id: str
    title: str
    make: Callable[[Session, Training], QWidget]
    late: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Place of a dock in a workspace: its area, and the dock above it there.

    In a window in which the map above it would be too small, it is a tab `behind` another dock instead.
    """

    dock: str
    area: Qt.DockWidgetArea
    below: str = ""
    behind: str = ""


@dataclass(frozen=True, slots=True)
class Workspace:
    """An arrangement of docks for one kind of work.

    Attributes
    ----------
    id, title, tip
        Its name, and English texts.
    places
        The docks that it shows; the others can be opened in it.
    day_map
        Whether the day map is in the centre.
    large
        Whether text is larger and the tool bar hidden: several people look at one screen.
    """

    id: str
    title: str
    tip: str
    places: tuple[Place, ...]
    day_map: bool = True
    large: bool = False

    def has(self, dock: str) -> bool:
        """Return whether it shows a dock."""
        return any(place.dock == dock for place in self.places)


def _plain(panel: Callable[[Session], QWidget]) -> Callable[[Session, Training], QWidget]:
    return lambda session, _training: panel(session)


LEFT, RIGHT, BOTTOM = (
    Qt.DockWidgetArea.LeftDockWidgetArea,
    Qt.DockWidgetArea.RightDockWidgetArea,
    Qt.DockWidgetArea.BottomDockWidgetArea,
)
DOCKS: Final = (
    DockSpec("stations", mark("Station map"), _plain(StationMapPanel)),
    DockSpec("series", mark("Series"), _plain(SeriesPanel)),
    DockSpec("day", mark("This day"), _plain(DayPanel)),
    DockSpec("regions", mark("Extremum regions"), _plain(RegionsPanel)),
    DockSpec("timeline", mark("Timeline"), _plain(TimelinePanel)),
    DockSpec("training", mark("Training"), TrainingPanel),
    DockSpec("runs", mark("Runs"), RunsPanel),
    DockSpec("evaluation", mark("Evaluation"), EvaluationPanel, late=True),
)
WORKSPACES: Final = (
    Workspace(
        "days", mark("Days"), mark("Step through the days and label them"),
        (Place("stations", LEFT), Place("series", LEFT, "stations"), Place("day", RIGHT), Place("regions", RIGHT, "day"),
         Place("timeline", BOTTOM, behind="stations")),
    ),
    Workspace(
        "model", mark("Modelling"), mark("Train a model and compare runs"),
        (Place("training", BOTTOM), Place("runs", BOTTOM, "training")), day_map=False,
    ),
    Workspace("results", mark("Results"), mark("Evaluate the predictions"), (Place("evaluation", BOTTOM),), day_map=False),
    Workspace(
        "review", mark("Review"), mark("Show a large map and large text for several people at one screen"),
        (Place("day", RIGHT), Place("timeline", BOTTOM, behind="day")), large=True,
    ),
)  # fmt: skip


def workspace_of(dock: str) -> Workspace:
    """Return the home workspace of a dock."""
    return next(workspace for workspace in WORKSPACES if workspace.has(dock))


def arrange(window: QMainWindow, docks: Mapping[str, QDockWidget], toolbar: QToolBar, workspace: Workspace, fit: float) -> None:
    """Move every dock and the tool bar to its default place in a window of this height.

    Parameters
    ----------
    window, docks
        The window, and one per entry of `DOCKS`, by its name.
    toolbar, workspace
        The tool bar and the workspace.
    fit
        Scale of text and narrow columns on small screens (`quakegui.ui.main_window.fit_of`).
    """
    put_by(window, docks, toolbar, workspace)
    for place in workspace.places:
        _place(window, docks, place)
    _place_others(window, docks, workspace)
    for place in workspace.places:
        if not place.below and not _stands_behind(window, place):
            docks[place.dock].raise_()
    (_share_for_days if workspace.id == "days" else _share)(window, docks, workspace, fit)


def put_by(window: QMainWindow, docks: Mapping[str, QDockWidget], toolbar: QToolBar, workspace: Workspace) -> None:
    """Move the tool bar to its place in a window of this height, and remove all docks.

    Parameters
    ----------
    window, docks
        The window, and one per entry of `DOCKS`, by its name.
    toolbar, workspace
        The tool bar and the workspace.
    """
    low = window.height() < LOW_WINDOW
    window.addToolBar(Qt.ToolBarArea.LeftToolBarArea if low else Qt.ToolBarArea.TopToolBarArea, toolbar)
    toolbar.setVisible(not workspace.large)
    for dock in docks.values():
        dock.setFloating(False)
        window.removeDockWidget(dock)


def _place(window: QMainWindow, docks: Mapping[str, QDockWidget], place: Place) -> None:
    dock = docks[place.dock]
    window.addDockWidget(place.area, dock)
    dock.show()
    if _stands_behind(window, place):
        window.tabifyDockWidget(docks[place.behind], dock)
    elif place.below and window.height() < SHORT_WINDOW:
        window.tabifyDockWidget(docks[place.below], dock)
        docks[place.below].raise_()
    elif place.below:
        window.splitDockWidget(docks[place.below], dock, Qt.Orientation.Vertical)


def _stands_behind(window: QMainWindow, place: Place) -> bool:
    return bool(place.behind) and LOW_WINDOW <= window.height() < SHORT_WINDOW


def _place_others(window: QMainWindow, docks: Mapping[str, QDockWidget], workspace: Workspace) -> None:
    """Hide the docks that a workspace does not show, behind the last one below, where they come up when they are opened."""
    last = docks[workspace.places[-1].dock]
    front = last if window.dockWidgetArea(last) == BOTTOM else None
    for name, dock in docks.items():
        if not workspace.has(name):
            window.addDockWidget(BOTTOM, dock)
            if front is not None:
                window.tabifyDockWidget(front, dock)
            front = front or dock
            dock.hide()


def place_new(window: QMainWindow, docks: Mapping[str, QDockWidget], workspace: Workspace) -> None:
    """Add docks that are missing in a layout saved by an earlier version as tabs, shown in their home workspace."""
    front = docks[workspace.places[-1].dock]
    for name, dock in docks.items():
        if window.dockWidgetArea(dock) == Qt.DockWidgetArea.NoDockWidgetArea:
            place = next((place for place in workspace.places if place.dock == name), Place(name, BOTTOM))
            window.addDockWidget(place.area, dock)
            beside = docks[place.below] if place.below else front
            if beside is not dock and window.dockWidgetArea(beside) == place.area:
                window.tabifyDockWidget(beside, dock)
                beside.raise_()
            dock.setVisible(workspace.has(name))


def _share(window: QMainWindow, docks: Mapping[str, QDockWidget], workspace: Workspace, fit: float) -> None:
    width, height = window.width(), window.height()
    if workspace.has("timeline"):
        beside = width - BESIDE_MAP - (height - ABOVE_AND_BELOW_MAP)  # what the largest map leaves, for lines that are not cut
        column = min(max(beside, width // 4, round(290 * fit)), width * 2 // 5)
        window.resizeDocks([docks["day"]], [column], Qt.Orientation.Horizontal)
        if window.dockWidgetArea(docks["timeline"]) == BOTTOM:
            window.resizeDocks([docks["timeline"]], [height * 12 // 100], Qt.Orientation.Vertical)
    elif workspace.has("runs") and height >= SHORT_WINDOW:
        window.resizeDocks([docks["training"], docks["runs"]], [13, 7], Qt.Orientation.Vertical)


def _share_for_days(window: QMainWindow, docks: Mapping[str, QDockWidget], _workspace: Workspace, fit: float) -> None:
    width, height = window.width(), window.height()
    low, bottom = height < LOW_WINDOW, window.dockWidgetArea(docks["timeline"]) == BOTTOM
    below = (height * TIMELINE_SHARE // 100 if low else max(height * TIMELINE_SHARE // 100, LEAST_BELOW)) if bottom else 0
    left = max(width * 27 // 100, round(300 * fit))
    middle = max(BESIDE_MAP + height - below - ABOVE_AND_BELOW_MAP, PLAY_BAR_WIDTH)  # the largest map
    right = max(width // 5, round(290 * fit), min(width - left - middle, REGIONS_WIDTH))
    window.resizeDocks([docks["stations"], docks["day"]], [left, right], Qt.Orientation.Horizontal)
    if not bottom:
        return
    window.resizeDocks([docks["timeline"]], [below], Qt.Orientation.Vertical)
    if height >= SHORT_WINDOW:
        window.resizeDocks([docks["stations"], docks["series"]], [11, 9], Qt.Orientation.Vertical)
        window.resizeDocks([docks["day"], docks["regions"]], [15, 5], Qt.Orientation.Vertical)
