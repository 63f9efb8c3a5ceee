"""The evaluation of a run as tables and drawings, with the same words in the report and in the window."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from quakegui.judge.predictors import PREDICTORS
from quakegui.learn.runs.presets import title_of
from quakegui.report import result_drawings as draw
from quakegui.report.result_drawings import PlotWords
from quakegui.report.words import Words, number, percent, points
from quakegui.words import counted, worded

if TYPE_CHECKING:
    from quakegui.judge.bootstrap import Interval
    from quakegui.judge.judgement import Judgement
    from quakegui.judge.surrogates import SurrogateTest
    from quakegui.report.markup import Figure


@dataclass(frozen=True, slots=True)
class Table:
    """Headings, and rows with as many texts."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def verdict_text(judgement: Judgement, say: Words) -> str:
    """Return the verdict with everything that belongs to it.

    Parameters
    ----------
    judgement, say
        The evaluation, and the language of the text.
    """
    return say.join(" ", (say(judgement.verdict.text()), *verdict_lines(judgement, say)))


def verdict_lines(judgement: Judgement, say: Words) -> list[str]:
    """Return the basis of the verdict, sentence by sentence.

    That is: predictors that were not outperformed although the verdict does not name them, the scores, and remarks on them.

    Parameters
    ----------
    judgement, say
        The evaluation, and the language of the sentences.
    """
    verdict = judgement.verdict
    parts = []
    if verdict.not_beaten and verdict.code != "not-beaten":
        names = say.join(", ", (_predictor(name, say) for name in verdict.not_beaten))
        parts.append(say("Not outperformed: {names}.", names=names))
    return parts + [line for line in map(say, (*verdict.figure_lines(), judgement.remarks())) if line]


def _predictor(name: str, say: Words) -> str:
    return say(PREDICTORS[name].title) if name in PREDICTORS else name


def test_text(test: SurrogateTest, say: Words) -> str:
    """Return how to read the table of predictors.

    Parameters
    ----------
    test
        Test of the run; its statistic and its shift in days are named.
    say
        Language of the texts.
    """
    if test.statistic == "foldwise":
        tested = say(
            "The verdict is based on p (shifted times): many catalogues are made in which the earthquakes are shifted at "
            "random by up to {jitter} days; p is the fraction of the shifted catalogues with an AUC within the folds at least "
            "as far from 0.5 as the actual AUC.",
            jitter=test.jitter_days,
        )
    else:
        tested = say(
            "The verdict is based on p (shifted times): many catalogues are made in which the earthquakes are shifted at "
            "random by up to {jitter} days; p is the fraction of the shifted catalogues with an AUC at least as large as the "
            "actual AUC.",
            jitter=test.jitter_days,
        )
    basis = say(
        "All scores in this table are for earthquake vs. none; the accuracy here therefore differs from the five-class "
        "accuracy. AUC and p use the rule's labels."
    )
    rest = say(
        "p (redrawn times) is the same fraction for catalogues with the same number of earthquakes at random times, drawn "
        "from the smoothed earthquake rate. Differences are model minus predictor, in percentage points for the accuracy; a "
        "predictor's AUC below 0.5 counts as "
        "0.5. Residual AUC: AUC of the part of the model's predictions that the predictor does not explain; the model adds "
        "information if its 80% interval lies above 0.5. AUC difference and residual AUC are computed within the folds, if "
        "there are any. A dash means not estimable.",
    )
    rule = say(
        "Four-threshold rule: one threshold on the area, one on the duration and two on the peak of the extremum regions; the "
        "half of the map with the larger mean |z| selects north or south, as in the paper that introduced the method."
    )
    return say.join(" ", (basis, tested, rest, rule))


