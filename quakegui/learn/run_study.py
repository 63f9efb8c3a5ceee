"""Sensitivity studies of a run, stored in its folder until their input changes."""

from __future__ import annotations

from dataclasses import dataclass

from quakegui.judge.epochs import Epochs
from quakegui.judge.robustness import Robustness
from quakegui.learn import season_study
from quakegui.learn.evidence import project_catalogue
from quakegui.learn.runs.keeping import digest, read_result, write_result
from quakegui.learn.runs.registry import RunFolder
from quakegui.learn.runs.runchecks import STUDY
from quakegui.learn.season_study import SkillMaps, StudiedEvents
from quakegui.progress import CancelCheck, ProgressCallback
from quakegui.project.store import Project
from quakegui.season.season import Season
from quakegui.words import Said

EDITION = 3
"""Increased whenever the computation changes, so that stored studies are recomputed."""


@dataclass(frozen=True, slots=True)
class RunStudy:
    """Sensitivity studies of a run, from its out-of-fold predictions.

    Attributes
    ----------
    events
        Predictions before each earthquake.
    epochs
        Superposed epochs of each daily series.
    robustness
        The test with other choices.
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
    """Return the studies of a run, stored or computed and stored now; None if cancelled.

    Parameters
    ----------
    project, season, run
        The project, its season, and the run.
    progress, cancelled
        Called with steps done, total and a phrase; and whether to stop.

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
    progress(1, 4, Said("series around the earthquakes"))
    epochs = season_study.season_epochs(project, season, run)
    progress(2, 4, Said("other choices"))
    if cancelled():
        return None
    robustness = season_study.season_robustness(project, season, run, {})
    progress(3, 4, Said("lead time, window, distance and magnitude"))
    if cancelled():
        return None
    study = RunStudy(events, epochs, robustness, season_study.season_skill_maps(project, season, run))
    if not project.read_only:
        write_result(run.folder / STUDY, _inputs(project, season, run), study)
    return study


def kept_study(project: Project, season: Season, run: RunFolder) -> RunStudy | None:
    """Return the stored studies of a run in a season of its project, None if there are none or their input has changed.

    Parameters
    ----------
    project, season
        The project and its season, whose earthquakes, label rule and anomalies are input.
    run
        The run, with the studies in its folder.

    Raises
    ------
    RunError
        If studies are stored, but the run is leaky, or its predictions are missing or damaged.
    """
    path = run.folder / STUDY
    found: RunStudy | None = read_result(path, _inputs(project, season, run), RunStudy) if path.exists() else None
    return found


def _inputs(project: Project, season: Season, run: RunFolder) -> str:
    """Return a hash of all input of the studies."""
    case, choice, shown = season_study.season_case(project, season, run), season_study.project_choice(project), season.shown
    arrays = (season.z, season.kp_night[shown], season.available_at[shown])
    return digest(EDITION, case, choice, season.config, season.network, project_catalogue(project), run.card, *arrays)
