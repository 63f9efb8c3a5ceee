"""How often inputs that know no field are called better than chance: ``python tests/power/verdicts.py JAPAN DEMO``.

By the judge's own path: a series learns in blocks what it means, and is tested; what passes the test is judged in full, beside
every rival that knows no field. The surrogates of a season are made once, its rivals when something passes. Prints the table of
README.md.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
from field_free import PLANTED, RANDOM, planted

from quakegui.formats.scores import DailyScores
from quakegui.judge.alarms import catalogue_of
from quakegui.judge.folds import material
from quakegui.judge.predictors import PREDICTORS, WITHOUT_FIELD, out_of_fold, predict, run_clues
from quakegui.judge.predictors import inputs as columns
from quakegui.judge.predictors.learners import gradient_boosting, logistic
from quakegui.judge.splits import blocked
from quakegui.judge.surrogates import EVENT, event_windows, surrogate_test
from quakegui.judge.truth import truth_of
from quakegui.judge.verdict import ALPHA
from quakegui.learn.evidence import Evidence, gather, season_inputs, style_name
from quakegui.learn.own_predictor import Bench, prepare_bench
from quakegui.project.seasons import load_season
from quakegui.project.store import Project
from quakegui.simulate.corpus import Plan, simulate
from quakegui.simulate.layouts import synthetic_network

FIRST_SEED = 30_000_000
BETTER = {"better", "days-only", "no-events"}


def project_bench(folder: Path) -> Bench:
    """Return the bench of a project."""
    with Project.open(folder, read_only=True) as project:
        return prepare_bench(gather(project, load_season(project)), "blocked")


def synthetic_benches(seasons, catalogues=("clustered", "swarm")):
    """Yield benches of SYNTHETIC null seasons that can be tested, until there are enough."""
    plan = Plan(first_seed=FIRST_SEED, strengths=(0.0, 0.0), networks=(synthetic_network(),), catalogues=catalogues)
    for one in simulate(plan, range(10 * seasons), together=4):
        if not seasons:
            return
        bench = bare_bench(evidence_of(one, plan))
        if bench.truth.surrogates.estimable(bench.truth.fold >= 0):
            seasons -= 1
            yield bench


def bare_bench(evidence):
    """Return a bench without rivals."""
    split = blocked(evidence.material, inner_share=0.0)
    truth = truth_of(
        split,
        days=evidence.days,
        available_at=evidence.available_at,
        labels=evidence.truth,
        catalogue=evidence.catalogue,
        windows=evidence.windows,
    )
    return Bench(evidence, truth, split, {}, {})


@cache
def beside(bench):
    """Return a bench with the rivals that deny."""
    if bench.rivals:
        return bench
    given = bench.split, bench.evidence.inputs, bench.evidence.truth
    rivals = {name: predict(*given, PREDICTORS[name]) for name in WITHOUT_FIELD}
    return replace(bench, rivals=rivals, clues=run_clues(*given))


def evidence_of(one, plan):
    """Return what a season of a corpus offers to judging."""
    vars(one.season)["features"] = ()  # nothing that denies reads them
    season, events, labels, rule = one.season, one.events, one.labels, plan.rule
    windows = event_windows(events, rule, timezone=season.config.timezone, night=season.config.night.window)
    truth = labels.classes.astype(np.int64)
    span = np.column_stack([windows.day - windows.before, windows.day + windows.after])
    return Evidence(
        days=season.days,
        available_at=season.available_at[season.shown],
        truth=truth,
        material=material(
            season.days, truth, has_map=season.has_map, post=labels.post, event_index=labels.event_index, windows=span
        ),
        catalogue=catalogue_of(events, one.classes),
        windows=windows,
        inputs=season_inputs(season, events),
        style=style_name(season.config),
    )


def code(bench, values):
    """Return the verdict's code of daily scores (day,) or probabilities (day, class)."""
    given = np.atleast_2d(np.asarray(values, float).T).T
    scores = DailyScores(bench.evidence.days, given)
    # The rate's surrogates decide nothing, and what does not pass the test is chance whatever else is said of it.
    few = replace(bench.truth.surrogates, redrawn=bench.truth.surrogates.redrawn[:, :1])
    test = surrogate_test(
        -bench.probabilities(scores)[:, 0], bench.truth.kinds, few, statistic="foldwise", fold=bench.truth.fold
    )
    return "chance" if test.p_value >= ALPHA else beside(bench).judge(scores, name="own", title="own").verdict.code


