"""The section of the report on labels: their number, their authors, and the agreement of the analysts."""

from __future__ import annotations

from collections import Counter
from itertools import combinations

import numpy as np

from quakegui.project import journal
from quakegui.report.content import ReportContent
from quakegui.report.markup import FigureList, h2, h3, p, table
from quakegui.report.season_parts import TITLES
from quakegui.report.words import Words, number
from quakegui.season.events import CLASS_COUNT
from quakegui.season.labels import LabelSource, compare
from quakegui.season.names import SOURCE_NAMES


def labels(content: ReportContent, say: Words, _figures: FigureList) -> str:
    """Return the label statistics and the agreement between analysts.

    Parameters
    ----------
    content, say
        The content of the report, and its language.
    _figures
        Not used: all sections are called alike, and this one has no figures.
    """
    made = h2(say(TITLES["labels"]), "labels")
    if not content.labels:
        return made + p(
            say(
                "No days are labelled yet. Label days, or apply the label rule.",
            ),
            "notice",
        )
    made += p(
        say(
            "Days by class and source of the current label. Resolved labels take precedence over an analyst's, an "
            "analyst's over those accepted from a prediction, and those over the rule's. Labels that come from a "
            "model are never scored.",
        )
    )
    counts = Counter((label.cls, label.source) for label in content.labels.values())
    sources = [source for source in SOURCE_NAMES if any(key[1] is source for key in counts)]
    rows = [
        (say.cls(cls), *(str(counts[cls, source]) for source in sources), str(sum(counts[cls, s] for s in sources)))
        for cls in range(CLASS_COUNT)
    ]
    rows.append((say("total"), *(str(sum(counts[c, s] for c in range(CLASS_COUNT))) for s in sources),
                 str(len(content.labels))))  # fmt: skip
    made += table((say("Class"), *(say(SOURCE_NAMES[s]) for s in sources), say("days")), rows)
    disputed = sum(label.disputed for label in content.labels.values())
    unlabelled = sum(1 for day in content.days if day not in content.labels)
    made += p(
        say(
            "Days of the season without a label: {n}. Days on which the analysts disagree, not resolved: {d}.",
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
            "Of the days that the rule assigns to an earthquake, {post} became available only after the earthquake "
            "and are used for neither training nor scoring; earthquakes without a day: {without}.",
            post=int(np.count_nonzero(found.post)), without=len(found.events_without_day),
        )
    )  # fmt: skip


def _agreement(content: ReportContent, say: Words) -> str:
    made = h3(say("Inter-analyst agreement"))
    authors = sorted({row.author for row in content.rows if row.source is LabelSource.ANALYST})
    if len(authors) < 2:
        return made + p(
            say(
                "Fewer than two analysts have labelled days, so agreement cannot be computed.",
            )
        )
    rows = []
    for first, second in combinations(authors, 2):
        for blind in (True, False):
            found = compare(content.rows, first, second, blind_only=blind)
            if found.days:
                kind = say("blind only") if blind else say("all labels")
                rows.append((first, second, kind, str(found.days), str(found.agreed), number(found.kappa)))
    if not rows:
        return made + p(say("No day was labelled by two analysts."))
    head = (
        say("First analyst"), say("Second analyst"), say("Labels"),
        say("Days labelled by both"), say("Days agreed"), say("kappa"),
    )  # fmt: skip
    return (
        made
        + table(head, rows, numbers_from=3)
        + p(
            say(
                "Only blind labels are independent; kappa over all labels is given for comparison only. A dash: not estimable.",
            ),
            "caption",
        )
    )
