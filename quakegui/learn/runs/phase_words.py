"""Display names of the phases of a training; files and messages use their ids, such as "fold 3"."""

from __future__ import annotations

from quakegui.words import Said

FINAL = "final"
"""Id of the final training on all days."""


def phase_words(phase: str) -> str:
    """Return the display name of a phase id, such as "final" or "fold 3, member 2"; any other text is returned unchanged."""
    part, _, member = phase.partition(", member ")
    fold = part.removeprefix("fold ")
    if part != FINAL and fold == part:
        return phase
    said = Said("all days") if part == FINAL else Said("fold {n}", n=fold)
    return Said("{part}, member {n}", part=said, n=member) if member else said
