"""What the day map shows."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Display:
    """What the day map shows above the network's own pixels, and in which unit."""

    unit: str = "z"
    threshold: bool = True
    outlines: bool = True
    stations: bool = True
    graticule: bool = False
    borders: bool = False
    codes: bool = False
    epicentres: bool = False
    scale_bar: bool = False
    explain: bool = False
    sheet: bool = False
    """Whether the season's days are shown as small maps in the day map's place."""
    blind: bool = False
    """Whether other people's labels, the rule's and the predictions are hidden, for a second labelling."""
