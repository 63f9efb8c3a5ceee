"""The command for the detection limit."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from quakegui.cli.sources import ClusterAddress, RunId, season_of
from quakegui.cli.terminal import AsJson, ProjectFolder, bar, interruptible, open_project, print_json, print_table
from quakegui.cli.working import sentences
from quakegui.judge.detection import filter_detector
from quakegui.judge.limit import REPLICATES, Limit, LimitError, limit_of
from quakegui.learn.runs.choice import choose_run
from quakegui.learn.runs.registry import RunFolder, list_runs
from quakegui.learn.season_source import ProjectRuns
from quakegui.learn.source import find_run
from quakegui.learn.worker import run_limit
from quakegui.learn.worker.limit_team import in_processes
from quakegui.progress import CancelCheck, ProgressCallback
from quakegui.project.runs import run_in_use
from quakegui.project.store import Project, ProjectError
from quakegui.season.season import Season


def limit(
    project: ProjectFolder,
    *,
    run: RunId = None,
    model: Annotated[
        Path | None,
        typer.Option(metavar="MODEL", help="Folder of a pre-trained model ('quakegui pretrain'), instead of a run."),
    ] = None,
    replicates: Annotated[
        int, typer.Option(min=1, metavar="N", help="Number of repetitions for each signal size.")
    ] = REPLICATES,
    workers: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="Number of processes; default: as many as processors and memory allow."),
    ] = None,
    cluster: ClusterAddress = None,
    as_json: AsJson = False,
) -> None:
    """Find the detection limit: how large a signal in the project's own nights would have been detected.

    SYNTHETIC signals are added to the night means. A run that was not trained on this season predicts the resulting days with
    its own model; for a run that was, a matched filter (a search for the assumed signal) replaces the model. The computation
    takes minutes; the result is saved with the run, and does not depend on the number of processes. A cluster needs
    pip install "quakegui[cluster]" and the same versions on every computer.
    """
    if run is not None and model is not None:
        raise typer.BadParameter("Specify --run or --model, not both.")
    with sentences():
        team = _team(workers, cluster)
    with sentences(), open_project(project) as opened:
        season = season_of(opened)
        with interruptible() as cancelled, bar("Adding signals to the nights") as report:
            try:
                found = _limit(opened, season, run, model, number=replicates, team=team, progress=report, cancelled=cancelled)
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
    team: run_limit.Team,
    progress: ProgressCallback,
    cancelled: CancelCheck,
) -> Limit | None:
    chosen = _run_of(project, run_id) if model is None else None
    if chosen is not None:
        return run_limit.limit_run(project, season, chosen, number=number, team=team, progress=progress, cancelled=cancelled)
    ground = run_limit.ground_of(project, season)
    if model is None:
        detector = filter_detector(ground)
    else:
        place = model.resolve()
        detector = run_limit.network_detector(ground, model, (place if place.is_dir() else place.parent).name)
    spread = team(ground, detector)
    return limit_of(ground, detector, number=number, spread=spread, progress=progress, cancelled=cancelled)


def _team(workers: int | None, cluster: str | None) -> run_limit.Team:
    if cluster is None:
        return partial(in_processes, workers=workers)
    if workers is not None:
        raise typer.BadParameter("The cluster has its own number of workers; omit --workers.")
    from quakegui.serve.cluster import ClusterTeam, check_cluster

    check_cluster(cluster)
    return ClusterTeam(cluster, 1).limit_parts


def _run_of(project: Project, run_id: str | None) -> RunFolder | None:
    """Return the named run, otherwise the current or the newest one with a verdict, or None."""
    if run_id is not None:
        return find_run(ProjectRuns(project), run_id)
    every = list_runs(ProjectRuns(project).folder)[0]
    judged = [run for run in every if run.card is not None and not run.config.leaky]
    in_use = run_in_use(project)
    without = {run.id for run in every} - {run.id for run in judged}
    return choose_run(judged, None, None if in_use in without else in_use) if judged else None


def print_limit(limit: Limit) -> None:
    """Print power by size and by number of earthquakes, and its explanation."""
    from quakegui.report import limit_parts
    from quakegui.report.words import Words

    say = Words("en")
    for title, made in (
        (f"Detection limit: {limit.title}", limit_parts.size_table(limit, say)),
        (f"Earthquakes needed, signals of {limit.peak_nt:.1f} nT", limit_parts.count_table(limit, say)),
    ):
        print_table(title, made.head, made.rows)
    typer.echo(limit_parts.limit_text(limit, say))
