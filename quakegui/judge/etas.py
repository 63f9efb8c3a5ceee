"""Rate of earthquakes: a temporal ETAS model, in which each earthquake raises the rate of later ones.

The rate at time t, in events per day, is ``mu + sum over t_i < t of A exp(alpha (M_i - M_0)) g(t - t_i)`` with the normalised
Omori-Utsu density ``g(x) = (p - 1) / c (1 + x / c) ** -p``; A is the mean number of direct aftershocks of an event of the
minimum magnitude. The catalogue of a season is too short to determine all five parameters, so all but mu have a prior around
values that are usual in regional catalogues; some hundred events outweigh it.

References
----------
Ogata, Y. (1988), Statistical models for earthquake occurrences, J. Am. Stat. Assoc. 83, 9-27.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from quakegui.words import Said

Floats = NDArray[np.float64]

#: Mean and standard deviation of the prior of log A, alpha, log c and log (p - 1).
PRIOR_MEAN = np.array([np.log(0.3), 1.5, np.log(0.02), np.log(0.15)])
PRIOR_SPREAD = np.array([1.0, 0.7, 1.5, 0.7])
#: Maximum number of events in a fit (about 100 MB); of more, the largest are used.
MOST_EVENTS = 2000


@dataclass(frozen=True, slots=True)
class Etas:
    """Parameters of a temporal ETAS model.

    Attributes
    ----------
    mu
        Rate of background events, per day.
    productivity
        A, the mean number of direct aftershocks of an event of magnitude `least`.
    alpha
        Increase of the log productivity per unit of magnitude (natural logarithm).
    c, p
        Parameters of the Omori-Utsu law; c in days.
    least
        M_0, the minimum magnitude.
    """

    mu: float
    productivity: float
    alpha: float
    c: float
    p: float
    least: float


def log_likelihood(model: Etas, times: ArrayLike, magnitudes: ArrayLike, spans: ArrayLike) -> float:
    """Return the log likelihood of the events in the spans, given all earlier events.

    Parameters
    ----------
    model
        The model to evaluate.
    times, magnitudes
        Days since an arbitrary instant, ascending, and magnitudes, shape (event,).
    spans
        Start and end of each span in days, end included, shape (span, 2).
    """
    value, _ = _log_likelihood(_free(model), _History.of(times, magnitudes, spans, model.least))
    return value


def fit(times: ArrayLike, magnitudes: ArrayLike, spans: ArrayLike) -> Etas:
    """Fit a model to the events in the spans, given all earlier events, by maximum likelihood times prior.

    Parameters
    ----------
    times, magnitudes
        Days since an arbitrary instant, ascending, and magnitudes, shape (event,); events outside the spans count as history
        only.
    spans
        Start and end of each span in days, end included, shape (span, 2).

    Raises
    ------
    ValueError
        If the spans have zero length.
    """
    from scipy.optimize import minimize  # takes half a second to import, which only evaluations need

    when, size = np.asarray(times, float), np.asarray(magnitudes, float)
    if len(when) > MOST_EVENTS:
        largest = np.sort(np.argsort(size, kind="stable")[-MOST_EVENTS:])
        when, size = when[largest], size[largest]
    least = float(size.min()) if len(size) else 0.0
    history = _History.of(when, size, spans, least)
    if not history.length > 0:
        raise ValueError(Said("An earthquake rate can be fitted only to a time span longer than zero."))
    begin = np.r_[np.log(max(0.5, 0.5 * len(history.lag)) / history.length), PRIOR_MEAN]
    lowest = np.log(0.5 / history.length)  # half an event: without events, the rate is low but not zero
    bounds = [(lowest, None), (-12.0, 3.0), (0.0, 6.0), (-12.0, 4.0), (-7.0, 3.0)]

    def cost(free: Floats) -> tuple[float, Floats]:
        value, slope = _log_likelihood(free, history)
        off = (free[1:] - PRIOR_MEAN) / PRIOR_SPREAD
        return 0.5 * float(off @ off) - value, np.r_[0.0, off / PRIOR_SPREAD] - slope

    found = minimize(cost, begin, jac=True, method="L-BFGS-B", bounds=bounds).x
    mu, productivity, c, q = np.exp(found[[0, 1, 3, 4]]).tolist()
    return Etas(mu, productivity, float(found[2]), c, 1.0 + q, least)


def mean_rate(model: Etas, times: ArrayLike, magnitudes: ArrayLike, at: ArrayLike, *, days: float = 1.0) -> Floats:
    """Return the mean rate over the days after each instant, events per day, from earlier events only, shape (instant,).

    Events below the minimum magnitude of the model, which the fit did not use, do not raise the rate.

    Parameters
    ----------
    model
        A fitted model.
    times, magnitudes
        Days since an arbitrary instant, and magnitudes, shape (event,).
    at
        Days since the same instant, shape (instant,).
    days
        Length of the average in days.
    """
    when, size = np.asarray(times, float), np.asarray(magnitudes, float)
    when, size = when[size >= model.least], size[size >= model.least]
    lag = np.asarray(at, float)[:, None] - when
    offspring = model.productivity * np.exp(model.alpha * (size - model.least))
    past = np.maximum(lag, 0.0)
    q = model.p - 1.0
    share = (1 + past / model.c) ** -q - (1 + (past + days) / model.c) ** -q
    return np.asarray(model.mu + (np.where(lag > 0, share, 0.0) @ offspring) / days, float)


@dataclass(frozen=True, slots=True)
class _History:
    """Input of the likelihood: time lags between events, and from events to the edges of the spans.

    `lag` has shape (event inside, event) and is positive for earlier events; `begin` and `end` have shape (span, event).
    """

    lag: Floats
    begin: Floats
    end: Floats
    excess: Floats
    length: float

    @staticmethod
    def of(times: ArrayLike, magnitudes: ArrayLike, spans: ArrayLike, least: float) -> _History:
        when, edges = np.asarray(times, float), np.asarray(spans, float).reshape(-1, 2)
        inside = ((when[:, None] > edges[:, 0]) & (when[:, None] <= edges[:, 1])).any(axis=1)
        return _History(
            lag=when[inside, None] - when,
            begin=np.maximum(edges[:, 0, None] - when, 0.0),
            end=np.maximum(edges[:, 1, None] - when, 0.0),
            excess=np.asarray(magnitudes, float) - least,
            length=float((edges[:, 1] - edges[:, 0]).sum()),
        )


def _free(model: Etas) -> Floats:
    """Return the unbounded parameters, shape (5,): log mu, log A, alpha, log c, log (p - 1)."""
    mu, productivity, c, q = np.log([model.mu, model.productivity, model.c, model.p - 1.0])
    return np.array([mu, productivity, model.alpha, c, q])


def _log_likelihood(free: Floats, history: _History) -> tuple[float, Floats]:
    """Return the log likelihood and its gradient in the unbounded parameters."""
    mu, c, q = np.exp(free[[0, 3, 4]])
    offspring = np.exp(free[1] + free[2] * history.excess)
    slope = np.zeros(5)
    value = -mu * history.length
    slope[0] = -mu * history.length
    for x, sign in ((history.end, -1.0), (history.begin, 1.0)):  # expected events: end of span minus start
        scaled = x / c
        log = np.log1p(scaled)
        left = np.exp(-q * log)
        value += sign * float((1 - left).sum(axis=0) @ offspring)
        slope[1] += sign * float((1 - left).sum(axis=0) @ offspring)
        slope[2] += sign * float((1 - left).sum(axis=0) @ (offspring * history.excess))
        slope[3] -= sign * float((q * scaled / (1 + scaled) * left).sum(axis=0) @ offspring)
        slope[4] += sign * float((q * log * left).sum(axis=0) @ offspring)
    scaled = np.maximum(history.lag, 0.0) / c
    log = np.log1p(scaled)
    density = np.where(history.lag > 0, q / c * np.exp(-(1 + q) * log), 0.0)
    rate = mu + density @ offspring
    value += float(np.log(rate).sum())
    slope[0] += float((mu / rate).sum())
    slope[1] += float(((density @ offspring) / rate).sum())
    slope[2] += float(((density @ (offspring * history.excess)) / rate).sum())
    slope[3] += float((((density * ((1 + q) * scaled / (1 + scaled) - 1)) @ offspring) / rate).sum())
    slope[4] += float((((density * (1 - q * log)) @ offspring) / rate).sum())
    return value, slope
