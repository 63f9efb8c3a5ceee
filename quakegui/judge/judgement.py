"""The evaluation of one predictor: scores, comparisons, alarms and verdict in one frozen object."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quakegui.judge.alarms import AlarmRecord, AlarmRule
from quakegui.judge.bootstrap import CONSTANT_AUC, Interval
from quakegui.judge.calibration import Calibrator
from quakegui.judge.dependence import Dependence
from quakegui.judge.ensemble import Ensemble
from quakegui.judge.judged_by import Basis
from quakegui.judge.metrics import TARGETS, Calibration, Figures, Target
from quakegui.judge.reliability import Reliability
from quakegui.judge.skill import Molchan, Skill
from quakegui.judge.surrogates import SurrogateTest
from quakegui.judge.verdict import Verdict
from quakegui.words import Said, joined

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class TargetFigures:
    """Scores of one target with their block-bootstrap intervals, from the current labels."""

    target: Target
    figures: Figures
    accuracy: Interval
    macro_recall: Interval
    kappa: Interval


@dataclass(frozen=True, slots=True)
class Comparison:
    """Comparison with one baseline on the same days.

    Attributes
    ----------
    name
        Name of the baseline.
    target
        Target of the comparison.
    days, dropped
        Rows compared, and scored rows that the baseline could not predict (no Kp), which are dropped for both.
    figures
        Scores of the baseline.
    accuracy_difference, macro_recall_difference
        Predictor minus baseline, paired.
    auc_difference
        Earthquake vs. none from the label rule, fold by fold; the baseline counts as at least 0.5. None for other targets.
    residual
        Fold-wise AUC of the part of the predictions that the baseline does not explain, see `judge.residual`; for
        ``without-field``, that neither it nor any of its parts explains; for a baseline with a clue (`predictors.Clue`), the
        minimum of this and of the part that the clue does not explain. None for other targets.
    test
        The baseline's own AUC of earthquake vs. none on all its days, and its p-value; None for other targets.
    """

    name: str
    target: Target
    days: int
    dropped: int
    figures: Figures
    accuracy_difference: Interval
    macro_recall_difference: Interval
    auc_difference: Interval | None = None
    residual: Interval | None = None
    test: SurrogateTest | None = None

    @property
    def share(self) -> float:
        """Fraction of the scored rows that could be compared."""
        return self.days / max(1, self.days + self.dropped)

    @property
    def beaten(self) -> bool:
        """Whether the predictor outperforms the baseline: the whole interval of the residual AUC lies above 0.5.

        For other targets, whether the paired interval of the macro recall lies above 0.
        """
        return self.macro_recall_difference.above_zero if self.residual is None else self.residual.low > CONSTANT_AUC


@dataclass(frozen=True, slots=True)
class Judgement:
    """The complete evaluation of one predictor.

    Attributes
    ----------
    name, title
        Identifier (name of the baseline, or protocol of the model) and display name.
    protocol, leaky, leak
        Validation protocol, whether it is leaky, and the fraction of leaked test images.
    scored, without_prediction
        Number of scored rows, and of test rows without a prediction.
    targets
        Scores of event, direction and class.
    trained, tested
        Which classes each fold had in training and in the test, shape (fold, class); a class missing in either is not estimable
        in that fold.
    calibration
        None without a scored row.
    comparisons
        One per baseline and target.
    rules
        Alarm rule of each fold.
    fixed_thresholds
        Folds with the fixed rule, because none could be chosen from the training days.
    alarms
        None if the test has zero length.
    skill, molchan
        None if there is no event in the evaluated period.
    surrogate
        Test of the AUC of earthquake vs. none, from the label rule.
    auc
        The same AUC fold by fold, with its interval.
    agreement
        AUC with the current labels: how well the predictor reproduces the analysts' labels. Not part of the verdict, since
        labels from analysts who looked at the maps depend on the field.
    verdict
        The result in one sentence.
    basis
        Labels and earthquakes of the evaluation; None if the caller supplied others.
    dependence
        Dependence on date and missing stations; None if not computed.
    reliability
        Reliability of the calibrated P(event); None without calibration.
    calibrators
        Calibrator of each fold.
    information_gain
        Information gain of the calibrated probabilities over the predictor ``catalogue``, bits per event; NaN without it.
    information_gain_constant
        The same over a constant, the base rate of the scored days; NaN without calibration.
    ensemble
        Agreement of the ensemble members whose mean was evaluated; None for a single model.
    """

    name: str
    title: str
    protocol: str
    leaky: bool
    leak: float
    scored: int
    without_prediction: int
    targets: tuple[TargetFigures, ...]
    trained: Mask
    tested: Mask
    calibration: Calibration | None
    comparisons: tuple[Comparison, ...]
    rules: tuple[AlarmRule, ...]
    fixed_thresholds: tuple[int, ...]
    alarms: AlarmRecord | None
    skill: Skill | None
    molchan: Molchan | None
    surrogate: SurrogateTest
    auc: Interval
    agreement: float
    verdict: Verdict
    basis: Basis | None = None
    dependence: Dependence | None = None
    reliability: Reliability | None = None
    calibrators: tuple[Calibrator, ...] = ()
    information_gain: float = np.nan
    information_gain_constant: float = np.nan
    ensemble: Ensemble | None = None

    @property
    def thresholds(self) -> tuple[float, ...]:
        """p* of each fold."""
        return tuple(float(np.asarray(rule.threshold)) for rule in self.rules)

    def of(self, target: Target) -> TargetFigures:
        """Return the scores of one target."""
        return self.targets[TARGETS.index(target)]

    def comparison(self, name: str, target: Target = "event") -> Comparison | None:
        """Return the comparison with a baseline, None if it was not run.

        Parameters
        ----------
        name
            Name of the baseline.
        target
            "event", "direction" or "class".
        """
        return next((c for c in self.comparisons if c.name == name and c.target == target), None)

    def remarks(self) -> Said:
        """Return remarks to the verdict: agreement of an ensemble, dependence on date and missing stations."""
        return joined(" ", (one.text() for one in (self.ensemble, self.dependence) if one is not None))

    def row(self) -> dict[str, Any]:
        """Return one row of a comparison table, of earthquake vs. none; None for a score that could not be estimated."""
        shown, test = self.of("event"), self.surrogate
        row = {
            "name": self.name,
            "title": self.title,
            "protocol": self.protocol,
            "target": "event",
            "days": self.scored,
            "auc": test.auc,
            "statistic": None if self.leaky else test.statistic,
            "jitter_days": None if self.leaky else test.jitter_days,
            "p_value": test.p_value,
            "p_jitter": test.p_jitter,
            "p_rate": test.p_rate,
            "p_corrected": self.verdict.parameters["p_corrected"],
            "tries": self.verdict.parameters["tries"],
            "not_beaten": self.verdict.not_beaten,
            "agreement": self.agreement,
            "accuracy": shown.figures.accuracy,
            "macro_recall": shown.figures.macro_recall,
            "kappa": shown.figures.kappa,
            "brier_skill": None if self.reliability is None else self.reliability.brier_skill,
            "information_gain": self.information_gain,
            "information_gain_constant": self.information_gain_constant,
            "r_score": None if self.skill is None else self.skill.r,
            "r0": None if self.skill is None else self.skill.r0,
            "r_weighed": None if self.skill is None else self.skill.weighed_r,
            "alarm_fraction": None if self.skill is None else self.skill.alarm_fraction,
            "molchan_skill": None if self.molchan is None else self.molchan.area_skill,
            "verdict": str.__str__(self.verdict.text()),
            "verdict_code": self.verdict.code,
            "leaky": self.leaky,
            "labels": None if self.basis is None else self.basis.as_of,
            "judged_by": None if self.basis is None else str.__str__(self.basis.text()),
        }
        return {key: plain(value) for key, value in row.items()}

    def to_json(self) -> dict[str, Any]:
        """Return the evaluation as plain JSON values: arrays as lists, times as ISO text, null for NaN and infinity."""
        told: dict[str, Any] = plain(self)
        told["verdict"]["better_than_chance"] = self.verdict.better_than_chance
        told["verdict"]["borderline"] = self.verdict.borderline
        told["verdict"]["text"] = self.verdict.text()
        told["verdict"]["figures"] = self.verdict.figures()
        told["thresholds"] = plain(self.thresholds)
        if self.ensemble is not None:
            told["ensemble"]["text"] = self.ensemble.text()
        if self.dependence is not None:
            told["dependence"]["text"] = self.dependence.text()
        if self.basis is not None:
            told["basis"]["text"] = self.basis.text()
        if self.molchan is not None:
            low, high = self.molchan.random_band
            told["molchan"]["random_band"] = {"low": plain(low), "high": plain(high)}
        if self.alarms is not None:
            told["alarms"]["alarm_fraction"] = plain(self.alarms.alarm_fraction)
        for comparison, entry in zip(self.comparisons, told["comparisons"], strict=True):
            entry["beaten"] = comparison.beaten
        return told


def plain(value: Any) -> Any:
    """Return a value as plain JSON: dataclasses as objects, arrays as lists, times as ISO text, None for NaN and infinity."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, np.ndarray):
        return [plain(entry) for entry in value]
    if isinstance(value, np.datetime64):
        return None if np.isnat(value) else str(value) + ("" if value.dtype == np.dtype("datetime64[D]") else "Z")
    if isinstance(value, Mapping):
        return {str(key): plain(entry) for key, entry in value.items()}
    if isinstance(value, tuple | list):
        return [plain(entry) for entry in value]
    if isinstance(value, np.generic):
        return plain(value.item())
    if isinstance(value, float):
        return value if np.isfinite(value) else None
    return value
