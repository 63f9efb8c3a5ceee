"""Scores of a pre-trained model on new synthetic seasons, with and without signals.

Seasons are simulated by the fast path and predicted; then the full verdict and the alarms of the model's own rule are computed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quakegui import formats, paths
from quakegui.formats.archives import expand
from quakegui.judge.alarms import Series, catalogue_of, record_alarms
from quakegui.judge.folds import Split, material
from quakegui.judge.metrics import TARGETS, Target, confusion, group_labels, group_probabilities, macro_recall
from quakegui.judge.predictors import PREDICTORS, WITHOUT_FIELD, predict, run_clues
from quakegui.judge.skill import Skill, skill
from quakegui.judge.split_evaluation import judge
from quakegui.judge.surrogates import JITTER_DAYS, SURROGATES, event_windows, make_surrogates, rule_kinds, surrogate_test
from quakegui.judge.verdict import Verdict
from quakegui.learn.evidence import Evidence, make_split, season_inputs, style_name
from quakegui.learn.network.pretrained import Pretrained
from quakegui.learn.runs.calibrators import CALIBRATION, calibrator_of
from quakegui.learn.runs.frozen import frozen_alarms_of
from quakegui.learn.runs.presets import STACK
from quakegui.project.demo import catalogue_events
from quakegui.season.events import Event
from quakegui.season.kp import Kp
from quakegui.season.labels import LabelRule, RuleLabels
from quakegui.season.localtime import local_date
from quakegui.season.season import Season
from quakegui.simulate.corpus import Plan, SimulatedSeason, simulate
from quakegui.simulate.layouts import synthetic_network
from quakegui.words import Said

SIGNIFICANT = 0.05
BETTER = ("better", "days-only", "no-events")
"""Codes of verdicts better than chance."""
CHANCE = "chance"
FIRST_SEED = 30_000
"""First seed of these seasons; those of a corpus are far larger."""
WIDE = {"footprint_km": 1.6, "length_days": 0.6}
NARROW = {"footprint_km": 0.6, "length_days": 1.6}
"""Factors on the law of its training: the other laws in its card."""
DRAWN: dict[str, Any] = {"catalogues": ("clustered", "swarm"), "events": (), "kp": None}


@dataclass(frozen=True, slots=True)
class Trial:
    """Scores of a model on one season.

    Attributes
    ----------
    seed, strength
        Seed and signal strength of the season.
    auc, p_value, p_rate
        AUC of P(event), pooled over all scored days, and its tests against surrogate catalogues (shifted events; redrawn
        events).
    verdict
        Code of the verdict; "chance" also if p is not significant, or the season cannot be split.
    r, r0, open_share
        R score, R0 and fraction of time under alarm with the model's own rule, NaN without one.
    recall
        Macro recall of event, direction and class, for the most probable group.
    """

    seed: int
    strength: float
    auc: float
    p_value: float
    p_rate: float
    verdict: str
    r: float
    r0: float
    open_share: float
    recall: dict[Target, float]

    @property
    def better(self) -> bool:
        """Whether the verdict is better than chance, at least day by day."""
        return self.verdict in BETTER


def evidence_of(season: Season, events: Sequence[Event], classes: Sequence[int], labels: RuleLabels) -> Evidence:
    """Return the input for training and evaluation from a season without a project.

    Parameters
    ----------
    season
        The season.
    events, classes
        Main shocks and the class of each.
    labels
        Labels of the default rule.
    """
    shown, timezone, rule = season.shown, season.config.timezone, LabelRule()
    known_at = season.available_at[shown]
    event_days = local_date(np.array([event.time for event in events], dtype="datetime64[ms]"), timezone)
    before = np.array([rule.days_before(event.magnitude) for event in events]).astype("timedelta64[D]")
    truth = labels.classes.astype(np.int64)
    return Evidence(
        days=season.days,
        available_at=known_at,
        truth=truth,
        material=material(
            season.days,
            truth,
            has_map=season.has_map,
            post=labels.post,
            event_index=labels.event_index,
            windows=np.column_stack([event_days - before, event_days + np.timedelta64(rule.days_after, "D")]),
        ),
        catalogue=catalogue_of(events, classes),
        windows=event_windows(events, rule, timezone=timezone, night=season.config.night.window),
        inputs=season_inputs(season, events),
        style=style_name(season.config),
    )


@cache
def paper_kp() -> Kp:
    """Return the Kp index of the original paper's dates, supplied with quakegui."""
    for source in expand(paths.resources() / "kp" / "kp_2021-11_2022-12.csv"):
        return formats.read_kp(source)
    raise FileNotFoundError(Said("The Kp data of 2022 supplied with quakegui are missing; install quakegui again."))


def paper_plan(strength: float, first_seed: int = FIRST_SEED, **others: Any) -> Plan:
    """Return the plan of seasons with the original paper's stations, events and Kp, unless `others` replace them.

    Parameters
    ----------
    strength
        Signal strength.
    first_seed
        Seed of the first season.
    others
        Other parameters of `Plan`.
    """
    given = {"networks": (synthetic_network(),), "events": catalogue_events(), "kp": paper_kp(), **others}
    return Plan(first_seed=first_seed, strengths=(strength, strength), **given)


