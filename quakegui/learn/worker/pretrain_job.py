"""Job of a worker: pre-train the model of a run, on synthetic seasons or on own nights, and predict the season with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quakegui.learn import messages
from quakegui.learn.messages import Listen
from quakegui.learn.network.corpus_choice import CorpusChoice, choose
from quakegui.learn.network.devices import Device
from quakegui.learn.network.modelfile import read_model, supplied_folder
from quakegui.learn.network.own_nights import (
    CHOICE,
    COMPARISON,
    MARGIN_DAYS,
    Members,
    corpus_of,
    of_length,
    recipe_of,
)
from quakegui.learn.network.own_power import compare_power
from quakegui.learn.network.pretrained import answers, chosen_facts, versions
from quakegui.learn.network.pretraining import predict_both_signs
from quakegui.learn.network.pretraining_recipe import STATIONS, recipe_for
from quakegui.learn.network.training import HISTORY, history_text
from quakegui.learn.network.unseen import unseen_card, unseen_predictions
from quakegui.learn.network.vgg12 import vgg12
from quakegui.learn.runs.checkpoint import (
    WEIGHTS,
    network_identity,
    of_members,
    put_values,
    trained_values,
)
from quakegui.learn.runs.dataset import MASKED, Snapshot
from quakegui.learn.runs.files import read_arrays, write_arrays, write_text
from quakegui.learn.runs.frozen import own_nights_of
from quakegui.learn.runs.nights import read_nights
from quakegui.learn.runs.own_facts import OWN_FACTS, Comparison, OwnFacts
from quakegui.learn.runs.predictions import PREDICTIONS
from quakegui.learn.runs.registry import RunError, RunFolder, finish_run
from quakegui.learn.worker.members import members_of, model_of, require_own_nights
from quakegui.progress import CancelCheck
from quakegui.season.season import Season
from quakegui.simulate.corpus import Plan, scaled_law
from quakegui.simulate.injection import Nights
from quakegui.simulate.layouts import spacing_of
from quakegui.words import Said

CHOOSING = 60
"""Synthetic seasons' worth of days on which a model of own nights chooses its alarm rule."""


@dataclass(frozen=True, slots=True, eq=False)
class _Trained:
    """A trained model: its members, the choice of its alarms, rows of history, and what it adds to the card of its run."""

    networks: Sequence[Any]
    choice: CorpusChoice
    history: list[dict[str, Any]]
    seconds: float
    seasons: int
    more: dict[str, Any] = field(default_factory=dict)
    conclusion: str = ""


def pretrain_job(run: RunFolder, data: Snapshot, device: Device, say: Listen, stopped: CancelCheck) -> str:
    """Pre-train or resume the model of a run, finish the run, and return a sentence.

    Parameters
    ----------
    run, data
        The run, and its days.
    device
        Computing device.
    say, stopped
        Called with messages; and whether to stop.
    """
    import keras

    keras.config.set_dtype_policy("float32")
    made = (_on_own_nights if run.config.own_nights else _on_synthetic_seasons)(run, say, stopped)
    folder = run.folder
    weights = of_members([trained_values(network) for network in made.networks])
    write_arrays(folder / WEIGHTS, weights)
    write_text(folder / HISTORY, history_text(made.history))
    masked = read_arrays(folder / MASKED) if (folder / MASKED).exists() else None
    said = _answers(run, made, data.pixels()[data.has_map], data.days[data.has_map])
    changed = None if masked is None else (masked["rows"], _answers(run, made, masked["maps"], data.days[masked["rows"]]))
    unseen_predictions(run.config, data, said, changed).save(folder / PREDICTIONS)
    chosen = {**chosen_facts(made.choice), "versions": versions(), "history": made.history}
    card = unseen_card(run, data, chosen, network_identity(weights), device=device, seconds=made.seconds)
    done = finish_run(run, card | made.more)
    finished = Said(
        "The run “{done_title}” is finished: {seasons} synthetic seasons in {seconds:.0f} s.",
        done_title=done.title,
        seasons=made.seasons,
        seconds=made.seconds,
    )
    return Said("{finished} {conclusion}", finished=finished, conclusion=made.conclusion) if made.conclusion else finished


def _answers(run: RunFolder, made: _Trained, images: NDArray[Any], days: NDArray[np.datetime64]) -> NDArray[np.float32]:
    own = own_nights_of(run.about)
    if own is None:
        return predict_both_signs(made.networks[0], images)
    return Members(run.config, own, made.networks).answers(images, days)


def _on_synthetic_seasons(run: RunFolder, say: Listen, stopped: CancelCheck) -> _Trained:
    recipe = recipe_for(run.config, run.about.get(STATIONS, []))
    network, how = model_of(run, say, stopped)

    def progress(done: int, total: int) -> None:
        say(messages.WorkerProgress(done, total, Said("seasons that choose the alarms")))

    choice = choose(
        recipe, lambda season: answers(network, run.config, season), how.weights, progress=progress, cancelled=stopped
    )
    return _Trained([network], choice, how.history, how.seconds, recipe.seasons)


def _on_own_nights(run: RunFolder, say: Listen, stopped: CancelCheck) -> _Trained:
    """Train the members, choose the alarms, and compare the model with the supplied one."""
    own, season = require_own_nights(run), read_nights(run.folder, run.config.size)
    days = len(season.days)
    networks, states = zip(*members_of(run, season, say, stopped), strict=True)
    members, every = Members(run.config, own, networks), Nights.of(season)
    recipes = [recipe_of(run.config, days, number) for number in range(len(networks))]

    def progress(text: str) -> Any:
        return lambda done, total: say(messages.WorkerProgress(done, total, text))

    chooser = recipe_of(run.config, days, CHOICE)
    choice = choose(
        chooser,
        members.probabilities,
        np.mean([state.weights for state in states], axis=0).tolist(),
        seasons=of_length(CHOOSING, days),
        progress=progress(Said("seasons that choose the alarms")),
        cancelled=stopped,
        corpus=corpus_of(every, chooser.plan),
    )
    plan = recipe_of(run.config, days, COMPARISON).plan
    comparison = _comparison(season, members, plan, progress, stopped)
    facts = OwnFacts(
        law=scaled_law(plan.law, spacing_of(every.stations_km[season.network.located])),
        strengths=plan.strengths,
        mean_events=plan.mean_events,
        catalogue=", ".join(plan.catalogues),
        seasons=recipes[0].seasons,
        first_seeds=tuple(recipe.plan.first_seed for recipe in recipes),
        choice_seed=choice.first_seed,
        comparison_seed=plan.first_seed,
        members=len(networks),
        margin_days=MARGIN_DAYS,
        comparison=comparison,
    )
    history = [row for state in states for row in state.history]
    seconds, seasons = sum(state.seconds for state in states), sum(recipe.seasons for recipe in recipes)
    return _Trained(networks, choice, history, seconds, seasons, {OWN_FACTS: asdict(facts)}, facts.decision())


def _comparison(season: Season, members: Members, plan: Plan, progress: Any, stopped: CancelCheck) -> Comparison | None:
    """Return the comparison with the supplied model; None if there is none, or it cannot predict the season."""
    try:
        supplied = read_model(supplied_folder())
    except RunError:
        return None
    if supplied.made_for.refusal(season):
        return None
    network = vgg12(supplied.config)
    put_values(network.weights, supplied.weights)
    return compare_power(
        season,
        plan,
        members.probabilities,
        lambda made: answers(network, supplied.config, made),
        progress=progress(Said("seasons that compare the two models")),
        cancelled=stopped,
    )
