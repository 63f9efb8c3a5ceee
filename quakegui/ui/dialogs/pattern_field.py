"""The field for the pattern of file names that contain the station code."""

from __future__ import annotations

from PySide6.QtWidgets import QLineEdit, QWidget

from quakegui.formats.namepattern import check_pattern
from quakegui.ui.i18n import tr


class PatternField(QLineEdit):
    """A pattern such as "mag_{code}_*.csv", or nothing."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setPlaceholderText("mag_{code}_*.csv")

    def row(self) -> tuple[str, QLineEdit, str]:
        """Return its caption, itself and its tooltip, for a form."""
        return (
            tr("File name pattern"),
            self,
            tr("Pattern of the file names: {code} for the station code, * for any characters"),
        )

    def pattern(self) -> str:
        """Return what was typed.

        Raises
        ------
        ValueError
            With a sentence for the user, if it does not contain "{code}" exactly once.
        """
        pattern = self.text().strip()
        try:
            check_pattern(pattern)
        except ValueError:
            raise ValueError(
                tr('Enter "{code}" exactly once in the file name pattern, in place of the station code.')
            ) from None
        return pattern
