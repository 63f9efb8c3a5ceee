"""Saliency maps: which parts of the day maps support the predictions of the current run."""

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
    """Compute in a job the saliency maps of the current run for the selected days, or the day shown."""
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
        # Another run may be current by now: these saliency maps do not explain its predictions.
        if session.season is season and session.predictions is not None and session.predictions.run == run_id:
            session.heat |= dict(zip(asked, heat, strict=True))
            session.changed.emit(Change.DISPLAY)

    session.jobs.start("explaining", work, keep)
