"""Training of a run, phase by phase; it can be stopped at any time and resumed with the same result.

At the end of an epoch, new best weights are written under a new name, then the checkpoint that refers to them; finally weights
without a reference are removed. Whenever the process ends, checkpoint and weights are consistent.
"""

from __future__ import annotations

import csv
import io
import math
import time
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quakegui.learn import messages
from quakegui.learn.messages import Listen
from quakegui.learn.network.foldpredictions import Masked, add_phase, empty_predictions
from quakegui.learn.network.phases import Phase, class_weights, epoch_batches, phases_of, seed_of
from quakegui.learn.network.state import State, take_phase, write_phase
from quakegui.learn.network.steps import Stop, build_network, predict, train_step
from quakegui.learn.network.vgg12 import prepare, whole_network
from quakegui.learn.runs.checkpoint import (
    CHECKPOINT,
    WEIGHTS,
    Arrays,
    of_members,
    put_values,
    read_checkpoint,
    trained_values,
    values_of,
    write_checkpoint,
)
from quakegui.learn.runs.dataset import MASKED, Snapshot
from quakegui.learn.runs.files import read_arrays, write_arrays, write_text
from quakegui.learn.runs.predictions import PREDICTIONS, RunPredictions
from quakegui.learn.runs.runconfig import RunConfig
from quakegui.progress import CancelCheck
from quakegui.project.filesystem import PART
from quakegui.words import Said

HISTORY = "history.csv"
BATCH_INTERVAL = 0.1
"""Minimum time between two batch messages, in seconds."""


@dataclass(frozen=True, slots=True)
class TrainingJob:
    """Input of every step of a run.

    Attributes
    ----------
    folder
        The folder of the run.
    config, data
        Settings; maps, labels and folds.
    prepared
        The maps as model input, see `vgg12.prepare`.
    masked
        Days whose maps with the missing stations of other days are predicted, and those maps as model input.
    phases
        All phases, in order.
    say
        Called with messages.
    cancelled
        Called after every batch; whether to stop.
    """

    folder: Path
    config: RunConfig
    data: Snapshot
    prepared: NDArray[Any]
    masked: tuple[NDArray[np.intp], NDArray[Any]] | None
    phases: tuple[Phase, ...]
    say: Listen
    cancelled: CancelCheck


def train(folder: Path, config: RunConfig, data: Snapshot, *, precision: str, say: Listen, cancelled: CancelCheck) -> State:
    """Train a run from the start or from its checkpoint to the end.

    Afterwards the folder contains `history.csv`, `weights.npz` (of the last phase), `predictions.npz`, and the checkpoint,
    which the caller removes when the run has been recorded.

    Parameters
    ----------
    folder
        The folder of the run.
    config
        Settings of the run.
    data
        Maps, labels, folds.
    precision
        A Keras policy; a resumed run keeps its own.
    say
        Called with started, batch, epoch and checkpoint messages.
    cancelled
        Called after every batch; whether to stop.

    Raises
    ------
    Stop
        If `cancelled` returned true.
    ValueError
        If the data do not fit the settings, or the checkpoint is damaged.
    OSError
        If a file cannot be written; the previous checkpoint remains valid.
    """
    work, network, state, values = _begin(folder, folder, config, data, State(precision), say=say, cancelled=cancelled)
    begun = time.perf_counter() - state.seconds
    first_steps = values_of(network.optimizer.variables)
    for phase in work.phases[state.phase :]:
        _set_out(work, phase, network, state, values=values, first_steps=first_steps)
        values = ({}, {})
        seconds = take_phase(folder, phase.number, state, config, data)
        if seconds is None:
            _train_phase(work, phase, network, state, begun)
        else:
            begun -= seconds
        _end_phase(work, phase, network, state)
    _keep_weights(folder, state)
    return state


def train_phase(
    folder: Path,
    run: Path,
    config: RunConfig,
    data: Snapshot,
    number: int,
    *,
    precision: str,
    say: Listen,
    cancelled: CancelCheck,
) -> None:
    """Train one fold of a run on its own, with the result that it has in the whole run, and write it to `PHASE`.

    Parameters
    ----------
    folder
        An own folder for this phase; a phase that was stopped is resumed from its checkpoint there.
    run
        The folder of the run.
    config, data, precision, say, cancelled
        As for `train`.
    number
        Number of the phase, not that of the final training, which needs the results of the others.

    Raises
    ------
    Stop
        If `cancelled` returned true.
    ValueError
        If there is no such phase, or the data or the checkpoint are not valid.
    """
    work, network, state, values = _begin(folder, run, config, data, State(precision, number), say=say, cancelled=cancelled)
    if not 0 <= number < len(work.phases) or work.phases[number].final or state.phase != number:
        raise ValueError(Said("This run has no fold that can be trained as phase {number}.", number=number))
    begun, phase = time.perf_counter() - state.seconds, work.phases[number]
    _set_out(work, phase, network, state, values=values, first_steps=values_of(network.optimizer.variables))
    _train_phase(work, phase, network, state, begun)
    write_phase(folder, state, config, data)


