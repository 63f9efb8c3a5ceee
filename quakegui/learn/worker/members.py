"""The members of a pre-trained model, one or those of own nights: trained in turn, or each on its own by another worker."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from quakegui.learn import messages
from quakegui.learn.messages import Listen
from quakegui.learn.network.devices import threads
from quakegui.learn.network.own_nights import corpus_of, recipe_of, withheld
from quakegui.learn.network.pretraining import Part, PretrainingState, pretrain, unfinished_recipe
from quakegui.learn.network.pretraining_recipe import STATIONS, Pretraining, recipe_for
from quakegui.learn.network.state import PHASE
from quakegui.learn.network.training import HISTORY, history_text
from quakegui.learn.network.vgg12 import vgg12
from quakegui.learn.runs.checkpoint import CHECKPOINT, put_values, trained_values
from quakegui.learn.runs.files import read_arrays, write_arrays, write_text
from quakegui.learn.runs.frozen import OwnNights, own_nights_of
from quakegui.learn.runs.nights import read_nights
from quakegui.learn.runs.registry import RunError, RunFolder, member_path, phase_folder
from quakegui.progress import CancelCheck
from quakegui.season.season import Season
from quakegui.simulate.injection import Nights
from quakegui.words import Said

Member = tuple[Any, PretrainingState]
"""A model, and its final state."""


def require_own_nights(run: RunFolder) -> OwnNights:
    """Return the nights of a run and their blocks; RunError if it has none."""
    own = own_nights_of(run.about)
    if own is None:
        raise RunError(Said("Only a project with readings has nights to train a model on."))
    return own


def members_of(run: RunFolder, season: Season, say: Listen, stopped: CancelCheck) -> list[Member]:
    """Return the members of a model of own nights, trained now, before the run was stopped, or by other workers.

    Parameters
    ----------
    run
        The run.
    season
        The season of its nights.
    say, stopped
        Called with messages; and whether to stop.
    """
    made: list[Member] = []
    for number in range(run.config.members):
        recipe = recipe_of(run.config, len(season.days), number)
        path, earlier = member_path(run.folder, number), tuple(row for _, state in made for row in state.history)
        member = _read(path, recipe)
        if member is None:
            member = _read(phase_folder(run.folder, number) / PHASE, recipe, of_threads=threads())
            member = member or _trained(run, season, number, run.folder, say=say, stopped=stopped, earlier=earlier)
            _write(path, member)
            write_text(run.folder / HISTORY, history_text([*earlier, *member[1].history]))
            say(messages.Checkpoint(number, recipe.groups))
        if unfinished_recipe(run.folder) == recipe.fingerprint:  # of this member, perhaps since a process ended here
            (run.folder / CHECKPOINT).unlink()
        made.append(member)
    return made


def model_of(run: RunFolder, say: Listen, stopped: CancelCheck) -> Member:
    """Return the model of synthetic seasons, trained or resumed now, or trained by another worker.

    Parameters
    ----------
    run
        The run.
    say, stopped
        Called with messages; and whether to stop.
    """
    recipe = recipe_for(run.config, run.about.get(STATIONS, []))
    member = _read(phase_folder(run.folder, 0) / PHASE, recipe, of_threads=threads())
    return member or pretrain(recipe, say=say, cancelled=stopped, folder=run.folder)


def train_member(run: RunFolder, number: int, folder: Path, say: Listen, stopped: CancelCheck) -> None:
    """Train one member on its own, and write it into its folder, where `members_of` or `model_of` finds it.

    Parameters
    ----------
    run, number
        The run, and the number of the member.
    folder
        The folder of the member.
    say, stopped
        Called with messages; and whether to stop.
    """
    import keras

    keras.config.set_dtype_policy("float32")
    if run.config.own_nights:
        season = read_nights(run.folder, run.config.size)
        member = _trained(run, season, number, folder, say=say, stopped=stopped)
    else:
        recipe = recipe_for(run.config, run.about.get(STATIONS, []))
        member = pretrain(recipe, say=say, cancelled=stopped, folder=folder)
    _write(folder / PHASE, member)


def _trained(
    run: RunFolder,
    season: Season,
    number: int,
    folder: Path,
    *,
    say: Listen,
    stopped: CancelCheck,
    earlier: tuple[dict[str, Any], ...] = (),
) -> Member:
    own = require_own_nights(run)
    recipe = recipe_of(run.config, len(season.days), number)
    names = tuple(f"fold {each + 1}" for each in range(run.config.members))
    corpus = corpus_of(Nights.of(season, withheld(season, own, number)), recipe.plan)
    return pretrain(recipe, corpus=corpus, part=Part(names, number, earlier), say=say, cancelled=stopped, folder=folder)


def _write(path: Path, member: Member) -> None:
    network, state = member
    facts = {"state": np.array(json.dumps(asdict(state))), "threads": np.array(threads())}
    write_arrays(path, {**facts, **trained_values(network)})


def _read(path: Path, recipe: Pretraining, *, of_threads: int | None = None) -> Member | None:
    """Return a member from its file; None if there is none, or one of another number of threads, whose bits would differ."""
    if not path.is_file():
        return None
    stored = read_arrays(path)
    trained_with = stored.pop("threads", None)
    try:
        state = PretrainingState(**json.loads(str(stored.pop("state"))))
        network = vgg12(recipe.network)
        put_values(network.weights, stored)
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(Said("{path} is damaged and cannot be read: {error}.", path=path, error=error)) from error
    if state.recipe != recipe.fingerprint or (of_threads is not None and trained_with != of_threads):
        return None
    return network, state
