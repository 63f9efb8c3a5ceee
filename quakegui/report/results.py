"""A judgement and a run's studies as tables and drawings, worded once for the report and for the window."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from quakegui.report import result_drawings as draw
from quakegui.report.result_drawings import PlotWords
from quakegui.report.words import AXIS_NAMES, BASELINE_NAMES, CHOICE_NAMES, SERIES_NAMES, Words, number, percent
from quakegui.season.localtime import to_local

if TYPE_CHECKING:
    from quakegui.judge.bootstrap import Interval
    from quakegui.judge.epochs import Epochs
    from quakegui.judge.judgement import Judgement
    from quakegui.judge.robustness import Robustness
    from quakegui.judge.surrogates import SurrogateTest
    from quakegui.learn.season_study import SkillMaps, StudiedEvents
    from quakegui.report.markup import Figure


@dataclass(frozen=True, slots=True)
class Table:
    """Headings, and rows of as many texts."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def verdict_text(judgement: Judgement, say: Words) -> str:
    """Return the verdict with all that belongs to it.

    That is the predictors that the sentence does not name though they were not outperformed, the figures, and what stands
    beside them.
    """
    verdict = judgement.verdict
    comma, gap = ("、", "") if say.language == "zh" else (", ", " ")
    parts = [verdict.text(say.language)]
    if verdict.not_beaten and verdict.code != "not-beaten":
        names = comma.join(say.or_itself(BASELINE_NAMES, name) for name in verdict.not_beaten)
        parts.append(say("Not outperformed: {names}.", "未超过：{names}。", names=names))
    parts += [verdict.figures(say.language), judgement.remarks(say.language)]
    return gap.join(part for part in parts if part)


def test_text(test: SurrogateTest, say: Words) -> str:
    """Return how the table of predictors is to be read."""
    if test.statistic == "foldwise":
        tested = say(
            "p, earthquakes moved: share of surrogate catalogues, with the earthquakes moved by up to {jitter} days, whose "
            "AUC, fold by fold, is at least as far from 0.5; this p decides.",
            "p（移动地震）：将地震移动至多 {jitter} 天所得替代目录中，逐折 AUC 与 0.5 的差不小于预测者的比例，结论以此为准。",
            jitter=test.jitter_days,
        )
    else:
        tested = say(
            "p, earthquakes moved: share of surrogate catalogues, with the earthquakes moved by up to {jitter} days, whose AUC "
            "over all days is at least as large; this p decides.",
            "p（移动地震）：将地震移动至多 {jitter} 天所得替代目录中，全部天数的 AUC 不低于预测者的比例，结论以此为准。",
            jitter=test.jitter_days,
        )
    basis = say("AUC and p: earthquake vs. none, by the label rule.", "AUC 与 p 按标注规则的有震／无震计算。")
    rest = say(
        "p, catalogue rate: the same with earthquakes drawn from the catalogue's own rate. AUC beyond predictor: fold by fold, "
        "of what the predictor does not explain of the model's predictions; outperformed if this interval lies above 0.5. A "
        "dash: not estimable.",
        "p（目录发震率）：按地震目录自身发震率抽取地震时的同一比例。扣除预测方法后的 AUC：模型预测中该方法不能解释的部分的"
        "逐折 AUC；区间在 0.5 之上即为已超过。横线：无法估计。",
    )
    return ("" if say.language == "zh" else " ").join((basis, tested, rest))


def predictors(judgement: Judgement, say: Words) -> Table:
    """Return the run and every predictor beside it: earthquake vs. none, AUC with both p, and what the run is better by."""
    head = (
        say("Predictor", "预测方法"), say("Days", "天数"), "AUC", say("p, earthquakes moved", "p（移动地震）"),
        say("p, catalogue rate", "p（目录发震率）"), say("Accuracy", "准确率"), say("Macro recall", "宏平均召回率"),
        say("Model minus predictor, AUC (95%)", "模型减预测方法，AUC（95%）"),
        say("Unexplained by it, AUC (95%)", "未解释部分，AUC（95%）"), say("Outperformed", "已超过"),
    )  # fmt: skip
    own = judgement.of("event")
    rows = [
        (
            judgement.title, str(own.figures.days), *_test(judgement.surrogate), percent(own.figures.accuracy),
            interval_text(own.macro_recall, say, as_share=True), "", "", "",
        )
    ]  # fmt: skip
    for one in judgement.comparisons:
        if one.target != "event":
            continue
        gap, left = ("–" if other is None else interval_text(other, say) for other in (one.auc_difference, one.residual))
        days = say("{days} ({n} without a prediction)", "{days}（{n} 天没有预测）", days=one.days, n=one.dropped)
        rows.append(
            (
                say.or_itself(BASELINE_NAMES, one.name), days if one.dropped else str(one.days), *_test(one.test),
                percent(one.figures.accuracy), percent(one.figures.macro_recall), gap, left,
                say.yes(one.beaten) if one.days else "–",
            )
        )  # fmt: skip
    return Table(head, tuple(rows))


