"""Keys held down under X11, where Qt sometimes takes an auto-repeat for a key that was released and pressed again."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QKeyCombination, QObject, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QWindow

KEYPAD = Qt.KeyboardModifier.KeypadModifier
NO_HAND_MS = 5
"""A key pressed again within this time was not released: the X server gives both halves of a repeat the same time."""


class HeldKeys(QObject):
    """Drops such repeats of some keys in the focused window, before any shortcut receives them.

    Parameters
    ----------
    sequences
        Shortcuts of one key each that must not repeat.
    """

    def __init__(self, sequences: Iterable[QKeySequence], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._keys = tuple(sequences)
        self._let_go = (QKeySequence(), 0)
        app = QGuiApplication.instance()
        assert isinstance(app, QGuiApplication)
        app.focusWindowChanged.connect(self._follow)

    def _follow(self, window: QWindow | None) -> None:
        if window is not None:
            window.removeEventFilter(self)  # otherwise it would receive everything twice
            window.installEventFilter(self)

    def eventFilter(self, _window: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Drop the press, and prevent it from triggering a shortcut."""
        if isinstance(event, QKeyEvent) and not event.isAutoRepeat():
            key = QKeySequence(QKeyCombination(event.modifiers() & ~KEYPAD, Qt.Key(event.key())))
            if event.type() == QEvent.Type.KeyRelease:
                self._let_go = (key, event.timestamp())
            elif key in self._keys and key == self._let_go[0] and event.timestamp() - self._let_go[1] <= NO_HAND_MS:
                event.accept()  # answers a shortcut override: not a shortcut
                return True
        return False
