"""The parts of the window that commands use."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtWidgets import QMainWindow

from quakegui.app import walking
from quakegui.app.session import Session
from quakegui.ui.layouts import Layouts
from quakegui.ui.panel_dock import PanelDock
from quakegui.ui.panels.day_map_panel import DayMapPanel
from quakegui.ui.panels.day_panel import DayPanel
from quakegui.ui.panels.evaluation_panel import EvaluationPanel
from quakegui.ui.range_count import RangeCount


@dataclass(frozen=True, slots=True)
class Workbench:
    """The argument of a command.

    Attributes
    ----------
    window
        Parent of dialogs; its actions are QActions, each with its row of the table as data.
    session, day_map
        The session, and the panel in the centre.
    docks
        The other panels, by the names of `dock_plan.DOCKS`.
    layouts
        The places of the panels.
    range_count
        The number of selected days in the tool bar.
    """

    window: QMainWindow
    session: Session
    day_map: DayMapPanel
    docks: dict[str, PanelDock]
    layouts: Layouts
    range_count: RangeCount

    @property
    def day_seen(self) -> bool:
        """Whether the day shown is visible: its map, large or small, or its date in its panel, which may be scrolled away."""
        results = self._results
        below = not self.day_panel.date.visibleRegion().isEmpty()
        return self.day_map.day_seen or below or (results is not None and results.day_seen)

    def step(self) -> None:
        """Go to the next day: in the order of the small maps if these are in use, otherwise to the next date."""
        contact, results = self.day_map.contact.sheet, self._results
        if results is not None and results.cell.sheet.hasFocus() and results.cell.sheet.shows_day:
            results.cell.sheet.step()
        elif contact.shows_day:
            contact.step()
        else:
            walking.step(self.session, 1)

    @property
    def _results(self) -> EvaluationPanel | None:
        """The results, None while they are hidden."""
        dock = self.docks["evaluation"]
        if not dock.isVisible():
            return None
        results = dock.widget()
        assert isinstance(results, EvaluationPanel)
        return results

    @property
    def day_panel(self) -> DayPanel:
        """The panel of the day shown."""
        panel = self.docks["day"].widget()
        assert isinstance(panel, DayPanel)
        return panel
