"""The signals of the synthetic season: precursors before real events, and false anomalies that precede nothing.

Nothing here is a finding. The laws below are assumptions, fixed before any network was trained on them, of the size that
reports of local total-intensity changes before earthquakes speak of (one to several nT over days to weeks):

====================  =====================================  =====  =====  =====
magnitude M           law                                      3.1    5.0    6.8
====================  =====================================  =====  =====  =====
peak, nT              2.0 x 10^(0.13 (M - 3))                  2.1    3.6    6.2
footprint, km         18 x 10^(0.07 (M - 3)), Gaussian sigma  18.3   24.8   33.2
length, days          5 x 10^(0.15 (M - 3)), +-30 % drawn      5.2   10.0   18.6
====================  =====================================  =====  =====  =====

The footprints are a fraction of the 120 km that the network spans: what covers all of it is removed with the common mode.
Four events in five have a precursor. It rises and decays over a quarter of its length each, ends up to a quarter of its
length before the event, has either sign, and lies within the network on the event's side of its centre. False anomalies obey
the same laws with drawn magnitudes, places and times, about six a year. The windows are drawn here and known to nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quakegui.season.events import Event

PRECURSOR_SHARE = 0.8
FALSE_PER_YEAR = 6.0
RAMP_SHARE = 0.25
DAY_MINUTES = 1440.0


@dataclass(frozen=True, slots=True)
class Signal:
    """One smooth anomaly: a Gaussian on the ground, a raised-cosine plateau in time.

    `x_km`, `y_km` are east and north of the network's centre, `start` and `end` are minutes since the season's first midnight,
    `event` is the id of the event it precedes, empty for a false anomaly. `peak_nt` carries the sign, at strength 1.
    """

    x_km: float
    y_km: float
    footprint_km: float
    peak_nt: float
    start: float
    end: float
    event: str = ""

    def footprint(self, xy_km: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the share of the peak at each position, shape (station,), of positions of shape (station, 2)."""
        away2 = (xy_km[:, 0] - self.x_km) ** 2 + (xy_km[:, 1] - self.y_km) ** 2
        share: NDArray[np.float64] = np.exp(-0.5 * away2 / self.footprint_km**2)
        return share

    def course(self, minute: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the share of the peak at each minute, 0 outside start..end, same shape."""
        length = self.end - self.start
        edge = np.minimum(minute - self.start, self.end - minute) / (RAMP_SHARE * length)
        share: NDArray[np.float64] = 0.5 - 0.5 * np.cos(np.pi * np.clip(edge, 0.0, 1.0))
        return share


def peak_nt(magnitude: float) -> float:
    """Return the height of a precursor in nT at strength 1."""
    return float(2.0 * 10.0 ** (0.13 * (magnitude - 3.0)))


def footprint_km(magnitude: float) -> float:
    """Return the Gaussian half-width (sigma) of a precursor in km."""
    return float(18.0 * 10.0 ** (0.07 * (magnitude - 3.0)))


def length_days(magnitude: float) -> float:
    """Return the length of a precursor in days, before drawing."""
    return float(5.0 * 10.0 ** (0.15 * (magnitude - 3.0)))


def draw_precursors(
    events: Iterable[Event], *, seed: int, origin: np.datetime64, centre: tuple[float, float], radius_km: float
) -> tuple[Signal, ...]:
    """Draw the precursors of `events`, some of which get none.

    Each event is drawn from its own random numbers, so leaving one out changes no other.

    Parameters
    ----------
    events
        Main shocks: an aftershock would be given a precursor of its own.
    origin
        UTC instant that minutes are counted from.
    centre, radius_km
        The network's centre in degrees and the radius that holds its stations.
    """
    signals = []
    for event in events:
        moment = int(event.time.astype(np.int64))
        rng = np.random.default_rng(np.random.SeedSequence([seed, 71, moment & 0xFFFFFFFF, moment >> 32]))
        present, east, north = rng.random() < PRECURSOR_SHARE, event.longitude - centre[1], event.latitude - centre[0]
        bearing = np.arctan2(east * np.cos(np.radians(centre[0])), north) + rng.normal(0.0, np.radians(15.0))
        away = radius_km * rng.uniform(0.35, 0.75)
        length = length_days(event.magnitude) * rng.uniform(0.7, 1.3)
        end_day = (event.time - origin) / np.timedelta64(1, "D") - length * rng.uniform(0.0, 0.25)
        sign = rng.choice([-1.0, 1.0])
        if present:
            signals.append(
                Signal(
                    x_km=float(away * np.sin(bearing)),
                    y_km=float(away * np.cos(bearing)),
                    footprint_km=footprint_km(event.magnitude),
                    peak_nt=float(sign * peak_nt(event.magnitude)),
                    start=float(end_day - length) * DAY_MINUTES,
                    end=float(end_day) * DAY_MINUTES,
                    event=event.id,
                )
            )
    return tuple(signals)


def draw_false(*, seed: int, days: int, radius_km: float) -> tuple[Signal, ...]:
    """Draw the anomalies that precede nothing, over `days` days."""
    rng = np.random.default_rng(np.random.SeedSequence([seed, 72]))
    signals = []
    for _ in range(rng.poisson(FALSE_PER_YEAR * days / 365.25)):
        magnitude = min(3.0 + rng.exponential(0.8), 6.5)
        bearing, away = rng.uniform(0.0, 2.0 * np.pi), radius_km * np.sqrt(rng.random()) * 0.75
        start, length = rng.uniform(0.0, days), length_days(magnitude) * rng.uniform(0.7, 1.3)
        signals.append(
            Signal(
                x_km=float(away * np.sin(bearing)),
                y_km=float(away * np.cos(bearing)),
                footprint_km=footprint_km(magnitude),
                peak_nt=float(rng.choice([-1.0, 1.0]) * peak_nt(magnitude)),
                start=float(start) * DAY_MINUTES,
                end=float(start + length) * DAY_MINUTES,
            )
        )
    return tuple(signals)
