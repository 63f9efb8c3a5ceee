"""False positives and power: how often the verdict is "better than chance" without and with a signal.

``python tests/power/trained.py --strength 0 --seasons 20`` simulates SYNTHETIC seasons with seeds other than that of the
supplied one, trains a small model on each under one protocol, evaluates it like any run, and prints one line per season and the
count. Null seasons (strength 0) have real events and real Kp but no signal: a verdict of better than chance is then a false
positive.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from quakegui.judge.folds import PROTOCOLS
from quakegui.judge.judgement import Judgement
from quakegui.judge.predictors import run_clues
from quakegui.learn.evidence import Evidence, baselines, make_snapshot, make_split
from quakegui.learn.runs.predictions import PREDICTIONS, RunPredictions
from quakegui.learn.runs.runconfig import RunConfig
from quakegui.learn.zero_shot.trials import evidence_of, paper_kp
from quakegui.project.demo import SPLIT_MAGNITUDE, catalogue_events, main_field_nt
from quakegui.season.basis import MapBasis, build_basis
from quakegui.season.config import SeasonConfig
from quakegui.season.events import classify, scheme_of
from quakegui.season.labels import LabelRule, apply
from quakegui.season.season import Season, compute_season
from quakegui.simulate.layouts import synthetic_network
from quakegui.simulate.minutes import synthetic_night_means
from quakegui.simulate.synthetic import SyntheticConfig, make_season

FIRST_SEED = 1000
"""First seed of these seasons; the supplied season has another one."""


def synthetic_evidence(seed: int, strength: float) -> tuple[Season, Evidence]:
    """Return a SYNTHETIC season for the dates and events of the original paper, and its input for training and evaluation.

    The season is processed like a project, but nothing is stored.

    Parameters
    ----------
    seed, strength
        Seed, and factor on the signals.
    """
    config = SyntheticConfig(seed=seed, strength=strength)
    events = catalogue_events()
    scheme = scheme_of(events, split_magnitude=SPLIT_MAGNITUDE)[0]
    classes = classify(events, scheme)
    network = synthetic_network(config.stations)
    made = make_season(config, main_field_nt=main_field_nt(network, config.days), kp=paper_kp(), events=events)
    parameters = SeasonConfig(timezone=config.timezone, first_day=config.first_day, last_day=config.last_day)
    night = synthetic_night_means(made, parameters.night)
    season = compute_season(network, night, parameters, kp=paper_kp(), basis=_basis())
    known_at = season.available_at[season.shown]
    labels = apply(LabelRule(), events, classes, season.days, known_at, timezone=config.timezone)
    return season, evidence_of(season, events, classes, labels)


def trial(season: Season, evidence: Evidence, config: RunConfig) -> Judgement:
    """Train a model in this process, without the final training, and return its evaluation.

    Parameters
    ----------
    season, evidence
        The season, and its input for training and evaluation.
    config
        Settings of the run, with an explicit precision.
    """
    from quakegui.learn.network.training import train
    from quakegui.learn.run_evaluation import evaluate_predictions

    config = dataclasses.replace(config, final_fit=False)
    made = make_split(evidence.material, config)
    data = make_snapshot(evidence, season, config, made)
    with tempfile.TemporaryDirectory(prefix="quakegui-power-") as folder:
        train(Path(folder), config, data, precision=config.precision, say=lambda _message: None, cancelled=lambda: False)
        said = RunPredictions.load(Path(folder) / PREDICTIONS)
    return evaluate_predictions(
        made,
        said,
        title=config.name,
        available_at=evidence.available_at,
        truth=evidence.truth,
        catalogue=evidence.catalogue,
        windows=evidence.windows,
        beside=baselines(evidence, made),
        clues=run_clues(made, evidence.inputs, evidence.truth),
        class_weighted=config.class_weights,
    ).judgement


def trials(seeds: Iterable[int], strength: float, config: RunConfig) -> Iterator[dict[str, Any]]:
    """Yield one row per season, see `summary`.

    Parameters
    ----------
    seeds
        One season each.
    strength
        Factor on the signals.
    config
        Settings of the run.
    """
    for seed in seeds:
        told = trial(*synthetic_evidence(seed, strength), dataclasses.replace(config, seed=seed))
        yield {"seed": seed, "strength": strength, **summary(told)}


def summary(judgement: Judgement) -> dict[str, Any]:
    """Return the scores of an evaluation as plain values, with paired intervals of the macro recall, earthquake vs. none."""
    row = judgement.row()
    for other in ("majority", "kp"):
        compared = judgement.comparison(other)
        if compared is not None:
            row[f"{other}_low"] = compared.macro_recall_difference.low
            row[f"{other}_high"] = compared.macro_recall_difference.high
    row["class_accuracy"] = judgement.of("class").figures.accuracy
    row["direction_macro_recall"] = judgement.of("direction").figures.macro_recall
    row["better"] = judgement.verdict.better_than_chance
    return row


@cache
def _basis() -> MapBasis:
    return build_basis(synthetic_network(), SeasonConfig(timezone="Asia/Shanghai").grid)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print one JSON line per season, then the count."""
    from quakegui.learn.runs.presets import PRESETS

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--strength", type=float, default=0.0)
    parser.add_argument("--seasons", type=int, default=20)
    parser.add_argument("--first-seed", type=int, default=FIRST_SEED)
    parser.add_argument("--protocol", choices=PROTOCOLS, default="blocked")
    parser.add_argument("--preset", choices=[name for name, recipe in PRESETS.items() if not recipe.zero_shot], default="small")
    parser.add_argument("--precision", choices=("float32", "mixed_bfloat16", "mixed_float16"), default="float32")
    given = parser.parse_args(arguments)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    config = dataclasses.replace(PRESETS[given.preset], protocol=given.protocol, precision=given.precision)
    seeds = range(given.first_seed, given.first_seed + given.seasons)
    better = 0
    for row in trials(seeds, given.strength, config):
        better += bool(row["better"])
        sys.stdout.write(json.dumps(row) + "\n")
        sys.stdout.flush()
    sys.stdout.write(f"{better} of {given.seasons} seasons were called better than chance.\n")


if __name__ == "__main__":
    main()
