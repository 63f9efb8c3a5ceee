"""Jobs of a worker: train a run, predict or explain maps with a finished one, compute its detection limit."""

from __future__ import annotations

import errno
import platform
from dataclasses import asdict
from importlib.machinery import PathFinder
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import quakegui
from quakegui.learn import messages
from quakegui.learn.messages import Listen
from quakegui.learn.network.devices import Device, threads
from quakegui.learn.network.precision import Measured
from quakegui.learn.network.state import State
from quakegui.learn.network.steps import Stop
from quakegui.learn.network.training import train, train_phase
from quakegui.learn.runs.calibrators import CALIBRATION, fit_run_calibrators
from quakegui.learn.runs.checkpoint import CHECKPOINT, read_state
from quakegui.learn.runs.dataset import SNAPSHOT, Snapshot
from quakegui.learn.runs.files import disk_is_full, hold, read_arrays, write_arrays
from quakegui.learn.runs.portions import Portions
from quakegui.learn.runs.predictions import PREDICTIONS, RunPredictions
from quakegui.learn.runs.registry import LOCK, RunError, RunFolder, finish_run, progress_sentence, read_run
from quakegui.progress import CancelCheck
from quakegui.words import Said, counted

MAPS = "maps.npz"
ANSWERS = "answers.npz"
HEAT = "heat.npz"


def train_job(folder: Path, device: Device, precision: Measured | None, say: Listen, cancelled: CancelCheck) -> str:
    """Train or resume the run in `folder`, finish it, and return a sentence.

    Parameters
    ----------
    folder
        Folder of the run.
    device, precision
        Computing device, and the fastest precision, see `needs_precision`.
    say, cancelled
        Called with messages; and whether to stop.
    """
    run = read_run(folder)
    if run.card is not None:
        return Said("The run “{run_title}” is already finished.", run_title=run.title)
    try:
        lock = hold(folder / LOCK)
    except BlockingIOError as error:
        raise RunError(Said("The run “{run_title}” is being trained by another process.", run_title=run.title)) from error
    with lock:
        return _train(run, device, precision, say, cancelled)


def phase_job(
    folder: Path, run_folder: Path, number: int, precision: Measured | None, *, say: Listen, cancelled: CancelCheck
) -> str:
    """Train one phase of a run on its own, and return a sentence.

    Parameters
    ----------
    folder, run_folder
        Folders of the phase and of the run.
    number
        Number of the phase.
    precision
        The fastest precision, None if the job does not need it.
    say, cancelled
        Called with messages; and whether to stop.
    """
    run, data = read_run(run_folder), Snapshot.load(run_folder / SNAPSHOT)
    with hold(folder / LOCK):
        policy = policy_of(folder, "phase", run_folder, precision)
        if run.config.zero_shot:
            from quakegui.learn.worker.members import train_member  # imports the simulation, not needed for predictions

            train_member(run, number, folder, say, cancelled)
        else:
            train_phase(folder, run_folder, run.config, data, number, precision=policy, say=say, cancelled=cancelled)
    return Said("Phase {number} of the run “{run_title}” is trained.", number=number + 1, run_title=run.title)


def _train(run: RunFolder, device: Device, measured: Measured | None, say: Listen, stopped: CancelCheck) -> str:
    folder = run.folder
    data = Snapshot.load(folder / SNAPSHOT)
    if run.config.zero_shot:
        from quakegui.learn.worker.pretrain_job import pretrain_job  # imports the simulation, not needed for predictions

        return pretrain_job(run, data, device, say, stopped)
    policy = policy_of(folder, "train", None, measured)
    state = train(folder, run.config, data, precision=policy, say=say, cancelled=stopped)
    card = card_of(run, data, state, device, measured)
    if not run.config.leaky:
        said = RunPredictions.load(folder / PREDICTIONS)
        fitted = fit_run_calibrators(data.folds, said, run.about, class_weighted=run.config.class_weights)
        card[CALIBRATION] = fitted.to_json()
    done = finish_run(run, card)
    return Said(
        "The run “{done_title}” is finished: {count} epochs in {seconds:.0f} s.",
        done_title=done.title,
        count=len(state.history),
        seconds=state.seconds,
    )


def write_maps(folder: Path, maps: NDArray[Any] | Portions, days: NDArray[np.datetime64] | None = None) -> None:
    """Write maps to a job's folder, to be predicted or explained.

    Parameters
    ----------
    folder
        An empty folder for the job.
    maps
        Maps of the run's own style, uint8, shape (day, row, column) or (day, row, column, 3).
    days
        Their local dates, shape (day,): a model of own nights has a member for each block of them.
    """
    dates = {} if days is None else {"days": days.astype("datetime64[D]").astype(np.int64)}
    write_arrays(folder / MAPS, {"maps": maps, **dates})


