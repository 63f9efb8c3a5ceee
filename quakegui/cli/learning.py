"""Commands on training and judging: train, predict, evaluate, compare. Each takes a project or a folder of ready maps."""

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
from quakegui.cli.sources import Place, RunId, WhichLabels, open_source
from quakegui.cli.terminal import AsJson, interruptible, print_json, say
from quakegui.cli.working import STOPPING, worker_bar
from quakegui.judge.folds import Protocol
from quakegui.learn import source as sources
from quakegui.learn.run_evaluation import ProspectiveEvaluation
from quakegui.learn.runs.files import write_text
from quakegui.learn.runs.presets import PRESETS
from quakegui.learn.runs.registry import RunFolder
from quakegui.learn.runs.runconfig import Head, Precision, RunConfig
from quakegui.learn.source import DayPredictions, find_run
from quakegui.project.store import ProjectError

COMPARED_SIZE = 120
"""Pixels along a side at which `compare` trains where nothing else is asked for."""

Preset = Annotated[str, typer.Option(metavar="NAME", help=f"Recipe to begin with: {', '.join(PRESETS)}.")]
Size = Annotated[int | None, typer.Option(min=16, metavar="N", help="Pixels along a side that the network sees.")]
Epochs = Annotated[int | None, typer.Option(min=1, metavar="N", help="Epochs of each fold at most.")]
Seed = Annotated[int | None, typer.Option(min=0, metavar="N", help="Of first weights, shuffling and augmentation.")]
Members = Annotated[
    int | None, typer.Option(min=1, metavar="N", help="Networks of each fold, judged by the mean of their probabilities.")
]
WhichProtocol = Annotated[
    Protocol | None, typer.Option(help="How days are split; 'blocked' is the headline, 'paper' repeats a leaky one.")
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
    head: Annotated[Head | None, typer.Option(help="What stands behind the convolutions.")] = None,
    precision: Annotated[Precision | None, typer.Option(help="Of the numbers; 'auto' measures which is fastest.")] = None,
    class_weights: Annotated[
        bool | None, typer.Option("--class-weights/--no-class-weights", help="Rare classes count more in training.")
    ] = None,
    resume: Annotated[str | None, typer.Option(metavar="ID", help="Go on with an unfinished run.")] = None,
    as_json: AsJson = False,
) -> None:
    """Train VGG-12 on the season's maps and labels, and keep the run with its predictions.

    Ctrl+C stops in an orderly way; the run can be resumed.

    Instead of a project a folder of ready day maps will do: images of 480 x 480 pixels with the date in their names, in folders
    named 0 to 4 by class, or with an index.csv of the columns file, date and class, as 'quakegui maps' writes them. Its runs
    lie in its folder "runs".
    """
    asked: dict[str, int | str | None] = {"size": size, "epochs": epochs, "members": members, "seed": seed}
    asked |= {"head": head, "precision": precision, "class_weights": class_weights}
    config = _recipe(preset, protocol=protocol, **asked)
    with open_source(project) as source, interruptible(STOPPING) as cancelled:
        unfinished = None if resume is None else find_run(source.runs, resume)
        if unfinished is not None and not unfinished.resumable:
            raise ProjectError(f"The run {unfinished.id} is finished, so there is nothing to go on with.")
        go_on = None if unfinished is None else unfinished.id
        with worker_bar("Training") as listen:
            run = source.train(config, listen=listen, resume=go_on, cancelled=cancelled)
        outdated = source.superseded(run)
        if outdated:
            say(outdated, style="yellow")
    assert run.card is not None
    say(f"The run “{run.title}” is finished: {run.card['epochs']} epochs in {run.card['seconds']:.0f} s.")
    print_run(run, as_json=as_json)


