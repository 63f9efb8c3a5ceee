"""Choice of a time zone: all IANA names, found by typing a part."""

from __future__ import annotations

import zoneinfo
from functools import cache
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QCompleter

from quakegui.ui.dialogs.dialog_parts import with_name
from quakegui.ui.i18n import mark, tr

FIRST: Final = ("Asia/Shanghai", "Asia/Urumqi", "UTC")
"""The zones that are listed before all others."""
ZONE_RULE: Final = mark("Days are calendar days in this time zone; times are stored in UTC.")


@cache
def zone_names() -> tuple[str, ...]:
    """Return all IANA names in order; Python walks through the folders of its zones each time it is asked."""
    return tuple(sorted(zoneinfo.available_timezones()))


def zone_box(zone: str) -> QComboBox:
    """Return a combo box of all time zones that shows `zone`."""
    box = with_name(QComboBox(), tr("Time zone"), tr("Days begin at midnight in this zone; type part of its name"))
    box.setEditable(True)
    first = [name for name in FIRST if name in zone_names()]
    box.addItems([*first, *(name for name in zone_names() if name not in first)])
    box.setCurrentText(zone)
    completer = QCompleter(box.model(), box)
    completer.setFilterMode(Qt.MatchFlag.MatchContains)
    completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
    box.setCompleter(completer)
    return box
