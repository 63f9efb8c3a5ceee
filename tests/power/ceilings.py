"""How well days could be told apart by whoever saw the generator's signals: ceilings for event, direction and class.

``python tests/power/ceilings.py --strength 1 --seasons 20 [--model FOLDER]`` makes seasons with the original paper's stations,
events and Kp and prints the mean macro recall of three targets for two oracles, and for a pre-trained network beside them:

- *event*: knows on each day which event's signal is at least 0.6 nT at a station, and answers that event's class. It fails
  where the rule labels days without a signal.
- *field*: sees every such signal, false ones too, but not what it precedes: north or south by its place, large or small by its
  peak. It fails besides where a signal precedes nothing, and where place and size mislead.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from quakegui.judge.metrics import TARGETS, Target, confusion, group_labels, group_probabilities, macro_recall
from quakegui.learn.network.pretrained import MODEL, load
from quakegui.learn.zero_shot.trials import paper_plan
from quakegui.simulate.corpus import SPLIT_MAGNITUDE, SimulatedSeason, simulate
from quakegui.simulate.precursors import DAY_MINUTES, Law

SEEN_NT = 0.6
"""About a station's own noise of one night: a smaller signal is no oracle's."""
NIGHT_MIDDLE = 90.0
"""Minutes from midnight."""
FIRST_SEED = 120_000


def answers(each: SimulatedSeason, *, knows_events: bool) -> np.ndarray:
    """Return an oracle's class of each day of the season, that of the largest signal, int, shape (day,)."""
    source, law = each.source, Law()
    cls = {event.id: cls for event, cls in zip(each.events, each.classes, strict=True)}
    minute = np.arange(len(source.days))[each.season.shown] * DAY_MINUTES + NIGHT_MIDDLE
    largest, found = np.full(len(minute), SEEN_NT), np.zeros(len(minute), int)
    large = law.peak_nt * 10.0 ** (law.peak_growth * (SPLIT_MAGNITUDE - 3.0))
    for signal in source.signals:
        if knows_events and not signal.event:
            continue
        by_field = (1 if signal.y_km > 0.0 else 3) + (abs(signal.peak_nt) <= large)
        at_station = source.config.strength * abs(signal.peak_nt) * signal.footprint(source.background.xy_km).max()
        size = at_station * signal.course(minute)
        there = size >= largest
        found[there] = cls[signal.event] if knows_events else by_field
        largest[there] = size[there]
    return found


def recall(each: SimulatedSeason, probabilities: np.ndarray, target: Target) -> float:
    """Return the macro recall over the days that are scored, of probabilities of shape (day, class)."""
    scored = np.isfinite(probabilities).all(axis=1) & each.season.has_map & ~each.labels.post
    groups = group_probabilities(probabilities[scored], target)
    labels = group_labels(each.labels.classes[scored].astype(int), target)
    return float(macro_recall(confusion(labels, groups.argmax(axis=1), groups.shape[1])))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--strength", type=float, default=1.0)
    parser.add_argument("--seasons", type=int, default=20)
    parser.add_argument("--first-seed", type=int, default=FIRST_SEED)
    parser.add_argument("--model", type=Path, help="a folder that `quakegui pretrain` wrote")
    given = parser.parse_args()
    model = None if given.model is None else load(given.model / MODEL)
    found: dict[str, list[list[float]]] = {}
    for each in simulate(paper_plan(given.strength, given.first_seed), range(given.seasons), pixels=32):
        said = {name: np.eye(5)[answers(each, knows_events=name == "event")] for name in ("event", "field")}
        if model is not None:
            said["network"] = model.probabilities(each.season)
        for name, probabilities in said.items():
            found.setdefault(name, []).append([recall(each, probabilities, target) for target in TARGETS])
    print(f"strength {given.strength:g}, {given.seasons} seasons, macro recall of {', '.join(TARGETS)}:")
    for name, rows in found.items():
        print(f"{name:8s} {' '.join(f'{value:.3f}' for value in np.mean(rows, axis=0))}")


if __name__ == "__main__":
    main()
