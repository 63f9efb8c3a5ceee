"""The season of a project as a source of maps for training."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from quakegui.judge.judged_by import AsOf
from quakegui.judge.judgement import Judgement
from quakegui.learn import issuing, prospective, season_evaluation, season_runs
from quakegui.learn.calibrated import shown_predictions
from quakegui.learn.messages import Listen
from quakegui.learn.run_evaluation import ProspectiveEvaluation, Unflagged
from quakegui.learn.run_sharing import fetch_run
from quakegui.learn.runs.registry import RunFolder
from quakegui.learn.runs.runconfig import RunConfig
from quakegui.learn.source import DayPredictions, Team
from quakegui.learn.unflagged import judge_unflagged
from quakegui.learn.zero_shot import shipped
from quakegui.progress import CancelCheck
from quakegui.project import registrations, runs
from quakegui.project.run_archives import StoredRun, stored_runs
from quakegui.project.store import Project
from quakegui.season.season import Season


@dataclass(frozen=True, slots=True)
class ProjectRuns:
    """The runs of a project."""

    project: Project

    @property
    def folder(self) -> Path:
        """Folder of the runs."""
        return self.project.runs_folder

    @property
    def in_use(self) -> str | None:
        """Id of the current run, whose predictions are shown; None if there is none."""
        return runs.run_in_use(self.project)

    def use(self, run_id: str | None) -> None:
        """Make this run the current one, or none."""
        runs.use_run(self.project, run_id)

    def require_unregistered(self, run_id: str) -> None:
        """Raise ProjectError if the run is registered, see `registrations.require_unregistered`."""
        registrations.require_unregistered(self.project, run_id)

    @property
    def absent(self) -> tuple[StoredRun, ...]:
        """The runs that only the server of a shared project has, newest first."""
        return tuple(run for run in stored_runs(self.project) if not (self.folder / run.id).exists())

    def fetch(self, run_id: str | None) -> object:
        """Fetch a run that only the server of a shared project has."""
        return fetch_run(self.project, run_id)


@dataclass(frozen=True, slots=True)
class SeasonSource:
    """A project with its season; a `MapSource`."""

    project: Project
    season: Season

    @property
    def name(self) -> str:
        """Name of the project."""
        return self.project.name

    @property
    def synthetic(self) -> bool:
        """Whether the readings of the project are synthetic."""
        return self.project.synthetic

    @property
    def runs(self) -> ProjectRuns:
        """Its runs."""
        return ProjectRuns(self.project)

    def begin(self, config: RunConfig) -> RunFolder:
        """Create the folder of a run, see `season_runs.begin_run`."""
        return season_runs.begin_run(self.project, self.season, config)

    def train(
        self,
        config: RunConfig,
        *,
        listen: Listen,
        resume: str | None = None,
        cancelled: CancelCheck | None = None,
        team: Team | None = None,
    ) -> RunFolder:
        """Train a run, see `season_runs.train`.

        Parameters
        ----------
        config, listen, resume, cancelled, team
            See `MapSource.train`.
        """
        return season_runs.train(
            self.project, self.season, config, listen=listen, resume=resume, cancelled=cancelled, team=team
        )

    def pretrained(self, *, listen: Listen, cancelled: CancelCheck | None = None) -> RunFolder:
        """Return the run of the supplied model on the current season, see `shipped.shipped_run`.

        Parameters
        ----------
        listen, cancelled
            Called with every message of the worker; and whether to stop.
        """
        return shipped.shipped_run(self.project, self.season, listen=listen, cancelled=cancelled)

    def superseded(self, run: RunFolder) -> str:
        """Return a sentence if readings, stations or parameters have changed since a run was started, else ""."""
        return season_runs.superseded(self.project, run)

    def predict(self, run: RunFolder, *, listen: Listen, cancelled: CancelCheck | None = None) -> DayPredictions:
        """Predict new days, add them to the ledger, and return calibrated predictions, see `issuing.predict_days`.

        Parameters
        ----------
        run
            A finished run with the classes and the map style of the project.
        listen, cancelled
            Called with every message of the worker; and whether to stop.
        """
        predicted = issuing.predict_days(self.project, self.season, run, listen=listen, cancelled=cancelled)
        table = shown_predictions(self.project, run.id, self.season.days)
        return DayPredictions(self.season.days, table.probabilities, table.kind, len(predicted.issued), predicted.unchanged)

    def evaluate(self, run: RunFolder, as_of: AsOf = "training") -> Judgement:
        """Evaluate a run compared with every baseline, see `season_evaluation.judge_run`.

        Parameters
        ----------
        run
            A finished run of the project.
        as_of
            Use the labels and earthquakes of its training, or today's.
        """
        return season_evaluation.evaluate(self.project, self.season, run, as_of)

    def evaluate_with_rivals(self, run: RunFolder, as_of: AsOf = "training") -> tuple[tuple[Judgement, ...], str]:
        """Evaluate a run and each baseline, see `season_evaluation.judge_with_rivals`.

        Parameters
        ----------
        run
            A finished run of the project.
        as_of
            Use the labels and earthquakes of its training, or today's; the baselines always have today's.
        """
        return season_evaluation.judge_with_rivals(self.project, self.season, run, as_of)

    def evaluate_prospective(self, run: RunFolder, *, with_rivals: bool = False) -> ProspectiveEvaluation:
        """Evaluate the prospective predictions of a run, see `prospective.evaluate_prospective`.

        Parameters
        ----------
        run
            A run with prospective predictions in the ledger.
        with_rivals
            Whether to evaluate each baseline on the same days, too.
        """
        return prospective.evaluate_prospective(self.project, self.season, run, with_rivals=with_rivals)

    def evaluate_unflagged(self, run: RunFolder, as_of: AsOf = "training", *, listen: Listen) -> Unflagged | None:
        """Evaluate a run as if no reading were flagged, see `unflagged.judge_unflagged`.

        Parameters
        ----------
        run, as_of
            See `evaluate`.
        listen
            Called with every message of the worker, in which a pre-trained model predicts the maps again.
        """
        return judge_unflagged(self.project, self.season, run, as_of, listen=listen)

    def same_runs(self, config: RunConfig) -> tuple[RunFolder | None, RunFolder | None]:
        """Return the finished and the resumable run with the same settings on the current season, None where there is none."""
        return season_runs.same_runs_of(self.project, self.season, config)

    def evaluate_together(self, runs: Sequence[RunFolder], config: RunConfig) -> tuple[Judgement, ...]:
        """Evaluate runs and every baseline with the current labels and earthquakes.

        Parameters
        ----------
        runs
            Finished runs of the project.
        config
            Settings that define the folds of the baselines.

        Raises
        ------
        RunError
            If a run has other classes than the project, or its predictions or days are missing.
        EvidenceError
            If nothing is labelled.
        ValueError
            If the season cannot be split.
        """
        return season_evaluation.evaluate_together(self.project, self.season, runs, config)