def _begin(
    folder: Path, run: Path, config: RunConfig, data: Snapshot, state: State, *, say: Listen, cancelled: CancelCheck
) -> tuple[TrainingJob, Any, State, tuple[Arrays, Arrays]]:
    """Return the job, a compiled model, and the state and variables from the checkpoint in `folder`, if there is one."""
    import keras

    phases = phases_of(config, data)
    network_values: Arrays = {}
    optimizer_values: Arrays = {}
    if (folder / CHECKPOINT).exists():
        stored, network_values, optimizer_values = read_checkpoint(folder / CHECKPOINT)
        try:
            state = State(**stored)
        except (TypeError, ValueError) as error:
            raise ValueError(
                Said("{folder} is damaged and cannot be read: {error}.", folder=folder / CHECKPOINT, error=error)
            ) from error
    _sweep(folder, state)
    keras.config.set_dtype_policy(state.precision)
    prepared = prepare(config, data.pixels(), data.palette, data.scalar)
    work = TrainingJob(folder, config, data, prepared, _masked(run, config, data), phases, say, cancelled)
    network = build_network(config, work.prepared, data.palette, data.scalar)
    return work, network, state, (network_values, optimizer_values)


def _set_out(
    work: TrainingJob, phase: Phase, network: Any, state: State, *, values: tuple[Arrays, Arrays], first_steps: Arrays
) -> None:
    """Give the model the variables with which a phase goes on; one compiled model serves all, since tracing takes seconds."""
    put_values(network.variables, values[0] or _first_values(work, phase))
    put_values(network.optimizer.variables, values[1] or first_steps)
    names = tuple(each.name for each in work.phases)
    work.say(messages.Started(names, work.config.epochs, network.count_params(), state.phase, state.epoch))


def _masked(folder: Path, config: RunConfig, data: Snapshot) -> tuple[NDArray[np.intp], NDArray[Any]] | None:
    if not (folder / MASKED).exists():
        return None
    stored = read_arrays(folder / MASKED)
    return stored["rows"], prepare(config, stored["maps"], data.palette, data.scalar)


def _keep_weights(folder: Path, state: State) -> None:
    """Move the weights of the last phase, of all members, to the weights file of the run."""
    paths = [folder / name for name in state.kept]
    if not all(path.is_file() for path in paths):  # already moved
        return
    if len(paths) == 1:
        paths[0].replace(folder / WEIGHTS)
        return
    write_arrays(folder / WEIGHTS, of_members([read_arrays(path) for path in paths]))
    for path in paths:
        path.unlink()


def _first_values(work: TrainingJob, phase: Phase) -> Arrays:
    """Return the initial variables of a phase: weights and state of dropout from its own seed."""
    data = work.data
    fresh = whole_network(work.config, work.prepared, data.palette, data.scalar, seed=seed_of(work.config, phase))
    return values_of(fresh.variables)


def _train_phase(work: TrainingJob, phase: Phase, network: Any, state: State, begun: float) -> None:
    config, judges = work.config, bool(len(phase.validation_day))
    limit = _epoch_limit(config, phase, state)
    labels = work.data.labels[phase.train_day]
    weights = class_weights(labels, len(config.classes), balance=config.class_weights)
    while state.epoch < limit and not _patience_is_over(config, phase, state):
        epoch_begun = time.perf_counter()
        trained = _train_epoch(work, phase, network, state.epoch, weights)
        judged = _validate(work, phase, network, weights)
        # without validation days, the last epoch is the best
        best = not judges or judged[0] < state.best_loss
        if best:
            state.best_epoch, state.best_loss = state.epoch, judged[0] if judges else math.inf
            write_arrays(work.folder / state.best_name, trained_values(network))
        state.history.append(_history_row(phase, state.epoch + 1, *trained, *judged, best))
        state.epoch += 1
        state.seconds = time.perf_counter() - begun
        seconds = time.perf_counter() - epoch_begun
        eta = seconds * (limit - state.epoch + config.epochs * (len(work.phases) - 1 - phase.number))
        work.say(messages.Epoch(phase.number, state.epoch, *trained, *judged, best, seconds, eta))
        _save(work.folder, state, network)
        work.say(messages.Checkpoint(phase.number, state.epoch))


def _epoch_limit(config: RunConfig, phase: Phase, state: State) -> int:
    """Return the maximum epochs of a phase; for the final training, the median best epoch of the folds."""
    folds = state.best_epochs[: phase.part * config.members]
    return max(1, round(float(np.median(folds)))) if phase.final and folds else config.epochs


