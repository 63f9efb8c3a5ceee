"""Saliency maps of some days: which parts of a map support the prediction of the current model."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from quakegui.app.change import Change
from quakegui.app.environment import environment_of
from quakegui.app.labelling import target
from quakegui.app.session import Session
from quakegui.progress import CancelCheck, ProgressCallback
from quakegui.words import Said


def explain(session: Session) -> None:
    """Ask the run in use, in a job, where the maps of the chosen days (or of the day shown) speak for its answers."""
    project, season = session.project, session.season
    if project is None or season is None:
        return
    if session.display.blind:
        session.said.emit(Said("Hidden during blind labelling"), "info")
        return
    asked = [index for index in target(session) if season.has_map[index] and index not in session.heat]
    session.set_display(explain=True)
    if not asked or session.predictions is None:
        return

    run_id = session.predictions.run
    environment = environment_of(session.settings)

    def work(progress: ProgressCallback, cancelled: CancelCheck) -> NDArray[np.float32]:
        from quakegui.learn.season_runs import find_run
        from quakegui.learn.season_saliency import explain_days

        run = find_run(project, run_id)
        return explain_days(season, run, asked, progress=progress, cancelled=cancelled, environment=environment)

    def keep(heat: NDArray[np.float32]) -> None:
        # Another run may be in use by now: what it says is not explained by what this one looked at.
        if session.season is season and session.predictions is not None and session.predictions.run == run_id:
            session.heat |= dict(zip(asked, heat, strict=True))
            session.changed.emit(Change.DISPLAY)

    session.jobs.start("explaining", work, keep)
