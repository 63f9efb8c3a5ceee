"""The window in another language or other colours for a moment, as a figure is to have them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QCoreApplication, QEventLoop
from PySide6.QtWidgets import QApplication, QWidget

from quakegui.ui import i18n, theme


@contextmanager
def other_look(window: QWidget, *, language: str, colours: str) -> Iterator[None]:
    """Switch to a language and colours for painting, without showing it, and switch back afterwards.

    Parameters
    ----------
    window
        Is not painted on the screen in the meantime.
    language
        Such as "en".
    colours
        Name of a theme: "light" or "dark".
    """
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    former = i18n.language(), str(app.property("theme"))
    scale = app.font().pointSizeF() / float(app.property("text points"))
    window.setUpdatesEnabled(False)
    try:
        _look(language, colours, scale)
        yield
    finally:
        _look(*former, scale)
        window.setUpdatesEnabled(True)


def _look(language: str, colours: str, scale: float) -> None:
    i18n.set_language(language)
    theme.apply(colours, text_scale=scale)
    QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)  # texts and their room
