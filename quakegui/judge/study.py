"""Sensitivity of the deciding test to other catalogues and label windows, and superposed epochs.

A `Choice` defines which earthquakes count and which days they label. `choice_axes` varies one thing at a time, the maps vary
two together. The predictions are those of the run: only the evaluation changes, so the score may drop merely because the run
was not trained for a choice.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import ArrayLike, NDArray

from quakegui.judge.alarms import AlarmRule, Catalogue, Instants, Series, record_alarms
from quakegui.judge.epochs import Epochs, superposed_epochs
from quakegui.judge.event_table import EventRow, event_table
from quakegui.judge.robustness import ORIGINAL, Robustness, Score, SkillMap, robustness, skill_map
from quakegui.judge.skill import skill
from quakegui.judge.surrogates import (
    JITTER_DAYS,
    QUIET,
    SURROGATES,
    EventWindows,
    Statistic,
    event_windows,
    jittered_days,
    make_surrogates,
    rule_kinds,
    surrogate_test,
)
from quakegui.season.events import Declustering, Event, decluster
from quakegui.season.labels import FLAT_RULE, LabelRule
from quakegui.season.localtime import NightWindow
from quakegui.season.sphere import great_circle_km

Floats = NDArray[np.float64]

LEADS = (0, 2, 5, 10, 20)
WINDOWS = (3, 7, 14, 28)
#: Radius of the strain zone of an earthquake of magnitude M: 10 ** (0.43 M) km (Dobrovolsky 1979).
STRAIN_EXPONENT = 0.43


@dataclass(frozen=True, slots=True)
class Case:
    """Predictions to be tested, with their context.

    Attributes
    ----------
    days
        Days of the season, datetime64[D], ascending, shape (day,).
    probability
        P(event), NaN where missing, shape (day,).
    fold
        Fold of each day, -1 for a day that cannot be scored, shape (day,).
    statistic
        Pooled or fold-wise.
    timezone, night
        Calendar of the project, and the hours after which a day is known.
    centre
        Latitude and longitude of the centre of the network.
    surrogates
        Number of surrogate catalogues per test.
    """

    days: NDArray[np.datetime64]
    probability: Floats
    fold: NDArray[np.int64]
    statistic: Statistic
    timezone: str
    night: NightWindow
    centre: tuple[float, float]
    surrogates: int = SURROGATES


@dataclass(frozen=True, slots=True)
class Choice:
    """Which earthquakes count, and which days they label.

    Attributes
    ----------
    events
        A catalogue with its aftershocks.
    rule
        Label windows.
    declustering
        How aftershocks are removed, after selection by distance and magnitude.
    least_magnitude
        Minimum magnitude.
    reach_km
        Maximum distance from the centre of the network; None for any distance.
    strain
        Use the strain radius of each event, see `STRAIN_EXPONENT`, as maximum distance instead.
    lead
        None for the label windows of the rule, or lead and length of a window in days: its last day is `lead` days before the
        day of the event.
    """

    events: tuple[Event, ...]
    rule: LabelRule
    declustering: Declustering
    least_magnitude: float = -np.inf
    reach_km: float | None = None
    strain: bool = False
    lead: tuple[int, int] | None = None


def chosen_events(choice: Choice, centre: tuple[float, float]) -> tuple[Event, ...]:
    """Return the main shocks of a choice, by time.

    Parameters
    ----------
    choice
        Events with limits and declustering.
    centre
        Latitude and longitude of the network.
    """
    kept = [event for event in choice.events if event.magnitude >= choice.least_magnitude - 1e-9]
    if choice.strain or choice.reach_km is not None:
        at = np.array([(event.latitude, event.longitude) for event in kept], float).reshape(-1, 2)
        away = great_circle_km(*centre, at[:, 0], at[:, 1])
        magnitude = np.array([event.magnitude for event in kept], float)
        reach = 10 ** (STRAIN_EXPONENT * magnitude) if choice.strain else np.full(len(kept), choice.reach_km)
        kept = [event for event, near in zip(kept, away <= reach, strict=True) if near]
    return decluster(kept, choice.declustering)[0]


def choice_score(case: Case, choice: Choice) -> Score:
    """Return the result of the deciding test with one choice: number of events in the season, AUC, p-value.

    Parameters
    ----------
    case
        Predictions.
    choice
        Events and label windows.
    """
    windows = _windows(case, choice)
    inside = (windows.day >= case.days[0]) & (windows.day <= case.days[-1])
    drawn = make_surrogates(
        windows, case.days, jitter_days=JITTER_DAYS[case.statistic], surrogates=case.surrogates, redrawn=False
    )
    test = surrogate_test(case.probability, rule_kinds(windows, case.days), drawn, statistic=case.statistic, fold=case.fold)
    return Score(int(inside.sum()), test.auc, test.p_value)


def choice_axes(
    base: Choice, centre: tuple[float, float], versions: Mapping[str, Sequence[Event]] | None = None
) -> dict[str, dict[str, Choice]]:
    """Return the choices that a verdict should not depend on, by axis and name.

    Choices that leave the events and the label rule of the base unchanged are omitted.

    Parameters
    ----------
    base
        The project's own choice; it comes first.
    centre
        Latitude and longitude of the network.
    versions
        Other catalogues of the same earthquakes, by name.
    """
    rule, distances, magnitudes = base.rule, event_distances(base, centre), event_magnitudes(base)
    rules = {
        "half the days before": _scaled(rule, 0.5),
        "twice the days before": _scaled(rule, 2.0),
        "no days after": dataclasses.replace(rule, days_after=0),
        "a fortnight": FLAT_RULE,
    }
    methods = {
        "none": Declustering("none"),
        "50 km, 5 days": Declustering("window", 50.0, 5.0),
        "150 km, 10 days": Declustering("window", 150.0, 10.0),
        "Gardner and Knopoff": Declustering("gardner-knopoff"),
    }
    axes = {
        "label rule": {name: dataclasses.replace(base, rule=other) for name, other in rules.items()},
        "declustering": {name: dataclasses.replace(base, declustering=other) for name, other in methods.items()},
        "least magnitude": {f"M {least:.1f}": dataclasses.replace(base, least_magnitude=least) for least in magnitudes},
        "distance": {
            **{f"{km:.0f} km": dataclasses.replace(base, reach_km=km) for km in distances},
            f"10^({STRAIN_EXPONENT} M) km": dataclasses.replace(base, strain=True),
        },
        "catalogue": {name: dataclasses.replace(base, events=tuple(events)) for name, events in (versions or {}).items()},
    }
    same = base.rule, chosen_events(base, centre)
    others = {
        axis: {name: choice for name, choice in choices.items() if (choice.rule, chosen_events(choice, centre)) != same}
        for axis, choices in axes.items()
    }
    return {ORIGINAL: {"": base}, **others}


def event_distances(choice: Choice, centre: tuple[float, float]) -> tuple[float, ...]:
    """Return distances in km, rounded up to 50, that include half, three quarters and all of the main shocks.

    Parameters as in `chosen_events`.
    """
    at = np.array([(one.latitude, one.longitude) for one in chosen_events(choice, centre)], float).reshape(-1, 2)
    if not len(at):
        return ()
    away = np.quantile(great_circle_km(*centre, at[:, 0], at[:, 1]), [0.5, 0.75, 1.0])
    return tuple(float(km) for km in np.unique(50 * np.ceil(away / 50)))


def event_magnitudes(choice: Choice) -> tuple[float, ...]:
    """Return the minimum magnitude of a catalogue, and 0.3, 0.6 and 1 above it."""
    sizes = [event.magnitude for event in choice.events if event.magnitude >= choice.least_magnitude]
    return tuple(round(min(sizes) + more, 2) for more in (0.0, 0.3, 0.6, 1.0)) if sizes else ()


def alarm_score(series: Series, rule: AlarmRule, catalogue: Catalogue, period: Instants) -> Score:
    """Return the R score of a rule's alarms, and the probability of at least as many hits by chance.

    Parameters
    ----------
    series, rule
        Daily predictions, and the alarm rule.
    catalogue, period
        Declustered events, and the evaluated period, see `judged_period`.
    """
    from scipy.stats import binom  # takes a second to import

    record = record_alarms(series, rule, catalogue, period)
    found = skill(record)
    if found is None:
        return Score(0, np.nan, np.nan)
    return Score(found.events, found.r, float(binom.sf(found.hits - 1, found.events, found.alarm_fraction)))


def study_robustness(
    case: Case,
    base: Choice,
    *,
    versions: Mapping[str, Sequence[Event]] | None = None,
    alarms: Mapping[str, Callable[[], Score]] | None = None,
) -> Robustness:
    """Run the deciding test with every choice of `choice_axes`.

    Parameters
    ----------
    case, base
        Predictions, and the project's own choice.
    versions
        Other catalogues by name.
    alarms
        `alarm_score` by name of the threshold; its statistic is R.
    """
    axes: dict[str, dict[str, Callable[[], Score]]] = {
        axis: {name: partial(choice_score, case, choice) for name, choice in choices.items()}
        for axis, choices in choice_axes(base, case.centre, versions).items()
    }
    return robustness({**axes, "alarm threshold": alarms or {}})


def lead_window_map(case: Case, base: Choice, leads: Sequence[int] = LEADS, lengths: Sequence[int] = WINDOWS) -> SkillMap:
    """Run the test with windows of other lengths and leads, shape (lead, length).

    Parameters
    ----------
    case, base
        Predictions, and the project's own choice.
    leads, lengths
        Days between the end of a window and the event, and lengths in days.
    """

    def score(lead: float, length: float) -> Score:
        choice = dataclasses.replace(base, lead=(int(lead), int(length)))
        return choice_score(case, choice)

    return skill_map(leads, lengths, score)


def distance_magnitude_map(case: Case, base: Choice, distances: Sequence[float], magnitudes: Sequence[float]) -> SkillMap:
    """Run the test with other maximum distances and minimum magnitudes, shape (distance, magnitude).

    Parameters
    ----------
    case, base
        Predictions, and the project's own choice.
    distances, magnitudes
        Maximum distances in km, and minimum magnitudes.
    """

    def score(distance: float, magnitude: float) -> Score:
        choice = dataclasses.replace(base, reach_km=distance, strain=False, least_magnitude=magnitude)
        return choice_score(case, choice)

    return skill_map(distances, magnitudes, score)


def study_epochs(case: Case, choice: Choice, series: ArrayLike) -> Epochs:
    """Return superposed epochs of a daily series, compared with catalogues drawn as for the deciding test.

    Parameters
    ----------
    case, choice
        Days of the season, and the events.
    series
        One value per day, NaN where missing, shape (day,).
    """
    windows = _windows(case, choice)
    first = int(case.days[0].astype(np.int64))
    date = case.days.astype(np.int64) - first
    by_date = np.full(int(date[-1]) + 1, np.nan)
    by_date[date] = np.asarray(series, float)
    drawn = jittered_days(windows, JITTER_DAYS[case.statistic], case.surrogates, np.random.default_rng(0))
    return superposed_epochs(by_date, windows.day.astype(np.int64) - first, drawn - first)


def study_events(case: Case, choice: Choice, available_at: Instants) -> tuple[tuple[Event, EventRow], ...]:
    """Return each main shock of the season with the predictions in its label window, by time.

    Parameters
    ----------
    case, choice
        Predictions, and the events.
    available_at
        UTC times at which the days became known, datetime64[ms], shape (day,).
    """
    windows = _windows(case, choice)
    spans = np.column_stack([windows.day - windows.before, windows.day + windows.after])
    events = chosen_events(choice, case.centre)
    within = np.flatnonzero((spans[:, 1] >= case.days[0]) & (spans[:, 0] <= case.days[-1]))
    p = np.where(case.fold >= 0, case.probability, np.nan)
    series = Series(case.days, available_at, np.column_stack([1 - p, p, np.zeros((len(p), 3))]))
    times = np.array([events[place].time for place in within], "datetime64[ms]")
    quiet = np.where(rule_kinds(windows, case.days) == QUIET, 0, -1)
    return tuple((events[within[row.event]], row) for row in event_table(series, quiet, times, spans[within]))


def _scaled(rule: LabelRule, factor: float) -> LabelRule:
    flat = None if rule.flat_days_before is None else round(factor * rule.flat_days_before)
    return dataclasses.replace(rule, days_before_scale=factor * rule.days_before_scale, flat_days_before=flat)


def _windows(case: Case, choice: Choice) -> EventWindows:
    events = chosen_events(choice, case.centre)
    windows = event_windows(events, choice.rule, timezone=case.timezone, night=case.night)
    if choice.lead is None:
        return windows
    lead, length = choice.lead
    n = len(windows.day)
    return dataclasses.replace(
        windows,
        day=windows.day - np.timedelta64(lead, "D"),
        before=np.full(n, length - 1),
        after=np.zeros(n, np.int64),
        foreknown=windows.foreknown | (lead > 0),
    )
