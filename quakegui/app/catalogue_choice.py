"""Selection of earthquakes from a catalogue, with the reasons for leaving out the others. Runs in a job, without widgets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from quakegui.season.events import ClassScheme, Declustering, Event, Selection, classify, decluster, in_order, scheme_of, select
from quakegui.season.sphere import great_circle_km

LONGEST_DAYS = 1000.0
"""Maximum length of the aftershock windows: those of Gardner and Knopoff reach 1000 days only beyond magnitude 8."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The selection of earthquakes from a catalogue.

    Attributes
    ----------
    inside
        Earthquakes in the selection, by time.
    mainshocks, aftershocks
        Those of them that declustering keeps and removes.
    after
        The earlier earthquake that each aftershock follows, by the id of the aftershock.
    outside
        Why an earthquake is not in the selection: "area", "magnitude" or "dates", by id.
    scheme
        The class scheme; None if the earthquakes cannot be classified.
    classes
        Class 1 to 4 of each main shock; empty without a scheme.
    warning
        A sentence about the directions, or "".
    """

    inside: tuple[Event, ...]
    mainshocks: tuple[Event, ...]
    aftershocks: tuple[Event, ...]
    after: dict[str, Event]
    outside: dict[str, str]
    scheme: ClassScheme | None
    classes: tuple[int, ...]
    warning: str


def choose(
    events: Sequence[Event],
    selection: Selection,
    declustering: Declustering,
    *,
    split_magnitude: float | None,
    timezone: str,
    besides: Sequence[Event] = (),
    cancelled: Callable[[], bool] = lambda: False,
) -> Choice:
    """Select, decluster and classify the earthquakes of a catalogue.

    Parameters
    ----------
    events
        The catalogue.
    selection, declustering
        Which earthquakes are selected, and how aftershocks are removed.
    split_magnitude
        Magnitude split; None for the median.
    timezone
        Time zone of the dates of the selection.
    besides
        Earthquakes of the project that are kept; they are declustered together with the selected ones.
    cancelled
        Called before the search for the main shocks of aftershocks, which is skipped when it returns True.
    """
    inside = select(events, selection, timezone=timezone)
    merged = {event.id: event for event in (*besides, *inside)}
    mainshocks, aftershocks = decluster(merged.values(), declustering)
    scheme: ClassScheme | None = None
    classes: tuple[int, ...] = ()
    try:
        scheme, warning = scheme_of(mainshocks, split_magnitude=split_magnitude)
        classes = classify(mainshocks, scheme)
    except ValueError as error:
        warning = str(error)  # there is no class scheme yet; the window shows the sentence
    after = {} if cancelled() else _causes(tuple(merged.values()), aftershocks, declustering)
    return Choice(
        inside, mainshocks, aftershocks, after, _outside(events, inside, selection, timezone), scheme, classes, warning
    )


def _outside(events: Sequence[Event], inside: Sequence[Event], selection: Selection, timezone: str) -> dict[str, str]:
    ids = {event.id for event in inside}
    left = [event for event in events if event.id not in ids]
    reasons: dict[str, str] = {}
    for word, one in (
        ("dates", replace(selection, box=None, centre=None, radius_km=None, min_magnitude=None)),
        ("magnitude", Selection(min_magnitude=selection.min_magnitude)),
        ("area", Selection(box=selection.box, centre=selection.centre, radius_km=selection.radius_km)),
    ):
        others = {event.id for event in select(left, one, timezone=timezone)}
        reasons |= {event.id: word for event in left if event.id not in others}
    return reasons


def _causes(events: tuple[Event, ...], aftershocks: Sequence[Event], declustering: Declustering) -> dict[str, Event]:
    """Return the largest earlier earthquake that makes declustering remove each aftershock, by the id of the aftershock."""
    if not aftershocks:
        return {}
    events = in_order(events)
    times = np.array([event.time for event in events], dtype="datetime64[ms]")
    facts = np.array([(event.magnitude, event.latitude, event.longitude) for event in events])
    reach = declustering.days if declustering.method == "window" else LONGEST_DAYS
    span = np.timedelta64(int(reach * 86_400_000), "ms")
    causes: dict[str, Event] = {}
    for aftershock in aftershocks:
        first, last = np.searchsorted(times, [aftershock.time - span, aftershock.time])
        near = first + np.flatnonzero(facts[first:last, 0] >= aftershock.magnitude)
        km = great_circle_km(facts[near, 1], facts[near, 2], aftershock.latitude, aftershock.longitude)
        close = near[km <= 500.0]
        for number in close[np.argsort(-facts[close, 0], kind="stable")]:  # the largest first
            if decluster((events[number], aftershock), declustering)[1]:
                causes[aftershock.id] = events[number]
                break
    return causes
