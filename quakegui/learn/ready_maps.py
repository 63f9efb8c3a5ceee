"""Runs on a folder of ready-made day maps, without readings and without a project; they lie in its folder `runs`.

Such a folder has images of 480 x 480 pixels in folders named by class with the date in each name, or an `index.csv` with the
columns file, date and class: what `quakegui maps` writes. It knows no earthquakes, no Kp and no stations. So days that became
known after their event cannot be told apart, an unbroken run of days of one class counts as one event when label windows are
purged, alarms have no score, and the majority is the only baseline.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from quakegui.formats.errors import FormatError
from quakegui.formats.images import ENDINGS, INDEX, read_image, read_images
from quakegui.judge.alarms import Catalogue
from quakegui.judge.folds import NO_LABEL, Material, Split, material, scorable
from quakegui.judge.judged_by import AsOf, Basis, moment_of, training_day
from quakegui.judge.judgement import Judgement
from quakegui.judge.splits import PROTOCOLS
from quakegui.judge.surrogates import event_windows
from quakegui.learn.evidence import EvidenceError, make_split
from quakegui.learn.run_evaluation import judged, rescored, split_of
from quakegui.learn.runs.dataset import Snapshot, map_hashes, snapshot
from quakegui.learn.runs.portions import Portions
from quakegui.learn.runs.registry import RunError, RunFolder, create_run, list_runs, read_run, refusal, same_runs
from quakegui.learn.runs.runconfig import CLASSES, RunConfig
from quakegui.learn.worker.asking import Listen, answer, follow, sentence_of
from quakegui.learn.worker.supervise import Supervisor
from quakegui.project.filesystem import is_link
from quakegui.project.store import DATABASE
from quakegui.season.labels import LabelRule
from quakegui.season.localtime import NightWindow
from quakegui.season.network import MAP_PIXELS

RUNS = "runs"
STYLE = "ready images"
SYNTHETIC = "SYNTHETIC"
"""In the names of maps that were made up, as `quakegui maps` writes them."""


@dataclass(frozen=True, slots=True)
class ReadyMaps:
    """A folder of ready-made day maps.

    Attributes
    ----------
    folder
        Where it is.
    material
        Days and classes, as a split takes them.
    paths
        The image of each day.
    notes
        Sentences on what was left out.
    synthetic
        Whether the maps' names say that they are made up.
    """

    folder: Path
    material: Material
    paths: tuple[Path, ...]
    notes: tuple[str, ...]
    synthetic: bool

    @property
    def runs(self) -> Path:
        """Where the runs lie; raises RunError like `runs_folder`."""
        return runs_folder(self.folder)


def runs_folder(folder: Path) -> Path:
    """Return where the runs of a folder of ready maps lie.

    Raises
    ------
    RunError
        If a stranger has put a link in its place: runs would be written, moved and deleted where it leads.
    """
    runs = folder / RUNS
    if is_link(runs):
        raise RunError(
            f"{runs} is a link to another folder; nothing was changed. "
            "Put the folder itself in the link's place, or remove the link."
        )
    return runs


def is_ready(folder: Path) -> bool:
    """Say whether a folder holds ready maps instead of a project."""
    if (folder / DATABASE).is_file() or not folder.is_dir():
        return False
    return (folder / INDEX).is_file() or any(
        path.suffix.lower() in ENDINGS for pattern in ("*", "*/*") for path in folder.glob(pattern)
    )


def read_folder(folder: Path) -> ReadyMaps:
    """Read which days a folder has maps of, and how they are labelled.

    Raises
    ------
    EvidenceError
        If the folder holds no usable map; the sentence says why.
    """
    try:
        found = read_images(folder)
    except FormatError as error:
        raise EvidenceError(str(error)) from error
    labels = [NO_LABEL if image.cls is None else image.cls for image in found.images]
    return ReadyMaps(
        folder=folder,
        material=material(np.array([image.day for image in found.images]), labels),
        paths=tuple(image.path for image in found.images),
        notes=found.notes,
        synthetic=any(SYNTHETIC in image.path.name for image in found.images),
    )


def maps_to_read(paths: Sequence[Path]) -> Portions:
    """Return images, RGB, shape (day, row, column, 3), 0.7 MB a map, without keeping them all in memory at any time.

    Where they are read, a FormatError tells of one that was damaged or taken away since its folder was read.
    """
    return Portions(
        (len(paths), MAP_PIXELS, MAP_PIXELS, 3), lambda first, last: np.stack([read_image(path) for path in paths[first:last]])
    )


def make_snapshot(ready: ReadyMaps, config: RunConfig, made: Split) -> Snapshot:
    """Gather what a run learns from."""
    given = ready.material
    return snapshot(
        given.days,
        maps_to_read(ready.paths),
        given.labels,
        style=STYLE,
        has_map=given.has_map,
        folds=made.folds,
        final=np.flatnonzero(scorable(given)) if config.final_fit else np.array([], dtype=np.intp),
    )


def train(
    ready: ReadyMaps,
    config: RunConfig,
    *,
    listen: Listen,
    resume: str | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> RunFolder:
    """Train to the end in a worker process.

    Parameters
    ----------
    listen
        Told everything that the worker says.
    resume
        Id of an unfinished run to go on with, instead of a new one.
    cancelled
        Asked ten times a second; once it says yes the worker is asked to stop.

    Raises
    ------
    EvidenceError
        If no map has a class.
    ValueError
        If the days cannot be split as the recipe asks.
    RunError
        If the run cannot be kept, or the training was stopped or failed; what it finished is kept, and the sentence names it.
    """
    if resume is None:
        if not scorable(ready.material).any():
            raise EvidenceError(
                f"No map in {ready.folder} has a class: sort the images into folders named 0 to 4, or name their classes in "
                "an index.csv with the columns file, date and class."
            )
        made = make_split(ready.material, config)
        about = {"project": ready.folder.name, "synthetic": ready.synthetic, "split": list(made.notes), "maps": "ready"}
        runs, data = ready.runs, make_snapshot(ready, config, made)
        try:
            run = create_run(runs, config, data, about=about)
        except OSError as error:
            raise RunError(f"The run cannot be kept in {runs}: {error.strerror or error}. Nothing was begun.") from error
    else:
        run = read_run(ready.runs / resume)
    last = follow(Supervisor(run.folder), listen, cancelled)
    done = read_run(run.folder)
    if done.card is None:
        raise RunError(f"{sentence_of(last)} Its id is {run.id}.")
    return done


def evaluate(ready: ReadyMaps, run: RunFolder, as_of: AsOf = "training") -> Judgement:
    """Judge a finished run beside the majority.

    Parameters
    ----------
    as_of
        By the classes that the maps had when the run was trained, or by those that the folder gives them now.

    Raises
    ------
    RunError
        If the run is not finished.
    """
    if run.card is None:
        raise RunError(f"The run “{run.title}” is not finished: resume it before judging it.")
    said = run.predictions()
    taught, now = said.labels.astype(np.int64), _classes_of(ready, said.days)
    if as_of == "today":
        said = rescored(said, now != NO_LABEL)
    return judged(
        split_of(run, said),
        said,
        title=run.title or run.id,
        # When a map became known is not told; without a catalogue nothing is measured from it.
        available_at=(said.days + np.timedelta64(1, "D")).astype("datetime64[ms]"),
        truth=taught if as_of == "training" else now,
        catalogue=Catalogue(np.array([], dtype="datetime64[ms]"), np.array([], dtype=np.int64)),
        windows=event_windows([], LabelRule(), timezone="UTC", night=NightWindow()),
        beside={},
        basis=Basis(
            as_of,
            training_day(run.created) if as_of == "training" else moment_of(dt.datetime.now(dt.UTC)),
            int((taught != now).sum()),
            None,
            maps=True,
        ),
    ).judgement


def _classes_of(ready: ReadyMaps, days: NDArray[np.datetime64]) -> NDArray[np.int64]:
    """Return the class that the folder gives the map of each day now, `NO_LABEL` for none or no map, shape (day,)."""
    given = dict(zip(ready.material.days.tolist(), ready.material.labels.tolist(), strict=True))
    return np.array([given.get(day, NO_LABEL) for day in days.tolist()], dtype=np.int64)


def compare(
    ready: ReadyMaps, config: RunConfig, *, listen: Listen, cancelled: Callable[[], bool] | None = None
) -> tuple[Judgement, ...]:
    """Judge the network under each protocol; trains what was not trained yet."""
    found = []
    for protocol in PROTOCOLS:
        wanted = dataclasses.replace(config, protocol=protocol, final_fit=protocol == "blocked", name=f"VGG-12 {protocol}")
        hashed = make_snapshot(ready, wanted, make_split(ready.material, wanted)).hash
        run, unfinished = same_runs(list_runs(ready.runs)[0], wanted, hashed)
        go_on = None if unfinished is None else unfinished.id
        found.append(run or train(ready, wanted, listen=listen, resume=go_on, cancelled=cancelled))
    return tuple(evaluate(ready, run, "today") for run in found)


@dataclass(frozen=True, slots=True)
class Answers:
    """What a run says of a folder's maps.

    Attributes
    ----------
    days
        Local dates, shape (day,).
    probabilities
        Shape (day, class).
    kind
        "out-of-fold", "in-sample", or "unseen": a map that is not among those the run was trained and judged on; shape (day,).
    """

    days: NDArray[np.datetime64]
    probabilities: NDArray[np.float64]
    kind: NDArray[np.str_]


def predict(ready: ReadyMaps, run: RunFolder, *, listen: Listen, cancelled: Callable[[], bool] | None = None) -> Answers:
    """Let a finished run answer a folder's maps; only maps that it has no answer to yet are computed.

    Raises
    ------
    RunError
        If the run is not finished, was trained on maps of another kind, or the worker failed.
    """
    if run.card is None:
        raise RunError(f"The run “{run.title}” is not finished: resume it before predicting with it.")
    why = refusal(run, classes=CLASSES, style=STYLE)
    if why is not None:
        raise RunError(why)
    said = run.predictions()
    shares, kinds = said.shown()
    known = {(day, str(name)): row for row, (day, name) in enumerate(zip(said.days, said.map_hash, strict=True)) if kinds[row]}
    days = ready.material.days
    names = [map_hashes(read_image(path)[None], STYLE)[0] for path in ready.paths]
    rows = np.array([known.get((day, name), -1) for day, name in zip(days, names, strict=True)], dtype=np.intp)
    fresh = np.flatnonzero(rows < 0)
    probabilities = shares[rows].astype(np.float64)
    if len(fresh):
        maps = maps_to_read([ready.paths[row] for row in fresh])
        probabilities[fresh] = answer(run, maps, listen=listen, cancelled=cancelled)
    return Answers(days, probabilities, np.where(rows >= 0, kinds[rows], "unseen"))
