"""Buttons to play and step, speed, loop and the slider below the day map."""

from __future__ import annotations

import functools
from typing import Final

import numpy as np
from PySide6.QtCore import QEvent, QSize, Qt, QTimer
from PySide6.QtGui import QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QMenu, QSlider, QStyle, QStyleOptionSlider, QToolButton, QWidget

from quakegui.app import day_kinds, walking
from quakegui.app.change import Change
from quakegui.app.session import Session
from quakegui.season.events import CLASS_COUNT
from quakegui.ui import theme
from quakegui.ui.boxes import filled
from quakegui.ui.i18n import mark, tr, worded
from quakegui.ui.icons import icon
from quakegui.ui.quiet_labels import SteadyLabel
from quakegui.words import counted

SPEEDS: Final = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0)
"""Days per second."""

# name, icon, text, tip
_BUTTONS: Final = (
    ("first", "mdi6.skip-backward", mark("First day"), mark("Go to the first day (Home)")),
    ("back", "mdi6.chevron-left", mark("Previous day"), mark("Previous day (Left)")),
    ("play", "mdi6.play", mark("Play"), mark("Play the days (Space)")),
    ("on", "mdi6.chevron-right", mark("Next day"), mark("Next day (Right)")),
    ("last", "mdi6.skip-forward", mark("Last day"), mark("Go to the last day (End)")),
    ("loop", "mdi6.repeat", mark("Loop"), mark("After the last day, start again from the first")),
)
LEAST_SLIDER: Final = 36
KINDS: Final = (
    ("", mark("All days")),
    ("event", mark("Days with earthquakes")),
    ("unlabelled", mark("Unlabelled")),
    ("disagreement", mark("Label and prediction differ")),
    ("region", mark("With extremum regions")),
    ("storm", mark("Storm nights")),
    ("mine", mark("Labelled by me")),
    ("noted", mark("With a note")),
    ("alarm", mark("Alarm open")),
    ("uncertain", mark("Uncertain prediction")),
    ("suspect", mark("Suspect label")),
)
"""Kinds of days to which the walk can be restricted (`quakegui.app.walking`)."""
EVERY_KIND: Final = (*(kind for kind, _ in KINDS), *(f"class-{cls}" for cls in range(CLASS_COUNT)))
"""The same with the days of each class."""
COUNTED: Final = Change.LABELS | Change.PREDICTIONS | Change.EVENTS
"""Changes that may affect the number of days of a kind."""


class DaySlider(QSlider):
    """A slider that jumps to a click."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Move the handle under the cursor first, so that dragging starts there."""
        if event.button() == Qt.MouseButton.LeftButton and self.maximum() > self.minimum():
            option = QStyleOptionSlider()
            self.initStyleOption(option)
            parts = QStyle.ComplexControl.CC_Slider, QStyle.SubControl.SC_SliderHandle
            handle = self.style().subControlRect(parts[0], option, parts[1], self)
            if not handle.contains(event.position().toPoint()):
                along = round(event.position().x() - handle.width() / 2.0)
                span = self.width() - handle.width()
                self.setValue(QStyle.sliderValueFromPosition(self.minimum(), self.maximum(), along, span))
        super().mousePressEvent(event)


