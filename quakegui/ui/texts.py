"""Words that several panels use for the same thing."""

from __future__ import annotations

from typing import Final

from quakegui.season.quality import Quality
from quakegui.ui.i18n import mark, tr

CLASS_NAMES: Final = (
    mark("No earthquake"),
    mark("North, larger"),
    mark("North, smaller"),
    mark("South, larger"),
    mark("South, smaller"),
)

PROTOCOL_NAMES: Final = {
    "blocked": mark("Blocked: contiguous blocks of days, with an embargo"),
    "chronological": mark("Chronological: train on the past, test on the future"),
    "paper": mark("Paper: augment first, split at random (LEAKY)"),
}

_REASONS: Final = {
    Quality.MISSING: mark("nothing recorded"),
    Quality.SHORT: mark("too little of the night recorded"),
    Quality.SPIKY: mark("spikes left out"),
    Quality.STEPPED: mark("a jump within the night"),
    Quality.STORMY: mark("stormy night"),
    Quality.LEVEL_CHANGE: mark("a lasting step accepted as the new level"),
    Quality.WARM_UP: mark("too few nights before it for a baseline"),
    Quality.DERIVED: mark("F computed from components"),
}


def quality_text(quality: Quality) -> str:
    """Return the reasons of a station-day in words, empty for a good night."""
    return ", ".join(tr(text) for flag, text in _REASONS.items() if flag in quality)
