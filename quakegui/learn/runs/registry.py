"""Runs on the disk: one folder each, never overwritten.

A run's folder holds `config.json` (the recipe, and what the project said), `style.npz` (the map style's tables),
`history.csv`, `weights.npz`, `predictions.npz` and `card.json`. While it is unfinished also `snapshot.npz` and
`checkpoint.npz`, and `masked.npz` where it is checked for reading outages. A run is finished when its card is there.
"""

from __future__ import annotations

import csv
import datetime as dt
import secrets
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quakegui.learn.runs.checkpoint import CHECKPOINT
from quakegui.learn.runs.dataset import MASKED, SNAPSHOT, Snapshot
from quakegui.learn.runs.files import read_json, write_arrays, write_json
from quakegui.learn.runs.frozen import FrozenAlarms, frozen_alarms_of
from quakegui.learn.runs.phase_words import phase_words
from quakegui.learn.runs.portions import Portions
from quakegui.learn.runs.predictions import PREDICTIONS, RunPredictions
from quakegui.learn.runs.runchecks import (
    CARD,
    CONFIG,
    EXPORTED,
    HISTORY,
    LARGEST,
    STYLE,
    TRASH,
    check_about,
    check_card,
    check_epoch,
    require_brought,
)
from quakegui.learn.runs.runconfig import RunConfig
from quakegui.project.filesystem import PART, is_link, is_plain
from quakegui.strangers import shown
from quakegui.words import Said, mark

__all__ = [
    "CARD",
    "CONFIG",
    "EXPORTED",
    "HISTORY",
    "LEFT_BEHIND_S",
    "LOCK",
    "LOG",
    "STYLE",
    "TRASH",
    "RunError",
    "RunFolder",
    "choose_run",
    "create_run",
    "finish_run",
    "list_runs",
    "new_folder",
    "progress_sentence",
    "read_run",
    "refusal",
    "rename_run",
    "same_runs",
]

LOG = "worker.log"
LOCK = "worker.lock"
LEFT_BEHIND_S = 86_400.0
"""Seconds after which a run's folder that was never completed is taken for what a crash left, and removed."""


class RunError(Exception):
    """A run cannot be read or used; the text is a sentence for the analyst."""


@contextmanager
def disk_errors(place: Path) -> Iterator[None]:
    """Let what the disk refuses be a RunError about the place that was to be written."""
    try:
        yield
    except OSError as error:
        raise RunError(Said("{place} cannot be written: {strerror}.", place=place, strerror=error.strerror or error)) from error


@dataclass(frozen=True, slots=True)
class RunFolder:
    """A run as its folder tells it.

    Attributes
    ----------
    id
        Name of the folder, unique in its project.
    folder
        Where it is.
    title
        What the analyst calls it.
    created
        UTC, ISO 8601.
    config
        The recipe.
    style
        The map style it was trained on.
    data_hash
        Of the days, maps, labels and folds that it learns from.
    about
        What the project said: journal position, synthetic or real, and the like.
    card
        What came out; None while the run is unfinished.
    resumable
        Whether it can go on where it stopped.
    """

    id: str
    folder: Path
    title: str
    created: str
    config: RunConfig
    style: str
    data_hash: str
    about: dict[str, Any]
    card: dict[str, Any] | None
    resumable: bool

    @property
    def frozen_alarms(self) -> FrozenAlarms | None:
        """The alarm rule that a pre-trained network brings along, None of a run that was trained on its season."""
        return frozen_alarms_of(self.card) if self.card is not None and self.config.zero_shot else None

    def history(self) -> list[dict[str, str]]:
        """Return the rows of `history.csv`, one per epoch of every phase; empty before the first epoch.

        Raises
        ------
        RunError
            The file is damaged.
        """
        path = self.folder / HISTORY
        if not path.is_file():
            return []
        try:
            if path.stat().st_size > LARGEST[HISTORY]:
                raise ValueError(Said("the file is larger than {largest:,} bytes", largest=LARGEST[HISTORY]))
            with path.open(encoding="utf-8", newline="") as file:
                rows = list(csv.DictReader(file))
            for row in rows:
                check_epoch(row)
        except (OSError, ValueError, TypeError, csv.Error) as error:
            raise RunError(
                Said("The history of the run “{title}” is damaged: {error}.", title=self.title, error=str(error).rstrip("."))
            ) from error
        return rows

    def predictions(self) -> RunPredictions:
        """Return what the run's networks answered so far.

        Raises
        ------
        RunError
            There is nothing yet, or the file is damaged.
        """
        path = self.folder / PREDICTIONS
        try:
            said = RunPredictions.load(path)
        except FileNotFoundError as error:
            raise RunError(Said("The run “{title}” has no predictions yet.", title=self.title)) from error
        except ValueError as error:
            raise RunError(str(error)) from error
        if said.final.shape[1] != len(self.config.classes):
            raise RunError(Said("{path} contains no predictions: its probabilities have the wrong shape.", path=path))
        return said