def former_p(bench, values):
    """Return the p-value of the circular shift of the macro recall: the deciding test of the first edition."""
    kinds = bench.truth.kinds
    answers = bench.probabilities(DailyScores(bench.evidence.days, np.asarray(values, float)[:, None]))[:, 0]
    scored = (kinds < 2) & (bench.truth.fold >= 0) & np.isfinite(answers)
    event, alarmed = kinds[scored] == EVENT, answers[scored] < 0.5
    shifts = np.arange(len(event))
    rings = np.stack([np.roll(event, shift) for shift in shifts], axis=1) * 1.0
    recall = (alarmed @ rings / event.sum() + ~alarmed @ (1 - rings) / (~event).sum()) / 2
    return (recall >= recall[0] - 1e-12).mean()


def plain_inputs(bench):
    """Return what knows no field and no luck, as probabilities: by logistic regression, and by boosted trees."""
    inputs, folds = bench.evidence.inputs, bench.split.folds
    everything = np.concatenate([folds[0].train, folds[0].test])
    tables = {
        "day number": np.arange(len(inputs.days)) * 1.0,
        "days since the last earthquake": columns.catalogue(inputs, everything, np.array([], int))[:, :1],
        "outages": inputs.doubtful * 1.0,
        "Kp": columns.kp(inputs, everything, np.array([], int)),
    }
    return {
        (name, how): out_of_fold(bench.split, table, bench.evidence.truth, learner)
        for name, table in tables.items()
        for how, learner in (("logistic", logistic), ("boosted", gradient_boosting))
    }


def plain(benches):
    """Return (input, how) -> codes over benches of what knows no field and no luck."""
    found = defaultdict(list)
    for bench in benches:
        for key, answer in plain_inputs(bench).items():
            found[key].append(code(bench, answer))
    return found


def count(benches, trials, seed):
    """Return (input, how) -> codes (of the former test: p-values), this many trials of each random kind on each bench."""
    found = defaultdict(list)
    for number, bench in enumerate(benches):
        for k in range(trials):
            rng = np.random.default_rng((seed, number, k))
            for name, draw in RANDOM.items():
                series = draw(rng, len(bench.evidence.days))
                found[name, "random"].append(code(bench, series))
                found[name, "random, circular shift"].append(former_p(bench, series))
    return found


def power(benches, trials, seed):
    """Return (input, how) -> codes (of the former test: p-values) of planted signals."""
    found = defaultdict(list)
    for number, bench in enumerate(benches):
        for k in range(trials):
            rng = np.random.default_rng((seed, number, k, 1))
            for name, signal in PLANTED.items():
                series = planted(rng, bench.truth.kinds == EVENT, *signal)
                found[name, "planted"].append(code(bench, series))
                found[name, "planted, circular shift"].append(former_p(bench, series))
    return found


def main(arguments=None):
    """Print a row per input: how many passed the test, and how many were called better than chance."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("japan", type=Path)
    parser.add_argument("demo", type=Path)
    parser.add_argument("--trials", type=int, default=100, help="of each random kind; on all synthetic seasons together")
    parser.add_argument("--seasons", type=int, default=20)
    parser.add_argument("--planted", type=int, default=40, help="trials of each planted signal")
    given = parser.parse_args(arguments)
    made = list(synthetic_benches(given.seasons))
    places = {"Japan": [project_bench(given.japan)], "demo": [project_bench(given.demo)], "synthetic": made}
    every = {
        (place, *key): outcomes
        for seed, (place, benches) in enumerate(places.items())
        for found in (
            plain(benches),
            count(benches, given.trials // len(benches), seed),
            power(benches, -(-given.planted // len(benches)), seed),
        )
        for key, outcomes in found.items()
    }
    sys.stdout.write(table(every))


def table(every):
    """Return a row of README.md per place, input and test; the former test also at the level that gives the verdict's size."""
    better = sum(one in BETTER for (_, _, how), codes in every.items() if how == "random" for one in codes)
    noise = sorted(p for (_, _, how), found in every.items() if how == "random, circular shift" for p in found)
    level = noise[better]
    lines = [f"Of {len(noise)} random series the verdict calls {better} better, as the former test does by p < {level:.4f}."]
    for (place, name, how), outcomes in every.items():
        if how.endswith("circular shift"):
            passed, called = sum(p < ALPHA for p in outcomes), sum(p < level for p in outcomes)
        else:
            passed, called = sum(one != "chance" for one in outcomes), sum(one in BETTER for one in outcomes)
        lines.append(f"| {place} | {name}, {how} | {len(outcomes)} | {passed} | {called} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
