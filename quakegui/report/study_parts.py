"""The section of the report on studies of the run: single earthquakes, series around them, other choices, skill maps."""

from __future__ import annotations

from quakegui.report import study_results
from quakegui.report.content import ReportContent
from quakegui.report.limit_parts import limit_section
from quakegui.report.markup import FigureList, block, grid, h3, p, table
from quakegui.report.season_parts import small_stamp
from quakegui.report.words import Words


def studies(content: ReportContent, say: Words, figures: FigureList) -> str:
    """Return the detection limit and the studies of the current run; empty without any.

    Parameters
    ----------
    content, say
        The content of the report, and its language.
    figures
        The figures of the report; those of this section are added.
    """
    stamp = small_stamp(content, say, scores=True)
    limit = "" if content.limit is None else limit_section(content.limit, say, stamp, figures)
    found = content.study
    if found is None:
        return limit
    rows = study_results.events(found.events, content.project.timezone, say)
    made = limit + h3(say("Earthquake by earthquake"), new_page=True)
    made += table(rows.head, rows.rows, numbers_from=3) + p(study_results.events_text(say), "caption")
    made += h3(say("Daily series around the earthquakes"), new_page=True)
    made += p(study_results.epochs_text(say), "caption")
    made += "".join(block(figures.add(one)) for one in study_results.epochs(found.epochs, say, stamp))
    made += h3(say("The verdict with other settings"), new_page=True)
    choices = study_results.robustness(found.robustness, say)
    made += p(study_results.robustness_text(found.robustness, say)) + table(choices.head, choices.rows, numbers_from=2)
    made += h3(say("Skill by setting"), new_page=True)
    return made + grid([block(figures.add(one)) for one in study_results.skill_maps(found.skill_maps, say, stamp)], 1)
