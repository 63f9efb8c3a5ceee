"""What can be learnt from: one protocol that a season and a folder of ready maps both meet.

A command takes a `MapSource` and never asks which of the two it is. What only a season has (a ledger, a window that shows the
predictions of a run in use) `ready_maps` refuses with a sentence.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from quakegui.judge import splits
from quakegui.judge.judged_by import AsOf
from quakegui.judge.judgement import Judgement
from quakegui.learn.messages import Listen
from quakegui.learn.run_evaluation import ProspectiveEvaluation
from quakegui.learn.runs.registry import RunError, RunFolder, choose_run, list_runs
from quakegui.learn.runs.runconfig import RunConfig
from quakegui.progress import CancelCheck
from quakegui.words import Said


@dataclass(frozen=True, slots=True)
class DayPredictions:
    """What a run predicts for the days of a source.

    Attributes
    ----------
    days
        Local dates, shape (day,).
    probabilities
        Shape (day, class), NaN where there is no prediction.
    kind
        "out-of-fold", "in-sample", "prospective", "unseen" (a ready map that the run was neither trained nor judged on), or ""
        where there is no prediction; shape (day,).
    new, unchanged
        How many days were predicted just now, and how many had been before.
    """

    days: NDArray[np.datetime64]
    probabilities: NDArray[np.float64]
    kind: NDArray[np.str_]
    new: int
    unchanged: int


class RunCollection(Protocol):
    """The runs of a project or of a folder of ready maps, which are there without computing its maps."""

    @property
    def folder(self) -> Path:
        """Where the runs lie; raises RunError if that may not be used."""

    @property
    def in_use(self) -> str | None:
        """Id of the run whose predictions are shown, None without one."""

    def use(self, run_id: str | None) -> None:
        """Show the predictions of this run from now on, or of none."""

    def require_unregistered(self, run_id: str) -> None:
        """Refuse, with a ProjectError, to delete a run that is registered."""


class MapSource(Protocol):
    """Labelled day maps that networks are trained on, and the runs that were. Its methods raise RunError with a sentence."""

    @property
    def name(self) -> str:
        """Name of the project or of the folder."""

    @property
    def synthetic(self) -> bool:
        """Whether the maps are made up."""

    @property
    def runs(self) -> RunCollection:
        """Where its runs are kept."""

    def begin(self, config: RunConfig) -> RunFolder:
        """Make the folder of a new run, with the maps and labels as they are now.

        Raises
        ------
        EvidenceError
            If nothing is labelled.
        ValueError
            If the days cannot be split as the recipe asks.
        """

    def train(
        self,
        config: RunConfig,
        *,
        listen: Listen,
        resume: str | None = None,
        cancelled: CancelCheck | None = None,
    ) -> RunFolder:
        """Train to the end in a worker process and return the finished run; raises what `begin` raises.

        Parameters
        ----------
        listen
            Called with every message of the worker.
        resume
            Id of an unfinished run to go on with, instead of a new one.
        cancelled
            Asked ten times a second; once it is true the worker is asked to stop.

        Raises
        ------
        RunError
            If the training was stopped or failed; what it finished is kept, and the sentence names the run.
        """

    def pretrained(self, *, listen: Listen, cancelled: CancelCheck | None = None) -> RunFolder:
        """Return the run of the model that belongs to quakegui, applied now unless it was; RunError where it cannot be."""

    def superseded(self, run: RunFolder) -> str:
        """Return a sentence where the maps have changed since a run was begun, else an empty one."""

    def predict(self, run: RunFolder, *, listen: Listen, cancelled: CancelCheck | None = None) -> DayPredictions:
        """Let a finished run predict every day whose map it has not predicted yet."""

    def evaluate(self, run: RunFolder, as_of: AsOf = "training") -> Judgement:
        """Judge a finished run on the days that it was not trained on, by the labels of its training or by today's."""

    def evaluate_with_rivals(self, run: RunFolder, as_of: AsOf = "training") -> tuple[tuple[Judgement, ...], str]:
        """Judge a finished run, and after it the baselines in its place; the sentence says why there are none."""

    def evaluate_prospective(self, run: RunFolder, *, with_rivals: bool = False) -> ProspectiveEvaluation:
        """Judge what a run predicted before anyone could know the label, and the baselines too if that is asked for."""

    def same_runs(self, config: RunConfig) -> tuple[RunFolder | None, RunFolder | None]:
        """Return the newest finished and the newest resumable run of a recipe on the maps and labels as they are now."""

    def evaluate_together(self, runs: Sequence[RunFolder], config: RunConfig) -> tuple[Judgement, ...]:
        """Judge runs by one set of labels, today's, followed by the baselines in the network's place, if there are any."""


def find_run(runs: RunCollection, run_id: str | None) -> RunFolder:
    """Return a run by its id (or the beginning of it), or the run in use, or the newest finished one; RunError without one."""
    return choose_run(list_runs(runs.folder)[0], run_id, runs.in_use)


def compare(
    source: MapSource,
    config: RunConfig,
    *,
    protocols: Sequence[splits.Protocol] = splits.PROTOCOLS,
    listen: Listen,
    cancelled: CancelCheck | None = None,
    tell: Callable[[str], object] = lambda _sentence: None,
) -> tuple[Judgement, ...]:
    """Judge the network under each protocol, and every baseline under the blocked one; trains what was not trained yet.

    First comes the model that belongs to quakegui, which never saw the season, unless it was not made for such a one.

    Parameters
    ----------
    config
        The recipe; its protocol is replaced by each of `protocols` in turn. A finished run of the same recipe on the same data
        is used again, an unfinished one goes on. All are judged by the labels and earthquakes in force when the last one is
        done.
    listen, cancelled
        As of `MapSource.train`.
    tell
        Told why that model is left out.
    """
    runs = []
    try:
        runs.append(source.pretrained(listen=listen, cancelled=cancelled))
    except RunError as error:
        tell(Said("The pre-trained model was skipped. {error}", error=error))
    for protocol in protocols:
        wanted = dataclasses.replace(config.under(protocol), final_fit=protocol == "blocked", name=f"VGG-12 {protocol}")
        run, unfinished = source.same_runs(wanted)
        resume = None if unfinished is None else unfinished.id
        runs.append(run or source.train(wanted, listen=listen, resume=resume, cancelled=cancelled))
    return source.evaluate_together(runs, config)
