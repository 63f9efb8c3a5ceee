"""Folds trained at the same time, here or on a cluster, make the same run as one worker after the other."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from learn_data import TINY, season
from run_projects import season_of
from test_own_runs import SMALL, long_project, with_earthquakes  # noqa: F401 - a fixture

from quakegui.learn import messages, season_runs
from quakegui.learn.network.state import PHASE
from quakegui.learn.runs.checkpoint import CHECKPOINT, WEIGHTS
from quakegui.learn.runs.dataset import SNAPSHOT, Snapshot
from quakegui.learn.runs.files import read_arrays
from quakegui.learn.runs.predictions import PREDICTIONS, RunPredictions
from quakegui.learn.runs.presets import OWN, PRESETS, STACK
from quakegui.learn.runs.registry import RunError, RunFolder, create_run, member_path, phase_folder, read_run
from quakegui.learn.worker.asking import follow
from quakegui.learn.worker.capacity import available_bytes, workers_in_memory
from quakegui.learn.worker.environments import THIS
from quakegui.learn.worker.supervise import Supervisor
from quakegui.learn.worker.team import LocalTeam, train_open_folds
from quakegui.project.store import Project
from quakegui.serve.cluster import ClusterTeam, check_cluster, versions

TWO_FOLDS = replace(TINY, protocol="blocked", epochs=2, precision="float32")


def new_run(folder: Path, *, epochs: int = 2) -> RunFolder:
    return create_run(folder, replace(TWO_FOLDS, epochs=epochs), season(protocol="blocked"))


def run_of_a_season(folder: Path) -> RunFolder:
    """Return a run of two folds with the network of the preset "fast" and as many days as a season has."""
    config = replace(PRESETS["fast"], protocol="blocked", members=1, epochs=32, precision="float32", final_fit=False)
    return create_run(folder, config, season(330, protocol="blocked", side=120))


def heard_from(run: RunFolder, train, *, workers: int = 2, cancelled=None) -> list[messages.Message]:
    heard: list[messages.Message] = []
    data = Snapshot.load(run.folder / SNAPSHOT)
    train_open_folds(run, data, train, workers=workers, listen=heard.append, cancelled=cancelled)
    return heard


def test_only_open_folds_are_trained_two_at_a_time_and_their_epochs_are_added_up(tmp_path: Path) -> None:
    run = new_run(tmp_path)
    together, trained = threading.Barrier(2, timeout=20), []

    def train(number: int, listen, stopped) -> None:
        together.wait()
        trained.append(number)
        listen(messages.Epoch(number, 2, 0.5, 0.5, 0.5, 0.5, True, 1.0, 1.0))
        (phase_folder(run.folder, number) / PHASE).touch()

    heard = heard_from(run, train)
    assert sorted(trained) == [0, 1]
    assert [(one.done, one.total) for one in heard] == [(2, 4), (4, 4)]
    assert heard_from(run, train) == []


def test_the_folds_of_a_model_of_own_nights_are_its_members(tmp_path: Path) -> None:
    run = create_run(tmp_path, replace(OWN, size=16, width=2, dense=(8, 8), epochs=2), season(protocol="blocked"))
    trained: list[int] = []

    def train(number: int, listen, stopped) -> None:
        trained.append(number)
        listen(messages.Epoch(number, 2, 0.5, 0.5, 0.5, 0.5, True, 1.0, 1.0))

    member_path(run.folder, 2).touch()
    heard = heard_from(run, train, workers=1)
    assert trained == [0, 1, 3, 4]
    assert [(one.done, one.total) for one in heard] == [(4, 10), (6, 10), (8, 10), (10, 10)]


def test_a_model_trained_on_synthetic_seasons_is_one_unless_it_was_begun_here(tmp_path: Path) -> None:
    run = create_run(tmp_path, replace(STACK, size=16, width=2, dense=(8, 8)), season(protocol="blocked"))
    asked: list[int] = []
    heard_from(run, lambda number, *_: asked.append(number))
    assert asked == [0]
    (run.folder / CHECKPOINT).touch()
    heard_from(run, lambda *_: pytest.fail("the worker that completes the run resumes it"))


def test_one_fold_that_fails_stops_the_others(tmp_path: Path) -> None:
    run = new_run(tmp_path)
    waiting = threading.Event()

    def train(number: int, listen, stopped) -> None:
        if number:
            while not stopped():
                waiting.wait(0.01)
            return
        raise RunError("no memory")

    with pytest.raises(RunError, match="no memory"):
        heard_from(run, train)
    asked = []
    heard_from(run, lambda number, *_: asked.append(number), cancelled=lambda: True)
    assert asked == []


def test_workers_are_limited_by_the_memory() -> None:
    assert workers_in_memory(500 * 2**20, 8 * 2**30) == 4
    assert workers_in_memory(500 * 2**20, 2**20) == 1
    assert workers_in_memory(2**20, 0) > 1000
    assert available_bytes() >= 0


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("tcp://centre:8786", "is not encrypted"),
        ("tcp://10.0.0.1:8786", "is not encrypted"),
        ("centre:8786", "is not the address of a cluster"),
        ("https://centre", "is not the address of a cluster"),
    ],
)
def test_unencrypted_clusters_elsewhere_are_refused(address: str, sentence: str, tmp_path: Path) -> None:
    with pytest.raises(RunError, match=sentence):
        ClusterTeam(address, 1).train_folds(new_run(tmp_path), listen=lambda _: None, cancelled=None)
    for good in ("tls://centre:8786", "tcp://127.0.0.1:8786", "tcp://localhost:8786", "tcp://[::1]:8786"):
        check_cluster(good)


def test_a_cluster_without_certificates_or_workers_is_a_sentence(tmp_path: Path) -> None:
    pytest.importorskip("distributed")
    with pytest.raises(RunError, match="certificates of the cluster tls://centre:8786 are not set"):
        ClusterTeam("tls://centre:8786", 1).train_folds(new_run(tmp_path), listen=lambda _: None, cancelled=None)


def outcome(run: RunFolder) -> tuple[str, list[np.ndarray], np.ndarray]:
    follow(Supervisor(run.folder, environment=replace(THIS, threads=1)), lambda _: None, None)
    done = read_run(run.folder)
    assert done.card is not None
    assert done.card["threads"] == 1
    assert list(run.folder.glob("phase-*")) == []
    weights = list(read_arrays(run.folder / WEIGHTS).values())
    return (run.folder / "history.csv").read_text(), weights, RunPredictions.load(run.folder / PREDICTIONS).probabilities


def assert_same(left: tuple, right: tuple) -> None:
    assert left[0] == right[0]
    for one, other in zip((*left[1], left[2]), (*right[1], right[2]), strict=True):
        assert one.tobytes() == other.tobytes()


@pytest.mark.timeout(1500)
@pytest.mark.slow  # six worker processes, each of which loads TensorFlow
def test_folds_of_worker_processes_make_the_bits_of_one_worker(tmp_path: Path) -> None:
    alone, together = new_run(tmp_path / "alone"), new_run(tmp_path / "together")
    LocalTeam(2, 1).train_folds(together, listen=lambda _: None, cancelled=None)
    assert all((phase_folder(together.folder, number) / PHASE).is_file() for number in (0, 1))
    assert_same(outcome(together), outcome(alone))


@pytest.mark.timeout(1500)
@pytest.mark.slow  # seven worker processes
@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signal")
def test_a_worker_killed_in_the_middle_of_a_fold_changes_no_bit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    alone, killed = new_run(tmp_path / "alone", epochs=8), new_run(tmp_path / "killed", epochs=8)

    class Mortal(Supervisor):
        """Worker processes of which the first is killed after an epoch."""

        lives = 1

        def events(self) -> Iterator[messages.Message]:
            for message in super().events():
                if isinstance(message, messages.Epoch) and Mortal.lives:
                    Mortal.lives = 0
                    assert self.pid is not None
                    os.kill(self.pid, signal.SIGKILL)
                yield message

    monkeypatch.setattr("quakegui.learn.worker.team.Supervisor", Mortal)
    with pytest.raises(RunError, match="ended the training process"):
        LocalTeam(1, 1).train_folds(killed, listen=lambda _: None, cancelled=None)
    assert not (phase_folder(killed.folder, 0) / PHASE).exists()
    LocalTeam(2, 1).train_folds(killed, listen=lambda _: None, cancelled=None)
    assert_same(outcome(killed), outcome(alone))


@pytest.mark.timeout(1500)
@pytest.mark.slow  # a cluster, and six worker processes
def test_folds_of_a_cluster_make_the_bits_of_one_worker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    distributed = pytest.importorskip("distributed")
    alone, far = new_run(tmp_path / "alone"), new_run(tmp_path / "far")
    heard: list[messages.Message] = []
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=2, processes=False, protocol="tcp", dashboard_address=None, host="127.0.0.1"
    ) as cluster:
        here = versions()
        with monkeypatch.context() as patch:  # the workers are other threads
            older = {**here, "numpy": "0"}
            patch.setattr(
                "quakegui.serve.cluster.versions",
                lambda: here if threading.current_thread() is threading.main_thread() else older,
            )
            with pytest.raises(RunError, match="has numpy 0, this computer 2"):
                ClusterTeam(cluster.scheduler_address, 1).train_folds(far, listen=heard.append, cancelled=None)
        ClusterTeam(cluster.scheduler_address, 1).train_folds(far, listen=heard.append, cancelled=None)
    assert {type(one) for one in heard} == {messages.WorkerProgress}
    assert_same(outcome(far), outcome(alone))


@pytest.mark.timeout(1500)
@pytest.mark.slow  # a cluster of two processes, and six worker processes, one of which trains again
@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signal")
def test_a_cluster_whose_worker_is_killed_in_the_middle_of_a_fold_makes_the_same_bits(tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed")
    alone, far = new_run(tmp_path / "alone", epochs=8), new_run(tmp_path / "far", epochs=8)
    done: list[int] = []
    with distributed.LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        protocol="tcp",
        dashboard_address=None,
        host="127.0.0.1",
        local_directory=str(tmp_path / "scratch"),
    ) as cluster:
        with distributed.Client(cluster) as client:
            workers = client.run(os.getpid).values()

        def kill_once(message: messages.Message) -> None:
            for worker in () if done else workers:
                os.kill(worker, signal.SIGKILL)
            done.append(message.done)

        ClusterTeam(cluster.scheduler_address, 1).train_folds(far, listen=kill_once, cancelled=None)
    assert done[-1] == 16
    assert len(done) > 16, "an epoch was trained twice"
    assert list((tmp_path / "scratch").rglob("quakegui-fold-*")) == [], "what the killed worker left is removed"
    assert_same(outcome(far), outcome(alone))


@pytest.mark.timeout(3600)
@pytest.mark.slow  # a cluster of two processes, and eight worker processes, one of which trains again
@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signal")
def test_members_of_own_nights_on_a_cluster_one_of_whose_workers_is_killed_make_the_bits_of_one_worker(
    long_project: Path,  # noqa: F811
    tmp_path: Path,
) -> None:
    distributed = pytest.importorskip("distributed")
    with Project.open(with_earthquakes(long_project, tmp_path / "project", 1)) as project:
        alone, far = (season_runs.begin_run(project, season_of(project), SMALL) for _ in range(2))
    done: list[int] = []
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, protocol="tcp", dashboard_address=None, host="127.0.0.1"
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        killed = next(iter(client.run(os.getpid).values()))

        def kill_once(message: messages.Message) -> None:
            if not done:
                os.kill(killed, signal.SIGKILL)
            done.append(message.done)

        ClusterTeam(cluster.scheduler_address, 1).train_folds(far, listen=kill_once, cancelled=None)
        assert killed not in client.run(os.getpid).values()
    assert done[-1] == SMALL.epochs * SMALL.members
    assert_same(outcome(far), outcome(alone))


@pytest.mark.timeout(3600)
@pytest.mark.slow  # a cluster, and three worker processes, which simulate 84 seasons each
def test_a_model_pre_trained_on_a_cluster_has_the_bits_of_one_worker(
    long_project: Path,  # noqa: F811
    tmp_path: Path,
) -> None:
    distributed = pytest.importorskip("distributed")
    config = replace(STACK, size=16, width=2, dense=(8, 8), batch_size=16, epochs=2)
    with Project.open(with_earthquakes(long_project, tmp_path / "project", 1)) as project:
        alone, far = (season_runs.begin_run(project, season_of(project), config) for _ in range(2))
    heard: list[messages.Message] = []
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, protocol="tcp", dashboard_address=None, host="127.0.0.1"
    ) as cluster:
        ClusterTeam(cluster.scheduler_address, 1).train_folds(far, listen=heard.append, cancelled=None)
    assert [(one.done, one.total) for one in heard] == [(1, 2), (2, 2)]
    assert_same(outcome(far), outcome(alone))


@pytest.mark.timeout(300)
@pytest.mark.slow  # a cluster of two processes, and four worker processes
def test_a_cancelled_training_stops_on_a_cluster_too(tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed")
    far, heard = new_run(tmp_path, epochs=100_000), []
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, protocol="tcp", dashboard_address=None, host="127.0.0.1"
    ) as cluster:
        ClusterTeam(cluster.scheduler_address, 1).train_folds(far, listen=heard.append, cancelled=lambda: len(heard) > 2)
    assert heard[-1].done < 100_000
    assert list(far.folder.rglob(PHASE)) == [], "no fold is finished"


def keep_to(processors: set[int]) -> None:
    """Let this process, and those that it will start, use some processors only."""
    for thread in Path("/proc/self/task").iterdir():
        os.sched_setaffinity(int(thread.name), processors)


@pytest.mark.timeout(3600)
@pytest.mark.benchmark  # minutes of training; needs two processors with nothing else to do
@pytest.mark.skipif(sys.platform != "linux", reason="processors of a process")
@pytest.mark.parametrize("alone", [True, False], ids=["a-processor-each", "both-processors"])
def test_two_workers_of_a_cluster_are_nearly_twice_as_quick_as_one_here(
    tmp_path: Path, request: pytest.FixtureRequest, *, alone: bool
) -> None:
    """Where a processor is idle, it takes a sixth of a training: pictures are prepared beside the one thread of TensorFlow."""
    distributed = pytest.importorskip("distributed")
    ratios, every = [], os.sched_getaffinity(0)
    request.addfinalizer(lambda: os.sched_setaffinity(0, every))
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, protocol="tcp", dashboard_address=None, host="127.0.0.1"
    ) as cluster:
        if alone:
            with distributed.Client(cluster) as client:
                for processor, worker in zip(sorted(every), client.scheduler_info()["workers"], strict=False):
                    client.run(keep_to, {processor}, workers=[worker])
        for number in range(3):
            seconds = []
            for name, team in (("here", LocalTeam(1, 1)), ("far", ClusterTeam(cluster.scheduler_address, 1))):
                run = run_of_a_season(tmp_path / f"{name}{number}")
                os.sched_setaffinity(0, {min(every)} if alone and name == "here" else every)
                began = time.perf_counter()
                team.train_folds(run, listen=lambda _: None, cancelled=None)
                seconds.append(time.perf_counter() - began)
            ratios.append(seconds[0] / seconds[1])
            print(f"one worker here {seconds[0]:.1f} s, two of a cluster {seconds[1]:.1f} s: {ratios[-1]:.2f} times")
    assert np.median(ratios) >= (1.7 if alone else 1.4)
