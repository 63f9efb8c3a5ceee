"""The run of a zero-shot model: its predictions, the same in every fold, and its card."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quakegui.learn.network.devices import Device, threads
from quakegui.learn.network.foldpredictions import empty_predictions
from quakegui.learn.runs.calibrators import CALIBRATION, RunCalibrators, calibrator_of
from quakegui.learn.runs.dataset import Snapshot
from quakegui.learn.runs.frozen import ALARMS, IDENTITY
from quakegui.learn.runs.predictions import TEST, RunPredictions
from quakegui.learn.runs.registry import RunFolder
from quakegui.learn.runs.runconfig import RunConfig

Floats = NDArray[np.float32]


def unseen_predictions(
    config: RunConfig, data: Snapshot, answers: Floats, other_outages: tuple[NDArray[np.intp], Floats] | None
) -> RunPredictions:
    """Return the predictions of a zero-shot run.

    The folds are those of the baselines.

    Parameters
    ----------
    config, data
        Settings of the run, and its days.
    answers
        Predictions for the days with a map, shape (day, class).
    other_outages
        Positions of days, and the predictions for their maps with the missing stations of other days.
    """
    kept = empty_predictions(config, data)
    every = np.full(kept.final.shape, np.nan, np.float32)
    every[data.has_map] = answers
    folds = np.repeat(every[None], len(data.folds), axis=0)
    changed = every.copy()
    if other_outages is not None:
        changed[other_outages[0]] = other_outages[1]
    judged = (kept.role >= TEST).any(axis=0)
    changed[~judged] = np.nan
    return replace(kept, probabilities=folds, final=every, masked=changed[None])


def unseen_card(
    run: RunFolder, data: Snapshot, choice: Mapping[str, Any], identity: str, *, device: Device | None, seconds: float
) -> dict[str, Any]:
    """Return the card of a zero-shot run, plain values.

    Parameters
    ----------
    run, data
        The run, and its days.
    choice
        Calibrator and alarm rule from synthetic seasons, the versions of the software, and one row of history per epoch.
    identity
        Identity of its weights, see `checkpoint.network_identity`.
    device
        Device of the training; None for a supplied model.
    seconds
        Duration of the training.
    """
    config = run.config
    calibrator = calibrator_of(choice[CALIBRATION])
    folds = [
        {
            "first": str(fold.first),
            "last": str(fold.last),
            "train": 0,
            "validation": 0,
            "test": len(fold.test),
            "embargoed": 0,
            "purged": 0,
        }
        for fold in data.folds
    ]
    return {
        "id": run.id,
        "title": run.title,
        "created": run.created,
        "protocol": config.protocol,
        "leaky": False,
        "classes": list(config.classes),
        "class_days": np.bincount(data.labels[data.labels >= 0], minlength=len(config.classes)).tolist(),
        "style": data.style,
        "data_hash": run.data_hash,
        "config_hash": config.hash,
        IDENTITY: identity,
        "seed": config.seed,
        "members": 1,
        "days": [str(data.days[0]), str(data.days[-1])],
        "folds": folds,
        "epochs": len(choice.get("history", ())) or config.epochs,
        "seconds": round(seconds, 1),
        "precision": "float32",
        **({} if device is None else {"device": asdict(device), "threads": threads()}),
        "versions": choice["versions"],
        CALIBRATION: RunCalibrators((calibrator,) * len(folds), calibrator).to_json(),
        ALARMS: choice[ALARMS],
        "about": run.about,
    }
