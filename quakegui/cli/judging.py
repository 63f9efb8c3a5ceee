"""Commands on judging without training: judge, for predictions that were made elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from quakegui.cli.judgements import print_judgement
from quakegui.cli.sources import season_of
from quakegui.cli.terminal import AsJson, ProjectFolder, open_project, print_json
from quakegui.cli.working import sentences
from quakegui.formats.errors import FormatError
from quakegui.formats.scores import read_scores
from quakegui.formats.source import expand
from quakegui.learn.evidence import gather
from quakegui.learn.own_predictor import OwnProtocol, prepare_bench


def judge(
    project: ProjectFolder,
    file: Annotated[
        Path, typer.Argument(metavar="FILE.csv", help="Columns date, and either p0 to p4 or one score.", show_default=False)
    ],
    protocol: Annotated[
        OwnProtocol, typer.Option(help="'blocked': it learnt from this season, or learns here; 'zero-shot': it never saw it.")
    ] = "blocked",
    as_json: AsJson = False,
) -> None:
    """Judge predictions that were made elsewhere, by the same days, tests and rivals as a network."""
    with sentences(), open_project(project, read_only=True) as opened:
        sources = list(expand(file))
        if len(sources) != 1:
            raise FormatError(f"One file of predictions is wanted; there are {len(sources)} here.", file=file.name)
        scores = read_scores(sources[0])
        bench = prepare_bench(gather(opened, season_of(opened)), protocol)
        judgement = bench.judge(scores, name=file.stem, title=file.name)
    if as_json:
        print_json(judgement.row())
        return
    print_judgement(judgement)