def _read_maps(folder: Path) -> tuple[NDArray[Any], NDArray[np.datetime64] | None]:
    stored = read_arrays(folder / MAPS)
    return stored["maps"], stored["days"].astype("datetime64[D]") if "days" in stored else None


def read_answers(folder: Path) -> NDArray[np.float32]:
    """Return the probabilities from the folder of a predict job, shape (day, class)."""
    answers: NDArray[np.float32] = read_arrays(folder / ANSWERS)["probabilities"]
    return answers


def read_heat(folder: Path) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the results of an explain job: saliency, shape (day, row, column), and probabilities, shape (day, class)."""
    stored = read_arrays(folder / HEAT)
    return stored["heat"], stored["probabilities"]


def predict_job(folder: Path, run_folder: Path, say: Listen, cancelled: CancelCheck) -> str:
    """Predict the maps in `folder`/maps.npz with a finished run, write answers.npz, and return a sentence.

    Parameters
    ----------
    folder, run_folder
        Folders of the job and of the run.
    say, cancelled
        Called with messages; and whether to stop.
    """
    from quakegui.learn.network.inference import predictor

    network, (maps, days) = predictor(run_folder), _read_maps(folder)
    write_arrays(folder / ANSWERS, {"probabilities": network(maps, days=days, progress=_progress("predicted", say, cancelled))})
    return counted("{count} map was predicted.", "{count} maps were predicted.", count=len(maps))


def explain_job(folder: Path, run_folder: Path, say: Listen, cancelled: CancelCheck) -> str:
    """Explain the maps in `folder`/maps.npz with a finished run, write heat.npz, and return a sentence.

    Parameters as in `predict_job`.
    """
    from quakegui.learn.network.inference import predictor
    from quakegui.learn.network.saliency import explain

    network, (maps, days) = predictor(run_folder, precision="float32"), _read_maps(folder)
    heat, probabilities = explain(network, maps, days=days, progress=_progress("explained", say, cancelled))
    write_arrays(folder / HEAT, {"heat": heat, "probabilities": probabilities})
    return counted("{count} saliency map was computed.", "{count} saliency maps were computed.", count=len(heat))


def limit_job(run_folder: Path, say: Listen, cancelled: CancelCheck) -> str:
    """Compute the detection limit of a finished run in its project's season, store it with the run, and return a sentence.

    Parameters as in `predict_job`.
    """
    from quakegui.learn.worker.limit_team import in_processes  # imported here, not in the window's process
    from quakegui.learn.worker.run_limit import limit_run
    from quakegui.project import seasons
    from quakegui.project.store import Project

    run = read_run(run_folder)

    def progress(done: int, total: int, text: str) -> None:
        say(messages.WorkerProgress(done, total, text))

    with Project.open(run_folder.parent.parent, read_only=True) as project:
        season = seasons.load_season(project)
        if season is None:
            raise ValueError(Said("The project {project_name} has no season.", project_name=project.name))
        # Another interpreter has only this package's code, and its helper processes would not find it.
        team = in_processes if PathFinder.find_spec("quakegui") else None
        if limit_run(project, season, run, team=team, progress=progress, cancelled=cancelled) is None:
            raise Stop
    return Said("The detection limit of the run “{run_title}” was saved.", run_title=run.title)


def needs_precision(folder: Path, job: str, run_folder: Path | None) -> bool:
    """Return whether a job depends on the fastest precision of this machine, whose measurement takes seconds.

    Parameters
    ----------
    folder, run_folder
        Folders of the job and of the run.
    job
        Name of the job.
    """
    if job not in ("train", "phase"):
        return job == "hello"
    return read_run(folder if run_folder is None else run_folder).config.precision == "auto"


def policy_of(folder: Path, job: str, run_folder: Path | None, precision: Measured | None) -> str:
    """Return the precision of a job: that of the run if it has one.

    Parameters
    ----------
    folder, run_folder
        Folders of the job and of the run.
    job
        Name of the job.
    precision
        The fastest precision, None if the job does not need it.
    """
    if job == "hello" and precision is not None:
        return precision.policy
    if job in ("explain", "limit"):
        return "float32"
    run = read_run(folder if run_folder is None else run_folder)
    if run.card is not None:
        return str(run.card["precision"])
    if (folder / CHECKPOINT).is_file():
        return str(read_state(folder / CHECKPOINT)["precision"])
    return precision.policy if precision is not None and run.config.precision == "auto" else run.config.precision


def precision_reason(policy: str, precision: Measured | None) -> str:
    """Return why a job uses the precision `policy`, as a sentence.

    Parameters
    ----------
    policy
        Precision of the job.
    precision
        The fastest precision, None if the job does not need it.
    """
    if precision is not None and policy == precision.policy:
        return precision.reason
    return Said("The run requires {policy}.", policy=policy)


def stopped_sentence(folder: Path) -> str:
    """Return the sentence reported after a job was stopped."""
    return Said("Stopped. {kept}", kept=progress_sentence(folder))


def card_of(run: RunFolder, data: Snapshot, state: State, device: Device, precision: Measured | None) -> dict[str, Any]:
    """Return the card of a finished run, plain values.

    Parameters
    ----------
    run, data, state
        The run, its training data, and the final state.
    device, precision
        Computing device, and the fastest precision, see `needs_precision`.
    """
    import keras

    config = run.config
    folds = [
        {
            "first": str(fold.first),
            "last": str(fold.last),
            "train": len(fold.train),
            "validation": len(fold.validation),
            "test": len(fold.test),
            "embargoed": fold.embargoed,
            "purged": fold.purged,
            "best_epoch": round(float(np.median(state.best_epochs[number * config.members :][: config.members]))),
        }
        for number, fold in enumerate(data.folds)
    ]
    return {
        "id": run.id,
        "title": run.title,
        "created": run.created,
        "protocol": config.protocol,
        "leaky": config.leaky,
        "classes": list(config.classes),
        "class_days": np.bincount(data.labels[data.labels >= 0], minlength=len(config.classes)).tolist(),
        "style": data.style,
        "data_hash": data.hash,
        "config_hash": config.hash,
        "seed": config.seed,
        "members": config.members,
        "days": [str(data.days[0]), str(data.days[-1])],
        "folds": folds,
        "weights_of": "final" if len(state.best_epochs) > len(data.folds) * config.members else f"fold {len(data.folds)}",
        "epochs": len(state.history),
        "seconds": round(state.seconds, 1),
        "precision": state.precision,
        "precision_reason": precision_reason(state.precision, precision),
        "device": asdict(device),
        "threads": threads(),
        "versions": {"quakegui": quakegui.__version__, "keras": keras.__version__, "python": platform.python_version()},
        "about": run.about,
    }


def failure(error: BaseException, folder: Path) -> messages.Failed:
    """Return the message to the analyst about an error, and whether the run can be resumed.

    Parameters
    ----------
    error, folder
        The error, and the folder of the run or of the job.
    """
    resumable = (folder / SNAPSHOT).is_file()
    kept = progress_sentence(folder)
    if out_of_memory(error):
        sentence = Said("Out of memory. {kept} Use a smaller batch, smaller maps or the compact head.", kept=kept)
        return messages.Failed(sentence, "memory", resumable)
    if disk_is_full(error):
        where = getattr(error, "filename", None) or folder
        return messages.Failed(
            Said(
                "The disk is full: {where} could not be written. {kept} Free some space, then resume.", where=where, kept=kept
            ),
            "disk",
            resumable,
        )
    if isinstance(error, FloatingPointError):
        sentence = Said(
            "{error}: training diverged. {kept} Start a new run with a smaller learning rate, or in float32.",
            error=error,
            kept=kept,
        )
        return messages.Failed(sentence, "diverged", resumable)
    if isinstance(error, RunError | ValueError | OSError):
        return messages.Failed(Said("{error} {kept}", error=error, kept=kept), "data", resumable)
    sentence = Said(
        "The training process met an unexpected error: {kind}: {error}. {kept} See the run's log.",
        kind=type(error).__name__,
        error=error,
        kept=kept,
    )
    return messages.Failed(sentence, "error", resumable)


def out_of_memory(error: BaseException) -> bool:
    """Return whether an error of Python, TensorFlow or PyTorch means that no memory is left."""
    if isinstance(error, MemoryError) or (isinstance(error, OSError) and error.errno == errno.ENOMEM):
        return True
    name, text = type(error).__name__, str(error).lower()
    return name in {"ResourceExhaustedError", "OutOfMemoryError"} or "out of memory" in text or "can't allocate memory" in text


def _progress(text: str, say: Listen, stopped: CancelCheck) -> Any:
    def tell(done: int, total: int) -> None:
        if stopped():
            raise Stop
        say(messages.WorkerProgress(done, total, text))

    return tell
