"""What a pre-trained network finds in simulated seasons that it never saw, and what it sees where there is nothing.

``python -m quakegui.learn.zero_shot MODEL --strength 1 --seasons 20`` makes seasons with the founding paper's stations, events
and Kp by the fast path, asks the network, tests its AUC against surrogate catalogues, and prints one JSON line per season and
the count. It counts what the test alone calls better than chance; the verdict asks for more. Half a second of processor time
a season.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quakegui.judge.metrics import TARGETS, Target, confusion, group_labels, group_probabilities, macro_recall
from quakegui.judge.surrogates import JITTER_DAYS, SURROGATES, event_windows, make_surrogates, rule_kinds, surrogate_test
from quakegui.learn.network.pretrained import MODEL, Pretrained, load
from quakegui.learn.power import paper_kp
from quakegui.project.demo import catalogue_events
from quakegui.simulate.catalogues import KINDS
from quakegui.simulate.corpus import Plan, SimulatedSeason, simulate
from quakegui.simulate.layouts import synthetic_network
from quakegui.simulate.nuisance import NUISANCES
from quakegui.simulate.precursors import Law

SIGNIFICANT = 0.05
FIRST_SEED = 30_000
"""Of the seasons here; the seeds of a corpus begin far beyond."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What a network made of one season.

    Attributes
    ----------
    seed, strength
        Of the season.
    auc, p_value, p_rate
        Of P(event), pooled over all scored days, and its tests against surrogate catalogues (jittered events; redrawn events).
    recall
        Macro recall of event, direction and class; the answer is the most probable group.
    """

    seed: int
    strength: float
    auc: float
    p_value: float
    p_rate: float
    recall: dict[Target, float]


def paper_plan(strength: float, first_seed: int = FIRST_SEED, **others: Any) -> Plan:
    """Return the plan of seasons with the founding paper's stations, events and Kp, unless `others` name another."""
    given = {"networks": (synthetic_network(),), "events": catalogue_events(), "kp": paper_kp(), **others}
    return Plan(first_seed=first_seed, strengths=(strength, strength), **given)


def trials(model: Pretrained, plan: Plan, seasons: int, *, surrogates: int = SURROGATES) -> Iterator[Trial]:
    """Yield what a network makes of the first seasons of a plan."""
    for each in simulate(plan, range(seasons), pixels=model.recipe.size):
        yield trial(each, model.probabilities(each.season), plan, surrogates=surrogates)


def trial(each: SimulatedSeason, probabilities: NDArray[np.float32], plan: Plan, *, surrogates: int = SURROGATES) -> Trial:
    """Test one network's answers for one season, shape (day, class), NaN where there is none.

    Every day with a map that was known before its event is scored: the network never saw the season, so there are no folds.
    """
    season = each.season
    windows = event_windows(each.events, plan.rule, timezone=season.config.timezone, night=season.config.night.window)
    answered = np.isfinite(probabilities).all(axis=1)
    seed = each.source.config.seed
    drawn = make_surrogates(windows, season.days, jitter_days=JITTER_DAYS["pooled"], surrogates=surrogates, seed=seed)
    kinds = rule_kinds(windows, season.days)
    test = surrogate_test(1.0 - probabilities[:, 0], kinds, drawn, statistic="pooled", fold=np.where(answered, 0, -1))
    scored = answered & ~each.labels.post
    return Trial(
        seed,
        each.source.config.strength,
        test.auc,
        test.p_value,
        test.p_rate,
        {target: _macro_recall(probabilities[scored], each.labels.classes[scored], target) for target in TARGETS},
    )


def _macro_recall(probabilities: NDArray[np.float32], classes: NDArray[np.uint8], target: Target) -> float:
    groups = group_probabilities(probabilities, target)
    matrix = confusion(group_labels(classes, target), groups.argmax(axis=1), groups.shape[1])
    return float(macro_recall(matrix))


def main(arguments: Sequence[str] | None = None) -> None:
    """Print one JSON line per season, then the count."""
    parser = argparse.ArgumentParser(prog="python -m quakegui.learn.zero_shot", description=__doc__)
    parser.add_argument("model", type=Path, help="a folder that `quakegui pretrain` wrote")
    parser.add_argument("--strength", type=float, default=1.0)
    parser.add_argument("--seasons", type=int, default=20)
    parser.add_argument("--first-seed", type=int, default=FIRST_SEED)
    parser.add_argument("--nuisance", choices=tuple(NUISANCES), default="none")
    parser.add_argument("--catalogue", choices=tuple(KINDS), help="drawn events and Kp instead of the paper's")
    parser.add_argument("--footprint", type=float, default=1.0, help="factor on the law's footprints")
    parser.add_argument("--length", type=float, default=1.0, help="factor on the law's lengths")
    given = parser.parse_args(arguments)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    law = Law()
    law = dataclasses.replace(law, footprint_km=law.footprint_km * given.footprint, length_days=law.length_days * given.length)
    others: dict[str, Any] = {"nuisance": NUISANCES[given.nuisance], "law": law}
    if given.catalogue is not None:
        others |= {"catalogues": (given.catalogue,), "events": (), "kp": None}
    plan = paper_plan(given.strength, given.first_seed, **others)
    found = []
    for each in trials(load(given.model / MODEL), plan, given.seasons):
        found.append(each)
        sys.stdout.write(json.dumps(dataclasses.asdict(each)) + "\n")
        sys.stdout.flush()
    better = sum(each.p_value < SIGNIFICANT for each in found)
    mean = {target: np.mean([each.recall[target] for each in found]) for target in TARGETS}
    sys.stdout.write(
        f"{better} of {len(found)} seasons have p < {SIGNIFICANT}; mean AUC {np.mean([each.auc for each in found]):.3f}, "
        f"macro recall of {', '.join(f'{target} {value:.3f}' for target, value in mean.items())}.\n"
    )


if __name__ == "__main__":
    main()
