"""Workstation for geomagnetic networks: daily anomaly maps, labels, VGG-12, and an honest account of its skill.

The packages follow the path of the data; each has its own description.

The path of a day
    `formats` reads a file into readings (nT, UTC), and `project` stores them; which of several readings at a time is in force
    is derived. `season.night` averages them over the local night, `season.anomaly` subtracts the common mode and the
    background of each station and divides by its scatter (z), `season.gridding` interpolates the z of the stations on a square
    by one matrix product, and `season.daymap` colours it. The window shows this map, the model is trained on the same one, and
    `season.extrema` finds its regions. Maps are never stored: drawing one takes less time than reading it.

The path of a label
    A key is a row of `ui.actions`; it calls `app.labelling.label(session, cls)`, which lets `project.journal` append one row,
    on disk before the call returns. The session then emits `changed(Change.LABELS)`, and every panel that shows labels
    refreshes. Undo appends the opposite row. `season.labels` derives the current label of a day from those of people, the
    label rule and models; none is ever overwritten.

The path of a run
    A form or a command creates a frozen `learn.runs.runconfig.RunConfig`; a `learn.source.MapSource` (a season, or a folder of
    ready-made maps) freezes maps, labels and split in a run folder, and `learn.worker` trains it in a separate process, which
    sends `learn.messages`, one JSON object per line. Its predictions for days outside the training data go to `judge`, with
    baselines that need no model, and end in a verdict: one sentence, and the scores behind it.

For Python programs, ``quakegui.open(folder)`` returns the season of a project as labelled arrays and tables; see `door`.
"""

import os
from importlib import import_module
from typing import Any

__version__ = "0.1.0"

# Before NumPy is loaded, which reads it once. A day map is a few small products: on a busy machine, for example during a
# training, threads wait for each other fifteen times as long as one thread computes, and on an idle one they gain little.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def __getattr__(name: str) -> Any:
    """Return `quakegui.open`, loaded on first use, because importing any part of the program imports this module."""
    if name == "open":
        return import_module("quakegui.door").open
    raise AttributeError(f"module 'quakegui' has no attribute {name!r}")
