"""Progress of a run between two epochs, and the result of a phase that was trained on its own."""

from __future__ import annotations

import json
import math
import re
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from quakegui.learn.network.devices import threads
from quakegui.learn.runs.dataset import Snapshot
from quakegui.learn.runs.files import read_arrays, write_arrays
from quakegui.learn.runs.registry import phase_folder
from quakegui.learn.runs.runconfig import RunConfig
from quakegui.words import Said

PHASE = "phase.npz"
"""The result of a phase that was trained on its own: state and best weights."""
_BEST = re.compile(r"best-\d+-\d+\.npz", re.ASCII)
"""Names that `State.best_name` returns."""


@dataclass(slots=True)
class State:
    """Progress of a run, saved in the checkpoint as plain values."""

    precision: str
    phase: int = 0
    epoch: int = 0
    best_epoch: int = -1
    best_loss: float = math.inf
    kept: list[str] = field(default_factory=list)
    best_epochs: list[int] = field(default_factory=list)
    history: list[dict[str, Any]] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def best_name(self) -> str:
        """Name of the file of the best weights so far."""
        return f"best-{self.phase}-{self.best_epoch}.npz"

    def __post_init__(self) -> None:
        """Raise ValueError for invalid values: a foreign checkpoint could name files outside the run, which are moved."""
        if isinstance(self.kept, str):  # written by versions before ensembles
            self.kept = [self.kept] if self.kept else []
        counts = (self.phase, self.epoch, self.best_epoch + 1, *self.best_epochs)
        if not (
            all(type(count) is int and count >= 0 for count in counts)
            and isinstance(self.kept, list)
            and all(isinstance(name, str) and _BEST.fullmatch(name) for name in self.kept)
            and all(isinstance(row, dict) for row in self.history)
        ):
            raise ValueError(Said("some counts, names or rows are not valid for a run"))


def write_phase(folder: Path, state: State, config: RunConfig, data: Snapshot) -> None:
    """Write the result of a phase that was trained on its own.

    Parameters
    ----------
    folder
        Its folder, with the best weights.
    state
        The state after its last epoch.
    config, data
        Settings, and training data of the run.
    """
    best = read_arrays(folder / state.best_name)
    facts = {"state": asdict(state), **_means(state, config, data)}
    write_arrays(folder / PHASE, {"facts": np.array(json.dumps(facts)), **{f"weights/{name}": best[name] for name in best}})


def take_phase(run: Path, number: int, state: State, config: RunConfig, data: Snapshot) -> float | None:
    """Take the result of a phase that was trained on its own into the state of its run, and its weights into the folder.

    Parameters
    ----------
    run
        The folder of the run.
    number
        Number of the phase.
    state
        The state of the run, before the first epoch of the phase.
    config, data
        Settings, and training data of the run.

    Returns
    -------
    float | None
        The seconds that the phase took; None if there is no result, or one with another precision or number of threads, whose
        last bits would differ: such a phase is trained again.
    """
    path = phase_folder(run, number) / PHASE
    if state.epoch or not path.is_file():
        return None
    arrays = read_arrays(path)
    try:
        facts = json.loads(str(arrays.pop("facts")))
        found = State(**facts.pop("state"))
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(Said("{path} is damaged and cannot be read: {error}.", path=path, error=error)) from error
    if facts != _means(state, config, data) or found.phase != number:
        return None
    state.epoch, state.best_epoch, state.best_loss = found.epoch, found.best_epoch, found.best_loss
    state.history += found.history
    state.seconds += found.seconds
    write_arrays(run / state.best_name, {name.removeprefix("weights/"): array for name, array in arrays.items()})
    return found.seconds


def _means(state: State, config: RunConfig, data: Snapshot) -> dict[str, Any]:
    """Return what the bits of a result depend on."""
    return {"precision": state.precision, "threads": threads(), "config": config.hash, "data": data.hash}
