"""The language of the window, which can be switched at run time.

Sources are in English; other languages come from the catalogues (`quakegui.words`). Panels call `tr` for their own texts and
`worded` for sentences from lower layers, and set their texts again in `retranslate` (`language_follower`).
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QEvent, QLibraryInfo, QLocale, QTranslator

from quakegui import words
from quakegui.words import ENGLISH, languages, mark

_language = ENGLISH
__all__ = ["language", "languages", "mark", "set_language", "tr", "worded"]


def tr(text: str) -> str:
    """Return an English text of the program in the current language.

    Insert values afterwards with `str.format`: `tr("{count} stations").format(count=3)`.
    """
    return words.word(text, language())


def worded(text: str) -> str:
    """Return a sentence from a lower layer in the current language; a text that is not a `Said` (a name) is unchanged."""
    return words.worded(text, language())


def language() -> str:
    """Return the current language, such as "en" or "zh"."""
    return _language


_KEYS = {"Left": "←", "Right": "→", "Up": "↑", "Down": "↓", "Return": "Enter"}


class QtTexts(QTranslator):
    """Texts of Qt's own dialogs and keys; a key has the sign that is printed on it, which Qt translates."""

    def translate(self, context: str, text: str, comment: str | None = None, count: int = -1) -> str | None:  # type: ignore[override]
        """Return a text of Qt in the language, or None if it is unknown."""
        if context == "QShortcut" and text in _KEYS:
            return _KEYS[text]
        return super().translate(context, text, comment, count) or None


def set_language(choice: str, *, first: Callable[[], None] = lambda: None) -> None:
    """Switch the application to a language, or to "system": that of the platform, or English if there is no catalogue for it.

    Parameters
    ----------
    choice
        A language, or "system".
    first
        Called in the new language before widgets are told of it, such as what changes their font.

    Raises
    ------
    ValueError
        For any other choice.
    FileNotFoundError
        If the catalogue is missing or damaged.
    """
    if choice not in (*languages(), "system"):
        raise ValueError(f"The language '{choice}' does not exist; choose one of system, {', '.join(languages())}.")
    if choice == "system":
        code = QLocale.system().name().partition("_")[0]
        choice = code if code in languages() else ENGLISH
    global _language  # noqa: PLW0603 - a property of the application would take longer than the text that it is asked for
    app = QCoreApplication.instance()
    assert app is not None
    if choice == language():
        first()
        return
    words.word(" ", choice)  # raises for a damaged catalogue before anything has changed
    _language = choice
    first()
    QLocale.setDefault(QLocale(choice))
    former = app.findChildren(QTranslator)
    for old in former:
        app.removeTranslator(old)
        old.setParent(None)
    buttons = QtTexts(app)
    place = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    told = choice != ENGLISH and buttons.load(QLocale(choice), "qtbase", "_", place) and app.installTranslator(buttons)
    if not told:
        buttons.setParent(None)
    if not told and not former:  # otherwise Qt has sent the event to every widget
        QCoreApplication.sendEvent(app, QEvent(QEvent.Type.LanguageChange))
