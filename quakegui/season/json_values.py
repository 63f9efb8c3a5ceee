"""Frozen dataclasses from JSON of unknown origin: all types are checked before anything is computed."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import numpy as np
from numpy.typing import ArrayLike

from quakegui.words import Said, mark

LONGEST_TEXT = 10_000
LARGEST_WHOLE = 2**53
"""Larger whole numbers are not the same in every program that reads JSON."""

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def hints_of(kind: type[Any]) -> dict[str, Any]:
    """Return the types of the fields of a dataclass by name."""
    return _hints(kind)  # type: ignore[arg-type]  # a class can be hashed


_hints = cache(get_type_hints)


def parse_json(text: str) -> Any:
    """Return the content of a JSON text.

    Raises
    ------
    ValueError
        If the text is not JSON or is nested too deeply.
    """
    try:
        return json.loads(text)
    except RecursionError as error:
        raise ValueError(Said("the JSON is nested too deeply")) from error


def built(kind: type[Any], plain: Any, *, what: str, where: str = "") -> Any:
    """Return a dataclass from named plain values; missing values take their defaults.

    Parameters
    ----------
    kind
        The dataclass. Its fields are numbers, strings, booleans, dates, tuples, literals, dataclasses, or None besides these.
    plain
        Values from a JSON object.
    what
        Name of the values in an error message, such as "season parameter".
    where
        Names of the enclosing objects, each followed by a full stop.

    Raises
    ------
    ValueError
        If a value is missing, unknown, of another type, not finite, or refused by the dataclass; the message names it.
    """
    if not isinstance(plain, dict):
        raise ValueError(
            Said(
                "The {what}s must be a JSON object {where}.",
                what=what,
                where=Said("in {where}", where=repr(where[:-1])) if where else Said("at the top level"),
            )
        )
    hints = hints_of(kind)
    known = [one.name for one in fields(kind) if one.init]
    unknown = sorted(str(name)[:60] for name in set(plain) - set(known))
    if unknown:
        names = ", ".join(f"{where}{name}" for name in unknown[:5])
        raise ValueError(
            Said(
                "This version does not recognise the {what} {names}; a newer version may have written it.",
                what=what,
                names=names,
            )
        )
    values = {name: _value(hints[name], value, what, f"{where}{name}") for name, value in plain.items()}
    try:
        return kind(**values)
    except TypeError as error:
        raise ValueError(Said("The {what}s are incomplete: {error}.", what=what, error=error)) from error


def _value(hint: Any, value: Any, what: str, where: str) -> Any:
    if is_dataclass(hint):
        return built(hint, value, what=what, where=f"{where}.")  # type: ignore[arg-type]
    origin = get_origin(hint)
    if origin in (Union, UnionType):
        others = [one for one in get_args(hint) if one is not NoneType]
        return None if value is None else _value(others[0], value, what, where)
    if origin is tuple:
        return _tuple(get_args(hint), value, what, where)
    found = _scalar(hint, value)
    if found is None:
        shown = repr(value)
        shown = shown if len(shown) <= 40 else f"{shown[:37]}..."
        raise ValueError(
            Said(
                "The {what} {where} is {shown}, not {get}.",
                what=what,
                where=where,
                shown=shown,
                get=Said(_WANTED.get(hint, _ONE_OF)),
            )
        )
    return found


def _tuple(hints: tuple[Any, ...], value: Any, what: str, where: str) -> tuple[Any, ...]:
    alike = len(hints) == 2 and hints[1] is Ellipsis
    if not isinstance(value, list | tuple) or len(value) > LONGEST_TEXT or not (alike or len(value) == len(hints)):
        raise ValueError(
            Said(
                "The {what} {where} is not a list of {count}.",
                what=what,
                where=where,
                count=Said("values") if alike else Said("{count} values", count=len(hints)),
            )
        )
    each = hints[:1] * len(value) if alike else hints
    return tuple(_value(hint, one, what, f"{where}[{at}]") for at, (hint, one) in enumerate(zip(each, value, strict=True)))


_ONE_OF = mark("one of the allowed values")
_WANTED = {
    float: mark("a finite number"),
    int: mark("a whole number"),
    bool: mark("true or false"),
    str: mark("text"),
    np.datetime64: mark("a date such as 2022-09-05"),
    date: mark("a date such as 2022-09-05"),
}


def _scalar(hint: Any, value: Any) -> Any:
    """Return a value in the type of its field, or None if it does not fit."""
    if hint is bool:
        return value if isinstance(value, bool) else None
    if hint in (int, float):
        if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= LARGEST_WHOLE:
            return None
        if hint is float:
            return float(value)
        return int(value) if math.isfinite(value) and value == int(value) else None
    if hint is str:
        return value if isinstance(value, str) and len(value) <= LONGEST_TEXT and is_unicode(value) else None
    if get_origin(hint) is Literal:
        return value if isinstance(value, str | int) and value in get_args(hint) else None
    if hint in (np.datetime64, date) and isinstance(value, str) and _DATE.fullmatch(value):
        try:
            day = date.fromisoformat(value)
        except ValueError:
            return None
        return day if hint is date else np.datetime64(day, "D")
    return None


def is_unicode(text: str) -> bool:
    """Return whether a text can be encoded: JSON may contain halves of surrogate pairs."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def restored(hint: Any, value: Any) -> Any:
    """Return a computed value from its stored JSON; unlike a setting it may contain arrays, NaN and times.

    Parameters
    ----------
    hint
        A dataclass, or the type of one of its fields.
    value
        The result of `plain`: null stands for NaN or NaT where a number or a time is expected.

    Raises
    ------
    ValueError
        If the JSON does not fit the type.
    """
    try:
        return _restored(hint, value)
    except (TypeError, KeyError, AttributeError, OverflowError) as error:
        raise ValueError(
            Said("The saved values do not fit {getattr}: {error}.", getattr=getattr(hint, "__name__", hint), error=error)
        ) from error


def _restored(hint: Any, value: Any) -> Any:
    origin, inner = get_origin(hint), get_args(hint)
    if is_dataclass(hint) and isinstance(hint, type):
        return hint(**{name: _restored(kind, value[name]) for name, kind in hints_of(hint).items()})
    if hint == ArrayLike:
        return np.array(value) if isinstance(value, list) else value
    if origin in (Union, UnionType):
        return None if value is None else _restored(next(one for one in inner if one is not NoneType), value)
    if origin is np.ndarray:
        kind = get_args(inner[1])[0]
        return np.array(value, dtype="datetime64[D]" if kind is np.datetime64 else kind)  # None becomes NaN
    if origin is tuple:
        kinds = inner[:1] * len(value) if inner[1:] == (...,) else inner
        return tuple(_restored(kind, one) for kind, one in zip(kinds, value, strict=True))
    if origin in (dict, Mapping):
        return {name: _restored(inner[1], one) for name, one in value.items()}
    return _restored_scalar(hint, value)


def _restored_scalar(hint: Any, value: Any) -> Any:
    if hint is np.datetime64:
        if value is None:
            return np.datetime64("NaT", "D")
        return np.datetime64(value[:-1], "ms") if value.endswith("Z") else np.datetime64(value, "D")
    if hint is float and (value is None or type(value) is int):
        return math.nan if value is None else value
    fits = value in get_args(hint) if get_origin(hint) is Literal else isinstance(value, hint)
    if not fits:
        raise TypeError(
            Said(
                "A value has the type {kind} and should have the type {getattr}.",
                getattr=getattr(hint, "__name__", hint),
                kind=type(value).__name__,
            )
        )
    return value