def create_run(
    runs: Path,
    config: RunConfig,
    data: Snapshot,
    *,
    about: Mapping[str, Any] | None = None,
    masked: tuple[NDArray[np.intp], Portions] | None = None,
) -> RunFolder:
    """Make a run's folder, ready for the worker.

    Parameters
    ----------
    runs
        The project's folder of runs.
    config
        The recipe.
    data
        Maps, labels and folds; written into the folder and never changed.
    about
        Plain values to keep with the run, for example the journal position.
    masked
        Positions of days and their maps with other days' outages.

    Raises
    ------
    OSError
        The disk refuses; nothing is left behind.
    """
    created = dt.datetime.now(dt.UTC).replace(microsecond=0)
    run_id = f"{created:%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"
    with new_folder(runs, run_id) as folder:
        data_hash = data.save(folder / SNAPSHOT)
        if masked is not None and len(masked[0]):
            write_arrays(folder / MASKED, {"rows": masked[0], "maps": masked[1]}, compress=True)
        write_arrays(folder / STYLE, {"palette": data.palette, "scalar": data.scalar})
        values = {"title": config.name, "created": created.isoformat(), "style": data.style, "data_hash": data_hash}
        write_json(folder / CONFIG, {**values, "config": config.to_json(), "about": dict(about or {})})
    return read_run(runs / run_id)


@contextmanager
def new_folder(runs: Path, run_id: str) -> Iterator[Path]:
    """Give a folder that becomes that run's when the block ends, and is gone if it raises; until then no list shows it."""
    for left in runs.glob(f".*{PART}"):
        if time.time() - left.lstat().st_mtime > LEFT_BEHIND_S:
            shutil.rmtree(left, ignore_errors=True)
    part = runs / f".{run_id}{PART}"
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    try:
        yield part
        part.replace(runs / run_id)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise


def read_run(folder: Path, *, installed: bool = False) -> RunFolder:
    """Read a run's folder.

    Parameters
    ----------
    folder
        Where it is.
    installed
        Whether it came with the program, which some installers put in place as links.

    Raises
    ------
    RunError
        It is no run, its configuration is damaged, or it or something in it is a link or no file.
    """
    try:
        if not installed:
            _require_own(folder)
        values = read_json(folder / CONFIG, largest=LARGEST[CONFIG])
        card = read_json(folder / CARD, largest=LARGEST[CARD]) if (folder / CARD).is_file() else None
        check_about(values["about"])
        config = RunConfig.from_json(values["config"])
        if card is not None:
            check_card(card, classes=len(config.classes))
            if config.zero_shot:
                require_brought(card, values["about"])
        return RunFolder(
            id=folder.name,
            folder=folder,
            title=shown(str(values["title"]), 200),
            created=shown(str(values["created"]), 40),
            config=config,
            style=str(values["style"]),
            data_hash=str(values["data_hash"]),
            about=dict(values["about"]),
            card=card,
            resumable=card is None and (folder / SNAPSHOT).is_file(),
        )
    except FileNotFoundError as error:
        raise RunError(Said("{folder} is not a run: it has no {config}.", folder=folder, config=CONFIG)) from error
    except OSError as error:
        raise RunError(
            Said("The run in {folder} cannot be read: {strerror}.", folder=folder, strerror=error.strerror or error)
        ) from error
    except (KeyError, TypeError, ValueError) as error:
        raise RunError(
            Said("The run in {folder} cannot be read: {error}.", folder=folder, error=str(error).rstrip("."))
        ) from error


def _require_own(folder: Path) -> None:
    """Refuse what a stranger's run may have in the place of files: it would be read, written or sent on as the run's own."""
    if is_link(folder):
        raise ValueError(Said("the folder is a link to another folder"))
    for path in folder.iterdir():
        if not is_plain(path):
            raise ValueError(Said("{path_name} in the folder is a link or is not a file", path_name=shown(path.name, 100)))


