"""Runs and evaluations as tables on the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import typer

from quakegui.cli.terminal import print_json, print_table, say
from quakegui.judge.judged_by import AsOf
from quakegui.judge.judgement import Judgement, plain
from quakegui.learn.runs.registry import RunFolder
from quakegui.learn.source import MapSource

SHOWN = (
    "title", "protocol", "days", "auc", "p_value", "p_corrected", "tries", "macro_recall", "kappa", "r_score", "r0",
    "molchan_skill", "leaky",
)  # fmt: skip


def print_run(run: RunFolder, *, as_json: bool) -> None:
    """Print the facts of a finished run."""
    assert run.card is not None
    if as_json:
        print_json({"run": run.id, "folder": str(run.folder), **plain(run.card)})
        return
    facts = ("id", "protocol", "leaky", "epochs", "seconds", "precision")
    print_table(run.title, ("fact", "value"), [(name, run.card[name]) for name in facts])


def evaluation_facts(source: MapSource, run: RunFolder, as_of: AsOf = "training") -> dict[str, Any]:
    """Evaluate a run; returns the content of `--json`: the evaluation, and one row for the run and for each baseline."""
    judgements, note = source.evaluate_with_rivals(run, as_of)
    if note:
        say(note, style="yellow")
    rows = [one.row() for one in judgements]
    return {"run": run.id, "synthetic": source.synthetic, **judgements[0].to_json(), "row": rows[0], "rows": rows}


def print_judgement(judgement: Judgement) -> None:
    """Print an evaluation, beginning with the verdict."""
    typer.echo(judgement.verdict.text())
    typer.echo(judgement.verdict.figures())
    if judgement.remarks():
        typer.echo(judgement.remarks())
    if judgement.basis is not None:
        typer.echo(judgement.basis.text())
    row = judgement.row()
    print_table(judgement.title, ("figure", "value"), [(name, _cell(row[name])) for name in SHOWN[1:]])
    rows = []
    for one in judgement.comparisons:
        if one.auc_difference is not None and one.residual is not None:
            gap, left = one.auc_difference, one.residual
            own = (None, None) if one.test is None else (one.test.auc, one.test.p_value)
            cells = map(_cell, (*own, gap.value, gap.low, gap.high, left.value, left.low, left.high))
            rows.append((one.name, one.days, *cells, "yes" if one.beaten else "no"))
    columns = (
        "baseline", "days", "AUC", "p", "AUC difference", "low", "high", "residual AUC", "low", "high",
        "model adds information",
    )  # fmt: skip
    print_table("Earthquake vs. none; residual AUC: of what the baseline does not explain of the predictions", columns, rows)


def print_comparison(title: str, judgements: Sequence[Judgement]) -> None:
    """Print evaluations side by side, then each verdict."""
    rows = [one.row() for one in judgements]
    cells = [["" if name == "tries" and row[name] is None else _cell(row[name]) for name in SHOWN] for row in rows]
    print_table(title, SHOWN, cells)
    for one in judgements:
        typer.echo(f"{one.title}: {one.verdict.text()}")
    for sentence in dict.fromkeys(one.basis.text() for one in judgements if one.basis is not None):
        typer.echo(sentence)


def _cell(value: object) -> str:
    if value is None:
        return "not estimable"
    return f"{value:.3f}" if isinstance(value, float) else str(value)