def forest(judgement: Judgement, say: Words, stamp: str) -> Figure:
    """Return the run and every predictor beside it as AUCs with intervals, see `result_drawings.forest`."""
    nothing = (np.nan, np.nan, np.nan)
    rows = [draw.ForestRow(judgement.title, judgement.auc.value, (judgement.auc.low, judgement.auc.high), nothing)]
    for one in judgement.comparisons:
        if one.target == "event":
            left = nothing if one.residual is None else (one.residual.value, one.residual.low, one.residual.high)
            own = np.nan if one.test is None else one.test.auc
            rows.append(draw.ForestRow(say.or_itself(BASELINE_NAMES, one.name), own, (np.nan, np.nan), left))
    words = PlotWords(
        across=say("AUC, earthquake vs. none", "AUC，有震／无震"),
        up="",
        key=(
            say("its own AUC", "自身的 AUC"),
            say("unexplained by it (95%)", "未解释部分（95%）"),
            say("constant prediction", "恒定预测"),
        ),
        stamp=stamp,
        alt=say("Predictors with intervals", "各预测方法及其区间"),
    )
    return draw.forest(rows, words)


def _test(test: SurrogateTest | None) -> tuple[str, str, str]:
    if test is None:
        return "–", "–", "–"
    return number(test.auc), number(test.p_jitter, 3), number(test.p_rate, 3)


def interval_text(interval: Interval, say: Words, *, as_share: bool = False) -> str:
    """Return a figure with its interval, a dash where it is not estimable."""
    write = percent if as_share else number
    if not np.isfinite(interval.value):
        return write(None)
    value, low, high = write(interval.value), write(interval.low), write(interval.high)
    return say("{value} ({low} to {high})", "{value}（{low} 至 {high}）", value=value, low=low, high=high)


# -- drawings of a judgement -------------------------------------------------------------------------------------------


def molchan(judgement: Judgement, say: Words, stamp: str) -> Figure | None:
    """Return the Molchan diagram; None where no earthquake fell into the judged period."""
    found, skill = judgement.molchan, judgement.skill
    if found is None or skill is None:
        return None
    words = PlotWords(
        across=say("fraction of time under alarm", "警报占时率"),
        up=say("miss rate", "漏报率"),
        key=(
            say("model", "模型"),
            say("model, time weighed by the catalogue", "模型，按地震目录加权的时间"),
            say("95% of random alarms", "随机警报的 95%"),
            say("the alarms themselves", "实际警报"),
        ),
        stamp=stamp,
        alt=say("Molchan diagram", "莫尔尚图（Molchan）"),
    )
    return draw.molchan(found, (skill.alarm_fraction, 1.0 - skill.hit_rate), words)


def molchan_text(judgement: Judgement, say: Words) -> str:
    """Return the figures of the Molchan diagram in words."""
    found, skill = judgement.molchan, judgement.skill
    if found is None or skill is None:
        return say(
            "No earthquake occurred in the judged period, so alarms have no score.", "评估期内没有地震，因此警报没有评分。"
        )
    r, r0, area = number(skill.r), number(skill.r0), number(found.area_skill)
    hits = say("{n} of {of} earthquakes", "{of} 次地震中的 {n} 次", n=skill.hits, of=skill.events)
    if skill.exceeds:
        text = say("R = {r}, above R0 = {r0} ({hits}).", "R = {r}，高于 R0 = {r0}（{hits}）。", r=r, r0=r0, hits=hits)
    else:
        text = say("R = {r}, not above R0 = {r0} ({hits}).", "R = {r}，未超过 R0 = {r0}（{hits}）。", r=r, r0=r0, hits=hits)
    text += say(" Area skill score {area}; chance is 0.50.", "面积技能评分 {area}，随机为 0.50。", area=area)
    if skill.weighed_r is not None:
        text += say(
            " With time weighed by the earthquakes that the catalogue leads one to expect: R = {r}, area skill score {area}.",
            "按地震目录预期的地震数对时间加权：R = {r}，面积技能评分 {area}。",
            r=number(skill.weighed_r), area=number(found.weighed_skill),
        )  # fmt: skip
    return text


