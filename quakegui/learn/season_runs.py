"""Runs of a project: begun on its season, trained to their end, and kept with their predictions."""

from __future__ import annotations

import contextlib
import dataclasses
import shutil
import time
from pathlib import Path
from typing import Any

import numpy as np

from quakegui.judge.calibration import rows_before
from quakegui.judge.folds import ZERO_SHOT, Split
from quakegui.judge.judgement import plain
from quakegui.learn import messages
from quakegui.learn.evidence import Evidence, gather, knowledge_end, make_snapshot, make_split, masked_maps, style_name
from quakegui.learn.messages import Listen
from quakegui.learn.runs.dataset import Snapshot
from quakegui.learn.runs.earthquakes import EARTHQUAKES, earthquake_facts
from quakegui.learn.runs.frozen import IDENTITY, MADE_FOR, MODEL, made_for_of
from quakegui.learn.runs.label_windows import LABEL_WINDOWS, window_facts
from quakegui.learn.runs.registry import (
    CARD,
    RunError,
    RunFolder,
    choose_run,
    create_run,
    list_runs,
    read_run,
    refusal,
    same_runs,
    sweep,
)
from quakegui.learn.runs.runconfig import CLASSES, RunConfig
from quakegui.learn.worker.asking import follow, sentence_of
from quakegui.learn.worker.environments import THIS, Environment
from quakegui.learn.worker.supervise import Supervisor
from quakegui.progress import CancelCheck
from quakegui.project import catalogue, journal, runs, seasons
from quakegui.project.store import Project, ProjectError
from quakegui.season.season import Season
from quakegui.words import Said


def runs_folder(project: Project) -> Path:
    """Return the folder of a project's runs."""
    return project.folder / "runs"


