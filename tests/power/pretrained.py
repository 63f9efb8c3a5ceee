"""Power and false positives of a pre-trained network by the full verdict: ``python tests/power/pretrained.py ROWS.jsonl``.

Seasons by the fast path, with the network that comes with the program. Every kind advances by ten seasons at a time, so that an
interrupted run has some of each; the rows that the file already has are not made again. Prints the table of README.md.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
from collections import defaultdict
from pathlib import Path

import numpy as np
from scipy.stats import binomtest

from quakegui.learn.network.pretrained import Pretrained, load
from quakegui.learn.zero_shot.shipped import model_folder
from quakegui.learn.zero_shot.trials import BETTER, DRAWN, NARROW, SIGNIFICANT, WIDE, paper_plan, trial
from quakegui.simulate.corpus import Plan, simulate
from quakegui.simulate.nuisance import NUISANCES
from quakegui.simulate.precursors import Law

TOGETHER = 10


def other_law(factors: dict[str, float]) -> Law:
    """Return the law of the training with some of its sizes multiplied."""
    law = Law()
    return dataclasses.replace(law, **{name: getattr(law, name) * factor for name, factor in factors.items()})


KINDS: dict[str, tuple[int, Plan]] = {
    "strength 0.5": (200, paper_plan(0.5, 300_000)),
    "strength 1": (200, paper_plan(1.0, 310_000)),
    "strength 2": (40, paper_plan(2.0, 340_000)),
    "null": (40, paper_plan(0.0, 320_000)),
    "null, drift of 1 nT in 30 days": (40, paper_plan(0.0, 321_000, nuisance=NUISANCES["drift"])),
    "null, noise doubled from a day on": (30, paper_plan(0.0, 322_000, nuisance=NUISANCES["regime"])),
    "null, a fifth of the stations off, moving": (30, paper_plan(0.0, 323_000, nuisance=NUISANCES["outages"])),
    "null, storms three times as lively at each station": (20, paper_plan(0.0, 324_000, nuisance=NUISANCES["storms"])),
    "null, clustered and swarm catalogues, drawn Kp": (40, paper_plan(0.0, 325_000, **DRAWN)),
    "strength 1, footprint x 1.6, length x 0.6": (100, paper_plan(1.0, 330_000, law=other_law(WIDE))),
    "strength 1, footprint x 0.6, length x 1.6": (100, paper_plan(1.0, 331_000, law=other_law(NARROW))),
}
"""Number of seasons and plan of each kind; no choice was made on these seeds."""


def rows(model: Pretrained, kind: str, which: range) -> list[dict]:
    """Return the scores of some seasons of a kind as plain values."""
    found = []
    for each in simulate(KINDS[kind][1], which, pixels=model.recipe.size, together=TOGETHER):
        vars(each.season)["features"] = ()  # no rival that knows no field reads them, and they are a quarter of a verdict
        one = trial(each, model.probabilities(each.season), KINDS[kind][1], card=model.card)
        found.append({"kind": kind, **dataclasses.asdict(one), "better": one.better})
    return found


def interval(count: int, of: int) -> str:
    """Return a share with its 95 % interval (Wilson)."""
    low, high = binomtest(count, of).proportion_ci(method="wilson")
    return f"{count} of {of}, {low:.2f} to {high:.2f}"


def table(made: dict[str, list[dict]]) -> str:
    """Return a row of README.md per kind, and one of all nulls."""
    every = dict(made)
    every["all nulls"] = [row for kind, found in made.items() if kind.startswith("null") for row in found]
    return "\n".join(_line(kind, found) for kind, found in every.items() if found)


def _line(kind: str, found: list[dict]) -> str:
    def mean(value) -> float:
        return float(np.mean([value(row) for row in found]))

    recall = " / ".join(f"{mean(lambda row, at=at: row['recall'][at]):.3f}" for at in ("event", "direction", "class"))
    seeds = KINDS[kind][1].first_seed if kind in KINDS else ""
    cells = [
        kind,
        seeds,
        interval(sum(row["verdict"] in BETTER for row in found), len(found)),
        sum(row["p_value"] < SIGNIFICANT for row in found),
        f"{mean(lambda row: row['auc']):.3f}",
        recall,
        f"{mean(lambda row: row['r']):.2f}, {interval(sum(row['r'] > row['r0'] for row in found), len(found))}",
        f"{100 * mean(lambda row: row['open_share']):.0f}%",
    ]
    return f"| {' | '.join(map(str, cells))} |"


def main() -> None:
    """Make what is missing, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", type=Path)
    parser.add_argument("--model", type=Path, default=model_folder(), help="a folder that `quakegui pretrain` wrote")
    parser.add_argument("--seasons", type=int, default=200, help="at most this many of each kind")
    parser.add_argument("--only", default="", help="only the kinds whose name begins like this")
    given = parser.parse_args()
    kinds = {kind: plan for kind, plan in KINDS.items() if kind.startswith(given.only)}
    model, made = load(given.model), defaultdict(list)
    if given.rows.is_file():
        for line in given.rows.read_text("utf-8").splitlines():
            row = json.loads(line)
            made[row["kind"]].append(row)
    for first in range(0, given.seasons, TOGETHER):
        for kind, (most, _) in kinds.items():
            missing = range(max(first, len(made[kind])), min(first + TOGETHER, most, given.seasons))
            for row in rows(model, kind, missing) if missing else ():
                made[kind].append(row)
                with given.rows.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(row) + "\n")
    print(table({kind: made[kind] for kind in KINDS}))


if __name__ == "__main__":
    main()