def reliability(judgement: Judgement, say: Words, stamp: str) -> Figure | None:
    """Return the CORP reliability diagram; None where the probabilities could not be calibrated."""
    if judgement.reliability is None:
        return None
    words = PlotWords(
        across=say("calibrated P(event)", "校准后的 P（有震）"),
        up=say("fraction of days of an earthquake", "有震日的比例"),
        key=(
            say("model, isotonic (CORP)", "模型，保序回归（CORP）"),
            say("perfectly reliable", "完全可靠"),
            say("share of days by P", "各 P 值的天数比例"),
        ),
        stamp=stamp,
        alt=say("Reliability diagram", "可靠性图"),
    )
    return draw.reliability(judgement.reliability, words)


def reliability_text(judgement: Judgement, say: Words) -> str:
    """Return the figures of the calibrated probabilities in words."""
    found = judgement.reliability
    if found is None:
        return say("The probabilities could not be calibrated.", "概率无法校准。")
    text = say(
        "Brier skill {skill} against the base rate (Brier score {brier} = reliability {reliability} − resolution {resolution} "
        "+ uncertainty {uncertainty}).",
        "相对基础发生率的 Brier 技能评分 {skill}（Brier 评分 {brier} = 可靠性 {reliability} − 分辨度 {resolution} + 不确定度 "
        "{uncertainty}）。",
        skill=number(found.brier_skill), brier=number(found.brier, 3), reliability=number(found.reliability, 3),
        resolution=number(found.resolution, 3), uncertainty=number(found.uncertainty, 3),
    )  # fmt: skip
    if np.isfinite(judgement.information_gain):
        text += say(
            " Information gain over the catalogue: {bits} bits per day of an earthquake.",
            "相对地震目录的信息增益：每个有震日 {bits} 比特。",
            bits=number(judgement.information_gain),
        )
    return text


# -- studies -----------------------------------------------------------------------------------------------------------


def events(found: StudiedEvents, timezone: str, say: Words) -> Table:
    """Return each earthquake with the largest P(event) in its label window."""
    head = (
        say("Local time", "当地时间"), "M", say("Place", "地点"), say("Days", "天数"), say("Largest P", "最大 P"),
        say("On", "日期"), say("Rank among quiet days", "在平静日中的名次"), say("By chance", "随机可达比例"),
    )  # fmt: skip
    rows = [
        (
            f"{to_local(event.time, timezone):%Y-%m-%d %H:%M}", f"{event.magnitude:.1f}", event.place, str(row.days),
            number(row.largest), str(row.day) if row.days else "–",
            "–" if row.rank is None else f"{row.rank} / {row.quiet_days}", percent(row.by_chance),
        )
        for event, row in found
    ]  # fmt: skip
    return Table(head, tuple(rows))


def events_text(say: Words) -> str:
    """Return how the table of earthquakes is to be read."""
    return say(
        "Days: predicted days of the label window that were known before the earthquake. Rank: 1 if no quiet day has as large "
        "a P. By chance: share of equally long stretches of quiet days whose largest P is at least as large. P is not "
        "calibrated.",
        "天数：标注窗中震前已知且有预测的天数。名次：没有平静日的 P 达到该值时为 1。随机可达比例：同样长度的平静时段中，最大 P "
        "不低于该值的比例。P 未经校准。",
    )


