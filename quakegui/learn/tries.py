"""Number of runs tried on a season: with enough tries, some p-value is below any level.

A run counts when it is finished, whether or not anyone looked at its verdict, and still counts after it was deleted. Runs with
the same settings and data are one try; pre-trained models only if they also have the same weights. A leaky run has no p-value
and does not count.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from quakegui.judge.folds import UNTAUGHT
from quakegui.judge.surrogates import (
    JITTER_DAYS,
    EventWindows,
    make_surrogates,
    rule_kinds,
    statistic_of,
    surrogate_test,
)
from quakegui.learn.runs.frozen import IDENTITY
from quakegui.learn.runs.registry import RunError, RunFolder, list_runs
from quakegui.learn.runs.runconfig import RunConfig
from quakegui.learn.runs.trash import trashed_runs
from quakegui.project import runs
from quakegui.project.store import Project


def other_p_values(project: Project, run: RunFolder, windows: EventWindows) -> tuple[float, ...]:
    """Return the p-values of the other runs tried on the days of a run.

    A run whose predictions are missing, or whose p-value cannot be estimated, counts as p = 1.

    Parameters
    ----------
    project, run
        The project, and the run.
    windows
        Label windows of the events, for the verdict.
    """
    assert run.card is not None
    folder = project.folder / "runs"
    here = {each.id: each for each in (*list_runs(folder)[0], *trashed_runs(folder)) if each.card is not None}
    cards = {each.id: _current(each.card, each.config) for each in runs.runs(project) if each.status == "done"}
    cards |= {name: _current(each.card, each.config.to_json()) for name, each in here.items() if each.card is not None}
    own = _recipe(_current(run.card, run.config.to_json()))
    found: dict[Any, float] = {}
    for name, card in cards.items():
        if name == run.id or card.get("leaky") or not _overlap(card, run.card) or own == (recipe := _recipe(card) or (name,)):
            continue
        found[recipe] = min(found.get(recipe, 1.0), _p_value(here[name], windows) if name in here else 1.0)
    return tuple(found.values())


def prospective_tries(project: Project, run: RunFolder) -> tuple[float, ...]:
    """Return p = 1 for every other run with prospective predictions, on whatever days.

    Parameters
    ----------
    project, run
        The project, and the run.
    """
    others = (each.id for each in runs.runs(project) if each.id != run.id)
    return tuple(1.0 for name in others if any(row.kind == "prospective" for row in runs.ledger(project, name)))


def _current(card: Mapping[str, Any], recipe: Mapping[str, Any]) -> dict[str, Any]:
    """Return a card with the hash of its settings in this version, since earlier versions had fewer settings."""
    try:
        return {**card, "config_hash": RunConfig.from_json(dict(recipe)).hash}
    except ValueError:  # from a later version: use its own hash
        return dict(card)


def _recipe(card: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return what identifies runs that are one try; empty if the card does not contain it."""
    names = ("config_hash", "data_hash", *((IDENTITY,) if card.get("protocol") in UNTAUGHT else ()))
    return tuple(card[name] for name in names) if all(name in card for name in names) else ()


def _overlap(card: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Return whether two runs have days in common, or do not state their days."""
    if not card.get("days") or not other.get("days"):
        return True
    (first, last), (begin, end) = card["days"], other["days"]
    return bool(first <= end and begin <= last)


def _p_value(run: RunFolder, windows: EventWindows) -> float:
    """Return the p-value of a run's verdict, 1 if there is none."""
    try:
        said = run.predictions()
    except RunError:
        return 1.0
    daily, fold = said.out_of_fold()
    statistic = statistic_of(run.config.protocol)
    drawn = make_surrogates(windows, said.days, jitter_days=JITTER_DAYS[statistic], redrawn=False)
    test = surrogate_test(-daily[:, 0], rule_kinds(windows, said.days), drawn, statistic=statistic, fold=fold)
    return test.p_value if np.isfinite(test.p_value) else 1.0
