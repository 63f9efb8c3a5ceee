"""Make the supplied model again: ``python packaging/model.py``.

The default settings of `quakegui pretrain`, its scores on new synthetic seasons, its card, and its predictions for the
demonstration. It takes about ten minutes of processor time and can be resumed.
"""

from __future__ import annotations

import argparse
import dataclasses
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quakegui.learn import messages
from quakegui.learn.evidence import maps_to_draw, masked_maps
from quakegui.learn.messages import Listen
from quakegui.learn.network.modelfile import CARD_FILE, MODEL
from quakegui.learn.network.pretrained import Pretrained, load, make, save_card
from quakegui.learn.network.pretraining import predict_both_signs
from quakegui.learn.network.pretraining_recipe import PRESETS
from quakegui.learn.runs.files import write_arrays
from quakegui.learn.zero_shot.shipped import SEASONS, STRENGTHS, model_folder
from quakegui.learn.zero_shot.trials import DRAWN, NARROW, WIDE, counts, paper_plan, trials
from quakegui.project import seasons
from quakegui.project.demo import create_demo
from quakegui.simulate.nuisance import NUISANCES
from quakegui.simulate.precursors import Law

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


def make_model(folder: Path, *, listen: Listen) -> None:
    """Pre-train or resume the model, and write it with its card and its predictions for the demonstration.

    Parameters
    ----------
    folder
        Folder of the model, replaced as a whole in the end; unfinished files are in a folder beside it.
    listen
        Called with messages.
    """
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
    rows = []
    for words, strength, count, seed, given in TRIALS:
        others = dict(given)
        factors = others.pop("factors", None)
        if "nuisance" in others:
            others["nuisance"] = NUISANCES[others["nuisance"]]
        if factors is not None:
            law = Law()
            others["law"] = dataclasses.replace(law, **{name: getattr(law, name) * factor for name, factor in factors.items()})
        plan = paper_plan(strength, seed, **others)
        row = {"kind": words, "first_seed": seed, **counts(list(trials(model, plan, count)))}
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
    argparse.ArgumentParser(description=__doc__).parse_args()  # it has no options: --help does not begin to train
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

    def listen(message: messages.Message) -> None:
        if isinstance(message, messages.Started | messages.Epoch):
            sys.stderr.write(messages.to_line(message) + "\n")

    make_model(model_folder(), listen=listen)
    sys.stdout.write((model_folder() / CARD_FILE).read_text("utf-8"))


if __name__ == "__main__":
    main()
