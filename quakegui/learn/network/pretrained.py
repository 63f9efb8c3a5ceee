"""A pre-trained model as a file: its weights, and a card that describes its training."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quakegui import __version__
from quakegui.learn import messages
from quakegui.learn.messages import Listen
from quakegui.learn.network.corpus_choice import CHOOSING, CorpusChoice, choose
from quakegui.learn.network.modelfile import CARD, CARD_FILE, MODEL, read_model
from quakegui.learn.network.pretraining import PretrainingState, predict_both_signs, pretrain
from quakegui.learn.network.pretraining_recipe import Pretraining
from quakegui.learn.network.training import HISTORY
from quakegui.learn.network.vgg12 import vgg12
from quakegui.learn.runs.calibrators import CALIBRATION, calibrator_facts
from quakegui.learn.runs.checkpoint import CHECKPOINT, put_values, trained_values
from quakegui.learn.runs.files import write_arrays, write_text
from quakegui.learn.runs.frozen import ALARMS, MADE_FOR, MadeFor, made_for_of
from quakegui.learn.runs.inputs import pictures
from quakegui.learn.runs.registry import RunError
from quakegui.learn.runs.runconfig import RunConfig
from quakegui.progress import CancelCheck, never
from quakegui.project.filesystem import PART
from quakegui.season.anomaly import AnomalyConfig
from quakegui.season.basis import GridConfig
from quakegui.season.season import Season
from quakegui.simulate.layouts import FEWEST, MOST
from quakegui.words import Said


@dataclass(frozen=True, slots=True, eq=False)
class Pretrained:
    """A model trained on synthetic seasons, ready to predict a season.

    Attributes
    ----------
    recipe
        Settings of the model.
    card
        Description of its training, plain values.
    network
        keras.Model, (image, row, column, channel) -> (image, class).
    """

    recipe: RunConfig
    card: dict[str, Any]
    network: Any

    def probabilities(self, season: Season) -> NDArray[np.float32]:
        """Return the class probabilities of each day of the season, shape (day, class); NaN without a map.

        Raises
        ------
        ValueError
            If the model cannot be used for this season, see `MadeFor.refusal`.
        """
        made_for = made_for_of(self.card)
        why = made_for.refusal(season) if made_for is not None else ""
        if why:
            raise ValueError(why)
        return answers(self.network, self.recipe, season)


def answers(network: Any, recipe: RunConfig, season: Season) -> NDArray[np.float32]:
    """Return the class probabilities of each day of the season, shape (day, class); NaN without a map.

    Parameters
    ----------
    network, recipe
        keras.Model, and its settings.
    season
        The season.
    """
    found = np.full((len(season.days), len(recipe.classes)), np.nan, np.float32)
    days = np.flatnonzero(season.has_map)
    # rounded like the training images
    found[days] = predict_both_signs(network, pictures(season, recipe.channel, recipe.size, days).astype(np.float16))
    return found


def make(
    folder: Path,
    recipe: Pretraining,
    *,
    say: Listen = lambda _message: None,
    cancelled: CancelCheck = never,
    choosing: int = CHOOSING,
) -> Path:
    """Pre-train a model or resume its pre-training, choose its alarm rule on synthetic seasons, and save it.

    Parameters
    ----------
    folder
        Existing folder; contains a checkpoint until the end.
    recipe
        Settings of the pre-training.
    say, cancelled
        See `pretrain`.
    choosing
        Number of seasons for the choice of the alarm rule.

    Raises
    ------
    Stop, FloatingPointError, ValueError
        See `pretrain`.
    """
    network, how = pretrain(recipe, say=say, cancelled=cancelled, folder=folder)

    def progress(done: int, total: int) -> None:
        say(messages.WorkerProgress(done, total, "seasons that choose the alarms"))

    choice = choose(
        recipe,
        lambda season: answers(network, recipe.network, season),
        how.weights,
        seasons=choosing,
        progress=progress,
        cancelled=cancelled,
    )
    path = save(folder, network, recipe, how, choice)
    for left in (*folder.glob(f".*{PART}"), folder / HISTORY, folder / CHECKPOINT):  # until the last is gone, it can be resumed
        left.unlink(missing_ok=True)
    return path


def is_begun(folder: Path) -> bool:
    """Return whether a folder contains only what a pre-training left that ended before its first checkpoint, or nothing."""
    own = {f".{name}{PART}" for name in (CARD_FILE, HISTORY, CHECKPOINT, MODEL)}
    return {path.name for path in folder.iterdir()} <= own


def save(folder: Path, network: Any, recipe: Pretraining, how: PretrainingState, choice: CorpusChoice) -> Path:
    """Write a model with its card as one file in `folder`, and the card as text beside it; return the file.

    Parameters
    ----------
    folder
        Existing folder.
    network, recipe
        keras.Model, and the settings of its pre-training.
    how
        Final state of the pre-training.
    choice
        Its calibrator and alarm rule.
    """
    card = {
        **card_values(recipe),
        **chosen_facts(choice),
        MADE_FOR: dataclasses.asdict(made_for(recipe)),
        "versions": versions(),
        "seconds": round(how.seconds, 1),
        "waited": round(how.waited, 3),
        "history": how.history,
    }
    path = folder / MODEL
    write_text(folder / CARD_FILE, card_text(card))
    write_arrays(path, {CARD: np.array(json.dumps(card)), **trained_values(network)})  # last: it makes the folder a model
    return path


def save_card(folder: Path, card: dict[str, Any]) -> None:
    """Replace the card of a model, in its file and as text.

    Parameters
    ----------
    folder
        Folder of the model.
    card
        The new card, plain values.
    """
    write_arrays(folder / MODEL, {CARD: np.array(json.dumps(card)), **read_model(folder).weights})
    write_text(folder / CARD_FILE, card_text(card))


def made_for(recipe: Pretraining) -> MadeFor:
    """Return the seasons that a model can predict: those with stations as in its training."""
    networks = recipe.plan.networks
    counts = [len(network.stations) for network in networks] or [FEWEST, MOST]
    places: tuple[tuple[float, float], ...] = ()
    if len(networks) == 1:
        places = tuple(zip(networks[0].latitude.tolist(), networks[0].longitude.tolist(), strict=True))
    return MadeFor(AnomalyConfig(), GridConfig(), min(counts), max(counts), places)


def chosen_facts(choice: CorpusChoice) -> dict[str, Any]:
    """Return calibrator and alarm rule as plain values for a card."""
    chosen = {"first_seed": choice.first_seed, "seasons": choice.seasons}
    return {
        CALIBRATION: calibrator_facts(choice.calibrator),
        ALARMS: dataclasses.asdict(choice.alarms),
        "chosen_by": {**chosen, "above": choice.above, "open_share": choice.open_share},
    }


def versions() -> dict[str, str]:
    """Return the versions of quakegui, Keras, its backend and NumPy."""
    import keras

    backend = str(keras.backend.backend())
    return {"quakegui": __version__, "keras": keras.__version__, backend: version(backend), "numpy": np.__version__}


def card_text(card: dict[str, Any]) -> str:
    """Return a card as text: the training of the model, and its limits."""
    network, plan, law, made = card["network"], card["plan"], card["plan"]["law"], card[MADE_FOR]
    last = plan["first_seed"] + card["seasons"] - 1
    several = "the synthetic network in 5 of 21 seasons, random networks in the others"
    stations = "those of one network" if plan["networks"] else several
    scale = "; footprints scaled by the distance between stations" if plan["scale_footprints"] else ""
    laws = "drawn for each season" if plan["law_per_season"] else ", ".join(f"{name} {value:g}" for name, value in law.items())
    rule, by = card[ALARMS], card["chosen_by"]
    waited = f", {card['waited']:.0%} of them waiting for seasons" if "waited" in card else ""
    alarms = (
        f"open after {rule['run_days']} consecutive days with P >= {rule['threshold']:g}, for {rule['open_days']} days; "
        f"chosen on {by['seasons']} seasons with seeds from {by['first_seed']} (R above R0 in {by['above']:.0%} of them, "
        f"alarms open {by['open_share']:.0%} of the time)"
    )
    return f"""# {network["name"]}

