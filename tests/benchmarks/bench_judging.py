"""The whole judgement of a run, and the detection limit, beside plain loops over scikit-learn for the same statistics."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from bench_tools import Row, Timed, in_turn, limited
from sklearn.metrics import accuracy_score, cohen_kappa_score, recall_score, roc_auc_score

from quakegui.judge.bootstrap import RESAMPLES, block_weights
from quakegui.judge.detection import detections, filter_detector
from quakegui.judge.limit import limit_of
from quakegui.judge.metrics import TARGETS, group_labels, group_probabilities
from quakegui.judge.predictors import PREDICTORS
from quakegui.judge.replicates import Ground, replicates, signals_before, with_signals
from quakegui.judge.surrogates import EVENT, QUIET, SURROGATES, Surrogates
from quakegui.judge.truth import Truth
from quakegui.learn.evidence import gather, make_split, truth_on
from quakegui.learn.runs.registry import RunFolder
from quakegui.learn.season_evaluation import JUDGEMENT, judge_run
from quakegui.learn.worker.capacity import processors
from quakegui.learn.worker.limit_team import in_processes
from quakegui.learn.worker.run_limit import ground_of
from quakegui.learn.zero_shot.shipped import install_model
from quakegui.progress import never, silent
from quakegui.project.seasons import load_season
from quakegui.project.store import Project
from quakegui.season.anomaly import daily
from quakegui.season.season import Season

SAMPLE = 10
"""So many surrogates and resamples are computed by plain loops; the time of all of them is told by that of these."""
STRENGTHS, REPLICATES, TAKEN = (0.0, 0.5, 1.0, 2.0, 4.0), 40, 4
"""A whole limit, and so many replicates of one strength are computed of it by plain loops."""


@contextmanager
def predicted(folder: Path) -> Iterator[tuple[Project, Season, RunFolder]]:
    """Provide a copy of a project, its season, and the shipped model's run on it, whose answers come with the model."""
    with tempfile.TemporaryDirectory() as place, Project.open(shutil.copytree(folder, Path(place) / "project")) as project:
        season = load_season(project)
        assert season is not None
        run = install_model(project, season)
        assert run is not None
        yield project, season, run


def plain_test(score: np.ndarray, drawn: Surrogates, fold: np.ndarray) -> None:
    """Compute the AUC under some surrogates of both kinds, fold by fold."""
    for kinds in (drawn.jittered, drawn.redrawn):
        for kind in kinds.T[:SAMPLE]:
            for number in range(fold.max() + 1):
                here = (fold == number) & (kind <= EVENT) & np.isfinite(score)
                if len(np.unique(kind[here])) == 2:
                    roc_auc_score(kind[here] == EVENT, score[here])


def plain_bootstrap(truth: Truth, daily_answers: np.ndarray) -> None:
    """Compute accuracy, macro recall and kappa of the three targets, and the AUC, in some resamples."""
    weights = block_weights(len(truth.days), resamples=SAMPLE)
    assert weights is not None
    known = np.isfinite(daily_answers[truth.row_day]).all(axis=1)
    day, label = truth.row_day[known], truth.row_label[known]
    for drawn in weights:
        for target in TARGETS:
            said = group_probabilities(daily_answers[day], target).argmax(axis=1)
            right = group_labels(label, target)
            for measure in (accuracy_score, cohen_kappa_score):
                measure(right, said, sample_weight=drawn[day])
            recall_score(right, said, sample_weight=drawn[day], average="macro", zero_division=0)
        here = np.isin(truth.kinds, (QUIET, EVENT)) & np.isfinite(daily_answers[:, 0]) & (drawn > 0) & (truth.fold >= 0)
        roc_auc_score(truth.kinds[here] == EVENT, -daily_answers[here, 0], sample_weight=drawn[here])


def measure_judgement(folder: Path) -> list[Row]:
    """Time the judgement of a run on a season, nothing of it kept before."""
    with predicted(folder) as (project, season, run):
        evidence = gather(project, season)
        truth = truth_on(make_split(evidence.material, run.config), evidence)
        answers = run.predictions().out_of_fold()[0].astype(float)

        def ours() -> None:
            for kept in run.folder.glob(f"{JUDGEMENT}*"):
                kept.unlink()
            judge_run(project, season, run)

        test, resamples, judged = in_turn(
            3, lambda: plain_test(-answers[:, 0], truth.rivals, truth.fold), lambda: plain_bootstrap(truth, answers), ours
        )
    many = len(PREDICTORS) + 1
    tests, drawn = SURROGATES / SAMPLE * many, RESAMPLES / SAMPLE * (2 * many - 1)  # differences are paired
    whole = test.times(tests).plus(resamples.times(drawn))
    words = f"loops over scikit-learn, {SAMPLE} of {SURROGATES} surrogates and {RESAMPLES} resamples, extrapolated"
    return [
        limited("The whole judgement of a run: all predictors, surrogates, bootstrap", judged, 5000.0, "at most 5 s",
                peer=words, theirs=whole)
    ]  # fmt: skip


def plain_replicate(ground: Ground, seed: int) -> None:
    """Compute the anomalies of one replicate by itself."""
    season = ground.season
    events, _ = ground.shifted_events(np.random.default_rng(seed))
    night = with_signals(ground, signals_before(ground, events, seed), 1.0)
    daily(night, season.config.anomaly, timezone=season.config.timezone)


def measure_limit(folder: Path) -> list[Row]:
    """Time a whole limit, computed in as many processes as there are processors, and plain loops over some replicates."""
    with predicted(folder) as (project, season, _):
        ground = ground_of(project, season)
        detector = filter_detector(ground)
        one = replicates(ground, 1.0, [1])[0]
        plain, judged = in_turn(
            1,
            lambda: [plain_replicate(ground, seed) for seed in range(TAKEN)],
            lambda: [detections(ground, one, detector.answers(one.season)) for _ in range(TAKEN)],
        )
        choices: dict[str, Any] = {"strengths": STRENGTHS, "counts": (), "number": REPLICATES}
        choices |= {"spread": in_processes(ground, detector), "progress": silent, "cancelled": never}
        (ours,) = in_turn(1, lambda: limit_of(ground, detector, **choices), warm_up=0)
    loops = plain.plus(judged).times(len(STRENGTHS) * REPLICATES / TAKEN)
    words = f"daily, filter and judge in a loop in one process, {TAKEN} replicates of strength 1, extrapolated"
    whole = Timed(ours.wall, ours.wall)  # the processor time is that of helper processes
    name = f"Detection limit, {len(STRENGTHS)} strengths x {REPLICATES}, {processors()} processes"
    return [limited(name, whole, 180e3, "at most 180 s", peer=words, theirs=loops)]