def epochs(found: dict[str, Epochs], say: Words, stamp: str) -> Iterator[Figure]:
    """Return the drawing of each daily series about the earthquakes."""
    for name, one in found.items():
        title = say.or_itself(SERIES_NAMES, name)
        words = PlotWords(
            across=say("days after the earthquake", "震后天数"),
            up=title,
            key=(
                say("median of the earthquakes", "各次地震的中位数"),
                say("median of random times", "随机时刻的中位数"),
                say("95% band, all days at once", "95% 带，对全部天数"),
            ),
            stamp=stamp,
            alt=say("{series} about the earthquakes", "地震前后的{series}", series=title),
        )
        before = _half(one.p_before, one.extreme_before, say, before=True)
        after = _half(one.p_after, one.extreme_after, say, before=False)
        yield draw.epochs(one, words, (before, after))


def _half(p: float, lag: int | None, say: Words, *, before: bool) -> str:
    if lag is None:
        return say("before: not estimable", "震前：无法估计") if before else say("from it on: not estimable", "震后：无法估计")
    values = {"p": number(p, 3), "lag": f"{lag:+d}".replace("-", "−") if lag else "0"}
    if before:
        return say("before: p = {p}, farthest at day {lag}", "震前：p = {p}，第 {lag} 天偏离最大", **values)
    return say("from it on: p = {p}, farthest at day {lag}", "震后：p = {p}，第 {lag} 天偏离最大", **values)


def epochs_text(say: Words) -> str:
    """Return how the series about the earthquakes are to be read."""
    return say(
        "Median over the earthquakes, day by day. p of either half: how often random earthquake times leave the band as far on "
        "any of its days. A peak after the earthquakes cannot be a precursor.",
        "逐日取各次地震的中位数。每一半的 p：随机地震时刻在其中任一天同样远离随机水平的比例。震后的峰值不可能是前兆。",
    )


def robustness(found: Robustness, say: Words) -> Table:
    """Return the test under every choice."""
    head = (
        say("Choice", "选择"), say("Value", "取值"), say("Earthquakes", "地震次数"), say("AUC or R", "AUC 或 R"), "p",
        say("p, corrected", "p（校正后）"), say("Holds", "成立"),
    )  # fmt: skip
    rows = [
        (
            say.or_itself(AXIS_NAMES, one.axis), say.or_itself(CHOICE_NAMES, one.choice), str(one.score.events),
            number(one.score.statistic), number(one.score.p_value, 3), number(one.p_corrected, 3),
            say.yes(one.holds) if np.isfinite(one.score.p_value) else "–",
        )
        for one in found.variants
    ]  # fmt: skip
    return Table(head, tuple(rows))


def robustness_text(found: Robustness, say: Words) -> str:
    """Return under how many choices the test holds."""
    return say(
        "Holds in {k} of {n} choices (p < 0.05); corrected for their number, in {corrected} of {n}.",
        "在 {n} 种选择中的 {k} 种成立（p < 0.05）；按选择数校正后，在 {n} 种中的 {corrected} 种成立。",
        k=found.held, n=found.tested, corrected=found.held_corrected,
    )  # fmt: skip


def skill_maps(found: SkillMaps, say: Words, stamp: str) -> tuple[Figure, Figure]:
    """Return the drawings of the test over lead and window, and over distance and magnitude."""
    key = (say("AUC, p, number of earthquakes; framed: p < 0.05, corrected", "AUC、p、地震次数；加框：校正后 p < 0.05"),)
    lead = PlotWords(
        across=say("length of the window, days", "窗长，天"),
        up=say("lead, days", "提前量，天"),
        key=key,
        stamp=stamp,
        alt=say("Skill over lead and window", "不同提前量与窗长的预测效能"),
    )
    distance = PlotWords(
        across=say("minimum magnitude", "最小震级"),
        up=say("distance, km", "距离，km"),
        key=key,
        stamp=stamp,
        alt=say("Skill over distance and magnitude", "不同距离与震级的预测效能"),
    )
    return draw.skill_map(found.lead_window, lead), draw.skill_map(found.distance_magnitude, distance)


def skill_maps_text(say: Words) -> str:
    """Return how the skill maps are to be read."""
    return say(
        "The deciding test of the same predictions under other choices: windows of other lengths that end other days before "
        "the earthquake, and earthquakes within other distances and from other magnitudes on.",
        "对同一组预测在其他选择下重做决定结论的检验：改变窗长与距地震的提前量，以及改变所计地震的距离与最小震级。",
    )
