"""The earthquakes of a run's training, and their label windows, stored with the run."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quakegui.judge.alarms import DAY_MS, Catalogue
from quakegui.judge.predictors import Inputs
from quakegui.judge.surrogates import EventWindows
from quakegui.learn.runs.label_windows import LABEL_WINDOWS, windows_of
from quakegui.learn.runs.registry import RunFolder

EARTHQUAKES = "earthquakes"
EVERY = "every_earthquake"
"""Names of the main shocks, and of all earthquakes, in a run's information on its project."""


def earthquake_facts(catalogue: Catalogue, available_at: NDArray[np.datetime64]) -> dict[str, Any]:
    """Return the earthquakes that any evaluation of a run on these days may use, as plain values.

    Parameters
    ----------
    catalogue
        Declustered events.
    available_at
        UTC times at which the days become known, shape (day,).
    """
    first, last = _span(available_at)
    times = catalogue.times.astype("datetime64[ms]").astype(np.int64)
    inside = (times >= first) & (times <= last)
    return {
        "first_ms": first,
        "last_ms": last,
        "times_ms": times[inside].tolist(),
        "classes": catalogue.classes[inside].tolist(),
    }


def every_earthquake_facts(inputs: Inputs) -> dict[str, Any]:
    """Return all earthquakes that the baselines may use on these days, aftershocks and smaller ones included, as plain values.

    Parameters
    ----------
    inputs
        Input of the baselines.
    """
    times = inputs.event_times.astype("datetime64[ms]").astype(np.int64)
    known = times <= _span(inputs.available_at)[1]
    return {"times_ms": times[known].tolist(), "magnitudes": inputs.event_magnitudes[known].tolist()}


def with_training_earthquakes(inputs: Inputs, run: RunFolder) -> Inputs:
    """Return the input of the baselines with all earthquakes as they were at the training of a run.

    Unchanged if the run does not contain them. Earthquakes after the run's days are today's.

    Parameters
    ----------
    inputs
        Input with today's earthquakes.
    run
        The run.
    """
    kept = run.about.get(EVERY)
    if kept is None:
        return inputs
    later = inputs.event_times.astype("datetime64[ms]").astype(np.int64) > _span(inputs.available_at)[1]
    times = np.concatenate([np.array(kept["times_ms"], "datetime64[ms]"), inputs.event_times[later]])
    magnitudes = np.concatenate([np.array(kept["magnitudes"], float), inputs.event_magnitudes[later]])
    return replace(inputs, event_times=times, event_magnitudes=magnitudes)


def training_earthquakes(run: RunFolder, today: Catalogue) -> Catalogue | None:
    """Return the catalogue as it was at the training of a run, None if the run does not contain it.

    An earthquake keeps its position in today's catalogue. One that is new since the training has no time (NaT), so that it is
    in no evaluated period; those removed since are appended. After the run's days, today's earthquakes are used.

    Parameters
    ----------
    run, today
        The run, and the current catalogue of the project.
    """
    kept = run.about.get(EARTHQUAKES)
    if kept is None:
        return None
    first, last = kept["first_ms"], kept["last_ms"]
    left: dict[int, list[int]] = {}
    for time, cls in zip(kept["times_ms"], kept["classes"], strict=True):
        left.setdefault(time, []).append(cls)
    times = today.times.astype("datetime64[ms]").astype(np.int64)
    found, classes = times.astype("datetime64[ms]"), today.classes.copy()
    for place in np.flatnonzero((times >= first) & (times <= last)):
        known = left.get(int(times[place]))
        if known:
            classes[place] = known.pop(0)
        else:
            found[place] = np.datetime64("NaT", "ms")
    gone = [(time, cls) for time, group in left.items() for cls in group]
    return Catalogue(
        np.concatenate([found, np.array([time for time, _cls in gone], dtype="datetime64[ms]")]),
        np.concatenate([classes, np.array([cls for _time, cls in gone], dtype=np.int64)]),
    )


def training_windows(run: RunFolder) -> EventWindows | None:
    """Return the label windows of a run's training, None if the run does not contain them."""
    kept = run.about.get(LABEL_WINDOWS)
    return None if kept is None else windows_of(kept)


def earthquakes_differing(run: RunFolder, today: Catalogue) -> int | None:
    """Return the number of earthquakes in a run's days that have changed since its training, None if unknown.

    A removed one, a new one, and one of another class count as one each.

    Parameters
    ----------
    run, today
        The run, and the current catalogue of the project.
    """
    kept = run.about.get(EARTHQUAKES)
    if kept is None:
        return None
    times = today.times.astype("datetime64[ms]").astype(np.int64)
    inside = (times >= kept["first_ms"]) & (times <= kept["last_ms"])
    now = Counter(zip(times[inside].tolist(), today.classes[inside].tolist(), strict=True))
    then = Counter(zip(kept["times_ms"], kept["classes"], strict=True))
    gone, new = Counter[int](), Counter[int]()
    for counted, pairs in ((gone, then - now), (new, now - then)):
        for (time, _cls), count in pairs.items():
            counted[time] += count
    return sum((gone | new).values())


def _span(available_at: NDArray[np.datetime64]) -> tuple[int, int]:
    """Return the earliest and latest time of any evaluated period of the days, milliseconds since 1970 UTC."""
    known = available_at.astype("datetime64[ms]").astype(np.int64)
    return int(known[0]), int(known[-1]) + DAY_MS
