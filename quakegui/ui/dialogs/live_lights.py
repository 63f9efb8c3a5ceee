"""The lights of stations that send live, as a column of a table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QTableWidget, QTableWidgetItem

from quakegui.project.live import LiveState
from quakegui.project.live_today import DayProgress
from quakegui.ui import theme
from quakegui.ui.i18n import worded
from quakegui.words import Said, counted, joined

NAMES: Final = {"live": Said("live"), "late": Said("late"), "silent": Said("silent")}
COLOURS: Final = {"live": "good", "late": "warning", "silent": "error"}


def show_lights(
    table: QTableWidget, column: int, states: Iterable[LiveState], now_ms: int, today: Mapping[str, DayProgress] | None
) -> None:
    """Show the state of each station in a row with its code, which is in the first column.

    Parameters
    ----------
    table, column
        The table, and its column for the lights.
    states
        States of the stations that send live; other rows are left empty.
    now_ms
        The present time in milliseconds since 1970 UTC.
    today
        How much of the present day has arrived, by station; None if that is not known yet.
    """
    found = {state.station: state for state in states}
    for row in range(table.rowCount()):
        code = table.item(row, 0)
        state = None if code is None else found.get(code.text())
        item = QTableWidgetItem("")
        item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
        if state is not None:
            light = state.light(now_ms)
            progress = None if today is None else today.get(state.station)
            words = [NAMES[light], _age(state, now_ms), *([_share(progress)] if progress is not None else [])]
            item.setText(f"● {worded(joined(', ', words))}")
            item.setForeground(getattr(theme.colours(), COLOURS[light]))
            item.setToolTip(worded(_details(state, progress)))
        table.setItem(row, column, item)


def _age(state: LiveState, now_ms: int) -> Said:
    seconds = round(state.silent_s(now_ms))
    if seconds < 120:
        return Said("{seconds} s ago", seconds=seconds)
    if seconds < 7200:
        return Said("{minutes} min ago", minutes=seconds // 60)
    return Said("{hours} h ago", hours=seconds // 3600)


def _share(progress: DayProgress) -> Said:
    return Said("today {share:.0f}%", share=int(100.0 * progress.share))  # 100 only if none is missing


def _details(state: LiveState, progress: DayProgress | None) -> Said:
    newest = Said(
        "Newest reading: {last} UTC, received {delay:.0f} s later.",
        last=state.last.astype("datetime64[s]"),
        delay=state.delay_s,
    )
    stored = counted("{count} message was stored.", "{count} messages were stored.", count=state.messages)
    refused = counted("{count} message was refused.", "{count} messages were refused.", count=state.refused)
    parts = [newest, stored, *([refused, state.reason] if state.refused else [])]
    if progress is not None:
        parts.append(
            Said(
                "{day} is in progress: {arrived:,} of the {due:,} readings due since midnight have arrived. There is no map "
                "and no prediction before its night is over.",
                day=progress.day,
                arrived=progress.arrived,
                due=progress.due,
            )
        )
    return joined(" ", parts)
