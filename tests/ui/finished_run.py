"""A finished run of a session's project, without a network."""

import numpy as np

from quakegui.learn import season_runs
from quakegui.learn.messages import Done
from quakegui.learn.network.foldpredictions import empty_predictions
from quakegui.learn.runs import registry
from quakegui.learn.runs.dataset import SNAPSHOT, Snapshot
from quakegui.learn.runs.files import write_arrays
from quakegui.learn.runs.predictions import PREDICTIONS, SPAN
from quakegui.learn.runs.runconfig import RunConfig

TINY = RunConfig(name="tiny", protocol="chronological", size=16, width=2, dense=(8, 8), epochs=2, patience=0, batch_size=8)


def trained(session):
    """Leave what a training leaves, without a network: sure and right answers of its test span, in-sample ones before."""
    run = season_runs.begin_run(session.project, session.season, TINY)
    data = Snapshot.load(run.folder / SNAPSHOT)
    said = empty_predictions(TINY, data)
    answers = np.full((len(data.days), 5), 0.05, np.float32)
    answers[np.arange(len(data.days)), np.maximum(data.labels, 0)] = 0.8
    said.probabilities[:] = np.where(said.role[..., None] >= SPAN - 1, answers, np.nan)
    said.final[:] = answers
    said.save(run.folder / PREDICTIONS)
    write_arrays(run.folder / "weights.npz", {"w": np.arange(3)})
    folds = [
        {"first": str(f.first), "last": str(f.last), "embargoed": f.embargoed, "purged": f.purged, "test": len(f.test)}
        for f in data.folds
    ]
    card = {"epochs": 4, "seconds": 1.0, "precision": "float32", "data_hash": data.hash, "folds": folds}
    registry.finish_run(run, card)
    season_runs.end_run(session.project, session.season, run.id, Done("done"))
    return season_runs.find_run(session.project, run.id), said, data.folds[0]
