"""The analyst's settings; each takes effect at once, so that it can be seen."""

from __future__ import annotations

from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDoubleSpinBox,
    QFormLayout,
    QLineEdit,
    QWidget,
)

from quakegui.app.session import Session
from quakegui.app.settings import LANGUAGES, THEMES
from quakegui.ui.dialogs.buttons import Standard, button_box
from quakegui.ui.i18n import mark, tr

LANGUAGE_NAMES = {"system": mark("As the system"), "en": "English", "zh": "中文"}
THEME_NAMES = {"system": mark("As the system"), "light": mark("Light"), "dark": mark("Dark")}


class SettingsDialog(QDialog):
    """Who labels, how it looks, how it plays, and which Python trains."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        settings = session.settings
        self.setWindowTitle(tr("Settings"))
        self.setMinimumWidth(460)
        self._analyst = QLineEdit(settings.analyst)
        self._analyst.editingFinished.connect(self._keep_analyst)
        self._language = self._choice(LANGUAGES, LANGUAGE_NAMES, settings.language, "language")
        self._theme = self._choice(THEMES, THEME_NAMES, settings.theme, "theme")
        self._scale = self._number(0.7, 2.5, 0.05, settings.text_scale, "text_scale")
        self._speed = self._number(0.5, 60.0, 0.5, settings.days_per_second, "days_per_second")
        self._loop = self._switch(settings.loop, "loop")
        self._advance = self._switch(settings.auto_advance, "auto_advance")
        self._python = QLineEdit(settings.interpreter)
        self._python.setPlaceholderText(tr("the one that runs this window"))
        self._python.editingFinished.connect(lambda: session.set_settings(interpreter=self._python.text().strip()))
        rows: tuple[tuple[str, QWidget, str], ...] = (
            (tr("Your name in the label journal"), self._analyst, tr("Written beside every label and note")),
            (tr("Language"), self._language, ""),
            (tr("Colours"), self._theme, ""),
            (tr("Text size"), self._scale, tr("A factor on the system's text size")),
            (tr("Play: days per second"), self._speed, ""),
            (tr("Play: start again at the end"), self._loop, ""),
            (tr("Go on after a label"), self._advance, tr("Labelling a day shows the next one")),
            (tr("Python that trains"), self._python, tr("Path of another Python with Keras, e.g. one with a GPU")),
        )
        form = QFormLayout(self)
        for caption, widget, tip in rows:
            widget.setAccessibleName(caption)
            widget.setToolTip(tip or caption)
            form.addRow(caption, widget)
        buttons = button_box(Standard.Close)
        buttons.rejected.connect(self.reject)
        form.addRow(buttons)

    def done(self, result: int) -> None:
        """Keep what is still being typed, then close."""
        self._keep_analyst()
        super().done(result)

    def _keep_analyst(self) -> None:
        name = self._analyst.text().strip()
        if name:
            self._session.set_settings(analyst=name)
        else:
            self._analyst.setText(self._session.settings.analyst)

    def _choice(self, values: tuple[str, ...], names: dict[str, str], value: str, key: str) -> QComboBox:
        box = QComboBox()
        for each in values:
            box.addItem(tr(names[each]), each)
        box.setCurrentIndex(values.index(value))
        box.activated.connect(lambda index: self._session.set_settings(**{key: values[index]}))
        return box

    def _number(self, low: float, high: float, step: float, value: float, key: str) -> QDoubleSpinBox:
        box = QDoubleSpinBox()
        box.setRange(low, high)
        box.setSingleStep(step)
        box.setKeyboardTracking(False)
        box.setValue(value)
        box.valueChanged.connect(lambda new: self._session.set_settings(**{key: float(new)}))
        return box

    def _switch(self, value: bool, key: str) -> QCheckBox:
        box = QCheckBox()
        box.setChecked(value)
        box.toggled.connect(lambda on: self._session.set_settings(**{key: bool(on)}))
        return box
