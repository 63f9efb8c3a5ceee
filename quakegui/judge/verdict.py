"""The verdict: one short sentence on the quality of the predictions, and the figures behind it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from quakegui.judge.bootstrap import Interval
from quakegui.judge.predictors import WITHOUT_FIELD
from quakegui.judge.robustness import holm
from quakegui.judge.skill import Skill
from quakegui.judge.surrogates import SurrogateTest
from quakegui.words import Said, joined, mark

#: ``chance``: not better than chance; ``not-beaten``: a baseline without field does as well; ``days-only``: days are better
#: than chance, alarms are not; ``no-events``: days are better than chance, and no event tests the alarms; ``better``: both
#: are.
Code = Literal["leaky", "not-estimable", "chance", "not-beaten", "days-only", "no-events", "better"]

#: Level of the surrogate test.
ALPHA = 0.05
#: Range in which another seed or another week could move the p-value across the level.
BORDERLINE = (0.02, 0.10)


@dataclass(frozen=True, slots=True)
class Verdict:
    """A verdict and its figures.

    Attributes
    ----------
    code
        Which sentence.
    leaky
        Whether the figures come from a leaky protocol; the sentence then begins with LEAKY.
    not_beaten
        Baselines without field that the predictor does not outperform.
    parameters
        Figures by name; None if not estimable.
    """

    code: Code
    leaky: bool
    not_beaten: tuple[str, ...]
    parameters: Mapping[str, float | None]

    @property
    def better_than_chance(self) -> bool:
        """Whether days are predicted better than by chance and by every baseline without field, with a leak-free protocol."""
        return self.code in {"days-only", "no-events", "better"}

    @property
    def borderline(self) -> bool:
        """Whether the p-value is so close to the level that it may change sides."""
        p = self.parameters["p_value"]
        return not self.leaky and p is not None and BORDERLINE[0] <= p <= BORDERLINE[1]

    def text(self) -> Said:
        """Return one short sentence."""
        named = [name for name in self.not_beaten if name != "without-field"] or list(self.not_beaten)
        rivals = joined(" or ", (Said(WITHOUT_FIELD[name]) for name in named))
        sentence = Said(_SENTENCES[self.code], **self._spoken(), rivals=rivals)
        return joined(" ", [sentence, Said(_SENTENCES["borderline"], **self._spoken())]) if self.borderline else sentence

    def figures(self) -> Said:
        """Return the figures behind the sentence; empty for a leaky protocol, whose figures are meaningless."""
        return joined(" ", self.figure_lines())

    def figure_lines(self) -> tuple[Said, ...]:
        """Return the same sentence by sentence."""
        known = {name for name, value in self.parameters.items() if value is not None}
        parts = ["auc"] if "auc" in known else []
        parts += ["residual"] if "residual_low" in known else []
        parts += ["p"] if "p_value" in known else []
        parts += ["short-jitter"] if self.parameters["short_jitter"] else []
        parts += ["tries"] if "p_corrected" in known and self.parameters["tries"] != 1 else []
        parts += ["recall"] if "macro_recall" in known else []
        parts += ["alarms-" + self._alarm_state()]
        return tuple(Said(_SENTENCES[part], **self._spoken()) for part in ([] if self.leaky else parts))

    def corrected(self, p_values: Sequence[float]) -> Verdict:
        """Return the verdict with the number of runs evaluated on this season and the p-value corrected for them (Holm).

        Parameters
        ----------
        p_values
            p-values of the other runs evaluated on this season.
        """
        p = self.parameters["p_value"]
        tried = [p for p in p_values if np.isfinite(p)]
        known = None if p is None else float(holm([p, *tried])[0])
        return dataclasses.replace(self, parameters={**self.parameters, "tries": 1 + len(p_values), "p_corrected": known})

    def _alarm_state(self) -> str:
        r, r0 = self.parameters["r"], self.parameters["r0"]
        if r is None or r0 is None:
            return "none"
        return "above" if r > r0 else "below"

    def _spoken(self) -> dict[str, str]:
        spoken = {name: _spoken(name, value) for name, value in self.parameters.items()}
        r, r0 = self.parameters["r"], self.parameters["r0"]
        if r is not None and r0 is not None and r != r0:
            digits = next((digits for digits in range(2, 6) if f"{r:.{digits}f}" != f"{r0:.{digits}f}"), 6)
            spoken |= {"r": f"{r:.{digits}f}", "r0": f"{r0:.{digits}f}"}  # enough digits to distinguish them
        return spoken


def reach_verdict(
    *,
    leaky: bool,
    leak: float,
    accuracy: float,
    macro_recall: float,
    test: SurrogateTest,
    auc: Interval,
    residual: Interval | None,
    not_beaten: Sequence[str],
    skill: Skill | None,
) -> Verdict:
    """Return the verdict on the main target: days with an event against days without, from the label rule.

    Better than chance requires both: the p-value from the surrogate catalogues is below 0.05, and the 80% interval of the AUC
    that each baseline without field leaves unexplained is above 0.5, see `judge.residual`. The first limits chance to 5%; the
    second only rejects what the baselines predict, too.

    Parameters
    ----------
    leaky, leak
        Whether the protocol is leaky, and the fraction of test images with a copy of their day in training.
    accuracy, macro_recall
        Of the five classes, and of earthquake vs. none.
    test
        Test against surrogate catalogues.
    auc
        Fold-wise AUC.
    residual
        The same of the part that the baselines without field together do not explain; None without them.
    not_beaten
        See `Verdict`.
    skill
        None if there is no event in the period.
    """
    parameters = {
        "leak": _known(leak),
        "accuracy": _known(accuracy),
        "macro_recall": _known(macro_recall),
        "auc": _known(test.auc),
        "auc_low": _known(auc.low),
        "auc_high": _known(auc.high),
        "residual_auc": None if residual is None else _known(residual.value),
        "residual_low": None if residual is None else _known(residual.low),
        "residual_high": None if residual is None else _known(residual.high),
        "p_value": _known(test.p_value),
        "p_rate": _known(test.p_rate),
        "jitter_days": test.jitter_days,
        "longest_window": test.longest_window,
        "short_jitter": float(test.short_jitter),
        "tries": None,
        "p_corrected": None,
        "events": None if skill is None else skill.events,
        "hits": None if skill is None else skill.hits,
        "alarm_fraction": None if skill is None else skill.alarm_fraction,
        "r": None if skill is None else skill.r,
        "r0": None if skill is None else skill.r0,
    }
    code = _code(leaky, test, auc, not_beaten, skill)
    return Verdict(code, leaky, tuple(not_beaten), parameters)


def _code(leaky: bool, test: SurrogateTest, auc: Interval, not_beaten: Sequence[str], skill: Skill | None) -> Code:
    if leaky:
        return "leaky"
    if not np.isfinite(test.p_value) or not np.isfinite(auc.low):
        return "not-estimable"
    if test.p_value >= ALPHA:
        return "chance"
    if not_beaten:
        return "not-beaten"
    if skill is None:
        return "no-events"
    return "better" if skill.exceeds else "days-only"


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _spoken(name: str, value: float | None) -> str:
    if value is None:
        return "?"
    if name in {"events", "hits", "jitter_days", "longest_window", "tries"}:
        return f"{value:.0f}"
    if name in {"r", "r0"} or name.startswith(("auc", "residual")):
        return f"{value:.2f}"
    return f"{value:.3f}" if name.startswith("p_") else f"{100 * value:.1f}"


_SENTENCES: dict[str, str] = {
    "leaky": mark(
        "LEAKY: {leak}% of the test images have a copy of their own day in the training set, so the accuracy "
        "of {accuracy}% is no measure of prediction."
    ),
    "not-estimable": mark("Not estimable: too few earthquakes or too few days to distinguish skill from chance."),
    "chance": mark("Not better than chance."),
    "not-beaten": mark("Not better than {rivals}."),
    "days-only": mark("Better than chance for single days, but not for alarms."),
    "no-events": mark("Better than chance for single days."),
    "better": mark("Better than chance, both for single days and for alarms."),
    "borderline": mark("Borderline: p = {p_value}."),
    "auc": mark(
        "AUC {auc}, days before earthquakes vs. days without (95% interval within the folds {auc_low} to {auc_high}; chance is "
        "0.50)."
    ),
    "residual": mark(
        "Residual AUC {residual_auc} (80% interval {residual_low} to {residual_high}), of the part of the prediction that "
        "calendar, catalogue, outages and Kp do not explain."
    ),
    "p": mark(
        "p (shifted times) = {p_value}: the earthquakes shifted at random by up to {jitter_days} days; p (redrawn times) = "
        "{p_rate}: the same number of earthquakes at random times, drawn from the smoothed earthquake rate."
    ),
    "short-jitter": mark(
        "The longest label window, {longest_window} days, exceeds the shift of the earthquakes, so the test is weak."
    ),
    "tries": mark("Runs evaluated on this season: {tries}; p corrected for them: {p_corrected}."),
    "recall": mark("Macro recall, earthquake vs. none: {macro_recall}%."),
    "alarms-none": mark("No earthquake occurred in the evaluation period, so alarms are not scored."),
    "alarms-above": mark(
        "Alarms hit {hits} of {events} earthquakes and were open {alarm_fraction}% of the time: R = {r}, above R0 = {r0}."
    ),
    "alarms-below": mark(
        "Alarms hit {hits} of {events} earthquakes and were open {alarm_fraction}% of the time: R = {r}, not above R0 = {r0}."
    ),
}
