"""The report's two languages: every text stands beside its other language, and names of things are listed once."""

from __future__ import annotations

import math
from typing import Final, Literal

from quakegui.judge.metrics import Target
from quakegui.judge.predictors import PREDICTORS
from quakegui.season.labels import LabelSource
from quakegui.season.quality import Quality

Language = Literal["en", "zh"]
LANGUAGES: Final[tuple[Language, ...]] = ("en", "zh")

Pair = tuple[str, str]
"""One text in English and in Chinese."""

CLASS_NAMES: Final[tuple[Pair, ...]] = (
    ("no earthquake", "无地震"),
    ("north, larger", "北部，较大"),
    ("north, smaller", "北部，较小"),
    ("south, larger", "南部，较大"),
    ("south, smaller", "南部，较小"),
)
GROUP_NAMES: Final[dict[Target, tuple[Pair, ...]]] = {
    "event": (("none", "无震"), ("event", "有震")),
    "direction": (("none", "无震"), ("north", "北部"), ("south", "南部")),
    "class": CLASS_NAMES,
}
TARGET_NAMES: Final[dict[Target, Pair]] = {
    "event": ("Event against none", "有震对无震"),
    "direction": ("Direction", "方向"),
    "class": ("Five classes", "五类"),
}
SOURCE_NAMES: Final[dict[LabelSource, Pair]] = {
    LabelSource.RULE: ("by the rule (retrospective)", "按规则（回溯）"),
    LabelSource.MODEL: ("accepted from a prediction", "由预测接受"),
    LabelSource.ANALYST: ("by an analyst", "由分析员"),
    LabelSource.SETTLED: ("settled between analysts", "分析员商定"),
}
DIRECTION_NAMES: Final[dict[str, Pair]] = {"N": ("north", "北部"), "S": ("south", "南部")}
KIND_NAMES: Final[dict[str, Pair]] = {
    "out-of-fold": ("out-of-fold", "折外"),
    "prospective": ("prospective", "前瞻"),
    "in-sample": ("in-sample", "样本内"),
}
QUALITY_NAMES: Final[dict[Quality, Pair]] = {
    Quality.MISSING: ("missing", "缺测"),
    Quality.SHORT: ("short", "记录不足"),
    Quality.IN_PROGRESS: ("not over", "未结束"),
    Quality.WARM_UP: ("warm-up", "预热"),
    Quality.SPIKY: ("spikes", "尖峰"),
    Quality.STEPPED: ("jumps", "跳变"),
    Quality.LEVEL_CHANGE: ("new level", "新基准"),
}
PROTOCOL_NAMES: Final[dict[str, Pair]] = {
    "blocked": ("blocked: contiguous blocks of days, with an embargo", "分块：连续的日子为一块，并留禁用期"),
    "chronological": ("chronological: trained on the past, tested on the future", "按时间：用过去训练，用未来检验"),
    "paper": ("paper: augmented first, split at random (LEAKY)", "论文：先扩充再随机划分（LEAKY，有泄漏）"),
    "zero-shot": (
        "zero-shot: trained on simulated seasons only, never on this one",
        "零样本：只用模拟时段训练，从未见过本时段",
    ),
}
BASELINE_NAMES: Final[dict[str, Pair]] = {name: row.title for name, row in PREDICTORS.items()}
SERIES_NAMES: Final[dict[str, Pair]] = {
    "max_abs_z": ("largest |z| of a station", "台站最大 |z|"),
    "area_px": ("area of regions, px", "极值区域面积，像素"),
    "kp": ("Kp of the night", "夜间 Kp"),
    "probability": ("P(event)", "P（有震）"),
}
"""Daily series that are laid about the earthquakes."""
AXIS_NAMES: Final[dict[str, Pair]] = {
    "as it is": ("as it is", "现状"),
    "label rule": ("label rule", "标注规则"),
    "declustering": ("declustering", "去余震"),
    "least magnitude": ("minimum magnitude", "最小震级"),
    "distance": ("maximum distance", "最大距离"),
    "catalogue": ("earthquake catalogue", "地震目录"),
    "alarm threshold": ("alarm threshold", "警报阈值"),
}
"""What a verdict should not hang on."""
CHOICE_NAMES: Final[dict[str, Pair]] = {
    "half the days before": ("half the days before", "震前天数减半"),
    "twice the days before": ("twice the days before", "震前天数加倍"),
    "no days after": ("no days after", "不含震后天数"),
    "a fortnight": ("14 days, its own included", "14 天（含当天）"),
    "none": ("none", "不去余震"),
    "50 km, 5 days": ("50 km, 5 days", "50 km，5 天"),
    "150 km, 10 days": ("150 km, 10 days", "150 km，10 天"),
    "Gardner and Knopoff": ("Gardner and Knopoff", "Gardner–Knopoff 方法"),
}
"""Choices that are words; the others are numbers."""
SYNTHETIC: Final[Pair] = ("SYNTHETIC — not measured", "SYNTHETIC 合成数据 — 非实测")
LEAKY: Final[Pair] = ("LEAKY — these scores say nothing about prediction", "LEAKY 数据泄漏 — 这些得分不能说明预测能力")


class Words:
    """Says texts in one language."""

    def __init__(self, language: Language) -> None:
        self.language: Language = language
        self._place = LANGUAGES.index(language)

    def __call__(self, english: str, chinese: str, **values: object) -> str:
        """Return the text of the language, with its ``{name}`` filled in."""
        return (english, chinese)[self._place].format(**values)

    def of(self, pair: Pair) -> str:
        """Return one of a pair."""
        return pair[self._place]

    def or_itself(self, names: dict[str, Pair], name: str) -> str:
        """Return the name of something, or what it is called in the program where it has none here."""
        return self.of(names[name]) if name in names else name

    def cls(self, cls: int) -> str:
        """Return a class with its number, a dash for none."""
        return "–" if cls < 0 else f"{cls} {self.of(CLASS_NAMES[cls])}"

    def yes(self, value: bool) -> str:
        """Return yes or no."""
        return self("yes", "是") if value else self("no", "否")


def number(value: float | None, digits: int = 2, *, sign: bool = False) -> str:
    """Return a number with so many decimals, a dash where there is none."""
    if value is None or not math.isfinite(value):
        return "–"
    text = f"{value:{'+' if sign else ''},.{digits}f}"
    return text.replace("-", "−")


def percent(value: float | None, digits: int = 1) -> str:
    """Return a share as a percentage, a dash where there is none."""
    return "–" if value is None or not math.isfinite(value) else f"{number(100 * value, digits)} %"


def degrees(latitude: float, longitude: float) -> str:
    """Return a place in degrees with its hemispheres."""
    north, east = ("N" if latitude >= 0.0 else "S"), ("E" if longitude >= 0.0 else "W")
    return f"{abs(latitude):.3f}° {north}, {abs(longitude):.3f}° {east}"
