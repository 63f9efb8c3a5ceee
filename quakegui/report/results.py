"""An evaluation and the studies of a run as tables and drawings, with the same words in the report and in the window."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from quakegui.judge.predictors import PREDICTORS
from quakegui.learn.runs.presets import title_of
from quakegui.report import result_drawings as draw
from quakegui.report.result_drawings import PlotWords
from quakegui.report.words import ALARM_AXIS, AXIS_NAMES, CHOICE_NAMES, SERIES_NAMES, Words, number, percent, points
from quakegui.season.localtime import to_local
from quakegui.words import counted, worded

if TYPE_CHECKING:
    from quakegui.judge.bootstrap import Interval
    from quakegui.judge.epochs import Epochs
    from quakegui.judge.judgement import Judgement
    from quakegui.judge.robustness import Robustness, Variant
    from quakegui.judge.surrogates import SurrogateTest
    from quakegui.learn.season_study import SkillMaps, StudiedEvents
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


def events(result: StudiedEvents, timezone: str, say: Words) -> Table:
    """Return each earthquake with the largest P(earthquake) in its label window.

    Parameters
    ----------
    result
        Each earthquake with its predictions.
    timezone
        IANA name of the time zone of the times.
    say
        Language of the texts.
    """
    head = (
        say("Time ({zone})", zone=timezone), "M", say("Place (from the catalogue)"), say("Usable days"),
        say("Largest uncalibrated P(earthquake)"), say("Date of largest P"), say("Rank among days of class 0"),
        say("Chance of an equal or larger P"),
    )  # fmt: skip
    rows = [
        (
            f"{to_local(event.time, timezone):%Y-%m-%d %H:%M}", f"{event.magnitude:.1f}", event.place, str(row.days),
            number(row.largest), str(row.day) if row.days else "–",
            "–" if row.rank is None else f"{row.rank} / {row.quiet_days}", percent(row.by_chance),
        )
        for event, row in result
    ]  # fmt: skip
    return Table(head, tuple(rows))


def events_text(say: Words) -> str:
    """Return how to read the table of earthquakes."""
    return say(
        "Usable days: days of the label window with a prediction and with data available before the earthquake. Rank 1: P is "
        "larger than on every day of class 0, that is, outside all label windows. Chance of an equal or larger P: fraction of "
        "equally long sequences of days of class 0 whose largest P is at least as large. P is not calibrated in this table; "
        "the panel “This day”, the timeline and the day tables of the report show calibrated probabilities.",
    )


def epochs(result: dict[str, Epochs], say: Words, stamp: str) -> Iterator[Figure]:
    """Yield the drawing of each daily series around the earthquakes.

    Parameters
    ----------
    result
        Superposed epochs by series; the titles are from `SERIES_NAMES`.
    say
        Language of the texts.
    stamp
        Stamp, or empty.
    """
    for name, one in result.items():
        title = say.or_itself(SERIES_NAMES, name)
        words = PlotWords(
            across=say("Days from the earthquake"),
            up=title,
            key=(
                say("median over earthquakes"),
                say("median over random times"),
                say("simultaneous 95% band"),
            ),
            stamp=stamp,
            alt=say("{series} around the earthquakes", series=title),
        )
        before = _half(one.p_before, one.extreme_before, say, before=True)
        after = _half(one.p_after, one.extreme_after, say, before=False)
        yield draw.epochs(one, words, (before, after))


def _half(p: float, lag: int | None, say: Words, *, before: bool) -> str:
    if lag is None:
        return say("Before day 0: not estimable") if before else say("Day 0 and after: not estimable")
    if p >= 1.0:
        return say("Before day 0: no departure (p = 1)") if before else say("Day 0 and after: no departure (p = 1)")
    values = {"p": number(p, 3), "lag": f"{lag:+d}".replace("-", "−") if lag else "0"}
    if before:
        return say("Before day 0: p = {p}, largest departure on day {lag}", **values)
    return say("Day 0 and after: p = {p}, largest departure on day {lag}", **values)


def epochs_text(say: Words) -> str:
    """Return how to read the series around the earthquakes."""
    return say(
        "The curve is the median over the earthquakes on each day; the dashed line is the same for random earthquake times. p "
        "is computed separately for the days before day 0 and for day 0 and after. It is the fraction of trials with random "
        "times whose largest departure from the dashed line is at least as large as that of the curve. A peak after the "
        "earthquakes cannot be a precursor.",
    )


def robustness(result: Robustness, say: Words) -> Table:
    """Return the test for every choice.

    Parameters
    ----------
    result
        The test with each choice, the project's own included.
    say
        Language of the texts.
    """
    head = (
        say("Setting"), say("Value"), say("Number of earthquakes"), "AUC", "R", "p",
        say("p, corrected"), say("Verdict holds (p < 0.05, uncorrected)"),
    )  # fmt: skip
    rows = [
        (
            say.or_itself(AXIS_NAMES, one.axis), say.or_itself(CHOICE_NAMES, one.choice.removeprefix("p* ")),
            str(one.score.events),
            *_statistic(one), number(one.score.p_value, 3), number(one.p_corrected, 3),
            say.yes(one.holds) if np.isfinite(one.score.p_value) else "–",
        )
        for one in result.variants
    ]  # fmt: skip
    return Table(head, tuple(rows))


def _statistic(one: Variant) -> tuple[str, str]:
    """Return AUC and R, one of them empty: alarms are tested with R, everything else with the AUC."""
    value = number(one.score.statistic)
    return ("", value) if one.axis == ALARM_AXIS else (value, "")


def robustness_text(result: Robustness, say: Words) -> str:
    """Return for how many choices the test holds.

    Parameters
    ----------
    result
        The test with each choice; the project's own is not counted.
    say
        Language of the texts.
    """
    return say(
        "The verdict holds for {k} of the {n} other settings that could be tested (p < 0.05), and for {corrected} of {n} after "
        "correction for the number of tests. A dash: too few earthquakes for a test. R: hit rate minus fraction of time under "
        "alarm.",
        k=result.significant, n=result.tested, corrected=result.significant_corrected,
    )  # fmt: skip


def skill_maps(result: SkillMaps, say: Words, stamp: str) -> tuple[Figure, Figure]:
    """Return the drawings of the test over lead and window, and over distance and magnitude.

    Parameters
    ----------
    result
        Both skill maps.
    say
        Language of the texts.
    stamp
        Stamp, or empty.
    """
    key = (say("AUC, p, number of earthquakes; framed: corrected p < 0.05"),)
    lead = PlotWords(
        across=say("Window length (days)"),
        up=say("Lead time (days)"),
        key=key,
        stamp=stamp,
        alt=say("Skill by lead time and window length"),
    )
    distance = PlotWords(
        across=say("Minimum magnitude"),
        up=say("Maximum distance (km)"),
        key=key,
        stamp=stamp,
        alt=say("Skill by distance and magnitude"),
    )
    return draw.skill_map(result.lead_window, lead), draw.skill_map(result.distance_magnitude, distance)


def skill_maps_text(say: Words) -> str:
    """Return how to read the skill maps."""
    return say(
        "The test behind the verdict, repeated for the same predictions with other settings: other window lengths and lead "
        "times before the earthquake, and other maximum distances (from the network centre) and minimum magnitudes.",
    )
