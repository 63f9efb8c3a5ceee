"""Scores of a pre-trained model on new synthetic seasons, one kind at a time.

``python tests/power/zero_shot.py MODEL --strength 1 --seasons 20`` simulates seasons with the original paper's stations, events
and Kp by the fast path, predicts them, computes the full verdict and the alarms of the model's own rule, and prints one line of
JSON per season and the counts. It takes one second of processor time per season, three with a verdict.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from quakegui.learn.network.pretrained import load
from quakegui.learn.zero_shot.trials import FIRST_SEED, counts, paper_plan, trials
from quakegui.simulate.catalogues import KINDS
from quakegui.simulate.nuisance import NUISANCES
from quakegui.simulate.precursors import Law


def main(arguments: Sequence[str] | None = None) -> None:
    """Print one JSON line per season, then the count."""
    parser = argparse.ArgumentParser(description=__doc__)
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
    for each in trials(load(given.model), plan, given.seasons):
        found.append(each)
        sys.stdout.write(json.dumps(dataclasses.asdict(each)) + "\n")
        sys.stdout.flush()
    sys.stdout.write(json.dumps(counts(found)) + "\n")


if __name__ == "__main__":
    main()
