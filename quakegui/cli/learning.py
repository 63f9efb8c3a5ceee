"""Commands on training and evaluation: train, predict, evaluate, compare. Each takes a project or a folder of maps."""

from __future__ import annotations

import csv
import dataclasses
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from quakegui.cli.judgements import evaluation_facts, print_comparison, print_judgement, print_run
from quakegui.cli.sources import ClusterAddress, Place, RunId, WhichLabels, open_source
from quakegui.cli.terminal import AsJson, interruptible, number_of, print_json, say
from quakegui.cli.working import STOPPING, worker_bar
from quakegui.judge.folds import Protocol
from quakegui.learn import source as sources
from quakegui.learn.run_evaluation import ProspectiveEvaluation
from quakegui.learn.runs.own_facts import own_facts_of
from quakegui.learn.runs.presets import PRESETS
from quakegui.learn.runs.registry import RunFolder
from quakegui.learn.runs.runconfig import Head, Precision, RunConfig
from quakegui.learn.source import DayPredictions, find_run
from quakegui.learn.worker.capacity import processors
from quakegui.learn.worker.team import LocalTeam
from quakegui.project.filesystem import whole_file
from quakegui.project.store import ProjectError

COMPARED_SIZE = 120
"""Default width of the maps in `compare`, in pixels."""
MOST_SEEDS = 100


Preset = Annotated[
    str,
    typer.Option(
        metavar="NAME",
        help=f"Preset to start from: {', '.join(PRESETS)}; 'quakegui train --help' describes them.",
    ),
]
Size = Annotated[int | None, typer.Option(min=16, metavar="N", help="Side length of the model's input, in pixels.")]
Epochs = Annotated[int | None, typer.Option(min=1, metavar="N", help="Maximum epochs per fold.")]
Seed = Annotated[int | None, typer.Option(min=0, metavar="N", help="Seed for initial weights, shuffling and augmentation.")]
Members = Annotated[
    int | None, typer.Option(min=1, metavar="N", help="Ensemble members per fold; their probabilities are averaged.")
]
Workers = Annotated[int | None, typer.Option(min=1, metavar="N", help="Train N folds at a time, each in its own process.")]
Threads = Annotated[
    int | None,
    typer.Option(min=1, metavar="N", help="Threads of each training; default: the processors, divided among the workers."),
]
WhichProtocol = Annotated[
    Protocol | None,
    typer.Option(help="How the days are split, see above; default: as in the preset."),
]


def train(
    project: Place,
    *,
    preset: Preset = "compact",
    protocol: WhichProtocol = None,
    size: Size = None,
    epochs: Epochs = None,
    members: Members = None,
    seed: Seed = None,
    head: Annotated[Head | None, typer.Option(help="Classifier head: the layers after the convolutions.")] = None,
    precision: Annotated[
        Precision | None, typer.Option(help="Numerical precision; 'auto' times each and takes the fastest.")
    ] = None,
    class_weights: Annotated[
        bool | None, typer.Option("--class-weights/--no-class-weights", help="Give rare classes more weight in training.")
    ] = None,
    resume: Annotated[str | None, typer.Option(metavar="ID", help="Resume an unfinished run.")] = None,
    workers: Workers = None,
    threads: Threads = None,
    cluster: ClusterAddress = None,
    as_json: AsJson = False,
) -> None:
    """Train VGG-12 on the season's maps and labels and save the run with its predictions.

    Ctrl+C stops the training; the run can be resumed. With --workers or --cluster, folds, or the members of preset 'own', are
    trained at the same time, see 'quakegui compare --help'. The one model of preset 'stack' is trained by one computer of the
    cluster.

    Presets: compact has 32 filters and maps of 120 pixels; fast has 8 filters and five models per fold; small is fast with 48
    pixels; full is compact with 480 pixels; grown is compact with fixed altered copies of the maps; paper is the original
    paper's model (LEAKY); stack is pre-trained on synthetic seasons of this network; own is pre-trained on simulated signals
    in the project's own nights.

    Protocols: blocked holds out blocks of days in turn and gives the main result; chronological trains on earlier days and
    tests on later ones; paper reproduces the original paper's LEAKY split.

    Instead of a project, a folder of ready-made day maps can be given: images of 480 x 480 pixels with the date in their names,
    in folders named 0 to 4 by class, or with an index.csv with the columns file, date and class, as 'quakegui maps' writes
    them. The runs are saved in the subfolder "runs".
    """
    asked: dict[str, int | str | None] = {"size": size, "epochs": epochs, "members": members, "seed": seed}
    asked |= {"head": head, "precision": precision, "class_weights": class_weights}
    config = _recipe(preset, protocol=protocol, **asked)
    team = _team(workers, threads, cluster)
    if resume is None:
        _refuse_division(config, workers)
    with open_source(project) as source, interruptible(STOPPING) as cancelled:
        unfinished = None if resume is None else find_run(source.runs, resume)
        if unfinished is not None and not unfinished.resumable:
            raise ProjectError(f"The run {unfinished.id} is finished; there is nothing to resume.")
        if unfinished is not None:
            _refuse_division(unfinished.config, workers)
        go_on = None if unfinished is None else unfinished.id
        with worker_bar("Training") as listen:
            run = source.train(config, listen=listen, resume=go_on, cancelled=cancelled, team=team)
        outdated = source.superseded(run)
        if outdated:
            say(outdated, style="yellow")
    assert run.card is not None
    say(f"The run “{run.title}” is finished: {run.card['epochs']} epochs in {run.card['seconds']:.0f} s.")
    facts = own_facts_of(run.card)
    for sentence in () if facts is None else facts.sentences():
        say(sentence)
    print_run(run, as_json=as_json)


