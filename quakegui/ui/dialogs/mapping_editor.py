"""The mapping of a table: guessed, shown beside the first rows, and editable."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QCompleter,
    QFormLayout,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QSpinBox,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from quakegui.formats import Preview, TableMapping
from quakegui.formats.elements import UNITS
from quakegui.formats.stamps import TIME_FORMATS
from quakegui.formats.zones import offset_name, zone_of
from quakegui.season.readings import DataType
from quakegui.ui.boxes import FLUSH, filled
from quakegui.ui.dialogs.dialog_parts import add_rows, with_name
from quakegui.ui.dialogs.pattern_field import PatternField
from quakegui.ui.dialogs.zone_box import zone_names
from quakegui.ui.i18n import mark, tr
from quakegui.ui.no_markup import as_text

TIME, STATION, UNUSED = "time", "station", ""
MEANINGS: Final = (
    (UNUSED, mark("not used")),
    (TIME, mark("date, time, or both")),
    (STATION, mark("station code")),
    ("F", mark("F, total intensity")),
    ("X", mark("X, north component")),
    ("Y", mark("Y, east component")),
    ("Z", mark("Z, vertical component (down)")),
    ("H", mark("H, horizontal component")),
    ("D", mark("D, declination")),
    ("S", mark("S, total intensity of an independent instrument")),
    ("E", mark("E, magnetic east component")),
    ("G", mark("G, ΔF: vector minus scalar total intensity")),
)
CLOCKS: Final = (
    ("iso", mark("as in 2022-02-01 00:15:00 (ISO 8601)")),
    ("unix", mark("seconds since 1970")),
    ("unix_ms", mark("milliseconds since 1970")),
    ("excel", mark("spreadsheet day number")),
    ("matlab", mark("MATLAB day number")),
)
STAMPS: Final = (
    ("auto", mark("default for the sampling interval")),
    ("start", mark("start of the sampling interval")),
    ("centre", mark("middle of the sampling interval")),
    ("end", mark("end of the sampling interval")),
)
DATA_TYPES: Final = (
    (DataType.UNKNOWN, mark("unknown")),
    (DataType.VARIATION, mark("variation")),
    (DataType.PROVISIONAL, mark("provisional")),
    (DataType.QUASI_DEFINITIVE, mark("quasi-definitive")),
    (DataType.DEFINITIVE, mark("definitive")),
)
EXAMPLES: Final = 3
MOST_SKIPPED: Final = 300
NAME, EXAMPLE, MEANING, CODE = range(4)


class MappingEditor(QWidget):
    """One row per column of the table; below, time zone, units and other properties."""

    changed = Signal()
    sheet_chosen = Signal(str)
    lines_chosen = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._filling = False
        self.columns = with_name(QTableWidget(0, 4), tr("Columns of the table"), tr("Specify what each column contains"))
        self.columns.setHorizontalHeaderLabels([tr("Column"), tr("First rows"), tr("Meaning"), tr("Station")])
        self.columns.verticalHeader().hide()
        self.columns.horizontalHeader().setSectionResizeMode(EXAMPLE, QHeaderView.ResizeMode.Stretch)
        self.columns.itemChanged.connect(self._tell)
        self._sheet = QComboBox()
        self._sheet.textActivated.connect(self._ask_sheet)
        self.clock = _editable([*((key, tr(text)) for key, text in CLOCKS), *((form, form) for form in TIME_FORMATS)])
        offsets = [offset_name(60 * hours) for hours in range(-12, 15) if hours]
        zones = ("UTC", *offsets, *(name for name in zone_names() if name != "UTC"))
        self.zone = _editable([(zone, zone) for zone in zones])
        self._unit = _choice([(unit, unit) for unit in UNITS])
        self._stamp = _choice([(key, tr(text)) for key, text in STAMPS])
        self._type = _choice([(int(kind), tr(text)) for kind, text in DATA_TYPES])
        self.skip = QSpinBox(minimum=-1, maximum=MOST_SKIPPED)
        self.skip.setSpecialValueText(tr("automatic"))
        self.skip.setKeyboardTracking(False)
        self.skip.valueChanged.connect(self._ask_lines)
        self.keeps = QCheckBox(tr("Remember these settings for tables with these columns"))
        self.keeps.setToolTip(tr("Later tables with the same columns are read in the same way"))
        self._time: tuple[str, ...] = ()
        self.pattern = PatternField()
        self.pattern.textChanged.connect(lambda text: self.columns.setColumnHidden(CODE, bool(text.strip())))
        self.pattern.editingFinished.connect(self._tell_pattern)
        self.missing = QLineEdit()
        self.missing.textChanged.connect(self._tell)
        for box in (self.clock, self.zone, self._unit, self._stamp, self._type):
            box.currentTextChanged.connect(self._tell)
        self._lay_out()

    def _lay_out(self) -> None:
        self._form = QFormLayout()
        rows = (
            self.pattern.row(),
            (tr("Sheet"), self._sheet, tr("Sheet of the workbook")),
            (tr("Time format"), self.clock, tr("Time format in strptime codes, such as %Y-%m-%d %H:%M")),
            (
                tr("Time zone of the table"),
                self.zone,
                tr("Time zone of the times in the table; not applied to timestamps with an offset"),
            ),
            (tr("Timestamp position"), self._stamp, tr("Point of the sampling interval that the timestamp marks")),
            (tr("Unit"), self._unit, tr("Unit of the values")),
            (tr("Data type"), self._type, tr("Processing level; where records overlap, the more definitive one is used")),
            (tr("Other missing-value codes"), self.missing, tr("Missing-value codes, in addition to 88888 and above")),
            (tr("Lines above header"), self.skip, tr("Number of lines above the table header")),
        )
        add_rows(self._form, rows)
        self._form.addRow(self.keeps)
        self.missing.setPlaceholderText(tr("e.g. -1, 9999.9"))
        filled(QHBoxLayout(self), (self.columns, 3), (self._form, 2), margins=FLUSH)

    def fill(self, table: Preview, mapping: TableMapping | None) -> None:
        """Show the columns of a table with their presumed meaning."""
        self._filling = True
        meanings, codes = _meanings(mapping)
        self._time = mapping.time if mapping is not None else ()
        self.columns.setRowCount(0)  # the boxes of the former table go at once
        self.columns.setRowCount(len(table.columns))
        for number, name in enumerate(table.columns):
            examples = " · ".join(row[number] for row in table.rows[:EXAMPLES])
            for column, text in ((NAME, name), (EXAMPLE, examples), (CODE, codes.get(name, ""))):
                item = QTableWidgetItem(text)
                item.setToolTip(as_text(text))
                if column != CODE:
                    item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsEditable)
                self.columns.setItem(number, column, item)
            box = _choice([(key, tr(text)) for key, text in MEANINGS])
            with_name(box, tr("Meaning of column {name}").format(name=name))
            box.setCurrentIndex(max(box.findData(meanings.get(name, UNUSED)), 0))
            box.currentIndexChanged.connect(self._tell)
            self.columns.setCellWidget(number, MEANING, box)
        self.columns.resizeColumnToContents(NAME)
        self.columns.resizeColumnToContents(MEANING)
        self._sheet.clear()
        self._sheet.addItems(table.sheets)
        self._form.setRowVisible(self._sheet, len(table.sheets) > 1)
        self._fill_facts(mapping or TableMapping("wide", (), ()))
        self._filling = False

    def _fill_facts(self, mapping: TableMapping) -> None:
        if mapping.sheet:
            self._sheet.setCurrentText(mapping.sheet)
        for box, value in (
            (self.clock, mapping.time_format or "iso"),
            (self.zone, mapping.timezone),
            (self._unit, mapping.unit),
            (self._stamp, mapping.stamp),
            (self._type, int(mapping.data_type)),
        ):
            at = box.findData(value)
            if at >= 0:
                box.setCurrentIndex(at)
            else:
                box.setEditText(str(value))
        self.pattern.setText(mapping.station_pattern)
        self.skip.setValue(-1 if mapping.skip_lines is None else mapping.skip_lines)
        self.missing.setText(", ".join(f"{value:g}" for value in mapping.missing))

    def mapping(self) -> TableMapping:
        """Return the mapping in the controls.

        Raises
        ------
        ValueError
            With a sentence for the user, if it is incomplete.
        """
        time, station, values = self._by_meaning()
        if not time:
            raise ValueError(tr("Specify the time column, or the columns with its parts."))
        if not values:
            raise ValueError(tr("Specify the total-intensity columns, or those of its components."))
        if len(station) > 1:
            raise ValueError(tr("Only one column can be the station code."))
        pattern = self.pattern.pattern()
        if station and pattern:
            raise ValueError(tr("Specify either the station-code column or a file name pattern, not both."))
        wide, columns, code = _of_stations(values, named=bool(station or pattern))
        if len({first for first, _ in columns}) < len(columns):
            raise ValueError(tr("Two columns have the same meaning for the same station."))
        return TableMapping(
            "wide" if wide else "long",
            self._time if set(self._time) == set(time) else tuple(time),
            tuple(columns),
            station_column=station[0] if station else "",
            station=code,
            timezone=self._zone(),
            time_format=_value(self.clock),
            unit=self._unit.currentData(),
            stamp=self._stamp.currentData(),
            missing=self._missing_numbers(),
            data_type=DataType(self._type.currentData()),
            sheet=self._sheet.currentText() if self._sheet.count() > 1 else "",
            skip_lines=self.skip_lines(),
            station_pattern=pattern,
        )

    def _zone(self) -> str:
        zone = _value(self.zone)
        if not zone:
            raise ValueError(tr("Specify the time zone of the table."))
        try:
            zone_of(zone)
        except ValueError:
            raise ValueError(tr("Unknown time zone.")) from None
        return zone

    def skip_lines(self) -> int | None:
        """Return the number of lines above the table, None to detect them."""
        return None if self.skip.value() < 0 else self.skip.value()

    def _by_meaning(self) -> tuple[list[str], list[str], list[tuple[str, str, str]]]:
        """Return the time columns, the station code columns, and (component, column, station code) of the value columns."""
        time: list[str] = []
        station: list[str] = []
        values: list[tuple[str, str, str]] = []
        for number in range(self.columns.rowCount()):
            box, name = self.columns.cellWidget(number, MEANING), self._text(number, NAME)
            assert isinstance(box, QComboBox)
            meaning = box.currentData()
            if meaning == TIME:
                time.append(name)
            elif meaning == STATION:
                station.append(name)
            elif meaning != UNUSED:
                values.append((meaning, name, self._text(number, CODE).strip().upper()))
        return time, station, values

    def _text(self, row: int, column: int) -> str:
        item = self.columns.item(row, column)
        return item.text() if item is not None else ""

    def _missing_numbers(self) -> tuple[float, ...]:
        words = self.missing.text().replace(",", " ").replace("，", " ").split()
        try:
            return tuple(float(word) for word in words)
        except ValueError:
            raise ValueError(tr("Enter the missing-value codes, separated by commas.")) from None

    def _ask_sheet(self, sheet: str) -> None:
        if not self._filling:
            self.sheet_chosen.emit(sheet)

    def _ask_lines(self) -> None:
        if not self._filling:
            self.lines_chosen.emit()

    def _tell_pattern(self) -> None:
        if self.pattern.isModified():
            self.pattern.setModified(False)
            self._tell()

    def _tell(self) -> None:
        if not self._filling:
            self.changed.emit()


def _meanings(mapping: TableMapping | None) -> tuple[dict[str, str], dict[str, str]]:
    """Return the meaning of each mapped column, and the station code beside it."""
    if mapping is None:
        return {}, {}
    meanings = dict.fromkeys(mapping.time, TIME) | ({mapping.station_column: STATION} if mapping.station_column else {})
    if mapping.layout == "wide":
        return meanings | {name: "F" for _, name in mapping.columns}, {name: code for code, name in mapping.columns}
    return meanings | {name: letter for letter, name in mapping.columns}, {name: mapping.station for _, name in mapping.columns}


def _of_stations(values: list[tuple[str, str, str]], *, named: bool) -> tuple[bool, list[tuple[str, str]], str]:
    """Return whether each column is a station's, the pairs for a mapping, and the code of the only station.

    Parameters
    ----------
    values
        Letter, column and the station code beside it.
    named
        Whether a column or the file's name tells the station.
    """
    pairs = [(letter, name) for letter, name, _ in values]
    codes = {code for _, _, code in values}
    if named:
        return False, pairs, ""
    if "" in codes:
        raise ValueError(
            tr("Enter the station code beside each value column, or specify the station-code column or a file name pattern.")
        )
    if {letter for letter, _, _ in values} == {"F"}:
        return True, [(code, name) for _, name, code in values], ""
    if len(codes) > 1:
        raise ValueError(
            tr("To import components from several stations, use one row per station and time, with a station column.")
        )
    return False, pairs, codes.pop()


def _choice(items: Sequence[tuple[object, str]]) -> QComboBox:
    box = QComboBox()
    for value, text in items:
        box.addItem(text, value)
    return box


def _editable(items: Sequence[tuple[str, str]]) -> QComboBox:
    box = _choice(items)
    box.setEditable(True)
    box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
    box.setMinimumContentsLength(16)
    completer = QCompleter(box.model())
    completer.setFilterMode(Qt.MatchFlag.MatchContains)
    completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
    box.setCompleter(completer)
    return box


def _value(box: QComboBox) -> str:
    """Return the value of the selected text, or the typed text."""
    at = box.findText(box.currentText())
    return str(box.itemData(at)) if at >= 0 else box.currentText().strip()
