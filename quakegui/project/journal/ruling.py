"""Labels of the label rule in the journal, written like the labels of a person."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Final

from quakegui.project import catalogue, nights
from quakegui.project.domains import JOURNAL
from quakegui.project.journal.row import LABEL, NOTHING, RowContent, day_numbers, standing_rows
from quakegui.project.journal.writing import append
from quakegui.project.setting_rows import put_setting
from quakegui.project.store import Project, ProjectError
from quakegui.season import labels
from quakegui.season.labels import LabelRule, LabelSource, RuleLabels
from quakegui.season.localtime import available_at
from quakegui.words import Said

RULE: Final = "label_rule"
"""Setting: the rule that was applied last, as JSON."""


def write_rule(project: Project, result: RuleLabels, *, author: str) -> int:
    """Record the labels of the label rule, in place of its earlier ones, as one step; returns the step, 0 if nothing changed.

    Parameters
    ----------
    project
        Open project whose journal can be written.
    result
        All labels of the rule: on other days, its earlier ones are cleared.
    author
        The person whose step it is; the owner of the labels is the rule.

    Raises
    ------
    ProjectError
        If the project cannot be written.
    """
    with project.write(JOURNAL) as connection:
        before = standing_rows(connection)
        wanted = {
            key: NOTHING for key in before if key[0] == LABEL and key[2] == LabelSource.RULE and before[key].new is not None
        }
        for day, cls in zip(day_numbers(result.days), result.classes, strict=True):
            wanted[LABEL, int(day), int(LabelSource.RULE), labels.RULE_NAME] = RowContent(int(cls))
        return append(connection, wanted, author)


def apply_rule(project: Project, rule: LabelRule | None = None, *, author: str = labels.RULE_NAME) -> RuleLabels:
    """Label every day of the season by the rule, and store the rule.

    The classes of the earthquakes are derived first if necessary.

    Parameters
    ----------
    project
        Open project; must be writable.
    rule
        Default: a `LabelRule` with the usual values.
    author
        The person whose step the labels are; default the rule.

    Raises
    ------
    ProjectError
        If there are no days or no earthquakes, no classes can be derived, or the project cannot be written.
    """
    rule = rule if rule is not None else LabelRule()
    if not nights.season_days(project).size:
        raise ProjectError(Said("There are no days to label yet; import readings first."))
    if not catalogue.events(project):
        raise ProjectError(Said("There are no earthquakes to label by; import an earthquake catalogue first."))
    if catalogue.class_scheme(project) is None:
        catalogue.make_class_scheme(project)
    found = _by_rule(project, rule)
    with project.write(JOURNAL) as connection:
        put_setting(connection, RULE, json.dumps(asdict(rule)))
    write_rule(project, found, author=author)
    return found


def label_rule(project: Project) -> LabelRule | None:
    """Return the rule that was applied last, or None."""
    return rule_of(project.setting(RULE))


def rule_of(text: str | None) -> LabelRule | None:
    """Return the rule in the setting `RULE`, or None."""
    return LabelRule(**json.loads(text)) if text is not None else None


def rule_labels(project: Project) -> RuleLabels | None:
    """Return the labels of the last applied rule for each day of the season, with its earthquakes and `post` marks, or None."""
    rule = label_rule(project)
    if rule is None or not catalogue.event_classes(project):
        return None
    return _by_rule(project, rule)


def _by_rule(project: Project, rule: LabelRule) -> RuleLabels:
    days, config = nights.season_days(project), project.config()
    known_at = available_at(days, config.timezone, config.night.window)
    found, classes = catalogue.events(project), catalogue.event_classes(project)
    return labels.apply(rule, found, classes, days, known_at, timezone=config.timezone)
