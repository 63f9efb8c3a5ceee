"""The days of the season as small maps in place of the day map, in a selectable order; two of them side by side."""

from __future__ import annotations

from typing import Final

from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QStackedWidget, QToolButton, QVBoxLayout, QWidget

from quakegui.app import walking
from quakegui.app.change import Change
from quakegui.app.session import Session
from quakegui.app.small_maps import ORDERS, days_in_order
from quakegui.ui.boxes import FLUSH, filled
from quakegui.ui.i18n import mark, tr
from quakegui.ui.language_follower import LanguageFollower
from quakegui.ui.panels.day_pair import DayPair
from quakegui.ui.plots.map_sheet import MapSheet
from quakegui.ui.quiet_labels import ElidedLabel

ORDER_NAMES: Final = {
    "date": mark("By date, one week per row"),
    "P": mark("Highest earthquake probability first"),
    "uncertainty": mark("Least certain prediction first"),
    "suspect": mark("Suspected label errors first"),
    "likeness": mark("Most similar to the day shown first"),
}
_OF_PAIR: Final = Change.RANGE | Change.SEASON | Change.PROJECT | Change.PREDICTIONS | Change.DISPLAY | Change.SETTINGS


class ContactSheet(LanguageFollower, QWidget):
    """A sheet of small maps below the choice of their order."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._stale = True
        """Whether the days, or the values that define their order, have changed since they were sorted."""
        self.order = QComboBox()
        for order in ORDERS:
            self.order.addItem("", order)
        self.order.activated.connect(self._pick_order)
        self.pair_button = QToolButton()
        self.pair_button.setCheckable(True)
        self.pair_button.toggled.connect(lambda _on: self._show_pair())
        self._caption, self._hint = QLabel(), ElidedLabel()
        self.sheet, self.pair = MapSheet(session, several=True), DayPair(session)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.sheet)
        self._pages.addWidget(self.pair)
        shown = self._caption, self.order, self.pair_button, (self._hint, 1)
        row = filled(QHBoxLayout(), *shown, margins=(8, 3, 8, 3), spacing=8)
        filled(QVBoxLayout(self), row, (self._pages, 1), margins=FLUSH, spacing=0)
        session.changed.connect(self.refresh)
        self.retranslate()

    @property
    def day_seen(self) -> bool:
        """Return whether the day shown is on the screen here."""
        return self.sheet.shows_day or not self.pair.visibleRegion().isEmpty()

    def sort(self) -> None:
        """Sort the days in the selected order, by the present values."""
        order, self._stale = self.order.currentData(), False
        self.sheet.show_days(days_in_order(self._session, order, self.sheet.maps).tolist(), weeks=order == "date")

    def _pick_order(self) -> None:
        walking.end_choice(self._session)  # a selection of neighbours may be out of sight in another order
        self.sort()

    def refresh(self, change: Change) -> None:
        """Update from the session; a label alone does not move any map."""
        self._stale = self._stale or bool(change & (Change.PROJECT | Change.SEASON | Change.PREDICTIONS))
        if self._session.display.sheet and self._stale:
            self.sort()
        if change & _OF_PAIR:
            two = len(self._session.chosen) == 2
            if not two:
                self.pair_button.setChecked(False)
            self.pair_button.setEnabled(two)
            self._show_pair()

    def _show_pair(self) -> None:
        on = self.pair_button.isChecked() and len(self._session.chosen) == 2
        if on:
            self.pair.show_days(*self._session.chosen)
        self._pages.setCurrentIndex(int(on))

    def retranslate(self) -> None:
        """Set every text in the current language."""
        self._caption.setText(tr("Order"))
        self.order.setAccessibleName(tr("Sort order of the thumbnails"))
        self.order.setToolTip(tr("Sort order of the days"))
        for row, order in enumerate(ORDERS):
            self.order.setItemText(row, tr(ORDER_NAMES[order]))
        self.pair_button.setText(tr("Compare two days"))
        self.pair_button.setToolTip(tr("Show two selected days side by side, with their difference"))
        self.pair_button.setEnabled(len(self._session.chosen) == 2)
        self._show_pair()
        self._hint.setText(tr("Select days with Shift or Ctrl, label with 0 to 4"))
        self.sheet.retranslate()
