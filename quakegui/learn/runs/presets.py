"""Presets of the settings of a run; every setting can be changed.

They were chosen on a few SYNTHETIC seasons with seeds other than that of the supplied one, and not exhaustively. With some 230
training days VGG-12 soon fits all of them, and an inner block of 40 days stopped it after two or three epochs in most folds:
these presets train for a fixed number of epochs on all training days instead.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from quakegui.judge.paper_split import PAPER_GROWTH
from quakegui.learn.runs.runconfig import BLOCKS, Augmentation, RunConfig
from quakegui.words import Said, mark

MEMBERS = 5
"""Number of members in the narrow presets; a wide model takes as long as twenty narrow ones."""
STACK = RunConfig(
    name=mark("VGG-12, pre-trained on synthetic seasons"),
    protocol="zero-shot",
    size=32,
    width=8,
    dense=(64, 32),
    dropout=0.3,
    channel="stack",
    epochs=10,
    patience=0,
    batch_size=64,
    learning_rate=1e-3,
    final_fit=False,
    precision="float32",
)
"""Trained on synthetic seasons only, see `quakegui.learn.network.pretraining`; an epoch is a group of 42 of them."""
OWN = replace(STACK, name=mark("VGG-12, pre-trained on own nights"), protocol="own-nights", epochs=4, members=BLOCKS)
"""Trained on simulated signals in the season's own nights, see `quakegui.learn.network.own_nights`."""
PRESETS: dict[str, RunConfig] = {
    "compact": RunConfig(name=mark("VGG-12, compact"), size=120, dropout=0.3, epochs=20, patience=0, learning_rate=1e-4),
    "fast": RunConfig(
        name=mark("VGG-12, narrow and fast"),
        size=120,
        width=8,
        dropout=0.3,
        epochs=16,
        patience=0,
        learning_rate=5e-4,
        members=MEMBERS,
    ),
    "small": RunConfig(
        name=mark("VGG-12, very small"),
        size=48,
        width=8,
        dense=(64, 32),
        dropout=0.3,
        epochs=16,
        patience=0,
        learning_rate=5e-4,
        members=MEMBERS,
    ),
    "stack": STACK,
    "own": OWN,
    "full": RunConfig(name=mark("VGG-12, full size"), size=480, dropout=0.3, epochs=20, patience=0, learning_rate=1e-4),
    "grown": RunConfig(
        name=mark("VGG-12, fixed copies in training parts"), augmentation=Augmentation(each_epoch=False, growth=PAPER_GROWTH)
    ),
    "paper": RunConfig(
        name=mark("VGG-12, as published"),
        protocol="paper",
        size=480,
        head="paper",
        class_weights=False,
        final_fit=False,
        learning_rate=1e-4,
        augmentation=Augmentation(each_epoch=False),
    ),
}
PRESET_NAMES: dict[str, str] = {
    "compact": mark("Compact (120 pixels)"),
    "fast": mark("Narrow and fast (8 filters)"),
    "full": mark("Full size (480 pixels)"),
    "paper": mark("As published (LEAKY protocol)"),
    "stack": mark("Pre-trained on synthetic seasons of this network"),
    "own": mark("Pre-trained on my own nights"),
}
"""Display names of the presets that the window offers."""
_TITLES: Final = frozenset(preset.name for preset in PRESETS.values())


def title_of(text: str) -> str:
    """Return the stored title of a run; one that comes from a preset, not from an analyst, can be translated."""
    return Said(text) if text in _TITLES else text