def predictors(judgement: Judgement, say: Words) -> Table:
    """Return the run and the other predictors: earthquake vs. none, AUC with both p, and the difference from the run.

    Parameters
    ----------
    judgement
        The evaluation; of its comparisons, only those of earthquake vs. none are used.
    say
        Language of the texts.
    """
    head = (
        say("Predictor"), say("Number of days"), "AUC", say("p (shifted times)"), say("p (redrawn times)"),
        say("Accuracy, earthquake vs. none"), say("Accuracy difference (points; 95% interval)"),
        say("Macro recall, earthquake vs. none (95% interval)"), say("AUC difference (95% interval)"),
        say("Residual AUC (80% interval)"), say("Model adds information"),
    )  # fmt: skip
    own = judgement.of("event")
    rows = [
        (
            worded(title_of(judgement.title), say.language), str(own.figures.days), *_test(judgement.surrogate),
            percent(own.figures.accuracy), "", interval_text(own.macro_recall, say, percent), "", "", "",
        )
    ]  # fmt: skip
    for one in judgement.comparisons:
        if one.target != "event":
            continue
        gap, left = ("–" if other is None else interval_text(other, say) for other in (one.auc_difference, one.residual))
        days = say("{days} ({n} without a prediction)", days=one.days, n=one.dropped)
        rows.append(
            (
                _predictor(one.name, say), days if one.dropped else str(one.days), *_test(one.test),
                percent(one.figures.accuracy), interval_text(one.accuracy_difference, say, points),
                percent(one.figures.macro_recall), gap, left,
                say.yes(one.beaten) if one.days else "–",
            )
        )  # fmt: skip
    return Table(head, tuple(rows))


def forest(judgement: Judgement, say: Words, stamp: str) -> Figure:
    """Return the AUCs with intervals of the run and the other predictors, see `result_drawings.forest`.

    Parameters
    ----------
    judgement
        The evaluation; of its comparisons, only those of earthquake vs. none are used.
    say
        Language of the texts.
    stamp
        Stamp, or empty.
    """
    from quakegui.judge.residual import LEVEL

    nothing = (np.nan, np.nan, np.nan)
    rows = [draw.ForestRow(say("Model (95% interval)"), judgement.auc.value, (judgement.auc.low, judgement.auc.high), nothing)]
    for one in judgement.comparisons:
        if one.target == "event":
            left = nothing if one.residual is None else (one.residual.value, one.residual.low, one.residual.high)
            own = np.nan if one.test is None else one.test.auc
            rows.append(draw.ForestRow(_predictor(one.name, say), own, (np.nan, np.nan), left))
    words = PlotWords(
        across=say("AUC, earthquake vs. none"),
        up="",
        key=(
            say("AUC of the predictor"),
            say("Residual AUC: what the predictor does not explain ({level} interval)", level=percent(LEVEL, 0)),
            say("chance"),
        ),
        stamp=stamp,
        alt=say("Predictors with AUC and intervals"),
    )
    return draw.forest(rows, words)


def _test(test: SurrogateTest | None) -> tuple[str, str, str]:
    if test is None:
        return "–", "–", "–"
    return number(test.auc), number(test.p_jitter, 3), number(test.p_rate, 3)


def interval_text(interval: Interval, say: Words, write: Callable[[float | None], str] = number) -> str:
    """Return a score with its interval, a dash if it cannot be estimated.

    Parameters
    ----------
    interval
        The score and its bounds; the score is NaN if it cannot be estimated.
    say
        Language of the texts.
    write
        How to write a number, such as `percent` or `points`; default two decimals.
    """
    if not np.isfinite(interval.value):
        return write(None)
    value, low, high = write(interval.value), write(interval.low), write(interval.high)
    return say("{value} ({low} to {high})", value=value, low=low, high=high)


# -- drawings of an evaluation ------------------------------------------------------------------------------------------


