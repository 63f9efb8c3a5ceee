"""The detection limit of a run, stored in its folder until its input changes.

A pre-trained model predicts the nights itself; of a model of own nights, each night is predicted by the member that was not
trained on it. A run that was trained on the season's labels cannot be used: its models have seen the nights, and those of the
folds are not stored. A matched filter is used in its place, and named as the detector.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quakegui.judge.detection import Detector, Spread, filter_detector
from quakegui.judge.limit import COUNTS, REPLICATES, STRENGTHS, Limit, LimitError, limit_of
from quakegui.judge.replicates import Ground
from quakegui.learn.evidence import season_inputs
from quakegui.learn.network import pretrained
from quakegui.learn.network.modelfile import read_model
from quakegui.learn.network.own_nights import Members
from quakegui.learn.network.vgg12 import vgg12
from quakegui.learn.runs.checkpoint import WEIGHTS, Arrays, members_of, network_identity, put_values, read_weights
from quakegui.learn.runs.frozen import MadeFor, OwnNights, made_for_of
from quakegui.learn.runs.keeping import digest, read_result, write_result
from quakegui.learn.runs.registry import RunError, RunFolder
from quakegui.learn.runs.runchecks import LARGEST, LIMIT
from quakegui.learn.runs.runconfig import RunConfig
from quakegui.progress import CancelCheck, ProgressCallback
from quakegui.project import catalogue, journal
from quakegui.project.store import Project
from quakegui.season.events import scheme_of
from quakegui.season.labels import LabelRule
from quakegui.season.season import Season
from quakegui.words import Said

EDITION = 2
"""Increased whenever the computation changes, so that stored limits are recomputed."""
Team = Callable[[Ground, Detector], Spread]
"""Function that returns how the replicates of a season and a detector are computed."""


def ground_of(project: Project, season: Season) -> Ground:
    """Return the season and earthquakes to which signals are added.

    Parameters
    ----------
    project, season
        The project, and its season.

    Raises
    ------
    LimitError
        If the project has no earthquakes, or classes cannot be defined for them.
    """
    events = catalogue.events(project)
    if not events:
        raise LimitError(
            Said(
                "The project {project_name} has no earthquakes yet, so there is no detection limit to find.",
                project_name=project.name,
            )
        )
    every = catalogue.all_events(project)
    try:
        scheme = catalogue.class_scheme(project) or scheme_of(events)[0]
    except ValueError as error:
        raise LimitError(str(error)) from error
    return Ground(
        season=season,
        events=events,
        others=tuple(event for event, kept in every if not kept),
        scheme=scheme,
        rule=journal.label_rule(project) or LabelRule(),
        inputs=season_inputs(season, [event for event, _ in every]),
    )


def network_detector(ground: Ground, path: Path, title: str) -> Detector:
    """Return a pre-trained model as a detector; the model is built at its first use.

    Parameters
    ----------
    ground
        The season and its earthquakes.
    path
        Folder or file of the model.
    title
        Display name.

    Raises
    ------
    LimitError
        If there is no model, it is damaged, or it cannot be used for this season.
    """
    try:
        model = read_model(path)
    except RunError as error:
        raise LimitError(str(error)) from error
    _require_made_for(ground, model.made_for)
    return _network(model.config, model.weights, title)


def run_detector(ground: Ground, run: RunFolder) -> Detector:
    """Return the detector of a run: its own model if it used no label of the season, otherwise the matched filter.

    Parameters
    ----------
    ground, run
        The season and its earthquakes, and the run.

    Raises
    ------
    LimitError
        If the run is leaky or not finished, so that it has no verdict.
    """
    if run.config.leaky:
        raise LimitError(
            Said(
                "The run “{run_title}” is LEAKY: it has no verdict, so there is no detection limit to go with it.",
                run_title=run.title,
            )
        )
    if run.card is None:
        raise LimitError(Said("The run “{run_title}” is not finished: resume it first.", run_title=run.title))
    if not run.config.zero_shot:
        return filter_detector(ground)
    made_for = made_for_of(run.about)
    _require_made_for(ground, made_for)
    try:
        weights = read_weights(run.folder / WEIGHTS, largest=LARGEST[WEIGHTS])
    except (OSError, ValueError) as error:
        raise LimitError(
            Said("The model of “{title}” cannot be read: {error}.", title=run.title, error=str(error).rstrip("."))
        ) from error
    return _network(run.config, weights, run.title, None if made_for is None else made_for.own)


def _require_made_for(ground: Ground, made_for: MadeFor | None) -> None:
    why = "" if made_for is None else made_for.refusal(ground.season)
    if why:
        raise LimitError(why)


class _Model:
    """A model as the function of a detector; the networks are built at its first use, and not pickled."""

    def __init__(self, recipe: RunConfig, weights: Arrays, title: str, own: OwnNights | None) -> None:
        self._recipe, self._weights, self._title, self._own = recipe, weights, title, own

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name != "networks"}

    @cached_property
    def networks(self) -> list[Any]:
        """The members, of type keras.Model."""
        networks = []
        for values in members_of(self._weights, self._recipe.members):
            networks.append(vgg12(self._recipe))
            put_values(networks[-1].weights, values)
        return networks

    def __call__(self, season: Season) -> NDArray[np.float32]:
        """Return class probabilities, shape (day, class); members of own nights predict their own block."""
        try:
            if self._own is not None:
                return Members(self._recipe, self._own, self.networks).probabilities(season)
            return pretrained.answers(self.networks[0], self._recipe, season)
        except ValueError as error:
            raise LimitError(Said("The model of “{title}” cannot be used: {error}", title=self._title, error=error)) from error


def _network(recipe: RunConfig, weights: Arrays, title: str, own: OwnNights | None = None) -> Detector:
    identity = f"{recipe.hash} {network_identity(weights)}"
    return Detector("network", title, identity, _Model(recipe, weights, title, own))


def limit_run(
    project: Project,
    season: Season,
    run: RunFolder,
    *,
    number: int = REPLICATES,
    team: Team | None = None,
    progress: ProgressCallback,
    cancelled: CancelCheck,
) -> Limit | None:
    """Return the detection limit of a run, stored or computed and stored now; None if cancelled.

    Parameters
    ----------
    project, season, run
        The project, its season, and the run.
    number
        Replicates of each size; a stored limit with fewer is recomputed.
    team
        Function that returns what computes the replicates; default: this process alone.
    progress, cancelled
        Called with steps done, total and a phrase; and whether to stop.

    Raises
    ------
    LimitError
        If it cannot be computed, with the reason.
    """
    ground = ground_of(project, season)
    detector = run_detector(ground, run)
    kept = _kept(ground, detector, run)
    if kept is not None:
        shares = [row.share for row in kept.sizes] + [row.share for row in kept.counts]
        if min(share.replicates for share in shares) >= number:
            return kept
    spread = None if team is None else team(ground, detector)
    found = limit_of(ground, detector, number=number, spread=spread, progress=progress, cancelled=cancelled)
    if found is not None:
        write_result(run.folder / LIMIT, _fingerprint(ground, detector), found)
    return found


def kept_limit(project: Project, season: Season, run: RunFolder) -> Limit | None:
    """Return the stored limit of a run in a season of its project.

    None if there is none, its input has changed, or the run has no limit in this season.

    Parameters
    ----------
    project, season
        The project and its season, whose earthquakes, label rule and anomalies are input.
    run
        The run, with the limit and its model in its folder.
    """
    if not (run.folder / LIMIT).exists():
        return None
    try:
        ground = ground_of(project, season)
        return _kept(ground, run_detector(ground, run), run)
    except LimitError:
        return None


def _kept(ground: Ground, detector: Detector, run: RunFolder) -> Limit | None:
    limit: Limit | None = read_result(run.folder / LIMIT, _fingerprint(ground, detector), Limit)
    return limit


def _fingerprint(ground: Ground, detector: Detector) -> str:
    """Return a hash of all input of the limit, and of the program's version."""
    season = ground.season
    tried = (EDITION, detector.identity, STRENGTHS, COUNTS)
    about = (ground.events, ground.others, ground.scheme, ground.rule, ground.law, ground.inputs)
    nights = (season.anomaly, season.coverage, season.kp_night, season.available_at, season.shown)
    return digest(tried, about, season.config, season.network, nights)
