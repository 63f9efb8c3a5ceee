"""How one network is trained: everything that decides its outcome, in one frozen object."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from dataclasses import dataclass, field
from typing import Any, Literal

from quakegui.judge.folds import PROTOCOLS, ZERO_SHOT, Protocol, RunProtocol
from quakegui.season.json_values import LARGEST_WHOLE, built
from quakegui.words import Said

CLASSES = ("none", "north large", "north small", "south large", "south small")
Head = Literal["paper", "compact"]
Channel = Literal["colour", "scalar", "both", "stack"]
CHANNELS: dict[Channel, int] = {"colour": 3, "scalar": 1, "both": 4, "stack": 3}
"""Input channels of the network."""
_MOST = {"width": 512, "size": 2048, "epochs": 100_000, "batch_size": 4096, "patience": 100_000, "members": 100}
_MOST_UNITS = 16_384
Precision = Literal["auto", "float32", "mixed_bfloat16", "mixed_float16"]


@dataclass(frozen=True, slots=True)
class Augmentation:
    """What is varied in training images. North stays up: there is no up-down flip and no rotation.

    Attributes
    ----------
    brightness
        Half width of the uniform change that is added to colours in 0..1.
    contrast
        Half width of the uniform change of the factor 1 about the image's mean.
    flip
        Mirror left to right with probability 1/2.
    each_epoch
        Draw anew for every image in every epoch. False: only the fixed copies of `growth` are varied.
    growth
        Fixed varied copies inside each training part: images per class, were the whole season grown; None for none. In the
        "paper" protocol the split itself grows the data and this is not used.
    """

    brightness: float = 0.1
    contrast: float = 0.2
    flip: bool = True
    each_epoch: bool = True
    growth: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class RunConfig:
    """The whole recipe of a run. Two runs of one recipe on one snapshot are the same run.

    Attributes
    ----------
    name
        What the analyst calls it.
    protocol
        How the days were split; "paper" is leaky and is marked so wherever its scores appear. "zero-shot": the network has
        learnt from simulated seasons and sees z as numbers (`quakegui.learn.runs.inputs`).
    size
        Pixels along a side that the network sees: 480 as in the founding paper, or an average-pooled 240 or 120.
    head
        "paper": flatten and two dense layers. "compact": average-pool to a 4 x 4 grid first, which keeps north and south apart.
    width
        Filters of the first block; 32 is VGG-12.
    dense
        Units of the two dense layers.
    dropout
        Share dropped after each dense layer in training.
    channel
        "colour": the map's colours. "scalar": its z levels in one channel. "both": four channels.
        "stack": z of the day and its means over the last 3 and 7 nights (`quakegui.learn.runs.inputs`).
    epochs
        At most, or exactly where there is no validation part.
    patience
        Epochs without a better validation loss before a phase stops; 0 never stops early.
    batch_size
        Images per step.
    learning_rate
        Of Adam.
    class_weights
        Weigh classes by the inverse of their frequency in the training part.
    final_fit
        After the folds, train once more on all labelled days, for use on days to come.
    precision
        "auto" measures and takes the fastest; the others are as Keras names them.
    seed
        Of the first weights, shuffling, augmentation and dropout.
    members
        Networks that are trained in turn for each fold, from seeds of their own that follow from `seed`; their mean probability
        is the run's answer. One network hangs on its seed: the same recipe was judged at p = 0.039 and at 0.002.
    classes
        Names of the classes 0, 1, ...
    augmentation
        What is varied in training images.
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
        """Refuse what cannot be trained, in one sentence."""
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
        if self.protocol not in (*PROTOCOLS, ZERO_SHOT):
            raise ValueError(
                Said(
                    "Unknown protocol '{protocol}'. Available: {value}.",
                    protocol=self.protocol,
                    value=", ".join((*PROTOCOLS, ZERO_SHOT)),
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
            raise ValueError(Said("A model trained on simulated seasons needs the channel 'stack' or 'scalar'."))
        if self.channel == "stack" and not self.zero_shot:
            raise ValueError(
                Said("A stack of several days is only for models trained on simulated seasons (protocol 'zero-shot').")
            )

    def _check_simulated(self) -> None:
        if self.zero_shot and (self.members > 1 or self.final_fit or not self.class_weights):
            raise ValueError(
                Said(
                    "A model trained on simulated seasons has one member, no final fit on labelled days, and class "
                    "weights: set members to 1, the final fit off and class weights on."
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
        """Whether test images have varied copies of themselves in training."""
        return self.protocol == "paper"

    @property
    def zero_shot(self) -> bool:
        """Whether it learns from simulated seasons and never sees the one that it answers for."""
        return self.protocol == ZERO_SHOT

    def under(self, protocol: Protocol) -> RunConfig:
        """Return the recipe under another protocol; the paper's network was one, and has seen most days before any last fit."""
        changed = dataclasses.replace(self, protocol=protocol)
        return dataclasses.replace(changed, final_fit=False, members=1) if changed.leaky else changed

    def to_json(self) -> dict[str, Any]:
        """Return plain values, ready for a JSON file."""
        return dataclasses.asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> RunConfig:
        """Read what `to_json` returned.

        Raises
        ------
        ValueError
            A field is unknown or wrong; the sentence names it.
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
        """Return 16 hex digits that change with every field but the name."""
        values = {**self.to_json(), "name": ""}
        return hashlib.blake2b(json.dumps(values, sort_keys=True).encode(), digest_size=8).hexdigest()
