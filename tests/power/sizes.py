"""How often each surrogate test calls noise, and planted signals, skill: ``python tests/power/sizes.py``.

Every trial draws a catalogue, or takes that of a project (``--project FOLDER``), labels its days by the rule, and tests one
series of each kind twice: as it is (pooled AUC, as a model that never saw the season), and with its sign learnt from the other
blocks (fold-wise AUC, as a model trained in blocks), one-sided and two-sided.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from pathlib import Path

import numpy as np
from field_free import CATALOGUES, FIRST, N_DAYS, PLANTED, RANDOM, made_events, planted
from verdicts import project_bench

from quakegui.judge import surrogates as sg
from quakegui.judge.auc import auc, weighted_auc
from quakegui.judge.folds import material
from quakegui.judge.splits import blocked
from quakegui.season.labels import LabelRule, apply
from quakegui.season.localtime import NightWindow, available_at

ZONE, NIGHT = "Asia/Shanghai", NightWindow()
JITTERS = (20, 30, 45, 60)
SEED = 40_000


def labelled(events, days, rule=None):
    """Return the label windows, the kinds of the days by the rule, and the blocked folds."""
    rule = rule or LabelRule()
    windows = sg.event_windows(events, rule, timezone=ZONE, night=NIGHT)
    labels = apply(rule, events, [1] * len(events), days, available_at(days, ZONE, NIGHT), timezone=ZONE)
    kinds = np.where(labels.post, sg.POST, labels.classes).astype(np.int8)
    span = np.stack([windows.day - windows.before, windows.day + windows.after], axis=1)
    given = material(days, labels.classes, post=labels.post, event_index=labels.event_index, windows=span)
    return windows, kinds, blocked(given, inner_share=0.0)


def learnt_in_blocks(made, x, kinds):
    """Return a series with the sign that each block's training days give it: a logistic regression as far as ranks go."""
    answer = np.full(len(x), np.nan)
    for fold in made.folds:
        rising = x[fold.train][kinds[fold.train] == 1].mean() >= x[fold.train][kinds[fold.train] == 0].mean()
        answer[fold.predict] = x[fold.predict] if rising else -x[fold.predict]
    return answer


def fold_numbers(made, n_days):
    """Return the fold of each day."""
    number = np.full(n_days, -1)
    for k, fold in enumerate(made.folds):
        number[fold.predict] = k
    return number


def p_values(score, kinds, fold, drawn):
    """Return the p-value of a score against each set of surrogate kinds, one-sided and two-sided, shape (set, 2)."""
    observed, told = auc(score, kinds, fold), []
    for kind in drawn:
        other = weighted_auc(score, kind == 1, kind == 0, fold)
        above = (other >= observed - 1e-12).sum(), (np.abs(other - 0.5) >= observed - 0.5 - 1e-12).sum()
        told.append((1 + np.array(above)) / (1 + np.isfinite(other).sum()))
    return np.array(told)


def trial(rng, days, season, surrogates):
    """Return (statistic, input) -> p-values by jitters then rate, see `p_values`; None where it is not estimable."""
    windows, kinds, made = season
    sets = [
        sg.make_surrogates(windows, days, jitter_days=j, surrogates=surrogates, seed=int(rng.integers(2**31))) for j in JITTERS
    ]
    if sets[0].clusters(np.ones(len(days), bool)) < sg.LEAST_CLUSTERS:
        return None
    drawn = [one.jittered for one in sets] + [sets[0].redrawn]
    fold = fold_numbers(made, len(days))
    one = np.where(fold >= 0, 0, -1)
    series = {name: draw(rng, len(days)) for name, draw in RANDOM.items()}
    series |= {name: planted(rng, kinds == 1, *signal) for name, signal in PLANTED.items()}
    told = {("pooled", name): p_values(x, kinds, one, drawn) for name, x in series.items()}
    series["day number"] = np.arange(len(days)) * 1.0
    return told | {
        ("foldwise", name): p_values(learnt_in_blocks(made, x, kinds), kinds, fold, drawn) for name, x in series.items()
    }


def main(arguments=None):
    """Print a row per catalogue, statistic and input."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=400)
    parser.add_argument("--surrogates", type=int, default=499)
    parser.add_argument("--catalogues", nargs="*", default=[*CATALOGUES])
    parser.add_argument("--project", type=Path, help="its own earthquakes instead")
    given = parser.parse_args(arguments)
    names = given.catalogues if given.project is None else [given.project.name]
    for name in names:
        number = [*CATALOGUES, name].index(name)
        fixed = None if given.project is None else project_bench(given.project)
        below, done, left = defaultdict(lambda: np.zeros((len(JITTERS) + 1, 2))), 0, 0
        for k in range(10 * given.trials):
            rng = np.random.default_rng(SEED + 100_000 * number + k)
            if fixed is None:
                days = FIRST + np.arange(N_DAYS)
                season = labelled(made_events(CATALOGUES[name](rng), rng), days)
            else:
                days, season = fixed.evidence.days, (fixed.evidence.windows, fixed.truth.kinds, fixed.split)
            told = trial(rng, days, season, given.surrogates)
            if told is None:
                left += 1
                continue
            done += 1
            for key, p in told.items():
                below[key] += p < 0.05
            if done == given.trials:
                break
        sys.stdout.write(f"{name}: {done} trials, {left} with fewer than {sg.LEAST_CLUSTERS} clusters left out\n")
        for (statistic, kind), count in sorted(below.items()):
            shares = " | ".join(" / ".join(f"{share:.3f}" for share in side) for side in (count / done).T)
            sys.stdout.write(f"| {name} | {statistic} | {kind} | {shares} |\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
