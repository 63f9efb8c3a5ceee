"""What a phase of a training is called where people read it; files and messages know it by its id, such as "fold 3"."""

from __future__ import annotations

from quakegui.words import Said

FINAL = "final"
"""Id of the fit of all days."""


def phase_words(phase: str) -> str:
    """Return the words for a phase's id, such as "final" or "fold 3, member 2"; another text comes back as it is."""
    part, _, member = phase.partition(", member ")
    fold = part.removeprefix("fold ")
    if part != FINAL and fold == part:
        return phase
    said = Said("all days") if part == FINAL else Said("fold {n}", n=fold)
    return Said("{part}, member {n}", part=said, n=member) if member else said
