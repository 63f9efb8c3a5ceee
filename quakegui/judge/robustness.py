"""Robustness of a verdict: the same test with other choices, corrected for their number, and on a grid of two choices.

The caller defines a choice (another label rule, another minimum magnitude) by a function that returns a `Score`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

ALPHA = 0.05
ORIGINAL = "as it is"
"""The axis of the project's own choice."""


@dataclass(frozen=True, slots=True)
class Score:
    """Result of one test: number of events, AUC (or another statistic), p-value; NaN if not estimable."""

    events: int
    statistic: float
    p_value: float


@dataclass(frozen=True, slots=True)
class Variant:
    """The test with one choice.

    Attributes
    ----------
    axis
        What is varied, such as "least magnitude".
    choice
        Its value, as text.
    score
        Result of the test.
    p_corrected
        p-value corrected for the number of estimable choices (Holm); NaN if this one is not.
    """

    axis: str
    choice: str
    score: Score
    p_corrected: float

    @property
    def holds(self) -> bool:
        """Whether the result is significant without correction."""
        return self.score.p_value < ALPHA

    @property
    def holds_corrected(self) -> bool:
        """Whether the result is significant after correction for the number of choices."""
        return self.p_corrected < ALPHA


@dataclass(frozen=True, slots=True)
class Robustness:
    """The test with every choice; the project's own, `ORIGINAL`, is listed but not counted."""

    variants: tuple[Variant, ...]

    @property
    def alternatives(self) -> tuple[Variant, ...]:
        """The variants that differ from the project's own choice."""
        return tuple(one for one in self.variants if one.axis != ORIGINAL)

    @property
    def tested(self) -> int:
        """Number of alternatives with an estimable test: n of "holds in k of n"."""
        return sum(bool(np.isfinite(one.score.p_value)) for one in self.alternatives)

    @property
    def significant(self) -> int:
        """Number of alternatives with a significant result: k of "holds in k of n"."""
        return sum(one.holds for one in self.alternatives)

    @property
    def significant_corrected(self) -> int:
        """Number of alternatives with a significant result after correction."""
        return sum(one.holds_corrected for one in self.alternatives)


@dataclass(frozen=True, slots=True)
class SkillMap:
    """The test on a grid of two choices.

    Attributes
    ----------
    rows, columns
        The choices, shape (row,) and (column,).
    events, statistic, p_value, p_corrected
        Result for each pair, shape (row, column), corrected for the number of pairs (Holm); NaN if not estimable.
    """

    rows: Floats
    columns: Floats
    events: NDArray[np.int64]
    statistic: Floats
    p_value: Floats
    p_corrected: Floats


def holm(p_values: ArrayLike) -> Floats:
    """Return p-values corrected for their number (Holm 1979), same shape; NaN stays NaN and does not count."""
    p = np.asarray(p_values, float)
    flat = p.ravel()
    known = np.flatnonzero(np.isfinite(flat))
    order = known[np.argsort(flat[known], kind="stable")]
    corrected = np.full(flat.shape, np.nan)
    steps = flat[order] * np.arange(len(order), 0, -1)
    corrected[order] = np.minimum(np.maximum.accumulate(steps), 1.0)
    return corrected.reshape(p.shape)


def robustness(axes: Mapping[str, Mapping[str, Callable[[], Score]]]) -> Robustness:
    """Run the test with every choice of every axis, varying one at a time.

    Parameters
    ----------
    axes
        For each axis, its choices by name with the test of each.
    """
    found = [(axis, called, test()) for axis, choices in axes.items() for called, test in choices.items()]
    corrected = holm([score.p_value for _, _, score in found])
    return Robustness(
        tuple(Variant(axis, called, score, float(p)) for (axis, called, score), p in zip(found, corrected, strict=True))
    )


def skill_map(rows: Sequence[float], columns: Sequence[float], test: Callable[[float, float], Score]) -> SkillMap:
    """Run the test for every pair of two choices, such as lead and window, or distance and magnitude.

    Parameters
    ----------
    rows, columns, test
        The choices, and the test of one pair, row first.
    """
    scores = [[test(row, column) for column in columns] for row in rows]
    shape = (len(rows), len(columns))
    p_value = np.array([[score.p_value for score in line] for line in scores], float).reshape(shape)
    return SkillMap(
        rows=np.asarray(rows, float),
        columns=np.asarray(columns, float),
        events=np.array([[score.events for score in line] for line in scores], np.int64).reshape(shape),
        statistic=np.array([[score.statistic for score in line] for line in scores], float).reshape(shape),
        p_value=p_value,
        p_corrected=holm(p_value),
    )
