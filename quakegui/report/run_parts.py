"""The sections of the report on the model: the runs, the training of the current run, and its skill, verdict first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from quakegui.judge.metrics import TARGETS, Target
from quakegui.judge.names import PROTOCOL_NAMES, TARGET_NAMES, group_names
from quakegui.learn.runs.own_facts import own_facts_of
from quakegui.learn.runs.phase_words import phase_words
from quakegui.learn.runs.registry import RunError
from quakegui.report.content import ReportContent
from quakegui.report.drawings import history, matrix
from quakegui.report.markup import FigureList, block, bullets, facts, grid, h2, h3, p, table
from quakegui.report.parameters import RECIPE_MEANINGS, flat
from quakegui.report.results import interval_text, molchan, molchan_text, predictors, reliability, reliability_text, test_text
from quakegui.report.season_parts import TITLES, basis_text, small_stamp, verdict_parts, without_flags
from quakegui.report.study_parts import studies
from quakegui.report.words import LEAKY, Words, number, percent
from quakegui.words import worded

if TYPE_CHECKING:
    from quakegui.judge.judgement import Judgement
    from quakegui.learn.runs.registry import RunFolder


def training(content: ReportContent, say: Words, figures: FigureList) -> str:
    """Return the runs of the project, and the settings and curves of the current run.

    Parameters
    ----------
    content, say
        The content of the report, and its language.
    figures
        The figures of the report; those of this section are added.
    """
    made = h2(say(TITLES["training"]), "training", new_page=False)
    if content.all_runs:
        rows = [
            (worded(run.title, say.language) or run.id, run.id, run.created, say.or_itself(PROTOCOL_NAMES, run.config.protocol),
             say("finished") if run.card is not None else say("unfinished"))
            for run in content.all_runs
        ]  # fmt: skip
        head = (say("Run"), say("Id"), say("Started (UTC)"), say("Protocol"),
                say("State"))  # fmt: skip
        made += table(head, rows, numbers_from=9)
    if content.run is None:
        return made + p(
            say(
                "The project has no finished run, so there are no training curves and no scores. Train a model first.",
            ),
            "notice",
        )
    run = content.run
    made += h3(say("Run: {title} ({id})", title=run.title or run.id, id=run.id))
    facts_of_nights = own_facts_of(run.card)
    if facts_of_nights is not None:
        made += bullets([say(sentence) for sentence in facts_of_nights.sentences()])
    made += _curves(run, say, figures)
    made += h3(say("Training settings"), new_page=True)
    columns = (say("Parameter"), say("Value"), say("Meaning"))
    recipe = [(name, _plain(value, say), say(RECIPE_MEANINGS[name])) for name, value in flat(run.config.to_json())]
    return made + table(columns, recipe, numbers_from=9)


def _curves(run: RunFolder, say: Words, figures: FigureList) -> str:
    try:
        rows = run.history()
    except RunError as error:  # the evaluation does not need it, nor does the rest of the report
        return p(say(str(error)), "notice")
    if not rows:
        return p(say("The run has no epoch history."), "notice")
    picture = history(
        [row | {"phase": say(phase_words(row["phase"]))} for row in rows],
        loss=say("Loss"),
        accuracy=say("Accuracy"),
        epoch=say("epoch"),
        validation=say("Dashed: validation; circle: best epoch."),
        alt=say("Loss and accuracy of each fit by epoch"),
    )
    return block(figures.add(picture))


def _plain(value: object, say: Words) -> str:
    if isinstance(value, bool):
        return say.yes(value)
    if isinstance(value, list | tuple):
        return ", ".join(_plain(one, say) for one in value)
    return f"{value:g}" if isinstance(value, float) else "–" if value is None else str(value)


def skill(content: ReportContent, say: Words, figures: FigureList) -> str:
    """Return the skill of the current run: verdict, confusion matrices, scores, baselines, alarms.

    Parameters
    ----------
    content, say
        The content of the report, and its language.
    figures
        The figures of the report; those of this section are added.
    """
    made = h2(say(TITLES["skill"]), "skill")
    made += verdict_parts(content, say)
    made += without_flags(content, say)
    told = content.judgement
    if told is None:
        return made
    made += p(basis_text(content, say))
    if told.leaky:
        made += p(say(LEAKY), "stamp")
    made += p(
        say(
            "Protocol: {protocol}. {scored} days scored, {without} without a prediction.",
            protocol=say.or_itself(PROTOCOL_NAMES, told.protocol), scored=told.scored, without=told.without_prediction,
        )
    )  # fmt: skip
    made += _matrices(content, told, say, figures)
    title = say("Scores with 95% block-bootstrap intervals")
    made += h3(title, new_page=True) + _figures_table(told, say)
    made += h3(say("Comparison with simpler predictors on the same days")) + _comparisons(told, say)
    made += _per_class(told, say)
    made += _alarm_skill(content, told, say, figures) + _reliability(content, told, say, figures) + _calibration(told, say)
    return made + studies(content, say, figures)


def _matrices(content: ReportContent, judgement: Judgement, say: Words, figures: FigureList) -> str:
    cells = []
    for target in TARGETS:
        title = say(TARGET_NAMES[target])
        picture = matrix(
            judgement.of(target).figures.confusion,
            [say(name) for name in group_names(target, say.split)],
            true=say("label"),
            across=say("uncalibrated prediction"),
            stamp=small_stamp(content, say, scores=True),
            alt=say("Confusion matrix, {title}", title=title),
        )
        cells.append(p(title, "caption") + block(figures.add(picture)))
    return h3(say("Confusion matrices")) + grid(cells[:2], 2) + cells[2]  # a grid cell could be parted from its figure


def _figures_table(judgement: Judgement, say: Words) -> str:
    rows = [
        (
            say(TARGET_NAMES[target]),
            interval_text(judgement.of(target).accuracy, say, percent),
            interval_text(judgement.of(target).macro_recall, say, percent),
            interval_text(judgement.of(target).kappa, say),
            number(judgement.surrogate.auc) if target == "event" else "–",
            number(judgement.surrogate.p_value, 3) if target == "event" else "–",
        )
        for target in TARGETS
    ]
    head = (say("Target"), say("Accuracy"), say("Macro recall"), say("kappa, prediction vs. label"), "AUC", "p")
    said = say("AUC and p: see the next table. A dash: not estimable.")
    return table(head, rows) + p(said, "caption")


def _comparisons(judgement: Judgement, say: Words) -> str:
    if not judgement.comparisons:
        return p(say("No other predictor could be evaluated on these days."), "notice")
    found = predictors(judgement, say)
    return table(found.head, found.rows) + p(test_text(judgement.surrogate, say), "caption")


def _per_class(judgement: Judgement, say: Words) -> str:
    rows = []
    shown: Target = "class"
    for cls, one in enumerate(judgement.of(shown).figures.per_class):
        rows.append(
            (say.cls(cls), str(one.support), str(one.answered), str(one.not_estimable), percent(one.recall),
             percent(one.precision), percent(one.one_vs_rest_accuracy))
        )  # fmt: skip
    head = (
        say("Class"), say("Days with this label"), say("Days predicted as this class"), say("Not estimable"),
        say("Recall"), say("Precision"), say("One-vs-rest accuracy"),
    )  # fmt: skip
    return (
        h3(say("Five classes"))
        + table(head, rows)
        + p(
            say(
                "Not estimable: days of a class that does not occur in the training part of their fold.",
            ),
            "caption",
        )
    )


def _alarm_skill(content: ReportContent, judgement: Judgement, say: Words, figures: FigureList) -> str:
    made = h3(say("Alarms in the evaluation period"))
    if judgement.alarms is None or judgement.skill is None:
        return made + p(
            say("No earthquake occurred in the evaluation period, so alarms are not scored."),
            "notice",
        )
    record, found = judgement.alarms, judgement.skill
    leads = record.lead_days
    made += facts(
        (
            (say("Earthquakes hit"), say("{n} of {of}", n=found.hits, of=found.events)),
            (say("with the correct direction"), str(record.direction_hits)),
            (say("with the correct class"), str(record.class_hits)),
            (say("False alarms"), str(record.false_alarms)),
            (say("Still open without an earthquake"), str(record.undecided)),
            (say("Fraction of time under alarm"), percent(found.alarm_fraction)),
            (say("Lead times (days)"), ", ".join(number(lead, 1) for lead in leads) or "–"),
            ("R", number(found.r)),
            (say("R0 (97.5% confidence level)"), number(found.r0)),
            (say("R above R0"), say.yes(found.exceeds)),
            (say("R, time weighted by expected earthquakes"), number(found.weighed_r)),
            (
                say("Alarm rule of each fold: threshold, consecutive days, days open"),
                ", ".join(
                    f"{number(float(np.asarray(one.threshold)))} / {one.run_days} / {one.open_days}" for one in judgement.rules
                ),
            ),
        )
    )
    picture = molchan(judgement, say, small_stamp(content, say, scores=True))
    if picture is not None:
        made += h3(picture.alt) + block(figures.add(picture)) + p(molchan_text(judgement, say), "caption")
    return made


def _reliability(content: ReportContent, judgement: Judgement, say: Words, figures: FigureList) -> str:
    picture = reliability(judgement, say, small_stamp(content, say, scores=True))
    if picture is None:
        return ""
    return h3(picture.alt, new_page=True) + block(figures.add(picture)) + p(reliability_text(judgement, say), "caption")


def _calibration(judgement: Judgement, say: Words) -> str:
    found = judgement.calibration
    if found is None:
        return ""
    rows = [
        (f"{low:.1f}–{high:.1f}", str(days), percent(mean), percent(share))
        for low, high, days, mean, share in zip(
            found.edges[:-1], found.edges[1:], found.days.tolist(), found.mean_probability, found.frequency, strict=True
        )
        if days
    ]
    head = (
        say("Uncalibrated P(earthquake)"),
        say("Number of days"),
        say("Mean probability"),
        say("Observed frequency"),
    )
    made = h3(say("Calibration")) + table(head, rows)
    notes = [
        say("Expected calibration error: {e}.", e=percent(found.expected_error)),
        say("Brier score, earthquake vs. none: {b}.", b=number(found.brier_event, 3)),
    ]
    missing = np.argwhere(judgement.tested & ~judgement.trained).tolist()
    notes += [
        say("Fold {fold}: class {cls} occurs in the test part but not in the training part.",
            fold=fold + 1, cls=cls)
        for fold, cls in missing
    ]  # fmt: skip
    return made + bullets(notes)
