"""The labels of two analysts compared: agreement beyond chance, disagreements, and resolved labels."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QComboBox,
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from quakegui.app import labelling, walking
from quakegui.app.change import Change
from quakegui.app.session import Session
from quakegui.project import journal
from quakegui.season.events import CLASS_COUNT
from quakegui.season.labels import Agreement, LabelRow, LabelSource, compare
from quakegui.ui import theme
from quakegui.ui.boxes import FLUSH, filled
from quakegui.ui.dialogs.buttons import Standard, button_box
from quakegui.ui.dialogs.dialog_parts import RowsView, Sentence, TableRow, open_at, with_name
from quakegui.ui.i18n import mark, tr, worded
from quakegui.ui.plots.class_icons import class_icon
from quakegui.words import joined

WORDS: Final = (
    (0.0, mark("no better than chance")),
    (0.2, mark("slight")),
    (0.4, mark("fair")),
    (0.6, mark("moderate")),
    (0.8, mark("substantial")),
    (1.01, mark("almost perfect")),
)
"""Landis and Koch (1977): the word for a kappa up to each limit."""
MOST: Final = 1000
"""The tables use the available room."""


class AgreementDialog(QDialog):
    """Selecting a disagreement shows that day in the window; a class resolves it."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.setWindowTitle(tr("Inter-analyst agreement"))
        open_at(self, 820, 620)
        self.agreement: Agreement | None = None
        self.sentence = Sentence()
        self._rows: tuple[LabelRow, ...] = ()
        self.first = with_name(QComboBox(), tr("First analyst"))
        self.second = with_name(QComboBox(), tr("Second analyst"))
        self.blind = with_name(
            QCheckBox(tr("Blind labels only")),
            tr("Blind labels only"),
            tr("Agreement is meaningful only between blind labels"),
        )
        self.blind.setChecked(True)
        self.unhide = with_name(QPushButton(tr("End blind labelling, show labels")), tr("End blind labelling, show labels"))
        self.unhide.clicked.connect(lambda: session.set_display(blind=False))
        self.kappa = QLabel(textInteractionFlags=Qt.TextInteractionFlag.TextSelectableByMouse, wordWrap=True)
        self._compared = QWidget()
        """Everything that is empty, and hidden, if there is nothing to compare: the sentence above gives the reason."""
        self.table = self._cross_table()
        headers = [tr("Day"), tr("First label"), tr("Second label"), tr("Resolved")]
        self.list = RowsView(headers, tr("Days with different labels"))
        self.classes = [self._settle_button(cls) for cls in range(CLASS_COUNT)]
        self._lay_out()
        for box in (self.first, self.second):
            box.currentIndexChanged.connect(self._compare)
        self.blind.toggled.connect(self._compare)
        self.list.selectionModel().selectionChanged.connect(self._go)
        session.changed.connect(self.refresh)
        self.refresh(Change.LABELS)

    def _cross_table(self) -> QTableWidget:
        table = with_name(QTableWidget(CLASS_COUNT, CLASS_COUNT), tr("Days cross-tabulated by the two analysts' classes"))
        names = [self._class(cls) for cls in range(CLASS_COUNT)]
        table.setVerticalHeaderLabels(names)
        table.setHorizontalHeaderLabels([str(cls) for cls in range(CLASS_COUNT)])
        table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        high = round(table.fontMetrics().height() * 1.6)
        table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        table.verticalHeader().setDefaultSectionSize(high)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        table.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        table.setFixedHeight(high * CLASS_COUNT + table.horizontalHeader().sizeHint().height() + 4)
        return table

    def _settle_button(self, cls: int) -> QToolButton:
        name = tr("Resolve as: {name}").format(name=worded(self.session.class_names[cls]))
        button = with_name(QToolButton(), name, tr("{text} ({more})").format(text=name, more=cls))
        button.setIcon(class_icon(cls))
        key = QShortcut(QKeySequence(str(cls)), button)
        key.setAutoRepeat(False)  # a key held down would also resolve the next days
        key.activated.connect(button.click)
        button.clicked.connect(lambda: self.settle(cls))
        return button

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.addRow(tr("First analyst (rows)"), self.first)
        form.addRow(tr("Second analyst (columns)"), self.second)
        form.addRow("", self.blind)
        settle = filled(QHBoxLayout(), QLabel(tr("Resolve the selected day as")), *self.classes, 1)
        filled(QVBoxLayout(self._compared), self.table, (self.list, 1), settle, margins=FLUSH)
        # the empty space is for the case that there is nothing to compare
        filled(
            QVBoxLayout(self),
            form,
            self.unhide,
            self.kappa,
            (self._compared, MOST),
            1,
            self.sentence,
            button_box(Standard.Close, self.reject),
        )

    # -- following -------------------------------------------------------------------------------------------------

    def refresh(self, change: Change) -> None:
        """Reload the journal when labels changed."""
        if not change & (Change.LABELS | Change.DISPLAY | Change.PROJECT) or self.session.project is None:
            return
        self._rows = journal.rows(self.session.keeper)
        authors = sorted({row.author for row in self._rows if row.source is LabelSource.ANALYST and not row.run})
        for box, place in ((self.first, 0), (self.second, 1)):
            chosen = box.currentText()
            box.blockSignals(True)
            box.clear()
            box.addItems(authors)
            box.setCurrentIndex(authors.index(chosen) if chosen in authors else min(place, len(authors) - 1))
            box.blockSignals(False)
        self._compare()

    def done(self, result: int) -> None:
        """Disconnect from the session, and close."""
        self.session.changed.disconnect(self.refresh)
        super().done(result)

    def _compare(self) -> None:
        first, second = self.first.currentText(), self.second.currentText()
        blind = self.session.display.blind
        self.unhide.setVisible(blind)
        self.sentence.say("")
        chosen = self.list.current()
        if blind:
            self._empty(tr("You are labelling blind; other analysts' labels stay hidden until you finish."))
        elif self.first.count() < 2:
            self._empty(
                tr("Agreement requires labels from two analysts; analysts with labels so far: {count}.").format(
                    count=self.first.count()
                )
            )
        elif first == second:
            self._empty(tr("Choose two different analysts."))
        else:
            self.agreement = compare(self._rows, first, second, blind_only=self.blind.isChecked())
            self._show(self.agreement)
            days = [one.day for one in self.agreement.disagreements]
            if chosen is not None and chosen.about in days:
                self.list.choose(days.index(chosen.about))
        self._enable()

    def _empty(self, sentence: str) -> None:
        self.agreement = None
        self.kappa.setText(sentence)
        self.table.clearContents()
        self.list.show_rows([])

    def _show(self, agreement: Agreement) -> None:
        self.kappa.setText(self._verdict(agreement))
        for (row, column), count in np.ndenumerate(agreement.table):
            item = QTableWidgetItem(str(count) if count else "·")
            item.setTextAlignment(Qt.AlignmentFlag.AlignCenter)
            colours = theme.colours()
            if count:
                item.setForeground(colours.good if row == column else colours.error)
            self.table.setItem(row, column, item)
        settled = {row.day: row.cls for row in self._rows if row.source is LabelSource.SETTLED}
        self.list.show_rows(
            [
                TableRow(
                    (str(one.day), *(self._class(cls) for cls in (one.first, one.second, settled.get(one.day)))),
                    "" if settled.get(one.day) is None else "muted",
                    about=one.day,
                )
                for one in agreement.disagreements
            ]
        )

    def _verdict(self, agreement: Agreement) -> str:
        only = tr("Days labelled by the first analyst only: {first}; by the second only: {second}.").format(
            first=len(agreement.only_first), second=len(agreement.only_second)
        )
        if not agreement.days:
            return worded(joined(" ", (tr("No day has labels from both analysts."), only)))
        shared = tr("The analysts agree on {agreed} of the {days} days labelled by both.").format(
            agreed=agreement.agreed, days=agreement.days
        )
        if np.isnan(agreement.kappa):
            unknown = tr("Kappa cannot be estimated: both analysts gave every day the same class.")
            return worded(joined(" ", (shared, unknown, only)))
        kappa = tr("Cohen's kappa {kappa}; agreement corrected for chance: {word}.").format(
            kappa=f"{agreement.kappa:.2f}".replace("-", "−"), word=tr(_word(agreement.kappa))
        )
        return worded(joined(" ", (shared, kappa, only)))

    # -- going to days and resolving -------------------------------------------------------------------------------

    def _chosen_index(self) -> int:
        """Return the index of the selected day in the season, -1 without one."""
        row, days = self.list.current(), self.session.days
        if row is None or row.about not in days:
            return -1
        return int(np.searchsorted(days, row.about))

    def _go(self) -> None:
        index = self._chosen_index()
        if index >= 0:
            walking.go_to_alone(self.session, index)
        elif self.list.current() is not None:
            self.sentence.say(tr("This day is outside the season, so it cannot be shown or resolved here."), "warning")
        self._enable()

    def _enable(self) -> None:
        self._compared.setVisible(self.agreement is not None and self.agreement.days > 0)
        possible = self.session.can_write and self._chosen_index() >= 0
        for button in self.classes:
            button.setEnabled(possible)

    def _class(self, cls: int | None) -> str:
        return "" if cls is None else f"{cls} {worded(self.session.class_names[cls])}"

    def settle(self, cls: int) -> None:
        """Write the resolved label of the selected day, and go to the next disagreement."""
        index, row = self._chosen_index(), self.list.current()
        if index < 0 or row is None:
            return
        walking.go_to_alone(self.session, index)  # the season may be playing behind the dialog
        if not labelling.label(self.session, cls, [index], source=LabelSource.SETTLED):
            return
        rows = self.list.rows.rows
        place = next(number for number, each in enumerate(rows) if each.about == row.about)
        for number in (*range(place + 1, len(rows)), *range(place)):
            if not rows[number].cells[3]:
                self.list.choose(number)
                return


def _word(kappa: float) -> str:
    if kappa <= 0.0:
        return WORDS[0][1]
    return next(text for (low, _), (high, text) in pairwise(WORDS) if low < kappa <= high)
