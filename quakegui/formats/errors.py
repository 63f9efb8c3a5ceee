"""The one error that the readers raise."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator

from quakegui.strangers import shown
from quakegui.words import Said

__all__ = ["FormatError", "one_error", "shown"]

LONGEST_SENTENCE = 800
"""Maximum length of a sentence, in characters; beyond it a sentence only repeats the content of a file."""


class FormatError(Exception):
    """A file, or a part of it, cannot be read.

    Attributes
    ----------
    sentence
        What is wrong and, if possible, how to correct it.
    file
        Name of the file, after the name of its archive and a slash if it is in one.
    line
        Line number from 1, or None if the fault has no line.
    """

    def __init__(self, sentence: str, *, file: str, line: int | None = None) -> None:
        sentence, file = bounded(sentence), shown(file, LONGEST_SENTENCE)
        super().__init__(sentence, file, line)
        self.sentence = sentence
        self.file = file
        self.line = line

    def __str__(self) -> str:
        """Return "file:line: sentence"."""
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return Said("{place}: {sentence}", place=place, sentence=self.sentence)

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle the error with its keyword arguments, so that it can pass between processes."""
        return _rebuild, (self.sentence, self.file, self.line)


@contextlib.contextmanager
def one_error(file: str) -> Iterator[None]:
    """Convert any unforeseen error of a reader to `FormatError`, with the traceback in the log.

    A fault in one file must not stop the import of a thousand others.
    """
    try:
        yield
    except FormatError:
        raise
    except Exception as error:
        logging.getLogger(__name__).exception("A reader failed in a way that it does not foresee")
        raise FormatError(
            Said(
                "Reading the file failed with an unexpected error ({kind}: {error}). The log has the details; please "
                "report it.",
                kind=type(error).__name__,
                error=error,
            ),
            file=file,
        ) from error


def bounded(sentence: str) -> str:
    """Return a sentence on one line, with long values shortened."""
    if isinstance(sentence, Said):
        sentence = sentence.mapped(lambda value: shown(value, LONGEST_SENTENCE // 2))
        return sentence if len(sentence) <= 2 * LONGEST_SENTENCE else shown(str.__str__(sentence), LONGEST_SENTENCE)
    return shown(sentence, LONGEST_SENTENCE)


def _rebuild(sentence: str, file: str, line: int | None) -> FormatError:
    return FormatError(sentence, file=file, line=line)
