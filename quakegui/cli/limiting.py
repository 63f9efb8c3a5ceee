"""The command that says how large a signal has to be to be found."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from quakegui.cli.sources import RunId, season_of
from quakegui.cli.terminal import AsJson, ProjectFolder, bar, interruptible, open_project, print_json, print_table
from quakegui.cli.working import sentences
from quakegui.judge.limit import REPLICATES, Limit, LimitError, filter_detector, limit_of
from quakegui.learn.runs.registry import list_runs
from quakegui.learn.season_source import ProjectRuns
from quakegui.learn.source import find_run
from quakegui.learn.worker import run_limit
from quakegui.progress import CancelCheck, ProgressCallback
from quakegui.project.store import Project, ProjectError
from quakegui.season.season import Season


def limit(
    project: ProjectFolder,
    *,
    run: RunId = None,
    model: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A pre-trained network (model.npz) instead of a run.")
    ] = None,
    replicates: Annotated[int, typer.Option(min=1, metavar="N", help="Of each size.")] = REPLICATES,
    as_json: AsJson = False,
) -> None:
    """Find the detection limit: how large a signal in the project's own nights would have been found.

    SYNTHETIC signals are put into the nights, and the run's own network answers; a run that was trained on the season itself
    cannot, and a matched filter answers instead. It takes minutes, and is kept with the run.
    """
    if run is not None and model is not None:
        raise typer.BadParameter("Give --run or --model, not both.")
    with sentences(), open_project(project) as opened:
        season = season_of(opened)
        with interruptible() as cancelled, bar("Putting signals into the nights") as report:
            try:
                found = _limit(opened, season, run, model, number=replicates, progress=report, cancelled=cancelled)
            except LimitError as error:
                raise ProjectError(str(error)) from error
    if found is None:
        raise ProjectError("Stopped; no detection limit was computed.")
    if as_json:
        print_json({"project": opened.name, "synthetic": opened.synthetic, **found.to_json()})
    else:
        print_limit(found)


def _limit(
    project: Project,
    season: Season,
    run_id: str | None,
    model: Path | None,
    *,
    number: int,
    progress: ProgressCallback,
    cancelled: CancelCheck,
) -> Limit | None:
    if model is None and (run_id is not None or list_runs(ProjectRuns(project).folder)[0]):
        chosen = find_run(ProjectRuns(project), run_id)
        return run_limit.limit_run(project, season, chosen, number=number, progress=progress, cancelled=cancelled)
    ground = run_limit.ground_of(project, season)
    if model is None:
        detector = filter_detector(ground)
    elif model.is_file():
        detector = run_limit.network_detector(model, model.parent.name)
    else:
        raise LimitError(f"There is no file {model}; 'quakegui pretrain' writes one.")
    return limit_of(ground, detector, number=number, progress=progress, cancelled=cancelled)


def print_limit(found: Limit) -> None:
    """Print power by size and by number of earthquakes, and what they mean."""
    from quakegui.report import limit_parts
    from quakegui.report.words import Words

    say = Words("en")
    for title, made in (
        (f"Detection limit: {found.title}", limit_parts.size_table(found, say)),
        (f"Earthquakes needed, signals of {found.peak_nt:.1f} nT", limit_parts.count_table(found, say)),
    ):
        print_table(title, made.head, made.rows)
    typer.echo(limit_parts.limit_text(found, say))
