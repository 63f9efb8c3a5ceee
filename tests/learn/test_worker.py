"""The real worker process: killed at any moment, resumed, cancelled, out of disk. Each start takes seconds: most are slow."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import textwrap
import time
from dataclasses import replace
from pathlib import Path

import pytest
from learn_data import TINY, season

from quakegui.learn import messages
from quakegui.learn.network.precision import Measured, decide
from quakegui.learn.runs.checkpoint import CHECKPOINT
from quakegui.learn.runs.dataset import Snapshot
from quakegui.learn.runs.files import hold, write_arrays
from quakegui.learn.runs.registry import RunError, RunFolder, create_run, finish_run, read_run
from quakegui.learn.runs.runconfig import RunConfig
from quakegui.learn.worker.duties import failure, precision_reason
from quakegui.learn.worker.environments import Environment
from quakegui.learn.worker.supervise import Supervisor

CONFIG = replace(TINY, protocol="blocked", epochs=3)


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUAKEGUI_CACHE", str(tmp_path_factory.getbasetemp() / "cache"))


def new_run(folder: Path, config: RunConfig = CONFIG) -> RunFolder:
    return create_run(folder, config, season(protocol=config.protocol))


def prepared_worker(folder: Path, preparation: str) -> Environment:
    """Return an environment that runs the real worker after some lines of preparation."""
    script = folder / "prepared"
    imports = "import os, signal, sys\nfrom quakegui.learn.worker import process\nfrom quakegui.project import filesystem\n"
    script.write_text(
        f"#!{sys.executable}\n{imports}{textwrap.dedent(preparation)}\nprocess.main(sys.argv[6:])\n", encoding="utf-8"
    )
    script.chmod(0o755)
    return Environment("interpreter", interpreter=str(script))


DIES_WRITING = """
complete, checkpoints = os.replace, [0]
def cut(part, path):
    checkpoints[0] += path.name == "checkpoint.npz"
    if checkpoints[0] == {number}:
        os.truncate(part, part.stat().st_size // 2)
        os.kill(os.getpid(), signal.SIGKILL)
    complete(part, path)
os.replace = cut
"""


def same_outcome(left: RunFolder, right: RunFolder) -> None:
    assert left.card is not None
    assert right.card is not None
    assert left.history() == right.history()
    assert (left.folder / "weights.npz").read_bytes() == (right.folder / "weights.npz").read_bytes()
    assert left.predictions().probabilities.tobytes() == right.predictions().probabilities.tobytes()


@pytest.mark.slow  # two whole trainings; the long kills of trainings have it too
def test_killed_while_writing_the_checkpoint_it_resumes_after_the_last_epoch(tmp_path: Path) -> None:
    run = new_run(tmp_path, replace(CONFIG, epochs=2))
    heard = tuple(Supervisor(run.folder, environment=prepared_worker(tmp_path, DIES_WRITING.format(number=2))).events())
    hello, failed = heard[0], heard[-1]
    assert isinstance(hello, messages.Hello)
    assert hello.backend == "tensorflow"
    assert hello.device
    assert hello.precision == "float32"
    assert isinstance(failed, messages.Failed)
    assert failed.kind == "killed"
    assert failed.resumable
    assert "Everything up to epoch 1 of fold 1 is saved" in failed.sentence
    again = tuple(Supervisor(run.folder).events())
    started = next(message for message in again if isinstance(message, messages.Started))
    assert (started.phase, started.epoch) == (0, 1)
    assert isinstance(again[-1], messages.Done)
    done = read_run(run.folder)
    assert done.card is not None
    assert done.card["precision"] == "float32"
    assert done.card["device"]["name"] == hello.device
    assert [row["epoch"] for row in done.history()][:2] == ["1", "2"]
    assert {path.name for path in run.folder.iterdir()} == {
        "card.json", "config.json", "history.csv", "predictions.npz", "style.npz", "weights.npz", "worker.lock", "worker.log",
    }  # fmt: skip


@pytest.mark.slow
def test_killed_at_start_mid_epoch_and_while_writing_it_ends_as_the_unbroken_run(tmp_path: Path) -> None:
    unbroken, broken = new_run(tmp_path / "a"), new_run(tmp_path / "b")
    assert isinstance(tuple(Supervisor(unbroken.folder).events())[-1], messages.Done)

    def kill_at(kind: type[messages.Message], phase: int) -> None:
        supervisor = Supervisor(broken.folder)
        for message in supervisor.events():
            if isinstance(message, kind) and getattr(message, "phase", phase) == phase:
                assert supervisor.pid is not None
                os.kill(supervisor.pid, signal.SIGKILL)
        assert isinstance(message, messages.Failed)
        assert message.resumable

    kill_at(messages.Hello, 0)
    kill_at(messages.Started, 0)
    kill_at(messages.Batch, 0)
    assert isinstance(
        tuple(Supervisor(broken.folder, environment=prepared_worker(tmp_path, DIES_WRITING.format(number=3))).events())[-1],
        messages.Failed,
    )
    kill_at(messages.Epoch, 1)
    kill_at(messages.Checkpoint, 2)
    assert isinstance(tuple(Supervisor(broken.folder).events())[-1], messages.Done)
    same_outcome(read_run(unbroken.folder), read_run(broken.folder))


@pytest.mark.slow
def test_cancel_stops_within_three_seconds_and_the_run_resumes(tmp_path: Path) -> None:
    run = new_run(tmp_path, replace(CONFIG, epochs=200))
    supervisor = Supervisor(run.folder)
    begun = 0.0
    for message in supervisor.events():
        if isinstance(message, messages.Checkpoint) and message.epoch == 2:
            begun = time.monotonic()
            supervisor.cancel()
    assert time.monotonic() - begun < 3
    assert isinstance(message, messages.Cancelled)
    assert "can be resumed from there" in message.summary
    assert read_run(run.folder).resumable


@pytest.mark.slow
def test_a_full_disk_ends_in_a_sentence_and_a_resumable_run(tmp_path: Path) -> None:
    """The kernel refuses the third checkpoint's bytes, as a full disk would."""
    run = new_run(tmp_path)
    preparation = """
    import resource
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    open_new, checkpoints = filesystem.open_new, [0]
    def limited(path):
        checkpoints[0] += path.name == ".checkpoint.npz.part"
        if checkpoints[0] == 3:
            resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
        return open_new(path)
    filesystem.open_new = limited
    """
    failed = tuple(Supervisor(run.folder, environment=prepared_worker(tmp_path, preparation)).events())[-1]
    assert isinstance(failed, messages.Failed)
    assert failed.kind == "disk"
    assert "The disk is full" in failed.sentence
    assert failed.resumable
    assert isinstance(tuple(Supervisor(run.folder).events())[-1], messages.Done)


@pytest.mark.slow
def test_memory_that_runs_out_ends_in_a_sentence_and_a_resumable_run(tmp_path: Path) -> None:
    """A real limit on the worker's memory, and batches that do not fit under it."""
    config = replace(TINY, size=240, width=32, batch_size=4096, head="paper")
    run = create_run(tmp_path, config, season(60, side=240))
    preparation = """
    import resource
    resource.setrlimit(resource.RLIMIT_AS, (8 * 2**30, 8 * 2**30))
    """
    failed = tuple(Supervisor(run.folder, environment=prepared_worker(tmp_path, preparation)).events())[-1]
    assert isinstance(failed, messages.Failed)
    assert failed.kind in {"memory", "killed", "crash"}  # some allocators abort the process instead of telling it
    assert failed.resumable


@pytest.mark.slow
def test_a_stand_in_for_wsl_runs_the_worker(tmp_path: Path) -> None:
    launcher = tmp_path / "wsl.exe"
    launcher.write_text('#!/bin/sh\n[ "$1 $2 $3" = "-d Ubuntu --exec" ] || exit 9\nshift 3\nexec "$@"\n', encoding="utf-8")
    launcher.chmod(0o755)
    environment = Environment("wsl", interpreter=sys.executable, distribution="Ubuntu", launcher=str(launcher))
    heard = tuple(Supervisor(tmp_path, job="hello", environment=environment).events())
    assert [type(message) for message in heard] == [messages.Hello, messages.Done]


def test_errors_become_sentences_that_say_what_is_kept(tmp_path: Path) -> None:
    run = new_run(tmp_path)
    told = failure(MemoryError(), run.folder)
    assert (told.kind, told.resumable) == ("memory", True)
    assert told.sentence == (
        "Out of memory. No epoch was completed; the run can be started again. "
        "Use a smaller batch, smaller maps or the compact head."
    )
    (run.folder / CHECKPOINT).write_bytes(b"x")
    rows = "phase,epoch,loss,accuracy,validation_loss,validation_accuracy,best\nfold 1,7,1.0,0.5,,,1\n"
    (run.folder / "history.csv").write_text(rows, encoding="utf-8")
    full = failure(OSError(errno.ENOSPC, "No space left on device", "/x/checkpoint.npz.part"), run.folder)
    assert full.kind == "disk"
    assert full.sentence.startswith(
        "The disk is full: /x/checkpoint.npz.part could not be written. Everything up to epoch 7 of fold 1"
    )
    assert failure(RuntimeError("CUDA out of memory. Tried to allocate"), run.folder).kind == "memory"
    assert failure(FloatingPointError("The loss is no longer finite"), run.folder).kind == "diverged"
    assert failure(KeyError("x"), run.folder).kind == "error"


def test_a_damaged_snapshot_is_told_without_a_backend(tmp_path: Path) -> None:
    run = new_run(tmp_path)
    (run.folder / "snapshot.npz").write_bytes(b"PK and no more")
    with pytest.raises(ValueError, match="damaged") as caught:
        Snapshot.load(run.folder / "snapshot.npz")
    assert failure(caught.value, run.folder).kind == "data"


def test_a_finished_run_is_not_trained_again(tmp_path: Path) -> None:
    from quakegui.learn.network.devices import Device
    from quakegui.learn.worker.duties import train_job

    run = new_run(tmp_path)
    write_arrays(run.folder / "weights.npz", {})
    finish_run(run, {"precision": "float32", "folds": []})
    device = Device("tensorflow", "", "cpu", "", "", 0, "")
    said: list[messages.Message] = []
    assert "already finished" in train_job(run.folder, device, Measured("float32", {}, ""), said.append, lambda: False)
    assert said == []


@pytest.mark.parametrize(
    ("milliseconds", "policy"),
    [
        ({"float32": 30.0, "mixed_bfloat16": 10.0}, "mixed_bfloat16"),
        ({"float32": 30.0, "mixed_bfloat16": 28.0}, "float32"),
        ({"float32": 30.0, "mixed_bfloat16": 90.0}, "float32"),
        ({"float32": 30.0, "mixed_bfloat16": 10.0, "mixed_float16": 9.5}, "mixed_bfloat16"),
        ({"float32": 30.0, "mixed_bfloat16": 29.0, "mixed_float16": 9.0}, "mixed_float16"),
    ],
)
def test_precision_is_decided_by_what_was_measured(milliseconds: dict[str, float], policy: str) -> None:
    measured = decide(milliseconds)
    assert measured.policy == policy
    assert policy in measured.reason
    assert precision_reason("float64", measured) == "The run requires float64."


@pytest.mark.xdist_group("network")  # the one process that has TensorFlow
def test_the_measurement_is_made_once_per_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from quakegui.learn.network import precision
    from quakegui.learn.network.devices import Device

    asked: list[str] = []

    def probe(policy: str, *, seconds: float) -> float:
        asked.append(policy)
        return 10.0 if policy == "float32" else 2.0

    monkeypatch.setattr(precision, "probe", probe)
    processor = Device("tensorflow", "2.21.0", "cpu", "P", "", 0, "")
    first = precision.choose(processor, cache=tmp_path)
    assert precision.choose(processor, cache=tmp_path) == first
    assert asked == ["float32", "mixed_bfloat16"]
    card = Device("tensorflow", "2.21.0", "gpu", "G", "550", 0, "")
    precision.choose(card, cache=tmp_path)
    assert asked[2:] == ["float32", "mixed_bfloat16", "mixed_float16"]
    for path in tmp_path.iterdir():
        path.write_text("{", encoding="utf-8")
    assert precision.choose(processor, cache=tmp_path) == first


def test_two_workers_never_train_one_run(tmp_path: Path) -> None:
    from quakegui.learn.network.devices import Device
    from quakegui.learn.worker.duties import train_job

    run = new_run(tmp_path)
    device = Device("tensorflow", "", "cpu", "", "", 0, "")
    with hold(run.folder / "worker.lock"), pytest.raises(RunError, match="is being trained by another process"):
        train_job(run.folder, device, Measured("float32", {}, ""), lambda _: None, lambda: False)
    hold(run.folder / "worker.lock").close()


@pytest.mark.slow  # a process with TensorFlow
def test_the_windows_process_may_import_all_but_the_layers() -> None:
    """Keras and its backends load in the worker only: importing them takes seconds and a gigabyte."""
    program = (
        "import importlib, pkgutil, sys, quakegui.learn as learn\n"
        "for module in pkgutil.walk_packages(learn.__path__, 'quakegui.learn.'):\n"
        "    if module.name != 'quakegui.learn.network.layers': importlib.import_module(module.name)\n"
        "print(sorted({'keras', 'tensorflow', 'torch', 'PySide6'} & set(sys.modules)))"
    )
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert said == "[]\n"
