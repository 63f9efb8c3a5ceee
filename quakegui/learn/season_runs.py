"""Runs of a project: begun on its season, followed to their end, kept with their predictions, judged, compared."""

from __future__ import annotations

import dataclasses
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quakegui.learn import messages
from quakegui.learn.environments import THIS, Environment
from quakegui.learn.evidence import Evidence, baselines, gather, knows_until, make_snapshot, make_split, style_name
from quakegui.learn.files import read_arrays, write_arrays
from quakegui.learn.folds import Fold, Split
from quakegui.learn.jobs import ANSWERS, MAPS
from quakegui.learn.judge import judge
from quakegui.learn.judgement import Judgement, plain
from quakegui.learn.predictions import TEST, TRAINED, VALIDATION, Predictions
from quakegui.learn.registry import RunError, RunFolder, create_run, list_runs, read_run, refusal
from quakegui.learn.runconfig import CLASSES, RunConfig
from quakegui.learn.splits import PROTOCOLS, Protocol
from quakegui.learn.supervise import Supervisor
from quakegui.project import catalogue, journal, runs
from quakegui.project.store import Project
from quakegui.season.season import Season

Listen = Callable[[messages.Message], None]


@dataclass(frozen=True, slots=True)
class Ended:
    """How a training ended: the run, and the worker's last message."""

    run: RunFolder
    message: messages.Message

    @property
    def done(self) -> bool:
        """Whether the run was finished."""
        return isinstance(self.message, messages.Done)


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
    """
    evidence = gather(project, season)
    made = make_split(evidence, config)
    data = make_snapshot(evidence, season, config, made)
    about = {
        "project": project.name,
        "synthetic": project.synthetic,
        "journal": len(journal.rows(project)),
        "season": season.config.hash,
        "split": list(made.notes),
        "classes": scheme_of(project),
        "knows_until": str(knows_until(evidence, made, data.final)),
    }
    run = create_run(runs_folder(project), config, data, about=about)
    runs.add_run(project, runs.Run(run.id, time.time_ns() // 1_000_000, "running", config.to_json(), {}))
    return run


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
    why = refusal(run, classes=CLASSES, style=style_name(season.config))
    if why is not None:
        raise RunError(why)
    theirs, ours = run.about.get("classes"), scheme_of(project)
    if theirs is not None and (ours is None or not all(np.allclose(theirs[name], ours[name], atol=1e-6) for name in theirs)):
        raise RunError(
            f"The run “{run.title}” was trained with other classes than this project has: it parts events at magnitude "
            f"{theirs['split_magnitude']:g} and by its own north and south. Train anew."
        )


def answer(
    run: RunFolder,
    maps: NDArray[np.uint8],
    *,
    listen: Listen,
    cancelled: Callable[[], bool] | None = None,
    environment: Environment = THIS,
) -> NDArray[np.float64]:
    """Let a finished run predict maps, in a worker process.

    Parameters
    ----------
    maps
        As `draw_maps` gives them.

    Returns
    -------
    Class probabilities, shape (day, class).

    Raises
    ------
    RunError
        If the worker failed or was stopped.
    """
    if not len(maps):
        return np.empty((0, len(run.config.classes)))
    with tempfile.TemporaryDirectory(prefix="quakegui-predict-") as scratch:
        folder = Path(scratch)
        write_arrays(folder / MAPS, {"maps": maps})
        last = _follow(Supervisor(folder, job="predict", run=run.folder, environment=environment), listen, cancelled)
        if not isinstance(last, messages.Done):
            raise RunError(sentence_of(last))
        return read_arrays(folder / ANSWERS)["probabilities"].astype(np.float64)


def _follow(supervisor: Supervisor, listen: Listen, cancelled: Callable[[], bool] | None) -> messages.Message:
    """Follow a worker to its end, asking it to stop once `cancelled` says so, and return its last message."""
    over = threading.Event()

    def watch() -> None:
        while cancelled is not None and not over.wait(0.1):
            if cancelled():
                supervisor.cancel()
                return

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        for message in supervisor.events():
            last = message
            listen(message)
    finally:
        over.set()
        watcher.join()
    return last


def sentence_of(message: messages.Message) -> str:
    """Return what a worker's last message says."""
    return str(getattr(message, "sentence", None) or getattr(message, "summary", "The worker was stopped."))