def trials(model: Pretrained, plan: Plan, seasons: int, *, surrogates: int = SURROGATES) -> Iterator[Trial]:
    """Yield the scores of a model on the first seasons of a plan.

    Parameters
    ----------
    model, plan
        The model, and the plan.
    seasons
        Number of seasons.
    surrogates
        Number of surrogate catalogues per test.
    """
    for each in simulate(plan, range(seasons), pixels=model.recipe.size):
        yield trial(each, model.probabilities(each.season), plan, card=model.card, surrogates=surrogates)


def trial(
    each: SimulatedSeason,
    probabilities: NDArray[np.float32],
    plan: Plan,
    *,
    card: Mapping[str, Any] | None = None,
    surrogates: int = SURROGATES,
) -> Trial:
    """Return the scores of a model on one season.

    Every day with a map that was known before its event is scored; a zero-shot model has no folds.

    Parameters
    ----------
    each, probabilities
        The season, and predictions of the model, shape (day, class), NaN where missing.
    plan
        Provides the label rule.
    card
        Card of the model, with its alarm rule and calibrator; without it there are no alarms.
    surrogates
        Number of surrogate catalogues.
    """
    season = each.season
    windows = event_windows(each.events, plan.rule, timezone=season.config.timezone, night=season.config.night.window)
    answered = np.isfinite(probabilities).all(axis=1)
    seed = each.source.config.seed
    drawn = make_surrogates(windows, season.days, jitter_days=JITTER_DAYS["pooled"], surrogates=surrogates, seed=seed)
    kinds = rule_kinds(windows, season.days)
    test = surrogate_test(1.0 - probabilities[:, 0], kinds, drawn, statistic="pooled", fold=np.where(answered, 0, -1))
    scored = answered & ~each.labels.post
    found = None if card is None else _alarm_skill(each, card, probabilities)
    return Trial(
        seed,
        each.source.config.strength,
        test.auc,
        test.p_value,
        test.p_rate,
        _verdict(each, probabilities) if test.p_value < SIGNIFICANT else CHANCE,
        np.nan if found is None else found.r,
        np.nan if found is None else found.r0,
        np.nan if found is None else found.alarm_fraction,
        {target: _macro_recall(probabilities[scored], each.labels.classes[scored], target) for target in TARGETS},
    )


def _alarm_skill(each: SimulatedSeason, card: Mapping[str, Any], probabilities: NDArray[np.float32]) -> Skill | None:
    frozen = frozen_alarms_of(card)
    if frozen is None:
        return None
    season = each.season
    calibrated = calibrator_of(card[CALIBRATION]).of_classes(probabilities)
    series = Series(season.days, season.available_at[season.shown].astype("datetime64[ms]"), calibrated)
    return skill(record_alarms(series, frozen.rule, catalogue_of(each.events, each.classes)))


def _verdict(each: SimulatedSeason, probabilities: NDArray[np.float32]) -> str:
    """Return the code of the full verdict, with all baselines that use no field."""
    evidence = evidence_of(each.season, each.events, each.classes, each.labels)
    try:
        split = make_split(evidence.material, STACK)
    except ValueError:  # without a split there is no comparison and no verdict
        return CHANCE
    return str(verdict_of(evidence, split, probabilities).code)


def verdict_of(evidence: Evidence, split: Split, probabilities: NDArray[np.float32]) -> Verdict:
    """Return the full verdict, with all baselines that use no field.

    Parameters
    ----------
    evidence, split
        The season, and its split, whose protocol names the predictor.
    probabilities
        Predictions of the model, shape (day, class), NaN where missing.
    """
    return judge(
        split,
        name=split.protocol,
        days=evidence.days,
        available_at=evidence.available_at,
        labels=evidence.truth,
        probabilities=probabilities,
        catalogue=evidence.catalogue,
        windows=evidence.windows,
        baselines={name: predict(split, evidence.inputs, evidence.truth, PREDICTORS[name]) for name in WITHOUT_FIELD},
        clues=run_clues(split, evidence.inputs, evidence.truth),
    ).verdict


def _macro_recall(probabilities: NDArray[np.float32], classes: NDArray[np.uint8], target: Target) -> float:
    groups = group_probabilities(probabilities, target)
    matrix = confusion(group_labels(classes, target), groups.argmax(axis=1), groups.shape[1])
    return float(macro_recall(matrix))


def counts(trials: Sequence[Trial]) -> dict[str, Any]:
    """Return the mean scores and the number of successes, plain values."""
    recall = {target: round(float(np.mean([each.recall[target] for each in trials])), 3) for target in TARGETS}
    return {
        "seasons": len(trials),
        "significant": sum(each.p_value < SIGNIFICANT for each in trials),
        "better": sum(each.better for each in trials),
        "auc": round(float(np.mean([each.auc for each in trials])), 3),
        **{f"recall_{target}": value for target, value in recall.items()},
        "r": round(float(np.mean([each.r for each in trials])), 3),
        "above_r0": sum(each.r > each.r0 for each in trials),
        "open_share": round(float(np.mean([each.open_share for each in trials])), 3),
    }