def _patience_is_over(config: RunConfig, phase: Phase, state: State) -> bool:
    return bool(config.patience and len(phase.validation_day) and state.epoch - state.best_epoch > config.patience)


def _train_epoch(
    work: TrainingJob, phase: Phase, network: Any, epoch: int, weights: NDArray[np.float32]
) -> tuple[float, float]:
    """Train one epoch and return its mean loss and accuracy over images."""
    batches = epoch_batches(work.config, phase, epoch)
    loss = hits = 0.0
    seen, said, last_seen = 0, time.perf_counter(), 0
    for number, (positions, recipes) in enumerate(batches, start=1):
        if work.cancelled():
            raise Stop
        day = phase.train_day[positions]
        truth = work.data.labels[day]
        batch_loss, batch_accuracy = train_step(
            network, work.prepared[day], recipes, truth, weights[truth], size=work.config.batch_size
        )
        if not math.isfinite(batch_loss):
            raise FloatingPointError(Said("The loss is no longer finite"))
        seen += len(day)
        loss += batch_loss * len(day)
        hits += batch_accuracy * len(day)
        now = time.perf_counter()
        if now - said >= BATCH_INTERVAL:
            rate = (seen - last_seen) / (now - said)
            work.say(messages.Batch(phase.number, epoch + 1, number, len(batches), loss / seen, hits / seen, rate))
            said, last_seen = now, seen
    return loss / seen, hits / seen


def _validate(work: TrainingJob, phase: Phase, network: Any, weights: NDArray[np.float32]) -> tuple[float, float]:
    """Return the class-weighted loss and the accuracy on the validation days, NaN without any."""
    day = phase.validation_day
    if not len(day):
        return math.nan, math.nan
    truth = work.data.labels[day]
    answer = _answer(work, network, work.prepared, day, phase.validation_recipe)
    surprise = -np.log(np.maximum(answer[np.arange(len(day)), truth].astype(np.float64), 1e-7))
    weight = weights[truth].astype(np.float64)
    return float((surprise * weight).sum() / weight.sum()), float((answer.argmax(1) == truth).mean())


def _answer(
    work: TrainingJob, network: Any, prepared: NDArray[Any], which: NDArray[np.intp], recipes: NDArray[np.float32]
) -> NDArray[np.float32]:
    return predict(network, prepared[which], recipes, size=work.config.batch_size, cancelled=work.cancelled)


def _end_phase(work: TrainingJob, phase: Phase, network: Any, state: State) -> None:
    """Predict every day with the best weights, then record the end of the phase."""
    put_values(network.weights, read_arrays(work.folder / state.best_name))
    path = work.folder / PREDICTIONS
    masked = None if work.masked is None else Masked(work.masked[0], partial(_answer, work, network, work.masked[1]))
    none_yet = empty_predictions(work.config, work.data, with_other_outages=masked is not None)
    kept = RunPredictions.load(path) if path.exists() and state.phase else none_yet
    answer = partial(_answer, work, network, work.prepared)
    add_phase(kept, work.config, work.data, phase, answer=answer, other_outages=masked).save(path)
    state.kept = [*(state.kept if phase.member else ()), state.best_name]
    state.best_epochs.append(state.best_epoch + 1)
    state.phase, state.epoch, state.best_epoch, state.best_loss = state.phase + 1, 0, -1, math.inf
    _save(work.folder, state, None)


def _save(folder: Path, state: State, network: Any | None) -> None:
    write_checkpoint(folder / CHECKPOINT, asdict(state), network)
    write_text(folder / HISTORY, history_text(state.history))
    _sweep(folder, state)


def _sweep(folder: Path, state: State) -> None:
    """Remove weights without a reference in the checkpoint, and incompletely written files."""
    wanted = {state.best_name, *state.kept}
    for path in [*folder.glob("best-*.npz"), *folder.glob(f"*{PART}")]:
        if path.name not in wanted:
            path.unlink(missing_ok=True)


def _history_row(phase: Phase, epoch: int, *figures: float) -> dict[str, Any]:
    names = ("loss", "accuracy", "validation_loss", "validation_accuracy", "best")
    plain = (None if math.isnan(value) else value for value in figures)
    return {"phase": phase.name, "epoch": epoch, **dict(zip(names, plain, strict=True))}


def history_text(history: list[dict[str, Any]]) -> str:
    """Return the history as CSV: one row per epoch of every phase."""
    out = io.StringIO()
    names = ["phase", "epoch", "loss", "accuracy", "validation_loss", "validation_accuracy", "best"]
    writer = csv.DictWriter(out, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows({**row, "best": int(row["best"])} for row in history)
    return out.getvalue()
