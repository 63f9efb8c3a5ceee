"""What a context menu refers to: the value and the day under the mouse, and how to show only days like it."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QAbstractItemModel, QPoint, QPointF, Qt
from PySide6.QtWidgets import QTableView

from quakegui.app import walking
from quakegui.app.session import Session
from quakegui.ui.i18n import tr, worded
from quakegui.ui.panels.class_rows import ClassRows
from quakegui.ui.panels.day_map_panel import DayMapPanel
from quakegui.ui.panels.play_bar import KINDS
from quakegui.ui.panels.series_flags import subject_of
from quakegui.ui.panels.series_panel import SeriesPanel
from quakegui.ui.panels.station_map_panel import StationMapPanel
from quakegui.ui.panels.timeline_panel import TimelineView
from quakegui.ui.plots.map_sheet import MapSheet
from quakegui.ui.plots.matrix_view import MatrixView

if TYPE_CHECKING:
    from quakegui.project.flags import Subject

KIND_OF_ROW: Final = {
    "event_index": "event", "predicted": "disagreement", "alarms": "alarm", "kp": "storm", "area_km2": "region",
}  # fmt: skip
"""The days that a row of the timeline is asked for, by what the row reads."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A place of a panel.

    Attributes
    ----------
    value
        What can be copied from there; empty for nothing.
    day
        Index of the day that lies there, -1 for none.
    only
        How the choice to see only such things is called, and what it does; None where there is no such choice.
    flag
        The readings there that can be flagged; None for none.
    """

    value: str = ""
    day: int = -1
    only: tuple[str, Callable[[], object]] | None = None
    flag: Subject | None = None


def of_day_map(session: Session, panel: DayMapPanel, at: QPoint) -> Spot:
    """Return what lies under a point of the day map."""
    return Spot(panel.words_at(QPointF(at)), session.index, _one_station(session, panel.view.station_at(QPointF(at))))


def of_station_map(session: Session, panel: StationMapPanel, at: QPoint) -> Spot:
    """Return the station or epicentre under a point of the station map."""
    station, event = panel.station_at(QPointF(at)), panel.event_at(QPointF(at))
    day = session.index
    if station is None and event is not None:
        there = session.event_days[event.number]
        day = int(session.days.searchsorted(there)) if there in session.days else -1
    return Spot(panel.words_at(QPointF(at)), day, _one_station(session, station.code if station is not None else ""))


def of_series(session: Session, panel: SeriesPanel, at: QPoint) -> Spot:
    """Return time and values under a point of the series; the selected interval or else the night can be flagged."""
    words, day = panel.words_at(panel.graphics.mapToScene(at))
    code, flag = next(iter(panel.shown), ""), None
    if code and words and panel.interval is not None:
        flag = subject_of(code, *panel.interval)
    if code and flag is None and day is not None:
        from quakegui.project.flags import Subject  # a window without a project answers before the database is loaded

        flag = Subject(code, str(session.days[day]))
    return Spot(words, -1 if day is None else day, flag=flag)


def of_timeline(session: Session, view: TimelineView, at: QPoint) -> Spot:
    """Return the day under a point of the timeline; the row determines which days the menu offers."""
    if view.data is None or at.x() < view.axis.left:
        return Spot()
    day, row = view.axis.day_at(at.x()), view.row_at(float(at.y()))
    kinds = [] if row is None else [kind for field, kind in KIND_OF_ROW.items() if field in row.reads]
    if row is not None and "labels" in row.reads:
        kinds = _class_kind(session, day)
    return Spot(view.words_at(QPointF(at)), day, _one_kind(session, kinds[0]) if kinds else None)


def of_class_rows(session: Session, rows: ClassRows, at: QPoint) -> Spot:
    """Return the day under a point of the labels over predictions."""
    day = rows.day_at(float(at.x()))
    if day < 0:
        return Spot()
    return Spot(rows.words_at(float(at.x())), day, _of_class(session, day))


def of_sheet(session: Session, sheet: MapSheet, at: QPoint) -> Spot:
    """Return the day of the small map under a point of a contact sheet."""
    day = sheet.day_at(at)
    return Spot(str(session.days[day]), day, _of_class(session, day)) if day >= 0 else Spot()


def of_matrix(matrix: MatrixView, at: QPoint) -> Spot:
    """Return the cell of the confusion matrix under a point; its days are seen as small maps."""
    spot = of_table(matrix, at)
    row, column = matrix.rowAt(at.y()), matrix.columnAt(at.x())
    inside = 0 <= row < matrix.rowCount() - 1 and 0 <= column < matrix.columnCount() - 1
    only = (tr("Show only the days of this cell"), functools.partial(matrix.asked.emit, row, column)) if inside else None
    return Spot(spot.value, -1, only)


def of_table(table: QTableView, at: QPoint, day_of_row: Callable[[int], int] | None = None) -> Spot:
    """Return the cell of a table under a point.

    Parameters
    ----------
    day_of_row
        Index of the day that a row is about, -1 for none.
    """
    cell = table.indexAt(at)
    if not cell.isValid():
        return Spot()
    day = day_of_row(cell.row()) if day_of_row is not None else -1
    return Spot(" ".join(str(cell.data() or "").split()), day)


def rows_of(model: QAbstractItemModel) -> str:
    """Return a table with its headings, tabs between the cells, as spreadsheets take it."""
    columns = range(model.columnCount())
    head = [str(model.headerData(column, Qt.Orientation.Horizontal) or "") for column in columns]
    rows = [[str(model.index(row, column).data() or "") for column in columns] for row in range(model.rowCount())]
    return "\n".join("\t".join(" ".join(cell.split()) for cell in row) for row in [head, *rows])


def _one_station(session: Session, code: str) -> tuple[str, Callable[[], object]] | None:
    if not code:
        return None
    return tr("Show only the series of {code}").format(code=code), functools.partial(session.pick, [code])


def _class_kind(session: Session, day: int) -> list[str]:
    cls = int(session.labels.classes[day])
    return [f"class-{cls}"] if cls >= 0 else ["unlabelled"]


def _of_class(session: Session, day: int) -> tuple[str, Callable[[], object]]:
    return _one_kind(session, _class_kind(session, day)[0])


def _one_kind(session: Session, kind: str) -> tuple[str, Callable[[], object]]:
    of_class = kind.startswith("class-")
    name = f"{kind[-1]} {worded(session.class_names[int(kind[-1])])}" if of_class else tr(dict(KINDS)[kind])
    return tr("Filter days: {kind}").format(kind=name), functools.partial(walking.walk_only, session, kind)
