"""The deciding test again, of the same predictions, by other catalogues and other windows; and series about the events.

A `Choice` is what counts as an event and which days are an event's. `choice_axes` changes one thing at a time, the maps change
two together. The predictions are those of the run: only what they are judged by is chosen anew, so a choice that the run was
not trained for can lower its score for that reason alone.
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
from quakegui.judge.robustness import Robustness, Score, SkillMap, robustness, skill_map
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
#: Radius of the zone in which an earthquake of magnitude M is said to strain the ground: 10 ** (0.43 M) km (Dobrovolsky 1979).
STRAIN_EXPONENT = 0.43


@dataclass(frozen=True, slots=True)
class Case:
    """Predictions that are tested, and where they come from.

    Attributes
    ----------
    days
        Of the season, datetime64[D], ascending, shape (day,).
    probability
        P(event), NaN where there is none, shape (day,).
    fold
        Fold of each day, -1 for a day that cannot be scored, shape (day,).
    statistic
        How folds are brought together.
    timezone, night
        The project's calendar, and the hours after which a day is known.
    centre
        Latitude and longitude of the network's centre.
    surrogates
        How many surrogate catalogues each test takes.
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
    """What counts as an event, and which days are an event's.

    Attributes
    ----------
    events
        A catalogue with its aftershocks.
    rule
        Which days are an event's.
    declustering
        How aftershocks are dropped, of the events that are near and large enough.
    least_magnitude
        Smaller events do not count.
    reach_km
        Nor do events farther from the network's centre than this; None for any distance.
    strain
        Whether an event reaches as far as its strain, see `STRAIN_EXPONENT`, instead.
    lead
        None for the rule's own days, else lead and length of a window in days: the last day of it is `lead` days before the
        event's own.
    """

    events: tuple[Event, ...]
    rule: LabelRule
    declustering: Declustering
    least_magnitude: float = -np.inf
    reach_km: float | None = None
    strain: bool = False
    lead: tuple[int, int] | None = None


def chosen_events(choice: Choice, centre: tuple[float, float]) -> tuple[Event, ...]:
    """Return the main shocks that count, by time."""
    kept = [event for event in choice.events if event.magnitude >= choice.least_magnitude - 1e-9]
    if choice.strain or choice.reach_km is not None:
        at = np.array([(event.latitude, event.longitude) for event in kept], float).reshape(-1, 2)
        away = great_circle_km(*centre, at[:, 0], at[:, 1])
        magnitude = np.array([event.magnitude for event in kept], float)
        reach = 10 ** (STRAIN_EXPONENT * magnitude) if choice.strain else np.full(len(kept), choice.reach_km)
        kept = [event for event, near in zip(kept, away <= reach, strict=True) if near]
    return decluster(kept, choice.declustering)[0]


def choice_score(case: Case, choice: Choice) -> Score:
    """Make the deciding test by a choice: events in the season, AUC, p."""
    windows = _windows(case, choice)
    inside = (windows.day >= case.days[0]) & (windows.day <= case.days[-1])
    drawn = make_surrogates(windows, case.days, jitter_days=JITTER_DAYS[case.statistic], surrogates=case.surrogates)
    test = surrogate_test(case.probability, rule_kinds(windows, case.days), drawn, statistic=case.statistic, fold=case.fold)
    return Score(int(inside.sum()), test.auc, test.p_value)


def choice_axes(
    base: Choice, centre: tuple[float, float], versions: Mapping[str, Sequence[Event]] | None = None
) -> dict[str, dict[str, Choice]]:
    """Return what a verdict should not hang on: for each axis the choices by what they are called.

    A choice that leaves the base's events and label rule as they are is left out.

    Parameters
    ----------
    base
        The project's own choice; it stands first.
    centre
        Of the network, latitude and longitude.
    versions
        Other catalogues of the same earthquakes by name.
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
    return {"as it is": {"": base}, **others}


def event_distances(choice: Choice, centre: tuple[float, float]) -> tuple[float, ...]:
    """Return distances in km, in fifties, that hold about a half, three quarters, and all of the main shocks."""
    at = np.array([(one.latitude, one.longitude) for one in chosen_events(choice, centre)], float).reshape(-1, 2)
    if not len(at):
        return ()
    away = np.quantile(great_circle_km(*centre, at[:, 0], at[:, 1]), [0.5, 0.75, 1.0])
    return tuple(float(km) for km in np.unique(50 * np.ceil(away / 50)))


def event_magnitudes(choice: Choice) -> tuple[float, ...]:
    """Return the least magnitude of a catalogue, and those 0.3, 0.6 and 1 above it."""
    sizes = [event.magnitude for event in choice.events if event.magnitude >= choice.least_magnitude]
    return tuple(round(min(sizes) + more, 2) for more in (0.0, 0.3, 0.6, 1.0)) if sizes else ()


def alarm_score(series: Series, rule: AlarmRule, catalogue: Catalogue, period: Instants) -> Score:
    """Return R of a rule's alarms, and how probable as many hits are if each event falls into them by chance."""
    from scipy.stats import binom  # a second, for this function alone

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
    """Make the deciding test by every choice of `choice_axes`.

    Parameters
    ----------
    versions
        Other catalogues by name.
    alarms
        `alarm_score` by what the threshold is called; its statistic is R.
    """
    axes: dict[str, dict[str, Callable[[], Score]]] = {
        axis: {name: partial(choice_score, case, choice) for name, choice in choices.items()}
        for axis, choices in choice_axes(base, case.centre, versions).items()
    }
    return robustness({**axes, "alarm threshold": alarms or {}})


def lead_window_map(case: Case, base: Choice, leads: Sequence[int] = LEADS, lengths: Sequence[int] = WINDOWS) -> SkillMap:
    """Make the test with windows of other lengths that end other days before the event, shape (lead, length)."""

    def score(lead: float, length: float) -> Score:
        choice = dataclasses.replace(base, lead=(int(lead), int(length)))
        return choice_score(case, choice)

    return skill_map(leads, lengths, score)


def distance_magnitude_map(case: Case, base: Choice, distances: Sequence[float], magnitudes: Sequence[float]) -> SkillMap:
    """Make the test with the events within each distance and from each magnitude on, shape (distance, magnitude)."""

    def score(distance: float, magnitude: float) -> Score:
        choice = dataclasses.replace(base, reach_km=distance, strain=False, least_magnitude=magnitude)
        return choice_score(case, choice)

    return skill_map(distances, magnitudes, score)


def study_epochs(case: Case, choice: Choice, series: ArrayLike, *, seed: int = 0) -> Epochs:
    """Lay a daily series over itself about the events, beside catalogues drawn as for the deciding test.

    Parameters
    ----------
    series
        One value a day, NaN where there is none, shape (day,).
    """
    windows = _windows(case, choice)
    first = int(case.days[0].astype(np.int64))
    date = case.days.astype(np.int64) - first
    by_date = np.full(int(date[-1]) + 1, np.nan)
    by_date[date] = np.asarray(series, float)
    drawn = jittered_days(windows, JITTER_DAYS[case.statistic], case.surrogates, np.random.default_rng(seed))
    return superposed_epochs(by_date, windows.day.astype(np.int64) - first, drawn - first)


def study_events(case: Case, choice: Choice, available_at: Instants) -> tuple[tuple[Event, EventRow], ...]:
    """Return each main shock of the season with what was predicted in its label window, by time.

    Parameters
    ----------
    available_at
        UTC instants at which the days became known, datetime64[ms], shape (day,).
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
