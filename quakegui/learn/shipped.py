"""The network that comes with the program: trained on the SYNTHETIC season, so that its first start shows predictions.

``python -m quakegui.learn.shipped`` makes it anew into `models/`: the demo project, the preset "shipped" under the blocked
protocol, the judgement, the card. It takes minutes. Its out-of-fold predictions belong to the demo season of strength 1; any
other season gets what its last network says, marked in-sample.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from quakegui import paths
from quakegui.judge.judgement import Judgement
from quakegui.learn import messages
from quakegui.learn.messages import Listen
from quakegui.learn.operating import predict_days
from quakegui.learn.runs.files import read_arrays, write_arrays, write_text
from quakegui.learn.runs.predictions import PREDICTIONS
from quakegui.learn.runs.presets import PRESETS
from quakegui.learn.runs.registry import CONFIG, EXPORTED, RunFolder, new_folder, read_run
from quakegui.learn.season_evaluation import evaluate
from quakegui.learn.season_runs import complete_run, refuse_foreign, runs_folder, train
from quakegui.project import runs, seasons
from quakegui.project.demo import create_demo
from quakegui.project.store import Project
from quakegui.season.season import Season

NAME = "synthetic-liangshan"
"""Of the model's folder, and the run's id in every demo project."""
SEASON = "season.npz"
CARD_TEXT = "CARD.md"
NEAR_Z = 1e-3
"""Processors round differently; anomalies that agree so far are the same season, whose maps differ in stray pixels at most."""


def install_model(project: Project, season: Season, *, listen: Listen | None = None) -> RunFolder | None:
    """Put the shipped network into a demo project as a finished run, with predictions, and use it.

    Out-of-fold predictions come along if the season is the one that they were made on; otherwise the network predicts it in a
    worker process, marked in-sample, and the run cannot be judged.

    Parameters
    ----------
    listen
        Told what that worker says.

    Returns
    -------
    RunFolder or None
        The run; None where the project has runs of its own already, or where this installation has no model.

    Raises
    ------
    RunError
        If the project's classes or map style are not the network's.
    """
    source = paths.models() / NAME
    if not (source / CONFIG).is_file() or runs.runs(project):
        return None
    refuse_foreign(project, season, read_run(source, installed=True))
    same = is_shipped_season(season)
    target = runs_folder(project) / NAME
    with new_folder(target.parent, NAME) as part:
        for name in EXPORTED:
            if (source / name).is_file() and (same or name != PREDICTIONS):
                shutil.copyfile(source / name, part / name)
        shutil.rmtree(target, ignore_errors=True)
    run = read_run(target)
    if same:
        complete_run(project, season, run)
    else:
        predict_days(project, season, run, listen=listen or _unheard, in_sample=True)
        runs.use_run(project, run.id)
    return run


def is_shipped_season(season: Season) -> bool:
    """Say whether a season is the one that the shipped predictions were made on, but for rounding."""
    stored = read_arrays(paths.models() / NAME / SEASON)
    days = stored["days"].astype("datetime64[D]")
    if not np.array_equal(days, season.days) or stored["z"].shape != season.z.shape:
        return False
    return bool(np.allclose(stored["z"], season.z, rtol=0.0, atol=NEAR_Z, equal_nan=True))


def make_model(folder: Path, *, listen: Listen) -> Judgement:
    """Train the shipped network on the demo season of strength 1, judge it, and write it with its card.

    Parameters
    ----------
    folder
        Replaced as a whole, once everything is there.
    """
    with tempfile.TemporaryDirectory(prefix="quakegui-model-") as scratch, create_demo(Path(scratch) / "demo") as project:
        season = seasons.load_season(project)
        assert season is not None
        run = train(project, season, PRESETS["shipped"], listen=listen)
        judgement = evaluate(project, season, run)
        write_arrays(
            run.folder / SEASON,
            {"days": season.days.astype(np.int64), "z": season.z.astype(np.float32)},
            compress=True,
        )
        write_text(run.folder / CARD_TEXT, card_text(run, judgement))
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for name in (*EXPORTED, SEASON, CARD_TEXT):
            shutil.copyfile(run.folder / name, folder / name)
    return judgement


def card_text(run: RunFolder, judgement: Judgement) -> str:
    """Return the model's card for people."""
    card = run.card
    assert card is not None
    event = judgement.of("event")
    accuracy, recall, kappa = event.accuracy, event.macro_recall, event.kappa
    lines = [
        "# The shipped network: SYNTHETIC",
        "",
        "Trained on made-up data. It shows how the program works and says nothing about any real earthquake.",
        "",
        f"- **Verdict**: {judgement.verdict.text()} {judgement.verdict.figures()}",
        f"- **Network**: VGG-12, first block {run.config.width} filters, {run.config.size} x {run.config.size} pixels, channel "
        f"{run.config.channel}, compact 4 x 4 head with {run.config.dense[0]} and {run.config.dense[1]} units.",
        "- **Data**: the synthetic season of 2022 at strength 1, 25 invented stations, 334 days, the founding paper's 18 "
        f"events, labels by the retrospective rule; days per class {'/'.join(str(n) for n in card['class_days'])}.",
        "- **Protocol**: blocked, 5 blocks of days, embargo of 7 days, label windows purged, augmentation in training parts "
        f"only; fixed {run.config.epochs} epochs."
        if not run.config.patience
        else "- **Protocol**: blocked, early stopping.",
        f"- **Event against none, {judgement.scored} days**: accuracy {_interval(accuracy)}, macro recall {_interval(recall)}, "
        f"kappa {_interval(kappa)} (95 % block-bootstrap intervals).",
        *(
            f"- **Against {one.name}**: AUC {one.auc_difference.low:+.3f} to {one.auc_difference.high:+.3f} (paired), "
            f"of what it does not explain {one.residual.low:.3f} to {one.residual.high:.3f} ({one.days} days)."
            for one in judgement.comparisons
            if one.auc_difference is not None and one.residual is not None
        ),
        f"- **Direction**: macro recall {judgement.of('direction').figures.macro_recall:.3f}. "
        f"**Five classes**: accuracy {judgement.of('class').figures.accuracy:.3f}.",
        *_alarm_lines(judgement),
        f"- **Made with**: seed {card['seed']}, {card['precision']}, Keras {card['versions']['keras']} on "
        f"{card['device']['backend']} {card['device']['version']}, by `python -m quakegui.learn.shipped`.",
        "- **Limits**: one season, one network of stations, signals that were put in by a stated law. The recipe was chosen on "
        "other synthetic seasons than this one. On any other maps its answers mean nothing; the program refuses maps of "
        "another style and classes of another project.",
        "",
    ]
    return "\n".join(lines)


def _alarm_lines(judgement: Judgement) -> list[str]:
    skill, molchan = judgement.skill, judgement.molchan
    if skill is None:
        return []
    area = "" if molchan is None else f", Molchan area skill {molchan.area_skill:.2f} (random 0.5)"
    return [
        f"- **Alarms**: {skill.hits} of {skill.events} events in {100 * skill.alarm_fraction:.0f} % of the time, "
        f"R = {skill.r:.2f}, R0 = {skill.r0:.2f}{area}."
    ]


def _interval(figure: Any) -> str:
    return f"{figure.value:.3f} ({figure.low:.3f} to {figure.high:.3f})"


def _unheard(_message: messages.Message) -> None:
    return


def main() -> None:
    """Make the shipped network, telling each epoch."""

    def listen(message: messages.Message) -> None:
        if isinstance(message, messages.Hello | messages.Epoch | messages.Done):
            sys.stderr.write(messages.to_line(message) + "\n")

    told = make_model(paths.models() / NAME, listen=listen)
    sys.stdout.write(told.verdict.text() + "\n")


if __name__ == "__main__":
    main()