def list_runs(runs: Path) -> tuple[tuple[RunFolder, ...], tuple[str, ...]]:
    """Return all runs, the newest first, and a sentence for each folder that cannot be read."""
    found: list[RunFolder] = []
    problems: list[str] = []
    try:
        folders = sorted(runs.iterdir(), reverse=True) if runs.is_dir() else []
    except OSError as error:
        return (), (Said("{runs} cannot be reached: {strerror}.", runs=runs, strerror=error.strerror or error),)
    for folder in folders:
        if not folder.is_dir() or folder.name == TRASH or folder.name.startswith("."):
            continue
        try:
            found.append(read_run(folder))
        except RunError as error:
            problems.append(str(error))
    found.sort(key=lambda run: (run.created, run.id), reverse=True)  # not every name of a folder begins with its date
    return tuple(found), tuple(problems)


def choose_run(runs: Sequence[RunFolder], run_id: str | None, in_use: str | None = None) -> RunFolder:
    """Return a run by its id (or the beginning of it), or the run in use, or the newest finished one.

    Raises
    ------
    RunError
        If there is no such run; no other one stands in for a run in use that is gone or damaged.
    """
    if run_id is None:
        chosen = [run for run in runs if (run.card is not None if in_use is None else run.id == in_use)]
        if not chosen and in_use is not None:
            raise RunError(Said("The current model {in_use} is missing or cannot be read. Choose another run.", in_use=in_use))
        if not chosen:
            raise RunError(Said("The project has no finished run yet; train a model first."))
        return chosen[0]
    chosen = [run for run in runs if run.id == run_id] or [run for run in runs if run.id.startswith(run_id)]
    if len(chosen) != 1:
        why = (
            mark("The run cannot be chosen: more than one run begins with “{run_id}”. Available: {run_id2}.")
            if chosen
            else mark("The run cannot be chosen: there is no run “{run_id}”. Available: {run_id2}.")
        )
        raise RunError(
            Said(
                why,
                run_id=run_id,
                run_id2=", ".join(run.id for run in runs) or Said("no runs"),
            )
        )
    return chosen[0]


def same_runs(runs: Sequence[RunFolder], config: RunConfig, data_hash: str) -> tuple[RunFolder | None, RunFolder | None]:
    """Return the newest finished and the newest resumable run of one recipe on the same data, None where there is none."""
    same = [run for run in runs if run.config.hash == config.hash and run.data_hash == data_hash]
    return next((run for run in same if run.card is not None), None), next((run for run in same if run.resumable), None)


def rename_run(run: RunFolder, title: str) -> RunFolder:
    """Give a run another title; its id stays. Raises RunError where it cannot be written."""
    with disk_errors(run.folder / CONFIG):
        values = read_json(run.folder / CONFIG)
        write_json(run.folder / CONFIG, {**values, "title": title})
    return read_run(run.folder)


def progress_sentence(folder: Path) -> str:
    """Return what of an unfinished run is on the disk, without reading its checkpoint; of a damaged one nothing can be told."""
    if not (folder / CONFIG).is_file():
        return Said("Nothing was changed.")
    try:
        rows = read_run(folder).history() if (folder / CHECKPOINT).is_file() else []
    except RunError:  # it is told at the end of a worker, which has an ending whatever lies in its folder
        return Said("Nothing was changed.")
    if not rows:
        return Said("No epoch was completed; the run can be started again.")
    return Said(
        "Everything up to epoch {epoch} of {phase} is saved; training can be resumed from there.",
        epoch=rows[-1]["epoch"],
        phase=phase_words(rows[-1]["phase"]),
    )


def refusal(run: RunFolder, *, classes: tuple[str, ...], style: str) -> str | None:
    """Return why a run cannot be used on a project's maps, None where it can.

    Parameters
    ----------
    classes, style
        The project's own.
    """
    if run.config.classes != classes:
        ours, theirs = ", ".join(classes), ", ".join(run.config.classes)
        return Said(
            "The run “{run_title}” distinguishes {theirs}; this project has {ours}. Train again.",
            run_title=run.title,
            theirs=theirs,
            ours=ours,
        )
    if run.style != style:
        return Said(
            "The run “{run_title}” was trained on maps of a different style. Restore that style or train again.",
            run_title=run.title,
        )
    return None


def finish_run(run: RunFolder, card: Mapping[str, Any]) -> RunFolder:
    """Write a run's card, then remove what only an unfinished run needs."""
    write_json(run.folder / CARD, dict(card))
    sweep(run)
    return read_run(run.folder)


def sweep(run: RunFolder) -> None:
    """Remove from a finished run what only an unfinished one needs."""
    for name in (CHECKPOINT, SNAPSHOT, MASKED):
        (run.folder / name).unlink(missing_ok=True)