def end_run(project: Project, season: Season, run_id: str, message: messages.Message) -> RunFolder:
    """Record how a run ended; the predictions of a finished one go into the ledger and become those shown."""
    run = read_run(runs_folder(project) / run_id)
    if run.card is None:
        status = "cancelled" if isinstance(message, messages.Cancelled) else "failed"
        runs.finish_run(project, run_id, status, {"message": sentence_of(message)})
        return run
    keep_predictions(project, season, run)
    runs.finish_run(project, run_id, "done", run.card)
    runs.use_run(project, run_id)
    return run


def keep_predictions(project: Project, season: Season, run: RunFolder) -> None:
    """Add a finished run's out-of-fold and in-sample predictions to the ledger."""
    said = run.predictions()
    shares, kinds = said.shown()
    place = {day: k for k, day in enumerate(season.days)}
    cutoff = season.available_at[season.shown].astype("datetime64[ms]").astype(np.int64)
    for kind in ("out-of-fold", "in-sample"):
        rows = np.array([k for k in np.flatnonzero(kinds == kind) if said.days[k] in place], dtype=np.intp)
        if rows.size:
            runs.append_predictions(
                project,
                run.id,
                runs.Predictions(
                    days=said.days[rows],
                    probabilities=shares[rows].astype(np.float64),
                    kind=kind,
                    map_hash=tuple(str(name) for name in said.map_hash[rows]),
                    cutoff_ms=cutoff[[place[day] for day in said.days[rows]]],
                    config_hash=season.config.hash,
                ),
            )


