"""The extremum regions of the day shown, one row each; a click flashes the region on the map."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QEvent, QModelIndex, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from quakegui.app.change import Change
from quakegui.app.session import Session
from quakegui.season.extrema import DayFeatures, Region
from quakegui.season.names import DIRECTION_NAMES
from quakegui.ui.i18n import mark, tr, worded
from quakegui.ui.language_follower import TEXT_SIZE, LanguageFollower
from quakegui.ui.late_refresh import LateRefresh
from quakegui.ui.no_markup import as_text
from quakegui.ui.quiet_labels import WrappedLabel
from quakegui.words import Said, counted

Index = QModelIndex | QPersistentModelIndex
LEAST_COLUMNS: Final = 4
"""Shown in any width; of the others, those for which there is room. The tooltip of a row has all of them."""
_RIGHT: Final = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_SHOWS: Final = Change.PROJECT | Change.SEASON | Change.DAY
CELL_PAD: Final = 6
"""Pixels of a cell beside its text."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading and tooltip, the text for a region, and the sort key."""

    head: str
    tip: str
    text: Callable[[Region], str]
    key: Callable[[Region], float | str]


def _signed(value: float) -> str:
    return f"{value:+.2f}".replace("-", "−") if np.isfinite(value) else "–"


def _direction(side: str) -> str:
    return tr(DIRECTION_NAMES[side]) if side else "–"


def _station(region: Region) -> str:
    return f"{region.peak_station} {_signed(region.station_peak_nt)}" if region.peak_station else "–"


def _over(head: str) -> str:
    """Return a heading with a unit in two lines, the longer of them as short as can be."""
    cuts = [found.start() for found in re.finditer(r" |（", head)] if re.search(r"[(（]", head) else []
    cut = min(cuts, key=lambda cut: max(cut, len(head) - cut), default=0)
    return f"{head[:cut]}\n{head[cut:].lstrip()}" if cut else head


COLUMNS: Final = (
    Column(mark("No."), mark("Region number, the same throughout its track"), lambda r: str(r.id), lambda r: r.id),
    Column(mark("Area (km²)"), mark("Area at or above the threshold"), lambda r: f"{r.area_km2:,.0f}", lambda r: r.area_km2),
    Column(
        mark("Peak (z-score)"),
        mark("z at the strongest pixel of the region"),
        lambda r: _signed(r.peak_z),
        lambda r: abs(r.peak_z),
    ),
    Column(
        mark("Peak (nT)"),
        mark("Anomaly at the strongest pixel of the region"),
        lambda r: _signed(r.peak_nt),
        lambda r: abs(r.peak_nt),
    ),
    Column(
        mark("Duration (days)"),
        mark("Consecutive days that the region has stayed in the same place"),
        lambda r: str(r.duration_days),
        lambda r: r.duration_days,
    ),
    Column(
        mark("Position"),
        mark("Centroid north or south of the map centre"),
        lambda r: _direction(r.direction),
        lambda r: r.direction,
    ),
    Column(
        mark("Strongest station (nT)"),
        mark("Strongest station inside the region; smoothing lowers the peaks of the map"),
        _station,
        _station,
    ),
    Column(mark("Area (pixels)"), mark("Area in map pixels"), lambda r: f"{r.area_px:,}", lambda r: r.area_px),
    Column(
        mark("Since first seen (days)"),
        mark("Days since the region first appeared, that day included, whether or not it has moved"),
        lambda r: str(r.age_days),
        lambda r: r.age_days,
    ),
)


