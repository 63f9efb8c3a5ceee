"""Application of a pre-trained model to a season as a finished run, which can be evaluated like any other."""

from __future__ import annotations

import datetime as dt
import secrets
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quakegui.learn.evidence import gather, make_snapshot, make_split, maps_to_draw, masked_maps
from quakegui.learn.messages import Listen
from quakegui.learn.network.modelfile import read_model
from quakegui.learn.network.unseen import unseen_card, unseen_predictions
from quakegui.learn.runs.checkpoint import WEIGHTS, network_identity
from quakegui.learn.runs.files import write_arrays, write_json
from quakegui.learn.runs.frozen import IDENTITY, MADE_FOR, MODEL
from quakegui.learn.runs.predictions import PREDICTIONS
from quakegui.learn.runs.registry import RunError, RunFolder, disk_errors, new_folder, read_run
from quakegui.learn.runs.runchecks import CARD, CONFIG, STYLE
from quakegui.learn.season_runs import about_of, complete_run
from quakegui.learn.worker.asking import answer
from quakegui.learn.worker.environments import THIS, Environment
from quakegui.progress import CancelCheck
from quakegui.project import seasons
from quakegui.project.store import Project
from quakegui.season.season import Season
from quakegui.strangers import shown

FACTS = ("plan", "seasons", "passes", "versions", "chosen_by")
"""Values of a model's card that a run stores in its information on the project."""

Answers = Callable[[Season], tuple[NDArray[np.float32], NDArray[np.float32]] | None]
"""Known predictions for a season's days with a map, and for their maps with the missing stations of other days, or None."""


def apply_model(
    project: Project,
    season: Season,
    folder: Path,
    *,
    listen: Listen,
    cancelled: CancelCheck | None = None,
    environment: Environment = THIS,
    earlier: Answers = lambda _season: None,
) -> RunFolder:
    """Predict every day of a season with a pre-trained model, store that as a finished run, and make it current.

    Parameters
    ----------
    project, season
        The project, and its season.
    folder
        Folder of the model.
    listen, cancelled
        Called with every message of the worker; and whether to stop.
    environment
        Environment of the worker.
    earlier
        Predictions that are already known.

    Raises
    ------
    RunError
        If the model cannot be used for this season, the worker failed, or the disk cannot be written; nothing is left behind.
    EvidenceError
        If nothing is labelled.
    ValueError
        If the season has too few labelled days for an evaluation.
    ProjectError
        If the project cannot be read or written, or, as `SupersededError`, if the season is no longer current.
    """
    model = read_model(folder)
    why = model.made_for.refusal(season)
    if why:
        raise RunError(why)
    seasons.require_current(project, season)
    config, evidence = model.config, gather(project, season)
    made = make_split(evidence.material, config)
    data = make_snapshot(evidence, season, config, made)
    created = dt.datetime.now(dt.UTC).replace(microsecond=0)
    run_id = f"{created:%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"
    identity = network_identity(model.weights)
    about = {
        **about_of(project, season, evidence, made, data),
        MADE_FOR: model.card[MADE_FOR],
        MODEL: {IDENTITY: identity, **{name: model.card[name] for name in FACTS if name in model.card}},
    }
    runs = project.runs_folder
    with disk_errors(runs / run_id), new_folder(runs, run_id) as part:
        write_arrays(part / WEIGHTS, dict(model.weights))
        write_arrays(part / STYLE, {"palette": data.palette, "scalar": data.scalar})
        facts = {"title": shown(config.name, 200), "created": created.isoformat(), "style": data.style, "data_hash": data.hash}
        write_json(part / CONFIG, {**facts, "config": config.to_json(), "about": about})
        begun = replace(read_run(part), id=run_id)
        seconds = float(model.card.get("seconds", 0.0))
        write_json(part / CARD, unseen_card(begun, data, model.card, identity, device=None, seconds=seconds))
        rows, maps = masked_maps(season, config)
        said = earlier(season)
        if said is None:
            asked: dict[str, Any] = {"listen": listen, "cancelled": cancelled, "environment": environment}
            run = read_run(part)
            daily = maps_to_draw(season, config, np.flatnonzero(season.has_map))
            said = answer(run, daily, **asked).astype(np.float32), answer(run, maps, **asked).astype(np.float32)
        unseen_predictions(config, data, said[0], (rows, said[1])).save(part / PREDICTIONS)
        (part / "worker.log").unlink(missing_ok=True)
    run = read_run(runs / run_id)
    try:
        complete_run(project, season, run)
    except BaseException:
        shutil.rmtree(run.folder, ignore_errors=True)
        raise
    return run
