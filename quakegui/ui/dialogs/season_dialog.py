"""First and last day of the season, and all parameters from readings to regions, each beside its default."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any, Final

import numpy as np
from PySide6.QtCore import QDate
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDateEdit,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QSpinBox,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from quakegui.app import computing
from quakegui.app.session import Session
from quakegui.project.store import ProjectError
from quakegui.season.anomaly import Method
from quakegui.season.config import SeasonConfig
from quakegui.ui.boxes import FLUSH, filled
from quakegui.ui.dialogs.buttons import Standard, button_box
from quakegui.ui.dialogs.dialog_parts import WholeDialog, open_at, with_name, year_first
from quakegui.ui.dialogs.season_parameters import (
    ANOMALY,
    MAPS,
    METHODS,
    NIGHT,
    REGIONS,
    Parameter,
    read_parameter,
    with_parameters,
)
from quakegui.ui.dialogs.whose_line import WhoseLine
from quakegui.ui.dialogs.zone_box import ZONE_RULE, zone_box
from quakegui.ui.i18n import tr, worded
from quakegui.ui.tall_scroll import TallScroll
from quakegui.words import joined

WIDTH: Final = 640
WITHOUT_MAPS: Final[dict[str, Any]] = {"first_day": None, "last_day": None, "grace_minutes": 0.0}
"""Parameters that do not affect maps, and are ignored when parameters are compared."""


class SeasonDialog(WholeDialog):
    """Four pages of parameters; an invalid combination is reported and cannot be saved."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.setWindowTitle(tr("Season and parameters…").rstrip("…"))
        project = session.project
        assert project is not None
        self._before = project.config()
        self._defaults = SeasonConfig(self._before.timezone)
        self.controls: dict[tuple[str, ...], QSpinBox | QDoubleSpinBox | QCheckBox] = {}
        self.first, self.first_on = self._date(self._before.first_day, tr("First day"))
        self._last, self._last_on = self._date(self._before.last_day, tr("Last day"))
        self.zone = zone_box(self._before.timezone)
        self.zone.currentTextChanged.connect(self._check)
        self.method, self.reference = self._methods(project.network().codes)
        self._tabs = QTabWidget()
        self._tabs.addTab(TallScroll(self._season_page(), whole=True), tr("Season"))
        self._tabs.addTab(TallScroll(self._page(ANOMALY, with_method=True), whole=True), tr("Anomalies"))
        self._tabs.addTab(TallScroll(self._page(MAPS), whole=True), tr("Maps"))
        self._tabs.addTab(TallScroll(self._page(REGIONS), whole=True), tr("Extremum regions"))
        self.buttons = button_box(Standard.Save | Standard.Cancel | Standard.RestoreDefaults, self.reject, self.save)
        self.buttons.button(Standard.RestoreDefaults).setToolTip(
            tr("Reset all parameters except the season's dates and time zone")
        )
        self.buttons.button(Standard.RestoreDefaults).clicked.connect(self.reset)
        filled(QVBoxLayout(self), self._tabs, WhoseLine(session, "config"), self.sentence, self.strip, self.buttons)
        self._show(self._before)
        open_at(self, WIDTH, self.sizeHint().height())

    # -- pages -----------------------------------------------------------------------------------------------------

    def _season_page(self) -> QWidget:
        page = QWidget()
        form = QFormLayout(page)
        form.addRow(tr("First day"), _beside(self.first_on, self.first))
        form.addRow(tr("Last day"), _beside(self._last_on, self._last))
        form.addRow(tr("Time zone"), self.zone)
        meaning = tr(
            "A season is the range of days that a project covers. Data before the first day are used to build the background."
        )
        says = QLabel(worded(joined(" ", (meaning, tr(ZONE_RULE)))))
        says.setWordWrap(True)
        form.addRow(says)
        self._fill(form, NIGHT)
        return page

    def _page(self, parameters: tuple[Parameter, ...], *, with_method: bool = False) -> QWidget:
        page = QWidget()
        form = QFormLayout(page)
        if with_method:
            form.addRow(tr("Anomaly method"), self.method)
            form.addRow(tr("Reference station"), self.reference)
        self._fill(form, parameters)
        return page

    def _fill(self, form: QFormLayout, parameters: tuple[Parameter, ...]) -> None:
        for parameter in parameters:
            control = self._control(parameter)
            self.controls[parameter.path] = control
            default = read_parameter(self._defaults, parameter.path)
            text = (tr("on") if default else tr("off")) if parameter.kind == "switch" else f"{default:g}"
            form.addRow(tr(parameter.text), _beside(control, QLabel(tr("default {value}").format(value=text))))

    def _control(self, parameter: Parameter) -> QSpinBox | QDoubleSpinBox | QCheckBox:
        control: QSpinBox | QDoubleSpinBox | QCheckBox
        if parameter.kind == "switch":
            control = QCheckBox()
            control.toggled.connect(self._check)
        elif parameter.kind == "whole":
            control = QSpinBox()
            control.setRange(int(parameter.low), int(parameter.high))
            control.setSingleStep(int(parameter.step))
            control.valueChanged.connect(self._check)
        else:
            control = QDoubleSpinBox()
            control.setDecimals(parameter.decimals)
            control.setRange(parameter.low, parameter.high)
            control.setSingleStep(parameter.step)
            control.valueChanged.connect(self._check)
        if not isinstance(control, QCheckBox):
            control.setMinimumWidth(control.fontMetrics().horizontalAdvance("0") * 12)  # all with the same width
        return with_name(control, tr(parameter.text), tr(parameter.tip))

    def _date(self, day: np.datetime64 | None, name: str) -> tuple[QDateEdit, QCheckBox]:
        switch = with_name(QCheckBox(tr("from this date")), name, tr("If off, all available data are used"))
        switch.setText("")
        edit = with_name(QDateEdit(), name, tr("This day is included; if off, all available data are used"))
        edit.setCalendarPopup(True)
        year_first(edit.calendarWidget())
        edit.setDisplayFormat("yyyy-MM-dd")
        days = self.session.days
        fallback = days[0 if name == tr("First day") else -1] if days.size else np.datetime64("2022-02-01")
        shown: date = (day if day is not None else fallback).astype(object)
        edit.setDate(QDate(shown.year, shown.month, shown.day))
        switch.setChecked(day is not None)
        edit.setEnabled(day is not None)
        switch.toggled.connect(edit.setEnabled)
        switch.toggled.connect(self._check)
        edit.dateChanged.connect(self._check)
        return edit, switch

    def _methods(self, codes: tuple[str, ...]) -> tuple[QComboBox, QComboBox]:
        method = with_name(QComboBox(), tr("Anomaly method"), tr("Reference for the anomaly"))
        for value, text in METHODS:
            method.addItem(tr(text), str(value))
        reference = with_name(QComboBox(), tr("Reference station"), tr("Used by the reference-station difference method"))
        reference.addItem(tr("no reference station"), None)
        for code in codes:
            reference.addItem(code, code)
        for box in (method, reference):
            box.currentIndexChanged.connect(self._check)
        return method, reference

    # -- values ----------------------------------------------------------------------------------------------------

    def _show(self, config: SeasonConfig) -> None:
        for path, control in self.controls.items():
            value = read_parameter(config, path)
            control.blockSignals(True)
            if isinstance(control, QCheckBox):
                control.setChecked(bool(value))
            else:
                control.setValue(value)
            control.blockSignals(False)
        self.method.setCurrentIndex(self.method.findData(str(config.anomaly.method)))
        self.reference.setCurrentIndex(max(self.reference.findData(config.anomaly.reference_station), 0))
        self._check()

    def config(self) -> SeasonConfig:
        """Return the parameters in the controls.

        Raises
        ------
        ValueError
            With a sentence, if the parameters are inconsistent.
        """
        values: dict[tuple[str, ...], object] = {}
        for path, control in self.controls.items():
            value = control.isChecked() if isinstance(control, QCheckBox) else control.value()
            # Controls show rounded values; a parameter that was not edited keeps its exact value.
            before = read_parameter(self._before, path)
            same = isinstance(control, QDoubleSpinBox) and round(before, control.decimals()) == round(value, control.decimals())
            values[path] = before if same else value
        values["timezone",] = self.zone.currentText().strip()
        values["anomaly", "method"] = Method(self.method.currentData())
        values["anomaly", "reference_station"] = self.reference.currentData()
        values["first_day",] = _day(self.first) if self.first_on.isChecked() else None
        values["last_day",] = _day(self._last) if self._last_on.isChecked() else None
        config: SeasonConfig = with_parameters(self._before, values)
        return config

    def reset(self) -> None:
        """Show the defaults; they are saved by Save only."""
        self._show(self._defaults)

    def _check(self) -> None:
        save = self.buttons.button(QDialogButtonBox.StandardButton.Save)
        self.reference.setEnabled(self.method.currentData() == str(Method.REFERENCE_STATION))
        try:
            config = self.config()
        except ValueError as error:
            self.sentence.say(str(error), "error")
            save.setEnabled(False)
            return
        save.setEnabled(self.session.can_write and not self.busy)
        if config.style != self._before.style:
            text = tr(
                "Models and their predictions are tied to one map style. If you change the style, existing models "
                "cannot be used until you restore it; they are not deleted."
            )
            self.sentence.say(text, "warning")
        elif config.timezone != self._before.timezone:
            text = tr(
                "Changing the time zone changes when each day begins: nights, maps and regions are recomputed. "
                "Labels and notes keep their dates, which then cover different hours; existing models were trained "
                "on the old maps."
            )
            self.sentence.say(text, "warning")
        elif replace(config, **WITHOUT_MAPS) != replace(self._before, **WITHOUT_MAPS):
            self.sentence.say(tr("This changes every map; existing models were trained on the old ones."), "warning")
        else:
            self.sentence.say("")

    def save(self) -> None:
        """Save the parameters and recompute the season."""
        project = self.session.project
        config = self.config()
        if project is None or config == self._before:
            self.accept()
            return
        try:
            project.set_config(config)
        except ProjectError as error:
            self.sentence.say(str(error), "error")
            return
        self.accept()
        computing.recompute(self.session)


def _day(edit: QDateEdit) -> np.datetime64:
    return np.datetime64(edit.date().toString("yyyy-MM-dd"), "D")


def _beside(*widgets: QWidget) -> QWidget:
    holder = QWidget()
    filled(QHBoxLayout(holder), *widgets, 1, margins=FLUSH)
    return holder
