"""The season's days as small maps in the day map's place, in an order of one's choice; two of them side by side."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QStackedWidget, QToolButton, QVBoxLayout, QWidget

from quakegui.app.change import Change
from quakegui.app.session import Session
from quakegui.app.small_maps import ORDERS, days_in_order
from quakegui.ui.i18n import mark, tr
from quakegui.ui.panels.day_pair import DayPair
from quakegui.ui.plots.map_sheet import MapSheet
from quakegui.ui.quiet_labels import ElidedLabel

ORDER_NAMES: Final = {
    "date": mark("By date, a week in a row"),
    "P": mark("Most probable earthquake first"),
    "uncertainty": mark("Least certain prediction first"),
    "suspect": mark("Suspected label errors first"),
    "likeness": mark("Most like the day shown first"),
}


class ContactSheet(QWidget):
    """A sheet of small maps below the choice of their order."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.order = QComboBox()
        for order in ORDERS:
            self.order.addItem("", order)
        self.order.activated.connect(lambda _row: self.sort())
        self.pair_button = QToolButton()
        self.pair_button.setCheckable(True)
        self.pair_button.toggled.connect(self._show_pair)
        self._caption, self._hint = QLabel(), ElidedLabel()
        self.sheet, self.pair = MapSheet(session, several=True), DayPair(session)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.sheet)
        self._pages.addWidget(self.pair)
        row = QHBoxLayout()
        row.setContentsMargins(8, 3, 8, 3)
        for widget in (self._caption, self.order, self.pair_button):
            row.addWidget(widget)
        row.addWidget(self._hint, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(self._pages, 1)
        session.changed.connect(self.refresh)
        self.retranslate()

    @property
    def day_seen(self) -> bool:
        """Whether the day shown is on the screen here."""
        return self.sheet.shows_day or not self.pair.visibleRegion().isEmpty()

    def sort(self) -> None:
        """Put the days into the order that is chosen, as things are now."""
        order = self.order.currentData()
        self.sheet.show_days(days_in_order(self._session, order, self.sheet.maps).tolist(), weeks=order == "date")

    def refresh(self, change: Change) -> None:
        """Follow the session; a label alone moves no map from where the eye has it."""
        on = self._session.display.sheet
        if on and (change & (Change.PROJECT | Change.SEASON | Change.PREDICTIONS) or not self.sheet.days):
            self.sort()
        if change & (Change.RANGE | Change.DAY | Change.SEASON | Change.PROJECT):
            two = len(self._session.chosen) == 2
            self.pair_button.setEnabled(two or self.pair_button.isChecked())
            if self.pair_button.isChecked() and not two:
                self.pair_button.setChecked(False)

    def _show_pair(self, on: bool) -> None:
        if on and len(self._session.chosen) == 2:
            self.pair.show_days(*self._session.chosen)
        self._pages.setCurrentIndex(int(on and len(self._session.chosen) == 2))

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Follow a switch of language."""
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def retranslate(self) -> None:
        """Set every text in the language in force."""
        self._caption.setText(tr("Order"))
        self.order.setAccessibleName(tr("Order of the small maps"))
        self.order.setToolTip(tr("Which days come first"))
        for row, order in enumerate(ORDERS):
            self.order.setItemText(row, tr(ORDER_NAMES[order]))
        self.pair_button.setText(tr("Two side by side"))
        self.pair_button.setToolTip(tr("Show two chosen days beside each other, with their difference"))
        self.pair_button.setEnabled(len(self._session.chosen) == 2)
        self._hint.setText(tr("Shift and Ctrl choose several days; 0 to 4 label them in one step"))
        self.sheet.retranslate()
