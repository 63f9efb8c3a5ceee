"""Runs of a project: started on its season, trained, and stored with their predictions."""

from __future__ import annotations

import contextlib
import dataclasses
import logging
import shutil
import time
from typing import Any

import numpy as np

from quakegui.judge.calibration import rows_before
from quakegui.judge.folds import UNTAUGHT, Split
from quakegui.learn import messages
from quakegui.learn.evidence import Evidence, gather, knowledge_end, make_snapshot, make_split, masked_maps, style_name
from quakegui.learn.messages import Listen
from quakegui.learn.run_classes import refuse_other_classes, scheme_of
from quakegui.learn.run_sharing import fetch_run, share_run
from quakegui.learn.runs.choice import choose_run, refusal, same_runs
from quakegui.learn.runs.dataset import Snapshot
from quakegui.learn.runs.earthquakes import EARTHQUAKES, EVERY, earthquake_facts, every_earthquake_facts
from quakegui.learn.runs.frozen import IDENTITY, MADE_FOR, MODEL, made_for_of
from quakegui.learn.runs.label_windows import LABEL_WINDOWS, window_facts
from quakegui.learn.runs.registry import RunError, RunFolder, create_run, list_runs, read_run, sweep
from quakegui.learn.runs.runchecks import CARD
from quakegui.learn.runs.runconfig import CLASSES, RunConfig
from quakegui.learn.source import Team
from quakegui.learn.worker.asking import follow, sentence_of
from quakegui.learn.worker.environments import THIS
from quakegui.learn.worker.supervise import Supervisor
from quakegui.progress import CancelCheck
from quakegui.project import journal, runs, seasons
from quakegui.project.store import Project, ProjectError
from quakegui.season.season import Season
from quakegui.words import Said

LOG = logging.getLogger(__name__)