def begin_run(project: Project, season: Season, config: RunConfig) -> RunFolder:
    """Make a run's folder on the season as it is now, and record that it begins.

    Raises
    ------
    EvidenceError
        If nothing is labelled.
    ValueError
        If the season cannot be split as the recipe asks.
    ProjectError
        If the run cannot be kept; nothing is left behind. A `SupersededError` if the season is not the project's any more.
    """
    seasons.require_current(project, season)
    evidence = gather(project, season)
    made = make_split(evidence.material, config)
    data = make_snapshot(evidence, season, config, made)
    about = about_of(project, season, evidence, made, data)
    if config.zero_shot:
        about |= _pretraining_facts(season, config)
    try:
        masked = None if config.leaky else masked_maps(season, config)
        run = create_run(runs_folder(project), config, data, about=about, masked=masked)
    except OSError as error:
        raise ProjectError(
            Said(
                "The run cannot be saved in {runs_folder}: {strerror}. Training was not started.",
                runs_folder=runs_folder(project),
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
    """Return for which stations a network is to be pre-trained, and for which seasons it is made then."""
    from quakegui.learn.network.pretrained import made_for  # with what simulates: a window needs it for this alone
    from quakegui.learn.network.pretraining_recipe import STATIONS, recipe_for, station_facts

    stations = station_facts(season.network)
    limits = made_for(recipe_for(config, stations))
    why = limits.refusal(season)
    if why:
        raise ValueError(why)
    return {STATIONS: stations, MADE_FOR: dataclasses.asdict(limits)}


def about_of(project: Project, season: Season, evidence: Evidence, made: Split, data: Snapshot) -> dict[str, Any]:
    """Return what a run keeps of the project that it is begun in, plain values.

    A network that never sees the season knows nothing of it; all the same only days that come after it are prospective.
    """
    known = season.available_at[season.shown][season.has_map]
    ends = (
        str(known[-1].astype("datetime64[ms]"))
        if made.protocol == ZERO_SHOT
        else str(knowledge_end(evidence, made, data.final))
    )
    return {
        "project": project.name,
        "synthetic": project.synthetic,
        "journal": len(journal.rows(project)),
        "season": season.config.hash,
        "revision": season.revision,
        "split": list(made.notes),
        "classes": scheme_of(project),
        EARTHQUAKES: earthquake_facts(evidence.catalogue, evidence.available_at),
        LABEL_WINDOWS: window_facts(evidence.windows),
        "event_rows": rows_before(evidence.catalogue.times, evidence.available_at).tolist(),
        "knows_until": ends,
    }


def record_run(project: Project, run: RunFolder) -> None:
    """Record a finished run that came from elsewhere, so that what it says can be kept."""
    if run.card is not None and all(known.id != run.id for known in runs.runs(project)):
        runs.add_run(project, runs.Run(run.id, time.time_ns() // 1_000_000, "done", run.config.to_json(), run.card))


def scheme_of(project: Project) -> dict[str, Any] | None:
    """Return how the project parts its events into classes, as plain values."""
    scheme = catalogue.class_scheme(project)
    return None if scheme is None else plain(scheme)


def refuse_foreign(project: Project, season: Season, run: RunFolder) -> None:
    """Refuse a run that was trained on maps of another style, or to tell other classes apart.

    Raises
    ------
    RunError
        With the sentence why.
    """
    made_for = made_for_of(run.about)
    why = refusal(run, classes=CLASSES, style=style_name(season.config)) or (made_for.refusal(season) if made_for else None)
    if why:
        raise RunError(why)
    refuse_other_classes(project, run)


def refuse_other_classes(project: Project, run: RunFolder) -> None:
    """Refuse a run that was trained to tell other classes apart than the project has now, to predict or to be judged.

    Raises
    ------
    RunError
        With the sentence why.
    """
    why = class_mismatch(project, run)
    if why:
        raise RunError(why)


def class_mismatch(project: Project, run: RunFolder) -> str:
    """Return a sentence where a run tells other classes apart than the project has now, else an empty one."""
    theirs, ours = run.about.get("classes"), scheme_of(project)
    if theirs is None or (ours is not None and all(np.allclose(theirs[name], ours[name], atol=1e-6) for name in theirs)):
        return ""
    return Said(
        "The run “{run_title}” was trained with classes different from this project's: it has its own magnitude "
        "split ({split_magnitude:g}) and its own northern and southern clusters. Train again.",
        run_title=run.title,
        split_magnitude=theirs["split_magnitude"],
    )


def class_mismatch_by_id(project: Project, run_id: str) -> str:
    """Return what `class_mismatch` says of the run that predictions are of, an empty sentence where its folder is gone."""
    try:
        return class_mismatch(project, read_run(runs_folder(project) / run_id))
    except RunError:
        return ""


def end_run(project: Project, season: Season, run_id: str, message: messages.Message) -> RunFolder:
    """Record how a run ended; the predictions of a finished one go into the ledger and become those shown."""
    run = read_run(runs_folder(project) / run_id)
    if run.card is None:
        status = "cancelled" if isinstance(message, messages.Cancelled) else "failed"
        runs.finish_run(project, run_id, status, {"message": sentence_of(message)})
        return run
    complete_run(project, season, run)
    return run


def superseded(project: Project, run: RunFolder) -> str:
    """Return a sentence where the readings have changed since a run of this project was begun, else an empty one."""
    if run.card is None or run.about.get("revision") in (None, project.revision()):
        return ""
    return Said(
        "Readings, stations or parameters have changed since the run “{run_title}” was started. The model was "
        "trained on the earlier maps, as the ledger records; to use the current maps, predict with this model or "
        "train again.",
        run_title=run.title,
    )


def complete_run(project: Project, season: Season, run: RunFolder) -> None:
    """Record a finished run with its out-of-fold and in-sample predictions, and show it."""
    assert run.card is not None
    now_ms = time.time_ns() // 1_000_000
    runs.complete_run(project, runs.Run(run.id, now_ms, "done", run.config.to_json(), run.card), _said(season, run))
    with contextlib.suppress(OSError):  # what is left behind costs room and nothing else
        sweep(run)


def complete_runs(project: Project, season: Season) -> tuple[str, ...]:
    """Record the runs that were finished without it: the worker had ended, and then the program died.

    Returns
    -------
    Their ids.
    """
    if project.read_only:
        return ()
    completed = []
    for run_id in runs.unfinished(project):
        folder = runs_folder(project) / run_id
        if not (folder / CARD).is_file():
            continue
        # A damaged run does not keep the season from being shown; the list of runs names it.
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
    environment: Environment = THIS,
    resume: str | None = None,
    cancelled: CancelCheck | None = None,
) -> RunFolder:
    """Train to the end in a worker process and keep the run with its predictions.

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
        If the training was stopped or failed; what it finished is kept, and the sentence names the run. Else as of `begin_run`.
    """
    run = begin_run(project, season, config) if resume is None else read_run(runs_folder(project) / resume)
    last = follow(Supervisor(run.folder, environment=environment), listen, cancelled)
    finished = end_run(project, season, run.id, last)
    if finished.card is None:
        raise RunError(Said("{sentence_of} Run ID: {run_id}.", sentence_of=sentence_of(last), run_id=run.id))
    return finished


def finished_runs(project: Project) -> tuple[RunFolder, ...]:
    """Return the project's finished runs, the newest first."""
    return tuple(run for run in list_runs(runs_folder(project))[0] if run.card is not None)


def find_run(project: Project, run_id: str | None) -> RunFolder:
    """Return a run by its id (or the beginning of it), or the run in use, or the newest finished one.

    Raises
    ------
    RunError
        If there is no such run.
    """
    return choose_run(list_runs(runs_folder(project))[0], run_id, runs.run_in_use(project))


def same_runs_of(
    project: Project, season: Season, config: RunConfig, *, network: str | None = None
) -> tuple[RunFolder | None, RunFolder | None]:
    """Return the finished and the resumable run of a recipe on the season as it is; hashes maps only if one can be there.

    Parameters
    ----------
    network
        Identity of the ready model that was applied; None for what was trained here.
    """
    every = [run for run in list_runs(runs_folder(project))[0] if run.config.hash == config.hash]
    if network is None:
        found = [run for run in every if MODEL not in run.about]
    else:
        found = [run for run in every if run.card is not None and run.card.get(IDENTITY) == network]
    if not found:
        return None, None
    evidence = gather(project, season)
    return same_runs(found, config, make_snapshot(evidence, season, config, make_split(evidence.material, config)).hash)
