"""Tables of the results, and the rows of tables that only the window has."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QTableWidget, QTableWidgetItem, QWidget

from quakegui.judge.metrics import TARGETS, Figures, Target
from quakegui.judge.names import TARGET_NAMES, group_names
from quakegui.season.localtime import to_local
from quakegui.season.names import class_names
from quakegui.ui.i18n import language, tr, worded
from quakegui.words import Said, counted, joined

if TYPE_CHECKING:
    from quakegui.judge.judgement import Judgement
    from quakegui.report.words import Words

Rows = Sequence[tuple[str, ...]]
HEAD_WIDTH: Final = 16
"""Characters of a heading per line: columns with long headings and short figures would not fit side by side."""
LEAST_LAST: Final = 14
"""Width of the last column in characters; where there is no room for more, its text wraps."""


class ResultTable(QTableWidget):
    """A read-only table of text, as wide as its panel if possible: headings and the last column wrap."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setAlternatingRowColors(True)
        self.verticalHeader().hide()
        self._last = 0
        """Width of the longest text in the last column."""

    def show_rows(self, head: Sequence[str], rows: Rows) -> None:
        """Replace headings and rows."""
        self.setColumnCount(len(head))
        self.setHorizontalHeaderLabels([_in_lines(text) for text in head])
        self.setRowCount(len(rows))
        item: Callable[[str], QTableWidgetItem] = QTableWidgetItem
        for row, cells in enumerate(rows):
            for column, text in enumerate(cells):
                self.setItem(row, column, item(text))
        self.resizeColumnsToContents()
        self._last = self.columnWidth(len(head) - 1)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Fit the last column."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Let the last column take the remaining room; Qt's own stretching would cut its text where there is little."""
        last = self.columnCount() - 1
        if last >= 0:
            rest = self.viewport().width() - sum(map(self.columnWidth, range(last)))
            least = LEAST_LAST * self.fontMetrics().averageCharWidth()
            self.setColumnWidth(last, max(rest, min(self._last, least)))
            self.resizeRowsToContents()


def _in_lines(heading: str) -> str:
    """Return a heading in lines; a Chinese one, which has hardly any spaces, breaks before its parenthesis."""
    if heading.isascii() or "（" not in heading or len(heading) <= HEAD_WIDTH / 2:
        return textwrap.fill(heading, HEAD_WIDTH, break_long_words=False)
    return heading.replace("（", "\n（", 1)


def show_classes(table: ResultTable, figures: Mapping[Target, Figures], split: float | None) -> None:
    """Show the figures of every class of every target, below those of all its classes: macro recall and accuracy.

    Parameters
    ----------
    table, figures
        The table, and the figures by target.
    split
        Magnitude split of the project.
    """
    head = (
        tr("Class"), tr("Days with this label"), tr("Days predicted as this class"), tr("Recall"), tr("Precision"), tr("F1"),
        tr("One-vs-rest accuracy"), tr("Remark"),
    )  # fmt: skip
    rows = []
    for target in (target for target in TARGETS if target in figures):
        whole = figures[target]
        value = f"{whole.kappa:.2f}".replace("-", "−")
        kappa = "" if math.isnan(whole.kappa) else tr("kappa, prediction vs. label: {value}").format(value=value)
        rows.append(
            (
                tr("{target}: macro recall, accuracy").format(target=tr(TARGET_NAMES[target])), str(whole.days), "",
                percent(whole.macro_recall), "", "", percent(whole.accuracy), kappa,
            )
        )  # fmt: skip
        for group, one in zip(group_names(target, split), whole.per_class, strict=True):
            name = tr("{target}: {group}").format(target=tr(TARGET_NAMES[target]), group=worded(group))
            rows.append(
                (
                    name, str(one.support), str(one.answered), percent(one.recall),
                    percent(one.precision), percent(one.f1), percent(one.one_vs_rest_accuracy),
                    tr("{days} days: class missing from training").format(days=one.not_estimable) if one.not_estimable else "",
                )
            )  # fmt: skip
    table.show_rows(head, rows)


def show_alarms(table: ResultTable, judgement: Judgement | None, zone: str, split: float | None) -> None:
    """Show every alarm of the evaluation period with its outcome, and their total.

    Parameters
    ----------
    table, judgement
        The table, and the evaluation.
    zone, split
        Time zone and magnitude split of the project.
    """
    rows = []
    record = judgement.alarms if judgement is not None else None
    for alarm in record.alarms if record is not None else ():
        outcome = tr("still open at the end") if alarm.undecided else tr("false alarm")
        if alarm.hits:
            leads = [f"{hit.lead_days:.1f}" for hit in alarm.hits]
            outcome = worded(
                counted(
                    "{count} hit, after {leads} days",
                    "{count} hits, after {leads} days",
                    count=len(alarm.hits),
                    leads=joined(" and ", [joined(", ", leads[:-1]), leads[-1]]),
                )
            )
        says = f"{alarm.full_class} {worded(class_names(split)[alarm.full_class])}"
        opened, closed = (f"{to_local(time, zone):%Y-%m-%d}" for time in (alarm.opened, alarm.closed))
        rows.append((opened, closed, says, outcome))
    if record is not None:
        total = Said(
            "{hits} for {events}; {share} of the time under alarm",
            hits=counted("{count} hit", "{count} hits", count=record.hits),
            events=counted("{count} earthquake", "{count} earthquakes", count=len(record.events)),
            share=percent(record.alarm_fraction),
        )
        rows.append((tr("Total"), "", "", worded(total)))
    table.show_rows((tr("Opened"), tr("Closed"), tr("Most probable earthquake class"), tr("Outcome")), rows)
    tips = (
        tr(
            "The most probable of the four earthquake classes over the alarm's days at or above the threshold, after "
            "calibration"
        ),
        tr("Days from the opening of the alarm to each earthquake that occurred while it was open"),
    )
    for column, tip in enumerate(tips, 2):
        head = table.horizontalHeaderItem(column)
        assert head is not None
        head.setToolTip(tip)


def alarms_text() -> str:
    """Return how to read the table of alarms."""
    return tr(
        "A hit is an earthquake of any class while the alarm is open. Class 0 can be more probable than the class listed."
    )


def classes_text() -> str:
    """Return how to read the table of classes."""
    return tr(
        "In each of the three groupings (earthquake or none, the two directions or none, the five classes), the predicted "
        "class of a day is the one with the highest uncalibrated probability. The number of days predicted as a class "
        "therefore differs between groupings."
    )


def percent(value: float) -> str:
    """Return a share as a percentage, or a dash if it could not be estimated."""
    return "–" if math.isnan(value) else f"{100 * value:.1f}%"


def report_words() -> Words:
    """Return the wording of the report in the current language; call it after an evaluation."""
    from quakegui.report.words import Words  # the import takes a third of a second: the job of the evaluation does it

    return Words(language())
