"""What the analyst states about a log that lacks it: station, first day, time zone."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFormLayout, QLineEdit, QWidget

from quakegui.formats import Hints
from quakegui.formats.zones import zone_of
from quakegui.ui.dialogs.dialog_parts import add_rows
from quakegui.ui.dialogs.pattern_field import PatternField
from quakegui.ui.i18n import tr


class HintsEditor(QWidget):
    """Four optional fields."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._filling = False
        self.station, self.pattern, self.day, self.zone = QLineEdit(), PatternField(), QLineEdit(), QLineEdit()
        self.day.setPlaceholderText("2024-05-09")
        self.zone.setPlaceholderText("UTC+8")
        form = QFormLayout(self)
        add_rows(
            form,
            (
                (tr("Station of the file"), self.station, tr("Station code, if the file does not state it")),
                self.pattern.row(),
                (tr("First day"), self.day, tr("Date of a log that records only times of day, or one of its dates")),
                (
                    tr("Time zone of the log"),
                    self.zone,
                    tr("Time zone of the log, for example UTC+8 or Asia/Shanghai; UTC if empty"),
                ),
            ),
        )
        for field in (self.station, self.pattern, self.day, self.zone):
            field.editingFinished.connect(self._tell)

    def fill(self, hints: Hints) -> None:
        """Show the hints of a file."""
        self._filling = True
        self.station.setText(hints.station)
        self.pattern.setText(hints.station_pattern)
        self.day.setText("" if hints.day is None else hints.day.isoformat())
        self.zone.setText(hints.timezone)
        self._filling = False

    def hints(self) -> Hints:
        """Return the hints in the fields.

        Raises
        ------
        ValueError
            With a sentence for the user, if the content of a field is invalid.
        """
        day, zone = self.day.text().strip(), self.zone.text().strip()
        try:
            first = date.fromisoformat(day) if day else None
        except ValueError:
            raise ValueError(tr("Enter the date in the form 2024-05-09.")) from None
        try:
            zone_of(zone or "UTC")
        except ValueError:
            raise ValueError(tr("Unknown time zone.")) from None
        code = self.station.text().strip().upper()
        return Hints(station=code, station_pattern=self.pattern.pattern(), day=first, timezone=zone)

    def _tell(self) -> None:
        if not self._filling:
            self.changed.emit()
