"""Runs on disk: one folder each, never overwritten.

A run's folder contains `config.json` (settings, and information on the project), `style.npz` (tables of the map style),
`history.csv`, `weights.npz`, `predictions.npz` and `card.json`; an unfinished run also `snapshot.npz` and `checkpoint.npz`, and
`masked.npz` if maps with other missing stations are predicted. A run with a card is finished.
"""

from __future__ import annotations

import csv
import datetime as dt
import secrets
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quakegui.learn.runs.checkpoint import CHECKPOINT, MEMBERS
from quakegui.learn.runs.dataset import MASKED, SNAPSHOT, Snapshot
from quakegui.learn.runs.files import read_json, write_arrays, write_json
from quakegui.learn.runs.frozen import FrozenAlarms, frozen_alarms_of
from quakegui.learn.runs.nights import NIGHTS, write_nights
from quakegui.learn.runs.phase_words import phase_words
from quakegui.learn.runs.portions import Portions
from quakegui.learn.runs.predictions import PREDICTIONS, RunPredictions
from quakegui.learn.runs.presets import title_of
from quakegui.learn.runs.runchecks import (
    CARD,
    CONFIG,
    HISTORY,
    LARGEST,
    STYLE,
    TRASH,
    check_about,
    check_card,
    check_epoch,
    require_alarm_choice,
)
from quakegui.learn.runs.runconfig import RunConfig
from quakegui.project.filesystem import PART, is_link, is_plain
from quakegui.season.season import Season
from quakegui.strangers import shown
from quakegui.words import Said

LOG = "worker.log"
LOCK = "worker.lock"
PHASES = "phase-*"
"""Folders of the phases that were trained on their own."""
LEFT_BEHIND_S = 86_400.0
"""Age in seconds at which the incomplete folder of a run is removed as the remains of a crash."""


class RunError(Exception):
    """A run cannot be read or used; the message is for the analyst."""


@contextmanager
def disk_errors(place: Path) -> Iterator[None]:
    """Convert an OSError within the block to a RunError about the place that was to be written."""
    try:
        yield
    except OSError as error:
        raise RunError(Said("{place} cannot be written: {strerror}.", place=place, strerror=error.strerror or error)) from error


