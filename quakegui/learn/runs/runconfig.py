"""Settings of a run: all that affects the result of a training, in one frozen object."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from dataclasses import dataclass, field
from typing import Any, Literal

from quakegui.judge.folds import OWN_NIGHTS, PROTOCOLS, UNTAUGHT, Protocol, RunProtocol
from quakegui.season.json_values import LARGEST_WHOLE, built
from quakegui.words import Said

CLASSES = ("none", "north large", "north small", "south large", "south small")
Head = Literal["paper", "compact"]
Channel = Literal["colour", "scalar", "both", "stack"]
CHANNELS: dict[Channel, int] = {"colour": 3, "scalar": 1, "both": 4, "stack": 3}
"""Number of input channels of the model."""
_MOST = {"width": 512, "size": 2048, "epochs": 100_000, "batch_size": 4096, "patience": 100_000, "members": 100}
_MOST_UNITS = 16_384
BLOCKS = 5
"""Blocks of nights of a model trained on the season's own nights, with one member each."""
Precision = Literal["auto", "float32", "mixed_bfloat16", "mixed_float16"]


@dataclass(frozen=True, slots=True)
class Augmentation:
    """Augmentation of training images. North stays up: there is no up-down flip and no rotation.

    Attributes
    ----------
    brightness
        Maximum of the uniform change added to colours in 0..1.
    contrast
        Maximum of the uniform change of the contrast factor 1, relative to the mean of the image.
    flip
        Flip left to right with probability 1/2.
    each_epoch
        Draw again for every image in every epoch. If False, only the fixed copies of `growth` are augmented.
    growth
        Fixed augmented copies inside each training part: number of images per class for the whole season; None for no copies.
        Ignored in the "paper" protocol, where the split itself makes the copies.
    """

    brightness: float = 0.1
    contrast: float = 0.2
    flip: bool = True
    each_epoch: bool = True
    growth: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class RunConfig:
    """Settings of a run. Two runs with the same settings and snapshot are the same run.

    Attributes
    ----------
    name
        Title given by the analyst.
    protocol
        How the days are split; "paper" is leaky and marked so wherever its scores appear. "zero-shot": the model is trained on
        synthetic seasons and its input is z (`quakegui.learn.runs.inputs`). "own-nights": the same, with signals simulated in
        the season's own nights.
    size
        Pixels along a side of the model's input: 480 as in the original paper, or average-pooled to 240 or 120.
    head
        "paper": flatten and two dense layers. "compact": first average-pool to a 4 x 4 grid, which keeps north and south apart.
    width
        Filters of the first block; 32 is VGG-12.
    dense
        Units of the two dense layers.
    dropout
        Fraction dropped after each dense layer in training.
    channel
        "colour": the colours of the map. "scalar": its z levels in one channel. "both": four channels. "stack": z of the day
        and its means over the last 3 and 7 nights (`quakegui.learn.runs.inputs`).
    epochs
        Maximum number, or the exact number without validation days.
    patience
        Epochs without a better validation loss before a phase stops; 0 for no early stopping.
    batch_size
        Images per step.
    learning_rate
        Learning rate of Adam.
    class_weights
        Weight classes by the inverse of their frequency in the training days.
    final_fit
        After the folds, train once more on all labelled days, for predictions of future days.
    precision
        "auto" for the fastest by measurement; others are Keras policies.
    seed
        Seed of the initial weights, shuffling, augmentation and dropout.
    members
        Number of models trained for each fold, with seeds derived from `seed`; the prediction is their mean probability. A
        single model depends on its seed: with the same settings p was 0.039 and 0.002.
    classes
        Names of the classes 0, 1, ...
    augmentation
        Augmentation of training images.
    """

    name: str = ""
    protocol: RunProtocol = "blocked"
    size: int = 120
    head: Head = "compact"
    width: int = 32
    dense: tuple[int, int] = (256, 128)
    dropout: float = 0.5
    channel: Channel = "colour"
    epochs: int = 30
    patience: int = 8
    batch_size: int = 16
    learning_rate: float = 3e-4
    class_weights: bool = True
    final_fit: bool = True
    precision: Precision = "auto"
    seed: int = 1
    members: int = 1
    classes: tuple[str, ...] = CLASSES
    augmentation: Augmentation = field(default_factory=Augmentation)

    def __post_init__(self) -> None:
        """Raise ValueError for settings that cannot be trained."""
        for name in ("width", "epochs", "batch_size", "members"):
            if getattr(self, name) < 1:
                raise ValueError(
                    Said("The run's {name} is {getattr}; it must be at least 1.", name=name, getattr=getattr(self, name))
                )
        beyond = [name for name, most in _MOST.items() if not abs(getattr(self, name)) <= most]
        if beyond:
            raise ValueError(
                Said(
                    "The run's {beyond} exceeds the maximum of {most:g}.",
                    beyond=beyond[0],
                    most=_MOST[beyond[0]],
                )
            )
        if not all(1 <= units <= _MOST_UNITS for units in self.dense) or self.patience < 0 or not self.learning_rate >= 0:
            raise ValueError(
                Said(
                    "The run needs 1 to {most_units} units per layer; patience and learning rate must not be negative.",
                    most_units=_MOST_UNITS,
                )
            )
        if self.size < 16:
            raise ValueError(
                Said("A map of {size} x {size} pixels cannot be halved four times; use 120, 240 or 480.", size=self.size)
            )
        if not 0 <= self.seed <= LARGEST_WHOLE:
            raise ValueError(
                Said(
                    "The run's seed is {seed}; it must be between 0 and {largest_whole}.",
                    seed=self.seed,
                    largest_whole=LARGEST_WHOLE,
                )
            )
        if self.protocol not in (*PROTOCOLS, *UNTAUGHT):
            raise ValueError(
                Said(
                    "Unknown protocol '{protocol}'. Available: {value}.",
                    protocol=self.protocol,
                    value=", ".join((*PROTOCOLS, *UNTAUGHT)),
                )
            )
        if not 0 <= self.dropout < 1:
            raise ValueError(
                Said("The run's dropout is {dropout}; it must be at least 0 and less than 1.", dropout=self.dropout)
            )
        self._check_channel()
        self._check_simulated()
        self._check_classes()

    def _check_channel(self) -> None:
        if self.zero_shot and self.channel not in ("stack", "scalar"):
            raise ValueError(Said("A model trained on synthetic seasons needs the channel 'stack' or 'scalar'."))
        if self.channel == "stack" and not self.zero_shot:
            raise ValueError(
                Said("A stack of several days is only for models trained on synthetic seasons (protocol 'zero-shot').")
            )

    def _check_simulated(self) -> None:
        if self.own_nights and self.members != BLOCKS:
            raise ValueError(
                Said("A model of own nights has one member for each of its {blocks} blocks of nights.", blocks=BLOCKS)
            )
        if self.zero_shot and ((self.members > 1 and not self.own_nights) or self.final_fit or not self.class_weights):
            raise ValueError(
                Said(
                    "A model trained on synthetic seasons has one member, no final fit on labelled days, and class weights: "
                    "set members to 1, the final fit off and class weights on."
                )
            )

    def _check_classes(self) -> None:
        if not 2 <= len(self.classes) <= 100:
            raise ValueError(Said("A run needs at least two classes and at most a hundred."))
        growth = self.augmentation.growth
        if growth is not None and len(growth) != len(self.classes):
            raise ValueError(
                Said(
                    "The augmentation is given for {count} classes, but the run has {count2}.",
                    count=len(growth),
                    count2=len(self.classes),
                )
            )

    @property
    def leaky(self) -> bool:
        """Whether copies of the days of test images are in training."""
        return self.protocol == "paper"

    @property
    def zero_shot(self) -> bool:
        """Whether the model is trained on simulated signals only, with no label and no earthquake of the season."""
        return self.protocol in UNTAUGHT

    @property
    def own_nights(self) -> bool:
        """Whether these signals are simulated in the season's own nights, instead of synthetic ones."""
        return self.protocol == OWN_NIGHTS

    def under(self, protocol: Protocol) -> RunConfig:
        """Return the settings with another protocol; "paper" has one member and no final training, as in the original paper."""
        changed = dataclasses.replace(self, protocol=protocol)
        return dataclasses.replace(changed, final_fit=False, members=1) if changed.leaky else changed

    def to_json(self) -> dict[str, Any]:
        """Return plain values, ready for a JSON file."""
        return dataclasses.asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> RunConfig:
        """Return the settings from the result of `to_json`.

        Raises
        ------
        ValueError
            If a field is unknown or invalid.
        """
        known = {each.name for each in dataclasses.fields(cls)}
        unknown = sorted(set(values) - known)
        if unknown:
            raise ValueError(
                Said(
                    "The run's configuration has the unknown field {unknown}; a newer quakegui may have written it.",
                    unknown=repr(unknown[0]),
                )
            )
        config = built(cls, values, what=Said("run's configuration value"))
        assert isinstance(config, cls)
        return config

    @property
    def hash(self) -> str:
        """Return 16 hexadecimal digits that depend on every field except the name."""
        values = {**self.to_json(), "name": ""}
        return hashlib.blake2b(json.dumps(values, sort_keys=True).encode(), digest_size=8).hexdigest()
