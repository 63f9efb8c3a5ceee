"""The model that comes with the program: pre-trained on simulated seasons, so that its first start shows what it finds.

``python -m quakegui.learn.zero_shot.shipped`` makes it anew into `models/`: the default recipe of `quakegui pretrain`, what it
finds in fresh simulated seasons, the card. Some ten minutes of processor time; stopped, it goes on where it was. Its answers
to the demonstration's season and to the null season beside it are kept with it: both are shown at once, without TensorFlow too.
"""

from __future__ import annotations

import dataclasses
import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from quakegui import paths
from quakegui.learn import messages
from quakegui.learn.evidence import maps_to_draw, masked_maps
from quakegui.learn.messages import Listen
from quakegui.learn.network.modelfile import CARD_FILE, MODEL, read_model
from quakegui.learn.runs.checkpoint import network_identity
from quakegui.learn.runs.files import read_arrays, write_arrays
from quakegui.learn.runs.registry import RunError, RunFolder
from quakegui.learn.season_runs import same_runs_of
from quakegui.learn.worker.environments import THIS, Environment
from quakegui.learn.zero_shot.applying import apply_model
from quakegui.progress import CancelCheck
from quakegui.project import runs, seasons
from quakegui.project.demo import create_demo
from quakegui.project.store import Project
from quakegui.season.season import Season
from quakegui.simulate.layouts import synthetic_network
from quakegui.simulate.synthetic import SyntheticConfig

if TYPE_CHECKING:  # what simulates and trains is for the making of the model alone
    from quakegui.learn.network.pretrained import Pretrained

NAME = "pretrained-stack"
"""Of the model's folder."""
SEASONS = "seasons.npz"
STRENGTHS = (1.0, 0.0)
"""Of the demonstration's season, and of the null season beside it."""
NEAR_Z = 1e-3
"""Processors round differently; anomalies that agree so far are the same season."""
NEAR_DEGREES = 1e-6
WIDE = {"footprint_km": 1.6, "length_days": 0.6}
NARROW = {"footprint_km": 0.6, "length_days": 1.6}
"""Factors on the law that it has learnt: the other laws of its card."""
DRAWN: dict[str, Any] = {"catalogues": ("clustered", "swarm"), "events": (), "kp": None}
TRIALS: tuple[tuple[str, float, int, int, dict[str, Any]], ...] = (
    ("strength 0.5", 0.5, 20, 120_000, {}),
    ("strength 1", 1.0, 20, 121_000, {}),
    ("strength 2", 2.0, 10, 122_000, {}),
    ("null", 0.0, 20, 123_000, {}),
    ("null, drift of 1 nT in 30 days", 0.0, 10, 124_000, {"nuisance": "drift"}),
    ("null, clustered and swarm catalogues, drawn Kp", 0.0, 10, 125_000, DRAWN),
    ("strength 1, footprint x 1.6, length x 0.6", 1.0, 10, 126_000, {"factors": WIDE}),
    ("strength 1, footprint x 0.6, length x 1.6", 1.0, 10, 127_000, {"factors": NARROW}),
)
"""What its card reports: words, strength, seasons, first seed, what else is given. No choice was made on these seeds."""


def model_folder() -> Path:
    """Return where the model lies."""
    return paths.models() / NAME


def install_model(project: Project, season: Season, *, listen: Listen | None = None) -> RunFolder | None:
    """Let the shipped model answer for a demo project's season, as a finished run that is used.

    Parameters
    ----------
    listen
        Told what the worker says, which is asked where the season is none of those whose answers are kept with the model.

    Returns
    -------
    RunFolder or None
        The run; None where the project has runs of its own already, or where this installation has no model.

    Raises
    ------
    RunError
        If the season is not of the kind that the model was made for, or the worker could not answer.
    """
    if not (model_folder() / MODEL).is_file() or runs.runs(project):
        return None
    return apply_model(project, season, model_folder(), listen=listen or _unheard, known=known_answers)


def shipped_run(
    project: Project,
    season: Season,
    *,
    listen: Listen,
    cancelled: CancelCheck | None = None,
    environment: Environment = THIS,
) -> RunFolder:
    """Return the shipped model's run on a season as it is, applied now unless it was; raises as `applying.apply_model`."""
    model = read_model(model_folder())
    why = model.made_for.refusal(season)
    if why:
        raise RunError(why)
    done, _ = same_runs_of(project, season, model.config, network=network_identity(model.weights))
    if done is not None:
        return done
    how: dict[str, Any] = {"listen": listen, "cancelled": cancelled, "environment": environment}
    return apply_model(project, season, model_folder(), known=known_answers, **how)


