"""The label rule: its parameters, and immediately its effect on every day and earthquake."""

from __future__ import annotations

from functools import partial
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFormLayout,
    QGridLayout,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from quakegui.app import deeds
from quakegui.app.change import Change
from quakegui.app.labelling import answer, latest
from quakegui.app.season_view import zone_name
from quakegui.app.session import Session
from quakegui.progress import CancelCheck, ProgressCallback
from quakegui.project import journal
from quakegui.season.events import CLASS_COUNT, ClassScheme, classify, scheme_of
from quakegui.season.labels import FLAT_RULE, LabelRule, RuleLabels, apply
from quakegui.season.localtime import to_local
from quakegui.season.names import class_names
from quakegui.ui import theme
from quakegui.ui.boxes import FLUSH, filled
from quakegui.ui.dialogs.buttons import Standard, button_box, push_button
from quakegui.ui.dialogs.dialog_parts import JobDialog, RowsView, TableRow, add_rows, open_at, with_name
from quakegui.ui.dialogs.whose_line import WhoseLine
from quakegui.ui.i18n import tr, worded
from quakegui.ui.plots.class_icons import class_icon
from quakegui.ui.texts import days_text

APPLYING: Final = "applying-rule"
CLASSING: Final = "finding-directions"
LAW, FLAT = range(2)


