"""Skill of alarms: R score against R0, and the Molchan diagram.

Both are also computed with time weighted by the expected number of events (`exposure`), so that alarms after earthquakes, which
need no skill, gain nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from quakegui.judge.alarms import (
    AlarmRecord,
    AlarmRule,
    Catalogue,
    Instants,
    Series,
    inside_period,
    judged_period,
    open_spans,
)
from quakegui.judge.exposure import Exposure, open_share
from quakegui.words import Said

Floats = NDArray[np.float64]

MOLCHAN_POINTS = 100
BAND = 0.95


@dataclass(frozen=True, slots=True)
class Skill:
    """R score of a period with events (Xu Shaoxie 1989).

    Attributes
    ----------
    events, hits
        N and n.
    hit_rate, alarm_fraction
        n / N, and the fraction of time under alarm.
    r, r0
        Hit rate minus alarm fraction, and its 97.5% level for N and n.
    weighed_fraction
        Fraction of the expected events in the time under alarm; None without a rate.
    """

    events: int
    hits: int
    hit_rate: float
    alarm_fraction: float
    r: float
    r0: float
    weighed_fraction: float | None = None

    @property
    def exceeds(self) -> bool:
        """Whether R is above R0."""
        return self.r > self.r0

    @property
    def weighed_r(self) -> float | None:
        """Hit rate minus the weighted alarm fraction; R0 is its level, too. None without a rate."""
        return None if self.weighed_fraction is None else self.hit_rate - self.weighed_fraction


@dataclass(frozen=True, slots=True)
class Molchan:
    """Molchan diagram over p* (Molchan 1990; area skill score after Zechar and Jordan 2008).

    Attributes
    ----------
    thresholds
        p* from high to low, shape (point,); the first point is no alarm at all, the last a permanent alarm.
    alarm_fraction, miss_rate
        Shape (point,).
    area_skill
        Area above the piecewise linear curve through the points: 1 is perfect, 0.5 random.
    events
        Number of events of the miss rate.
    weighed_fraction
        Alarm fraction with time weighted by the expected events, shape (point,); empty without a rate.
    weighed_skill
        Area skill score with the weighted fraction; NaN without a rate.
    """

    thresholds: Floats
    alarm_fraction: Floats
    miss_rate: Floats
    area_skill: float
    events: int
    weighed_fraction: Floats
    weighed_skill: float

    @property
    def random_band(self) -> tuple[Floats, Floats]:
        """Minimum and maximum miss rate of 95% of random alarms at each `alarm_fraction`, shape (point,) each."""
        return random_band(self.events, self.alarm_fraction)


def r_zero(events: int, hits: int) -> float:
    """Return the 97.5% level of the R score, R0 = n/N - BetaInv(0.025; n, N - n + 1); 0 without a hit.

    The inverse beta is the lower Clopper-Pearson bound of the hit rate, which is 0 without a hit.

    Parameters
    ----------
    events, hits
        N and n.

    Raises
    ------
    ValueError
        If there is no event, or there are more hits than events.
    """
    if not 0 <= hits <= events or events == 0:
        raise ValueError(Said("R0 needs at least one earthquake, and no more hits than earthquakes."))
    from scipy.stats import beta  # takes a second to import

    return 0.0 if hits == 0 else float(hits / events - beta.ppf(0.025, hits, events - hits + 1))


def random_band(events: int, fraction: ArrayLike) -> tuple[Floats, Floats]:
    """Return the range of miss rates of random alarms, minimum and maximum, shape (point,) each.

    Each of N events falls into random alarms with a probability equal to the fraction of time under alarm, so the number of
    hits is binomial; at each single fraction at least `BAND` of random alarms lie in the range, limits included.

    Parameters
    ----------
    events
        N, at least 1.
    fraction
        Alarm fraction, 0..1, shape (point,).
    """
    from scipy.stats import binom  # takes a second to import

    share = np.asarray(fraction, float)
    fewest, most = binom.ppf((1 - BAND) / 2, events, share), binom.ppf((1 + BAND) / 2, events, share)
    return 1 - np.maximum(most, 0) / events, 1 - np.maximum(fewest, 0) / events


def skill(record: AlarmRecord, *, period: Instants | None = None, exposure: Exposure | None = None) -> Skill | None:
    """Return the R score of alarms; None if there is no event in the period.

    Parameters
    ----------
    record
        Alarms with their hits.
    period, exposure
        Evaluated period and weights of its time, for the weighted fraction; both or neither.
    """
    n_events = len(record.events)
    if not n_events:
        return None
    rate = record.hits / n_events
    weighed = None
    if period is not None and exposure is not None:
        times = [(int(alarm.opened.astype(np.int64)), int(alarm.closed.astype(np.int64))) for alarm in record.alarms]
        weighed = open_share(times, period, exposure)
    return Skill(
        events=n_events,
        hits=record.hits,
        hit_rate=rate,
        alarm_fraction=record.alarm_fraction,
        r=rate - record.alarm_fraction,
        r0=r_zero(n_events, record.hits),
        weighed_fraction=weighed,
    )


def molchan(
    series: Series,
    catalogue: Catalogue,
    period: Instants | None = None,
    *,
    rule: AlarmRule | None = None,
    exposure: Exposure | None = None,
) -> Molchan | None:
    """Return the Molchan diagram of a series; None if the period has no event or the series no prediction.

    The curve has at most 100 thresholds, at quantiles of P(not 0).

    Parameters
    ----------
    series
        Daily predictions.
    catalogue
        Declustered events.
    period
        Spans in which events and alarm time count, see `judged_period`. Default: all days of the series.
    rule
        Run length and open days of the alarms; its threshold is ignored.
    exposure
        Weights of the time, for the weighted fraction.
    """
    spans = judged_period(series) if period is None else period
    probability = series.event_probability
    known = np.unique(probability[np.isfinite(probability)])
    if not len(known) or not inside_period(catalogue.times, spans).any():
        return None
    if len(known) > MOLCHAN_POINTS:
        known = np.unique(np.quantile(known, np.linspace(0, 1, MOLCHAN_POINTS), method="nearest"))
    thresholds = known[::-1]
    held = rule or AlarmRule(0.5)
    rules = [AlarmRule(p, held.run_days, held.open_days) for p in thresholds]
    alarms = [open_times(series, one) for one in rules]
    miss = np.r_[1.0, [missed_share(one, catalogue, spans) for one in alarms], 0.0]
    fraction = np.r_[0.0, [open_share(one, spans) for one in alarms], 1.0]
    weighed = np.empty(0) if exposure is None else np.r_[0.0, [open_share(one, spans, exposure) for one in alarms], 1.0]
    return Molchan(
        thresholds=np.r_[np.inf, thresholds, -np.inf],
        alarm_fraction=fraction,
        miss_rate=miss,
        area_skill=float(np.trapezoid(1 - miss, fraction)),
        events=int(inside_period(catalogue.times, spans).sum()),
        weighed_fraction=weighed,
        weighed_skill=float(np.trapezoid(1 - miss, weighed)) if len(weighed) else np.nan,
    )


def open_times(series: Series, rule: AlarmRule) -> list[tuple[int, int]]:
    """Return opening and closing of each alarm, milliseconds since 1970.

    Parameters
    ----------
    series
        Daily predictions.
    rule
        When alarms open and close.
    """
    return [(opened, closed) for opened, closed, _ in open_spans(series, rule)]


def missed_share(alarms: list[tuple[int, int]], catalogue: Catalogue, period: Instants) -> float:
    """Return the fraction of events outside every alarm.

    Parameters
    ----------
    alarms
        Opening and closing of each alarm, milliseconds since 1970.
    catalogue
        Declustered events.
    period
        Spans of time with at least one event, see `judged_period`.
    """
    times = catalogue.times[inside_period(catalogue.times, period)].astype("datetime64[ms]").astype(np.int64)
    hit = np.zeros(len(times), bool)
    for opened, closed in alarms:
        hit |= (times > opened) & (times <= closed)
    return 1 - float(hit.mean())
