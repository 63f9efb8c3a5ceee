"""A network pre-trained for the stations of a project, from its beginning to a verdict, without a worker's process."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from run_projects import fill, season_of

from quakegui.learn import messages, season_evaluation, season_runs
from quakegui.learn.evidence import maps_to_draw
from quakegui.learn.network import corpus_choice, pretraining_recipe
from quakegui.learn.network.devices import Device
from quakegui.learn.network.inference import predictor
from quakegui.learn.network.precision import Measured
from quakegui.learn.network.steps import Stop
from quakegui.learn.runs.frozen import frozen_alarms_of
from quakegui.learn.runs.presets import STACK
from quakegui.learn.runs.registry import RunError, progress_sentence, read_run
from quakegui.learn.worker import duties
from quakegui.project import runs
from quakegui.project.store import Project

SMALL = replace(STACK, size=16, width=2, dense=(8, 8), batch_size=16, epochs=2)
DEVICE = Device("tensorflow", "", "cpu", "", "", 0, "")


@pytest.mark.slow
def test_a_pre_training_of_a_project_stops_goes_on_and_is_judged(small_project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten seconds of processor time: six seasons are simulated, and Keras is loaded."""
    monkeypatch.setattr(pretraining_recipe, "GROUP", 2)
    monkeypatch.setattr(corpus_choice, "choose", partial(corpus_choice.choose, seasons=2))
    fill(small_project)
    with Project.open(small_project) as project:
        season = season_of(project)
        run = season_runs.begin_run(project, season, SMALL)
        told: list[messages.Message] = []

        def job(stopped: duties.Stopped) -> str:
            return duties.train_job(run.folder, DEVICE, Measured("float32", {}, ""), told.append, stopped)

        with pytest.raises(Stop):
            job(lambda: any(isinstance(one, messages.Checkpoint) for one in told))
        assert "up to epoch 1 of pre-training is saved" in progress_sentence(run.folder)
        assert read_run(run.folder).resumable
        assert "4 synthetic seasons" in job(lambda: False)
        assert [one.epoch for one in told if isinstance(one, messages.Epoch)] == [1, 2]
        done = season_runs.end_run(project, season, run.id, messages.Done("done"))
        assert done.card is not None
        assert frozen_alarms_of(done.card) is not None
        assert runs.run_in_use(project) == run.id
        table = runs.predictions_in_use(project, season.days)
        assert table is not None
        assert set(table.kind[season.has_map]) == {"out-of-fold"}
        said = done.predictions()
        again = predictor(done.folder)(maps_to_draw(season, SMALL, np.flatnonzero(season.has_map)).whole())
        np.testing.assert_allclose(said.final[season.has_map], again, atol=1e-5)
        judgement = season_evaluation.evaluate(project, season, done)
        assert (judgement.protocol, judgement.surrogate.statistic) == ("zero-shot", "pooled")
        moved = replace(season, config=replace(season.config, anomaly=replace(season.config.anomaly, at_least=15)))
        with pytest.raises(RunError, match="different kind of z: at least 20, here 15"):
            season_runs.refuse_foreign(project, moved, done)
