"""The signals of the synthetic season: precursors before earthquakes, and false anomalies that precede none.

The laws below are assumptions, not results. They were fixed before any model was trained on them, with sizes as in reports
of local changes of total intensity before earthquakes (one to several nT over days to weeks):

====================  =====================================  =====  =====  =====
magnitude M           law                                      3.1    5.0    6.8
====================  =====================================  =====  =====  =====
peak, nT              2.0 x 10^(0.13 (M - 3))                  2.1    3.6    6.2
footprint, km         18 x 10^(0.07 (M - 3)), Gaussian sigma  18.3   24.8   33.2
length, days          5 x 10^(0.15 (M - 3)), +-30 % drawn      5.2   10.0   18.6
====================  =====================================  =====  =====  =====

The footprints are a fraction of the 120 km of the network: a signal over all of it is removed with the common mode.
Four events in five have a precursor. It rises and decays over a quarter of its length each, ends up to a quarter of its
length before the event, has either sign, and lies within the network, from its centre in the direction of the event. False
anomalies follow the same law with random magnitudes, places and times, about six a year. The time spans enter only the
simulated readings.

This is the default `Law`, that of the synthetic season supplied with quakegui. Other laws test a model that was trained
on one law, and `wider` draws a random one, to train a model on "something local that lasts" instead of one curve.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from quakegui.season.events import Event
from quakegui.words import Said

DAY_MINUTES = 1440.0


@dataclass(frozen=True, slots=True)
class Law:
    """Shape and timing of the precursors.

    Attributes
    ----------
    peak_nt, footprint_km, length_days
        Peak, Gaussian half-width (sigma) and length of the precursor of an event of magnitude 3.
    peak_growth, footprint_growth, length_growth
        Their growth in decades per unit of magnitude.
    length_spread
        Lengths are drawn within this fraction of the mean length.
    lead
        Maximum time from the end of a precursor to the event, as a fraction of its length.
    ramp
        Fraction of the length over which a precursor rises, and decays: 0.5 leaves no plateau.
    elongation
        Length divided by width of a footprint of the same area, with a random bearing; 1 is round.
    positive
        Fraction of precursors that raise the field.
    share
        Fraction of events that have a precursor.
    false_per_year
        Mean number of anomalies per year that precede no earthquake.
    """

    peak_nt: float = 2.0
    peak_growth: float = 0.13
    footprint_km: float = 18.0
    footprint_growth: float = 0.07
    length_days: float = 5.0
    length_growth: float = 0.15
    length_spread: float = 0.3
    lead: float = 0.25
    ramp: float = 0.25
    elongation: float = 1.0
    positive: float = 0.5
    share: float = 0.8
    false_per_year: float = 6.0

    def __post_init__(self) -> None:
        """Raise ValueError for parameters that define no signal."""
        if min(self.peak_nt, self.footprint_km, self.length_days) <= 0.0 or not 0.0 <= self.length_spread < 1.0:
            raise ValueError(
                Said(
                    "The signal parameters need a peak, a footprint and a duration above 0, and a "
                    "spread of durations from 0 to below 1."
                )
            )
        if not 0.0 < self.ramp <= 0.5 or self.elongation < 1.0 or min(self.lead, self.false_per_year) < 0.0:
            raise ValueError(
                Said(
                    "The signal parameters need ramps of up to half the duration, an elongation of 1 or more, and a "
                    "lead and a number of false anomalies of 0 or more."
                )
            )
        if not (0.0 <= self.positive <= 1.0 and 0.0 <= self.share <= 1.0):
            raise ValueError(Said("The shares in the signal parameters must be between 0 and 1."))

    def signal(self, magnitude: float, *, sign: float, x_km: float, y_km: float, start: float, length: float) -> Signal:
        """Return the round signal of an event.

        Parameters
        ----------
        magnitude
            Magnitude of the event.
        sign
            1 or -1.
        x_km, y_km
            East and north of the centre of the network.
        start, length
            Days since the first midnight of the season, and length in days.
        """
        return Signal(
            x_km=x_km,
            y_km=y_km,
            footprint_km=float(self.footprint_km * 10.0 ** (self.footprint_growth * (magnitude - 3.0))),
            peak_nt=float(sign * self.peak_nt * 10.0 ** (self.peak_growth * (magnitude - 3.0))),
            start=float(start) * DAY_MINUTES,
            end=float(start + length) * DAY_MINUTES,
            ramp=self.ramp,
            elongation=self.elongation,
        )

    def length(self, magnitude: float, rng: np.random.Generator) -> float:
        """Draw the length of a precursor in days.

        Parameters
        ----------
        magnitude
            Magnitude of the event.
        rng
            Random generator.
        """
        typical = self.length_days * 10.0 ** (self.length_growth * (magnitude - 3.0))
        return float(typical * rng.uniform(1.0 - self.length_spread, 1.0 + self.length_spread))

    def sign(self, rng: np.random.Generator) -> float:
        """Draw the sign of a precursor, 1 or -1."""
        return float(rng.choice([-1.0, 1.0], p=None if self.positive == 0.5 else [1.0 - self.positive, self.positive]))


@dataclass(frozen=True, slots=True)
class Signal:
    """One smooth anomaly: a Gaussian in space, a plateau with raised-cosine ramps in time.

    `x_km` and `y_km` are east and north of the centre of the network, `start` and `end` are minutes since the first midnight of
    the season, `event` is the id of the event that follows, empty for a false anomaly. `peak_nt` is signed, at strength 1.
    `ramp` and `elongation` are as in `Law`; `bearing` is the direction of the longer axis, radians east of north.
    """

    x_km: float
    y_km: float
    footprint_km: float
    peak_nt: float
    start: float
    end: float
    event: str = ""
    ramp: float = 0.25
    elongation: float = 1.0
    bearing: float = 0.0

    def footprint(self, xy_km: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the signal relative to its peak at positions of shape (station, 2), shape (station,)."""
        east, north = xy_km[:, 0] - self.x_km, xy_km[:, 1] - self.y_km
        along = east * np.sin(self.bearing) + north * np.cos(self.bearing)
        across = east * np.cos(self.bearing) - north * np.sin(self.bearing)
        away2 = along**2 / self.elongation + across**2 * self.elongation
        share: NDArray[np.float64] = np.exp(-0.5 * away2 / self.footprint_km**2)
        return share

    def course(self, minute: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the signal relative to its peak at each minute, 0 outside start..end, same shape."""
        length = self.end - self.start
        edge = np.minimum(minute - self.start, self.end - minute) / (self.ramp * length)
        share: NDArray[np.float64] = 0.5 - 0.5 * np.cos(np.pi * np.clip(edge, 0.0, 1.0))
        return share


def wider(rng: np.random.Generator) -> Law:
    """Draw a law around the default one: footprint and length times 0.5 to 2 each, with random lead, ramps, shape and sign."""

    def factor() -> float:
        return float(2.0 ** rng.uniform(-1.0, 1.0))

    plain = Law()
    return Law(
        footprint_km=plain.footprint_km * factor(),
        length_days=plain.length_days * factor(),
        peak_growth=float(rng.uniform(0.0, 0.2)),
        lead=float(rng.uniform(0.0, 0.6)),
        ramp=float(rng.uniform(0.1, 0.5)),
        elongation=float(rng.uniform(1.0, 2.0)),
        positive=float(rng.uniform(0.0, 1.0)),
    )


def draw_precursors(
    events: Iterable[Event],
    *,
    seed: int,
    origin: np.datetime64,
    centre: tuple[float, float],
    radius_km: float,
    law: Law | None = None,
) -> tuple[Signal, ...]:
    """Draw the precursors of events, some of which have none.

    Each event has its own random numbers, so omitting one changes no other.

    Parameters
    ----------
    events
        Main shocks: an aftershock would get a precursor of its own.
    seed
        Seed of the season.
    origin
        UTC time of minute 0.
    centre, radius_km
        Centre of the network in degrees, and the radius that contains its stations.
    law
        Default: `Law()`.
    """
    law = Law() if law is None else law
    signals = []
    for event in events:
        moment = int(event.time.astype(np.int64))
        rng = np.random.default_rng(np.random.SeedSequence([seed, 71, moment & 0xFFFFFFFF, moment >> 32]))
        present, east, north = rng.random() < law.share, event.longitude - centre[1], event.latitude - centre[0]
        bearing = np.arctan2(east * np.cos(np.radians(centre[0])), north) + rng.normal(0.0, np.radians(15.0))
        away = radius_km * rng.uniform(0.35, 0.75)
        length = law.length(event.magnitude, rng)
        end_day = (event.time - origin) / np.timedelta64(1, "D") - length * rng.uniform(0.0, law.lead)
        sign = law.sign(rng)
        if present:
            x, y = float(away * np.sin(bearing)), float(away * np.cos(bearing))
            found = law.signal(event.magnitude, sign=sign, x_km=x, y_km=y, start=end_day - length, length=length)
            signals.append(replace(found, event=event.id, bearing=float(rng.uniform(0.0, np.pi))))
    return tuple(signals)


def draw_false(*, seed: int, days: int, radius_km: float, law: Law | None = None) -> tuple[Signal, ...]:
    """Draw the anomalies that precede no earthquake.

    Parameters
    ----------
    seed
        Seed of the season.
    days
        Number of days.
    radius_km
        Radius that contains the stations.
    law
        Default: `Law()`.
    """
    law = Law() if law is None else law
    rng = np.random.default_rng(np.random.SeedSequence([seed, 72]))
    turned = np.random.default_rng(np.random.SeedSequence([seed, 73]))
    signals = []
    for _ in range(rng.poisson(law.false_per_year * days / 365.25)):
        magnitude = min(3.0 + rng.exponential(0.8), 6.5)
        bearing, away = rng.uniform(0.0, 2.0 * np.pi), radius_km * np.sqrt(rng.random()) * 0.75
        start, length = rng.uniform(0.0, days), law.length(magnitude, rng)
        x, y = float(away * np.sin(bearing)), float(away * np.cos(bearing))
        found = law.signal(magnitude, sign=law.sign(rng), x_km=x, y_km=y, start=start, length=length)
        signals.append(replace(found, bearing=float(turned.uniform(0.0, np.pi))))
    return tuple(signals)
