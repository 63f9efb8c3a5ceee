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

Inputs = dict[int, dict[int, NDArray[np.float32]]]
"""Maps that a model is given, by the day's index and the number of nights in each."""


def explain(session: Session) -> None:
    """Compute in a job the saliency maps of the current run for the selected days, or the day shown.

    For a pre-trained model, also the maps that it is given for these days: z, or trailing means of z, by their nights.
    """
    project, season = session.project, session.season
    if project is None or season is None:
        return
    if session.display.blind:
        session.message.emit(Said("Hidden during blind labelling"), "info")
        return
    asked = [index for index in target(session) if season.has_map[index] and index not in session.heat]
    session.set_display(explain=True)
    if not asked or session.predictions is None:
        return

    run_id = session.predictions.run
    environment = environment_of(session.settings)

    def work(progress: ProgressCallback, cancelled: CancelCheck) -> tuple[NDArray[np.float32], Inputs]:
        from quakegui.learn.season_runs import find_run
        from quakegui.learn.season_saliency import explain_days, input_maps

        run = find_run(project, run_id)
        heat = explain_days(season, run, asked, progress=progress, cancelled=cancelled, environment=environment)
        return heat, input_maps(season, run, asked)

    def keep(found: tuple[NDArray[np.float32], Inputs]) -> None:
        # Another run may be current by now: these saliency maps do not explain its predictions.
        if session.season is season and session.predictions is not None and session.predictions.run == run_id:
            heat, inputs = found
            session.heat |= dict(zip(asked, heat, strict=True))
            session.inputs |= inputs
            session.changed.emit(Change.DISPLAY)

    session.jobs.start("explaining", work, keep)
