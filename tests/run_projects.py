"""A small project with events and labels, and a network so narrow that it trains in seconds."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from quakegui.learn.runs.runconfig import RunConfig
from quakegui.project import catalogue, journal, seasons
from quakegui.project.nights import days_with_data
from quakegui.project.store import Project
from quakegui.season.events import Declustering, Event
from quakegui.season.labels import LabelSource
from quakegui.season.season import Season

SEASON_DAYS = 26
LATER_DAYS = 6
"""Days at the end of the season that are not in its window yet."""
TINY = RunConfig(
    name="tiny",
    protocol="chronological",
    size=48,
    width=2,
    dense=(8, 8),
    epochs=2,
    patience=0,
    batch_size=8,
    precision="float32",
    learning_rate=3e-3,
)


def fill(folder: Path) -> None:
    """Give a copy of the small project two events and a label on every day of a window that ends six days early."""
    with Project.open(folder) as project:
        days = days_with_data(project)[-SEASON_DAYS:]
        project.set_config(replace(project.config(), first_day=days[0], last_day=days[-1 - LATER_DAYS]))
        times = [days[9].astype("datetime64[ms]") + np.timedelta64(12, "h"), days[18].astype("datetime64[ms]")]
        places = [(28.8, 102.3), (27.4, 102.1)]
        events = tuple(
            Event(f"e{k}", time, 4.5 - k, lat, lon) for k, (time, (lat, lon)) in enumerate(zip(times, places, strict=True))
        )
        catalogue.store_events(project, events, declustering=Declustering("none"))
        catalogue.make_class_scheme(project, split_magnitude=4.0)
        classes = catalogue.event_classes(project)
        for first, last, cls in ((0, 6, 0), (6, 10, classes[0]), (10, 15, 0), (15, 19, classes[1]), (19, 20, 0)):
            journal.write_labels(project, days[first:last], cls, source=LabelSource.ANALYST, author="A")


def season_of(project: Project) -> Season:
    """Return the project's season, which is there."""
    season = seasons.load_season(project)
    assert season is not None
    return season


def open_window(project: Project) -> None:
    """Move the window's end to the last day with readings."""
    project.set_config(replace(project.config(), last_day=days_with_data(project)[-1]))