class RegionsModel(QAbstractTableModel):
    """The regions of one day as a table."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.regions: tuple[Region, ...] = ()
        self._sorted_by: tuple[int, Qt.SortOrder] | None = None

    def show_regions(self, regions: tuple[Region, ...]) -> None:
        """Show other regions, in the selected order."""
        self.beginResetModel()
        self.regions = self._in_order(regions)
        self.endResetModel()

    def _in_order(self, regions: tuple[Region, ...]) -> tuple[Region, ...]:
        if self._sorted_by is None:
            return regions
        column, order = self._sorted_by
        return tuple(sorted(regions, key=COLUMNS[column].key, reverse=order == Qt.SortOrder.DescendingOrder))

    def rowCount(self, parent: Index | None = None) -> int:  # noqa: N802 - Qt's name
        """Return the number of regions."""
        return 0 if parent is not None and parent.isValid() else len(self.regions)

    def columnCount(self, parent: Index | None = None) -> int:  # noqa: N802 - Qt's name
        """Return the number of columns."""
        return 0 if parent is not None and parent.isValid() else len(COLUMNS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return text or alignment of a cell."""
        if role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[index.column()].text(self.regions[index.row()])
        if role == Qt.ItemDataRole.ToolTipRole:
            region = self.regions[index.row()]
            return as_text("\n".join(f"{tr(one.head)}: {one.text(region)}" for one in COLUMNS))
        return _RIGHT if role == Qt.ItemDataRole.TextAlignmentRole else None

    def headerData(  # noqa: N802 - Qt's name
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Return heading and tooltip of a column."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return _over(tr(COLUMNS[section].head))
        if role == Qt.ItemDataRole.ToolTipRole:
            return tr(COLUMNS[section].tip)
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort the rows by a column; -1 for the strongest first."""
        self.layoutAboutToBeChanged.emit()
        self._sorted_by = (column, order) if column >= 0 else None
        self.regions = self._in_order(self.regions)
        self.layoutChanged.emit()


class RegionsPanel(LanguageFollower, QWidget):
    """Table of the regions of the day, below one line with the features of the day."""

    follows = TEXT_SIZE
    region_clicked = Signal(int)
    """Id of the region whose row was clicked or reached with the keys."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.summary = WrappedLabel(self)
        self.summary.setContentsMargins(8, 4, 8, 4)
        self.model = RegionsModel(self)
        self.table = QTableView(self)
        self._set_up_table()
        LateRefresh(self, session, self.refresh)
        self.retranslate()
        self.refresh(Change.ALL)

    # -- layout ----------------------------------------------------------------------------------------------------
    # Placed here: a layout would have the whole window laid out anew whenever the table comes or goes.

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return the size of the features above the table."""
        return self.table.sizeHint() + QSize(0, self.summary.sizeHint().height())

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return the size of the features above a small table."""
        return self.table.minimumSizeHint() + QSize(0, self.summary.minimumSizeHint().height())

    def event(self, event: QEvent) -> bool:
        """Place the table below a text of another height."""
        if event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.Resize):
            wide, tall = self.width(), self.summary.heightForWidth(self.width())
            self.summary.setGeometry(0, 0, wide, tall)
            self.table.setGeometry(0, tall, wide, self.height() - tall)
        if event.type() == QEvent.Type.Resize:
            self._fit()
        return super().event(event)

    def _set_up_table(self) -> None:
        table = self.table
        table.setModel(self.model)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setAlternatingRowColors(True)
        table.setShowGrid(False)
        table.setTabKeyNavigation(False)
        table.setFrameShape(QTableView.Shape.NoFrame)
        table.verticalHeader().hide()
        # Widths and heights are set here: the table would ask for every cell several times whenever it comes or changes.
        table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        head = table.horizontalHeader()
        head.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        head.setMinimumSectionSize(24)
        head.setDefaultAlignment(_RIGHT)
        head.setSortIndicator(-1, Qt.SortOrder.DescendingOrder)
        table.setSortingEnabled(True)
        head.setSortIndicatorShown(False)  # its arrow takes room in every column
        head.sortIndicatorChanged.connect(lambda column, _order: self._show_order(column >= 0))
        table.clicked.connect(self._flash)
        table.activated.connect(self._flash)

    def _show_order(self, on: bool) -> None:
        self.table.horizontalHeader().setSortIndicatorShown(on)
        self._measure()

    def _measure(self) -> None:
        """Measure the headings and the height of a row, in the present language and font."""
        head = self.table.horizontalHeader()
        for column in range(len(COLUMNS)):
            self.table.setColumnHidden(column, False)  # the heading of a hidden one would have no width
        self._least = [head.sectionSizeHint(column) for column in range(len(COLUMNS))]
        rows = self.table.verticalHeader()
        rows.setDefaultSectionSize(max(self.table.fontMetrics().height() + 1, rows.minimumSectionSize()))
        self._fit()

    def _fit(self) -> None:
        """Make each column as wide as its heading and its texts need, and hide the last ones for which there is no room."""
        table, wide, used = self.table, self.table.fontMetrics().horizontalAdvance, 0
        for number, (column, least) in enumerate(zip(COLUMNS, self._least, strict=True)):
            width = max([least, *(wide(column.text(region)) + CELL_PAD for region in self.model.regions)])
            used += width
            hidden = number >= LEAST_COLUMNS and used > self.width()
            if hidden != table.isColumnHidden(number):
                table.setColumnHidden(number, hidden)
            if not hidden:
                table.horizontalHeader().resizeSection(number, width)

    def _flash(self, index: QModelIndex) -> None:
        self.region_clicked.emit(self.model.regions[index.row()].id)

    def select(self, region: int) -> None:
        """Select the row of a region, if the day shown has it."""
        rows = [row for row, shown in enumerate(self.model.regions) if shown.id == region]
        if rows:
            self.table.selectRow(rows[0])

    def refresh(self, change: Change) -> None:
        """Update from the session; the row of a region that continues stays selected."""
        if not change & _SHOWS:
            return
        features = self._session.features()
        chosen = [self.model.regions[index.row()].id for index in self.table.selectionModel().selectedRows()]
        regions = features.regions if features is not None else ()
        if regions or self.model.regions:
            self.model.show_regions(regions)
            self._fit()
        self.summary.setText(_summary(features))
        self.table.setVisible(bool(regions))
        if chosen:
            self.select(chosen[0])

    def retranslate(self) -> None:
        """Set every text in the current language."""
        self.table.setAccessibleName(tr("Extremum regions of the day"))
        self.summary.setToolTip(
            as_text(tr("The half of the map, north or south, with the larger mean |z|, if this mean is above the normal level"))
        )
        self.table.setToolTip(
            tr("Connected areas with |z| at or above the threshold; click a region to highlight it on the map")
        )
        self.model.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(COLUMNS) - 1)
        self._measure()
        self.summary.setText(_summary(self._session.features()))


def _summary(features: DayFeatures | None) -> str:
    if features is None:
        return ""
    if not features.has_map:
        return tr("No map on this day, so no extremum regions.")
    words = [
        tr("Area {area:,.0f} km²").format(area=features.area_km2),
        tr("peak z {z}, {nt} nT").format(z=_signed(features.peak_z), nt=_signed(features.peak_nt)),
        worded(Said("duration {days}", days=counted("{count} day", "{count} days", count=features.duration_days))),
        tr("half with larger mean |z|: {side}").format(side=_direction(features.direction)),
    ]
    if not features.regions:
        words[0] = tr("No extremum region")
    return " · ".join(words)
