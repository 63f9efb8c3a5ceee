"""Commands on training and judging: train, predict, evaluate, compare, update."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from quakegui.cli.terminal import AsJson, ProjectFolder, Report, bar, interruptible, print_json, print_table, say
from quakegui.learn import messages, operating, season_judging, season_runs
from quakegui.learn.alarms import Alarm
from quakegui.learn.evidence import EvidenceError
from quakegui.learn.files import write_text
from quakegui.learn.folds import Protocol
from quakegui.learn.following import Listen, sentence_of
from quakegui.learn.judgement import Judgement, plain
from quakegui.learn.presets import PRESETS
from quakegui.learn.prospective import Prospective, evaluate_prospective
from quakegui.learn.registry import RunError, RunFolder
from quakegui.learn.runconfig import RunConfig
from quakegui.project import runs, seasons
from quakegui.project.store import Project, ProjectError
from quakegui.season.season import Season

COMPARED_SIZE = 120
"""Pixels along a side at which `compare` trains where nothing else is asked for."""
STOPPING = "Stopping the worker; what it has finished is kept."
SHOWN = ("name", "protocol", "days", "accuracy", "macro_recall", "kappa", "p_value", "r_score", "r0", "molchan_skill", "leaky")

RunId = Annotated[
    str | None, typer.Option("--run", metavar="ID", help="A run's id or its beginning; the run in use where not given.")
]
Preset = Annotated[str, typer.Option(metavar="NAME", help=f"Recipe to begin with: {', '.join(PRESETS)}.")]
Size = Annotated[int | None, typer.Option(min=16, metavar="N", help="Pixels along a side that the network sees.")]
Epochs = Annotated[int | None, typer.Option(min=1, metavar="N", help="Epochs of each fold at most.")]
Seed = Annotated[int | None, typer.Option(min=0, metavar="N", help="Of first weights, shuffling and augmentation.")]
WhichProtocol = Annotated[
    Protocol | None, typer.Option(help="How days are split; 'blocked' is the headline, 'paper' repeats a leaky one.")
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command(epilog="Example: quakegui train demo --preset compact --protocol blocked --epochs 20 --json")(train)
    app.command(epilog="Example: quakegui predict demo --out predictions.csv")(predict)
    app.command(epilog="Example: quakegui evaluate demo --json")(evaluate)
    app.command(epilog="Example: quakegui compare demo --size 120 --json")(compare)
    app.command(epilog="Example: quakegui update demo new_files --watch incoming")(update)
    app.command(hidden=True, context_settings={"allow_extra_args": True, "ignore_unknown_options": True})(worker)


def train(
    project: ProjectFolder,
    *,
    preset: Preset = "compact",
    protocol: WhichProtocol = None,
    size: Size = None,
    epochs: Epochs = None,
    seed: Seed = None,
    resume: Annotated[str | None, typer.Option(metavar="ID", help="Go on with an unfinished run.")] = None,
    as_json: AsJson = False,
) -> None:
    """Train VGG-12 on the season's maps and labels, and keep the run with its predictions.

    Ctrl+C stops in an orderly way; the run can be resumed.
    """
    config = _recipe(preset, protocol=protocol, size=size, epochs=epochs, seed=seed)
    with _opened(project) as (opened, season), interruptible(STOPPING) as cancelled:
        unfinished = None if resume is None else season_runs.find_run(opened, resume)
        if unfinished is not None and not unfinished.resumable:
            raise ProjectError(f"The run {unfinished.id} is finished, so there is nothing to go on with.")
        with worker_bar("Training") as listen:
            ended = season_runs.train(
                opened,
                season,
                config,
                listen=listen,
                resume=None if unfinished is None else unfinished.id,
                cancelled=cancelled,
            )
    if not ended.done:
        raise ProjectError(f"{sentence_of(ended.message)} Its id is {ended.run.id}.")
    say(sentence_of(ended.message))
    _print_run(ended.run, as_json=as_json)


def predict(
    project: ProjectFolder,
    run: RunId = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE.csv", help="Write every day's prediction: day, class, p0 to p4, kind.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Let a finished run predict the days that it has not predicted yet; only maps that are new are computed.

    Days that the run may know something of are in-sample and never scored.
    """
    with _opened(project) as (opened, season), interruptible(STOPPING) as cancelled:
        chosen = season_runs.find_run(opened, run)
        with worker_bar("Predicting") as listen:
            done = operating.predict_days(opened, season, chosen, listen=listen, cancelled=cancelled)
        rows = prediction_rows(opened, season, chosen)
    if out is not None:
        _write_csv(out, rows)
        say(f"The predictions of {len(rows)} days are in {out}.")
    if as_json:
        print_json({"run": chosen.id, "new": len(done.issued), "unchanged": done.unchanged, "predictions": rows})
    else:
        say(f"{len(done.issued)} days were predicted anew by “{chosen.title}”, {done.unchanged} were known.")


