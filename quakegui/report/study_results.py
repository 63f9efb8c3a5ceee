"""The further studies of a run as tables and drawings, with the same words in the report and in the window."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from quakegui.report import result_drawings as draw
from quakegui.report.result_drawings import PlotWords
from quakegui.report.results import Table
from quakegui.report.words import ALARM_AXIS, AXIS_NAMES, CHOICE_NAMES, SERIES_NAMES, Words, number, percent
from quakegui.season.localtime import to_local

if TYPE_CHECKING:
    from quakegui.judge.epochs import Epochs
    from quakegui.judge.robustness import Robustness, Variant
    from quakegui.learn.season_study import SkillMaps, StudiedEvents
    from quakegui.report.markup import Figure


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
