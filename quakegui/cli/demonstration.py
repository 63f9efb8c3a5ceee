"""The command that creates and shows the synthetic season: demo."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import platformdirs
import typer

from quakegui.cli import window
from quakegui.cli.judgements import evaluation_facts
from quakegui.cli.project import facts_of
from quakegui.cli.terminal import (
    AsJson,
    bar,
    interruptible,
    print_json,
    warn,
)
from quakegui.cli.working import sentences, worker_bar
from quakegui.judge.folds import ZERO_SHOT
from quakegui.learn import season_evaluation, season_runs
from quakegui.learn.runs.presets import PRESETS
from quakegui.learn.runs.registry import RunFolder
from quakegui.learn.season_source import SeasonSource
from quakegui.learn.zero_shot.shipped import install_model
from quakegui.project import runs, seasons
from quakegui.project.making import is_project
from quakegui.project.season_tables import SYNTHETIC
from quakegui.project.store import Project, ProjectError
from quakegui.scratch import scratch_folder
from quakegui.season.season import Season


def demo(
    *,
    headless: Annotated[
        bool, typer.Option("--headless", help="Run the whole workflow without a window and print the results.")
    ] = False,
    project: Annotated[Path | None, typer.Option(metavar="DIR", help="Folder of the project; created if needed.")] = None,
    strength: Annotated[
        float, typer.Option(min=0.0, max=1000.0, help="Factor on the signals; 0 gives a season without signals.")
    ] = 1.0,
    seed: Annotated[
        int | None,
        typer.Option(min=0, metavar="N", help="Seed of the generator; each seed gives another season.", show_default=False),
    ] = None,
    train: Annotated[
        bool,
        typer.Option("--train", help="With --headless: train a small model instead of evaluating the pre-trained one."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Create the SYNTHETIC season of 2022 and show it with the predictions of the pre-trained model.

    The model was trained on other synthetic seasons of the same generator, so it detects signals like those of this season.
    """
    if headless and project is None:
        with scratch_folder() as scratch:
            _run_demo(scratch / "demo", strength, seed, train=train, as_json=as_json)
        return
    name = f"{SYNTHETIC} strength {strength:g}" + ("" if seed is None else f" seed {seed}")
    folder = project or Path(platformdirs.user_data_dir("quakegui", appauthor=False)) / name
    if headless:
        _run_demo(folder, strength, seed, train=train, as_json=as_json)
        return
    with sentences(), _demo_project(folder, strength, seed) as made, bar("Computing") as report:
        computed = seasons.load_season(made, progress=report)
        assert computed is not None
        install_model(made, computed)
    raise typer.Exit(window.show_window(folder))


def _run_demo(folder: Path, strength: float, seed: int | None, *, train: bool, as_json: bool) -> None:
    with sentences(), _demo_project(folder, strength, seed) as project:
        with bar("Computing") as report:
            computed = seasons.load_season(project, progress=report)
        assert computed is not None
        facts = facts_of(project, computed)
        shown = computed.features[computed.shown]
        facts["regions"] = sum(len(day.regions) for day in shown)
        facts["days_with_region"] = sum(bool(day.regions) for day in shown)
        facts["strength"] = strength
        run = _demo_run(project, computed, train=train)
        facts |= {"runs": runs.count(project), "project": project.name}
        if as_json:
            told = {} if run is None else evaluation_facts(SeasonSource(project, computed), run)
            print_json({**facts, **told, "judgement": told.get("row")})
            return
        judgement = None if run is None else season_evaluation.evaluate(project, computed, run)
    labels = ", ".join(f"class {cls}: {count}" for cls, count in facts["labels"].items())
    typer.echo(
        f"{SYNTHETIC} season, strength {strength:g}: {facts['stations']} stations, {facts['days']} days from "
        f"{facts['first_day']} to {facts['last_day']}, {facts['days_with_map']} with a map."
    )
    typer.echo(f"{facts['regions']} extremum regions on {facts['days_with_region']} days; {facts['events']} earthquakes.")
    typer.echo(f"Labels by the retrospective rule: {labels}.")
    if judgement is None:
        typer.echo("This installation has no pre-trained model; use --train to train one.")
    else:
        typer.echo(f"{judgement.title}, protocol {judgement.protocol}: {judgement.verdict.text()}")
        typer.echo(judgement.verdict.figures())
        if judgement.protocol == ZERO_SHOT:
            typer.echo("The model was trained on other SYNTHETIC seasons of the generator of this season.")
        if judgement.basis is not None:
            typer.echo(judgement.basis.text())


def _demo_run(project: Project, computed: Season, *, train: bool) -> RunFolder | None:
    """Return the run of a model trained here, or of the pre-trained model; None if this installation has none."""
    if train:
        with worker_bar("Training") as listen, interruptible("Stopping the training process.") as cancelled:
            return season_runs.train(project, computed, PRESETS["small"], listen=listen, cancelled=cancelled)
    with worker_bar("Predicting") as listen:
        install_model(project, computed, listen=listen)
    finished = season_runs.finished_runs(project)
    return finished[0] if finished else None


def _demo_project(folder: Path, strength: float, seed: int | None) -> Project:
    """Open the demo project of a folder, or create it."""
    from quakegui.project.demo import create_demo, seed_of, strength_of

    if is_project(folder):
        project = Project.open(folder)
        warn(project)
        if strength_of(project) != strength or seed not in (None, seed_of(project)):
            project.close()
            wanted = f"strength {strength:g}" + ("" if seed is None else f" and seed {seed}")
            raise ProjectError(f"{folder} contains a different project, not the {SYNTHETIC} season of {wanted}.")
        return project
    with bar("Generating the synthetic season") as report:
        return create_demo(folder, strength=strength, seed=seed, progress=report)