def molchan(judgement: Judgement, say: Words, stamp: str) -> Figure | None:
    """Return the Molchan diagram; None if no earthquake occurred in the evaluation period.

    Parameters
    ----------
    judgement
        The evaluation, with the curve and the scores of its alarms.
    say
        Language of the texts.
    stamp
        Stamp, or empty.
    """
    found, skill = judgement.molchan, judgement.skill
    if found is None or skill is None:
        return None
    words = PlotWords(
        across=say("Fraction of time under alarm"),
        up=say("Miss rate"),
        key=(
            say("model"),
            say("model, time weighted by earthquake rate"),
            say("95% of random alarms"),
            say("actual alarms"),
        ),
        stamp=stamp,
        alt=say("Molchan diagram"),
    )
    return draw.molchan(found, (skill.alarm_fraction, 1.0 - skill.hit_rate), words)


def molchan_text(judgement: Judgement, say: Words) -> str:
    """Return the numbers of the Molchan diagram in words.

    Parameters
    ----------
    judgement
        The evaluation; without an earthquake in its period, the text states that.
    say
        Language of the texts.
    """
    found, skill = judgement.molchan, judgement.skill
    if found is None or skill is None:
        return say("No earthquake occurred in the evaluation period, so alarms are not scored.")
    r, r0, area = number(skill.r), number(skill.r0), number(found.area_skill)
    hits = say(
        "{hits} for {events}",
        hits=counted("{count} hit", "{count} hits", count=skill.hits),
        events=counted("{count} earthquake", "{count} earthquakes", count=skill.events),
    )
    if skill.exceeds:
        text = say("R = {r}, above R0 = {r0} ({hits}).", r=r, r0=r0, hits=hits)
    else:
        text = say("R = {r}, not above R0 = {r0} ({hits}).", r=r, r0=r0, hits=hits)
    text += say(" Area skill score {area}; chance is 0.50.", area=area)
    if skill.weighed_r is not None:
        text += say(
            " With time weighted by the number of earthquakes expected from the catalogue: R = {r}, area skill score "
            "{area}.",
            r=number(skill.weighed_r), area=number(found.weighed_skill),
        )  # fmt: skip
    return text


def reliability(judgement: Judgement, say: Words, stamp: str) -> Figure | None:
    """Return the CORP reliability diagram; None if the probabilities could not be calibrated.

    Parameters
    ----------
    judgement
        The evaluation, with the reliability of its calibrated probabilities.
    say
        Language of the texts.
    stamp
        Stamp, or empty.
    """
    if judgement.reliability is None:
        return None
    words = PlotWords(
        across=say("Calibrated P(earthquake)"),
        up=say("Fraction of earthquake days"),
        key=(
            say("observed fraction (isotonic fit)"),
            say("perfectly reliable"),
            say("share of days at each P"),
        ),
        stamp=stamp,
        alt=say("Reliability diagram"),
    )
    return draw.reliability(judgement.reliability, words)


def reliability_text(judgement: Judgement, say: Words) -> str:
    """Return the scores of the calibrated probabilities in words.

    Parameters
    ----------
    judgement
        The evaluation; information gains that are not finite are omitted.
    say
        Language of the texts.
    """
    found = judgement.reliability
    if found is None:
        return say("The probabilities could not be calibrated.")
    text = say(
        "Brier skill score {skill} relative to the base rate (Brier score {brier} = reliability {reliability} − "
        "resolution {resolution} + uncertainty {uncertainty}).",
        skill=number(found.brier_skill), brier=number(found.brier, 3), reliability=number(found.reliability, 3),
        resolution=number(found.resolution, 3), uncertainty=number(found.uncertainty, 3),
    )  # fmt: skip
    if np.isfinite(judgement.information_gain_constant):
        text += say(
            " Information gain relative to the base rate: {bits} bits per earthquake day.",
            bits=number(judgement.information_gain_constant),
        )
    if np.isfinite(judgement.information_gain):
        text += say(
            " Relative to “{predictor}”: {bits} bits.",
            predictor=_predictor("catalogue", say), bits=number(judgement.information_gain),
        )  # fmt: skip
    return text


# -- studies -----------------------------------------------------------------------------------------------------------