class PlayBar(QWidget):
    """Changes the day of the session; the timer requests the next day, and missed frames are dropped, not queued."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self.buttons = {name: QToolButton(self) for name, *_ in _BUTTONS}
        self.slider = DaySlider(self)
        self.speed = QComboBox(self)
        self.only = QComboBox(self)
        self.more = QToolButton(self)
        self.menu = QMenu(self.more)
        self.parts = {box: self.menu.addMenu("") for box in (self.only, self.speed)}
        self.loops = self.menu.addAction("")
        self.setAutoFillBackground(True)  # otherwise all that is behind it would be painted at every step
        self.where = SteadyLabel(self)
        self.where.setContentsMargins(2, 0, 6, 0)
        self._lay_out()
        self._connect()
        session.changed.connect(self.refresh)
        self.retranslate()
        self.refresh(Change.ALL)

    def _lay_out(self) -> None:
        for button in (*self.buttons.values(), self.more):
            button.setAutoRaise(True)
            button.setIconSize(QSize(20, 20))
        *steps, loop = self.buttons.values()
        loop.setCheckable(True)
        after = (self.where, self.only, self.speed, loop, self.more)
        self._row = filled(QHBoxLayout(self), *steps, (self.slider, 1), *after, margins=(8, 2, 8, 4), spacing=2)
        self.slider.setMinimumWidth(LEAST_SLIDER)
        self.more.clicked.connect(lambda: self.menu.popup(self.more.mapToGlobal(self.more.rect().bottomLeft())))
        self.loops.setCheckable(True)
        for speed in SPEEDS:
            self.speed.addItem("", speed)
        for kind in EVERY_KIND:
            self.only.addItem("", kind)
        self.only.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.speed.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def _connect(self) -> None:
        session = self._session
        self.buttons["first"].clicked.connect(lambda: walking.go_to_end(session, -1))
        self.buttons["back"].clicked.connect(lambda: walking.step(session, -1))
        self.buttons["play"].clicked.connect(self.toggle)
        self.buttons["on"].clicked.connect(lambda: walking.step(session, 1))
        self.buttons["last"].clicked.connect(lambda: walking.go_to_end(session, 1))
        self.buttons["loop"].clicked.connect(lambda on: session.set_settings(loop=on))
        self.slider.valueChanged.connect(self._slide)
        self.only.activated.connect(lambda row: walking.walk_only(session, EVERY_KIND[row]))
        self.speed.activated.connect(lambda row: session.set_settings(days_per_second=SPEEDS[row]))
        self.menu.aboutToShow.connect(self._fill_menu)
        self.loops.triggered.connect(lambda on: session.set_settings(loop=on))

    # -- a narrow bar ----------------------------------------------------------------------------------------------

    @property
    def _extras(self) -> tuple[QWidget, ...]:
        """Controls that a narrow bar moves to a menu."""
        return self.only, self.speed, self.buttons["loop"]

    def _width_with(self, others: tuple[QWidget, ...]) -> int:
        """Return the width of the bar with the steps, the slider and these other widgets."""
        steps = tuple(button for name, button in self.buttons.items() if name != "loop")
        shown = (*steps, self.where, *others)
        room, gaps = self.contentsMargins(), self._row.contentsMargins()
        around = room.left() + room.right() + gaps.left() + gaps.right() + self._row.spacing() * len(shown)
        return around + LEAST_SLIDER + sum(max(one.sizeHint().width(), one.minimumWidth()) for one in shown)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return the width of the narrow bar."""
        return QSize(self._width_with((self.more,)), super().minimumSizeHint().height())

    def _show_what_fits(self) -> None:
        """Show kinds, speed and loop side by side, or in a menu if there is no room."""
        fits = self.width() >= self._width_with(self._extras)
        for widget in self._extras:
            widget.setVisible(fits)
        self.more.setVisible(not fits)

    def _fill_menu(self) -> None:
        for box, part in self.parts.items():
            part.clear()
            for row in range(box.count()):
                action = part.addAction(box.itemText(row), functools.partial(box.activated.emit, row))
                action.setCheckable(True)
                action.setChecked(row == box.currentIndex())
        self.loops.setChecked(self._session.settings.loop)

    def event(self, event: QEvent) -> bool:
        """Adjust to the controls, whose width depends on language and text size."""
        if event.type() == QEvent.Type.LayoutRequest:
            self._show_what_fits()
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Adjust to the width."""
        super().resizeEvent(event)
        self._show_what_fits()

    # -- playing ---------------------------------------------------------------------------------------------------

    @property
    def playing(self) -> bool:
        """Whether the season is playing."""
        return self._timer.isActive()

    def toggle(self) -> None:
        """Start or stop playing; on the last day it starts at the first."""
        if self.playing:
            self.stop()
        elif day_kinds.walk_days(self._session).size > 1:
            if not self._further():
                walking.go_to_end(self._session, -1)
            self._timer.start()
            self._refresh_icons()

    def stop(self) -> None:
        """Stop playing."""
        self._timer.stop()
        self._refresh_icons()

    def _tick(self) -> None:
        session = self._session
        if self._further():
            walking.step(session, 1)
        elif session.settings.loop:
            walking.go_to_end(session, -1)
        else:
            self.stop()

    def _further(self) -> bool:
        """Return whether the walk continues after the day shown."""
        there = day_kinds.walk_days(self._session)
        return bool(there.size) and self._session.index < there[-1]

    def _slide(self, index: int) -> None:
        if index != self._session.index:
            walking.go_to(self._session, index)

    def refresh(self, change: Change) -> None:
        """Update from the session."""
        session = self._session
        if change & (Change.PROJECT | Change.SEASON):
            self.stop()
            self.slider.setEnabled(session.days.size > 1)
            self.slider.blockSignals(True)  # a new range moves the handle, which is not a request of the user
            self.slider.setRange(0, max(session.days.size - 1, 0))
            self.slider.blockSignals(False)
            for name in ("first", "back", "play", "on", "last"):
                self.buttons[name].setEnabled(session.days.size > 1)
        if change & (Change.PROJECT | Change.EVENTS):
            self._name_kinds()
        if Change.FILTER in change:
            self.only.setCurrentIndex(EVERY_KIND.index(session.only))
        if change & (Change.PROJECT | Change.SEASON | Change.DAY | Change.FILTER) or (session.only and change & COUNTED):
            self.slider.setValue(max(session.index, 0))
            self.where.setText(self._place())
        if Change.SETTINGS in change:
            speed = session.settings.days_per_second
            self.speed.setCurrentIndex(min(range(len(SPEEDS)), key=lambda row: abs(SPEEDS[row] - speed)))
            self.buttons["loop"].setChecked(session.settings.loop)
            self._timer.setInterval(round(1000.0 / speed))

    def _name_kinds(self) -> None:
        names = [*(tr(name) for _, name in KINDS), *(worded(name) for name in self._session.class_names)]
        for row, name in enumerate(names):
            self.only.setItemText(row, name)

    def _place(self) -> str:
        """Return the position of the day shown in the walk: "12 / 334", with a dash if it is not part of it."""
        session = self._session
        if not session.only:
            return f"{session.index + 1} / {session.days.size}" if session.days.size else ""
        there = day_kinds.walk_days(session)
        at = int(np.searchsorted(there, session.index))
        return f"{at + 1 if at < there.size and there[at] == session.index else '–'} / {there.size}"

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Update after a change of language or colours."""
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        if event.type() == QEvent.Type.PaletteChange:
            self._refresh_icons()
        super().changeEvent(event)

    def retranslate(self) -> None:
        """Set every text in the current language."""
        for name, _, text, tip in _BUTTONS:
            self.buttons[name].setAccessibleName(tr(text))
            self.buttons[name].setToolTip(tr(tip))
        for row, speed in enumerate(SPEEDS):
            self.speed.setItemText(row, worded(counted("{count} day/s", "{count} days/s", count=round(speed))))
        self._name_kinds()
        self.only.setAccessibleName(tr("Days to step through"))
        self.only.setToolTip(tr("Step and play through these days only (F)"))
        self.speed.setAccessibleName(tr("Speed"))
        self.speed.setToolTip(tr("Playback speed in days per second"))
        self.slider.setAccessibleName(tr("Day"))
        self.more.setAccessibleName(tr("More playback options"))
        self.more.setToolTip(tr("Days to step through, speed and loop"))
        for box, part in self.parts.items():
            part.setTitle(box.accessibleName())
        self.loops.setText(tr("Loop"))
        self.slider.setToolTip(tr("Drag to step through the season"))
        self._refresh_icons()

    def _refresh_icons(self) -> None:
        colours = theme.colours()
        self.more.setIcon(icon("mdi6.dots-horizontal", colours.text, colours.missing))
        for name, usual, *_ in _BUTTONS:
            shown = "mdi6.pause" if name == "play" and self.playing else usual
            tint = colours.accent if name == "loop" and self._session.settings.loop else colours.text
            self.buttons[name].setIcon(icon(shown, tint, colours.missing))
