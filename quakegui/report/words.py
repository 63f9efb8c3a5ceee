"""Texts of the report in its language, and names of series, choices and values."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Final

from quakegui.season.names import class_names
from quakegui.words import Said, joined, mark, worded

SERIES_NAMES: Final[dict[str, str]] = {
    "max_abs_z": mark("Largest |z| at any station"),
    "area_px": mark("Region area (pixels)"),
    "kp": mark("Night-time Kp"),
    "probability": mark("Uncalibrated P(earthquake)"),
}
"""Daily series that are stacked around the earthquakes."""
ALARM_AXIS: Final = "alarm threshold"
"""The choice whose statistic is R, not the AUC."""
AXIS_NAMES: Final[dict[str, str]] = {
    "as it is": mark("original settings"),
    "label rule": mark("label rule"),
    "declustering": mark("aftershock removal"),
    "least magnitude": mark("minimum magnitude"),
    "distance": mark("maximum distance from the network centre"),
    "catalogue": mark("earthquake catalogue"),
    ALARM_AXIS: mark("alarm threshold"),
}
"""Choices on which a verdict should not depend."""
CHOICE_NAMES: Final[dict[str, str]] = {
    "half the days before": mark("half as many days before"),
    "twice the days before": mark("twice as many days before"),
    "no days after": mark("no days after"),
    "a fortnight": mark("14 days, including the earthquake day"),
    "none": mark("no aftershock removal"),
    "50 km, 5 days": mark("50 km, 5 days"),
    "150 km, 10 days": mark("150 km, 10 days"),
    "Gardner and Knopoff": mark("Gardner and Knopoff"),
}
"""Values of choices that are words; the others are numbers."""
YES: Final = mark("yes")
NO: Final = mark("no")
SYNTHETIC: Final[str] = mark("SYNTHETIC — not measured")
LEAKY: Final[str] = mark("LEAKY — these scores do not measure predictive skill")


class Words:
    """Texts and sentences in one language, for a project with this magnitude split."""

    def __init__(self, language: str, split: float | None = None) -> None:
        self.language = language
        self.split = split

    def __call__(self, text: str, **values: object) -> str:
        """Return a text with its ``{name}`` filled in, or a sentence from another package, in the language."""
        return worded(text if isinstance(text, Said) else Said(text, **values), self.language)

    def join(self, between: str, parts: Iterable[str]) -> str:
        """Return texts joined in the style of the language.

        Parameters
        ----------
        between
            One of ", ", "; ", " ", " and " and " or ".
        parts
            The texts; empty ones are omitted.
        """
        return worded(joined(between, parts), self.language)

    def or_itself(self, names: Mapping[str, str], name: str) -> str:
        """Return the display name of something, or its internal name if it has none.

        Parameters
        ----------
        names
            English display names by internal name.
        name
            The internal name.
        """
        return self(names[name]) if name in names else name

    def cls(self, cls: int) -> str:
        """Return a class with its number, or a dash for none."""
        return "–" if cls < 0 else f"{cls} {self(class_names(self.split)[cls])}"

    def yes(self, value: bool) -> str:
        """Return yes or no."""
        return self(YES if value else NO)


def number(value: float | None, digits: int = 2, *, sign: bool = False) -> str:
    """Return a number with a fixed number of decimals and commas between thousands, or a dash.

    Parameters
    ----------
    value
        The number; None, NaN and infinity are a dash.
    digits
        Number of decimals.
    sign
        Whether positive numbers have a plus sign.
    """
    if value is None or not math.isfinite(value):
        return "–"
    text = f"{value:{'+' if sign else ''},.{digits}f}"
    return text.replace("-", "−")


def percent(value: float | None, digits: int = 1) -> str:
    """Return a share as a percentage, or a dash.

    Parameters
    ----------
    value
        The share, 0..1; None, NaN and infinity are a dash.
    digits
        Number of decimals.
    """
    return "–" if value is None or not math.isfinite(value) else f"{number(100 * value, digits)}%"


def points(value: float | None) -> str:
    """Return a difference of shares in percentage points, without the unit, or a dash; the heading names the unit."""
    return number(None if value is None else 100 * value, 1)
