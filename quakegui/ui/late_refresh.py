"""Work that a panel puts off while nobody sees it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QWidget

from quakegui.app.change import Change
from quakegui.app.session import Session

LATER: Final = Change.LABELS | Change.DAY | Change.RANGE | Change.FILTER
"""What a key changes: it is answered sooner where only those panels follow that can be seen."""
_AT_ONCE: Final = Change.ALL & ~LATER


class LateRefresh(QObject):
    """Refreshes a widget when the session changes; what keys changed while it was hidden, when it is shown.

    Parameters
    ----------
    widget
        Owns this.
    session
        Is followed.
    refresh
        Called with what has changed.
    """

    def __init__(self, widget: QWidget, session: Session, refresh: Callable[[Change], None]) -> None:
        super().__init__(widget)
        self._widget, self._refresh = widget, refresh
        self._due = Change.NOTHING
        session.changed.connect(self._follow)
        widget.installEventFilter(self)

    def _follow(self, change: Change) -> None:
        self._due |= change
        if self._widget.isVisible() or change & _AT_ONCE:
            self._catch_up()

    def _catch_up(self) -> None:
        due, self._due = self._due, Change.NOTHING
        self._refresh(due)

    def eventFilter(self, _widget: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Catch up where the widget is shown."""
        if event.type() == QEvent.Type.Show and self._due:
            self._catch_up()
        return False