@dataclass(frozen=True, slots=True)
class RunFolder:
    """A run on disk.

    Attributes
    ----------
    id, folder
        Name of the folder, unique in its project; and its path.
    title, created
        Title given by the analyst, and time of creation, UTC, ISO 8601.
    config, style
        Settings, and map style of the training.
    data_hash, about
        Hash of the days, maps, labels and folds of its training; information on the project.
    card, resumable
        Results, None while the run is unfinished; and whether it can be resumed.
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
        """The alarm rule of a pre-trained model, None for a run that was trained on its season."""
        return frozen_alarms_of(self.card) if self.card is not None and self.config.zero_shot else None

    def history(self) -> list[dict[str, str]]:
        """Return the rows of `history.csv`, one per epoch of every phase; empty before the first epoch.

        Raises
        ------
        RunError
            If the file is damaged.
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
                Said("The history of the run “{title}” is damaged: {error}.", title=self.title, error=error)
            ) from error
        return rows

    def predictions(self) -> RunPredictions:
        """Return the predictions of the run so far.

        Raises
        ------
        RunError
            If there are none yet, or the file is damaged.
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
    other_outages: tuple[NDArray[np.intp], Portions] | None = None,
    nights: Season | None = None,
) -> RunFolder:
    """Create the folder of a run, ready for the worker.

    Parameters
    ----------
    runs, config
        The project's folder of runs, and the settings of the run.
    data
        Maps, labels and folds; written into the folder and never changed.
    about
        Plain values to store with the run, for example the length of the label journal.
    other_outages
        Positions of days, and their maps with the missing stations of other days.
    nights
        Season whose nights a model of own nights is trained on.

    Raises
    ------
    OSError
        If the disk cannot be written; nothing is left behind.
    """
    created = dt.datetime.now(dt.UTC).replace(microsecond=0)
    run_id = f"{created:%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"
    with new_folder(runs, run_id) as folder:
        data_hash = data.save(folder / SNAPSHOT)
        if other_outages is not None and len(other_outages[0]):
            write_arrays(folder / MASKED, {"rows": other_outages[0], "maps": other_outages[1]}, compress=True)
        if nights is not None:
            write_nights(folder, nights)
        write_arrays(folder / STYLE, {"palette": data.palette, "scalar": data.scalar})
        values = {"title": config.name, "created": created.isoformat(), "style": data.style, "data_hash": data_hash}
        write_json(folder / CONFIG, {**values, "config": config.to_json(), "about": dict(about or {})})
    return read_run(runs / run_id)


@contextmanager
def new_folder(runs: Path, run_id: str) -> Iterator[Path]:
    """Yield a hidden folder that becomes that of the run at the end of the block, and is removed if the block raises.

    Parameters
    ----------
    runs
        Folder of all runs, created if it is missing; remains of crashes that are older than `LEFT_BEHIND_S` are removed.
    run_id
        Id of the new run, of which there must be no folder.

    Raises
    ------
    OSError
        If the disk cannot be written; nothing is left behind.
    """
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


def read_run(folder: Path) -> RunFolder:
    """Read the folder of a run.

    Raises
    ------
    RunError
        If it is not a run, its configuration is damaged, or it is or contains a link or a special file.
    """
    try:
        _require_own(folder)
        values = read_json(folder / CONFIG, largest=LARGEST[CONFIG])
        card = read_json(folder / CARD, largest=LARGEST[CARD]) if (folder / CARD).is_file() else None
        check_about(values["about"])
        config = RunConfig.from_json(values["config"])
        if card is not None:
            check_card(card, classes=len(config.classes))
            if config.zero_shot:
                require_alarm_choice(card, values["about"])
        return RunFolder(
            id=folder.name,
            folder=folder,
            title=title_of(shown(str(values["title"]), 200)),
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
        raise _unreadable(folder, error) from error


def _unreadable(folder: Path, error: Exception) -> RunError:
    return RunError(Said("The run in {folder} cannot be read: {error}.", folder=folder, error=str(error).rstrip(".")))


def _require_own(folder: Path) -> None:
    """Raise ValueError for links and special files in a run, which would be read, written or exported as its own files."""
    if is_link(folder):
        raise ValueError(Said("the folder is a link to another folder"))
    for path in folder.iterdir():
        if not is_plain(path):
            raise ValueError(Said("{path_name} in the folder is a link or is not a file", path_name=shown(path.name, 100)))


def list_runs(runs: Path) -> tuple[tuple[RunFolder, ...], tuple[str, ...]]:
    """Return all runs, newest first, and a sentence for each folder that cannot be read."""
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
    found.sort(key=lambda run: (run.created, run.id), reverse=True)  # not every folder name starts with the date
    return tuple(found), tuple(problems)


def rename_run(run: RunFolder, title: str) -> RunFolder:
    """Change the title of a run and return it; its id is unchanged.

    Parameters
    ----------
    run
        The run; this object keeps the former title.
    title
        New title; a long one is stored in full, and shortened when it is read.

    Raises
    ------
    RunError
        If its configuration cannot be written, is damaged, or the run cannot be read.
    """
    with disk_errors(run.folder / CONFIG):
        try:
            values = read_json(run.folder / CONFIG)
        except ValueError as error:
            raise _unreadable(run.folder, error) from error
        write_json(run.folder / CONFIG, {**values, "title": title})
    return read_run(run.folder)


def progress_sentence(folder: Path) -> str:
    """Return a sentence on what is saved of an unfinished run, without reading its checkpoint."""
    if not (folder / CONFIG).is_file():
        return Said("Nothing was changed.")
    try:
        begun = (folder / CHECKPOINT).is_file() or any(folder.glob(MEMBERS))
        rows = read_run(folder).history() if begun else []
    except RunError:  # this sentence ends every job, also one with a damaged folder
        return Said("Nothing was changed.")
    if not rows:
        return Said("No epoch was completed; the run can be started again.")
    return Said(
        "Everything up to epoch {epoch} of {phase} is saved; training can be resumed from there.",
        epoch=rows[-1]["epoch"],
        phase=phase_words(rows[-1]["phase"]),
    )


def member_path(run: Path, number: int) -> Path:
    """Return the file of a trained member of a model of own nights within the folder of its run.

    Parameters
    ----------
    run
        Folder of the run.
    number
        Number of the member, from 0; the file need not exist.
    """
    return run / MEMBERS.replace("*", str(number))


def phase_folder(run: Path, number: int) -> Path:
    """Return the own folder of a phase within the folder of its run.

    Parameters
    ----------
    run
        Folder of the run.
    number
        Number of the phase, from 0; the folder need not exist.
    """
    return run / PHASES.replace("*", str(number))


def finish_run(run: RunFolder, card: Mapping[str, Any]) -> RunFolder:
    """Write the card of a run, then remove the files of an unfinished run, and return the finished run.

    Parameters
    ----------
    run
        The run; this object stays unfinished.
    card
        Results as JSON values, which replace an earlier card.

    Raises
    ------
    OSError
        If the disk cannot be written.
    RunError
        If the card has impossible values.
    """
    write_json(run.folder / CARD, dict(card))
    sweep(run)
    return read_run(run.folder)


def sweep(run: RunFolder) -> None:
    """Remove the files of an unfinished run from a finished one."""
    names = (CHECKPOINT, SNAPSHOT, MASKED, NIGHTS)
    for path in (*map(run.folder.joinpath, names), *run.folder.glob(MEMBERS), *run.folder.glob(f".*{PART}")):
        path.unlink(missing_ok=True)
    for folder in run.folder.glob(PHASES):
        shutil.rmtree(folder)
