"""The program's two languages, switched while it runs.

English is what the sources say; Chinese comes from `resources/translations/zh.ts`, compiled to `zh.qm` beside it. Panels call
`tr` whenever they set a text, and set their texts again on `QEvent.Type.LanguageChange`, which Qt sends to every widget.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

from quakegui.paths import resources

LANGUAGES: Final = ("en", "zh")
CONTEXT: Final = "quakegui"


def tr(text: str) -> str:
    """Return an English text in the language in force; texts not in the catalogue come back as they are.

    Values go in afterwards, by `str.format`: `tr("{count} stations").format(count=3)`.
    """
    return QCoreApplication.translate(CONTEXT, text)


def mark(text: str) -> str:
    """Return the text as it is, and have it counted among the texts to translate: for tables whose texts meet `tr` later."""
    return text


def language() -> str:
    """Return the language in force, "en" or "zh"."""
    app = QCoreApplication.instance()
    return str(app.property("language") or "en") if app else "en"


def set_language(choice: str) -> None:
    """Switch the running application to "en", "zh", or "system" (Chinese where the platform is).

    Raises
    ------
    ValueError
        For any other choice.
    FileNotFoundError
        If the program's own catalogue is missing or broken.
    """
    if choice not in (*LANGUAGES, "system"):
        raise ValueError(f"The language '{choice}' does not exist; choose one of system, {', '.join(LANGUAGES)}.")
    if choice == "system":
        choice = "zh" if QLocale.system().language() == QLocale.Language.Chinese else "en"
    app = QCoreApplication.instance()
    assert app is not None
    if choice == language():
        return
    app.setProperty("language", choice)
    for old in app.findChildren(QTranslator):
        app.removeTranslator(old)
        old.setParent(None)
    if choice == "zh":
        QLocale.setDefault(QLocale(QLocale.Language.Chinese, QLocale.Country.China))
        _install_chinese(app)
    else:
        QLocale.setDefault(QLocale(QLocale.Language.English, QLocale.Country.UnitedStates))


def _install_chinese(app: QCoreApplication) -> None:
    buttons = QTranslator(app)  # the words of Qt's own dialogs
    if buttons.load("qtbase_zh_CN", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
        app.installTranslator(buttons)
    catalogue = QTranslator(app)
    path = resources() / "translations" / "zh.qm"
    if not catalogue.load(str(path)):
        raise FileNotFoundError(f"The Chinese texts cannot be read from {path}; please install the program again.")
    app.installTranslator(catalogue)