def known_answers(season: Season) -> tuple[NDArray[np.float32], NDArray[np.float32]] | None:
    """Return the model's answers to a season that it was asked about when it was made, None for any other.

    Returns
    -------
    To the days that have a map, and to their maps with other days' outages, shape (day, class) each.
    """
    path = model_folder() / SEASONS
    if not path.is_file():
        return None
    stored = read_arrays(path)
    if not _of_the_demo(season) or not np.array_equal(stored["days"].astype("datetime64[D]"), season.days):
        return None
    for strength in STRENGTHS:
        z = stored[f"z_{strength:g}"]
        same_days = len(stored[f"daily_{strength:g}"]) == season.has_map.sum()
        if same_days and z.shape == season.z.shape and np.allclose(z, season.z, rtol=0.0, atol=NEAR_Z, equal_nan=True):
            return stored[f"daily_{strength:g}"], stored[f"masked_{strength:g}"]
    return None


def _of_the_demo(season: Season) -> bool:
    """Say whether a season has the demonstration's stations, where these are, and as many days before its window.

    Its maps, and which days have one, follow from z and the stations' places.
    """
    ours, here = synthetic_network(), season.network
    theirs, places = (np.column_stack([one.latitude, one.longitude]) for one in (ours, here))
    same = ours.codes == here.codes and np.allclose(theirs, places, rtol=0.0, atol=NEAR_DEGREES, equal_nan=True)
    return bool(same) and bool(season.shown.start == SyntheticConfig().warm_up_days)


def make_model(folder: Path, *, listen: Listen) -> None:
    """Pre-train the model, or go on with it, and write it with its card and its answers to the demonstration.

    Parameters
    ----------
    folder
        Replaced as a whole, once everything is there; what is unfinished lies beside it.
    """
    from quakegui.learn.network.pretrained import load, make, save_card
    from quakegui.learn.network.pretraining_recipe import PRESETS

    part = folder.with_name(f"{folder.name}.part")
    part.mkdir(parents=True, exist_ok=True)
    if not (part / MODEL).is_file():
        make(part, PRESETS["stack"], say=listen)
    model = load(part)
    answers_to_keep(model, part / SEASONS)
    save_card(part, {**model.card, "trials": measure(model)})
    shutil.rmtree(folder, ignore_errors=True)
    part.replace(folder)


def measure(model: Pretrained, which: Sequence[int] = range(len(TRIALS))) -> list[dict[str, Any]]:
    """Return what the model finds in fresh simulated seasons, one row per kind of season."""
    from quakegui.learn.zero_shot import trials
    from quakegui.simulate.nuisance import NUISANCES
    from quakegui.simulate.precursors import Law

    rows = []
    for number in which:
        words, strength, count, seed, given = TRIALS[number]
        others = dict(given)
        factors = others.pop("factors", None)
        if "nuisance" in others:
            others["nuisance"] = NUISANCES[others["nuisance"]]
        if factors is not None:
            law = Law()
            others["law"] = dataclasses.replace(law, **{name: getattr(law, name) * factor for name, factor in factors.items()})
        plan = trials.paper_plan(strength, seed, **others)
        row = {"kind": words, "first_seed": seed, **trials.counts(list(trials.trials(model, plan, count)))}
        sys.stderr.write(f"{row}\n")
        rows.append(row)
    return rows


def answers_to_keep(model: Pretrained, path: Path) -> None:
    """Ask the model about the demonstration's season and about the null season beside it, and keep what it says."""
    from quakegui.learn.network.pretraining import predict_both_signs

    kept: dict[str, NDArray[Any]] = {}
    for strength in STRENGTHS:
        with (
            tempfile.TemporaryDirectory(prefix="quakegui-model-") as scratch,
            create_demo(Path(scratch) / "demo", strength=strength) as project,
        ):
            season = seasons.load_season(project, features=False)
            assert season is not None
            mapped = np.flatnonzero(season.has_map)
            daily = maps_to_draw(season, model.recipe, mapped).whole()
            masked = masked_maps(season, model.recipe)[1].whole()
            kept["days"] = season.days.astype(np.int64)
            kept[f"z_{strength:g}"] = season.z.astype(np.float32)
            kept[f"daily_{strength:g}"] = predict_both_signs(model.network, daily)
            kept[f"masked_{strength:g}"] = predict_both_signs(model.network, masked)
    write_arrays(path, kept, compress=True)


def _unheard(_message: messages.Message) -> None:
    return


def main() -> None:
    """Make the shipped model, telling each group of seasons."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

    def listen(message: messages.Message) -> None:
        if isinstance(message, messages.Started | messages.Epoch):
            sys.stderr.write(messages.to_line(message) + "\n")

    make_model(model_folder(), listen=listen)
    sys.stdout.write((model_folder() / CARD_FILE).read_text("utf-8"))


if __name__ == "__main__":
    main()
