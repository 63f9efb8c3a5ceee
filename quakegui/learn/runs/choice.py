"""The choice among the runs of a project: by id, by settings and data, and whether a run suits a project."""

from __future__ import annotations

from collections.abc import Sequence

from quakegui.learn.runs.registry import RunError, RunFolder
from quakegui.learn.runs.runconfig import RunConfig
from quakegui.words import Said, mark


def choose_run(runs: Sequence[RunFolder], run_id: str | None, in_use: str | None = None) -> RunFolder:
    """Return a run by its id (or its beginning), or the current run, or the newest finished one.

    Parameters
    ----------
    runs
        The runs to choose from, newest first.
    run_id
        Id or its beginning; None for the current run.
    in_use
        Id of the current run; None to take the newest finished one instead.

    Raises
    ------
    RunError
        If there is no such run, or several begin with `run_id`; a missing or damaged current run is not replaced.
    """
    if run_id is None:
        chosen = [run for run in runs if (run.card is not None if in_use is None else run.id == in_use)]
        if not chosen and in_use is not None:
            raise RunError(Said("The current model {in_use} is missing or cannot be read. Choose another run.", in_use=in_use))
        if not chosen:
            raise RunError(Said("The project has no finished run yet; train a model first."))
        return chosen[0]
    chosen = [run for run in runs if run.id == run_id] or [run for run in runs if run.id.startswith(run_id)]
    if len(chosen) != 1:
        why = (
            mark("The run cannot be chosen: more than one run begins with “{run_id}”. Available: {run_id2}.")
            if chosen
            else mark("The run cannot be chosen: there is no run “{run_id}”. Available: {run_id2}.")
        )
        raise RunError(
            Said(
                why,
                run_id=run_id,
                run_id2=", ".join(run.id for run in runs) or Said("no runs"),
            )
        )
    return chosen[0]


def same_runs(runs: Sequence[RunFolder], config: RunConfig, data_hash: str) -> tuple[RunFolder | None, RunFolder | None]:
    """Return the newest finished and the newest resumable run with the same settings and data, each None if there is none.

    Parameters
    ----------
    runs
        The runs to search, newest first.
    config
        Settings; their `hash` is compared.
    data_hash
        Hash of days, maps, labels and folds, see `Snapshot.hash`.
    """
    same = [run for run in runs if run.config.hash == config.hash and run.data_hash == data_hash]
    return next((run for run in same if run.card is not None), None), next((run for run in same if run.resumable), None)


def refusal(run: RunFolder, *, classes: tuple[str, ...], style: str) -> str | None:
    """Return why a run cannot be used on a project's maps, None if it can.

    Parameters
    ----------
    run, classes, style
        The run, and the classes and map style of the project.
    """
    if run.config.classes != classes:
        ours, theirs = ", ".join(classes), ", ".join(run.config.classes)
        return Said(
            "The run “{run_title}” distinguishes {theirs}; this project has {ours}. Train again.",
            run_title=run.title,
            theirs=theirs,
            ours=ours,
        )
    if run.style != style:
        return Said(
            "The run “{run_title}” was trained on maps of a different style. Restore that style or train again.",
            run_title=run.title,
        )
    return None
