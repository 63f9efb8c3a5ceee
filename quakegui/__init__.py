"""Workstation for geomagnetic networks: daily anomaly maps, labels, VGG-12, and an honest account of its skill.

The folders are the way that the data take; each has its own account of itself.

The way of a day
    `formats` reads a file into readings (nT, UTC), and `project` keeps them; which of several readings of an instant counts is
    derived. `season.night` means them over the local night, `season.anomaly` takes the common mode and each station's baseline
    away and divides by its scale (z), `season.gridding` spreads the stations' z over a square by one matrix product, and
    `season.daymap` colours it. The window paints that picture, the network is trained on the same one, and `season.extrema`
    finds its regions. A map is never kept on disk: it is drawn again in less time than it is read.

The way of a label
    A key is a row of `ui.actions`; it calls `app.labelling.label(session, cls)`, which has `project.journal` append one row, on
    disk before the call returns, and the session then says `changed(Change.LABELS)`, upon which every panel that shows labels
    refreshes. Undo appends the opposite row. Which of the labels of a day is in force, people's, the rule's or a network's, is
    derived by `season.labels` and never overwritten.

The way of a run
    A form or a command makes a frozen `learn.runs.runconfig.RunConfig`; a `learn.source.MapSource` (a season, or a folder of
    ready maps) freezes maps, labels and split in a run folder, and `learn.worker` trains it in a process of its own, which
    answers in `learn.messages`, one JSON object a line. What it predicts for days that it had not seen goes to `judge`, beside
    the predictors that need no network, and ends in a verdict: one sentence, and the figures behind it.

For programs in Python, ``quakegui.open(folder)`` gives a project's season as labelled arrays and tables; see `door`.
"""

import os
from importlib import import_module
from typing import Any

__version__ = "0.1.0"

# Before NumPy is loaded, which reads it once. A day's map is a few small products: on a busy machine, as beside a training,
# threads wait for each other fifteen times as long as one thread computes, and on an idle one they gain little.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def __getattr__(name: str) -> Any:
    """Return `quakegui.open`, loaded when it is first asked for: importing any part of the program imports this module."""
    if name == "open":
        return import_module("quakegui.door").open
    raise AttributeError(f"module 'quakegui' has no attribute {name!r}")