def evaluate(
    project: ProjectFolder,
    run: RunId = None,
    prospective: Annotated[
        bool, typer.Option("--prospective", help="Judge what the frozen run said day by day, by the ledger alone.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Judge a finished run beside every baseline, on days that its networks had not seen."""
    with _opened(project) as (opened, season):
        chosen = season_runs.find_run(opened, run)
        if prospective:
            _tell_prospective(chosen, evaluate_prospective(opened, season, chosen), as_json=as_json)
            return
        told = season_judging.evaluate(opened, season, chosen)
        synthetic = opened.synthetic
    if as_json:
        print_json({"run": chosen.id, "synthetic": synthetic, **told.to_json(), "row": told.row()})
        return
    print_judgement(told)


def compare(
    project: ProjectFolder,
    *,
    size: Size = COMPARED_SIZE,
    epochs: Epochs = None,
    preset: Preset = "compact",
    seed: Seed = None,
    as_json: AsJson = False,
) -> None:
    """Judge the network under every protocol, and every baseline, side by side; trains what was not trained yet.

    The network sees 120 pixels along a side where --size says nothing else.
    """
    config = _recipe(preset, protocol=None, size=size, epochs=epochs, seed=seed)
    with _opened(project) as (opened, season), interruptible(STOPPING) as cancelled:
        say(f"Comparing at {config.size} x {config.size} pixels, up to {config.epochs} epochs a fold, recipe '{preset}'.")
        with worker_bar("Comparing") as listen:
            told = season_judging.compare(opened, season, config=config, listen=listen, cancelled=cancelled)
        synthetic, name = opened.synthetic, opened.name
    rows = [one.row() for one in told]
    if as_json:
        print_json({"project": name, "synthetic": synthetic, "size": config.size, "epochs": config.epochs, "rows": rows})
        return
    print_table(f"{name}: event against none, {config.size} pixels", SHOWN, [_cells(row) for row in rows])
    for one in told:
        typer.echo(f"{one.name}: {one.verdict.text('en')}")


def update(
    project: ProjectFolder,
    paths: Annotated[list[Path] | None, typer.Argument(metavar="[PATH...]", help="New files or folders.")] = None,
    watch: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Keep taking in what appears in this folder, until Ctrl+C.")
    ] = None,
    run: RunId = None,
    as_json: AsJson = False,
) -> None:
    """Take in new files, predict the new days with a frozen run, and tell of alarms that open.

    Every prediction becomes one row of a ledger that is never changed. A day that was corrected after its prediction gets a
    further row; the first one stands in every score. With --watch each round prints one JSON document on a line of its own.
    """
    if watch is not None and not watch.is_dir():
        raise ProjectError(f"There is no folder {watch} to watch.")
    with sentences(), Project.open(project) as opened, interruptible(STOPPING) as cancelled:

        def take_in(files: Sequence[Path]) -> None:
            with worker_bar("Updating") as listen:
                done = operating.update(opened, files, run_id=run, listen=listen, cancelled=cancelled)
            _tell_update(done, as_json=as_json, lines=watch is not None)

        if watch is None:
            take_in(paths or ())
            return
        look = operating.Watch(watch)
        take_in([*(paths or ()), watch])
        say(f"Watching {watch}; Ctrl+C ends it.")
        for files in look.changes(cancelled):
            try:
                take_in(files)
            except (ProjectError, RunError) as error:
                say(f"{error} The watch goes on.", style="red")


def worker(context: typer.Context) -> None:
    """Run one job in this process, for the program itself."""
    from quakegui.learn.worker import main

    main(context.args)


# -- shared with the other commands ----------------------------------------------------------------------------------


@contextmanager
def sentences() -> Iterator[None]:
    """Let what cannot be learnt, judged or found end the command with its sentence and exit code 1."""
    try:
        yield
    except (EvidenceError, RunError, ValueError) as error:
        raise ProjectError(str(error)) from error


@contextmanager
def worker_bar(title: str) -> Iterator[Listen]:
    """Show how far a worker is, and how long it will take; gives what listens to it."""
    with bar(title) as report:
        yield Listener(report)


class Listener:
    """Turns what a worker says into the state of a progress bar, counted in epochs or maps."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._phases: tuple[str, ...] = ()
        self._epochs = 0
        self._done = 0

    def __call__(self, message: messages.Message) -> None:
        """Take one message."""
        if isinstance(message, messages.Hello):
            say(f"{message.device}, {message.backend} {message.version}, {message.precision}. {message.reason}")
        elif isinstance(message, messages.Started):
            self._phases, self._epochs = message.phases, message.epochs
            self._tell(message.phase, message.epoch, "")
        elif isinstance(message, messages.Batch):
            self._tell(message.phase, message.epoch - 1, f"loss {message.loss:.3f}, {message.images_per_second:.0f} maps/s")
        elif isinstance(message, messages.Epoch):
            self._tell(message.phase, message.epoch, f"loss {message.loss:.3f}")
        elif isinstance(message, messages.Progress):
            self._report(message.done, message.total, message.text)

    def _tell(self, phase: int, epoch: int, text: str) -> None:
        # A phase that stopped early counts as whole once the next one has begun.
        self._report(phase * self._epochs + epoch, len(self._phases) * self._epochs, f"{self._phases[phase]} {text}")


def print_judgement(told: Judgement) -> None:
    """Print what a judgement says, the verdict first."""
    typer.echo(told.verdict.text("en"))
    row = told.row()
    print_table(told.name, ("figure", "value"), [(name, _cell(row[name])) for name in SHOWN[1:]])
    rows = []
    for one in told.comparisons:
        if one.target == "event":
            difference = one.macro_recall_difference
            rows.append((one.name, one.days, _cell(one.figures.macro_recall), _cell(difference.low), _cell(difference.high)))
    columns = ("baseline", "days", "macro_recall", "difference, low", "difference, high")
    print_table("Macro recall less the baseline's, event against none", columns, rows)


def prediction_rows(project: Project, season: Season, run: RunFolder) -> list[dict[str, Any]]:
    """Return what a run says of every day of the season that it has answered."""
    table = runs.predictions(project, run.id, season.days)
    return [
        {
            "day": str(season.days[k]),
            "class": int(table.classes[k]),
            **{f"p{cls}": round(float(p), 6) for cls, p in enumerate(table.probabilities[k])},
            "kind": str(table.kind[k]),
        }
        for k in np.flatnonzero(table.classes >= 0)
    ]


# -- inside ----------------------------------------------------------------------------------------------------------


def _recipe(preset: str, *, protocol: Protocol | None, size: int | None, epochs: int | None, seed: int | None) -> RunConfig:
    if preset not in PRESETS:
        raise typer.BadParameter(f"There is no recipe '{preset}'; there are {', '.join(PRESETS)}.")
    asked: dict[str, Any] = {"protocol": protocol, "size": size, "epochs": epochs, "seed": seed}
    if protocol == "paper":
        asked["final_fit"] = False  # its one network has seen most days already
    try:
        return dataclasses.replace(PRESETS[preset], **{name: value for name, value in asked.items() if value is not None})
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


@contextmanager
def _opened(folder: Path) -> Iterator[tuple[Project, Season]]:
    with sentences(), Project.open(folder) as opened:
        for warning in opened.warnings:
            say(warning, style="yellow")
        with bar("Computing") as report:
            season = seasons.load_season(opened, progress=report)
        if season is None:
            raise ProjectError(f"The project {opened.name} has no readings or no located stations yet, so there are no maps.")
        yield opened, season


def _tell_prospective(run: RunFolder, told: Prospective, *, as_json: bool) -> None:
    facts = {"run": run.id, "prospective_days": told.days, "late_days": told.late}
    if as_json:
        print_json({**facts, **told.judgement.to_json(), "row": told.judgement.row()})
        return
    print_judgement(told.judgement)
    say(f"{told.days} days were predicted prospectively, {told.late} of them more than a day late.")


def _print_run(run: RunFolder, *, as_json: bool) -> None:
    assert run.card is not None
    if as_json:
        print_json({"run": run.id, "folder": str(run.folder), **plain(run.card)})
        return
    facts = ("id", "protocol", "leaky", "epochs", "seconds", "precision")
    print_table(run.title, ("fact", "value"), [(name, run.card[name]) for name in facts])


def _write_csv(path: Path, rows: Sequence[dict[str, Any]]) -> None:
    text = io.StringIO()
    writer = csv.DictWriter(text, ["day", "class", "p0", "p1", "p2", "p3", "p4", "kind"], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    write_text(path, text.getvalue())


def _tell_update(done: operating.Update, *, as_json: bool, lines: bool) -> None:
    for note in done.notes:
        say(note, style="yellow")
    if done.imported is not None:
        for file in done.imported.skipped:
            say(f"Skipped {file.file}: {file.reason}", style="yellow")
    if as_json:
        facts = update_facts(done)
        if lines:
            sys.stdout.write(json.dumps(facts, ensure_ascii=False, allow_nan=False) + "\n")
            sys.stdout.flush()
        else:
            print_json(facts)
        return
    count = len(done.predicted.issued)
    typer.echo(f"{count} days predicted by run {done.predicted.run}, {done.predicted.unchanged} were known.")
    for one in done.predicted.issued[-20:]:
        typer.echo(f"  {one.day}: class {one.cls}, P(event) {1 - one.probabilities[0]:.2f}, {one.kind}")
    for alarm in done.opened:
        typer.echo(f"ALARM opened {alarm.opened} UTC, open until {alarm.closed} UTC at least: {_alarm_words(alarm)}.")
    typer.echo("An alarm is open." if done.open_now else "No alarm is open.")


def update_facts(done: operating.Update) -> dict[str, Any]:
    """Return one round of the operating day as plain values."""
    files = done.imported.imported if done.imported is not None else ()
    return {
        "run": done.predicted.run,
        "imported": [file.file for file in files],
        "predicted": [{**plain(one), "class": one.cls, "late": one.late} for one in done.predicted.issued],
        "unchanged": done.predicted.unchanged,
        "alarms_opened": [
            {"opened": plain(alarm.opened), "closes": plain(alarm.closed), "probabilities": list(alarm.probabilities)}
            for alarm in done.opened
        ],
        "alarm_open": done.open_now,
        "notes": list(done.notes),
    }


def _alarm_words(alarm: Alarm) -> str:
    p = alarm.probabilities
    return f"P(event) {1 - p[0]:.2f}, {'north' if p[1] + p[2] >= p[3] + p[4] else 'south'}, class {1 + int(np.argmax(p[1:]))}"


def _cells(row: dict[str, Any]) -> list[str]:
    return [_cell(row[name]) for name in SHOWN]


def _cell(value: object) -> str:
    if value is None:
        return "not estimable"
    return f"{value:.3f}" if isinstance(value, float) else str(value)
