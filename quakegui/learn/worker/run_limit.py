"""The detection limit of a run, kept in its folder until what it is computed from changes.

A run that never saw the season (a pre-trained network) is asked itself. One that was trained on the season's own nights cannot
be: it knows them, and keeps no network of a block. What a matched filter would have found in these nights stands in for it, and
says so.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quakegui import __version__
from quakegui.judge.judgement import plain
from quakegui.judge.limit import COUNTS, REPLICATES, STRENGTHS, Detector, Limit, LimitError, filter_detector, limit_of
from quakegui.judge.replicates import Ground
from quakegui.learn.evidence import season_inputs
from quakegui.learn.network import pretrained
from quakegui.learn.network.pretraining import predict_both_signs
from quakegui.learn.network.vgg12 import vgg12
from quakegui.learn.runs.checkpoint import WEIGHTS, put_values
from quakegui.learn.runs.files import read_arrays, read_json, write_json
from quakegui.learn.runs.inputs import pictures
from quakegui.learn.runs.registry import RunFolder
from quakegui.learn.runs.runchecks import LIMIT
from quakegui.learn.runs.runconfig import RunConfig
from quakegui.progress import CancelCheck, ProgressCallback
from quakegui.project import catalogue, journal
from quakegui.project.store import Project
from quakegui.season.events import scheme_of
from quakegui.season.json_values import restored
from quakegui.season.labels import LabelRule
from quakegui.season.season import Season
from quakegui.words import Said

ZERO_SHOT = "zero-shot"
"""Protocol of a run whose network never saw the season."""
LARGEST = 2**20
EDITION = 2
"""Rises where the same is computed in another way: what was kept before is then computed anew."""
LOG = logging.getLogger(__name__)


def ground_of(project: Project, season: Season) -> Ground:
    """Return what signals are put into.

    Raises
    ------
    LimitError
        If the project has no earthquakes, or none that can be parted into classes.
    """
    events = catalogue.events(project)
    if not events:
        raise LimitError(
            Said(
                "The project {project_name} has no earthquakes yet, so there is nothing that could have been found.",
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


def network_detector(path: Path, title: str) -> Detector:
    """Return a pre-trained network, a file that `pretrained.save` wrote, as a detector; it is read when it is first asked."""

    def load() -> tuple[RunConfig, Any]:
        model = pretrained.load(path)
        return model.recipe, model.network

    return _network(path, title, load)


def run_detector(ground: Ground, run: RunFolder) -> Detector:
    """Return what a run is asked by: its own network where that never saw the season, else the matched filter.

    Raises
    ------
    LimitError
        If the run is leaky or not finished, so that there is no verdict to stand beside.
    """
    if run.config.leaky:
        raise LimitError(
            Said(
                "The run “{run_title}” is LEAKY: it has no verdict, so there is no detection limit to stand beside it.",
                run_title=run.title,
            )
        )
    if run.card is None:
        raise LimitError(Said("The run “{run_title}” is not finished: resume it first.", run_title=run.title))
    if str(run.config.protocol) != ZERO_SHOT:
        return filter_detector(ground)
    path = run.folder / WEIGHTS

    def load() -> tuple[RunConfig, Any]:
        network = vgg12(run.config)
        put_values(network.weights, read_arrays(path))
        return run.config, network

    return _network(path, run.title, load)


def _network(path: Path, title: str, load: Callable[[], tuple[RunConfig, Any]]) -> Detector:
    """Return a network as a detector; `path` holds its weights, which are read when it is first asked."""
    loaded = cache(load)

    def answers(season: Season) -> NDArray[np.float32]:
        try:
            recipe, network = loaded()
            days = np.flatnonzero(season.has_map)
            answer = np.full((len(season.days), len(recipe.classes)), np.nan, np.float32)
            answer[days] = predict_both_signs(network, pictures(season, recipe.channel, recipe.size, days))
        except ValueError as error:
            raise LimitError(Said("The network of “{title}” cannot be asked: {error}", title=title, error=error)) from error
        return answer

    try:
        identity = hashlib.blake2b(path.read_bytes(), digest_size=16).hexdigest()
    except OSError as error:
        raise LimitError(
            Said("The network of “{title}” cannot be read: {strerror}.", title=title, strerror=error.strerror or error)
        ) from error
    return Detector("network", title, identity, answers)


def limit_run(
    project: Project,
    season: Season,
    run: RunFolder,
    *,
    number: int = REPLICATES,
    progress: ProgressCallback,
    cancelled: CancelCheck,
) -> Limit | None:
    """Return the detection limit of a run, kept with it or computed now and kept; None if cancelled.

    Parameters
    ----------
    number
        Replicates of each size; one that was kept with fewer is computed anew.

    Raises
    ------
    LimitError
        If it cannot be computed, with the reason.
    """
    ground = ground_of(project, season)
    detector = run_detector(ground, run)
    kept = _kept(ground, detector, run)
    if kept is not None and min(row.share.replicates for row in kept.sizes) >= number:
        return kept
    found = limit_of(ground, detector, number=number, progress=progress, cancelled=cancelled)
    if found is not None:
        try:
            write_json(run.folder / LIMIT, {"inputs": _fingerprint(ground, detector), "limit": plain(found)})
        except OSError as error:  # it is there to be looked at, and computed again next time
            LOG.warning("The detection limit of the run %s is not kept: %s", run.id, error)
    return found


def kept_limit(project: Project, season: Season, run: RunFolder) -> Limit | None:
    """Return the limit that is kept with a run, None where there is none or where what it comes from has changed."""
    if not (run.folder / LIMIT).exists():
        return None
    try:
        ground = ground_of(project, season)
        return _kept(ground, run_detector(ground, run), run)
    except LimitError:
        return None


def _kept(ground: Ground, detector: Detector, run: RunFolder) -> Limit | None:
    path = run.folder / LIMIT
    if not path.exists():
        return None
    try:
        kept = read_json(path, largest=LARGEST)
        if kept.get("inputs") != _fingerprint(ground, detector):
            return None
        limit: Limit = restored(Limit, kept.get("limit"))
    except ValueError as error:
        LOG.warning("The detection limit of the run %s is computed again: %s", run.id, error)
        return None
    return limit


def _fingerprint(ground: Ground, detector: Detector) -> str:
    """Return a hash of everything that the limit is computed from, and of the program's version."""
    season = ground.season
    tried = (STRENGTHS, COUNTS)
    about = (ground.events, ground.others, ground.scheme, ground.rule, ground.law, season.config, season.network)
    made = hashlib.blake2b(repr((__version__, EDITION, detector.identity, tried, about)).encode(), digest_size=16)
    for array in (season.all_days, season.anomaly.night_nt, season.kp_night, season.available_at, ground.inputs.doubtful):
        made.update(np.ascontiguousarray(array).tobytes())
    return made.hexdigest()