def train(
    project: Project,
    season: Season,
    config: RunConfig,
    *,
    listen: Listen,
    environment: Environment = THIS,
    resume: str | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Ended:
    """Train to the end in a worker process and keep what comes of it.

    Parameters
    ----------
    listen
        Told everything that the worker says.
    resume
        Id of an unfinished run to go on with, instead of a new one.
    cancelled
        Asked ten times a second; once it says yes the worker is asked to stop.
    """
    run = begin_run(project, season, config) if resume is None else read_run(runs_folder(project) / resume)
    last = _follow(Supervisor(run.folder, environment=environment), listen, cancelled)
    return Ended(end_run(project, season, run.id, last), last)


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
    found = list_runs(runs_folder(project))[0]
    if run_id is None:
        in_use = runs.run_in_use(project)
        chosen = [run for run in found if run.id == in_use] or [run for run in found if run.card is not None]
        if not chosen:
            raise RunError("The project has no finished run yet: train one first.")
        return chosen[0]
    chosen = [run for run in found if run.id == run_id] or [run for run in found if run.id.startswith(run_id)]
    if len(chosen) != 1:
        many = "more than one run begins with" if chosen else "there is no run"
        raise RunError(f"In this project {many} “{run_id}”. It has: {', '.join(run.id for run in found) or 'none'}.")
    return chosen[0]


def evaluate(project: Project, season: Season, run: RunFolder) -> Judgement:
    """Judge a finished run beside every baseline, on the folds that it was trained with.

    Raises
    ------
    RunError
        If the season no longer has the run's days.
    """
    said = run.predictions()
    evidence = gather(project, season)
    rows = _rows_of(said, evidence, run)
    made = split_of(run, said)
    here = dataclasses.replace(
        evidence,
        days=said.days,
        available_at=evidence.available_at[rows],
        truth=said.labels.astype(np.int64),
        kp_night=evidence.kp_night[rows],
        features=evidence.features[rows],
        station_z=evidence.station_z[rows],
    )
    return judged(here, made, said, baselines(here, made), name=run.title or run.id)


def split_of(run: RunFolder, said: Predictions) -> Split:
    """Return the split that a finished run was trained with, read off its predictions and its card."""
    assert run.card is not None
    none = np.array([], dtype=np.intp)
    folds = []
    for number, told in enumerate(run.card["folds"]):
        role, images = said.role[number], said.image_fold == number
        folds.append(
            Fold(
                train=np.flatnonzero(role == TRAINED),
                validation=np.flatnonzero(role == VALIDATION),
                test=said.image_day[images] if run.config.leaky else np.flatnonzero(role == TEST),
                predict=np.flatnonzero(np.isfinite(said.probabilities[number, :, 0]) & ((role >= TEST) | run.config.leaky)),
                train_copy=none,
                validation_copy=none,
                test_copy=said.image_copy[images],
                first=np.datetime64(told["first"], "D"),
                last=np.datetime64(told["last"], "D"),
                embargoed=told["embargoed"],
                purged=told["purged"],
            )
        )
    return Split(run.config.protocol, tuple(folds), run.config.leaky, 0, 0, 0, ())


def judged(
    evidence: Evidence, made: Split, said: Predictions, beside: Mapping[str, NDArray[np.float64]], *, name: str
) -> Judgement:
    """Judge what a run's networks said, beside baselines of the same split.

    Parameters
    ----------
    beside
        Probabilities of every baseline, by name, each (day, class).
    """
    images: Sequence[NDArray[Any]] | None = None
    daily = said.out_of_fold()[0]
    if made.leaky:
        # One network; it saw most days, which is the fault of the protocol, and its alarms are marked with it.
        daily = said.probabilities[0]
        images = [said.image_probabilities[said.image_fold == fold] for fold in range(len(made.folds))]
    return judge(
        made,
        name=name,
        days=evidence.days,
        available_at=evidence.available_at,
        labels=evidence.truth,
        probabilities=daily,
        catalogue=evidence.catalogue,
        baselines=beside,
        image_probabilities=images,
    )


def _rows_of(said: Predictions, evidence: Evidence, run: RunFolder) -> NDArray[np.intp]:
    place = {day: k for k, day in enumerate(evidence.days)}
    if any(day not in place for day in said.days):
        raise RunError(f"The run “{run.title}” was trained on days that the season no longer has; train again to judge it.")
    return np.array([place[day] for day in said.days], dtype=np.intp)


def compare(
    project: Project,
    season: Season,
    *,
    config: RunConfig,
    protocols: Sequence[Protocol] = PROTOCOLS,
    listen: Listen,
    environment: Environment = THIS,
    cancelled: Callable[[], bool] | None = None,
) -> tuple[Judgement, ...]:
    """Judge the network under each protocol, and every baseline under the blocked one; trains what was not trained yet.

    Parameters
    ----------
    config
        The recipe; its protocol is replaced by each of `protocols` in turn. A finished run of the same recipe on the same data
        is used again.
    """
    judged = []
    for protocol in protocols:
        wanted = dataclasses.replace(config, protocol=protocol, final_fit=protocol == "blocked", name=f"VGG-12 {protocol}")
        run = _trained(project, season, wanted) or _finished(
            train(project, season, wanted, listen=listen, environment=environment, cancelled=cancelled)
        )
        judged.append(evaluate(project, season, run))
    return (*judged, *judge_baselines(gather(project, season), config))


def judge_baselines(evidence: Evidence, config: RunConfig) -> tuple[Judgement, ...]:
    """Judge every baseline in the network's place, on the blocked protocol of a recipe."""
    made = make_split(evidence, dataclasses.replace(config, protocol="blocked"))
    answers = baselines(evidence, made)
    return tuple(
        judge(
            made,
            name=name,
            days=evidence.days,
            available_at=evidence.available_at,
            labels=evidence.truth,
            probabilities=answer,
            catalogue=evidence.catalogue,
            baselines=answers,
        )
        for name, answer in answers.items()
    )


def _trained(project: Project, season: Season, config: RunConfig) -> RunFolder | None:
    same = [run for run in finished_runs(project) if run.config.hash == config.hash]
    if not same:
        return None
    evidence = gather(project, season)
    data = make_snapshot(evidence, season, config, make_split(evidence, config))
    return next((run for run in same if run.card is not None and run.card["data_hash"] == data.hash), None)


def _finished(ended: Ended) -> RunFolder:
    if not ended.done:
        raise RunError(sentence_of(ended.message))
    return ended.run
