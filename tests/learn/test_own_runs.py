"""A run of own nights from its beginning to its card: stopped and resumed, and the same for any earthquakes."""

from __future__ import annotations

import shutil
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from run_projects import season_of

from quakegui.learn import messages, season_evaluation, season_runs
from quakegui.learn.evidence import maps_to_draw
from quakegui.learn.network import own_nights
from quakegui.learn.network.devices import Device
from quakegui.learn.network.inference import predictor
from quakegui.learn.network.own_power import compare_power
from quakegui.learn.network.precision import Measured
from quakegui.learn.network.steps import Stop
from quakegui.learn.runs.checkpoint import WEIGHTS
from quakegui.learn.runs.files import read_arrays, write_arrays
from quakegui.learn.runs.own_facts import own_facts_of
from quakegui.learn.runs.presets import OWN
from quakegui.learn.runs.registry import RunFolder, phase_folder, progress_sentence, read_run
from quakegui.learn.worker import duties, members, pretrain_job, run_limit
from quakegui.progress import never
from quakegui.project import catalogue, journal
from quakegui.project.importing import import_paths
from quakegui.project.stations import import_stations
from quakegui.project.store import Project
from quakegui.season.events import Declustering, Event
from quakegui.season.labels import LabelRule
from quakegui.serve.cluster import OWN_FILES

SMALL = replace(OWN, size=16, width=2, dense=(8, 8), batch_size=32, epochs=2)
DEVICE = Device("tensorflow", "", "cpu", "", "", 0, "")
DAYS = 232


