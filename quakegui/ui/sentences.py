"""Chinese for what the lower layers say in English: errors, notes, and how far a job has come.

Those layers know no translation. `resources/translations/sentences.json` holds their sentences, {0}, {1} ... in place of the
values, beside the Chinese; here a finished sentence is recognised by what stands between its values, which are put in again.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache

from PySide6.QtCore import QCoreApplication

from quakegui.paths import resources
from quakegui.ui.i18n import CONTEXT, language

FIELD = re.compile(r"\{(\d+)\}")
PART_ENDS = re.compile(r"(?<=[.!?]) (?=[A-Z“'\"])")


def translate(text: str) -> str:
    """Return a sentence, several of them, or one behind "file:line: " in the language in force; unknown ones as they are."""
    return text if language() == "en" or not text else _chinese(text)


@lru_cache(maxsize=512)
def _chinese(text: str) -> str:
    if "\n" in text:
        return "\n".join(_chinese(line) for line in text.split("\n"))
    whole = _recognised(text)
    if whole is not None:
        return whole
    # "file.csv:12: what is wrong", "Computing the season: what is wrong"
    for colon in re.finditer(": ", text):
        rest = _recognised(text[colon.end() :])
        if rest is not None:
            return f"{_recognised(text[: colon.start()]) or text[: colon.start()]}：{rest}"
    parts = PART_ENDS.split(text)
    return "".join(map(_chinese, parts)) if len(parts) > 1 else text


def _recognised(text: str) -> str | None:
    """Return the Chinese of one sentence, None where it is not known."""
    exact = QCoreApplication.translate(CONTEXT, text)
    if exact != text:
        return exact
    known, shapes = _catalogue()
    if text in known:
        return known[text]
    for shape, chinese in shapes:
        match = shape.fullmatch(text)
        if match is not None:
            return _filled(chinese, [_chinese(value) for value in match.groups()])
    return None


def _filled(chinese: str, values: list[str]) -> str:
    return FIELD.sub(lambda field: values[int(field[1])], chinese)


@lru_cache(maxsize=1)
def _catalogue() -> tuple[dict[str, str], tuple[tuple[re.Pattern[str], str], ...]]:
    """Return the sentences without values, and the shapes of those with values, the most telling first."""
    entries: dict[str, str] = json.loads((resources() / "translations" / "sentences.json").read_text(encoding="utf-8"))
    shaped = sorted((text for text in entries if FIELD.search(text)), key=lambda text: -len(FIELD.sub("", text)))
    return {text: entries[text] for text in entries if not FIELD.search(text)}, tuple(
        (re.compile(_pattern(text), re.DOTALL), entries[text]) for text in shaped
    )


def _pattern(template: str) -> str:
    literal = FIELD.split(template)[::2]
    return "(.*?)".join(map(re.escape, literal))
