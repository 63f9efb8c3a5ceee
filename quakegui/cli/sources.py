"""The training data and the runs of a command: from a project, or from a folder of ready-made maps."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from quakegui.cli.terminal import a_text, bar, open_project, say
from quakegui.cli.working import sentences
from quakegui.judge.judged_by import AsOf
from quakegui.learn import ready_maps, season_runs
from quakegui.learn.season_source import ProjectRuns, SeasonSource
from quakegui.learn.source import MapSource, RunCollection
from quakegui.project import seasons
from quakegui.project.store import Project, ProjectError
from quakegui.season.season import Season

Place = Annotated[
    Path, typer.Argument(metavar="PROJECT", help="Project folder, or a folder of ready-made day maps.", show_default=False)
]
RunId = Annotated[
    str | None, typer.Option("--run", metavar="ID", help="ID of a run or its first characters; default: the current run.")
]


def _an_address(text: str | None) -> str | None:
    return None if text is None else a_text(text)


ClusterAddress = Annotated[
    str | None,
    typer.Option(
        "--cluster", callback=_an_address, metavar="ADDRESS", help='Compute on a Dask cluster instead: "tls://centre:8786".'
    ),
]
WhichLabels = Annotated[
    AsOf, typer.Option("--labels", help="Evaluate the run by the labels and earthquakes of its training, or by today's.")
]


@contextmanager
def open_source(place: Path) -> Iterator[MapSource]:
    """Open the training data: a project with its season, or a folder of ready-made maps."""
    if ready_maps.is_ready(place):
        with sentences():
            ready = ready_maps.read_folder(place)
            for note in ready.notes:
                say(note, style="yellow")
            yield ready
        return
    with sentences(), open_project(place) as project:
        season = season_of(project)
        for run_id in season_runs.complete_runs(project, season):
            say(f"The run {run_id} had finished training; its predictions have now been saved.")
        yield SeasonSource(project, season)


def season_of(project: Project, *, features: bool = True, now_ms: int | None = None) -> Season:
    """Compute the season of a project like `load_season`; raises ProjectError without readings or stations with coordinates."""
    with bar("Computing") as report:
        season = seasons.load_season(project, progress=report, features=features, now_ms=now_ms)
    if season is None:
        raise ProjectError(
            f"The project {project.name} has no readings or no stations with coordinates yet, so there are no maps."
        )
    return season


@contextmanager
def open_runs(place: Path, *, read_only: bool = False) -> Iterator[RunCollection]:
    """Open the runs of a project or of a folder of ready-made maps, without computing a map."""
    with sentences():
        if ready_maps.is_ready(place):
            yield ready_maps.ReadyRuns(place)
            return
        with open_project(place, read_only=read_only) as project:
            yield ProjectRuns(project)
