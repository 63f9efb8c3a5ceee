"""What the analyst is asked before the work of other writers of a project is changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from quakegui.season.labels import LabelRow

if TYPE_CHECKING:
    from quakegui.project.journal import Note, Step


@dataclass(frozen=True, slots=True)
class Replacement:
    """Labels that other writers gave meanwhile would be replaced by a class, or by none, and their notes go."""

    rows: tuple[LabelRow, ...]
    cls: int | None
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class ForeignStep:
    """The step that would be taken back, or done again, was written by another program in the analyst's name."""

    step: Step
    author: str
    back: bool


Question = Replacement | ForeignStep
Ask = Callable[[Question], bool]


def refuse(_question: Question) -> bool:
    """Answer every question so that nothing of others is changed."""
    return False