def predict(
    project: Place,
    run: RunId = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE.csv", help="Write all daily predictions: day, class, p0 to p4, kind.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Predict the days that a finished run has not predicted yet; only new maps are computed.

    Days that may have influenced the training are in-sample and never scored.
    """
    with open_source(project) as source, interruptible(STOPPING) as cancelled:
        chosen = find_run(source.runs, run)
        with worker_bar("Predicting") as listen:
            predictions = source.predict(chosen, listen=listen, cancelled=cancelled)
    rows = _rows(predictions)
    if out is not None:
        _write_csv(out, rows)
        say(f"Predictions of {number_of(len(rows), 'day')} written to {out}.")
    if as_json:
        print_json({"run": chosen.id, "new": predictions.new, "unchanged": predictions.unchanged, "predictions": rows})
    else:
        say(f"{number_of(predictions.new, 'day')} predicted with “{chosen.title}”; already predicted: {predictions.unchanged}.")


def evaluate(
    project: Place,
    run: RunId = None,
    prospective: Annotated[
        bool, typer.Option("--prospective", help="Evaluate only the daily predictions in the ledger, made after the training.")
    ] = False,
    labels: WhichLabels = "training",
    as_json: AsJson = False,
) -> None:
    """Evaluate a finished run against every baseline, on days not used to train it.

    The run is evaluated by the labels and earthquakes of its training, or by today's (--labels); the output names them.
    Prospective predictions, and the baselines that --json lists in rows of their own, are always evaluated by today's.
    """
    with open_source(project) as source:
        chosen = find_run(source.runs, run)
        if prospective:
            _tell_prospective(chosen, source.evaluate_prospective(chosen, with_rivals=as_json), as_json=as_json)
            return
        judgement = None if as_json else source.evaluate(chosen, labels)
        facts = evaluation_facts(source, chosen, labels) if as_json else None
        with worker_bar("Predicting without the flags") as listen:
            unflagged = source.evaluate_unflagged(chosen, labels, listen=listen)
    if facts is not None:
        print_json({**facts, "without_flags": None if unflagged is None else unflagged.to_json()})
    if judgement is not None:
        print_judgement(judgement)
        if unflagged is not None:
            typer.echo(unflagged.text())


def compare(
    project: Place,
    *,
    size: Size = COMPARED_SIZE,
    epochs: Epochs = None,
    preset: Preset = "compact",
    members: Members = None,
    seed: Seed = None,
    seeds: Annotated[
        int,
        typer.Option(min=1, max=MOST_SEEDS, metavar="N", help="Runs per protocol, with N consecutive seeds from --seed on."),
    ] = 1,
    workers: Workers = None,
    threads: Threads = None,
    cluster: ClusterAddress = None,
    as_json: AsJson = False,
) -> None:
    """Train the missing models, and compare the model under every protocol with every baseline.

    The comparison includes the pre-trained model, protocol 'zero-shot', which was not trained on the season.

    Maps are 120 pixels wide unless --size is given. A one-year season takes about 20 minutes of processor time, 3 with --preset
    fast --members 1, or five times as long with its five members. After Ctrl+C, run the command again to continue.

    With --seeds, the differences between the rows of a protocol show how much of a score is due to the random initial weights.

    With --workers or --cluster, folds are trained at the same time. The results are bit-for-bit identical to those of one
    worker with the same --threads. A cluster needs pip install "quakegui[cluster]" and the same versions on every computer.
    """
    config = _recipe(preset, protocol=None, size=size, epochs=epochs, members=members, seed=seed)
    if config.zero_shot:
        raise typer.BadParameter(f"The preset '{preset}' has no protocols to compare: its model is not trained on the season.")
    with open_source(project) as source, interruptible(STOPPING) as cancelled:
        team = _team(workers, threads, cluster)
        say(f"Comparing at {config.size} x {config.size} pixels, up to {config.epochs} epochs per fold, preset '{preset}'.")
        with worker_bar("Comparing") as listen:
            judgements = sources.compare(
                source,
                config,
                listen=listen,
                cancelled=cancelled,
                team=team,
                seeds=seeds,
                tell=lambda sentence: say(sentence, style="yellow"),
            )
        name, synthetic = source.name, source.synthetic
    if as_json:
        rows = [one.row() for one in judgements]
        print_json({"project": name, "synthetic": synthetic, "size": config.size, "epochs": config.epochs, "rows": rows})
        return
    print_comparison(f"{name}: earthquake vs. none, {config.size} pixels", judgements)


def worker(context: typer.Context) -> None:
    """Run one job in this process, for the program itself."""
    from quakegui.learn.worker.process import main

    main(context.args)


# -- inside ----------------------------------------------------------------------------------------------------------


def _team(workers: int | None, threads: int | None, cluster: str | None) -> sources.Team | None:
    if cluster is not None:
        if workers is not None:
            raise typer.BadParameter("The cluster has its own number of workers; omit --workers.")
        from quakegui.serve.cluster import ClusterTeam, check_cluster

        check_cluster(cluster)
        return ClusterTeam(cluster, threads or 1)
    if workers is None and threads is None:
        return None
    count = workers or 1
    return LocalTeam(count, threads or max(processors() // count, 1))


def _refuse_division(config: RunConfig, workers: int | None) -> None:
    if (workers or 1) > 1 and config.zero_shot and not config.own_nights:
        raise typer.BadParameter("A model pre-trained on synthetic seasons is one model: omit --workers.")


def _recipe(preset: str, *, protocol: Protocol | None, **asked: int | str | None) -> RunConfig:
    if preset not in PRESETS:
        raise typer.BadParameter(f"Unknown preset '{preset}'; use one of {', '.join(PRESETS)}.")
    given: dict[str, Any] = {name: value for name, value in asked.items() if value is not None}
    config = PRESETS[preset]
    try:
        return dataclasses.replace(config if protocol is None else config.under(protocol), **given)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


def _rows(predictions: DayPredictions) -> list[dict[str, Any]]:
    """Return the prediction of every predicted day."""
    probabilities = predictions.probabilities
    return [
        {
            "day": str(predictions.days[k]),
            "class": int(probabilities[k].argmax()),
            **{f"p{cls}": round(float(p), 6) for cls, p in enumerate(probabilities[k])},
            "kind": str(predictions.kind[k]),
        }
        for k in np.flatnonzero(np.isfinite(probabilities).all(axis=1))
    ]


def _tell_prospective(run: RunFolder, evaluation: ProspectiveEvaluation, *, as_json: bool) -> None:
    judgement = evaluation.judgement
    if as_json:
        facts: dict[str, Any] = {"run": run.id, "prospective_days": evaluation.predicted, "late_days": evaluation.late}
        if evaluation.registration is not None:
            facts["registration"] = {**evaluation.registration.to_json(), "changes": list(evaluation.changes)}
        rows = [one.row() for one in (judgement, *evaluation.rivals)]
        print_json({**facts, **judgement.to_json(), "row": rows[0], "rows": rows})
        return
    print_judgement(judgement)
    if evaluation.registration is not None:
        terms = evaluation.registration.terms
        say(f"Registered from {terms.first_day} to {terms.last_day}: {evaluation.registration.hash}.")
    for change in evaluation.changes:
        say(change, style="yellow")
    say(f"{evaluation.predicted} days have a prospective prediction; {evaluation.late} of these were more than a day late.")


def _write_csv(path: Path, rows: Sequence[dict[str, Any]]) -> None:
    text = io.StringIO()
    writer = csv.DictWriter(text, ["day", "class", "p0", "p1", "p2", "p3", "p4", "kind"], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    try:
        with whole_file(path, durable=True) as part:
            part.write_bytes(text.getvalue().encode())
    except OSError as error:
        raise ProjectError(f"{path} could not be written: {error.strerror}.") from error
