"""Words that several panels use for the same thing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from quakegui.season.labels import LabelSource
from quakegui.season.quality import Quality
from quakegui.ui.i18n import mark, tr

if TYPE_CHECKING:
    from quakegui.project.journal import Step

CLASS_NAMES: Final = (
    mark("No earthquake"),
    mark("North, larger"),
    mark("North, smaller"),
    mark("South, larger"),
    mark("South, smaller"),
)

SOURCE_NAMES: Final = {
    LabelSource.RULE: mark("by rule, retrospective"),
    LabelSource.MODEL: mark("accepted from a prediction"),
    LabelSource.ANALYST: mark("by an analyst"),
    LabelSource.SETTLED: mark("settled"),
}

PROTOCOL_NAMES: Final = {
    "blocked": mark("Blocked: contiguous blocks of days, with an embargo"),
    "chronological": mark("Chronological: train on the past, test on the future"),
    "paper": mark("Paper: augment first, split at random (LEAKY)"),
    "zero-shot": mark("Zero-shot: trained on simulated seasons only, never on this one"),
}
PROTOCOL_SHORT: Final = {
    "blocked": mark("Blocked"),
    "chronological": mark("Chronological"),
    "paper": mark("Paper"),
    "zero-shot": mark("Zero-shot"),
}
"""For a column of a table; what each means is in `PROTOCOL_NAMES`."""

_REASONS: Final = {
    Quality.MISSING: mark("nothing recorded"),
    Quality.SHORT: mark("too little of the night recorded"),
    Quality.SPIKY: mark("spikes left out"),
    Quality.STEPPED: mark("a jump within the night"),
    Quality.STORMY: mark("stormy night"),
    Quality.LEVEL_CHANGE: mark("a lasting step accepted as the new level"),
    Quality.WARM_UP: mark("too few nights before it for a baseline"),
    Quality.DERIVED: mark("F computed from components"),
    Quality.IN_PROGRESS: mark("the night is not over"),
}


def step_words(step: Step) -> str:
    """Return in short what a step of the journal did: "label 3 on 2022-05-01"."""
    if step.days == 1:
        when = tr("on {day}").format(day=step.first)
    else:
        when = tr("on {count} days, {first} to {last}").format(count=step.days, first=step.first, last=step.last)
    if step.kind != "label":
        return tr("note {when}").format(when=when)
    given = [str(cls) for cls in step.classes if cls is not None]
    if not given:
        return tr("label taken away {when}").format(when=when)
    return tr("label {classes} {when}").format(classes=", ".join(given), when=when)


def quality_text(quality: Quality) -> str:
    """Return the reasons of a station-day in words, empty for a good night."""
    return ", ".join(tr(text) for flag, text in _REASONS.items() if flag in quality)
