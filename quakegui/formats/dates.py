"""Dates as people and spreadsheets of several countries write them, converted to begin with the year."""

from __future__ import annotations

import re
from collections.abc import Sequence

from quakegui.words import Said

_DAY_OR_MONTH_FIRST = re.compile(r"\s*(\d{1,2})([/-])(\d{1,2})\2(\d{4})(.*)", re.DOTALL)
_DAY_FIRST = re.compile(r"\s*(\d{1,2})\.(\d{1,2})\.(\d{4})(.*)", re.DOTALL)
_CHINESE = re.compile(r"\s*(\d{4})年(\d{1,2})月(\d{1,2})日(.*)", re.DOTALL)


def years_first(texts: Sequence[str]) -> list[str]:
    """Return the dates, or dates with times, of one column in year-first order; other texts are unchanged.

    Dates with full stops always begin with the day. For dates with slashes or dashes, a single number above 12 decides the
    order of the whole column.

    Raises
    ------
    ValueError
        If the order of day and month is ambiguous; the message is a sentence.
    """
    doubtful = [match for text in texts if (match := _DAY_OR_MONTH_FIRST.fullmatch(text)) is not None]
    firsts, seconds = (max((int(match[part]) for match in doubtful), default=0) for part in (1, 3))
    if firsts <= 12 and seconds <= 12 and any(int(match[1]) != int(match[3]) for match in doubtful):
        raise ValueError(
            Said(
                "It is not clear whether the day or the month comes first in dates such as '{group}'; write them as "
                "2022-09-05.",
                group=doubtful[0].group(0).strip()[:20],
            )
        )
    return [_year_first(text, day_first=seconds <= 12) for text in texts]


def _year_first(text: str, *, day_first: bool) -> str:
    match = _DAY_FIRST.fullmatch(text)
    if match is not None:
        return f"{match[3]}-{match[2]}-{match[1]}{match[4]}"
    match = _DAY_OR_MONTH_FIRST.fullmatch(text)
    if match is not None:
        month, day = (match[3], match[1]) if day_first else (match[1], match[3])
        return f"{match[4]}-{month}-{day}{match[5]}"
    match = _CHINESE.fullmatch(text)
    if match is None:
        return text
    clock = re.sub(r"[时時分]", ":", match[4].strip().replace("秒", "")).rstrip(":")
    return f"{match[1]}-{match[2]}-{match[3]} {clock}".strip()
