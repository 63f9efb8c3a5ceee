"""Runs on a folder of ready-made day maps, without readings or a project; they are stored in its subfolder `runs`.

Such a folder contains images of 480 x 480 pixels in folders named by class with the date in each file name, or an `index.csv`
with the columns file, date and class, as written by `quakegui maps`. There are no earthquakes, no Kp and no stations. Therefore
days that became known after their event cannot be excluded, consecutive days of one class count as one event when label windows
are purged, alarms have no score, and the majority is the only baseline.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from quakegui.formats.errors import FormatError
from quakegui.formats.images import ENDINGS, INDEX, read_image, read_images
from quakegui.judge.alarms import Catalogue
from quakegui.judge.folds import NO_LABEL, Material, Split, material, scorable
from quakegui.judge.judged_by import AsOf, Basis, moment_of, training_day
from quakegui.judge.judgement import Judgement
from quakegui.judge.surrogates import event_windows
from quakegui.learn.calibrated import calibrators_of, fold_of_days
from quakegui.learn.evidence import EvidenceError, make_split
from quakegui.learn.messages import Listen
from quakegui.learn.run_evaluation import ProspectiveEvaluation, evaluate_predictions, rescore, split_of
from quakegui.learn.runs.choice import refusal, same_runs
from quakegui.learn.runs.dataset import Snapshot, map_hashes, snapshot
from quakegui.learn.runs.portions import Portions
from quakegui.learn.runs.registry import RunError, RunFolder, create_run, list_runs, read_run
from quakegui.learn.runs.runconfig import CLASSES, RunConfig
from quakegui.learn.source import DayPredictions, Team
from quakegui.learn.worker.asking import answer, follow, sentence_of
from quakegui.learn.worker.environments import THIS
from quakegui.learn.worker.supervise import Supervisor
from quakegui.progress import CancelCheck
from quakegui.project.filesystem import is_link
from quakegui.project.making import is_project
from quakegui.season.labels import LabelRule
from quakegui.season.localtime import NightWindow
from quakegui.season.network import MAP_PIXELS
from quakegui.words import Said

RUNS = "runs"
STYLE = "ready images"
NO_LEDGER = Said("A folder of ready-made maps has no prediction ledger, so there are no prospective predictions.")
NO_RUN_IN_USE = Said("A folder of ready-made maps has no current model: name a run with --run.")
SYNTHETIC = "SYNTHETIC"
"""Part of the names of synthetic maps, as written by `quakegui maps`."""


@dataclass(frozen=True, slots=True)
class ReadyRuns:
    """The runs of a folder of ready-made maps."""

    maps: Path

    @property
    def folder(self) -> Path:
        """Folder of the runs.

        Raises
        ------
        RunError
            If it is a link: runs would be written, moved and deleted in another place.
        """
        runs = self.maps / RUNS
        if is_link(runs):
            raise RunError(
                Said(
                    "{runs} is a link to another folder; nothing was changed. Replace the link with the folder "
                    "itself, or remove the link.",
                    runs=runs,
                )
            )
        return runs

    @property
    def in_use(self) -> None:
        """None: there is no current run."""

    def use(self, run_id: str | None) -> None:
        """Raise RunError: there is no current run."""
        raise RunError(NO_RUN_IN_USE)

    def require_unregistered(self, run_id: str) -> None:
        """Do nothing: runs on ready-made maps cannot be registered."""

    @property
    def absent(self) -> tuple[()]:
        """None: there is no server."""
        return ()

    def fetch(self, _run_id: str | None) -> None:
        """Do nothing: all runs are in the folder."""


@dataclass(frozen=True, slots=True)
class ReadyMaps:
    """A folder of ready-made day maps; a `MapSource`.

    Attributes
    ----------
    folder
        The folder.
    material
        Days and classes, as input of a split.
    paths
        The image of each day.
    notes
        Sentences on skipped files.
    synthetic
        Whether the names of the maps mark them as synthetic.
    """

    folder: Path
    material: Material
    paths: tuple[Path, ...]
    notes: tuple[str, ...]
    synthetic: bool

    @property
    def name(self) -> str:
        """Name of the folder."""
        return self.folder.name

    @property
    def runs(self) -> ReadyRuns:
        """Its runs."""
        return ReadyRuns(self.folder)

    def begin(self, config: RunConfig) -> RunFolder:
        """Create the folder of a run with the current maps and classes.

        Raises
        ------
        EvidenceError
            If no map has a class.
        ValueError
            If the days cannot be split as the settings require.
        RunError
            If the run cannot be saved.
        """
        if not scorable(self.material).any():
            raise EvidenceError(
                Said(
                    "No map in {folder} has a class: sort the images into folders named 0 to 4, or list their "
                    "classes in an index.csv with the columns file, date and class.",
                    folder=self.folder,
                )
            )
        split = make_split(self.material, config)
        about = {"project": self.name, "synthetic": self.synthetic, "split": list(split.notes), "maps": "ready"}
        runs, data = self.runs.folder, make_snapshot(self, config, split)
        try:
            return create_run(runs, config, data, about=about)
        except OSError as error:
            raise RunError(
                Said(
                    "The run cannot be saved in {runs}: {strerror}. Training was not started.",
                    runs=runs,
                    strerror=error.strerror or error,
                )
            ) from error

    def train(
        self,
        config: RunConfig,
        *,
        listen: Listen,
        resume: str | None = None,
        cancelled: CancelCheck | None = None,
        team: Team | None = None,
    ) -> RunFolder:
        """Train a run in a worker process, see `MapSource.train`.

        Parameters
        ----------
        config
            Settings of a new run; not used with `resume`.
        listen
            Called with every message of the worker.
        resume
            Id of an unfinished run of the folder, which is continued; None for a new run.
        cancelled
            Called ten times a second; when it is true, the worker is asked to stop.
        team
            Who trains the folds first, with the number of threads for all trainings; None for the worker alone.

        Raises
        ------
        EvidenceError
            If no map has a class.
        ValueError
            If the days cannot be split as the settings require.
        RunError
            If the run cannot be saved or read, or the training was stopped or failed; what was finished is kept.
        """
        run = self.begin(config) if resume is None else read_run(self.runs.folder / resume)
        if team is not None:
            team.train_folds(run, listen=listen, cancelled=cancelled)
        environment = THIS if team is None else replace(THIS, threads=team.threads)
        last = follow(Supervisor(run.folder, environment=environment), listen, cancelled)
        finished = read_run(run.folder)
        if finished.card is None:
            raise RunError(Said("{sentence_of} Run ID: {run_id}.", sentence_of=sentence_of(last), run_id=run.id))
        return finished

    def pretrained(self, *, listen: Listen, cancelled: CancelCheck | None = None) -> RunFolder:
        """Raise RunError: a pre-trained model needs more than images.

        Parameters
        ----------
        listen, cancelled
            Not used, see `MapSource.pretrained`.
        """
        raise RunError(
            Said("A pre-trained model needs the station values of several days; ready-made maps are images of single days.")
        )

    def superseded(self, _run: RunFolder) -> str:
        """Return "": no import changes images."""
        return ""

    def predict(self, run: RunFolder, *, listen: Listen, cancelled: CancelCheck | None = None) -> DayPredictions:
        """Return calibrated predictions of a finished run for the folder's maps; stored predictions are used where available.

        Parameters
        ----------
        run
            The run; a stored prediction is available for a map with the same date and pixels.
        listen, cancelled
            Called with every message of the worker, which predicts the other maps; and whether to stop.

        Raises
        ------
        RunError
            If the run is not finished, its maps are of another kind, or the worker failed or was stopped.
        FormatError
            If an image was damaged or removed since the folder was read.
        """
        if run.card is None:
            raise RunError(
                Said("The run “{run_title}” is not finished: resume it before predicting with it.", run_title=run.title)
            )
        why = refusal(run, classes=CLASSES, style=STYLE)
        if why is not None:
            raise RunError(why)
        kept = run.predictions()
        shares, kinds = kept.by_day()
        known = {
            (day, str(name)): row for row, (day, name) in enumerate(zip(kept.days, kept.map_hash, strict=True)) if kinds[row]
        }
        days = self.material.days
        names = [map_hashes(read_image(path)[None], STYLE)[0] for path in self.paths]
        rows = np.array([known.get((day, name), -1) for day, name in zip(days, names, strict=True)], dtype=np.intp)
        unseen = np.flatnonzero(rows < 0)
        probabilities = shares[rows].astype(np.float64)
        if len(unseen):
            maps = maps_to_read([self.paths[row] for row in unseen])
            probabilities[unseen] = answer(run, maps, listen=listen, cancelled=cancelled)
        kind = np.where(rows >= 0, kinds[rows], "unseen")
        calibrators = calibrators_of(run)
        if calibrators is not None:
            fold = np.where(kind == "out-of-fold", fold_of_days(run, days), -1)
            probabilities = calibrators.of_days(fold, probabilities)
        return DayPredictions(days, probabilities, kind, len(unseen), len(days) - len(unseen))

    def evaluate(self, run: RunFolder, as_of: AsOf = "training") -> Judgement:
        """Evaluate a finished run; the only baseline is the majority.

        Parameters
        ----------
        run
            The run, with its predictions.
        as_of
            Use the classes of the maps at its training, or today's; a map without a class today is then not scored.

        Raises
        ------
        RunError
            If the run is not finished, or its predictions are missing or damaged.
        """
        if run.card is None:
            raise RunError(Said("The run “{run_title}” is not finished: resume it before evaluating it.", run_title=run.title))
        predictions = run.predictions()
        then, now = predictions.labels.astype(np.int64), _classes_of(self, predictions.days)
        calibrators = calibrators_of(run)
        if as_of == "today":
            predictions = rescore(predictions, now != NO_LABEL)
        return evaluate_predictions(
            split_of(run, predictions),
            predictions,
            title=run.title or run.id,
            # The time at which a map became known is unknown, and without a catalogue not needed.
            available_at=(predictions.days + np.timedelta64(1, "D")).astype("datetime64[ms]"),
            truth=then if as_of == "training" else now,
            catalogue=Catalogue(np.array([], dtype="datetime64[ms]"), np.array([], dtype=np.int64)),
            windows=event_windows([], LabelRule(), timezone="UTC", night=NightWindow()),
            beside={},
            class_weighted=run.config.class_weights,
            calibrators=None if calibrators is None else calibrators.folds,
            basis=Basis(
                as_of,
                training_day(run.created) if as_of == "training" else moment_of(dt.datetime.now(dt.UTC)),
                int((then != now).sum()),
                None,
                maps=True,
            ),
        ).judgement

    def evaluate_with_rivals(self, run: RunFolder, as_of: AsOf = "training") -> tuple[tuple[Judgement, ...], str]:
        """Return the evaluation of a finished run only: there are no baselines besides the majority.

        Parameters
        ----------
        run, as_of
            See `evaluate`.

        Raises
        ------
        RunError
            See `evaluate`.
        """
        return (self.evaluate(run, as_of),), ""

    def evaluate_prospective(self, _run: RunFolder, *, with_rivals: bool = False) -> ProspectiveEvaluation:
        """Raise RunError: there is no ledger.

        Parameters
        ----------
        _run, with_rivals
            Not used, see `MapSource.evaluate_prospective`.
        """
        raise RunError(NO_LEDGER)

    def evaluate_unflagged(self, _run: RunFolder, _as_of: AsOf = "training", *, listen: Listen) -> None:
        """Return None: ready-made maps have no readings, and so no flags.

        Parameters
        ----------
        _run, _as_of, listen
            Not used, see `MapSource.evaluate_unflagged`.
        """

    def same_runs(self, config: RunConfig) -> tuple[RunFolder | None, RunFolder | None]:
        """Return the finished and the resumable run with the same settings, maps and classes, each None if there is none."""
        data_hash = make_snapshot(self, config, make_split(self.material, config)).hash
        return same_runs(list_runs(self.runs.folder)[0], config, data_hash)

    def evaluate_together(self, runs: Sequence[RunFolder], _config: RunConfig) -> tuple[Judgement, ...]:
        """Evaluate runs with the current classes of the folder's maps.

        Parameters
        ----------
        runs
            Finished runs of the folder.
        _config
            Not used: no baselines are evaluated.

        Raises
        ------
        RunError
            If a run is not finished, or its predictions are missing or damaged.
        """
        return tuple(self.evaluate(run, "today") for run in runs)


def is_ready(folder: Path) -> bool:
    """Return whether a folder contains ready-made maps instead of a project."""
    if is_project(folder) or not folder.is_dir():
        return False
    return (folder / INDEX).is_file() or any(
        path.suffix.lower() in ENDINGS for pattern in ("*", "*/*") for path in folder.glob(pattern)
    )


def read_folder(folder: Path) -> ReadyMaps:
    """Read the days and labels of the maps in a folder.

    Raises
    ------
    EvidenceError
        If the folder contains no usable map.
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
    """Return images in portions, RGB, shape (day, row, column, 3), 0.7 MB a map, without holding all of them in memory.

    Reading a portion raises FormatError for an image that was damaged or removed since the folder was read.
    """
    return Portions(
        (len(paths), MAP_PIXELS, MAP_PIXELS, 3), lambda first, last: np.stack([read_image(path) for path in paths[first:last]])
    )


def make_snapshot(ready: ReadyMaps, config: RunConfig, split: Split) -> Snapshot:
    """Return the training data of a run.

    Parameters
    ----------
    ready, config, split
        The maps, and settings and folds of the run.
    """
    material = ready.material
    return snapshot(
        material.days,
        maps_to_read(ready.paths),
        material.labels,
        style=STYLE,
        has_map=material.has_map,
        folds=split.folds,
        final=np.flatnonzero(scorable(material)) if config.final_fit else np.array([], dtype=np.intp),
    )


def _classes_of(ready: ReadyMaps, days: NDArray[np.datetime64]) -> NDArray[np.int64]:
    """Return the current class of each day's map in the folder, `NO_LABEL` for no class or no map, shape (day,)."""
    classes = dict(zip(ready.material.days.tolist(), ready.material.labels.tolist(), strict=True))
    return np.array([classes.get(day, NO_LABEL) for day in days.tolist()], dtype=np.int64)
