"""Inputs that know nothing of any field, and made catalogues, to try a verdict on."""

from __future__ import annotations

import numpy as np

from quakegui.season.events import Event

FIRST = np.datetime64("2022-02-01")
N_DAYS = 334


def noise(rng, n_days, memory):
    """Return first-order autoregressive noise; memory 1 is a random walk."""
    steps = rng.normal(size=n_days + (0 if memory == 1 else 300))
    for day in range(1, len(steps)):
        steps[day] += memory * steps[day - 1]
    return steps[-n_days:]


def sine(rng, n_days):
    """Return a sine of 30 to 400 days at any phase."""
    period = np.exp(rng.uniform(np.log(30), np.log(400)))
    return np.sin(2 * np.pi * (np.arange(n_days) / period + rng.random()))


RANDOM = {
    "white noise": lambda rng, n: noise(rng, n, 0.0),
    "AR(1) 0.9": lambda rng, n: noise(rng, n, 0.9),
    "AR(1) 0.98": lambda rng, n: noise(rng, n, 0.98),
    "random walk": lambda rng, n: noise(rng, n, 1.0),
    "sine, 30 to 400 days": sine,
}


#: Memory of the noise, of unit spread, and size of the signal added on the days that count as before an earthquake.
PLANTED = {
    "white noise + 0.15": (0.0, 0.15),
    "AR(1) 0.9 + 0.6": (0.9, 0.6),
    "AR(1) 0.9 + 1.0": (0.9, 1.0),
    "white noise + 0.3": (0.0, 0.3),
}


def planted(rng, event, memory, size):
    """Return noise of unit spread with a signal on the days with an event."""
    return noise(rng, len(event), memory) * np.sqrt(1 - memory**2) + size * event


def made_events(days, rng):
    """Return earthquakes at these times, in days since the season's first midnight UTC, with magnitudes of 3.1 to 7."""
    at = np.sort(np.asarray(days))
    magnitude = np.minimum(3.1 + rng.exponential(0.75, len(at)), 7.0)
    times = FIRST.astype("datetime64[ms]") + (at * 86_400_000).astype("timedelta64[ms]")
    return [Event(str(k), time, float(m), 28.0, 102.0) for k, (time, m) in enumerate(zip(times, magnitude, strict=True))]


def poisson(rng, n_days=N_DAYS):
    """Return about 18 earthquakes a season at an even rate."""
    return rng.uniform(0, n_days, rng.poisson(18 * n_days / N_DAYS))


def regime(rng, n_days=N_DAYS):
    """Return about 18 a season, three quarters of them in its first half."""
    n = rng.poisson(18 * n_days / N_DAYS)
    return rng.uniform(0, n_days / 2, n) + np.where(rng.random(n) < 0.75, 0, n_days / 2)


def swarms(rng, n_days=N_DAYS):
    """Return 18 in six swarms of three, each within 10 days."""
    return (rng.uniform(0, n_days, 6)[:, None] + rng.uniform(0, 10, (6, 3))).ravel() % n_days


def etas(rng, n_days=N_DAYS, *, background=8.0, branching=0.55, c=0.05, p=1.2):
    """Return a temporal ETAS sequence: aftershocks of any earthquake, and theirs, after 100 days of running in."""
    begin, waiting, found = -100.0, [], []
    waiting = list(rng.uniform(begin, n_days, rng.poisson(background * (n_days - begin) / N_DAYS)))
    while waiting:
        at = waiting.pop()
        found.append(at)
        delays = c * ((1 - rng.random(rng.poisson(branching))) ** (1 / (1 - p)) - 1)
        waiting += [at + delay for delay in delays if at + delay < n_days]
    inside = np.array(found)
    return inside[inside >= 0]


CATALOGUES = {"Poisson": poisson, "three quarters in the first half": regime, "ETAS": etas, "six swarms": swarms}
