"""The training runs of the project as rows of a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # a window at its start does not need training and evaluation
    from quakegui.learn.runs.registry import RunFolder
    from quakegui.project.store import Project


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run as a row of a table.

    Attributes
    ----------
    run, in_use
        The run itself, and whether it is the current run.
    epochs
        Number of finished epochs.
    registered_until
        Last day of its registration, ISO 8601; "" if it is not registered.
    """

    run: RunFolder
    in_use: bool
    epochs: int
    registered_until: str = ""


def read_runs(project: Project) -> tuple[tuple[RunRow, ...], tuple[str, ...]]:
    """Return the runs of the project, newest first, and a sentence for each that cannot be read."""
    from quakegui.learn.runs import registry
    from quakegui.project import registrations, runs

    found, problems = registry.list_runs(project.runs_folder)
    in_use = runs.run_in_use(project)
    until = {one.run: str(one.terms.last_day) for one in registrations.registrations(project)}
    rows, sentences = [], list(problems)
    for run in found:
        epochs = (run.card or {}).get("epochs")
        try:
            count = len(run.history()) if epochs is None else int(epochs)
        except registry.RunError as error:  # the run is still listed, and can be deleted there
            sentences.append(str(error))
            count = 0
        rows.append(RunRow(run, run.id == in_use, count, until.get(run.id, "")))
    return tuple(rows), tuple(sentences)
