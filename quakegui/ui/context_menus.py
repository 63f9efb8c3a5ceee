"""The menus where one would right-click: copy, label, go to the day, see only such days, export."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QAbstractScrollArea, QMenu, QTableView, QWidget

from quakegui.app import labelling, walking
from quakegui.ui import spots
from quakegui.ui.commands import export_figure, flag_readings
from quakegui.ui.i18n import tr
from quakegui.ui.panels.evaluation_panel import EvaluationPanel
from quakegui.ui.panels.regions_panel import RegionsPanel
from quakegui.ui.panels.runs_panel import RunsPanel
from quakegui.ui.panels.series_panel import SeriesPanel
from quakegui.ui.panels.station_map_panel import StationMapPanel
from quakegui.ui.panels.timeline_panel import TimelinePanel
from quakegui.ui.spots import Spot
from quakegui.ui.workbench import Workbench

LABELS: Final = ("label-0", "label-1", "label-2", "label-3", "label-4", "unlabel")


class ContextMenus:
    """Gives every picture and table of a window its menu.

    Parameters
    ----------
    bench
        The parts of the window.
    actions
        Qt's actions by the names of the table.
    """

    def __init__(self, bench: Workbench, actions: dict[str, QAction]) -> None:
        self._bench, self._actions = bench, actions
        session = bench.session
        panels = {name: bench.docks[name].widget() for name in ("stations", "series", "timeline", "regions", "runs")}
        self._offer(bench.day_map.view, "day map", functools.partial(spots.of_day_map, session, bench.day_map))
        sheet = bench.day_map.contact.sheet
        self._offer(sheet, "contact sheet", functools.partial(spots.of_sheet, session, sheet))
        stations, series, timeline = panels["stations"], panels["series"], panels["timeline"]
        assert isinstance(stations, StationMapPanel)
        assert isinstance(series, SeriesPanel)
        assert isinstance(timeline, TimelinePanel)
        self._offer(stations, "stations", functools.partial(spots.of_station_map, session, stations))
        self._offer(series.graphics, "series", functools.partial(spots.of_series, session, series))
        self._offer(timeline.view, "timeline", functools.partial(spots.of_timeline, session, timeline.view))
        regions, runs = panels["regions"], panels["runs"]
        assert isinstance(regions, RegionsPanel)
        assert isinstance(runs, RunsPanel)
        self._offer(regions.table, "regions", functools.partial(spots.of_table, regions.table))
        self._offer(runs.table, "runs", functools.partial(spots.of_table, runs.table))
        bench.docks["evaluation"].made.connect(self._offer_results)

    def _offer_results(self, results: EvaluationPanel) -> None:
        session, name = self._bench.session, "evaluation"
        self._offer(results.matrix, name, functools.partial(spots.of_matrix, results.matrix))
        self._offer(results.cell.sheet, name, functools.partial(spots.of_sheet, session, results.cell.sheet))
        self._offer(results.rows, name, functools.partial(spots.of_class_rows, session, results.rows))
        days = {results.alarms: results.day_of_alarm, results.studies.events: results.studies.day_of_event}
        for table in (results.alarms, results.classes, results.scores, results.studies.events, results.studies.choices):
            self._offer(table, name, functools.partial(spots.of_table, table, day_of_row=days.get(table)))
        for picture in (results.forest, results.reliability, results.molchan, results.studies.probability,
                        results.studies.epochs, results.studies.maps):  # fmt: skip
            self._offer(picture, name, lambda _at: Spot())

    def _offer(self, widget: QWidget, panel: str, spot: Callable[[QPoint], Spot]) -> None:
        widget.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)

        def ask(at: QPoint) -> None:
            origin = widget.viewport() if isinstance(widget, QAbstractScrollArea) else widget
            self.menu(widget, panel, spot(at)).popup(origin.mapToGlobal(at))

        widget.customContextMenuRequested.connect(ask)

    def menu(self, widget: QWidget, panel: str, spot: Spot) -> QMenu:
        """Return the context menu of a point; it deletes itself when it is closed.

        Parameters
        ----------
        widget
            What was clicked.
        panel
            The name by which it is exported.
        spot
            What lies there.
        """
        menu, session = QMenu(self._bench.window), self._bench.session
        menu.aboutToHide.connect(menu.deleteLater)
        copy = QGuiApplication.clipboard()
        if spot.value:
            menu.addAction(tr("Copy value"), functools.partial(copy.setText, spot.value))
        if isinstance(widget, QTableView):
            menu.addAction(tr("Copy table"), lambda: copy.setText(spots.rows_of(widget.model())))
        menu.addAction(tr("Copy picture"), functools.partial(self._copy_picture, widget))
        if spot.day >= 0:
            menu.addSeparator()
            if spot.day != session.index:
                text = tr("Go to {date}").format(date=session.days[spot.day])
                menu.addAction(text, functools.partial(walking.go_to_alone, session, spot.day))
            self._add_labels(menu, spot.day)
        if spot.only is not None:
            menu.addSeparator()
            menu.addAction(spot.only[0].replace("&", "&&"), spot.only[1])
        if spot.flag is not None:
            menu.addSeparator()
            words = (
                tr("Flag the selected readings of {station}…") if "/" in spot.flag.when else tr("Flag this night of {station}…")
            )
            flag = menu.addAction(
                words.format(station=spot.flag.station), functools.partial(flag_readings, self._bench, spot.flag)
            )
            flag.setEnabled(session.can_write)
        menu.addSeparator()
        menu.addAction(tr("Export a figure…"), functools.partial(export_figure, self._bench, panel))
        return menu

    def _copy_picture(self, widget: QWidget) -> None:
        from quakegui.ui.dialogs.export_dialogs import stamp_of
        from quakegui.ui.plots.figures import picture_of

        QGuiApplication.clipboard().setImage(picture_of(widget, stamp=stamp_of(self._bench.session)))

    def _add_labels(self, menu: QMenu, day: int) -> None:
        """Offer to label the day that was clicked, or all that are chosen if it is one of them."""
        session, chosen = self._bench.session, labelling.target(self._bench.session)
        inside = day in chosen
        if inside and len(chosen) > 1:
            title = tr("Label {count} days as").format(count=len(chosen))
        else:
            title = tr("Label {date} as").format(date=session.days[day])
        labels = menu.addMenu(title)
        labels.setEnabled(session.can_write)
        for name in LABELS:
            action = self._actions[name]
            labels.addAction(action.icon(), action.text(), functools.partial(self._label, day, name, inside=inside))

    def _label(self, day: int, name: str, *, inside: bool) -> None:
        if not inside:
            walking.go_to_alone(self._bench.session, day)  # what is labelled is looked at
        self._actions[name].trigger()
