"""Which panels dock, where each stands, and how a window's room is shared among them: on a large screen and on a low one."""

from __future__ import annotations

from collections.abc import Callable
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
"""Below this height, in pixels, panels that would stand above each other stand behind each other."""
LOW_WINDOW = 560
"""Below this height every line counts: the tool bar stands at the side, and the row below takes what its panel needs."""
TIMELINE_SHARE = 27
"""Of the window's height, in percent, for the row below."""
OTHERS_SHARE = 48
SHORT_SHARE = 38
"""The same in a low and in a short window, while a panel that stands behind the timeline is looked at."""
LEAST_BELOW = 210
"""The row below in a window that is not low, in pixels."""


@dataclass(frozen=True, slots=True)
class DockSpec:
    """A panel that docks: its name, its title, who makes it, where it stands, and the dock it stands below or behind."""

    id: str
    title: str
    make: Callable[[Session, Training], QWidget]
    area: Qt.DockWidgetArea
    below: str = ""
    behind: str = ""
    review: bool = False


def _plain(panel: Callable[[Session], QWidget]) -> Callable[[Session, Training], QWidget]:
    return lambda session, _training: panel(session)


LEFT, RIGHT, BOTTOM = (
    Qt.DockWidgetArea.LeftDockWidgetArea,
    Qt.DockWidgetArea.RightDockWidgetArea,
    Qt.DockWidgetArea.BottomDockWidgetArea,
)
DOCKS: Final = (
    DockSpec("stations", mark("Station map"), _plain(StationMapPanel), LEFT),
    DockSpec("series", mark("Series"), _plain(SeriesPanel), LEFT, below="stations"),
    DockSpec("day", mark("Day"), _plain(DayPanel), RIGHT, review=True),
    DockSpec("regions", mark("Extremum regions"), _plain(RegionsPanel), RIGHT, below="day"),
    DockSpec("timeline", mark("Timeline"), _plain(TimelinePanel), BOTTOM, review=True),
    DockSpec("training", mark("Training"), TrainingPanel, BOTTOM, behind="timeline"),
    DockSpec("runs", mark("Runs"), RunsPanel, BOTTOM, behind="timeline"),
    DockSpec("evaluation", mark("Evaluation"), EvaluationPanel, BOTTOM, behind="timeline"),
)


def arrange(window: QMainWindow, docks: dict[str, QDockWidget], toolbar: QToolBar, *, review: bool, fit: float) -> None:
    """Put every dock and the tool bar where they stand at first in a window of this height.

    Parameters
    ----------
    docks
        One per entry of `DOCKS`, by its name.
    review
        Whether only the panels of the review layout are shown.
    fit
        By how much text is smaller than usual, and narrow columns with it (`quakegui.ui.main_window.fit_of`).
    """
    low = window.height() < LOW_WINDOW
    window.addToolBar(Qt.ToolBarArea.LeftToolBarArea if low else Qt.ToolBarArea.TopToolBarArea, toolbar)
    for dock in docks.values():
        dock.setFloating(False)
        window.removeDockWidget(dock)
    for spec in DOCKS:
        dock = docks[spec.id]
        window.addDockWidget(spec.area, dock)
        if spec.below and window.height() < SHORT_WINDOW:
            window.tabifyDockWidget(docks[spec.below], dock)
        elif spec.below:
            window.splitDockWidget(docks[spec.below], dock, Qt.Orientation.Vertical)
        if spec.behind:
            window.tabifyDockWidget(docks[spec.behind], dock)
        dock.setVisible(spec.review or not review)
    for name in ("stations", "day", "timeline"):
        docks[name].raise_()
    (_share_for_review if review else _share_for_work)(window, docks, fit)


def place_new(window: QMainWindow, docks: dict[str, QDockWidget], *, review: bool) -> None:
    """Put docks that a layout kept by a former version does not know where they stand at first, behind what is there.

    Parameters
    ----------
    docks, review
        As for `arrange`.
    """
    for spec in DOCKS:
        dock = docks[spec.id]
        if window.dockWidgetArea(dock) == Qt.DockWidgetArea.NoDockWidgetArea:
            window.addDockWidget(spec.area, dock)
            dock.setVisible(spec.review or not review)
            if spec.behind or spec.below:
                front = docks[spec.behind or spec.below]
                window.tabifyDockWidget(front, dock)
                front.raise_()


def _share_for_review(window: QMainWindow, docks: dict[str, QDockWidget], fit: float) -> None:
    window.resizeDocks([docks["day"]], [max(window.width() // 4, round(290 * fit))], Qt.Orientation.Horizontal)
    window.resizeDocks([docks["timeline"]], [window.height() * 23 // 100], Qt.Orientation.Vertical)


def _share_for_work(window: QMainWindow, docks: dict[str, QDockWidget], fit: float) -> None:
    width = window.width()
    columns = [max(width * 27 // 100, round(300 * fit)), max(width // 5, round(290 * fit))]
    window.resizeDocks([docks["stations"], docks["day"]], columns, Qt.Orientation.Horizontal)
    window.resizeDocks([docks["timeline"]], [_row_below(window.height())], Qt.Orientation.Vertical)
    if window.height() >= SHORT_WINDOW:
        for upper, lower in (("stations", "series"), ("day", "regions")):
            window.resizeDocks([docks[upper], docks[lower]], [11, 9], Qt.Orientation.Vertical)


def _row_below(height: int) -> int:
    """Return how tall the row below is at first."""
    share = height * TIMELINE_SHARE // 100
    return share if height < LOW_WINDOW else max(share, LEAST_BELOW)


def make_room_below(window: QMainWindow, docks: dict[str, QDockWidget], raised: QDockWidget) -> None:
    """Give the row below more of a short window while a panel behind the timeline is looked at, and take it back after."""
    together = raised in [docks["timeline"], *window.tabifiedDockWidgets(docks["timeline"])]
    height = window.height()
    if height < SHORT_WINDOW and together and not raised.isFloating():
        more = height * (OTHERS_SHARE if height < LOW_WINDOW else SHORT_SHARE) // 100
        window.resizeDocks([raised], [_row_below(height) if raised is docks["timeline"] else more], Qt.Orientation.Vertical)
