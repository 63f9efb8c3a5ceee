"""The analyst's settings; each takes effect at once."""

from __future__ import annotations

from typing import Final

from PySide6.QtWidgets import QCheckBox, QComboBox, QDoubleSpinBox, QFormLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from quakegui.app.session import Session
from quakegui.app.settings import LANGUAGES, SPEEDS, TEXT_SCALES, THEMES
from quakegui.ui.boxes import FLUSH, filled
from quakegui.ui.dialogs.buttons import Standard, button_box
from quakegui.ui.dialogs.dialog_parts import WholeDialog, open_at
from quakegui.ui.dialogs.worker_box import WorkerBox
from quakegui.ui.i18n import mark, tr
from quakegui.ui.language_follower import LanguageFollower
from quakegui.ui.tall_scroll import TallScroll
from quakegui.words import languages, own_name

WIDTH: Final = 520
LANGUAGE_NAMES: Final = {"system": mark("Follow system"), **{code: own_name(code) for code in languages()}}
THEME_NAMES: Final = {"system": mark("Follow system"), "light": mark("Light"), "dark": mark("Dark")}


class SettingsDialog(LanguageFollower, WholeDialog):
    """Analyst, appearance, playback, and training environment; retranslated after a change of language."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        settings = session.settings
        self.analyst = QLineEdit(settings.analyst)
        self.analyst.editingFinished.connect(self._keep_analyst)
        self.language = self._choice(LANGUAGES, settings.language, "language")
        self.theme = self._choice(THEMES, settings.theme, "theme")
        self._scale = self._number(*TEXT_SCALES, 0.05, settings.text_scale, "text_scale")
        self._speed = self._number(*SPEEDS, 0.5, settings.days_per_second, "days_per_second")
        self._loop = self._switch(settings.loop, "loop")
        self._advance = self._switch(settings.auto_advance, "auto_advance")
        self._alarm = self._switch(settings.alarm_signal, "alarm_signal")
        self._rows: tuple[tuple[str, QWidget, str], ...] = (
            (mark("Analyst's name"), self.analyst, mark("This name is saved with every label and note")),
            (mark("Language"), self.language, ""),
            (mark("Colours"), self.theme, ""),
            (mark("Text size (1 = system size)"), self._scale, mark("Multiple of the system text size")),
            (mark("Playback speed (days per second)"), self._speed, ""),
            (mark("Loop playback"), self._loop, ""),
            (mark("Advance after labelling"), self._advance, mark("Show the next day after labelling")),
            (
                mark("Notify me of new alarms"),
                self._alarm,
                mark("Play a sound and show a desktop notification when an alarm starts"),
            ),
        )
        self._captions = [QLabel() for _ in self._rows]
        form = QFormLayout()
        for caption, (_, widget, _tip) in zip(self._captions, self._rows, strict=True):
            caption.setBuddy(widget)
            form.addRow(caption, widget)
        self.worker = WorkerBox(self)
        self._buttons = button_box(Standard.Close, self.reject)
        inner = QWidget()
        filled(QVBoxLayout(inner), form, self.worker, 1, margins=FLUSH)
        filled(QVBoxLayout(self), TallScroll(inner, whole=True), self.sentence, self.strip, self._buttons)
        self.retranslate()
        open_at(self, WIDTH, self.sizeHint().height())

    def done(self, result: int) -> None:
        """Save what is still being typed, then close."""
        self._keep_analyst()
        self.worker.keep()
        super().done(result)

    def busy_changed(self) -> None:
        """Allow one test of the worker at a time."""
        self.worker.try_it.setEnabled(not self.busy)

    def retranslate(self) -> None:
        """Set every text in the current language."""
        self.setWindowTitle(tr("Settings"))
        for caption, (text, widget, tip) in zip(self._captions, self._rows, strict=True):
            caption.setText(tr(text))
            widget.setAccessibleName(tr(text))
            widget.setToolTip(tr(tip or text))
        for box, names in ((self.language, LANGUAGE_NAMES), (self.theme, THEME_NAMES)):
            for row in range(box.count()):
                box.setItemText(row, tr(names[box.itemData(row)]))
        self._buttons.button(Standard.Close).setText(tr("Close"))
        self.worker.retranslate()
        self.sentence.say("")

    def _keep_analyst(self) -> None:
        name = self.analyst.text().strip()
        if name:
            self.session.set_settings(analyst=name)
        else:
            self.analyst.setText(self.session.settings.analyst)

    def _choice(self, values: tuple[str, ...], value: str, key: str) -> QComboBox:
        box = QComboBox()
        for each in values:
            box.addItem("", each)
        box.setCurrentIndex(values.index(value))
        box.activated.connect(lambda index: self.session.set_settings(**{key: values[index]}))
        return box

    def _number(self, low: float, high: float, step: float, value: float, key: str) -> QDoubleSpinBox:
        box = QDoubleSpinBox()
        box.setRange(low, high)
        box.setSingleStep(step)
        box.setKeyboardTracking(False)
        box.setValue(value)
        box.valueChanged.connect(lambda new: self.session.set_settings(**{key: float(new)}))
        return box

    def _switch(self, value: bool, key: str) -> QCheckBox:
        box = QCheckBox()
        box.setChecked(value)
        box.toggled.connect(lambda on: self.session.set_settings(**{key: bool(on)}))
        return box
