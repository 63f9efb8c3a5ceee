"""A sentence with its template and values, so that it can be translated later."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from numbers import Integral, Real
from string import Formatter
from types import MappingProxyType
from typing import Any, Final, NoReturn

Value = str | int | float | None
Translate = Callable[[str, str, "int | None"], str]
"""Function of a template, its plural form ("" if it has none) and the count; returns the template to fill in."""


def mark(text: str) -> str:
    """Return the text unchanged, and mark it for the catalogues: for tables of texts that are translated later."""
    return text


_JOINTS: Final = (
    mark("{one} {next}"),
    mark("{one}, {next}"),
    mark("{one}; {next}"),
    mark("{one} and {next}"),
    mark("{one} or {next}"),
)
"""Separators of sentences, and of items of a list."""
DEEPEST: Final = 20
"""Maximum depth of nested sentences in JSON from this program."""
_PLAIN: Final = re.compile(r"[+]?(0?\d{1,2})?,?(\.\d{1,2})?[defg%]?", re.ASCII)
"""Formats allowed in a template; an untrusted one could request a billion blanks."""
_FORMATTER: Final = Formatter()


class Said(str):
    """A sentence in English with its template and its values.

    It is an ordinary `str` when printed, logged or compared. It can be pickled, copied and converted to JSON with template and
    values; `quakegui.words.worded` translates it. A value that is a `Said` is translated too, every other value is unchanged.

    Parameters
    ----------
    template
        English, with ``{name}`` or ``{name:,.1f}`` in place of each value. A literal: it is the key of the catalogues.
    **values
        One for each name. Numbers are kept as numbers; anything else that is not text is converted to text.

    Attributes
    ----------
    template, many
        The English template, and its plural form; "" if the sentence has no count.
    values
        Values by name, in the given order.

    Raises
    ------
    ValueError
        If the template contains anything but names with a plain number format.
    KeyError
        If a value is missing.
    """

    __slots__ = ("joined", "many", "template", "values")
    template: str
    many: str
    values: Mapping[str, Value]
    joined: bool

    def __new__(cls, template: str, /, **values: object) -> Said:  # noqa: D102 - the class says it
        return _made(template, "", values)

    def __str__(self) -> str:
        """Return itself, so that the message of an error keeps its template."""
        return self

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"A sentence does not change: {name}")

    def __reduce__(self) -> tuple[object, ...]:
        return _made, (self.template, self.many, dict(self.values), self.joined)

    def __add__(self, other: str) -> Said:
        """Return both texts, joined."""
        return _joined("", [self, other])

    def __radd__(self, other: str) -> Said:
        return _joined("", [other, self])

    def mapped(self, change: Callable[[str], str]) -> Said:
        """Return the same sentence with each of its texts changed, including those of nested sentences."""
        values = {
            name: value.mapped(change) if isinstance(value, Said) else change(value) if isinstance(value, str) else value
            for name, value in self.values.items()
        }
        return _made(self.template, self.many, values, self.joined)

    def filled(self, translate: Translate, show: Callable[[Value], Value] = lambda value: value) -> str:
        """Return the sentence with other templates.

        Parameters
        ----------
        translate
            Translates a template of this or a nested sentence.
        show
            Replaces a value that is not a sentence.
        """
        shown = {
            name: value.filled(translate, show) if isinstance(value, Said) else show(value)
            for name, value in self.values.items()
        }
        if self.joined:
            between = _filled(translate("{one}" + self.template + "{next}", "", None), {"one": "", "next": ""}, {})
            return between.join(str(value) for value in shown.values())
        count = next(iter(self.values.values()), None) if self.many else None
        formats = {name: spec for _, name, spec, _ in _parts(self.template) if name}
        return _filled(translate(self.template, self.many, count if isinstance(count, int) else None), shown, formats)


def counted(one: str, many: str, /, **values: object) -> Said:
    """Return a sentence with a count: ``counted("{count} day", "{count} days", count=2)``.

    Parameters
    ----------
    one, many
        English for one, and for any other number.
    **values
        As for `Said`; the first one is the count.
    """
    return _made(one, many, values)


def joined(between: str, parts: Iterable[str]) -> Said:
    """Join texts in the style of the language.

    Parameters
    ----------
    between
        " ", ", ", "; ", " and " or " or ".
    parts
        Sentences or other texts; empty ones are omitted.
    """
    return _joined(between, [part for part in parts if part])


def text_to_json(text: Value) -> Any:
    """Return a text in a form for JSON: a sentence with template and values, anything else unchanged."""
    if not isinstance(text, Said):
        return text
    told: dict[str, Any] = {"said": text.template}
    if text.many:
        told["many"] = text.many
    if text.joined:
        told["joined"] = True
    values = {name: text_to_json(value) for name, value in text.values.items()}
    return told | {"values": values} if values else told


def text_from_json(value: object) -> str:
    """Return the text in a result of `text_to_json`.

    Raises
    ------
    ValueError
        If it is not such a result.
    """
    return _read(value, 0)


@lru_cache(maxsize=4096)
def _parts(template: str) -> tuple[tuple[str, str | None, str | None, str | None], ...]:
    """Return the parts of a template: a text, followed by name, format and conversion of a value."""
    return tuple(_FORMATTER.parse(template))


def _made(template: str, many: str, values: Mapping[str, object], joined: bool = False) -> Said:
    formats: dict[str, str] = {}
    for form in () if joined else (template, many):
        formats |= {name: spec or "" for _, name, spec, _ in _parts(form) if name}
    first = next(iter(values), "")
    kept = {
        name: _value(value, formats.get(name, ""))
        for name, value in values.items()
        if joined or name in formats or (many and name == first)
    }
    count = next(iter(kept.values()), None)
    if joined:
        text = template.join(str(value) for value in kept.values())
    else:
        text = _filled(many if many and count != 1 else template, kept, formats)
    made = str.__new__(Said, text)
    for name, part in (("template", template), ("many", many), ("values", MappingProxyType(kept)), ("joined", joined)):
        object.__setattr__(made, name, part)
    return made


def _joined(between: str, parts: list[str]) -> Said:
    return _made(between, "", {f"part{number}": part for number, part in enumerate(parts)}, joined=True)


def _value(value: object, spec: str) -> Value:
    if value is None or isinstance(value, bool | Said) or type(value) in {str, int, float}:
        return value  # type: ignore[return-value]
    if isinstance(value, BaseException):
        return _value(str(value), "")
    if isinstance(value, str):
        return str.__str__(value) if type(value).__str__ is str.__str__ else str(value)
    if isinstance(value, Integral):
        return int(value)
    if isinstance(value, Real):
        return float(str(value))  # as printed, not as its single precision expands
    return format(value, spec)


def _filled(template: str, values: Mapping[str, object], formats: Mapping[str, str | None]) -> str:
    """Return a template with its values; a format that a translation omits is taken from the English one."""
    text = []
    for literal, name, spec, conversion in _parts(template):
        text.append(literal)
        if name is None:
            continue
        wanted = spec or formats.get(name) or ""
        if not name.isidentifier() or conversion or not _PLAIN.fullmatch(spec or ""):
            raise ValueError(f"A template takes names and plain number formats only: {template!r}")
        value = values[name]
        text.append(format(value, wanted) if wanted and isinstance(value, int | float) else str(value))
    return "".join(text)


def _read(told: object, depth: int) -> str:
    if isinstance(told, str):
        return told
    if not isinstance(told, dict) or not isinstance(told.get("said"), str) or depth > DEEPEST:
        raise ValueError("This is no sentence of the program.")
    many, values = told.get("many", ""), told.get("values", {})
    if not isinstance(many, str) or not isinstance(values, dict):
        raise ValueError("This is no sentence of the program.")
    read = {
        str(name): value if value is None or isinstance(value, str | int | float) else _read(value, depth + 1)
        for name, value in values.items()
    }
    try:
        return _made(told["said"], many, read, told.get("joined") is True)
    except (KeyError, IndexError) as error:
        raise ValueError(f"A sentence lacks its value {error}.") from error
