"""Names of targets, class groups, protocols and kinds of predictions, for window, report and command line."""

from __future__ import annotations

from typing import Final

from quakegui.judge.metrics import Target
from quakegui.season.names import class_names
from quakegui.words import Said, mark

TARGET_NAMES: Final[dict[Target, str]] = {
    "event": mark("Earthquake vs. none"),
    "direction": mark("Direction"),
    "class": mark("Five classes"),
}
_GROUP_NAMES: Final = {
    "event": (Said("no earthquake"), Said("earthquake")),
    "direction": (Said("No earthquake"), Said("North"), Said("South")),
}
PROTOCOL_NAMES: Final = {
    "blocked": mark("Blocks: contiguous blocks of days are held out for testing in turn, with an embargo"),
    "chronological": mark("Chronological: train on earlier days, test on later days"),
    "paper": mark("Paper: augment, then split at random (LEAKY)"),
    "zero-shot": mark("Pre-trained (zero-shot): not trained on this season"),
    "own-nights": mark("Own nights: trained on simulated signals in other nights of this season, never on its earthquakes"),
}
PROTOCOL_SHORT: Final = {
    "blocked": mark("Blocks of days"),
    "chronological": mark("Chronological"),
    "paper": mark("Paper"),
    "zero-shot": mark("None (pre-trained)"),
    "own-nights": mark("Own nights"),
}
"""For a table column; `PROTOCOL_NAMES` explains each."""
KIND_NAMES: Final = {
    "out-of-fold": mark("out-of-fold: the model had not seen this day"),
    "zero-shot": mark("pre-trained: the model was not trained on this season"),
    "prospective": mark("prospective: issued in advance"),
    "in-sample": mark("in-sample: the model was trained on this day"),
}
KIND_SHORT: Final = {
    "out-of-fold": mark("day not used in training"),
    "zero-shot": mark("season not used in training"),
    "prospective": mark("issued in advance"),
    "in-sample": mark("day used in training"),
}


def kind_shown(kind: str, *, zero_shot: bool) -> str:
    """Return the kind of a prediction as displayed.

    Parameters
    ----------
    kind
        As stored: "out-of-fold", "prospective", "in-sample", or "" for none.
    zero_shot
        Whether the model was not trained on the season; its predictions are stored as out-of-fold, without folds.
    """
    return "zero-shot" if zero_shot and kind == "out-of-fold" else kind


def group_names(target: Target, split: float | None = None) -> tuple[Said, ...]:
    """Return the names of the classes of a target.

    Parameters
    ----------
    target
        "event", "direction" or "class".
    split
        Magnitude split; None if there is none. Only the names of the target "class" contain it.
    """
    return class_names(split) if target == "class" else _GROUP_NAMES[target]
