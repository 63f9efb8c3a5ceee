"""One sentence that says how good the predictions are, and does not shrink from "not better than chance"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from quakegui.judge.bootstrap import Interval, ShiftTest
from quakegui.judge.skill import Skill

#: ``chance`` not better than chance; ``kp`` better than chance, but not than Kp alone; ``days-only`` days are told apart, but
#: alarms do not beat chance; ``no-events`` days are told apart, and there is no event to judge alarms by; ``better`` both.
Code = Literal["leaky", "not-estimable", "chance", "kp", "days-only", "no-events", "better"]
Language = Literal["en", "zh"]

#: Level of the circular-shift test.
ALPHA = 0.05
#: Macro recall, event against none, of any answer that is the same every day.
CONSTANT = 0.5


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is to be said, and the figures to say it with.

    Attributes
    ----------
    code
        Which sentence.
    leaky
        Whether the figures come from a leaky protocol; the sentence then begins with LEAKY.
    parameters
        Figures by name; None where one could not be estimated.
    """

    code: Code
    leaky: bool
    parameters: Mapping[str, float | None]

    @property
    def better_than_chance(self) -> bool:
        """Whether single days are told apart better than chance, on an honest protocol."""
        return self.code in {"kp", "days-only", "no-events", "better"}

    def text(self, language: Language = "en") -> str:
        """Say it in English or Chinese."""
        words = _SENTENCES[language]
        given = {name: _spoken(name, value) for name, value in self.parameters.items()}
        if self.code == "leaky":
            return words["leaky"].format(**given)
        figures = words["figures"] + words["kp-unknown" if self.parameters["kp_low"] is None else "kp-compared"]
        head = words[self.code].replace("{figures}", figures)
        return (head + words["alarms-" + self._alarm_state()]).format(**given)

    def _alarm_state(self) -> str:
        r, r0 = self.parameters["r"], self.parameters["r0"]
        if r is None or r0 is None:
            return "none"
        return "above" if r > r0 else "below"


def reach_verdict(
    *,
    leaky: bool,
    leak: float,
    accuracy: float,
    shift: ShiftTest,
    recall: Interval,
    majority: Interval | None,
    kp: Interval | None,
    skill: Skill | None,
) -> Verdict:
    """Judge by the headline: event against none, by macro recall.

    Better than chance means all three: the circular-shift p-value lies below 0.05, and the paired interval of the difference to
    the majority lies above 0, and so does that to an answer which is the same every day. The majority alone would be too easy:
    where the classes are about as frequent, a block with few days of one leaves more of them for training, and the majority
    learnt there answers the test block worse than a constant. Better than Kp alone means the paired interval against the
    Kp-only baseline.

    Parameters
    ----------
    leak
        Share of the test images with a copy of their day in training.
    accuracy
        Of the five classes.
    shift
        Circular-shift test of event against none.
    recall
        Macro recall of event against none.
    majority, kp
        Paired difference of the macro recall of event against none to each baseline; None where that baseline was not run.
    skill
        None where the period has no event.
    """
    parameters = {
        "leak": _known(leak),
        "accuracy": _known(accuracy),
        "macro_recall": _known(shift.statistic),
        "recall_least": _known(recall.low),
        "recall_most": _known(recall.high),
        "p_value": _known(shift.p_value),
        "majority_low": _known(majority.low if majority else np.nan),
        "majority_high": _known(majority.high if majority else np.nan),
        "kp_low": _known(kp.low if kp else np.nan),
        "kp_high": _known(kp.high if kp else np.nan),
        "events": None if skill is None else skill.events,
        "hits": None if skill is None else skill.hits,
        "alarm_fraction": None if skill is None else skill.alarm_fraction,
        "r": None if skill is None else skill.r,
        "r0": None if skill is None else skill.r0,
    }
    return Verdict(_code(leaky, shift, majority, kp, skill, above_constant=recall.low > CONSTANT), leaky, parameters)


