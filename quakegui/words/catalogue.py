"""The languages: one catalogue each, `resources/translations/*.mo`, compiled from the .po beside it."""

from __future__ import annotations

import gettext
from functools import lru_cache
from typing import Final

from quakegui.paths import resources
from quakegui.words.said import Said, mark

ENGLISH: Final = "en"
_NAME: Final = mark("Name of this language")
"""A catalogue translates this by the name of its own language."""


@lru_cache(maxsize=1)
def languages() -> tuple[str, ...]:
    """Return the codes of the languages, English first."""
    return (ENGLISH, *sorted(path.stem for path in (resources() / "translations").glob("*.mo")))


def own_name(language: str) -> str:
    """Return the name of a language in this language."""
    return "English" if language == ENGLISH else word(_NAME, language)


def word(text: str, language: str) -> str:
    """Return the translation of an English text of the program, or the text itself if the catalogue lacks it.

    Only for fixed texts of the program. Texts that may contain a value, such as a name or an error, need `worded`.

    Parameters
    ----------
    text
        English, as in the sources.
    language
        One of `languages`.

    Raises
    ------
    FileNotFoundError
        If the catalogue of the language is missing or damaged.
    """
    return text if language == ENGLISH or not text else _catalogue(language).gettext(text)


def worded(text: str, language: str) -> str:
    """Return a sentence and the sentences in its values in a language.

    Parameters
    ----------
    text
        A `Said`; any other text is unchanged.
    language
        One of `languages`.

    Raises
    ------
    FileNotFoundError
        If the catalogue of the language is missing or damaged.
    """
    if not isinstance(text, Said):
        return text
    if language == ENGLISH:
        return str.__str__(text)
    catalogue = _catalogue(language)

    def translate(template: str, many: str, count: int | None) -> str:
        if not template:
            return ""
        return catalogue.ngettext(template, many, 0 if count is None else count) if many else catalogue.gettext(template)

    return text.filled(translate)


@lru_cache(maxsize=8)
def _catalogue(language: str) -> gettext.NullTranslations:
    """Return the catalogue of a language.

    Raises
    ------
    FileNotFoundError
        If it is missing or damaged.
    """
    path = resources() / "translations" / f"{language}.mo"
    try:
        with path.open("rb") as file:
            return gettext.GNUTranslations(file)
    except (OSError, ValueError, UnicodeDecodeError) as error:
        raise FileNotFoundError(
            f"The texts of the language '{language}' cannot be read from {path}; please install the program again."
        ) from error
