"""Input of the baselines, and functions that turn it into columns.

A function of columns takes the `Inputs` of a season and the positions of the fold's training and test days, and returns the
columns of all days, shape (day, column). It is fitted on training days only, and its values for a day use nothing later than
that day.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from quakegui.judge import etas

if TYPE_CHECKING:
    from quakegui.season.extrema import DayFeatures

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]

#: Input columns of the traditional method (original paper, table 2); direction is +1 north, -1 south, 0 neither.
TRADITIONAL_COLUMNS = ("area", "peak", "duration", "direction")
FEATURE_COLUMNS = (*TRADITIONAL_COLUMNS, "signed peak", "age", "mean north", "mean south", "normal", "regions")
_DIRECTION = {"N": 1.0, "S": -1.0, "": 0.0}

KP_MEAN_DAYS = (3, 7)
DECAY_DAYS = (7.0, 30.0, 90.0)
#: Maximum time since the last event; also used if there is no earlier event.
LONGEST_WAIT_DAYS = 365.0
#: The rate of events is averaged over this many days ahead.
RATE_DAYS = 7.0
YEAR_DAYS = 365.25
DAY_MS = 86_400_000.0


@dataclass(frozen=True, slots=True)
class Inputs:
    """Input of the baselines, one row per day of the season.

    Attributes
    ----------
    days
        Local calendar days, ascending, datetime64[D], shape (day,).
    available_at
        UTC time at which each day becomes known, datetime64[ms], shape (day,).
    kp_night
        Largest Kp of each night, NaN where unknown, shape (day,).
    features
        See `feature_table`, shape (day, feature).
    station_z
        z of each station, NaN where missing, shape (day, station).
    doubtful
        Whether a station is missing or has a quality flag, shape (day, station).
    event_times, event_magnitudes
        All events of the catalogue, including aftershocks and smaller ones, by time: UTC, datetime64[ms], shape (event,).
    station_km
        East and north of the centre of the network, NaN for a station without coordinates, shape (station, 2); empty if no
        station has any.
    """

    days: NDArray[np.datetime64]
    available_at: NDArray[np.datetime64]
    kp_night: Floats
    features: Floats
    station_z: Floats
    doubtful: NDArray[np.bool_]
    event_times: NDArray[np.datetime64]
    event_magnitudes: Floats
    station_km: Floats = field(default_factory=lambda: np.empty((0, 2)))

    @property
    def positions_km(self) -> Floats:
        """`station_km`, or NaN if no station has coordinates, shape (station, 2)."""
        return self.station_km if len(self.station_km) else np.full((self.station_z.shape[1], 2), np.nan)

    def at(self, rows: Indices) -> Inputs:
        """Return the input of some of the days, with all events."""
        return Inputs(
            self.days[rows],
            self.available_at[rows],
            self.kp_night[rows],
            self.features[rows],
            self.station_z[rows],
            self.doubtful[rows],
            self.event_times,
            self.event_magnitudes,
            self.station_km,
        )


Columns = Callable[[Inputs, Indices, Indices], Floats]


def feature_table(features: Sequence[DayFeatures]) -> Floats:
    """Return the features of each day, shape (day, feature), with columns `FEATURE_COLUMNS`; NaN for a day without a map."""
    table = np.full((len(features), len(FEATURE_COLUMNS)), np.nan)
    for row, day in zip(table, features, strict=True):
        if day.has_map:
            row[:] = (
                day.area_px,
                abs(day.peak_z),
                day.duration_days,
                _DIRECTION[day.direction],
                day.peak_z,
                day.age_days,
                day.mean_north,
                day.mean_south,
                day.normal,
                len(day.regions),
            )
    return table


def nothing(inputs: Inputs, train: Indices, test: Indices) -> Floats:
    """Return no columns, shape (day, 0).

    Parameters
    ----------
    inputs
        Only the number of days is used.
    train, test
        Not used.
    """
    return np.empty((len(inputs.days), 0))


def features(inputs: Inputs, train: Indices, test: Indices) -> Floats:
    """Return the features of each day's extremum regions, see `feature_table`.

    Parameters
    ----------
    inputs
        Only the features are used; they are returned without a copy.
    train, test
        Not used.
    """
    return inputs.features


def stations(inputs: Inputs, train: Indices, test: Indices) -> Floats:
    """Return z of each station, shape (day, station).

    Parameters
    ----------
    inputs
        Only z is used; it is returned without a copy.
    train, test
        Not used.
    """
    return inputs.station_z


def kp(inputs: Inputs, train: Indices, test: Indices) -> Floats:
    """Return Kp of the night and its means over the last 3 and 7 days, shape (day, 3); NaN on a day without Kp.

    Parameters
    ----------
    inputs
        Only days and Kp are used; a mean omits nights without Kp.
    train, test
        Not used.
    """
    place = (inputs.days - inputs.days[:1]).astype(np.int64)
    longest = max(KP_MEAN_DAYS)
    by_date = np.full(longest - 1 + int(place.max(initial=-1)) + 1, np.nan)
    by_date[longest - 1 + place] = inputs.kp_night
    known = np.isfinite(inputs.kp_night)
    columns = np.full((len(place), 1 + len(KP_MEAN_DAYS)), np.nan)
    columns[:, 0] = inputs.kp_night
    for column, days in enumerate(KP_MEAN_DAYS, start=1):
        recent = sliding_window_view(by_date[longest - days :], days)[place[known]]
        columns[known, column] = np.nanmean(recent, axis=1)
    return columns


def calendar(inputs: Inputs, train: Indices, test: Indices) -> Floats:
    """Return the day number, and annual and semi-annual waves, shape (day, 5).

    Parameters
    ----------
    inputs
        Only the days are used; they are counted from 1970.
    train, test
        Not used.
    """
    number = inputs.days.astype("datetime64[D]").astype(np.int64).astype(float)
    phase = 2 * np.pi * number / YEAR_DAYS
    return np.column_stack([number, np.cos(phase), np.sin(phase), np.cos(2 * phase), np.sin(2 * phase)])


def outages(inputs: Inputs, train: Indices, test: Indices) -> Floats:
    """Return the number of missing or flagged stations, and a flag for each station, shape (day, 1 + station).

    Parameters
    ----------
    inputs
        Only `doubtful` is used.
    train, test
        Not used.
    """
    return np.column_stack([inputs.doubtful.sum(axis=1), inputs.doubtful]).astype(float)


def waiting(inputs: Inputs, train: Indices, test: Indices) -> Floats:
    """Return log(1 + days since the last event), shape (day, 1).

    Parameters
    ----------
    inputs
        Times of days and events: those before the time at which a day becomes known count, for up to `LONGEST_WAIT_DAYS`.
    train, test
        Not used.
    """
    at, times = _in_days(inputs)
    lag = at[:, None] - times
    past = np.where(lag > 0, lag, np.inf)
    return np.asarray(np.log1p(np.minimum(past.min(axis=1, initial=np.inf), LONGEST_WAIT_DAYS))[:, None], float)


def catalogue(inputs: Inputs, train: Indices, test: Indices) -> Floats:
    """Return columns from earlier events, shape (day, 5).

    `waiting`, counts of events that decay over 7, 30 and 90 days, and the logarithm of `event_rate`.

    Parameters
    ----------
    inputs
        Times of days and events, and magnitudes.
    train, test
        As in `event_rate`.
    """
    at, times = _in_days(inputs)
    lag = at[:, None] - times
    past = np.where(lag > 0, lag, np.inf)
    counts = [np.exp(-past / days).sum(axis=1) for days in DECAY_DAYS]
    return np.column_stack([waiting(inputs, train, test), *counts, np.log(event_rate(inputs, train, test))])


def event_rate(inputs: Inputs, train: Indices, test: Indices) -> Floats:
    """Return the rate of events over the week after each day becomes known, per day, shape (day,).

    An ETAS model is fitted to the training part, the time from the first to the last training day on either side of the test
    days. Days without a label in between are included, since excluding days after events would exclude aftershocks. Events of
    the test part and its embargo are not used in the fit, not even as history; they do count for the rate of later days.

    Parameters
    ----------
    inputs
        Times of days and events, and magnitudes.
    train
        Positions of the training days, at least one.
    test
        Positions of the test days, possibly none.
    """
    at, times = _in_days(inputs)
    spans = _training_spans(at, train, test)
    begin = min(spans[0, 0], at[test].min(initial=np.inf) - 1.0)  # of the training or the test days, whichever are earlier
    learnt = (times <= begin) | ((times[:, None] > spans[:, 0]) & (times[:, None] <= spans[:, 1])).any(axis=1)
    model = etas.fit(times[learnt], inputs.event_magnitudes[learnt], spans)
    return etas.mean_rate(model, times, inputs.event_magnitudes, at, days=RATE_DAYS)


def side_by_side(parts: Sequence[Floats], train: Indices) -> Floats:
    """Return the columns of several functions together, shape (day, column).

    Where a part is unknown, it is replaced by the median of the training days, and an additional column marks these days, so
    that no day is dropped.

    Parameters
    ----------
    parts
        Each of shape (day, column).
    train
        Positions of the training days.
    """
    together = []
    for part in parts:
        unknown = np.asarray(~np.isfinite(part).all(axis=1))
        known = train[~unknown[train]]
        usual = np.median(part[known], axis=0) if len(known) else np.zeros(part.shape[1])
        together.append(np.where(unknown[:, None], usual, part))
        if unknown.any():
            together.append(unknown[:, None])
    return np.column_stack(together)


def _in_days(inputs: Inputs) -> tuple[Floats, Floats]:
    """Return the times at which the days become known, and the times of the events, in days since the first day is known."""
    start = inputs.available_at[:1]
    at = (inputs.available_at - start).astype("timedelta64[ms]").astype(np.int64) / DAY_MS
    times = (inputs.event_times - start).astype("timedelta64[ms]").astype(np.int64) / DAY_MS
    return at, times


def _training_spans(at: Floats, train: Indices, test: Indices) -> Floats:
    """Return start and end of each sequence of training days without a test day in between, in days, shape (span, 2)."""
    days = np.unique(train)
    tested_before = np.searchsorted(np.unique(test), days)
    parts = np.flatnonzero(np.diff(tested_before)) + 1
    return np.array([[at[part[0]], at[part[-1]] + 1.0] for part in np.split(days, parts)])
