"""The part of a report on labels: how many, from whom, and how far the analysts agree."""

from __future__ import annotations

from collections import Counter
from itertools import combinations

import numpy as np

from quakegui.project import journal
from quakegui.report.content import ReportContent
from quakegui.report.markup import FigureList, h2, h3, p, table
from quakegui.report.season_parts import TITLES
from quakegui.report.words import SOURCE_NAMES, Words, number
from quakegui.season.events import CLASS_COUNT
from quakegui.season.labels import LabelSource, compare


def labels(content: ReportContent, say: Words, _figures: FigureList) -> str:
    """Return the label statistics and the agreement between analysts."""
    made = h2(say.of(TITLES["labels"]), "labels")
    if not content.labels:
        return made + p(
            say(
                "No day is labelled yet. Label days, or apply the label rule.",
                "还没有标注任何一天。请标注日子，或应用标注规则。",
            ),
            "notice",
        )
    made += p(
        say(
            "Days by class and by where the label in force comes from; settled goes before an analyst's, an analyst's before "
            "one accepted from a prediction, and that before the rule's. Labels that come from a model never enter a score.",
            "按类别和生效标注的来源统计的天数；商定优先于分析员，分析员优先于由预测接受，由预测接受优先于规则。来自模型的标注绝不参与评分。",
        )
    )
    counts = Counter((label.cls, label.source) for label in content.labels.values())
    sources = [source for source in SOURCE_NAMES if any(key[1] is source for key in counts)]
    rows = [
        (say.cls(cls), *(str(counts[cls, source]) for source in sources), str(sum(counts[cls, s] for s in sources)))
        for cls in range(CLASS_COUNT)
    ]
    rows.append((say("all", "总计"), *(str(sum(counts[c, s] for c in range(CLASS_COUNT))) for s in sources),
                 str(len(content.labels))))  # fmt: skip
    made += table((say("Class", "类别"), *(say.of(SOURCE_NAMES[s]) for s in sources), say("days", "天数")), rows)
    disputed = sum(label.disputed for label in content.labels.values())
    unlabelled = sum(1 for day in content.days if day not in content.labels)
    made += p(
        say(
            "{n} days of the season have no label; on {d} days analysts differ and have not settled.",
            "时段中 {n} 天没有标注；{d} 天分析员意见不同且尚未商定。",
            n=unlabelled, d=disputed,
        )
    )  # fmt: skip
    made += _by_rule(content, say)
    return made + _agreement(content, say)


def _by_rule(content: ReportContent, say: Words) -> str:
    if content.season is None or not any(row.source is LabelSource.RULE for row in content.rows):
        return ""
    found = journal.rule_labels(content.project)
    if found is None:
        return ""
    return p(
        say(
            "Of the days that the rule gives to an earthquake, {post} became known only after it and are neither trained on "
            "nor scored; earthquakes that got no day: {without}.",
            "规则归于地震的日子中，{post} 天在地震之后才可知，既不用于训练也不参与评分；{without} 次地震没有分到日子。",
            post=int(np.count_nonzero(found.post)), without=len(found.events_without_day),
        )
    )  # fmt: skip


def _agreement(content: ReportContent, say: Words) -> str:
    made = h3(say("Agreement between analysts", "分析员之间的一致性"))
    authors = sorted({row.author for row in content.rows if row.source is LabelSource.ANALYST})
    if len(authors) < 2:
        return made + p(
            say(
                "Fewer than two analysts have labelled, so there is no agreement to report.",
                "标注的分析员不足两位，因此没有一致性可言。",
            )
        )
    rows = []
    for first, second in combinations(authors, 2):
        for blind in (True, False):
            found = compare(content.rows, first, second, blind_only=blind)
            if found.days:
                kind = say("blind", "盲标注") if blind else say("all labels", "全部标注")
                rows.append((first, second, kind, str(found.days), str(found.agreed), number(found.kappa)))
    if not rows:
        return made + p(say("No day was labelled by two analysts.", "没有两位分析员都标注过的日子。"))
    head = (
        say("First analyst", "第一位分析员"), say("Second analyst", "第二位分析员"), say("Labels", "标注"),
        say("Days of both", "共同天数"), say("Agreed", "一致"), "kappa",
    )  # fmt: skip
    return (
        made
        + table(head, rows, numbers_from=3)
        + p(
            say(
                "Only labels given blind are independent; kappa of all labels is given beside it and says less. "
                "A dash: not estimable.",
                "只有盲标注才是独立的；并列给出的全部标注的 kappa 说明力较弱。横线：无法估计。",
            ),
            "caption",
        )
    )
