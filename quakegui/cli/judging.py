"""Commands that evaluate without training: judge, for predictions made elsewhere; apply, for pre-trained models."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from quakegui.cli.judgements import evaluation_facts, print_judgement
from quakegui.cli.sources import season_of
from quakegui.cli.terminal import AsJson, ProjectFolder, interruptible, open_project, print_json
from quakegui.cli.working import STOPPING, sentences, worker_bar
from quakegui.formats.archives import expand
from quakegui.formats.errors import FormatError
from quakegui.formats.scores import read_scores
from quakegui.learn.evidence import gather
from quakegui.learn.own_predictor import OwnProtocol, prepare_bench
from quakegui.learn.season_evaluation import evaluate
from quakegui.learn.season_source import SeasonSource
from quakegui.learn.zero_shot.applying import apply_model
from quakegui.learn.zero_shot.shipped import shipped_run
from quakegui.project.runs import use_run


def judge(
    project: ProjectFolder,
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE.csv", help="Table with the column date, and either p0 to p4 or one score.", show_default=False
        ),
    ],
    protocol: Annotated[
        OwnProtocol, typer.Option(help="'blocked': the predictor was trained on this season; 'zero-shot': it was not.")
    ] = "blocked",
    as_json: AsJson = False,
) -> None:
    """Evaluate predictions made elsewhere, with the same days, tests and baselines as a model."""
    with sentences(), open_project(project, read_only=True) as opened:
        sources = list(expand(file))
        if len(sources) != 1:
            raise FormatError(f"Specify one file of predictions; {len(sources)} were found.", file=file.name)
        scores = read_scores(sources[0])
        bench = prepare_bench(gather(opened, season_of(opened)), protocol)
        judgement = bench.judge(scores, name=file.stem, title=file.name)
    if as_json:
        print_json(judgement.row())
        return
    print_judgement(judgement)


def apply(
    project: Annotated[Path, typer.Argument(metavar="PROJECT", help="Project folder.", show_default=False)],
    model: Annotated[
        Path | None,
        typer.Argument(
            metavar="MODEL",
            help="Folder written by 'quakegui pretrain'; default: the one that comes with quakegui.",
            show_default=False,
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Predict the season with a pre-trained model that was not trained on it; the run is saved, shown and evaluated.

    The project must have the parameters of z (the anomaly in standard deviations) and of the maps that the model was made for,
    and a suitable number of stations. The model detects signals like the SYNTHETIC ones of its training; whether real
    earthquakes have such signals is not known.
    """
    with sentences(), open_project(project) as opened, interruptible(STOPPING) as cancelled:
        season = season_of(opened)
        with worker_bar("Predicting") as listen:
            how: dict[str, Any] = {"listen": listen, "cancelled": cancelled}
            run = shipped_run(opened, season, **how) if model is None else apply_model(opened, season, model, **how)
        use_run(opened, run.id)
        facts = evaluation_facts(SeasonSource(opened, season), run) if as_json else None
        judgement = None if as_json else evaluate(opened, season, run)
    if facts is not None:
        print_json(facts)
    if judgement is not None:
        print_judgement(judgement)
