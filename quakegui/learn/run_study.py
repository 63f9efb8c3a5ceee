"""All studies of a run, kept in its folder until what they are computed from changes."""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass

import numpy as np

from quakegui import __version__
from quakegui.judge.epochs import Epochs
from quakegui.judge.judgement import plain
from quakegui.judge.robustness import Robustness
from quakegui.learn import season_study
from quakegui.learn.evidence import project_catalogue
from quakegui.learn.runs.files import read_json, write_json
from quakegui.learn.runs.registry import RunFolder
from quakegui.learn.runs.runchecks import STUDY
from quakegui.learn.season_study import SkillMaps, StudiedEvents
from quakegui.project.progress import CancelCheck, ProgressCallback
from quakegui.project.store import Project
from quakegui.season.json_values import restored
from quakegui.season.season import Season
from quakegui.words import Said

LARGEST = 2**24
EDITION = 2
"""Rises where the same data are studied in another way: what was kept before is then computed anew."""
LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RunStudy:
    """A run from all sides, by its answers to the days that it was not trained on.

    Attributes
    ----------
    events
        What was predicted before each earthquake.
    epochs
        Each daily series about the earthquakes.
    robustness
        The test under other choices.
    skill_maps
        The test over lead, window, distance and magnitude.
    """

    events: StudiedEvents
    epochs: dict[str, Epochs]
    robustness: Robustness
    skill_maps: SkillMaps


def study_run(
    project: Project, season: Season, run: RunFolder, *, progress: ProgressCallback, cancelled: CancelCheck
) -> RunStudy | None:
    """Return the studies of a run, kept with it or computed now and kept; None if cancelled.

    Raises
    ------
    RunError
        If the run is leaky.
    """
    kept = kept_study(project, season, run)
    if kept is not None:
        return kept
    progress(0, 4, Said("earthquake by earthquake"))
    events = season_study.season_events(project, season, run)
    progress(1, 4, Said("series about the earthquakes"))
    epochs = season_study.season_epochs(project, season, run)
    progress(2, 4, Said("other choices"))
    if cancelled():
        return None
    robustness = season_study.season_robustness(project, season, run, {})
    progress(3, 4, Said("lead, window, distance and magnitude"))
    if cancelled():
        return None
    study = RunStudy(events, epochs, robustness, season_study.season_skill_maps(project, season, run))
    if not project.read_only:
        try:
            write_json(run.folder / STUDY, {"inputs": _fingerprint(project, season, run), "study": plain(study)})
        except OSError as error:  # it is there to be looked at, and computed again next time
            LOG.warning("The studies of the run %s are not kept: %s", run.id, error)
    return study


def kept_study(project: Project, season: Season, run: RunFolder) -> RunStudy | None:
    """Return the studies that are kept with a run, None where there are none or where what they come from has changed."""
    path = run.folder / STUDY
    if not path.exists():
        return None
    try:
        kept = read_json(path, largest=LARGEST)
        if kept.get("inputs") != _fingerprint(project, season, run):
            return None
        study: RunStudy = restored(RunStudy, kept.get("study"))
    except ValueError as error:
        LOG.warning("The studies of the run %s are computed again: %s", run.id, error)
        return None
    return study


def _fingerprint(project: Project, season: Season, run: RunFolder) -> str:
    """Return a hash of everything that the studies are computed from, and of the program's version."""
    case, choice = season_study.season_case(project, season, run), season_study.project_choice(project)
    events, shown = project_catalogue(project), season.shown
    arrays = (
        *(case.days, case.probability, case.fold, season.z, season.kp_night[shown], season.available_at[shown]),
        *(events.times, events.classes),
    )
    words = repr((__version__, EDITION, choice, season.config, season.network, case.statistic, case.surrogates))
    made = hashlib.blake2b(words.encode(), digest_size=16)
    for array in arrays:
        made.update(np.ascontiguousarray(array).tobytes())
    return made.hexdigest()