@pytest.fixture(scope="module")
def long_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a project of eight stations with hourly readings of 232 days, and no earthquakes."""
    rng, folder = np.random.default_rng(3), tmp_path_factory.mktemp("long")
    hours = pd.date_range("2022-03-01T00:30", periods=24 * DAYS, freq="h", tz="UTC")
    codes = [letter * 3 for letter in "ABCDEFGH"]
    level = 50_000 + 40 * np.arange(8) + np.repeat(rng.normal(0, 5, DAYS), 24)[:, np.newaxis]
    table = pd.DataFrame(np.round(level + rng.normal(0, 1.0, (len(hours), 8)), 2), columns=codes)
    table.insert(0, "time", hours.strftime("%Y-%m-%dT%H:%M:%SZ"))
    table.to_csv(folder / "readings.csv", index=False)
    at = np.arange(8)
    places = pd.DataFrame({"code": codes, "latitude": 28.0 + 0.4 * (at % 3), "longitude": 102.0 + 0.4 * (at // 3)})
    places.to_csv(folder / "stations.csv", index=False)
    with Project.create(folder / "project", timezone="Asia/Shanghai", name="Long") as project:
        assert not import_paths(project, [folder / "readings.csv"]).skipped
        import_stations(project, folder / "stations.csv")
    return folder / "project"


def with_earthquakes(template: Path, folder: Path, seed: int) -> Path:
    """Return a copy of a project with six earthquakes at random times, and labels by rule."""
    shutil.copytree(template, folder)
    rng = np.random.default_rng(seed)
    with Project.open(folder) as project:
        when = np.datetime64("2022-04-15", "ms") + np.sort(rng.integers(0, 160, 6)).astype("timedelta64[D]")
        events = tuple(Event(f"e{k}", time, 3.5 + k / 4, 28.0 + (k % 2), 102.0 + k / 10) for k, time in enumerate(when))
        catalogue.store_events(project, events, declustering=Declustering("none"))
        catalogue.make_class_scheme(project, split_magnitude=4.0)
        journal.apply_rule(project, LabelRule())
    return folder


class Ended(BaseException):
    """Stands in for the end of a process."""


def write_and_end(path: Path, arrays: object) -> None:
    write_arrays(path, arrays)
    if path.name == "member-2.npz":
        raise Ended


def trained(folder: Path, *, stops: bool = False, apart: tuple[int, ...] = ()) -> RunFolder:
    """Train a run of own nights in a project.

    If asked, with stops within a member, after it, within the next, and between the file of a member and the removal of its
    checkpoint; some members may be trained before, each on its own.
    """
    told: list[messages.Message] = []

    def job(run: RunFolder, wanted: int) -> str:
        def stopped() -> bool:
            return sum(isinstance(one, messages.Checkpoint) for one in told) == wanted

        return duties.train_job(run.folder, DEVICE, Measured("float32", {}, ""), told.append, stopped)

    with Project.open(folder) as project:
        season = season_of(project)
        run = season_runs.begin_run(project, season, SMALL)
        for number in apart:  # elsewhere, with what a worker of a cluster is sent
            far = folder / f"far{number}"
            far.mkdir()
            for name in OWN_FILES:
                shutil.copy(run.folder / name, far)
            phase_folder(run.folder, number).mkdir()
            duties.phase_job(phase_folder(run.folder, number), far, number, None, say=told.append, cancelled=never)
        told.clear()
        if stops:
            for wanted, phase in ((1, "fold 1"), (2, "fold 1"), (3, "fold 2")):
                with pytest.raises(Stop):
                    job(run, wanted)
                assert f"of {phase} is saved" in progress_sentence(run.folder)
                assert read_run(run.folder).resumable
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(members, "write_arrays", write_and_end)
                with pytest.raises(Ended):
                    job(run, -1)
        said = job(run, -1)
        assert "seasons in" in said
        assert {one.phase for one in told if isinstance(one, messages.Epoch)} == set(range(SMALL.members)) - set(apart)
        return season_runs.end_run(project, season, run.id, messages.Done(said))


@pytest.mark.slow
@pytest.mark.usefixtures("untraced")
def test_it_is_the_same_after_stops_with_members_trained_apart_and_with_other_earthquakes(
    long_project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A minute and a half of processor time: ten members are trained, and two models compared in a few seasons."""
    monkeypatch.setattr(own_nights, "GROUP", 2)
    monkeypatch.setattr(pretrain_job, "CHOOSING", 2)
    monkeypatch.setattr(pretrain_job, "compare_power", partial(compare_power, strengths=(2.0,), seasons=2, nulls=20))
    first = trained(with_earthquakes(long_project, tmp_path / "first", 1), stops=True)
    other = trained(with_earthquakes(long_project, tmp_path / "other", 2), apart=(0, 3))
    weights, again = (read_arrays(run.folder / WEIGHTS) for run in (first, other))
    assert weights.keys() == again.keys()
    for name in weights:
        np.testing.assert_array_equal(weights[name], again[name])
    facts = own_facts_of(first.card)
    assert facts is not None
    assert facts == own_facts_of(other.card)
    assert facts.comparison is not None
    assert (facts.members, len(facts.first_seeds), facts.comparison.nulls) == (5, 5, 20)
    assert first.card is not None
    assert other.card is not None
    assert first.card["alarms"] == other.card["alarms"]
    np.testing.assert_array_equal(first.predictions().final, other.predictions().final)
    assert {row["phase"] for row in first.history()} == {f"fold {number}" for number in range(1, 6)}
    assert not [
        path.name for path in first.folder.iterdir() if path.name.startswith(("member-", "phase-", "nights", "checkpoint"))
    ]
    with Project.open(tmp_path / "first") as project:
        season, said = season_of(project), first.predictions()
        judgement = season_evaluation.evaluate(project, season, first)
        assert (judgement.protocol, judgement.surrogate.statistic) == ("own-nights", "pooled")
        mapped = np.flatnonzero(season.has_map)
        maps = maps_to_draw(season, SMALL, mapped).whole()
        asked = predictor(first.folder)
        np.testing.assert_allclose(asked(maps, days=season.days[mapped]), said.final[mapped], atol=1e-5)
        with pytest.raises(ValueError, match="needs the dates of the maps"):
            asked(maps)
        detector = run_limit.run_detector(run_limit.ground_of(project, season), first)
        np.testing.assert_allclose(detector.answers(season)[mapped], said.final[mapped], atol=1e-5)
        assert detector.kind == "network"
