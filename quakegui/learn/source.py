"""Sources of labelled maps: one protocol for the season of a project and for a folder of ready-made maps.

A command uses a `MapSource` without knowing which of the two it is. `ready_maps` raises errors for what only a season has (a
ledger, a current run).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from quakegui.judge import folds
from quakegui.judge.judged_by import AsOf
from quakegui.judge.judgement import Judgement
from quakegui.learn.messages import Listen
from quakegui.learn.run_evaluation import ProspectiveEvaluation, Unflagged
from quakegui.learn.runs.choice import choose_run
from quakegui.learn.runs.registry import RunError, RunFolder, list_runs
from quakegui.learn.runs.runconfig import RunConfig
from quakegui.progress import CancelCheck
from quakegui.project.run_archives import StoredRun
from quakegui.words import Said


@dataclass(frozen=True, slots=True)
class DayPredictions:
    """Predictions of a run for the days of a source.

    Attributes
    ----------
    days
        Local dates, shape (day,).
    probabilities
        Shape (day, class), NaN where missing.
    kind
        "out-of-fold", "in-sample", "prospective", "unseen" (a ready-made map that the run was neither trained nor evaluated
        on), or "" without a prediction; shape (day,).
    new, unchanged
        Number of days predicted now, and of those predicted before.
    """

    days: NDArray[np.datetime64]
    probabilities: NDArray[np.float64]
    kind: NDArray[np.str_]
    new: int
    unchanged: int


class RunCollection(Protocol):
    """The runs of a project or of a folder of ready-made maps, accessible without computing its maps."""

    @property
    def folder(self) -> Path:
        """Folder of the runs; raises RunError if it may not be used."""

    @property
    def in_use(self) -> str | None:
        """Id of the current run, whose predictions are shown; None if there is none."""

    def use(self, run_id: str | None) -> None:
        """Make this run the current one, or none."""

    def require_unregistered(self, run_id: str) -> None:
        """Raise ProjectError if the run is registered, so that it may not be deleted."""

    @property
    def absent(self) -> tuple[StoredRun, ...]:
        """The runs that only the server of a shared project has, newest first."""

    def fetch(self, run_id: str | None) -> object:
        """Fetch a run that only the server of a shared project has, see `run_sharing.fetch_run`."""


class Team(Protocol):
    """Trains the folds of a run, several at a time, before a worker here completes the run."""

    @property
    def threads(self) -> int:
        """Number of threads of each training, the completion of the run included; the results depend on it."""

    def train_folds(self, run: RunFolder, *, listen: Listen, cancelled: CancelCheck | None) -> None:
        """Train all folds of a run that are not trained yet; each result is in the fold's folder (`registry.phase_folder`).

        Parameters
        ----------
        run
            An unfinished run.
        listen
            Called with the progress.
        cancelled
            Whether to stop; what was finished is kept.

        Raises
        ------
        RunError
            If a fold cannot be trained.
        """


class MapSource(Protocol):
    """Labelled day maps for training, and the runs trained on them. Methods raise RunError with a message for the user."""

    @property
    def name(self) -> str:
        """Name of the project or of the folder."""

    @property
    def synthetic(self) -> bool:
        """Whether the maps are synthetic."""

    @property
    def runs(self) -> RunCollection:
        """The runs of the source."""

    def begin(self, config: RunConfig) -> RunFolder:
        """Create the folder of a new run with the current maps and labels.

        Raises
        ------
        EvidenceError
            If nothing is labelled.
        ValueError
            If the days cannot be split as the settings require.
        """

    def train(
        self,
        config: RunConfig,
        *,
        listen: Listen,
        resume: str | None = None,
        cancelled: CancelCheck | None = None,
        team: Team | None = None,
    ) -> RunFolder:
        """Train a run in a worker process and return it when it is finished; raises like `begin`.

        Parameters
        ----------
        config
            Settings of the run.
        listen
            Called with every message of the worker.
        resume
            Id of an unfinished run to resume, instead of a new one.
        cancelled
            Called ten times a second; when it is true, the worker is asked to stop.
        team
            Who trains the folds, before a worker here completes the run; None for that worker.

        Raises
        ------
        RunError
            If the training was stopped or failed; what was finished is kept, and the message names the run.
        """

    def pretrained(self, *, listen: Listen, cancelled: CancelCheck | None = None) -> RunFolder:
        """Return the run of the supplied model, applied now if necessary.

        Parameters as in `train`.

        Raises
        ------
        RunError
            If the model cannot be applied, or its run cannot be saved.
        """

    def superseded(self, run: RunFolder) -> str:
        """Return a sentence if the maps have changed since a run was started, else ""."""

    def predict(self, run: RunFolder, *, listen: Listen, cancelled: CancelCheck | None = None) -> DayPredictions:
        """Predict every day whose map a finished run has not predicted yet, and return all predictions.

        Parameters
        ----------
        run
            The run.
        listen, cancelled
            See `train`.
        """

    def evaluate(self, run: RunFolder, as_of: AsOf = "training") -> Judgement:
        """Evaluate a finished run on its test days.

        Parameters
        ----------
        run
            The run.
        as_of
            Use the labels of its training, or today's.
        """

    def evaluate_with_rivals(self, run: RunFolder, as_of: AsOf = "training") -> tuple[tuple[Judgement, ...], str]:
        """Return the evaluations of a finished run and of the baselines, and a sentence if there are no baselines.

        Parameters as in `evaluate`.
        """

    def evaluate_prospective(self, run: RunFolder, *, with_rivals: bool = False) -> ProspectiveEvaluation:
        """Evaluate the prospective predictions of a run, made before the labels could be known.

        Parameters
        ----------
        run, with_rivals
            The run, and whether to evaluate the baselines, too.
        """

    def evaluate_unflagged(self, run: RunFolder, as_of: AsOf = "training", *, listen: Listen) -> Unflagged | None:
        """Evaluate a finished run as if no reading were flagged; None if nothing is.

        Parameters as in `evaluate` and `train`.
        """

    def same_runs(self, config: RunConfig) -> tuple[RunFolder | None, RunFolder | None]:
        """Return the newest finished and resumable run with the same settings, maps and labels, each None if there is none."""

    def evaluate_together(self, runs: Sequence[RunFolder], config: RunConfig) -> tuple[Judgement, ...]:
        """Evaluate runs with today's labels, followed by the baselines, if there are any.

        Parameters
        ----------
        runs, config
            The runs, and settings that define the folds of the baselines.
        """


def find_run(runs: RunCollection, run_id: str | None) -> RunFolder:
    """Return a run by its id (or its beginning), or the current run, or the newest finished one.

    Parameters
    ----------
    runs, run_id
        The runs, and an id or its beginning, or None.

    Raises
    ------
    RunError
        If there is no such run.
    """
    in_use = runs.in_use
    runs.fetch(in_use if run_id is None else run_id)
    return choose_run(list_runs(runs.folder)[0], run_id, in_use)


def compare(
    source: MapSource,
    config: RunConfig,
    *,
    protocols: Sequence[folds.Protocol] = folds.PROTOCOLS,
    listen: Listen,
    cancelled: CancelCheck | None = None,
    team: Team | None = None,
    seeds: int = 1,
    tell: Callable[[str], object] = lambda _sentence: None,
) -> tuple[Judgement, ...]:
    """Evaluate the model with each protocol, and every baseline with the blocked one; train what is not trained yet.

    The supplied zero-shot model comes first, unless it cannot be applied to the source.

    Parameters
    ----------
    source
        Maps and runs.
    config
        Settings; the protocol is replaced by each of `protocols` in turn. A finished run with the same settings and data is
        used again, an unfinished one is resumed. All are evaluated with the labels and earthquakes that are current when the
        last run is finished.
    protocols
        Names of the protocols.
    listen, cancelled, team
        As in `MapSource.train`.
    seeds
        Number of runs for each protocol, with consecutive seeds from that of the settings on.
    tell
        Called with the reason if the supplied model is skipped.
    """
    runs = []
    try:
        runs.append(source.pretrained(listen=listen, cancelled=cancelled))
    except RunError as error:
        tell(Said("The pre-trained model was skipped. {error}", error=error))
    for protocol, seed in product(protocols, range(config.seed, config.seed + seeds)):
        name = f"VGG-12 {protocol}" if seeds == 1 else f"VGG-12 {protocol}, seed {seed}"
        wanted = dataclasses.replace(config.under(protocol), final_fit=protocol == "blocked", seed=seed, name=name)
        run, unfinished = source.same_runs(wanted)
        resume = None if unfinished is None else unfinished.id
        runs.append(run or source.train(wanted, listen=listen, resume=resume, cancelled=cancelled, team=team))
    return source.evaluate_together(runs, config)
