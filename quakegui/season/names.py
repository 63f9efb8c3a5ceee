"""Names of classes, directions, places, label sources and quality flags, for window, report and command line."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from quakegui.season.labels import LabelSource
from quakegui.season.quality import Quality
from quakegui.words import Said, mark

DIRECTION_NAMES: Final = {"N": mark("north"), "S": mark("south")}
SOURCE_NAMES: Final = {
    LabelSource.RULE: mark("by rule (retrospective)"),
    LabelSource.MODEL: mark("accepted from a prediction"),
    LabelSource.ANALYST: mark("by an analyst"),
    LabelSource.SETTLED: mark("resolved between analysts"),
}
QUALITY_NAMES: Final = {
    Quality.MISSING: mark("missing"),
    Quality.SHORT: mark("incomplete"),
    Quality.IN_PROGRESS: mark("not over"),
    Quality.WARM_UP: mark("warm-up"),
    Quality.SPIKY: mark("spikes"),
    Quality.STEPPED: mark("jumps"),
    Quality.LEVEL_CHANGE: mark("new level"),
    Quality.FLAGGED: mark("flagged"),
}
"""Column headers of a table; `QUALITY_REASONS` has the full phrases."""
QUALITY_REASONS: Final = {
    Quality.MISSING: mark("no readings in the night"),
    Quality.SHORT: mark("too little data during the night"),
    Quality.SPIKY: mark("spikes removed"),
    Quality.STEPPED: mark("a jump within the night"),
    Quality.STORMY: mark("storm night"),
    Quality.LEVEL_CHANGE: mark("a lasting step accepted as the new level"),
    Quality.WARM_UP: mark("too few earlier nights for a background"),
    Quality.DERIVED: mark("F computed from components"),
    Quality.IN_PROGRESS: mark("the night is not over"),
    Quality.FLAGGED: mark("flagged by an analyst"),
}


@lru_cache(maxsize=8)
def class_names(split: float | None = None) -> tuple[Said, ...]:
    """Return the names of the classes 0 to 4, such as "North, M > 4.0" for a magnitude split of 4; without one, "split"."""
    border = Said("split") if split is None else f"{split:.1f}" if round(split, 1) == split else f"{split:g}"
    return (
        Said("No earthquake"),
        Said("North, M > {split}", split=border),
        Said("North, M ≤ {split}", split=border),
        Said("South, M > {split}", split=border),
        Said("South, M ≤ {split}", split=border),
    )


def degrees(latitude: float, longitude: float) -> str:
    """Return a location in degrees with its hemispheres.

    Parameters
    ----------
    latitude, longitude
        Degrees north and east, negative for south and west; shown to thousandths.
    """
    north, east = ("N" if latitude >= 0.0 else "S"), ("E" if longitude >= 0.0 else "W")
    return f"{abs(latitude):.3f}° {north}, {abs(longitude):.3f}° {east}"