This model was trained on SYNTHETIC seasons only, and detects signals like those in them. Whether real earthquakes have such
signals is not known, and no score of this model shows that they do.

| | |
|---|---|
| input | {network["channel"]}, {network["size"]} x {network["size"]} pixels, z by the method {made["anomaly"]["method"]} |
| model | VGG-12, {network["width"]} filters in the first block, head {network["head"]}, dense layers {network["dense"]} |
| seasons | {card["seasons"]}, seeds {plan["first_seed"]} to {last}, each map used {card["passes"]} times |
| signal strengths | {plan["strengths"][0]:g} to {plan["strengths"][1]:g}, log-uniform |
| stations | {stations}; predicts seasons with {made["fewest"]} to {made["most"]} stations |
| earthquakes | {", ".join(plan["catalogues"])}; mean {plan["mean_events"][0]:g} to {plan["mean_events"][1]:g} per season |
| law of the signals | {laws}{scale} |
| alarms | {alarms} |
| training | {card["seconds"]:.0f} s{waited}; final mean loss {card["history"][-1]["loss"]:.3f} |
| software | {", ".join(f"{name} {value}" for name, value in card["versions"].items())} |
{_trials_text(card.get("trials", []))}"""


def _trials_text(rows: list[dict[str, Any]]) -> str:
    """Return the scores of a model on new synthetic seasons as a table; empty if not measured."""
    if not rows:
        return ""
    lines = [
        f"| {row['kind']} | {row['first_seed']} | {row['better']} of {row['seasons']} | {row['significant']} | "
        f"{row['auc']:.3f} | {row['recall_event']:.3f} / {row['recall_direction']:.3f} / {row['recall_class']:.3f} | "
        f"{_signed(row['r'])}, {row['above_r0']} of {row['seasons']} | {row['open_share']:.0%} |"
        for row in rows
    ]
    return "\n".join(
        [
            "",
            "## Scores on SYNTHETIC seasons that were not used in training",
            "",
            "Stations, earthquakes and Kp are those of the original paper unless stated otherwise; night means were generated",
            "directly, without minute values. Better than chance: by the full verdict, compared with every predictor that does",
            "not use the field. No parameter was chosen on these seeds.",
            "",
            "| seasons | seeds from | better than chance | p < 0.05 | AUC | macro recall: event / direction / class "
            "| R, above R0 | alarms open |",
            "|---|---|---|---|---|---|---|---|",
            *lines,
            "",
        ]
    )


def _signed(value: float) -> str:
    return f"{round(value, 2) + 0.0:.2f}".replace("-", "−")


def load(folder: Path) -> Pretrained:
    """Return a model from its folder; raises like `read_model`."""
    kept = read_model(folder)
    network = vgg12(kept.config)
    try:
        put_values(network.weights, kept.weights)
    except ValueError as error:
        raise RunError(
            Said("{folder} does not contain a usable pre-trained model: {error}.", folder=folder, error=str(error).rstrip("."))
        ) from error
    return Pretrained(kept.config, kept.card, network)


def card_values(recipe: Pretraining) -> dict[str, Any]:
    """Return the settings of a pre-training as plain values, with stations as code and position, and Kp as its time span."""
    values = dataclasses.asdict(recipe)
    plan = values["plan"]
    plan["kp"] = None if recipe.plan.kp is None else f"given, {recipe.plan.kp.time[0]} to {recipe.plan.kp.time[-1]}"
    plan["events"] = len(recipe.plan.events)
    for name in ("first_day", "last_day"):
        plan["season"][name] = str(plan["season"][name])
    return values