def predict(
    project: Place,
    run: RunId = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE.csv", help="Write every day's prediction: day, class, p0 to p4, kind.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Let a finished run predict the days that it has not predicted yet; only maps that are new are computed.

    Days that the run may know something of are in-sample and never scored.
    """
    with open_source(project) as source, interruptible(STOPPING) as cancelled:
        chosen = find_run(source.runs, run)
        with worker_bar("Predicting") as listen:
            predictions = source.predict(chosen, listen=listen, cancelled=cancelled)
    rows = _rows(predictions)
    if out is not None:
        _write_csv(out, rows)
        say(f"The predictions of {len(rows)} days are in {out}.")
    if as_json:
        print_json({"run": chosen.id, "new": predictions.new, "unchanged": predictions.unchanged, "predictions": rows})
    else:
        say(f"{predictions.new} days were predicted anew by “{chosen.title}”, {predictions.unchanged} were known.")


def evaluate(
    project: Place,
    run: RunId = None,
    prospective: Annotated[
        bool, typer.Option("--prospective", help="Judge what the frozen run said day by day, by the ledger alone.")
    ] = False,
    labels: WhichLabels = "training",
    as_json: AsJson = False,
) -> None:
    """Judge a finished run beside every baseline, on days that its networks had not seen.

    All figures come from one set of labels and earthquakes, and the first lines name it. Days that came after the training,
    see --prospective, are always judged by today's; so are the baselines that --json lists in rows after the run.
    """
    with open_source(project) as source:
        chosen = find_run(source.runs, run)
        if prospective:
            _tell_prospective(chosen, source.evaluate_prospective(chosen, with_rivals=as_json), as_json=as_json)
            return
        judgement = None if as_json else source.evaluate(chosen, labels)
        facts = evaluation_facts(source, chosen, labels) if as_json else None
    if facts is not None:
        print_json(facts)
    if judgement is not None:
        print_judgement(judgement)


def compare(
    project: Place,
    *,
    size: Size = COMPARED_SIZE,
    epochs: Epochs = None,
    preset: Preset = "compact",
    members: Members = None,
    seed: Seed = None,
    as_json: AsJson = False,
) -> None:
    """Judge the network under every protocol, and every baseline, side by side; trains what was not trained yet.

    Beside them stands the pre-trained model that belongs to quakegui, protocol 'zero-shot': it never saw the season.

    The network sees 120 pixels along a side where --size says nothing else. A season of a year takes some twenty minutes of
    processor time, three with --preset fast --members 1. Stopped with Ctrl+C, it goes on where it was when it is given again.
    """
    config = _recipe(preset, protocol=None, size=size, epochs=epochs, members=members, seed=seed)
    if config.zero_shot:
        raise typer.BadParameter(f"The recipe '{preset}' has no protocols to compare: its network never sees the season.")
    with open_source(project) as source, interruptible(STOPPING) as cancelled:
        say(f"Comparing at {config.size} x {config.size} pixels, up to {config.epochs} epochs a fold, recipe '{preset}'.")
        with worker_bar("Comparing") as listen:
            judgements = sources.compare(
                source, config, listen=listen, cancelled=cancelled, tell=lambda sentence: say(sentence, style="yellow")
            )
        name, synthetic = source.name, source.synthetic
    if as_json:
        rows = [one.row() for one in judgements]
        print_json({"project": name, "synthetic": synthetic, "size": config.size, "epochs": config.epochs, "rows": rows})
        return
    print_comparison(f"{name}: event against none, {config.size} pixels", judgements)


def worker(context: typer.Context) -> None:
    """Run one job in this process, for the program itself."""
    from quakegui.learn.worker.process import main

    main(context.args)


# -- inside ----------------------------------------------------------------------------------------------------------


def _recipe(preset: str, *, protocol: Protocol | None, **asked: int | str | None) -> RunConfig:
    if preset not in PRESETS:
        raise typer.BadParameter(f"There is no recipe '{preset}'; there are {', '.join(PRESETS)}.")
    given: dict[str, Any] = {name: value for name, value in asked.items() if value is not None}
    config = PRESETS[preset]
    try:
        return dataclasses.replace(config if protocol is None else config.under(protocol), **given)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


def _rows(predictions: DayPredictions) -> list[dict[str, Any]]:
    """Return the prediction of every day that has one."""
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
        say(f"Registered from {terms.first_day} until {terms.last_day}: {evaluation.registration.hash}.")
    for change in evaluation.changes:
        say(change, style="yellow")
    say(f"{evaluation.predicted} days were predicted prospectively, {evaluation.late} of them more than a day late.")


def _write_csv(path: Path, rows: Sequence[dict[str, Any]]) -> None:
    text = io.StringIO()
    writer = csv.DictWriter(text, ["day", "class", "p0", "p1", "p2", "p3", "p4", "kind"], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    write_text(path, text.getvalue())
