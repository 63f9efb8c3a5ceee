"""Classes of a run beside those of its project: a run is used only where both are the same."""

from __future__ import annotations

from typing import Any

import numpy as np

from quakegui.judge.judgement import plain
from quakegui.learn.runs.registry import RunError, RunFolder, read_run
from quakegui.project import catalogue
from quakegui.project.store import Project
from quakegui.words import Said


def scheme_of(project: Project) -> dict[str, Any] | None:
    """Return the project's class definition as plain values, None if there is none."""
    scheme = catalogue.class_scheme(project)
    return None if scheme is None else plain(scheme)


def refuse_other_classes(project: Project, run: RunFolder) -> None:
    """Refuse a run that was trained with classes other than the current ones of the project.

    Parameters
    ----------
    project, run
        The project, and the run.

    Raises
    ------
    RunError
        With the reason.
    """
    why = class_mismatch(project, run)
    if why:
        raise RunError(why)


def class_mismatch(project: Project, run: RunFolder) -> str:
    """Return a sentence if a run has classes other than the current ones of the project, else "".

    Parameters
    ----------
    project
        Its class definition is read; if it has none, that of any run differs.
    run
        The run; one that stores no class definition agrees with every project.
    """
    theirs, ours = run.about.get("classes"), scheme_of(project)
    if theirs is None or (ours is not None and all(np.allclose(theirs[name], ours[name], atol=1e-6) for name in theirs)):
        return ""
    return Said(
        "The run “{run_title}” was trained with classes different from this project's: it has its own magnitude "
        "split ({split_magnitude:g}) and its own northern and southern clusters. Train again.",
        run_title=run.title,
        split_magnitude=theirs["split_magnitude"],
    )


def class_mismatch_by_id(project: Project, run_id: str) -> str:
    """Return `class_mismatch` of the run `run_id`, "" if its folder is missing or cannot be read.

    Parameters
    ----------
    project, run_id
        The project, and the id of a run in its folder of runs.
    """
    try:
        return class_mismatch(project, read_run(project.runs_folder / run_id))
    except RunError:
        return ""
