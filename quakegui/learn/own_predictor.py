"""Evaluation of a user's own predictor (the calendar, a random walk, another method) from its daily predictions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from quakegui.formats.scores import DailyScores
from quakegui.judge.auc import mean_rank
from quakegui.judge.folds import N_CLASSES, Split
from quakegui.judge.judgement import Judgement
from quakegui.judge.predictors import Clue, out_of_fold, run_clues
from quakegui.judge.predictors.learners import logistic
from quakegui.judge.scoring import judge_truth
from quakegui.judge.splits import blocked
from quakegui.judge.truth import Truth
from quakegui.learn.evidence import Evidence, EvidenceError, baselines, truth_on
from quakegui.words import Said

Floats = NDArray[np.float64]
OwnProtocol = Literal["zero-shot", "blocked"]


@dataclass(frozen=True, slots=True, eq=False)
class Bench:
    """A season prepared for the evaluation of any number of predictors.

    Attributes
    ----------
    evidence
        Days, labels and events.
    truth
        Ground truth of the protocol.
    split
        The blocked folds, on which a single score is converted to probabilities.
    rivals
        Probabilities of the baselines by name, shape (day, class) each.
    clues
        Other predictions from the baselines' input, by name.
    """

    evidence: Evidence
    truth: Truth
    split: Split
    rivals: dict[str, Floats]
    clues: dict[str, Clue]

    def probabilities(self, scores: DailyScores) -> Floats:
        """Return the probabilities to evaluate, shape (day, class); NaN for a day without a prediction or without a map.

        Raises
        ------
        EvidenceError
            If no day of the season has a prediction.
        """
        given = _on_days(scores, self.evidence)
        if scores.are_probabilities:
            answer = given
        elif self.truth.protocol == "blocked":
            answer = out_of_fold(self.split, given, self.evidence.truth, event_logistic)
        else:
            answer = _by_rank(given[:, 0])
        answer[~self.evidence.material.has_map] = np.nan
        return answer

    def judge(self, scores: DailyScores, *, name: str, title: str) -> Judgement:
        """Return the evaluation of daily predictions.

        Parameters
        ----------
        scores
            Probabilities, or a single score per day.
        name, title
            Identifier and display name.
        """
        return judge_truth(
            self.truth,
            self.probabilities(scores),
            name=name,
            title=title,
            baselines=self.rivals,
            clues=self.clues,
            class_weighted=not scores.are_probabilities,  # a score is converted here, with class weights
        )


def prepare_bench(evidence: Evidence, protocol: OwnProtocol) -> Bench:
    """Prepare the evaluation of daily predictions, with the same baselines and days as for a model.

    Parameters
    ----------
    evidence
        Days, labels and events.
    protocol
        ``blocked``: the method was trained on this season in blocks, or is a single score, which is converted here block by
        block (logistic regression). ``zero-shot``: the method never used the season, and its predictions are used as they are;
        a single score counts by its rank.

    Raises
    ------
    EvidenceError
        If the season cannot be split.
    """
    try:
        split = blocked(evidence.material, inner_share=0.0)
    except ValueError as error:
        raise EvidenceError(str(error)) from error
    truth = truth_on(split, evidence, protocol)
    return Bench(evidence, truth, split, baselines(evidence, split), run_clues(split, evidence.inputs, evidence.truth))


def event_logistic(train_x: Floats, train_y: NDArray[np.int64], test_x: Floats) -> Floats:
    """Return probabilities from logistic regression of earthquake vs. none, P(event) shared equally by the event classes.

    Parameters
    ----------
    train_x, test_x
        Shape (day, column).
    train_y
        Classes of the training days, shape (day,).
    """
    event = logistic(train_x, (train_y > 0).astype(np.int64), test_x)
    present = np.bincount(train_y, minlength=N_CLASSES)[1:] > 0
    return np.column_stack([event[:, 0], event[:, 1:2] * (present / max(1, present.sum()))])


def _on_days(scores: DailyScores, evidence: Evidence) -> Floats:
    """Return the predictions on each day of the season, NaN where the file has none, shape (day, 1 or 5)."""
    values = np.full((len(evidence.days), scores.values.shape[1]), np.nan)
    place = np.searchsorted(evidence.days, scores.days)
    inside = (place < len(evidence.days)) & (evidence.days[np.minimum(place, len(evidence.days) - 1)] == scores.days)
    values[place[inside]] = scores.values[inside]
    if not np.isfinite(values).any():
        raise EvidenceError(
            Said(
                "The file contains no predictions for the season ({days} to {days2}).",
                days=evidence.days[0],
                days2=evidence.days[-1],
            )
        )
    return values


def _by_rank(score: Floats) -> Floats:
    """Return probabilities with P(event) equal to the mean rank of a score from 0 to 1, shape (day, class)."""
    known = np.isfinite(score)
    event = np.full(len(score), np.nan)
    event[known] = mean_rank(score[known])
    return np.column_stack([1 - event, np.repeat(event[:, None] / (N_CLASSES - 1), N_CLASSES - 1, axis=1)])
