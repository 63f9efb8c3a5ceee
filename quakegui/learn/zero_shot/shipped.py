"""The model supplied with the program: pre-trained on synthetic seasons, so that the first start shows predictions.

``python -m quakegui.learn.zero_shot.shipped`` makes it again in `models/`: the default settings of `quakegui pretrain`, its
scores on new synthetic seasons, and its card. It takes about ten minutes of processor time and can be resumed. Its predictions
for the demonstration season and the corresponding null season are stored with it, so that both are shown at once, even without
TensorFlow.
"""

from __future__ import annotations

import dataclasses
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from quakegui.learn import messages
from quakegui.learn.evidence import maps_to_draw, masked_maps
from quakegui.learn.messages import Listen
from quakegui.learn.network.modelfile import CARD_FILE, MODEL, read_model, supplied_folder
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

if TYPE_CHECKING:  # simulation and training are needed only to make the model
    from quakegui.learn.network.pretrained import Pretrained

SEASONS = "seasons.npz"
STRENGTHS = (1.0, 0.0)
"""Strengths of the demonstration season and of the corresponding null season."""
NEAR_Z = 1e-3
"""Tolerance of z for the same season, since processors round differently."""
NEAR_DEGREES = 1e-6
WIDE = {"footprint_km": 1.6, "length_days": 0.6}
NARROW = {"footprint_km": 0.6, "length_days": 1.6}
"""Factors on the law of its training: the other laws in its card."""
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
"""Trials in its card: text, strength, seasons, first seed, other settings. No choice was made on these seeds."""


def model_folder() -> Path:
    """Return the folder of the model."""
    return supplied_folder()


def install_model(project: Project, season: Season, *, listen: Listen | None = None) -> RunFolder | None:
    """Predict the season of a demo project with the supplied model, as a finished run that becomes current.

    Parameters
    ----------
    project, season
        The project, and its season.
    listen
        Called with messages of the worker, which is used if the predictions are not stored with the model.

    Returns
    -------
    RunFolder or None
        The run; None if the project already has runs, or there is no model in this installation.

    Raises
    ------
    RunError
        If the model cannot be used for this season, or the worker failed.
    """
    if not (model_folder() / MODEL).is_file() or runs.runs(project):
        return None
    return apply_model(project, season, model_folder(), listen=listen or (lambda _message: None), earlier=known_answers)


def shipped_run(
    project: Project,
    season: Season,
    *,
    listen: Listen,
    cancelled: CancelCheck | None = None,
    environment: Environment = THIS,
) -> RunFolder:
    """Return the supplied model's run on the current season, applied now if necessary; raises like `applying.apply_model`."""
    model = read_model(model_folder())
    why = model.made_for.refusal(season)
    if why:
        raise RunError(why)
    done, _ = same_runs_of(project, season, model.config, network=network_identity(model.weights))
    if done is not None:
        return done
    how: dict[str, Any] = {"listen": listen, "cancelled": cancelled, "environment": environment}
    return apply_model(project, season, model_folder(), earlier=known_answers, **how)


def known_answers(season: Season) -> tuple[NDArray[np.float32], NDArray[np.float32]] | None:
    """Return the stored predictions of the model for a demonstration season, None for any other season.

    Returns
    -------
    tuple or None
        For the days with a map, and for their maps with the missing stations of other days, shape (day, class) each.
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
    """Return whether a season has the demonstration's stations at their positions, and the same length of warm-up.

    Its maps, and which days have one, follow from z and the positions of the stations.
    """
    ours, here = synthetic_network(), season.network
    theirs, places = (np.column_stack([one.latitude, one.longitude]) for one in (ours, here))
    same = ours.codes == here.codes and np.allclose(theirs, places, rtol=0.0, atol=NEAR_DEGREES, equal_nan=True)
    return bool(same) and bool(season.shown.start == SyntheticConfig().warm_up_days)


def make_model(folder: Path, *, listen: Listen) -> None:
    """Pre-train or resume the model, and write it with its card and its predictions for the demonstration.

    Parameters
    ----------
    folder
        Folder of the model, replaced as a whole in the end; unfinished files are in a folder beside it.
    listen
        Called with messages.
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


def measure(model: Pretrained) -> list[dict[str, Any]]:
    """Return the scores of the model on new synthetic seasons, one row per kind of season (`TRIALS`)."""
    from quakegui.learn.zero_shot import trials
    from quakegui.simulate.nuisance import NUISANCES
    from quakegui.simulate.precursors import Law

    rows = []
    for words, strength, count, seed, given in TRIALS:
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
    """Predict the demonstration season and the corresponding null season, and store the predictions.

    Parameters
    ----------
    model, path
        The model and the new file.
    """
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


def main() -> None:
    """Make the supplied model, and report each group of seasons."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

    def listen(message: messages.Message) -> None:
        if isinstance(message, messages.Started | messages.Epoch):
            sys.stderr.write(messages.to_line(message) + "\n")

    make_model(model_folder(), listen=listen)
    sys.stdout.write((model_folder() / CARD_FILE).read_text("utf-8"))


if __name__ == "__main__":
    main()
