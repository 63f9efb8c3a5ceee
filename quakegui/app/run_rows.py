"""The project's training runs as a table shows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # what trains and judges is not for a window at its start
    from quakegui.learn.runs.registry import RunFolder
    from quakegui.project.store import Project


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run as a table shows it.

    Attributes
    ----------
    run
        The run itself.
    in_use
        Whether its predictions are shown.
    epochs
        How many epochs are over.
    registered_until
        Last day that the run is registered for, ISO 8601; "" where it is not.
    """

    run: RunFolder
    in_use: bool
    epochs: int
    registered_until: str = ""


def read_runs(project: Project) -> tuple[tuple[RunRow, ...], tuple[str, ...]]:
    """Return the project's runs, the newest first, and a sentence for each that cannot be read."""
    from quakegui.learn import season_runs
    from quakegui.learn.runs import registry
    from quakegui.project import registrations, runs

    found, problems = registry.list_runs(season_runs.runs_folder(project))
    in_use = runs.run_in_use(project)
    until = {one.run: str(one.terms.last_day) for one in registrations.registrations(project)}
    rows, sentences = [], list(problems)
    for run in found:
        epochs = (run.card or {}).get("epochs")
        try:
            count = len(run.history()) if epochs is None else int(epochs)
        except registry.RunError as error:  # the run stands in the list all the same, and can be deleted there
            sentences.append(str(error))
            count = 0
        rows.append(RunRow(run, run.id == in_use, count, until.get(run.id, "")))
    return tuple(rows), tuple(sentences)
