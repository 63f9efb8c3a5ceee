"""File of a pre-trained model, read without Keras and without the simulation."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quakegui import paths
from quakegui.learn.runs.calibrators import CALIBRATION, calibrator_of
from quakegui.learn.runs.files import read_arrays
from quakegui.learn.runs.frozen import MadeFor, frozen_alarms_of, made_for_of
from quakegui.learn.runs.registry import RunError
from quakegui.learn.runs.runconfig import RunConfig
from quakegui.season.events import CLASS_COUNT
from quakegui.season.json_values import parse_json
from quakegui.words import Said

SUPPLIED = "pretrained-stack"
"""Name of the folder of the model that comes with the program."""
MODEL = "model.npz"
CARD = "card"
CARD_FILE = "CARD.md"
LARGEST = 2**28
"""Maximum size of a model file in bytes; a model for a stack of 32 pixels has 0.7 MB."""


@dataclass(frozen=True, slots=True, eq=False)
class ModelFile:
    """Contents of a pre-trained model's file.

    Attributes
    ----------
    config
        Settings of the model.
    card
        Description of its training, plain values.
    made_for
        Seasons that it can predict.
    weights
        Weights of the model.
    """

    config: RunConfig
    card: dict[str, Any]
    made_for: MadeFor
    weights: dict[str, NDArray[Any]]


def supplied_folder() -> Path:
    """Return the folder of the model that comes with the program."""
    return paths.models() / SUPPLIED


def read_model(folder: Path) -> ModelFile:
    """Read a file written by `save`, without Keras.

    Parameters
    ----------
    folder
        Folder of the model, or its file.

    Raises
    ------
    RunError
        If there is no model, or it is damaged.
    """
    path = folder / MODEL if folder.is_dir() else folder
    try:
        stored = read_arrays(path, largest=LARGEST)
        if CARD not in stored:
            raise ValueError(Said("the model card is missing"))
        card = parse_json(str(stored.pop(CARD)))
        config = RunConfig.from_json(card["network"])
        limits, alarms = made_for_of(card), frozen_alarms_of(card)
        calibrator = calibrator_of(card[CALIBRATION])
        if limits is None or alarms is None or not config.zero_shot:
            raise ValueError(Said("the model card lacks the intended use"))
        if len(config.classes) != CLASS_COUNT or calibrator.weights.size not in (0, CLASS_COUNT):
            raise ValueError(Said("the model does not predict five classes"))
        if not isinstance(card["versions"], dict) or not np.isfinite(float(card.get("seconds", 0.0))):
            raise ValueError(Said("the model card lacks the training details"))
        if not all(array.dtype.kind == "f" and np.isfinite(array).all() for array in stored.values()):
            raise ValueError(Said("the model's weights are not finite numbers"))
    except FileNotFoundError as error:
        raise RunError(
            Said("There is no pre-trained model at {path}; create one with 'quakegui pretrain'.", path=path)
        ) from error
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise RunError(
            Said("{path} does not contain a usable pre-trained model: {error}.", path=path, error=str(error).rstrip("."))
        ) from error
    return ModelFile(config, card, limits, stored)