def _code(
    leaky: bool,
    shift: ShiftTest,
    majority: Interval | None,
    kp: Interval | None,
    skill: Skill | None,
    *,
    above_constant: bool,
) -> Code:
    if leaky:
        return "leaky"
    if not np.isfinite(shift.p_value) or majority is None or not np.isfinite(majority.low):
        return "not-estimable"
    if shift.p_value >= ALPHA or not (majority.above_zero and above_constant):
        return "chance"
    if kp is not None and np.isfinite(kp.low) and not kp.above_zero:
        return "kp"
    if skill is None:
        return "no-events"
    return "better" if skill.exceeds else "days-only"


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _spoken(name: str, value: float | None) -> str:
    if value is None:
        return "?"
    if name in {"events", "hits"}:
        return f"{value:.0f}"
    if name in {"r", "r0"}:
        return f"{value:.2f}"
    if name == "p_value":
        return f"{value:.3f}"
    if name.endswith(("_low", "_high")):
        return f"{100 * value:+.1f}"
    return f"{100 * value:.1f}"


_SENTENCES: dict[Language, dict[str, str]] = {
    "en": {
        "leaky": (
            "LEAKY: {leak} % of the test images have a copy of their own day in training, "
            "so the accuracy of {accuracy} % says nothing about prediction."
        ),
        "not-estimable": "Not estimable: too few days were judged, or too few of each kind, to tell skill from luck",
        "chance": "Not better than chance: {figures}",
        "kp": "Better than chance, but not better than Kp alone: {figures}",
        "days-only": "Better than chance day by day, but not in its alarms: {figures}",
        "no-events": "Better than chance day by day: {figures}",
        "better": "Better than chance, day by day and in its alarms: {figures}",
        "figures": (
            "event days are told from quiet days with a macro recall of {macro_recall} % "
            "({recall_least} to {recall_most}, where the same answer every day has 50; p = {p_value}; "
            "{majority_low} to {majority_high} points against the majority answer"
        ),
        "kp-compared": ", {kp_low} to {kp_high} against Kp alone)",
        "kp-unknown": ", Kp alone could not be compared)",
        "alarms-none": "; no event fell into the judged period, so alarms have no score.",
        "alarms-above": "; alarms caught {hits} of {events} events in {alarm_fraction} % of the time, R = {r} above R0 = {r0}.",
        "alarms-below": (
            "; alarms caught {hits} of {events} events in {alarm_fraction} % of the time, R = {r} not above R0 = {r0}."
        ),
    },
    "zh": {
        "leaky": "数据泄漏（LEAKY）：{leak}% 的测试图像在训练集中有同一天的副本，{accuracy}% 的准确率不能说明预测能力。",
        "not-estimable": "无法评估：参与评判的天数或各类天数太少，不能区分技巧与偶然",
        "chance": "不优于随机：{figures}",
        "kp": "优于随机，但不优于仅用 Kp 的预测：{figures}",
        "days-only": "逐日判别优于随机，但警报不优于随机：{figures}",
        "no-events": "逐日判别优于随机：{figures}",
        "better": "逐日判别与警报均优于随机：{figures}",
        "figures": (
            "有震日与无震日的宏平均召回率为 {macro_recall}%"
            "（{recall_least} 至 {recall_most}，每天同一答案为 50；p = {p_value}；"
            "与多数类相比 {majority_low} 至 {majority_high} 个百分点"
        ),
        "kp-compared": "，与仅用 Kp 相比 {kp_low} 至 {kp_high}）",
        "kp-unknown": "，无法与仅用 Kp 的预测比较）",
        "alarms-none": "；评判期内没有地震，警报不计分。",
        "alarms-above": "；警报占时 {alarm_fraction}%，命中 {events} 次地震中的 {hits} 次，R = {r}，高于 R0 = {r0}。",
        "alarms-below": "；警报占时 {alarm_fraction}%，命中 {events} 次地震中的 {hits} 次，R = {r}，未超过 R0 = {r0}。",
    },
}