class RuleDialog(JobDialog):
    """Parameters on the left; counts per class, late days, and the days of each earthquake on the right."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.setWindowTitle(tr("Label rule (retrospective)"))
        open_at(self, 1200, 620)
        self.labels: RuleLabels | None = None
        self._classes = session.event_classes
        self._names = session.class_names
        self._without_rest = False
        self._form()
        self._results()
        self.buttons = button_box(Standard.Apply | Standard.Cancel, self.reject)
        self.buttons.button(Standard.Apply).setToolTip(tr("Save the rule's labels as a single step that can be undone"))
        self.buttons.button(Standard.Apply).clicked.connect(self.apply)
        says = QLabel(
            tr(
                "The rule is retrospective: it labels days before and, optionally, after an earthquake that is "
                "already known. Use it for training and evaluation; it is never a prediction. Analysts' labels take "
                "precedence."
            )
        )
        says.setWordWrap(True)
        across = filled(QHBoxLayout(), self._parameters, (self._outcome, 1))
        whose = WhoseLine(session, "label_rule")
        filled(QVBoxLayout(self), says, (across, 1), whose, self.sentence, self.strip, self.buttons)
        self.buttons.button(Standard.Apply).setDefault(True)
        self._start()

    # -- widgets ---------------------------------------------------------------------------------------------------

    def _form(self) -> None:
        self._parameters = QGroupBox(tr("Label window of an earthquake"))
        form = QFormLayout(self._parameters)
        self._kind = QComboBox()
        self._kind.addItem(tr("factor × 10^(coefficient × M)"), LAW)
        self._kind.addItem(tr("fixed"), FLAT)
        self._scale, self._exponent = _number(0.0, 100.0, 0.1, 3), _number(-1.0, 1.0, 0.01, 3)
        self.flat, self._after = _count(366), _count(366)
        self._winner = QComboBox()
        self._winner.addItem(tr("the later earthquake"), "later")
        self._winner.addItem(tr("the larger earthquake"), "larger")
        rows = (
            (tr("Days before"), self._kind, tr("How many days before an earthquake are given its class")),
            (tr("Factor (days)"), self._scale, tr("Days before = factor × 10^(coefficient × M), rounded")),
            (tr("Magnitude coefficient"), self._exponent, tr("Days before = factor × 10^(coefficient × M), rounded")),
            (tr("Fixed days before"), self.flat, tr("Days before an earthquake, regardless of magnitude")),
            (tr("Days after"), self._after, tr("How many days after an earthquake are given its class; its own day always is")),
            (
                tr("Priority where windows overlap"),
                self._winner,
                tr("For equal magnitudes, the later earthquake takes precedence"),
            ),
        )
        add_rows(form, rows)
        self._presets = QWidget()
        presets = filled(QHBoxLayout(self._presets), margins=FLUSH)
        for text, rule, tip in (
            (tr("Default"), LabelRule(), tr("Use the rule that best reproduces the original paper's class counts")),
            (
                tr("Fixed: 14 days"),
                FLAT_RULE,
                tr(
                    "Use a rule that labels the 14 days up to and including the earthquake's day; larger earthquakes take"
                    " precedence"
                ),
            ),
        ):
            presets.addWidget(push_button(text, tip, partial(self.show_rule, rule)))
        form.addRow(self._presets)
        self._form_layout = form
        self._kind.currentIndexChanged.connect(self._recount)
        self._winner.currentIndexChanged.connect(self._recount)
        for box in (self._scale, self._exponent, self.flat, self._after):
            box.valueChanged.connect(self._recount)

    def _results(self) -> None:
        self._outcome = QWidget()
        grid = QGridLayout()
        self._captions = [QLabel() for _ in range(CLASS_COUNT)]
        self.counts = [QLabel(alignment=Qt.AlignmentFlag.AlignRight) for _ in range(CLASS_COUNT)]
        self._bars = [QProgressBar(textVisible=False) for _ in range(CLASS_COUNT)]
        for cls in range(CLASS_COUNT):
            picture = QLabel()
            picture.setPixmap(class_icon(cls).pixmap(20, 20))
            self._bars[cls].setMaximumHeight(12)
            theme.tint_bar(self._bars[cls], theme.colours().classes[cls])
            for place, widget in enumerate((picture, self._captions[cls], self.counts[cls], self._bars[cls])):
                grid.addWidget(widget, cls, place)
        grid.setColumnStretch(3, 1)
        self.post = QLabel(wordWrap=True)
        headers = [
            tr("Time ({zone})").format(zone=zone_name(self.session)),
            "M",
            tr("Place (from the catalogue)"),
            tr("Class"),
            tr("Days in window"),
            tr("Days assigned"),
            tr("Remark"),
        ]
        self.events = RowsView(headers, tr("Earthquakes and their labelled days"), wide=2)
        filled(QVBoxLayout(self._outcome), grid, self.post, (self.events, 1), margins=FLUSH)

    # -- the rule --------------------------------------------------------------------------------------------------

    def _start(self) -> None:
        session = self.session
        assert session.project is not None
        self.show_rule(journal.label_rule(session.project) or LabelRule())
        if session.season is None or not session.days.size:
            self._cannot(tr("There are no days to label yet; import readings first."))
        elif not session.events:
            self._cannot(tr("There are no earthquakes to label by; import an earthquake catalogue first."))
        elif not any(self._classes):
            self._class_events()

    def _class_events(self) -> None:
        events = self.session.events

        def work(_progress: ProgressCallback, _cancelled: CancelCheck) -> tuple[ClassScheme, str]:
            return scheme_of(events)

        def done(result: tuple[ClassScheme, str]) -> None:
            self._classes = classify(events, result[0])
            self._names = class_names(result[0].split_magnitude)
            self._recount()
            if result[1]:
                self.sentence.say(result[1], "warning")

        self.run_job(CLASSING, work, done)

    def _cannot(self, sentence: str) -> None:
        self.sentence.say(sentence, "warning")
        self.busy_changed()

    def show_rule(self, rule: LabelRule) -> None:
        """Show a rule in the controls."""
        for widget in (self._kind, self._scale, self._exponent, self.flat, self._after, self._winner):
            widget.blockSignals(True)
        self._kind.setCurrentIndex(LAW if rule.flat_days_before is None else FLAT)
        self._scale.setValue(rule.days_before_scale)
        self._exponent.setValue(rule.days_before_exponent)
        if rule.flat_days_before is not None:
            self.flat.setValue(rule.flat_days_before)
        self._after.setValue(rule.days_after)
        self._winner.setCurrentIndex(self._winner.findData(rule.winner))
        for widget in (self._kind, self._scale, self._exponent, self.flat, self._after, self._winner):
            widget.blockSignals(False)
        self._recount()

    def rule(self) -> LabelRule:
        """Return the rule in the controls."""
        return LabelRule(
            self._scale.value(),
            self._exponent.value(),
            self.flat.value() if self._kind.currentData() == FLAT else None,
            self._after.value(),
            self._winner.currentData(),
        )

    def _recount(self) -> None:
        flat = self._kind.currentData() == FLAT
        for widget, shown in ((self._scale, not flat), (self._exponent, not flat), (self.flat, flat)):
            self._form_layout.setRowVisible(widget, shown)
        session, season = self.session, self.session.season
        if season is None or session.project is None or len(self._classes) != len(session.events):
            self.busy_changed()
            return
        rule = self.rule()
        self.labels = apply(
            rule,
            session.events,
            self._classes,
            session.days,
            season.available_at[season.shown],
            timezone=session.project.timezone,
        )
        self._show_counts(self.labels)
        self._show_events(self.labels, rule)
        self.busy_changed()

    def _show_counts(self, found: RuleLabels) -> None:
        counts = found.counts
        for cls, count in enumerate(counts):
            self._captions[cls].setText(worded(self._names[cls]))
            self.counts[cls].setText(days_text(count))
            with_name(self._bars[cls], tr("Number of days in class {cls}").format(cls=cls))
            self._bars[cls].setRange(0, max(*counts, 1))
            self._bars[cls].setValue(count)
        if not counts[0]:
            text = tr(
                "Every day belongs to an earthquake, so there is no class 0 to learn from. Raise the minimum magnitude or "
                "reduce the search area of the catalogue, or use fewer days here."
            )
            self.sentence.say(text, "warning")
        elif self._without_rest:
            self.sentence.say("")
        self._without_rest = not counts[0]
        post = int(found.post.sum())
        positive = sum(counts[1:])
        sentence = tr(
            "{post} of the {positive} days with an earthquake class have a map that became available only after the "
            "earthquake, so no prediction was possible from it."
        )
        self.post.setText(sentence.format(post=post, positive=positive))

    def _show_events(self, found: RuleLabels, rule: LabelRule) -> None:
        session = self.session
        assert session.project is not None
        rows = []
        for number, event in enumerate(session.events):
            got = int((found.event_index == number).sum())
            cls = self._classes[number]
            cells = (
                f"{to_local(event.time, session.project.timezone):%Y-%m-%d %H:%M}",
                event.magnitude,
                event.place,
                str(cls),
                rule.days_before(event.magnitude) + 1 + rule.days_after,
                got,
                "" if got else self._why_none(number),
            )
            rows.append(TableRow(cells, "" if got else "warning", class_icon(cls), number))
        self.events.show_rows(rows)

    def _why_none(self, number: int) -> str:
        day, days = self.session.event_days[number], self.session.days
        inside = days.size and days[0] <= day <= days[-1]
        return tr("no days left") if inside else tr("outside the season")

    def apply(self) -> None:
        """Write the labels of the rule as one step, and close."""
        project, rule, author = self.session.project, self.rule(), self.session.settings.analyst
        if project is None:
            return

        session = self.session
        before = latest(session)

        def kept(found: RuleLabels) -> None:
            session.reload(Change.EVENTS | Change.LABELS)
            session.deed = deeds.rule(project.folder, rule, author)
            counts = " / ".join(str(count) for count in found.counts)
            session.message.emit(tr("Days labelled by the rule, classes 0 to 4: {counts}.").format(counts=counts), "info")
            answer(session, before)

        def work(_progress: ProgressCallback, _cancelled: CancelCheck) -> RuleLabels:
            return journal.apply_rule(project, rule, author=author)

        self.run_job(APPLYING, work, lambda _found: self.accept(), keep=kept)

    def busy_changed(self) -> None:
        """Enable Apply if there are days and earthquakes, and the project is writable."""
        ready = self.labels is not None and bool(self.session.events) and any(self._classes)
        possible = ready and not self.busy and self.session.can_write
        self.buttons.button(QDialogButtonBox.StandardButton.Apply).setEnabled(possible)


def _number(low: float, high: float, step: float, decimals: int) -> QDoubleSpinBox:
    box = QDoubleSpinBox(decimals=decimals)
    box.setRange(low, high)
    box.setSingleStep(step)
    return box


def _count(most: int) -> QSpinBox:
    box = QSpinBox()
    box.setRange(0, most)
    box.setValue(13)
    return box
