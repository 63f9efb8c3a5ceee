"""Display options of the day map."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Display:
    """Overlays and unit of the day map."""

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
    """Whether the days of the season are shown as small maps in place of the day map."""
    blind: bool = False
    """Whether labels of other people and of the label rule, and predictions, are hidden for a second labelling."""