def begin_run(project: Project, season: Season, config: RunConfig) -> RunFolder:
    """Create the folder of a run on the current season, and record its start.

    Parameters
    ----------
    project, season
        The project, and its season.
    config
        Settings of the run.

    Raises
    ------
    EvidenceError
        If nothing is labelled.
    ValueError
        If the season cannot be split as the settings require.
    ProjectError
        If the run cannot be saved (nothing is left behind), or, as `SupersededError`, if the season is no longer current.
    """
    seasons.require_current(project, season)
    evidence = gather(project, season)
    made = make_split(evidence.material, config)
    data = make_snapshot(evidence, season, config, made)
    about = about_of(project, season, evidence, made, data)
    if config.zero_shot:
        about |= _pretraining_facts(season, config)
    nights = season if config.own_nights else None
    try:
        masked = None if config.leaky else masked_maps(season, config)
        run = create_run(project.runs_folder, config, data, about=about, other_outages=masked, nights=nights)
    except OSError as error:
        raise ProjectError(
            Said(
                "The run cannot be saved in {runs_folder}: {strerror}. Training was not started.",
                runs_folder=project.runs_folder,
                strerror=error.strerror or error,
            )
        ) from error
    try:
        begun = runs.Run(run.id, time.time_ns() // 1_000_000, "running", config.to_json(), {})
        runs.add_run(project, begun, revision=season.revision)
    except ProjectError:
        shutil.rmtree(run.folder, ignore_errors=True)
        raise
    return run


def _pretraining_facts(season: Season, config: RunConfig) -> dict[str, Any]:
    """Return the stations for which a model is to be pre-trained, and the limits of the seasons it can be used for."""
    from quakegui.learn.network import own_nights  # imports the simulation, needed only here
    from quakegui.learn.network.pretrained import made_for
    from quakegui.learn.network.pretraining_recipe import STATIONS, recipe_for, station_facts

    if config.own_nights:
        return {MADE_FOR: dataclasses.asdict(own_nights.made_for(season))}
    stations = station_facts(season.network)
    limits = made_for(recipe_for(config, stations))
    why = limits.refusal(season)
    if why:
        raise ValueError(why)
    return {STATIONS: stations, MADE_FOR: dataclasses.asdict(limits)}


def about_of(project: Project, season: Season, evidence: Evidence, split: Split, data: Snapshot) -> dict[str, Any]:
    """Return what a run stores about its project, as plain values.

    A pre-trained model uses no label of the season; nevertheless only days after the season are prospective.

    Parameters
    ----------
    project, season, evidence
        The project, its season, and its labels and events.
    split
        Folds of the run.
    data
        Training data of the run.
    """
    known = season.available_at[season.shown][season.has_map]
    ends = (
        str(known[-1].astype("datetime64[ms]"))
        if split.protocol in UNTAUGHT
        else str(knowledge_end(evidence, split, data.final))
    )
    return {
        "project": project.name,
        "synthetic": project.synthetic,
        "journal": len(journal.rows(project)),
        "season": season.config.hash,
        "revision": season.revision,
        "split": list(split.notes),
        "classes": scheme_of(project),
        EARTHQUAKES: earthquake_facts(evidence.catalogue, evidence.available_at),
        EVERY: every_earthquake_facts(evidence.inputs),
        LABEL_WINDOWS: window_facts(evidence.windows),
        "event_rows": rows_before(evidence.catalogue.times, evidence.available_at).tolist(),
        "knows_until": ends,
    }


def record_run(project: Project, run: RunFolder) -> None:
    """Record a finished run from elsewhere in the project, so that its predictions can be stored.

    Parameters
    ----------
    project
        Open project; of a shared one, the server gets the files of the run, too, if it takes them.
    run
        The run; nothing happens if it is unfinished or recorded already.

    Raises
    ------
    ProjectError
        If the project cannot be written.
    """
    if run.card is not None and all(known.id != run.id for known in runs.runs(project)):
        _share(project, run)
        runs.add_run(project, runs.Run(run.id, time.time_ns() // 1_000_000, "done", run.config.to_json(), run.card))


def refuse_foreign(project: Project, season: Season, run: RunFolder) -> None:
    """Refuse a run that was trained on maps of another style, or with other classes.

    Parameters
    ----------
    project, season, run
        The project, its season, and the run.

    Raises
    ------
    RunError
        With the reason.
    """
    made_for = made_for_of(run.about)
    why = refusal(run, classes=CLASSES, style=style_name(season.config)) or (made_for.refusal(season) if made_for else None)
    if why:
        raise RunError(why)
    refuse_other_classes(project, run)


def end_run(project: Project, season: Season, run_id: str, message: messages.Message) -> RunFolder:
    """Record the end of a run; the predictions of a finished run are added to the ledger and become current.

    Parameters
    ----------
    project, season
        The project, and its season.
    run_id
        Id of the run.
    message
        Last message of the worker.
    """
    run = read_run(project.runs_folder / run_id)
    if run.card is None:
        status = "cancelled" if isinstance(message, messages.Cancelled) else "failed"
        runs.finish_run(project, run_id, status, {"message": sentence_of(message)})
        return run
    complete_run(project, season, run)
    return run


def superseded(project: Project, run: RunFolder) -> str:
    """Return a sentence if the readings have changed since a run of this project was started, else "".

    Parameters
    ----------
    project
        Its present revision is compared with that of the run.
    run
        The run; "" is returned if it is unfinished or stores no revision.
    """
    if run.card is None or run.about.get("revision") in (None, project.revision()):
        return ""
    return Said(
        "Readings, stations or parameters have changed since the run “{run_title}” was started. The model was "
        "trained on the earlier maps, as the ledger records; to use the current maps, predict with this model or "
        "train again.",
        run_title=run.title,
    )


def complete_run(project: Project, season: Season, run: RunFolder) -> None:
    """Record a finished run with its out-of-fold and in-sample predictions, and make it current.

    Parameters
    ----------
    project, season
        The project, and its season; predictions of days outside the season are not recorded.
    run
        The run, with its card; the files of an unfinished run are removed from its folder.

    Raises
    ------
    RunError
        If the run has other classes, or its predictions are missing or damaged.
    ProjectError
        If the project cannot be written.
    """
    assert run.card is not None
    now_ms, said = time.time_ns() // 1_000_000, _said(season, run)
    _share(project, run)  # first, so that colleagues find it once they hear of it
    runs.complete_run(project, runs.Run(run.id, now_ms, "done", run.config.to_json(), run.card), said)
    with contextlib.suppress(OSError):  # remaining files only take disk space
        sweep(run)


def _share(project: Project, run: RunFolder) -> None:
    """Store a run for colleagues; if that fails, it is tried again, and reported, when a window next opens the project."""
    try:
        share_run(project, run)
    except (ProjectError, RunError):
        LOG.warning("The run %s could not be stored on the server", run.id, exc_info=True)


def complete_runs(project: Project, season: Season) -> tuple[str, ...]:
    """Record runs that finished after the program had stopped, and return their ids.

    Parameters
    ----------
    project
        Open project; nothing happens if it is read-only.
    season
        Its season, see `complete_run`.

    Raises
    ------
    ProjectError
        If the project cannot be written.
    """
    if project.read_only:
        return ()
    completed = []
    for run_id in runs.unfinished(project):
        folder = project.runs_folder / run_id
        if not (folder / CARD).is_file():
            continue
        # A damaged run must not prevent the season from being shown; the list of runs reports it.
        with contextlib.suppress(RunError):
            complete_run(project, season, read_run(folder))
            completed.append(run_id)
    return tuple(completed)


def _said(season: Season, run: RunFolder) -> list[runs.LedgerPredictions]:
    """Return a finished run's out-of-fold and in-sample predictions of the season's days; RunError if it has other classes."""
    why = refusal(run, classes=CLASSES, style=run.style)
    if why is not None:
        raise RunError(why)
    said = run.predictions()
    shares, kinds = said.by_day()
    place = {day: k for k, day in enumerate(season.days)}
    cutoff = season.available_at[season.shown].astype("datetime64[ms]").astype(np.int64)
    found = []
    for kind in ("out-of-fold", "in-sample"):
        rows = np.array([k for k in np.flatnonzero(kinds == kind) if said.days[k] in place], dtype=np.intp)
        if rows.size:
            found.append(
                runs.LedgerPredictions(
                    days=said.days[rows],
                    probabilities=shares[rows].astype(np.float64),
                    kind=kind,
                    map_hash=tuple(str(name) for name in said.map_hash[rows]),
                    cutoff_ms=cutoff[[place[day] for day in said.days[rows]]],
                    config_hash=str(run.about.get("season") or season.config.hash),
                )
            )
    return found


def train(
    project: Project,
    season: Season,
    config: RunConfig,
    *,
    listen: Listen,
    resume: str | None = None,
    cancelled: CancelCheck | None = None,
    team: Team | None = None,
) -> RunFolder:
    """Train a run in a worker process and store it with its predictions, see `MapSource.train` and `begin_run`.

    Parameters
    ----------
    project, season
        The project, and its season.
    config
        Settings of a new run; not used with `resume`.
    listen
        Called with every message of the worker.
    resume
        Id of an unfinished run of the project, which is continued; None for a new run.
    cancelled
        Called ten times a second; when it is true, the worker is asked to stop.
    team
        Who trains the folds first, with the number of threads for all trainings; None for the worker alone.

    Raises
    ------
    EvidenceError
        If nothing is labelled.
    ValueError
        If the season cannot be split or used for pre-training as the settings require.
    RunError
        If the run cannot be read, or the training was stopped or failed; what was finished is kept.
    ProjectError
        If the run cannot be saved or recorded, or, as `SupersededError`, if the season is no longer current.
    """
    run = begin_run(project, season, config) if resume is None else read_run(project.runs_folder / resume)
    environment = THIS
    if team is not None:  # all trainings use its number of threads
        environment = dataclasses.replace(environment, threads=team.threads)
        team.train_folds(run, listen=listen, cancelled=cancelled)
    last = follow(Supervisor(run.folder, environment=environment), listen, cancelled)
    finished = end_run(project, season, run.id, last)
    if finished.card is None:
        raise RunError(Said("{sentence_of} Run ID: {run_id}.", sentence_of=sentence_of(last), run_id=run.id))
    return finished


def finished_runs(project: Project) -> tuple[RunFolder, ...]:
    """Return the project's finished runs, newest first."""
    return tuple(run for run in list_runs(project.runs_folder)[0] if run.card is not None)


def find_run(project: Project, run_id: str | None) -> RunFolder:
    """Return a run by its id (or its beginning), or the current run, or the newest finished one, see `source.find_run`.

    One that a colleague trained is fetched from the server of a shared project: call it in a job.

    Parameters
    ----------
    project
        The project; a fetched run is written into its folder of runs.
    run_id
        Id or its beginning; None for the current run or, if there is none, the newest finished one.

    Raises
    ------
    RunError
        If there is no such run, its files on the server are not its own, or the disk cannot be written.
    ProjectError
        If the server cannot be reached, or has other files than were stored.
    """
    in_use = runs.run_in_use(project)
    fetch_run(project, in_use if run_id is None else run_id)
    return choose_run(list_runs(project.runs_folder)[0], run_id, in_use)


def same_runs_of(
    project: Project, season: Season, config: RunConfig, *, network: str | None = None
) -> tuple[RunFolder | None, RunFolder | None]:
    """Return the finished and the resumable run with the same settings on the current season, each None if there is none.

    Parameters
    ----------
    project, season, config
        See `begin_run`.
    network
        Identity of the pre-trained model that was applied; None for a model trained here.
    """
    every = [run for run in list_runs(project.runs_folder)[0] if run.config.hash == config.hash]
    if network is None:
        found = [run for run in every if MODEL not in run.about]
    else:
        found = [run for run in every if run.card is not None and run.card.get(IDENTITY) == network]
    if not found:
        return None, None
    evidence = gather(project, season)
    return same_runs(found, config, make_snapshot(evidence, season, config, make_split(evidence.material, config)).hash)
