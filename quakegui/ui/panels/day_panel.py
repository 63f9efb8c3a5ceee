"""The day shown: date and UTC offset, Kp, quality, label and its history, prediction, note."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from quakegui.app import labelling
from quakegui.app.change import Change
from quakegui.app.computing import COMPUTING
from quakegui.app.day_events import Distance, earthquakes_ahead
from quakegui.app.season_view import station_day
from quakegui.app.session import Session
from quakegui.judge.names import KIND_NAMES, KIND_SHORT, kind_shown
from quakegui.season.kp import STORM_KP
from quakegui.season.labels import LabelRow
from quakegui.season.localtime import to_local
from quakegui.season.quality import Quality
from quakegui.ui import theme
from quakegui.ui.boxes import FLUSH, filled
from quakegui.ui.i18n import tr, worded
from quakegui.ui.language_follower import EVERYTHING, LanguageFollower
from quakegui.ui.late_refresh import LateRefresh
from quakegui.ui.no_markup import as_text
from quakegui.ui.panels.note_edit import NoteEdit
from quakegui.ui.plots.class_icons import class_icon
from quakegui.ui.quiet_labels import ElidedLabel, WrappedLabel
from quakegui.ui.range_count import RangeCount
from quakegui.ui.tall_scroll import TallScroll
from quakegui.ui.texts import quality_text, source_words
from quakegui.words import Said, counted, joined

_DAYS: Final = Change.DAY | Change.SEASON | Change.PROJECT
_STAMP: Final = Change.SEASON | Change.PROJECT | Change.DISPLAY
_NAMES: Final = Change.PROJECT | Change.EVENTS
_LABEL: Final = _DAYS | Change.LABELS | Change.EVENTS
_PREDICTION: Final = _DAYS | Change.PREDICTIONS
_EVENTS: Final = _PREDICTION | Change.EVENTS | Change.DISPLAY
_NOT_TOLD: Final = np.uint16(Quality.STORMY | Quality.DERIVED)
"""Quality of which the day panel says nothing."""
MOST_REASONS: Final = 8
"""Maximum number of stations whose quality is described; the station map describes each under the mouse."""


class DayPanel(LanguageFollower, QWidget):
    """Everything about the day shown, and the buttons that label it."""

    follows = EVERYTHING

    class_asked = Signal(int)
    """The class of the pressed button."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._note_day: np.datetime64 | None = None
        self._note_shown = ""
        self.date, self.stamp = WrappedLabel(), QLabel()
        self._when, self._kp, self._present, self.quality = (ElidedLabel() for _ in range(4))
        self.today, self.next_one, self.alarm = WrappedLabel(), WrappedLabel(), ElidedLabel()
        self._label, self._prediction, self._history = ElidedLabel(), ElidedLabel(), QLabel()
        self._label.setObjectName("class")
        self._history.setWordWrap(True)
        self._history.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.buttons = [self._button(cls) for cls in range(5)]
        self.count = RangeCount(session)
        self._bars = [QProgressBar(textVisible=False) for _ in range(5)]
        self._shares = [QLabel(alignment=Qt.AlignmentFlag.AlignRight) for _ in range(5)]
        self.note = NoteEdit()
        self.note.left.connect(self.keep_note)
        self.note.dropped.connect(self.drop_note)
        self.note.kept.connect(self._keep_and_leave)
        self.note.cut_off.connect(lambda sentence: session.message.emit(sentence, "warning"))
        self._captions = [QLabel() for _ in range(5)]
        self._build()
        LateRefresh(self, session, self.refresh)
        session.closing.connect(self.keep_note)
        session.waited.connect(self._show_class)
        self.retranslate()

    def _button(self, cls: int) -> QToolButton:
        button = QToolButton()
        button.setCheckable(True)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(lambda: self.class_asked.emit(cls))
        return button

    def _build(self) -> None:
        inner = QWidget()
        head = filled(QHBoxLayout(), (self.date, 1), self.stamp)
        facts = (self._when, self._kp, self._present, self.quality, self.today, self.next_one, self.alarm)
        column = filled(QVBoxLayout(inner), head, *facts, margins=(8, 2, 8, 4), spacing=2)
        row = filled(QHBoxLayout(), *self.buttons, (self.count, 1))
        bars = QFormLayout(verticalSpacing=2)
        for caption, bar, share in zip(self._captions, self._bars, self._shares, strict=True):
            bar.setMinimumWidth(30)
            bar.setRange(0, 1000)
            share.setMinimumWidth(share.fontMetrics().horizontalAdvance("100%"))
            bars.addRow(caption, filled(QHBoxLayout(), (bar, 1), share))  # a number in the bar would be cut in two by its end
        self._title = QLabel()
        prediction = filled(QHBoxLayout(), self._title, (self._prediction, 1))
        for group in ((row, self._label), (prediction, bars), (self.note, self._history, 1)):
            column.addSpacing(4)
            filled(column, *group)
        self.scroll_area = TallScroll(inner)
        filled(QVBoxLayout(self), self.scroll_area, margins=FLUSH)

    # -- refreshing ------------------------------------------------------------------------------------------------

    def refresh(self, change: Change) -> None:
        """Update what the flags name."""
        if change & _DAYS:
            if Change.PROJECT in change or self._session.day != self._note_day:  # otherwise it is still being typed
                self.keep_note()
            self._show_day()
        if change & _STAMP:
            self._show_stamp()
        if change & _NAMES:
            self._name_classes()
        if change & _LABEL:
            self._show_label()
        if change & _PREDICTION:
            self._show_prediction()
        if change & _EVENTS:
            self._show_earthquakes()
            self._show_alarm()

    def retranslate(self) -> None:
        """Set every text in the current language."""
        side = round(self.fontMetrics().height() * 1.15)
        for cls, button in enumerate(self.buttons):
            button.setIcon(class_icon(cls))
            button.setIconSize(QSize(side, side))
            theme.tint_bar(self._bars[cls], theme.colours().classes[cls])
            self._bars[cls].setMaximumHeight(self.fontMetrics().height() + 2)
        theme.tint(self._title, theme.colours().text, bold=True)
        self.note.setFixedHeight(round(2.6 * self.fontMetrics().lineSpacing()))
        theme.tint(self.stamp, theme.colours().alarm, bold=True)
        theme.tint(self.date, theme.colours().text, bold=True, scale=1.5)
        self.note.setPlaceholderText(tr("What you observed on this day (saved with your name)"))
        self.note.setAccessibleName(tr("Note on this day"))
        self.note.setToolTip(tr("Saved when you leave the field or press Ctrl+Enter; Esc discards the changes"))
        self.refresh(Change.ALL)

    def _name_classes(self) -> None:
        for cls, name in enumerate(map(worded, self._session.class_names)):
            self.buttons[cls].setToolTip(tr("{text} ({more})").format(text=name, more=cls))
            self.buttons[cls].setAccessibleName(tr("Label: {name}").format(name=name))
            self._captions[cls].setText(f"{cls} {name}")
            self._bars[cls].setAccessibleName(tr("Probability: {name}").format(name=name))

    def _show_day(self) -> None:
        session = self._session
        self._note_day = session.day
        if session.day is None or session.season is None or session.project is None:
            for label in (self._when, self._kp, self._present, self.quality):
                label.setText("")
            self.date.setText("" if session.project is None or session.jobs.has(COMPUTING) else tr("No days"))
            return
        at = session.season.shown.start + session.index
        known = to_local(session.season.available_at[at] + session.season.config.grace, session.project.timezone)
        self.date.setText(f"{session.day}")
        offset = known.strftime("%z")
        self._when.setText(
            tr("UTC{offset}; map available from {time}").format(
                offset=f"{offset[:3]}:{offset[3:]}", time=known.strftime("%H:%M")
            )
        )
        kp = session.kp()
        storm = tr(" — storm night") if kp >= STORM_KP else ""
        self._kp.setText(tr("Night-time Kp: unknown") if np.isnan(kp) else tr("Night-time Kp: {kp:.1f}").format(kp=kp) + storm)
        theme.tint(self._kp, theme.colours().storm if kp >= STORM_KP else theme.colours().text)
        here = np.isfinite(session.season.anomaly.z[at])
        self._present.setText(tr("{present} of {all} stations have data").format(present=int(here.sum()), all=here.size))
        self.quality.setText(self._reasons(session.season.anomaly.quality[at]))

    def _show_stamp(self) -> None:
        """Show whether the season is synthetic, and whether blind labelling is on."""
        told = ((self._session.synthetic, tr("SYNTHETIC"), tr("SYNTHETIC — generated, not measured")),
                (self._session.display.blind, tr("BLIND"), tr("Hidden during blind labelling")))  # fmt: skip
        self.stamp.setText("\n".join(word for on, word, _tip in told if on))
        self.stamp.setToolTip("\n".join(tip for on, _word, tip in told if on))
        self.stamp.setVisible(bool(self.stamp.text()))

    def _reasons(self, quality: NDArray[np.uint16]) -> str:
        """Return the quality of the stations on a day in words; `quality` has shape (station,)."""
        season = self._session.season
        assert season is not None
        told = quality & ~_NOT_TOLD
        which = np.flatnonzero(told)
        day = station_day(self._session)
        flags = day.flags if day is not None else {}
        stations: dict[str, list[str]] = {}
        for one in which[:MOST_REASONS].tolist():
            reason = quality_text(Quality(int(told[one])), flags.get(one, ()))
            stations.setdefault(reason, []).append(season.anomaly.codes[one])
        words = [tr("{code}: {note}").format(code=tr(", ").join(codes), note=reason) for reason, codes in stations.items()]
        if which.size > MOST_REASONS:
            words.append(tr("and {count} more stations").format(count=which.size - MOST_REASONS))
        return " · ".join(words)

    def _show_earthquakes(self) -> None:
        """Show the earthquakes of the day and the next one."""
        session = self._session
        if session.day is None or session.display.blind:
            self.today.setText(tr("Earthquakes are hidden during blind labelling") if session.display.blind else "")
            self.next_one.setText("")
            return
        here, ahead = earthquakes_ahead(session)
        today = [worded(Said("Earthquake on this day: {earthquake}", earthquake=self._quake(one))) for one in here]
        self.today.setText("\n".join(today) or tr("No earthquake on this day"))
        if ahead is None:
            self.next_one.setText(tr("No later earthquake in the catalogue"))
        else:
            self.next_one.setText(worded(Said("Next earthquake: {earthquake}", earthquake=self._quake(ahead))))

    def _quake(self, one: Distance) -> str:
        """Return an earthquake in words; a later one with its date, so that hindsight does not read as a forecast."""
        words: list[str] = [f"M {one.event.magnitude:.1f}"]
        if one.days:
            words = [
                Said(
                    "M {magnitude} on {date}, {days} later",
                    magnitude=f"{one.event.magnitude:.1f}",
                    date=self._session.days[self._session.index] + one.days,
                    days=counted("{count} day", "{count} days", count=one.days),
                )
            ]
        if np.isfinite(one.edge_km):
            inside = (
                tr("inside the network") if one.edge_km <= 0.0 else tr("{km:.0f} km outside the network").format(km=one.edge_km)
            )
            words.append(inside)
        if np.isfinite(one.centre_km):
            words.append(tr("{km:.0f} km from the network centre").format(km=one.centre_km))
        if one.event.place:
            words.append(tr("place (from the catalogue): {place}").format(place=one.event.place))
        return worded(joined("; ", words))

    def _show_alarm(self) -> None:
        session = self._session
        if session.predictions is None or session.display.blind or session.index < 0:
            self.alarm.setText("")
            return
        since = next((first for first, last in session.alarms if first <= session.index <= last), None)
        colours = theme.colours()
        theme.tint(self.alarm, colours.muted if since is None else colours.alarm, bold=since is not None)
        if since is None:
            self.alarm.setText(tr("No alarm"))
        else:
            day = tr("day {number}").format(number=session.index - since + 1)
            self.alarm.setText(tr("Alarm open since {date} ({day})").format(date=session.days[since], day=day))

    def _show_label(self) -> None:
        session = self._session
        row = session.labels.rows[session.index] if session.index >= 0 and session.labels.rows else None
        may_label = session.can_write and session.index >= 0
        for cls, button in enumerate(self.buttons):
            button.setChecked(row is not None and row.cls == cls)
            button.setEnabled(may_label)
        if self.note.isReadOnly() == session.can_write:
            self.note.setReadOnly(not session.can_write)
        self._show_class()
        rows = session.history() if not session.display.blind else ()
        notes = session.notes()
        mine = [note.text for note in notes if note.author == session.settings.analyst]
        others = [note for note in notes if note.author != session.settings.analyst and not session.display.blind]
        shown = [self._history_line(old) for old in rows[-5:]] + [f"{note.author}: {note.text}" for note in others]
        self._history.setText("\n".join([tr("History of this day:"), *shown] if shown else ()))
        if not self.note.document().isModified():
            self._show_note(mine[-1] if mine else "")

    def _show_class(self) -> None:
        """Show the class of the day and its author, and whether the server does not have it yet."""
        session = self._session
        row = session.labels.rows[session.index] if session.index >= 0 and session.labels.rows else None
        if row is None or row.cls is None:
            text = tr("No label yet: press 0 to 4") if session.index >= 0 else ""
        else:
            text = f"{row.cls} {worded(session.class_names[row.cls])} — {source_words(row)}"
        if session.post is not None and session.day in session.post.days:
            text = tr("{label} (not on the server yet)").format(label=text)
        self._label.setText(text)

    def _show_note(self, text: str) -> None:
        self._note_shown = text
        if text != self.note.toPlainText():
            self.note.setPlainText(text)

    def _history_line(self, row: LabelRow) -> str:
        assert self._session.project is not None
        at = to_local(row.at, self._session.project.timezone).strftime("%Y-%m-%d %H:%M")
        what = tr("label cleared")
        if row.cls is not None:
            what = tr("class {number} ({name})").format(number=row.cls, name=worded(self._session.class_names[row.cls]))
        return tr("{time}: {what}, {source}").format(time=at, what=what, source=source_words(row))

    def _show_prediction(self) -> None:
        session = self._session
        table = session.predictions if not session.display.blind else None
        known = table is not None and session.index >= 0 and bool(np.isfinite(table.probabilities[session.index]).all())
        if known != self._bars[0].isVisibleTo(self):
            for widget in (*self._bars, *self._captions, *self._shares):
                widget.setVisible(known)
        self._title.setText(tr("Prediction") if known else tr("Prediction:"))
        if not known or table is None:
            self._title.setToolTip("")
            self._prediction.setText(
                tr("Hidden during blind labelling") if session.display.blind else tr("none yet; train a model")
            )
            return
        chances = table.probabilities[session.index]
        kind = kind_shown(str(table.kind[session.index]), zero_shot=session.zero_shot)
        self._prediction.setText(
            tr("({kind})").format(kind=tr(KIND_SHORT.get(kind, "")))
        )  # after a colon it would be the result
        whole = tr("{kind} (run {run})").format(kind=tr(KIND_NAMES.get(kind, "")), run=table.run)
        self._title.setToolTip(as_text(whole))
        for bar, share, chance in zip(self._bars, self._shares, chances, strict=True):
            # A progress bar repaints immediately when its value changes, with everything that waits to be painted, five times a
            # day.
            bar.setUpdatesEnabled(False)
            bar.setValue(round(float(chance) * 1000))
            bar.setUpdatesEnabled(True)
            share.setText(f"{chance:.0%}")

    # -- note ------------------------------------------------------------------------------------------------------

    def _keep_and_leave(self) -> None:
        self.keep_note()
        self.setFocus()

    def edit_note(self) -> None:
        """Put the cursor at the end of the note."""
        self.note.setFocus()
        self.note.moveCursor(self.note.textCursor().MoveOperation.End)

    def keep_note(self) -> None:
        """Save the note of its day if it was changed."""
        text = self.note.toPlainText().strip()
        if self._note_day is None or not self.note.document().isModified():
            return
        self.note.document().setModified(False)
        labelling.note(self._session, text, day=self._note_day, former=self._note_shown)

    def drop_note(self) -> None:
        """Discard what was typed."""
        self.note.document().setModified(False)
        self.setFocus()
        self._show_label()
